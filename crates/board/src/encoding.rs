//! The two text encodings of the C2SP specifications, read so that every value has exactly one accepted spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Standard base64 (RFC 4648 section 4) with padding.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The reverse of [`to_base64`]. Missing or surplus padding, set trailing bits, white space and the URL alphabet are
/// all refused, so that no two texts mean the same bytes.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// A decimal number in ASCII digits, without sign and without leading zeros (zero itself is `0`).
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    if canonical && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_33_loose_base64_is_refused() {
        assert_eq!(from_base64("AA=="), Some(vec![0]));
        assert_eq!(from_base64("+/8="), Some(vec![0xfb, 0xff]));
        for loose in
            ["AB==", "AA=", "AA", "AA===", "AA==\n", " AA==", "A A=", "-_8=", "A", "AA==AA==", "=", "+/9="]
        {
            assert_eq!(from_base64(loose), None, "{loose:?}");
        }
    }

    #[test]
    fn attack_33_decimals_have_one_spelling() {
        assert_eq!(parse_decimal("0"), Some(0));
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
        for loose in
            ["", "00", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "1e3", "18446744073709551616", "١"]
        {
            assert_eq!(parse_decimal(loose), None, "{loose:?}");
        }
    }
}
