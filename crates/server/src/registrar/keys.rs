//! What the store knows phones, subjects, passes, sessions, codes and tokens by: hashes under a key that is not in it.

use veche_pass::PassKey;

use crate::keys::{PrivateKey, SECRET_LEN};
use crate::registrar::phone::{NumberingPlan, Phone, PhoneError};
use crate::registrar::roll::mark::Mark;
use crate::store::roll::{MarkHash, PersonHash};

/// How a subject begins that is a phone number (RFC 3966).
pub(crate) const PHONE_SCHEME: &str = "tel:";

/// The keyed hashes of the registrar's half.
#[derive(Clone)]
pub(crate) struct RegistrarKeys(PrivateKey);

impl RegistrarKeys {
    /// The hashes under a key.
    pub(crate) const fn new(key: PrivateKey) -> Self {
        RegistrarKeys(key)
    }

    /// A phone.
    pub(crate) fn phone(&self, phone: &Phone) -> PersonHash {
        PersonHash(self.0.mac("phone", &[phone.as_str().as_bytes()]))
    }

    /// What tells a person apart from others with this phone.
    pub(crate) fn mark(&self, phone: &PersonHash, mark: &Mark) -> MarkHash {
        MarkHash(self.0.mac("mark", &[&phone.0, mark.as_str().as_bytes()]))
    }

    /// The subject of a portal's passes. One that is a phone number is whoever signs in with that number.
    pub(crate) fn subject(&self, subject: &str, plan: NumberingPlan) -> Result<PersonHash, PhoneError> {
        match subject.strip_prefix(PHONE_SCHEME) {
            Some(number) => Ok(self.phone(&plan.read(number)?)),
            None => Ok(PersonHash(self.0.mac("subject", &[subject.as_bytes()]))),
        }
    }

    /// A pass, among those of its key.
    pub(crate) fn pass(&self, key: &PassKey, id: &str) -> [u8; SECRET_LEN] {
        self.0.mac("pass", &[&key.to_bytes(), id.as_bytes()])
    }

    /// A file that a roll is read from.
    pub(crate) fn roll_file(&self, bytes: &[u8]) -> [u8; SECRET_LEN] {
        self.0.mac("roll file", &[bytes])
    }

    /// A session of a sign-in.
    pub(crate) fn session(&self, session: &str) -> [u8; SECRET_LEN] {
        self.0.mac("session", &[session.as_bytes()])
    }

    /// A code, bound to its session.
    pub(crate) fn own_code(&self, session: &str, code: &str) -> [u8; SECRET_LEN] {
        self.0.mac("code", &[session.as_bytes(), code.as_bytes()])
    }

    /// A code for every session of a phone; its row says which.
    pub(crate) fn shared_code(&self, code: &str) -> [u8; SECRET_LEN] {
        self.0.mac("shared code", &[code.as_bytes()])
    }

    /// A code on paper; its row says whose.
    pub(crate) fn printed_code(&self, code: &str) -> [u8; SECRET_LEN] {
        self.0.mac("printed code", &[code.as_bytes()])
    }

    /// A pass of somebody at the desk.
    pub(crate) fn desk_pass(&self, token: &str) -> [u8; SECRET_LEN] {
        self.0.mac("desk pass", &[token.as_bytes()])
    }

    /// A voter's bearer token.
    pub(crate) fn token(&self, token: &str) -> [u8; SECRET_LEN] {
        self.0.mac("token", &[token.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use veche_keeper::{Elsewhere, KeyFile};

    use super::*;
    use crate::keys::RegistrarSecret;

    fn hashes() -> RegistrarKeys {
        let file = KeyFile::new(&Elsewhere::default()).unwrap();
        RegistrarKeys::new(RegistrarSecret::in_file(&file).unwrap().private)
    }

    #[test]
    fn one_value_under_two_purposes_or_split_otherwise_has_two_hashes() {
        let (keys, others) = (hashes(), hashes());
        assert_eq!(keys.session("x"), keys.session("x"));
        assert_ne!(keys.session("x"), keys.token("x"));
        assert_ne!(keys.own_code("ab", "c"), keys.own_code("a", "bc"));
        assert_ne!(keys.own_code("", "c"), keys.shared_code("c"));
        assert_ne!(keys.session("x"), others.session("x"), "the hash depends on the key");
        let mark = Mark::read("1953").unwrap();
        let of = |keys: &RegistrarKeys, phone: u8| keys.mark(&PersonHash([phone; SECRET_LEN]), &mark);
        assert_ne!(of(&keys, 1), of(&keys, 2), "the mark of two phones");
        assert_ne!(of(&keys, 1), of(&others, 1));
    }
}
