//! Which modules lead to which. The site's scripts are one formatter's, so an import is one line, or ends in one.
//! Whoever bundles them says it instead, for nothing of that is left then.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::SiteError;

/// What is said of a bundled site, in the built one only.
pub(crate) const BUNDLE: &str = "bundle.json";

/// Every script of a site, by path, with what it names.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Modules {
    modules: BTreeMap<String, Named>,
    /// What files are called now that the page asks for by the name of their source.
    names: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Modules that it imports, which are loaded with it.
    imports: Vec<String>,
    /// Modules that it loads when it wants them.
    later: Vec<String>,
    /// Modules that it has the address of, to start workers from.
    workers: Vec<String>,
}

impl Modules {
    /// Those of a bundled site.
    pub(crate) fn bundled(text: &str) -> Result<Self, SiteError> {
        serde_json::from_str(text).map_err(|error| SiteError::Shape(format!("{BUNDLE}: {error}")))
    }

    /// What files other than scripts are called that the page asks for by another name.
    pub(crate) fn names(&self) -> BTreeMap<&str, &str> {
        let names = self.names.iter().map(|(source, name)| (source.as_str(), name.as_str()));
        names.filter(|(source, _)| !source.ends_with(".js")).collect()
    }

    /// The name that the page knows a module by.
    fn source<'a>(&'a self, path: &'a str) -> &'a str {
        self.names.iter().find(|(_, name)| *name == path).map_or(path, |(source, _)| source)
    }

    /// Reads a script.
    pub(crate) fn read(&mut self, path: &str, text: &str) -> Result<(), SiteError> {
        let mut named = Named::default();
        for line in text.lines() {
            if let Some(address) = imported(path, line)? {
                named.imports.push(resolve(path, address)?);
            }
        }
        for address in quoted(text, "() => import(\"", ")") {
            named.later.push(resolve(path, address)?);
        }
        for address in quoted(text, "new URL(\"", ", import.meta.url)") {
            if address.ends_with(".js") {
                named.workers.push(resolve(path, address)?);
            }
        }
        self.modules.insert(path.to_owned(), named);
        Ok(())
    }

    /// A module and all that is loaded with it.
    pub(crate) fn from(&self, path: &str) -> Result<BTreeSet<&str>, SiteError> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![path];
        while let Some(path) = waiting.pop() {
            let known = self.modules.get_key_value(path);
            let (path, named) = known.ok_or_else(|| {
                SiteError::Shape(format!("{path} is not part of the site, and something loads it"))
            })?;
            if found.insert(path.as_str()) {
                waiting.extend(named.imports.iter().map(String::as_str));
            }
        }
        Ok(found)
    }

    /// Every module that one of these loads later, with all that is loaded with it and not with these.
    pub(crate) fn later<'a>(
        &'a self,
        first: &BTreeSet<&'a str>,
    ) -> Result<BTreeMap<&'a str, BTreeSet<&'a str>>, SiteError> {
        let later = first.iter().filter_map(|path| self.modules.get(*path)).flat_map(|named| &named.later);
        let loaded =
            later.map(|path| Ok((self.source(path), self.from(path)?.difference(first).copied().collect())));
        loaded.collect()
    }

    /// Every module that a worker is started from, with all that is loaded with it.
    pub(crate) fn workers(&self) -> Result<BTreeMap<&str, BTreeSet<&str>>, SiteError> {
        let starts = self.modules.values().flat_map(|named| &named.workers);
        starts.map(|start| Ok((self.source(start), self.from(start)?))).collect()
    }
}

/// What stands in quotes between two pieces of code, wherever they do.
fn quoted<'a>(text: &'a str, before: &'static str, after: &'static str) -> impl Iterator<Item = &'a str> {
    text.split(before).skip(1).filter_map(move |rest| {
        let (address, behind) = rest.split_once('"')?;
        behind.starts_with(after).then_some(address)
    })
}

/// The address that a line imports or re-exports from, if it does.
fn imported<'a>(path: &str, line: &'a str) -> Result<Option<&'a str>, SiteError> {
    let whole = line.starts_with("import ");
    if !whole && !line.starts_with("export ") && !line.starts_with("} from ") {
        return Ok(None);
    }
    let address = match line.split_once(" from \"") {
        Some((_, rest)) => rest.strip_suffix("\";"),
        None => line.strip_prefix("import \"").and_then(|rest| rest.strip_suffix("\";")),
    };
    // The names of a long import stand in lines of their own.
    let unread = address.is_none() && (line.contains(" from ") || whole && !line.ends_with('{'));
    if unread {
        return Err(SiteError::Shape(format!("{path} has an import that is not understood: {line}")));
    }
    Ok(address)
}

/// A path inside the site, from an address relative to one of its modules.
fn resolve(from: &str, address: &str) -> Result<String, SiteError> {
    let outside = || SiteError::Shape(format!("{from} names {address}, which is no file of the site"));
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    if !address.starts_with("./") && !address.starts_with("../") {
        return Err(outside());
    }
    for step in address.split('/') {
        match step {
            "." => {}
            ".." => drop(path.pop().ok_or_else(outside)?),
            _ => path.push(step),
        }
    }
    Ok(path.join("/"))
}
