//! What a town deletes after a vote, and what it keeps: a list to be gone through with a pen.

use maud::{Markup, html};

use super::page::{own, page};
use super::wording::PaperWords;
use crate::error::ResultsError;

/// The page for the vote of this title.
///
/// # Errors
/// [`ResultsError::NoWords`] for a language without words.
pub fn deletion(title: &str, language: &str) -> Result<String, ResultsError> {
    let words = PaperWords::of(language)?;
    let delete = [
        (&words.del_box, &words.del_box_why),
        (&words.del_registrar, &words.del_registrar_why),
        (&words.del_roll, &words.del_roll_why),
        (&words.del_backups, &words.del_backups_why),
        (&words.del_sms, &words.del_sms_why),
        (&words.del_web, &words.del_web_why),
        (&words.del_portal, &words.del_portal_why),
        (&words.del_list, &words.del_list_why),
        (&words.del_shares, &words.del_shares_why),
        (&words.del_words, &words.del_words_why),
    ];
    let keep = [
        (&words.keep_archive, &words.keep_archive_why),
        (&words.keep_protocol, &words.keep_protocol_why),
        (&words.keep_papers, &words.keep_papers_why),
        (&words.keep_complaints, &words.keep_complaints_why),
    ];
    let table = |rows: &[(&String, &String)]| -> Markup {
        html! {
            table.sign {
                thead {
                    tr { th { (words.what) } th { (words.why) } th.done { (words.done) } }
                }
                tbody {
                    @for (what, why) in rows {
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
