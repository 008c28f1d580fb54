//! The settings for a web server that docs/hosting.md recommends, on a real one.

use std::io::Read;

use crate::support::{hold, host, sample, write};

fn header(answer: &ureq::http::Response<ureq::Body>, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

fn get(address: &str) -> ureq::http::Response<ureq::Body> {
    get_in("gzip", address)
}

fn get_in(encodings: &str, address: &str) -> ureq::http::Response<ureq::Body> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    ureq::Agent::from(config).get(address).header("accept-encoding", encodings).call().unwrap()
}

#[test]
fn the_recommended_settings_let_pages_read_and_caches_keep_a_record() {
    let scratch = tempfile::tempdir().unwrap();
    let (_, held) = hold(&[sample("mirogrod_2026_rynek.pb")], None);
    write(&held.store, &scratch.path().join("vote/record"));
    let page = scratch.path().join("vote/app.js");
    std::fs::write(&page, "// A script. ".repeat(100)).unwrap();
    let host = host(scratch.path());
    let record = format!("{}/vote/record", host.address);
    let tile = held.store.files.keys().find(|path| path.starts_with("tile/entries/")).unwrap();

    for (path, status, cache, encoding) in [
        ("checkpoint", 200, "no-cache", ""),
        ("manifest.json", 200, "no-cache", "gzip"),
        ("result.json", 200, "no-cache", "gzip"),
        (tile.as_str(), 200, "public, max-age=31536000, immutable", ""),
        // It may be there tomorrow.
        ("tile/entries/999", 404, "", ""),
    ] {
        let mut answer = get(&format!("{record}/{path}"));
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "access-control-allow-origin"), "*", "{path}");
        assert_eq!(header(&answer, "cache-control"), cache, "{path}");
        assert_eq!(header(&answer, "content-encoding"), encoding, "{path}");
        if status == 200 {
            let sent = answer.body_mut().read_to_vec().unwrap();
            let mut bytes = Vec::new();
            match encoding {
                "gzip" => flate2::read::GzDecoder::new(&*sent).read_to_end(&mut bytes).unwrap(),
                _ => (&*sent).read_to_end(&mut bytes).unwrap(),
            };
            assert_eq!(bytes, held.store.files[path], "{path}");
        }
    }
    let site = get(&format!("{}/vote/app.js", host.address));
    assert_eq!(header(&site, "access-control-allow-origin"), "", "the site is nobody else's to read");
    assert_eq!(header(&site, "cache-control"), "no-cache");
    assert_eq!(header(&site, "content-encoding"), "gzip");
    assert_eq!(header(&site, "x-content-type-options"), "nosniff");
}

#[test]
fn the_recommended_settings_hand_out_what_lies_there_in_brotli() {
    let brotli = veche_xtask::tools::nginx_brotli();
    assert!(brotli.is_some(), "nginx's module for brotli is missing; `cargo xtask tools` installs it");
    let scratch = tempfile::tempdir().unwrap();
    let assets = scratch.path().join("vote/assets");
    std::fs::create_dir_all(&assets).unwrap();
    let host = host(scratch.path());
    for (name, kind) in [
        ("index.html", "text/html"),
        ("assets/voter.js", "application/javascript"),
        ("assets/voter.css", "text/css"),
        ("assets/voter.json", "application/json"),
        ("assets/voter.wasm", "application/wasm"),
        ("assets/icon.svg", "image/svg+xml"),
    ] {
        for form in ["", ".br", ".gz"] {
            std::fs::write(scratch.path().join(format!("vote/{name}{form}")), format!("as {form}")).unwrap();
        }
        // What travels is the file as it lies there: nothing is compressed anew.
        for (takes, encoding, body) in
            [("gzip, deflate, br", "br", "as .br"), ("gzip", "gzip", "as .gz"), ("identity", "", "as ")]
        {
            let mut answer = get_in(takes, &format!("{}/vote/{name}", host.address));
            assert_eq!(answer.status(), 200, "{name}");
            assert_eq!(header(&answer, "content-type"), kind, "{name} for {takes}");
            assert_eq!(header(&answer, "content-encoding"), encoding, "{name} for {takes}");
            assert_eq!(header(&answer, "vary"), "Accept-Encoding", "{name} for {takes}");
            assert_eq!(answer.body_mut().read_to_string().unwrap(), body, "{name} for {takes}");
        }
    }
}
