//! The words for trustees, one JSON file a language in the folder `words`. A file without a word, or with one too many,
//! is not read.

use serde::Deserialize;

/// The words of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrusteeWords {
    pub date: String,
    pub title: String,
    pub for_name: String,
    pub what: String,
    pub picture: String,
    pub page: String,
    pub number: String,
    pub pass: String,
    pub how: String,
    pub step_open: String,
    pub step_words: String,
    pub step_back: String,
    pub step_count: String,
    pub bring: String,
    pub bring_text: String,
    pub when: String,
    pub when_text: String,
    pub keep: String,
    pub keep_text: String,
    pub lost: String,
    pub lost_sheet: String,
    pub lost_early: String,
    pub lost_later: String,
    pub lost_later_none: String,
    pub contact: String,
    pub made: String,
    pub unnamed: String,
    pub ask_join: String,
    pub ask_deal: String,
    pub ask_confirm: String,
    pub ask_rehearsal_agree: String,
    pub ask_rehearsal_decrypt: String,
    pub ask_count_agree: String,
    pub ask_count_decrypt: String,
    pub ask_witness: String,
}
