//! Who may vote, and what each has cast.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use veche_crypto::hash::Digest;
use veche_crypto::signature::PublicKey;
use veche_record::entry::{Pseudonym, RevocationReason};
use veche_record::{Group, Manifest};

use super::register::{Keyed, Register};

/// A ballot on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Last {
    pub index: u64,
    pub hash: Digest,
}

/// What a voter has cast who has cast nothing.
const NO_BALLOT: Last = Last { index: 0, hash: Digest::ZERO };

/// The number of no key.
const NO_KEY: u32 = u32::MAX;

/// What has become of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The key of the last credential is active.
    Active,
    /// The key of the last credential was revoked. Where that was final, the voter is struck off.
    Revoked(RevocationReason),
}

/// 72 bytes: there is one for every voter.
#[derive(Debug)]
struct Voter {
    pseudonym: Pseudonym,
    style: u16,
    route: u8,
    standing: Standing,
    /// How many credentials there were.
    credentials: u8,
    /// How many ballots were challenged.
    challenged: u8,
    /// The number of the last credential's key, or [`NO_KEY`].
    key: u32,
    cast: u32,
    /// The last ballot, once there is one.
    last: Last,
}

impl Keyed for Voter {
    fn key(&self) -> &[u8] {
        &self.pseudonym.0
    }
}

impl Voter {
    fn last(&self) -> Option<Last> {
        (self.cast > 0).then_some(self.last)
    }

    fn struck_off(&self) -> Option<RevocationReason> {
        match self.standing {
            Standing::Active => None,
            Standing::Revoked(reason) => reason.is_final().then_some(reason),
        }
    }
}

/// 40 bytes: there is one for every credential.
#[derive(Debug)]
struct Key {
    bytes: [u8; 32],
    voter: u32,
    /// The number of the credential's entry: a board has fewer than 2³².
    entry: u32,
}

impl Keyed for Key {
    fn key(&self) -> &[u8] {
        &self.bytes
    }
}

/// What is known of a voter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoterStatus {
    /// The ballot style, as of the last credential.
    pub style: u16,
    /// How the voter was identified for the last credential: a route of the manifest.
    pub route: u8,
    /// The number that the next credential must carry: how many there were.
    pub number: u16,
    /// The key of the last credential, active or not.
    pub last_key: [u8; 32],
    /// Whether that key is active.
    pub active: bool,
    /// Why the voter was struck off, if so: nothing of the voter follows or counts.
    pub struck_off: Option<RevocationReason>,
    /// How many ballots were challenged.
    pub challenged: u8,
    /// The sequence that the next ballot must carry.
    pub sequence: u32,
    /// The previous hash that the next ballot must carry.
    pub previous: Digest,
    /// The entry of the last ballot.
    pub last: Option<u64>,
}

impl VoterStatus {
    /// The key that is active, if one is.
    #[must_use]
    pub fn key(&self) -> Option<[u8; 32]> {
        self.active.then_some(self.last_key)
    }
}

/// A voter whose ballot counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedVoter {
    /// Who.
    pub pseudonym: Pseudonym,
    /// The ballot style, as of the last credential.
    pub style: u16,
    /// How the voter was identified for the last credential: a route of the manifest.
    pub route: u8,
    /// The entry of the ballot.
    pub entry: u64,
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialStatus {
    /// Whose it is.
    pub pseudonym: Pseudonym,
    /// Whether it may still cast.
    pub active: bool,
    /// The voter's state.
    pub voter: VoterStatus,
}

impl CredentialStatus {
    /// The word for programs: `active`, `revoked`, or `struck-off` where the voter was.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match (self.active, self.voter.struck_off) {
            (true, _) => "active",
            (false, None) => "revoked",
            (false, Some(_)) => "struck-off",
        }
    }
}

/// How often something happened to voters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    /// How often.
    pub count: u64,
    /// How often of these after a ballot of the voter.
    pub after_ballot: u64,
}

impl KeyChange {
    fn note(&mut self, after_ballot: bool) {
        self.count += 1;
        self.after_ballot += u64::from(after_ballot);
    }
}

/// How often voters' keys changed, and voters were struck off. Everybody sees that it happened; who wanted it, the
/// board cannot say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChanges {
    /// The old key signed for the new one.
    pub handovers: KeyChange,
    /// The voter came with another device: the registrar ended the old key.
    pub replaced: KeyChange,
    /// The voter has voted on paper.
    pub voted_on_paper: KeyChange,
    /// The voter may not vote.
    pub not_entitled: KeyChange,
}

