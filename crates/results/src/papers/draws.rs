//! When a draw of lots was held and in whose presence, as the organiser has noted it. The public board keeps the order
//! alone.

use serde::{Deserialize, Serialize};
use veche_record::manifest::Contest;

use crate::standing::Standing;

/// What the organiser has noted of one draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawNote {
    /// The contest's identifier.
    pub contest: String,
    /// The options' identifiers, the first drawn first: a contest can have several draws.
    pub options: Vec<String>,
    /// When and where it was held, in the town's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// In whose presence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<String>,
}

/// Why a file of notes is not read: the fault of whoever wrote it.
#[derive(Debug, thiserror::Error)]
pub enum DrawNotesError {
    /// Another form.
    #[error(transparent)]
    Form(#[from] serde_json::Error),
    /// A text that does not fit the line that it is printed in.
    #[error("{0:?} is to be one line of 1 to {LONGEST} letters", LONGEST = DrawNote::LONGEST)]
    Line(String),
}

impl DrawNote {
    /// The longest text, in letters.
    pub const LONGEST: usize = 300;

    /// Reads a file of notes: a list in JSON.
    ///
    /// # Errors
    /// [`DrawNotesError`].
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, DrawNotesError> {
        let notes: Vec<Self> = serde_json::from_slice(bytes)?;
        let texts = notes.iter().flat_map(|note| [&note.held, &note.present]).flatten();
        let wrong = texts.filter(|text| !Self::fits(text)).map(String::clone).next();
        wrong.map_or(Ok(notes), |text| Err(DrawNotesError::Line(text)))
    }

    /// Whether a text is a line that can be printed.
    #[must_use]
    pub fn fits(text: &str) -> bool {
        let long = text.chars().count();
        !text.trim().is_empty() && long <= Self::LONGEST && !text.contains(char::is_control)
    }

    /// Those notes whose draw is on the board, in its order. Of several notes of one draw the last one counts.
    #[must_use]
    pub fn on_board(notes: &[Self], standings: &[Standing<'_>]) -> Vec<Self> {
        let all =
            standings.iter().flat_map(|standing| standing.draws.iter().map(|draw| (standing.contest, draw)));
        all.filter_map(|(contest, draw)| Self::of(notes, contest, draw).cloned()).collect()
    }

    /// The note of a draw, given by the positions of its options.
    pub(super) fn of<'n>(notes: &'n [Self], contest: &Contest, drawn: &[u16]) -> Option<&'n Self> {
        let id = |at: &u16| contest.options.get(usize::from(*at)).map(|option| &option.id);
        let ids: Option<Vec<&String>> = drawn.iter().map(id).collect();
        let ids = ids?;
        let fits = |note: &&Self| note.contest == contest.id && ids.iter().copied().eq(&note.options);
        notes.iter().rfind(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_of_lines_and_says_which_draw_it_is_of() {
        let read = |text: &str| DrawNote::read(text.as_bytes());
        let notes = read(
            r#"[{"contest": "north", "options": ["c", "a"], "held": "15 June, town hall", "present": "Anna Nowak"},
                {"contest": "north", "options": ["d", "b"]}]"#,
        );
        let notes = notes.unwrap();
        assert_eq!(notes[0].held.as_deref(), Some("15 June, town hall"));
        assert_eq!((&notes[1].held, &notes[1].present), (&None, &None));
        assert_eq!(read(&serde_json::to_string(&notes).unwrap()).unwrap(), notes);
        let long = format!(r#"[{{"contest": "n", "options": [], "held": "{}"}}]"#, "a".repeat(301));
        for wrong in [
            r#"[{"contest": "n", "options": [], "held": "one\ntwo"}]"#,
            r#"[{"contest": "n", "options": [], "present": " "}]"#,
            &long,
        ] {
            assert!(matches!(read(wrong), Err(DrawNotesError::Line(_))), "{wrong}");
        }
        for wrong in ["{}", r#"[{"contest": "n"}]"#, r#"[{"contest": "n", "options": [], "hour": "12"}]"#] {
            assert!(matches!(read(wrong), Err(DrawNotesError::Form(_))), "{wrong}");
        }
    }
}
