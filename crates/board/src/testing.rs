//! A second reading of RFC 6962 section 2.1, as its recursive definitions stand there, and a small log to attack.

use sha2::{Digest as _, Sha256};

use crate::{Checkpoint, Hash, LogKey, MerkleTree, Origin, Receipt, leaf_hash};

/// `MTH(D[n])`.
pub fn mth(d: &[Vec<u8>]) -> [u8; 32] {
    match d {
        [] => Sha256::digest([]).into(),
        [entry] => Sha256::digest([&[0x00], entry.as_slice()].concat()).into(),
        _ => {
            let (left, right) = d.split_at(k(d.len()));
            Sha256::digest([&[0x01], mth(left).as_slice(), &mth(right)].concat()).into()
        }
    }
}

/// `PATH(m, D[n])`.
pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
    if d.len() == 1 {
        return Vec::new();
    }
    let (left, right) = d.split_at(k(d.len()));
    let (mut rest, sibling) =
        if m < left.len() { (path(m, left), right) } else { (path(m - left.len(), right), left) };
    rest.push(Hash(mth(sibling)));
    rest
}

/// `PROOF(m, D[n])`.
pub fn proof(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
    subproof(m, d, true)
}

fn subproof(m: usize, d: &[Vec<u8>], b: bool) -> Vec<Hash> {
    if m == d.len() {
        return if b { Vec::new() } else { vec![Hash(mth(d))] };
    }
    let (left, right) = d.split_at(k(d.len()));
    let (mut rest, sibling) = if m <= left.len() {
        (subproof(m, left, b), right)
    } else {
        (subproof(m - left.len(), right, false), left)
    };
    rest.push(Hash(mth(sibling)));
    rest
}

/// The largest power of two smaller than n.
fn k(n: usize) -> usize {
    let mut k = 1;
    while 2 * k < n {
        k *= 2;
    }
    k
}

/// The eight entries whose roots the Certificate Transparency project publishes as test vectors.
pub fn ct_entries() -> Vec<Vec<u8>> {
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .map(|hex| hex::decode(hex).unwrap())
        .to_vec()
}

pub fn entries(n: usize) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("entry {i}").into_bytes()).collect()
}

pub fn tree(entries: &[Vec<u8>]) -> MerkleTree {
    entries.iter().map(|entry| leaf_hash(entry)).collect()
}

pub fn key() -> LogKey {
    LogKey::from_seed(&[7; 32])
}

pub fn origin() -> Origin {
    "board.example/2026".parse().unwrap()
}

pub fn checkpoint(tree: &MerkleTree) -> Checkpoint {
    Checkpoint { origin: origin(), size: tree.size(), root: tree.root() }
}

/// The receipt for an entry of the log of [`entries`]`(n)`.
pub fn receipt(index: u64, n: usize) -> Receipt {
    let tree = tree(&entries(n));
    Receipt {
        index,
        leaf_hash: leaf_hash(format!("entry {index}").as_bytes()),
        proof: tree.inclusion_proof(index, tree.size()).unwrap(),
        checkpoint: checkpoint(&tree).sign(&key()),
    }
}

/// Every text that differs from this one in one bit.
pub fn bit_flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit, flipped)
    })
}
