//! `veche describe`: a clerk's spreadsheet becomes a manifest, and a wrong file is named for what it is.

use veche_record::Manifest;
use veche_record::manifest::{ReportBy, Ties, Unaffordable};
use veche_record::rules::{Approval, Rule};
use veche_tests::sheet_town;

use crate::support::{run, veche};

#[test]
fn sixty_projects_in_eleven_districts_become_a_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let (sheet, out) = (folder.path().join("town.xlsx"), folder.path().join("manifest.json"));
    std::fs::write(&sheet, sheet_town::workbook(2099).unwrap()).unwrap();
    let (code, text, error) = run(veche().arg("describe").arg(&sheet).arg("--out").arg(&out));
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    assert!(text.contains("12 lists, 60 projects, 11 kinds of ballot, valid"), "{text}");
    assert!(text.contains("Projekty!N1  \"Wnioskodawca\""), "{text}");
    assert!(!text.contains("Wymyślony"), "{text}");

    let bytes = std::fs::read(&out).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("Wymyślony"), "nobody's name is published unasked");
    let manifest = Manifest::parse(&bytes).unwrap();
    let town = &manifest.contests()[0];
    assert_eq!((town.id.as_str(), town.options.len(), town.budget), ("M", 9, Some(1_250_000)));
    assert_eq!(town.report_by, ReportBy::ContestAndStyle);
    let funding = town.funding.greedy().unwrap();
    assert_eq!(
        (funding.unaffordable, funding.minimum_votes, funding.ties),
        (Unaffordable::Stop, 20, Ties::Lot)
    );
    assert_eq!(funding.exclusive, [["M-01", "M-02"]]);
    let option = &town.options[2];
    assert!(option.text.as_ref().unwrap().get("en").unwrap().contains(".\n\nA second paragraph."));
    assert_eq!(option.coordinates.as_deref(), Some("52.002000,21.000000"));
    // All three ways to write an amount.
    let costs: Vec<u64> = town.options.iter().filter_map(|option| option.cost).collect();
    assert_eq!(costs.len(), 9);
    assert!(costs.iter().all(|cost| (4_000..=75_000).contains(cost)), "{costs:?}");
    for (style, (code, polish, english, people, _)) in manifest.styles().iter().zip(sheet_town::DISTRICTS) {
        assert_eq!((style.id.as_str(), style.electorate), (code, people));
        assert_eq!((style.title.get("pl"), style.title.get("en")), (Some(polish), Some(english)));
        assert_eq!(style.contests, ["M", code]);
        assert_eq!(style.plus_one_of.len(), 10);
    }
    // One project alone becomes a yes-or-blank question.
    let last = manifest.contests().last().unwrap();
    assert_eq!(last.rule, Rule::Approval(Approval { min: 1, max: 1, blank: true }));
    assert_eq!(last.options.len(), 1);
    let (code, text, _) = run(veche().args(["manifest", "check"]).arg(&out));
    assert_eq!(code, 0, "{text}");

    // What is there is never written over.
    let (code, _, error) = run(veche().arg("describe").arg(&sheet).arg("--out").arg(&out));
    assert_eq!(code, 2, "{error}");
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
}

#[test]
fn every_template_is_filled_in_and_becomes_a_manifest() {
    for language in ["en", "ru", "pl", "es", "fr", "de", "ar"] {
        let folder = tempfile::tempdir().unwrap();
        let (sheet, out) = (folder.path().join("t.xlsx"), folder.path().join("manifest.json"));
        let (code, _, error) =
            run(veche().arg("describe").arg("--template").arg(&sheet).args(["--language", language]));
        assert_eq!((code, error.as_str()), (0, ""), "{language}");
        let (code, text, _) = run(veche().arg("describe").arg(&sheet).arg("--out").arg(&out));
        assert_eq!(code, 0, "{language}: {text}");
        assert!(text.contains("this is the template's example"), "{text}");
        assert_eq!(Manifest::parse(&std::fs::read(&out).unwrap()).unwrap().document().languages, [language]);
    }
}

/// Files that are no texts, and that no repository needs to keep.
#[test]
fn a_wrong_file_is_named_for_what_it_is() {
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let old = |name: &str| [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 504], &wide(name)].concat();
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, sentence) in [
        (
            "a.xls",
            old("Workbook"),
            "this is an old Excel file (.xls); open it in Excel or LibreOffice and save it as .xlsx",
        ),
        (
            "a.doc",
            old("WordDocument"),
            "this is a Word file; put its table into a spreadsheet and save that as .xlsx",
        ),
        (
            "a.xlsx",
            old("EncryptedPackage"),
            "this file is locked with a password; open it, take the password away and save it again",
        ),
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec(),
            "this is a picture (png), and not a table; hand in the spreadsheet itself",
        ),
        ("b.xlsx", b"PK\x03\x04 and no more".to_vec(), "this is a packed file, but it is damaged"),
        (
            "c.csv",
            b"a;b\0c\n".to_vec(),
            "this is neither a spreadsheet nor a text; hand in an .xlsx, an .ods or a CSV",
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let (code, text, error) = run(veche().arg("describe").arg(&path).args(["--out", "never.json"]));
        assert_eq!((code, text.as_str()), (2, ""), "{name}");
        assert!(error.starts_with("veche: ") && error.contains(&format!("{name}: {sentence}")), "{error}");
    }
}
