//! Counts what voters and addresses do, in memory only: addresses are personal data and are never stored.
//!
//! Counters of voters are as many as there are voters: only who has signed in, or holds a key of the board, has one. Of
//! addresses there is no end, so their counters have a fixed number of places. When these run out the one that was
//! used longest ago is forgotten: its address may begin anew, and nobody is refused because others were many. What
//! keeps a stranger with a great many addresses in bounds are the networks that these belong to.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use crate::clock::seconds;
use crate::http::limits::{CurrentLimits, Limits};

/// Events of a window, and when that began.
#[derive(Debug, Clone, Copy)]
struct Window {
    began: i64,
    count: u32,
}

impl Window {
    /// How long one more event would have to wait, at a Unix time.
    fn wait(self, most: u32, length: Duration, now: i64) -> Option<Duration> {
        let left = self.began.saturating_add(seconds(length)).saturating_sub(now);
        let left = u64::try_from(left).ok().filter(|left| *left > 0)?;
        (self.count >= most).then_some(Duration::from_secs(left))
    }

    /// The same window with one more event, or a new one.
    fn with_one_more(before: Option<Window>, length: Duration, now: i64) -> Window {
        match before {
            Some(Window { began, count }) if now < began.saturating_add(seconds(length)) => {
                Window { began, count: count.saturating_add(1) }
            }
            _ => Window { began: now, count: 1 },
        }
    }
}

/// How much is allowed in a window.
#[derive(Debug, Clone)]
struct Rule {
    limits: CurrentLimits,
    most: fn(&Limits) -> u32,
    length: Duration,
}

/// Counts events of a voter, or of everybody together, in windows of fixed length. There are as many keys as voters:
/// it is not for what a stranger can invent.
#[derive(Debug)]
pub(crate) struct Counter<K> {
    rule: Rule,
    counts: Mutex<Counts<K>>,
}

#[derive(Debug)]
struct Counts<K> {
    windows: HashMap<K, Window>,
    /// The number of keys at which those are forgotten whose window is over.
    tidy_at: usize,
}

/// Keys that are not worth tidying up.
const FEW: usize = 1_024;

impl<K: Eq + Hash> Counter<K> {
    /// At most so many events of one key in one window.
    pub(crate) fn new(limits: &CurrentLimits, most: fn(&Limits) -> u32, length: Duration) -> Self {
        let counts = Counts { windows: HashMap::new(), tidy_at: FEW };
        Counter { rule: Rule { limits: limits.clone(), most, length }, counts: Mutex::new(counts) }
    }

    /// Counts one event at a Unix time, or says how long to wait for the next.
    pub(crate) fn count(&self, key: K, now: i64) -> Result<(), Duration> {
        let Rule { limits, most, length } = &self.rule;
        let most = most(&limits.get());
        // A panic while holding the lock leaves only a count behind, which is still a count.
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let Counts { windows, tidy_at } = &mut *counts;
        if windows.len() >= *tidy_at {
            windows.retain(|_, window| now < window.began.saturating_add(seconds(*length)));
            *tidy_at = FEW.max(2 * windows.len());
        }
        let before = windows.get(&key).copied();
        if let Some(wait) = before.and_then(|window| window.wait(most, *length, now)) {
            return Err(wait);
        }
        windows.insert(key, Window::with_one_more(before, *length, now));
        Ok(())
    }
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientNetwork {
    address: IpAddr,
    limited: bool,
}

impl ClientNetwork {
    /// The machine that the server runs on, asked directly. It is not limited: the organiser's own programs run there,
    /// and a proxy that was not announced would stand for the whole town.
    pub(crate) const fn this_machine(address: IpAddr) -> Self {
        ClientNetwork { address, limited: false }
    }

