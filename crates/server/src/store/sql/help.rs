//! What became of messages, and codes on paper.

use super::{array, roll, small};
use crate::keys::SECRET_LEN;
use crate::store::codes::{MessageNews, PrintedCode};
use crate::store::connection::Connection;
use crate::store::database::Database;
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{PersonHash, PhoneChange};
use crate::store::statement::sql;
use crate::store::transaction::Alone;

pub(super) async fn message_left(
    db: &Database,
    session: &[u8; SECRET_LEN],
    at: i64,
) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sql("UPDATE message SET left_at = $1 WHERE session = $2")
        .bind(at)
        .bind(session.as_slice())
        .run(&mut tx)
        .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn message_lost(
    db: &Database,
    session: &[u8; SECRET_LEN],
    at: i64,
) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    sql(
        "INSERT INTO lost_message (session, phone, at) SELECT session, phone, $1 FROM message WHERE session = $2
         ON CONFLICT (session) DO NOTHING",
    )
    .bind(at)
    .bind(session.as_slice())
    .run(&mut tx)
    .await?;
    sql("DELETE FROM message WHERE session = $1").bind(session.as_slice()).run(&mut tx).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn messages(
    db: &Database,
    phone: &PersonHash,
    after: i64,
) -> Result<MessageNews, StoreError> {
    let (asked, last_asked): (i64, Option<i64>) =
        sql("SELECT count(*), max(made) FROM code WHERE phone = $1 AND made > $2")
            .bind(phone.0.as_slice())
            .bind(after)
            .one(&mut db.read().await?)
            .await?;
    let (left, last_left, waiting): (i64, Option<i64>, i64) = sql(
        "SELECT count(left_at), max(left_at), count(*) - count(left_at) FROM message WHERE phone = $1 AND made > $2",
    )
    .bind(phone.0.as_slice())
    .bind(after)
    .one(&mut db.read().await?)
    .await?;
    let (last_lost,) = sql("SELECT max(at) FROM lost_message WHERE phone = $1 AND at > $2")
        .bind(phone.0.as_slice())
        .bind(after)
        .one(&mut db.read().await?)
        .await?;
    let newest: Option<(i64, bool)> =
        sql("SELECT guesses, used FROM code WHERE phone = $1 AND made > $2 ORDER BY made DESC LIMIT 1")
            .bind(phone.0.as_slice())
            .bind(after)
            .maybe(&mut db.read().await?)
            .await?;
    let guesses = newest.filter(|(_, used)| !used).map_or(0, |(guesses, _)| guesses);
    Ok(MessageNews {
        asked: small(asked)?,
        last_asked,
        left: small(left)?,
        last_left,
        waiting: small(waiting)?,
        last_lost,
        guesses: small(guesses)?,
    })
}

pub(super) async fn print_code(db: &Database, code: &PrintedCode, deed: &Deed) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    sql(
        "INSERT INTO printed_code (person, mac, made, expires, guesses, used) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (person) DO UPDATE SET mac = excluded.mac, made = excluded.made, expires = excluded.expires,
             guesses = excluded.guesses, used = excluded.used",
    )
    .bind(code.person.0.as_slice())
    .bind(code.mac.as_slice())
    .bind(code.made)
    .bind(code.expires)
    .bind(code.guesses)
    .bind(code.used)
    .run(&mut tx)
    .await?;
    roll::note(&mut tx, deed).await?;
    Ok(tx.commit().await?)
}

/// Person, hash, time, end, guesses, whether it is used.
type PrintedRow = (Vec<u8>, Vec<u8>, i64, i64, i64, bool);

pub(super) async fn printed_code(
    connection: &mut Connection,
    person: &PersonHash,
) -> Result<Option<PrintedCode>, StoreError> {
    let row: Option<PrintedRow> =
        sql("SELECT person, mac, made, expires, guesses, used FROM printed_code WHERE person = $1")
            .bind(person.0.as_slice())
            .maybe(connection)
            .await?;
    row.map(printed).transpose()
}

/// The newest codes on paper of those who have a phone; or of the phone itself, where the roll does not have it.
pub(super) async fn printed_codes(
    connection: &mut Connection,
    phone: &PersonHash,
) -> Result<Vec<PrintedCode>, StoreError> {
    let rows: Vec<PrintedRow> =
        sql("SELECT person, mac, made, expires, guesses, used FROM printed_code WHERE person IN
         (SELECT person FROM roll WHERE phone = $1 AND generation = (SELECT current FROM roll_state)
          UNION ALL
          SELECT $1 WHERE NOT EXISTS
          (SELECT 1 FROM roll WHERE phone = $1 AND generation = (SELECT current FROM roll_state)))")
        .bind(phone.0.as_slice())
        .all(connection)
        .await?;
    rows.into_iter().map(printed).collect()
}

fn printed((person, mac, made, expires, guesses, used): PrintedRow) -> Result<PrintedCode, StoreError> {
    let (person, mac) = (PersonHash(array(&person)?), array(&mac)?);
    Ok(PrintedCode { person, mac, made, expires, guesses: small(guesses)?, used })
}

pub(super) async fn change_phone(
    db: &Database,
    from: &PersonHash,
    to: &PersonHash,
    deed: &Deed,
) -> Result<PhoneChange, StoreError> {
    const KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM voter WHERE person = $1) OR EXISTS
         (SELECT 1 FROM roll WHERE (phone = $1 OR person = $1) AND generation = (SELECT current FROM roll_state))";
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let mut known = [false; 2];
    for (known, person) in known.iter_mut().zip([from, to]) {
        (*known,) = sql(KNOWN).bind(person.0.as_slice()).one(&mut tx).await?;
    }
    let change = match known {
        [false, _] => PhoneChange::NotThere,
        [true, true] => PhoneChange::Taken,
        [true, false] => {
            let both = async |tx: &mut Connection, statement: &'static str| {
                let query = sql(statement).bind(to.0.as_slice()).bind(from.0.as_slice());
                query.run(tx).await.map(drop)
            };
            end_all_sessions(&mut tx, from).await?;
            both(&mut tx, "UPDATE voter SET person = $1 WHERE person = $2").await?;
            both(
                &mut tx,
                "UPDATE roll SET phone = $1, person = $1, mark = NULL WHERE person = $2 AND generation = (SELECT current FROM roll_state)",
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

pub(super) async fn end_sessions(db: &Database, person: &PersonHash, deed: &Deed) -> Result<(), StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    end_all_sessions(&mut tx, person).await?;
    roll::note(&mut tx, deed).await?;
    Ok(tx.commit().await?)
}

/// Ends sessions, and codes with which others could begin.
async fn end_all_sessions(tx: &mut Connection, person: &PersonHash) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM session WHERE person = $1",
        "UPDATE code SET used = TRUE WHERE phone = $1 OR phone IN
         (SELECT phone FROM roll WHERE person = $1 AND generation = (SELECT current FROM roll_state))",
        "UPDATE message SET used = TRUE WHERE phone = $1 OR phone IN
         (SELECT phone FROM roll WHERE person = $1 AND generation = (SELECT current FROM roll_state))",
        "DELETE FROM printed_code WHERE person = $1",
    ] {
        sql(statement).bind(person.0.as_slice()).run(tx).await?;
    }
    Ok(())
}
