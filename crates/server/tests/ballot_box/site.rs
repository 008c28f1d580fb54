//! A small town's box serves the site too.

use reqwest::StatusCode;

use crate::support::{Answer, Running, manifest};

async fn with_site() -> Running {
    Running::start(&manifest("open"), "", |config| {
        let site = config.data.join("../site");
        std::fs::create_dir_all(site.join("app")).unwrap();
        std::fs::write(site.join("index.html"), "<!doctype html><title>Vote</title>").unwrap();
        std::fs::write(site.join("app/main.js"), "export {};").unwrap();
        std::fs::write(site.join("veche_bg.wasm"), b"\0asm").unwrap();
        std::fs::create_dir_all(site.join("v1")).unwrap();
        std::fs::write(site.join("v1/election"), "a file of the site").unwrap();
        config.site = Some(site);
    })
    .await
}

async fn get(running: &Running, path: &str) -> Answer {
    Answer::of(running.get(path).send().await.unwrap()).await
}

#[tokio::test]
async fn files_have_their_types_and_the_headers_a_page_cannot_set() {
    let running = with_site().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/app/main.js", "text/javascript"),
        ("/veche_bg.wasm", "application/wasm"),
    ] {
        let answer = get(&running, path).await.expect(StatusCode::OK);
        assert!(
            answer.headers["content-type"].to_str().unwrap().starts_with(kind),
            "{path}: {:?}",
            answer.headers
        );
        assert_eq!(answer.headers["content-security-policy"], "frame-ancestors 'none'");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-cache");
    }
}

#[tokio::test]
async fn a_site_is_shown_inside_the_pages_that_it_was_published_for() {
    let running = Running::start(&manifest("open"), "", |config| {
        let site = config.data.join("../site");
        std::fs::create_dir_all(&site).unwrap();
        std::fs::write(site.join("index.html"), "a page").unwrap();
        std::fs::write(site.join("election.json"), r#"{ "embed": ["https://portal.example"] }"#).unwrap();
        config.site = Some(site);
    })
    .await;
    let answer = get(&running, "/index.html").await.expect(StatusCode::OK);
    assert_eq!(answer.headers["content-security-policy"], "frame-ancestors https://portal.example");
}

#[tokio::test]
async fn compressed_forms_go_to_whoever_takes_them() {
    let running = Running::start(&manifest("open"), "", |config| {
        let site = config.data.join("../site");
        std::fs::create_dir_all(site.join("assets")).unwrap();
        for (name, bytes) in [
            ("index.html", "a page"),
            ("index.html.br", "brotli of the page"),
            ("index.html.gz", "gzip of the page"),
            ("assets/main-AB.js", "a script"),
            ("assets/main-AB.js.br", "brotli of the script"),
        ] {
            std::fs::write(site.join(name), bytes).unwrap();
        }
        config.site = Some(site);
    })
    .await;
    let fresh = "no-cache";
    let kept = "public, max-age=31536000, immutable";
    for (path, takes, encoding, body, cached) in [
        ("/", "gzip, deflate, br, zstd", Some("br"), "brotli of the page", fresh),
        ("/", "gzip, deflate", Some("gzip"), "gzip of the page", fresh),
        ("/", "identity", None, "a page", fresh),
        ("/assets/main-AB.js", "gzip, deflate, br, zstd", Some("br"), "brotli of the script", kept),
        ("/assets/main-AB.js", "gzip", None, "a script", kept),
    ] {
        let answer = running.get(path).header("accept-encoding", takes).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(header("content-encoding").as_deref(), encoding, "{path} for {takes}");
        assert_eq!(header("cache-control").as_deref(), Some(cached), "{path}");
        // What stands between must not hand a compressed form to somebody who cannot read it.
        assert!(header("vary").is_some_and(|vary| vary.to_lowercase().contains("accept-encoding")), "{path}");
        let kind = if path == "/" { "text/html" } else { "text/javascript" };
        assert!(header("content-type").unwrap().starts_with(kind), "{path}");
        assert_eq!(answer.text().await.unwrap(), body, "{path} for {takes}");
    }
    // What is missing now may be there after the next upload.
    let missing = get(&running, "/assets/old.js").await;
    assert_eq!(missing.headers["cache-control"], fresh);
    missing.problem(404, "not-found");
}

#[tokio::test]
async fn the_interface_goes_before_the_site_and_the_rest_is_not_found() {
    let running = with_site().await;
    assert_eq!(get(&running, "/v1/election").await.json()["phase"], "setup");
    get(&running, "/nothing.js").await.problem(404, "not-found");
    get(&running, "/record/tile/none").await.problem(404, "not-found");
}

#[tokio::test]
async fn nothing_outside_the_sites_folder_is_served() {
    let running = with_site().await;
    for path in [
        "/../box/keys.json",
        "/%2e%2e/box/keys.json",
        "/..%2fbox/keys.json",
        "/app/..%2f..%2fbox/keys.json",
        "//box/keys.json",
    ] {
        // The client would tidy the path up: say it exactly as it is.
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream =
            tokio::net::TcpStream::connect(running.url.strip_prefix("http://").unwrap()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: box\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(!said.starts_with("HTTP/1.1 200"), "{path}: {said}");
        assert!(!said.contains("organiser_token"), "{path}: {said}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_sites_folder_leads_nowhere() {
    let mut elsewhere = None;
    let running = Running::start(&manifest("open"), "", |config| {
        // The folder itself may be a link, as where a new site takes the place of the old one.
        let (site, current) = (config.data.join("../site"), config.data.join("../current"));
        std::fs::create_dir_all(site.join("app")).unwrap();
        std::fs::write(site.join("index.html"), "<!doctype html><title>Vote</title>").unwrap();
        std::fs::write(site.join("app/main.js"), "export {};").unwrap();
        std::os::unix::fs::symlink("site", &current).unwrap();
        elsewhere = Some((site, config.data.clone()));
        config.site = Some(current);
    })
    .await;
    let (site, data) = elsewhere.unwrap();
    let link = |to: &std::path::Path, name: &str| std::os::unix::fs::symlink(to, site.join(name)).unwrap();
    // Made while the server runs: a file, a folder, a compressed form, a page of a folder, and one within the site.
    link(&data.join("keys.json"), "keys.json");
    link(&data, "box");
    link(&data.join("keys.json"), "app/main.js.gz");
    std::fs::create_dir(site.join("folder")).unwrap();
    link(&data.join("keys.json"), "folder/index.html");
    link(&site.join("app/main.js"), "again.js");
    for path in ["/keys.json", "/box/keys.json", "/box/", "/folder/", "/folder/index.html", "/again.js"] {
        get(&running, path).await.problem(404, "not-found");
    }
    for path in ["/", "/index.html", "/app/main.js"] {
        let request = running.get(path).header("accept-encoding", "gzip");
        let answer = Answer::of(request.send().await.unwrap()).await.expect(StatusCode::OK);
        assert!(!answer.headers.contains_key("content-encoding"), "{path}");
    }
}
