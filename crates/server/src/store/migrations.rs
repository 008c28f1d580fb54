//! Bringing the tables of a database up to date.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::error::StoreError;

/// A migration: its number, what it is called, and whose tables it makes. One that was released is never edited.
pub(super) type Step = (i64, &'static str, Tables, &'static str);

/// Whose tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tables {
    /// The ballot box's.
    Board,
    /// The registrar's.
    People,
    /// Those of both; of a migration, that either needs it.
    All,
}

/// Why the tables are not as they must be.
pub(super) enum Unfit {
    /// A newer version has made a table that this one does not know.
    Newer,
    /// The tables of a half that is to be made are there already.
    Made,
    /// There are no tables at all in a database that was to be opened.
    Empty,
    /// Anything else.
    Failed(MigrateError),
}

impl Unfit {
    /// The same of a database.
    pub(super) fn at(self, place: String) -> StoreError {
        match self {
            Unfit::Newer => StoreError::Newer { place },
            Unfit::Made => StoreError::Made { place },
            Unfit::Empty => StoreError::Empty { place },
            Unfit::Failed(error) => StoreError::Migrate { place, source: error.into() },
        }
    }
}

impl From<MigrateError> for Unfit {
    fn from(error: MigrateError) -> Self {
        Unfit::Failed(error)
    }
}

/// Where it is noted which migrations were made.
const NOTED: &str = "_sqlx_migrations";

/// Some of the steps.
pub(super) fn migrator(steps: impl Iterator<Item = Step>) -> Migrator {
    let step = |(version, name, _, sql): Step| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(steps.map(step).collect())
}

/// Makes the tables that are not there yet. `fresh` says that none of them may be there, and else some must be; nothing
/// says neither.
pub(super) async fn migrate<C: Migrate>(
    connection: &mut C,
    steps: &[Step],
    tables: Tables,
    fresh: Option<bool>,
) -> Result<(), Unfit> {
    // Whoever opens it at the same time waits, and finds them made. A lock that is not given back ends with the
    // connection.
    connection.lock().await?;
    let done = alone(connection, steps, tables, fresh).await;
    connection.unlock().await?;
    done
}

async fn alone<C: Migrate>(
    connection: &mut C,
    steps: &[Step],
    tables: Tables,
    fresh: Option<bool>,
) -> Result<(), Unfit> {
    connection.ensure_migrations_table(NOTED).await?;
    let applied = connection.list_applied_migrations(NOTED).await?;
    let known = |version: i64| steps.iter().find(|(known, ..)| *known == version);
    // The tables of the other half may be there, and nothing else that is unknown.
    if applied.iter().any(|one| known(one.version).is_none()) {
        return Err(Unfit::Newer);
    }
    let theirs = |of: Tables| tables == Tables::All || of == tables;
    let is_made = applied
        .iter()
        .filter_map(|one| known(one.version))
        .any(|(_, _, of, _)| *of != Tables::All && theirs(*of));
    match fresh {
        Some(true) if is_made => return Err(Unfit::Made),
        Some(false) if applied.is_empty() => return Err(Unfit::Empty),
        _ => {}
    }
    let needed = steps.iter().copied().filter(|(_, _, of, _)| *of == Tables::All || theirs(*of));
    let mut needed = migrator(needed);
    needed.set_ignore_missing(true).set_locking(false);
    Ok(needed.run_direct(None, connection, false).await?)
}
