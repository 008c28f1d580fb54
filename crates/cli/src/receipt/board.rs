//! What a record says of one ballot.

use veche_board::{Checkpoint, Hash, LogFile, TileStream, decode_bundle, layout, leaf_hash};
use veche_crypto::hash::Digest;
use veche_record::entry::Genesis;
use veche_record::{BallotOutline, Election, Entry, Kind};
use veche_verify::BoardState;

use crate::folder::{CHECKPOINT, Folder, MANIFEST};
use crate::remote::stated_size;

/// A record whose entries are those that its checkpoint signs, and what is in it of one ballot.
#[derive(Debug)]
pub(super) struct Sighting {
    /// The election.
    pub election: Election,
    /// What the first entry says.
    pub genesis: Genesis,
    /// The record's checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signed note.
    pub note: String,
    /// The root of the record's entries at the size of the receipt's checkpoint; nothing where it has fewer.
    pub root_then: Option<Hash>,
    /// Where the ballot is.
    pub places: Vec<u64>,
    /// The ballot that came after it.
    pub replaced_by: Option<u64>,
    /// Whether the vote is closed in this record.
    pub closed: bool,
}

/// Reads a record. An error says what is wrong with it.
pub(super) fn look(folder: &Folder, leaf: &[u8], hash: &str, then: u64) -> Result<Sighting, String> {
    let file = |path: &str| match folder.file(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(format!("{path} is missing")),
        Err(error) => Err(error.to_string()),
    };
    let manifest = file(MANIFEST)?;
    let note = String::from_utf8(file(CHECKPOINT)?).map_err(|_| format!("{CHECKPOINT} is not text"))?;
    let size = stated_size(note.as_bytes()).ok_or_else(|| format!("{CHECKPOINT} states no size"))?;
    let mut state = BoardState::new(&manifest).map_err(|error| error.to_string())?;
    let (mut tree, mut election, mut genesis) = (TileStream::new(), None::<Election>, None);
    let (mut root_then, mut places, mut replaced_by, mut closed) = (None, Vec::new(), None, false);
    for bundle in layout(size) {
        let LogFile::Bundle(bundle) = bundle else { continue };
        let path = LogFile::Bundle(bundle).to_string();
        let bytes = file(&path)?;
        for entry in
            decode_bundle(&bytes, bundle.width().into()).map_err(|error| format!("{path}: {error}"))?
        {
            let index = tree.size();
            if index == 0
                && let Ok(Entry::Genesis(first)) = Entry::parse(entry)
            {
                genesis = Some(first);
            }
            match &election {
                None => {
                    state.restore(index, entry).map_err(|failure| format!("entry {index}: {failure}"))?;
                    election = state.election().map(|election| Election::clone(election));
                }
                Some(election) => {
                    if entry == leaf {
                        places.push(index);
                    } else if replaced_by.is_none() && follows(election, entry, hash) {
                        replaced_by = Some(index);
                    }
                    closed |= Kind::of(entry) == Some(Kind::Close);
                }
            }
            tree.push(leaf_hash(entry));
            if tree.size() == then {
                root_then = Some(tree.root());
            }
        }
    }
    let genesis = genesis.ok_or("it does not begin with a genesis entry")?;
    let checkpoint = state
        .manifest()
        .open_checkpoint(&note, &genesis)
        .map_err(|error| format!("{CHECKPOINT}: {error}"))?;
    if (tree.size(), tree.root()) != (checkpoint.size, checkpoint.root) {
        return Err("its entries are not those that its checkpoint signs".to_owned());
    }
    let election = election.ok_or("its trustees have not made the key yet")?;
    Ok(Sighting { election, genesis, checkpoint, note, root_then, places, replaced_by, closed })
}

/// Whether an entry is a ballot that names this one as the one before it.
fn follows(election: &Election, entry: &[u8], hash: &str) -> bool {
    entry.strip_prefix(&[Kind::Ballot as u8]).is_some_and(|ballot| {
        BallotOutline::parse(election, ballot).is_ok_and(|outline| {
            outline.header().previous != Digest::ZERO && outline.header().previous.to_string() == hash
        })
    })
}
