//! What became of messages, and codes on paper, in SQLite.

use sqlx::SqliteConnection;

use super::{Sqlite, array, roll};
use crate::keys::SECRET_LEN;
use crate::store::codes::{MessageNews, PrintedCode};
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{PersonHash, PhoneChange};

pub(super) async fn message_left(db: &Sqlite, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sqlx::query("UPDATE message SET left_at = ? WHERE session = ?")
        .bind(at)
        .bind(session.as_slice())
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn message_lost(db: &Sqlite, session: &[u8; SECRET_LEN], at: i64) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT INTO lost_message (session, phone, at) SELECT session, phone, ? FROM message WHERE session = ?
         ON CONFLICT (session) DO NOTHING",
    )
    .bind(at)
    .bind(session.as_slice())
    .execute(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM message WHERE session = ?").bind(session.as_slice()).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn messages(db: &Sqlite, phone: &PersonHash, after: i64) -> Result<MessageNews, StoreError> {
    let (asked, last_asked) =
        sqlx::query_as("SELECT count(*), max(made) FROM code WHERE phone = ? AND made > ?")
            .bind(phone.0.as_slice())
            .bind(after)
            .fetch_one(db.read())
            .await?;
    let (left, last_left, waiting) = sqlx::query_as(
        "SELECT count(left_at), max(left_at), count(*) - count(left_at) FROM message WHERE phone = ? AND made > ?",
    )
    .bind(phone.0.as_slice())
    .bind(after)
    .fetch_one(db.read())
    .await?;
    let (last_lost,) = sqlx::query_as("SELECT max(at) FROM lost_message WHERE phone = ? AND at > ?")
        .bind(phone.0.as_slice())
        .bind(after)
        .fetch_one(db.read())
        .await?;
    Ok(MessageNews { asked, last_asked, left, last_left, waiting, last_lost })
}

pub(super) async fn print_code(db: &Sqlite, code: &PrintedCode, deed: &Deed) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sqlx::query(
        "INSERT OR REPLACE INTO printed_code (person, mac, made, expires, guesses, used) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(code.person.0.as_slice())
    .bind(code.mac.as_slice())
    .bind(code.made)
    .bind(code.expires)
    .bind(code.guesses)
    .bind(code.used)
    .execute(&mut *tx)
    .await?;
    roll::note(&mut tx, deed).await?;
    Ok(tx.commit().await?)
}

/// Person, hash, time, end, guesses, whether it is used.
type PrintedRow = (Vec<u8>, Vec<u8>, i64, i64, u32, bool);

pub(super) async fn printed_code(
    connection: &mut SqliteConnection,
    person: &PersonHash,
) -> Result<Option<PrintedCode>, StoreError> {
    let row: Option<PrintedRow> =
        sqlx::query_as("SELECT person, mac, made, expires, guesses, used FROM printed_code WHERE person = ?")
            .bind(person.0.as_slice())
            .fetch_optional(connection)
            .await?;
    row.map(printed).transpose()
}

/// The newest codes on paper of those who have a phone; or of the phone itself, where the roll does not have it.
pub(super) async fn printed_codes(
    connection: &mut SqliteConnection,
    phone: &PersonHash,
) -> Result<Vec<PrintedCode>, StoreError> {
    let rows: Vec<PrintedRow> = sqlx::query_as(
        "SELECT person, mac, made, expires, guesses, used FROM printed_code WHERE person IN
         (SELECT person FROM roll WHERE phone = ?1 AND generation = (SELECT current FROM roll_state)
          UNION ALL
          SELECT ?1 WHERE NOT EXISTS
          (SELECT 1 FROM roll WHERE phone = ?1 AND generation = (SELECT current FROM roll_state)))",
    )
    .bind(phone.0.as_slice())
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(printed).collect()
}

fn printed((person, mac, made, expires, guesses, used): PrintedRow) -> Result<PrintedCode, StoreError> {
    let (person, mac) = (PersonHash(array(&person)?), array(&mac)?);
    Ok(PrintedCode { person, mac, made, expires, guesses, used })
}

pub(super) async fn change_phone(
    db: &Sqlite,
    from: &PersonHash,
    to: &PersonHash,
    deed: &Deed,
) -> Result<PhoneChange, StoreError> {
    const KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM voter WHERE person = ?1) OR EXISTS
         (SELECT 1 FROM roll WHERE (phone = ?1 OR person = ?1) AND generation = (SELECT current FROM roll_state))";
    let mut tx = db.write().await?;
    let mut known = [false; 2];
    for (known, person) in known.iter_mut().zip([from, to]) {
        *known = sqlx::query_scalar(KNOWN).bind(person.0.as_slice()).fetch_one(&mut *tx).await?;
    }
    let change = match known {
        [false, _] => PhoneChange::NotThere,
        [true, true] => PhoneChange::Taken,
        [true, false] => {
            let both = async |tx: &mut SqliteConnection, statement: &'static str| {
                let query = sqlx::query(statement).bind(to.0.as_slice()).bind(from.0.as_slice());
                query.execute(tx).await.map(drop)
            };
            end_all_sessions(&mut tx, from).await?;
            both(&mut tx, "UPDATE voter SET person = ? WHERE person = ?").await?;
            both(
                &mut tx,
                "UPDATE roll SET phone = ?1, person = ?1, mark = NULL WHERE person = ?2 AND generation = (SELECT current FROM roll_state)",
            )
            .await?;
            roll::changed(&mut tx).await?;
            for (what, person) in [(DeedKind::PhoneLeft, from), (DeedKind::PhoneTaken, to)] {
                roll::note(&mut tx, &Deed { what, person: Some(*person), ..deed.clone() }).await?;
            }
            PhoneChange::Done
        }
    };
    tx.commit().await?;
    Ok(change)
}

pub(super) async fn end_sessions(db: &Sqlite, person: &PersonHash, deed: &Deed) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    end_all_sessions(&mut tx, person).await?;
    roll::note(&mut tx, deed).await?;
    Ok(tx.commit().await?)
}

/// Ends sessions, and codes with which others could begin.
async fn end_all_sessions(tx: &mut SqliteConnection, person: &PersonHash) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM session WHERE person = ?",
        "UPDATE code SET used = 1 WHERE phone = ?1 OR phone IN
         (SELECT phone FROM roll WHERE person = ?1 AND generation = (SELECT current FROM roll_state))",
        "UPDATE message SET used = 1 WHERE phone = ?1 OR phone IN
         (SELECT phone FROM roll WHERE person = ?1 AND generation = (SELECT current FROM roll_state))",
        "DELETE FROM printed_code WHERE person = ?",
    ] {
        sqlx::query(statement).bind(person.0.as_slice()).execute(&mut *tx).await?;
    }
    Ok(())
}
