use proptest::prelude::*;

use super::*;
use crate::leaf_hash;
use crate::testing::{ct_entries, entries, mth, path, proof, tree};

#[test]
fn roots_are_the_published_vectors_of_certificate_transparency() {
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut growing = MerkleTree::new();
    let whole = tree(&ct_entries());
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(growing.root().to_string(), *root, "size {size}");
        assert_eq!(whole.root_at(size as u64).unwrap().to_string(), *root, "size {size}");
        if let Some(entry) = ct_entries().get(size) {
            assert_eq!(growing.push(leaf_hash(entry)), size as u64);
        }
    }
}

#[test]
fn proofs_are_the_published_vectors_of_certificate_transparency() {
    let whole = tree(&ct_entries());
    let hex = |proof: Vec<Hash>| proof.iter().map(Hash::to_string).collect::<Vec<_>>();
    assert_eq!(
        hex(whole.inclusion_proof(0, 8).unwrap()),
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
    assert_eq!(
        hex(whole.consistency_proof(6, 8).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

#[test]
fn every_answer_about_small_trees_is_that_of_the_recursive_definition() {
    const MOST: usize = 40;
    let entries = entries(MOST);
    let whole = tree(&entries);
    for n in 0..=MOST {
        let d = &entries[..n];
        assert_eq!(tree(d).root().0, mth(d), "root of {n}");
        assert_eq!(whole.root_at(n as u64).unwrap().0, mth(d), "root at {n}");
        for m in 0..n {
            assert_eq!(whole.inclusion_proof(m as u64, n as u64).unwrap(), path(m, d), "path {m} {n}");
        }
        for m in 1..=n {
            assert_eq!(whole.consistency_proof(m as u64, n as u64).unwrap(), proof(m, d), "proof {m} {n}");
        }
        assert_eq!(whole.consistency_proof(0, n as u64).unwrap(), []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_answer_about_larger_trees_is_that_of_the_recursive_definition(
        n in 1usize..1500, later in 0usize..50, m in any::<prop::sample::Index>(),
    ) {
        let entries = entries(n + later);
        let whole = tree(&entries);
        let (d, m) = (&entries[..n], m.index(n));
        prop_assert_eq!(whole.root_at(n as u64).unwrap().0, mth(d));
        prop_assert_eq!(whole.inclusion_proof(m as u64, n as u64).unwrap(), path(m, d));
        prop_assert_eq!(whole.consistency_proof(m as u64 + 1, n as u64).unwrap(), proof(m + 1, d));
    }

    #[test]
    fn truncating_is_as_if_the_rest_had_never_been_pushed(kept in 0usize..300, more in 0usize..300) {
        let all = entries(kept + more);
        let mut cut = tree(&all);
        cut.truncate(kept as u64);
        prop_assert_eq!(&cut.levels, &tree(&all[..kept]).levels);
        cut.extend(all[kept..].iter().map(|entry| leaf_hash(entry)));
        prop_assert_eq!(cut.root(), tree(&all).root());
    }

    #[test]
    fn tiles_hold_the_hashes_that_the_specification_says(n in 1usize..1100, level in 0u8..2, i in 0usize..300) {
        let entries = entries(n);
        let whole = tree(&entries);
        let span = 256usize.pow(level.into());
        let complete = n / span;
        prop_assume!(complete > 0);
        let index = i % complete.div_ceil(256);
        let width = (complete - index * 256).min(256);
        let bytes = whole.tile(level, index as u64, width as u16).unwrap();
        prop_assert_eq!(bytes.len(), 32 * width);
        for (i, hash) in bytes.chunks(32).enumerate() {
            // MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l])
            let start = (index * 256 + i) * span;
            prop_assert_eq!(hash, mth(&entries[start..start + span]));
        }
        // One hash more isn't complete yet.
        if width < 256 {
            let beyond = whole.tile(level, index as u64, width as u16 + 1);
            prop_assert!(matches!(beyond, Err(TreeError::TileBeyondTree { .. })), "{:?}", beyond);
        }
    }
}

#[test]
fn a_clone_stands_still_while_the_original_grows_or_is_cut() {
    for size in [1usize, 3, 255, 256, 257, 700] {
        let all = entries(size + 300);
        let before = tree(&all[..size]);
        let mut grown = before.clone();
        grown.extend(all[size..].iter().map(|entry| leaf_hash(entry)));
        assert_eq!(before.levels, tree(&all[..size]).levels, "{size}");
        assert_eq!(grown.levels, tree(&all).levels, "{size}");
        let mut cut = grown.clone();
        cut.truncate(size as u64 / 2);
        assert_eq!(grown.levels, tree(&all).levels, "{size}");
        assert_eq!(cut.levels, tree(&all[..size / 2]).levels, "{size}");
    }
}

#[test]
fn truncating_to_more_than_there_is_changes_nothing() {
    let mut seven = tree(&entries(7));
    for size in [7, 8, u64::MAX] {
        seven.truncate(size);
        assert_eq!(seven.levels, tree(&entries(7)).levels);
    }
    seven.truncate(0);
    assert_eq!((seven.size(), seven.root()), (0, EMPTY_ROOT));
}

#[test]
fn what_the_tree_does_not_hold_is_an_error() {
    let seven = tree(&entries(7));
    let beyond = |asked| TreeError::SizeBeyondTree { asked, size: 7 };
    assert_eq!(seven.root_at(8), Err(beyond(8)));
    assert_eq!(seven.root_at(u64::MAX), Err(beyond(u64::MAX)));
    assert_eq!(seven.inclusion_proof(0, 8), Err(beyond(8)));
    assert_eq!(seven.inclusion_proof(5, 5), Err(TreeError::IndexBeyondSize { index: 5, size: 5 }));
    assert_eq!(seven.inclusion_proof(0, 0), Err(TreeError::IndexBeyondSize { index: 0, size: 0 }));
    assert_eq!(seven.consistency_proof(3, 8), Err(beyond(8)));
    assert_eq!(seven.consistency_proof(6, 5), Err(TreeError::Shrinking { old: 6, new: 5 }));
    for (level, index, width) in [(0, 0, 8), (0, 1, 1), (1, 0, 1), (7, 0, 1)] {
        let error = seven.tile(level, index, width).unwrap_err();
        assert!(matches!(error, TreeError::TileBeyondTree { .. }), "{error}");
    }
    for (level, index, width) in [(0, 0, 0), (0, 0, 257), (8, 0, 1), (255, 0, 1), (0, u64::MAX, 256)] {
        let error = seven.tile(level, index, width).unwrap_err();
        assert!(matches!(error, TreeError::NoSuchTile(_)), "{error}");
    }
}
