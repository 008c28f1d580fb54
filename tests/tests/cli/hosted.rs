//! The settings for a web server that docs/hosting.md recommends, on a real one.

use std::io::Read;

use crate::support::{hold, host, sample, write};

fn header(answer: &ureq::http::Response<ureq::Body>, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

fn get(address: &str) -> ureq::http::Response<ureq::Body> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    ureq::Agent::from(config).get(address).header("accept-encoding", "gzip").call().unwrap()
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
