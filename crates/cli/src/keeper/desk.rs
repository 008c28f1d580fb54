//! What a keeper does when it is asked: each command a function of the board.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use veche_board::{Hash, LogPublicKey, Receipt, leaf_hash};
use veche_crypto::signature::PublicKey;
use veche_keeper::{AppendError, Clock as _, EntryError, Keeper, StepError, Transaction};
use veche_record::Entry;
use veche_record::entry::{
    CredentialEntry, CredentialTerms, MAX_CREDENTIAL_NUMBER, NoticeForm, Pseudonym, Revocation,
    RevocationReason, TallyKind, into_leaves,
};
use veche_record::manifest::{self, Timestamp};
use veche_verify::ceremony::Round;
use veche_verify::{BoardState, Check, Course};
use veche_voter::{Credential, PreparedBallot};

use super::MachineClock;
use super::line::{Command, Fault, Refusal, Registration, shortened};
use super::publish::publish;
use super::refusals::{no_election, out_of_order, over};
use crate::random;

/// The board of a running keeper, for whoever asks.
pub(super) struct Desk {
    pub(super) keeper: Keeper,
    pub(super) manifest: Vec<u8>,
    pub(super) registration: manifest::Registration,
    pub(super) log_key: LogPublicKey,
    /// One at a time writes into folders.
    pub(super) publishing: tokio::sync::Mutex<()>,
}

type Answer = Result<Value, Refusal>;

impl Desk {
    /// Answers one request.
    pub(super) async fn answer(&self, command: Command) -> Answer {
        match command {
            Command::Status => self.status().await,
            Command::Election => Ok(self.election()),
            Command::Voter(pseudonym) => self.voter(pseudonym),
            Command::Credential(key) => self.credential(&key),
            Command::Register(registration) => self.register(*registration).await,
            Command::Revoke(pseudonym, reason) => self.revoke(pseudonym, reason).await,
            Command::Cast(ballot) => self.cast(ballot).await,
            Command::Receipt(ballot) => match self.keeper.recorded(&ballot).await? {
                Some(receipt) => Ok(json!({ "index": receipt.index, "receipt": receipt })),
                None => Err(Refusal::new("not-found", Fault::Caller, "No such ballot is recorded.")),
            },
            Command::Find(code) => match self.keeper.view().ballot_with(&code) {
                Some(index) => Ok(json!({ "index": index })),
                None => {
                    let why = "No ballot with this code is on the board, or not yet.";
                    Err(Refusal::new("ballot-unknown", Fault::Caller, why))
                }
            },
            Command::Consistency(from, to) => self.consistency(from, to).await,
            Command::Publish(to) => {
                let _one = self.publishing.lock().await;
                let size = publish(&self.keeper, (&self.manifest, &self.log_key), Path::new(&to)).await?;
                Ok(json!({ "size": size }))
            }
            Command::Post(message) => self.post(message).await,
            Command::Rehearse => self.rehearse().await,
            Command::Restart => self.step(|turn| turn.restart_ceremony()).await,
            Command::Close => {
                let index = self.keeper.close().await?.index;
                let _ = self.keeper.advance(true).await;
                Ok(json!({ "index": index }))
            }
            Command::Extend(closes) => self.step(move |turn| turn.extend(closes)).await,
            Command::Notice(texts, cancels) => self.notice(texts, cancels).await,
            Command::Draw(contest, options) => self.draw(&contest, &options).await,
        }
    }

