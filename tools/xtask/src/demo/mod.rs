//! `cargo xtask demo`: a whole election of a made-up town on this machine, and you vote in it.

pub mod town;

use crate::ballot_box::{self, BallotBox};
use crate::process::{read, say};
use crate::site::{self, Bundled};
use crate::voters::{Voter, open_election};
use crate::workspace::{Programs, programs, root};
use anyhow::{Context, Result, ensure};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use veche_record::Selection;
use veche_record::manifest::TrusteeCount;

/// There are a thousand telephone numbers reserved for fiction in one block.
const MOST_SIMULATED: u32 = 900;

/// What the person who starts the demo decides.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Where the voting page is served on this machine.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// How many simulated ballots are cast beside yours, at most 900. A district with fewer than ten is not counted.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_SIMULATED)))]
    pub ballots: u32,
    /// Keep the record, the keys and the database in .demo afterwards.
    #[arg(long)]
    pub keep: bool,
    /// Close after so many seconds instead of waiting for the word `close`.
    #[arg(long, value_name = "SECONDS")]
    pub close_after: Option<u64>,
}

/// An election that is open, with everything that closing it needs.
#[derive(Debug)]
pub struct Town {
    /// The programs that run it.
    pub programs: Programs,
    /// The server.
    pub ballot_box: BallotBox,
    /// 64 hexadecimal digits that name the election.
    pub fingerprint: String,
    /// Manifest, a folder for each trustee, and in `box` the server's own.
    pub folder: PathBuf,
}

