//! The steps behind `cargo xtask`, as a library, so that the system tests build, pin and serve exactly what the demo
//! does.

pub mod ballot_box;
pub mod bench;
pub mod crash;
pub mod demo;
pub mod flood;
pub mod hosting;
pub mod load;
pub mod npm;
pub mod package;
pub mod process;
pub mod site;
pub mod style;
pub mod suites;
pub mod tools;
pub mod voters;
pub mod workspace;
