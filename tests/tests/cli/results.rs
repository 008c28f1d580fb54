//! `veche results`: totals and winners, for people and for other software, and only when they are right.

use serde_json::Value;
use veche_cli::folder::{MANIFEST, MemoryRecord, RESULT};
use veche_cli::pabulib::PabulibFile;
use veche_record::Manifest;
use veche_results::{Standing, Verdict};

use crate::support::{hold, result_of, run, sample, veche, write};

/// A record of samples in a folder, and what `veche results` says of it.
struct Town {
    record: MemoryRecord,
    folder: tempfile::TempDir,
}

impl Town {
    fn of(names: &[&str]) -> Self {
        let files: Vec<_> = names.iter().map(|name| sample(name)).collect();
        let (_, held) = hold(&files, None);
        let folder = tempfile::tempdir().unwrap();
        write(&held.store, folder.path());
        Self { record: held.store, folder }
    }

    fn results(&self, more: &[&str]) -> (i32, String, String) {
        run(veche().arg("results").arg(self.folder.path()).args(more))
    }
}

#[test]
fn results_are_printed_for_people_and_for_spreadsheets() {
    let town = Town::of(&["mirogrod_2026_rynek.pb"]);
    let (code, text, _) = town.results(&[]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "mirogrod_2026_rynek: 40 ballots",
            "pick 1 to 3",
            "Budget 100000: 4 of 6 funded for 95500, 4500 left. The money first ran short at M04, when 70000 was left.",
            "Funded: the largest total first, passing over what the money left does not pay for; at least 1 needed; of \
             equal totals the cheaper first.",
            "funded        21  30000  M05  Kino letnie",
            "20  90000  M04  Ścieżka nad stawem (70000 left)",
            "funded        15  12000  M01  Ławki i drzewa na rynku",
            "funded        15  48000  M02  Plac zabaw \"Pod lipą\"; etap 1",
            "funded        13   5500  M03  Poidełko dla psów",
            "0  15000  M06  Zielony przystanek przy szkole (too few votes)",
            "Voters by district and by how they were identified",
            "mirogrod_2026_rynek, sms: 40 voters, 40 ballots",
        ]
    );
    let (code, text, _) = town.results(&["--format", "csv"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = text.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "contest,styles,option,name,total,cost,place,funded,outcome",
            "mirogrod_2026_rynek,,M01,Ławki i drzewa na rynku,15,12000,3,1,funded",
            "mirogrod_2026_rynek,,M02,\"Plac zabaw \"\"Pod lipą\"\"; etap 1\",15,48000,4,1,funded",
        ]
    );
}

#[test]
fn the_json_has_all_that_result_json_has_and_the_winners() {
    let town = Town::of(&["mirogrod_2026_rynek.pb", "mirogrod_2026_.pb"]);
    let (code, text, _) = town.results(&["--format", "json"]);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let contest = &document["contests"][0];
    assert_eq!((code, &contest["spent"], &contest["short_at"]), (0, &95_500.into(), &"M04".into()));
    let funded = |contest: &Value| -> Vec<String> {
        let options = contest["options"].as_array().unwrap().iter();
        options.filter(|option| option["funded"] == true).map(|option| option["id"].to_string()).collect()
    };
    assert_eq!(funded(contest), ["\"M01\"", "\"M02\"", "\"M03\"", "\"M05\""]);
    // What is left without the rest is the published file.
    document.as_object_mut().unwrap().retain(|key, _| key == "contests");
    for contest in document["contests"].as_array_mut().unwrap() {
        contest
            .as_object_mut()
            .unwrap()
            .retain(|key, _| ["id", "ballots", "options"].contains(&key.as_str()));
        for option in contest["options"].as_array_mut().unwrap() {
            option.as_object_mut().unwrap().retain(|key, _| ["id", "total"].contains(&key.as_str()));
        }
    }
    let published: Value = serde_json::from_slice(&town.record.files[RESULT]).unwrap();
    assert_eq!(document, published);
}