    /// Appends a step of the organiser, and takes those whose time has come with it.
    async fn step(
        &self,
        step: impl FnMut(&mut Transaction<'_>) -> Result<u64, StepError> + Send + 'static,
    ) -> Answer {
        let index = self.keeper.append(step).await?.index;
        let _ = self.keeper.advance(true).await;
        Ok(json!({ "index": index }))
    }

    async fn status(&self) -> Answer {
        let view = self.keeper.view();
        // What trustees are waited for only the writer's state says. It refuses to append anything, with that.
        let asked = self.keeper.append(|turn| Err::<u64, _>(Waiting::of(turn.state()))).await;
        let waiting = match asked {
            Err(AppendError::Refused(Waiting(text))) => text,
            _ => "The board cannot be written at this moment.".to_owned(),
        };
        let (opens, closes) = view.hours();
        let election = view.election();
        Ok(json!({
            "phase": course(view.course()),
            "waiting": waiting,
            "fingerprint": election.map(|election| election.fingerprint().to_string()),
            "card": election.map(|election| STANDARD.encode(election.card().to_bytes())),
            "origin": view.log().origin().as_str(),
            "log_key": self.log_key.to_vkey(view.log().origin()),
            "size": view.log().size(),
            "checkpoint": view.log().note(),
            "opens": hour(opens),
            "closes": hour(closes),
        }))
    }

    /// What a ballot box answers to `GET v1/election`.
    fn election(&self) -> Value {
        let view = self.keeper.view();
        let statement = |(entry, receipt): (&[u8], Receipt)| {
            let proof: Vec<String> = receipt.proof.iter().map(Hash::to_base64).collect();
            json!({
                "entry": STANDARD.encode(entry),
                "index": receipt.index,
                "leaf": receipt.leaf_hash.to_base64(),
                "proof": proof,
            })
        };
        let statements: Vec<Value> = view.statements().map(statement).collect();
        json!({
            "fingerprint": view.election().map(|election| election.fingerprint().to_string()),
            "phase": view.course().phase(),
            "registration": self.registration,
            "origin": view.log().origin().as_str(),
            "checkpoint": view.log().note(),
            "now": hour(MachineClock.unix()),
            "closes": hour(view.hours().1),
            "statements": statements,
        })
    }

    /// What a ballot box answers to `GET v1/credentials/KEY`.
    fn credential(&self, key: &PublicKey) -> Answer {
        let view = self.keeper.view();
        let unknown =
            || Refusal::new("credential-unknown", Fault::Caller, "No voter has registered this key.");
        let (_, there) = view.credential(key).ok_or_else(unknown)?;
        let election = view.election().ok_or_else(no_election)?;
        Ok(json!({
            "state": there.state(),
            "pseudonym": there.pseudonym.to_string(),
            "style": election.manifest().ballot_style(there.voter.style).map(|style| style.id.as_str()),
            "sequence": there.voter.sequence,
            "previous": there.voter.previous.to_string(),
        }))
    }

    fn voter(&self, pseudonym: Option<Pseudonym>) -> Answer {
        let Some(pseudonym) = pseudonym else {
            let fresh = random::randomness().map_err(EntryError::from)?;
            return Ok(json!({ "pseudonym": Pseudonym::new(&fresh).to_string(), "number": 0 }));
        };
        let view = self.keeper.view();
        let known = view.election().zip(view.voter(&pseudonym));
        let Some((election, voter)) = known else {
            return Ok(json!({ "pseudonym": pseudonym.to_string(), "number": 0 }));
        };
        Ok(json!({
            "pseudonym": pseudonym.to_string(),
            "number": voter.number,
            "key": voter.key().map(hex::encode),
            "style": election.manifest().declared_style(voter.style).map(|style| style.id.as_str()),
            "struck_off": voter.struck_off.is_some(),
            "sequence": voter.sequence,
            "previous": voter.previous.to_string(),
        }))
    }

    async fn register(&self, registration: Registration) -> Answer {
        let pseudonym = registration.pseudonym;
        let appended = self.keeper.append(move |turn| register(turn, &registration)).await?;
        let voter = self.keeper.view().voter(&pseudonym);
        let voter = voter.ok_or_else(|| Refusal::new("busy", Fault::Server, "Ask again."))?;
        Ok(json!({
            "index": appended.index,
            "new": appended.new,
            "sequence": voter.sequence,
            "previous": voter.previous.to_string(),
            "number": voter.number,
        }))
    }

    async fn revoke(&self, pseudonym: Pseudonym, reason: RevocationReason) -> Answer {
        let revoke = move |turn: &mut Transaction<'_>| {
            let election = turn.state().election().ok_or_else(no_election)?.fingerprint();
            let unknown = || {
                Refusal::new(
                    "not-found",
                    Fault::Caller,
                    "This voter has no key on the board: nothing is to be struck off.",
                )
            };
            let voter = turn.state().voter(&pseudonym).ok_or_else(unknown)?;
            if voter.struck_off.is_some() {
                return Err(struck_off());
            }
            let key = PublicKey::from_bytes(&voter.last_key).map_err(StepError::from)?;
            let entry = Revocation::sign(turn.registrar()?, &election, pseudonym, key, reason);
            Ok(turn.entry(entry.map_err(StepError::from)?)?)
        };
        Ok(json!({ "index": self.keeper.append(revoke).await?.index }))
    }