/// Runs the demo to its end.
///
/// # Errors
/// When a step fails; the sentence says which.
pub fn demo(options: &Options) -> Result<()> {
    ensure!(
        TcpListener::bind(("127.0.0.1", options.port)).is_ok(),
        "port {} is in use; choose another with --port",
        options.port
    );
    say(
        "Building the ballot box and the veche command: about 4 minutes the first time, a second after that.",
    );
    let programs = programs()?;
    let dist = site::build(Bundled::WherePossible)?;

    let folder = root().join(".demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).context("cannot remove the folder .demo of an earlier demo")?;
    }
    say(
        "\nCreating the election of Quillhaven, a made-up town. Five trustees make the key together; nobody holds it.\n\
         In a real vote somebody writes down the 24 words of the organiser's key and types them back before it opens;\n\
         here the demo types them back by itself. This one machine holds all three keys of the vote.",
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let manifest = town::manifest(options.ballots, now)?;
    let mut town = Town::create(programs.clone(), &folder, &manifest, options.port)?;
    let pin = veche_site::Pin {
        fingerprint: Some(town.fingerprint.clone()),
        card: Some(site::card(town.ballot_box.http(), &town.fingerprint)?),
        ballot_box: "./".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    };
    let site = folder.join("site");
    veche_site::pin(&dist.folder, &pin, &site)?;
    drop(dist);
    town.serve(&["--site".as_ref(), site.as_ref()])?;
    simulate(&town, options.ballots)?;

    say(&format!("\n  Vote here        {}/", town.ballot_box.http().address()));
    say("  Phone number     any, for example +44 7700 900123");
    say("  SMS code         appears below");
    say(&format!("  Fingerprint      {}", town.fingerprint));
    match options.close_after {
        Some(seconds) => say(&format!("  End              after {seconds} s\n")),
        None => say("  End              type close and press Enter\n"),
    }
    let input = listen_to_terminal();
    wait_for_close(&mut town, &input, options.close_after)?;

    say("\nClosing. Four of the five trustees agree to decrypt the totals, and three do; trustee 5 is away.");
    town.close()?;
    town.decrypt_all()?;
    let record = town.save()?;
    say(&read(Command::new(&town.programs.veche).arg("results").arg(&record))?);
    say("Verifying the record as any observer can, offline:\n");
    say(&town.verify(&record.to_string_lossy())?);
    say(&format!("  The result       {}/#results\n", town.ballot_box.http().address()));
    if options.close_after.is_none() && std::io::stdin().is_terminal() {
        say("The page still shows your receipt, and the result. Press Enter to stop the ballot box.");
        let _ = input.recv();
    }
    drop(town);
    if options.keep {
        let veche = programs.veche.display();
        say(&format!("Kept in {}. To verify again: {veche} verify {}", folder.display(), record.display()));
    } else {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

impl Town {
    /// Makes an election from a manifest and opens it: ballot box, ceremony, rehearsal, Open. The folder must not exist
    /// yet.
    ///
    /// # Errors
    /// When a step fails; the sentence says which.
    pub fn create(programs: Programs, folder: &Path, manifest: &[u8], port: u16) -> Result<Self> {
        Self::found(programs, folder, manifest, port, &[])?.opened()
    }

    /// Takes a vote that was founded to its opening: ceremony, rehearsal, Open.
    ///
    /// # Errors
    /// When a step fails; the sentence says which.
    pub fn opened(mut self) -> Result<Self> {
        self.make_keys()?;
        self.rehearse()?;
        self.organiser("open").context("the vote could not be opened")?;
        self.read_fingerprint()?;
        Ok(self)
    }

    /// Makes a ballot box for a manifest, with options of `veche-server init`, and starts it. There are no keys yet,
    /// and no fingerprint.
    ///
    /// # Errors
    /// When a step fails; the sentence says which.
    pub fn found(
        programs: Programs,
        folder: &Path,
        manifest: &[u8],
        port: u16,
        init: &[&OsStr],
    ) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join("manifest.json");
        std::fs::write(&file, manifest)?;
        let data = folder.join("box");
        ballot_box::create(&programs.server, &data, &file, init)
            .context("the ballot box could not be created")?;
        let ballot_box = BallotBox::start(&programs.server, &data, port, &[])?;
        Ok(Self { programs, ballot_box, fingerprint: String::new(), folder: folder.to_path_buf() })
    }

    /// Asks the ballot box which election it holds, once there are keys.
    ///
    /// # Errors
    /// Before that.
    pub fn read_fingerprint(&mut self) -> Result<()> {
        let election = self.ballot_box.http().election()?;
        let fingerprint = election.get("fingerprint").and_then(|value| value.as_str());
        fingerprint.context("the ballot box names no fingerprint")?.clone_into(&mut self.fingerprint);
        Ok(())
    }

    /// Starts the server again with a site to serve, which could not be pinned before the election had its keys, and
    /// with whatever other options it is to have.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve(&mut self, options: &[&OsStr]) -> Result<()> {
        self.ballot_box.stop()?;
        let port = self.ballot_box.port();
        self.ballot_box = BallotBox::start(&self.programs.server, &self.folder.join("box"), port, options)?;
        Ok(())
    }

    /// Ends the vote.
    ///
    /// # Errors
    /// When the ballot box refuses.
    pub fn close(&self) -> Result<()> {
        let manifest = veche_record::Manifest::parse(&std::fs::read(self.folder.join("manifest.json"))?)?;
        let languages = manifest.document().languages.iter();
        let reasons: Vec<String> =
            languages.map(|tag| format!("--early={tag}=The demo ends here.")).collect();
        let step: Vec<&str> = std::iter::once("close").chain(reasons.iter().map(String::as_str)).collect();
        self.organise(&step).context("the vote could not be closed").map(drop)
    }

    /// Has one trustee verify the record, agree to its sums, and, once enough have, decrypt them. What the trustee's
    /// program says.
    ///
    /// # Errors
    /// When the trustee's program refuses.
    pub fn decrypt(&self, trustee: u8) -> Result<String> {
        let mut decrypt = Command::new(&self.programs.veche);
        decrypt.args(["trustee", "decrypt", "--dir"]).arg(self.trustee_folder(trustee));
        if !self.fingerprint.is_empty() {
            decrypt.arg("--election").arg(&self.fingerprint);
        }
        read(&mut decrypt).with_context(|| format!("trustee {trustee} could not decrypt"))
    }

    /// Has as many trustees decrypt as must: a quorum agrees, then enough of it decrypt. The others are away.
    ///
    /// # Errors
    /// When a trustee's program refuses.
    pub fn decrypt_all(&self) -> Result<()> {
        let quorum = self.trustees()?.quorum();
        // Whoever came before the quorum was complete comes once more.
        for trustee in (1..=quorum).chain(1..=quorum) {
            self.decrypt(trustee)?;
        }
        Ok(())
    }

    /// The ceremony: every trustee makes a secret, deals, and confirms the transcript that all see.
    ///
    /// # Errors
    /// When a trustee's program refuses.
    pub fn make_keys(&self) -> Result<()> {
        let all = 1..=self.trustees()?.count;
        for trustee in all.clone() {
            self.new_trustee(trustee).with_context(|| format!("trustee {trustee} could not begin"))?;
        }
        for trustee in all.clone() {
            self.trustee_step("deal", trustee)?;
        }
        for trustee in all {
            self.confirm(trustee)?;
        }
        Ok(())
    }

    /// `veche trustee deal` or `status` of a trustee of this machine. What it says.
    ///
    /// # Errors
    /// When the trustee's program refuses.
    pub fn trustee_step(&self, what: &str, trustee: u8) -> Result<String> {
        let mut step = Command::new(&self.programs.veche);
        step.args(["trustee", what, "--dir"]).arg(self.trustee_folder(trustee));
        read(&mut step).with_context(|| format!("trustee {trustee} could not {what}"))
    }

    /// Has a trustee of this machine confirm the transcript that they see.
    ///
    /// # Errors
    /// When the trustee's program refuses.
    pub fn confirm(&self, trustee: u8) -> Result<String> {
        let transcript = self.transcript(trustee)?;
        let mut confirm = Command::new(&self.programs.veche);
        confirm.args(["trustee", "confirm", "--dir"]).arg(self.trustee_folder(trustee));
        confirm.args(["--transcript", &transcript]);
        read(&mut confirm).with_context(|| format!("trustee {trustee} could not confirm"))
    }

    /// The rehearsal: a made-up ballot, which all trustees decrypt.
    ///
    /// # Errors
    /// When a program refuses.
    pub fn rehearse(&self) -> Result<()> {
        self.organiser("rehearse").context("the rehearsal could not begin")?;
        self.decrypt_all()
    }

    /// Has a trustee make a secret and take part. Gives the 24 words, as a person would write them down.
    ///
    /// # Errors
    /// When the trustee's program refuses.
    pub fn new_trustee(&self, trustee: u8) -> Result<String> {
        // As docs/hosting.md has it: the trustee's line of the list, as a file.
        let line = format!("{trustee} {}\n", self.trustee_token(trustee)?);
        std::fs::write(self.folder.join(format!("token-{trustee}")), line)?;
        let mut new = self.trustee_at("new", trustee, &self.trustee_folder(trustee));
        let mut process = new.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut shown = BufReader::new(process.stdout.take().context("no output")?).lines();
        let mut words = Vec::new();
        while words.len() < 24 {
            let Some(line) = shown.next().transpose()? else { break };
            if let [number, word] = line.split_whitespace().collect::<Vec<_>>()[..]
                && number.parse::<u8>().is_ok()
            {
                words.push(word.to_owned());
            }
        }
        let words = words.join(" ");
        writeln!(process.stdin.take().context("no input")?, "{words}")?;
        let rest: Vec<String> = shown.collect::<Result<_, _>>()?;
        let output = process.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{}{said}", rest.join("\n"));
        Ok(words)
    }

    /// The token with which a trustee posts to the board.
    ///
    /// # Errors
    /// When there is no such trustee.
    pub fn trustee_token(&self, trustee: u8) -> Result<String> {
        let tokens = std::fs::read_to_string(self.folder.join("box").join("trustee-tokens"))?;
        let line = tokens.lines().find_map(|line| line.strip_prefix(&format!("{trustee} ")));
        Ok(line.context("there is no token of this trustee")?.to_owned())
    }

    /// `veche trustee new` or `recover` for this ballot box, with the trustee's token.
    #[must_use]
    pub fn trustee_at(&self, what: &str, trustee: u8, folder: &Path) -> Command {
        let mut command = Command::new(&self.programs.veche);
        command.args(["trustee", what, "--board"]).arg(self.ballot_box.http().address());
        command.args(["--trustee", &trustee.to_string(), "--dir"]).arg(folder);
        command.arg("--token-file").arg(self.folder.join(format!("token-{trustee}")));
        command
    }

    /// Where a trustee of this machine keeps the secret.
    #[must_use]
    pub fn trustee_folder(&self, trustee: u8) -> PathBuf {
        self.folder.join("trustees").join(trustee.to_string())
    }

    /// The transcript hash that a trustee is to confirm.
    ///
    /// # Errors
    /// When it is not the time for it.
    pub fn transcript(&self, trustee: u8) -> Result<String> {
        let mut status = Command::new(&self.programs.veche);
        status.args(["trustee", "status", "--json", "--dir"]).arg(self.trustee_folder(trustee));
        let status: serde_json::Value = serde_json::from_str(&read(&mut status)?)?;
        let transcript = status.get("transcript").and_then(serde_json::Value::as_str);
        Ok(transcript
            .with_context(|| format!("trustee {trustee} is not to confirm now: {status}"))?
            .to_owned())
    }

    /// A step of the organiser: `veche election …`. What it says.
    ///
    /// # Errors
    /// When it is refused.
    pub fn organiser(&self, step: &str) -> Result<String> {
        self.organise(&[step])
    }

    /// The same, for a step that needs to be told more.
    ///
    /// # Errors
    /// When the step fails.
    pub fn organise(&self, step: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.programs.veche);
        command.arg("election").args(step).arg("--box").arg(self.ballot_box.http().address());
        command.arg("--token-file").arg(self.folder.join("box").join("organiser-token"));
        read(&mut command)
    }

    fn trustees(&self) -> Result<TrusteeCount> {
        let manifest = std::fs::read(self.folder.join("manifest.json"))?;
        Ok(veche_record::Manifest::parse(&manifest)?.trustees())
    }

    /// Where the record is published.
    #[must_use]
    pub fn record(&self) -> String {
        format!("{}/record", self.ballot_box.http().address())
    }

    /// Writes the record into the folder `record` beside the ballot box's own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self) -> Result<PathBuf> {
        self.save_as("record")
    }

    /// The same into a folder of another name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save_as(&self, name: &str) -> Result<PathBuf> {
        let saved = self.folder.join(name);
        let mut export = Command::new(&self.programs.server);
        export.arg("export").arg("--data").arg(self.folder.join("box")).arg("--out").arg(&saved);
        read(&mut export).context("the record could not be saved")?;
        Ok(saved)
    }

    /// Verifies a record, a folder or an address, and returns the report.
    ///
    /// # Errors
    /// When a check fails.
    pub fn verify(&self, record: &str) -> Result<String> {
        let mut verify = Command::new(&self.programs.veche);
        verify.arg("verify").arg(record).arg("--election").arg(&self.fingerprint);
        // The copy of a record that is gone tomorrow is no use to anybody.
        verify.arg("--mirror").arg(self.folder.join("copy"));
        read(&mut verify).context("the record does not verify")
    }
}

