//! What all pages have: the frame, lists of facts, and texts that keep their direction to themselves.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::words::is_right_to_left;

/// A page. It loads nothing, and no script of it would run.
pub(super) fn page(language: &str, title: &str, body: &Markup) -> String {
    styled(language, title, "", body)
}

/// A page with styles of its own behind those of all.
pub(super) fn styled(language: &str, title: &str, style: &str, body: &Markup) -> String {
    let direction = if is_right_to_left(language) { "rtl" } else { "ltr" };
    html! {
        (DOCTYPE)
        html lang=(language) dir=(direction) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(style)) }
            }
            body { (body) }
        }
    }
    .into_string()
}

/// A text of somebody else's: its direction is its own.
pub(super) fn own(text: &str) -> Markup {
    html! { bdi { (text) } }
}

/// What is written from left to right in every language.
pub(super) fn plain(text: &str) -> Markup {
    html! { bdi dir="ltr" { (text) } }
}

/// What is written from left to right, within a sentence that is filled in.
pub(super) fn isolated(text: &str) -> String {
    format!("\u{2066}{text}\u{2069}")
}

/// Names, each with its own direction, for a sentence that is filled in.
pub(super) fn listed(names: impl Iterator<Item = String>) -> String {
    names.map(|name| format!("\u{2068}{name}\u{2069}")).collect::<Vec<_>>().join(", ")
}

/// Facts with their names; those that are not there are left out.
pub(super) fn facts(facts: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl {
            @for (name, fact) in facts {
                @if let Some(fact) = fact {
                    dt { (name) }
                    dd { (fact) }
                }
            }
        }
    }
}
