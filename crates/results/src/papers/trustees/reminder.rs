//! The sentence for whoever is waited for.

use super::words;
use crate::error::ResultsError;
use crate::words::fill;

/// What somebody is waited for to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To make a share.
    Join,
    /// To hand out the pieces of the share.
    Deal,
    /// To compare the keys with the others, and confirm.
    Confirm,
    /// To agree to the sums of the rehearsal.
    RehearsalAgree,
    /// To open the rehearsal's sums.
    RehearsalDecrypt,
    /// To agree to the sums of the vote.
    CountAgree,
    /// To open the totals.
    CountDecrypt,
    /// To start a witness again.
    Witness,
}

/// The sentences of one language about one vote.
#[derive(Debug, Clone)]
pub struct Reminder {
    words: super::TrusteeWords,
    title: String,
}

impl Reminder {
    /// Those about the vote of this title.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`].
    pub fn of(language: &str, title: &str) -> Result<Self, ResultsError> {
        Ok(Reminder { words: words(language)?, title: title.to_owned() })
    }

    /// What to call a trustee whose name nobody has given.
    pub fn unnamed(&self, number: u8) -> String {
        fill(&self.words.unnamed, &[("number", &number.to_string())])
    }

    /// The sentence to send.
    pub fn sentence(&self, name: &str, asked: Asked) -> String {
        let words = &self.words;
        let sentence = match asked {
            Asked::Join => &words.ask_join,
            Asked::Deal => &words.ask_deal,
            Asked::Confirm => &words.ask_confirm,
            Asked::RehearsalAgree => &words.ask_rehearsal_agree,
            Asked::RehearsalDecrypt => &words.ask_rehearsal_decrypt,
            Asked::CountAgree => &words.ask_count_agree,
            Asked::CountDecrypt => &words.ask_count_decrypt,
            Asked::Witness => &words.ask_witness,
        };
        fill(sentence, &[("name", name), ("title", &self.title)])
    }
}
