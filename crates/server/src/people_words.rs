//! What the commands of a clerk say of people.

use veche_server::{Comparison, Found, Gone, Helped, OnBoard, time_words};

/// What is said of a key that was revoked for its owner.
pub(crate) fn revoked_words(entry: Option<u64>) -> String {
    let key = match entry {
        Some(entry) => format!("The key is revoked: entry {entry}."),
        None => "There was no key to revoke.".to_owned(),
    };
    format!("{key} The person is signed out everywhere, and signs in with a new code.")
}

pub(crate) fn helped_words(helped: &Helped) -> String {
    let mut text = found_words(&helped.found);
    let off_roll = helped.has_roll && helped.found.style.is_none();
    text.push_str("\nCode: ");
    text.push_str(&match (off_roll, helped.last_left, helped.waiting) {
        (true, ..) if helped.waiting > 0 => {
            "asked for, and none was sent, because the number is not on the roll.".to_owned()
        }
        (true, ..) => "none is sent, because the number is not on the roll.".to_owned(),
        (false, None, 0) => "none was sent in 24 hours.".to_owned(),
        (false, None, waiting) => format!("delayed: {waiting} asked for, and not sent yet."),
        (false, Some(last), 0) => {
            format!("sent, the last at {}; {} in 24 hours.", time_words(last), helped.left)
        }
        (false, Some(last), waiting) => {
            format!(
                "sent, the last at {}; {} in 24 hours; delayed: {waiting}.",
                time_words(last),
                helped.left
            )
        }
    });
    if let Some(lost) = helped.last_lost {
        text.push_str(&format!("\nA message failed and was given up, the last at {}.", time_words(lost)));
    }
    if helped.spent {
        text.push_str("\nThe newest code is used up by wrong guesses: another has to be asked for.");
    }
    if let Some((made, expires, used)) = helped.printed {
        let made = time_words(made);
        text.push_str(&match used {
            true => format!("\nCode on paper: given at {made}, and used."),
            false => {
                format!("\nCode on paper: given at {made}, not used, good until {}.", time_words(expires))
            }
        });
    }
    for line in &helped.journal {
        text.push_str(&format!("\n{line}"));
    }
    text
}

pub(crate) fn compared_words(comparison: &Comparison, gone: Gone) -> String {
    let Comparison { added, gone: left, moved, kept, gone_with_key, added_struck_off } = comparison;
    let mut text = format!("New: {added}. Gone: {left}. In another district: {moved}. As before: {kept}.");
    if *gone_with_key > 0 {
        text.push_str(&match gone {
            Gone::KeepKeys => format!(
                "\nOf those gone, {gone_with_key} have a key on the board. They can sign in no more, but may vote with that \
                 key until they are struck: --strike-gone does that."
            ),
            Gone::AreStruck => {
                format!("\nOf those gone, {gone_with_key} have a key on the board, which is revoked for good.")
            }
        });
    }
    if *added_struck_off > 0 {
        text.push_str(&format!(
            "\nOf those who come, {added_struck_off} were struck off on the board. That cannot be undone: they do not vote."
        ));
    }
    text
}

pub(crate) fn found_words(found: &Found) -> String {
    let roll = match &found.style {
        Some(style) => format!("On the roll: yes, in the district {style}."),
        None => "On the roll: no.".to_owned(),
    };
    let signed_in = if found.signed_in { "yes" } else { "never" };
    format!("{roll}\nSigned in: {signed_in}.\n{}", board_words(found.on_board.as_ref()))
}

fn board_words(on_board: Option<&OnBoard>) -> String {
    let Some(OnBoard { style, active, struck_off, voted }) = on_board else {
        return "Key on the board: none.\nVoted: no.".to_owned();
    };
    let key = match (struck_off, active) {
        (true, _) => "struck off; it cannot be undone",
        (false, true) => "yes",
        (false, false) => "revoked; the next sign-in makes a new one",
    };
    let voted = if *voted { "yes" } else { "no" };
    format!("Key on the board: {key}, for the district {style}.\nVoted: {voted}.")
}
