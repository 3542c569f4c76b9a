//! Where the register is: parsed once, never guessed.
//!
//! diesel opens whatever text it is given, and a PostgreSQL address with a slip
//! in it becomes an empty SQLite file of that name. So an address is one of two
//! forms and everything else is refused by name:
//!
//! ```text
//! sqlite:PATH
//! postgres://USER@HOST[:PORT]/DATABASE     HOST may be %2Frun%2Fpostgresql, a socket folder
//! ```

use std::{
    fmt,
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Port of a PostgreSQL address without one.
const POSTGRES_PORT: u16 = 5432;

/// A database, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A file of this machine.
    Sqlite(PathBuf),
    /// A server.
    Postgres(PostgresAddress),
}

/// A PostgreSQL server and a database on it; without a password, which comes by file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostgresAddress {
    pub(super) user: String,
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) database: String,
}

/// How the server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// Through a socket in this folder.
    Socket(String),
    /// `localhost` or a loopback address.
    Loopback(String),
    /// Anything else: only with TLS.
    Remote(String),
}

/// Why something is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither `sqlite:` nor `postgres://`.
    #[error("a database address begins with sqlite: or postgres://")]
    Scheme,
    /// `sqlite:` and nothing, or `:memory:`, or a slash pair.
    #[error("sqlite: is followed by the path of a file, without // and not :memory:")]
    SqlitePath,
    /// A password in the address would end up in logs and process lists.
    #[error("a password does not belong into the address: name a file as password_file")]
    PasswordInAddress,
    /// No user before the `@`.
    #[error("a postgres address names its user: postgres://USER@HOST/DATABASE")]
    UserMissing,
    /// No host, or one with characters no host has.
    #[error("a postgres address names one host or socket folder")]
    Host,
    /// Not 1 to 65535.
    #[error("a port is 1 to 65535")]
    Port,
    /// None, or more than one part.
    #[error("a postgres address names one database after the host")]
    Database,
    /// `?` or `#`: options are settings of their own.
    #[error("a postgres address carries no options after ? or #")]
    Options,
    /// `%` without two hexadecimal digits, or not UTF-8, or a control character.
    #[error("bad %-escape or control character in the address")]
    Escape,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let odd = path.is_empty() || path == ":memory:" || path.starts_with("//") || path.ends_with('/');
            return if odd || path.chars().any(char::is_control) {
                Err(AddressError::SqlitePath)
            } else {
                Ok(Self::Sqlite(PathBuf::from(path)))
            };
        }
        let rest = text.strip_prefix("postgres://").ok_or(AddressError::Scheme)?;
        postgres(rest).map(Self::Postgres)
    }
}

fn postgres(rest: &str) -> Result<PostgresAddress, AddressError> {
    if rest.contains(['?', '#']) {
        return Err(AddressError::Options);
    }
    let (authority, database) = rest.split_once('/').ok_or(AddressError::Database)?;
    let (user, place) = authority.rsplit_once('@').ok_or(AddressError::UserMissing)?;
    if user.contains(':') {
        return Err(AddressError::PasswordInAddress);
    }
    if user.is_empty() {
        return Err(AddressError::UserMissing);
    }
    if database.is_empty() || database.contains('/') {
        return Err(AddressError::Database);
    }
    let (host, port) = match place.strip_prefix('[') {
        Some(bracketed) => {
            let (host, port) = bracketed.split_once(']').ok_or(AddressError::Host)?;
            (host, port.strip_prefix(':').or_else(|| port.is_empty().then_some("")).ok_or(AddressError::Port)?)
        }
        None => match place.split_once(':') {
            Some((_, "")) => return Err(AddressError::Port),
            Some((host, port)) => (host, port),
            None => (place, ""),
        },
    };
    let port = match port {
        "" => POSTGRES_PORT,
        port => port.parse().ok().filter(|port| *port > 0).ok_or(AddressError::Port)?,
    };
    Ok(PostgresAddress {
        user: unescaped(user)?,
        host: self::host(&unescaped(host)?)?,
        port,
        database: unescaped(database)?,
    })
}

fn host(host: &str) -> Result<Host, AddressError> {
    if host.starts_with('/') {
        return Ok(Host::Socket(host.to_owned()));
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        let host = host.to_owned();
        return Ok(if address.is_loopback() { Host::Loopback(host) } else { Host::Remote(host) });
    }
    // libpq reads commas as several hosts
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    match host {
        "" => Err(AddressError::Host),
        "localhost" => Ok(Host::Loopback(host.to_owned())),
        _ if host.chars().all(named) => Ok(Host::Remote(host.to_owned())),
        _ => Err(AddressError::Host),
    }
}