#[test]
fn a_wrong_record_has_no_results() {
    let mut town = Town::of(&["mirogrod_2026_rynek.pb"]);
    let result = String::from_utf8(town.record.files[RESULT].clone()).unwrap();
    town.record.files.insert(RESULT.to_owned(), result.replace("\"total\":21", "\"total\":12").into_bytes());
    town.folder = tempfile::tempdir().unwrap();
    write(&town.record, town.folder.path());
    for format in ["table", "csv", "pb", "json"] {
        let (code, text, _) = town.results(&["--format", format]);
        assert_eq!(code, 1);
        assert!(text.contains("FAILED: check 31") && !text.contains("Kino letnie"), "{text}");
        assert!(!text.contains("Totals"), "{text}");
    }
}

#[test]
fn a_pabulib_file_comes_out_for_every_kind_of_rule() {
    let names = ["points", "ranking", "scores", "money", "rynek"];
    let files: Vec<String> = names.iter().map(|name| format!("mirogrod_2026_{name}.pb")).collect();
    let town = Town::of(&files.iter().map(String::as_str).collect::<Vec<_>>());
    let scratch = tempfile::tempdir().unwrap();
    for file in &files {
        let (code, text, errors) =
            town.results(&["--format", "pb", "--contest", file.strip_suffix(".pb").unwrap()]);
        assert_eq!((code, errors.as_str()), (0, ""));
        let came = PabulibFile::parse(text.as_bytes()).unwrap();
        let given = PabulibFile::parse(&std::fs::read(sample(file)).unwrap()).unwrap();
        assert!(came.votes.is_empty(), "nobody knows single votes");
        let vote_type = given.meta.get("vote_type").map(|given| given.replace("scoring", "cumulative"));
        assert_eq!(came.meta.get("vote_type").map(str::to_owned), vote_type);
        assert_eq!(came.meta.amount("budget"), given.meta.amount("budget"), "{text}");
        for key in ["max_length", "max_points", "max_sum_points"] {
            let silent = given.meta.get(key).is_none();
            assert!(silent || came.meta.number(key) == given.meta.number(key), "{key}: {text}");
        }
        assert_eq!(came.meta.amount("max_sum_cost"), given.meta.amount("max_sum_cost"));
        let places = came.projects.windows(2);
        let total = |project: &veche_cli::pabulib::Project| project.score.or(project.votes).unwrap();
        assert!(places.into_iter().all(|pair| total(&pair[0]) >= total(&pair[1])), "{text}");
        for project in &came.projects {
            let same = given.projects.iter().find(|given| given.id == project.id).unwrap();
            assert_eq!((&project.name, project.cost), (&same.name, same.cost));
            let column =
                if same.score.is_some() { (project.score, same.score) } else { (project.votes, same.votes) };
            assert_eq!(column.0, column.1, "{file} {}", project.id);
        }
        // What comes out can be imported again, as the same rule.
        let again = scratch.path().join(file);
        std::fs::write(&again, &text).unwrap();
        let manifest = again.with_extension("json");
        let mut import = veche();
        import.arg("import").arg(&again).args(["--electorate", "100", "--out"]).arg(&manifest);
        let (code, _, errors) = run(&mut import);
        assert_eq!((code, errors.as_str()), (0, ""));
        let again = Manifest::parse(&std::fs::read(&manifest).unwrap()).unwrap();
        let before = Manifest::parse(&town.record.files[MANIFEST]).unwrap();
        let rule = |manifest: &Manifest| {
            let id = file.strip_suffix(".pb").unwrap();
            manifest.contests()[manifest.contest_index(id).unwrap()].rule.to_string()
        };
        assert_eq!(rule(&again), rule(&before));
        let funding = |manifest: &Manifest| {
            let id = file.strip_suffix(".pb").unwrap();
            manifest.contests()[manifest.contest_index(id).unwrap()].funding.clone()
        };
        assert_eq!(funding(&again), funding(&before));
    }
    let (code, _, errors) = town.results(&["--format", "pb"]);
    assert_eq!(code, 2);
    assert!(errors.contains("say which with --contest"), "{errors}");
    let (code, _, errors) = town.results(&["--contest", "nowhere"]);
    assert_eq!(code, 2);
    assert!(
        errors.contains("has no contest \"nowhere\"") && errors.contains("mirogrod_2026_money"),
        "{errors}"
    );
}

