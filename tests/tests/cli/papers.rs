//! What a clerk takes away from a finished vote: the workbook, the table for a spreadsheet program, the protocol of the
//! count and the archive. Read back by other programs than those that wrote them.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use veche_board::{Checkpoint, Hash, LogKey, Origin, WitnessKey, cosign};
use veche_cli::folder::MANIFEST;
use veche_record::{EntryKind, Manifest};
use veche_results::course::{By, witnessed};
use veche_results::papers::{Deletion, Files, Protocol, Readme, deletion, readme};
use veche_results::words::LANGUAGES;
use veche_results::{Cell, Sheet, Sighting, Standing, course, xlsx};
use veche_verify::notice::{Fact, Moment, Notice, Words as NoticeWords};
use veche_verify::{Audit, audit};

use crate::support::{hold, run, sample, veche, write};

/// Two districts' votes in a folder.
struct Town {
    folder: tempfile::TempDir,
}

impl Town {
    fn new() -> Self {
        let files = [sample("mirogrod_2026_rynek.pb"), sample("mirogrod_2026_points.pb")];
        let (_, held) = hold(&files, None);
        let folder = tempfile::tempdir().unwrap();
        write(&held.store, &folder.path().join("record"));
        Self { folder }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// What a command writes into a new file.
    fn written(&self, name: &str, arguments: &[&str]) -> Vec<u8> {
        let path = self.file(name);
        let mut command = veche();
        command.arg(arguments[0]).arg(self.file("record")).args(&arguments[1..]).arg("--out").arg(&path);
        let (code, _, errors) = run(&mut command);
        assert_eq!((code, errors.as_str()), (0, ""), "{arguments:?}");
        std::fs::read(path).unwrap()
    }
}

type Book = BTreeMap<String, Vec<Vec<Data>>>;

/// A workbook's sheets; a formula anywhere in it fails.
fn read(bytes: &[u8]) -> Book {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut sheets = Book::new();
    for name in book.sheet_names() {
        assert_eq!(book.worksheet_formula(&name).unwrap().used_cells().count(), 0, "a formula in {name}");
        let rows = book.worksheet_range(&name).unwrap();
        sheets.insert(name, rows.rows().map(<[Data]>::to_vec).collect());
    }
    sheets
}

#[test]
fn a_workbook_has_what_the_table_has() {
    let town = Town::new();
    for (language, projects, funded) in
        [("de", "Projekte", "Finanziert"), ("pl", "Projekty", "Otrzymuje środki"), ("ar", "المشاريع", "مموَّل")]
    {
        let book = read(&town.written(language, &["results", "--format", "xlsx", "--language", language]));
        let rows = &book[projects];
        let kino = rows.iter().find(|row| row[5] == Data::String("Kino letnie".into())).unwrap();
        assert_eq!(kino[6..8], [Data::Float(21.0), Data::Float(30_000.0)]);
        assert_eq!(kino[9], Data::String(funded.into()));
        assert_eq!(kino[4], Data::String("M05".into()));
        assert_eq!(book.len(), 3, "contests, projects, turnout");
    }
}

#[test]
fn a_table_for_a_spreadsheet_program_is_in_the_readers_words() {
    let town = Town::new();
    let of = |language: &str| {
        let arguments = ["results", "--format", "csv", "--for-excel", "--language", language];
        String::from_utf8(town.written(&format!("{language}.csv"), &arguments)).unwrap()
    };
    let german = of("de");
    assert!(german.starts_with("\u{feff}Bereiche\r\nKennung des Bereichs;Bereich;"), "{german}");
    assert!(german.contains(";M05;M05;Kino letnie;21;30000;;Finanziert;\r\n"), "{german}");
    assert!(german.contains(";Nicht finanziert;Es waren noch 70.000 übrig\r\n"), "{german}");
    assert!(german.contains(";100,00\r\n"), "{german}");
    let english = of("en");
    assert!(english.contains(",M05,M05,Kino letnie,21,30000,,Funded,\r\n"), "{english}");
    assert!(english.contains(",100.00\r\n"), "{english}");
}

/// What people have put into names so that a spreadsheet program or a browser runs it.
const HOSTILE: [&str; 7] = [
    "=HYPERLINK(\"http://evil.example\";\"x\")",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "</td><script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
];

#[test]
fn a_hostile_name_is_a_name_in_a_workbook() {
    for name in HOSTILE {
        let sheet = Sheet {
            title: "T".to_owned(),
            header: vec![name.to_owned()],
            rows: vec![vec![Cell::Text(name.to_owned())]],
        };
        let made = veche_record::manifest::Timestamp::from_unix(1_800_000_000).unwrap();
        let book = read(&xlsx(&[sheet], name, made, false).unwrap());
        let cell = book["T"][1][0].to_string();
        // The reader may have its own opinion of white space; what the cell runs is none of it.
        assert_eq!(cell.replace(['\t', '\r', '\n'], ""), name.replace(['\t', '\r'], ""));
    }
}

/// The manifest with this in the place of every text that a town writes.
fn hostile(manifest: &Manifest, text: &str) -> Manifest {
    fn replace(value: &mut Value, text: &str) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(|value| replace(value, text)),
            Value::Object(fields) => {
                let is_text = fields.keys().all(|key| key == "pl");
                for (key, value) in fields {
                    match value {
                        Value::String(words) if is_text || key == "number" => text.clone_into(words),
                        _ => replace(value, text),
                    }
                }
            }
            _ => {}
        }
    }
    let mut document = serde_json::to_value(manifest.document()).unwrap();
    replace(&mut document, text);
    Manifest::parse(&serde_json::to_vec(&document).unwrap()).unwrap()
}

