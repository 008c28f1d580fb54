//! Words as they are compared: by their letters, whatever the case, the accents and the signs around them.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What is compared of a text: small letters without accents and digits, with one space where other signs were.
///
/// `Koszt (zł)*`, `koszt_ZL` and `KOSZT  zl` are one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        // Lengthened lines and marks of direction are signs within a word.
        if matches!(letter, '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || is_combining_mark(letter)
        {
            continue;
        }
        if !letter.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        match letter {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ة' => folded.push('ه'),
            'ى' | 'ی' => folded.push('ي'),
            'ک' => folded.push('ك'),
            letter => folded.push(digit(letter)),
        }
    }
    folded
}

/// Where the ten digits of a script begin, of those that are written today and are not taken apart as wide ones are.
const ZEROS: [u32; 20] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20,
    0x1040, 0x17e0, 0x1810, 0x1a80, 0x1b50,
];

/// A digit of any of these scripts as the one of the same worth; any other sign as it is.
pub(crate) fn digit(sign: char) -> char {
    let from = |zero: &u32| char::from_digit(u32::from(sign).wrapping_sub(*zero), 10);
    if sign.is_ascii() { sign } else { ZEROS.iter().find_map(from).unwrap_or(sign) }
}
