//! The interface is what `docs/openapi.json` says: the document is a good one, and a running server keeps to it.

use std::path::Path;
use std::process::Command;

use veche_xtask::tools;

use crate::support::manifest;
use crate::vote::{Vote, hex};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn the_document_is_openapi_and_a_linter_has_nothing_to_say() {
    let linter = root().join("www/node_modules/.bin/redocly");
    let mut lint = Command::new(&linter);
    // What says whether a process is well has no way to be asked wrongly.
    lint.args(["lint", "--max-problems=1000", "--format=stylish", "--skip-rule=operation-4xx-response"]);
    lint.arg("docs/openapi.json").current_dir(root());
    lint.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    let ran = lint.output().expect("`cargo xtask tools` installs the linter");
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && !said.contains("warning"), "{said}");
}

/// What is known to be on the board, for Schemathesis to ask about.
const CONFIG: &str = r#"
hooks = "HOOKS"
continue-on-failure = true
warnings = false

[cache]
enabled = false

[auth.openapi]
voter = { bearer = "${VECHE_VOTER}" }
organiser = { bearer = "${VECHE_ORGANISER}" }
trustee = { bearer = "${VECHE_TRUSTEE}" }

[dictionaries]
pseudonym = { values = ["PSEUDONYM"] }
key = { values = ["KEY"] }
code = { values = ["CODE"] }
size = { values = [0, 1, 2, 3] }
tile = { values = ["0/000.p/1", "entries/000.p/1", "entries/000.p/2"] }

[parameters]
"path.pseudonym" = { dictionary = "pseudonym", probability = 0.3 }
"path.key" = { dictionary = "key", probability = 0.3 }
"path.tile" = { dictionary = "tile", probability = 0.3 }
"query.code" = { dictionary = "code", probability = 0.3 }
"query.from" = { dictionary = "size", probability = 0.5 }
"query.to" = { dictionary = "size", probability = 0.5 }

# What is well formed may be refused for what it says, with a status that is documented; never as malformed.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 401, 403, 404, 409, 410, 413, 422, 429, 503]
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_running_server_answers_as_it_is_documented() {
    let vote = Vote::open_with(&manifest("open"), |config| {
        config.pass_keys = vec![crate::passes::key(1)];
        config.limits.ballots_a_voter_in_ten_minutes = 1_000;
    })
    .await;
    let mut anna = vote.voter(1, "north").await;
    let (ballot, _) = anna.vote(&vote, 0).await;
    let code = veche_record::Ballot::parse(&vote.election, &ballot).unwrap().code().to_string();
    let folder = tempfile::tempdir().unwrap();
    let config = CONFIG
        .replace("HOOKS", "hooks.py")
        .replace("PSEUDONYM", &anna.pseudonym.to_string())
        .replace("KEY", &anna.key())
        .replace("CODE", &code);
    std::fs::write(folder.path().join("schemathesis.toml"), config).unwrap();
    std::fs::copy(root().join("tests/contract/hooks.py"), folder.path().join("hooks.py")).unwrap();
    let mut run = Command::new(tools::python().join("bin/schemathesis"));
    run.arg("run").arg(root().join("docs/openapi.json")).args(["--url", &vote.running.url]);
    run.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1", "--no-color"]);
    run.current_dir(folder.path()).env("VECHE_BALLOT", hex(&ballot));
    run.env("VECHE_VOTER", &anna.token).env("VECHE_ORGANISER", &vote.running.organiser);
    run.env("VECHE_TRUSTEE", &vote.running.trustees[0]);
    let ran = tokio::task::spawn_blocking(move || run.output()).await.unwrap();
    let ran = ran.expect("`cargo xtask tools` installs Schemathesis");
    let said = String::from_utf8_lossy(&ran.stdout) + String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    let tested = format!("Tested: {}", operations());
    assert!(said.contains(&tested), "not every operation was tried: {said}");
}

/// How many operations the document has.
fn operations() -> usize {
    let text = std::fs::read_to_string(root().join("docs/openapi.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum()
}
