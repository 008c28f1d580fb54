//! What a first vote downloads, on a real city's ballot of 160 projects.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use veche_tests::town;

/// Bytes as they travel to a browser that takes brotli.
fn travels(site: &Path, name: &str) -> Result<usize> {
    let packed = site.join(format!("{name}.br"));
    let file = if packed.is_file() { packed } else { site.join(name) };
    Ok(std::fs::read(&file).with_context(|| format!("{} is not there", file.display()))?.len())
}

/// What stands in an element of the page that is data.
fn data(page: &str, id: &str) -> Result<Value> {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let text = page.split_once(&start).and_then(|(_, rest)| rest.split_once("</script>"));
    Ok(serde_json::from_str(text.with_context(|| format!("index.html has no {id}"))?.0)?)
}

/// Every address that the page names after `attribute`, as a file of the site.
fn named<'a>(page: &'a str, attribute: &'a str) -> impl Iterator<Item = String> + 'a {
    let addresses = page.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
    addresses.map(|address| address.trim_start_matches("./").to_owned())
}

#[test]
fn browser_first_vote_on_a_citys_ballot_is_within_its_bytes() -> Result<()> {
    let Some(manifest) = town::city()? else { return Ok(()) };
    let town = town::open(&manifest)?;
    let site = town.site();
    let page = std::fs::read_to_string(site.join("index.html"))?;

    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut add = |kind: &'static str, bytes: usize| *kinds.entry(kind).or_default() += bytes;
    add("page", travels(&site, "index.html")?);
    // What is asked for ahead is named twice, and comes once.
    let once: BTreeSet<_> = named(&page, "src=\"").chain(named(&page, "href=\"")).collect();
    for name in once {
        let kind = Path::new(&name).extension().and_then(|kind| kind.to_str()).context("no kind")?;
        let kind = match kind {
            "js" => "script",
            "css" => "style",
            "svg" => "icon",
            "json" if name == "manifest.json" => "manifest",
            "json" if name == "election.json" => "card",
            other => anyhow::bail!("the page names a {other}"),
        };
        add(kind, travels(&site, &name)?);
    }
    let (areas, workers, names) = (data(&page, "areas")?, data(&page, "workers")?, data(&page, "names")?);
    let voting = areas.get("app/areas/voter/voting.js").context("the page does not say what voting takes")?;
    let lists = [Some(voting), areas.get("app/areas/voter/main.js"), workers.get("app/worker/voter.js")];
    for name in lists.into_iter().flatten().filter_map(Value::as_array).flatten().filter_map(Value::as_str) {
        add("script", travels(&site, name)?);
    }
    let names = names.as_object().context("no names")?;
    let program = names.get("veche-wasm-voter_bg.wasm").and_then(Value::as_str).context("no program")?;
    add("program", travels(&site, program)?);
    // One language is downloaded: the longest.
    let texts = names.values().filter_map(Value::as_str).filter(|name| name.starts_with("assets/voter-"));
    let texts: Vec<_> = texts.filter(|name| name.ends_with(".json")).collect();
    let longest = texts.iter().map(|name| travels(&site, name)).collect::<Result<Vec<_>>>()?;
    add("texts", longest.into_iter().max().context("no texts")?);
    // The box does not compress what it says.
    add("answer", town.town.ballot_box.http().get("/v1/election")?.len());

    let all: usize = kinds.values().sum();
    println!("| a first vote downloads  | brotli, bytes |\n| ----------------------- | ------------- |");
    for (kind, bytes) in &kinds {
        println!("| {kind:23} | {bytes:13} |");
    }
    println!("| {:23} | {all:13} |", format!("all, of {} languages one", texts.len()));

    // What stands in the page itself travels with it, and counts as what it is.
    let parts = tempfile::tempdir()?;
    for (name, open, close) in [("a.js", "<script>", "</script>"), ("a.css", "<style>", "</style>")] {
        let part = page.split_once(open).and_then(|(_, rest)| rest.split_once(close));
        std::fs::write(parts.path().join(name), part.with_context(|| format!("the page has no {open}"))?.0)?;
    }
    veche_site::compress(parts.path())?;
    let inside = travels(parts.path(), "a.js")? + travels(parts.path(), "a.css")?;
    println!("| in the page: script, style | {inside:10} |");

    let of = |kind: &str| kinds.get(kind).copied().unwrap_or(usize::MAX);
    for kind in ["page", "script", "style", "program", "manifest", "card", "texts", "answer"] {
        ensure!(kinds.contains_key(kind), "no {kind} is counted");
    }
    ensure!(of("program") <= 170_000, "the program has {} bytes", of("program"));
    let code = of("script") + of("style") + inside;
    println!("| script and style, all   | {code:13} |");
    ensure!(code <= 50_000, "script and style have {code} bytes");
    ensure!(all <= 250_000, "a first vote downloads {all} bytes");
    Ok(())
}
