use super::*;

const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<!-- <meta http-equiv="Content-Security-Policy" content="a comment is not a tag"> -->
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'">
<title>a < b</title>
<link rel="stylesheet" href="./style.css" integrity="sha384-old"/>
<link rel="preload" href="./veche_bg.wasm" as="fetch" crossorigin>
<script type="module" src="./app/main.js"></script>
</head><body></body></html>"#;

fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("app")).unwrap();
    for (name, text) in [
        ("index.html", PAGE),
        ("style.css", "p{}"),
        ("app/main.js", "import './other.js'"),
        ("app/other.js", "1"),
        ("veche_bg.wasm", "wasm"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn example() -> Pin {
    Pin { fingerprint: Some("ab".repeat(32)), ballot_box: "./".into(), record: None, accent: None }
}

fn pinned(change: impl Fn(&mut Pin)) -> Result<String> {
    let (from, to) = (site(), tempfile::tempdir()?);
    let mut choice = example();
    change(&mut choice);
    pin(from.path(), &choice, to.path())?;
    Ok(std::fs::read_to_string(to.path().join("index.html"))?)
}

#[test]
fn every_file_the_page_loads_is_named_by_its_hash() {
    let page = pinned(|_| ()).unwrap();
    let map = page.split_once(r#"<script type="importmap">"#).unwrap().1.split_once("</script>").unwrap().0;
    let parsed: serde_json::Value = serde_json::from_str(map).unwrap();
    assert_eq!(parsed["integrity"]["./app/main.js"], integrity(b"import './other.js'"));
    assert_eq!(parsed["integrity"]["./app/other.js"], integrity(b"1"));
    assert!(page.contains(&format!("'wasm-unsafe-eval' '{}';", integrity(map.as_bytes()))), "{page}");
    assert!(
        page.contains(&format!("<html data-wasm-integrity=\"{}\" lang=\"en\">", integrity(b"wasm"))),
        "{page}"
    );
    assert!(page.contains(&format!(
        "<link rel=\"stylesheet\" href=\"./style.css\" integrity=\"{}\"/>",
        integrity(b"p{}")
    )));
    assert!(
        page.contains(&format!(
            "<script integrity=\"{}\" type=\"module\"",
            integrity(b"import './other.js'")
        ))
    );
    assert!(
        page.find("Content-Security-Policy\" content=\"default").unwrap() < page.find("importmap").unwrap()
    );
    assert!(page.find("importmap").unwrap() < page.find("main.js\"></script>").unwrap());
    assert!(page.contains(
        "<!-- <meta http-equiv=\"Content-Security-Policy\" content=\"a comment is not a tag\"> -->"
    ));
}

#[test]
fn only_absolute_addresses_widen_the_policy() {
    assert!(pinned(|_| ()).unwrap().contains("connect-src 'self'\""));
    let page = pinned(|pin| pin.ballot_box = "https://box.example/town/".into()).unwrap();
    assert!(page.contains("connect-src 'self' https://box.example\""), "{page}");
    let elsewhere = |pin: &mut Pin| pin.record = Some("https://cdn.example/vote/".into());
    assert!(pinned(elsewhere).unwrap().contains("connect-src 'self' https://cdn.example\""));
}

#[test]
fn malformed_pins_are_refused() {
    for change in [
        |pin: &mut Pin| pin.fingerprint = Some("AB".repeat(32)),
        |pin: &mut Pin| pin.fingerprint = Some("a".repeat(65)),
        |pin: &mut Pin| pin.ballot_box = "https://box.example".into(),
        |pin: &mut Pin| pin.ballot_box = "https://box.example; script-src */".into(),
        |pin: &mut Pin| pin.ballot_box = "javascript://x/".into(),
        |pin: &mut Pin| pin.ballot_box = "//box.example/".into(),
        |pin: &mut Pin| pin.record = Some("https://cdn.example".into()),
        |pin: &mut Pin| pin.record = Some("http:/\"/".into()),
        |pin: &mut Pin| pin.accent = Some("red".into()),
    ] {
        assert!(pinned(change).is_err());
    }
}

#[test]
fn a_folder_that_is_no_site_is_left_alone() {
    let (from, to) = (site(), tempfile::tempdir().unwrap());
    std::fs::write(to.path().join("letters.txt"), "mine").unwrap();
    assert!(pin(from.path(), &example(), to.path()).is_err());
    assert!(to.path().join("letters.txt").is_file());
}

#[test]
fn a_page_of_another_shape_is_an_error() {
    let hashes =
        BTreeMap::from([("./a.js".to_owned(), "h".to_owned()), ("./a.wasm".to_owned(), "h".to_owned())]);
    let policy =
        r#"<meta http-equiv="Content-Security-Policy" content="script-src 'self'; connect-src 'self'">"#;
    let good = format!("<html><head>{policy}<script src=\"a.js\"></script></head></html>");
    assert!(pin_page(&good, &hashes, &BTreeSet::new()).is_ok());
    for bad in [
        good.replace(policy, ""),
        good.replace(policy, &policy.repeat(2)),
        good.replace("script-src", "style-src"),
        good.replace("a.js", "missing.js"),
        good.replace(" src=\"a.js\"", ""),
        good.replace("<html>", "<p>"),
        good.replace("'self'; ", "&nbsp;"),
        good.replace("</script>", ""),
        good.replace("<head>", "<!-- <head>"),
    ] {
        assert!(pin_page(&bad, &hashes, &BTreeSet::new()).is_err(), "{bad}");
    }
}
