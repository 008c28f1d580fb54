//! The body of `add-checkpoint` (c2sp.org/tlog-witness, "add-checkpoint"):
//!
//! ```text
//! old <size>
//! <a hash of the consistency proof in base64>
//! …
//!
//! <the checkpoint, a signed note>
//! ```

use veche_board::Hash;
use veche_board::note::MAX_NOTE_BYTES;

/// The most lines of a proof.
pub const MAX_PROOF_LINES: usize = 63;
/// The longest body: the longest note, and the longest proof with the line before it.
pub const MAX_REQUEST_BYTES: usize = MAX_NOTE_BYTES + 4 * 1024;

/// What is asked: to cosign a note as the continuation of a tree of `old` entries. Read, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The size that the witness is thought to have cosigned last.
    pub old: u64,
    /// That the new checkpoint continues it.
    pub proof: Vec<Hash>,
    /// The new checkpoint.
    pub note: &'a str,
}

impl<'a> Request<'a> {
    /// Reads a body. What is wrong with it is said in a few words, for whoever sent it.
    ///
    /// # Errors
    /// The sender's fault.
    pub fn parse(body: &'a [u8]) -> Result<Request<'a>, &'static str> {
        if body.len() > MAX_REQUEST_BYTES {
            return Err("the body is too long");
        }
        let body = std::str::from_utf8(body).map_err(|_| "the body is not text")?;
        let (head, note) = body.split_once("\n\n").ok_or("the body has no empty line")?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(decimal);
        let old = old.ok_or("the first line is not \"old\" and a size")?;
        let proof: Vec<Hash> = lines
            .map(Hash::from_base64)
            .take(MAX_PROOF_LINES + 1)
            .collect::<Result<_, _>>()
            .map_err(|_| "a line of the proof is not a hash in base64")?;
        if proof.len() > MAX_PROOF_LINES {
            return Err("the proof has more than 63 lines");
        }
        Ok(Request { old, proof, note })
    }

    /// The body that asks for this.
    #[must_use]
    pub fn to_body(&self) -> String {
        let proof: String = self.proof.iter().map(|hash| hash.to_base64() + "\n").collect();
        format!("old {}\n{proof}\n{}", self.old, self.note)
    }
}

/// A number in ASCII digits without leading zeros.
fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || !text.starts_with('0');
    if canonical && text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let note = "log.example\n7\nroot\n\n— log.example AAAA\n";
        for proof in [vec![], vec![Hash([1; 32])], vec![Hash([2; 32]); MAX_PROOF_LINES]] {
            let request = Request { old: 12, proof, note };
            assert_eq!(Request::parse(request.to_body().as_bytes()).as_ref(), Ok(&request));
        }
    }

    #[test]
    fn attack_33_loose_bodies_are_refused() {
        let hash = Hash([1; 32]).to_base64();
        for body in [
            String::new(),
            "\n\n".to_owned(),
            "old 7\nnote".to_owned(),
            "old\n\nnote".to_owned(),
            "old 07\n\nnote".to_owned(),
            "old -7\n\nnote".to_owned(),
            "old +7\n\nnote".to_owned(),
            "old  7\n\nnote".to_owned(),
            "old 7 \n\nnote".to_owned(),
            "Old 7\n\nnote".to_owned(),
            "old 18446744073709551616\n\nnote".to_owned(),
            "old 7\r\n\r\nnote".to_owned(),
            format!("old 7\n{hash} \n\nnote"),
            format!("old 7\n{}\n\nnote", hash.trim_end_matches('=')),
            format!("old 7\n{}\n\nnote", "AAAA"),
            format!("old 7\n{}\nnote", format!("{hash}\n").repeat(MAX_PROOF_LINES + 1)),
        ] {
            assert!(Request::parse(body.as_bytes()).is_err(), "{body:?}");
        }
        assert!(Request::parse(&vec![b'x'; MAX_REQUEST_BYTES + 1]).is_err());
        assert!(Request::parse(b"old 7\n\n\xff").is_err());
    }
}
