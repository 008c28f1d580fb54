//! How much one voter, one phone, one address and everyone together may ask for, and the file that says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The limits of a server. The defaults suit a town; a file can change them while it runs. `limits.toml` beside this
/// file says the same to operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Time for which a code is valid.
    #[serde(with = "humantime_serde")]
    pub code_lifetime: Duration,
    /// Guesses that one request for a code has.
    pub guesses_a_code: u32,
    /// Time after which a voter's page offers to ask for another code.
    #[serde(with = "humantime_serde")]
    pub resend_after: Duration,
    /// Messages a phone is sent in a day with a code of six digits, for the request that asked for it.
    pub own_codes_a_phone_a_day: u32,
    /// Messages a phone is sent in a day.
    pub messages_a_phone_a_day: u32,
    /// Time between two messages to a phone with a code of twelve digits, which every request for this phone may use.
    #[serde(with = "humantime_serde")]
    pub shared_code_every: Duration,
    /// Time for which a code of twelve digits is valid: longer than until the next.
    #[serde(with = "humantime_serde")]
    pub shared_code_lifetime: Duration,
    /// Guesses at one code of twelve digits, of everybody together.
    pub guesses_a_shared_code: u32,
    /// Wrong marks of one phone in a day, after right codes, where the roll has several people with it.
    pub wrong_marks_a_phone_a_day: u32,
    /// Wrong guesses at all numbers in ten minutes, and half as many as right ones, after which new codes have eight
    /// digits and the operator is told.
    pub wrong_guesses_before_alarm: u32,
    /// Codes sent in an hour in all, where registration is open and anyone's number gets one: a sixtieth at once, on
    /// top of the hour's after a quiet while.
    pub open_codes_an_hour: u32,
    /// Time a gateway has for one message.
    #[serde(with = "humantime_serde")]
    pub sms_patience: Duration,
    /// Time after a first failure of a gateway until the next try.
    #[serde(with = "humantime_serde")]
    pub sms_retry: Duration,
    /// Messages that wait for a gateway at most. Read at the start only.
    pub sms_queue: usize,
    /// Time for which a signed-in voter stays signed in.
    #[serde(with = "humantime_serde")]
    pub session_lifetime: Duration,
    /// Sign-ins an address (of IPv6: a /64 network) may begin in an hour. A mobile carrier's address has thousands of
    /// phones behind it, so this is generous: a code is protected by what its phone may do.
    pub sign_ins_an_address_an_hour: u32,
    /// Guesses from an address in an hour, and passes that are refused.
    pub guesses_an_address_an_hour: u32,
    /// Of these, at codes of twelve digits: few people ever get one.
    pub shared_guesses_an_address_an_hour: u32,
    /// Ballots looked up by their code from an address in an hour.
    pub lookups_an_address_an_hour: u32,
    /// Credentials and revocations that were signed elsewhere and are refused, from an address in an hour. Those that
    /// are taken are not counted: a registrar posts a whole town's from one address.
    pub refused_registrations_an_address_an_hour: u32,
    /// Passes of the desk that are wrong, from an address in an hour. Whoever has a right one is never kept out.
    pub wrong_desk_passes_an_address_an_hour: u32,
    /// How many times the limit of one address all of an IPv6 /48 network has.
    pub times_for_an_ipv6_48: u32,
    /// How many times the limit of one address all of an IPv6 /32 network has: a whole provider.
    pub times_for_an_ipv6_32: u32,
    /// Keys one voter may register in a day. Each costs up to two entries of the board.
    pub keys_a_voter_a_day: u32,
    /// Ballots one voter may cast in ten minutes. Each is kept for ever.
    pub ballots_a_voter_in_ten_minutes: u32,
    /// Time for the head of a request to arrive.
    #[serde(with = "humantime_serde")]
    pub head_deadline: Duration,
    /// Time for a whole request body to arrive.
    #[serde(with = "humantime_serde")]
    pub body_deadline: Duration,
    /// Time in which a client must read something of an answer.
    #[serde(with = "humantime_serde")]
    pub write_deadline: Duration,
    /// Connections held open at once.
    pub connections: usize,
    /// Connections held open at once by an address, where no proxy stands in front.
    pub connections_an_address: usize,
    /// Time a ballot may wait to be verified. Read at the start only.
    #[serde(with = "humantime_serde")]
    pub verify_wait: Duration,
    /// Batches of ballots verified at once; zero means one for each processor. Read at the start only.
    pub verify_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            code_lifetime: Duration::from_secs(600),
            guesses_a_code: 5,
            resend_after: Duration::from_secs(30),
            own_codes_a_phone_a_day: 6,
            messages_a_phone_a_day: 30,
            shared_code_every: Duration::from_secs(72 * 60),
            shared_code_lifetime: Duration::from_secs(80 * 60),
            guesses_a_shared_code: 1_000_000,
            wrong_marks_a_phone_a_day: 10,
            wrong_guesses_before_alarm: 300,
            sms_patience: Duration::from_secs(20),
            sms_retry: Duration::from_secs(2),
            sms_queue: 1_000,
            open_codes_an_hour: 5_000,
            session_lifetime: Duration::from_secs(1_800),
            sign_ins_an_address_an_hour: 3_000,
            guesses_an_address_an_hour: 6_000,
            shared_guesses_an_address_an_hour: 300,
            lookups_an_address_an_hour: 6_000,
            refused_registrations_an_address_an_hour: 300,
            wrong_desk_passes_an_address_an_hour: 60,
            times_for_an_ipv6_48: 5,
            times_for_an_ipv6_32: 20,
            keys_a_voter_a_day: 20,
            ballots_a_voter_in_ten_minutes: 20,
            head_deadline: Duration::from_secs(10),
            body_deadline: Duration::from_secs(30),
            write_deadline: Duration::from_secs(20),
            connections: 4_096,
            connections_an_address: 512,
            verify_wait: Duration::from_secs(20),
            verify_at_once: 0,
        }
    }
}