impl KeyChanges {
    fn revoked(&mut self, reason: RevocationReason) -> &mut KeyChange {
        match reason {
            RevocationReason::Replaced => &mut self.replaced,
            RevocationReason::VotedOnPaper => &mut self.voted_on_paper,
            RevocationReason::NotEntitled => &mut self.not_entitled,
        }
    }
}

/// Voters of a district who were identified in one way, without those struck off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTurnout {
    /// The identifier of the declared style.
    pub style: String,
    /// The identifier of the route: that of each voter's last credential.
    pub route: String,
    /// How many voters.
    pub voters: u32,
    /// How many of them have a ballot that counts.
    pub ballots: u32,
}

/// A credential that is to be taken over.
#[derive(Debug)]
pub(crate) struct Enrolled {
    pub pseudonym: Pseudonym,
    pub style: u16,
    /// The declared style of the ballot style.
    pub declared: u16,
    pub route: u8,
    /// Whether ballots of the route are typed from paper.
    pub entered: bool,
    pub handover: bool,
    pub key: [u8; 32],
}

/// All voters.
#[derive(Debug)]
pub(super) struct Voters {
    voters: Register<Voter>,
    keys: Register<Key>,
    /// How many there are of each declared style, without those struck off.
    by_style: Vec<u32>,
    /// How many of these are entered, and how many voters were struck off as having voted on paper, of each.
    on_paper: Vec<(u32, u32)>,
    changes: KeyChanges,
}

impl Voters {
    pub fn new(styles: usize) -> Self {
        Voters {
            voters: Register::new(),
            keys: Register::new(),
            by_style: vec![0; styles],
            on_paper: vec![(0, 0); styles],
            changes: KeyChanges::default(),
        }
    }

    pub fn by_style(&self) -> &[u32] {
        &self.by_style
    }

    /// For each declared style, how many pseudonyms that are not struck off are entered, and how many voters were
    /// struck off as having voted on paper.
    pub fn on_paper(&self) -> impl Iterator<Item = (u32, u32)> {
        self.on_paper.iter().copied()
    }

    pub fn changes(&self) -> &KeyChanges {
        &self.changes
    }

    pub fn count(&self, declared: u16) -> Option<u32> {
        self.by_style.get(usize::from(declared)).copied()
    }

    pub fn holder(&self, key: &[u8; 32]) -> Option<Pseudonym> {
        let key = self.keys.at(self.keys.find(key)?)?;
        self.voters.at(key.voter).map(|voter| voter.pseudonym)
    }

    pub fn status(&self, pseudonym: &Pseudonym) -> Option<VoterStatus> {
        let voter = self.voters.at(self.voters.find(&pseudonym.0)?)?;
        let last_key = self.keys.at(voter.key)?.bytes;
        Some(VoterStatus {
            style: voter.style,
            route: voter.route,
            number: voter.credentials.into(),
            last_key,
            active: voter.standing == Standing::Active,
            struck_off: voter.struck_off(),
            challenged: voter.challenged,
            sequence: voter.cast,
            previous: voter.last().map_or(Digest::ZERO, |last| last.hash),
            last: voter.last().map(|last| last.index),
        })
    }

    pub fn credential(&self, key: &PublicKey) -> Option<CredentialStatus> {
        let key = key.to_bytes();
        let pseudonym = self.holder(&key)?;
        let voter = self.status(&pseudonym)?;
        Some(CredentialStatus { pseudonym, active: voter.key() == Some(key), voter })
    }

    /// The entry that registered a key.
    pub fn registered(&self, key: &PublicKey) -> Option<u64> {
        self.keys.at(self.keys.find(&key.to_bytes())?).map(|key| key.entry.into())
    }

    /// Adds a key by its entry, and the voter if new. The caller has checked that this is legal.
    pub fn register(&mut self, entry: u64, enrolled: Enrolled) {
        let Enrolled { pseudonym, style, declared, route, entered, handover, key } = enrolled;
        let known = self.voters.find(&pseudonym.0);
        let last = NO_BALLOT;
        let standing = Standing::Active;
        let new = || Voter {
            pseudonym,
            style,
            route,
            standing,
            credentials: 0,
            challenged: 0,
            key: NO_KEY,
            cast: 0,
            last,
        };
        let Some(number) = known.or_else(|| self.voters.push(new())) else { return };
        if known.is_none() {
            let declared = usize::from(declared);
            self.by_style.get_mut(declared).into_iter().for_each(|count| *count += 1);
            self.on_paper.get_mut(declared).into_iter().for_each(|(count, _)| *count += u32::from(entered));
        }
        let entry = u32::try_from(entry).unwrap_or(u32::MAX);
        let key = self.keys.push(Key { bytes: key, voter: number, entry });
        if let Some(voter) = self.voters.at_mut(number) {
            if handover {
                self.changes.handovers.note(voter.cast > 0);
            }
            voter.style = style;
            voter.route = route;
            voter.standing = standing;
            voter.credentials = voter.credentials.saturating_add(1);
            voter.key = key.unwrap_or(NO_KEY);
        }
    }

