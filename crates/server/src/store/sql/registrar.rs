//! The registrar's half.

use async_trait::async_trait;
use veche_record::Pseudonym;

use super::{array, desk_pass, help, roll, small};
use crate::clock::seconds;
use crate::http::counters::DAY;
use crate::keys::SECRET_LEN;
use crate::store::codes::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, MessageNews, NewCode, PrintedCode, RecentMessages,
    Right, SharedCode, StoredCode,
};
use crate::store::connection::Connection;
use crate::store::database::Database;
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, GoodPass, PassTerms, RegistrarStore, SignedInVoter, StoredDeskPass};
use crate::store::roll::{NewRoll, PersonHash, PhoneChange, RollChange, RollRow, RollState};
use crate::store::statement::sql;
use crate::store::transaction::Alone;

#[async_trait]
impl RegistrarStore for Database {
    async fn replace_roll(&self, new: &NewRoll<'_>, deed: &Deed) -> Result<(), StoreError> {
        roll::replace(self, new, deed).await
    }

    async fn add_to_roll(&self, row: &RollRow, at_most: u32, deed: &Deed) -> Result<RollChange, StoreError> {
        roll::add(self, row, at_most, deed).await
    }

    async fn move_on_roll(&self, row: &RollRow, at_most: u32, deed: &Deed) -> Result<RollChange, StoreError> {
        roll::put_right(self, row, at_most, deed).await
    }

    async fn mark_on_roll(&self, row: &RollRow, deed: &Deed) -> Result<RollChange, StoreError> {
        roll::mark(self, row, deed).await
    }

    async fn strike_from_roll(&self, person: &PersonHash, deed: &Deed) -> Result<RollChange, StoreError> {
        roll::strike(self, person, deed).await
    }

    async fn roll(&self) -> Result<Vec<RollRow>, StoreError> {
        roll::all(self).await
    }

    async fn roll_state(&self) -> Result<RollState, StoreError> {
        roll::as_a_whole(self).await
    }

    async fn note(&self, deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        roll::note(&mut tx, deed).await?;
        Ok(tx.commit().await?)
    }

    async fn deeds(&self, of: Option<&PersonHash>) -> Result<Vec<Deed>, StoreError> {
        roll::deeds(self, of).await
    }

    async fn was_read(&self, source: &[u8; SECRET_LEN]) -> Result<bool, StoreError> {
        let found: Option<(i64,)> = sql("SELECT number FROM deed WHERE source = $1 LIMIT 1")
            .bind(source.as_slice())
            .maybe(&mut self.read().await?)
            .await?;
        Ok(found.is_some())
    }

    async fn roll_len(&self) -> Result<u64, StoreError> {
        let (voters,): (i64,) =
            sql("SELECT count(*) FROM roll WHERE generation = (SELECT current FROM roll_state)")
                .one(&mut self.read().await?)
                .await?;
        small(voters)
    }

    async fn style_on_roll(&self, person: &PersonHash) -> Result<Option<String>, StoreError> {
        let style: Option<(String,)> =
            sql("SELECT style FROM roll WHERE person = $1 AND generation = (SELECT current FROM roll_state)")
                .bind(person.0.as_slice())
                .maybe(&mut self.read().await?)
                .await?;
        Ok(style.map(|(style,)| style))
    }

    async fn phone_on_roll(&self, person: &PersonHash) -> Result<Option<PersonHash>, StoreError> {
        let phone: Option<(Vec<u8>,)> =
            sql("SELECT phone FROM roll WHERE person = $1 AND generation = (SELECT current FROM roll_state)")
                .bind(person.0.as_slice())
                .maybe(&mut self.read().await?)
                .await?;
        phone.map(|(phone,)| array(&phone).map(PersonHash)).transpose()
    }

    async fn people_on_roll(&self, phone: &PersonHash) -> Result<Vec<RollRow>, StoreError> {
        let mut connection = self.read().await?;
        roll::people(&mut connection, phone).await
    }

