//! The `veche` command.
fn main() {}