    async fn cast(&self, ballot: Vec<u8>) -> Answer {
        let appended = self.keeper.cast(&ballot, MachineClock.unix()).await?;
        Ok(json!({ "index": appended.index, "new": appended.new, "receipt": appended.receipt? }))
    }

    async fn consistency(&self, from: u64, to: u64) -> Answer {
        let proof = self.keeper.consistency(from, to).await?;
        let none = || {
            Refusal::new(
                "not-found",
                Fault::Caller,
                "The board never had two such sizes, the older one first.",
            )
        };
        let proof: Vec<String> = proof.ok_or_else(none)?.iter().map(|hash| hash.to_base64()).collect();
        Ok(json!({ "proof": proof }))
    }

    async fn post(&self, message: Vec<u8>) -> Answer {
        demand_posted(&message)?;
        // The same message again is the same entry.
        let first = into_leaves(message.clone()).ok().and_then(|leaves| leaves.into_iter().next());
        if let Some(index) = first.and_then(|leaf| self.keeper.view().log().find(&leaf_hash(&leaf))) {
            return Ok(json!({ "index": index }));
        }
        self.step(move |turn| turn.signed_elsewhere(&message)).await
    }

    async fn rehearse(&self) -> Answer {
        let election = self.keeper.view().election().cloned().ok_or_else(no_election)?;
        let (one, two, three) = (random::randomness(), random::randomness(), random::randomness());
        let (one, two, three) = (
            one.map_err(EntryError::from)?,
            two.map_err(EntryError::from)?,
            three.map_err(EntryError::from)?,
        );
        let credential = Credential::generate(&one).map_err(StepError::from)?;
        let sealed = PreparedBallot::rehearsal(&election, &credential, &two, &three);
        let ballot = sealed.map_err(|error| out_of_order(format!("{error}.")))?.bytes;
        let post = move |turn: &mut Transaction<'_>| match turn.state().count(TallyKind::Rehearsal) {
            Some(_) => Err(out_of_order("The rehearsal has begun: the trustees decrypt it now.")),
            None => Ok(turn.entry(Entry::RehearsalBallot(ballot.clone()))?),
        };
        self.keeper.append(post).await?;
        self.step(|turn| turn.fix_rehearsal()).await
    }

    async fn notice(&self, mut texts: Vec<(String, String)>, cancels: bool) -> Answer {
        let view = self.keeper.view();
        let election = view.election().ok_or_else(no_election)?;
        let languages = &election.manifest().document().languages;
        let place = |language: &String| languages.iter().position(|known| known == language);
        texts.sort_by_key(|(language, _)| place(language));
        if !texts.iter().map(|(language, _)| language).eq(languages) {
            let why = format!("Say it in exactly these languages: {}.", languages.join(", "));
            return Err(Refusal::new("entry-refused", Fault::Caller, why));
        }
        let texts: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
        let form = if cancels { NoticeForm::Cancellation } else { NoticeForm::Words };
        self.step(move |turn| turn.notice(form, texts.clone())).await
    }
}