/// A manifest made of the market square's, with changes.
fn changed(changes: &[(&str, &str)]) -> Manifest {
    let (plan, _) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(0));
    let mut document: Value = serde_json::to_value(plan.manifest().document()).unwrap();
    for (pointer, value) in changes {
        *document.pointer_mut(pointer).unwrap() = serde_json::from_str(value).unwrap();
    }
    let contest = document["contests"][0].as_object_mut().unwrap();
    contest.retain(|_, value| !value.is_null());
    for option in contest["options"].as_array_mut().unwrap() {
        option.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    }
    Manifest::parse(&serde_json::to_vec(&document).unwrap()).unwrap()
}

#[test]
fn without_a_budget_or_a_cost_there_is_an_order_and_no_winner() {
    for gone in ["/contests/0/budget", "/contests/0/options/1/cost"] {
        let manifest = changed(&[(gone, "null"), ("/contests/0/funding", r#"{"method":"none"}"#)]);
        let totals = result_of(&manifest, &[5, 9, 5, 0, 2, 9]);
        let standing = Standing::all(&manifest, &totals, &[]).remove(0);
        let order: Vec<usize> = standing.places.iter().map(|place| place.option).collect();
        let expected = if gone.ends_with("cost") { [1, 5, 0, 2, 4, 3] } else { [5, 1, 2, 0, 4, 3] };
        assert_eq!(order, expected, "{gone}");
        assert!(standing.places.iter().all(|place| place.verdict.is_none()) && standing.money.is_none());
    }
}

#[test]
fn equal_totals_go_to_the_cheaper_and_a_tie_that_decides_is_named() {
    // Costs: 12000, 48000, 5500, 90000, 30000, 15000; budget 100000.
    let manifest = changed(&[]);
    let totals = result_of(&manifest, &[0, 7, 0, 7, 0, 9]);
    let standing = Standing::all(&manifest, &totals, &[]).remove(0);
    let places: Vec<_> = standing.places.iter().map(|place| (place.option, place.verdict.unwrap())).collect();
    assert_eq!(
        places[..4],
        [
            (5, Verdict::Funded),
            (1, Verdict::Funded),
            (3, Verdict::TooDear { left: 37_000 }),
            (2, Verdict::TooFewVotes)
        ]
    );
    let ties: Vec<Vec<usize>> =
        standing.ties().iter().map(|tie| tie.iter().map(|place| place.option).collect()).collect();
    assert_eq!(ties, [[1, 3]]);
    let manifest = changed(&[("/contests/0/options/3/cost", "48000")]);
    let standing = Standing::all(&manifest, &totals, &[]).remove(0);
    assert_eq!(standing.places[1].option, 1, "of equal costs the one that is listed first");
}

#[test]
fn blank_and_withheld_are_said() {
    let manifest = changed(&[("/contests/0/rule", r#"{"type":"approval","min":1,"max":3,"blank":true}"#)]);
    let mut totals = result_of(&manifest, &[1, 0, 0, 0, 0, 0]);
    totals.contests[0].blank = Some(4);
    assert_eq!(Standing::all(&manifest, &totals, &[])[0].blank, Some(4));
    totals.contests[0].options.clear();
    totals.contests[0].blank = None;
    totals.contests[0].withheld = true;
    let standing = &Standing::all(&manifest, &totals, &[])[0];
    assert!(standing.is_withheld() && standing.places.is_empty() && standing.money.is_none());
    assert_eq!(standing.blank, None);
}
