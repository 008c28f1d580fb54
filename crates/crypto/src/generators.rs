//! The generators of the commitments in a ballot proof.
//!
//! G is the basepoint of RFC 9496. P_1, P_2, …, U and H are each the one-way map of RFC 9496
//! section 4.3.4 on the 64 bytes of `H("generator"; name, index)`, with name `P`, `U` or `H` and
//! the index as an unsigned 32-bit little-endian number (1, 2, … for P, 0 for U and H). Nobody,
//! trustees included, knows a relation among them and G.

use std::sync::LazyLock;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint};

use crate::hash::{tag, wide};

fn generator(name: &str, index: u32) -> RistrettoPoint {
    let bytes = wide(tag::GENERATOR, &[name.as_bytes(), &index.to_le_bytes()]);
    RistrettoPoint::from_uniform_bytes(&bytes)
}

/// P_1 … P_count.
pub fn bit_generators(count: u32) -> Vec<RistrettoPoint> {
    (1..=count).map(|index| generator("P", index)).collect()
}

/// G, the basepoint. Its table is made where it is used: a page would download the one that the library carries.
pub static G: LazyLock<RistrettoBasepointTable> =
    LazyLock::new(|| RistrettoBasepointTable::create(&RISTRETTO_BASEPOINT_POINT));

/// U, the generator of the cross terms.
pub static U: LazyLock<RistrettoBasepointTable> =
    LazyLock::new(|| RistrettoBasepointTable::create(&generator("U", 0)));

/// H, the generator that carries the encryption's nonce.
pub static H: LazyLock<RistrettoBasepointTable> =
    LazyLock::new(|| RistrettoBasepointTable::create(&generator("H", 0)));

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(point: &RistrettoPoint) -> String {
        hex::encode(point.compress().to_bytes())
    }

    #[test]
    // Computed from the text above by a program that shares no code with this one.
    fn attack_11_the_generators_are_the_hashed_ones() {
        let p = bit_generators(2);
        assert_eq!(encoded(&p[0]), "ced1c62fcd63b3b9714c5fc7a7266cd414b8f64be385053f4f417c11b7a8da2f");
        assert_eq!(encoded(&p[1]), "f8e2cf603a8edf50375f0c97066c8e9ce8cbadcb55a3ac91918f10970ebcd34c");
        assert_eq!(
            encoded(&U.basepoint()),
            "aa7f7e22afda79c8b8fc34b0fddf2791de35fec8b517d37833c832e7044cb72c"
        );
        assert_eq!(
            encoded(&H.basepoint()),
            "18618ab5fb9e8528a487d1e9ca16fa12c8eedaeb231168e6b266a466fb62ce4e"
        );
    }

    #[test]
    fn no_two_generators_are_equal() {
        let mut all: Vec<_> = bit_generators(300).iter().map(encoded).collect();
        all.push(encoded(&U.basepoint()));
        all.push(encoded(&H.basepoint()));
        all.push(encoded(&curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
