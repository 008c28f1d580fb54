//! Accepts connections for an HTTP service so that slow, idle and many clients cost little and keep nobody out. Knows
//! no elections.
//!
//! - The head of a request must arrive before a deadline, which also closes connections that stand idle. It has at most
//!   [`MAX_HEAD_BYTES`]; a longer one is refused with 431.
//! - An answer that its client does not read is given up. What a body may take is for the service to say.
//! - When places run out, those connections are closed on which nothing is asked at the moment, first those of the
//!   address that holds the most. Only where something is asked on every one does a newcomer wait.
//! - Some file descriptors are never taken by connections, so that the database can still open its files.
//!
//! | module | what it is |
//! |---|---|
//! | [`descriptors`] | how many files this process may open |
//! | `places` | who holds a connection, and whose is closed for a newcomer |
//! | `serve` | accepting and serving |
//! | `stop` | when a service is to end |

pub mod descriptors;
mod places;
mod serve;
mod stop;

pub use descriptors::{TooFewDescriptors, raise_descriptors};
pub use serve::{MAX_HEAD_BYTES, Settings, serve};
pub use stop::until_asked_to_stop;
