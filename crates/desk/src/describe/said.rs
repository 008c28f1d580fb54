//! The sentences of findings, by their codes: in the folder `said`, a file a language.

use veche_phrases::{Language, Phrases, Said, error_in_english};
use veche_record::manifest::{
    self, CODE_PLACE, MAX_ID_LEN, MAX_MANIFEST_LEN, MAX_MONEY, MAX_NUMBER_CHARS, MAX_OPTIONS, MAX_SMS_CHARS,
};
use veche_record::rules::{MAX_SLOT_BITS, MAX_SLOTS, RuleError};

use super::Understood;
use super::finding::{Means, Problem, Question, Warning};
use super::vote::TakenAs;
use crate::said::PHRASES;
use crate::words::Term;

error_in_english!(Problem, Warning, Question);

/// A number or a text in a place of a sentence.
fn place(name: &'static str, value: impl ToString) -> Vec<(&'static str, String)> {
    vec![(name, value.to_string())]
}

fn places<A: ToString, B: ToString>(
    first: (&'static str, A),
    second: (&'static str, B),
) -> Vec<(&'static str, String)> {
    vec![(first.0, first.1.to_string()), (second.0, second.1.to_string())]
}

fn words(terms: &[Term], language: Language) -> String {
    terms.iter().map(|term| term.word(language)).collect::<Vec<_>>().join(", ")
}

impl Said for Problem {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            Problem::Amount(error) => error.code(),
            Problem::Moment(error) => error.code(),
            Problem::Zone(error) => error.code(),
            Problem::Manifest(problem) => of_manifest(problem).0,
            Problem::NoSheet { .. } => "problem.no_sheet",
            Problem::SheetTwice(_) => "problem.sheet_twice",
            Problem::NoHeader => "problem.no_header",
            Problem::NoColumn(_) => "problem.no_column",
            Problem::ColumnTwice => "problem.column_twice",
            Problem::NoSetting(_) => "problem.no_setting",
            Problem::UnknownSetting => "problem.unknown_setting",
            Problem::SettingTwice(_) => "problem.setting_twice",
            Problem::Contradiction(_) => "problem.contradiction",
            Problem::Missing(_) => "problem.missing",
            Problem::Formula => "problem.formula",
            Problem::AtLeast(_) => "problem.at_least",
            Problem::Count { .. } => "problem.count",
            Problem::Percent => "problem.percent",
            Problem::Percentage => "problem.percentage",
            Problem::Choice(_) => "problem.choice",
            Problem::Language(_) => "problem.language",
            Problem::NoLanguage => "problem.no_language",
            Problem::MissingLanguage(_) => "problem.missing_language",
            Problem::Hours => "problem.hours",
            Problem::Year => "problem.year",
            Problem::LatestClosing => "problem.latest_closing",
            Problem::PaperUntil => "problem.paper_until",
            Problem::NoPaper => "problem.no_paper",
            Problem::TrusteesNeeded(_) => "problem.trustees_needed",
            Problem::Country => "problem.country",
            Problem::Sms => "problem.sms",
            Problem::Twice(_) => "problem.twice",
            Problem::UnknownDistrict => "problem.unknown_district",
            Problem::WhichCity => "problem.which_city",
            Problem::NoProjects => "problem.no_projects",
            Problem::EmptyBallot => "problem.empty_ballot",
            Problem::NoVoters(_) => "problem.no_voters",
            Problem::Coordinates => "problem.coordinates",
            Problem::HalfCoordinates => "problem.half_coordinates",
            Problem::Picture => "problem.picture",
            Problem::Number => "problem.number",
            Problem::Alone => "problem.alone",
            Problem::Answer { .. } => "problem.answer",
            Problem::Unasked => "problem.unasked",
        }
    }

    fn values(&self, language: Language) -> Vec<(&'static str, String)> {
        match self {
            Problem::NoSheet { sheet, found } => {
                places(("sheet", sheet.word(language)), ("found", found.join(", ")))
            }
            Problem::SheetTwice(sheet) => place("sheet", sheet.word(language)),
            Problem::NoColumn(column) | Problem::Missing(column) | Problem::NoVoters(column) => {
                place("column", column.word(language))
            }
            Problem::NoSetting(setting) => place("setting", setting.word(language)),
            Problem::SettingTwice(row) | Problem::Twice(row) => place("row", row),
            Problem::Contradiction(other) => place("other", other),
            Problem::Amount(error) => error.values(language),
            Problem::Moment(error) => error.values(language),
            Problem::Zone(error) => error.values(language),
            Problem::AtLeast(least) => place("least", least),
            Problem::Count { least, most } => places(("least", least), ("most", most)),
            Problem::Choice(choices) => place("choices", words(choices, language)),
            Problem::Language(code) | Problem::MissingLanguage(code) => place("language", code),
            Problem::TrusteesNeeded(most) => place("most", most),
            Problem::Sms => places(("place", CODE_PLACE), ("most", MAX_SMS_CHARS)),
            Problem::Number => place("most", MAX_NUMBER_CHARS),
            Problem::Answer { answer, choices } => {
                places(("answer", answer), ("choices", choices.join(", ")))
            }
            Problem::Manifest(problem) => of_manifest(problem).1,
            _ => Vec::new(),
        }
    }

    fn said(&self, language: Language) -> String {
        match self {
            Problem::Amount(error) => error.said(language),
            Problem::Moment(error) => error.said(language),
            Problem::Zone(error) => error.said(language),
            _ => PHRASES.say(language, self.code(), &self.values(language)),
        }
    }
}

