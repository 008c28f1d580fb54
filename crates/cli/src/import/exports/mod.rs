//! Exports of platforms on which a town has gathered its projects: tables with a row for each project.
//!
//! What such a table does not hold (what the vote is called, how many projects one voter chooses, the money, hours
//! and electorate) the caller says. A budget of Decidim, or a heading of Consul, becomes a contest, and a ballot
//! style whose voters vote in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use veche_record::manifest::{Contest, ContestOption, Funding, MAX_ID_LEN, ReportBy, Style, Text};
use veche_record::rules::{Approval, Knapsack, Rule};
use veche_sheet::{Column, Row, Sheet};

use super::{Found, ImportError, Platform, Remark};
use crate::pabulib::shown;
use crate::report::counted;

pub(super) mod consul;
pub(super) mod decidim;

/// What the caller says of a vote whose projects come from an export.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub title: Option<String>,
    pub language: Option<String>,
    pub currency: Option<String>,
    /// The money of each contest, or of all where there is no name.
    pub budgets: Vec<(Option<String>, u64)>,
    /// The most projects of one ballot.
    pub pick: Option<u32>,
    pub electorate: Option<u32>,
    pub opens: bool,
    pub closes: bool,
}

/// A project of an export.
#[derive(Debug)]
pub(super) struct Exported {
    pub id: String,
    pub name: String,
    pub text: Option<String>,
    pub cost: Option<u64>,
    pub place: Option<String>,
    pub category: Option<String>,
    /// What of the vote it belongs to, and what people call that, where the export says.
    pub group: String,
    pub group_title: Option<String>,
}

/// A whole export.
#[derive(Debug)]
pub(super) struct Export {
    pub projects: Vec<Exported>,
    pub language: String,
    /// What should be known of it, in words.
    pub notes: Vec<Remark>,
}

/// What becomes of exports: everything of a manifest that a table decides.
#[derive(Debug)]
pub(super) struct Questions {
    pub title: String,
    pub language: String,
    pub contests: Vec<Contest>,
    pub styles: Vec<Style>,
    pub notes: Vec<Remark>,
}

/// The header's cells.
pub(super) fn header(sheet: &Sheet) -> Vec<(Column, String)> {
    let cells = sheet.rows.first().map(|row| row.cells.as_slice()).unwrap_or_default();
    cells.iter().map(|cell| (cell.column, cell.value.to_string())).collect()
}

/// What is in a column of a row, in words; nothing where nothing is.
fn cell(row: &Row, column: Option<Column>) -> Option<String> {
    let text = row.cell(column?)?.value.to_string();
    // A platform puts this sign before what a spreadsheet would compute.
    let bare = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    Some(bare.map_or(text.clone(), str::to_owned)).filter(|text| !text.trim().is_empty())
}

/// Formatted text as plain paragraphs.
fn plain(html: &str) -> Option<String> {
    let text = nanohtml2text::html2text(html).replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut joined = lines.join("\n");
    while joined.contains("\n\n\n") {
        joined = joined.replace("\n\n\n", "\n\n");
    }
    let joined = joined.trim();
    (!joined.is_empty()).then(|| joined.to_owned())
}

/// Reads exports of one platform.
fn read_all(files: &[(PathBuf, Found)], language: Option<&str>) -> Result<Vec<Export>, ImportError> {
    let read = |(path, found): &(PathBuf, Found)| match found {
        Found::Decidim(sheet) => decidim::read(path, sheet, language),
        Found::Consul(sheet) => consul::read(path, sheet, language),
        Found::Pabulib => Err(ImportError::Mixed { path: path.clone() }),
    };
    files.iter().map(read).collect()
}

/// What exports call each list of their projects, as `--budget` names it, and what people call it.
pub(super) fn lists(
    files: &[(PathBuf, Found)],
    language: Option<&str>,
) -> Result<Vec<(String, String)>, ImportError> {
    let exports = read_all(files, language)?;
    let groups = Groups::of(&exports, &PathBuf::new())?.0.into_iter();
    Ok(groups.map(|group| (group.name.clone(), group.title.unwrap_or(group.name))).collect())
}