/// Why a file of limits is refused. It is refused whole.
#[derive(Debug, thiserror::Error)]
pub enum LimitsError {
    /// The file.
    #[error("the limits in {} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// What is written there.
    #[error(
        "the limits in {}, line {line}: {reason}. `veche-server limits` prints a file with every name", path.display()
    )]
    Written {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A limit that would keep everyone out.
    #[error("the limits in {}: {name} must not be zero, or nobody could vote", path.display())]
    Zero {
        /// The file.
        path: PathBuf,
        /// The limit's name.
        name: &'static str,
    },
}

impl Limits {
    /// The defaults as a file, with what each of them means.
    pub const FILE: &'static str = include_str!("limits.toml");

    /// Reads a file; what it does not name is as by default.
    ///
    /// # Errors
    /// [`LimitsError`].
    pub fn read(path: &Path) -> Result<Self, LimitsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| LimitsError::Read { path: path.into(), source })?;
        Limits::parse(path, &text)
    }

    /// The share of one of several servers in what is counted by each of them in its memory. What the database counts,
    /// and what a machine has room for, is not shared.
    fn shared_by(self, servers: u32) -> Self {
        if servers <= 1 {
            return self;
        }
        let share = |limit: u32| limit.div_ceil(servers);
        Limits {
            wrong_guesses_before_alarm: share(self.wrong_guesses_before_alarm),
            open_codes_an_hour: share(self.open_codes_an_hour),
            sign_ins_an_address_an_hour: share(self.sign_ins_an_address_an_hour),
            guesses_an_address_an_hour: share(self.guesses_an_address_an_hour),
            shared_guesses_an_address_an_hour: share(self.shared_guesses_an_address_an_hour),
            lookups_an_address_an_hour: share(self.lookups_an_address_an_hour),
            refused_registrations_an_address_an_hour: share(self.refused_registrations_an_address_an_hour),
            wrong_desk_passes_an_address_an_hour: share(self.wrong_desk_passes_an_address_an_hour),
            keys_a_voter_a_day: share(self.keys_a_voter_a_day),
            ballots_a_voter_in_ten_minutes: share(self.ballots_a_voter_in_ten_minutes),
            ..self
        }
    }

    /// Reads the text of a file.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, LimitsError> {
        let limits: Limits = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            LimitsError::Written { path: path.into(), line, reason: error.message().to_owned() }
        })?;
        limits.check(path)
    }

    /// Refuses limits that would keep everyone out. `path` is where they were written.
    ///
    /// # Errors
    /// [`LimitsError::Zero`].
    pub fn check(self, path: &Path) -> Result<Self, LimitsError> {
        let limits = self;
        let needed = [
            ("code_lifetime", limits.code_lifetime.is_zero()),
            ("wrong_marks_a_phone_a_day", limits.wrong_marks_a_phone_a_day == 0),
            ("session_lifetime", limits.session_lifetime.is_zero()),
            ("head_deadline", limits.head_deadline.is_zero()),
            ("body_deadline", limits.body_deadline.is_zero()),
            ("write_deadline", limits.write_deadline.is_zero()),
            ("connections", limits.connections == 0),
            ("connections_an_address", limits.connections_an_address == 0),
            ("ballots_a_voter_in_ten_minutes", limits.ballots_a_voter_in_ten_minutes == 0),
        ];
        match needed.into_iter().find(|(_, zero)| *zero) {
            Some((name, _)) => Err(LimitsError::Zero { path: path.into(), name }),
            None => Ok(limits),
        }
    }
}

