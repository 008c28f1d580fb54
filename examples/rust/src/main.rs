//! Seals a ballot and verifies it, with the crates' public interface: `cargo run -p veche-example`.
//!
//! Who does what in earnest: three trustees make the keys, each on a device of their own, and everybody reads them from
//! the board; the voter's device makes a credential and seals; the ballot box, and later every auditor, verifies.

use std::error::Error;

use veche_board::LogKey;
use veche_crypto::hash::Digest;
use veche_crypto::randomness::{DeadRandomSource, Randomness};
use veche_crypto::signature::SecretKey;
use veche_record::entry::Genesis;
use veche_record::{Manifest, Selection, tag};
use veche_trustee::{Secret, run_together};
use veche_verify::VerifiedBallot;
use veche_voter::{Credential, PreparedBallot, Revision};

fn main() -> Result<(), Box<dyn Error>> {
    let manifest = include_bytes!("../manifest.json");
    let parsed = Manifest::parse(manifest)?;
    let trustees = parsed.trustees();

    // The organiser founds a board: its first entry names the manifest and who speaks there.
    let organiser = SecretKey::derive(tag::ORGANISER_KEY, &random()?)?;
    let registrar = SecretKey::derive(tag::REGISTRAR_KEY, &random()?)?;
    let genesis = Genesis {
        manifest: parsed.hash(),
        log_key: LogKey::from_seed(random()?.as_bytes()).public(),
        organiser: organiser.public(),
        registrar: registrar.public(),
        trustees: trustees.count,
        threshold: trustees.threshold,
        origin: "board.example/2026".parse()?,
    };

    // The trustees make the keys. Here all of them are in one process, as they never are in earnest.
    let secrets: Vec<Secret> =
        (0..trustees.count).map(|_| random().map(|random| Secret::new(&random))).collect::<Result<_, _>>()?;
    let election = run_together(manifest, &genesis, &secrets, &random()?)?.election;
    println!("The election's fingerprint, which voters compare: {}", election.fingerprint());

    // The voter's device: a credential, a ballot prepared while the voter reads, the choice sealed.
    let credential = Credential::generate(&random()?)?;
    let first = Revision { sequence: 0, previous: Digest::ZERO, attempt: 0 };
    let prepared = PreparedBallot::new(&election, 0, &credential, &first, &random()?)?;
    let sealed = prepared.seal(&election, &[Selection::new(vec![1, 0, 1], false)], &random()?)?;
    println!("Sealed in {} bytes. Its confirmation code: {}", sealed.bytes.len(), sealed.code);

    // Anyone, from the bytes alone: this ballot is legal, whatever it says, and is signed by its key.
    let verified = VerifiedBallot::verify(&election, &sealed.bytes, &random()?)?;
    println!("Verified: {}", verified.ballot().hash());

    // One altered bit, and it is no ballot.
    let mut altered = sealed.bytes;
    if let Some(last) = altered.last_mut() {
        *last ^= 1;
    }
    match VerifiedBallot::verify(&election, &altered, &random()?) {
        Err(refusal) => println!("With one bit altered it is refused: {refusal}"),
        Ok(_) => return Err("an altered ballot was accepted".into()),
    }
    Ok(())
}

/// Every secret and every verification takes its own.
fn random() -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(getrandom::fill)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_works() -> Result<(), Box<dyn std::error::Error>> {
        super::main()
    }
}
