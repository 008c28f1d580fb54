//! The same questions put to this crate and to independent implementations of the same specifications: `tlog_tiles`
//! (a port of Go's checksum database, whose tile paths carry the height and say `data` for `entries`) and
//! `signed_note`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops by panicking"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{HashReader, TileHashReader, TileReader};
use veche_board::{
    Checkpoint, Hash, LogFile, LogKey, LogPublicKey, MerkleTree, Origin, SignedCheckpoint, entries_path,
    layout, leaf_hash, tile_path, verify_consistency, verify_inclusion,
};

const HEIGHT: u8 = 8;

fn origin() -> Origin {
    "board.example/2026".parse().unwrap()
}

fn tree(size: u64) -> MerkleTree {
    (0..size).map(|i| leaf_hash(format!("entry {i}").as_bytes())).collect()
}

/// Serves our tiles to their reader, which authenticates each against the root before using it.
struct OurTiles(MerkleTree);

impl TileReader for OurTiles {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let ours = |tile: &tlog_tiles::Tile| {
            self.0
                .tile(tile.level(), tile.level_index(), tile.width() as u16)
                .expect("they ask for what the layout has")
        };
        Ok(tiles.iter().map(ours).collect())
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// Their own storage of hashes, filled by them from leaf hashes.
#[derive(Default)]
struct TheirStore(RefCell<Vec<tlog_tiles::Hash>>);

impl TheirStore {
    fn new(size: u64) -> TheirStore {
        let store = TheirStore::default();
        for i in 0..size {
            let hashes = tlog_tiles::stored_hashes(i, format!("entry {i}").as_bytes(), &store).unwrap();
            store.0.borrow_mut().extend(hashes);
        }
        store
    }
}

impl HashReader for TheirStore {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|&i| self.0.borrow()[i as usize]).collect())
    }
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn ours(proof: &[tlog_tiles::Hash]) -> Vec<Hash> {
    proof.iter().map(|hash| Hash(hash.0)).collect()
}

