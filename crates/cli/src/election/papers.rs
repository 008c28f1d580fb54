//! `veche election papers`: how many papers of a district were counted by hand goes on the board.

use clap::Args;
use veche_record::entry::PaperCount;
use veche_verify::{BoardState, Course};

use super::signer::{SignerArgs, signed};
use super::{BoxArgs, ElectionError, Office};
use crate::error::Error;

/// How many papers were counted.
#[derive(Debug, Args)]
pub(crate) struct PapersArgs {
    #[command(flatten)]
    pub(crate) at: BoxArgs,
    #[command(flatten)]
    signer: SignerArgs,
    /// The district: the identifier of a style of the manifest.
    #[arg(long, value_name = "ID")]
    style: String,
    /// How many papers. The last number of a district holds.
    #[arg(long, value_name = "N")]
    count: u32,
}

/// Puts a count of papers on the board.
pub(crate) fn papers(args: &PapersArgs, office: &Office, board: &BoardState) -> Result<String, Error> {
    let not_now = |why: String| Error::from(ElectionError::NotNow(why));
    let styles = board.manifest().styles();
    let style = (0_u16..).zip(styles).find(|(_, style)| style.id == args.style);
    let (style, _) = style.ok_or_else(|| {
        let known: Vec<&str> = styles.iter().map(|style| style.id.as_str()).collect();
        not_now(format!("The election has no district {:?}; it has {}", args.style, known.join(", ")))
    })?;
    if !matches!(board.course(), Course::Open | Course::Ended) {
        return Err(not_now("Papers are counted while the vote is open or papers are typed in".to_owned()));
    }
    let number = board.next_paper_count(style);
    let number = number.ok_or_else(|| not_now("There are no more numbers for this count".to_owned()))?;
    let key = args.signer.signer().key(board)?.ok_or_else(|| {
        not_now(
            "Sign with --words or --words-file; where the ballot box holds the organiser's key, count with \
             `veche-server papers` on its machine"
                .to_owned(),
        )
    })?;
    office.post_entry(&signed(PaperCount { style, number, count: args.count }, &key, board)?.into())?;
    Ok(format!("On the board: {} papers of {}.\n", args.count, args.style))
}
