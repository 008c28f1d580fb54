//! The confirmation code: what a voter sees of a sealed ballot before casting it.
//!
//! Software compares all 256 bits. A person reads the first 100, as five groups of four characters
//! of Crockford's base 32, which has no I, L, O or U to mishear.

use std::fmt;

use veche_crypto::hash::Digest;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 5;
const GROUP_LEN: usize = 4;
/// Characters of a code as it is shown, hyphens not counted.
pub const CHARACTERS: usize = GROUPS * GROUP_LEN;

/// A confirmation code.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConfirmationCode(Digest);

impl ConfirmationCode {
    /// The code of a digest.
    pub const fn from_digest(digest: Digest) -> Self {
        ConfirmationCode(digest)
    }

    /// All 256 bits, for software to compare.
    pub const fn digest(&self) -> Digest {
        self.0
    }

    /// Whether a person typed this code: case, spaces and hyphens do not matter, and O, I, L are
    /// taken for the digits they look like.
    pub fn is_read_as(&self, typed: &str) -> bool {
        tidy(typed).eq(self.characters())
    }

    /// How a typed code is written, in five groups of four; nothing when it cannot be one: another number of
    /// characters, or one that no code has.
    pub fn spelled(typed: &str) -> Option<String> {
        let read = Self::read(typed)?;
        let groups: Vec<String> =
            read.chunks(GROUP_LEN).map(|group| group.iter().copied().map(char::from).collect()).collect();
        Some(groups.join("-"))
    }

    /// The 20 characters of a typed code; nothing when it cannot be one.
    pub fn read(typed: &str) -> Option<[u8; CHARACTERS]> {
        // Whoever types more than this has not typed a code.
        let tidy: String = tidy(typed).take(CHARACTERS + 1).collect();
        tidy.as_bytes()
            .try_into()
            .ok()
            .filter(|read: &[u8; CHARACTERS]| read.iter().all(|c| ALPHABET.contains(c)))
    }

    /// The 20 characters that are shown, without hyphens.
    pub fn shown(&self) -> [u8; CHARACTERS] {
        let mut characters = self.characters();
        std::array::from_fn(|_| characters.next().and_then(|c| u8::try_from(c).ok()).unwrap_or(b'0'))
    }

    /// The 20 characters, first bits first.
    fn characters(&self) -> impl Iterator<Item = char> {
        let bytes = *self.0.as_bytes();
        (0..CHARACTERS).map(move |position| {
            let index = (0..5).fold(0_usize, |index, bit| {
                let at = position * 5 + bit;
                let byte = bytes.get(at / 8).copied().unwrap_or(0);
                index << 1 | usize::from(byte >> (7 - at % 8) & 1)
            });
            ALPHABET.get(index).map_or('0', |&c| char::from(c))
        })
    }
}

/// What was typed, without what does not matter.
fn tidy(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
}

impl fmt::Display for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.characters().enumerate().try_for_each(|(position, c)| {
            let hyphen = if position > 0 && position % GROUP_LEN == 0 { "-" } else { "" };
            write!(f, "{hyphen}{c}")
        })
    }
}

impl fmt::Debug for ConfirmationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_hundred_bits_in_order() {
        let mut bytes = [0; 32];
        // 00000 00001 00010 00011 00100 … 10011, five bits at a time.
        for (i, digit) in (0..20_u8).enumerate() {
            for bit in 0..5 {
                let at = i * 5 + bit;
                bytes[at / 8] |= (digit >> (4 - bit) & 1) << (7 - at % 8);
            }
        }
        let code = ConfirmationCode::from_digest(Digest::from_bytes(bytes));
        assert_eq!(code.to_string(), "0123-4567-89AB-CDEF-GHJK");
        bytes[12] |= 0x0f; // bits 100 … 103 are not shown
        assert_eq!(ConfirmationCode::from_digest(Digest::from_bytes(bytes)).to_string(), code.to_string());
        assert_ne!(ConfirmationCode::from_digest(Digest::from_bytes(bytes)), code);
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = ConfirmationCode::from_digest(Digest::from_bytes([0x08; 32]));
        let shown = code.to_string();
        assert!(code.is_read_as(&shown));
        assert!(code.is_read_as(&shown.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l")));
        assert!(!code.is_read_as(&shown[..19]));
        assert!(!code.is_read_as(&format!("{shown}0")));
    }

    #[test]
    fn a_typed_code_is_written_as_it_is_shown() {
        let shown = ConfirmationCode::from_digest(Digest::from_bytes([0x08; 32])).to_string();
        let typed =
            format!(" {} ", shown.to_lowercase().replace('-', "").replace('0', "o").replace('1', "l"));
        assert_eq!(ConfirmationCode::spelled(&typed).as_ref(), Some(&shown));
        let code = ConfirmationCode::from_digest(Digest::from_bytes([0x08; 32]));
        assert_eq!(ConfirmationCode::read(&typed), Some(code.shown()));
        for wrong in
            ["", &shown[..23], &format!("{shown}0"), &shown.replace('0', "U"), &shown.replace('0', "é")]
        {
            assert_eq!(ConfirmationCode::spelled(wrong), None, "{wrong}");
        }
    }
}
