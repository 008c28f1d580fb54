//! Many rows at once, in SQLite.

use sqlx::QueryBuilder;
use sqlx::sqlite::SqliteConnection;
use veche_keeper::store::Leaf;

use crate::store::roll::RollRow;

/// Rows of one statement: few lengths, so that each is prepared once and kept.
const ROWS: [usize; 3] = [64, 8, 1];

/// Lines of a roll of one statement.
const AT_ONCE: usize = 200;

/// Inserts leaves, the first at a position, acknowledged by the checkpoint of a size.
pub(crate) async fn entries(
    connection: &mut SqliteConnection,
    mut position: i64,
    mut leaves: &[Leaf],
    acknowledged: i64,
) -> Result<(), sqlx::Error> {
    for rows in ROWS {
        while let Some((chunk, rest)) = leaves.split_at_checked(rows) {
            let mut statement = QueryBuilder::<sqlx::Sqlite>::new(
                "INSERT INTO entry (position, leaf, leaf_hash, acknowledged) ",
            );
            let numbered = (position..).zip(chunk);
            statement.push_values(numbered, |mut row, (position, leaf)| {
                row.push_bind(position).push_bind(leaf.bytes());
                row.push_bind(leaf.hash().as_bytes().to_vec()).push_bind(acknowledged);
            });
            statement.build().execute(&mut *connection).await?;
            position = position.saturating_add(i64::try_from(rows).unwrap_or(0));
            leaves = rest;
        }
    }
    Ok(())
}

/// Inserts lines of a roll.
pub(crate) async fn lines(
    connection: &mut SqliteConnection,
    generation: i64,
    rows: &[&RollRow],
) -> Result<(), sqlx::Error> {
    for rows in rows.chunks(AT_ONCE) {
        let mut insert =
            QueryBuilder::<sqlx::Sqlite>::new("INSERT INTO roll (generation, person, phone, mark, style) ");
        insert.push_values(rows, |mut line, row| {
            line.push_bind(generation)
                .push_bind(row.person.0.as_slice())
                .push_bind(row.phone.0.as_slice())
                .push_bind(row.mark.as_ref().map(|mark| mark.0.as_slice()))
                .push_bind(row.style.as_str());
        });
        insert.build().execute(&mut *connection).await?;
    }
    Ok(())
}
