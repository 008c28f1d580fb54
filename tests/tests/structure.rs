//! The modules of a crate have no circle: whoever reads it can begin with one that uses no other.
//!
//! Read from the source, by the paths that begin with `crate`, `super` or `self`, in `use` and elsewhere but not
//! within macros; tests are left out. In every folder the modules beside each other are compared. A module and the
//! folder that it is in may use each other.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// The crates that are looked at. The folders of the server are named in both directions, for its router names the
/// handlers and these answer with problems; that its files make no circle, a test of its own says.
const CRATES: [&str; 18] = [
    "board",
    "cli",
    "crypto",
    "desk",
    "keeper",
    "listener",
    "pass",
    "phrases",
    "record",
    "results",
    "sheet",
    "trustee",
    "verify",
    "voter",
    "wasm/common",
    "wasm/observer",
    "wasm/voter",
    "witness",
];

/// What one module uses of another although that one uses it, and why it may.
const EXCEPTIONS: [(&str, &str, &str, &str); 19] = [
    ("verify", "failure", "ceremony", FAILURE),
    ("verify", "failure", "tally", FAILURE),
    ("cli", "error", "archive", ERROR),
    ("cli", "error", "audit_sample", ERROR),
    ("cli", "error", "describe", ERROR),
    ("cli", "error", "desk", ERROR),
    ("cli", "error", "election", ERROR),
    ("cli", "error", "import", ERROR),
    ("cli", "error", "keeper", ERROR),
    ("cli", "error", "manifest", ERROR),
    ("cli", "error", "preview", ERROR),
    ("cli", "error", "receipt", ERROR),
    ("cli", "error", "results", ERROR),
    ("cli", "error", "simulate", ERROR),
    ("cli", "error", "site", ERROR),
    ("cli", "error", "trustee", ERROR),
    ("cli", "error", "turnout", ERROR),
    ("cli", "error", "verify_ballot", ERROR),
    ("cli", "error", "witness", ERROR),
];
const FAILURE: &str = "a failure holds every cause there is, each declared where it arises";
const ERROR: &str = "the error of the whole command holds those of its parts";

/// Modules by the folder that they are in, each with what it uses of those beside it.
type Uses = BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>>;

#[test]
fn no_module_uses_itself_by_way_of_others() {
    let mut unneeded: BTreeSet<_> = EXCEPTIONS.iter().collect();
    let mut circles = Vec::new();
    for name in CRATES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src");
        for (folder, mut modules) in uses(&root) {
            let excepted = EXCEPTIONS.iter().filter(|(of, ..)| *of == name && folder.is_empty());
            let all = modules.clone();
            for exception in excepted {
                let (_, from, to, _) = exception;
                if reached(&all, to).contains(*from)
                    && modules.get_mut(*from).is_some_and(|to_| to_.remove(*to))
                {
                    unneeded.remove(exception);
                }
            }
            let within = |module: &&String| reached(&modules, module).contains(*module);
            let circle: Vec<&String> = modules.keys().filter(within).collect();
            if !circle.is_empty() {
                circles.push(format!("{name} {}: {circle:?}", folder.join("::")));
            }
        }
    }
    assert!(circles.is_empty(), "circles of modules: {circles:#?}");
    assert!(unneeded.is_empty(), "exceptions that nothing needs: {unneeded:?}");
}

/// Every module that one uses, itself or by way of others.
fn reached(modules: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = modules.get(from).into_iter().flatten().collect();
    while let Some(module) = next.pop() {
        if reached.insert(module.clone()) {
            next.extend(modules.get(module).into_iter().flatten());
        }
    }
    reached
}

fn uses(root: &Path) -> Uses {
    let mut files = Vec::new();
    find(root, root, &mut files);
    let mut uses = Uses::new();
    for (module, _) in files.iter().filter(|(module, _)| !module.is_empty()) {
        let (name, folder) = module.split_last().unwrap();
        uses.entry(folder.to_vec()).or_default().entry(name.clone()).or_default();
    }
    for (module, file) in &files {
        let mut paths = Paths { module, found: Vec::new() };
        paths.visit_file(&syn::parse_file(&std::fs::read_to_string(file).unwrap()).unwrap());
        for path in paths.found {
            let shared = module.iter().zip(&path).take_while(|(one, other)| one == other).count();
            let (Some(from), Some(to)) = (module.get(shared), path.get(shared)) else { continue };
            let beside = uses.get_mut(&module[..shared]).unwrap();
            if beside.contains_key(to) {
                beside.get_mut(from).unwrap().insert(to.clone());
            }
        }
    }
    uses
}

/// Every source file below a folder, with the path of its module.
fn find(root: &Path, folder: &Path, files: &mut Vec<(Vec<String>, PathBuf)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(root, &path, files);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let relative = path.strip_prefix(root).unwrap().with_extension("");
        let mut module: Vec<String> =
            relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        // `box` is a word of the language, so the module of that folder has another name.
        module.iter_mut().filter(|part| *part == "box").for_each(|part| *part = "ballot_box".into());
        match module.last().map(String::as_str) {
            Some("tests" | "testing") => continue,
            Some("mod" | "lib" | "main") => drop(module.pop()),
            _ => {}
        }
        files.push((module, path));
    }
}

/// Collects the paths of a module that lead through its own crate, from the crate's root on.
struct Paths<'a> {
    module: &'a [String],
    found: Vec<Vec<String>>,
}

impl Paths<'_> {
    fn add(&mut self, path: &[String]) {
        let mut from = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => self.module.to_vec(),
            _ => return,
        };
        let mut rest = path;
        while let [first, others @ ..] = rest {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => drop(from.pop()),
                _ => break,
            }
            rest = others;
        }
        from.extend_from_slice(rest);
        self.found.push(from);
    }

    fn add_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.add_tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let path_: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&path_);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.ident != "tests" {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_macro(&mut self, _: &'ast syn::Macro) {}
}
