//! The program as an operator meets it: every mistake gets a sentence that says what to do.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::json;

use crate::support::{Answer, manifest};

pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche-server"));
    command.env_remove("RUST_LOG").env_remove("RUST_BACKTRACE");
    command
}

fn folder() -> tempfile::TempDir {
    folder_for("open")
}

/// A folder with a manifest for this registration.
pub(crate) fn folder_for(registration: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), manifest(registration).to_string()).unwrap();
    folder
}

pub(crate) fn init(folder: &Path) -> Output {
    program()
        .arg("init")
        .arg("--data")
        .arg(folder.join("box"))
        .arg("--manifest")
        .arg(folder.join("manifest.json"))
        .output()
        .unwrap()
}

#[track_caller]
pub(crate) fn refused(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(!output.status.success(), "it went on");
    assert!(!said.contains("panicked") && !said.contains("Error {"), "{said}");
    said
}

/// Runs `serve`, which must refuse.
fn serve(folder: &Path, more: &[&str]) -> String {
    let sms: &[&str] = if more.contains(&"--sms") { &[] } else { &["--sms", "terminal"] };
    refused(
        &program()
            .arg("serve")
            .arg("--data")
            .arg(folder.join("box"))
            .args(["--listen", "127.0.0.1:0"])
            .args(sms)
            .args(more)
            .output()
            .unwrap(),
    )
}

