//! The roll and the journal.
//!
//! Every change of one line is one transaction. A whole roll is written beside the one in force, some thousand lines at
//! a time, with pauses in which others write; the last transaction only says which is in force.

use std::time::{Duration, Instant};

use super::{array, many, small};
use crate::store::connection::Connection;
use crate::store::database::Database;
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, DeedKind};
use crate::store::roll::{MarkHash, NewRoll, PersonHash, RollChange, RollRow, RollState};
use crate::store::statement::sql;
use crate::store::transaction::Alone;

/// Lines that are written, or deleted, in one transaction.
const LINES: usize = 2_000;

/// The shortest pause between two transactions. SQLite does not queue who wants to write: they look again and again,
/// and a process that writes without pauses would keep all others out.
const PAUSE: Duration = Duration::from_millis(10);

/// The generation in force, and how often the roll has changed.
async fn state(connection: &mut Connection) -> Result<(i64, i64), StoreError> {
    Ok(sql("SELECT current, changes FROM roll_state").one(connection).await?)
}

pub(super) async fn as_a_whole(db: &Database) -> Result<RollState, StoreError> {
    let row = sql("SELECT changes, mark_heading FROM roll_state").one(&mut db.read().await?).await?;
    let (changes, mark_heading) = row;
    Ok(RollState { changes, mark_heading })
}

/// Notes that the roll has changed.
pub(super) async fn changed(tx: &mut Connection) -> Result<(), StoreError> {
    sql("UPDATE roll_state SET changes = changes + 1").run(tx).await?;
    Ok(())
}

/// Leaves the database to others for as long as it was held, since `began`.
async fn pause(began: Instant) {
    tokio::time::sleep(began.elapsed().max(PAUSE)).await;
}

/// Whether nobody is in a roll twice, and people of one phone are told apart.
fn is_sound(rows: &[RollRow]) -> bool {
    let mut people: Vec<(&PersonHash, Option<&MarkHash>, &PersonHash)> =
        rows.iter().map(|row| (&row.phone, row.mark.as_ref(), &row.person)).collect();
    people.sort_unstable_by_key(|(phone, mark, _)| (phone.0, mark.map(|mark| mark.0)));
    let told_apart = people.iter().zip(people.iter().skip(1)).all(|(one, next)| {
        // Whoever has no mark comes first.
        one.0 != next.0 || (one.1.is_some() && one.1 != next.1)
    });
    people.sort_unstable_by_key(|(.., person)| person.0);
    told_apart && people.iter().zip(people.iter().skip(1)).all(|(one, next)| one.2 != next.2)
}

pub(super) async fn replace(db: &Database, new: &NewRoll<'_>, deed: &Deed) -> Result<(), StoreError> {
    if !is_sound(new.rows) {
        return Err(StoreError::PhoneTwice);
    }
    // In the order of the table each line goes behind the one before it, which is many times faster.
    let mut sorted: Vec<&RollRow> = new.rows.iter().collect();
    sorted.sort_unstable_by_key(|row| row.person.0);
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let (_, changes) = state(&mut tx).await?;
    if new.after.is_some_and(|after| after != changes) {
        tx.commit().await?;
        return Err(StoreError::RollChanged);
    }
    let (generation,): (i64,) =
        sql("UPDATE roll_state SET newest = newest + 1 RETURNING newest").one(&mut tx).await?;
    tx.commit().await?;
    for lines in sorted.chunks(LINES) {
        let began = Instant::now();
        let mut tx = db.write().await?;
        many::lines(&mut tx, generation, lines).await?;
        tx.commit().await?;
        pause(began).await;
    }
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    if state(&mut tx).await?.1 != changes {
        // Nothing is wrong with the database.
        tx.commit().await?;
        return Err(StoreError::RollChanged);
    }
    sql("UPDATE roll_state SET current = $1, mark_heading = $2")
        .bind(generation)
        .bind(new.mark_heading)
        .run(&mut tx)
        .await?;
    changed(&mut tx).await?;
    note(&mut tx, deed).await?;
    tx.commit().await?;
    if let Err(error) = forget_before(db, generation).await {
        tracing::warn!(%error, "the roll before is not deleted yet; the next one that is read deletes it");
    }
    Ok(())
}

