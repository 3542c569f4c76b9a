//! Chosen fields of a licence, as a file that verifies by the issuer's stamp: made, altered in every
//! way, judged by others; and the classes of the catalogue, in every view.

mod attacks;
mod doors;
mod flows;
mod judge;
mod views;

use crate::{
    presentations::Counter,
    support::{
        database::Database,
        house::{House, masked_person_type, of_a_person, person_type},
        register,
    },
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{access::Holder, disclosures, issue::issue, own_register::OwnRegister, presentations::PresentationError},
};
use yinxin_trust::{disclosure::Disclosure, verify::Report};

/// Names of fields that are always there.
const FRAME: [&str; 4] = ["ZZLXMC", "ZZLXDM", "ZZBFJG", "ZZBFJGDM"];

/// Whose licence it is, and a number that is nobody's.
const NAME: &str = "张小满";
const CITIZEN: &str = "11010519491231002X";

/// A house with a person's licence, whose fields have every class.
struct Scene {
    counter: Counter,
    identifier: String,
    holder: Holder,
    kind: String,
}

impl Scene {
    fn new(database: &Database) -> Self {
        Self::of(House::new(database))
    }

    fn of(house: House) -> Self {
        let kind = person_type(&house);
        Self::of_kind(house, kind)
    }

    fn of_masked(house: House) -> Self {
        let kind = masked_person_type(&house);
        Self::of_kind(house, kind)
    }

    fn of_kind(house: House, kind: String) -> Self {
        let counter = Counter::new(house);
        let identifier = issued(&counter, &kind, 1);
        let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
        register::add_citizen(store, &counter.sign_in, "zhang", (NAME, CITIZEN), now);
        let holder = register::known_holder(store, &counter.sign_in, "zhang", now);
        Self { counter, identifier, holder, kind }
    }

    fn disclose(&self, names: &[&str]) -> Result<Vec<u8>, PresentationError> {
        self.disclose_of(&self.identifier, names)
    }

    fn disclose_of(&self, identifier: &str, names: &[&str]) -> Result<Vec<u8>, PresentationError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let Counter { house, desk, .. } = &self.counter;
        disclosures::disclose(&house.issuer, desk, &self.holder, &identifier.parse().unwrap(), &names)
    }

    /// As anybody verifies who can ask the register.
    fn verify(&self, file: &[u8]) -> Report {
        let issuer = &self.counter.house.issuer;
        let register = OwnRegister::new(Arc::clone(issuer), None);
        let verifier = issuer.verifier.clone().with_register(Arc::new(register));
        verifier.verify(&file, None).unwrap()
    }
}

fn issued(counter: &Counter, kind: &str, n: u32) -> String {
    let order = of_a_person(kind, n, NAME, CITIZEN);
    issue(&counter.house.issuer, &counter.house.may_issue(), &[order]).remove(0).unwrap().identifier
}

/// The names in a file, in their order.
fn names(file: &[u8]) -> Vec<String> {
    Disclosure::read(file).unwrap().fields.into_iter().map(|one| one.field.name).collect()
}