fn simulate(town: &Town, ballots: u32) -> Result<()> {
    if ballots == 0 {
        return Ok(());
    }
    say(&format!(
        "Casting {ballots} simulated ballots over HTTP, each with its own phone number and key: a few seconds."
    ));
    let election = open_election(town.ballot_box.http(), &town.fingerprint)?;
    for (number, district) in (1..=ballots).zip(town::DISTRICTS.iter().cycle()) {
        // Reserved for fiction, as yours is, but another block: nobody takes a simulated voter over by chance.
        let phone = format!("+442079460{number:03}");
        let mut voter = Voter::sign_in(&town.ballot_box, &election, &phone, district.id)
            .with_context(|| format!("simulated voter {number} could not sign in"))?;
        let selections: Vec<Selection> = town::ballot(district)
            .map(|contest| {
                let mut random = Ok(());
                let choice = town::simulate(contest, |below| {
                    draw(below).unwrap_or_else(|problem| {
                        random = Err(problem);
                        0
                    })
                });
                random.map(|()| Selection::new(choice, false))
            })
            .collect::<Result<_>>()?;
        let ballot = voter.seal(&selections)?;
        voter.cast(&ballot).with_context(|| format!("simulated voter {number} could not cast"))?;
    }
    Ok(())
}

/// A number below `below`; that it is a little uneven does not matter to a simulated choice.
fn draw(below: usize) -> Result<usize> {
    Ok(getrandom::u32()? as usize % below.max(1))
}

/// Lines from the terminal; the sender's end is the end of the input.
fn listen_to_terminal() -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Shows what the ballot box prints until someone closes the vote.
fn wait_for_close(town: &mut Town, input: &Receiver<String>, close_after: Option<u64>) -> Result<()> {
    let end = close_after.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    loop {
        town.ballot_box.is_running()?;
        while let Some(line) = town.ballot_box.next_line(Duration::from_millis(100)) {
            say(&line);
        }
        match end {
            Some(end) if Instant::now() >= end => return Ok(()),
            Some(_) => continue,
            None => {}
        }
        match input.recv_timeout(Duration::from_millis(100)) {
            Ok(line) if line.trim().eq_ignore_ascii_case("close") => return Ok(()),
            Ok(line) if line.trim().is_empty() => {}
            Ok(_) => say("Type close to end the vote."),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
