//! `veche election invitations` and `waiting`: what an organiser sends to trustees, and who is waited for, step by
//! step.

use std::path::Path;

use serde_json::{Value, json};
use veche_record::Selection;
use veche_tests::town;
use veche_xtask::ballot_box::free_port;
use veche_xtask::demo::Town;
use veche_xtask::voters::{Voter, open_election};

use crate::support::{programs, run, veche};

const SITE: &str = "https://vote.example/mirogrod/";

/// A ballot box whose trustees have done nothing yet.
fn founded(folder: &Path) -> Town {
    let mut manifest = town::manifest().unwrap();
    manifest["languages"] = json!(["en", "ar"]);
    veche_tests::town::say_in(&mut manifest, "ar");
    let bytes = format!("{manifest:#}\n").into_bytes();
    let mut town =
        Town::found(programs().clone(), &folder.join("town"), &bytes, free_port().unwrap(), &[]).unwrap();
    town.serve(&[]).unwrap();
    town
}

fn election(town: &Town, what: &str, more: &[&str]) -> (i32, String, String) {
    let mut command = veche();
    command.args(["election", what, "--box", town.ballot_box.http().address()]).args(more);
    run(&mut command)
}

fn waiting(town: &Town) -> Value {
    let (code, text, errors) = election(town, "waiting", &["--json", "--name", "2=Anna Nowak"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    serde_json::from_str(&text).unwrap()
}

fn who(document: &Value) -> Vec<u64> {
    document["trustees"].as_array().unwrap().iter().map(|one| one["number"].as_u64().unwrap()).collect()
}

/// What a camera reads off the code of a page.
fn scan(page: &str) -> String {
    let part = |from: &str, to: &str| {
        let rest = &page[page.find(from).unwrap() + from.len()..];
        &rest[..rest.find(to).unwrap()]
    };
    let side: usize = part("viewBox=\"0 0 ", " ").parse().unwrap();
    let mut dark = std::collections::HashSet::new();
    for run in part("<path d=\"", "\"").split_terminator('z') {
        let numbers: Vec<usize> =
            run.split(['M', ' ', 'h', 'v']).filter_map(|number| number.parse().ok()).collect();
        let (x, y, width) = (numbers[0], numbers[1], numbers[2]);
        dark.extend((x..x + width).map(|x| (x, y)));
    }
    let scale = 6;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * scale, side * scale, |x, y| {
        if dark.contains(&(x / scale, y / scale)) { 0 } else { u8::MAX }
    });
    image.detect_grids()[0].decode().unwrap().1
}

#[test]
fn each_trustee_has_a_page_with_the_pass_for_the_owner_of_the_files_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let town = founded(scratch.path());
    let tokens = scratch.path().join("town/box/trustee-tokens");
    let out = scratch.path().join("invitations");
    let paths = [tokens.to_str().unwrap(), out.to_str().unwrap()];
    let arguments = |more: &[&'static str]| {
        let mut all = vec!["--site", SITE, "--tokens", paths[0], "--out", paths[1]];
        all.extend_from_slice(more);
        election(&town, "invitations", &all)
    };
    for (wrong, says) in [
        (&["--name", "4=Anna"][..], "from 1 to 3"),
        (&["--by", "soon"], "2026-05-01"),
        (&["--language", "eo"], "eo"),
        // What is wrong is said in the language of the papers.
        (&["--language", "pl", "--by", "soon"], "Proszę podać dzień i godzinę"),
    ] {
        let (code, _, errors) = arguments(wrong);
        assert_eq!(code, 2, "{wrong:?}");
        assert!(errors.contains(says), "{errors}");
        assert!(!out.exists() || std::fs::read_dir(&out).unwrap().next().is_none(), "{wrong:?} wrote a page");
    }
    let (code, text, errors) = arguments(&["--name", "2=Anna <b>Nowak", "--by", "2026-05-01"]);
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.contains("only you can read the files"), "{text}");
    for trustee in 1..=3_u8 {
        let path = out.join(format!("trustee-{trustee}.html"));
        let page = std::fs::read_to_string(&path).unwrap();
        let token = town.trustee_token(trustee).unwrap();
        assert_eq!(scan(&page), format!("{SITE}#trustee={trustee}&token={token}"));
        assert!(page.contains(&token), "the pass can be read, too");
        for other in (1..=3).filter(|other| *other != trustee) {
            assert!(!page.contains(&town.trustee_token(other).unwrap()), "the pass of {other}");
        }
        // In both languages of the vote, and with a name as it was given.
        assert!(page.contains("<article lang=\"en\"") && page.contains("<article lang=\"ar\" dir=\"rtl\""));
        assert_eq!(page.contains("Anna &lt;b&gt;Nowak"), trustee == 2, "{trustee}");
        assert!(page.contains("1 May 2026, 23:59"), "by when");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o700);
        }
        assert!(!text.contains(&token), "a pass on the terminal");
    }
    let (code, _, errors) = arguments(&[]);
    assert_eq!(code, 2);
    assert!(errors.contains("not empty"), "{errors}");
    // What the organiser is to know of the files is said in the papers' language.
    let said = |language: &str| {
        let out = scratch.path().join(language);
        let more =
            ["--site", SITE, "--tokens", paths[0], "--out", out.to_str().unwrap(), "--language", language];
        let (code, text, errors) = election(&town, "invitations", &more);
        assert_eq!((code, errors.as_str()), (0, ""), "{text}");
        assert!(!text.contains("only you can read the files"), "{text}");
        text
    };
    assert!(said("pl").ends_with("ale nie otworzy nią żadnej karty.\n"));
    assert!(said("ar").contains("في كل صفحة رمز دخول أمين المفتاح صاحبها"));
}

