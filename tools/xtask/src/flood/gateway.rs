//! An SMS gateway as a town has one: a program. It notes each message, or hangs.

use anyhow::{Context, Result};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time between two looks for a message.
const LOOK: Duration = Duration::from_millis(20);

/// The program, and where it notes what it was given.
pub struct Gateway {
    program: PathBuf,
    messages: PathBuf,
    hanging: PathBuf,
}

impl Gateway {
    /// Writes the program into a folder.
    pub fn create(folder: &Path) -> Result<Self> {
        let folder = folder.join("gateway");
        std::fs::create_dir_all(folder.join("messages"))?;
        let (program, hanging) = (folder.join("send"), folder.join("hangs"));
        let script = format!(
            "#!/bin/sh\n[ -e '{hanging}' ] && exec sleep 600\nread -r line\nto=${{line#*+}}\nto=${{to%%\\\"*}}\n\
             printf '%s\\n' \"$line\" >> '{messages}'/\"$to\"\n",
            hanging = hanging.display(),
            messages = folder.join("messages").display(),
        );
        std::fs::write(&program, script)?;
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
        Ok(Self { program, messages: folder.join("messages"), hanging })
    }

    /// What `--sms` says.
    pub fn option(&self) -> String {
        format!("command:{}", self.program.display())
    }

    /// Makes it hang, or not any more.
    pub fn hang(&self, hangs: bool) -> Result<()> {
        if hangs {
            std::fs::write(&self.hanging, "").context("the gateway cannot be told to hang")?;
        } else if self.hanging.exists() {
            std::fs::remove_file(&self.hanging)?;
        }
        Ok(())
    }

    /// How many messages a phone has got.
    pub fn count(&self, phone: &str) -> usize {
        self.texts(phone).len()
    }

    /// Waits until a phone has got more than `before` messages. The codes of those, the newest one first; none when
    /// nothing comes.
    pub fn codes(&self, phone: &str, before: usize, until: Instant) -> Vec<String> {
        loop {
            let texts = self.texts(phone);
            if let Some(new) = texts.get(before..)
                && !new.is_empty()
            {
                return new.iter().rev().filter_map(|text| code(text)).collect();
            }
            if Instant::now() >= until {
                return Vec::new();
            }
            std::thread::sleep(LOOK);
        }
    }

    fn texts(&self, phone: &str) -> Vec<String> {
        let file = self.messages.join(phone.trim_start_matches('+'));
        let lines = std::fs::read_to_string(file).unwrap_or_default();
        let text =
            |line: &str| Some(serde_json::from_str::<Value>(line).ok()?.get("text")?.as_str()?.to_owned());
        // A line that is being written is no document yet.
        lines.lines().filter_map(text).collect()
    }
}

/// The first number of six digits or more, which may stand in groups.
fn code(text: &str) -> Option<String> {
    let numbers = text.split(|character: char| !character.is_ascii_digit() && character != ' ');
    numbers.map(|number| number.replace(' ', "")).find(|number| number.len() >= 6)
}
