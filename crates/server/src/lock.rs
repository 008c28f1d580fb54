//! One process serves a folder: whoever does holds a lock on a file in it. The operating system lets go of it when the
//! process ends, however that happens.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::folder::Files;

/// A program that is being started has copies of all open files until it runs, also when whoever starts it has let go.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why a folder is not to be had alone.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process serves it.
    #[error(
        "{} is served already, by process {process}: stop that one first. Nothing was changed", data.display()
    )]
    Served {
        /// The folder.
        data: PathBuf,
        /// The number of the process, as far as it can be read.
        process: String,
    },
    /// The lock's file cannot be used.
    #[error("{}: {source}: whoever serves must be able to write it. Nothing was changed", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A folder that no other process serves while this value lives.
#[derive(Debug)]
pub(crate) struct FolderLock {
    /// Closing it lets go.
    _held: File,
}

impl FolderLock {
    /// Takes the folder, or says who still has it after half a second. Nothing else in it is touched.
    pub(crate) fn take(data: &Path) -> Result<Self, LockError> {
        let path = Files::lock(data);
        let failed = |source| LockError::File { path: path.clone(), source };
        let options = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = options.map_err(failed)?;
        let begun = Instant::now();
        let mut locked = file.try_lock();
        while matches!(locked, Err(TryLockError::WouldBlock)) && begun.elapsed() < PATIENCE {
            std::thread::sleep(PATIENCE / 20);
            locked = file.try_lock();
        }
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                // Whoever holds it may not have written its number yet.
                let _ = file.read_to_string(&mut process);
                let process = match process.trim() {
                    "" => "an unknown one".to_owned(),
                    number => number.to_owned(),
                };
                return Err(LockError::Served { data: data.into(), process });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // For people only: what holds is the lock. On a full disk the number is missing.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(FolderLock { _held: file })
    }
}

/// Why a server was not asked to read its files again.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// There is none.
    #[error("nobody serves {}: its files are read when it is started", .0.display())]
    NotServed(PathBuf),
    /// It is not known which process it is, or it cannot be asked.
    #[error("process {process} serves the folder and cannot be asked: {reason}. Send it the signal SIGHUP")]
    NotAsked {
        /// The process.
        process: String,
        /// What is in the way.
        reason: String,
    },
    /// The lock.
    #[error(transparent)]
    Lock(#[from] LockError),
}

/// Asks whoever serves a folder to read its files again. Returns the number of the process.
///
/// # Errors
/// [`ReloadError`].
pub fn ask_to_reload(data: &Path) -> Result<i32, ReloadError> {
    let process = match FolderLock::take(data) {
        Ok(_) => return Err(ReloadError::NotServed(data.into())),
        Err(LockError::Served { process, .. }) => process,
        Err(error) => return Err(error.into()),
    };
    hang_up(&process).map_err(|reason| ReloadError::NotAsked { process, reason })
}

#[cfg(unix)]
fn hang_up(process: &str) -> Result<i32, String> {
    use rustix::process::{Pid, Signal, kill_process};
    let number: i32 = process.parse().map_err(|_| "its number is not known".to_owned())?;
    let process = Pid::from_raw(number).ok_or_else(|| "its number is not known".to_owned())?;
    kill_process(process, Signal::HUP).map_err(|error| error.to_string())?;
    Ok(number)
}

#[cfg(not(unix))]
fn hang_up(_: &str) -> Result<i32, String> {
    Err("this system has no such signal".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_had_by_one_and_by_the_next_when_that_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let held = FolderLock::take(folder.path()).unwrap();
        let refused = FolderLock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(&format!("by process {}:", std::process::id())), "{refused}");
        // As a program that is being started would keep it for a moment.
        let let_go = std::thread::spawn(move || {
            std::thread::sleep(PATIENCE / 10);
            drop(held);
        });
        FolderLock::take(folder.path()).unwrap();
        let_go.join().unwrap();
        let missing = FolderLock::take(&folder.path().join("nothing")).unwrap_err();
        assert!(matches!(missing, LockError::File { .. }), "{missing}");
    }
}
