//! A register of a test's own, filled through the flows, and a service on it.

use super::{
    Folder,
    http::{Answer, Connection},
    service::Service,
};
use std::{net::SocketAddr, path::PathBuf};
use yinxin::{
    clock::{Clock as _, SystemClock},
    flow::{
        access::{AccessSecret, Holder, Permit, Role, Scope},
        bodies::{self, Naming},
        holders::{self, HolderCode, NewHolder},
        people::{self, Known, NewPerson, Password, SignIn},
        tokens::{self, NewToken},
    },
    store::{self, Address, Settings, Store},
};
use yinxin_trust::base::{Day, Moment};

pub(crate) const PASSWORD: &str = "a long password";

/// Two bodies and the store, not yet served.
pub(crate) struct Register {
    pub(crate) store: Store,
    pub(crate) sign_in: SignIn,
    pub(crate) body: String,
    pub(crate) other: String,
    file: PathBuf,
    _folder: Folder,
}

/// What a request shows of who sent it.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    Nothing,
    Bearer(String),
    Cookie(String),
}

pub(crate) fn hours_from_now(hours: i64) -> Moment {
    let now = SystemClock.now().unwrap().unix_milliseconds();
    Moment::from_unix_milliseconds(now + hours * 3_600_000).unwrap()
}

impl Register {
    pub(crate) fn new() -> Self {
        let folder = Folder::new();
        let file = folder.path().join("register.sqlite");
        let settings = Settings::new(Address::Sqlite(file.clone()));
        store::migrate(&settings).unwrap();
        let store = Store::open(settings).unwrap();
        let (body, other) = ("0".repeat(32), "f".repeat(32));
        for (id, code) in [(&body, "11990000MB0000019F"), (&other, "11990000MB0000027A")] {
            let naming = Naming {
                name: format!("演示市第{}局", &id[..1]),
                credit_code: code.parse().unwrap(),
                region: "340100".parse().unwrap(),
                from: Day::parse("2020-01-01").unwrap(),
            };
            bodies::create(&store, &Permit::of_operator(id), &naming, None, hours_from_now(0)).unwrap();
        }
        Self { store, sign_in: SignIn::new(8).unwrap(), body, other, file, _folder: folder }
    }

    /// A service on it.
    pub(crate) fn serve(&self) -> Service {
        self.serve_as("")
    }

    /// The same with more settings of `[serve]`.
    pub(crate) fn serve_as(&self, settings: &str) -> Service {
        Service::start_with(settings, &format!("[database]\naddress = \"sqlite:{}\"", self.file.display()))
    }

    /// Enters a person; gives their id.
    pub(crate) fn person(&self, body: &str, login: &str, roles: &[Role]) -> String {
        person(&self.store, &self.sign_in, body, (login, login), roles, hours_from_now(0))
    }

    /// Signs them in at a time.
    pub(crate) fn session(&self, login: &str, at: Moment) -> Shown {
        session(&self.store, &self.sign_in, login, at)
    }

    /// A token made at a time, which runs for an hour; and its id.
    pub(crate) fn token(&self, body: &str, scopes: &[Scope], at: Moment) -> (Shown, String) {
        token(&self.store, body, scopes, at)
    }
}

/// Enters a person in a register by login and name; gives their id.
pub(crate) fn person(
    store: &Store,
    sign_in: &SignIn,
    body: &str,
    (login, name): (&str, &str),
    roles: &[Role],
    at: Moment,
) -> String {
    let person = NewPerson {
        login: login.parse().unwrap(),
        name: name.to_owned(),
        password: Password::chosen(PASSWORD.into()).unwrap(),
        roles: roles.iter().copied().collect(),
    };
    people::create(store, &Permit::of_operator(body), sign_in.passwords(), person, at).unwrap()
}

/// Enters an account of an organisation.
pub(crate) fn add_holder(store: &Store, sign_in: &SignIn, login: &str, code: &str, at: Moment) {
    add_account(store, sign_in, login, ("001", code, "演示市小满面馆"), at);
}

