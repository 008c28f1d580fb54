//! The desk over HTTP: what a clerk does with people from another computer, with a pass. The work itself is that of
//! [`people`](crate::people), the same as of the commands.
//!
//! | file | what it does |
//! |---|---|
//! | `pass` | who is asking, and what the pass is for |
//! | `one` | one person: find, unlock, a code on paper, add, move, strike, another number, a stolen key |
//! | `test_message` | a message that carries no code, before the vote |
//! | `roll` | a whole roll, checked or put in the place of the one before; the journal |
//! | `shown` | what is answered |
//! | `refusal` | why nothing was done, as a problem document |
//! | `room` | what is held in common: the place of uploads, the organiser's token |

pub(crate) mod one;
pub(crate) mod pass;
mod refusal;
pub(crate) mod roll;
pub(crate) mod room;
mod shown;
pub(crate) mod test_message;