#[test]
fn nothing_of_a_record_runs_in_a_protocol() {
    let (plan, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let checked: Audit = audit(&held.store, None, veche_tests::small::fresh(), |_, _| {});
    let text = "</bdi></style><script>alert(1)</script>";
    let manifest = hostile(plan.manifest(), text);
    let mut report = checked.report.clone();
    let fact = Fact::Said {
        number: 1,
        entry: 9,
        time: Moment(1_800_000_000),
        words: NoticeWords(vec![("pl".to_owned(), text.to_owned())]),
    };
    report.notices.push(Notice { code: "notice", text: fact.to_string(), fact });
    let standings = Standing::all(&manifest, &held.result, &[]);
    for language in LANGUAGES {
        let page = Protocol {
            manifest: &manifest,
            standings: &standings,
            report: &report,
            board: checked.board().unwrap(),
            note: checked.note().unwrap(),
            version: "1",
            language,
            names: "pl",
            trustees: &BTreeMap::from([(1, text.to_owned())]),
            draws: &[],
        };
        let page = page.html().unwrap();
        assert!(!page.contains("<script") && page.matches("</style>").count() == 1, "{language}");
        // The title of the vote, of the contest, in its sentence and in its notice, of the route, of each option.
        assert!(page.matches("&lt;script&gt;").count() > 15, "{language}");
        let direction = if language == "ar" { "dir=\"rtl\"" } else { "dir=\"ltr\"" };
        assert!(page.contains(&format!("<html lang=\"{language}\" {direction}>")), "{language}");
        let list = Deletion { title: text, language, paper: true, portal: true, registrar: true };
        for page in [deletion(&list).unwrap(), readme_of(text, language)] {
            assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{language}");
        }
    }
}

fn readme_of(title: &str, language: &str) -> String {
    let files = Files {
        record: "record",
        reports: ["a", "b"],
        protocol: "c",
        description: "d",
        draws: Some("g"),
        deletion: "e",
        sums: "f",
    };
    let about = Readme {
        title,
        fingerprint: "00",
        version: "1",
        source: Some(title),
        results: &[title.to_owned()],
        files,
    };
    readme(&about, language).unwrap()
}

#[test]
fn a_protocol_says_what_was_decided_and_how_to_check_it() {
    let town = Town::new();
    let page = town.written("protocol.html", &["results", "--format", "protocol", "--language", "de"]);
    let page = String::from_utf8(page).unwrap();
    let (_, report, _) = run(veche().arg("verify").arg(town.file("record")).arg("--json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    let checkpoint = std::fs::read_to_string(town.file("record").join("checkpoint")).unwrap();
    for part in [
        "Niederschrift über die Auszählung",
        "Schlüsselverwahrer 2",
        "Bei gleichen Summen kommt das günstigere zuerst",
        "Kino letnie",
        report["fingerprint"].as_str().unwrap(),
        checkpoint.lines().nth(2).unwrap(),
    ] {
        assert!(page.contains(part), "{part}");
    }
    // It stands alone: nothing is loaded from anywhere.
    assert!(!page.contains("src=") && !page.contains("href=") && !page.contains("url("), "{page}");
}

#[test]
fn files_for_people_are_asked_for_in_full() {
    let town = Town::new();
    let refused = |more: &[&str]| {
        let (code, out, errors) = run(veche().arg("results").arg(town.file("record")).args(more));
        assert_eq!((code, out.as_str()), (2, ""), "{more:?}");
        errors
    };
    assert!(refused(&["--format", "xlsx"]).contains("say with --out"));
    assert!(refused(&["--format", "json", "--for-excel"]).contains("goes with --format csv"));
    assert!(
        refused(&["--format", "csv", "--language", "de"])
            .contains("no names in the language \"de\"; it has pl")
    );
    let out = town.file("out");
    let out = out.to_str().unwrap();
    assert!(
        refused(&["--format", "xlsx", "--language", "eo", "--out", out]).contains("no words in the language")
    );
    assert!(refused(&["--format", "csv", "--draws", "draws.json"]).contains("goes with --format protocol"));
    let contest = "mirogrod_2026_rynek";
    assert!(refused(&["--format", "protocol", "--contest", contest, "--out", out]).contains("whole vote"));
    assert!(!Path::new(out).exists());
}

#[test]
fn an_archive_is_checked_by_whoever_unpacks_it() {
    let town = Town::new();
    let bytes =
        town.written("town.zip", &["archive", "--language", "de", "--source", "https://source.example/"]);
    assert_eq!(
        bytes,
        town.written("again.zip", &["archive", "--language", "de", "--source", "https://source.example/"])
    );
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let unpacked = town.file("unpacked");
    archive.extract(&unpacked).unwrap();
    let read = |name: &str| std::fs::read_to_string(unpacked.join(name)).unwrap();
    // Every file but the list of sums is in it, with its sum.
    let sums = read("SHA256SUMS");
    assert_eq!(sums.lines().count() + 1, archive.len());
    for line in sums.lines() {
        let (sum, name) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(unpacked.join(name)).unwrap();
        assert_eq!(hex::encode(Sha256::digest(bytes)), sum, "{name}");
    }
    let (code, said, _) = run(veche().arg("verify").arg(unpacked.join("record")));
    assert_eq!(code, 0);
    assert_eq!(read("report.txt"), said);
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    let page = read("README.html");
    for part in
        ["Wie man diese Abstimmung", report["fingerprint"].as_str().unwrap(), "https://source.example/"]
    {
        assert!(page.contains(part), "{part}");
    }
    let list = read("after-the-vote.html");
    assert!(
        list.contains("SMS-Anbieter")
            && list.contains("trustee-tokens")
            && list.contains("Ordner des Tischs")
    );
    // There was no paper and no portal; on how many machines people signed in, nobody has said.
    assert!(
        !list.contains("Stimmzettel auf Papier")
            && !list.contains("Portals")
            && list.contains("Anmeldeserver, wo")
    );
    assert!(read("protocol.md").contains("numbered checks"));
    assert!(read("protocol.html").contains("Kino letnie"));
    for name in ["results.xlsx", "results-spreadsheet.csv", "results.csv", "results.json", "results-1.pb"] {
        assert!(page.contains(name) && unpacked.join(name).exists(), "{name}");
    }
}

#[test]
fn an_archive_of_the_expected_vote_names_the_key_holders() {
    let town = Town::new();
    let (_, report, _) = run(veche().arg("verify").arg(town.file("record")).arg("--json"));
    let report: Value = serde_json::from_str(&report).unwrap();
    let expected = report["fingerprint"].as_str().unwrap();
    let options = ["archive", "--one-server", "--trustee", "2=Anna Nowak", "--language", "en", "--election"];
    let bytes = town.written("town.zip", &[&options[..], &[expected]].concat());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut read = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let found = read("report.txt");
    let check =
        found.lines().find(|line| line.contains("The election's fingerprint is the expected one")).unwrap();
    assert!(check.contains("passed"), "{check}");
    let protocol = read("protocol.html");
    assert!(protocol.contains("Key-holder 2: \u{2068}Anna Nowak\u{2069}"), "{protocol}");
    // Two lists with one rule for the money: it is said once.
    assert_eq!(protocol.matches("Money goes down the order").count(), 1, "{protocol}");
    assert!(!read("after-the-vote.html").contains("The registrar, where"));
    let out = town.file("other.zip");
    let other = ["--election", &"0".repeat(64)].map(str::to_owned);
    let (code, said, _) =
        run(veche().arg("archive").arg(town.file("record")).args(other).arg("--out").arg(&out));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("FAILED: check 10") && !out.exists(), "{said}");
}

#[test]
fn an_archive_of_a_wrong_record_is_not_made() {
    let town = Town::new();
    let result = town.file("record").join("result.json");
    let text = std::fs::read_to_string(&result).unwrap();
    std::fs::write(&result, text.replace("\"total\":21", "\"total\":12")).unwrap();
    let out = town.file("wrong.zip");
    let (code, said, _) = run(veche().arg("archive").arg(town.file("record")).arg("--out").arg(&out));
    assert_eq!(code, 1);
    assert!(said.contains("FAILED: check 31") && !out.exists(), "{said}");
}

#[test]
fn an_archive_of_a_vote_that_goes_on_is_not_made() {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], Some(3));
    let leaves = crate::support::leaves(&held.store);
    let close = leaves.iter().position(|leaf| EntryKind::of(leaf) == Some(EntryKind::Close)).unwrap();
    let open = crate::support::publish(&held.store.files[MANIFEST], &leaves[..close], &held.keys, None);
    let folder = tempfile::tempdir().unwrap();
    write(&open, folder.path());
    let out = folder.path().join("open.zip");
    let (code, _, errors) = run(veche().arg("archive").arg(folder.path()).arg("--out").arg(&out));
    assert_eq!(code, 2, "{errors}");
    assert!(errors.contains("not finished") && !out.exists(), "{errors}");
}

