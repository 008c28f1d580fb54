//! What a town prints, signs and files: pages of HTML that need nothing else and print on A4.
//!
//! | page | for whom |
//! |---|---|
//! | [`Preview`] | before the vote: the proof, the ballots on paper, the example of the funding rule |
//! | [`Protocol`] | the count, with lines for signatures |
//! | [`readme`] | a stranger who opens the archive in ten years |
//! | [`deletion`] | the clerk: what to delete after the vote, what to keep |
//! | [`rules`] | whoever freezes the vote: its rules in sentences |
//! | [`Invitation`] | a trustee, before the vote; [`Reminder`] has the sentence for who is waited for |
//!
//! Every text of a record is escaped, and keeps its direction to itself.

mod contest;
mod deletion;
mod draws;
mod hours;
mod page;
mod preview;
mod protocol;
mod readme;
mod rules;
mod trustees;
mod wording;

pub use deletion::{Deletion, deletion};
pub use draws::{DrawNote, DrawNotesError};
pub use preview::{Preview, PreviewPage, Screen};
pub use protocol::Protocol;
pub use readme::{Files, Readme, readme};
pub use rules::{Rules, rules};
pub use trustees::{Asked, Invitation, Picture, Reminder};
