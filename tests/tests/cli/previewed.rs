//! `veche preview` and `veche manifest practice`: a vote as people will read it before there is one.

use std::path::{Path, PathBuf};

use veche_record::{BallotKind, Manifest};
use veche_tests::sheet_town;

use crate::support::{run, veche};

/// The manifest of the made-up town's spreadsheet.
fn manifest(folder: &Path) -> PathBuf {
    let (sheet, out) = (folder.join("town.xlsx"), folder.join("manifest.json"));
    std::fs::write(&sheet, sheet_town::workbook(2099).unwrap()).unwrap();
    let (code, text, error) = run(veche().arg("describe").arg(&sheet).arg("--out").arg(&out));
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    out
}

fn preview(manifest: &Path, out: &Path) -> (i32, String, String) {
    run(veche().arg("preview").arg(manifest).arg("--out").arg(out))
}

fn names(folder: &Path) -> Vec<String> {
    let files = veche_site::files(folder).unwrap();
    files.iter().map(|name| name.to_str().unwrap().replace('\\', "/")).collect()
}

#[test]
fn a_folder_has_every_page_of_every_language_and_is_written_anew_without_touching_others() {
    let scratch = tempfile::tempdir().unwrap();
    let (manifest, out) = (manifest(scratch.path()), scratch.path().join("preview"));
    let (code, text, error) = preview(&manifest, &out);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    let mut expected = vec!["index.html".to_owned(), "integrity.json".to_owned()];
    for language in ["pl", "en"] {
        expected.extend(["proof", "example-result"].map(|name| format!("{language}/{name}.html")));
        expected.extend((1..=11).map(|at| format!("{language}/ballot-{at}.html")));
    }
    let pages = |name: &String| !name.starts_with("pages/");
    let mut written: Vec<String> = names(&out).into_iter().filter(pages).collect();
    expected.sort();
    written.sort();
    assert_eq!(written, expected);

    // The threshold, the stop and a lot to draw are seen at work, in the words of the protocol.
    let example = std::fs::read_to_string(out.join("en/example-result.html")).unwrap();
    for said in [
        "Nobody has voted.",
        "Fewer than the 20 needed",
        "The first project that the money left does not pay for ends it",
        "Equal totals are drawn by lot where that decides who is funded.",
        "Only one of it and",
    ] {
        assert!(example.contains(said), "{said}");
    }
    let proof = std::fs::read_to_string(out.join("pl/proof.html")).unwrap();
    assert_eq!(proof.matches("class=\"project\"").count(), 60);
    assert!(proof.contains("01.06.2099, 08:00") && proof.contains("Drugi akapit."));

    // Again: the same. A file of somebody's stays, one that was changed is not replaced.
    let before = std::fs::read(out.join("en/proof.html")).unwrap();
    std::fs::write(out.join("notes.txt"), "mine").unwrap();
    let (code, text, _) = preview(&manifest, &out);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("1 file is left as before"), "{text}");
    assert_eq!(std::fs::read(out.join("en/proof.html")).unwrap(), before);
    std::fs::write(out.join("en/proof.html"), "checked by hand").unwrap();
    let (code, _, error) = preview(&manifest, &out);
    assert!(code == 2 && error.contains("changed since this command wrote: en/proof.html"), "{error}");
    assert_eq!(std::fs::read(out.join("en/proof.html")).unwrap(), b"checked by hand");
}

#[test]
fn the_site_of_an_election_is_never_replaced_by_a_preview() {
    let scratch = tempfile::tempdir().unwrap();
    let (manifest, out) = (manifest(scratch.path()), scratch.path().join("site"));
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("election.json"), "{}").unwrap();
    veche_site::list(&out).unwrap();
    let (code, _, error) = preview(&manifest, &out);
    assert!(code == 2 && error.contains("holds the site of an election"), "{error}");
    assert_eq!(names(&out), ["election.json", "integrity.json"]);
}

