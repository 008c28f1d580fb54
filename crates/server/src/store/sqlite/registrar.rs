//! The registrar's half in SQLite.

use async_trait::async_trait;
use sqlx::SqliteConnection;
use veche_record::Pseudonym;

use super::Sqlite;
use crate::clock::seconds;
use crate::http::counters::DAY;
use crate::keys::SECRET_LEN;
use crate::store::error::StoreError;
use crate::store::registrar::{
    CodeAsked, CodeLimits, Guess, GuessLimits, Guessed, NewCode, PhoneHash, RecentCodes, RecentGuesses,
    RegistrarStore, RollRow, SignedInVoter, StoredCode,
};

#[async_trait]
impl RegistrarStore for Sqlite {
    async fn replace_roll(&self, roll: &[RollRow]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM roll").execute(&mut *tx).await?;
        for RollRow { phone, style } in roll {
            sqlx::query("INSERT INTO roll (phone, style) VALUES (?, ?)")
                .bind(phone.0.as_slice())
                .bind(style.as_str())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn roll_len(&self) -> Result<u64, StoreError> {
        let (voters,): (i64,) = sqlx::query_as("SELECT count(*) FROM roll").fetch_one(self.read()).await?;
        u64::try_from(voters).map_err(|_| StoreError::Damaged("a roll of fewer than no voters"))
    }

    async fn style_on_roll(&self, phone: &PhoneHash) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as("SELECT style FROM roll WHERE phone = ?")
            .bind(phone.0.as_slice())
            .fetch_optional(self.read())
            .await?;
        Ok(row.map(|(style,)| style))
    }

    async fn ask_for_code(&self, code: &NewCode, limits: &CodeLimits) -> Result<CodeAsked, StoreError> {
        let mut tx = self.write().await?;
        let (count, newest, oldest): (u32, Option<i64>, Option<i64>) =
            sqlx::query_as("SELECT count(*), max(made), min(made) FROM code WHERE phone = ? AND made > ?")
                .bind(code.phone.0.as_slice())
                .bind(code.made.saturating_sub(seconds(DAY)))
                .fetch_one(&mut *tx)
                .await?;
        let recent = RecentCodes { count, newest: newest.unwrap_or(0), oldest: oldest.unwrap_or(0) };
        let judged = limits.judge(recent, code.made);
        if judged == CodeAsked::Stored {
            sqlx::query("INSERT INTO code (session, phone, mac, made) VALUES (?, ?, ?, ?)")
                .bind(code.session.as_slice())
                .bind(code.phone.0.as_slice())
                .bind(code.mac.as_slice())
                .bind(code.made)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(judged)
    }

    async fn guess(&self, guess: &Guess, limits: &GuessLimits) -> Result<Guessed, StoreError> {
        let mut tx = self.write().await?;
        let Some(code) = stored_code(&mut tx, &guess.session).await? else { return Ok(Guessed::Expired) };
        if let Some(refused) = limits.refuse_code(&code, guess.at) {
            return Ok(refused);
        }
        let recent = recent_guesses(&mut tx, &code.phone, guess.at).await?;
        if let Some(refused) = limits.refuse_phone(recent, guess.at) {
            return Ok(refused);
        }
        count(&mut tx, guess, &code.phone).await?;
        // `max` gives one row in any case: a known number does not even return another number of rows.
        let (style,): (Option<String>,) = sqlx::query_as("SELECT max(style) FROM roll WHERE phone = ?")
            .bind(code.phone.0.as_slice())
            .fetch_one(&mut *tx)
            .await?;
        let guessed = if guess.signs_in(&code, style.as_deref()) {
            let pseudonym = sign_in(&mut tx, guess, &code.phone).await?;
            Guessed::SignedIn { pseudonym, style }
        } else {
            Guessed::Wrong { attempts_left: limits.left(&code) }
        };
        // The guess is counted also when it was wrong: that is the point of counting.
        tx.commit().await?;
        Ok(guessed)
    }

    async fn pseudonym(&self, phone: &PhoneHash) -> Result<Option<Pseudonym>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT pseudonym FROM voter WHERE phone = ?")
            .bind(phone.0.as_slice())
            .fetch_optional(self.read())
            .await?;
        row.map(|(pseudonym,)| Ok(Pseudonym(array(&pseudonym)?))).transpose()
    }

    async fn phone(&self, pseudonym: &Pseudonym) -> Result<Option<PhoneHash>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as("SELECT phone FROM voter WHERE pseudonym = ?")
            .bind(pseudonym.0.as_slice())
            .fetch_optional(self.read())
            .await?;
        row.map(|(phone,)| Ok(PhoneHash(array(&phone)?))).transpose()
    }

