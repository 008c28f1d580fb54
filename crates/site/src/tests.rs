#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use base64::Engine;
use veche_board::LogKey;
use veche_crypto::hash::Digest;
use veche_crypto::signature::SecretKey;
use veche_record::Card;

use super::*;

const PAGE: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'">
<!-- veche:head -->
<!-- <script>a comment is not a tag</script> -->
<title>a &lt; b</title>
<script src="early.js"></script>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="./style.css"/>
<link rel="modulepreload" href="app/later.js">
<script type="module" src="./app/main.js"></script>
</head><body></body></html>"#;

const FILES: &[(&str, &str)] = &[
    ("index.html", PAGE),
    ("early.js", "1;\n"),
    ("icon.svg", ""),
    ("style.css", "p{}"),
    ("veche.js", "export { init };\n"),
    ("veche_bg.wasm", "wasm"),
    ("app/main.js", "import { a } from \"./other.js\";\nconst load = () => import(\"./area.js\");\n"),
    ("app/other.js", "import b, {\n  c,\n} from \"./deep/er.js\";\n"),
    ("app/deep/er.js", "export const worker = new URL(\"../worker.js\", import.meta.url).href;\n"),
    ("app/area.js", "import \"./other.js\";\nimport \"./screen.js\";\n"),
    ("app/screen.js", "/** @typedef {import(\"./nowhere.js\").A} A */\n"),
    ("app/later.js", "import \"./latest.js\";\n"),
    ("app/latest.js", "// import nothing from \"./nowhere.js\";\n"),
    ("app/worker.js", "import init from \"../veche.js\";\nexport { c } from \"./other.js\";\n"),
];

pub(crate) fn site(change: impl Fn(&str, &str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("app/deep")).unwrap();
    for (name, text) in FILES {
        std::fs::write(folder.path().join(name), change(name, text)).unwrap();
    }
    folder
}

pub(crate) fn example() -> Pin {
    Pin {
        fingerprint: Some("ab".repeat(32)),
        card: None,
        ballot_box: "./".into(),
        registrar: None,
        record: None,
        accent: None,
        embed_origins: Vec::new(),
    }
}

fn pinned_as(pin: &Pin, change: impl Fn(&str, &str) -> String) -> Result<String, SiteError> {
    let (from, to) = (site(change), tempfile::tempdir().unwrap());
    super::pin(from.path(), pin, to.path())?;
    Ok(std::fs::read_to_string(to.path().join("index.html")).unwrap())
}

fn pinned(change: impl Fn(&mut Pin)) -> Result<String, SiteError> {
    let mut pin = example();
    change(&mut pin);
    pinned_as(&pin, |_, text| text.into())
}

fn between<'a>(page: &'a str, start: &str) -> &'a str {
    page.split_once(start).unwrap().1.split_once("</script>").unwrap().0
}

fn content(name: &str) -> &'static str {
    FILES.iter().find(|(file, _)| *file == name).unwrap().1
}

fn hash(name: &str) -> String {
    integrity(content(name).as_bytes())
}

