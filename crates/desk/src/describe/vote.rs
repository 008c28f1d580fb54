//! What is said of the vote as a whole.

use veche_record::BallotKind;
use veche_record::manifest::{
    CODE_PLACE, MAX_SMS_CHARS, MAX_TRUSTEES, Registration, Text, Ties, TrusteeCount, Unaffordable,
};
use veche_sheet::{Place, Zone, lookup};

use super::cells::{Edge, Money, choice, count, count32, hour, votes, yes};
use super::finding::{Problem, Warning};
use super::ledger::{Ledger, Spot};
use super::settings::Settings;
use super::texts::Languages;
use crate::words::{Choice, Known, Setting, Term};

/// A setting that nobody made, and what it is then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub setting: Term,
    /// What it is.
    pub value: TakenAs,
}

/// What a setting is that nobody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenAs {
    /// A number.
    Number(u32),
    /// One of several choices.
    Choice(Term),
    /// So many points for the first place of a ranking, and one less for each that follows.
    Places(u32),
}

/// How a ballot is filled in, where a list does not say otherwise.
#[derive(Debug, Clone)]
pub(super) struct BallotRule {
    pub kind: Choice,
    pub min: Option<u32>,
    pub max: Option<u32>,
    pub points: Option<u32>,
    pub points_per_project: Option<u32>,
    pub blank: bool,
}

/// Who is funded, where a list does not say otherwise.
#[derive(Debug, Clone)]
pub(super) struct FundingRule {
    /// Nothing where the vote gives an order only.
    pub unaffordable: Option<Unaffordable>,
    pub threshold: Option<u64>,
    pub ties: Ties,
}

/// The vote, as far as its sheet says it.
#[derive(Debug)]
pub(super) struct Vote {
    pub title: Option<Text>,
    pub text: Option<Text>,
    pub town: Option<Text>,
    pub opens: Option<u64>,
    pub closes: Option<u64>,
    pub closes_latest: Option<u64>,
    pub paper_until: Option<u64>,
    pub zone: Option<String>,
    pub rule: Option<BallotRule>,
    pub funding: Option<FundingRule>,
    pub other_district: bool,
    pub by_district: bool,
    pub registration: Registration,
    pub routes: Vec<Choice>,
    pub trustees: TrusteeCount,
    pub minimum_group: u32,
    pub revote: bool,
    pub early_close: bool,
    pub kind: BallotKind,
    pub country: Option<String>,
    pub shuffle: Option<bool>,
    pub notice: Option<Text>,
    pub help: Option<Text>,
    pub contact: Option<Text>,
    pub privacy: Option<Text>,
    pub accessibility: Option<Text>,
    pub otherwise: Option<Text>,
    pub sms: Option<Text>,
    pub stated_projects: Option<Stated>,
    pub stated_districts: Option<Stated>,
    pub stated_budget: Option<Stated>,
}

/// A number that a cell states of something that can be counted.
#[derive(Debug, Clone)]
pub(super) struct Stated {
    pub place: Place,
    pub cell: String,
    pub number: u64,
}

impl Stated {
    pub fn new(spot: &Spot<'_>, number: Option<u64>) -> Option<Self> {
        Some(Stated { place: spot.place.clone(), cell: spot.value.to_string(), number: number? })
    }

    /// Says so where another number was counted, and which rows were left out of it.
    pub fn compare(&self, counted: u64, left: &[u32], ledger: &mut Ledger) {
        if self.number != counted {
            let what = match left {
                [] => Warning::Stated { stated: self.number, counted },
                rows => Warning::StatedLeft { stated: self.number, counted, rows: rows.to_vec() },
            };
            ledger.warning(Some(self.place.clone()), self.cell.clone(), what);
        }
    }
}

/// Reads settings, and notes those that nobody made.
struct Reader<'a, 'b> {
    settings: &'b Settings<'a>,
    languages: &'b Languages,
    ledger: &'b mut Ledger,
    taken: &'b mut Vec<Taken>,
}

impl Reader<'_, '_> {
    fn default<T>(&mut self, setting: Setting, shown: TakenAs, value: T) -> T {
        self.taken.push(Taken { setting: Term::of(setting), value: shown });
        value
    }

    fn usual<T>(&mut self, setting: Setting, choice: Choice, value: T) -> T {
        self.default(setting, TakenAs::Choice(Term::of(choice)), value)
    }

