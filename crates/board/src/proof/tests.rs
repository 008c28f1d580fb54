use proptest::prelude::*;

use super::*;
use crate::testing::{ct_entries, entries, tree};
use crate::{MerkleTree, leaf_hash};

/// Every proof of the wrong length that one can make of a right one without inventing hashes.
fn resized(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = Vec::new();
    for i in 0..proof.len() {
        let mut shorter = proof.to_vec();
        shorter.remove(i);
        all.push(shorter);
        let mut longer = proof.to_vec();
        longer.insert(i, proof[i]);
        all.push(longer);
    }
    all.push([proof, &[EMPTY_ROOT]].concat());
    all.push([&[EMPTY_ROOT], proof].concat());
    all
}

fn flipped(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8] ^= 1 << (bit % 8);
    Hash(bytes)
}

#[test]
fn inclusion_holds_for_every_entry_of_every_small_tree_and_for_nothing_else() {
    const MOST: u64 = 20;
    let entries = entries(MOST as usize);
    let whole = tree(&entries);
    for size in 1..=MOST {
        let root = whole.root_at(size).unwrap();
        for index in 0..size {
            let leaf = leaf_hash(&entries[index as usize]);
            let proof = whole.inclusion_proof(index, size).unwrap();
            assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));

            for other in (0..size).filter(|&other| other != index) {
                assert!(
                    verify_inclusion(leaf, other, size, &proof, root).is_err(),
                    "{index} as {other} of {size}"
                );
                let leaf = leaf_hash(&entries[other as usize]);
                assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Err(ProofError::WrongRoot));
            }
            for index in [size, size + 1, u64::MAX] {
                let error = Err(ProofError::IndexBeyondSize { index, size });
                assert_eq!(verify_inclusion(leaf, index, size, &proof, root), error);
            }
            for wrong in resized(&proof) {
                let error = Err(ProofError::WrongLength { found: wrong.len() });
                assert_eq!(verify_inclusion(leaf, index, size, &wrong, root), error, "{index} of {size}");
            }
        }
    }
}

#[test]
fn consistency_holds_for_every_pair_of_small_trees_and_for_nothing_else() {
    const MOST: u64 = 20;
    let whole = tree(&entries(MOST as usize));
    let roots: Vec<Hash> = (0..=MOST).map(|size| whole.root_at(size).unwrap()).collect();
    for new in 0..=MOST {
        for old in 0..=new {
            let (old_root, new_root) = (roots[old as usize], roots[new as usize]);
            let proof = whole.consistency_proof(old, new).unwrap();
            assert_eq!(verify_consistency(old, old_root, new, new_root, &proof), Ok(()), "{old} {new}");

            // The root of any other size, or no root at all, in either place. (Nothing can be said against the new
            // root when the old tree is empty: every log begins with nothing.)
            for other in roots.iter().chain([&Hash([9; 32])]) {
                if *other != old_root {
                    let result = verify_consistency(old, *other, new, new_root, &proof);
                    assert!(result.is_err(), "{old} {new}");
                }
                if *other != new_root && old > 0 {
                    let result = verify_consistency(old, old_root, new, *other, &proof);
                    assert!(result.is_err(), "{old} {new}");
                }
            }
            for wrong in resized(&proof) {
                let error = Err(ProofError::WrongLength { found: wrong.len() });
                assert_eq!(verify_consistency(old, old_root, new, new_root, &wrong), error, "{old} {new}");
            }
            if old < new {
                let error = Err(ProofError::Shrinking { old: new, new: old });
                assert_eq!(verify_consistency(new, new_root, old, old_root, &proof), error);
            }
        }
    }
}

#[test]
fn nothing_is_in_the_empty_tree() {
    let error = Err(ProofError::IndexBeyondSize { index: 0, size: 0 });
    assert_eq!(verify_inclusion(EMPTY_ROOT, 0, 0, &[], EMPTY_ROOT), error);
}

#[test]
fn the_empty_tree_has_one_root() {
    let root = tree(&entries(3)).root();
    assert_eq!(verify_consistency(0, root, 0, root, &[]), Err(ProofError::WrongOldRoot));
    assert_eq!(verify_consistency(0, root, 3, root, &[]), Err(ProofError::WrongOldRoot));
    assert_eq!(verify_consistency(0, EMPTY_ROOT, 0, root, &[]), Err(ProofError::WrongOldRoot));
    assert_eq!(verify_consistency(0, EMPTY_ROOT, 3, root, &[]), Ok(()));
}

