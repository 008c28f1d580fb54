//! What the requests of the registrar's half can reach.

use std::sync::Arc;

use veche_crypto::signature::SecretKey;
use veche_record::Manifest;

use crate::clock::GuardedClock;
use crate::handover::CredentialDesk;
use crate::http::counters::{Counter, DAY, HOUR, NetworkCounter};
use crate::http::limits::CurrentLimits;
use crate::http::problem::{Kind, Problem};
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::NumberingPlan;
use crate::registrar::remote_box::RemoteBox;
use crate::registrar::sms::Outbox;
use crate::store::registrar::{CodeLimits, GuessLimits, RegistrarStore};

/// The registrar's half of a running server.
pub(crate) struct Registrar {
    pub(crate) manifest: Arc<Manifest>,
    /// Signs who votes.
    pub(crate) key: SecretKey,
    pub(crate) hashes: RegistrarKeys,
    /// How phone numbers are read.
    pub(crate) plan: NumberingPlan,
    pub(crate) store: Arc<dyn RegistrarStore>,
    /// The ballot box, as far as the registrar knows it.
    pub(crate) desk: Arc<dyn CredentialDesk>,
    /// The same, where it is another process.
    pub(crate) remote: Option<Arc<RemoteBox>>,
    pub(crate) outbox: Outbox,
    pub(crate) clock: GuardedClock,
    pub(crate) limits: CurrentLimits,
    pub(crate) counters: Counters,
}

impl Registrar {
    /// How this registrar identifies people, by a code that is sent to a phone: the first route of the manifest whose
    /// ballots are not typed from paper.
    pub(crate) fn sign_in_route(&self) -> Result<u8, Problem> {
        self.manifest.online_route().ok_or_else(|| {
            Problem::new(Kind::NotOpen, "The manifest has no route by which people vote online.")
        })
    }

    /// How many codes a phone may ask for.
    pub(crate) fn code_limits(&self) -> CodeLimits {
        let limits = self.limits.get();
        CodeLimits { resend_after: limits.resend_after, a_phone_a_day: limits.codes_a_phone_a_day }
    }

    /// How often a code may be guessed at.
    pub(crate) fn guess_limits(&self) -> GuessLimits {
        let limits = self.limits.get();
        GuessLimits {
            code_lifetime: limits.code_lifetime,
            a_code: limits.guesses_a_code,
            a_phone_a_day: limits.guesses_a_phone_a_day,
        }
    }
}

/// What the registrar counts in memory.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) sign_ins: NetworkCounter,
    pub(crate) guesses: NetworkCounter,
    /// Codes that left where registration is open.
    pub(crate) open_codes: Counter<()>,
    /// New keys of a pseudonym.
    pub(crate) keys: Counter<[u8; 16]>,
}

impl Counters {
    pub(crate) fn new(limits: &CurrentLimits) -> Self {
        Counters {
            sign_ins: NetworkCounter::new(limits, |limits| limits.sign_ins_an_address_an_hour, HOUR),
            guesses: NetworkCounter::new(limits, |limits| limits.guesses_an_address_an_hour, HOUR),
            open_codes: Counter::new(limits, |limits| limits.open_codes_an_hour, HOUR),
            keys: Counter::new(limits, |limits| limits.keys_a_voter_a_day, DAY),
        }
    }
}
