//! What the requests of the registrar's half can reach.

use std::sync::Arc;

use veche_crypto::signature::SecretKey;
use veche_pass::PassKey;
use veche_record::Manifest;
use veche_record::manifest::Route;

use crate::clock::GuardedClock;
use crate::handover::CredentialDesk;
use crate::http::counters::{Counter, DAY, HOUR, NetworkCounter};
use crate::http::limits::CurrentLimits;
use crate::http::problem::{Kind, Problem};
use crate::registrar::clerk::room::ClerksRoom;
use crate::registrar::guess_watch::GuessWatch;
use crate::registrar::keys::RegistrarKeys;
use crate::registrar::phone::NumberingPlan;
use crate::registrar::remote_box::RemoteBox;
use crate::registrar::sms::outbox::Outbox;
use crate::store::codes::{CodeLimits, GuessLimits};
use crate::store::registrar::RegistrarStore;

/// The registrar's half of a running server.
pub(crate) struct Registrar {
    pub(crate) manifest: Arc<Manifest>,
    /// Signs who votes.
    pub(crate) key: SecretKey,
    pub(crate) hashes: RegistrarKeys,
    /// The host of the page that codes are for.
    pub(crate) page_host: Option<String>,
    /// How phone numbers are read.
    pub(crate) plan: NumberingPlan,
    pub(crate) store: Arc<dyn RegistrarStore>,
    /// The ballot box, as far as the registrar knows it.
    pub(crate) desk: Arc<dyn CredentialDesk>,
    /// The same, where it is another process.
    pub(crate) remote: Option<Arc<RemoteBox>>,
    /// Sends codes, where people sign in with them.
    pub(crate) outbox: Option<Arc<Outbox>>,
    /// The keys of the portal whose passes sign people in.
    pub(crate) pass_keys: Vec<PassKey>,
    pub(crate) clock: GuardedClock,
    pub(crate) limits: CurrentLimits,
    pub(crate) counters: Counters,
    pub(crate) guesses: GuessWatch,
    /// What the desk has sent, and whose it is.
    pub(crate) clerks: ClerksRoom,
}

impl Registrar {
    /// How this registrar identifies people, by a code that is sent to a phone: the first route of the manifest whose
    /// ballots are not typed from paper, and which is not that of codes on paper if there is another.
    pub(crate) fn sign_in_route(&self) -> Result<u8, Problem> {
        let printed = printed_route(&self.manifest);
        let routes = self.manifest.routes().iter().enumerate().filter(|(_, route)| !route.entered);
        let positions = routes.filter_map(|(position, _)| u8::try_from(position).ok());
        let other = positions.into_iter().find(|position| Some(*position) != printed);
        other.or_else(|| self.manifest.online_route()).ok_or_else(|| {
            Problem::new(Kind::NotOpen, "The manifest has no route by which people vote online.")
        })
    }

    /// How many messages a phone is sent.
    pub(crate) fn code_limits(&self) -> CodeLimits {
        let limits = self.limits.get();
        CodeLimits {
            own_a_day: limits.own_codes_a_phone_a_day,
            a_day: limits.messages_a_phone_a_day,
            shared_every: limits.shared_code_every,
        }
    }

    /// How often codes may be guessed at.
    pub(crate) fn guess_limits(&self) -> GuessLimits {
        let limits = self.limits.get();
        GuessLimits {
            session_lifetime: limits.code_lifetime,
            a_session: limits.guesses_a_code,
            shared_lifetime: limits.shared_code_lifetime,
            a_shared_code: limits.guesses_a_shared_code,
            wrong_marks_a_day: limits.wrong_marks_a_phone_a_day,
        }
    }
}

/// The identifier of the route of codes on paper.
pub(crate) const PRINTED_ROUTE: &str = "code";

/// The route of codes on paper, if the manifest has it.
pub(crate) fn printed_route(manifest: &Manifest) -> Option<u8> {
    let is_it = |route: &Route| route.id == PRINTED_ROUTE && !route.entered;
    u8::try_from(manifest.routes().iter().position(is_it)?).ok()
}

/// Test messages of an hour: so many that every helper's phone is tried, and no list of numbers.
const TEST_MESSAGES_AN_HOUR: u32 = 6;

/// What the registrar counts in memory.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) sign_ins: NetworkCounter,
    /// At codes; and passes that are refused.
    pub(crate) guesses: NetworkCounter,
    /// Those at codes for every session of a phone.
    pub(crate) shared_guesses: NetworkCounter,
    /// New keys of a pseudonym.
    pub(crate) keys: Counter<[u8; 16]>,
    /// Test messages of the desk, of everybody together.
    pub(crate) test_messages: Counter<()>,
    /// Wrong passes of the desk.
    pub(crate) wrong_desk_passes: NetworkCounter,
}

impl Counters {
    pub(crate) fn new(limits: &CurrentLimits) -> Self {
        Counters {
            sign_ins: NetworkCounter::new(limits, |limits| limits.sign_ins_an_address_an_hour, HOUR),
            guesses: NetworkCounter::new(limits, |limits| limits.guesses_an_address_an_hour, HOUR),
            shared_guesses: NetworkCounter::new(
                limits,
                |limits| limits.shared_guesses_an_address_an_hour,
                HOUR,
            ),
            keys: Counter::new(limits, |limits| limits.keys_a_voter_a_day, DAY),
            test_messages: Counter::new(limits, |_| TEST_MESSAGES_AN_HOUR, HOUR),
            wrong_desk_passes: NetworkCounter::new(
                limits,
                |limits| limits.wrong_desk_passes_an_address_an_hour,
                HOUR,
            ),
        }
    }
}