#[test]
fn attack_23_a_log_that_rewrote_its_past_cannot_prove_consistency() {
    let honest = entries(11);
    let before = tree(&honest[..7]);
    for altered in 0..7 {
        let mut rewritten = honest.clone();
        rewritten[altered].push(b'!');
        let after = tree(&rewritten);
        let proof = after.consistency_proof(7, 11).unwrap();
        let result = verify_consistency(7, before.root(), 11, after.root(), &proof);
        assert_eq!(result, Err(ProofError::WrongOldRoot), "entry {altered}");
    }
}

#[test]
fn attack_34_longer_proofs_than_any_tree_needs_are_refused() {
    for len in [66, 100_000] {
        let proof = vec![EMPTY_ROOT; len];
        let error = Err(ProofError::WrongLength { found: len });
        assert_eq!(verify_inclusion(EMPTY_ROOT, 0, u64::MAX, &proof, EMPTY_ROOT), error);
        assert_eq!(verify_consistency(3, EMPTY_ROOT, u64::MAX, EMPTY_ROOT, &proof), error);
    }
}

/// A tree of nearly 2^64 entries can't be built, but a path in it can: all hashes of its proof are given.
#[test]
fn the_largest_tree_is_no_special_case() {
    for index in [0, 1, u64::MAX - 2, u64::MAX - 1] {
        let leaf = leaf_hash(b"far out");
        // The sides are those of the index's bits, except along the right edge, where missing partners are skipped.
        let mut walk = Walk { node: index, last: u64::MAX - 1 };
        let (mut root, mut proof) = (leaf, Vec::new());
        while let Some(side) = walk.up() {
            let sibling = Hash([proof.len() as u8; 32]);
            root = match side {
                Side::Left => node_hash(&sibling, &root),
                Side::Right => node_hash(&root, &sibling),
            };
            proof.push(sibling);
        }
        assert!(proof.len() <= MAX_PROOF_LEN);
        assert_eq!(proof.len(), if index == u64::MAX - 1 { 63 } else { 64 });
        assert_eq!(verify_inclusion(leaf, index, u64::MAX, &proof, root), Ok(()));
    }
}

#[test]
fn a_leaf_cannot_be_passed_off_as_a_node() {
    // Without the two prefixes, an entry that is the concatenation of two hashes would prove a tree of other entries.
    let [left, right] = [leaf_hash(b"a"), leaf_hash(b"b")];
    let forged = [left.0, right.0].concat();
    let two: MerkleTree = [left, right].into_iter().collect();
    let result = verify_inclusion(leaf_hash(&forged), 0, 1, &[], two.root());
    assert_eq!(result, Err(ProofError::WrongRoot));
}

proptest! {
    #[test]
    fn every_flipped_bit_of_an_inclusion_proof_is_refused(
        size in 2u64..600, index in any::<prop::sample::Index>(), bit in 0usize..256, place in any::<prop::sample::Index>(),
    ) {
        let entries = entries(size as usize);
        let (whole, index) = (tree(&entries), index.index(size as usize));
        let leaf = leaf_hash(&entries[index]);
        let mut proof = whole.inclusion_proof(index as u64, size).unwrap();
        prop_assert_eq!(verify_inclusion(leaf, index as u64, size, &proof, whole.root()), Ok(()));
        let wrong_root = flipped(whole.root(), bit);
        prop_assert!(verify_inclusion(leaf, index as u64, size, &proof, wrong_root).is_err());
        prop_assert!(verify_inclusion(flipped(leaf, bit), index as u64, size, &proof, whole.root()).is_err());
        let place = place.index(proof.len());
        proof[place] = flipped(proof[place], bit);
        prop_assert_eq!(verify_inclusion(leaf, index as u64, size, &proof, whole.root()), Err(ProofError::WrongRoot));
    }

    #[test]
    fn every_flipped_bit_of_a_consistency_proof_is_refused(
        new in 2u64..600, old in any::<prop::sample::Index>(), bit in 0usize..256, place in any::<prop::sample::Index>(),
    ) {
        let whole = tree(&entries(new as usize));
        let old = old.index(new as usize - 1) as u64 + 1;
        let old_root = whole.root_at(old).unwrap();
        let mut proof = whole.consistency_proof(old, new).unwrap();
        prop_assert_eq!(verify_consistency(old, old_root, new, whole.root(), &proof), Ok(()));
        let place = place.index(proof.len());
        proof[place] = flipped(proof[place], bit);
        prop_assert!(verify_consistency(old, old_root, new, whole.root(), &proof).is_err());
    }

    #[test]
    fn arbitrary_input_is_judged_without_panic(
        a in any::<u64>(), b in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70),
    ) {
        let proof: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let entry = leaf_hash(&ct_entries()[3]);
        prop_assert!(verify_inclusion(entry, a, b, &proof, EMPTY_ROOT).is_err());
        prop_assert!(verify_consistency(a, entry, b, EMPTY_ROOT, &proof).is_err());
    }
}
