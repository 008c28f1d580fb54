//! One formatter for each language, and the two rules of style that no formatter holds.
//!
//! rustfmt has Rust; it wraps comments only where it is a nightly, so their width is looked at here. Prettier, at the
//! version that www/package-lock.json pins, has JavaScript, CSS and Markdown.

use crate::process::run;
use crate::workspace::{cargo, root};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Columns of a comment in Rust. A row of a table and a word that is longer have no place to be cut.
const COMMENT_WIDTH: usize = 120;
/// Where Rust is.
const RUST: &[&str] = &["crates", "examples", "fuzz", "tests", "tools"];
/// What Prettier formats; .prettierignore says what it leaves alone.
const PRETTIER: &[&str] =
    &["*.md", ".github", "crates", "docs", "examples", "fuzz", "packages", "tests", "tools", "www"];

/// Formats everything, and says what only a person can put right.
///
/// # Errors
/// When a formatter fails, or a comment is too wide.
pub fn format() -> Result<()> {
    run(cargo().args(["fmt", "--all"]))?;
    prettier("--write")?;
    comments()
}

/// Looks whether rustfmt has anything to change, and a comment is too wide.
///
/// # Errors
/// When it has, or one is.
pub fn check_rust() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    comments()
}

/// Looks whether Prettier has anything to change.
///
/// # Errors
/// When it has; it names the files.
pub fn check_prettier() -> Result<()> {
    prettier("--check").context("`cargo xtask fmt` formats everything")
}

fn prettier(mode: &str) -> Result<()> {
    run(Command::new(root().join("www/node_modules/.bin/prettier"))
        .current_dir(root())
        .args(["--log-level=warn", "--no-error-on-unmatched-pattern", mode])
        .args(PRETTIER))
}

fn comments() -> Result<()> {
    let mut files = Vec::new();
    for folder in RUST {
        rust_files(&root().join(folder), &mut files)?;
    }
    let mut wide = String::new();
    for file in files {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        // The examples of a comment are code.
        let mut example = false;
        for (number, line) in (1..).zip(text.lines()) {
            example ^= line.trim_start().trim_start_matches(['/', '!']).trim_start().starts_with("```");
            if !example && is_too_wide(line) {
                wide += &format!("\n{}:{number}", file.display());
            }
        }
    }
    if !wide.is_empty() {
        bail!("comments of more than {COMMENT_WIDTH} columns:{wide}");
    }
    Ok(())
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("target") && !path.ends_with("node_modules") {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn is_too_wide(line: &str) -> bool {
    let Some(comment) = line.trim_start().strip_prefix("//") else { return false };
    let text = comment.trim_start_matches(['/', '!']).trim_start();
    line.chars().count() > COMMENT_WIDTH && text.contains(' ') && !text.starts_with('|')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_that_could_be_wrapped_are_too_wide() {
        let words = "word ".repeat(24);
        assert!(is_too_wide(&format!("    /// {words}")));
        assert!(!is_too_wide(&format!("// {}", &words[..COMMENT_WIDTH - 3])));
        assert!(is_too_wide(&format!("// {}", &words[..COMMENT_WIDTH - 2])));
        assert!(!is_too_wide(&format!("//! | {words} |")));
        assert!(!is_too_wide(&format!("// https://example/{}", "a".repeat(COMMENT_WIDTH))));
        assert!(!is_too_wide(&format!("let text = \"{words}\";")));
    }
}