#[test]
fn attack_32_every_file_the_page_loads_is_named_by_its_hash() {
    let page = pinned(|_| ()).unwrap();
    let map = between(&page, r#"<script type="importmap">"#);
    let parsed: serde_json::Value = serde_json::from_str(map).unwrap();
    let mut named = 0;
    for (name, _) in FILES.iter().filter(|(name, _)| name.ends_with("js") || name.ends_with("wasm")) {
        assert_eq!(parsed["integrity"][format!("./{name}")], hash(name), "{name}");
        named += 1;
    }
    assert_eq!(parsed["integrity"].as_object().unwrap().len(), named);
    assert!(page.contains(&format!("'wasm-unsafe-eval' '{}';", integrity(map.as_bytes()))), "{page}");
    for tag in [
        format!("<link rel=\"stylesheet\" href=\"./style.css\" integrity=\"{}\"/>", hash("style.css")),
        format!("<script src=\"early.js\" integrity=\"{}\">", hash("early.js")),
        format!("<script type=\"module\" src=\"./app/main.js\" integrity=\"{}\">", hash("app/main.js")),
        format!("<link rel=\"modulepreload\" href=\"app/later.js\" integrity=\"{}\">", hash("app/later.js")),
    ] {
        assert!(page.contains(&tag), "{tag} is not in\n{page}");
    }
    assert!(page.find("Content-Security-Policy").unwrap() < page.find("importmap").unwrap());
    assert!(page.find("importmap").unwrap() < page.find("early.js\"").unwrap());
    assert!(page.contains("<!-- <script>a comment is not a tag</script> -->"));
}

#[test]
fn attack_32_what_stands_in_the_page_itself_is_named_in_its_policy_by_its_hash() {
    let (script, style) = ("if (1 < 2) start();", "p > b { color: red }");
    let page = pinned_as(&example(), |name, text| {
        let inside = format!("<script>{script}</script><style>{style}</style>");
        let text = text.replace("<script src=\"early.js\"></script>", &inside);
        if name == "index.html" { text.replace("connect-src", "style-src 'self'; connect-src") } else { text }
    })
    .unwrap();
    let policy = page.split_once("content=\"").unwrap().1.split_once('"').unwrap().0;
    let directive = |name: &str| policy.split("; ").find(|part| part.starts_with(name)).unwrap();
    assert!(directive("script-src").ends_with(&format!(" '{}'", integrity(script.as_bytes()))), "{policy}");
    assert_eq!(directive("style-src"), format!("style-src 'self' '{}'", integrity(style.as_bytes())));
    assert!(page.contains(&format!("<script>{script}</script><style>{style}</style>")), "{page}");
}

#[test]
fn every_module_that_the_page_leads_to_is_asked_for_at_once() {
    let page = pinned(|_| ()).unwrap();
    let preloads = page.matches("rel=\"modulepreload\"").count();
    for name in ["app/other.js", "app/deep/er.js", "app/latest.js"] {
        let tag = format!("<link rel=\"modulepreload\" href=\"./{name}\" integrity=\"{}\">", hash(name));
        assert!(page.contains(&tag), "{tag} is not in\n{page}");
    }
    assert_eq!(preloads, 5, "app/later.js, the entry, and those three: {page}");
}

#[test]
fn what_the_page_names_is_asked_for_in_its_order_before_the_first_script_stops_it() {
    let page = pinned(|_| ()).unwrap();
    let mut from = page.find("importmap").unwrap();
    for (rel, name) in [
        ("preload\" as=\"script\"", "early.js"),
        ("preload\" as=\"style\"", "style.css"),
        ("modulepreload\"", "app/main.js"),
        ("modulepreload\"", "app/other.js"),
    ] {
        let tag = format!("<link rel=\"{rel} href=\"./{name}\" integrity=\"{}\">", hash(name));
        let there = page[from..].find(&tag).unwrap_or_else(|| panic!("{tag} is not there in\n{page}"));
        from += there;
    }
    assert!(from < page.find("<script src=\"early.js\"").unwrap());
}

#[test]
fn what_an_area_loads_is_listed_and_not_asked_for() {
    let page = pinned(|_| ()).unwrap();
    let areas: serde_json::Value =
        serde_json::from_str(between(&page, r#"<script type="application/json" id="areas">"#)).unwrap();
    assert_eq!(areas, serde_json::json!({ "app/area.js": ["app/area.js", "app/screen.js"] }));
}

#[test]
fn attack_32_every_module_of_a_worker_is_listed() {
    let page = pinned(|_| ()).unwrap();
    let workers: serde_json::Value =
        serde_json::from_str(between(&page, r#"<script type="application/json" id="workers">"#)).unwrap();
    let expected = serde_json::json!({
        "app/worker.js": ["app/deep/er.js", "app/other.js", "app/worker.js", "veche.js"],
    });
    assert_eq!(workers, expected);
}

#[test]
fn an_import_of_another_form_is_an_error() {
    for line in [
        "import { a } from './other.js';",
        "import a from \"./other.js\"",
        "import a from \"./missing.js\";",
        "import a from \"elsewhere\";",
        "import a from \"https://elsewhere.example/a.js\";",
        "import a from \"../../outside.js\";",
        "import './other.js';",
        "export * from './other.js';",
        "} from './other.js';",
    ] {
        let change = |name: &str, text: &str| {
            if name == "app/other.js" { format!("{line}\n") } else { text.to_owned() }
        };
        assert!(matches!(pinned_as(&example(), change), Err(SiteError::Shape(_))), "{line}");
    }
}

#[test]
fn only_absolute_addresses_widen_the_policy() {
    assert!(pinned(|_| ()).unwrap().contains("connect-src 'self'\""));
    let page = pinned(|pin| pin.ballot_box = "https://box.example/town/".into()).unwrap();
    assert!(page.contains("connect-src 'self' https://box.example\""), "{page}");
    let elsewhere = |pin: &mut Pin| pin.registrar = Some("https://people.example/".into());
    assert!(pinned(elsewhere).unwrap().contains("connect-src 'self' https://people.example\""));
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
        |pin: &mut Pin| pin.registrar = Some("https://people.example".into()),
        |pin: &mut Pin| pin.accent = Some("red".into()),
        |pin: &mut Pin| pin.embed_origins = vec!["https://portal.example/".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["https://Portal.example".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["https://portal.example:443".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["http://portal.example".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["https://*".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["https://portal.example 'self'".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["https://portal.example\nX-Other: 1".into()],
        |pin: &mut Pin| pin.embed_origins = vec!["'self'".into()],
        |pin: &mut Pin| pin.embed_origins = vec![String::new()],
    ] {
        assert!(matches!(pinned(change), Err(SiteError::Settings(_))));
    }
}

#[test]
fn the_host_is_told_whose_pages_may_show_the_site() {
    let published = |origins: &[&str]| {
        let (from, to) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
        let pin = Pin { embed_origins: origins.iter().map(ToString::to_string).collect(), ..example() };
        super::pin(from.path(), &pin, to.path()).unwrap();
        let election = std::fs::read(to.path().join("election.json")).unwrap();
        let election: serde_json::Value = serde_json::from_slice(&election).unwrap();
        (std::fs::read_to_string(to.path().join("_headers")).unwrap(), election["embed"].clone())
    };
    let (headers, embed) = published(&[]);
    assert!(headers.contains("\n  Content-Security-Policy: frame-ancestors 'none'\n"), "{headers}");
    assert_eq!(embed, serde_json::json!([]));
    let (headers, embed) = published(&["https://portal.example", "http://localhost:3000"]);
    let line = "\n  Content-Security-Policy: frame-ancestors https://portal.example http://localhost:3000\n";
    assert!(headers.contains(line), "{headers}");
    assert_eq!(embed, serde_json::json!(["https://portal.example", "http://localhost:3000"]));
}

#[test]
fn without_a_card_no_manifest_is_written_or_asked_for() {
    let (from, to) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
    super::pin(from.path(), &example(), to.path()).unwrap();
    assert!(!to.path().join("manifest.json").exists());
    let page = std::fs::read_to_string(to.path().join("index.html")).unwrap();
    assert!(!page.contains("manifest.json"), "{page}");
}

#[test]
fn a_folder_that_is_no_site_is_left_alone() {
    let (from, to) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
    std::fs::write(to.path().join("letters.txt"), "mine").unwrap();
    assert!(pin(from.path(), &example(), to.path()).is_err());
    assert!(to.path().join("letters.txt").is_file());
}

#[test]
fn a_page_of_another_shape_is_an_error() {
    let policy = PAGE.lines().find(|line| line.starts_with("<meta http-equiv")).unwrap();
    for bad in [
        PAGE.replace(policy, ""),
        PAGE.replace(policy, &policy.repeat(2)),
        PAGE.replace("script-src", "style-src"),
        PAGE.replace("./style.css", "missing.css"),
        PAGE.replace(" src=\"early.js\"", " defer"),
        PAGE.replace(MARK, ""),
        PAGE.replace(MARK, &MARK.repeat(2)),
        PAGE.replace(MARK, &format!("<script src=\"early.js\"></script>{MARK}")),
        PAGE.replace(MARK, "").replace("<meta charset", &format!("{MARK}<meta charset")),
        PAGE.replace("</head>", "<!-- </head>"),
        format!("{PAGE}<script"),
        format!("{PAGE}<style>p{{}}"),
    ] {
        let change =
            |name: &str, text: &str| if name == "index.html" { bad.clone() } else { text.to_owned() };
        assert!(matches!(pinned_as(&example(), change), Err(SiteError::Shape(_))), "{bad}");
    }
}

/// A site that was bundled: its scripts say nothing that could be read out of them.
fn bundled(list: &str) -> Result<(tempfile::TempDir, String), SiteError> {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::create_dir_all(from.path().join("assets")).unwrap();
    let page = PAGE
        .replace("early.js", "assets/early-1.js")
        .replace("./style.css", "assets/style-1.css")
        .replace("<link rel=\"modulepreload\" href=\"app/later.js\">\n", "")
        .replace("app/main.js", "assets/main-1.js");
    std::fs::write(from.path().join("index.html"), page).unwrap();
    std::fs::write(from.path().join("bundle.json"), list).unwrap();
    for name in [
        "early-1.js",
        "style-1.css",
        "main-1.js",
        "shared-1.js",
        "voter-1.js",
        "worker-1.js",
        "texts-1.json",
        "others-1.css",
        "voter-1.wasm",
    ] {
        std::fs::write(from.path().join("assets").join(name), "import{a as b}from'./odd';").unwrap();
    }
    pin(from.path(), &example(), to.path())?;
    let page = std::fs::read_to_string(to.path().join("index.html")).unwrap();
    Ok((to, page))
}

fn bundle_list() -> serde_json::Value {
    let module = |imports: &[&str], later: &[&str], workers: &[&str]| serde_json::json!({ "imports": imports, "later": later, "workers": workers });
    serde_json::json!({
        "modules": {
            "assets/main-1.js": module(&["assets/shared-1.js"], &["assets/voter-1.js"], &[]),
            "assets/shared-1.js": module(&[], &[], &["assets/worker-1.js"]),
            "assets/voter-1.js": module(&["assets/shared-1.js"], &[], &[]),
            "assets/worker-1.js": module(&[], &[], &[]),
        },
        "names": {
            "app/main.js": "assets/main-1.js",
            "app/areas/voter/main.js": "assets/voter-1.js",
            "app/worker/voter.js": "assets/worker-1.js",
            "app/messages/en/a+b.json": "assets/texts-1.json",
            "app/style/others.css": "assets/others-1.css",
            "voter.wasm": "assets/voter-1.wasm",
        },
    })
}

#[test]
fn a_bundled_site_is_pinned_by_what_its_bundler_says() {
    let (folder, page) = bundled(&bundle_list().to_string()).unwrap();
    let data = |id: &str| -> serde_json::Value {
        serde_json::from_str(between(&page, &format!("<script type=\"application/json\" id=\"{id}\">")))
            .unwrap()
    };
    // Areas and workers are known to the page by their sources.
    assert_eq!(data("areas"), serde_json::json!({ "app/areas/voter/main.js": ["assets/voter-1.js"] }));
    assert_eq!(data("workers"), serde_json::json!({ "app/worker/voter.js": ["assets/worker-1.js"] }));
    // What else it asks for by name.
    let names = serde_json::json!({
        "app/messages/en/a+b.json": "assets/texts-1.json",
        "app/style/others.css": "assets/others-1.css",
        "voter.wasm": "assets/voter-1.wasm",
    });
    assert_eq!(data("names"), names);
    let map: serde_json::Value = serde_json::from_str(between(&page, "<script type=\"importmap\">")).unwrap();
    for name in ["main-1.js", "worker-1.js", "texts-1.json", "others-1.css", "voter-1.wasm"] {
        assert!(map["integrity"][format!("./assets/{name}")].is_string(), "{name}: {map}");
    }
    assert_eq!(
        page.matches("<link rel=\"modulepreload\" href=\"./assets/shared-1.js\"").count(),
        1,
        "{page}"
    );
    assert!(!folder.path().join("bundle.json").exists(), "the list is for the one who pins");
}

#[test]
fn a_bundlers_list_that_does_not_fit_is_an_error() {
    for (place, bad) in [
        ("/modules/assets~1main-1.js/imports/0", "assets/missing.js"),
        ("/modules/assets~1main-1.js/later/0", "assets/missing.js"),
        ("/modules/assets~1shared-1.js/workers/0", "assets/missing.js"),
    ] {
        let mut list = bundle_list();
        *list.pointer_mut(place).unwrap() = bad.into();
        assert!(matches!(bundled(&list.to_string()), Err(SiteError::Shape(_))), "{place}");
    }
    assert!(matches!(bundled("{}"), Err(SiteError::Shape(_))));
    assert!(matches!(bundled("{"), Err(SiteError::Shape(_))));
}

#[test]
fn the_site_of_this_repository_is_understood() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (built, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy(&root.join("www/app"), &built.path().join("app")).unwrap();
    for name in ["veche-wasm-voter", "veche-wasm-observer"] {
        std::fs::write(built.path().join(format!("{name}.js")), "export default 1;\n").unwrap();
        std::fs::write(built.path().join(format!("{name}_bg.wasm")), name).unwrap();
    }
    // What Trunk does with it.
    let page = std::fs::read_to_string(root.join("index.html")).unwrap();
    let page: Vec<_> = page.lines().filter(|line| !line.contains("data-trunk")).collect();
    let script = "<script type=\"module\" src=\"./app/main.js\"></script></head>";
    std::fs::write(built.path().join("index.html"), page.join("\n").replace("</head>", script)).unwrap();

    pin(built.path(), &example(), out.path()).unwrap();
    let page = std::fs::read_to_string(out.path().join("index.html")).unwrap();
    let workers: serde_json::Value =
        serde_json::from_str(between(&page, r#"<script type="application/json" id="workers">"#)).unwrap();
    let names: Vec<_> = workers.as_object().unwrap().keys().collect();
    assert_eq!(names, ["app/worker/observer.js", "app/worker/voter.js"]);
    for (own, other) in [("voter", "observer"), ("observer", "voter")] {
        let modules: Vec<_> = workers[format!("app/worker/{own}.js")].as_array().unwrap().iter().collect();
        assert!(modules.contains(&&serde_json::json!(format!("veche-wasm-{own}.js"))), "{modules:?}");
        assert!(!modules.contains(&&serde_json::json!(format!("veche-wasm-{other}.js"))), "{modules:?}");
    }
    // The page asks for what every area needs, and each area for its own.
    let asked: Vec<_> = page.lines().filter(|line| line.contains("rel=\"modulepreload\"")).collect();
    assert!(asked.len() > 10, "{asked:?}");
    for other in ["areas/", "worker/", "veche-wasm"] {
        assert!(!asked.iter().any(|line| line.contains(other)), "{other}: {asked:?}");
    }
    let areas: serde_json::Value =
        serde_json::from_str(between(&page, r#"<script type="application/json" id="areas">"#)).unwrap();
    for own in ["voter", "public", "trustee"] {
        let modules = areas[format!("app/areas/{own}/main.js")].as_array().unwrap();
        let within =
            |folder: &str| modules.iter().filter(|path| path.as_str().unwrap().contains(folder)).count();
        // The public area loads each of its screens when it is asked for.
        let least = if own == "public" { 1 } else { 2 };
        assert!(
            within("areas/") >= least && within(&format!("areas/{own}/")) == within("areas/"),
            "{own}: {modules:?}"
        );
    }
}

/// What a compressed form holds.
fn unpacked(path: &Path) -> Vec<u8> {
    use std::io::Read;
    let packed = std::fs::read(path).unwrap();
    let mut bytes = Vec::new();
    match path.extension().unwrap().to_str().unwrap() {
        "br" => brotli::Decompressor::new(packed.as_slice(), 4096).read_to_end(&mut bytes),
        _ => flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut bytes),
    }
    .unwrap();
    bytes
}

#[test]
fn every_file_that_shrinks_lies_there_compressed() {
    let (from, to) = (site(|_, text| text.repeat(40)), tempfile::tempdir().unwrap());
    std::fs::write(from.path().join("picture.png"), "p".repeat(400)).unwrap();
    std::fs::write(from.path().join("index.html"), PAGE).unwrap();
    super::pin(from.path(), &example(), to.path()).unwrap();
    for name in ["index.html", "style.css", "app/main.js", "veche_bg.wasm"] {
        let (file, mut forms) = (to.path().join(name), Vec::new());
        for form in ["br", "gz"] {
            let path = to.path().join(format!("{name}.{form}"));
            assert_eq!(unpacked(&path), std::fs::read(&file).unwrap(), "{}", path.display());
            forms.push(std::fs::read(&path).unwrap().len());
        }
        assert!(forms[0] <= forms[1], "{name}: {forms:?}");
    }
    assert!(!to.path().join("picture.png.br").exists());
    // It would not shrink.
    assert!(!to.path().join("icon.svg.br").exists());
}

#[test]
fn a_compressed_form_that_holds_something_else_is_made_anew() {
    let folder = site(|_, text| text.repeat(40));
    let at = |name: &str| folder.path().join(name);
    compress(folder.path()).unwrap();
    let first = std::fs::read(at("style.css.br")).unwrap();
    std::fs::write(at("style.css"), "a{}".repeat(60)).unwrap();
    std::fs::write(at("app/main.js.gz"), "no gzip").unwrap();
    std::fs::copy(at("style.css.br"), at("app/gone.js.br")).unwrap();
    // One that holds the file stays as it is, however it was made.
    let kept = std::fs::read(at("app/other.js.gz")).unwrap();
    let early = std::fs::metadata(at("app/other.js.gz")).unwrap().modified().unwrap();
    compress(folder.path()).unwrap();
    assert_ne!(std::fs::read(at("style.css.br")).unwrap(), first);
    for name in ["style.css.br", "style.css.gz", "app/main.js.gz"] {
        assert_eq!(unpacked(&at(name)), std::fs::read(at(name).with_extension("")).unwrap(), "{name}");
    }
    assert_eq!(std::fs::read(at("app/other.js.gz")).unwrap(), kept);
    assert_eq!(std::fs::metadata(at("app/other.js.gz")).unwrap().modified().unwrap(), early);
    assert!(!at("app/gone.js.br").exists());
}

#[test]
fn the_list_has_the_hash_of_every_file_but_its_own() {
    let folder = site(|_, text| text.repeat(40));
    compress(folder.path()).unwrap();
    list(folder.path()).unwrap();
    // Once more over what is there: neither listed nor compressed.
    compress(folder.path()).unwrap();
    list(folder.path()).unwrap();
    let text = std::fs::read_to_string(folder.path().join("integrity.json")).unwrap();
    let hashes: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    let mut expected: Vec<_> = files(folder.path()).unwrap();
    expected.retain(|name| name != Path::new("integrity.json"));
    assert_eq!(hashes.keys().map(PathBuf::from).collect::<Vec<_>>(), expected);
    assert!(hashes.contains_key("style.css.br"), "{text}");
    for (name, hash) in &hashes {
        assert_eq!(*hash, integrity(&std::fs::read(folder.path().join(name)).unwrap()), "{name}");
    }
}

/// A small manifest, a card that fits it, and what they come to.
pub(crate) fn election() -> (Vec<u8>, Card, String) {
    let manifest = br#"{
        "veche": 1, "phase": "election", "languages": ["en"], "title": {"en": "A made-up vote"}, "text": {"en": "For tests."},
        "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": false,
        "contests": [{"id": "north", "title": {"en": "North"}, "report_by": "contest", "rule": {"type": "approval", "min": 1, "max": 1, "blank": false}, "funding": {"method": "none"},
            "options": [{"id": "a", "name": {"en": "A"}}, {"id": "b", "name": {"en": "B"}}]}],
        "styles": [{"id": "north", "title": {"en": "North"}, "contests": ["north"], "electorate": 10}],
        "routes": [{"id": "sms", "title": {"en": "By SMS"}, "entered": false}],
        "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "open"
    }"#;
    let slots = veche_record::Manifest::parse(manifest).unwrap().slots();
    let key = |tag| SecretKey::from_seed(tag, &[7; 32]).unwrap().public();
    let card = Card {
        transcript: Digest::ZERO,
        slot_keys: vec![*key("slot").point(); slots],
        organiser: key("organiser"),
        registrar: key("registrar"),
        log_key: LogKey::from_seed(&[7; 32]).public(),
        origin: "box.example/2026".parse().unwrap(),
    };
    let fingerprint = card.fingerprint(&veche_record::Manifest::hash_of(manifest)).to_string();
    (manifest.to_vec(), card, fingerprint)
}

#[test]
fn the_card_is_written_beside_the_fingerprint_that_it_comes_to() {
    let (manifest, card, fingerprint) = election();
    let checked = PinnedCard::check(&fingerprint, &manifest, card.to_bytes()).unwrap();
    let pin = Pin { fingerprint: Some(fingerprint), card: Some(checked), ..example() };
    let (from, to) = (site(|_, text| text.into()), tempfile::tempdir().unwrap());
    super::pin(from.path(), &pin, to.path()).unwrap();
    let written = std::fs::read(to.path().join("election.json")).unwrap();
    let written: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(written["card"], base64::engine::general_purpose::STANDARD.encode(card.to_bytes()));
    assert_eq!(written["manifest"], "manifest.json");
    assert_eq!(std::fs::read(to.path().join("manifest.json")).unwrap(), manifest);
    // Both are asked for by the page's head.
    let page = std::fs::read_to_string(to.path().join("index.html")).unwrap();
    for name in ["election.json", "manifest.json"] {
        let tag = format!("<link rel=\"preload\" href=\"./{name}\" as=\"fetch\" crossorigin>");
        assert!(page.contains(&tag), "{tag} is not in\n{page}");
    }
    // Never beside another one.
    let error = pinned(|other| other.card = pin.card.clone()).unwrap_err().to_string();
    assert!(error.contains("another election"), "{error}");
}

#[test]
fn a_card_with_another_origin_key_or_manifest_is_refused() {
    let (manifest, card, fingerprint) = election();
    let check = |manifest: &[u8], card: &Card| PinnedCard::check(&fingerprint, manifest, card.to_bytes());
    let other_origin = Card { origin: "elsewhere.example/2026".parse().unwrap(), ..card.clone() };
    let other_key = Card { organiser: card.registrar, ..card.clone() };
    let cases =
        [(&manifest, &other_origin), (&manifest, &other_key), (&[manifest.as_slice(), b" "].concat(), &card)];
    for (manifest, card) in cases {
        let error = check(manifest, card).unwrap_err().to_string();
        assert!(error.contains("the election's card does not fit"), "{error}");
    }
    assert!(PinnedCard::check(&fingerprint, &manifest, Vec::new()).is_err());
    assert!(PinnedCard::check("ab", &manifest, card.to_bytes()).is_err());
}

#[test]
fn a_preview_reads_the_manifest_and_is_of_no_election() {
    let (manifest, ..) = election();
    let previewed = crate::Previewed::new(&manifest).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let built = site(|_, text| text.into());
    let published = scratch.path().join("published");
    super::pin(built.path(), &Pin { accent: Some("#20639b".into()), ..example() }, &published).unwrap();
    // Of a built site, and of one that was pinned already.
    for (name, from) in [("one", built.path()), ("two", published.as_path())] {
        let out = scratch.path().join(name);
        crate::preview(from, &previewed, None, &out).unwrap();
        let read = |file: &str| std::fs::read(out.join(file)).unwrap();
        let election: serde_json::Value = serde_json::from_slice(&read("election.json")).unwrap();
        assert_eq!(election["preview"], true, "{name}");
        assert_eq!(election["manifest"], "manifest.json");
        assert_eq!(election["fingerprint"], veche_record::Manifest::hash_of(&manifest).to_string());
        assert!(election.get("card").is_none() && election.get("accent").is_none(), "{election}");
        assert_eq!(read("manifest.json"), manifest);
        assert!(String::from_utf8(read("index.html")).unwrap().contains("importmap"), "{name}");
        assert!(String::from_utf8(read("_headers")).unwrap().contains("frame-ancestors 'none'"));
        let hashes: serde_json::Value = serde_json::from_slice(&read("integrity.json")).unwrap();
        for file in ["election.json", "manifest.json", "index.html"] {
            assert_eq!(hashes[file], integrity(&read(file)), "{name} {file}");
        }
    }
    assert!(matches!(crate::Previewed::new(b"{}"), Err(SiteError::Settings(_))));
}
