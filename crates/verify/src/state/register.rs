//! Things found by their bytes, kept small: a city's board has hundreds of thousands of each.
//!
//! The items lie in chunks, so that growing never copies them nor reserves twice what is needed, and
//! beside them an index of four bytes and a control byte a place. Lookups compare whole keys:
//! nothing here is a fingerprint that could be wrong.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

/// Items of a chunk.
const CHUNK: usize = 1 << 12;

/// Something with bytes that identify it.
pub trait Keyed {
    /// The bytes: no two items of a register have the same.
    fn key(&self) -> &[u8];
}

impl<const N: usize> Keyed for [u8; N] {
    fn key(&self) -> &[u8] {
        self
    }
}

/// Items by their keys, numbered as they came.
#[derive(Debug)]
pub struct Register<T> {
    chunks: Vec<Vec<T>>,
    index: HashTable<u32>,
    count: usize,
    hasher: RandomState,
}

impl<T: Keyed> Default for Register<T> {
    fn default() -> Self {
        Register::new()
    }
}

impl<T: Keyed> Register<T> {
    /// Nothing.
    pub fn new() -> Self {
        Register { chunks: Vec::new(), index: HashTable::new(), count: 0, hasher: RandomState::new() }
    }

    /// The item with this number.
    pub fn at(&self, number: u32) -> Option<&T> {
        at(&self.chunks, number)
    }

    /// The same, to be changed: but not its key.
    pub fn at_mut(&mut self, number: u32) -> Option<&mut T> {
        let (chunk, position) = place(number);
        self.chunks.get_mut(chunk)?.get_mut(position)
    }

    /// All items, also forgotten ones, as they came.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flatten()
    }

    /// The number of the item with this key.
    pub fn find(&self, key: &[u8]) -> Option<u32> {
        let same = |&number: &u32| self.at(number).is_some_and(|item| item.key() == key);
        self.index.find(self.hasher.hash_one(key), same).copied()
    }

    /// Adds an item whose key is new; its number. Nothing is added after 2³² - 1 items, which is more
    /// entries than any board has.
    pub fn push(&mut self, item: T) -> Option<u32> {
        let number = u32::try_from(self.count).ok().filter(|&number| number < u32::MAX)?;
        let hash = self.hasher.hash_one(item.key());
        match self.chunks.last_mut().filter(|chunk| chunk.len() < CHUNK) {
            Some(chunk) => chunk.push(item),
            None => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(item);
                self.chunks.push(chunk);
            }
        }
        self.count += 1;
        let (chunks, hasher) = (&self.chunks, &self.hasher);
        let rehash = |&number: &u32| at(chunks, number).map_or(0, |item| hasher.hash_one(item.key()));
        self.index.insert_unique(hash, number, rehash);
        Some(number)
    }

    /// Makes as if the item with this key had never been added. Its place is not used again.
    pub fn forget(&mut self, key: &[u8]) {
        let chunks = &self.chunks;
        let same = |&number: &u32| at(chunks, number).is_some_and(|item| item.key() == key);
        if let Ok(found) = self.index.find_entry(self.hasher.hash_one(key), same) {
            found.remove();
        }
    }

    /// Bytes of memory that are held.
    pub fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * size_of::<T>() + self.index.allocation_size()
    }
}

fn place(number: u32) -> (usize, usize) {
    (number as usize / CHUNK, number as usize % CHUNK)
}

fn at<T>(chunks: &[Vec<T>], number: u32) -> Option<&T> {
    let (chunk, position) = place(number);
    chunks.get(chunk)?.get(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found_and_nothing_else() {
        let mut register = Register::new();
        let key = |number: u32| (number.wrapping_mul(2_654_435_761)).to_le_bytes();
        for number in 0..10_000 {
            assert_eq!(register.push(key(number)), Some(number));
        }
        for number in 0..10_000 {
            assert_eq!(register.find(&key(number)), Some(number));
            assert_eq!(register.at(number), Some(&key(number)));
        }
        assert!((10_000..20_000).all(|number| register.find(&key(number)).is_none()));
        assert_eq!((register.count, register.at(10_000)), (10_000, None));
        register.forget(&key(7));
        assert_eq!((register.find(&key(7)), register.find(&key(8))), (None, Some(8)));
        assert_eq!(register.push(key(7)), Some(10_000));
        assert_eq!(register.find(&key(7)), Some(10_000));
    }
}
