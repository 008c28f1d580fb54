//! The organiser's key: 24 words, from which this machine signs. Where no words are given, a ballot box signs that
//! holds the key.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use veche_crypto::signature::{PublicKey, SecretKey};
use veche_record::entry::{Content, Signed};
use veche_record::tag;
use veche_verify::BoardState;
use veche_words::terminal;
use zeroize::Zeroizing;

use super::ElectionError;
use crate::error::Error;
use crate::{Outcome, random};

/// Makes the organiser's key on this machine.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Make no key: say which public key the words have.
    #[arg(long)]
    check: bool,
    /// Read the words from this file, for --check in scripts. Only you may be able to read it.
    #[arg(long, value_name = "FILE", requires = "check")]
    words_file: Option<PathBuf>,
}

/// Who signs.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SignerArgs {
    /// Sign on this machine: the 24 words of the organiser's key are asked for. Left out: the ballot box signs,
    /// where it holds the key.
    #[arg(long)]
    words: bool,
    /// The same with the words in a file, for scripts. Only you may be able to read it.
    #[arg(long, value_name = "FILE", conflicts_with = "words")]
    words_file: Option<PathBuf>,
}

/// Makes a key, shows its words, asks them back, and says which public key they have.
pub(crate) fn key(args: &KeyArgs) -> Result<Outcome, Error> {
    if args.check {
        let seed = args.words_file.as_deref().map_or_else(typed, from_file)?;
        return Ok(Outcome::passed(format!("{}\n", hexadecimal(&derive(seed)?.public()))));
    }
    let seed = Zeroizing::new(*random::randomness()?.as_bytes());
    tell(
        "These 24 words are the organiser's key. They are shown this once.\n\
         Write them on paper and keep it where nobody else comes. Whoever has them can open, extend, close and cancel\n\
         the vote in your name. They open no ballot.\n\n",
    )
    .and_then(|()| terminal::show(&seed))
    .and_then(|()| tell("\nNow type them back.\n"))
    .map_err(ElectionError::Terminal)?;
    terminal::ask_back(&seed).map_err(ElectionError::from)?;
    let public = hexadecimal(&derive(seed)?.public());
    Ok(Outcome::passed(format!(
        "The words are right. The public key is\n\n  {public}\n\n\
         Give it to whoever makes the ballot box:\n\
         \x20 veche-server init --organiser-key {public} …\n"
    )))
}

/// Who signs, and from what.
pub(crate) enum Signer {
    /// A ballot box that holds the key.
    BallotBox,
    /// This machine, with words that are typed at its terminal.
    Typed,
    /// This machine, with words in a file that nobody else can read.
    File(PathBuf),
    /// This machine, with the seed of the key.
    Seed(Seed),
}

impl SignerArgs {
    /// What the arguments say.
    pub(crate) fn signer(&self) -> Signer {
        match &self.words_file {
            Some(path) => Signer::File(path.clone()),
            None => Signer::typed(self.words),
        }
    }
}

impl Signer {
    /// Signs with words that are typed, or asks the ballot box to sign.
    pub(crate) fn typed(words: bool) -> Self {
        if words { Signer::Typed } else { Signer::BallotBox }
    }

    /// The key that this machine signs with, which is the one that the board names; nothing where the ballot box is to
    /// sign.
    pub(crate) fn key(&self, board: &BoardState) -> Result<Option<SecretKey>, Error> {
        let seed = match self {
            Signer::BallotBox => return Ok(None),
            Signer::Typed => typed()?,
            Signer::File(path) => from_file(path)?,
            Signer::Seed(seed) => seed.clone(),
        };
        let key = derive(seed)?;
        let named = board.genesis().map(|genesis| genesis.organiser);
        match named {
            Some(named) if named == key.public() => Ok(Some(key)),
            named => {
                let named = named.as_ref().map(hexadecimal).unwrap_or_default();
                Err(ElectionError::OtherKey { named, given: hexadecimal(&key.public()) }.into())
            }
        }
    }
}

/// An entry that the organiser has signed for this board's election.
pub(crate) fn signed<T: Content>(
    content: T,
    key: &SecretKey,
    board: &BoardState,
) -> Result<Signed<T>, Error> {
    let election = board.election().ok_or_else(|| ElectionError::no_keys(board))?;
    Ok(Signed::new(content, key, &election.fingerprint()).map_err(ElectionError::from)?)
}

/// A public key as people compare it.
pub(crate) fn hexadecimal(key: &PublicKey) -> String {
    hex::encode(key.to_bytes())
}

/// What the organiser's key is derived from, and what its words say.
pub(crate) type Seed = Zeroizing<[u8; 32]>;

fn typed() -> Result<Seed, Error> {
    tell("The words of the organiser's key are needed.\n").map_err(ElectionError::Terminal)?;
    Ok(terminal::ask().map_err(ElectionError::from)?)
}

/// Says something before the command ends: on standard error, so that what a script reads stays what it asked for.
fn tell(text: &str) -> std::io::Result<()> {
    std::io::stderr().lock().write_all(text.as_bytes())
}

/// Words in a file that nobody else can read.
fn from_file(path: &Path) -> Result<Seed, Error> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let about =
            std::fs::metadata(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        if about.permissions().mode() & 0o077 != 0 {
            return Err(ElectionError::Exposed { path: path.to_owned() }.into());
        }
    }
    let bytes = Zeroizing::new(crate::files::read(path)?);
    let wrong = |source| ElectionError::WordsFile { path: path.to_owned(), source };
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    Ok(veche_words::decode(text).map_err(wrong)?)
}

/// The same words give the same key in `veche-server`.
pub(crate) fn derive(seed: Seed) -> Result<SecretKey, Error> {
    Ok(SecretKey::from_seed(tag::ORGANISER_KEY, &seed).map_err(ElectionError::from)?)
}
