//! Starts that fail: whatever they fail with, the box that runs and the roll in force are as before.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::json;

use crate::terminal::{Serving, folder_for, init, program, refused};

const TOWN: &str = "phone,style\n+48420000001,north\n+48420000002,north\n+48420000003,north\n";
const STRANGERS: &str = "phone,style\n+48429999991,north\n+48429999992,north\n+48429999993,north\n";

fn serve(folder: &Path, more: &[&str]) -> Command {
    let mut command = program();
    command.arg("serve").arg("--data").arg(folder.join("box")).args(["--sms", "terminal"]).args(more);
    command
}

/// What a start says that must fail.
fn fails(folder: &Path, more: &[&str]) -> String {
    let mut command = serve(folder, more);
    let mut process = Serving(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    for _ in 0..1_000 {
        if let Some(status) = process.0.try_wait().unwrap() {
            let mut stderr = Vec::new();
            process.0.stderr.take().unwrap().read_to_end(&mut stderr).unwrap();
            return refused(&Output { status, stdout: Vec::new(), stderr });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it serves");
}

/// How long a process has to print a line that it must print: what does not come is a failure, and no test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process that serves, and what it prints.
struct Box_ {
    process: Serving,
    lines: Receiver<String>,
    url: String,
}

impl Box_ {
    fn start(folder: &Path, more: &[&str]) -> Self {
        let mut command = serve(folder, &["--listen", "127.0.0.1:0"]);
        let command = command.args(more).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Serving(command.spawn().unwrap());
        let printed = BufReader::new(process.0.stdout.take().unwrap()).lines();
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || printed.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let listening = lines.recv_timeout(PATIENCE).expect("it listens");
        let url = listening.rsplit_once(' ').unwrap().1.to_owned();
        Box_ { process, lines, url }
    }

    /// Asks for codes, first of a stranger, then of a voter: only the voter gets one.
    async fn knows_the_town_only(&mut self, voter: u8) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        for phone in [format!("+4842999999{voter}"), format!("+4842000000{voter}")] {
            let asked = http.post(format!("{}/v1/sign-in", self.url)).json(&json!({"phone": phone}));
            assert_eq!(asked.send().await.unwrap().status(), 200);
        }
        let sent = self.lines.recv_timeout(PATIENCE).expect("the voter is sent a code");
        // Of the number only its ends are printed; a stranger's ends otherwise.
        assert!(sent.starts_with(&format!("SMS to +4 ••• 0{voter}: ")), "{sent}");
    }
}

/// ATTACKS.md row 66, of a start.
#[tokio::test]
async fn attack_66_a_start_that_fails_changes_nothing() {
    let folder = folder_for("roll");
    let path = folder.path();
    assert!(init(path).status.success());
    let file = |name: &str, text: &str| {
        std::fs::write(path.join(name), text).unwrap();
        path.join(name).to_str().unwrap().to_owned()
    };
    let (town, strangers) = (file("town.csv", TOWN), file("strangers.csv", STRANGERS));
    let half_wrong = file("half.csv", &STRANGERS.replace("+48429999993", "twelve"));
    let mut running = Box_::start(path, &["--roll", &town]);
    running.knows_the_town_only(1).await;

    // A second process on the same folder, for which nothing else is wrong.
    let said = fails(path, &["--listen", "127.0.0.1:0", "--roll", &strangers]);
    let process = running.process.0.id();
    assert!(
        said.contains(&format!("is served already, by process {process}: stop that one first")),
        "{said}"
    );
    running.knows_the_town_only(2).await;

    // Nobody serves any more: a process that was killed leaves the folder to the next.
    drop(running);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|address| (taken, address.to_string())).unwrap();
    for (more, expected) in [
        (["--listen", &taken.1, "--roll", &strangers], "cannot listen on"),
        (
            ["--listen", "127.0.0.1:0", "--roll", &half_wrong],
            "row 4, column A (phone): Write the number with +",
        ),
    ] {
        let said = fails(path, &more);
        assert!(said.contains(expected), "{said}");
    }
    for (option, value, expected) in [
        ("--site", "/nowhere", "/nowhere has no index.html"),
        ("--witness", "w.example=http://127.0.0.1:9", "names no witness of this name"),
        ("--publish", "ftp://example.org/", "ftp://"),
    ] {
        let more = ["--listen", "127.0.0.1:0", "--roll", &strangers, option, value];
        let said = fails(path, &more);
        assert!(said.contains(expected), "{said}");
    }
    Box_::start(path, &[]).knows_the_town_only(3).await;
}
