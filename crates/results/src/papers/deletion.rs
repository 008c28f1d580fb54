//! What a town deletes after a vote, and what it keeps: a list to be gone through with a pen.

use maud::{Markup, html};
use veche_record::Manifest;
use veche_record::manifest::Route;

use super::page::{own, page};
use super::wording::PaperWords;
use crate::error::ResultsError;

/// What a vote had of the things that are deleted after it.
#[derive(Debug, Clone, Copy)]
pub struct Deletion<'a> {
    /// The title of the vote.
    pub title: &'a str,
    /// The language of the words.
    pub language: &'a str,
    /// Whether ballots came on paper.
    pub paper: bool,
    /// Whether voters signed in somewhere else than on the vote's own page.
    pub portal: bool,
    /// Whether people's names lie on another machine than the ballots, or nobody knows.
    pub registrar: bool,
}

impl<'a> Deletion<'a> {
    /// For a vote of this manifest: which ways of voting it had is in it. Where its register lies is not.
    pub fn of(manifest: &'a Manifest, names: &str, language: &'a str, registrar: bool) -> Self {
        let document = manifest.document();
        let own = |route: &Route| OWN_ROUTES.contains(&route.id.as_str());
        Deletion {
            title: document.title.get(names).unwrap_or_default(),
            language,
            paper: document.routes.iter().any(|route| route.entered),
            portal: document.routes.iter().any(|route| !route.entered && !own(route)),
            registrar,
        }
    }
}

/// The ways of signing in that the vote's own page has: a code by SMS, a code on paper. Any other is a portal's.
const OWN_ROUTES: [&str; 2] = ["sms", "code"];

/// The page for a vote.
///
/// # Errors
/// [`ResultsError::NoWords`] for a language without words.
pub fn deletion(about: &Deletion<'_>) -> Result<String, ResultsError> {
    let Deletion { title, language, .. } = *about;
    let words = PaperWords::of(language)?;
    let delete = [
        Some((&words.del_box, &words.del_box_why)),
        about.registrar.then_some((&words.del_registrar, &words.del_registrar_why)),
        Some((&words.del_roll, &words.del_roll_why)),
        Some((&words.del_backups, &words.del_backups_why)),
        Some((&words.del_sms, &words.del_sms_why)),
        Some((&words.del_web, &words.del_web_why)),
        about.portal.then_some((&words.del_portal, &words.del_portal_why)),
        Some((&words.del_help, &words.del_help_why)),
        Some((&words.del_list, &words.del_list_why)),
        Some((&words.del_shares, &words.del_shares_why)),
        Some((&words.del_words, &words.del_words_why)),
        Some((&words.del_desk, &words.del_desk_why)),
        Some((&words.del_invitations, &words.del_invitations_why)),
    ];
    let keep = [
        Some((&words.keep_archive, &words.keep_archive_why)),
        Some((&words.keep_protocol, &words.keep_protocol_why)),
        about.paper.then_some((&words.keep_papers, &words.keep_papers_why)),
        Some((&words.keep_complaints, &words.keep_complaints_why)),
    ];
    let table = |rows: &[Option<(&String, &String)>]| -> Markup {
        html! {
            table.sign {
                thead {
                    tr { th { (words.what) } th { (words.why) } th.done { (words.done) } }
                }
                tbody {
                    @for (what, why) in rows.iter().flatten() {
                        tr { td { (what) } td { (why) } td {} }
                    }
                }
            }
        }
    };
    let body = html! {
        h1 { (words.deletion_title) }
        p.title { (own(title)) }
        p { (words.deletion_text) }
        h2 { (words.delete) }
        (table(&delete))
        section.together-on-a-page {
            h2 { (words.keep) }
            (table(&keep))
        }
    };
    Ok(page(language, &format!("{}: {title}", words.deletion_title), &body))
}