/// Reads exports of one platform and makes a vote of them.
pub(super) fn questions(files: &[(PathBuf, Found)], said: &Said) -> Result<Questions, ImportError> {
    let exports = read_all(files, said.language.as_deref())?;
    let first = files.first().map(|(path, _)| path.clone()).unwrap_or_default();
    let from = files.first().map_or(Platform::Decidim, |(_, found)| found.platform());
    let groups = Groups::of(&exports, &first)?;
    check_said(&first, from, said, &groups)?;
    let title = said.title.clone().unwrap_or_default();
    let language = exports.first().map(|export| export.language.clone()).unwrap_or_default();
    let text = |words: &str| Text::new(&language, words);
    let mut notes: Vec<Remark> = exports.iter().flat_map(|export| export.notes.iter().cloned()).collect();
    let (mut contests, mut styles) = (Vec::new(), Vec::new());
    for group in &groups.0 {
        let budget = said.budget(&group.name);
        let named = match &group.title {
            Some(named) => named.clone(),
            None if groups.0.len() == 1 => title.clone(),
            None => {
                let english = format!(
                    "the export has no name for the budget {}: give the contest and its style a title that voters know",
                    group.name
                );
                notes.push(Remark::new("import.note.unnamed", english).with("name", shown(&group.name)));
                format!("{title}: {}", group.name)
            }
        };
        if group.projects.len() == 1 {
            let english = format!(
                "{}: one project, so that voters say yes to it or cast a blank ballot; blank ballots are counted apart",
                group.name
            );
            notes.push(Remark::new("import.note.one_project", english).about(&group.name));
        }
        contests.push(Contest {
            id: group.id.clone(),
            title: text(&named),
            text: None,
            budget,
            currency: said.currency.clone(),
            report_by: ReportBy::Contest,
            rule: rule(said.pick, budget, group.projects.len()),
            // No export says who is funded.
            funding: Funding::None {},
            options: group.projects.iter().map(|project| option(project, &text)).collect(),
        });
        styles.push(Style {
            id: group.id.clone(),
            title: text(&named),
            contests: vec![group.id.clone()],
            plus_one_of: Vec::new(),
            electorate: said.electorate.unwrap_or(1),
            inhabitants: None,
        });
    }
    if groups.0.len() > 1 {
        let english = format!(
            "{} contests, each on a ballot of its own; to put several on one, write them into one of the `styles`",
            groups.0.len()
        );
        notes.push(Remark::new("import.note.contests", english).with("n", groups.0.len()));
    }
    notes.push(Remark::new(
        "import.note.no_funding",
        "the manifest does not say who is funded; if the vote decides that, write it into `funding`",
    ));
    Ok(Questions { title, language, contests, styles, notes })
}

fn option(project: &Exported, text: &impl Fn(&str) -> Text) -> ContestOption {
    ContestOption {
        id: project.id.clone(),
        name: text(&project.name),
        text: project.text.as_deref().map(text),
        cost: project.cost,
        picture: None,
        place: project.place.clone(),
        number: Some(project.id.clone()),
        category: project.category.as_deref().map(text),
        coordinates: None,
    }
}

/// So many projects, or as many as the budget pays for. Of one project the question is yes or blank.
fn rule(pick: Option<u32>, budget: Option<u64>, projects: usize) -> Rule {
    let one = projects == 1;
    let most = u32::try_from(projects).unwrap_or(u32::MAX);
    match (pick, budget) {
        (None, Some(budget)) => {
            Rule::Knapsack(Knapsack { budget, min: 1, max: one.then_some(1), blank: one })
        }
        (pick, _) => Rule::Approval(Approval { min: 1, max: pick.unwrap_or(1).min(most), blank: one }),
    }
}

