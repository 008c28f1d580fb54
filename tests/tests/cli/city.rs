//! Real ballots of real cities: what was published is what comes out. The files are not ours to copy; they are found
//! by `VECHE_PABULIB`. Files whose proofs take minutes in a debug build are cut short here, and recounted; whole
//! cities come with `VECHE_CITIES=1`, in a release build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use veche_cli::import::Choices;
use veche_cli::pabulib::PabulibFile;
use veche_cli::simulate::{Options, Plan};
use veche_record::manifest::TrusteeCount;
use veche_record::manifest::Unaffordable;
use veche_results::{Standing, Verdict};

use crate::flips::flip_sampled;
use crate::recount::File;
use crate::support::{hold, hold_with_points, report, run, veche};

/// A city's file; nothing, and a line that says so, where the files are not there.
fn city(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("VECHE_PABULIB") else {
        println!("not run: VECHE_PABULIB does not say where {name} is");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "VECHE_PABULIB is set, and {} is not there", path.display());
    Some(path)
}

/// How many rows are taken: all of them where whole cities are wanted.
fn rows(part: usize) -> usize {
    if std::env::var_os("VECHE_CITIES").is_some() { usize::MAX } else { part }
}

/// What came out of a file's first rows.
struct Came {
    totals: Vec<u64>,
    ballots: u32,
    /// The lines and kinds of refused rows.
    refused: Vec<(u64, &'static str)>,
    whole: bool,
}

fn hold_city(path: &Path, rows: usize, points: Option<u32>) -> Came {
    let began = Instant::now();
    let (plan, held) = hold_with_points(&[path.to_owned()], Some(rows), points);
    let report = report(&held.store);
    assert_eq!(report.exit_code(), 0, "{report}");
    let group = &held.result.contests[0];
    let totals = group.options.iter().map(|option| option.total).collect();
    let ballots = group.ballots;
    let outcome = plan.outcomes(held.refused, &held.result).remove(0);
    let refused = outcome.refused.iter().map(|row| (row.line, row.kind)).collect();
    println!("{}: {ballots} ballots of {} rows in {:.1?}", path.display(), outcome.rows, began.elapsed());
    if let Some(published) = &outcome.published {
        println!("  {} of {} as published", published.equal, published.projects);
    }
    Came { totals, ballots, refused, whole: outcome.rows < rows }
}

fn approved(picks: &[usize], _: &[u64]) -> Option<Vec<u64>> {
    Some(vec![1; picks.len()])
}

#[test]
fn nad_nerem_approval_up_to_five() {
    let Some(path) = city("lodz-2022/poland_lodz_2022_nad-nerem.pb") else { return };
    let came = hold_city(&path, usize::MAX, None);
    assert_eq!((came.ballots, came.refused.len()), (315, 0));
    assert_eq!(came.totals, File::read(&path).column("votes"));
}

#[test]
fn konczyce_exactly_one() {
    let Some(path) = city("poland_zabrze_2021_konczyce.pb") else { return };
    let came = hold_city(&path, usize::MAX, None);
    assert_eq!((came.ballots, came.refused.len()), (289, 0));
    assert_eq!(came.totals, File::read(&path).column("votes"));
}

#[test]
fn lodz_the_whole_city_approval_up_to_five() {
    let Some(path) = city("lodz-2022/poland_lodz_2022_.pb") else { return };
    let (file, rows) = (File::read(&path), rows(40));
    let came = hold_city(&path, rows, None);
    assert_eq!((came.totals, came.ballots), file.count(rows, approved));
}

#[test]
fn krakow_three_in_order() {
    let Some(path) = city("poland_krakow_2019_.pb") else { return };
    let (file, rows) = (File::read(&path), rows(60));
    let came = hold_city(&path, rows, None);
    let scored = file.count(rows, |picks, _| (picks.len() == 3).then(|| vec![3, 2, 1]));
    assert_eq!((came.totals.clone(), came.ballots), scored);
    if came.whole {
        assert_eq!(came.totals, file.column("score"));
    }
}

#[test]
fn katowice_three_points() {
    let Some(path) = city("poland_katowice_2021_.pb") else { return };
    let (file, rows) = (File::read(&path), rows(150));
    let came = hold_city(&path, rows, Some(3));
    let given = |_: &[usize], points: &[u64]| Some(points.to_vec());
    assert_eq!((came.totals.clone(), came.ballots), file.count(rows, given));
    assert_eq!(came.refused, []);
    if came.whole {
        assert_eq!(came.totals, file.column("score"));
    }
}

#[test]
fn toulouse_seven_points_three_for_one_project() {
    let Some(path) = city("france_toulouse_2019_.pb") else { return };
    let (file, rows) = (File::read(&path), rows(200));
    let came = hold_city(&path, rows, None);
    let given = |_: &[usize], points: &[u64]| Some(points.to_vec());
    assert_eq!((came.totals, came.ballots), file.count(rows, given));
}

#[test]
fn bialoleka_what_a_million_pays_for() {
    let Some(path) = city("poland_warszawa_2018_bialoleka.pb") else { return };
    let (file, rows) = (File::read(&path), rows(700));
    let (costs, limit) = (file.column("cost"), file.meta["max_sum_cost"].parse::<u64>().unwrap());
    let within = |picks: &[usize], _: &[u64]| {
        let cost: u64 = picks.iter().map(|pick| costs[*pick]).sum();
        (cost <= limit).then(|| vec![1; picks.len()])
    };
    let came = hold_city(&path, rows, None);
    let (totals, ballots) = file.count(rows, within);
    assert_eq!((came.totals, came.ballots), (totals, ballots));
    let taken = file.votes.len().min(rows);
    assert_eq!(came.refused.len(), taken - ballots as usize);
    assert!(came.refused.iter().all(|(_, kind)| *kind == "a higher cost than allowed"));
    // The whole file has eleven of them.
    let plan = plan(&path, None);
    let contest = &plan.manifest().compiled()[0];
    assert_eq!(plan.sources()[0].refused(contest).len(), 11);
    assert_eq!(file.count(usize::MAX, within).1, 8_263);
}

#[test]
fn bits_of_a_district_record() {
    let Some(path) = city("lodz-2022/poland_lodz_2022_nad-nerem.pb") else { return };
    let (_, held) = hold(&[path], None);
    let began = Instant::now();
    let flips = flip_sampled(&held.store, 20);
    println!("{flips} flips of a record of 315 ballots in {:.1?}", began.elapsed());
}

/// All that lies below the folder is imported as `veche import` does it, or refused with a sentence that names its
/// reason; how many of each is printed.
#[test]
fn every_file_of_the_folder_is_imported_or_refused_for_a_reason() {
    let Some(folder) = city(".") else { return };
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("manifest.json");
    let (mut waiting, mut reasons, mut files) = (vec![folder], BTreeMap::<String, usize>::new(), 0);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        if path.extension().is_none_or(|kind| kind != "pb") {
            continue;
        }
        files += 1;
        let (code, said, errors) = run(veche().arg("import").arg(&path).arg("--out").arg(&out));
        let begins = format!("veche: {}: ", path.display());
        let reason = match code {
            0 => {
                assert!(said.contains("1 contest, valid"), "{said}");
                std::fs::remove_file(&out).unwrap();
                "imported".to_owned()
            }
            code => {
                assert_eq!((code, said.as_str()), (2, ""), "{}: {errors}", path.display());
                let reason = errors.trim_end().strip_prefix(&begins).unwrap_or_else(|| panic!("{errors}"));
                assert!(!reason.contains('\n') && !out.exists(), "{errors}");
                // Where it stands differs from file to file.
                let place = |part: &str| part.starts_with("line ");
                let reason = reason
                    .split_once(": ")
                    .filter(|(first, _)| place(first))
                    .map_or(reason, |(_, rest)| rest);
                reason.to_owned()
            }
        };
        *reasons.entry(reason).or_default() += 1;
    }
    println!("{files} files");
    for (reason, number) in &reasons {
        println!("{number:>6}  {reason}");
    }
    // Whoever has no reason has words of ours in its place.
    let own = ["a contest's id is its file's name", "panicked", "manifest, at"];
    assert!(!reasons.keys().any(|reason| own.iter().any(|words| reason.contains(words))), "{reasons:#?}");
    let silent = |reason: &&String| reason.contains("say it with --points");
    let others: Vec<_> = reasons.keys().filter(|reason| *reason != "imported" && !silent(reason)).collect();
    assert!(others.iter().all(|reason| reason.contains('`') || reason.contains("PROJECTS")), "{others:#?}");
    // In Katowice's file nothing says how many points a ballot has.
    assert!(reasons["imported"] >= 41 && reasons.keys().any(|reason| silent(&reason)), "{reasons:#?}");
}

