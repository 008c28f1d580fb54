//! The desk's own interface, asked as its page asks it, beside a real server.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use veche_tests::town;
use veche_xtask::ballot_box::free_port;
use veche_xtask::demo::Town;

use crate::support::{programs, veche};

/// A desk without a browser. It ends with the test.
struct Desk {
    process: Child,
    address: String,
    session: String,
    agent: ureq::Agent,
}

impl Desk {
    /// Starts one in a folder, with a page that nobody looks at, and comes in by its link.
    fn start(folder: &Path, site: &Path) -> Result<Self> {
        std::fs::create_dir_all(site)?;
        std::fs::write(site.join("index.html"), "the page")?;
        let mut desk = veche();
        desk.arg("desk").arg(folder).args(["--no-browser", "--port", "0", "--site"]).arg(site);
        let mut process = desk.stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(process.stdout.take().context("no output")?).lines();
        let link = said.map_while(Result::ok).find(|line| line.trim_start().starts_with("http://"));
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let mut desk = Desk { process, address: String::new(), session: String::new(), agent: config.into() };
        let link = link.context("the desk printed no link")?;
        let (address, token) = link.trim().split_once("/#desk=").context("a link")?;
        address.clone_into(&mut desk.address);
        let (status, answer) = desk.post("enter", &json!({ "token": token }))?;
        assert_eq!(status, 200, "{answer}");
        desk.session = read(&answer)?["session"].as_str().context("a session")?.to_owned();
        Ok(desk)
    }

    /// What a path answers to a form: the status, and the answer to the byte.
    fn post(&self, path: &str, form: &Value) -> Result<(u16, String)> {
        let request = self.agent.post(format!("{}/desk/v1/{path}", self.address));
        let request = request.header("origin", &self.address).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {}", self.session));
        let mut answer = request.send(form.to_string())?;
        Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?))
    }

    /// The same, for a form that is refused: the problem's name.
    fn refused(&self, path: &str, form: &Value) -> Result<(u16, String)> {
        let (status, answer) = self.post(path, form)?;
        let kind = read(&answer)?["type"].as_str().context("a problem")?.to_owned();
        Ok((status, kind))
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(answer: &str) -> Result<Value> {
    serde_json::from_str(answer).with_context(|| answer.to_owned())
}

#[test]
fn a_test_message_leaves_by_the_registrar_and_its_number_stays_out_of_the_answer() -> Result<()> {
    const NUMBER: &str = "447700900199";
    let scratch = tempfile::tempdir()?;
    let desk = Desk::start(&scratch.path().join("vote"), &scratch.path().join("site"))?;
    let (status, answer) = desk.post("key", &json!({ "passphrase": "four words and a pony" }))?;
    assert_eq!(status, 200, "{answer}");
    let form = |phone: &str| json!({ "phone": phone, "reason": "before the opening" });
    let number = format!("+{NUMBER}");

    // Nobody has said where people sign in.
    let (status, answer) = desk.post("run/test-message", &form(&number))?;
    assert_eq!((status, read(&answer)?["type"].as_str()), (409, Some("urn:veche:desk-no-box")));
    assert!(!answer.contains(NUMBER), "{answer}");

    // A registrar whose messages go to a program.
    let (script, sent) = (scratch.path().join("send"), scratch.path().join("sent"));
    let program = |body: &str| -> Result<()> {
        std::fs::write(&script, format!("#!/bin/sh\n{body}\n"))?;
        Ok(std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700))?)
    };
    program(&format!("cat > {}", sent.display()))?;
    let manifest = serde_json::to_vec(&town::manifest()?)?;
    let place = scratch.path().join("town");
    let mut town = Town::found(programs().clone(), &place, &manifest, free_port()?, &[])?;
    let gateway = format!("command:{}", script.display());
    town.serve(&["--sms".as_ref(), gateway.as_ref()])?;
    let token = std::fs::read_to_string(place.join("box/organiser-token"))?;
    let pass = json!({ "address": town.ballot_box.http().address(), "token": token });
    let (status, answer) = desk.post("people/pass", &pass)?;
    assert_eq!(status, 200, "{answer}");

    let refused = desk.refused("run/test-message", &form("42"))?;
    assert_eq!((refused.0, refused.1.as_str()), (422, "urn:veche:people-phone-unreadable"));
    assert!(!sent.exists(), "nothing left");
    let (status, answer) = desk.post("run/test-message", &form(&number))?;
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("veche-server test-message") && !answer.contains(NUMBER), "{answer}");
    let message = read(&std::fs::read_to_string(&sent)?)?;
    assert_eq!(message["to"], number);
    let notes = std::fs::read_to_string(scratch.path().join("vote/desk.json"))?;
    assert!(notes.contains("\"sms\"") && !notes.contains(NUMBER), "the point is ticked: {notes}");

    // What the program says of it reaches the page, the number does not.
    program("exit 65")?;
    let (status, answer) = desk.post("run/test-message", &form(&number))?;
    assert_eq!((status, read(&answer)?["type"].as_str()), (502, Some("urn:veche:people-message-failed")));
    assert!(!answer.contains(NUMBER), "{answer}");
    Ok(())
}
