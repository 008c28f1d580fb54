//! Who may vote: knows people, and no ballots.

pub(crate) mod credential;
pub(crate) mod phone;
pub(crate) mod roll;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sms;
