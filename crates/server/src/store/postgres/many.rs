//! Many rows at once, in PostgreSQL: one statement, whose columns are arrays.

use sqlx::postgres::PgConnection;
use veche_keeper::store::Leaf;

use crate::store::roll::RollRow;

/// Inserts leaves, the first at a position, acknowledged by the checkpoint of a size.
pub(crate) async fn entries(
    connection: &mut PgConnection,
    first: i64,
    leaves: &[Leaf],
    acknowledged: i64,
) -> Result<(), sqlx::Error> {
    let bytes: Vec<&[u8]> = leaves.iter().map(Leaf::bytes).collect();
    let hashes: Vec<Vec<u8>> = leaves.iter().map(|leaf| leaf.hash().as_bytes().to_vec()).collect();
    sqlx::query(
        "INSERT INTO entry (position, leaf, leaf_hash, acknowledged)
         SELECT $1 + number - 1, leaf, leaf_hash, $2
         FROM UNNEST($3, $4) WITH ORDINALITY AS new (leaf, leaf_hash, number)",
    )
    .bind(first)
    .bind(acknowledged)
    .bind(bytes)
    .bind(hashes)
    .execute(connection)
    .await
    .map(drop)
}

/// Inserts lines of a roll.
pub(crate) async fn lines(
    connection: &mut PgConnection,
    generation: i64,
    rows: &[&RollRow],
) -> Result<(), sqlx::Error> {
    let people: Vec<&[u8]> = rows.iter().map(|row| row.person.0.as_slice()).collect();
    let phones: Vec<&[u8]> = rows.iter().map(|row| row.phone.0.as_slice()).collect();
    let marks: Vec<Option<&[u8]>> =
        rows.iter().map(|row| row.mark.as_ref().map(|mark| mark.0.as_slice())).collect();
    let styles: Vec<&str> = rows.iter().map(|row| row.style.as_str()).collect();
    sqlx::query(
        "INSERT INTO roll (generation, person, phone, mark, style)
         SELECT $1, person, phone, mark, style FROM UNNEST($2, $3, $4, $5) AS new (person, phone, mark, style)",
    )
    .bind(generation)
    .bind(people)
    .bind(phones)
    .bind(marks)
    .bind(styles)
    .execute(connection)
    .await
    .map(drop)
}
