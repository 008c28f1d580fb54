//! What a person looks at before the vote opens, and why it opens without all of that.

use super::DeskError;
use super::folder::{Folder, Unticked};
use crate::election;
use crate::error::Error;

/// What a person looks at, because no program can. The page has a sentence for each.
pub(crate) const ITEMS: [&str; 6] = ["words", SMS, "backup", "site", "languages", "fingerprint"];

/// That a message was sent to one's own phone: ticked by itself when the desk has sent one.
pub(super) const SMS: &str = "sms";

/// Notes that something was looked at now.
///
/// # Errors
/// The folder cannot be written.
pub(super) fn tick(folder: &Folder, item: &str) -> Result<(), Error> {
    let now = election::hour(election::now());
    folder.note(|notes| drop(notes.ticked.insert(item.to_owned(), now)))
}

/// The longest reason, in letters.
const LONGEST: usize = 500;

/// Lets the vote be opened when everything is ticked, or when a reason says why not; the reason is kept in the folder
/// before anything is done.
///
/// # Errors
/// [`DeskError::Unticked`] where something is left and no reason is given; or the folder cannot be written.
pub(crate) fn pass(folder: &Folder, reason: Option<&str>) -> Result<(), Error> {
    let ticked = folder.notes().ticked;
    let items: Vec<String> =
        ITEMS.iter().filter(|name| !ticked.contains_key(**name)).map(|name| (*name).to_owned()).collect();
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let unticked = match (items.is_empty(), reason) {
        (true, _) => None,
        (false, None) => return Err(DeskError::Unticked { items: items.join(", ") }.into()),
        (false, Some(reason)) if reason.chars().count() > LONGEST => {
            return Err(DeskError::LongReason { most: LONGEST }.into());
        }
        (false, Some(reason)) => {
            let at = election::hour(election::now());
            Some(Unticked { items, reason: reason.to_owned(), at })
        }
    };
    folder.note(|notes| notes.unticked = unticked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vote_opens_when_all_is_ticked_or_a_reason_is_typed_which_stays() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("vote");
        let folder = Folder::open(&path).unwrap();
        folder.note(|notes| drop(notes.ticked.insert("sms".to_owned(), "today".to_owned()))).unwrap();
        for nothing in [None, Some(""), Some("  ")] {
            let refused = pass(&folder, nothing).unwrap_err().to_string();
            assert!(refused.contains("words, backup, site, languages, fingerprint"), "{refused}");
        }
        let long = "a".repeat(LONGEST + 1);
        assert!(pass(&folder, Some(&long)).unwrap_err().to_string().contains("500 letters"));
        assert_eq!(folder.notes().unticked, None, "a refusal leaves nothing");
        pass(&folder, Some(" one language alone ")).unwrap();
        drop(folder);
        let folder = Folder::open(&path).unwrap();
        let kept = folder.notes().unticked.unwrap();
        assert_eq!((kept.items.len(), kept.reason.as_str()), (5, "one language alone"));
        folder
            .note(|notes| {
                notes.ticked = ITEMS.iter().map(|name| ((*name).to_owned(), "today".to_owned())).collect();
            })
            .unwrap();
        pass(&folder, None).unwrap();
        assert_eq!(folder.notes().unticked, None, "nothing is left");
    }
}
