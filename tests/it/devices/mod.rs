//! Windows as devices with keys of their own: the flows on both back ends, and the doors.

mod doors;
mod flows;
mod guessing;
mod places;
mod required;

use crate::{
    presentations::Counter,
    support::register::{PASSWORD, person},
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Caller, Permit, Role},
        devices::{self, DeviceKind},
        people::Password,
    },
};

/// A browser with a key of its own.
pub(crate) struct Browser(EcdsaKeyPair);

impl Browser {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    fn key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn signed(&self, message: &[u8]) -> String {
        hex::encode(self.0.sign(&SystemRandom::new(), message).unwrap().as_ref())
    }

    /// What it sends to leave its key.
    pub(crate) fn enrolment(&self, code: &str) -> Value {
        let plain: String = code.chars().filter(|c| *c != '-').collect();
        let message = [b"yinxin device enrolment 1\0", plain.to_ascii_uppercase().as_bytes(), self.key()].concat();
        json!({ "code": code, "key": hex::encode(self.key()), "proof": self.signed(&message) })
    }

    /// What it sends to show that it is there.
    pub(crate) fn presence(&self, device: &str, challenge: &str) -> Value {
        let message = [b"yinxin device presence 1\0", challenge.as_bytes(), device.as_bytes()].concat();
        json!({ "device": device, "challenge": challenge, "proof": self.signed(&message) })
    }
}

/// A browser that is enrolled for a window of the house, and the device's id.
fn enrolled_for(counter: &Counter, window: &str) -> (Browser, String) {
    let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
    let permit = Permit::of_operator(&*counter.house.body);
    let entered = devices::enter(store, &permit, (DeviceKind::Window, "柜台电脑", window), now).unwrap();
    let browser = Browser::new();
    devices::enrol(store, &read(browser.enrolment(&entered.code)), now).unwrap();
    (browser, entered.id)
}

/// A clerk who signs in, at a device or at none.
fn clerk_at(counter: &Counter, login: &str, place: Option<&(Browser, String)>) -> (Caller, AccessSecret) {
    let Counter { house, sign_in, .. } = counter;
    let (store, now) = (&house.issuer.store, house.clock.now().unwrap());
    person(store, sign_in, &house.body, (login, login), &[Role::Clerk], now);
    let password = Password::given(PASSWORD.into()).unwrap();
    let secret = sign_in.begin(store, login, &password, now).unwrap().secret;
    if let Some((browser, device)) = place {
        let owner = sign_in.known(store, &secret, now).unwrap().unwrap().owner();
        let challenge = devices::challenge(store, &secret.digest(), now).unwrap();
        let presence = read(browser.presence(device, &challenge));
        devices::appear(store, &owner, &secret.digest(), presence, now).unwrap();
    }
    (sign_in.caller(store, &secret, now).unwrap().unwrap(), secret)
}

/// What a browser sends, as a flow takes it.
fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}
