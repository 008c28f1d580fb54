use super::*;
use crate::testing::origin;
use crate::{MerkleTree, encode_bundle};

fn entry(number: u64) -> Vec<u8> {
    number.to_le_bytes().to_vec()
}

/// A log and what a file server would hand out of it.
struct Host(MerkleTree);

impl Host {
    fn new(size: u64) -> Host {
        Host((0..size).map(|number| leaf_hash(&entry(number))).collect())
    }

    fn checkpoint(&self) -> Checkpoint {
        Checkpoint { origin: origin(), size: self.0.size(), root: self.0.root() }
    }

    fn give(&self, wanted: &[LookupTarget]) -> Vec<(Tile, Vec<u8>)> {
        let tile = |tile: Tile| (tile, self.0.tile(tile.level(), tile.index(), tile.width()).unwrap());
        needed(self.0.size(), wanted).into_iter().map(tile).collect()
    }

    fn bundle(&self, bundle: Bundle) -> Vec<u8> {
        let entries: Vec<_> =
            (bundle.start()..bundle.start() + u64::from(bundle.width())).map(entry).collect();
        encode_bundle(&entries).unwrap()
    }
}

const SIZES: [u64; 13] = [1, 2, 255, 256, 257, 511, 512, 700, 65_535, 65_536, 65_537, 66_047, 131_400];

#[test]
fn every_part_of_a_log_is_found_and_verified() {
    for size in SIZES {
        let host = Host::new(size);
        for at in [0, size / 3, size / 2, size - 1] {
            let wanted = [LookupTarget::RootOf(at + 1), LookupTarget::BundlesFrom(at)];
            let given = host.give(&wanted);
            assert!(given.len() <= 9, "{} tiles at {at} of {size}", given.len());
            let lookup = Lookup::open(&host.checkpoint(), &given).unwrap();
            assert_eq!(lookup.root_of(at + 1).unwrap(), host.0.root_at(at + 1).unwrap(), "{at} of {size}");
            for at in [at, size - 1] {
                let bundle = lookup.bundle_of(at).unwrap();
                let bytes = host.bundle(bundle);
                let entries = lookup.entries(bundle, &bytes).unwrap();
                assert_eq!(entries[(at - bundle.start()) as usize], entry(at));
            }
            assert_eq!(lookup.bundle_of(size), Err(LookupError::NotAsked));
            assert_eq!(lookup.root_of(size + 1), Err(LookupError::NotAsked));
        }
    }
}

#[test]
fn attack_23_tiles_that_the_checkpoint_does_not_sign_are_refused() {
    for size in [257, 66_047, 131_400] {
        let (host, at) = (Host::new(size), 200);
        let wanted = [LookupTarget::RootOf(at), LookupTarget::BundlesFrom(at)];
        let honest = host.give(&wanted);
        for number in 0..honest.len() {
            let mut given = honest.clone();
            given[number].1[0] ^= 1;
            let refused = Lookup::open(&host.checkpoint(), &given).unwrap_err();
            assert!(
                matches!(refused, LookupError::Root | LookupError::Tile(_)),
                "{size}, {number}: {refused}"
            );
            given[number].1.pop();
            assert_eq!(
                Lookup::open(&host.checkpoint(), &given).unwrap_err(),
                LookupError::Length(honest[number].0)
            );
            given.remove(number);
            let lookup = Lookup::open(&host.checkpoint(), &given);
            assert!(
                lookup.is_err_and(|error| matches!(error, LookupError::Absent(_)))
                    || honest[number].0.width() == Tile::FULL_WIDTH,
            );
        }
        let mut other = host.checkpoint();
        other.root.0[0] ^= 1;
        assert_eq!(Lookup::open(&other, &honest).unwrap_err(), LookupError::Root);
    }
}

#[test]
fn attack_23_a_bundle_that_the_checkpoint_does_not_sign_is_refused() {
    for size in [100, 256, 600] {
        let host = Host::new(size);
        let lookup = Lookup::open(&host.checkpoint(), &host.give(&[LookupTarget::BundlesFrom(0)])).unwrap();
        for at in [0, size - 1] {
            let bundle = lookup.bundle_of(at).unwrap();
            let honest = host.bundle(bundle);
            let mut changed = honest.clone();
            changed[5] ^= 1;
            assert_eq!(lookup.entries(bundle, &changed), Err(LookupError::Entries(bundle)));
            assert!(matches!(lookup.entries(bundle, &honest[1..]), Err(LookupError::Bundle(_))));
            let wider = Bundle::new(bundle.index(), bundle.width() % 256 + 1).unwrap();
            assert_eq!(lookup.entries(wider, &honest), Err(LookupError::NotAsked));
        }
    }
    // Bundles that were not asked for have nothing to be verified with.
    let host = Host::new(66_000);
    let lookup = Lookup::open(&host.checkpoint(), &host.give(&[LookupTarget::BundlesFrom(65_900)])).unwrap();
    let bundle = lookup.bundle_of(0).unwrap();
    assert_eq!(lookup.entries(bundle, &host.bundle(bundle)), Err(LookupError::NotAsked));
}
