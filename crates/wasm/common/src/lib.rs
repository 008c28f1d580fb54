//! What the two modules of the JavaScript API share. Nothing of it is seen by JavaScript by itself.

pub mod convert;
mod error;
pub mod random;
mod statement;

pub use error::{Fault, VecheError};
pub use statement::statement;

/// The TypeScript shapes that both modules speak of.
pub const TYPES: &str = include_str!("types.d.ts");

/// Says in the browser's console where in a module a defect struck, for whoever reports it; a WebAssembly trap alone
/// says nothing. The panic's own words are left out: they could quote a secret.
pub fn report_defects() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        web_sys::console::error_1(&format!("Veche: a defect at {place}. Please report it.").into());
    }));
}