    /// What one customer of a provider may have: 256 addresses of IPv4, a /48 of IPv6. For taking turns.
    pub(crate) fn neighbourhood(self) -> IpAddr {
        match self.address.to_canonical() {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & (u32::MAX << 8)).into(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80)).into(),
        }
    }

    /// The networks that an event is counted for, the widest first, each with how many times the limit it has.
    fn parts(self, limits: &Limits) -> impl Iterator<Item = (Network, u32)> + use<> {
        let (v4, v6) = match self.address.to_canonical() {
            IpAddr::V4(address) => (Some(Network { bits: address.to_bits().into(), length: 0 }), None),
            IpAddr::V6(address) => (None, Some(address.to_bits())),
        };
        let lengths = [(32, limits.times_for_an_ipv6_32), (48, limits.times_for_an_ipv6_48), (64, 1)];
        let prefixes = v6.into_iter().flat_map(move |bits| {
            lengths.map(|(length, times)| {
                (Network { bits: bits & (u128::MAX << (128 - length)), length }, times)
            })
        });
        v4.map(|network| (network, 1)).into_iter().chain(prefixes)
    }
}

impl From<IpAddr> for ClientNetwork {
    fn from(address: IpAddr) -> Self {
        ClientNetwork { address, limited: true }
    }
}

/// An address of IPv4, or the first bits of one of IPv6: a /64 is what one household or machine cannot change at will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Network {
    bits: u128,
    /// Bits of IPv6; zero says that it is an address of IPv4.
    length: u8,
}

/// Networks kept of one counter. With 114 bytes each, the six of a server take 90 megabytes at most.
const MOST_NETWORKS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(131_071);

/// Counts events of addresses, and of the networks that they are in.
#[derive(Debug)]
pub(crate) struct NetworkCounter {
    rule: Rule,
    windows: Mutex<LruCache<Network, Window>>,
}

impl NetworkCounter {
    /// At most so many events of one address in one window.
    pub(crate) fn new(limits: &CurrentLimits, most: fn(&Limits) -> u32, length: Duration) -> Self {
        let rule = Rule { limits: limits.clone(), most, length };
        NetworkCounter { rule, windows: Mutex::new(LruCache::new(MOST_NETWORKS)) }
    }

    /// Counts one event at a Unix time, or says how long to wait for the next. What is refused is not counted, neither
    /// for the address nor for the networks around it: those next door are not to suffer for it, and a network that has
    /// used up its limit takes no more places.
    pub(crate) fn count(&self, from: ClientNetwork, now: i64) -> Result<(), Duration> {
        self.look(from, now, true)
    }

    /// Whether one more event would be within the limit; else how long to wait. Counts nothing.
    pub(crate) fn room(&self, from: ClientNetwork, now: i64) -> Result<(), Duration> {
        self.look(from, now, false)
    }

