//! Randomness, and the one way in which it comes into this software.
//!
//! Libraries here have no random source of their own. A caller draws a [`Randomness`] from the platform's
//! for each call that needs one; a source that fails, or gives what no working source gives, makes none.
//!
//! ```
//! use veche_crypto::randomness::Randomness;
//!
//! let randomness = Randomness::draw(getrandom::fill)?;
//! // A dead source is an error, never a key of zeros.
//! assert!(Randomness::draw(|bytes| Ok::<(), ()>(bytes.fill(0))).is_err());
//! # Ok::<(), veche_crypto::randomness::DeadRandomSource>(())
//! ```

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::hash::digest;

/// The random source gave nothing. Nothing secret is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this device's random source gave nothing usable; restart it or use another device")]
pub struct DeadRandomSource;

/// 32 uniform bytes of a random source. Wiped when dropped, never printed, never copied.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Randomness([u8; 32]);

impl Randomness {
    /// Has a source fill 32 bytes.
    ///
    /// # Errors
    /// [`DeadRandomSource`] when the source fails or when all bytes are equal, zeros above all; those of
    /// a working source are so with probability 2⁻²⁴⁸.
    pub fn draw<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, DeadRandomSource> {
        // Wiped on every way out.
        let mut drawn = Randomness([0; 32]);
        fill(&mut drawn.0).map_err(|_| DeadRandomSource)?;
        let first = drawn.0.first();
        if drawn.0.iter().all(|byte| Some(byte) == first) { Err(DeadRandomSource) } else { Ok(drawn) }
    }

    /// Other randomness for each index: `H(tag; these bytes, index)`, the index as an unsigned 64-bit
    /// little-endian number.
    #[must_use]
    pub fn derive(&self, tag: &str, index: u64) -> Self {
        Randomness(*digest(tag, &[&self.0, &index.to_le_bytes()]).as_bytes())
    }

    /// The first `N` of the bytes, at most 32: for what is shorter, such as a pseudonym. More do not compile.
    #[must_use]
    pub fn first<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= 32) };
        core::array::from_fn(|index| self.0.get(index).copied().unwrap_or_default())
    }

    /// The bytes. Whoever makes a secret of them wipes it.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl core::fmt::Debug for Randomness {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Randomness(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: [u8; 32]) -> Result<Randomness, DeadRandomSource> {
        Randomness::draw(|to| {
            to.copy_from_slice(&bytes);
            Ok::<_, ()>(())
        })
    }

    #[test]
    fn the_first_bytes_are_those_in_front() {
        let bytes = core::array::from_fn(|index| index as u8);
        let drawn = of(bytes).unwrap();
        assert_eq!(drawn.first::<4>(), [0, 1, 2, 3]);
        assert_eq!(drawn.first::<32>(), bytes);
    }

    #[test]
    fn attack_14_a_dead_random_source_gives_nothing() {
        for byte in [0, 1, 0x41, 0xff] {
            assert_eq!(of([byte; 32]).err(), Some(DeadRandomSource), "{byte}");
        }
        // A source that fails after it has written.
        let failed = Randomness::draw(|to| {
            to.iter_mut().zip(0..).for_each(|(to, byte)| *to = byte);
            Err(())
        });
        assert_eq!(failed.err(), Some(DeadRandomSource));
        let mut alive = [0; 32];
        alive[31] = 1;
        assert_eq!(of(alive).unwrap().as_bytes(), &alive);
    }

    #[test]
    fn what_is_derived_differs_by_tag_and_index_and_nothing_is_printed() {
        let mut bytes = [7; 32];
        bytes[0] = 8;
        let randomness = of(bytes).unwrap();
        assert_ne!(randomness.derive("a", 0).as_bytes(), randomness.derive("a", 1).as_bytes());
        assert_ne!(randomness.derive("a", 0).as_bytes(), randomness.derive("b", 0).as_bytes());
        assert!(!format!("{randomness:?}").contains(['7', '8']));
    }
}
