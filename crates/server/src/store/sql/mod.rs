//! What both databases do alike: the registrar's half and the board, in statements that both understand. What they do
//! each in its own way is in their folders.

mod board;
mod desk_pass;
mod help;
mod many;
mod registrar;
mod roll;
pub(super) mod servers;

use crate::store::error::StoreError;

/// A stored hash or pseudonym, whose length the tables check.
fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a hash or a pseudonym of another length"))
}

/// A stored number that is small and not below zero.
fn small<N: TryFrom<i64>>(number: i64) -> Result<N, StoreError> {
    N::try_from(number).map_err(|_| StoreError::Damaged("a number that is out of its range"))
}
