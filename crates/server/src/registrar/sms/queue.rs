//! Who is next: everyone in turn by where they ask from, so that whoever asks for much waits for themself.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A queue of so many at most, with a lane for each place.
#[derive(Debug)]
pub(super) struct FairQueue<K, J> {
    lanes: HashMap<K, VecDeque<J>>,
    /// The places that have a lane, the next one first.
    turns: VecDeque<K>,
    len: usize,
    most: usize,
}

impl<K: Copy + Eq + Hash, J> FairQueue<K, J> {
    pub(super) fn new(most: usize) -> Self {
        FairQueue { lanes: HashMap::new(), turns: VecDeque::new(), len: 0, most }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Whether one more would push another out.
    pub(super) const fn is_full(&self) -> bool {
        self.len >= self.most
    }

    /// Whether more than half of the room is taken.
    pub(super) const fn is_crowded(&self) -> bool {
        self.len > self.most / 2
    }

    /// Everything that waits, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &J> {
        self.lanes.values().flatten()
    }

    /// Takes one in. Gives back what has no place any more: the newest of the longest lane, which may be this one.
    pub(super) fn push(&mut self, place: K, job: J) -> Option<J> {
        let own = self.lanes.get(&place).map_or(0, VecDeque::len);
        let longest =
            self.lanes.iter().max_by_key(|(_, lane)| lane.len()).map(|(place, lane)| (*place, lane.len()));
        let crowded_out = match longest {
            Some((_, len)) if self.is_full() && own + 1 >= len => return Some(job),
            Some((longest, _)) if self.is_full() => self.take(longest, VecDeque::pop_back),
            None if self.is_full() => return Some(job),
            _ => None,
        };
        let lane = self.lanes.entry(place).or_default();
        if lane.is_empty() {
            self.turns.push_back(place);
        }
        lane.push_back(job);
        self.len += 1;
        crowded_out
    }

    /// Takes the first that is ready of the next place that has one; that place is the last one then.
    pub(super) fn pop(&mut self, ready: impl Fn(&J) -> bool) -> Option<(K, J)> {
        for _ in 0..self.turns.len() {
            let place = self.turns.pop_front()?;
            self.turns.push_back(place);
            let first = self.lanes.get(&place).and_then(|lane| lane.iter().position(&ready));
            if let Some(job) = first.and_then(|first| self.take(place, |lane| lane.remove(first))) {
                return Some((place, job));
            }
        }
        None
    }

    /// Drops what is not to be kept.
    pub(super) fn retain(&mut self, keep: impl Fn(&J) -> bool) {
        for lane in self.lanes.values_mut() {
            lane.retain(&keep);
        }
        self.tidy();
    }

    fn take(&mut self, place: K, which: impl FnOnce(&mut VecDeque<J>) -> Option<J>) -> Option<J> {
        let job = self.lanes.get_mut(&place).and_then(which);
        self.tidy();
        job
    }

    fn tidy(&mut self) {
        self.lanes.retain(|_, lane| !lane.is_empty());
        self.turns.retain(|place| self.lanes.contains_key(place));
        self.len = self.lanes.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(queue: &mut FairQueue<char, u32>) -> Vec<(char, u32)> {
        std::iter::from_fn(|| queue.pop(|_| true)).collect()
    }

    #[test]
    fn places_take_turns() {
        let mut queue = FairQueue::new(10);
        for job in 0..4 {
            assert_eq!(queue.push('a', job), None);
        }
        queue.push('b', 10);
        queue.push('c', 20);
        queue.push('b', 11);
        assert_eq!(
            all(&mut queue),
            [('a', 0), ('b', 10), ('c', 20), ('a', 1), ('b', 11), ('a', 2), ('a', 3)]
        );
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn who_asks_for_most_is_crowded_out() {
        let mut queue = FairQueue::new(3);
        for job in 0..3 {
            queue.push('a', job);
        }
        assert_eq!(queue.push('a', 3), Some(3), "its own newest");
        assert_eq!(queue.push('b', 10), Some(2), "the newest of the longest lane");
        assert_eq!(queue.push('c', 20), Some(1));
        assert_eq!(queue.push('d', 30), Some(30), "nobody waits for more than one");
        assert_eq!(all(&mut queue), [('a', 0), ('b', 10), ('c', 20)]);
        assert_eq!(FairQueue::new(0).push('a', 1), Some(1));
    }

    #[test]
    fn a_queue_is_crowded_until_half_of_it_is_free() {
        let mut queue = FairQueue::new(3);
        let seen = [0, 1, 2].map(|job| {
            queue.push('a', job);
            (queue.is_full(), queue.is_crowded())
        });
        assert_eq!(seen, [(false, false), (false, true), (true, true)]);
        queue.pop(|_| true);
        assert_eq!((queue.is_full(), queue.is_crowded()), (false, true));
    }

    #[test]
    fn what_is_not_ready_keeps_its_place_and_holds_nobody_up() {
        let mut queue = FairQueue::new(10);
        for (place, job) in [('a', 0), ('a', 1), ('b', 10)] {
            queue.push(place, job);
        }
        assert_eq!(queue.pop(|job| *job != 0), Some(('a', 1)));
        assert_eq!(queue.pop(|job| *job != 0), Some(('b', 10)));
        assert_eq!(queue.pop(|job| *job != 0), None);
        queue.retain(|job| *job != 0);
        assert_eq!((queue.len(), queue.iter().count()), (0, 0));
    }
}
