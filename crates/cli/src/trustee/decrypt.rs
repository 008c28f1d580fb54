//! `veche trustee decrypt`: one trustee's part of the totals, of a record that passes every check.

use std::path::PathBuf;

use clap::Args;
use veche_crypto::hash::Digest;
use veche_record::entry::Entry;
use veche_trustee::{KeyShare, decrypt as decrypt_tally};
use zeroize::Zeroizing;

use super::{PostArgs, TrusteeError};
use crate::error::Error;
use crate::verify::{Record, parse_fingerprint};
use crate::{Outcome, report};

/// Decrypts the totals with one trustee's share.
///
/// The whole record is verified first. Nothing is decrypted but its totals, and nothing of a record that fails.
#[derive(Debug, Args)]
pub(super) struct DecryptArgs {
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

pub(super) fn decrypt(args: &DecryptArgs) -> Result<Outcome, Error> {
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
    let partial = decrypt_tally(tally, &share).map_err(TrusteeError::from)?;
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
