//! Where a PostgreSQL server is.

use std::fmt;
use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use tracing::log::LevelFilter;
use zeroize::Zeroizing;

/// A text that does not say where a database is. It may have a password, so it is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no address of a PostgreSQL database: write postgres://USER@HOST/DATABASE, or postgres:///DATABASE?host=/run/postgresql for a socket on this machine"
)]
pub struct NoDatabaseUrl;

/// The address of a PostgreSQL database, such as `postgres:///veche?host=/run/postgresql`. It may have a password,
/// and shows none.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: Zeroizing<String>,
    options: Box<PgConnectOptions>,
}

impl DatabaseUrl {
    /// The whole of it, password and all.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How its driver connects.
    pub(super) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::clone(&self.options)
            .application_name("veche-server")
            .log_statements(LevelFilter::Trace)
    }
}

impl FromStr for DatabaseUrl {
    type Err = NoDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, NoDatabaseUrl> {
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(NoDatabaseUrl);
        }
        let options = text.parse().map(Box::<PgConnectOptions>::new).map_err(|_| NoDatabaseUrl)?;
        // What is to be made and found again has a name.
        options.get_database().ok_or(NoDatabaseUrl)?;
        Ok(DatabaseUrl { text: Zeroizing::new(text.to_owned()), options })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.options.get_database().unwrap_or_default();
        match self.options.get_socket() {
            Some(socket) => write!(f, "{database} of PostgreSQL at {}", socket.display()),
            None => write!(
                f,
                "{database} of PostgreSQL at {}:{}",
                self.options.get_host(),
                self.options.get_port()
            ),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_database_and_shows_no_password() {
        for (text, shown) in [
            ("postgres://veche:hunter2@db.example:5433/box", "box of PostgreSQL at db.example:5433"),
            (
                "postgresql:///box?host=/run/postgresql&user=veche&password=hunter2",
                "box of PostgreSQL at /run/postgresql",
            ),
        ] {
            let url: DatabaseUrl = text.parse().unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("hunter2"));
            assert_eq!(url.text(), text);
        }
        for text in [
            "",
            "box.sqlite",
            "mysql://veche@db.example/box",
            "postgres://veche@db.example",
            "postgres://:x:y/",
        ] {
            let refused = text.parse::<DatabaseUrl>().unwrap_err();
            assert_eq!(refused, NoDatabaseUrl, "{text}");
        }
    }
}
