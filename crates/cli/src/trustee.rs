//! `veche trustee`: what holders of key shares do.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use thiserror::Error;
use veche_board::{LogFile, decode_bundle};
use veche_crypto::hash::Digest;
use veche_record::entry::{Ceremony, Entry, Genesis};
use veche_record::{Election, ElectionError, EntryError, Manifest, ManifestError};
use veche_trustee::{DealError, DecryptError, KeyShare, deal_trusted, decrypt};
use zeroize::Zeroizing;

use crate::Outcome;
use crate::error::Error;
use crate::folder::Folder;
use crate::remote::Remote;
use crate::report;
use crate::verify::{Record, parse_fingerprint};

/// Makes and uses the trustees' shares of the key.
#[derive(Debug, Args)]
pub struct TrusteeArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Deal(DealArgs),
    Decrypt(DecryptArgs),
}

/// Makes the shares of all trustees on this machine, and the entry that the board needs of them.
#[derive(Debug, Args)]
struct DealArgs {
    /// Yes, one person makes all shares: whoever runs this command could open every ballot, and every report says so.
    #[arg(long, required = true)]
    trusted_dealer: bool,
    /// The manifest as published.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Where to write trustee-1.json, trustee-2.json, … (one for each trustee, secret) and ceremony.entry (for the board).
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The board's first entry, or a folder with the record so far: then the election's fingerprint is printed.
    #[arg(long, value_name = "FILE|DIR")]
    genesis: Option<PathBuf>,
    #[command(flatten)]
    post: PostArgs,
}

/// Verifies a whole record, and decrypts its totals with one trustee's share: nothing else, and nothing of a record that fails.
#[derive(Debug, Args)]
struct DecryptArgs {
    /// The trustee's share, as trustee-1.json.
    #[arg(long, value_name = "FILE")]
    share: PathBuf,
    /// The record so far: a folder or an address. Left out: the record of the ballot box.
    #[arg(long, value_name = "DIR|URL", required_unless_present = "ballot_box")]
    record: Option<String>,
    /// The published fingerprint that the election must have.
    #[arg(long, value_name = "HASH", value_parser = parse_fingerprint)]
    election: Option<Digest>,
    /// Where to write the entry for the board.
    #[arg(long, value_name = "FILE", required_unless_present = "ballot_box")]
    out: Option<PathBuf>,
    #[command(flatten)]
    post: PostArgs,
}

/// Where a trustee's message goes.
#[derive(Debug, Args)]
struct PostArgs {
    /// The ballot box to post to, as https://box.example/.
    #[arg(long = "box", value_name = "URL", requires = "token_file")]
    ballot_box: Option<String>,
    /// A file with the organiser's token.
    #[arg(long, value_name = "FILE", requires = "ballot_box")]
    token_file: Option<PathBuf>,
}

