//! A witness of boards, c2sp.org/tlog-witness: it remembers the largest checkpoint that it has seen of each log it
//! knows, and cosigns a newer one only with a proof that the log has not changed what it had shown before. Knows no
//! elections.
//!
//! | module | what it is |
//! |---|---|
//! | [`request`] | the body of `add-checkpoint` |
//! | [`store`] | the folder: the key, and a file with the last checkpoint of each log |
//! | [`witness`] | the decision, in the order in which the specification has it |
//! | [`http`] | the same over HTTP |
//!
//! One promise holds everything up: **the new checkpoint is on the disk before its cosignature is shown to anybody**,
//! and the comparison with the old one and the writing are one step that no other request can come between.

pub mod http;
pub mod request;
pub mod store;
pub mod witness;

pub use http::{router, serve};
pub use request::{MAX_REQUEST_BYTES, Request};
pub use store::{StoreError, create};
pub use veche_listener::{TooFewDescriptors, raise_descriptors};
pub use witness::{OpenError, Refusal, Witness};
