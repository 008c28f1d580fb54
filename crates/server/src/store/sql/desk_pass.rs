//! The passes of the desk.

use super::{array, roll, small};
use crate::keys::SECRET_LEN;
use crate::store::database::Database;
use crate::store::error::StoreError;
use crate::store::registrar::{Deed, DeskPassKind, StoredDeskPass};
use crate::store::statement::sql;

pub(super) async fn give(db: &Database, pass: &StoredDeskPass, deed: &Deed) -> Result<u32, StoreError> {
    let mut tx = db.write().await?;
    let (number,): (i64,) = sql(
        "INSERT INTO desk_pass (token, kind, operator, made, ends) VALUES ($1, $2, $3, $4, $5) RETURNING number",
    )
    .bind(pass.token.as_slice())
    .bind(pass.kind.name())
    .bind(pass.operator.as_str())
    .bind(pass.made)
    .bind(pass.ends)
    .one(&mut tx)
    .await?;
    roll::note(&mut tx, deed).await?;
    tx.commit().await?;
    small(number)
}

/// Number, token, kind, operator, made, ends, revoked.
type PassRow = (i64, Vec<u8>, String, String, i64, i64, Option<i64>);

pub(super) async fn all(db: &Database) -> Result<Vec<StoredDeskPass>, StoreError> {
    let rows: Vec<PassRow> =
        sql("SELECT number, token, kind, operator, made, ends, revoked FROM desk_pass ORDER BY number")
            .all(&mut db.read().await?)
            .await?;
    let pass = |(number, token, kind, operator, made, ends, revoked): PassRow| {
        let kind = DeskPassKind::of(&kind).ok_or(StoreError::Damaged("a pass that nobody knows"))?;
        let token: [u8; SECRET_LEN] = array(&token)?;
        Ok(StoredDeskPass { number: small(number)?, token, kind, operator, made, ends, revoked })
    };
    rows.into_iter().map(pass).collect()
}

pub(super) async fn revoke(db: &Database, number: u32, at: i64, deed: &Deed) -> Result<bool, StoreError> {
    let mut tx = db.write().await?;
    let revoked = sql("UPDATE desk_pass SET revoked = $1 WHERE number = $2 AND revoked IS NULL")
        .bind(at)
        .bind(number)
        .run(&mut tx)
        .await?;
    if revoked > 0 {
        roll::note(&mut tx, deed).await?;
    }
    tx.commit().await?;
    Ok(revoked > 0)
}
