//! The commands of `veche`, one file each, and what they share.

pub mod folder;
pub mod pabulib;
