//! A trustee's key share file. Whatever is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_trustee::KeyShare;

fuzz_target!(|json: &[u8]| {
    if let Ok(share) = KeyShare::from_json(json) {
        let written = share.to_json().expect("it was read before");
        let again = KeyShare::from_json(written.as_bytes()).expect("we wrote it");
        assert_eq!(*again.to_json().expect("it was read before"), *written);
    }
});
