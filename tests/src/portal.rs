//! A portal's own key, with which its backend signs passes.

use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;
use veche_xtask::process::read;

/// A key that was made as docs/sign-in.md says. Its file is gone when it is dropped.
#[derive(Debug)]
pub struct PortalKey {
    folder: tempfile::TempDir,
    /// What the ballot box is told, `--pass-key`.
    pub public: String,
}

impl PortalKey {
    /// Makes one.
    ///
    /// # Errors
    /// When OpenSSL is missing.
    pub fn new() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let script = "openssl genpkey -algorithm ed25519 -out portal.pem && \
            openssl pkey -in portal.pem -pubout -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \\n'";
        let public = read(Command::new("sh").current_dir(folder.path()).args(["-c", script]))?;
        Ok(Self { folder, public: public.trim().to_owned() })
    }

    /// The file with the key.
    pub fn pem(&self) -> PathBuf {
        self.folder.path().join("portal.pem")
    }
}
