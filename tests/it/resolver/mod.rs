//! Codes of other services: what a platform says at the window, and what we say to platforms that ask.

mod answering;
mod platforms;

use crate::{presentations::Counter, support::house::House};
use std::sync::Arc;
use yinxin::flow::{
    issuer::Issuer,
    resolver::{PlatformSettings, Platforms, RestOfCode},
    trust::key_pem,
};
use yinxin_testkit::keys::Key;
use yinxin_trust::{base::Sentence, sm::sm2, trust_list::ServiceKey};

/// The public half of a key of the kit, as lists and files have it.
fn public(key: &Key) -> ServiceKey {
    ServiceKey::from_sm2(&sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap())
}

/// A counter whose answers are signed and that knows one platform; `address` is where that is asked.
pub(crate) fn counter(house: House, key: &Key, address: Option<String>, may_ask: bool) -> Counter {
    let folder = crate::support::Folder::new();
    let settings = PlatformSettings {
        name: Sentence::new("安康码", "An Kang Ma"),
        prefixes: vec!["AKM:".to_owned(), "https://akm.example.gov.cn/q/".to_owned()],
        rest: RestOfCode { characters: |octet| octet.is_ascii_alphanumeric(), shortest: 4, longest: 64 },
        address,
        key: folder.file("akm.pem", key_pem(&public(key))),
        timeout_milliseconds: 400,
        may_ask,
    };
    let platforms = Platforms::open(&[settings]).unwrap();
    let status = house
        .keys
        .generate(&yinxin_hsm::KeyOrder::sm2(yinxin_hsm::Purpose::Status), crate::support::house::begin())
        .unwrap();
    let verifier = house.issuer.verifier.clone();
    let with = |issuer: Issuer| issuer.with_status_key(status.reference).with_platforms(platforms);
    Counter::new(house.issuing(verifier, with))
}

/// The verifier of a house that asks its own register, as the service has it.
fn verifier(house: &House) -> yinxin::flow::verify::Verifier {
    let register = yinxin::flow::own_register::OwnRegister::new(Arc::clone(&house.issuer), None);
    house.issuer.verifier.clone().with_register(Arc::new(register))
}
