//! The registrar's half in SQLite.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use veche_record::Pseudonym;

use super::{Sqlite, array, desk_pass, help, roll};
use crate::clock::seconds;
use crate::http::counters::DAY;
use crate::keys::SECRET_LEN;
use crate::store::codes::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, MessageNews, NewCode, PrintedCode, RecentMessages,
    Right, SharedCode, StoredCode,
};
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, GoodPass, PassTerms, RegistrarStore, SignedInVoter, StoredDeskPass};
use crate::store::roll::{NewRoll, PersonHash, PhoneChange, RollChange, RollRow, RollState};

#[async_trait]
impl RegistrarStore for Sqlite {
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
        let found: Option<i64> = sqlx::query_scalar("SELECT number FROM deed WHERE source = ? LIMIT 1")
            .bind(source.as_slice())
            .fetch_optional(self.read())
            .await?;
        Ok(found.is_some())
    }

    async fn roll_len(&self) -> Result<u64, StoreError> {
        let (voters,): (i64,) =
            sqlx::query_as("SELECT count(*) FROM roll WHERE generation = (SELECT current FROM roll_state)")
                .fetch_one(self.read())
                .await?;
        u64::try_from(voters).map_err(|_| StoreError::Damaged("a roll of fewer than no voters"))
    }

    async fn style_on_roll(&self, person: &PersonHash) -> Result<Option<String>, StoreError> {
        let style = sqlx::query_scalar(
            "SELECT style FROM roll WHERE person = ? AND generation = (SELECT current FROM roll_state)",
        );
        Ok(style.bind(person.0.as_slice()).fetch_optional(self.read()).await?)
    }

    async fn phone_on_roll(&self, person: &PersonHash) -> Result<Option<PersonHash>, StoreError> {
        let phone: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT phone FROM roll WHERE person = ? AND generation = (SELECT current FROM roll_state)",
        )
        .bind(person.0.as_slice())
        .fetch_optional(self.read())
        .await?;
        phone.map(|phone| array(&phone).map(PersonHash)).transpose()
    }

    async fn people_on_roll(&self, phone: &PersonHash) -> Result<Vec<RollRow>, StoreError> {
        let mut connection = self.read().acquire().await?;
        roll::people(&mut connection, phone).await
    }

    async fn ask_for_code(&self, code: &NewCode, limits: &CodeLimits) -> Result<CodeAsked, StoreError> {
        let mut tx = self.write().await?;
        let (count, newest_shared) = sqlx::query_as(
            "SELECT count(*), max(CASE WHEN mac IS NOT NULL AND NOT used THEN made END) FROM message
             WHERE phone = ? AND made > ?",
        )
        .bind(code.phone.0.as_slice())
        .bind(code.made.saturating_sub(seconds(DAY)))
        .fetch_one(&mut *tx)
        .await?;
        let judged = limits.judge(RecentMessages { count, newest_shared }, code.made);
        sqlx::query("INSERT INTO code (session, phone, mac, made) VALUES (?, ?, ?, ?)")
            .bind(code.session.as_slice())
            .bind(code.phone.0.as_slice())
            // Where the own code is not sent there is none to be guessed: the hash of another kind is never met.
            .bind(if judged == CodeAsked::Own { code.own.as_slice() } else { code.shared.as_slice() })
            .bind(code.made)
            .execute(&mut *tx)
            .await?;
        if judged != CodeAsked::Nothing {
            sqlx::query("INSERT INTO message (session, phone, made, mac) VALUES (?, ?, ?, ?)")
                .bind(code.session.as_slice())
                .bind(code.phone.0.as_slice())
                .bind(code.made)
                .bind((judged == CodeAsked::Shared).then_some(code.shared.as_slice()))
                .execute(&mut *tx)
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
        let mut connection = self.read().acquire().await?;
        Ok(stored_code(&mut connection, session).await?.map(|code| code.phone))
    }

    async fn print_code(&self, code: &PrintedCode, deed: &Deed) -> Result<(), StoreError> {
        help::print_code(self, code, deed).await
    }

    async fn printed_code(&self, person: &PersonHash) -> Result<Option<PrintedCode>, StoreError> {
        let mut connection = self.read().acquire().await?;
        help::printed_code(&mut connection, person).await
    }

    async fn forget_messages(&self, phone: &PersonHash, deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for counted in ["DELETE FROM message WHERE phone = ?", "DELETE FROM wrong_mark WHERE phone = ?"] {
            sqlx::query(counted).bind(phone.0.as_slice()).execute(&mut *tx).await?;
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
        let stored = sqlx::query("INSERT INTO pass (id, expires) VALUES (?, ?) ON CONFLICT (id) DO NOTHING")
            .bind(pass.id.as_slice())
            .bind(pass.ends)
            .execute(&mut *tx)
            .await?;
        let session = NewSession {
            person: &pass.person,
            pseudonym: &pass.pseudonym,
            token: &pass.token,
            expires: pass.expires,
            pass: Some(&pass.terms),
            printed: None,
        };
        let is_new = stored.rows_affected() == 1;
        let pseudonym = if is_new { Some(begin_session(&mut tx, session).await?) } else { None };
        tx.commit().await?;
        Ok(pseudonym)
    }

    async fn pseudonym(&self, person: &PersonHash) -> Result<Option<Pseudonym>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT pseudonym FROM voter WHERE person = ?")
            .bind(person.0.as_slice())
            .fetch_optional(self.read())
            .await?;
        row.map(|(pseudonym,)| Ok(Pseudonym(array(&pseudonym)?))).transpose()
    }

    async fn person(&self, pseudonym: &Pseudonym) -> Result<Option<PersonHash>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT person FROM voter WHERE pseudonym = ?")
            .bind(pseudonym.0.as_slice())
            .fetch_optional(self.read())
            .await?;
        row.map(|(person,)| Ok(PersonHash(array(&person)?))).transpose()
    }

    async fn voters(&self) -> Result<Vec<(PersonHash, Pseudonym)>, StoreError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT person, pseudonym FROM voter").fetch_all(self.read()).await?;
        rows.into_iter()
            .map(|(person, pseudonym)| Ok((PersonHash(array(&person)?), Pseudonym(array(&pseudonym)?))))
            .collect()
    }

    async fn voter(&self, token: &[u8; SECRET_LEN], now: i64) -> Result<Option<SignedInVoter>, StoreError> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT person, pseudonym, style, route, printed FROM session JOIN voter USING (person)
             WHERE token = ? AND expires > ?",
        )
        .bind(token.as_slice())
        .bind(now)
        .fetch_optional(self.read())
        .await?;
        let Some((person, pseudonym, style, route, printed)) = row else { return Ok(None) };
        Ok(Some(SignedInVoter {
            person: PersonHash(array(&person)?),
            pseudonym: Pseudonym(array(&pseudonym)?),
            pass: route.map(|route| PassTerms { style, route }),
            printed,
        }))
    }

    async fn forget_old(&self, now: i64, requests: i64) -> Result<(), StoreError> {
        let yesterday = now.saturating_sub(seconds(DAY));
        let mut tx = self.write().await?;
        for (statement, before) in [
            ("DELETE FROM code WHERE made < ?", requests),
            ("DELETE FROM message WHERE made <= ?", yesterday),
            ("DELETE FROM lost_message WHERE at <= ?", yesterday),
            ("DELETE FROM wrong_mark WHERE at <= ?", yesterday),
            ("DELETE FROM pass WHERE expires <= ?", yesterday),
            ("DELETE FROM session WHERE expires <= ?", now),
        ] {
            sqlx::query(statement).bind(before).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Person, pseudonym, the style and route of a pass, and the route of a code on paper.
type SessionRow = (Vec<u8>, Vec<u8>, Option<String>, Option<u8>, Option<u8>);

/// Phone, hash, time, guesses, and whether it is used.
type CodeRow = (Vec<u8>, Vec<u8>, i64, u32, bool);

async fn stored_code(
    tx: &mut SqliteConnection,
    session: &[u8; SECRET_LEN],
) -> Result<Option<StoredCode>, StoreError> {
    let row: Option<CodeRow> =
        sqlx::query_as("SELECT phone, mac, made, guesses, used FROM code WHERE session = ?")
            .bind(session.as_slice())
            .fetch_optional(tx)
            .await?;
    let Some((phone, own, made, guesses, used)) = row else { return Ok(None) };
    Ok(Some(StoredCode { phone: PersonHash(array(&phone)?), own: array(&own)?, made, guesses, used }))
}

/// The shared codes of a phone that are alive.
async fn shared_codes(
    tx: &mut SqliteConnection,
    phone: &PersonHash,
    since: i64,
) -> Result<Vec<SharedCode>, StoreError> {
    let rows: Vec<(Vec<u8>, Vec<u8>, u32)> = sqlx::query_as(
        "SELECT session, mac, guesses FROM message
         WHERE phone = ? AND made > ? AND mac IS NOT NULL AND NOT used",
    )
    .bind(phone.0.as_slice())
    .bind(since)
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|(session, mac, guesses)| {
            Ok(SharedCode { session: array(&session)?, mac: array(&mac)?, guesses })
        })
        .collect()
}

async fn count(
    tx: &mut SqliteConnection,
    guess: &Guess,
    phone: &PersonHash,
    since: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE code SET guesses = guesses + 1 WHERE session = ?")
        .bind(guess.session.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE message SET guesses = guesses + ? WHERE phone = ? AND made > ?")
        .bind(u32::from(guess.shared.is_some()))
        .bind(phone.0.as_slice())
        .bind(since)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE printed_code SET guesses = guesses + ?1 WHERE person = ?2 OR person IN
         (SELECT person FROM roll WHERE phone = ?2 AND generation = (SELECT current FROM roll_state))",
    )
    .bind(u32::from(guess.printed.is_some()))
    .bind(phone.0.as_slice())
    .execute(tx)
    .await?;
    Ok(())
}

/// What becomes of a right code: it signs in whoever it is good for, or asks for the mark that says who that is.
async fn right_code(
    tx: &mut SqliteConnection,
    guess: &Guess,
    limits: &GuessLimits,
    code: &StoredCode,
    right: Right,
) -> Result<Guessed, StoreError> {
    let people = roll::people(tx, &code.phone).await?;
    let wrong: Vec<i64> =
        sqlx::query_scalar("SELECT at FROM wrong_mark WHERE phone = ? AND at > ? ORDER BY at")
            .bind(code.phone.0.as_slice())
            .bind(guess.at.saturating_sub(seconds(DAY)))
            .fetch_all(&mut *tx)
            .await?;
    let heading: Option<String> =
        sqlx::query_scalar("SELECT mark_heading FROM roll_state").fetch_one(&mut *tx).await?;
    let refused = match limits.tell_apart(guess, (&code.phone, right), &people, &wrong, heading) {
        Ok((person, style)) => {
            let pseudonym = sign_in(tx, guess, &person, right).await?;
            let printed = matches!(right, Right::Printed(_));
            return Ok(Guessed::SignedIn { pseudonym, style, printed });
        }
        Err(refused) => refused,
    };
    if let Guessed::WrongMark { .. } = refused {
        sqlx::query("INSERT INTO wrong_mark (phone, at) VALUES (?, ?)")
            .bind(code.phone.0.as_slice())
            .bind(guess.at)
            .execute(&mut *tx)
            .await?;
    }
    // It was no wrong guess at the code, which is good for as long as it was.
    sqlx::query("UPDATE code SET guesses = ? WHERE session = ?")
        .bind(code.guesses)
        .bind(guess.session.as_slice())
        .execute(tx)
        .await?;
    Ok(refused)
}

/// Uses the code and begins a session. Returns the voter's pseudonym.
async fn sign_in(
    tx: &mut SqliteConnection,
    guess: &Guess,
    person: &PersonHash,
    right: Right,
) -> Result<Pseudonym, StoreError> {
    sqlx::query("UPDATE code SET used = 1 WHERE session = ?")
        .bind(guess.session.as_slice())
        .execute(&mut *tx)
        .await?;
    if let Right::Shared(session) = right {
        sqlx::query("UPDATE message SET used = 1 WHERE session = ?")
            .bind(session.as_slice())
            .execute(&mut *tx)
            .await?;
    }
    if let Right::Printed(person) = right {
        sqlx::query("UPDATE printed_code SET used = 1 WHERE person = ?")
            .bind(person.0.as_slice())
            .execute(&mut *tx)
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
async fn begin_session(tx: &mut SqliteConnection, new: NewSession<'_>) -> Result<Pseudonym, StoreError> {
    sqlx::query("INSERT INTO voter (person, pseudonym) VALUES (?, ?) ON CONFLICT (person) DO NOTHING")
        .bind(new.person.0.as_slice())
        .bind(new.pseudonym.0.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO session (token, person, expires, style, route, printed) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(new.token.as_slice())
    .bind(new.person.0.as_slice())
    .bind(new.expires)
    .bind(new.pass.and_then(|pass| pass.style.as_deref()))
    .bind(new.pass.map(|pass| pass.route))
    .bind(new.printed)
    .execute(&mut *tx)
    .await?;
    let (pseudonym,): (Vec<u8>,) = sqlx::query_as("SELECT pseudonym FROM voter WHERE person = ?")
        .bind(new.person.0.as_slice())
        .fetch_one(tx)
        .await?;
    Ok(Pseudonym(array(&pseudonym)?))
}