impl Desk {
    async fn draw(&self, contest: &str, options: &[String]) -> Answer {
        let election = self.keeper.view().election().cloned().ok_or_else(no_election)?;
        let none = |what: &str, id: &str| {
            Refusal::new("entry-refused", Fault::Caller, format!("There is no {what} {:?}.", shortened(id)))
        };
        let mut contests = (0_u16..).zip(election.manifest().contests());
        let found = contests.find(|(_, known)| known.id == contest);
        let (position, contest) = found.ok_or_else(|| none("contest", contest))?;
        let option = |id: &String| {
            let found = (0_u16..).zip(&contest.options).find(|(_, option)| option.id == *id);
            found.map(|(position, _)| position).ok_or_else(|| none("option", id))
        };
        let order = options.iter().map(option).collect::<Result<Vec<u16>, Refusal>>()?;
        self.step(move |turn| turn.draw(position, order.clone())).await
    }
}

/// Who is waited for, in a sentence.
struct Waiting(String);

impl Waiting {
    fn of(board: &BoardState) -> Self {
        let trustees = |numbers: &[u8]| crate::trustee::trustees(numbers);
        let count = |kind| {
            board
                .count(kind)
                .map(|count| (count.partials_needed().saturating_sub(count.partials().len()), count))
        };
        let decrypting = |kind, otherwise: &str| match count(kind) {
            Some((0, _)) => otherwise.to_owned(),
            Some((_, count)) if !count.has_quorum() => {
                let needed = count.input().quorum().saturating_sub(count.consents().len());
                format!("{needed} more trustees must agree to decrypt.")
            }
            Some((needed, _)) => format!("{needed} more trustees must decrypt."),
            None => "The rehearsal is to begin: `rehearse`.".to_owned(),
        };
        Waiting(match board.course() {
            Course::Empty => "The board is empty.".to_owned(),
            Course::Founded => match board
                .ceremony()
                .map(|ceremony| (ceremony.round(), ceremony.waiting_for()))
            {
                Some((Round::Commit, waiting)) => format!("Waiting for {} to take part.", trustees(&waiting)),
                Some((Round::Deal, waiting)) => format!("Waiting for {} to deal.", trustees(&waiting)),
                Some((Round::Confirm, waiting)) => format!("Waiting for {} to confirm.", trustees(&waiting)),
                Some((Round::Failed(culprit), _)) => {
                    format!("Trustee {culprit} has dealt a false share: begin anew with `restart`.")
                }
                Some((Round::Complete, _)) | None => String::new(),
            },
            Course::Setup => decrypting(TallyKind::Rehearsal, "The vote opens at its hour."),
            Course::Open => "People vote.".to_owned(),
            Course::Ended | Course::Closed => "The sums are being fixed.".to_owned(),
            Course::Counting => decrypting(TallyKind::Vote, "The result is being published."),
            Course::Published => "Nobody: the result is on the board.".to_owned(),
            Course::Cancelled => "Nobody: the vote is cancelled.".to_owned(),
        })
    }
}

/// Seconds since 1970 as RFC 3339 writes them.
fn hour(seconds: i64) -> Option<String> {
    let time = u64::try_from(seconds).ok().and_then(Timestamp::from_unix);
    time.map(|time| time.to_string())
}

const fn course(course: Course) -> &'static str {
    match course {
        Course::Empty | Course::Founded => "ceremony",
        Course::Setup => "setup",
        Course::Open => "open",
        Course::Ended | Course::Closed => "closed",
        Course::Counting => "counting",
        Course::Published => "published",
        Course::Cancelled => "cancelled",
    }
}

fn struck_off() -> Refusal {
    Refusal::new("struck-off", Fault::Caller, "This voter is struck off: no ballot of theirs counts.")
}

/// What is posted is what somebody else signs. Ballots are cast, and who votes is registered.
fn demand_posted(message: &[u8]) -> Result<(), Refusal> {
    let refused = |why: String| Refusal::new("entry-refused", Fault::Caller, why);
    match Entry::parse(message) {
        Ok(Entry::Ceremony(entry)) if entry.author().is_some() => {}
        Ok(Entry::Consent(_) | Entry::Partial(_)) => {}
        Ok(_) => return Err(refused("Only messages of trustees are posted.".to_owned())),
        Err(error) => return Err(refused(format!("This is no entry: {error}."))),
    }
    Ok(())
}

