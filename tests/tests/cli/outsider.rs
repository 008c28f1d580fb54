//! A published record, read by software that knows nothing of us: `tlog_tiles` and `signed_note`, implementations of
//! C2SP tlog-tiles and signed-note by others, over HTTP from a plain static file server.

use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{TileHashReader, TileReader};
use veche_board::{LogFile, Receipt, decode_bundle};
use veche_cli::folder::{CHECKPOINT, MANIFEST, MemoryRecord};
use veche_record::Entry;

use crate::support::{hold, host, leaves, publish, run, sample, veche, write};

/// Fetches what their reader asks for. They name tiles as Go's checksum database does, with the height in the path and
/// `data` for `entries`; C2SP leaves the height out.
struct Http {
    address: String,
}

impl Http {
    fn get(&self, path: &str) -> Option<Vec<u8>> {
        ureq::get(format!("{}/{path}", self.address)).call().ok()?.body_mut().read_to_vec().ok()
    }
}

fn renamed(tile: &tlog_tiles::Tile) -> String {
    tile.path().replacen("tile/8/data/", "tile/entries/", 1).replacen("tile/8/", "tile/", 1)
}

impl TileReader for Http {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read =
            |tile: &tlog_tiles::Tile| self.get(&renamed(tile)).ok_or(tlog_tiles::Error::InconsistentTile);
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// Opens a checkpoint with the log's key in text: size and root.
fn open(note: &[u8], key: &str) -> Result<(u64, tlog_tiles::Hash), String> {
    let note = Note::from_bytes(note).map_err(|error| format!("{error:?}"))?;
    let verifier = StandardVerifier::new(key).map_err(|error| format!("{error:?}"))?;
    let (verified, _) =
        note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|error| format!("{error:?}"))?;
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|error| format!("{error:?}"))?;
    Ok((checkpoint.size(), *checkpoint.hash()))
}

/// Whether a receipt proves that an entry is under its checkpoint.
pub fn receipt_holds(receipt: &Receipt, entry: &[u8], key: &str) -> Result<(), String> {
    let (size, root) = open(receipt.checkpoint.as_bytes(), key)?;
    let proof = receipt.proof.iter().map(|hash| tlog_tiles::Hash(hash.0)).collect();
    let leaf = tlog_tiles::record_hash(entry);
    tlog_tiles::check_record(&proof, size, root, receipt.index, leaf).map_err(|error| format!("{error:?}"))
}

/// Opens the checkpoint of a record, and proves every entry's place under it. The number of entries.
pub fn read(address: &str, key: &str) -> Result<u64, String> {
    let http = Http { address: address.to_owned() };
    let (size, root) = open(&http.get(CHECKPOINT).ok_or("no checkpoint")?, key)?;
    let tiles = TileHashReader::new(size, root, &http);
    let mut index = 0;
    while index < size {
        let width = (size - index).min(256);
        let bundle = tlog_tiles::Tile::new(8, 0, index / 256, width as u32, true);
        let bytes = http.get(&renamed(&bundle)).ok_or("no bundle")?;
        // Entries are cut by hand: two bytes of length, then the entry.
        let mut rest = bytes.as_slice();
        for _ in 0..width {
            let (length, after) = rest.split_first_chunk::<2>().ok_or("a short bundle")?;
            let (entry, after) =
                after.split_at_checked(u16::from_be_bytes(*length).into()).ok_or("a short entry")?;
            rest = after;
            let proof =
                tlog_tiles::prove_record(size, index, &tiles).map_err(|error| format!("{error:?}"))?;
            tlog_tiles::check_record(&proof, size, root, index, tlog_tiles::record_hash(entry))
                .map_err(|error| format!("entry {index}: {error:?}"))?;
            index += 1;
        }
        if !rest.is_empty() {
            return Err("a long bundle".to_owned());
        }
    }
    Ok(size)
}

/// The log's key in text, as `veche mirror` prints it.
pub fn log_key(mirror: &str) -> &str {
    mirror.lines().find_map(|line| line.strip_prefix("Log key: ")).unwrap()
}

/// A record of some hundred entries, and its log's key in text as `veche mirror` prints it.
fn published() -> (MemoryRecord, veche_keeper::BoxKeys) {
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    let mut entries = leaves(&held.store);
    // A small town's vote many times over: what the entries say is no matter to an outsider.
    let vote = entries.clone();
    while entries.len() < 700 {
        entries.extend_from_slice(&vote);
    }
    (publish(&held.store.files[MANIFEST], &entries, &held.keys, None), held.keys)
}

#[test]
fn software_of_others_verifies_the_checkpoint_and_every_entry() {
    let scratch = tempfile::tempdir().unwrap();
    let (served, copy) = (scratch.path().join("served"), scratch.path().join("copy"));
    let (record, _) = published();
    write(&record, &served);
    let host = host(&served);
    let (code, text, _) = run(veche().arg("mirror").arg(&host.address).arg(&copy));
    assert_eq!(code, 0, "{text}");
    let key = log_key(&text);

    let size = leaves(&record).len() as u64;
    assert!(size >= 700);
    assert_eq!(read(&host.address, key), Ok(size));
    // A mirror that is served is as good as the original.
    let copied = crate::support::host(&copy);
    assert_eq!(read(&copied.address, key), Ok(size));

    // They refuse what is not under the checkpoint: an entry, a tile, a signature.
    let bundle = served.join("tile/entries/001");
    let tile = served.join("tile/0/001");
    for file in [bundle, tile, served.join(CHECKPOINT)] {
        let honest = std::fs::read(&file).unwrap();
        let mut wrong = honest.clone();
        let at = wrong.len() - 10;
        wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
        std::fs::write(&file, wrong).unwrap();
        assert!(read(&host.address, key).is_err(), "{}", file.display());
        std::fs::write(&file, honest).unwrap();
    }
    assert_eq!(read(&host.address, key), Ok(size));
    // The key is the one that the board's own first entry names.
    let Ok(LogFile::Bundle(first)) = "tile/entries/000".parse() else { panic!("a path of the layout") };
    let bytes = &record.files["tile/entries/000"];
    let entries = decode_bundle(bytes, first.width().into()).unwrap();
    let Ok(Entry::Genesis(genesis)) = Entry::parse(entries[0]) else { panic!("no genesis") };
    assert_eq!(genesis.log_key.to_vkey(&genesis.origin), key);
}