    /// Ends a voter's key, and where the reason is final, strikes the voter off: then the ballot is given that counts
    /// no longer. `declared` is the voter's declared style, and `entered` whether the ballot is typed from paper.
    pub fn revoke(
        &mut self,
        pseudonym: &Pseudonym,
        reason: RevocationReason,
        declared: Option<u16>,
        entered: bool,
    ) -> Option<Last> {
        let voter = self.voters.at_mut(self.voters.find(&pseudonym.0)?)?;
        voter.standing = Standing::Revoked(reason);
        self.changes.revoked(reason).note(voter.cast > 0);
        if !reason.is_final() {
            return None;
        }
        if let Some(count) = declared.and_then(|declared| self.by_style.get_mut(usize::from(declared))) {
            *count = count.saturating_sub(1);
        }
        if let Some((typed, papers)) =
            declared.and_then(|declared| self.on_paper.get_mut(usize::from(declared)))
        {
            *typed = typed.saturating_sub(entered.into());
            *papers += u32::from(reason == RevocationReason::VotedOnPaper);
        }
        voter.last()
    }

    /// Notes that a ballot was challenged.
    pub fn challenge(&mut self, pseudonym: &Pseudonym) {
        if let Some(voter) = self.voters.find(&pseudonym.0).and_then(|number| self.voters.at_mut(number)) {
            voter.challenged = voter.challenged.saturating_add(1);
        }
    }

    /// Notes a ballot, and gives the one it replaces.
    pub fn cast(&mut self, pseudonym: &Pseudonym, index: u64, hash: Digest) -> Option<Last> {
        let voter = self.voters.at_mut(self.voters.find(&pseudonym.0)?)?;
        let replaced = voter.last();
        voter.cast += 1;
        voter.last = Last { index, hash };
        replaced
    }

    /// Everybody whose ballot counts.
    pub fn counted(&self) -> impl Iterator<Item = CountedVoter> {
        self.voters.iter().filter(|voter| voter.struck_off().is_none()).filter_map(|voter| {
            let Voter { pseudonym, style, route, .. } = *voter;
            voter.last().map(|last| CountedVoter { pseudonym, style, route, entry: last.index })
        })
    }

    /// How many counted ballots of each group were typed from paper. A voter whose ballot is typed has one credential,
    /// so that its style is the ballot's.
    pub fn typed(&self, manifest: &Manifest) -> HashMap<Group, u32> {
        let mut typed = HashMap::new();
        if !manifest.routes().iter().any(|route| route.entered) {
            return typed;
        }
        for voter in self.counted().filter(|voter| manifest.is_entered(voter.route)) {
            let Some(style) = manifest.ballot_style(voter.style) else { continue };
            for group in (0..style.contests.len()).filter_map(|place| manifest.group_of(style, place)) {
                *typed.entry(group).or_default() += 1;
            }
        }
        typed
    }

    /// Voters and counted ballots by declared style and route, where there are any.
    pub fn turnout(&self, manifest: &Manifest) -> Vec<RouteTurnout> {
        let mut found: BTreeMap<(u16, u8), (u32, u32)> = BTreeMap::new();
        for voter in self.voters.iter().filter(|voter| voter.struck_off().is_none()) {
            let Some(style) = manifest.ballot_style(voter.style) else { continue };
            let (voters, ballots) = found.entry((style.declared, voter.route)).or_default();
            *voters += 1;
            *ballots += u32::from(voter.cast > 0);
        }
        let row = |((style, route), (voters, ballots)): ((u16, u8), (u32, u32))| RouteTurnout {
            style: manifest
                .styles()
                .get(usize::from(style))
                .map(|style| style.id.clone())
                .unwrap_or_default(),
            route: manifest.route(route).map(|route| route.id.clone()).unwrap_or_default(),
            voters,
            ballots,
        };
        found.into_iter().map(row).collect()
    }

