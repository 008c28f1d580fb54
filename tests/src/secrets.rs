//! Looks for a trustee's secrets in what a browser sent or kept: whole, in any writing that a program would use.

use anyhow::{Context as _, Result, ensure};
use veche_crypto::group::Scalar;
use veche_crypto::hash::scalar;
use veche_crypto::signature::SecretKey;
use veche_record::Election;
use veche_trustee::Secret;
use veche_verify::Ceremony;

/// What must be nowhere, with what it is.
#[derive(Debug, Default)]
pub struct Needles {
    words: Vec<String>,
    bytes: Vec<(String, Vec<u8>)>,
}

impl Needles {
    /// The words and the bytes behind them.
    ///
    /// # Errors
    /// When these are no words.
    pub fn of_words(words: &str) -> Result<Self> {
        let secret = Secret::from_words(words)?;
        Ok(Needles {
            words: words.split(' ').map(str::to_lowercase).collect(),
            bytes: vec![("the secret".into(), secret.bytes().to_vec())],
        })
    }

    /// The same, and everything that a trustee derives from it in the ceremony on this board: the communication key,
    /// the polynomials' coefficients, the pieces that the others sealed for this trustee, the shares that they add up
    /// to.
    ///
    /// # Errors
    /// When the words are another trustee's, or the ceremony is not complete.
    pub fn of_trustee(words: &str, ceremony: &Ceremony, election: &Election, trustee: u8) -> Result<Self> {
        let mut needles = Self::of_words(words)?;
        let secret = Secret::from_words(words)?;
        let (genesis, attempt) = (ceremony.genesis(), [ceremony.attempt()]);
        // Derived as docs/protocol.md says.
        let fields: [&[u8]; 4] = [secret.bytes(), genesis.as_bytes(), &attempt, &[trustee]];
        let communication = scalar("trustee-communication", &fields);
        needles.add("the communication key", &communication);
        let key = SecretKey::new(communication)?;
        let mut sums = vec![Scalar::ZERO; ceremony.slots()];
        for slot in 0..u16::try_from(ceremony.slots())? {
            for k in 0..ceremony.threshold() {
                let fields: [&[u8]; 6] =
                    [secret.bytes(), genesis.as_bytes(), &attempt, &[trustee], &slot.to_le_bytes(), &[k]];
                let coefficient = scalar("trustee-coefficient", &fields);
                needles.add(&format!("coefficient {k} of slot {slot}"), &coefficient);
                let power = (0..k).fold(Scalar::ONE, |power, _| power * Scalar::from(u64::from(trustee)));
                let sum = sums.get_mut(usize::from(slot)).context("a slot")?;
                *sum += coefficient * power;
            }
        }
        for dealer in (1..=ceremony.trustees()).filter(|dealer| *dealer != trustee) {
            let other = ceremony.commitments(dealer).context("the ceremony is not complete")?;
            let shared = key.diffie_hellman(&other.communication)?;
            let pieces = ceremony.decrypt_shares(dealer, trustee, &shared).context("not dealt")?;
            for (sum, piece) in sums.iter_mut().zip(pieces) {
                needles.add(&format!("a piece of trustee {dealer}"), &piece);
                *sum += piece;
            }
        }
        // What is looked for is really what the election knows of this trustee.
        let public = election.trustee_public_shares(trustee).context("no such trustee")?;
        for (sum, public) in sums.iter().zip(public) {
            ensure!(public.is_times_base(sum), "the shares looked for are not the trustee's");
            needles.add("a share", sum);
        }
        Ok(needles)
    }

    fn add(&mut self, name: &str, scalar: &Scalar) {
        self.bytes.push((name.into(), scalar.to_bytes().to_vec()));
    }