#[test]
fn init_makes_a_box_that_only_its_owner_reads_and_keeps_the_token_off_the_screen() {
    let folder = folder();
    let made = init(folder.path());
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let data = folder.path().join("box");
    let token = std::fs::read_to_string(data.join("organiser-token")).unwrap();
    let said = String::from_utf8([made.stdout, made.stderr].concat()).unwrap();
    assert!(said.contains("organiser-token") && !said.contains(token.trim()), "{said}");
    #[cfg(unix)]
    for (file, mode) in [("", 0o700), ("keys.json", 0o600), ("organiser-token", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let found = std::fs::metadata(data.join(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{file:?}");
    }
    let again = refused(&init(folder.path()));
    assert!(again.contains("already holds a ballot box"), "{again}");
}

#[test]
fn a_manifest_that_is_missing_or_wrong_is_named() {
    let folder = folder();
    let manifest = folder.path().join("manifest.json");
    std::fs::write(&manifest, "{\"veche\":1,\"veche\":1}").unwrap();
    let said = refused(&init(folder.path()));
    assert!(said.contains("manifest.json is refused"), "{said}");
    std::fs::remove_file(&manifest).unwrap();
    let said = refused(&init(folder.path()));
    assert!(said.contains("manifest.json cannot be read"), "{said}");
    assert!(!folder.path().join("box").exists(), "nothing is left behind");
    let said = refused(
        &program()
            .args(["init", "--data", "/tmp/x", "--manifest"])
            .arg(&manifest)
            .args(["--origin", "two words"])
            .output()
            .unwrap(),
    );
    assert!(said.contains("cannot be read") || said.contains("two words"), "{said}");
}

#[test]
fn what_serving_needs_is_asked_for_in_words() {
    let folder = folder();
    let said = serve(folder.path(), &[]);
    assert!(
        said.contains("there is no ballot box in") && said.contains("veche-server init --data"),
        "{said}"
    );
    assert!(init(folder.path()).status.success());
    let data = folder.path().join("box");

    let said = serve(folder.path(), &["--site", "/nowhere"]);
    assert!(said.contains("/nowhere has no index.html"), "{said}");
    for origin in [
        "vote.example",
        "https://vote.example/",
        "https://vote.example/path",
        "ftp://vote.example",
        "*",
        "null",
    ] {
        let said = serve(folder.path(), &["--allow-origin", origin]);
        assert!(said.contains("is not an origin such as https://vote.example"), "{origin}: {said}");
    }
    let said = serve(folder.path(), &["--sms", "pigeon"]);
    assert!(said.contains("say `terminal` or `command:PATH`"), "{said}");
    let said = serve(folder.path(), &["--sms", "command:/nowhere/send"]);
    assert!(said.contains("there is no program at \"/nowhere/send\""), "{said}");
    let said = serve(folder.path(), &["--roll", "/nowhere.csv"]);
    assert!(said.contains("the roll /nowhere.csv cannot be read"), "{said}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = program()
        .args(["serve", "--sms", "terminal", "--listen", &address, "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = refused(&output);
    assert!(said.contains(&format!("cannot listen on {address}")) && said.contains("--listen"), "{said}");

    // What is printed may end in a journal: codes are printed there only if somebody has said so.
    let output = program().args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).output().unwrap();
    let said = refused(&output);
    assert!(said.contains("say --sms command:PATH"), "{said}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let keys = data.join("keys.json");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644)).unwrap();
        let said = serve(folder.path(), &[]);
        assert!(said.contains("chmod 600"), "{said}");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let original = std::fs::read(data.join("manifest.json")).unwrap();
    std::fs::write(data.join("manifest.json"), [original.as_slice(), b" "].concat()).unwrap();
    let said = serve(folder.path(), &[]);
    assert!(said.contains("if manifest.json was changed, put the original back"), "{said}");
    std::fs::write(data.join("manifest.json"), original).unwrap();

    std::fs::write(data.join("keys.json"), "{}").unwrap();
    let said = serve(folder.path(), &[]);
    assert!(said.contains("keys.json is not a file of keys"), "{said}");
}

#[test]
fn keys_of_another_board_are_refused() {
    let (one, two) = (folder(), folder());
    assert!(init(one.path()).status.success() && init(two.path()).status.success());
    std::fs::copy(two.path().join("box/keys.json"), one.path().join("box/keys.json")).unwrap();
    let said = serve(one.path(), &[]);
    assert!(said.contains("begun under other keys"), "{said}");
}

/// Runs the program with something typed into it.
fn typing(arguments: &[&str], data: &Path, typed: &str) -> Output {
    use std::io::Write as _;
    let mut command = program();
    command.args(arguments).arg("--data").arg(data);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    // A program that refuses at once reads nothing.
    let _ = process.stdin.take().unwrap().write_all(typed.as_bytes());
    process.wait_with_output().unwrap()
}

/// What the program says when it succeeds.
#[track_caller]
fn says(output: &Output) -> String {
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The numbered list of a key's words, as `words` shows it.
fn listed(data: &Path, key: &str) -> String {
    let said = says(&typing(&["words", "--key", key], data, ""));
    assert!(said.contains("Whoever reads them holds the key"), "{said}");
    let lines: Vec<&str> =
        said.lines().filter(|line| line.trim().starts_with(|c: char| c.is_ascii_digit())).collect();
    assert_eq!(lines.len(), 24, "{said}");
    format!("{}\n", lines.join("\n"))
}

#[test]
fn words_are_shown_on_request_only_and_typed_back() {
    let folder = folder();
    let made = says(&init(folder.path()));
    let data = folder.path().join("box");
    let (organiser, log) = (listed(&data, "organiser"), listed(&data, "log"));
    // Into a pipe or a file of log nobody asked for them.
    let word = |list: &str| list.lines().next().unwrap().trim().to_owned();
    assert!(!made.contains(&word(&organiser)), "{made}");
    assert!(made.contains("veche-server words --data"), "{made}");
    let all = says(&typing(&["words"], &data, ""));
    for name in ["log key", "organiser's key", "registrar's key"] {
        assert!(all.contains(&format!("The words of the {name}.")), "{all}");
    }

    let said = refused(&typing(&["words", "--check"], &data, "abandon abandon\n"));
    assert!(said.contains("these are 2 words; there must be 24"), "{said}");
    let said = refused(&typing(&["words", "--check"], &data, &log));
    assert!(said.contains("not the words of this board's organiser's key: look for another paper"), "{said}");
    assert!(!data.join("words-checked").exists());
    let said = says(&typing(&["words", "--check", "--key", "log"], &data, &log));
    assert!(said.contains("These are the words of the log key"), "{said}");
    assert!(!data.join("words-checked").exists(), "only the organiser's open the vote");
    let said = says(&typing(&["words", "--check"], &data, &organiser));
    assert!(said.contains("the vote can be opened"), "{said}");
    assert!(data.join("words-checked").exists());
}

#[test]
fn keys_that_are_lost_come_back_from_paper() {
    let folder = folder();
    let data = folder.path().join("box");
    let said = refused(&typing(&["restore"], &data, ""));
    assert!(said.contains("there is no ballot box"), "{said}");
    says(&init(folder.path()));
    let [log, organiser, registrar] = ["log", "organiser", "registrar"].map(|key| listed(&data, key));
    let papers = [&*log, &organiser, &registrar].concat();
    let said = refused(&typing(&["restore"], &data, &papers));
    assert!(said.contains("keys.json is there, and is never replaced"), "{said}");
    let keys = std::fs::read(data.join("keys.json")).unwrap();
    std::fs::remove_file(data.join("keys.json")).unwrap();
    let said = serve(folder.path(), &[]);
    assert!(
        said.contains("has a database and no keys.json") && said.contains("veche-server restore --data"),
        "{said}"
    );
    let said = refused(&typing(&["restore"], &data, &[&*organiser, &log, &registrar].concat()));
    assert!(said.contains("not the words of this board's log key"), "{said}");
    let said = says(&typing(&["restore"], &data, &papers));
    assert!(said.contains("The keys are back, and are those of this board."), "{said}");
    assert_eq!(std::fs::read(data.join("keys.json")).unwrap(), keys);
}

#[test]
fn keys_that_others_hold_are_given_at_init_and_have_no_words_here() {
    const KEY: &str = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    let folder = folder();
    let data = folder.path().join("box");
    let manifest = folder.path().join("manifest.json");
    let init = |keys: &[&str]| {
        let mut command = program();
        command.arg("init").arg("--data").arg(&data).arg("--manifest").arg(&manifest).args(keys);
        command.output().unwrap()
    };
    for odd in ["", "organiser", &KEY[1..], &"0".repeat(64)] {
        let said = refused(&init(&["--organiser-key", odd]));
        assert!(said.contains("not a public key: give the 64 hexadecimal digits"), "{said}");
    }
    let said = refused(&init(&["--organiser-key", KEY, "--registrar-key", KEY]));
    assert!(said.contains("are the same key"), "{said}");
    assert!(!data.exists());
    let said = says(&init(&["--organiser-key", KEY]));
    assert!(said.contains(&format!("Organiser's public key: {KEY}  (held elsewhere)")), "{said}");
    assert!(!said.contains("--check"), "there is nothing to type back: {said}");
    let said = says(&typing(&["words", "--key", "organiser"], &data, ""));
    assert!(said.contains("The organiser's key is held elsewhere, and so are its words."), "{said}");
    let said = refused(&typing(&["words", "--check"], &data, &listed(&data, "log")));
    assert!(said.contains("the organiser's key is held elsewhere"), "{said}");
    let papers = [listed(&data, "log"), listed(&data, "registrar")].concat();
    std::fs::remove_file(data.join("keys.json")).unwrap();
    says(&typing(&["restore", "--organiser-elsewhere"], &data, &papers));
    let said = refused(&typing(&["papers", "--style", "north", "--count", "1"], &data, ""));
    assert!(said.contains("the organiser's key is held elsewhere"), "{said}");
}

#[test]
fn a_registrar_is_made_first_and_the_ballot_box_with_its_key() {
    let folder = folder();
    let (people, data) = (folder.path().join("people"), folder.path().join("box"));
    let run = |data: &Path, arguments: &[&str]| {
        let mut command = program();
        command.args(arguments).arg("--data").arg(data);
        if arguments[0] == "init" {
            command.arg("--manifest").arg(folder.path().join("manifest.json"));
        }
        command.output().unwrap()
    };
    let said = refused(&run(&data, &["init", "--role", "box"]));
    assert!(said.contains("make the registrar with `veche-server init --role registrar`"), "{said}");
    let said = refused(&run(&people, &["init", "--role", "registrar", "--origin", "box.example/1"]));
    assert!(said.contains("are for making the ballot box"), "{said}");
    assert!(!people.exists() && !data.exists());

    let said = says(&run(&people, &["init", "--role", "registrar"]));
    let key = said.lines().find_map(|line| line.strip_prefix("Its public key: ")).unwrap().to_owned();
    assert!(said.contains(&format!("--registrar-key {key}")), "{said}");
    let files = std::fs::read_dir(&people).unwrap().map(|file| file.unwrap().file_name());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(
        files,
        ["keys.json", "manifest.json", "veche.sqlite"],
        "no token: nobody asks a registrar with one"
    );
    let keys = std::fs::read_to_string(people.join("keys.json")).unwrap();
    assert!(keys.contains("registrar") && !keys.contains("log") && !keys.contains("organiser"));
    let said = refused(&run(&people, &["init", "--role", "registrar"]));
    assert!(said.contains("already holds a ballot box or a registrar"), "{said}");
    let said = refused(&run(&data, &["init", "--role", "all", "--registrar-key", &key]));
    assert!(said.contains("say --role box"), "{said}");
    let said = says(&run(&data, &["init", "--role", "box", "--registrar-key", &key]));
    assert!(said.contains(&format!("Registrar's public key: {key}  (held elsewhere)")), "{said}");

    // A command of the registrar says what it does not know, where nobody says where the board is.
    const ALONE: &str = "only the hours of the manifest are known here";
    let apart = ["--box", "http://127.0.0.1:9", "--election", &"0".repeat(64)];
    for (data, more, alone) in
        [(&people, &[][..], true), (&people, &apart[..], false), (&data, &[][..], false)]
    {
        let output = typing(&[&["help", "find", "--pseudonym", "0"], more].concat(), data, "");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(errors.lines().next().unwrap_or_default().contains(ALONE), alone, "{errors}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains(ALONE), "it is no answer");
    }

    let said = refused(&run(&people, &["serve", "--listen", "127.0.0.1:0"]));
    assert!(said.contains("--role registrar"), "{said}");
    let said = refused(&run(&people, &["serve", "--listen", "127.0.0.1:0", "--role", "registrar"]));
    assert!(said.contains("--box <URL>") && said.contains("--election <FINGERPRINT>"), "{said}");
    let said = refused(&run(&data, &["serve", "--box", "http://127.0.0.1:9", "--election", "00"]));
    assert!(said.contains("--box and --election belong to --role registrar"), "{said}");
    let said = refused(&run(&data, &["serve", "--role", "all"]));
    assert!(said.contains("say `--role box`"), "{said}");

    // Its key comes back from paper, too.
    let words = listed(&people, "registrar");
    std::fs::remove_file(people.join("keys.json")).unwrap();
    let said = says(&typing(&["restore", "--registrar-only"], &people, &words));
    assert!(said.contains("The key is back."), "{said}");
    assert_eq!(std::fs::read_to_string(people.join("keys.json")).unwrap(), keys);
}

pub(crate) struct Serving(pub(crate) Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program from start to a code on the terminal, with everything it logs at the most talkative.
#[tokio::test]
async fn the_terminal_shows_the_code_and_the_log_shows_no_secret() {
    let folder = folder();
    assert!(init(folder.path()).status.success());
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut serving = Serving(
        program()
            .arg("serve")
            .arg("--data")
            .arg(folder.path().join("box"))
            .args(["--listen", "127.0.0.1:0", "--sms", "terminal"])
            .env("RUST_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(serving.0.stdout.take().unwrap()).lines();
    let listening = lines.next().unwrap().unwrap();
    let url = listening.strip_prefix("The ballot box listens on ").unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = |path: &str, body: serde_json::Value| http.post(format!("{url}{path}")).json(&body);
    let begun = Answer::of(post("/v1/sign-in", json!({"phone": "+74951234542"})).send().await.unwrap()).await;
    let line = lines.next().unwrap().unwrap();
    let code = line.strip_prefix("SMS to +7 ••• 42: your Veche code is ").unwrap().to_owned();
    let session = begun.text("session");
    let signed =
        Answer::of(post("/v1/sign-in/code", json!({"session": session, "code": code})).send().await.unwrap())
            .await;
    let token = signed.text("token");
    let key = json!({"style": "north", "key": "00", "number": 0, "possession": "00"});
    let refused =
        http.put(format!("{url}/v1/credential")).bearer_auth(&token).json(&key).send().await.unwrap();
    assert_eq!(refused.status(), 409);
    drop(serving);

    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("/v1/sign-in/code") && log.contains("answered"), "the log says what was done");
    let organiser = std::fs::read_to_string(folder.path().join("box/organiser-token")).unwrap();
    for secret in ["4951234542", &session, &token, organiser.trim(), &format!("\"{code}\"")] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert!(!log.contains(&code), "the code is in the log");
}
