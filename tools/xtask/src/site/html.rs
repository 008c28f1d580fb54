//! Just enough HTML to edit the attributes of our own page.
//!
//! It reads the one page Trunk wrote from our own template, so it knows tags, quoted attributes and comments, and
//! answers anything it does not know with an error instead of a guess.

use anyhow::{Result, bail};
use std::ops::Range;

/// A start tag and where it stands.
#[derive(Debug, Clone)]
pub struct Tag {
    name: String,
    attributes: Vec<Attribute>,
    /// From `<` to just behind `>`.
    span: Range<usize>,
}

#[derive(Debug, Clone)]
struct Attribute {
    name: String,
    value: String,
    span: Range<usize>,
}

impl Tag {
    /// An attribute's value as the browser reads it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.value.as_str())
    }
}

/// A page and the edits collected for it.
#[derive(Debug)]
pub struct Page<'a> {
    text: &'a str,
    tags: Result<Vec<Tag>, String>,
    /// What is removed, and what is written instead.
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> Page<'a> {
    /// Reads a page; a page that cannot be read fails at `one` and at `finish`.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, tags: scan(text), edits: Vec::new() }
    }

    /// Every start tag of that name.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<Tag> {
        self.tags.iter().flatten().filter(|tag| tag.name == name).cloned().collect()
    }

    /// The single start tag of that name which `wanted` picks.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn one(&self, name: &str, wanted: impl Fn(&Tag) -> bool) -> Result<Tag> {
        if let Err(problem) = &self.tags {
            bail!("index.html: {problem}");
        }
        let mut found: Vec<_> = self.all(name).into_iter().filter(|tag| wanted(tag)).collect();
        match (found.pop(), found.len()) {
            (Some(tag), 0) => Ok(tag),
            (None, _) => bail!("index.html has no <{name}> of the kind expected"),
            _ => bail!("index.html has several <{name}> of the kind expected"),
        }
    }

    /// Sets an attribute, replacing the value it has.
    pub fn set(&mut self, tag: &Tag, name: &str, value: &str) {
        let written =
            format!("{name}=\"{}\"", value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;"));
        let edit = match tag.attributes.iter().find(|attribute| attribute.name == name) {
            Some(old) => (old.span.clone(), written),
            None => {
                let behind_name = tag.span.start + 1 + tag.name.len();
                (behind_name..behind_name, format!(" {written}"))
            }
        };
        self.edits.push(edit);
    }

    /// Writes something right behind a start tag.
    pub fn insert_after(&mut self, tag: &Tag, html: &str) {
        self.edits.push((tag.span.end..tag.span.end, html.to_owned()));
    }

    /// The page with every edit made.
    ///
    /// # Errors
    /// When the page could not be read, or two edits are in each other's way.
    pub fn finish(mut self) -> Result<String> {
        if let Err(problem) = self.tags {
            bail!("index.html: {problem}");
        }
        let mut out = String::with_capacity(self.text.len() + 4096);
        let mut position = 0;
        self.edits.sort_by_key(|(place, _)| place.start);
        for (place, written) in self.edits {
            let Some(before) = self.text.get(position..place.start) else {
                bail!("two edits of index.html overlap")
            };
            out.push_str(before);
            out.push_str(&written);
            position = place.end;
        }
        out.push_str(self.text.get(position..).unwrap_or_default());
        Ok(out)
    }
}

fn scan(text: &str) -> Result<Vec<Tag>, String> {
    let mut tags = Vec::new();
    let mut position = 0;
    while let Some(found) = text.get(position..).and_then(|rest| rest.find('<')) {
        let start = position + found;
        let rest = text.get(start..).unwrap_or_default();
        if rest.starts_with("<!--") {
            position = start
                + 4
                + rest.get(4..).and_then(|body| body.find("-->")).ok_or("a comment does not end")?;
        } else if rest
            .get(1..)
            .is_some_and(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
        {
            let tag = read_tag(text, start)?;
            position = tag.span.end;
            // The content of these is text, not tags.
            if ["script", "style", "textarea", "title"].contains(&tag.name.as_str()) {
                let close = format!("</{}", tag.name);
                let body = text.get(position..).unwrap_or_default().to_ascii_lowercase();
                position += body.find(&close).ok_or(format!("<{}> does not end", tag.name))?;
            }
            tags.push(tag);
        } else {
            position = start + 1;
        }
    }
    Ok(tags)
}

fn read_tag(text: &str, start: usize) -> Result<Tag, String> {
    let bytes = text.as_bytes();
    let at = |position: usize| bytes.get(position).copied().ok_or("a tag does not end".to_owned());
    let slice = |range: Range<usize>| text.get(range).unwrap_or_default();
    let mut position = start + 1;
    while !matches!(at(position)?, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n') {
        position += 1;
    }
    let name = slice(start + 1..position).to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        match at(position)? {
            b'>' => break,
            b'/' | b' ' | b'\t' | b'\r' | b'\n' => position += 1,
            _ => {
                let from = position;
                while !matches!(at(position)?, b'=' | b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n') {
                    position += 1;
                }
                let key = slice(from..position).to_ascii_lowercase();
                let mut value = String::new();
                if at(position)? == b'=' {
                    let quote = at(position + 1)?;
                    let (value_start, until): (_, fn(u8, u8) -> bool) = match quote {
                        b'"' | b'\'' => (position + 2, |byte, quote| byte == quote),
                        _ => (position + 1, |byte, _| byte.is_ascii_whitespace() || byte == b'>'),
                    };
                    position = value_start;
                    while !until(at(position)?, quote) {
                        position += 1;
                    }
                    value = decode(slice(value_start..position))?;
                    position += usize::from(value_start > from + key.len() + 1);
                }
                attributes.push(Attribute { name: key, value, span: from..position });
            }
        }
    }
    Ok(Tag { name, attributes, span: start..position + 1 })
}

/// Resolves the five character references that anyone writes in an attribute of this page.
fn decode(value: &str) -> Result<String, String> {
    let mut parts = value.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = [("amp;", '&'), ("quot;", '"'), ("#39;", '\''), ("lt;", '<'), ("gt;", '>')];
        let (character, rest) = known
            .iter()
            .find_map(|(reference, character)| Some((character, part.strip_prefix(reference)?)))
            .ok_or_else(|| format!("an attribute holds an ampersand that is not understood: &{part}"))?;
        out.push(*character);
        out.push_str(rest);
    }
    Ok(out)
}