/// Brings a voter's key onto the board: the first one, one that takes over, or one in the place of another. The same
/// key again is the entry that it has.
fn register(turn: &mut Transaction<'_>, wanted: &Registration) -> Result<u64, Refusal> {
    let state = turn.state();
    let election = state.election().ok_or_else(no_election)?;
    let (manifest, fingerprint) = (election.manifest(), election.fingerprint());
    let refused = |code, message: String| Refusal::new(code, Fault::Caller, message);
    let style = manifest.style_index(&wanted.style).ok_or_else(|| {
        refused("style-unknown", format!("The manifest has no ballot style {:?}.", shortened(&wanted.style)))
    })?;
    let route = match &wanted.route {
        Some(route) => manifest.route_index(route),
        None => manifest.online_route(),
    };
    let route =
        route.ok_or_else(|| refused("route-unknown", "The manifest has no such route.".to_owned()))?;
    let Registration { pseudonym, number, key, possession, handover, .. } = *wanted;
    if let Some((index, there)) = turn.credential(&key) {
        return match there {
            _ if there.pseudonym != pseudonym => {
                Err(refused("key-taken", "This key belongs to another voter.".to_owned()))
            }
            _ if there.voter.struck_off.is_some() => Err(struck_off()),
            _ if !there.active => {
                let why = "This key was replaced by another one of the same voter.".to_owned();
                Err(refused("credential-revoked", why))
            }
            _ if there.voter.style != style => {
                let why =
                    "This key is registered for another ballot style: the voter's browser makes a new one."
                        .to_owned();
                Err(refused("key-taken", why))
            }
            _ => Ok(index),
        };
    }
    if turn.now() >= turn.hours().1 {
        return Err(over());
    }
    let known = state.voter(&pseudonym);
    if known.is_some_and(|voter| voter.struck_off.is_some()) {
        return Err(struck_off());
    }
    // A voter may change the contest that is added to the declared style, never the style.
    let declared = |style| manifest.declared_style(style).map(|declared| declared.id.as_str());
    if let Some(known) = known.filter(|known| declared(known.style) != declared(style)) {
        let has = declared(known.style).unwrap_or_default();
        return Err(
            refused("wrong-style", format!("This voter's ballot style is {has:?}.")).with("style", has)
        );
    }
    let before = known.map_or(0, |voter| voter.number);
    if before > MAX_CREDENTIAL_NUMBER {
        return Err(refused(
            "too-many-keys",
            "This voter has had as many keys as a voter can have.".to_owned(),
        ));
    }
    if number != before {
        let why = "Another key of this voter came onto the board meanwhile. Prove having the key again, with `number`.";
        return Err(refused("number-behind", why.to_owned()).with("number", before));
    }
    let terms = CredentialTerms { pseudonym, style, route, number, key };
    let signed = CredentialEntry::sign(turn.registrar()?, &fingerprint, terms, handover, possession);
    let credential = signed.map_err(StepError::from)?;
    let active = known.and_then(|voter| voter.key());
    match (active, handover) {
        (Some(active), None) => {
            let active = PublicKey::from_bytes(&active).map_err(StepError::from)?;
            let reason = RevocationReason::Replaced;
            let revocation = Revocation::sign(turn.registrar()?, &fingerprint, pseudonym, active, reason);
            Ok(turn
                .replacement(&revocation.map_err(StepError::from)?, &credential)
                .map_err(possession_refused)?)
        }
        (None, Some(_)) => {
            Err(Refusal::new("key-refused", Fault::Ballot, "There is no active key that could hand over."))
        }
        _ => Ok(turn.entry(credential).map_err(possession_refused)?),
    }
}

/// The board's check of what a browser has signed, with what to do about it.
fn possession_refused(error: EntryError) -> Refusal {
    match &error {
        EntryError::Refused(failure) if failure.check == Check::Possession => Refusal::new(
            "key-refused",
            Fault::Ballot,
            "`possession` does not prove that this voter has the key, for this election, ballot style, route and number.",
        ),
        _ => error.into(),
    }
}