    async fn voter(&self, token: &[u8; SECRET_LEN], now: i64) -> Result<Option<SignedInVoter>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT phone, pseudonym FROM session JOIN voter USING (phone) WHERE token = ? AND expires > ?",
        )
        .bind(token.as_slice())
        .bind(now)
        .fetch_optional(self.read())
        .await?;
        let Some((phone, pseudonym)) = row else { return Ok(None) };
        Ok(Some(SignedInVoter { phone: PhoneHash(array(&phone)?), pseudonym: Pseudonym(array(&pseudonym)?) }))
    }

    async fn forget_old(&self, now: i64) -> Result<(), StoreError> {
        let yesterday = now.saturating_sub(seconds(DAY));
        let mut tx = self.write().await?;
        for (statement, before) in [
            ("DELETE FROM code WHERE made <= ?", yesterday),
            ("DELETE FROM guess WHERE made <= ?", yesterday),
            ("DELETE FROM session WHERE expires <= ?", now),
        ] {
            sqlx::query(statement).bind(before).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

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
    let Some((phone, mac, made, guesses, used)) = row else { return Ok(None) };
    Ok(Some(StoredCode { phone: PhoneHash(array(&phone)?), mac: array(&mac)?, made, guesses, used }))
}

async fn recent_guesses(
    tx: &mut SqliteConnection,
    phone: &PhoneHash,
    now: i64,
) -> Result<RecentGuesses, StoreError> {
    let (count, oldest) =
        sqlx::query_as("SELECT count(*), min(made) FROM guess WHERE phone = ? AND made > ?")
            .bind(phone.0.as_slice())
            .bind(now.saturating_sub(seconds(DAY)))
            .fetch_one(tx)
            .await?;
    Ok(RecentGuesses { count, oldest })
}

async fn count(tx: &mut SqliteConnection, guess: &Guess, phone: &PhoneHash) -> Result<(), StoreError> {
    sqlx::query("UPDATE code SET guesses = guesses + 1 WHERE session = ?")
        .bind(guess.session.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO guess (phone, made) VALUES (?, ?)")
        .bind(phone.0.as_slice())
        .bind(guess.at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Uses the code and begins a session. Returns the voter's pseudonym.
async fn sign_in(
    tx: &mut SqliteConnection,
    guess: &Guess,
    phone: &PhoneHash,
) -> Result<Pseudonym, StoreError> {
    sqlx::query("UPDATE code SET used = 1 WHERE session = ?")
        .bind(guess.session.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO voter (phone, pseudonym) VALUES (?, ?) ON CONFLICT (phone) DO NOTHING")
        .bind(phone.0.as_slice())
        .bind(guess.pseudonym.0.as_slice())
        .execute(&mut *tx)
        .await?;
    sqlx::query("INSERT INTO session (token, phone, expires) VALUES (?, ?, ?)")
        .bind(guess.token.as_slice())
        .bind(phone.0.as_slice())
        .bind(guess.expires)
        .execute(&mut *tx)
        .await?;
    let (pseudonym,): (Vec<u8>,) = sqlx::query_as("SELECT pseudonym FROM voter WHERE phone = ?")
        .bind(phone.0.as_slice())
        .fetch_one(tx)
        .await?;
    Ok(Pseudonym(array(&pseudonym)?))
}

/// A stored hash or pseudonym, whose length the tables check.
fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged("a hash or a pseudonym of another length"))
}
