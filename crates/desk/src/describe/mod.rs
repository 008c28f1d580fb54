//! A workbook with the sheets *vote*, *districts* and *projects* becomes a manifest, or a list of everything that
//! stands in its way: errors, questions that a person answers, and warnings, each by sheet, row and column with what
//! stands there.
//!
//! Nothing is lost in silence: a column that the manifest has no room for is named, and a setting that nobody made is
//! said with what it is taken as.

use std::collections::BTreeMap;

use veche_phrases::Language;
use veche_record::manifest::{ManifestDocument, Text};
use veche_sheet::{Form, Place, Sheet, Workbook, fold, recognise};

mod cells;
mod districts;
mod document;
mod finding;
mod ledger;
mod projects;
mod refused;
mod said;
mod settings;
mod texts;
mod vote;

pub use finding::{Answered, Asking, Finding, Means, Problem, Question, Warning};
pub use ledger::Answers;
pub use vote::{Taken, TakenAs};

use cells::Table;
use document::{Parts, whole};
pub(crate) use document::{few_ballots, unreachable};
use ledger::Ledger;
use settings::Settings;
use texts::Languages;

use crate::words::{DistrictColumn, Key, Known, ProjectColumn, Setting, SheetKind, Term, VoteColumn, Words};

/// What is said beside the spreadsheet.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// What time it is, in seconds since 1970: dates before it are warned of.
    pub now: u64,
    /// The language of texts whose columns name none.
    pub language: Option<String>,
    /// What people answered to questions.
    pub answers: Answers,
}

/// What became of a spreadsheet.
#[derive(Debug, Clone)]
pub struct Description {
    /// The manifest, where nothing stands in its way. It has been read as verifiers read it.
    pub document: Option<ManifestDocument>,
    /// The name of the town, where the sheet of the vote gives it. A manifest has no room for it.
    pub town: Option<Text>,
    /// What must be changed, in the order of the sheets, rows and columns.
    pub errors: Vec<Finding<Problem>>,
    /// What must be answered, in the same order.
    pub questions: Vec<Finding<Asking>>,
    /// What was asked and is answered, in the same order.
    pub answered: Vec<Finding<Answered>>,
    /// What should be looked at, in the same order.
    pub warnings: Vec<Finding<Warning>>,
    /// What nobody said, and what it is then.
    pub taken: Vec<Taken>,
    /// How each column of the tables was understood, so that a person can confirm it.
    pub columns: Vec<Understood>,
}

/// How a column was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// Where its header is.
    pub place: Place,
    /// Its header, as it stands there.
    pub shown: String,
    /// What it is.
    pub kind: Term,
    /// The language that its header names.
    pub language: Option<String>,
}

/// Describes a vote. Several workbooks are one: texts with separators have one sheet each.
pub fn describe(books: &[Workbook], asked: &Asked) -> Description {
    let mut ledger = Ledger::new(&asked.answers);
    let mut taken = Vec::new();
    let mut columns = Vec::new();
    for book in books {
        if let (Form::Text { encoding, guessed: true, sample: Some(sample), .. }, [sheet, ..]) =
            (&book.form, book.sheets.as_slice())
        {
            let what = Warning::Guessed { encoding: encoding.name(), sample: sample.clone() };
            ledger.warning(Some(whole(&sheet.name)), "", what);
        }
    }
    let sheets: Vec<&Sheet> = books.iter().flat_map(|book| &book.sheets).collect();
    let mut town = None;
    let document = read(&sheets, asked, &mut ledger, &mut taken, &mut columns, &mut town);
    // Whether an answer has its question is known where all questions are.
    if ledger.errors.is_empty() {
        ledger.unasked();
    }
    let order: BTreeMap<&str, usize> =
        sheets.iter().enumerate().map(|(at, sheet)| (sheet.name.as_str(), at)).collect();
    sort(&mut ledger.errors, &order);
    sort(&mut ledger.warnings, &order);
    sort(&mut ledger.questions, &order);
    sort(&mut ledger.answered, &order);
    Description {
        document: document.filter(|_| ledger.errors.is_empty()),
        town,
        errors: ledger.errors,
        questions: ledger.questions,
        answered: ledger.answered,
        warnings: ledger.warnings,
        taken,
        columns,
    }
}

/// By sheet, row and column, as people read; what is about the whole comes first.
fn sort<T>(findings: &mut [Finding<T>], order: &BTreeMap<&str, usize>) {
    findings.sort_by_key(|finding| {
        finding
            .place
            .as_ref()
            .map(|place| (order.get(place.sheet.as_str()).copied(), place.row, place.column))
    });
}