/// A path of theirs in our spelling.
fn renamed(path: &str) -> String {
    path.replacen("tile/8/data/", "tile/entries/", 1).replacen("tile/8/", "tile/", 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn roots_and_proofs_agree(size in 1u64..700, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let (tree, store) = (tree(size), TheirStore::new(size));
        let root = tlog_tiles::tree_hash(size, &store).unwrap();
        prop_assert_eq!(theirs(tree.root()), root);

        let index = a.index(size as usize) as u64;
        let proof = tlog_tiles::prove_record(size, index, &store).unwrap();
        prop_assert_eq!(&tree.inclusion_proof(index, size).unwrap(), &ours(&proof));
        let leaf = leaf_hash(format!("entry {index}").as_bytes());
        prop_assert_eq!(verify_inclusion(leaf, index, size, &ours(&proof), tree.root()), Ok(()));
        prop_assert!(tlog_tiles::check_record(&proof, size, root, index, theirs(leaf)).is_ok());

        let old = b.index(size as usize) as u64 + 1;
        let proof = tlog_tiles::prove_tree(size, old, &store).unwrap();
        prop_assert_eq!(&tree.consistency_proof(old, size).unwrap(), &ours(&proof));
        let old_root = tree.root_at(old).unwrap();
        prop_assert_eq!(verify_consistency(old, old_root, size, tree.root(), &ours(&proof)), Ok(()));
        prop_assert!(tlog_tiles::check_tree(&proof, size, root, old, theirs(old_root)).is_ok());
    }

    #[test]
    fn their_client_finds_every_proof_in_our_tiles(size in 1u64..1500, index in any::<prop::sample::Index>()) {
        let tiles = OurTiles(tree(size));
        let index = index.index(size as usize) as u64;
        let reader = TileHashReader::new(size, theirs(tiles.0.root()), &tiles);
        let proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
        prop_assert_eq!(tiles.0.inclusion_proof(index, size).unwrap(), ours(&proof));
    }

    #[test]
    fn paths_agree(level in 0u8..8, shift in 0u32..64, index in any::<u64>(), width in 1u16..=256) {
        let index = index >> shift;
        if let Ok(path) = tile_path(level, index, width) {
            let their_path = tlog_tiles::Tile::new(HEIGHT, level, index, width.into(), false).path();
            prop_assert_eq!(path, renamed(&their_path));
        }
        if let Ok(path) = entries_path(index, width) {
            let their_path = tlog_tiles::Tile::new(HEIGHT, 0, index, width.into(), true).path();
            prop_assert_eq!(path, renamed(&their_path));
        }
    }

    #[test]
    fn the_files_of_a_log_agree(size in 1u64..200_000) {
        let tiles: BTreeSet<String> = layout(size)
            .filter(|file| matches!(file, LogFile::Tile(_)))
            .map(|file| file.to_string())
            .collect();
        let theirs: BTreeSet<String> =
            tlog_tiles::Tile::new_tiles(HEIGHT, 0, size).iter().map(|tile| renamed(&tile.path())).collect();
        prop_assert_eq!(&tiles, &theirs);
        let bundles: BTreeSet<String> = layout(size)
            .filter(|file| matches!(file, LogFile::Bundle(_)))
            .map(|file| file.to_string().replacen("entries", "0", 1))
            .collect();
        let level_0: BTreeSet<String> = theirs.into_iter().filter(|path| path.starts_with("tile/0/")).collect();
        prop_assert_eq!(bundles, level_0);
    }

    #[test]
    fn they_open_our_checkpoints(seed in any::<[u8; 32]>(), size in 1u64.., root in any::<[u8; 32]>()) {
        let key = LogKey::from_seed(&seed);
        let note = Checkpoint { origin: origin(), size, root: Hash(root) }.sign(&key);
        let verifier = StandardVerifier::new(&key.public().to_vkey(&origin())).unwrap();
        let read = Note::from_bytes(note.as_bytes()).unwrap();
        let (verified, unverified) = read.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        prop_assert_eq!((verified.len(), unverified.len()), (1, 0));
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(read.text()).unwrap();
        prop_assert_eq!(checkpoint.origin(), "board.example/2026");
        prop_assert_eq!((checkpoint.size(), checkpoint.hash().0), (size, root));
    }

    #[test]
    fn we_open_their_checkpoints(seed in any::<[u8; 32]>(), size in 1u64.., root in any::<[u8; 32]>()) {
        use base64::Engine as _;
        let public = LogKey::from_seed(&seed).public();
        let typed = base64::engine::general_purpose::STANDARD.encode([&[1], &seed[..]].concat());
        let id = u32::from_be_bytes(public.id(&origin()));
        let signer =
            signed_note::StandardSigner::new(&format!("PRIVATE+KEY+{}+{id:08x}+{typed}", origin())).unwrap();
        let text = tlog_tiles::Checkpoint::new(origin().as_str(), size, tlog_tiles::Hash(root), "").unwrap();
        let mut note = Note::new(&text.to_bytes(), &[]).unwrap();
        note.add_sigs(&[&signer]).unwrap();
        let opened = SignedCheckpoint::open(&note.to_bytes(), &public, &origin());
        prop_assert_eq!(opened, Ok(Checkpoint { origin: origin(), size, root: Hash(root) }));
        // Ed25519 is deterministic: the same bytes as ours.
        let ours = Checkpoint { origin: origin(), size, root: Hash(root) }.sign(&LogKey::from_seed(&seed));
        prop_assert_eq!(note.to_bytes(), ours.into_bytes());
    }

    #[test]
    fn verifier_keys_agree(seed in any::<[u8; 32]>()) {
        let public = LogKey::from_seed(&seed).public();
        let vkey = public.to_vkey(&origin());
        prop_assert!(StandardVerifier::new(&vkey).is_ok());
        prop_assert_eq!(LogPublicKey::from_vkey(&vkey), Ok((origin(), public)));
    }
}
