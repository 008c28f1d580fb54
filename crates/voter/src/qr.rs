//! A QR code as one path of a drawing, in squares of size 1.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Squares of light around the code, without which a camera may not find it (ISO/IEC 18004).
pub const QUIET_ZONE: i32 = 4;

/// A QR code, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPicture {
    /// Squares on each side of the drawing, the quiet zone included.
    pub side: i32,
    /// The dark squares, in the syntax of an SVG path.
    pub path: String,
}

/// The text is longer than any QR code can hold. The caller's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a QR code cannot hold a text of {0} bytes")]
pub struct QrTooLong(pub usize);

/// Draws a text as a QR code, the smallest that holds it.
///
/// # Errors
/// [`QrTooLong`].
pub fn qr_picture(text: &str) -> Result<QrPicture, QrTooLong> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).map_err(|_| QrTooLong(text.len()))?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            // Dark squares side by side are drawn as one: fewer edges, and no seams between them.
            let dark = (x..code.size()).take_while(|&x| code.get_module(x, y)).count() as i32;
            if dark > 0 {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
            x += dark.max(1);
        }
    }
    Ok(QrPicture { side: code.size() + 2 * QUIET_ZONE, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_draws_every_dark_square_and_no_other() {
        let text = "https://vote.example/#find=ABCDEFG_-";
        let picture = qr_picture(text).unwrap();
        let code = QrCode::encode_text(text, QrCodeEcc::Low).unwrap();
        assert_eq!(picture.side, code.size() + 8);
        let mut drawn = std::collections::HashSet::new();
        for run in picture.path.split_terminator('z') {
            let numbers: Vec<i32> =
                run.split(['M', ' ', 'h', 'v']).filter_map(|number| number.parse().ok()).collect();
            let [x, y, width, 1, back] = numbers[..] else { panic!("{run}") };
            assert_eq!(back, -width);
            (x..x + width).for_each(|x| assert!(drawn.insert((x, y)), "drawn twice"));
        }
        for y in -4..code.size() + 4 {
            for x in -4..code.size() + 4 {
                assert_eq!(drawn.contains(&(x + 4, y + 4)), code.get_module(x, y), "{x}, {y}");
            }
        }
    }

    /// A receipt of 200,000 entries has 924 characters, and an address before it.
    #[test]
    fn a_receipt_fits_and_a_book_does_not() {
        assert_eq!(qr_picture(&"x".repeat(580 + 40)).unwrap().side, 8 + 85);
        assert_eq!(qr_picture(&"x".repeat(924 + 40)).unwrap().side, 8 + 105);
        assert_eq!(qr_picture(&"x".repeat(3_000)), Err(QrTooLong(3_000)));
    }
}
