//! A copy of the whole file, made while others write.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use super::Sqlite;
use crate::store::error::StoreError;
use crate::store::statement::sql;

/// What is in a copy.
#[derive(Debug)]
pub(crate) struct Examined {
    /// What is wrong with it.
    pub(crate) damage: Option<String>,
    /// How many entries its board has, if it has one.
    pub(crate) entries: Option<u64>,
}

impl Sqlite {
    /// Copies what was committed at this moment into a new file. Whoever writes meanwhile does not wait for it.
    pub(crate) async fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let text = path.to_str().ok_or_else(|| StoreError::Open {
            place: path.display().to_string(),
            source: "a name that is not Unicode".into(),
        })?;
        sql("VACUUM INTO $1").bind(text).run(&mut self.read().await?).await?;
        Ok(())
    }
}

/// Reads a copy through, and leaves it as it is.
pub(crate) async fn examine(path: &Path, has_board: bool) -> Result<Examined, StoreError> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    let mut connection: SqliteConnection = options.connect().await?;
    let (found,): (String,) = sqlx::query_as("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    let size: Option<(i64,)> = if has_board {
        sqlx::query_as("SELECT size FROM head").fetch_optional(&mut connection).await?
    } else {
        None
    };
    connection.close().await?;
    Ok(Examined {
        damage: Some(found).filter(|found| found != "ok"),
        entries: has_board.then(|| size.map_or(0, |(size,)| size.unsigned_abs())),
    })
}
