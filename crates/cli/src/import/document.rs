//! The manifest of an election over several files.

use clap::Args;
use time::{Date, Time};
use veche_record::BallotKind;
use veche_record::manifest::{
    Contest, FORMAT, Manifest, ManifestDocument, Registration, Route, Style, Text, Timestamp, TrusteeCount,
};

use super::{ImportError, Source};
use crate::error::Error;

/// What a manifest needs beyond the files.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The language of all texts, where the files are not asked.
    pub language: Option<String>,
    /// What the vote is called, where the files are not asked.
    pub title: Option<String>,
    /// The most voters of each contest, in the files' order.
    pub electorates: Vec<u32>,
    /// Opening and closing.
    pub hours: Hours,
    /// The key holders.
    pub trustees: TrusteeCount,
    /// Totals of fewer ballots are withheld.
    pub minimum_group: u32,
    /// Who may register.
    pub registration: Registration,
    /// Whether every page must say that nobody votes here.
    pub simulated: bool,
    /// Who stands behind the vote.
    pub behind: Behind,
}

/// Who stands behind a vote, in the files' language: the foot of every page says it.
#[derive(Debug, Clone, Default, Args)]
pub struct Behind {
    /// Where voters find help, as "In every library, Monday to Friday, 9 to 18".
    #[arg(long, value_name = "TEXT")]
    help_at: Option<String>,
    /// Whom voters can ask, with address and telephone.
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    /// What becomes of the voters' data.
    #[arg(long, value_name = "TEXT")]
    privacy: Option<String>,
    /// How accessible the pages are, and whom to tell of barriers.
    #[arg(long, value_name = "TEXT")]
    accessibility: Option<String>,
    /// How to vote without these pages.
    #[arg(long, value_name = "TEXT")]
    otherwise: Option<String>,
}

/// When people can vote.
#[derive(Debug, Clone)]
pub struct Hours {
    /// When voting opens.
    pub opens: Timestamp,
    /// When voting closes.
    pub closes: Timestamp,
    /// The latest hour to which closing may be put off.
    pub closes_latest: Option<Timestamp>,
    /// The zone in whose time people are told the hours.
    pub time_zone: String,
    /// Whether the vote may be closed before its hour.
    pub early_close: bool,
}

/// What a manifest says that comes from files.
#[derive(Debug)]
pub(super) struct Draft {
    pub language: String,
    pub title: Text,
    pub text: Text,
    pub contests: Vec<Contest>,
    pub styles: Vec<Style>,
}

/// The manifest of an election over `sources`, as bytes to publish, and as it is read back.
pub fn manifest(sources: &[Source], settings: &Settings) -> Result<(Vec<u8>, Manifest), Error> {
    let language = match &settings.language {
        Some(language) => language.clone(),
        None => common_language(sources)?,
    };
    let (title, about) = election_texts(sources);
    let styles = sources.iter().zip(&settings.electorates);
    let draft = Draft {
        title: Text::new(&language, settings.title.as_ref().unwrap_or(&title)),
        text: Text::new(&language, &about),
        contests: sources.iter().map(|source| source.contest(&language)).collect::<Result<_, _>>()?,
        styles: styles.map(|(source, electorate)| source.style(&language, *electorate)).collect(),
        language,
    };
    complete(draft, settings)
}

