//! Whether a manifest that has the right form also makes sense.

use std::collections::{HashMap, HashSet};

use veche_board::{MAX_WITNESSES, WitnessKey, Witnesses};

use super::error::{ManifestError, Outcome, Problem, count, demand, refuse};
use super::funding;
use super::{
    BallotStyle, CODE_PLACE, Contest, ContestOption, FORMAT, MAX_BALLOT_STYLES, MAX_CONTESTS, MAX_ID_LEN,
    MAX_LANGUAGES, MAX_MONEY, MAX_NUMBER_CHARS, MAX_OPTIONS, MAX_ROUTES, MAX_SMS_CHARS, MAX_STYLES,
    MAX_TRUSTEES, MAX_ZONE_LEN, ManifestDocument, ReportBy, Style, Text, WitnessesDocument, ballot_len,
};
use crate::entry::{GroupInput, MAX_BALLOT_LEN, MAX_MESSAGE_LEN, StatedGroup};
use crate::group::{Group, OTHER_DISTRICTS};
use crate::rules::CompiledContest;

/// What the checks compute on their way.
pub(super) struct Checked {
    pub compiled: Vec<CompiledContest>,
    pub ballot_styles: Vec<BallotStyle>,
    pub groups: Vec<Group>,
    pub witnesses: Option<Witnesses>,
}

pub(super) fn check(document: &ManifestDocument) -> Outcome<Checked> {
    demand(document.veche == FORMAT, "veche", Problem::Format(document.veche))?;
    let texts = Texts::new(&document.languages)?;
    texts.check("title", Some(&document.title))?;
    texts.check("text", Some(&document.text))?;
    check_service(document, &texts)?;
    check_hours(document)?;
    let trustees = document.trustees;
    let possible = (1..=trustees.count).contains(&trustees.threshold) && trustees.count <= MAX_TRUSTEES;
    demand(possible, "trustees", Problem::Trustees)?;
    demand(document.minimum_group >= 1, "minimum_group", Problem::Zero)?;
    if let Some(endpoints) = &document.endpoints {
        demand(is_endpoint(&endpoints.ballot_box), "endpoints.box", Problem::Endpoint)?;
    }
    let witnesses = document.witnesses.as_ref().map(check_witnesses).transpose()?;

    count("contests", document.contests.len(), MAX_CONTESTS)?;
    unique("contests", document.contests.iter().map(|contest| contest.id.as_str()))?;
    for (i, contest) in document.contests.iter().enumerate() {
        check_contest(&format!("contests[{i}]"), contest, &texts)?;
    }
    count("styles", document.styles.len(), MAX_STYLES)?;
    unique("styles", document.styles.iter().map(|style| style.id.as_str()))?;
    let positions: Positions<'_> =
        document.contests.iter().enumerate().map(|(i, contest)| (contest.id.as_str(), i)).collect();
    let mut declared = Vec::with_capacity(document.styles.len());
    for (i, style) in document.styles.iter().enumerate() {
        declared.push(check_style(&format!("styles[{i}]"), style, &positions, &texts)?);
    }
    let ballot_styles = ballot_styles(document, &declared)?;
    count("routes", document.routes.len(), MAX_ROUTES)?;
    unique("routes", document.routes.iter().map(|route| route.id.as_str()))?;
    for (i, route) in document.routes.iter().enumerate() {
        texts.check(&format!("routes[{i}].title"), Some(&route.title))?;
    }

    let compiled = compile(document, &declared)?;
    check_ballot_sizes(&compiled, &ballot_styles)?;
    let groups = groups(&document.contests, &declared);
    check_tally_size(&compiled, &groups)?;
    Ok(Checked { compiled, ballot_styles, groups, witnesses })
}

fn check_hours(document: &ManifestDocument) -> Outcome {
    demand(document.opens < document.closes, "closes", Problem::Hours)?;
    let later = document.closes_latest.is_none_or(|latest| latest > document.closes);
    demand(later, "closes_latest", Problem::LatestClosing)?;
    let paper = document.routes.iter().any(|route| route.entered);
    match document.paper_until {
        None => demand(!paper, "paper_until", Problem::NoPaperUntil)?,
        Some(until) => {
            demand(paper, "paper_until", Problem::NoPaper)?;
            let enough = until >= document.closes_latest.unwrap_or(document.closes);
            demand(enough, "paper_until", Problem::PaperUntil)?;
        }
    }
    demand(is_zone(&document.time_zone), "time_zone", Problem::TimeZone)
}

