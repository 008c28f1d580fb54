//! Measures prepare, seal and batch verification beside the group operations they are made of and
//! beside a peer, in one run. The same code runs natively and as WebAssembly in a browser;
//! `cargo xtask bench` runs both and makes the table of docs/benchmarks.md.
//!
//! Everything that is compared is measured in turns ([`rounds`]), so that a machine that is busy
//! with something else slows both sides of a ratio.

pub mod contest;
pub mod copies;
pub mod peer;
pub mod primitives;
pub mod rounds;
pub mod scale;
#[cfg(target_arch = "wasm32")]
mod wasm;

use std::convert::Infallible;

use contest::Contest;
use rounds::{Effort, Figures, Task};
use veche_crypto::hash::digest;
use veche_crypto::randomness::{DeadRandomSource, Randomness};

/// A clock: milliseconds since any fixed moment.
pub type Clock<'a> = &'a dyn Fn() -> f64;

/// Why nothing could be measured.
pub type Failure = Box<dyn std::error::Error>;

/// Randomness that is the same in every run.
///
/// # Errors
/// When the bytes are all equal.
pub fn fixed(bytes: [u8; 32]) -> Result<Randomness, DeadRandomSource> {
    Randomness::draw(|to| {
        to.copy_from_slice(&bytes);
        Ok::<_, Infallible>(())
    })
}

/// What a verifier draws, the same in every run.
///
/// # Errors
/// Never.
pub fn fresh() -> Result<Randomness, DeadRandomSource> {
    fixed(*digest("bench-fresh", &[]).as_bytes())
}

/// Measures everything: times in microseconds, sizes in bytes, by name.
///
/// # Errors
/// When something that is measured does not work.
pub fn figures(clock: Clock<'_>, effort: &Effort) -> Result<Figures, Failure> {
    let contests =
        contest::CONTESTS.iter().map(|shape| Contest::new(shape, effort)).collect::<Result<Vec<_>, _>>()?;
    let peer = peer::Peer::new()?;
    let primitives = primitives::Primitives::new();
    let mut tasks: Vec<Task<'_>> = primitives.tasks();
    contests.iter().for_each(|contest| tasks.extend(contest.tasks()));
    tasks.extend(peer.tasks());
    let mut figures = rounds::measure(clock, effort, tasks);
    contests.iter().for_each(|contest| figures.extend(contest.sizes()));
    figures.extend(peer.sizes());
    Ok(figures)
}

/// Figures as text, a name and a number a line.
pub fn lines(figures: &Figures) -> String {
    figures.iter().map(|(name, value)| format!("{name} {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_measured_works() {
        let start = std::time::Instant::now();
        let clock = || start.elapsed().as_secs_f64() * 1_000.0;
        let figures = figures(&clock, &Effort::SMOKE).unwrap_or_default();
        let wanted = [
            "decompress",
            "peer.prove",
            "peer.verify",
            "10.seal",
            "40.verify",
            "160.verify.group",
            "40.seal.ratio",
        ];
        for name in wanted {
            assert!(figures.get(name).is_some_and(|value| *value > 0.0), "{name} is missing: {figures:?}");
        }
        assert_eq!(figures.get("40.bytes"), Some(&1_984.0));
        assert_eq!(figures.get("160.bytes"), Some(&7_104.0));
        assert!(copies::Verification::new(&Effort::SMOKE).is_ok_and(|batch| batch.run().is_ok()));
    }
}
