use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// The whole table, measured in this JavaScript engine.
#[wasm_bindgen(js_name = table)]
pub fn table() -> String {
    crate::table(&now)
}
