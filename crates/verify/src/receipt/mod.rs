//! A voter's receipt, and what a record says of its ballot: for the terminal and for the browser.
//!
//! | module | what it is |
//! |---|---|
//! | [`file`](mod@file) | the receipt that a voter's page saves |
//! | [`shown`] | that file, or the link of its QR code |
//! | [`follow`] | what becomes of a voter after a ballot: replaced, struck off |
//! | [`standing`] | what is seen of a ballot, and what that says together with a receipt that holds |
//! | [`search`] | looking a ballot up in a record, bundle by bundle |

pub mod file;
pub mod follow;
pub mod search;
pub mod shown;
pub mod standing;

pub use file::{FileError, ReceiptFile, Wrong};
pub use follow::{Follower, Trail};
pub use search::{FindError, Finder, Finding, Sought};
pub use shown::{Held, Shown, ShownError, scope_of};
pub use standing::{Mark, Sighting, Standing};