    async fn ask_for_code(&self, code: &NewCode, limits: &CodeLimits) -> Result<CodeAsked, StoreError> {
        let mut tx = self.write().await?;
        tx.alone(Alone::Phone(&code.phone)).await?;
        let (count, newest_shared): (i64, Option<i64>) =
            sql("SELECT count(*), max(CASE WHEN mac IS NOT NULL AND NOT used THEN made END) FROM message
             WHERE phone = $1 AND made > $2")
            .bind(code.phone.0.as_slice())
            .bind(code.made.saturating_sub(seconds(DAY)))
            .one(&mut tx)
            .await?;
        let judged = limits.judge(RecentMessages { count: small(count)?, newest_shared }, code.made);
        sql("INSERT INTO code (session, phone, mac, made) VALUES ($1, $2, $3, $4)")
            .bind(code.session.as_slice())
            .bind(code.phone.0.as_slice())
            // Where the own code is not sent there is none to be guessed: the hash of another kind is never met.
            .bind(if judged == CodeAsked::Own { code.own.as_slice() } else { code.shared.as_slice() })
            .bind(code.made)
            .run(&mut tx)
            .await?;
        if judged != CodeAsked::Nothing {
            sql("INSERT INTO message (session, phone, made, mac) VALUES ($1, $2, $3, $4)")
                .bind(code.session.as_slice())
                .bind(code.phone.0.as_slice())
                .bind(code.made)
                .bind((judged == CodeAsked::Shared).then_some(code.shared.as_slice()))
                .run(&mut tx)
                .await?;
        }
        tx.commit().await?;
        Ok(judged)
    }

    async fn message_left(&self, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError> {
        help::message_left(self, session, at).await
    }

    async fn message_lost(&self, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError> {
        help::message_lost(self, session, at).await
    }

    async fn messages(&self, phone: &PersonHash, after: i64) -> Result<MessageNews, StoreError> {
        help::messages(self, phone, after).await
    }

    async fn asked_for(&self, session: &[u8; SECRET_LEN]) -> Result<Option<PersonHash>, StoreError> {
        let mut connection = self.read().await?;
        Ok(stored_code(&mut connection, session).await?.map(|code| code.phone))
    }

    async fn print_code(&self, code: &PrintedCode, deed: &Deed) -> Result<(), StoreError> {
        help::print_code(self, code, deed).await
    }

    async fn printed_code(&self, person: &PersonHash) -> Result<Option<PrintedCode>, StoreError> {
        let mut connection = self.read().await?;
        help::printed_code(&mut connection, person).await
    }

    async fn forget_messages(&self, phone: &PersonHash, deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.alone(Alone::Everything).await?;
        for counted in ["DELETE FROM message WHERE phone = $1", "DELETE FROM wrong_mark WHERE phone = $1"] {
            sql(counted).bind(phone.0.as_slice()).run(&mut tx).await?;
        }
        roll::note(&mut tx, deed).await?;
        Ok(tx.commit().await?)
    }

    async fn change_phone(
        &self,
        from: &PersonHash,
        to: &PersonHash,
        deed: &Deed,
    ) -> Result<PhoneChange, StoreError> {
        help::change_phone(self, from, to, deed).await
    }

    async fn end_sessions(&self, person: &PersonHash, deed: &Deed) -> Result<(), StoreError> {
        help::end_sessions(self, person, deed).await
    }

    async fn give_desk_pass(&self, pass: &StoredDeskPass, deed: &Deed) -> Result<u32, StoreError> {
        desk_pass::give(self, pass, deed).await
    }

    async fn desk_passes(&self) -> Result<Vec<StoredDeskPass>, StoreError> {
        desk_pass::all(self).await
    }

    async fn revoke_desk_pass(&self, number: u32, at: i64, deed: &Deed) -> Result<bool, StoreError> {
        desk_pass::revoke(self, number, at, deed).await
    }

    async fn guess(&self, guess: &Guess, limits: &GuessLimits) -> Result<Guessed, StoreError> {
        let mut tx = self.write().await?;
        // A request is of one phone for ever; everything else of it is read when nobody else may change it.
        if let Some(code) = stored_code(&mut tx, &guess.session).await? {
            tx.alone(Alone::Phone(&code.phone)).await?;
        }
        let stored = stored_code(&mut tx, &guess.session).await?.ok_or(Guessed::Expired);
        let code = match stored.and_then(|code| limits.refuse(&code, guess.at).map_or(Ok(code), Err)) {
            Ok(code) => code,
            Err(refused) => {
                // Anybody can bring this about. A transaction that is dropped is taken for a write that failed.
                tx.commit().await?;
                return Ok(refused);
            }
        };
        let alive_since = guess.at.saturating_sub(seconds(limits.shared_lifetime));
        let shared = shared_codes(&mut tx, &code.phone, alive_since).await?;
        let printed = help::printed_codes(&mut tx, &code.phone).await?;
        count(&mut tx, guess, &code.phone, alive_since).await?;
        let people = roll::count(&mut tx, &code.phone).await?;
        let guessed = match limits.judge(guess, &code, (&shared, &printed), people) {
            Some(right) => right_code(&mut tx, guess, limits, &code, right).await?,
            None => Guessed::Wrong { attempts_left: limits.left(&code) },
        };
        // The guess is counted also when it was wrong: that is the point of counting.
        tx.commit().await?;
        Ok(guessed)
    }

    async fn use_pass(&self, pass: &GoodPass) -> Result<Option<Pseudonym>, StoreError> {
        let mut tx = self.write().await?;
        tx.alone(Alone::Signing).await?;
        let stored = sql("INSERT INTO pass (id, expires) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
            .bind(pass.id.as_slice())
            .bind(pass.ends)
            .run(&mut tx)
            .await?;
        let session = NewSession {
            person: &pass.person,
            pseudonym: &pass.pseudonym,
            token: &pass.token,
            expires: pass.expires,
            pass: Some(&pass.terms),
            printed: None,
        };
        let is_new = stored == 1;
        let pseudonym = if is_new { Some(begin_session(&mut tx, session).await?) } else { None };
        tx.commit().await?;
        Ok(pseudonym)
    }

    async fn pseudonym(&self, person: &PersonHash) -> Result<Option<Pseudonym>, StoreError> {
        let row: Option<(Vec<u8>,)> = sql("SELECT pseudonym FROM voter WHERE person = $1")
            .bind(person.0.as_slice())
            .maybe(&mut self.read().await?)
            .await?;
        row.map(|(pseudonym,)| Ok(Pseudonym(array(&pseudonym)?))).transpose()
    }

    async fn person(&self, pseudonym: &Pseudonym) -> Result<Option<PersonHash>, StoreError> {
        let row: Option<(Vec<u8>,)> = sql("SELECT person FROM voter WHERE pseudonym = $1")
            .bind(pseudonym.0.as_slice())
            .maybe(&mut self.read().await?)
            .await?;
        row.map(|(person,)| Ok(PersonHash(array(&person)?))).transpose()
    }

    async fn voters(&self) -> Result<Vec<(PersonHash, Pseudonym)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sql("SELECT person, pseudonym FROM voter").all(&mut self.read().await?).await?;
        rows.into_iter()
            .map(|(person, pseudonym)| Ok((PersonHash(array(&person)?), Pseudonym(array(&pseudonym)?))))
            .collect()
    }

    async fn voter(&self, token: &[u8; SECRET_LEN], now: i64) -> Result<Option<SignedInVoter>, StoreError> {
        let row: Option<SessionRow> =
            sql("SELECT person, pseudonym, style, route, printed FROM session JOIN voter USING (person)
             WHERE token = $1 AND expires > $2")
            .bind(token.as_slice())
            .bind(now)
            .maybe(&mut self.read().await?)
            .await?;
        let Some((person, pseudonym, style, route, printed)) = row else { return Ok(None) };
        Ok(Some(SignedInVoter {
            person: PersonHash(array(&person)?),
            pseudonym: Pseudonym(array(&pseudonym)?),
            pass: route.map(small).transpose()?.map(|route| PassTerms { style, route }),
            printed: printed.map(small).transpose()?,
        }))
    }

    async fn forget_old(&self, now: i64, requests: i64) -> Result<(), StoreError> {
        let yesterday = now.saturating_sub(seconds(DAY));
        let mut tx = self.write().await?;
        tx.alone(Alone::Old).await?;
        for (statement, before) in [
            ("DELETE FROM code WHERE made < $1", requests),
            ("DELETE FROM message WHERE made <= $1", yesterday),
            ("DELETE FROM lost_message WHERE at <= $1", yesterday),
            ("DELETE FROM wrong_mark WHERE at <= $1", yesterday),
            ("DELETE FROM pass WHERE expires <= $1", yesterday),
            ("DELETE FROM session WHERE expires <= $1", now),
        ] {
            sql(statement).bind(before).run(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Person, pseudonym, the style and route of a pass, and the route of a code on paper.
type SessionRow = (Vec<u8>, Vec<u8>, Option<String>, Option<i64>, Option<i64>);

/// Phone, hash, time, guesses, and whether it is used.
type CodeRow = (Vec<u8>, Vec<u8>, i64, i64, bool);

async fn stored_code(
    tx: &mut Connection,
    session: &[u8; SECRET_LEN],
) -> Result<Option<StoredCode>, StoreError> {
    let row: Option<CodeRow> = sql("SELECT phone, mac, made, guesses, used FROM code WHERE session = $1")
        .bind(session.as_slice())
        .maybe(tx)
        .await?;
    let Some((phone, own, made, guesses, used)) = row else { return Ok(None) };
    Ok(Some(StoredCode {
        phone: PersonHash(array(&phone)?),
        own: array(&own)?,
        made,
        guesses: small(guesses)?,
        used,
    }))
}

/// The shared codes of a phone that are alive.
async fn shared_codes(
    tx: &mut Connection,
    phone: &PersonHash,
    since: i64,
) -> Result<Vec<SharedCode>, StoreError> {
    let rows: Vec<(Vec<u8>, Vec<u8>, i64)> = sql("SELECT session, mac, guesses FROM message
         WHERE phone = $1 AND made > $2 AND mac IS NOT NULL AND NOT used")
    .bind(phone.0.as_slice())
    .bind(since)
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|(session, mac, guesses)| {
            Ok(SharedCode { session: array(&session)?, mac: array(&mac)?, guesses: small(guesses)? })
        })
        .collect()
}

async fn count(tx: &mut Connection, guess: &Guess, phone: &PersonHash, since: i64) -> Result<(), StoreError> {
    sql("UPDATE code SET guesses = guesses + 1 WHERE session = $1")
        .bind(guess.session.as_slice())
        .run(tx)
        .await?;
    sql("UPDATE message SET guesses = guesses + $1 WHERE phone = $2 AND made > $3")
        .bind(u32::from(guess.shared.is_some()))
        .bind(phone.0.as_slice())
        .bind(since)
        .run(tx)
        .await?;
    sql("UPDATE printed_code SET guesses = guesses + $1 WHERE person = $2 OR person IN
         (SELECT person FROM roll WHERE phone = $2 AND generation = (SELECT current FROM roll_state))")
    .bind(u32::from(guess.printed.is_some()))
    .bind(phone.0.as_slice())
    .run(tx)
    .await?;
    Ok(())
}

/// What becomes of a right code: it signs in whoever it is good for, or asks for the mark that says who that is.
async fn right_code(
    tx: &mut Connection,
    guess: &Guess,
    limits: &GuessLimits,
    code: &StoredCode,
    right: Right,
) -> Result<Guessed, StoreError> {
    let people = roll::people(tx, &code.phone).await?;
    let wrong: Vec<(i64,)> = sql("SELECT at FROM wrong_mark WHERE phone = $1 AND at > $2 ORDER BY at")
        .bind(code.phone.0.as_slice())
        .bind(guess.at.saturating_sub(seconds(DAY)))
        .all(tx)
        .await?;
    let wrong: Vec<i64> = wrong.into_iter().map(|(at,)| at).collect();
    let (heading,): (Option<String>,) = sql("SELECT mark_heading FROM roll_state").one(tx).await?;
    let refused = match limits.tell_apart(guess, (&code.phone, right), &people, &wrong, heading) {
        Ok((person, style)) => {
            let pseudonym = sign_in(tx, guess, &person, right).await?;
            let printed = matches!(right, Right::Printed(_));
            return Ok(Guessed::SignedIn { pseudonym, style, printed });
        }
        Err(refused) => refused,
    };
    if let Guessed::WrongMark { .. } = refused {
        sql("INSERT INTO wrong_mark (phone, at) VALUES ($1, $2)")
            .bind(code.phone.0.as_slice())
            .bind(guess.at)
            .run(tx)
            .await?;
    }
    // It was no wrong guess at the code, which is good for as long as it was.
    sql("UPDATE code SET guesses = $1 WHERE session = $2")
        .bind(code.guesses)
        .bind(guess.session.as_slice())
        .run(tx)
        .await?;
    Ok(refused)
}

/// Uses the code and begins a session. Returns the voter's pseudonym.
async fn sign_in(
    tx: &mut Connection,
    guess: &Guess,
    person: &PersonHash,
    right: Right,
) -> Result<Pseudonym, StoreError> {
    sql("UPDATE code SET used = TRUE WHERE session = $1").bind(guess.session.as_slice()).run(tx).await?;
    if let Right::Shared(session) = right {
        sql("UPDATE message SET used = TRUE WHERE session = $1").bind(session.as_slice()).run(tx).await?;
    }
    if let Right::Printed(person) = right {
        sql("UPDATE printed_code SET used = TRUE WHERE person = $1")
            .bind(person.0.as_slice())
            .run(tx)
            .await?;
    }
    let session = NewSession {
        person,
        pseudonym: &guess.pseudonym,
        token: &guess.token,
        expires: guess.expires,
        pass: None,
        printed: guess.printed.filter(|_| matches!(right, Right::Printed(_))).map(|(_, route)| route),
    };
    begin_session(tx, session).await
}

/// A session to be stored, of whoever has proved who they are.
struct NewSession<'a> {
    person: &'a PersonHash,
    /// The pseudonym of a voter who has none.
    pseudonym: &'a Pseudonym,
    token: &'a [u8; SECRET_LEN],
    expires: i64,
    pass: Option<&'a PassTerms>,
    /// The route of a code on paper.
    printed: Option<u8>,
}

/// Returns the voter's pseudonym.
async fn begin_session(tx: &mut Connection, new: NewSession<'_>) -> Result<Pseudonym, StoreError> {
    sql("INSERT INTO voter (person, pseudonym) VALUES ($1, $2) ON CONFLICT (person) DO NOTHING")
        .bind(new.person.0.as_slice())
        .bind(new.pseudonym.0.as_slice())
        .run(tx)
        .await?;
    sql(
        "INSERT INTO session (token, person, expires, style, route, printed) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.token.as_slice())
    .bind(new.person.0.as_slice())
    .bind(new.expires)
    .bind(new.pass.and_then(|pass| pass.style.as_deref()))
    .bind(new.pass.map(|pass| pass.route))
    .bind(new.printed)
    .run(tx)
    .await?;
    let (pseudonym,): (Vec<u8>,) =
        sql("SELECT pseudonym FROM voter WHERE person = $1").bind(new.person.0.as_slice()).one(tx).await?;
    Ok(Pseudonym(array(&pseudonym)?))
}
