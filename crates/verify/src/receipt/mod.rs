//! A voter's receipt, and what a record says of its ballot: for the terminal and for the browser.
//!
//! | module | what it is |
//! |---|---|
//! | [`file`](mod@file) | the receipt that a voter's page saves |
//! | [`shown`] | that file, or the link of its QR code |
//! | [`standing`] | what a receipt that holds and a record of the same key say together |
//! | [`search`] | looking a ballot up in a record, bundle by bundle |

pub mod file;
pub mod search;
pub mod shown;
pub mod standing;

pub use file::{FileError, ReceiptFile, Wrong};
pub use search::{FindError, Finder, Finding, Sought};
pub use shown::{Held, Shown, ShownError, scope_of};
pub use standing::{Sighting, Standing};
