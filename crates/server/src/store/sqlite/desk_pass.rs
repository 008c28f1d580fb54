//! The passes of the desk in SQLite.

use super::{Sqlite, array, roll};
use crate::keys::SECRET_LEN;
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, DeskPassKind, StoredDeskPass};

pub(super) async fn give(db: &Sqlite, pass: &StoredDeskPass, deed: &Deed) -> Result<u32, StoreError> {
    let mut tx = db.write().await?;
    let number = sqlx::query_scalar(
        "INSERT INTO desk_pass (token, kind, operator, made, ends) VALUES (?, ?, ?, ?, ?) RETURNING number",
    )
    .bind(pass.token.as_slice())
    .bind(pass.kind.name())
    .bind(pass.operator.as_str())
    .bind(pass.made)
    .bind(pass.ends)
    .fetch_one(&mut *tx)
    .await?;
    roll::note(&mut tx, deed).await?;
    tx.commit().await?;
    Ok(number)
}

/// Number, token, kind, operator, made, ends, revoked.
type PassRow = (u32, Vec<u8>, String, String, i64, i64, Option<i64>);

pub(super) async fn all(db: &Sqlite) -> Result<Vec<StoredDeskPass>, StoreError> {
    let rows: Vec<PassRow> = sqlx::query_as(
        "SELECT number, token, kind, operator, made, ends, revoked FROM desk_pass ORDER BY number",
    )
    .fetch_all(db.read())
    .await?;
    let pass = |(number, token, kind, operator, made, ends, revoked): PassRow| {
        let kind = DeskPassKind::of(&kind).ok_or(StoreError::Damaged("a pass that nobody knows"))?;
        let token: [u8; SECRET_LEN] = array(&token)?;
        Ok(StoredDeskPass { number, token, kind, operator, made, ends, revoked })
    };
    rows.into_iter().map(pass).collect()
}

pub(super) async fn revoke(db: &Sqlite, number: u32, at: i64, deed: &Deed) -> Result<bool, StoreError> {
    let mut tx = db.write().await?;
    let revoked = sqlx::query("UPDATE desk_pass SET revoked = ? WHERE number = ? AND revoked IS NULL")
        .bind(at)
        .bind(number)
        .execute(&mut *tx)
        .await?
        .rows_affected();
    if revoked > 0 {
        roll::note(&mut tx, deed).await?;
    }
    tx.commit().await?;
    Ok(revoked > 0)
}