fn read(
    sheets: &[&Sheet],
    asked: &Asked,
    ledger: &mut Ledger,
    taken: &mut Vec<Taken>,
    columns: &mut Vec<Understood>,
    town: &mut Option<Text>,
) -> Option<ManifestDocument> {
    // All three are looked for before any is given up.
    let [vote, districts, projects] =
        [SheetKind::Vote, SheetKind::Districts, SheetKind::Projects].map(|kind| find(sheets, kind, ledger));
    let settings = vote.and_then(|sheet| Settings::read(sheet, ledger));
    let districts = districts.and_then(|sheet| table::<DistrictColumn>(sheet, ledger));
    let projects = projects.and_then(|sheet| table::<ProjectColumn>(sheet, ledger));
    // In the order in which people read them.
    if let Some(settings) = &settings {
        understood(&settings.table, columns);
    }
    if let Some(table) = &districts {
        use DistrictColumn::{Electorate, Name};
        let _ = needs(table, &[Name, Electorate], ledger);
        understood(table, columns);
    }
    if let Some(table) = &projects {
        use ProjectColumn::{Author, Contact, Name, Number, Remarks, Website};
        let _ = needs(table, &[Number, Name], ledger);
        for kind in [Author, Contact, Website, Remarks] {
            for column in table.header.columns(kind) {
                let place = table.sheet.place(table.header.row, column.column);
                ledger.warning(Some(place), column.shown.clone(), Warning::NoRoom);
            }
        }
        understood(table, columns);
    }
    for sheet in
        [vote, districts.as_ref().map(|table| table.sheet), projects.as_ref().map(|table| table.sheet)]
    {
        examples(sheet, ledger);
    }
    // Where a sheet is not there, what is wrong with the others is said all the same.
    let settings = settings?;
    let languages = languages(&settings, districts.as_ref(), projects.as_ref(), asked, ledger);
    languages.note(&settings.table, VoteColumn::Value, ledger);
    let money = vote::money(&settings, ledger);
    let vote = vote::read(&settings, &languages, &money, asked.now, ledger, taken);
    town.clone_from(&vote.town);
    let list = districts::read(&districts?, &languages, &money, ledger);
    let projects = projects?;
    if list.len() > 1 {
        let _ = needs(&projects, &[ProjectColumn::District], ledger);
    }
    let (entries, left) = projects::read(&projects, &languages, &list, &money, ledger);
    let parts = Parts {
        settings: &settings,
        languages: &languages,
        money: &money,
        vote: &vote,
        districts: &list,
        projects: &entries,
        left: &left,
    };
    parts.manifest(ledger, taken)
}

/// The sheet of a kind, by its name.
fn find<'a>(sheets: &[&'a Sheet], kind: SheetKind, ledger: &mut Ledger) -> Option<&'a Sheet> {
    let known = Known::of(&[kind]);
    let named = |sheet: &&&Sheet| veche_sheet::lookup(&sheet.name, &known.kinds()).is_some();
    let mut found = sheets.iter().filter(named);
    let Some(first) = found.next() else {
        let names = sheets.iter().map(|sheet| sheet.name.clone()).collect();
        ledger.error(None, "", Problem::NoSheet { sheet: Term::of(kind), found: names });
        return None;
    };
    for other in found {
        ledger.error(Some(whole(&other.name)), "", Problem::SheetTwice(Term::of(kind)));
    }
    if first.hidden {
        ledger.warning(Some(whole(&first.name)), "", Warning::Hidden);
    }
    Some(first)
}

fn table<'a, K: Key>(sheet: &'a Sheet, ledger: &mut Ledger) -> Option<Table<'a, K>> {
    let Some(header) = recognise(sheet, &Known::of(K::ALL).kinds()) else {
        ledger.error(Some(whole(&sheet.name)), "", Problem::NoHeader);
        return None;
    };
    for repeated in &header.repeated {
        let place = sheet.place(header.row, repeated.column);
        ledger.error(Some(place), repeated.shown.clone(), Problem::ColumnTwice);
    }
    for (column, shown) in &header.unknown {
        ledger.warning(Some(sheet.place(header.row, *column)), shown.clone(), Warning::UnknownColumn);
    }
    Some(Table { sheet, header })
}

