//! An append-only Merkle log that anyone can serve as static files and anyone can check. Knows no elections.
//!
//! A log is a list of entries that only grows. Its operator signs *checkpoints*: so many entries, under this root hash.
//! Whoever has a checkpoint can be shown that one entry is in the log (an inclusion proof, kept in a *receipt*) and
//! that a later checkpoint has only added to it (a consistency proof). Witnesses cosign what they have seen grow.
//!
//! # Warnings
//!
//! - **Not audited** by anyone independent.
//! - A receipt shows that an entry is under *a* checkpoint. That everybody is shown the same one is what witnesses,
//!   mirrors and comparing are for: without them, an operator can keep two logs.
//! - A receipt says nothing of the entry: whether it is true, or counts, is for the layer above.
//! - Nothing here does I/O or asks for the time. The caller keeps what must be kept before it is signed.
//!
//! # Modules
//!
//! | module | what it is | published specification |
//! |---|---|---|
//! | [`hash`] | leaf and node hashes | RFC 6962 section 2.1 |
//! | [`leaf`] | an entry's bytes with their hash | RFC 6962 section 2.1 |
//! | [`merkle`] | the tree in memory: roots, proofs, tiles | RFC 6962 section 2.1, [tlog-tiles] |
//! | [`stream`] | the same root and tiles in one pass, in constant memory | [tlog-tiles] |
//! | [`proof`] | verifying inclusion and consistency | RFC 9162 sections 2.1.3.2 and 2.1.4.2 |
//! | [`tile`] | names of the log's files | [tlog-tiles], "Merkle Tree" and "Log entries" |
//! | [`bundle`] | entry bundles | [tlog-tiles], "Log entries" |
//! | [`key`] | the log's name and Ed25519 key | [signed-note], "Ed25519 signatures" |
//! | [`note`] | text signed by keys | [signed-note], "Format" |
//! | [`checkpoint`] | a signed claim of size and root | [tlog-checkpoint] |
//! | [`cosignature`] | what witnesses add to a checkpoint | [tlog-cosignature] |
//! | [`receipt`] | proof, in one file, that an entry is in the log | this crate |
//! | [`compact`] | the same proof in the bytes of a QR code | this crate |
//! | [`lookup`] | parts of a log out of its tiles, each checked against one checkpoint | [tlog-tiles] |
//!
//! Every parser here takes bytes from strangers: it is strict (one value has one accepted encoding), its limits are
//! named constants, and it returns a typed error instead of panicking. What was only read is
//! [unverified](SignedCheckpoint); what verifies returns a `Result`.
//!
//! # A log, its checkpoint, a proof
//!
//! ```
//! use veche_board::{Checkpoint, LogKey, MerkleTree, Origin, SignedCheckpoint, leaf_hash, verify_inclusion};
//!
//! let key = LogKey::from_seed(&[7; 32]); // in earnest, 32 bytes of a random source
//! let origin: Origin = "board.example/2026".parse()?;
//! let mut tree = MerkleTree::new();
//! tree.push(leaf_hash(b"first entry"));
//! let index = tree.push(leaf_hash(b"second entry"));
//! let note = Checkpoint { origin: origin.clone(), size: tree.size(), root: tree.root() }.sign(&key);
//!
//! // Anyone with the log's name and key reads the checkpoint, and nobody else's.
//! let checkpoint = SignedCheckpoint::open(&note, &key.public(), &origin)?;
//! let proof = tree.inclusion_proof(index, checkpoint.size)?;
//! verify_inclusion(leaf_hash(b"second entry"), index, checkpoint.size, &proof, checkpoint.root)?;
//! assert!(SignedCheckpoint::open(&note, &LogKey::from_seed(&[8; 32]).public(), &origin).is_err());
//!
//! // The log grows, and shows that it has only grown.
//! tree.push(leaf_hash(b"third entry"));
//! let later = Checkpoint { origin, size: tree.size(), root: tree.root() };
//! later.verify_extends(&checkpoint, &tree.consistency_proof(checkpoint.size, later.size)?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A receipt
//!
//! ```
//! use veche_board::{Checkpoint, LogKey, MerkleTree, Origin, Receipt, leaf_hash};
//!
//! let key = LogKey::from_seed(&[7; 32]);
//! let origin: Origin = "board.example/2026".parse()?;
//! let mut tree = MerkleTree::new();
//! tree.push(leaf_hash(b"first entry"));
//! let index = tree.push(leaf_hash(b"second entry"));
//!
//! let checkpoint = Checkpoint { origin: origin.clone(), size: tree.size(), root: tree.root() };
//! let receipt = Receipt {
//!     index,
//!     leaf_hash: leaf_hash(b"second entry"),
//!     proof: tree.inclusion_proof(index, tree.size())?,
//!     checkpoint: checkpoint.sign(&key),
//! };
//! let file = receipt.to_json();
//!
//! // Years later, on another machine, with nothing but the file, the entry and the log's published key:
//! let receipt = Receipt::parse(file.as_bytes())?;
//! assert_eq!(receipt.check(&origin, &key.public(), b"second entry")?, checkpoint);
//! assert!(receipt.check(&origin, &key.public(), b"another entry").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [tlog-tiles]: https://c2sp.org/tlog-tiles
//! [signed-note]: https://c2sp.org/signed-note
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature

pub mod bundle;
pub mod checkpoint;
pub mod compact;
pub mod cosignature;
mod encoding;
pub mod hash;
pub mod key;
pub mod leaf;
pub mod lookup;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod receipt;
pub mod stream;
#[cfg(test)]
mod testing;
pub mod tile;

pub use bundle::{BundleError, decode_bundle, encode_bundle};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use compact::{CompactError, CompactReceipt};
pub use cosignature::{MAX_WITNESSES, WitnessKey, Witnesses, WitnessesError, cosign};
pub use hash::{EMPTY_ROOT, Hash, HashError, leaf_hash, node_hash};
pub use key::{KeyError, LogKey, LogPublicKey, Origin, OriginError};
pub use leaf::Leaf;
pub use lookup::{Lookup, LookupError, LookupTarget};
pub use merkle::{MerkleTree, TreeError};
pub use note::NoteError;
pub use proof::{ProofError, inclusion_proof_len, root_from_inclusion, verify_consistency, verify_inclusion};
pub use receipt::{Receipt, ReceiptError};
pub use stream::{TileStream, full_tile_root};
pub use tile::{Bundle, LogFile, PathError, Tile, entries_path, layout, tile_path};