/// What a manifest does not allow and a spreadsheet can ask for; a test tries what that is.
///
/// The rest is said as the manifest says it, in English, for no spreadsheet reaches it: its hours, zone, key-holders,
/// country, message, pictures, numbers and coordinates are refused in their own cells by the same bounds; districts,
/// options and exclusions are named from the sheets' own rows, so that none is unknown or without a ballot; and ballot
/// boxes, witnesses, minutes for a second device, the format, other scores and quadratic rules cannot be written there.
fn of_manifest(problem: &manifest::Problem) -> (&'static str, Vec<(&'static str, String)>) {
    use manifest::Problem as P;
    match problem {
        P::FileTooLarge(bytes) => {
            ("manifest.too_large", places(("bytes", bytes), ("most", MAX_MANIFEST_LEN)))
        }
        P::Count { found, most } => ("manifest.count", places(("found", found), ("most", most))),
        P::Id => ("manifest.id", place("most", MAX_ID_LEN)),
        P::Repeated(id) => ("manifest.repeated", place("id", id)),
        P::Empty => ("manifest.empty", Vec::new()),
        P::Exclusive(found) => ("manifest.exclusive", places(("found", found), ("most", MAX_OPTIONS))),
        P::Currency => ("manifest.currency", Vec::new()),
        P::Language(code) => ("manifest.language", place("language", code)),
        P::MissingLanguage(code) => ("manifest.missing_language", place("language", code)),
        P::Hours => ("manifest.hours", Vec::new()),
        P::Zero => ("manifest.zero", Vec::new()),
        P::Money => ("manifest.money", place("most", MAX_MONEY)),
        P::FundingCost => ("manifest.funding_cost", Vec::new()),
        P::BallotTooLarge { size, most } => {
            ("manifest.ballot_too_large", places(("size", size), ("most", most)))
        }
        P::TallyTooLarge { size, most } => {
            ("manifest.tally_too_large", places(("size", size), ("most", most)))
        }
        P::Rule(rule) => match rule {
            RuleError::NothingToChoose => ("manifest.nothing_to_choose", Vec::new()),
            RuleError::MinAboveMax { min, max } => {
                ("manifest.min_above_max", places(("min", min), ("max", max)))
            }
            RuleError::Cost(option) => ("manifest.cost", place("option", option)),
            RuleError::BlankAndEmpty => ("manifest.blank_and_empty", Vec::new()),
            RuleError::BudgetBelowMin { min, affordable } => {
                ("manifest.budget_below_min", places(("min", min), ("affordable", affordable)))
            }
            RuleError::MinPoints { min, points } => {
                ("manifest.min_points", places(("min", min), ("points", points)))
            }
            RuleError::TotalTooLarge { electorate, largest } => {
                let mut values = places(("electorate", electorate), ("largest", largest));
                values.extend(place("bits", MAX_SLOT_BITS));
                ("manifest.total_too_large", values)
            }
            RuleError::Options(found) => ("manifest.options", place("found", found)),
            RuleError::Slots(found) => ("manifest.slots", places(("found", found), ("most", MAX_SLOTS))),
            // More projects times places, or times the digits of points, than one ballot can prove.
            RuleError::Program(_) => ("manifest.program", Vec::new()),
            other => ("manifest.other", place("text", other)),
        },
        other => ("manifest.other", place("text", other)),
    }
}

