//! The service over an issuing installation of a test's own, in this process: the
//! clock is the test's.

use super::{
    house::{self, House},
    http::Answer,
    register::{JSON, PASSWORD, Shown, add_account, add_holder, person, send, session, token},
};
use serde_json::Value;
use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, mpsc},
    thread,
};
use yinxin::{
    clock::Clock as _,
    config::Config,
    flow::{
        access::{AccessSecret, Holder, Role, Scope},
        issue::Order,
        letters::Letters,
        office::Office,
        oidc::Providers,
        own_register::OwnRegister,
        people::{Known, Password},
        second_factor::{self, Demand, TotpSecret},
        verify::Verifier,
    },
    web::{AppState, serve},
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    verify::Policy,
};

/// A house with its doors open.
pub(crate) struct Desk {
    pub(crate) house: House,
    pub(crate) to: SocketAddr,
    office: Arc<Office>,
}

impl Desk {
    /// Opens a house, with more settings.
    pub(crate) fn open(house: House, settings: &str) -> Self {
        Self::opened(house, settings, |office, _| office)
    }

    /// Opens a house in which accounts may have second factors, and some must.
    pub(crate) fn with_factors(house: House, settings: &str, demand: Demand) -> Self {
        Self::opened(house, settings, |office, house| {
            let letters = Letters::new(house.place.clone(), None);
            office.with_factors(house.factors(demand)).with_letters(Arc::new(letters))
        })
    }

    /// Opens a house at an origin of its own, with what else is done to its office.
    pub(crate) fn at_origin(
        house: House,
        settings: impl FnOnce(&str) -> String,
        with: impl FnOnce(Office, &House) -> Office,
    ) -> Self {
        // free a moment ago
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self::opened_at(house, &port.to_string(), &settings(&format!("http://{port}")), with)
    }

    /// Opens a house whose window and public page verify files by other anchors, with the lists beside them.
    pub(crate) fn verifying_by(house: House, anchors: &[u8]) -> Self {
        let (lists, known) = (RevocationLists::beside_anchors(anchors).unwrap(), Anchors::from_pem(anchors).unwrap());
        let verifier = Verifier::new(known, Policy::default(), Arc::clone(&house.clock) as _).with_revocation(lists);
        Self::opened_by(house, "127.0.0.1:0", "", |office, _| office, verifier)
    }

    fn opened(house: House, settings: &str, with: impl FnOnce(Office, &House) -> Office) -> Self {
        Self::opened_at(house, "127.0.0.1:0", settings, with)
    }

    fn opened_at(house: House, at: &str, settings: &str, with: impl FnOnce(Office, &House) -> Office) -> Self {
        let verifier = house::verifier(&house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
        Self::opened_by(house, at, settings, with, verifier)
    }

    fn opened_by(
        house: House,
        at: &str,
        settings: &str,
        with: impl FnOnce(Office, &House) -> Office,
        verifier: Verifier,
    ) -> Self {
        let config = Config::parse(&format!("[serve]\nlisten = \"{at}\"\n{settings}")).unwrap();
        let store = Arc::clone(&house.issuer.store);
        let office = Office::new(store, Arc::clone(&house.clock) as _, 8).unwrap();
        let office = office
            .with_presentations(config.access.presentation_seconds, config.access.offline_hours)
            .with_copy_days(config.access.copy_days);
        let office = match config.access.origin.as_deref().filter(|_| !config.oidc.is_empty()) {
            Some(origin) => office.with_providers(Arc::new(Providers::new(&config.oidc, origin).unwrap())),
            None => office,
        };
        let office = Arc::new(with(office.with_issuer(Arc::clone(&house.issuer)), &house));
        let verifier = verifier.with_register(Arc::new(OwnRegister::new(Arc::clone(&house.issuer), None)));
        let state = AppState::start(&config, verifier, Some(Arc::clone(&office))).unwrap();
        let (tell, told) = mpsc::channel();
        // ends with the process
        thread::spawn(move || {
            serve::serve(state, |public, _| tell.send(public).map_err(std::io::Error::other)).unwrap();
        });
        let to = told.recv().unwrap();
        // the service hides the words of panics, a test wants them
        drop(std::panic::take_hook());
        Self { house, to, office }
    }

    /// A token of a body.
    pub(crate) fn token(&self, body: &str, scopes: &[Scope]) -> Shown {
        token(&self.house.issuer.store, body, scopes, self.house.clock.now().unwrap()).0
    }

    /// Enters a person of a body under a name.
    pub(crate) fn person(&self, body: &str, login: &str, name: &str, roles: &[Role]) {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        person(store, &self.office.sign_in, body, (login, name), roles, now);
    }

    /// Enters an account of a holder, of an organisation's code.
    pub(crate) fn holder(&self, login: &str, code: &str) {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        add_holder(store, &self.office.sign_in, login, code, now);
    }

    /// Enters an account by kind of code, code and name.
    pub(crate) fn account(&self, login: &str, of: (&str, &str, &str)) {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        add_account(store, &self.office.sign_in, login, of, now);
    }

    /// Who that is once they have signed in.
    pub(crate) fn known_holder(&self, login: &str) -> Holder {
        let Shown::Cookie(text) = self.session(login) else { panic!("no session") };
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        match self.office.sign_in.known(store, &AccessSecret::parse(&text).unwrap(), now).unwrap() {
            Some(Known::Holder(holder)) => holder,
            other => panic!("{other:?}"),
        }
    }

    /// Whose session that is.
    pub(crate) fn known(&self, secret: &AccessSecret) -> Option<Known> {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        self.office.sign_in.known(store, secret, now).unwrap()
    }

    /// Sets a second factor up for an account that signs in; its secret.
    pub(crate) fn enrol(&self, login: &str) -> TotpSecret {
        let Shown::Cookie(text) = self.session(login) else { panic!("no session") };
        let secret = AccessSecret::parse(&text).unwrap();
        let owner = self.known(&secret).unwrap().owner();
        let (store, sign_in, now) = (&self.house.issuer.store, &self.office.sign_in, self.house.clock.now().unwrap());
        let password = Password::given(PASSWORD.to_owned()).unwrap();
        let begun = second_factor::begin(store, sign_in, &owner, &password, now).unwrap();
        let code = format!("{:06}", begun.secret.code(second_factor::step_at(now)));
        second_factor::confirm(store, sign_in, &owner, &secret.digest(), &code, now).unwrap();
        begun.secret
    }

    /// The cookie of somebody who signs in.
    pub(crate) fn session(&self, login: &str) -> Shown {
        session(&self.house.issuer.store, &self.office.sign_in, login, self.house.clock.now().unwrap())
    }

    /// A person of a body, signed in.
    pub(crate) fn signed_in(&self, body: &str, login: &str, roles: &[Role]) -> Shown {
        self.person(body, login, login, roles);
        self.session(login)
    }

    pub(crate) fn get(&self, path: &str, shown: &Shown) -> Answer {
        send(self.to, "GET", path, shown, "", "")
    }

    pub(crate) fn post(&self, path: &str, shown: &Shown, body: &Value) -> Answer {
        send(self.to, "POST", path, shown, JSON, &body.to_string())
    }

    /// Issues by the API.
    pub(crate) fn issue(&self, shown: &Shown, order: &Order) -> Value {
        let answer = self.post("/api/v1/licences", shown, &serde_json::to_value(order).unwrap());
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }
}
