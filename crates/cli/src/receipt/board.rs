//! What a record says of one ballot.

use veche_board::{Checkpoint, Hash, LogFile, TileStream, decode_bundle, layout, leaf_hash};
use veche_record::entry::Genesis;
use veche_record::{ConfirmationCode, Election, Entry};
use veche_verify::BoardState;
use veche_verify::receipt::{Mark, Sighting};

use crate::folder::{CHECKPOINT, Folder, MANIFEST};
use crate::remote::stated_size;

/// A record whose entries are those that its checkpoint signs, and what is in it of one ballot.
#[derive(Debug)]
pub(super) struct Look {
    /// The election.
    pub election: Election,
    /// What the first entry says.
    pub genesis: Genesis,
    /// The record's checkpoint.
    pub checkpoint: Checkpoint,
    /// Its signed note.
    pub note: String,
    /// The ballot's code, where it is there.
    pub code: Option<ConfirmationCode>,
    /// What is seen of the ballot.
    pub sighting: Sighting,
}

/// Reads a record. An error says what is wrong with it.
pub(super) fn look(folder: &Folder, leaf: Hash, then: u64) -> Result<Look, String> {
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
    let mut sighting = Sighting::new(size);
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
                Some(election) => sighting.see(election, index, entry, Mark::Leaf(leaf)),
            }
            tree.push(leaf_hash(entry));
            if tree.size() == then {
                sighting.root_then = Some(tree.root());
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
    let code = sighting.ballot().map(|(_, code)| code);
    Ok(Look { election, genesis, checkpoint, note, sighting, code })
}
