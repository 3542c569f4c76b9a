//! The office in this process, over an issuing installation of the test's own.

use super::{
    house::{self, House},
    register::{PASSWORD, Shown},
};
use std::{
    net::SocketAddr,
    sync::{Arc, mpsc},
    thread,
};
use yinxin::{
    clock::Clock as _,
    config::Config,
    flow::{
        access::{Permit, Role},
        office::Office,
        people::{self, NewPerson, Password},
    },
    web::{AppState, serve},
};

/// A house whose pages are served.
pub(crate) struct OpenHouse {
    pub(crate) house: House,
    pub(crate) to: SocketAddr,
    pub(crate) office: Arc<Office>,
}

impl OpenHouse {
    pub(crate) fn new(house: House) -> Self {
        let config = Config::parse("[serve]\nlisten = \"127.0.0.1:0\"").unwrap();
        let store = Arc::clone(&house.issuer.store);
        let office = Office::new(store, Arc::clone(&house.clock) as _, 8).unwrap();
        let office = Arc::new(office.with_issuer(Arc::clone(&house.issuer)));
        let verifier = house::verifier(&house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
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

    /// Enters a person of a body under a name; gives their id.
    pub(crate) fn person(&self, body: &str, login: &str, name: &str, roles: &[Role]) -> String {
        let person = NewPerson {
            login: login.parse().unwrap(),
            name: name.to_owned(),
            password: Password::chosen(PASSWORD.into()).unwrap(),
            roles: roles.iter().copied().collect(),
        };
        let (passwords, now) = (self.office.sign_in.passwords(), self.house.clock.now().unwrap());
        people::create(&self.office.store, &Permit::of_operator(body), passwords, person, now).unwrap()
    }

    /// The cookie of somebody who signs in.
    pub(crate) fn session(&self, login: &str) -> Shown {
        let (password, now) = (Password::given(PASSWORD.into()).unwrap(), self.house.clock.now().unwrap());
        let session = self.office.sign_in.begin(&self.office.store, login, &password, now).unwrap();
        Shown::Cookie(session.secret.text().to_string())
    }
}