/// What the pages tell voters and offer them besides the vote itself.
fn check_service(document: &ManifestDocument, texts: &Texts<'_>) -> Outcome {
    let said = [
        ("notice", &document.notice),
        ("help", &document.help),
        ("contact", &document.contact),
        ("privacy", &document.privacy),
        ("accessibility", &document.accessibility),
        ("otherwise", &document.otherwise),
        ("sms", &document.sms),
    ];
    for (key, text) in said {
        texts.check(key, text.as_ref())?;
    }
    for (language, message) in document.sms.iter().flat_map(Text::iter) {
        let places = message.as_bytes().windows(CODE_PLACE.len());
        let fits = places.filter(|place| *place == CODE_PLACE.as_bytes()).count() == 1
            && message.chars().count() <= MAX_SMS_CHARS;
        demand(fits, format!("sms.{language}"), Problem::Sms)?;
    }
    let minutes = document.check_minutes.is_none_or(|minutes| (5..=120).contains(&minutes));
    demand(minutes, "check_minutes", Problem::CheckMinutes)?;
    let capitals = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    demand(document.country.as_ref().is_none_or(capitals), "country", Problem::Country)
}

fn check_witnesses(document: &WitnessesDocument) -> Outcome<Witnesses> {
    count("witnesses.keys", document.keys.len(), MAX_WITNESSES)?;
    let mut keys = Vec::with_capacity(document.keys.len());
    for (i, key) in document.keys.iter().enumerate() {
        let problem = |error| ManifestError::new(format!("witnesses.keys[{i}]"), Problem::WitnessKey(error));
        keys.push(WitnessKey::from_vkey(key).map_err(problem)?);
    }
    let needed = usize::try_from(document.needed).unwrap_or(usize::MAX);
    Witnesses::new(needed, keys).map_err(|error| ManifestError::new("witnesses", Problem::Witnesses(error)))
}

/// The election's languages, for checking that every text is there in all of them.
struct Texts<'a>(&'a [String]);

impl<'a> Texts<'a> {
    fn new(languages: &'a [String]) -> Outcome<Self> {
        count("languages", languages.len(), MAX_LANGUAGES)?;
        let mut seen = HashSet::new();
        for (i, language) in languages.iter().enumerate() {
            let path = format!("languages[{i}]");
            demand(is_language(language), &path, Problem::Language(language.clone()))?;
            demand(seen.insert(language), &path, Problem::Repeated(language.clone()))?;
        }
        Ok(Texts(languages))
    }

    fn check(&self, path: &str, text: Option<&Text>) -> Outcome {
        let Some(text) = text else { return Ok(()) };
        if let Some(missing) = self.0.iter().find(|language| text.get(language).is_none()) {
            return refuse(path, Problem::MissingLanguage(missing.clone()));
        }
        for (language, words) in text.iter() {
            let path = format!("{path}.{language}");
            demand(
                self.0.iter().any(|known| known == language),
                &path,
                Problem::ExtraLanguage(language.into()),
            )?;
            demand(!words.trim().is_empty(), path, Problem::Empty)?;
        }
        Ok(())
    }
}

fn unique<'a>(path: &str, ids: impl Iterator<Item = &'a str>) -> Outcome {
    let mut seen = HashSet::new();
    for (i, id) in ids.enumerate() {
        let path = format!("{path}[{i}].id");
        let tidy =
            (1..=MAX_ID_LEN).contains(&id.len()) && id.trim() == id && !id.chars().any(char::is_control);
        demand(tidy, &path, Problem::Id)?;
        demand(seen.insert(id), &path, Problem::Repeated(id.into()))?;
    }
    Ok(())
}

fn check_money(path: String, money: Option<u64>) -> Outcome {
    let Some(money) = money else { return Ok(()) };
    demand(money <= MAX_MONEY, path, Problem::Money)
}

fn check_contest(path: &str, contest: &Contest, texts: &Texts<'_>) -> Outcome {
    texts.check(&format!("{path}.title"), Some(&contest.title))?;
    texts.check(&format!("{path}.text"), contest.text.as_ref())?;
    demand(contest.budget != Some(0), format!("{path}.budget"), Problem::Zero)?;
    check_money(format!("{path}.budget"), contest.budget)?;
    if let Some(currency) = &contest.currency {
        let tidy = (1..=8).contains(&currency.chars().count()) && !currency.chars().any(char::is_control);
        demand(tidy, format!("{path}.currency"), Problem::Currency)?;
    }
    count(&format!("{path}.options"), contest.options.len(), MAX_OPTIONS)?;
    unique(&format!("{path}.options"), contest.options.iter().map(|option| option.id.as_str()))?;
    for (i, option) in contest.options.iter().enumerate() {
        check_option(&format!("{path}.options[{i}]"), option, texts)?;
    }
    // Each cost is at most 2^53 and there are at most 500: this sum does not wrap.
    let all: u64 = contest.options.iter().filter_map(|option| option.cost).sum();
    demand(all <= MAX_MONEY, format!("{path}.options"), Problem::Money)?;
    funding::check(path, contest)
}