/// `%2F` is `/`.
fn unescaped(text: &str) -> Result<String, AddressError> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'%' => {
                let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16)).ok_or(AddressError::Escape);
                u8::try_from(digit()? * 16 + digit()?).map_err(|_| AddressError::Escape)?
            }
            octet => octet,
        });
    }
    let text = String::from_utf8(octets).map_err(|_| AddressError::Escape)?;
    if text.chars().any(char::is_control) { Err(AddressError::Escape) } else { Ok(text) }
}

impl Address {
    /// Makes a relative path of a file start at `folder`.
    #[must_use]
    pub fn rooted_at(self, folder: &Path) -> Self {
        match self {
            Self::Sqlite(path) => Self::Sqlite(folder.join(path)),
            server => server,
        }
    }
}

impl PostgresAddress {
    /// Whether the way to the server leaves this machine.
    pub const fn is_remote(&self) -> bool {
        matches!(self.host, Host::Remote(_))
    }
}

impl fmt::Display for Address {
    /// For people: no password is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(PostgresAddress { user, host, port, database }) => match host {
                Host::Socket(host) | Host::Loopback(host) | Host::Remote(host) => {
                    write!(f, "postgres: {user} at {host}, port {port}, database {database}")
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> PostgresAddress {
        match text.parse() {
            Ok(Address::Postgres(address)) => address,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn files_and_servers() {
        assert_eq!("sqlite:data/a.db".parse(), Ok(Address::Sqlite("data/a.db".into())));
        assert_eq!("sqlite:/a.db".parse::<Address>().unwrap().rooted_at(Path::new("/x")).to_string(), "sqlite:/a.db");
        assert_eq!("sqlite:a.db".parse::<Address>().unwrap().rooted_at(Path::new("/x")).to_string(), "sqlite:/x/a.db");
        let address = parsed("postgres://yin%40xin@localhost/register");
        assert_eq!((address.user.as_str(), address.port, address.is_remote()), ("yin@xin", 5432, false));
        assert_eq!(parsed("postgres://u@%2Frun%2Fpg:6000/db").host, Host::Socket("/run/pg".into()));
        assert_eq!(parsed("postgres://u@[::1]:6000/db").host, Host::Loopback("::1".into()));
        assert_eq!(parsed("postgres://u@127.0.0.7/db").host, Host::Loopback("127.0.0.7".into()));
        for remote in ["postgres://u@10.0.0.1/db", "postgres://u@db.example:1/db", "postgres://u@localhost.example/db"]
        {
            assert!(parsed(remote).is_remote(), "{remote}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        use AddressError as E;
        for (text, error) in [
            ("", E::Scheme),
            ("data.db", E::Scheme),
            ("postgresql://u@localhost/db", E::Scheme),
            ("postgres:/u@localhost/db", E::Scheme),
            ("file:a.db", E::Scheme),
            ("sqlite:", E::SqlitePath),
            ("sqlite::memory:", E::SqlitePath),
            ("sqlite:///a.db", E::SqlitePath),
            ("sqlite:a/", E::SqlitePath),
            ("postgres://u:p@localhost/db", E::PasswordInAddress),
            ("postgres://u:@localhost/db", E::PasswordInAddress),
            ("postgres://localhost/db", E::UserMissing),
            ("postgres://@localhost/db", E::UserMissing),
            ("postgres://u@/db", E::Host),
            ("postgres://u@a,b/db", E::Host),
            ("postgres://u@a b/db", E::Host),
            ("postgres://u@[::1/db", E::Host),
            ("postgres://u@localhost:0/db", E::Port),
            ("postgres://u@localhost:/db", E::Port),
            ("postgres://u@localhost:70000/db", E::Port),
            ("postgres://u@localhost", E::Database),
            ("postgres://u@localhost/", E::Database),
            ("postgres://u@localhost/a/b", E::Database),
            ("postgres://u@localhost/db?sslmode=disable", E::Options),
            ("postgres://u@localhost/db#x", E::Options),
            ("postgres://u@localhost/d%0", E::Escape),
            ("postgres://u%00@localhost/d", E::Escape),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
    }
}