/// Enters an account by kind of code, code and name.
pub(crate) fn add_account(
    store: &Store,
    sign_in: &SignIn,
    login: &str,
    (kind, code, name): (&str, &str, &str),
    at: Moment,
) {
    let new = NewHolder {
        code: HolderCode::of(kind, code).unwrap(),
        login: login.parse().unwrap(),
        name: name.to_owned(),
        password: Password::chosen(PASSWORD.into()).unwrap(),
    };
    holders::create(store, &Permit::of_operator(""), sign_in.passwords(), new, at).unwrap();
}

/// Enters an account of a citizen.
pub(crate) fn add_citizen(store: &Store, sign_in: &SignIn, login: &str, (name, number): (&str, &str), at: Moment) {
    add_account(store, sign_in, login, ("111", number, name), at);
}

/// An organisation that signed in.
pub(crate) fn holder(store: &Store, sign_in: &SignIn, login: &str, code: &str, at: Moment) -> Holder {
    add_holder(store, sign_in, login, code, at);
    known_holder(store, sign_in, login, at)
}

/// A holder who signs in.
pub(crate) fn known_holder(store: &Store, sign_in: &SignIn, login: &str, at: Moment) -> Holder {
    let password = Password::given(PASSWORD.into()).unwrap();
    let session = sign_in.begin(store, login, &password, at).unwrap();
    match sign_in.known(store, &session.secret, at).unwrap() {
        Some(Known::Holder(holder)) => holder,
        other => panic!("{other:?}"),
    }
}

/// Signs a person or a holder in.
pub(crate) fn session(store: &Store, sign_in: &SignIn, login: &str, at: Moment) -> Shown {
    let password = Password::given(PASSWORD.into()).unwrap();
    let session = sign_in.begin(store, login, &password, at).unwrap();
    Shown::Cookie(session.secret.text().to_string())
}

/// A token, which runs for an hour; and its id.
pub(crate) fn token(store: &Store, body: &str, scopes: &[Scope], at: Moment) -> (Shown, String) {
    let expires_at = Moment::from_unix_milliseconds(at.unix_milliseconds() + 3_600_000).unwrap();
    let token = NewToken { name: "系统".into(), scopes: scopes.iter().copied().collect(), expires_at };
    let made = tokens::create(store, &Permit::of_operator(body), token, at).unwrap();
    (Shown::Bearer(made.text.to_string()), made.id)
}

/// One request of a page of this service, or of a program, with what it shows.
pub(crate) fn send(to: SocketAddr, method: &str, path: &str, shown: &Shown, more: &str, body: &str) -> Answer {
    request(to, method, path, shown, more, body.as_bytes())
}

/// A POST of octets.
pub(crate) fn send_octets(to: SocketAddr, path: &str, shown: &Shown, more: &str, body: &[u8]) -> Answer {
    request(to, "POST", path, shown, more, body)
}

fn request(to: SocketAddr, method: &str, path: &str, shown: &Shown, more: &str, body: &[u8]) -> Answer {
    let credentials = match shown {
        Shown::Nothing => String::new(),
        Shown::Bearer(token) => format!("Authorization: Bearer {token}\r\n"),
        Shown::Cookie(secret) => format!("Cookie: yinxin-session={secret}\r\n{}", csrf_of(secret)),
    };
    let length = body.len();
    let mut connection = Connection::open(to);
    connection.send(format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{credentials}{more}Content-Length: {length}\r\n\r\n"
    ));
    connection.send(body);
    connection.answer()
}

/// What the scripts of our pages send along; nothing for a session that is none.
fn csrf_of(secret: &str) -> String {
    AccessSecret::parse(secret)
        .map_or_else(String::new, |secret| format!("yinxin-csrf: {}\r\n", secret.derived("yinxin csrf 1").as_str()))
}

/// The header of a form that one of our pages sent.
pub(crate) const FROM_HERE: &str = "Sec-Fetch-Site: same-origin\r\n";

pub(crate) const JSON: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n";

pub(crate) const FORM_BODY: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
