//! The words of the papers, in the languages that the site has: one JSON file a language in the folder `words`. A file
//! without a word, or with one too many, is not read.

use serde::Deserialize;

use crate::error::ResultsError;
use crate::words::read;

/// The words of one language.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PaperWords {
    pub date: String,
    pub title: String,
    pub rehearsal: String,
    pub vote: String,
    pub announced_opening: String,
    pub announced_closing: String,
    pub opened: String,
    pub ended: String,
    pub put_off: String,
    pub closing_then: String,
    pub paper_until: String,
    pub hours_of: String,
    pub not_proved: String,
    pub by_trustees: String,
    pub closed_early: String,
    pub closed_early_why: String,
    pub registration: String,
    pub by_roll: String,
    pub by_sign_in: String,
    pub routes: String,
    pub entered: String,
    pub revote: String,
    pub revote_yes: String,
    pub revote_no: String,
    pub minimum_group: String,
    pub entries: String,
    pub cast: String,
    pub papers: String,
    pub turnout: String,
    pub rule: String,
    pub rule_approval: String,
    pub rule_cumulative: String,
    pub rule_ranked: String,
    pub rule_knapsack: String,
    pub rule_quadratic: String,
    pub rule_blank: String,
    pub funding: String,
    pub funding_all: String,
    pub fund_none: String,
    pub fund_order: String,
    pub fund_skip: String,
    pub fund_stop: String,
    pub fund_minimum: String,
    pub ties_cheaper: String,
    pub ties_order: String,
    pub ties_lot: String,
    pub exclusive: String,
    pub draw_done: String,
    pub draw_open: String,
    pub provisional: String,
    pub draw_minutes: String,
    pub draw_held: String,
    pub draw_present: String,
    pub draw_noted: String,
    pub winners: String,
    pub winners_none: String,
    pub by_district: String,
    pub withheld: String,
    pub no_result: String,
    pub keys: String,
    pub keys_text: String,
    pub cause: String,
    pub times: String,
    pub after_ballot: String,
    pub handed_over: String,
    pub replaced: String,
    pub on_paper: String,
    pub not_entitled: String,
    pub notices: String,
    pub decryption: String,
    pub threshold: String,
    pub agreed: String,
    pub decrypted: String,
    pub checking: String,
    pub fingerprint: String,
    pub checkpoint: String,
    pub checks: String,
    pub command: String,
    pub signatures: String,
    pub remarks: String,
    pub place_date: String,
    pub function: String,
    pub name: String,
    pub signature: String,
    pub chair: String,
    pub clerk: String,
    pub trustee: String,
    pub trustee_named: String,
    pub observer: String,
    pub made: String,
    pub readme_title: String,
    pub readme_what: String,
    pub readme_files: String,
    pub file_record: String,
    pub file_report: String,
    pub file_protocol: String,
    pub file_results: String,
    pub file_description: String,
    pub file_draws: String,
    pub file_deletion: String,
    pub file_sums: String,
    pub readme_steps: String,
    pub step_fingerprint: String,
    pub step_sums: String,
    pub step_verify: String,
    pub step_source: String,
    pub step_without: String,
    pub readme_limits: String,
    pub limits_text: String,
    pub deletion_title: String,
    pub deletion_text: String,
    pub delete: String,
    pub keep: String,
    pub what: String,
    pub why: String,
    pub done: String,
    pub del_box: String,
    pub del_box_why: String,
    pub del_registrar: String,
    pub del_registrar_why: String,
    pub del_roll: String,
    pub del_roll_why: String,
    pub del_backups: String,
    pub del_backups_why: String,
    pub del_sms: String,
    pub del_sms_why: String,
    pub del_web: String,
    pub del_web_why: String,
    pub del_portal: String,
    pub del_portal_why: String,
    pub del_help: String,
    pub del_help_why: String,
    pub del_list: String,
    pub del_list_why: String,
    pub del_shares: String,
    pub del_shares_why: String,
    pub del_words: String,
    pub del_words_why: String,
    pub del_desk: String,
    pub del_desk_why: String,
    pub del_invitations: String,
    pub del_invitations_why: String,
    pub keep_archive: String,
    pub keep_archive_why: String,
    pub keep_protocol: String,
    pub keep_protocol_why: String,
    pub keep_papers: String,
    pub keep_papers_why: String,
    pub keep_complaints: String,
    pub keep_complaints_why: String,
}

impl PaperWords {
    /// The words of a language.
    ///
    /// # Errors
    /// [`ResultsError::NoWords`].
    pub fn of(language: &str) -> Result<Self, ResultsError> {
        read(
            language,
            [
                include_str!("words/en.json"),
                include_str!("words/ru.json"),
                include_str!("words/pl.json"),
                include_str!("words/es.json"),
                include_str!("words/fr.json"),
                include_str!("words/de.json"),
                include_str!("words/ar.json"),
            ],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::LANGUAGES;
    use crate::words::testing::agree;

    #[test]
    fn every_language_has_every_word_with_its_places() {
        agree("src/papers/words");
        for language in LANGUAGES {
            PaperWords::of(language).unwrap_or_else(|error| panic!("{language}: {error}"));
        }
    }
}
