//! What the commands on the register share: opening it, asking for a password,
//! saying how it ended.

use super::{Exit, complain};
use crate::{
    clock::{Clock as _, SystemClock},
    config::{self, Database},
    flow::{
        access::Caller,
        bodies,
        kind::{HasKind, Kind},
        people::{Password, PeopleError, SignIn},
    },
    store::{self, Store, StoreError},
};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use std::{
    fmt, fs,
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use yinxin_trust::base::Moment;
use zeroize::Zeroizing;

/// Most octets of a password file or line.
const PASSWORD_BYTES: usize = 1024;

/// Why a command ends before it is done.
pub(super) struct Stop(pub(super) Exit, pub(super) String);

impl Stop {
    pub(super) fn usage(why: impl fmt::Display) -> Self {
        Self(Exit::Usage, why.to_string())
    }

    pub(super) fn refused(why: String) -> Self {
        Self(Exit::Refused, why)
    }

    pub(super) fn unreadable(why: String) -> Self {
        Self(Exit::Unreadable, why)
    }

    pub(super) fn internal(why: &str) -> Self {
        Self(Exit::Internal, why.to_owned())
    }
}

impl<E: HasKind> From<E> for Stop {
    fn from(error: E) -> Self {
        Self(exit_of(error.kind()), error.to_string())
    }
}

/// How a failure of a flow ends the program.
pub(super) const fn exit_of(kind: Kind) -> Exit {
    match kind {
        Kind::NotFound | Kind::Conflict | Kind::Refused | Kind::Denied => Exit::Refused,
        Kind::Busy | Kind::Unavailable => Exit::Unavailable,
        Kind::Broken => Exit::Internal,
    }
}

/// Runs a command to its exit code.
pub(super) fn ended(result: Result<(), Stop>) -> Exit {
    match result {
        Ok(()) => Exit::Valid,
        Err(Stop(exit, why)) => complain(exit, &why),
    }
}

/// Writes a line to standard output.
pub(super) fn say(line: impl fmt::Display) -> Result<(), Stop> {
    let line = super::lang::shown_columns(&line.to_string());
    writeln!(io::stdout(), "{line}").map_err(|error| Stop(Exit::Internal, error.to_string()))
}

pub(super) fn now() -> Result<Moment, Stop> {
    SystemClock.now().map_err(|error| Stop(Exit::Internal, error.to_string()))
}

fn database(config: Option<&Path>) -> Result<Database, Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    config.database.ok_or_else(|| Stop::usage("the configuration has no [database]: name its address there"))
}

pub(super) fn open(config: Option<&Path>) -> Result<Store, Stop> {
    open_settings(database(config)?.settings())
}

/// Opens it, and says what to do where it was never migrated.
pub(super) fn open_settings(settings: store::Settings) -> Result<Store, Stop> {
    Store::open(settings).map_err(|error| match error {
        StoreError::NotMigrated { .. } => Stop(Exit::Unavailable, format!("{error}: run yinxin migrate")),
        StoreError::Settings(_) => Stop::usage(error),
        other => other.into(),
    })
}

/// `yinxin migrate`
pub(super) fn migrate(only_status: bool, config: Option<&Path>) -> Exit {
    ended((|| {
        let settings = database(config)?.settings();
        if only_status {
            let status = store::status(&settings)?;
            for (word, names) in [("applied", &status.applied), ("pending", &status.pending), ("newer", &status.newer)]
            {
                names.iter().try_for_each(|name| say(format_args!("{word}\t{name}")))?;
            }
            return Ok(status.check()?);
        }
        let names = store::migrate(&settings)?;
        names.iter().try_for_each(|name| say(format_args!("migrated\t{name}")))?;
        if names.is_empty() { say("up to date") } else { Ok(()) }
    })())
}