fn plan(path: &Path, points: Option<u32>) -> Plan {
    let trustees = TrusteeCount { count: 3, threshold: 2 };
    let choices = Choices { points, ..Choices::default() };
    Plan::new(&[path.to_owned()], &Options { ballots: None, language: None, choices, trustees }).unwrap()
}

fn lodz() -> Option<Vec<PathBuf>> {
    let folder = city("lodz-2022")?;
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    Some(files)
}

#[test]
fn every_file_of_lodz_is_read_and_counts_as_published() {
    let Some(files) = lodz() else { return };
    let (mut votes, mut projects) = (0, 0);
    for path in &files {
        let file = PabulibFile::parse(&std::fs::read(path).unwrap()).unwrap();
        let mut totals = vec![0; file.projects.len()];
        for vote in &file.votes {
            vote.picks.as_ref().unwrap().iter().for_each(|pick| totals[*pick] += 1);
        }
        assert_eq!(totals, File::read(path).column("votes"), "{}", path.display());
        (votes, projects) = (votes + file.votes.len(), projects + totals.len());
    }
    assert_eq!((files.len(), votes, projects), (37, 195_096, 696));
}

/// By each file's own rule, which the import reads, exactly those projects are funded from the published totals that
/// the file says were.
#[test]
fn the_published_winners_are_the_winners_here() {
    let Some(mut files) = lodz() else { return };
    let others = ["poland_krakow_2019_.pb", "poland_katowice_2021_.pb", "poland_warszawa_2018_bialoleka.pb"];
    files.extend(others.iter().filter_map(|name| city(name)));
    let mut other = Vec::new();
    for path in &files {
        let plan = plan(path, Some(3));
        let source = &plan.sources()[0];
        assert_eq!(source.file.meta.get("rule"), Some("greedy"));
        let greedy = source.funding.greedy().unwrap();
        assert_eq!((greedy.unaffordable, greedy.minimum_votes), (Unaffordable::Skip, 1));
        // Eleven rows of Białołęka break the file's own limit; their votes are in its totals.
        let broken = source.refused(&plan.manifest().compiled()[0]).len();
        assert_eq!(broken, if path.ends_with(others[2]) { 11 } else { 0 }, "{}", path.display());
        let file = File::read(path);
        let column = if file.projects[0].contains_key("score") { "score" } else { "votes" };
        let totals = crate::support::result_of(plan.manifest(), &file.column(column));
        let standing = Standing::all(plan.manifest(), &totals, &[]).remove(0);
        let funded = standing.places.iter().filter(|place| place.verdict == Some(Verdict::Funded));
        let mut funded: Vec<String> =
            funded.map(|place| standing.contest.options[place.option].id.clone()).collect();
        funded.sort_unstable();
        if funded != file.selected() {
            other.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    // There the town left 15,750 unspent, though a project of 15,000 was next.
    assert_eq!(other, ["poland_lodz_2022_zdrowie-mania"]);
    assert_eq!(files.len(), 40);
    // These two publish no winners.
    for name in ["poland_zabrze_2021_konczyce.pb", "france_toulouse_2019_.pb"] {
        let path = city(name).unwrap();
        assert!(!File::read(&path).projects[0].contains_key("selected"), "{name}");
        assert!(plan(&path, None).sources()[0].funding.greedy().is_some(), "{name}");
    }
}
