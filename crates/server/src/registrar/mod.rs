//! The registrar's half: who may vote. It knows people and no ballots.

pub(crate) mod background;
pub(crate) mod clerk;
pub(crate) mod context;
pub(crate) mod credential;
pub(crate) mod guess_watch;
pub(crate) mod issue;
pub(crate) mod keys;
pub(crate) mod pass;
pub(crate) mod phone;
pub(crate) mod remote_box;
pub(crate) mod roll;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sms;