/// Deletes what was in force before, and what was begun and given up.
async fn forget_before(db: &Database, generation: i64) -> Result<(), StoreError> {
    loop {
        let began = Instant::now();
        let mut tx = db.write().await?;
        tx.alone(Alone::Old).await?;
        let deleted = sql("DELETE FROM roll WHERE (generation, person) IN
             (SELECT generation, person FROM roll WHERE generation < $1 LIMIT $2)")
        .bind(generation)
        .bind(i64::try_from(LINES).unwrap_or(i64::MAX))
        .run(&mut tx)
        .await?;
        tx.commit().await?;
        if deleted == 0 {
            return Ok(());
        }
        pause(began).await;
    }
}

async fn style_of(
    tx: &mut Connection,
    generation: i64,
    person: &PersonHash,
) -> Result<Option<String>, StoreError> {
    let style: Option<(String,)> = sql("SELECT style FROM roll WHERE generation = $1 AND person = $2")
        .bind(generation)
        .bind(person.0.as_slice())
        .maybe(tx)
        .await?;
    Ok(style.map(|(style,)| style))
}

/// Person, phone, mark, style.
type Line = (Vec<u8>, Vec<u8>, Option<Vec<u8>>, String);

fn row((person, phone, mark, style): Line) -> Result<RollRow, StoreError> {
    let mark = mark.map(|mark| array(&mark).map(MarkHash)).transpose()?;
    Ok(RollRow { phone: PersonHash(array(&phone)?), mark, person: PersonHash(array(&person)?), style })
}

/// Who has a phone.
pub(super) async fn people(
    connection: &mut Connection,
    phone: &PersonHash,
) -> Result<Vec<RollRow>, StoreError> {
    let rows: Vec<Line> = sql("SELECT person, phone, mark, style FROM roll
         WHERE phone = $1 AND generation = (SELECT current FROM roll_state)")
    .bind(phone.0.as_slice())
    .all(connection)
    .await?;
    rows.into_iter().map(row).collect()
}

/// How many people have a phone.
pub(super) async fn count(connection: &mut Connection, phone: &PersonHash) -> Result<u32, StoreError> {
    // One row in any case: a known number does not even return another number of rows.
    let (people,): (i64,) =
        sql("SELECT count(*) FROM roll WHERE phone = $1 AND generation = (SELECT current FROM roll_state)")
            .bind(phone.0.as_slice())
            .one(connection)
            .await?;
    small(people)
}

/// How many voters a district has, if that is as many as there may be.
async fn full(
    tx: &mut Connection,
    generation: i64,
    style: &str,
    at_most: u32,
) -> Result<Option<u32>, StoreError> {
    let (listed,): (i64,) = sql("SELECT count(*) FROM roll WHERE generation = $1 AND style = $2")
        .bind(generation)
        .bind(style)
        .one(tx)
        .await?;
    let listed: u32 = small(listed)?;
    Ok((listed >= at_most).then_some(listed))
}

pub(super) async fn add(
    db: &Database,
    row: &RollRow,
    at_most: u32,
    deed: &Deed,
) -> Result<RollChange, StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let (generation, _) = state(&mut tx).await?;
    let others = people(&mut tx, &row.phone).await?;
    let change = if let Some(refused) = row.refuse_beside(&others) {
        refused
    } else if let Some(listed) = full(&mut tx, generation, &row.style, at_most).await? {
        RollChange::Full(listed)
    } else {
        sql("INSERT INTO roll (generation, person, phone, mark, style) VALUES ($1, $2, $3, $4, $5)")
            .bind(generation)
            .bind(row.person.0.as_slice())
            .bind(row.phone.0.as_slice())
            .bind(row.mark.as_ref().map(|mark| mark.0.as_slice()))
            .bind(row.style.as_str())
            .run(&mut tx)
            .await?;
        changed(&mut tx).await?;
        note(&mut tx, deed).await?;
        RollChange::Done { before: None }
    };
    tx.commit().await?;
    Ok(change)
}

pub(super) async fn put_right(
    db: &Database,
    row: &RollRow,
    at_most: u32,
    deed: &Deed,
) -> Result<RollChange, StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let (generation, _) = state(&mut tx).await?;
    let change = match style_of(&mut tx, generation, &row.person).await? {
        None => RollChange::NotThere,
        Some(style) if style == row.style => RollChange::IsThere(style),
        Some(before) => match full(&mut tx, generation, &row.style, at_most).await? {
            Some(listed) => RollChange::Full(listed),
            None => {
                sql("UPDATE roll SET style = $1 WHERE generation = $2 AND person = $3")
                    .bind(row.style.as_str())
                    .bind(generation)
                    .bind(row.person.0.as_slice())
                    .run(&mut tx)
                    .await?;
                changed(&mut tx).await?;
                note(&mut tx, deed).await?;
                RollChange::Done { before: Some(before) }
            }
        },
    };
    tx.commit().await?;
    Ok(change)
}

