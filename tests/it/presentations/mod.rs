//! Holders show licences by codes, and others redeem them: the flows on both back ends,
//! and the doors.

pub(crate) mod at_window;
mod doors;
mod flows;
mod kits;
mod later_change;
mod objections;
mod together;
mod uses;

use crate::support::{
    house::House,
    register::{self, Shown as Credentials},
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit, Scope, may},
        own_register::OwnRegister,
        people::SignIn,
        presentations::{Choice, PresentationError, Presentations, Redeemed, RedemptionOrder, Shown, redeem, show},
        tokens, window,
    },
};

/// The holder of every licence that [`crate::support::house::food`] makes.
pub(crate) const FOOD_HOLDER: &str = "11100000MB0143028R";

/// A house with what showing needs.
pub(crate) struct Counter {
    pub(crate) house: House,
    pub(crate) sign_in: SignIn,
    pub(crate) desk: Presentations,
}

impl Counter {
    pub(crate) fn new(house: House) -> Self {
        Self { house, sign_in: SignIn::new(8).unwrap(), desk: Presentations::new(60, 24) }
    }

    /// A holder who signed in, of an organisation's code.
    pub(crate) fn holder(&self, login: &str, code: &str) -> Holder {
        let now = self.house.clock.now().unwrap();
        register::holder(&self.house.issuer.store, &self.sign_in, login, code, now)
    }

    /// A window with what it verifies by, the own register first.
    pub(crate) fn at_window<T>(&self, job: impl FnOnce(&window::Counter<'_>) -> T) -> T {
        let issuer = &self.house.issuer;
        let register = Arc::new(OwnRegister::new(Arc::clone(issuer), None));
        let verifier = issuer.verifier.clone().with_register(register);
        job(&window::Counter { issuer, verifier: &verifier, presentations: &self.desk })
    }

    /// A scanner of a body, by a token.
    pub(crate) fn scanner(&self, body: &str) -> Permit<may::Redeem> {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        let (Credentials::Bearer(text), _) = register::token(store, body, &[Scope::Redeem], now) else {
            panic!("no token");
        };
        let secret = tokens::parse(&text).unwrap();
        tokens::caller(store, &secret, now).unwrap().unwrap().permit().unwrap()
    }

    pub(crate) fn show(&self, holder: &Holder, identifier: &str, fields: &[&str]) -> Result<Shown, PresentationError> {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        let choice = Choice { fields, purpose: "接受检查".parse().unwrap() };
        show(&self.house.issuer, &self.desk, holder, &identifier.parse().unwrap(), &choice)
    }

    pub(crate) fn redeem(
        &self,
        by: &Permit<may::Redeem>,
        code: &str,
        scan: &str,
    ) -> Result<Redeemed, PresentationError> {
        let order = RedemptionOrder {
            code: code.to_owned(),
            scan_id: scan.to_owned(),
            window: Some("3 号窗口".to_owned()),
            purpose: None,
            disclosure: false,
        };
        redeem(&self.house.issuer, &self.desk, by, &order)
    }
}

/// The code at the end of an address.
pub(crate) fn code_of(shown: &Shown) -> String {
    let (_, code) = shown.address.rsplit_once('/').unwrap();
    code.to_owned()
}