    fn yes(&mut self, setting: Setting, usual: bool) -> bool {
        match self.settings.spot(setting, self.ledger) {
            Some(spot) => yes(&spot, self.ledger).unwrap_or(usual),
            None => self.usual(setting, if usual { Choice::Yes } else { Choice::No }, usual),
        }
    }

    fn count(&mut self, setting: Setting, most: u64, usual: u32) -> u32 {
        match self.settings.spot(setting, self.ledger) {
            Some(spot) => {
                let read = count(&spot, 1, most, self.ledger);
                read.and_then(|number| u32::try_from(number).ok()).unwrap_or(usual)
            }
            None => self.default(setting, TakenAs::Number(usual), usual),
        }
    }

    fn optional(&mut self, setting: Setting, least: u64) -> Option<u32> {
        let spot = self.settings.spot(setting, self.ledger)?;
        count32(&spot, least, self.ledger)
    }

    fn choice(&mut self, setting: Setting, choices: &[Choice]) -> Option<Choice> {
        let spot = self.settings.spot(setting, self.ledger)?;
        choice(&spot, choices, self.ledger)
    }

    fn text(&mut self, setting: Setting) -> Option<Text> {
        self.settings.text(setting, self.languages, self.ledger)
    }

    fn stated(&mut self, setting: Setting) -> Option<Stated> {
        let spot = self.settings.spot(setting, self.ledger)?;
        let number = count(&spot, 0, u64::MAX / 2_000, self.ledger);
        Stated::new(&spot, number)
    }
}

/// In what money is counted.
pub(super) fn money(settings: &Settings<'_>, ledger: &mut Ledger) -> Money {
    let currency = settings.words(Setting::Currency, ledger);
    let hundredth = settings.words(Setting::Hundredth, ledger);
    let words = currency.iter().chain(&hundredth).cloned().collect();
    let unit = if hundredth.is_some() { 10 } else { 1_000 };
    Money { currency: hundredth.or(currency), unit, words }
}

/// Reads the vote. What is missing or wrong is in the ledger.
pub(super) fn read(
    settings: &Settings<'_>,
    languages: &Languages,
    money: &Money,
    now: u64,
    ledger: &mut Ledger,
    taken: &mut Vec<Taken>,
) -> Vote {
    let mut reader = Reader { settings, languages, ledger, taken };
    let title = reader.text(Setting::Title);
    if title.is_none() {
        let place = settings.place(Setting::Title);
        reader.ledger.error(Some(place), "", Problem::NoSetting(Term::of(Setting::Title)));
    }
    let text = reader.text(Setting::Text).or_else(|| {
        reader.ledger.warning(Some(settings.place(Setting::Text)), "", Warning::NoText);
        title.clone()
    });
    let hours = hours(&mut reader, now);
    let trustees = trustees(&mut reader);
    let routes = routes(&mut reader);
    let sms = sms(&mut reader);
    paper(&mut reader, &routes, &hours);
    let stated_budget = settings.spot(Setting::StatedBudget, reader.ledger).and_then(|spot| {
        let number = money.read(&spot, reader.ledger);
        Stated::new(&spot, number)
    });
    Vote {
        title,
        text,
        town: reader.text(Setting::Town),
        opens: hours.opens,
        closes: hours.closes,
        closes_latest: hours.latest,
        paper_until: hours.paper.filter(|_| routes.contains(&Choice::Paper)),
        zone: hours.zone,
        rule: rule(&mut reader),
        funding: funding(&mut reader),
        other_district: reader.yes(Setting::OtherDistrict, false),
        by_district: reader.yes(Setting::ByDistrict, false),
        registration: match reader.choice(Setting::Registration, &[Choice::Roll, Choice::Open]) {
            Some(Choice::Open) => Registration::Open,
            Some(_) => Registration::Roll,
            None => reader.usual(Setting::Registration, Choice::Roll, Registration::Roll),
        },
        routes,
        trustees,
        minimum_group: reader.count(Setting::MinimumGroup, u64::from(u32::MAX), 10),
        revote: reader.yes(Setting::Revote, true),
        early_close: reader.yes(Setting::EarlyClose, false),
        kind: if reader.yes(Setting::Practice, false) { BallotKind::Trial } else { BallotKind::Election },
        country: country(&mut reader),
        shuffle: settings.spot(Setting::Shuffle, reader.ledger).and_then(|spot| yes(&spot, reader.ledger)),
        notice: reader.text(Setting::Notice),
        help: reader.text(Setting::Help),
        contact: reader.text(Setting::Contact),
        privacy: reader.text(Setting::Privacy),
        accessibility: reader.text(Setting::Accessibility),
        otherwise: reader.text(Setting::Otherwise),
        sms,
        stated_projects: reader.stated(Setting::StatedProjects),
        stated_districts: reader.stated(Setting::StatedDistricts),
        stated_budget,
    }
}

