//! What tells people of one phone apart, as they are likely to write it.

use std::fmt;

use veche_sheet::fold;
use zeroize::Zeroizing;

/// A mark as it is compared: small letters without accents, digits of any script as the usual ones, and a number
/// without the zeros that a spreadsheet drops. Wiped when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mark(Zeroizing<String>);

impl Mark {
    /// Reads what was written. Nothing where there is neither a letter nor a digit.
    pub(crate) fn read(written: &str) -> Option<Self> {
        let folded = Zeroizing::new(fold(written));
        let is_number = folded.bytes().all(|byte| byte.is_ascii_digit());
        let kept = match folded.trim_start_matches('0') {
            "" if is_number && !folded.is_empty() => "0",
            number if is_number => number,
            _ => folded.as_str(),
        };
        (!kept.is_empty()).then(|| Mark(Zeroizing::new(kept.to_owned())))
    }

    /// The mark. For the keyed hash only.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_people_write_one_mark_are_one_mark() {
        let read = |text: &str| Mark::read(text).map(|mark| mark.as_str().to_owned());
        for (mark, ways) in [
            ("1953", &["1953", " 1953 ", "١٩٥٣", "۱۹۵۳", "１９５３", "१९५३", "1953."][..]),
            ("zofia", &["Zofia", "ZOFIA", "zofia\u{200e}"]),
            ("lukasz", &["Łukasz", "LUKASZ"]),
            ("семен", &["Семён", "СЕМЕН"]),
            ("strasse", &["Straße", "STRASSE"]),
            ("7", &["7", "007", "٠٧"]),
            ("0", &["0", "0000"]),
            ("12 b", &["12 b", "12/B", "12-b"]),
        ] {
            for way in ways {
                assert_eq!(read(way).as_deref(), Some(mark), "{way}");
            }
        }
        for nothing in ["", "  ", "-", "\u{200b}"] {
            assert_eq!(read(nothing), None);
        }
        assert_ne!(read("1953"), read("1935"));
        assert_ne!(read("7a"), read("07a"), "a zero is dropped from numbers only");
    }
}
