//! Consul's export of a budget's investments, as `Budget::Investment::Exporter` writes it. Its columns are headed in
//! the language of the administration, and so known by their words in several.
//!
//! | column | becomes |
//! |---|---|
//! | ID | the option's id and number |
//! | Title | name |
//! | Description (not in exports of 2018) | text |
//! | Scope of operation | the heading: the contest |
//! | Feasibility, as `Feasible (€15,000)` | the cost: Consul writes prices in whole units there |
//! | Selected | whether it is on the ballot |

use std::path::Path;

use veche_sheet::{Column, ColumnKind, Place, Row, Sheet, fold, lookup};

use super::{Export, Exported, cell, header, plain};
use crate::import::{ImportError, Platform, Remark};
use crate::pabulib::shown;
use crate::report::counted;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Id,
    Title,
    Description,
    Heading,
    Feasibility,
    Selected,
}

/// The headers in Consul's own translations.
const KINDS: [ColumnKind<Kind>; 6] = [
    ColumnKind { kind: Kind::Id, words: &["id", "ausweis", "identyfikator", "numer id"] },
    ColumnKind {
        kind: Kind::Title,
        words: &["title", "título", "titel", "tytuł", "название", "titre", "عنوان"],
    },
    ColumnKind {
        kind: Kind::Description,
        words: &["description", "descripción", "beschreibung", "opis", "описание", "الوصف"],
    },
    ColumnKind {
        kind: Kind::Heading,
        words: &[
            "scope of operation",
            "ámbito de actuación",
            "tätigkeitsfeld",
            "zakres operacji",
            "сфера деятельности",
            "périmètre des opérations",
        ],
    },
    ColumnKind {
        kind: Kind::Feasibility,
        words: &[
            "feasibility",
            "viabilidad",
            "durchführbarkeit",
            "wykonalność",
            "выполнимость",
            "faisabilité",
        ],
    },
    ColumnKind {
        kind: Kind::Selected,
        words: &["selected", "seleccionado", "ausgewählt", "wybrany", "выбранная", "sélectionné"],
    },
];

/// What every export has, with its English name.
const NEEDED: [(Kind, &str); 5] = [
    (Kind::Id, "ID"),
    (Kind::Title, "Title"),
    (Kind::Heading, "Scope of operation"),
    (Kind::Feasibility, "Feasibility"),
    (Kind::Selected, "Selected"),
];

type Header = [(Column, String)];

fn column(header: &Header, kind: Kind) -> Option<Column> {
    header.iter().find(|(_, shown)| lookup(shown, &KINDS) == Some(kind)).map(|(column, _)| *column)
}

/// Whether a table has what no other has.
pub(in crate::import) fn is_one(header: &Header) -> bool {
    [Kind::Title, Kind::Heading, Kind::Feasibility].into_iter().all(|kind| column(header, kind).is_some())
}

/// The columns that are missing.
pub(in crate::import) fn missing(header: &Header) -> Vec<String> {
    let missing = NEEDED.iter().filter(|(kind, _)| column(header, *kind).is_none());
    missing.map(|(_, name)| (*name).to_owned()).collect()
}

pub(super) fn read(path: &Path, sheet: &Sheet, language: Option<&str>) -> Result<Export, ImportError> {
    let header = header(sheet);
    let missing = missing(&header);
    if !missing.is_empty() {
        return Err(ImportError::MissingColumns { path: path.to_owned(), from: Platform::Consul, missing });
    }
    let Some(language) = language else {
        return Err(ImportError::WhichLanguage { path: path.to_owned(), languages: Vec::new() });
    };
    let rows = sheet.rows.get(1..).unwrap_or_default();
    let (mut projects, mut problems, mut others) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let at = |kind: Kind| column(&header, kind);
        let place = |kind: Kind| match at(kind) {
            Some(column) => sheet.place(row.number, column),
            None => sheet.row_place(row.number),
        };
        match selected(cell(row, at(Kind::Selected)).as_deref()) {
            Ok(true) => projects.extend(project(row, &at, &place, &mut problems)),
            Ok(false) => others += 1,
            Err(odd) => {
                let english = format!("{odd:?} is neither yes nor no in a language that is known here");
                problems.push(Remark::new("import.selected", english).at(place(Kind::Selected), odd));
            }
        }
    }
    if !problems.is_empty() {
        return Err(ImportError::Rows { path: path.to_owned(), problems });
    }
    if projects.is_empty() {
        let what = if rows.is_empty() {
            Remark::new("import.no_rows", "the table has no rows")
        } else {
            let others = counted(others, "project", "projects");
            let english = format!("none of the {others} is selected for the ballot in Consul");
            Remark::new("import.none_selected", english)
        };
        return Err(ImportError::NoProjects { path: path.to_owned(), what: what.into() });
    }
    let mut notes = Vec::new();
    if others > 0 {
        let left = counted(others, "project is", "projects are");
        let english =
            format!("{}: {left} not selected for the ballot in Consul, and left out", path.display());
        notes.push(Remark::new("import.note.not_selected", english).with("n", others));
    }
    Ok(Export { projects, language: language.to_owned(), notes })
}

