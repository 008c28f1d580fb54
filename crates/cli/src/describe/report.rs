//! What there is to say of a spreadsheet, in lines.

use std::fmt::Write as _;

use veche_desk::describe::{Asking, Finding};
use veche_desk::{Description, Language, phrases};
use veche_phrases::Said;
use veche_record::manifest::ManifestDocument;
use veche_sheet::Place;

/// How it is said.
pub(super) struct Report {
    /// In which language.
    pub tongue: Language,
    /// Whether how columns were understood is said, too.
    pub columns: bool,
}

impl Report {
    /// Everything that there is to say, errors first.
    pub fn text(&self, description: &Description) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, description);
        text
    }

    /// What has become of a spreadsheet with nothing in its way.
    pub fn valid(&self, file: &str, document: &ManifestDocument) -> String {
        let projects = document.contests.iter().map(|contest| contest.options.len()).sum();
        let values = [
            ("file", file.to_owned()),
            ("lists", self.counted("list", document.contests.len())),
            ("projects", self.counted("project", projects)),
            ("ballots", self.counted("ballot", document.styles.len())),
        ];
        format!("{}\n", phrases().say(self.tongue, "report.valid", &values))
    }

    /// A number of things. English has a word for one of them; the other tables put the number beside the word.
    fn counted(&self, of: &str, number: usize) -> String {
        let code = format!("report.{of}{}", if number == 1 { "" } else { "s" });
        phrases().say(self.tongue, &code, &[("n", number.to_string())])
    }

    fn write(&self, text: &mut String, description: &Description) -> std::fmt::Result {
        if !description.errors.is_empty() {
            writeln!(text, "{}", self.counted("error", description.errors.len()))?;
            for error in &description.errors {
                self.finding(text, error, &error.what)?;
            }
        }
        if !description.questions.is_empty() {
            writeln!(text, "{}", self.counted("question", description.questions.len()))?;
            for question in &description.questions {
                self.question(text, question)?;
            }
        }
        if !description.warnings.is_empty() {
            writeln!(text, "{}", self.counted("warning", description.warnings.len()))?;
            for warning in &description.warnings {
                self.finding(text, warning, &warning.what)?;
            }
        }
        let say = |code, values: &[(&str, String)]| phrases().say(self.tongue, code, values);
        if self.columns {
            writeln!(text, "{}", say("report.columns", &[]))?;
            for column in &description.columns {
                let values = [("shown", line(&column.shown)), ("kind", column.said(self.tongue))];
                writeln!(text, "  {}  {}", column.place, say("report.column", &values))?;
            }
        }
        if !description.taken.is_empty() {
            writeln!(text, "{}", say("report.taken", &[]))?;
            for taken in &description.taken {
                let (setting, value) = (taken.setting.word(self.tongue), taken.value.said(self.tongue));
                writeln!(text, "  {setting}: {value}")?;
            }
        }
        Ok(())
    }

    fn finding<T>(&self, text: &mut String, finding: &Finding<T>, what: &impl Said) -> std::fmt::Result {
        let place = finding.place.as_ref().map(Place::to_string);
        let cell = (!finding.cell.is_empty()).then(|| format!("\"{}\"", line(&finding.cell)));
        let head: Vec<String> = place.into_iter().chain(cell).collect();
        if !head.is_empty() {
            writeln!(text, "  {}", head.join("  "))?;
        }
        writeln!(text, "    {}", what.said(self.tongue))
    }

    fn question(&self, text: &mut String, asked: &Finding<Asking>) -> std::fmt::Result {
        self.finding(text, asked, &asked.what.question)?;
        for (answer, means) in &asked.what.choices {
            let place = asked.place.as_ref().map(Place::to_string).unwrap_or_default();
            let means = means.said(self.tongue).map(|means| format!("  ({means})")).unwrap_or_default();
            writeln!(text, "    --answer '{place}={answer}'{means}")?;
        }
        Ok(())
    }
}

/// A cell on one line, and not too long a one.
fn line(cell: &str) -> String {
    let cell = cell.replace(['\n', '\t'], " ");
    match cell.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
        None => cell,
    }
}

/// Without the signs of direction that a page needs: a terminal is shown none, whoever wrote them.
pub(super) fn plain(text: String) -> String {
    text.replace(['\u{200e}', '\u{2068}', '\u{2069}'], "")
}
