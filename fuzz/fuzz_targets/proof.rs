//! Proofs of any shape, about trees of any size: judged at once, and never with a panic. Those of a real tree hold.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::{Hash, MerkleTree, leaf_hash, verify_consistency, verify_inclusion};

fuzz_target!(|input: (u64, u64, [u8; 32], [u8; 32], Vec<[u8; 32]>)| {
    let (a, b, leaf, root, proof) = input;
    let (leaf, root) = (Hash(leaf), Hash(root));
    let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
    if verify_inclusion(leaf, a, b, &proof, root).is_ok() {
        assert!(a < b && (!proof.is_empty() || leaf == root));
    }
    if verify_consistency(a, leaf, b, root, &proof).is_ok() {
        assert!(a == 0 || (a == b && leaf == root));
    }

    let (size, index) = (b % 600 + 1, a % (b % 600 + 1));
    let tree: MerkleTree = (0..size).map(|i| leaf_hash(&i.to_le_bytes())).collect();
    let leaf = leaf_hash(&index.to_le_bytes());
    let proof = tree.inclusion_proof(index, size).expect("it is in the tree");
    assert_eq!(verify_inclusion(leaf, index, size, &proof, tree.root()), Ok(()));
    let (old, proof) = (index, tree.consistency_proof(index, size).expect("a smaller tree"));
    let old_root = tree.root_at(old).expect("a smaller tree");
    assert_eq!(verify_consistency(old, old_root, size, tree.root(), &proof), Ok(()));
});
