//! Second factors: the flows on both back ends, the doors, and the commands.

mod doors;
mod flows;

use crate::support::{
    house::House,
    register::{FORM_BODY, PASSWORD, Shown, person, send},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Role},
        people::{Known, Password, Session, SignIn, SignInError},
        second_factor::{self, Demand, FactorError, Owner, RecoveryCodes, TotpSecret, step_at},
    },
};
use yinxin_trust::base::Moment;

/// A house with an authenticator app for the one who signs in.
pub(crate) struct Hall {
    pub(crate) house: House,
    pub(crate) sign_in: SignIn,
}

/// An account with its app.
pub(crate) struct Enrolled {
    owner: Owner,
    pub(crate) secret: TotpSecret,
    pub(crate) codes: RecoveryCodes,
}

impl Hall {
    pub(crate) fn new(house: House, demand: Demand) -> Self {
        let sign_in = SignIn::new(8).unwrap().with_factors(house.factors(demand));
        Self { house, sign_in }
    }

    pub(crate) fn now(&self) -> Moment {
        self.house.clock.now().unwrap()
    }

    fn person(&self, login: &str, roles: &[Role]) -> String {
        person(&self.house.issuer.store, &self.sign_in, &self.house.body, (login, login), roles, self.now())
    }

    pub(crate) fn begin(&self, login: &str, password: &str, code: &str) -> Result<Session, SignInError> {
        let password = given(password);
        self.sign_in.begin_with(&self.house.issuer.store, login, (&password, code), self.now())
    }

    pub(crate) fn known(&self, secret: &AccessSecret) -> Option<Known> {
        self.sign_in.known(&self.house.issuer.store, secret, self.now()).unwrap()
    }

    /// Signs in with the password alone and sets a second factor up.
    pub(crate) fn enrol(&self, login: &str) -> Enrolled {
        let session = self.begin(login, PASSWORD, "").unwrap().secret;
        let owner = self.known(&session).unwrap().owner();
        let store = &self.house.issuer.store;
        let begun = second_factor::begin(store, &self.sign_in, &owner, &given(PASSWORD), self.now()).unwrap();
        assert_eq!(begun.login, login);
        let code = self.code(&begun.secret);
        let digest = session.digest();
        let codes = second_factor::confirm(store, &self.sign_in, &owner, &digest, &code, self.now()).unwrap();
        Enrolled { owner, secret: begun.secret, codes }
    }

    /// What the app shows now.
    pub(crate) fn code(&self, secret: &TotpSecret) -> String {
        code_at(secret, self.now())
    }
}

pub(crate) fn given(text: &str) -> Password {
    Password::given(text.to_owned()).unwrap()
}

pub(crate) fn code_at(secret: &TotpSecret, at: Moment) -> String {
    format!("{:06}", secret.code(step_at(at)))
}

/// Another code than the one given.
pub(crate) fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 500_000) % 1_000_000)
}
