//! What there is to say of imported files: in English for a terminal, and in the reader's language for a page, whose
//! sentences stand in the folder `said`, a file a language.

use std::fmt;
use std::sync::LazyLock;

use veche_phrases::{Language, Phrases, Said};
use veche_sheet::Place;

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::read([
        include_str!("said/en.json"),
        include_str!("said/ru.json"),
        include_str!("said/pl.json"),
        include_str!("said/es.json"),
        include_str!("said/fr.json"),
        include_str!("said/de.json"),
        include_str!("said/ar.json"),
    ])
});

/// Something to say of a file. It displays as a terminal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    code: &'static str,
    values: Vec<(&'static str, String)>,
    /// The cell, where there is one.
    pub(super) place: Option<Place>,
    /// What stands there.
    pub(super) cell: String,
    english: String,
}

impl Remark {
    /// By the code of its sentence on a page, and as a terminal says it.
    pub(super) fn new(code: &'static str, english: impl Into<String>) -> Self {
        Remark { code, values: Vec::new(), place: None, cell: String::new(), english: english.into() }
    }

    /// With a value for a place of the sentence.
    pub(super) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }

    /// About a cell.
    pub(super) fn at(mut self, place: Place, cell: impl Into<String>) -> Self {
        self.place = Some(place);
        self.cell = cell.into();
        self
    }
}

impl Remark {
    /// About something that the file calls so.
    pub(super) fn about(mut self, name: &str) -> Self {
        self.cell = name.to_owned();
        self
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}", self.english),
            None => f.write_str(&self.english),
        }
    }
}

impl Said for Remark {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        self.code
    }

    /// Those of a page, where something is said in a form.
    fn values(&self, language: Language) -> Vec<(&'static str, String)> {
        let field = self.answered().map(|(field, _)| ("where", PHRASES.say(language, field, &[])));
        self.values.iter().cloned().chain(field).collect()
    }
}

impl Remark {
    /// Where somebody answers: the place on a page, by the code of its words, and the option at a terminal. Nothing
    /// where the files are to be changed.
    fn answered(&self) -> Option<(&'static str, &'static str)> {
        Some(match self.code {
            "import.which_language" | "import.language" => ("import.where.form", "--language"),
            "import.funding" | "import.no_budget" => ("import.where.form", "--no-funding"),
            "import.note.electorate" => ("import.where.form", "--electorate"),
            "import.note.trustees" => ("import.where.form", "--trustees"),
            "import.exclusive_unknown" | "import.exclusive_unfunded" | "import.exclusive_of_many" => {
                ("import.where.exclusive", "--exclusive")
            }
            _ => return None,
        })
    }

    /// The sentence of the page as a terminal has it: with the option in the place of the field, and without the marks
    /// of direction.
    pub(super) fn at_terminal(&self, language: Language) -> String {
        let option = self.answered().map(|(_, option)| {
            ("where", PHRASES.say(language, "import.where.option", &[("option", option.to_owned())]))
        });
        let values: Vec<_> = self.values.iter().cloned().chain(option).collect();
        PHRASES.say(language, self.code, &values).replace(['\u{2068}', '\u{2069}'], "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form stands above what is said of the files.
    #[test]
    fn no_remark_sends_the_reader_down_the_page() {
        let down = ["below", "ниже", "niżej", "poniżej", "abajo", "plus bas", "ci-dessous", "unten", "أدناه"];
        // Of a number, not of the page.
        let numbers = ["import.negative", "import.note.budget"];
        for language in Language::ALL {
            for code in PHRASES.codes().filter(|code| !numbers.contains(code)) {
                let sentence = PHRASES.sentence(language, code);
                let word = down.iter().find(|word| sentence.contains(**word));
                assert_eq!(word, None, "{language}: {code}");
            }
        }
    }

    /// Where a remark is made, its sentence is in every language, and every sentence is of a remark.
    #[test]
    fn every_remark_has_its_sentence_in_every_language() {
        assert_eq!(PHRASES.disagreements(), Vec::<String>::new());
        let sources = [
            include_str!("rule.rs"),
            include_str!("funding.rs"),
            include_str!("mod.rs"),
            include_str!("remark.rs"),
            include_str!("terminal.rs"),
            include_str!("page/mod.rs"),
            include_str!("page/lines.rs"),
            include_str!("page/money.rs"),
            include_str!("exports/mod.rs"),
            include_str!("exports/consul.rs"),
            include_str!("exports/decidim.rs"),
        ];
        let text = sources.concat();
        let quoted: std::collections::BTreeSet<&str> = text
            .split('"')
            .filter(|part| part.starts_with("import.") && part.len() > 7 && !part.contains(' '))
            .collect();
        assert_eq!(quoted, PHRASES.codes().collect());
    }
}