#[test]
fn the_turnout_is_counted_wherever_the_board_has_an_hour() {
    let (plan, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let leaves = crate::support::leaves(&held.store);
    let size = leaves.len() as u64;
    let ballots = |before: u64| {
        let before = leaves.iter().take(before as usize);
        before.filter(|leaf| EntryKind::of(leaf) == Some(EntryKind::Ballot)).count()
    };
    let half = (0..size).find(|size| ballots(*size) == 20).unwrap();
    let kept = [
        Sighting { size: half, time: 7, by: By::Keeper },
        Sighting { size: size + 1, time: 8, by: By::Keeper },
    ];
    let manifest = &held.store.files[MANIFEST];
    let points = course(manifest, &held.store, size, &kept).unwrap();
    let document = plan.manifest().document();
    let hours: Vec<_> = points.iter().map(|point| (point.seen[0].by, point.seen[0].time)).collect();
    let (opens, closes) = (document.opens.unix(), document.closes.unix());
    assert_eq!(hours, [(By::Organiser, opens), (By::Keeper, 7), (By::Organiser, closes)]);
    let counted = |point: &veche_results::Point| point.turnout.iter().map(|one| one.ballots).sum::<u32>();
    assert_eq!(points.iter().map(counted).collect::<Vec<_>>(), [0, 20, 40]);
    assert!(points.iter().all(|point| counted(point) as usize == ballots(point.size)));
    assert_eq!(points.last().unwrap().turnout, crate::support::report(&held.store).turnout);
}

#[test]
fn what_witnesses_sign_is_when_they_saw_it() {
    let key = LogKey::from_seed(&[7; 32]);
    let name: Origin = "witness.example/w".parse().unwrap();
    let mut document = veche_tests::small::manifest_json();
    let vkey = WitnessKey::new(name.clone(), key.public()).to_vkey();
    document["witnesses"] = serde_json::json!({"needed": 1, "keys": [vkey]});
    let manifest = Manifest::parse(&serde_json::to_vec(&document).unwrap()).unwrap();
    let origin: Origin = "board.example/b".parse().unwrap();
    let checkpoint = Checkpoint { origin, size: 12, root: Hash([3; 32]) };
    let note = checkpoint.sign(&LogKey::from_seed(&[8; 32])) + &cosign(&checkpoint, &name, &key, 99);
    assert_eq!(witnessed(&manifest, note.as_bytes()), [Sighting { size: 12, time: 99, by: By::Witness }]);
    // A line in the witness's name that it has not signed makes the note worth nothing.
    let other = LogKey::from_seed(&[9; 32]);
    let false_line = cosign(&Checkpoint { size: 13, ..checkpoint.clone() }, &name, &key, 99);
    let note = checkpoint.sign(&other) + &false_line;
    assert_eq!(witnessed(&manifest, note.as_bytes()), []);
}
