//! In which language a file for people is written.

use veche_record::Manifest;
use veche_record::manifest::Timestamp;
use veche_results::words::is_right_to_left;
use veche_results::{Sheet, Standing, Words, language, language_of_names};
use veche_verify::RouteTurnout;

use super::ResultsError;

/// The languages of a file.
#[derive(Debug, Clone)]
pub(crate) struct Tongue {
    /// That of its words.
    pub(crate) words: String,
    /// That of the record's names, one of the manifest's.
    pub(crate) names: String,
}

impl Tongue {
    /// For a file that has names and no words.
    pub(crate) fn of_names(manifest: &Manifest, asked: Option<&str>) -> Result<Self, ResultsError> {
        let known = &manifest.document().languages;
        let names = match asked {
            None => language(manifest).to_owned(),
            Some(asked) if known.iter().any(|one| one == asked) => asked.to_owned(),
            Some(asked) => {
                return Err(ResultsError::NoLanguage { language: asked.to_owned(), known: known.clone() });
            }
        };
        Ok(Tongue { words: names.clone(), names })
    }

    /// For a file with words. The names are in another language where the record has none in this one.
    pub(crate) fn with_words(manifest: &Manifest, asked: Option<&str>) -> Result<Self, ResultsError> {
        let known = &manifest.document().languages;
        let has_words = |one: &&String| Words::of(one).is_ok();
        let words = match asked {
            Some(asked) => asked.to_owned(),
            None => known.iter().find(has_words).map_or("en", String::as_str).to_owned(),
        };
        // Says which languages there are.
        Words::of(&words)?;
        Ok(Tongue { names: language_of_names(manifest, &words).to_owned(), words })
    }

    fn sheets(
        &self,
        manifest: &Manifest,
        standings: &[Standing<'_>],
        turnout: &[RouteTurnout],
    ) -> Result<(Vec<Sheet>, Words), ResultsError> {
        let words = Words::of(&self.words)?;
        Ok((veche_results::sheets(manifest, standings, turnout, &words, &self.names), words))
    }

    /// The table for a spreadsheet program.
    pub(crate) fn excel_csv(
        &self,
        manifest: &Manifest,
        standings: &[Standing<'_>],
        turnout: &[RouteTurnout],
    ) -> Result<Vec<u8>, ResultsError> {
        let (sheets, words) = self.sheets(manifest, standings, turnout)?;
        Ok(veche_results::excel_csv(&sheets, &words)?)
    }

    /// The workbook. It says that it was made when the vote was announced to close, so that it is always the same.
    pub(crate) fn xlsx(
        &self,
        manifest: &Manifest,
        standings: &[Standing<'_>],
        turnout: &[RouteTurnout],
    ) -> Result<Vec<u8>, ResultsError> {
        let (sheets, _) = self.sheets(manifest, standings, turnout)?;
        let document = manifest.document();
        let title = document.title.get(&self.names).unwrap_or_default();
        let made: Timestamp = document.closes;
        let bytes = veche_results::xlsx(&sheets, title, made, is_right_to_left(&self.words));
        Ok(bytes.map_err(veche_results::ResultsError::from)?)
    }
}