#[test]
fn who_is_waited_for_is_said_from_the_first_share_to_the_result() {
    let scratch = tempfile::tempdir().unwrap();
    let mut town = founded(scratch.path());
    let document = waiting(&town);
    assert_eq!((document["step"].as_str(), who(&document)), (Some("join"), vec![1, 2, 3]));
    assert_eq!(document["since"], Value::Null, "a share has no hour");
    assert_eq!(document["trustees"][1]["name"], "Anna Nowak");
    let sentence = document["trustees"][1]["sentence"].as_str().unwrap();
    assert!(sentence.starts_with("Anna Nowak, the vote “Mirogrod decides”"), "{sentence}");
    assert!(document["trustees"][0]["sentence"].as_str().unwrap().starts_with("Trustee 1, "));
    assert!(document.get("witnesses").is_none());

    town.new_trustee(2).unwrap();
    assert_eq!(who(&waiting(&town)), [1, 3]);
    let (_, text, _) = election(&town, "waiting", &["--language", "ar"]);
    assert!(text.contains("Since when is not known") && text.contains("أمين المفتاح 1"), "{text}");
    town.new_trustee(1).unwrap();
    town.new_trustee(3).unwrap();
    assert_eq!(waiting(&town)["step"], "deal");
    for trustee in 1..=3 {
        town.trustee_step("deal", trustee).unwrap();
    }
    assert_eq!(waiting(&town)["step"], "confirm");
    town.confirm(3).unwrap();
    assert_eq!(who(&waiting(&town)), [1, 2]);
    town.confirm(1).unwrap();
    town.confirm(2).unwrap();
    assert_eq!(waiting(&town)["step"], "rehearse");
    town.organiser("rehearse").unwrap();
    assert_eq!(waiting(&town)["step"], "rehearsal-agree");
    town.decrypt_all().unwrap();
    assert_eq!(waiting(&town)["step"], "open");
    town.organiser("open").unwrap();
    town.read_fingerprint().unwrap();
    let document = waiting(&town);
    assert_eq!((document["step"].as_str(), who(&document)), (Some("close"), vec![]));
    assert!(document["since"].as_u64().is_some(), "the opening has an hour");
    // Of no ballots nothing is decrypted.
    let election = open_election(town.ballot_box.http(), &town.fingerprint).unwrap();
    let mut voter = Voter::sign_in(&town.ballot_box, &election, "+447700900101", "south").unwrap();
    let ballot = voter.seal(&[Selection::new(vec![1, 0, 0], false)]).unwrap();
    voter.cast(&ballot).unwrap();
    town.close().unwrap();
    town.decrypt(1).unwrap();
    let document = waiting(&town);
    assert_eq!(document["step"], "count-agree");
    assert!(document["since"].as_u64().is_some(), "the end of voting has an hour");
    assert!(!who(&document).contains(&1));
    assert!(document["needed"].as_u64().unwrap() >= 1);
    town.decrypt_all().unwrap();
    let document = waiting(&town);
    assert_eq!(document["step"], "published");
}
