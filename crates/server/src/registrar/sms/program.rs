//! A gateway that is a program of the town.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::{Sending, SmsError, SmsGateway, SmsMessage};

/// What a program ends with when the number can get no messages, as `sysexits.h` calls wrong data.
const WRONG_NUMBER: i32 = 65;

/// A gateway that is a program of the town: it reads `{"to":"+7…","text":"…"}` on its standard
/// input and ends with 0 when the message left, with 65 when this number can get none. Nothing is passed as an
/// argument, because every user of a machine sees the arguments of every program.
///
/// It runs in a process group of its own. Given up, the whole group is killed: a script's children, too.
#[derive(Debug, Clone)]
pub struct Program {
    path: PathBuf,
}

impl Program {
    /// The gateway that runs `path` once for each message.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Program { path: path.into() }
    }
}

impl SmsGateway for Program {
    fn send<'a>(&'a self, message: &'a SmsMessage) -> Sending<'a> {
        Box::pin(async move {
            let failed = |error| SmsError::Program(self.path.clone(), error);
            let mut command = Command::new(&self.path);
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
            #[cfg(unix)]
            command.process_group(0);
            let mut child = command.spawn().map_err(failed)?;
            let group = Group::of(&child);
            let line = Zeroizing::new(format!(
                "{}\n",
                serde_json::json!({ "to": message.to.as_str(), "text": message.text.as_str() })
            ));
            if let Some(mut input) = child.stdin.take() {
                // A program that does not read its input may still have sent something: what
                // counts is how it ends.
                let _ = input.write_all(line.as_bytes()).await;
            }
            let status = child.wait().await.map_err(failed)?;
            group.ended();
            match status.code() {
                Some(0) => Ok(()),
                Some(WRONG_NUMBER) => Err(SmsError::Number),
                _ => Err(SmsError::Ended(status)),
            }
        })
    }
}

/// The process group of a program that has not ended. Dropped, it is killed.
#[cfg(unix)]
struct Group(Option<rustix::process::Pid>);

#[cfg(unix)]
impl Group {
    fn of(leader: &tokio::process::Child) -> Self {
        Group(leader.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw))
    }

    /// The leader has ended and was waited for: from here on its number may be another's.
    fn ended(mut self) {
        self.0 = None;
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.0 {
            // There is nobody to kill if it ended in this moment.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
struct Group;

#[cfg(not(unix))]
impl Group {
    const fn of(_: &tokio::process::Child) -> Self {
        Group
    }

    const fn ended(self) {}
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::registrar::sms::tests::message;

    fn script(folder: &Path, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join("send");
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    #[tokio::test]
    async fn a_program_gets_the_message_on_its_input_and_nothing_as_an_argument() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let body = format!("cat > {0}; echo \"arguments: $#\" >> {0}", out.display());
        Program::new(script(folder.path(), &body)).send(&message()).await.unwrap();
        assert_eq!(
            std::fs::read_to_string(out).unwrap(),
            "{\"text\":\"012345 signs you in\",\"to\":\"+74951234542\"}\narguments: 0\n"
        );
    }

    #[tokio::test]
    async fn a_program_that_fails_is_reported_without_the_number_or_the_code() {
        let folder = tempfile::tempdir().unwrap();
        let error = Program::new(script(folder.path(), "exit 3")).send(&message()).await.unwrap_err();
        assert_eq!(error.to_string(), "the SMS program ended with exit status: 3");
        let missing = Program::new(folder.path().join("none")).send(&message()).await.unwrap_err();
        assert!(matches!(missing, SmsError::Program(..)));
        let number = Program::new(script(folder.path(), "exit 65")).send(&message()).await.unwrap_err();
        assert!(matches!(number, SmsError::Number));
        for error in [error.to_string(), missing.to_string(), number.to_string()] {
            assert!(!error.contains("4951234") && !error.contains("012345"), "{error}");
        }
    }

    #[tokio::test]
    async fn attack_61_a_program_that_is_given_up_leaves_no_children() {
        let folder = tempfile::tempdir().unwrap();
        let pids = folder.path().join("pids");
        // A script that waits for a child of its own, as one that calls `curl` does.
        let body = format!("sleep 300 & echo $! $$ > {0}.new; mv {0}.new {0}; wait", pids.display());
        let program = Program::new(script(folder.path(), &body));
        let sent = tokio::time::timeout(Duration::from_secs(20), async {
            tokio::select! {
                sent = async { program.send(&message()).await } => panic!("{sent:?}"),
                () = async {
                    while !pids.exists() {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                } => {}
            }
        });
        sent.await.unwrap();
        let pids = std::fs::read_to_string(pids).unwrap();
        let is_alive = |pid: &str| {
            // One that nobody has waited for yet is dead as well.
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            !stat.is_empty() && !stat.contains(") Z ")
        };
        for _ in 0..1_000 {
            if !pids.split_whitespace().any(is_alive) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{pids} are alive");
    }
}