impl Said for Warning {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            Warning::Dearer(_) => "warning.dearer",
            Warning::Cents(_) => "warning.cents",
            Warning::Past => "warning.past",
            Warning::NoDay(_) => "warning.no_day",
            Warning::NoHour(_) => "warning.no_hour",
            Warning::Unreachable { .. } => "warning.unreachable",
            Warning::NoTieRule => "warning.no_tie_rule",
            Warning::SmallList { .. } => "warning.small_list",
            Warning::SmallGroup { .. } => "warning.small_group",
            Warning::NoneMissing { .. } => "warning.none_missing",
            Warning::Stated { .. } => "warning.stated",
            Warning::StatedLeft { .. } => "warning.stated_left",
            Warning::UnknownColumn => "warning.unknown_column",
            Warning::NoRoom => "warning.no_room",
            Warning::OtherLanguage(_) => "warning.other_language",
            Warning::AllLanguages => "warning.all_languages",
            Warning::NoText => "warning.no_text",
            Warning::SameName(_) => "warning.same_name",
            Warning::NoOwnList => "warning.no_own_list",
            Warning::YesOrBlank => "warning.yes_or_blank",
            Warning::Example => "warning.example",
            Warning::Hidden => "warning.hidden",
            Warning::RouteNames(_) => "warning.route_names",
            Warning::Guessed { .. } => "warning.guessed",
        }
    }

    fn values(&self, language: Language) -> Vec<(&'static str, String)> {
        match self {
            Warning::Dearer(budget) => place("budget", budget),
            Warning::Cents(amount) => place("amount", amount),
            Warning::NoDay(hour) | Warning::NoHour(hour) => place("hour", hour.said(language)),
            Warning::Unreachable { threshold, most } => places(("threshold", threshold), ("most", most)),
            Warning::SmallList { about, minimum } | Warning::SmallGroup { about, minimum } => {
                places(("about", about), ("minimum", minimum))
            }
            Warning::NoneMissing { count, threshold } => places(("count", count), ("threshold", threshold)),
            Warning::Stated { stated, counted } => places(("stated", stated), ("counted", counted)),
            Warning::StatedLeft { stated, counted, rows } => {
                let rows = rows.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                let mut values = places(("stated", stated), ("counted", counted));
                values.extend(place("rows", rows));
                values
            }
            Warning::OtherLanguage(language) | Warning::RouteNames(language) => place("language", language),
            Warning::SameName(row) => place("row", row),
            Warning::Guessed { encoding, sample } => places(("encoding", encoding), ("sample", sample)),
            _ => Vec::new(),
        }
    }
}

impl Said for Question {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            Question::Amount => "question.amount",
            Question::Number => "question.number",
            Question::Hour => "question.hour",
        }
    }
}

impl Means {
    /// The words for it; nothing where the answer is plain.
    pub fn said(self, language: Language) -> Option<String> {
        let code = match self {
            Means::Plain => return None,
            Means::Thousands => "means.thousands",
            Means::Decimals => "means.decimals",
            Means::DecimalsUp => "means.decimals_up",
            Means::DecimalsDown => "means.decimals_down",
            Means::Up => "means.up",
            Means::Down => "means.down",
            Means::MilThousand => "means.mil_thousand",
            Means::MilMillion => "means.mil_million",
            Means::Hour { at, twice: false } => return Some(at.said(language)),
            Means::Hour { at, twice: true } => return Some(at.said_with_offset(language)),
        };
        Some(PHRASES.say(language, code, &[]))
    }

    /// The word that gives this answer for a whole column.
    pub fn for_column(self) -> Option<&'static str> {
        match self {
            Means::Thousands => Some("thousands"),
            Means::Decimals | Means::DecimalsUp | Means::DecimalsDown => Some("decimals"),
            Means::MilThousand => Some("mil-1000"),
            Means::MilMillion => Some("mil-1000000"),
            Means::Plain | Means::Up | Means::Down | Means::Hour { .. } => None,
        }
    }
}

impl Understood {
    /// What the column is, and in which language.
    pub fn said(&self, language: Language) -> String {
        let named = self.language.as_ref().map(|named| format!(" ({named})")).unwrap_or_default();
        format!("{}{named}", self.kind.word(language))
    }
}

impl TakenAs {
    /// What it is.
    pub fn said(&self, language: Language) -> String {
        match self {
            TakenAs::Number(number) => number.to_string(),
            TakenAs::Choice(choice) => choice.word(language).to_owned(),
            TakenAs::Places(places) => PHRASES.say(language, "taken.places", &place("places", places)),
        }
    }
}
