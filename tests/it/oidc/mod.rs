//! Signing in at a provider elsewhere: the ways that lead in, and everything that does not.

mod doors;
mod holders;
mod hostile;
mod staff;

use crate::support::{
    database::Database,
    desk::Desk,
    house::House,
    http::{Answer, Connection},
    provider::Provider,
    register::{FORM_BODY, Shown, send},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, sync::Arc};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Caller},
        people::Known,
        second_factor::Demand,
    },
    store::audit,
};

pub(crate) const CLIENT: &str = "yinxin";
pub(crate) const SECRET: &str = "a secret: 秘密";

/// A desk at which staff and holders sign in at a provider.
pub(crate) struct Hall {
    pub(crate) desk: Desk,
    pub(crate) provider: Provider,
}

/// What stands in `[oidc.province]` beside the roles.
pub(crate) const STAFF: &str = "body = \"11330100MB0000000N\"";

/// The providers of a configuration: one issuer, two clients of it.
pub(crate) fn sections(issuer: &str, origin: &str, staff: &str, holders: &str) -> String {
    format!(
        "[access]\norigin = \"{origin}\"\n\n[database]\naddress = \"sqlite:unused\"\n\n\
         [oidc.province]\nissuer = \"{issuer}\"\nclient_id = \"{CLIENT}\"\nfor = \"staff\"\n\
         title = \"省统一身份认证\"\ntitle_en = \"Provincial sign-in\"\n{staff}\n\
         [oidc.province.roles]\nlicence-officer = \"officer\"\nlicence-approver = \"approver\"\nwindow = \"clerk\"\n\n\
         [oidc.citizens]\nissuer = \"{issuer}\"\nclient_id = \"yinxin-citizens\"\nfor = \"holders\"\n\
         title = \"政务服务网登录\"\ntitle_en = \"Government services account\"\nclaims.number = \"id_number\"\n{holders}\n"
    )
}

/// Somebody of the body who enters applications.
pub(crate) fn officer() -> Value {
    json!({ "sub": "u-1", "preferred_username": "Zhang.San", "name": "张三", "roles": ["licence-officer", "janitor"] })
}

impl Hall {
    pub(crate) fn staff(database: &Database) -> Self {
        Self::with(database, CLIENT, STAFF, "holder_kind = \"111\"", None)
    }

    pub(crate) fn holders(database: &Database, more: &str) -> Self {
        Self::with(database, "yinxin-citizens", STAFF, &format!("holder_kind = \"111\"\n{more}"), None)
    }

    pub(crate) fn with(database: &Database, client: &str, staff: &str, holders: &str, demand: Option<Demand>) -> Self {
        let house = House::new(database);
        let clock = Arc::clone(&house.clock);
        let provider = Provider::start(client, None, move || clock.now().unwrap().unix_seconds());
        let issuer = provider.issuer();
        let settings = |origin: &str| sections(&issuer, origin, staff, holders);
        let desk = Desk::at_origin(house, settings, |office, house| match demand {
            Some(demand) => office.with_factors(house.factors(demand)),
            None => office,
        });
        Self { desk, provider }
    }

    /// Goes to a provider, consents there, and comes back.
    pub(crate) fn sign_in(&self, name: &str) -> Answer {
        let (address, away) = self.go(name);
        let back = self.consent(&address);
        self.come(&back, &away)
    }

    /// Where one is sent, and the cookie for coming back.
    pub(crate) fn go(&self, name: &str) -> (String, String) {
        let answer = send(self.desk.to, "POST", &format!("/login/oidc/{name}"), &Shown::Nothing, FORM_BODY, "");
        assert_eq!(answer.status, 200, "{answer:?}");
        let (_, rest) = answer.body.split_once("content=\"0;url=").unwrap();
        let address = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        (address, cookie(&answer, "yinxin-away").unwrap())
    }

    /// Where the provider leads back to.
    pub(crate) fn consent(&self, address: &str) -> String {
        let path = address.strip_prefix(&self.provider.origin()).unwrap();
        let answer = send(self.provider.address, "GET", path, &Shown::Nothing, "", "");
        assert_eq!(answer.status, 302, "{answer:?}");
        let origin = format!("http://{}", self.desk.to);
        answer.header("location").unwrap().strip_prefix(&origin).unwrap().to_owned()
    }

    /// As a browser comes from another site: with no other cookie than that one.
    pub(crate) fn come(&self, path: &str, away: &str) -> Answer {
        come(self.desk.to, path, away)
    }

    pub(crate) fn caller(&self, answer: &Answer) -> Caller {
        match self.known(answer) {
            Some(Known::Person(caller)) => caller,
            other => panic!("{other:?}: {answer:?}"),
        }
    }

    pub(crate) fn known(&self, answer: &Answer) -> Option<Known> {
        let text = cookie(answer, "yinxin-session")?;
        self.desk.known(&AccessSecret::parse(&text)?)
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        let store = &self.desk.house.issuer.store;
        let rows = store.read(|conn| audit::list(conn, &self.desk.house.body, (0, 0), 500)).unwrap();
        let of_people = |action: &String| action.starts_with("person.") || action.starts_with("session.");
        rows.into_iter().map(|row| row.action).filter(of_people).collect()
    }
}

pub(crate) fn come(to: SocketAddr, path: &str, away: &str) -> Answer {
    let mut connection = Connection::open(to);
    connection.send(format!(
        "GET {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\nCookie: yinxin-away={away}\r\nSec-Fetch-Site: cross-site\r\n\r\n"
    ));
    connection.answer()
}

/// The value of a cookie that was set and not taken away.
pub(crate) fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let begins = format!("{name}=");
    let set = answer.all("set-cookie").into_iter().find_map(|text| text.strip_prefix(&begins).map(str::to_owned));
    set.and_then(|text| text.split(';').next().map(str::to_owned)).filter(|value| !value.is_empty())
}

/// That nobody was signed in, and what the page says.
pub(crate) fn refused(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert!(cookie(answer, "yinxin-session").is_none(), "{answer:?}");
    assert!(answer.body.contains(words), "{words}: {answer:?}");
}