/// The manifest of what files say, with the settings.
pub(super) fn complete(draft: Draft, settings: &Settings) -> Result<(Vec<u8>, Manifest), Error> {
    let Draft { language, title, text: about, contests, styles } = draft;
    let text = |words: &str| Text::new(&language, words);
    let said = |words: &Option<String>| words.as_deref().map(text);
    let Behind { help_at, contact, privacy, accessibility, otherwise } = &settings.behind;
    let document = ManifestDocument {
        veche: FORMAT,
        ballot_kind: BallotKind::Election,
        languages: vec![language.clone()],
        title,
        text: about,
        opens: settings.hours.opens,
        closes: settings.hours.closes,
        closes_latest: settings.hours.closes_latest,
        paper_until: None,
        time_zone: settings.hours.time_zone.clone(),
        early_close: settings.hours.early_close,
        contests,
        styles,
        routes: vec![Route { id: "sms".into(), title: text(route_title(&language)), entered: false }],
        trustees: settings.trustees,
        minimum_group: settings.minimum_group,
        revote: true,
        registration: settings.registration,
        notice: settings.simulated.then(|| text(simulation_notice(&language))),
        endpoints: None,
        witnesses: None,
        check_minutes: None,
        country: None,
        shuffle: None,
        help: said(help_at),
        contact: said(contact),
        privacy: said(privacy),
        accessibility: said(accessibility),
        otherwise: said(otherwise),
        sms: None,
    };
    let mut bytes = serde_json::to_vec_pretty(&document)?;
    bytes.push(b'\n');
    let manifest = Manifest::parse(&bytes).map_err(ImportError::from)?;
    Ok((bytes, manifest))
}

fn simulation_notice(language: &str) -> &'static str {
    match language {
        "pl" => "Symulacja na podstawie opublikowanego pliku: nikt tu nie głosował.",
        "fr" => "Une simulation à partir d’un fichier publié : personne n’a voté ici.",
        _ => "A simulation from a published file: nobody voted here.",
    }
}

fn route_title(language: &str) -> &'static str {
    match language {
        "pl" => "Kodem wysłanym na telefon",
        "fr" => "Par un code envoyé au téléphone",
        "es" => "Con un código enviado al teléfono",
        "de" => "Mit einem Code, der aufs Telefon kommt",
        "ru" => "По коду, который приходит на телефон",
        _ => "By a code sent to a phone",
    }
}

fn common_language(sources: &[Source]) -> Result<String, ImportError> {
    // `und` is the code for a language that nobody has named.
    let mut languages: Vec<String> = Vec::new();
    for source in sources {
        let code = source.language()?.unwrap_or("und");
        if !languages.iter().any(|known| known == code) {
            languages.push(code.to_owned());
        }
    }
    match languages.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(ImportError::Languages { languages }),
    }
}

/// Title and description: one file's own, or what several files have in common.
fn election_texts(sources: &[Source]) -> (String, String) {
    if let [one] = sources {
        return (one.title().to_owned(), one.title().to_owned());
    }
    let common = |key: &str| {
        let mut values = sources.iter().map(|source| source.file.meta.get(key));
        let first = values.next().flatten()?;
        values.all(|value| value == Some(first)).then_some(first)
    };
    let parts: Vec<&str> = ["unit", "instance"].iter().filter_map(|key| common(key)).collect();
    let ids: Vec<&str> = sources.iter().map(Source::title).collect();
    let about = ids.join("; ");
    let title = if parts.is_empty() { about.clone() } else { parts.join(" ") };
    (title, about)
}

/// The files' own hours: from the beginning of the first day to the end of the last.
pub fn hours(sources: &[Source]) -> Result<(Option<Timestamp>, Option<Timestamp>), ImportError> {
    let (mut first, mut last): (Option<Date>, Option<Date>) = (None, None);
    for source in sources {
        let begin = source.file.meta.first_day("date_begin").map_err(source.in_file())?;
        let end = source.file.meta.last_day("date_end").map_err(source.in_file())?;
        first = first.into_iter().chain(begin).min();
        last = last.into_iter().chain(end).max();
    }
    let at = |day: Date, time: Time| {
        let seconds = day.with_time(time).assume_utc().unix_timestamp();
        u64::try_from(seconds).ok().and_then(Timestamp::from_unix)
    };
    let end = Time::from_hms(23, 59, 59).unwrap_or(Time::MIDNIGHT);
    Ok((first.and_then(|day| at(day, Time::MIDNIGHT)), last.and_then(|day| at(day, end))))
}
