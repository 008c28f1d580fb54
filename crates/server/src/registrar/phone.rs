//! Phone numbers: read as people write them, kept as E.164, stored as a keyed hash only.

use std::fmt;

use zeroize::Zeroizing;

/// Digits of the shortest and the longest number with its country code (E.164 allows 15).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Bytes of the longest number that is read at all, spaces and signs included.
const LONGEST: usize = 40;

/// A phone number with its country code, such as `+74951234567`. Wiped when dropped; printed
/// masked, so that a log cannot hold one by mistake.
#[derive(Clone)]
pub struct Phone(Zeroizing<String>);

impl Phone {
    /// Reads a number that starts with `+` or `00` and a country code. Spaces, dots, dashes and
    /// brackets are ignored; anything else is not a phone number.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > LONGEST {
            return None;
        }
        let mut digits = Zeroizing::new(String::with_capacity(LONGEST));
        let international = text.strip_prefix('+').or_else(|| text.strip_prefix("00"))?;
        for character in international.chars() {
            match character {
                '0'..='9' => digits.push(character),
                ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}' | '\u{2011}' | '.' | '(' | ')' => {}
                _ => return None,
            }
        }
        if !DIGITS.contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        let mut number = Zeroizing::new(String::with_capacity(DIGITS.end() + 1));
        number.push('+');
        number.push_str(&digits);
        Some(Phone(number))
    }

    /// The number in E.164 form. For the gateway and the keyed hash only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its first and last two digits hidden: `+7 ••• 42`.
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(2).collect();
        let last: String = self.0.chars().skip(self.0.len().saturating_sub(2)).collect();
        format!("{first} ••• {last}")
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_people_write_one_number_are_one_number() {
        for text in ["+7 (495) 123-45-67", "0074951234567", " +7495.123.45.67 ", "+7\u{a0}4951234567"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+74951234567", "{text}");
        }
    }

    #[test]
    fn what_is_not_an_international_number_is_refused() {
        for text in [
            "",
            "+",
            "84951234567",
            "+0123456789",
            "+7495",
            "+1234567890123456",
            "+7495123456x",
            "+7495123+4567",
            "＋74951234567",
            "+٧٤٩٥١٢٣٤٥٦٧",
            "+7                                              4951234567",
        ] {
            assert!(Phone::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_number_is_never_printed_whole() {
        let phone = Phone::parse("+74951234542").unwrap();
        assert_eq!(phone.masked(), "+7 ••• 42");
        assert_eq!(format!("{phone:?}"), "+7 ••• 42");
    }
}
