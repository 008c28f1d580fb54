//! What a running server counts, for Prometheus: at an address of its own, never at the public one.
//!
//! Nothing here is of a person, and the values of every label are a list that stands in the program: routes as they are
//! written, methods, statuses, kinds of problem.

pub(crate) mod exporter;
pub(crate) mod machine;
pub(crate) mod requests;
pub(crate) mod state;
