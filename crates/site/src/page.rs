//! What is written into `index.html`. The page is our own, and so are the few forms that are looked for in it; anything
//! that is not found where it must be is an error.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Loaded, SiteError, integrity};

/// Where `index.html` is completed: behind its policy, which must bind what is written here, and before its first
/// script.
pub const MARK: &str = "<!-- veche:head -->";

const POLICY: &str = "http-equiv=\"Content-Security-Policy\" content=\"";

/// The page, complete; `data` is what it reads before anything else.
pub(crate) fn pinned(
    page: &str,
    site: &Loaded,
    origins: &BTreeSet<String>,
    data: &[&str],
) -> Result<String, SiteError> {
    let (before, after) = split(page, MARK)?;
    let (head, policy) = split(before, POLICY)?;
    let (policy, between) =
        policy.split_once('"').ok_or_else(|| SiteError::shape("the policy does not end"))?;
    let loading = ["<script", "<style", "stylesheet", "modulepreload"];
    if loading.iter().any(|what| head.contains(what) || between.contains(what)) {
        let message = "index.html loads something before its policy and import map, which would not bind it";
        return Err(SiteError::shape(message));
    }

    let names = site.modules.names();
    // A style that the page names has its hash there.
    let asked = |name: &str| !name.ends_with(".css") || names.values().any(|asked| *asked == name);
    let scripts: BTreeMap<_, _> = site.hashes.iter().filter(|(name, _)| asked(name)).collect();
    let scripts: BTreeMap<_, _> =
        scripts.into_iter().map(|(name, hash)| (format!("./{name}"), hash)).collect();
    let map = serde_json::json!({ "integrity": scripts }).to_string();
    let mut sources = vec![("script-src", format!("'{}'", integrity(map.as_bytes())))];
    sources.extend(origins.iter().map(|origin| ("connect-src", origin.clone())));

    let mut links = String::new();
    let mut loads = BTreeSet::new();
    let after = with_integrity(after, site, &mut loads, &mut links, &mut sources)?;
    let policy = sources
        .iter()
        .try_fold(policy.to_owned(), |policy, (directive, source)| add_source(&policy, directive, source))?;
    let mut led_to = BTreeSet::new();
    for module in &loads {
        led_to.extend(site.modules.from(module)?);
    }
    for module in led_to.iter().filter(|module| !loads.contains(**module)) {
        let hash = site.hash(module)?;
        links += &format!("\n  <link rel=\"modulepreload\" href=\"./{module}\" integrity=\"{hash}\">");
    }
    for file in data {
        links += &format!("\n  <link rel=\"preload\" href=\"./{file}\" as=\"fetch\" crossorigin>");
    }
    let areas = serde_json::json!(site.modules.later(&led_to)?);
    let workers = serde_json::json!(site.modules.workers()?);
    let names = serde_json::json!(names);
    Ok(format!(
        "{head}{POLICY}{policy}\"{between}<script type=\"importmap\">{map}</script>
  <script type=\"application/json\" id=\"areas\">{areas}</script>
  <script type=\"application/json\" id=\"workers\">{workers}</script>
  <script type=\"application/json\" id=\"names\">{names}</script>{links}{after}"
    ))
}

/// What is before and behind the one place where `mark` stands.
fn split<'a>(page: &'a str, mark: &str) -> Result<(&'a str, &'a str), SiteError> {
    let parts = page.split_once(mark).filter(|(_, after)| !after.contains(mark));
    parts.ok_or_else(|| SiteError::Shape(format!("index.html must have this once, in its place: {mark}")))
}

/// Names each script and style by its hash, in `sources` for the policy those that stand in the page itself, and notes
/// the modules among them. `links` asks for the others in their order: a browser that has met a policy in the page does
/// not look ahead any more, and would learn of the styles and the entry only when the first script has come and run.
fn with_integrity(
    text: &str,
    site: &Loaded,
    modules: &mut BTreeSet<String>,
    links: &mut String,
    sources: &mut Vec<(&str, String)>,
) -> Result<String, SiteError> {
    let mut out = String::with_capacity(text.len() + 4096);
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        out += before;
        if from.starts_with("<!--") {
            let end =
                from.find("-->").ok_or_else(|| SiteError::shape("a comment of index.html does not end"))?;
            let (comment, after) = from.split_at(end);
            out += comment;
            rest = after;
            continue;
        }
        let end = from.find('>').ok_or_else(|| SiteError::shape("a tag of index.html does not end"))?;
        let (tag, after) = from.split_at(end);
        rest = after;
        let script = tag.starts_with("<script");
        let inside = match tag {
            "<script" => Some(("script-src", "</script>")),
            "<style" => Some(("style-src", "</style>")),
            _ => None,
        };
        if let Some((directive, close)) = inside {
            let (content, behind) = after
                .split_once('>')
                .and_then(|(_, after)| after.split_once(close))
                .ok_or_else(|| SiteError::Shape(format!("index.html has no {close}")))?;
            sources.push((directive, format!("'{}'", integrity(content.as_bytes()))));
            out += &format!("{tag}>{content}{close}");
            rest = behind;
            continue;
        }
        let name =
            attribute(tag, if script { "src" } else { "href" }).map(|name| name.trim_start_matches("./"));
        let loads =
            script || ["stylesheet", "modulepreload"].iter().any(|rel| attribute(tag, "rel") == Some(rel));
        if !loads {
            out += tag;
            continue;
        }
        let name =
            name.ok_or_else(|| SiteError::Shape(format!("the policy forbids what index.html has: {tag}>")))?;
        if attribute(tag, "type") == Some("module") || attribute(tag, "rel") == Some("modulepreload") {
            modules.insert(name.to_owned());
        }
        let hash = site.hash(name)?;
        let ahead = match attribute(tag, "rel") {
            None if attribute(tag, "type") == Some("module") => Some("modulepreload\""),
            None => Some("preload\" as=\"script\""),
            Some("stylesheet") if attribute(tag, "media").is_none() => Some("preload\" as=\"style\""),
            // Asked for where it stands, or not needed on a screen.
            Some(_) => None,
        };
        if let Some(rel) = ahead {
            *links += &format!("\n  <link rel=\"{rel} href=\"./{name}\" integrity=\"{hash}\">");
        }
        let (tag, slash) = tag.strip_suffix('/').map_or((tag, ""), |tag| (tag, "/"));
        out += &format!("{tag} integrity=\"{hash}\"{slash}");
    }
    Ok(out + rest)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    Some(value.split_once('"')?.0)
}

/// Adds one source to one directive of a content security policy.
fn add_source(policy: &str, directive: &str, source: &str) -> Result<String, SiteError> {
    let mut found = false;
    let parts: Vec<_> = policy
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            if part.split_whitespace().next() != Some(directive) {
                return part.to_owned();
            }
            found = true;
            format!("{part} {source}")
        })
        .collect();
    if !found {
        return Err(SiteError::Shape(format!(
            "the content security policy of index.html has no {directive}"
        )));
    }
    Ok(parts.join("; "))
}