    /// What of it is in the bytes: as it is, in hexadecimal, in base64 of either alphabet, as a list of numbers; of the
    /// words any three that follow each other, whatever stands between them.
    #[must_use]
    pub fn found_in(&self, haystack: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(haystack).to_lowercase();
        let letters: Vec<&str> = text
            .split(|letter: char| !letter.is_ascii_alphabetic())
            .filter(|word| !word.is_empty())
            .collect();
        for words in self.words.windows(3) {
            if letters.windows(3).any(|letters| letters == words) {
                return Some(format!("the words {}", words.join(" ")));
            }
        }
        let spaceless: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let whole = String::from_utf8_lossy(haystack);
        self.bytes.iter().find_map(|(name, bytes)| {
            let raw = haystack.windows(bytes.len()).any(|window| window == bytes.as_slice());
            let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
            // A stored Uint8Array is written by JSON as {"0":12,"1":255,…}.
            let object = (0..)
                .zip(bytes)
                .map(|(at, byte): (usize, _)| format!("\"{at}\":{byte}"))
                .collect::<Vec<_>>()
                .join(",");
            let written = spaceless.contains(&hex::encode(bytes))
                || spaceless.contains(&list)
                || spaceless.contains(&object)
                || base64(bytes).iter().any(|base64| whole.contains(base64.as_str()));
            (raw || written).then(|| name.clone())
        })
    }
}

/// Bytes in base64, as they stand at each of the three places where they can begin: what does not depend on their
/// neighbours, in both alphabets.
fn base64(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for alphabet in ["+/", "-_"] {
        let letters: Vec<char> =
            ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(alphabet.chars()).collect();
        for shift in 0..3 {
            let mut padded = vec![0; shift];
            padded.extend_from_slice(bytes);
            padded.truncate(padded.len() / 3 * 3);
            let text: String = padded
                .chunks_exact(3)
                .flat_map(|three| {
                    let number = three.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
                    [18, 12, 6, 0].map(|shift| number >> shift & 63)
                })
                .filter_map(|letter| letters.get(letter as usize))
                .collect();
            // The first letters of a shifted text belong to its neighbours too.
            found.extend(text.get(if shift == 0 { 0 } else { 4 }..).map(str::to_owned));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use super::*;

    /// The words of the secret of 32 bytes 7, 8, 9 …
    fn example() -> (String, Vec<u8>) {
        let bytes: [u8; 32] = std::array::from_fn(|place| place as u8 + 7);
        (Secret::from_bytes(&bytes).words().to_string(), bytes.to_vec())
    }

    #[test]
    fn a_leak_is_found_however_it_is_written() {
        let (words, bytes) = example();
        let needles = Needles::of_words(&words).unwrap();
        let encode = |text: &[u8]| base64(text).first().cloned().unwrap();
        let leaks: Vec<Vec<u8>> = vec![
            format!("POST /x HTTP/1.1\r\n\r\n{words}").into_bytes(),
            format!("GET /?w={} HTTP/1.1", words.replace(' ', "%20")).into_bytes(),
            format!("[\"{}\"]", words.replace(' ', "\",\"")).into_bytes(),
            words.to_uppercase().split(' ').take(3).collect::<Vec<_>>().join("\n").into_bytes(),
            [b"body".as_slice(), &bytes, b"more"].concat(),
            hex::encode(&bytes).into_bytes(),
            hex::encode_upper(&bytes).into_bytes(),
            format!("{bytes:?}").into_bytes(),
            encode(&bytes).into_bytes(),
            encode(&[b"x".as_slice(), &bytes, b"yz"].concat()).into_bytes(),
            encode(&[b"xy".as_slice(), &bytes, b"z"].concat()).into_bytes(),
        ];
        for leak in leaks {
            assert!(needles.found_in(&leak).is_some(), "{}", String::from_utf8_lossy(&leak));
        }
        let words: Vec<&str> = words.split(' ').collect();
        for harmless in [words[..2].join(" "), hex::encode(&bytes[1..]), "GET / HTTP/1.1".into()] {
            assert_eq!(needles.found_in(harmless.as_bytes()), None, "{harmless}");
        }
    }
}
