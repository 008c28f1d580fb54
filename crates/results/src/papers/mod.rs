//! What a town prints, signs and files after a vote: pages of HTML that need nothing else and print on A4.
//!
//! | page | for whom |
//! |---|---|
//! | [`Protocol`] | the count, with lines for signatures |
//! | [`readme`] | a stranger who opens the archive in ten years |
//! | [`deletion`] | the clerk: what to delete after the vote, what to keep |
//!
//! Every text of a record is escaped, and keeps its direction to itself.

mod contest;
mod deletion;
mod hours;
mod page;
mod protocol;
mod readme;
mod wording;

pub use deletion::deletion;
pub use protocol::Protocol;
pub use readme::{Files, Readme, readme};
