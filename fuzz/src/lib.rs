//! What several targets share: one small election and one log, the same in every run.

pub mod board;

use std::convert::Infallible;
use std::sync::LazyLock;

use veche_board::{LogKey, LogPublicKey, Origin};
use veche_crypto::group::Scalar;
use veche_crypto::hash::digest;
use veche_crypto::randomness::Randomness;
use veche_crypto::signature::SecretKey;
use veche_record::entry::Genesis;
use veche_record::{Election, Entry, Manifest};
use veche_trustee::{KeyShare, Secret, run_together};

/// A manifest with three contests, one of which accepts blank ballots, in two styles.
pub const MANIFEST: &[u8] = include_bytes!("manifest.json");

/// 32 bytes that look random.
pub fn bytes32(label: &str) -> [u8; 32] {
    *digest("fuzz-bytes", &[label.as_bytes()]).as_bytes()
}

/// The same, as randomness.
pub fn randomness(label: &str) -> Randomness {
    Randomness::draw(|bytes| {
        bytes.copy_from_slice(&bytes32(label));
        Ok::<_, Infallible>(())
    })
    .expect("random enough")
}

/// The name of the log.
pub fn origin() -> Origin {
    "board.example/2026".parse().expect("a good name")
}

/// The key of the log.
pub static LOG_KEY: LazyLock<LogKey> = LazyLock::new(|| LogKey::from_seed(&log_seed()));

/// Its public half.
pub static LOG_PUBLIC_KEY: LazyLock<LogPublicKey> = LazyLock::new(|| LOG_KEY.public());

/// The secret of [`LOG_KEY`].
pub fn log_seed() -> [u8; 32] {
    bytes32("log key")
}

/// The secrets of the trustees.
pub fn secrets() -> Vec<Secret> {
    let trustees = Manifest::parse(MANIFEST).expect("a good manifest").trustees();
    let secret = |trustee| Secret::from_bytes(&bytes32(&format!("trustee {trustee}")));
    (1..=trustees.count).map(secret).collect()
}

/// The election of [`MANIFEST`], with what its board begins with and its trustees' shares.
pub static ELECTION: LazyLock<(Election, Genesis, Vec<Entry>, Vec<KeyShare>)> = LazyLock::new(|| {
    let manifest = Manifest::parse(MANIFEST).expect("a good manifest");
    let genesis = Genesis {
        manifest: manifest.hash(),
        log_key: *LOG_PUBLIC_KEY,
        organiser: organiser().public(),
        registrar: registrar().public(),
        trustees: manifest.trustees().count,
        threshold: manifest.trustees().threshold,
        origin: origin(),
    };
    let held = run_together(MANIFEST, &genesis, &secrets(), &randomness("fresh")).expect("an honest ceremony");
    (held.election.as_ref().clone(), genesis, held.entries, held.shares)
});

/// The organiser's key.
pub fn organiser() -> SecretKey {
    let scalar = Scalar::from_bytes_mod_order(bytes32("organiser"));
    SecretKey::new(scalar).expect("not zero")
}

/// The registrar's key.
pub fn registrar() -> SecretKey {
    let scalar = Scalar::from_bytes_mod_order(bytes32("registrar"));
    SecretKey::new(scalar).expect("not zero")
}