/// Whether the columns are there that nothing goes without.
fn needs<K: Key>(table: &Table<'_, K>, kinds: &[K], ledger: &mut Ledger) -> bool {
    let missing: Vec<K> = kinds.iter().copied().filter(|kind| table.header.column(*kind).is_none()).collect();
    for kind in &missing {
        let place = table.sheet.row_place(table.header.row);
        ledger.error(Some(place), "", Problem::NoColumn(Term::of(*kind)));
    }
    missing.is_empty()
}

fn understood<K: Key>(table: &Table<'_, K>, columns: &mut Vec<Understood>) {
    for found in &table.header.found {
        columns.push(Understood {
            place: table.sheet.place(table.header.row, found.column),
            shown: found.shown.clone(),
            kind: Term::of(found.kind),
            language: found.language.clone(),
        });
    }
}

/// Says where an example of the template still stands.
fn examples(sheet: Option<&Sheet>, ledger: &mut Ledger) {
    let marks = Language::ALL.map(|language| fold(Words::of(language).first("example.mark")));
    for row in sheet.into_iter().flat_map(|sheet| &sheet.rows) {
        for cell in &row.cells {
            let shown = cell.value.to_string();
            let before = shown.split_once([':', '：']).map(|(before, _)| fold(before)).unwrap_or_default();
            if let Some(sheet) = sheet.filter(|_| !before.is_empty() && marks.contains(&before)) {
                ledger.warning(Some(sheet.place(row.number, cell.column)), shown, Warning::Example);
            }
        }
    }
}

/// The languages of the vote: those that a setting names, or else those that headers do. Where that is not understood
/// it is said once, and the rest is read with those that are.
fn languages(
    settings: &Settings<'_>,
    districts: Option<&Table<'_, DistrictColumn>>,
    projects: Option<&Table<'_, ProjectColumn>>,
    asked: &Asked,
    ledger: &mut Ledger,
) -> Languages {
    let mut all: Vec<String> = Vec::new();
    let mut add = |code: &str| {
        if !all.iter().any(|known| known == code) {
            all.push(code.to_owned());
        }
    };
    let spot = settings.spot(Setting::Languages, ledger);
    let named = spot.as_ref().map(|spot| named_languages(&spot.value.to_string()));
    let mut known = true;
    match named {
        Some((codes, strange)) => {
            codes.iter().for_each(|code| add(code));
            if let Some(spot) = spot.filter(|_| !strange.is_empty()) {
                known = false;
                ledger.wrong(&spot, Problem::Language(strange.join(", ")));
            }
        }
        None => asked.language.iter().for_each(|code| add(code)),
    }
    if settings.spot(Setting::Languages, ledger).is_none() || !known {
        let values = settings.columns().into_iter().map(|column| &column.language);
        let names = districts.into_iter().flat_map(|table| table.header.columns(DistrictColumn::Name));
        let of_projects = projects.into_iter().flat_map(|table| table.header.columns(ProjectColumn::Name));
        let names = names.map(|column| &column.language);
        let of_projects = of_projects.map(|column| &column.language);
        values.chain(names).chain(of_projects).flatten().for_each(|code| add(code));
    }
    let own = asked.language.clone().or_else(|| all.first().cloned());
    if own.is_none() && known {
        ledger.error(Some(settings.place(Setting::Languages)), "", Problem::NoLanguage);
        known = false;
    }
    let own = own.unwrap_or_else(|| UNKNOWN_LANGUAGE.to_owned());
    if all.is_empty() {
        all.push(own.clone());
    }
    Languages { all, own, known }
}

/// Stands for the language of a vote that does not say it, while its other mistakes are looked for.
const UNKNOWN_LANGUAGE: &str = "und";

/// The codes of the languages that a cell lists by code or name, and the words in it that are neither.
fn named_languages(said: &str) -> (Vec<String>, Vec<String>) {
    const AND: &[&str] = &["and", "i", "und", "y", "и", "و"];
    let (mut codes, mut strange) = (Vec::new(), Vec::new());
    let words = said.split([',', ';', '/', ' ', '\u{a0}', '\n', '،']).filter(|word| !word.is_empty());
    for word in words.filter(|word| !AND.contains(&word.to_lowercase().as_str())) {
        let code = word.to_lowercase();
        let fits = (2..=3).contains(&code.len()) && code.bytes().all(|letter| letter.is_ascii_lowercase());
        match if fits { Some(code) } else { veche_sheet::language(word) } {
            Some(code) => codes.push(code),
            None => strange.push(word.to_owned()),
        }
    }
    (codes, strange)
}

#[cfg(test)]
mod more_tests;
#[cfg(test)]
mod reach;
#[cfg(test)]
mod sentences;
#[cfg(test)]
mod tests;