/// Why a trustee's command stopped.
#[derive(Debug, Error)]
pub enum TrusteeError {
    /// The manifest.
    #[error("{}: {source}", .path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// The board's first entry is not where it was said to be.
    #[error("{}: there is no board with a first entry here", .path.display())]
    NoGenesis {
        /// What was named.
        path: PathBuf,
    },
    /// The board's first entry is not a Genesis entry.
    #[error("the board's first entry is not a Genesis entry{}", .source.as_ref().map(|source| format!(": {source}")).unwrap_or_default())]
    Genesis {
        /// Why its bytes are no entry, where they aren't.
        source: Option<EntryError>,
    },
    /// Manifest, board and shares don't belong together.
    #[error("{0}; nothing was written")]
    Election(#[from] ElectionError),
    /// No shares were made.
    #[error(transparent)]
    Deal(#[from] DealError),
    /// A file that would be overwritten.
    #[error("{} exists: shares are never overwritten, since a lost share can mean a lost vote", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file that holds no share.
    #[error("{}: {source}", .path.display())]
    Share {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: veche_trustee::ShareError,
    },
    /// There is nothing to decrypt yet.
    #[error("there is nothing to decrypt: voting is not closed, or the sums are not on the board yet")]
    NoTally,
    /// The share does not belong to the record.
    #[error(transparent)]
    Decrypt(#[from] DecryptError),
    /// A token file that is not text.
    #[error("{}: a token is one line of text", .path.display())]
    Token {
        /// The file.
        path: PathBuf,
    },
}

/// Runs the command.
///
/// # Errors
/// [`Error`] when it could not do what it was asked to do.
pub fn run(args: &TrusteeArgs) -> Result<Outcome, Error> {
    match &args.command {
        Command::Deal(args) => deal(args).map(Outcome::passed),
        Command::Decrypt(args) => decrypt_totals(args),
    }
}

/// The address and the token to post with.
struct Post {
    remote: Remote,
    token: Zeroizing<String>,
}

impl PostArgs {
    fn read(&self) -> Result<Option<Post>, Error> {
        let (Some(url), Some(path)) = (&self.ballot_box, &self.token_file) else { return Ok(None) };
        let bytes = Zeroizing::new(crate::files::read(path)?);
        let token = std::str::from_utf8(&bytes).ok().map(str::trim);
        let token =
            token.filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
        let token = token.ok_or_else(|| TrusteeError::Token { path: path.clone() })?;
        Ok(Some(Post { remote: Remote::new(url)?, token: Zeroizing::new(token.to_owned()) }))
    }
}

impl Post {
    fn send(&self, entry: &[u8]) -> Result<(), Error> {
        self.remote.post("v1/entries", &self.token, entry)?;
        Ok(())
    }
}

fn deal(args: &DealArgs) -> Result<String, Error> {
    // `required = true` has seen to it; whoever reads this code should not have to know clap for that.
    debug_assert!(args.trusted_dealer);
    let in_manifest = |source| TrusteeError::Manifest { path: args.manifest.clone(), source };
    let manifest = Manifest::parse(&crate::files::read(&args.manifest)?).map_err(in_manifest)?;
    let post = args.post.read()?;
    let genesis = match (&args.genesis, &post) {
        (Some(path), _) => Some(genesis_at(path)?),
        (None, Some(post)) => Some(parse_genesis(&first_entry_of(&post.remote)?)?),
        (None, None) => None,
    };
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)?;
    let (ceremony, shares) = deal_trusted(&manifest, &seed).map_err(TrusteeError::from)?;
    drop(seed);
    let fingerprint = genesis.map(|genesis| fingerprint(&manifest, &genesis, &ceremony)).transpose()?;
    let entry = Entry::from(ceremony).to_bytes();
    write_shares(&args.out, &shares, &entry)?;
    if let Some(post) = &post {
        post.send(&entry)?;
    }
    let trustees = manifest.trustees();
    let out = args.out.display();
    let mut text = format!(
        "Made {} shares of the key; any {} of them decrypt the totals.\n\n\
         {out}/trustee-1.json …   secret: give each trustee one, then delete it here\n\
         {out}/ceremony.entry     public: {}\n",
        trustees.count,
        trustees.threshold,
        if post.is_some() { "posted to the board" } else { "to be posted to the board" },
    );
    if let Some(fingerprint) = fingerprint {
        text.push_str(&format!("\nFingerprint of the election, to be published:\n{fingerprint}\n"));
    }
    text.push_str("\nOne person held the whole key: whoever ran this command could open every ballot. Every report will say so.\n");
    Ok(text)
}

fn decrypt_totals(args: &DecryptArgs) -> Result<Outcome, Error> {
    let in_share = |source| TrusteeError::Share { path: args.share.clone(), source };
    let share = KeyShare::from_json(&Zeroizing::new(crate::files::read(&args.share)?)).map_err(in_share)?;
    let post = args.post.read()?;
    let place = match (&args.record, &args.post.ballot_box) {
        (Some(place), _) => place.clone(),
        (None, ballot_box) => {
            format!("{}/record", ballot_box.as_deref().unwrap_or_default().trim_end_matches('/'))
        }
    };
    let audit = Record::open(&place)?.audit(args.election)?;
    let code = audit.report.exit_code();
    if code != 0 {
        let text =
            format!("Nothing was decrypted: the record does not pass.\n\n{}", report::text(&audit.report));
        return Ok(Outcome { text, code });
    }
    let tally = audit.verified_tally().ok_or(TrusteeError::NoTally)?;
    let partial = decrypt(tally, &share).map_err(TrusteeError::from)?;
    let (groups, ballots) = (partial.groups.len(), audit.report.ballots);
    let entry = Entry::from(partial).to_bytes();
    if let Some(path) = &args.out {
        crate::files::write_new(path, &entry)?;
    }
    if let Some(post) = &post {
        post.send(&entry)?;
    }
    let fingerprint = audit.report.fingerprint.as_deref().unwrap_or_default();
    let pinned =
        if args.election.is_some() { "as you named it" } else { "compare it with the published one" };
    Ok(Outcome::passed(format!(
        "Trustee {}: every check of the record passed, all {ballots} ballots included.\n\
         Decrypted the totals of {groups} groups, and nothing else; {}.\n\n\
         Fingerprint of the election ({pinned})\n{fingerprint}\n",
        share.trustee(),
        match (&args.out, &post) {
            (_, Some(_)) => "posted to the board".to_owned(),
            (Some(path), None) => format!("written to {}", path.display()),
            (None, None) => "not sent anywhere".to_owned(),
        },
    )))
}

fn fingerprint(manifest: &Manifest, genesis: &Genesis, ceremony: &Ceremony) -> Result<String, TrusteeError> {
    let election = Election::from_manifest(manifest.clone(), genesis, ceremony)?;
    Ok(hex::encode(election.fingerprint().as_bytes()))
}

/// Writes every share for its owner's eyes only, then the public entry. Nothing is written where one of the files exists.
fn write_shares(out: &Path, shares: &[KeyShare], entry: &[u8]) -> Result<(), Error> {
    let path_of = |share: &KeyShare| out.join(format!("trustee-{}.json", share.trustee()));
    let public = out.join("ceremony.entry");
    let taken =
        shares.iter().map(path_of).chain([public.clone()]).find(|path| path.symlink_metadata().is_ok());
    if let Some(path) = taken {
        return Err(TrusteeError::Exists { path }.into());
    }
    std::fs::create_dir_all(out).map_err(|source| Error::Write { path: out.to_owned(), source })?;
    for share in shares {
        let path = path_of(share);
        let json = share.to_json().map_err(|source| TrusteeError::Share { path: path.clone(), source })?;
        crate::files::write_secret(&path, json.as_bytes())?;
    }
    crate::files::write_new(&public, entry)
}

/// The Genesis entry in a file, or of the record in a folder.
fn genesis_at(path: &Path) -> Result<Genesis, Error> {
    if !path.is_dir() {
        return parse_genesis(&crate::files::read(path)?).map_err(Error::from);
    }
    let folder = Folder::open(path)?;
    for name in folder.files()? {
        if let Some(bytes) = folder.file(&name)?.filter(|_| is_first_bundle(&name))
            && let Some(entry) = first_entry(&name, &bytes)
        {
            return parse_genesis(&entry).map_err(Error::from);
        }
    }
    Err(TrusteeError::NoGenesis { path: path.to_owned() }.into())
}

fn first_entry_of(ballot_box: &Remote) -> Result<Vec<u8>, Error> {
    let record = ballot_box.below("record").record(|_, _| {})?;
    let found = record
        .files
        .iter()
        .filter(|(name, _)| is_first_bundle(name))
        .find_map(|(name, bytes)| first_entry(name, bytes));
    found.ok_or_else(|| TrusteeError::Genesis { source: None }.into())
}

fn is_first_bundle(name: &str) -> bool {
    matches!(name.parse(), Ok(LogFile::Bundle(bundle)) if bundle.index() == 0)
}

fn first_entry(name: &str, bundle: &[u8]) -> Option<Vec<u8>> {
    let Ok(LogFile::Bundle(place)) = name.parse() else { return None };
    decode_bundle(bundle, place.width().into()).ok()?.first().map(|entry| entry.to_vec())
}

fn parse_genesis(entry: &[u8]) -> Result<Genesis, TrusteeError> {
    match Entry::parse(entry) {
        Ok(Entry::Genesis(genesis)) => Ok(genesis),
        Ok(_) => Err(TrusteeError::Genesis { source: None }),
        Err(source) => Err(TrusteeError::Genesis { source: Some(source) }),
    }
}
