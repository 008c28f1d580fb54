use serde::{Deserialize, Serialize};
use veche_crypto::group::{Scalar, scalar_from_bytes};
use veche_crypto::hash::Digest;
use veche_record::Election;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// One trustee's shares of all slot keys. Wiped when dropped, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct KeyShare {
    #[zeroize(skip)]
    manifest: Digest,
    trustee: u8,
    shares: Vec<Scalar>,
}

/// Why a key share file cannot be used. The fault is with the file.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// Not a key share file.
    #[error("this is not a key share file: {0}")]
    Form(#[from] serde_json::Error),
    /// A value in it is not what it should be.
    #[error("the key share file is damaged at \"{0}\"; use another copy of it")]
    Damaged(&'static str),
}

/// The file, as JSON. Hexadecimal is lower-case.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct ShareFile {
    veche: u8,
    secret: String,
    manifest: String,
    trustee: u8,
    shares: Vec<String>,
}

/// The version of the file.
const VERSION: u8 = 1;
/// What the file says about itself to whoever opens it.
const WARNING: &str = "Trustee's key share. Keep it to yourself; never send it.";

impl KeyShare {
    pub(crate) fn new(manifest: Digest, trustee: u8, shares: Vec<Scalar>) -> Self {
        KeyShare { manifest, trustee, shares }
    }

    /// Reads a key share file: `{"veche":1,"secret":"…","manifest":"<64 hex>","trustee":1,"shares":["<64 hex>",…]}`.
    ///
    /// # Errors
    /// [`ShareError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, ShareError> {
        let file: ShareFile = serde_json::from_slice(bytes)?;
        if file.veche != VERSION {
            return Err(ShareError::Damaged("veche"));
        }
        if file.trustee == 0 {
            return Err(ShareError::Damaged("trustee"));
        }
        let manifest = Digest::from_bytes(*decode(&file.manifest).ok_or(ShareError::Damaged("manifest"))?);
        let share = |text: &String| scalar_from_bytes(&*decode(text)?).ok();
        let shares =
            file.shares.iter().map(share).collect::<Option<_>>().ok_or(ShareError::Damaged("shares"))?;
        Ok(KeyShare { manifest, trustee: file.trustee, shares })
    }

    /// Writes the file. Whoever reads it holds the share.
    ///
    /// # Errors
    /// None in practice: the file is always writable as JSON.
    pub fn to_json(&self) -> Result<Zeroizing<String>, ShareError> {
        let file = ShareFile {
            veche: VERSION,
            secret: WARNING.into(),
            manifest: self.manifest.to_string(),
            trustee: self.trustee,
            shares: self.shares.iter().map(|share| hex::encode(share.as_bytes())).collect(),
        };
        Ok(Zeroizing::new(serde_json::to_string_pretty(&file)?))
    }

    /// The hash of the manifest that the share was made for.
    pub fn manifest(&self) -> Digest {
        self.manifest
    }

    /// Whose share it is, counted from 1.
    pub fn trustee(&self) -> u8 {
        self.trustee
    }

    /// Whether these are the shares that the election's ceremony committed to for this trustee.
    pub fn fits(&self, election: &Election) -> bool {
        let Some(public) = election.trustee_public_shares(self.trustee) else { return false };
        public.len() == self.shares.len()
            && public.iter().zip(&self.shares).all(|(point, share)| point.is_times_base(share))
    }

    pub(crate) fn shares(&self) -> &[Scalar] {
        &self.shares
    }
}

fn decode(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, &mut *bytes).ok()?;
    Some(bytes)
}
