//! How much one voter, one phone, one address and everyone together may ask for.
//!
//! What concerns a phone is counted in the database and survives a restart. What concerns an
//! address is counted in memory only: addresses are personal data and are never stored.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The limits of a ballot box. The defaults suit a town.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Seconds for which a code is valid.
    pub code_lifetime: i64,
    /// Wrong guesses after which a code is dead.
    pub guesses_a_code: i64,
    /// Guesses a phone may make in a day, over all its codes.
    pub guesses_a_phone_a_day: i64,
    /// Seconds between two codes for one phone.
    pub resend_after: i64,
    /// Codes a phone may ask for in a day.
    pub codes_a_phone_a_day: i64,
    /// Sign-ins an address (of IPv6: a /64 network) may begin in an hour. Many phones share one
    /// address in a mobile network or a library, so this is generous.
    pub sign_ins_an_address_an_hour: u32,
    /// Guesses from an address in an hour.
    pub guesses_an_address_an_hour: u32,
    /// Ballots looked up by their code from an address in an hour.
    pub lookups_an_address_an_hour: u32,
    /// Codes sent in an hour in all, where registration is open and anyone's number gets one.
    pub open_codes_an_hour: u32,
    /// Seconds for which a signed-in voter stays signed in.
    pub session_lifetime: i64,
    /// Keys one voter may register in a day. Each costs up to two entries of the board.
    pub keys_a_voter_a_day: u32,
    /// Ballots one voter may cast in ten minutes. Each is kept for ever.
    pub ballots_a_voter_in_ten_minutes: u32,
    /// Time for a whole request body to arrive.
    pub body_deadline: Duration,
    /// Time for the head of a request to arrive.
    pub head_deadline: Duration,
    /// Time a ballot may wait for a place among those being verified.
    pub verify_wait: Duration,
    /// Ballots verified at once; zero means one for each processor.
    pub verify_at_once: usize,
    /// Connections held open at once.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            code_lifetime: 600,
            guesses_a_code: 5,
            guesses_a_phone_a_day: 20,
            resend_after: 30,
            codes_a_phone_a_day: 5,
            sign_ins_an_address_an_hour: 120,
            guesses_an_address_an_hour: 300,
            lookups_an_address_an_hour: 600,
            open_codes_an_hour: 5_000,
            session_lifetime: 1_800,
            keys_a_voter_a_day: 20,
            ballots_a_voter_in_ten_minutes: 20,
            body_deadline: Duration::from_secs(30),
            head_deadline: Duration::from_secs(10),
            verify_wait: Duration::from_secs(20),
            verify_at_once: 0,
            connections: 4_096,
        }
    }
}

/// Counters kept at most; when all are in use, the oldest windows go first.
const MOST_COUNTERS: usize = 100_000;

/// Counts events of a key in windows of fixed length.
#[derive(Debug)]
pub(crate) struct Counter<K> {
    window: i64,
    most: u32,
    counts: Mutex<HashMap<K, (i64, u32)>>,
}

impl<K: Eq + std::hash::Hash> Counter<K> {
    /// At most `most` events of one key in `window` seconds.
    pub(crate) fn new(most: u32, window: i64) -> Self {
        Counter { window, most, counts: Mutex::new(HashMap::new()) }
    }

    /// Counts one event, or says after how many seconds the next is allowed.
    pub(crate) fn count(&self, key: K, now: i64) -> Result<(), u64> {
        // A panic while holding the lock leaves only a count behind, which is still a count.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_COUNTERS {
            counts.retain(|_, (began, _)| now < *began + self.window);
        }
        if counts.len() >= MOST_COUNTERS && !counts.contains_key(&key) {
            return Err(1);
        }
        let (began, count) = counts.entry(key).or_insert((now, 0));
        if now >= *began + self.window {
            (*began, *count) = (now, 0);
        }
        if *count >= self.most {
            return Err(u64::try_from(*began + self.window - now).unwrap_or(1));
        }
        *count += 1;
        Ok(())
    }
}

/// The part of an address that one household or machine cannot change at will: all of IPv4, the
/// first 64 bits of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place(IpAddr);

impl Place {
    /// Whether this is the machine the server runs on. It is not limited: the organiser's own
    /// programs run there, and a proxy that was not announced would stand for the whole town.
    pub(crate) const fn is_this_machine(self) -> bool {
        self.0.is_loopback()
    }
}

impl From<IpAddr> for Place {
    fn from(address: IpAddr) -> Self {
        Place(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        })
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What is counted in memory.
#[derive(Debug)]
pub(crate) struct Counters {
    sign_ins: Counter<Place>,
    guesses: Counter<Place>,
    lookups: Counter<Place>,
    /// Codes that left where registration is open.
    pub(crate) open_codes: Counter<()>,
    /// New keys of a pseudonym.
    pub(crate) keys: Counter<[u8; 16]>,
    /// Ballots of a credential key.
    pub(crate) ballots: Counter<[u8; 32]>,
}

impl Counters {
    pub(crate) fn new(limits: &Limits) -> Self {
        Counters {
            sign_ins: Counter::new(limits.sign_ins_an_address_an_hour, HOUR),
            guesses: Counter::new(limits.guesses_an_address_an_hour, HOUR),
            lookups: Counter::new(limits.lookups_an_address_an_hour, HOUR),
            open_codes: Counter::new(limits.open_codes_an_hour, HOUR),
            keys: Counter::new(limits.keys_a_voter_a_day, DAY),
            ballots: Counter::new(limits.ballots_a_voter_in_ten_minutes, 10 * MINUTE),
        }
    }

    /// Counts a sign-in, or says how long its address must wait.
    pub(crate) fn sign_in_from(&self, place: Place, now: i64) -> Result<(), u64> {
        if place.is_this_machine() { Ok(()) } else { self.sign_ins.count(place, now) }
    }

    /// Counts a guess, or says how long its address must wait.
    pub(crate) fn guess_from(&self, place: Place, now: i64) -> Result<(), u64> {
        if place.is_this_machine() { Ok(()) } else { self.guesses.count(place, now) }
    }

    /// Counts a ballot that is looked up, or says how long its address must wait.
    pub(crate) fn lookup_from(&self, place: Place, now: i64) -> Result<(), u64> {
        if place.is_this_machine() { Ok(()) } else { self.lookups.count(place, now) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_refuses_what_is_over_and_forgets_when_it_ends() {
        let counter = Counter::new(2, 60);
        assert_eq!(counter.count("a", 0), Ok(()));
        assert_eq!(counter.count("a", 10), Ok(()));
        assert_eq!(counter.count("a", 20), Err(40));
        assert_eq!(counter.count("b", 20), Ok(()), "each key counts for itself");
        assert_eq!(counter.count("a", 60), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_place() {
        let place = |text: &str| Place::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(place("2001:db8::1"), place("2001:db8::ffff:2"));
        assert_ne!(place("2001:db8::1"), place("2001:db8:0:1::1"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
        assert_ne!(place("192.0.2.1"), place("192.0.2.2"));
    }
}
