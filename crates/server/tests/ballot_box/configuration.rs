//! The configuration file: every option has its key, a mistake changes nothing, and what can change does so while
//! people vote.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use crate::terminal::{folder_for, init, program, refused};

/// A box that is served with what its file says.
struct Served {
    process: Child,
    url: String,
    log: PathBuf,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Served {
    fn start(folder: &Path, typed: &[&str]) -> Self {
        let log = folder.join("log");
        let mut command = program();
        command.args(["serve", "--data"]).arg(folder.join("box")).args(typed);
        command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{line}{}", std::fs::read_to_string(&log).unwrap());
        Served { process, url, log }
    }

    fn hang_up(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().unwrap().success());
    }

    /// Waits until the log says something.
    async fn says(&self, text: &str) {
        for _ in 0..250 {
            if std::fs::read_to_string(&self.log).unwrap().contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{text:?} is not in the log:\n{}", std::fs::read_to_string(&self.log).unwrap());
    }

    async fn ask(&self, phone: &str) -> StatusCode {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(format!("{}/v1/sign-in", self.url)).json(&json!({"phone": phone}));
        let request = request.header("x-forwarded-for", "198.51.100.7");
        request.send().await.unwrap().status()
    }

    async fn is_well(&self) -> bool {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let health = http.get(format!("{}/v1/health", self.url)).send().await.unwrap();
        let health: serde_json::Value = health.json().await.unwrap();
        let checks = health["checks"].as_array().unwrap();
        checks.iter().filter(|check| check["name"] == "configuration").all(|check| check["ok"] == true)
    }
}

/// An SMS program that writes into a file.
fn gateway(folder: &Path, name: &str) -> PathBuf {
    let (script, messages) = (folder.join(name), folder.join(format!("{name}.messages")));
    std::fs::write(&script, format!("#!/bin/sh\ncat >> {}\n", messages.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    script
}

async fn has_message(folder: &Path, name: &str, phone: &str) {
    let path = folder.join(format!("{name}.messages"));
    for _ in 0..250 {
        if std::fs::read_to_string(&path).unwrap_or_default().contains(phone) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{name} has no message for {phone}");
}

#[test]
fn every_option_of_serve_has_its_key_in_the_printed_file() {
    let output = |arguments: &[&str]| {
        let output = program().args(arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let (help, printed) = (output(&["serve", "--help"]), output(&["configuration"]));
    let options =
        help.lines().filter_map(|line| line.trim_start().trim_start_matches("-h, ").strip_prefix("--"));
    let names: Vec<_> = options.map(|option| option.split([' ', '[']).next().unwrap()).collect();
    assert!(names.len() > 20, "{help}");
    for name in names {
        let only_typed = ["data", "config", "clock-checked", "help"].contains(&name);
        let has = printed.contains(&format!("\n#{name} = "))
            || (name == "limits" && printed.contains("\n#[limits]"));
        assert_eq!(has, !only_typed, "{name} in\n{printed}");
    }
    // As it is printed it says nothing, and is taken.
    let folder = folder_for("open");
    assert!(init(folder.path()).status.success());
    std::fs::write(folder.path().join("box/veche.toml"), printed).unwrap();
    Served::start(folder.path(), &["--sms", "terminal", "--listen", "127.0.0.1:0"]);
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_line() {
    let folder = folder_for("open");
    assert!(init(folder.path()).status.success());
    let data = folder.path().join("box");
    for (text, expected) in [
        ("sms = \"terminal\"\nlissten = \"127.0.0.1:0\"\n", ["line 2", "there is no key `lissten`"]),
        ("\nlisten = \"here\"\n", ["line 2", "invalid value 'here' for '--listen"]),
        ("behind-proxy = \"yes\"\n", ["line 1", "`behind-proxy` is true or false"]),
        ("\n\nproxy-hops = 99\nbehind-proxy = true\n", ["line 3", "99"]),
        ("proxy-hops = 2\n", ["--behind-proxy", ""]),
        ("mirror = [\"a\", 1.5]\n", ["line 1", "`mirror` is a text or a whole number"]),
        ("data = \"elsewhere\"\n", ["line 1", "named on the command line"]),
        ("clock-checked = true\n", ["line 1", "for one start"]),
        ("sms = \"command:/nowhere\"\n", ["line 1", "there is no program at"]),
        ("log-level = \"loud\"\n", ["line 1", "is no level of a log"]),
        ("[limits]\nconnections = 10\nconections = 11\n", ["line 3", "unknown field `conections`"]),
        ("[limits]\nconnections = 0\n", ["connections must not be zero", ""]),
        ("limits = \"/nowhere.toml\"\n[limits]\n", ["line 2", "duplicate"]),
        ("listen = \n", ["line 1", ""]),
    ] {
        std::fs::write(data.join("veche.toml"), text).unwrap();
        let mut command = program();
        command.args(["serve", "--sms", "terminal", "--data"]).arg(&data);
        // What takes the file all the same ends here, and says something else.
        let output = command.args(["--listen", "192.0.2.1:80"]).output().unwrap();
        let said = refused(&output);
        assert!(said.contains("veche.toml") || said.contains("--behind-proxy"), "{text}: {said}");
        assert!(expected.iter().all(|part| said.contains(part)), "{text}: {said}");
    }
    let output =
        program().args(["serve", "--config", "/nowhere.toml", "--data"]).arg(&data).output().unwrap();
    assert!(refused(&output).contains("the configuration /nowhere.toml cannot be read"));
}

#[tokio::test]
async fn a_running_server_takes_what_can_change_and_nothing_of_a_file_with_a_mistake() {
    let folder = folder_for("open");
    let folder = folder.path();
    assert!(init(folder).status.success());
    let (first, second) = (gateway(folder, "first"), gateway(folder, "second"));
    let file = folder.join("box/veche.toml");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    // What is typed goes before what is in the file.
    let said = |gateway: &Path, more: &str| {
        format!(
            "listen = \"127.0.0.1:1\"\nbehind-proxy = true\nsms = \"command:{}\"\n{more}",
            gateway.display()
        )
    };
    write(&said(&first, ""));
    let served = Served::start(folder, &["--listen", "127.0.0.1:0"]);
    assert_eq!(served.ask("+48421234501").await, StatusCode::OK);
    has_message(folder, "first", "+48421234501").await;

    let limits =
        "log-level = \"debug\"\npage-host = \"vote.example\"\n[limits]\nsign_ins_an_address_an_hour = 2\n";
    write(&said(&second, limits));
    let asked = program().args(["reload", "--data"]).arg(folder.join("box")).output().unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    served.says("was read again").await;
    served.says("this changes with the next start only: page-host").await;
    assert_eq!(served.ask("+48421234502").await, StatusCode::OK);
    has_message(folder, "second", "+48421234502").await;
    served.says("DEBUG").await;

    // With a mistake it is refused whole, by the command and by the server.
    write(&said(&first, "[limits]\nsign_ins_an_address_an_hour = 3000\nnothing = 1\n"));
    let asked = refused(&program().args(["reload", "--data"]).arg(folder.join("box")).output().unwrap());
    assert!(asked.contains("line 6") && asked.contains("The server was not asked"), "{asked}");
    assert!(served.is_well().await);
    served.hang_up();
    served.says("Nothing was changed").await;
    assert!(!served.is_well().await);
    // The limit of before holds, and so does the gateway.
    let mut answers = Vec::new();
    for n in 3..6 {
        answers.push(served.ask(&format!("+4842123450{n}")).await);
    }
    assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
    assert!(!std::fs::read_to_string(folder.join("first.messages")).unwrap().contains("+48421234503"));
    write(&said(&first, ""));
    served.hang_up();
    for _ in 0..250 {
        if served.is_well().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(served.is_well().await);
    assert_eq!(served.ask("+48421234506").await, StatusCode::OK);
    has_message(folder, "first", "+48421234506").await;

    drop(served);
    let nobody = refused(&program().args(["reload", "--data"]).arg(folder.join("box")).output().unwrap());
    assert!(nobody.contains("nobody serves"), "{nobody}");
}
