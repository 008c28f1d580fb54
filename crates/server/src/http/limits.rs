//! How much one voter, one phone, one address and everyone together may ask for.
//!
//! What concerns a phone is counted in the database and survives a restart. What concerns an
//! address is counted in memory only: addresses are personal data and are never stored.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::seconds;

/// The limits of a ballot box. The defaults suit a town.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Time for which a code is valid.
    pub code_lifetime: Duration,
    /// Wrong guesses after which a code is dead.
    pub guesses_a_code: u32,
    /// Guesses a phone may make in a day, over all its codes.
    pub guesses_a_phone_a_day: u32,
    /// Time between two codes for one phone.
    pub resend_after: Duration,
    /// Codes a phone may ask for in a day.
    pub codes_a_phone_a_day: u32,
    /// Sign-ins an address (of IPv6: a /64 network) may begin in an hour. Many phones share one
    /// address in a mobile network or a library, so this is generous.
    pub sign_ins_an_address_an_hour: u32,
    /// Guesses from an address in an hour.
    pub guesses_an_address_an_hour: u32,
    /// Ballots looked up by their code from an address in an hour.
    pub lookups_an_address_an_hour: u32,
    /// Credentials and revocations that were signed elsewhere and are refused, from an address in an hour. Those that
    /// are taken are not counted: a registrar posts a whole town's from one address.
    pub refused_registrations_an_address_an_hour: u32,
    /// Codes sent in an hour in all, where registration is open and anyone's number gets one.
    pub open_codes_an_hour: u32,
    /// Time for which a signed-in voter stays signed in.
    pub session_lifetime: Duration,
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
            code_lifetime: Duration::from_secs(600),
            guesses_a_code: 5,
            guesses_a_phone_a_day: 20,
            resend_after: Duration::from_secs(30),
            codes_a_phone_a_day: 5,
            sign_ins_an_address_an_hour: 120,
            guesses_an_address_an_hour: 300,
            lookups_an_address_an_hour: 600,
            refused_registrations_an_address_an_hour: 300,
            open_codes_an_hour: 5_000,
            session_lifetime: Duration::from_secs(1_800),
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
    window: Duration,
    most: u32,
    counts: Mutex<HashMap<K, (i64, u32)>>,
}

impl<K: Eq + std::hash::Hash> Counter<K> {
    /// At most `most` events of one key in one window.
    pub(crate) fn new(most: u32, window: Duration) -> Self {
        Counter { window, most, counts: Mutex::new(HashMap::new()) }
    }

    /// Whether one more event would be within the limit; else how long to wait. Counts nothing.
    pub(crate) fn room(&self, key: &K, now: i64) -> Result<(), Duration> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(key) {
            Some((began, count)) if *count >= self.most => {
                let left = began.saturating_add(seconds(self.window)).saturating_sub(now);
                u64::try_from(left)
                    .ok()
                    .filter(|left| *left > 0)
                    .map_or(Ok(()), |left| Err(Duration::from_secs(left)))
            }
            _ => Ok(()),
        }
    }

    /// Counts one event at a Unix time, or says how long to wait for the next.
    pub(crate) fn count(&self, key: K, now: i64) -> Result<(), Duration> {
        let end = |began: i64| began.saturating_add(seconds(self.window));
        // A panic while holding the lock leaves only a count behind, which is still a count.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MOST_COUNTERS {
            counts.retain(|_, (began, _)| now < end(*began));
        }
        if counts.len() >= MOST_COUNTERS && !counts.contains_key(&key) {
            return Err(Duration::from_secs(1));
        }
        let (began, count) = counts.entry(key).or_insert((now, 0));
        if now >= end(*began) {
            (*began, *count) = (now, 0);
        }
        if *count >= self.most {
            return Err(Duration::from_secs(u64::try_from(end(*began).saturating_sub(now)).unwrap_or(1)));
        }
        *count += 1;
        Ok(())
    }
}

/// The part of an address that one household or machine cannot change at will: all of IPv4, the
/// first 64 bits of IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientNetwork(IpAddr);

impl ClientNetwork {
    /// Whether this is the machine the server runs on. It is not limited: the organiser's own
    /// programs run there, and a proxy that was not announced would stand for the whole town.
    const fn is_this_machine(self) -> bool {
        self.0.is_loopback()
    }
}

impl From<IpAddr> for ClientNetwork {
    fn from(address: IpAddr) -> Self {
        ClientNetwork(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        })
    }
}

impl Counter<ClientNetwork> {
    /// Counts one event of a network, unless it is this machine, or says how long to wait for the next.
    pub(crate) fn count_from(&self, network: ClientNetwork, now: i64) -> Result<(), Duration> {
        if network.is_this_machine() { Ok(()) } else { self.count(network, now) }
    }
}

/// Ten minutes.
pub(crate) const TEN_MINUTES: Duration = Duration::from_secs(600);
/// An hour.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
/// A day, for the limits that count by day. It is the last 24 hours, not a calendar day.
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_refuses_what_is_over_and_forgets_when_it_ends() {
        let counter = Counter::new(2, Duration::from_secs(60));
        assert_eq!(counter.count("a", 0), Ok(()));
        assert_eq!(counter.count("a", 10), Ok(()));
        assert_eq!(counter.room(&"a", 10), Err(Duration::from_secs(50)));
        assert_eq!(counter.count("a", 20), Err(Duration::from_secs(40)));
        assert_eq!((counter.room(&"a", 60), counter.room(&"b", 20)), (Ok(()), Ok(())));
        assert_eq!(counter.count("b", 20), Ok(()), "each key counts for itself");
        assert_eq!(counter.count("a", 60), Ok(()));
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_network() {
        let network = |text: &str| ClientNetwork::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