pub(super) async fn mark(db: &Database, row: &RollRow, deed: &Deed) -> Result<RollChange, StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let (generation, _) = state(&mut tx).await?;
    let there = people(&mut tx, &row.phone).await?;
    let change = match there.as_slice() {
        [alone] if alone.person == row.person => {
            sql("UPDATE roll SET mark = $1 WHERE generation = $2 AND person = $3")
                .bind(row.mark.as_ref().map(|mark| mark.0.as_slice()))
                .bind(generation)
                .bind(row.person.0.as_slice())
                .run(&mut tx)
                .await?;
            changed(&mut tx).await?;
            note(&mut tx, deed).await?;
            RollChange::Done { before: Some(alone.style.clone()) }
        }
        [_, _, ..] => RollChange::NotToldApart,
        _ => RollChange::NotThere,
    };
    tx.commit().await?;
    Ok(change)
}

pub(super) async fn strike(
    db: &Database,
    person: &PersonHash,
    deed: &Deed,
) -> Result<RollChange, StoreError> {
    let mut tx = db.write().await?;
    tx.alone(Alone::Everything).await?;
    let (generation, _) = state(&mut tx).await?;
    let before = style_of(&mut tx, generation, person).await?;
    if before.is_some() {
        sql("DELETE FROM roll WHERE generation = $1 AND person = $2")
            .bind(generation)
            .bind(person.0.as_slice())
            .run(&mut tx)
            .await?;
        sql("DELETE FROM session WHERE person = $1").bind(person.0.as_slice()).run(&mut tx).await?;
        changed(&mut tx).await?;
        note(&mut tx, &Deed { style: before.clone(), ..deed.clone() }).await?;
    }
    tx.commit().await?;
    Ok(before.map_or(RollChange::NotThere, |before| RollChange::Done { before: Some(before) }))
}

pub(super) async fn all(db: &Database) -> Result<Vec<RollRow>, StoreError> {
    let rows: Vec<Line> = sql(
        "SELECT person, phone, mark, style FROM roll WHERE generation = (SELECT current FROM roll_state)",
    )
    .all(&mut db.read().await?)
    .await?;
    rows.into_iter().map(row).collect()
}

/// Writes a line of the journal.
pub(super) async fn note(tx: &mut Connection, deed: &Deed) -> Result<(), StoreError> {
    sql("INSERT INTO deed (at, what, operator, reason, person, style, people, entry, source)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(deed.at)
    .bind(deed.what.name())
    .bind(deed.operator.as_str())
    .bind(deed.reason.as_str())
    .bind(deed.person.as_ref().map(|person| person.0.as_slice()))
    .bind(deed.style.as_deref())
    .bind(deed.people)
    .bind(deed.entry.and_then(|entry| i64::try_from(entry).ok()))
    .bind(deed.source.as_ref().map(|source| source.as_slice()))
    .run(tx)
    .await?;
    Ok(())
}

/// When, what, operator, reason, person, style, people, entry, source.
type DeedRow =
    (i64, String, String, String, Option<Vec<u8>>, Option<String>, Option<i64>, Option<i64>, Option<Vec<u8>>);

pub(super) async fn deeds(db: &Database, of: Option<&PersonHash>) -> Result<Vec<Deed>, StoreError> {
    let rows: Vec<DeedRow> =
        sql("SELECT at, what, operator, reason, person, style, people, entry, source FROM deed
         WHERE person = $1 OR $1 IS NULL ORDER BY number")
        .bind(of.map(|person| person.0.as_slice()))
        .all(&mut db.read().await?)
        .await?;
    rows.into_iter().map(deed).collect()
}

fn deed(
    (at, what, operator, reason, person, style, people, entry, source): DeedRow,
) -> Result<Deed, StoreError> {
    Ok(Deed {
        at,
        what: DeedKind::of(&what).ok_or(StoreError::Damaged("a deed that nobody knows"))?,
        operator,
        reason,
        person: person.map(|person| array(&person)).transpose()?.map(PersonHash),
        style,
        people: people.map(small).transpose()?,
        entry: entry.and_then(|entry| u64::try_from(entry).ok()),
        source: source.map(|source| array(&source)).transpose()?,
    })
}
