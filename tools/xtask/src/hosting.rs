//! The settings for web servers that docs/hosting.md has: there they are written once, and taken from there.

use anyhow::{Context, Result};

use crate::workspace::root;

/// The settings for nginx: the whole file for the one that stands in front of a ballot box, or what is inside the
/// `server` of one that hands out files.
///
/// # Errors
/// When the document has none.
pub fn nginx(in_front: bool) -> Result<String> {
    let text = document()?;
    let mut blocks = blocks(&text, "```nginx\n");
    let block = blocks.find(|block| block.contains("proxy_pass") == in_front);
    Ok(block.context("docs/hosting.md recommends no such settings for nginx")?.to_owned())
}

/// The settings for Caddy in front of a ballot box.
///
/// # Errors
/// When the document has none.
pub fn caddy() -> Result<String> {
    let text = document()?;
    let block = blocks(&text, "```\n").find(|block| block.contains("reverse_proxy"));
    Ok(block.context("docs/hosting.md recommends no settings for Caddy")?.to_owned())
}

fn document() -> Result<String> {
    Ok(std::fs::read_to_string(root().join("docs/hosting.md"))?)
}

fn blocks<'a>(text: &'a str, begin: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(|rest| rest.split("```").next())
}