#[derive(Debug, Default)]
struct Hours {
    zone: Option<String>,
    opens: Option<u64>,
    closes: Option<u64>,
    latest: Option<u64>,
    paper: Option<u64>,
}

fn hours(reader: &mut Reader<'_, '_>, now: u64) -> Hours {
    let settings = reader.settings;
    // Without a zone no hour can be read: what is wrong with them comes to light with it.
    let zone = settings.needed(Setting::TimeZone, reader.ledger);
    let found = zone.as_ref().map(|spot| (Zone::find(&spot.value.to_string()), spot));
    let zone = match found {
        Some((Ok(zone), _)) => Some(zone),
        Some((Err(error), spot)) => {
            reader.ledger.wrong(spot, error.into());
            None
        }
        None => None,
    };
    let utc = Zone::find("UTC").ok();
    let Some(reads_as) = zone.as_ref().or(utc.as_ref()) else { return Hours::default() };
    let mut at = |setting: Setting, edge: Edge, needed: bool| {
        let spot = match needed {
            true => settings.needed(setting, reader.ledger)?,
            false => settings.spot(setting, reader.ledger)?,
        };
        Some((hour(&spot, edge, reads_as, now, reader.ledger)?, spot))
    };
    let opens = at(Setting::Opens, Edge::Begin, true);
    let closes = at(Setting::Closes, Edge::End, true);
    let latest = at(Setting::ClosesLatest, Edge::End, false);
    let paper = at(Setting::PaperUntil, Edge::End, false);
    if let (Some((opens, _)), Some((closes, spot))) = (&opens, &closes)
        && opens >= closes
    {
        reader.ledger.wrong(spot, Problem::Hours);
    }
    if let (Some((closes, _)), Some((latest, spot))) = (&closes, &latest)
        && closes >= latest
    {
        reader.ledger.wrong(spot, Problem::LatestClosing);
    }
    let second = |found: Option<(u64, Spot<'_>)>| found.map(|(second, _)| second);
    Hours {
        zone: zone.map(|zone| zone.name().to_owned()),
        opens: second(opens),
        closes: second(closes),
        latest: second(latest),
        paper: second(paper),
    }
}

/// Ballots on paper are typed in until an hour that is not before the last one of voting.
fn paper(reader: &mut Reader<'_, '_>, routes: &[Choice], hours: &Hours) {
    let spot = reader.settings.spot(Setting::PaperUntil, reader.ledger);
    match (routes.contains(&Choice::Paper), spot, hours.paper) {
        (true, Some(spot), Some(until)) if Some(until) < hours.latest.or(hours.closes) => {
            reader.ledger.wrong(&spot, Problem::PaperUntil);
        }
        (true, None, _) => {
            reader.ledger.error(Some(reader.settings.place(Setting::PaperUntil)), "", Problem::PaperUntil);
        }
        (false, Some(spot), _) => reader.ledger.wrong(&spot, Problem::NoPaper),
        _ => {}
    }
}

fn trustees(reader: &mut Reader<'_, '_>) -> TrusteeCount {
    let most = u64::from(MAX_TRUSTEES);
    let small = |number: u32| u8::try_from(number).unwrap_or(MAX_TRUSTEES);
    let number = reader.count(Setting::Trustees, most, 5);
    let needed = reader.count(Setting::TrusteesNeeded, most, u32::from(usual(small(number))));
    if needed > number
        && let Some(spot) = reader.settings.spot(Setting::TrusteesNeeded, reader.ledger)
    {
        reader.ledger.wrong(&spot, Problem::TrusteesNeeded(u64::from(number)));
    }
    let trustees = TrusteeCount { count: small(number), threshold: small(needed.min(number)) };
    if trustees.may_be_missing() == 0 {
        let TrusteeCount { count, threshold } = trustees;
        let said = [Setting::TrusteesNeeded, Setting::Trustees];
        if let Some(spot) = said.iter().find_map(|said| reader.settings.spot(*said, reader.ledger)) {
            reader.ledger.odd(&spot, Warning::NoneMissing { count, threshold });
        }
    }
    trustees
}

/// How many open the totals where nobody has said so: more than half, or half where otherwise nobody could be missing.
fn usual(count: u8) -> u8 {
    let most = TrusteeCount { count, threshold: count / 2 + 1 };
    if count > 3 && most.may_be_missing() == 0 { count / 2 } else { most.threshold }
}

fn routes(reader: &mut Reader<'_, '_>) -> Vec<Choice> {
    const ROUTES: [Choice; 3] = [Choice::Sms, Choice::Code, Choice::Paper];
    let Some(spot) = reader.settings.spot(Setting::Routes, reader.ledger) else {
        return reader.usual(Setting::Routes, Choice::Sms, vec![Choice::Sms]);
    };
    let known = Known::of(&ROUTES);
    let said = spot.value.to_string();
    let mut routes = Vec::new();
    for word in said.split([',', ';', '\n', '،']).filter(|word| !word.trim().is_empty()) {
        match lookup(word, &known.kinds()) {
            Some(route) if !routes.contains(&route) => routes.push(route),
            Some(_) => {}
            None => {
                reader.ledger.wrong(&spot, Problem::Choice(Term::all(&ROUTES)));
                break;
            }
        }
    }
    routes
}

fn sms(reader: &mut Reader<'_, '_>) -> Option<Text> {
    let text = reader.text(Setting::Sms)?;
    let fits =
        |message: &str| message.matches(CODE_PLACE).count() == 1 && message.chars().count() <= MAX_SMS_CHARS;
    if let Some((_, wrong)) = text.iter().find(|(_, message)| !fits(message)) {
        reader.ledger.error(Some(reader.settings.place(Setting::Sms)), wrong, Problem::Sms);
    }
    Some(text)
}

fn country(reader: &mut Reader<'_, '_>) -> Option<String> {
    let spot = reader.settings.spot(Setting::Country, reader.ledger)?;
    let country = spot.value.to_string().trim().to_uppercase();
    if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        reader.ledger.wrong(&spot, Problem::Country);
        return None;
    }
    Some(country)
}

