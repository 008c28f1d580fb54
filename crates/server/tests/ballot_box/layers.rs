//! What the files of the server may name: the cut by which it can be two processes and have other databases.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every file of a folder and of those in it.
pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
}

/// The files of `src/` that hold a text, by their path within it.
fn naming(text: &str) -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let holds = |path: &PathBuf| std::fs::read_to_string(path).unwrap().contains(text);
    let within = |path: PathBuf| path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
    sources(&src).into_iter().filter(holds).map(within).collect()
}

#[test]
fn registrar_and_ballot_box_meet_only_where_a_credential_is_handed_over() {
    let (registrar, ballot_box) = (naming("crate::registrar"), naming("crate::ballot_box"));
    assert!(registrar.iter().any(|file| file.starts_with("registrar/")), "{registrar:?}");
    assert!(ballot_box.iter().any(|file| file.starts_with("box/")), "{ballot_box:?}");
    for file in &registrar {
        assert!(!file.starts_with("box/") && file != "handover.rs", "{file} names the registrar");
    }
    for file in &ballot_box {
        assert!(!file.starts_with("registrar/") && file != "handover.rs", "{file} names the ballot box");
    }
    let desk = naming("CredentialDesk");
    let halves: Vec<_> =
        desk.iter().filter(|file| file.starts_with("box/") || file.starts_with("registrar/")).collect();
    assert_eq!(
        halves,
        ["box/credential.rs", "box/voters.rs", "registrar/context.rs", "registrar/remote_box.rs"]
    );
}

#[test]
fn only_the_store_knows_the_database() {
    for text in ["sqlx::", "SELECT ", "INSERT INTO ", "DELETE FROM "] {
        let files = naming(text);
        assert!(!files.is_empty(), "{text}");
        for file in files {
            assert!(file.starts_with("store/"), "{file} holds {text:?}");
        }
    }
}

/// Modules whose imports lead back to them teach nobody where to begin reading, and cannot become crates.
#[test]
fn no_module_imports_itself_by_way_of_others() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = BTreeMap::new();
    for file in sources(&src) {
        let within = file.strip_prefix(&src).unwrap().with_extension("").to_str().unwrap().replace('/', "::");
        let name = within.trim_end_matches("::mod").replacen(
            "box",
            "ballot_box",
            usize::from(within.starts_with("box")),
        );
        let text = std::fs::read_to_string(&file).unwrap();
        let program = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let lines = program.lines().map(|line| line.split("//").next().unwrap());
        modules.insert(name, lines.collect::<String>());
    }
    // The crate's front page names everything, and nothing names it.
    modules.remove("lib");
    modules.retain(|name, _| !name.ends_with("tests") && name != "store::conformance");
    let named = |path: &str| {
        let ends = path.match_indices("::").map(|(end, _)| end).chain([path.len()]);
        let modules = ends.filter_map(|end| modules.get_key_value(path.get(..end)?));
        modules.map(|(name, _)| name.as_str()).last()
    };
    let mut imports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, text) in &modules {
        let parent = name.rsplit_once("::").map_or(String::new(), |(parent, _)| format!("{parent}::"));
        let mut roots = vec![("crate::".to_owned(), String::new()), ("super::".to_owned(), parent)];
        let own = format!("{name}::");
        let children = modules.keys().filter_map(|module| module.strip_prefix(&own));
        roots.extend(children.map(|child| (format!("{child}::"), format!("{own}{child}::"))));
        for (from, to) in &roots {
            for rest in text.split(from.as_str()).skip(1) {
                for path in trees(rest) {
                    let path = format!("{to}{path}");
                    if let Some(target) = named(&path).filter(|target| target != name) {
                        imports.entry(name).or_default().insert(target);
                    }
                }
            }
        }
    }
    assert!(imports.len() > 20, "{imports:?}");
    // What imports nothing that is left, or is imported by nothing that is left, is no part of a circle.
    while let Some(name) = outside(&imports) {
        imports.remove(name);
        for to in imports.values_mut() {
            to.remove(name);
        }
    }
    assert!(imports.is_empty(), "circles: {imports:#?}");
}

/// A module that imports nothing of the others, or that none of them imports.
fn outside<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Option<&'a str> {
    let leaf = |to: &BTreeSet<&str>| to.iter().all(|to| !imports.contains_key(to));
    let top = |name: &str| imports.values().all(|to| !to.contains(name));
    imports.iter().find(|(name, to)| leaf(to) || top(name)).map(|(name, _)| *name)
}

/// The paths of what follows `crate::`: one, or several where it has braces.
fn trees(text: &str) -> Vec<String> {
    let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    let head: String = text.chars().take_while(|c| !end(*c)).collect();
    let Some(list) = text.get(head.len()..).and_then(|rest| rest.strip_prefix('{')) else {
        return vec![head];
    };
    let (mut paths, mut depth, mut item) = (Vec::new(), 0, String::new());
    for c in list.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => paths.append(&mut trees(std::mem::take(&mut item).trim())),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                item.push(c);
            }
        }
    }
    paths.append(&mut trees(item.trim()));
    paths.into_iter().map(|path| format!("{head}{path}")).collect()
}
