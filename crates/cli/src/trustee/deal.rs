//! `veche trustee deal --trusted-dealer`: one person makes all shares of the key.

use std::path::{Path, PathBuf};

use clap::Args;
use veche_board::{LogFile, decode_bundle};
use veche_record::entry::{Ceremony, Entry, Genesis};
use veche_record::{Election, Manifest};
use veche_trustee::{KeyShare, deal_trusted};
use veche_verify::RecordSource as _;

use super::{PostArgs, TrusteeError};
use crate::error::Error;
use crate::folder::Folder;
use crate::random;
use crate::remote::Remote;

/// Makes the shares of all trustees on this machine.
///
/// Each share is written for its trustee, and the entry that the board needs of them beside.
#[derive(Debug, Args)]
pub(super) struct DealArgs {
    /// Yes, one person makes all shares: whoever runs this command could open every ballot, and every report
    /// says so.
    #[arg(long, required = true)]
    trusted_dealer: bool,
    /// The manifest as published.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// Where to write trustee-1.json, trustee-2.json, … (one for each trustee, secret) and ceremony.entry
    /// (for the board).
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// The board's first entry, or a folder with the record so far: then the election's fingerprint is
    /// printed.
    #[arg(long, value_name = "FILE|DIR")]
    genesis: Option<PathBuf>,
    #[command(flatten)]
    post: PostArgs,
}

pub(super) fn deal(args: &DealArgs) -> Result<String, Error> {
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
    let seed = random::secret()?;
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

fn fingerprint(manifest: &Manifest, genesis: &Genesis, ceremony: &Ceremony) -> Result<String, TrusteeError> {
    let election = Election::from_manifest(manifest.clone(), genesis, ceremony)?;
    Ok(hex::encode(election.fingerprint().as_bytes()))
}

/// Writes every share for its owner's eyes only, then the public entry. Nothing is written where one of the
/// files exists.
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
    let record = ballot_box.below("record").record()?;
    let failed = |_| record.problem().map_or(TrusteeError::Genesis { source: None }.into(), Error::from);
    let names = record.files().map_err(failed)?;
    let name = names.iter().find(|name| is_first_bundle(name));
    let bundle = name.map_or(Ok(None), |name| record.file(name)).map_err(failed)?;
    let entry = name.zip(bundle).and_then(|(name, bytes)| first_entry(name, &bytes));
    entry.ok_or_else(|| TrusteeError::Genesis { source: None }.into())
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
