//! Decidim's export of a component's projects, as `Decidim::Budgets::ProjectSerializer` makes it and
//! `Decidim::Exporters::CSV` writes it: nested names with slashes between, texts by language.
//!
//! | column | becomes |
//! |---|---|
//! | `id` | the option's id and number |
//! | `budget/id`, since version 0.30 `decidim_budgets_budget_id/id` | the contest |
//! | `budget_amount` | the cost |
//! | `title/<language>`, `description/<language>` | name and text |
//! | `address`, or `scope/name/<language>` before there was one | the place |
//! | `category/name/<language>` | the category |
//!
//! Other columns, and texts that a machine has translated, are passed over.

use std::path::Path;

use veche_sheet::{Column, Row, Sheet};

use super::{Export, Exported, cell, header, plain};
use crate::import::{ImportError, Platform, Remark};
use crate::pabulib::shown;

const NEEDED: [&str; 2] = ["id", "budget_amount"];
/// Which budget of the component a project is of.
const BUDGET: [&str; 2] = ["budget/id", "decidim_budgets_budget_id/id"];

type Header = [(Column, String)];

fn column(header: &Header, name: &str) -> Option<Column> {
    header.iter().find(|(_, shown)| shown == name).map(|(column, _)| *column)
}

fn budget(header: &Header) -> Option<&'static str> {
    BUDGET.into_iter().find(|name| column(header, name).is_some())
}

/// The languages of the titles.
fn languages(header: &Header) -> Vec<&str> {
    let titles = header.iter().filter_map(|(_, name)| name.strip_prefix("title/"));
    titles.filter(|language| !language.contains('/')).collect()
}

/// Whether a table is one of Decidim's: of projects, or of something else that it exports with the same beginning.
pub(in crate::import) fn is_one(header: &Header) -> bool {
    let of_space =
        column(header, "participatory_space/id").is_some() || column(header, "component/id").is_some();
    of_space && column(header, "id").is_some() && !languages(header).is_empty()
}

/// The columns that are missing.
pub(in crate::import) fn missing(header: &Header) -> Vec<String> {
    let mut missing: Vec<String> =
        NEEDED.iter().filter(|name| column(header, name).is_none()).map(|name| (*name).to_owned()).collect();
    if budget(header).is_none() {
        missing.push(BUDGET.join(" or "));
    }
    if languages(header).is_empty() {
        missing.push("title/…".to_owned());
    }
    missing
}

pub(super) fn read(path: &Path, sheet: &Sheet, language: Option<&str>) -> Result<Export, ImportError> {
    let header = header(sheet);
    let missing = missing(&header);
    if !missing.is_empty() {
        return Err(ImportError::MissingColumns { path: path.to_owned(), from: Platform::Decidim, missing });
    }
    let rows = sheet.rows.get(1..).unwrap_or_default();
    if rows.is_empty() {
        return Err(ImportError::NoProjects {
            path: path.to_owned(),
            what: Remark::new("import.no_rows", "the table has no rows").into(),
        });
    }
    let titled = |language: &str| {
        let title = column(&header, &format!("title/{language}"));
        rows.iter().all(|row| cell(row, title).is_some())
    };
    let language = match (language, languages(&header).as_slice()) {
        (Some(language), _) => language,
        // A project without a title in it is named by its row.
        (None, [only]) => only,
        (None, _) => match languages(&header)
            .into_iter()
            .filter(|language| titled(language))
            .collect::<Vec<_>>()
            .as_slice()
        {
            [one] => one,
            some => {
                let all = if some.is_empty() { languages(&header) } else { some.to_vec() };
                let languages = all.into_iter().map(str::to_owned).collect();
                return Err(ImportError::WhichLanguage { path: path.to_owned(), languages });
            }
        },
    };
    let reader = Reader { sheet, header: &header, language };
    let (mut projects, mut problems) = (Vec::new(), Vec::new());
    for row in rows {
        if let Some(project) = reader.project(row, &mut problems) {
            projects.push(project);
        }
    }
    if !problems.is_empty() {
        return Err(ImportError::Rows { path: path.to_owned(), problems });
    }
    Ok(Export { projects, language: language.to_owned(), notes: Vec::new() })
}

struct Reader<'a> {
    sheet: &'a Sheet,
    header: &'a Header,
    language: &'a str,
}

impl Reader<'_> {
    fn project(&self, row: &Row, problems: &mut Vec<Remark>) -> Option<Exported> {
        let place = |column: Option<Column>| match column {
            Some(column) => self.sheet.place(row.number, column),
            None => self.sheet.row_place(row.number),
        };
        let at = |name: &str| column(self.header, name);
        let mut need = |name: &str| {
            let found = cell(row, at(name));
            if found.is_none() {
                let nothing = Remark::new("import.nothing", format!("nothing in the column {name}"));
                problems.push(nothing.at(place(at(name)), ""));
            }
            found
        };
        let (id, group, amount) = (need("id"), need(budget(self.header)?), need("budget_amount"));
        let name = need(&format!("title/{}", self.language));
        let cost = amount.and_then(|amount| {
            let cost = amount.parse::<u64>().ok();
            if cost.is_none() {
                let english =
                    format!("budget_amount is {:?}, expected whole units such as 15000", shown(&amount));
                let odd = Remark::new("import.amount", english);
                problems.push(odd.at(place(at("budget_amount")), shown(&amount)));
            }
            cost
        });
        let said = |name: &str| cell(row, at(&format!("{name}/{}", self.language)));
        Some(Exported {
            id: id?,
            name: name?,
            text: said("description").as_deref().and_then(plain),
            cost: Some(cost?),
            place: cell(row, at("address")).or_else(|| said("scope/name")),
            category: said("category/name"),
            group: group?,
            group_title: None,
        })
    }
}