fn check_option(path: &str, option: &ContestOption, texts: &Texts<'_>) -> Outcome {
    texts.check(&format!("{path}.name"), Some(&option.name))?;
    texts.check(&format!("{path}.text"), option.text.as_ref())?;
    check_money(format!("{path}.cost"), option.cost)?;
    if let Some(picture) = &option.picture {
        demand(is_relative_path(picture), format!("{path}.picture"), Problem::Picture)?;
    }
    let empty = option.place.as_ref().is_some_and(|place| place.trim().is_empty());
    demand(!empty, format!("{path}.place"), Problem::Empty)?;
    texts.check(&format!("{path}.category"), option.category.as_ref())?;
    let number = option.number.as_deref().is_none_or(is_number);
    demand(number, format!("{path}.number"), Problem::Number)?;
    let coordinates = option.coordinates.as_deref().is_none_or(|place| read_coordinates(place).is_some());
    demand(coordinates, format!("{path}.coordinates"), Problem::Coordinates)
}

/// Where each contest is.
type Positions<'a> = HashMap<&'a str, usize>;

/// The contests of a declared style, as positions.
struct Declared {
    own: Vec<usize>,
    added: Vec<usize>,
}

impl Declared {
    fn all(&self) -> impl Iterator<Item = usize> {
        self.own.iter().chain(&self.added).copied()
    }
}

fn check_style(path: &str, style: &Style, positions: &Positions<'_>, texts: &Texts<'_>) -> Outcome<Declared> {
    texts.check(&format!("{path}.title"), Some(&style.title))?;
    demand(style.electorate >= 1, format!("{path}.electorate"), Problem::Zero)?;
    demand(style.inhabitants != Some(0), format!("{path}.inhabitants"), Problem::Zero)?;
    count(&format!("{path}.contests"), style.contests.len(), MAX_CONTESTS)?;
    let mut seen = HashSet::new();
    let mut find = |list: &str, ids: &[String]| {
        let mut found = Vec::with_capacity(ids.len());
        for (i, id) in ids.iter().enumerate() {
            let path = format!("{path}.{list}[{i}]");
            demand(seen.insert(id.clone()), &path, Problem::Repeated(id.clone()))?;
            match positions.get(id.as_str()) {
                Some(&position) => found.push(position),
                None => return refuse(path, Problem::UnknownContest(id.clone())),
            }
        }
        Ok(found)
    };
    Ok(Declared { own: find("contests", &style.contests)?, added: find("plus_one_of", &style.plus_one_of)? })
}

fn ballot_styles(document: &ManifestDocument, declared: &[Declared]) -> Outcome<Vec<BallotStyle>> {
    let all: usize = declared.iter().map(|style| 1 + style.added.len()).sum();
    count("styles", all, MAX_BALLOT_STYLES)?;
    let mut styles = Vec::with_capacity(all);
    let mut seen = HashSet::new();
    for (i, (style, contests)) in document.styles.iter().zip(declared).enumerate() {
        // The limit on declared styles keeps every position within 16 bits.
        let declared = i as u16;
        styles.push(BallotStyle { id: style.id.clone(), declared, contests: contests.own.clone() });
        for (id, &contest) in style.plus_one_of.iter().zip(&contests.added) {
            let contests = contests.own.iter().copied().chain([contest]).collect();
            styles.push(BallotStyle { id: format!("{}+{id}", style.id), declared, contests });
        }
    }
    for style in &styles {
        let path = format!("styles[{}]", style.declared);
        demand(seen.insert(style.id.as_str()), path, Problem::Repeated(style.id.clone()))?;
    }
    Ok(styles)
}

fn compile(document: &ManifestDocument, declared: &[Declared]) -> Outcome<Vec<CompiledContest>> {
    let mut electorates = vec![0_u64; document.contests.len()];
    for (style, contests) in document.styles.iter().zip(declared) {
        for contest in contests.all() {
            if let Some(electorate) = electorates.get_mut(contest) {
                *electorate += u64::from(style.electorate);
            }
        }
    }
    let compile = |(i, (contest, electorate)): (usize, (&Contest, u64))| {
        let path = format!("contests[{i}]");
        demand(electorate >= 1, &path, Problem::Orphan)?;
        let costs: Vec<Option<u64>> = contest.options.iter().map(|option| option.cost).collect();
        CompiledContest::with_costs(&contest.rule, &costs, electorate)
            .map_err(|error| ManifestError::new(format!("{path}.rule"), Problem::Rule(error)))
    };
    document.contests.iter().zip(electorates).enumerate().map(compile).collect()
}