/// The body named, else the only one there is.
pub(super) fn body(store: &Store, named: Option<&str>) -> Result<String, Stop> {
    if let Some(id) = named {
        return Ok(id.to_owned());
    }
    let mut bodies = bodies::list(store, "", 2)?.into_iter();
    match (bodies.next(), bodies.next()) {
        (Some(only), None) => Ok(only.id),
        (None, _) => Err(Stop(Exit::Refused, "there is no body yet: yinxin body create".to_owned())),
        (Some(_), Some(_)) => Err(Stop::usage("there are several bodies: say which with --body")),
    }
}

/// A new password: from a file of the user's alone, else from standard input,
/// asked for twice where that is a terminal.
pub(super) fn new_password(file: Option<&PathBuf>) -> Result<Password, Stop> {
    let text = match file {
        Some(path) => from_file(path)?,
        None if io::stdin().is_terminal() => {
            let first = asked("password: ")?;
            if asked("once more: ")? != first {
                return Err(Stop(Exit::Refused, "the two are not the same".to_owned()));
            }
            first
        }
        None => one_line()?,
    };
    Password::chosen(text.to_string()).map_err(|error| Stop(Exit::Refused, error.to_string()))
}

/// The password of somebody who signs in: from a file of the user's alone, else from standard input.
fn given_password(file: Option<&PathBuf>) -> Result<Password, Stop> {
    let text = file.map_or_else(|| secret_line("password: "), |path| from_file(path))?;
    Password::given(text.to_string()).map_err(|error| Stop(Exit::Refused, error.to_string()))
}

/// Signs a person in for the one thing that they do.
pub(super) fn as_person(
    store: &Store,
    login: &str,
    password_file: Option<&PathBuf>,
    act: impl FnOnce(&Caller, Moment) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let password = given_password(password_file)?;
    let (sign_in, now) = (SignIn::new(1).map_err(PeopleError::from)?, now()?);
    let session = sign_in.begin(store, login, &password, now)?;
    let done = sign_in
        .caller(store, &session.secret, now)
        .map_err(Stop::from)
        .and_then(|caller| caller.ok_or_else(|| Stop::refused("signed out in between".to_owned())))
        .and_then(|caller| act(&caller, now));
    sign_in.end(store, &session.secret, now)?;
    done
}

fn from_file(path: &Path) -> Result<Zeroizing<String>, Stop> {
    let failed = |error: io::Error| Stop::usage(format_args!("{}: {error}", path.display()));
    let file = fs::File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Stop::usage(format_args!("{}: others may read it (chmod go-rwx)", path.display())));
    }
    let mut text = Zeroizing::new(String::with_capacity(PASSWORD_BYTES));
    file.take(PASSWORD_BYTES as u64).read_to_string(&mut text).map_err(failed)?;
    Ok(without_newline(text))
}

fn one_line() -> Result<Zeroizing<String>, Stop> {
    let mut text = Zeroizing::new(String::with_capacity(PASSWORD_BYTES));
    let read = io::stdin().lock().take(PASSWORD_BYTES as u64).read_line(&mut text);
    read.map_err(|error| Stop::usage(format_args!("standard input: {error}")))?;
    Ok(without_newline(text))
}

fn without_newline(mut text: Zeroizing<String>) -> Zeroizing<String> {
    let kept = text.trim_end_matches(['\n', '\r']).len();
    text.truncate(kept);
    text
}

/// A line that nobody else may see: asked for on the terminal, else the next line of standard input.
pub(super) fn secret_line(prompt: &str) -> Result<Zeroizing<String>, Stop> {
    if io::stdin().is_terminal() { asked(prompt) } else { one_line() }
}

/// Asks on the terminal, without showing what is typed.
fn asked(prompt: &str) -> Result<Zeroizing<String>, Stop> {
    let terminal = |error: rustix::io::Errno| Stop::usage(format_args!("terminal: {error}"));
    let before = tcgetattr(io::stdin()).map_err(terminal)?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO);
    let _ = write!(io::stderr(), "{prompt}");
    tcsetattr(io::stdin(), OptionalActions::Now, &silent).map_err(terminal)?;
    let line = one_line();
    let shown = tcsetattr(io::stdin(), OptionalActions::Now, &before).map_err(terminal);
    let _ = writeln!(io::stderr());
    shown.and(line)
}
