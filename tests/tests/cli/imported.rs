//! What becomes of files that `veche import` reads.

use serde_json::{Value, json};
use veche_record::Manifest;

use crate::support::{hold, report, run, sample, veche};

/// The manifest that the command makes of a file, with what an export does not say.
fn imported(file: &str, options: &[&str]) -> Value {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("manifest.json");
    let said = ["--title", "Mirogród 2027", "--electorate", "5000"];
    let hours = ["--opens", "2027-05-01T06:00:00Z", "--closes", "2027-05-14T20:00:00Z"];
    let mut command = veche();
    command.arg("import").arg(sample(file)).args(options).args(said).args(hours).arg("--out").arg(&out);
    let (code, _, errors) = run(&mut command);
    assert_eq!((code, errors.as_str()), (0, ""));
    let bytes = std::fs::read(&out).unwrap();
    Manifest::parse(&bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn a_question_of_one_project_counts_yes_and_blank() {
    let (plan, held) = hold(&[sample("mirogrod_2026_zarzecze.pb")], None);
    let group = &held.result.contests[0];
    assert_eq!((group.ballots, group.options[0].total, group.blank), (5, 4, Some(1)));
    assert_eq!(report(&held.store).exit_code(), 0);
    let outcome = plan.outcomes(held.refused, &held.result).remove(0);
    let published = outcome.published.unwrap();
    assert_eq!((published.equal, published.projects, outcome.refused.len()), (1, 1, 0));
}

#[test]
fn a_file_with_a_long_name_is_a_contest_of_its_own() {
    let folder = sample("");
    let long = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let long = long.filter(|path| path.file_stem().is_some_and(|stem| stem.len() > 100)).collect::<Vec<_>>();
    let stem = long[0].file_stem().unwrap().to_str().unwrap().to_owned();
    // Another that begins as it does.
    let scratch = tempfile::tempdir().unwrap();
    let other = scratch.path().join(format!("{stem}-2.pb"));
    std::fs::copy(&long[0], &other).unwrap();
    let (plan, _) = hold(&[long[0].clone(), other], Some(2));
    let ids: Vec<&str> = plan.manifest().contests().iter().map(|contest| contest.id.as_str()).collect();
    assert!(ids.iter().all(|id| id.len() <= 100 && id.starts_with(&stem[..80])), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn hours_that_are_over_are_said() {
    let said = |options: &[&str]| {
        let scratch = tempfile::tempdir().unwrap();
        let mut command = veche();
        command.arg("import").arg(sample("exports/decidim.csv")).args([
            "--budget",
            "100000",
            "--currency",
            "€",
        ]);
        command
            .args(["--title", "Mirogród", "--electorate", "5000", "--time-zone", "Europe/Warsaw"])
            .args(options);
        let (code, output, errors) = run(command.arg("--out").arg(scratch.path().join("manifest.json")));
        assert_eq!((code, errors.as_str()), (0, ""));
        output
    };
    let over = said(&["--opens", "2021-05-01T06:00:00Z", "--closes", "2021-05-14T20:00:00Z"]);
    assert!(over.contains("note: voting would open on 1 May 2021, 08:00"), "{over}");
    assert!(over.contains("note: voting would close on 14 May 2021, 22:00"), "{over}");
    assert_eq!(over.matches("in the past").count(), 2, "{over}");
    let open =
        said(&["--opens", "2021-05-01T06:00:00Z", "--closes", "2199-05-14T20:00:00Z", "--tongue", "de"]);
    assert_eq!(open.matches("Das ist vorbei").count(), 1, "{open}");
    let ahead = said(&["--opens", "2199-05-01T06:00:00Z", "--closes", "2199-05-14T20:00:00Z"]);
    assert!(!ahead.contains("in the past"), "{ahead}");
}

#[test]
fn projects_of_decidim_come_with_what_is_known_of_them() {
    let manifest = imported("exports/decidim.csv", &["--budget", "100000", "--currency", "€"]);
    let expected = json!([
        {
            "id": "31", "number": "31", "name": { "en": "Trees along the station road" }, "cost": 35_000,
            "text": { "en": "Forty lime trees & their care.\n\nPlanted in autumn." },
            "place": "Old town", "category": { "en": "Green" },
        },
        // The sign that keeps a spreadsheet from computing is Decidim's and not the project's.
        { "id": "32", "number": "32", "name": { "en": "+1 court for everybody" }, "cost": 48_000, "category": { "en": "Sport" } },
        {
            "id": "35", "number": "35", "name": { "en": "A footbridge at the mill" }, "cost": 62_000,
            "text": { "en": "Wood\nThree metres wide" }, "place": "Mill district",
        },
    ]);
    let contest = &manifest["contests"][0];
    assert_eq!(contest["options"], expected);
    assert_eq!(contest["title"], json!({ "en": "Mirogród 2027" }));
    assert_eq!((&contest["budget"], &contest["currency"]), (&json!(100_000), &json!("€")));
    assert_eq!(contest["rule"]["type"], "knapsack");
    assert_eq!(manifest["styles"][0]["electorate"], 5_000);
    assert_eq!(manifest["languages"], json!(["en"]));
    // The same from a spreadsheet.
    let excel = imported("exports/decidim.xlsx", &["--budget", "100000", "--currency", "€"]);
    assert_eq!(excel["contests"][0]["options"][0]["cost"], 35_000);
    assert_eq!(excel["contests"][0]["options"][0]["name"], expected[0]["name"]);
}

#[test]
fn each_budget_of_decidim_and_each_heading_of_consul_is_a_contest() {
    let budgets = ["--budget", "21=100000", "--budget", "22=80000", "--language", "es"];
    let manifest = imported("exports/decidim_two_budgets.csv", &budgets);
    let ids: Vec<&Value> =
        manifest["contests"].as_array().unwrap().iter().map(|contest| &contest["id"]).collect();
    assert_eq!(ids, ["21", "22"]);
    assert_eq!(manifest["contests"][1]["budget"], 80_000);
    assert_eq!(manifest["contests"][1]["options"][0]["name"], json!({ "es": "Puente" }));
    assert_eq!(manifest["contests"][1]["options"][0]["place"], "Molí 3");
    assert_eq!(manifest["styles"][1]["contests"], json!(["22"]));

    let options = ["--language", "es", "--pick", "3", "--budget", "50000", "--budget", "Norte=20000"];
    let manifest = imported("exports/consul.csv", &options);
    let contests = manifest["contests"].as_array().unwrap();
    let titles: Vec<&Value> = contests.iter().map(|contest| &contest["title"]["es"]).collect();
    assert_eq!(titles, ["Toda la ciudad", "Norte"]);
    let costs: Vec<&Value> =
        contests[0]["options"].as_array().unwrap().iter().map(|option| &option["cost"]).collect();
    assert_eq!(costs, [45_000, 9_500], "the third one is not on the ballot");
    assert_eq!(contests[0]["options"][0]["text"], json!({ "es": "Del puente a la estación." }));
    assert_eq!(contests[0]["rule"], json!({ "type": "approval", "min": 1, "max": 2, "blank": false }));
    assert_eq!(contests[1]["rule"], json!({ "type": "approval", "min": 1, "max": 1, "blank": true }));
    assert_eq!((&contests[0]["budget"], &contests[1]["budget"]), (&json!(50_000), &json!(20_000)));
}