fn check_ballot_sizes(compiled: &[CompiledContest], styles: &[BallotStyle]) -> Outcome {
    for style in styles {
        let size = ballot_len(compiled, style);
        let problem = Problem::BallotTooLarge { size, most: MAX_BALLOT_LEN };
        demand(size <= MAX_BALLOT_LEN, format!("styles[{}].contests", style.declared), problem)?;
    }
    Ok(())
}

/// What the trustees and the ballot box have to put on the board must fit a message: partial decryptions, which are
/// longer than the tally input, and the result, whose totals are not packed. (Joining groups makes all of them
/// shorter.)
fn check_tally_size(compiled: &[CompiledContest], groups: &[Group]) -> Outcome {
    let sum = |len: &dyn Fn(&CompiledContest) -> usize| -> usize {
        groups.iter().filter_map(|group| compiled.get(usize::from(group.contest))).map(len).sum()
    };
    let partial = sum(&|contest| GroupInput::encoded_len(contest.slots()));
    let result =
        sum(&|contest| StatedGroup::encoded_len(contest.options() + usize::from(contest.has_blank())));
    let size = partial.max(result);
    let problem = Problem::TallyTooLarge { size, most: MAX_MESSAGE_LEN - TALLY_FRAME };
    demand(size <= MAX_MESSAGE_LEN - TALLY_FRAME, "contests", problem)
}

/// More than the bytes of such a message around its groups.
const TALLY_FRAME: usize = 128;

fn groups(contests: &[Contest], declared: &[Declared]) -> Vec<Group> {
    let mut groups = Vec::new();
    // The limits on contests and styles keep every position within 16 bits.
    for (position, contest) in contests.iter().enumerate() {
        let group = |style| Group { contest: position as u16, style };
        match contest.report_by {
            ReportBy::Contest => groups.push(group(None)),
            ReportBy::ContestAndStyle => {
                let own = declared.iter().enumerate().filter(|(_, style)| style.own.contains(&position));
                groups.extend(own.map(|(style, _)| group(Some(style as u16))));
                if declared.iter().any(|style| style.added.contains(&position)) {
                    groups.push(group(Some(OTHER_DISTRICTS)));
                }
            }
        }
    }
    groups
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary = parts.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|b| b.is_ascii_lowercase())
        && tag.len() <= 35
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A zone's name, which is shown and never looked up.
fn is_zone(name: &str) -> bool {
    (1..=MAX_ZONE_LEN).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b))
}

/// A number such as a town's lists give a project: any short text of one line.
fn is_number(number: &str) -> bool {
    number.chars().count() <= MAX_NUMBER_CHARS
        && !number.trim().is_empty()
        && !number.chars().any(char::is_control)
}

/// Latitude and longitude, in millionths of a degree.
fn read_coordinates(text: &str) -> Option<(i64, i64)> {
    let (latitude, longitude) = text.split_once(',')?;
    Some((degrees(latitude, 90)?, degrees(longitude, 180)?))
}

/// Degrees within a bound, with at most six decimals, in millionths.
fn degrees(text: &str, most: i64) -> Option<i64> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (sign, number) = text.strip_prefix('-').map_or((1, text), |number| (-1, number));
    let (whole, decimals) =
        number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let one_form = (1..=3).contains(&whole.len()) && (whole == "0" || !whole.starts_with('0'));
    let decimals_fit = decimals.is_none_or(|decimals| (1..=6).contains(&decimals.len()) && digits(decimals));
    if !one_form || !digits(whole) || !decimals_fit {
        return None;
    }
    let millionths: i64 = format!("{whole}{:0<6}", decimals.unwrap_or_default()).parse().ok()?;
    (millionths <= most * 1_000_000).then_some(sign * millionths)
}

/// A path below the site, and nothing that a browser could read as another host.
fn is_relative_path(path: &str) -> bool {
    (1..=500).contains(&path.len())
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~/-".contains(&b))
        && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

/// An address that may be written into a content security policy.
fn is_endpoint(url: &str) -> bool {
    let local = ["http://localhost", "http://127.0.0.1"].iter().filter_map(|local| url.strip_prefix(local));
    let local = local.into_iter().any(|rest| rest.starts_with([':', '/']));
    let secure = url
        .strip_prefix("https://")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric()));
    (secure || local)
        && url.len() <= 300
        && url.ends_with('/')
        && url.bytes().all(|b| b.is_ascii_alphanumeric() || b":/._~-".contains(&b))
}
