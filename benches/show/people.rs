//! Holders with a licence and a session each, and the service that they ask.

use crate::house::House;
use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
};
use yinxin::{
    clock::{Clock as _, SystemClock},
    config::Config,
    flow::{
        access::{AccessSecret, Permit, Scope},
        issue::{BATCH, issue},
        office::Office,
        tokens::{self, NewToken},
        verify::Verifier,
    },
    random,
    store::{
        StoreError,
        holders::{self, Account, Session},
    },
    web::{AppState, serve},
};
use yinxin_trust::{anchor::Anchors, base::Moment, licence::codes::CreditCode, verify::Policy};

/// 持证主体代码类型 of organisations.
const CREDIT_CODE: &str = "001";
const HOUR: i64 = 3_600_000;

pub(crate) struct People(Vec<Person>);

pub(crate) struct Person {
    /// 电子证照标识 of the one licence.
    pub(crate) identifier: String,
    /// Text of the session.
    pub(crate) session: String,
    /// What its forms bring.
    pub(crate) form_token: String,
}

pub(crate) struct Service {
    pub(crate) people: Vec<Person>,
    pub(crate) to: SocketAddr,
    /// Of a system that may redeem.
    pub(crate) token: String,
}

impl People {
    /// So many holders. They signed in: a hash a holder would take minutes and is not what is measured.
    pub(crate) fn of(house: &House, count: u32) -> Self {
        let now = SystemClock.now().unwrap().unix_milliseconds();
        let codes: Vec<String> = (0..count).map(credit_code).collect();
        let mut people = Vec::new();
        for codes in codes.chunks(BATCH) {
            let orders: Vec<_> = codes.iter().map(|code| house.order_of(code)).collect();
            let issued = issue(&house.issuer, &house.permit(), &orders);
            let mut rows = Vec::new();
            for (code, issued) in codes.iter().zip(issued) {
                let secret = AccessSecret::new(random::octets().unwrap());
                let id = random::id().unwrap();
                let account = Account {
                    code_kind: CREDIT_CODE.to_owned(),
                    code: code.clone(),
                    login: format!("bench-{code}"),
                    name: "演示建设集团有限公司".to_owned(),
                    password_hash: "none".to_owned(),
                    created_at: now,
                    disabled_at: None,
                    id: id.clone(),
                };
                let token_hash = secret.digest().octets().to_vec();
                rows.push((account, Session { token_hash, holder_id: id, created_at: now, expires_at: now + HOUR }));
                let identifier = issued.unwrap().identifier;
                let (session, form_token) = (secret.text().to_string(), secret.derived("yinxin csrf 1").to_string());
                people.push(Person { identifier, session, form_token });
            }
            let written = house.issuer.store.write(move |conn| {
                for (account, session) in &rows {
                    holders::insert(conn, account)?;
                    holders::insert_session(conn, session)?;
                }
                Ok::<_, StoreError>(())
            });
            written.unwrap();
        }
        Self(people)
    }

    /// A service over the house, which ends with the process.
    pub(crate) fn open(self, house: &House) -> Service {
        let now = SystemClock.now().unwrap();
        let expires_at = Moment::from_unix_milliseconds(now.unix_milliseconds() + HOUR).unwrap();
        let token = NewToken { name: "bench".into(), scopes: [Scope::Redeem].into(), expires_at };
        let made = tokens::create(&house.issuer.store, &Permit::of_operator(house.body()), token, now).unwrap();
        let office = Office::new(Arc::clone(&house.issuer.store), Arc::new(SystemClock), 1).unwrap();
        let office = Arc::new(office.with_issuer(Arc::clone(&house.issuer)));
        // each connection has a request in hand; none is turned away for want of a place
        let config = "[serve]\nlisten = \"127.0.0.1:0\"\n[serve.lanes]\noffice_waiting = 512\n";
        let config = Config::parse(config).unwrap();
        let verifier = Verifier::new(Anchors::not_configured(), Policy::default(), Arc::new(SystemClock));
        let state = AppState::start(&config, verifier, Some(office)).unwrap();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            serve::serve(state, |public, _| tell.send(public).map_err(std::io::Error::other)).unwrap()
        });
        Service { people: self.0, to: told.recv().unwrap(), token: made.text.to_string() }
    }
}

/// A 统一社会信用代码 of a number: its two check characters are found by trying.
fn credit_code(number: u32) -> String {
    let body = format!("91330100{number:08}");
    let ends =
        "0123456789X".chars().flat_map(|one| "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(move |two| (one, two)));
    let mut codes = ends.map(|(one, two)| format!("{body}{one}{two}"));
    codes.find(|code| code.parse::<CreditCode>().is_ok()).unwrap()
}