/// The limits as they are at the moment. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct CurrentLimits {
    limits: watch::Receiver<Limits>,
    /// Servers that have them together.
    servers: Arc<AtomicU32>,
}

impl CurrentLimits {
    /// A copy, so that nobody holds the lock while waiting for something else: of what everyone together may do, this
    /// server's share.
    pub(crate) fn get(&self) -> Limits {
        let limits = *self.limits.borrow();
        limits.shared_by(self.servers.load(Ordering::Relaxed))
    }

    /// Notes how many servers have the limits together. Returns whether that is new.
    pub(crate) fn share(&self, servers: u32) -> bool {
        self.servers.swap(servers, Ordering::Relaxed) != servers
    }
}

/// The limits of a server that starts, and where others are told.
pub(crate) fn current(limits: Limits) -> (watch::Sender<Limits>, CurrentLimits) {
    let (changing, current) = watch::channel(limits);
    (changing, CurrentLimits { limits: current, servers: Arc::new(AtomicU32::new(1)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Limits, String> {
        Limits::parse(Path::new("limits.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_printed_file_has_every_default_and_nothing_else() {
        assert_eq!(parse(Limits::FILE), Ok(Limits::default()));
        let names = |table: &toml::Table| table.keys().cloned().collect::<std::collections::BTreeSet<_>>();
        let printed: toml::Table = toml::from_str(Limits::FILE).unwrap();
        assert_eq!(names(&printed), names(&toml::Table::try_from(Limits::default()).unwrap()));
    }

    #[test]
    fn a_file_changes_what_it_names() {
        let limits = parse("connections = 10\nbody_deadline = \"1m 30s\"\n").unwrap();
        let body_deadline = Duration::from_secs(90);
        assert_eq!(limits, Limits { connections: 10, body_deadline, ..Limits::default() });
    }

    #[test]
    fn several_servers_have_each_limit_once_together() {
        let limits = Limits { ballots_a_voter_in_ten_minutes: 20, connections: 100, ..Limits::default() };
        let (_, current) = current(limits);
        assert_eq!(current.get(), limits);
        assert!(current.share(3));
        assert!(!current.share(3));
        let share = current.clone().get();
        assert_eq!((share.ballots_a_voter_in_ten_minutes, share.connections), (7, 100));
        assert_eq!(share.messages_a_phone_a_day, limits.messages_a_phone_a_day, "the database counts these");
        assert!(current.share(1));
        assert_eq!(current.get(), limits);
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, expected) in [
            ("connections = 10\nconections = 11\n", ["line 2", "unknown field `conections`"]),
            ("\n\nbody_deadline = 30\n", ["line 3", "expected a duration"]),
            ("body_deadline = \"soon\"\n", ["line 1", "a duration"]),
            ("connections = -1\n", ["line 1", "-1"]),
            ("connections = 10 20\n", ["line 1", ""]),
            ("connections = 0\n", ["connections", "must not be zero"]),
        ] {
            let refused = parse(text).unwrap_err();
            assert!(expected.iter().all(|part| refused.contains(part)), "{text:?}: {refused}");
        }
    }
}