fn rule(reader: &mut Reader<'_, '_>) -> Option<BallotRule> {
    let kinds = [Choice::Choose, Choice::Points, Choice::Ranking, Choice::Money];
    let kind = match reader.settings.spot(Setting::Rule, reader.ledger) {
        Some(spot) => choice(&spot, &kinds, reader.ledger),
        None => Some(reader.usual(Setting::Rule, Choice::Choose, Choice::Choose)),
    };
    // Whatever the kind is, what the other settings say wrongly is found now.
    let rule = BallotRule {
        kind: kind.unwrap_or(Choice::Choose),
        min: reader.optional(Setting::Min, 0),
        max: reader.optional(Setting::Max, 1),
        points: reader.optional(Setting::Points, 1),
        points_per_project: reader.optional(Setting::PointsPerProject, 1),
        blank: reader.yes(Setting::Blank, false),
    };
    if kind == Some(Choice::Points) {
        for (setting, said) in
            [(Setting::Points, rule.points), (Setting::PointsPerProject, rule.points_per_project)]
        {
            if said.is_none() {
                reader.settings.needed(setting, reader.ledger);
            }
        }
    }
    kind.map(|_| rule)
}

fn funding(reader: &mut Reader<'_, '_>) -> Option<FundingRule> {
    let choices = [Choice::Skip, Choice::Stop, Choice::None];
    let spot = reader.settings.needed(Setting::Funding, reader.ledger);
    let chosen = spot.and_then(|spot| choice(&spot, &choices, reader.ledger));
    let unaffordable = match chosen {
        Some(Choice::Skip) => Some(Unaffordable::Skip),
        Some(Choice::Stop) => Some(Unaffordable::Stop),
        _ => None,
    };
    let threshold = reader.settings.spot(Setting::Threshold, reader.ledger);
    let threshold = threshold.and_then(|spot| votes(&spot, reader.ledger));
    let ties = match reader.choice(Setting::Ties, &[Choice::Cheaper, Choice::Order, Choice::Lot]) {
        Some(Choice::Cheaper) => Ties::Cheaper,
        Some(Choice::Order) => Ties::Order,
        Some(_) => Ties::Lot,
        None => {
            if unaffordable.is_some() && reader.settings.spot(Setting::Ties, reader.ledger).is_none() {
                reader.ledger.warning(Some(reader.settings.place(Setting::Ties)), "", Warning::NoTieRule);
            }
            Ties::Lot
        }
    };
    chosen.map(|_| FundingRule { unaffordable, threshold, ties })
}