#[test]
fn a_practice_vote_says_so_in_every_language_and_has_hours_of_its_own() {
    let scratch = tempfile::tempdir().unwrap();
    let (vote, out) = (manifest(scratch.path()), scratch.path().join("practice.json"));
    let practice = |opens: &str, closes: &str| {
        let mut command = veche();
        command.args(["manifest", "practice"]).arg(&vote).arg("--out").arg(&out);
        run(command.args(["--opens", opens, "--closes", closes]))
    };
    let (code, _, error) = practice("2099-05-30T06:00:00Z", "2099-06-02T06:00:00Z");
    assert!(code == 2 && error.contains("people would take one for the other"), "{error}");
    assert!(!out.exists());
    let (code, text, error) = practice("2099-05-20T06:00:00Z", "2099-05-24T18:00:00Z");
    assert_eq!((code, error.as_str()), (0, ""), "{text}");

    let read = Manifest::parse(&std::fs::read(&out).unwrap()).unwrap();
    let vote = Manifest::parse(&std::fs::read(&vote).unwrap()).unwrap();
    let document = read.document();
    assert_eq!(document.ballot_kind, BallotKind::Trial);
    assert_eq!(document.title.get("pl"), Some("Głosowanie próbne: Budżet obywatelski Mirogrodu"));
    assert_eq!(document.title.get("en"), Some("Practice vote: Participatory budget of Mirogród"));
    let notice = document.notice.as_ref().unwrap();
    assert!(notice.get("pl").unwrap().contains("Nie jest liczona."));
    assert!(notice.get("en").unwrap().contains("It does not count."));
    assert_eq!((document.opens.to_string(), document.closes_latest), ("2099-05-20T06:00:00Z".into(), None));
    assert_eq!((read.contests(), read.styles()), (vote.contests(), vote.styles()));
    let (_, text, _) = run(veche().args(["manifest", "check"]).arg(&out));
    assert!(text.contains("kind        a practice vote: it does not count"), "{text}");

    // Of a practice vote there is none, and its papers say what it is.
    let again = scratch.path().join("again.json");
    let mut command = veche();
    command.args(["manifest", "practice"]).arg(&out).arg("--out").arg(&again);
    let (code, _, error) =
        run(command.args(["--opens", "2099-05-01T06:00:00Z", "--closes", "2099-05-02T06:00:00Z"]));
    assert!(code == 2 && error.contains("this is a practice vote already"), "{error}");
    let folder = scratch.path().join("preview");
    assert_eq!(preview(&out, &folder).0, 0);
    let proof = std::fs::read_to_string(folder.join("pl/proof.html")).unwrap();
    assert!(proof.contains("Głosowanie próbne: jego karty nie są liczone."));
}

#[test]
fn a_whole_citys_preview_has_every_project_of_every_ballot() {
    let Some(manifest) = veche_tests::town::city().unwrap() else { return };
    let scratch = tempfile::tempdir().unwrap();
    let (file, out) = (scratch.path().join("manifest.json"), scratch.path().join("preview"));
    std::fs::write(&file, manifest.to_string()).unwrap();
    let began = std::time::Instant::now();
    let (code, text, error) = preview(&file, &out);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    println!("a city's preview took {:.1} s", began.elapsed().as_secs_f64());
    let manifest = Manifest::parse(manifest.to_string().as_bytes()).unwrap();
    let language = &manifest.document().languages[0];
    let read = |name: &str| std::fs::read_to_string(out.join(language).join(name)).unwrap();
    let projects: usize = manifest.contests().iter().map(|contest| contest.options.len()).sum();
    assert_eq!(read("proof.html").matches("class=\"project\"").count(), projects);
    assert!(projects > 100, "{projects}");
    for (at, style) in (1..).zip(manifest.styles()) {
        let ballot = read(&format!("ballot-{at}.html"));
        let of = |id: &String| manifest.contests()[manifest.contest_index(id).unwrap()].options.len();
        let boxes: usize = style.contests.iter().map(of).sum();
        assert!(ballot.matches("class=\"box").count() >= boxes, "{}", style.id);
    }
}
