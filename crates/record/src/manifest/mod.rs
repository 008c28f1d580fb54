//! The manifest: what the vote is about, as the municipality publishes it.
//!
//! The file is JSON and is hashed as published, byte for byte; it is never written again by anyone
//! who checks it. [`ManifestDocument`] is its plain form, for whoever writes one; a [`Manifest`] is a
//! document that was read strictly, is consistent and within every limit, with its rules compiled.

use serde::{Deserialize, Serialize};
use veche_board::{Checkpoint, CheckpointError, SignedCheckpoint, Witnesses};
use veche_crypto::hash::{Digest, digest};

use crate::ballot_kind::BallotKind;
use crate::entry::Genesis;
use crate::group::{Group, OTHER_DISTRICTS};
use crate::json;
use crate::layout::{HEADER_LEN, SIGNATURE_LEN};
use crate::pinned;
use crate::rules::{CompiledContest, Rule};
use crate::tag;

mod check;
mod error;
mod funding;
mod text;
mod time;

pub use error::{ManifestError, Problem};
pub use funding::{Funding, Greedy, MAX_EXCLUDED, MAX_EXCLUSIVE, Ties, Unaffordable};
pub use text::Text;
pub use time::Timestamp;

/// The manifest format that this software reads.
pub const FORMAT: u32 = 1;
/// Most bytes of a manifest.
pub const MAX_MANIFEST_LEN: usize = 4 << 20;
/// Most contests of an election.
pub const MAX_CONTESTS: usize = 500;
/// Most options of a contest.
pub const MAX_OPTIONS: usize = 500;
/// Most styles that a manifest declares.
pub const MAX_STYLES: usize = 500;
/// Most ballot styles of an election, counting what [`Style::plus_one_of`] adds.
pub const MAX_BALLOT_STYLES: usize = 4_096;
/// Most routes of an election.
pub const MAX_ROUTES: usize = 32;
/// Most languages of an election.
pub const MAX_LANGUAGES: usize = 20;
/// Most trustees of an election.
pub const MAX_TRUSTEES: u8 = 15;
/// Most bytes of a time zone's name.
pub const MAX_ZONE_LEN: usize = 64;
/// Minutes for a second device's look at a ballot, where the manifest does not say.
pub const DEFAULT_CHECK_MINUTES: u32 = 30;
/// What stands in the place of the code in [`ManifestDocument::sms`].
pub const CODE_PLACE: &str = "{code}";
/// Most characters of [`ManifestDocument::sms`].
pub const MAX_SMS_CHARS: usize = 100;
/// Most characters of an option's number.
pub const MAX_NUMBER_CHARS: usize = 40;
/// Most bytes of an identifier.
pub const MAX_ID_LEN: usize = 100;
/// The largest sum of money, in units of the currency: what JavaScript still counts exactly.
pub const MAX_MONEY: u64 = (1 << 53) - 1;

/// For which groups of ballots a contest's totals are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportBy {
    /// For all ballots together.
    Contest,
    /// For each declared style that has the contest, and for the ballots of all others that were given to it besides;
    /// small groups are joined.
    ContestAndStyle,
}

/// Who may register a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Those on the municipality's roll.
    Roll,
    /// Anyone who signs in, once, for a style of their choice.
    Open,
}

/// How many key holders there are and how many of them decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrusteeCount {
    /// n: how many trustees hold a share.
    pub count: u8,
    /// t: how many of them decrypt the totals.
    pub threshold: u8,
}

impl TrusteeCount {
    /// q = ⌊(n+t-1)/2⌋ + 1: how many trustees must consent before any of them decrypts. Two sets of so
    /// many have t trustees in common, so that fewer than t dishonest ones can not have two tally
    /// inputs decrypted. At least t, at most n.
    pub fn quorum(&self) -> u8 {
        // Without overflow for any n and t of a manifest: n ≤ 15.
        (self.count.saturating_add(self.threshold).saturating_sub(1)) / 2 + 1
    }

