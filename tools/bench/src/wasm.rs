use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::Failure;
use crate::contest::first_ballot;
use crate::rounds::Effort;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

type Seal = Box<dyn FnOnce() -> Result<(), Failure>>;

thread_local! {
    static PREPARED: RefCell<Option<Seal>> = const { RefCell::new(None) };
}

/// All figures, measured in this JavaScript engine, or one line that begins with `failed`.
#[wasm_bindgen]
pub fn figures() -> String {
    match crate::figures(&now, &Effort::FULL) {
        Ok(figures) => crate::lines(&figures),
        Err(failure) => format!("failed {failure}"),
    }
}

/// Prepares the first ballot of this page. True when it could.
#[wasm_bindgen]
pub fn prepare() -> bool {
    let seal = first_ballot().ok().map(|seal| -> Seal { Box::new(seal) });
    PREPARED.with(|prepared| prepared.replace(seal));
    PREPARED.with(|prepared| prepared.borrow().is_some())
}

/// Seals what was prepared. True when it could.
#[wasm_bindgen]
pub fn seal() -> bool {
    PREPARED.with(|prepared| prepared.take()).is_some_and(|seal| seal().is_ok())
}
