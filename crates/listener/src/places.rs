//! Who holds a connection, and whose is closed for a newcomer.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use tower_http::metrics::in_flight_requests::InFlightRequestsCounter;

/// The connections that are open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    places: HashMap<u64, Held>,
    next: u64,
}

/// When the last request on a connection began, or it was opened.
#[derive(Debug, Clone)]
pub(crate) struct LastUse(Arc<Mutex<Use>>);

#[derive(Debug)]
struct Use {
    at: Instant,
    asked: bool,
}

impl LastUse {
    fn now() -> Self {
        LastUse(Arc::new(Mutex::new(Use { at: Instant::now(), asked: false })))
    }

    /// A request begins.
    pub(crate) fn touch(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Use { at: Instant::now(), asked: true };
    }

    fn get(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).at
    }

    /// Whether there was a request.
    pub(crate) fn was_asked(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).asked
    }
}

/// What is known of a connection.
#[derive(Debug)]
struct Held {
    by: IpAddr,
    used: LastUse,
    /// Requests on it whose answer is not sent whole yet.
    in_flight: InFlightRequestsCounter,
    /// Tells it to close.
    close: Arc<Notify>,
    /// Whether it was told already.
    closing: bool,
}

impl Held {
    fn is_idle(&self) -> bool {
        !self.closing && self.in_flight.get() == 0
    }
}

/// The place of one connection, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    number: u64,
    pub(crate) used: LastUse,
    /// Requests on it whose answer is not sent whole yet.
    pub(crate) in_flight: InFlightRequestsCounter,
    /// Somebody else needs the place.
    pub(crate) close: Arc<Notify>,
}

impl Places {
    /// Takes a place.
    pub(crate) fn take(&self, by: IpAddr) -> Place {
        let by = network(by);
        let (used, in_flight, close) =
            (LastUse::now(), InFlightRequestsCounter::new(), Arc::new(Notify::new()));
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = open.next;
        open.next += 1;
        let held = Held {
            by,
            used: used.clone(),
            in_flight: in_flight.clone(),
            close: Arc::clone(&close),
            closing: false,
        };
        open.places.insert(number, held);
        Place { places: self.clone(), number, used, in_flight, close }
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).places.len()
    }

    /// How many an address has that were not told to close.
    pub(crate) fn of(&self, by: IpAddr) -> usize {
        let by = network(by);
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.places.values().filter(|held| held.by == by && !held.closing).count()
    }

    /// Closes connections on which nothing is asked, until `most` are closing: of those who hold the most, the ones
    /// that were used longest ago. No more than are needed: one that has just come has not had the time to ask.
    pub(crate) fn make_room(&self, most: usize) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let closing = open.places.values().filter(|held| held.closing).count();
        drop(open);
        self.close_idle(None, most.saturating_sub(closing));
    }

    /// Closes one connection of this address on which nothing is asked. Returns whether there was one.
    pub(crate) fn make_room_at(&self, of: IpAddr) -> bool {
        self.close_idle(Some(network(of)), 1) == 1
    }

    fn close_idle(&self, of: Option<IpAddr>, most: usize) -> usize {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shares: HashMap<IpAddr, usize> = HashMap::new();
        for held in open.places.values().filter(|held| !held.closing) {
            *shares.entry(held.by).or_default() += 1;
        }
        let mut idle: Vec<_> = open
            .places
            .values_mut()
            .filter(|held| held.is_idle() && of.is_none_or(|of| of == held.by))
            .map(|held| (Reverse(shares.get(&held.by).copied()), held.used.get(), held))
            .collect();
        idle.sort_by_key(|(share, used, _)| (*share, *used));
        idle.into_iter()
            .take(most)
            .map(|(_, _, held)| {
                held.closing = true;
                held.close.notify_one();
            })
            .count()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.lock().unwrap_or_else(PoisonError::into_inner).places.remove(&self.number);
    }
}

/// What one household or machine cannot change at will: all of an address of IPv4, the first 64 bits of one of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn those_go_first_that_hold_the_most_and_were_used_longest_ago() {
        let places = Places::default();
        let one = places.take(address("192.0.2.1"));
        let first = places.take(address("2001:db8::1"));
        let second = places.take(address("2001:db8::2"));
        let third = places.take(address("2001:db8::3"));
        first.used.touch();
        assert_eq!((places.taken(), places.of(address("2001:db8::9"))), (4, 3));
        assert_eq!(places.close_idle(None, 1), 1);
        second.close.notified().await;
        assert_eq!(places.of(address("2001:db8::9")), 2, "who is told to close holds nothing more");
        assert!(places.make_room_at(address("192.0.2.1")));
        one.close.notified().await;
        places.make_room(2);
        assert_eq!(places.of(address("2001:db8::9")), 2, "two are closing already");
        assert_eq!(places.close_idle(None, 9), 2);
        first.close.notified().await;
        third.close.notified().await;
        assert_eq!((places.close_idle(None, 9), places.taken()), (0, 4));
        drop((one, first));
        assert_eq!(places.taken(), 2);
    }
}
