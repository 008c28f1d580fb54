//! The ballot box.
mod clock;
mod db;
mod keys;
mod limits;
mod log;
mod phone;
mod problem;
mod sms;