    /// n - q: how many trustees may be missing when the totals are to be decrypted.
    pub fn may_be_missing(&self) -> u8 {
        self.count.saturating_sub(self.quorum())
    }
}

/// Where the election's services are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// The ballot box.
    #[serde(rename = "box")]
    pub ballot_box: String,
}

/// Who must have seen a checkpoint of the board before anyone may rely on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessesDocument {
    /// How many of them must have cosigned a checkpoint.
    pub needed: u32,
    /// Their verifier keys, `name+id+key` as C2SP tlog-cosignature has them.
    pub keys: Vec<String>,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContestOption {
    /// Its identifier, unique in the contest.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// What it costs, in units of the contest's currency; 0 where it needs no money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
    /// A picture beside the site, as a relative path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Where it would be built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What people call it by, such as the project's number in the town's own lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What kind of project it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Text>,
    /// Where it would be built, as `latitude,longitude` in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<String>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Its identifier, unique in the election.
    pub id: String,
    /// Its title.
    pub title: Text,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// How much there is to spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<u64>,
    /// What money is counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// For which groups totals are published.
    pub report_by: ReportBy,
    /// What a legal ballot is.
    pub rule: Rule,
    /// What the totals decide.
    pub funding: Funding,
    /// What can be chosen.
    pub options: Vec<ContestOption>,
}

/// What the manifest declares for the voters of one district: the contests they see, and those of
/// which they may add one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// Its identifier, unique in the election.
    pub id: String,
    /// Its title, such as the district's name.
    pub title: Text,
    /// The identifiers of its contests, in the order of the ballot.
    pub contests: Vec<String>,
    /// The identifiers of contests of which a voter may add one to the ballot, such as those of the
    /// other districts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plus_one_of: Vec<String>,
    /// The most voters it can have, with and without an added contest.
    pub electorate: u32,
    /// How many people live in the district, voters or not, so that districts can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inhabitants: Option<u32>,
}

/// A way in which people are identified before they get a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Its identifier, unique among the routes.
    pub id: String,
    /// Its title, such as "By SMS to a number on the roll".
    pub title: Text,
    /// Whether its ballots are typed from paper.
    pub entered: bool,
}

/// A kind of ballot paper: what a credential and a ballot name by number. There is one for every
/// declared style, and one for every contest that may be added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotStyle {
    /// The declared style's identifier; with an added contest, `<style>+<contest>`.
    pub id: String,
    /// The declared style, counted from 0 in manifest order.
    pub declared: u16,
    /// Its contests in ballot order, as positions. An added contest comes last.
    pub contests: Vec<usize>,
}

/// A manifest as it is written, not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestDocument {
    /// The format: [`FORMAT`].
    pub veche: u32,
    /// Whether the votes count.
    #[serde(rename = "phase")]
    pub ballot_kind: BallotKind,
    /// The languages of every text.
    pub languages: Vec<String>,
    /// The election's title.
    pub title: Text,
    /// What it is about.
    pub text: Text,
    /// When voting is announced to open.
    pub opens: Timestamp,
    /// When voting is announced to close.
    pub closes: Timestamp,
    /// The latest hour to which the organiser may put the closing off; without it, not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_latest: Option<Timestamp>,
    /// Until when ballots on paper are typed in; there exactly where a route is entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper_until: Option<Timestamp>,
    /// The zone in whose time people are told the hours, by its name in the IANA database.
    pub time_zone: String,
    /// Whether the organiser may close the vote before the announced hour.
    pub early_close: bool,
    /// The questions.
    pub contests: Vec<Contest>,
    /// The kinds of ballot paper.
    pub styles: Vec<Style>,
    /// How people are identified.
    pub routes: Vec<Route>,
    /// The key holders.
    pub trustees: TrusteeCount,
    /// Groups of fewer ballots are joined with others, or not decrypted.
    pub minimum_group: u32,
    /// Whether a voter may vote again until closing; the last ballot counts.
    pub revote: bool,
    /// Who may register.
    pub registration: Registration,
    /// Something every page must say, such as that the election is made up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Text>,
    /// Where the services are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Endpoints>,
    /// Who must have seen a checkpoint of the board before anyone may rely on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnesses: Option<WitnessesDocument>,
    /// For how many minutes after casting a voter's page can show a second device what the ballot holds;
    /// [`DEFAULT_CHECK_MINUTES`] when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_minutes: Option<u32>,
    /// The country whose national telephone numbers voters write, as two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether each voter sees the options in an order of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shuffle: Option<bool>,
    /// Where voters find help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    /// Whom voters can ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Text>,
    /// What becomes of the voters' data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Text>,
    /// How accessible the pages are, and whom to tell of barriers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessibility: Option<Text>,
    /// How to vote without these pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Text>,
    /// The message that brings a sign-in code to a telephone, with `{code}` in the code's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<Text>,
}

