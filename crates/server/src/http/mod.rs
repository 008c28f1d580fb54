//! What stands around every request.

pub(crate) mod body;
pub(crate) mod client;
pub(crate) mod counters;
pub(crate) mod limits;
pub(crate) mod limits_file;
pub(crate) mod logs;
pub(crate) mod problem;
pub(crate) mod reads;
pub(crate) mod request_id;
pub(crate) mod router;
pub(crate) mod site;