    fn look(&self, from: ClientNetwork, now: i64, count: bool) -> Result<(), Duration> {
        if !from.limited {
            return Ok(());
        }
        let Rule { limits, most, length } = &self.rule;
        let limits = limits.get();
        let most = most(&limits);
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        for (network, times) in from.parts(&limits) {
            let window = windows.peek(&network).copied();
            if let Some(wait) =
                window.and_then(|window| window.wait(most.saturating_mul(times), *length, now))
            {
                return Err(wait);
            }
        }
        if count {
            for (network, _) in from.parts(&limits) {
                let before = windows.peek(&network).copied();
                windows.put(network, Window::with_one_more(before, *length, now));
            }
        }
        Ok(())
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
    use crate::http::limits::current;

    /// Limits that allow two sign-ins and `times` for the networks around an address.
    fn limits(most: u32, times: [u32; 2]) -> CurrentLimits {
        let [times_for_an_ipv6_48, times_for_an_ipv6_32] = times;
        let sign_ins_an_address_an_hour = most;
        current(Limits {
            sign_ins_an_address_an_hour,
            times_for_an_ipv6_48,
            times_for_an_ipv6_32,
            keys_a_voter_a_day: most,
            ..Limits::default()
        })
        .1
    }

    fn sign_ins(limits: &CurrentLimits) -> NetworkCounter {
        NetworkCounter::new(limits, |limits| limits.sign_ins_an_address_an_hour, HOUR)
    }

    fn from(text: &str) -> ClientNetwork {
        ClientNetwork::from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_window_refuses_what_is_over_and_forgets_when_it_ends() {
        let minute = Duration::from_secs(60);
        let counter = Counter::new(&limits(2, [1, 1]), |limits| limits.keys_a_voter_a_day, minute);
        assert_eq!(counter.count("a", 0), Ok(()));
        assert_eq!(counter.count("a", 10), Ok(()));
        assert_eq!(counter.count("a", 20), Err(Duration::from_secs(40)));
        assert_eq!(counter.count("b", 20), Ok(()), "each key counts for itself");
        assert_eq!(counter.count("a", 60), Ok(()));
    }

    #[test]
    fn a_limit_that_changes_holds_at_once() {
        let (changing, limits) = current(Limits { sign_ins_an_address_an_hour: 1, ..Limits::default() });
        let counter = sign_ins(&limits);
        assert_eq!(counter.count(from("192.0.2.1"), 0), Ok(()));
        assert_eq!(counter.room(from("192.0.2.1"), 1), Err(HOUR - Duration::from_secs(1)));
        changing.send_modify(|limits| limits.sign_ins_an_address_an_hour = 2);
        assert_eq!(counter.count(from("192.0.2.1"), 1), Ok(()));
        assert!(counter.count(from("192.0.2.1"), 1).is_err());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_network() {
        let same = |one: &str, other: &str| {
            let counter = sign_ins(&limits(1, [9, 9]));
            counter.count(from(one), 0).unwrap();
            counter.count(from(other), 0).is_err()
        };
        assert!(same("2001:db8::1", "2001:db8::ffff:2"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
    }

    #[test]
    fn this_machine_is_not_limited_and_its_address_in_a_header_is() {
        let counter = sign_ins(&limits(1, [1, 1]));
        let address: IpAddr = "127.0.0.1".parse().unwrap();
        assert!((0..9).all(|_| counter.count(ClientNetwork::this_machine(address), 0).is_ok()));
        assert!(counter.count(ClientNetwork::from(address), 0).is_ok());
        assert!(counter.count(ClientNetwork::from(address), 0).is_err());
    }

    #[test]
    fn attack_58_many_small_networks_are_limited_by_the_large_ones_they_are_in() {
        let allowed = |networks: &mut dyn Iterator<Item = String>| {
            let counter = sign_ins(&limits(2, [5, 20]));
            networks.filter(|network| counter.count(from(network), 0).is_ok()).count()
        };
        assert_eq!(allowed(&mut (0..1_000).map(|n| format!("2001:db8:1:{n:x}::1"))), 10, "2, five times");
        assert_eq!(allowed(&mut (0..1_000).map(|n| format!("2001:db8:{n:x}::1"))), 40, "2, twenty times");
        assert_eq!(allowed(&mut (0..1_000).map(|n| format!("2001:{n:x}::1"))), 1_000, "whole providers");
    }

    /// More voters and more junk than there are places.
    #[test]
    fn attack_58_junk_networks_and_voters_by_the_hundred_thousand_refuse_no_honest_one() {
        let limits = current(Limits::default()).1;
        let addresses = sign_ins(&limits);
        let voters = Counter::new(&limits, |limits| limits.keys_a_voter_a_day, DAY);
        let mut junk_allowed = 0;
        for n in 0..200_000_u32 {
            let now = i64::from(n) / 50; // Little more than an hour.
            // One who rents a /32 has another /64 each time.
            let junk = format!("2001:db8:{:x}:{:x}::1", n % 65_521, n / 65_521);
            junk_allowed += u32::from(addresses.count(from(&junk), now).is_ok());
            // A third of the voters have an address each, a third share 64 of a mobile carrier, a third have a /64 of
            // one of five carriers.
            let voter = match n % 3 {
                0 => format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255),
                1 => format!("198.51.100.{}", n % 64),
                _ => format!("2a00:{:x}:{:x}:{:x}::1", n % 5, n >> 16, n & 0xffff),
            };
            assert_eq!(addresses.count(from(&voter), now), Ok(()), "{voter}");
            assert_eq!(voters.count(n, now), Ok(()), "voter {n}");
        }
        // All of the junk together is allowed what one provider is, in each of the two hours that were begun.
        assert!(junk_allowed <= 2 * 20 * 3_000, "{junk_allowed}");
        assert_eq!(addresses.windows.lock().unwrap().len(), MOST_NETWORKS.get());
        assert_eq!(voters.counts.lock().unwrap().windows.len(), 200_000);
    }
}