    /// The last ballot of everybody who has cast one.
    pub fn last_ballots(&self) -> impl Iterator<Item = Last> {
        self.voters.iter().filter_map(Voter::last)
    }

    /// All keys in the order of their entries, whose they are, and those entries.
    pub fn all_keys(&self) -> impl Iterator<Item = ([u8; 32], Pseudonym, u64)> {
        self.keys.iter().filter_map(|key| {
            self.voters.at(key.voter).map(|voter| (key.bytes, voter.pseudonym, key.entry.into()))
        })
    }

    /// As they are kept between two runs.
    pub fn save(&self) -> SavedVoters {
        let mut before = (0, 0);
        let since = |key: &Key| {
            let steps = (key.voter.wrapping_sub(before.0), key.entry.wrapping_sub(before.1));
            before = (key.voter, key.entry);
            (key.bytes, steps.0, steps.1)
        };
        SavedVoters {
            voters: self.voters.iter().map(SavedVoter::from).collect(),
            keys: self.keys.iter().map(since).collect(),
            by_style: self.by_style.clone(),
            on_paper: self.on_paper.clone(),
            changes: self.changes,
        }
    }

    /// Bytes of memory that are held.
    pub fn bytes(&self) -> usize {
        self.voters.bytes() + self.keys.bytes()
    }
}

/// See [`super::SavedState`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SavedVoters {
    voters: Vec<SavedVoter>,
    /// Each with the steps of its voter's number and of its entry from those of the key before it, which are small.
    keys: Vec<([u8; 32], u32, u32)>,
    by_style: Vec<u32>,
    on_paper: Vec<(u32, u32)>,
    changes: KeyChanges,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SavedVoter {
    pseudonym: [u8; 16],
    style: u16,
    route: u8,
    /// Why the key was revoked; zero where it is active.
    revoked: u8,
    challenged: u8,
    cast: u32,
    /// Entry and hash of the last ballot.
    last: Option<(u64, [u8; 32])>,
}

/// Every reason, to be known again by its byte.
const REASONS: [RevocationReason; 3] =
    [RevocationReason::Replaced, RevocationReason::VotedOnPaper, RevocationReason::NotEntitled];

impl From<&Voter> for SavedVoter {
    fn from(voter: &Voter) -> Self {
        SavedVoter {
            pseudonym: voter.pseudonym.0,
            style: voter.style,
            route: voter.route,
            revoked: match voter.standing {
                Standing::Active => 0,
                Standing::Revoked(reason) => reason as u8,
            },
            challenged: voter.challenged,
            cast: voter.cast,
            last: voter.last().map(|last| (last.index, *last.hash.as_bytes())),
        }
    }
}

impl SavedVoter {
    fn load(self) -> Option<Voter> {
        let standing = match self.revoked {
            0 => Standing::Active,
            byte => Standing::Revoked(REASONS.into_iter().find(|reason| *reason as u8 == byte)?),
        };
        let last = self.last.map(|(index, hash)| Last { index, hash: Digest::from_bytes(hash) });
        Some(Voter {
            pseudonym: Pseudonym(self.pseudonym),
            style: self.style,
            route: self.route,
            standing,
            credentials: 0,
            challenged: self.challenged,
            key: NO_KEY,
            cast: self.cast,
            last: last.unwrap_or(NO_BALLOT),
        })
        .filter(|voter| last.is_some() == (voter.cast > 0))
    }
}

impl SavedVoters {
    /// Takes them up again, of a manifest with so many declared styles; nothing where they contradict themselves.
    pub fn load(self, styles: usize) -> Option<Voters> {
        let mut loaded = Voters::new(styles);
        for voter in self.voters {
            loaded.voters.push(voter.load()?)?;
        }
        let (mut voter, mut entry) = (0_u32, 0_u32);
        for (bytes, voters, entries) in self.keys {
            (voter, entry) = (voter.wrapping_add(voters), entry.wrapping_add(entries));
            let key = loaded.keys.push(Key { bytes, voter, entry })?;
            let holder = loaded.voters.at_mut(voter)?;
            holder.credentials = holder.credentials.saturating_add(1);
            holder.key = key;
        }
        let fits = self.by_style.len() == styles && self.on_paper.len() == styles;
        fits.then_some(Voters {
            by_style: self.by_style,
            on_paper: self.on_paper,
            changes: self.changes,
            ..loaded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voter_is_kept_small() {
        assert_eq!(size_of::<Voter>(), 72);
    }
}