/// A manifest that was read strictly, is consistent, and is within every limit.
#[derive(Debug, Clone)]
pub struct Manifest {
    document: ManifestDocument,
    hash: Digest,
    compiled: Vec<CompiledContest>,
    ballot_styles: Vec<BallotStyle>,
    groups: Vec<Group>,
    witnesses: Option<Witnesses>,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// [`ManifestError`] with the place in the file and what to do there.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_MANIFEST_LEN {
            return Err(ManifestError::new("", Problem::FileTooLarge(bytes.len())));
        }
        let document: ManifestDocument = json::typed(bytes)
            .map_err(|error| ManifestError::new(error.path, Problem::Json(error.reason)))?;
        Self::checked(bytes, document)
    }

    /// Reads a manifest whose exact bytes an announced fingerprint has fixed, in little code: see [`pinned`].
    ///
    /// # Errors
    /// [`ManifestError`].
    pub(crate) fn parse_pinned(bytes: &[u8]) -> Result<Self, ManifestError> {
        let document =
            pinned::read(bytes).map_err(|_| ManifestError::new("", Problem::Json(String::new())))?;
        Self::checked(bytes, document)
    }

    fn checked(bytes: &[u8], document: ManifestDocument) -> Result<Self, ManifestError> {
        let check::Checked { compiled, ballot_styles, groups, witnesses } = check::check(&document)?;
        Ok(Manifest { document, hash: Self::hash_of(bytes), compiled, ballot_styles, groups, witnesses })
    }

    /// `H("manifest"; the exact bytes)`, whatever they are.
    pub fn hash_of(bytes: &[u8]) -> Digest {
        digest(tag::MANIFEST, &[bytes])
    }

    /// `H("manifest"; the exact bytes)`.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// What was read.
    pub fn document(&self) -> &ManifestDocument {
        &self.document
    }

    /// The contests in manifest order.
    pub fn contests(&self) -> &[Contest] {
        &self.document.contests
    }

    /// The declared styles in manifest order.
    pub fn styles(&self) -> &[Style] {
        &self.document.styles
    }

    /// The routes in manifest order.
    pub fn routes(&self) -> &[Route] {
        &self.document.routes
    }

    /// A route, by position.
    pub fn route(&self, route: u8) -> Option<&Route> {
        self.document.routes.get(usize::from(route))
    }

    /// The position of a route.
    pub fn route_index(&self, id: &str) -> Option<u8> {
        let position = self.document.routes.iter().position(|route| route.id == id)?;
        u8::try_from(position).ok()
    }

    /// Whether ballots of a route are typed from paper.
    pub fn is_entered(&self, route: u8) -> bool {
        self.route(route).is_some_and(|route| route.entered)
    }

    /// The first route by which people vote themselves.
    pub fn online_route(&self) -> Option<u8> {
        let position = self.document.routes.iter().position(|route| !route.entered)?;
        u8::try_from(position).ok()
    }

    /// The compiled rules of the contests, in manifest order.
    pub fn compiled(&self) -> &[CompiledContest] {
        &self.compiled
    }

    /// The position of a contest.
    pub fn contest_index(&self, id: &str) -> Option<usize> {
        self.document.contests.iter().position(|contest| contest.id == id)
    }

    /// The ballot styles: each declared style in manifest order, followed by one for each contest that
    /// may be added to it, in the order of its list.
    pub fn ballot_styles(&self) -> &[BallotStyle] {
        &self.ballot_styles
    }

    /// A ballot style, by position.
    pub fn ballot_style(&self, style: u16) -> Option<&BallotStyle> {
        self.ballot_styles.get(usize::from(style))
    }

    /// The position of a ballot style.
    pub fn style_index(&self, id: &str) -> Option<u16> {
        let index = self.ballot_styles.iter().position(|style| style.id == id)?;
        u16::try_from(index).ok()
    }

    /// What the manifest declares about a ballot style.
    pub fn declared_style(&self, style: u16) -> Option<&Style> {
        self.document.styles.get(usize::from(self.ballot_style(style)?.declared))
    }

    /// The contests of a ballot style in ballot order, as positions. Empty for a style that does not
    /// exist.
    pub fn style_contests(&self, style: u16) -> &[usize] {
        self.ballot_style(style).map_or(&[], |style| style.contests.as_slice())
    }

    /// The most slots that any contest has: how many slot keys the trustees make.
    pub fn slots(&self) -> usize {
        self.compiled.iter().map(CompiledContest::slots).max().unwrap_or(0)
    }

    /// Whether ballots are typed in from paper.
    pub fn has_paper(&self) -> bool {
        self.document.routes.iter().any(|route| route.entered)
    }

    /// n and t.
    pub fn trustees(&self) -> TrusteeCount {
        self.document.trustees
    }

    /// Bytes of every ballot of a style, `None` for a style that does not exist.
    pub fn ballot_len(&self, style: u16) -> Option<usize> {
        Some(ballot_len(&self.compiled, self.ballot_style(style)?))
    }

    /// The groups that ballots are added up in, before small ones are joined: contests in manifest order, and within
    /// each, where its totals are published by style, the declared styles that list it in their contests, in manifest
    /// order, and then [`OTHER_DISTRICTS`] where voters may add it.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group of a ballot of a ballot style in one of its contests, by its place on the ballot.
    pub fn group_of(&self, style: &BallotStyle, place: usize) -> Option<Group> {
        let contest = *style.contests.get(place)?;
        let added = self.styles().get(usize::from(style.declared))?.contests.len() <= place;
        let style = match self.contests().get(contest)?.report_by {
            ReportBy::Contest => None,
            ReportBy::ContestAndStyle if added => Some(OTHER_DISTRICTS),
            ReportBy::ContestAndStyle => Some(style.declared),
        };
        Some(Group { contest: u16::try_from(contest).ok()?, style })
    }

    /// Who must have cosigned every checkpoint that is relied upon; nobody where the manifest names no
    /// witnesses.
    pub fn witnesses(&self) -> Option<&Witnesses> {
        self.witnesses.as_ref()
    }

    /// Reads a checkpoint of this manifest's board: signed by the log of the board's genesis entry, and
    /// cosigned by as many witnesses as the manifest demands. Whoever acts on a checkpoint reads it here.
    ///
    /// # Errors
    /// [`CheckpointError`], the ballot box's fault or that of whoever served it.
    pub fn open_checkpoint(
        &self,
        note: &(impl AsRef<[u8]> + ?Sized),
        genesis: &Genesis,
    ) -> Result<Checkpoint, CheckpointError> {
        SignedCheckpoint::open_witnessed(note, &genesis.log_key, &genesis.origin, self.witnesses())
    }
}

/// Bytes of every ballot of a style.
fn ballot_len(compiled: &[CompiledContest], style: &BallotStyle) -> usize {
    let sections = style.contests.iter().filter_map(|&contest| compiled.get(contest));
    HEADER_LEN + sections.map(CompiledContest::section_len).sum::<usize>() + SIGNATURE_LEN
}

#[cfg(test)]
mod tests;