/// The projects of one contest.
struct Group<'a> {
    id: String,
    name: String,
    title: Option<String>,
    projects: Vec<&'a Exported>,
}

struct Groups<'a>(Vec<Group<'a>>);

impl<'a> Groups<'a> {
    /// In the order in which the export comes to them.
    fn of(exports: &'a [Export], path: &Path) -> Result<Self, ImportError> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut problems = Vec::new();
        for project in exports.iter().flat_map(|export| &export.projects) {
            let at = *known.entry(&project.group).or_insert_with(|| {
                let (name, title) = (project.group.clone(), project.group_title.clone());
                groups.push(Group { id: id(&project.group), name, title, projects: Vec::new() });
                groups.len() - 1
            });
            let Some(group) = groups.get_mut(at) else { continue };
            if group.projects.iter().any(|other| other.id == project.id) {
                let english = format!("the project {:?} is listed twice", shown(&project.id));
                problems.push(Remark::new("import.project_twice", english).with("id", shown(&project.id)));
            }
            group.projects.push(project);
        }
        if !problems.is_empty() {
            return Err(ImportError::Rows { path: path.to_owned(), problems });
        }
        Ok(Groups(groups))
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|group| format!("{:?}", shown(&group.name))).collect();
        names.join(", ")
    }
}

/// A contest's id: what the export calls it, within what an id may be.
fn id(name: &str) -> String {
    let tidy: String = name.chars().filter(|sign| !sign.is_control()).collect();
    let kept = tidy.get(..tidy.floor_char_boundary(MAX_ID_LEN)).unwrap_or_default();
    kept.trim().to_owned()
}

/// Whether an export calls a contest so: an option has no spaces around its name, and a cell can have them.
pub(super) fn is_called(group: &str, name: &str) -> bool {
    group.trim() == name.trim()
}

impl Said {
    /// The money of a contest.
    fn budget(&self, name: &str) -> Option<u64> {
        let own = self.budgets.iter().find(|(of, _)| of.as_deref().is_some_and(|of| is_called(name, of)));
        own.or_else(|| self.budgets.iter().find(|(of, _)| of.is_none())).map(|(_, budget)| *budget)
    }
}

/// Whether the caller has said all that the export does not, and nothing that fits nowhere: all of it at once.
fn check_said(path: &Path, from: Platform, said: &Said, groups: &Groups<'_>) -> Result<(), ImportError> {
    for name in said.budgets.iter().filter_map(|(name, _)| name.as_deref()) {
        if !groups.0.iter().any(|group| is_called(&group.name, name)) {
            let (name, there) = (shown(name), groups.names());
            return Err(ImportError::BudgetOf { path: path.to_owned(), name, there });
        }
    }
    let mut missing = Vec::new();
    let mut need = |there: bool, name: &'static str, what: String| {
        if !there {
            missing.push((name, what));
        }
    };
    need(said.title.is_some(), "title", "--title TEXT      what the vote is called".into());
    need(said.electorate.is_some(), "electorate", "--electorate N    the most voters of each contest".into());
    need(said.opens, "opens", "--opens TIME      when voting opens, as 2026-11-22T08:00:00Z".into());
    need(said.closes, "closes", "--closes TIME     when voting closes".into());
    let open: Vec<&Group<'_>> = groups.0.iter().filter(|group| said.budget(&group.name).is_none()).collect();
    if said.pick.is_none() && !open.is_empty() {
        let contests = counted(open.len(), "contest has", "contests have");
        need(
            false,
            "pick",
            format!(
                "--pick N          how many projects a voter can choose; or --budget AMOUNT, for as many as the money \
                 pays for, with a name where budgets differ, as --budget {}=AMOUNT ({contests} none)",
                open.first().map(|group| group.name.as_str()).unwrap_or_default()
            ),
        );
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(ImportError::Unsaid { path: path.to_owned(), from, missing })
}