/// Whether a project is on the ballot, or what stands there instead.
fn selected(text: Option<&str>) -> Result<bool, String> {
    const YES: [&str; 8] = ["yes", "sí", "oui", "ja", "tak", "да", "نعم", "true"];
    const NO: [&str; 8] = ["no", "non", "nein", "nie", "нет", "لا", "false", ""];
    let text = text.unwrap_or_default();
    let is = |words: &[&str]| words.iter().any(|word| fold(word) == fold(text));
    match (is(&YES), is(&NO)) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(shown(text)),
    }
}

fn project(
    row: &Row,
    at: &impl Fn(Kind) -> Option<Column>,
    place: &impl Fn(Kind) -> Place,
    problems: &mut Vec<Remark>,
) -> Option<Exported> {
    let mut need = |kind: Kind| {
        let found = cell(row, at(kind));
        if found.is_none() {
            problems.push(Remark::new("import.nothing", "nothing is here").at(place(kind), ""));
        }
        found
    };
    let (id, name, heading) = (need(Kind::Id), need(Kind::Title), need(Kind::Heading));
    let feasibility = need(Kind::Feasibility);
    let cost = feasibility.and_then(|text| {
        let cost = price(&text);
        if cost.is_none() {
            let english = format!(
                "{:?} has no price in whole units, as Feasible (€15,000), and the project is selected",
                shown(&text)
            );
            problems.push(Remark::new("import.price", english).at(place(Kind::Feasibility), shown(&text)));
        }
        cost
    });
    Some(Exported {
        id: id?,
        name: name?,
        text: cell(row, at(Kind::Description)).as_deref().and_then(plain),
        cost: Some(cost?),
        place: None,
        category: None,
        group: heading.clone()?,
        group_title: heading,
    })
}

/// The price at the end of the feasibility: digits between brackets, with a sign for the currency and signs between
/// thousands. Consul writes no decimals there, so that what stands between groups of three is no decimal point.
fn price(text: &str) -> Option<u64> {
    let (_, inside) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let first = inside.find(|sign: char| sign.is_ascii_digit())?;
    let last = inside.rfind(|sign: char| sign.is_ascii_digit())?;
    let number = inside.get(first..=last)?;
    let groups: Vec<&str> = number.split(|sign: char| !sign.is_ascii_digit()).collect();
    let (leading, rest) = groups.split_first()?;
    let whole = rest.is_empty() || leading.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    if !whole || inside.contains('-') {
        return None;
    }
    groups.concat().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_whole_as_consul_writes_them() {
        for (text, expected) in [
            ("Feasible (€15,000)", Some(15_000)),
            ("Viable (1.250.000 €)", Some(1_250_000)),
            ("Durchführbar (900 €)", Some(900)),
            ("Wykonalne (12 000 zł)", Some(12_000)),
            ("Feasible (€15000)", Some(15_000)),
            ("Feasible (about this) (€7)", Some(7)),
            ("Feasible (€15.50)", None),
            ("Feasible (€15,000.50)", None),
            ("Feasible (-€15)", None),
            ("Feasible ()", None),
            ("Undecided", None),
            ("Feasible (€1500,000)", None),
        ] {
            assert_eq!(price(text), expected, "{text}");
        }
    }
}
