//! One statement with its values, for either database: what both understand is written once, with `$1` for the first
//! value.

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::store::connection::{Connection, On};

/// A value of a statement.
pub(super) enum Value<'a> {
    Number(Option<i64>),
    Flag(bool),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

macro_rules! value {
    ($($from:ty: $value:ident => $made:expr;)*) => {
        $(impl<'a> From<$from> for Value<'a> {
            fn from($value: $from) -> Self {
                $made
            }
        })*
    };
}

value! {
    i64: number => Value::Number(Some(number));
    u32: number => Value::Number(Some(number.into()));
    Option<i64>: number => Value::Number(number);
    Option<u32>: number => Value::Number(number.map(i64::from));
    Option<u8>: number => Value::Number(number.map(i64::from));
    bool: flag => Value::Flag(flag);
    &'a str: text => Value::Text(Some(text));
    Option<&'a str>: text => Value::Text(text);
    &'a [u8]: bytes => Value::Bytes(Some(bytes));
    Option<&'a [u8]>: bytes => Value::Bytes(bytes);
}

/// A row of either database, as a tuple.
pub(super) trait Line:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Line for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A statement and its values.
pub(super) struct Statement<'a> {
    text: &'static str,
    values: Vec<Value<'a>>,
}

/// A statement that both databases understand.
pub(super) const fn sql<'a>(text: &'static str) -> Statement<'a> {
    Statement { text, values: Vec::new() }
}

/// Runs statements without values, in one step.
pub(super) async fn several(texts: &'static str, connection: &mut Connection) -> Result<(), sqlx::Error> {
    let done = match &mut connection.on {
        On::Sqlite(on) => sqlx::raw_sql(texts).execute(&mut **on).await.map(drop),
        On::Postgres(on) => sqlx::raw_sql(texts).execute(&mut **on).await.map(drop),
    };
    connection.noting(done)
}

/// The statement as the driver of one database takes it.
macro_rules! bound {
    ($statement:expr) => {{
        let Statement { text, values } = $statement;
        values.into_iter().fold(sqlx::query(text), |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Flag(flag) => query.bind(flag),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        })
    }};
}

impl<'a> Statement<'a> {
    /// Its next value.
    pub(super) fn bind(mut self, value: impl Into<Value<'a>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it. Returns how many rows it has changed.
    pub(super) async fn run(self, connection: &mut Connection) -> Result<u64, sqlx::Error> {
        let done = match &mut connection.on {
            On::Sqlite(on) => bound!(self).execute(&mut **on).await.map(|done| done.rows_affected()),
            On::Postgres(on) => bound!(self).execute(&mut **on).await.map(|done| done.rows_affected()),
        };
        connection.noting(done)
    }

    /// All its rows.
    pub(super) async fn all<T: Line>(self, connection: &mut Connection) -> Result<Vec<T>, sqlx::Error> {
        let rows = match &mut connection.on {
            On::Sqlite(on) => {
                let read = |row: SqliteRow| <T as FromRow<'_, SqliteRow>>::from_row(&row);
                bound!(self).try_map(read).fetch_all(&mut **on).await
            }
            On::Postgres(on) => {
                let read = |row: PgRow| <T as FromRow<'_, PgRow>>::from_row(&row);
                bound!(self).try_map(read).fetch_all(&mut **on).await
            }
        };
        connection.noting(rows)
    }

    /// Its row, if there is one.
    pub(super) async fn maybe<T: Line>(self, connection: &mut Connection) -> Result<Option<T>, sqlx::Error> {
        Ok(self.all(connection).await?.into_iter().next())
    }

    /// Its row.
    pub(super) async fn one<T: Line>(self, connection: &mut Connection) -> Result<T, sqlx::Error> {
        self.maybe(connection).await?.ok_or(sqlx::Error::RowNotFound)
    }
}
