//! Documents made elsewhere, stamped: the flow on both back ends, the doors, the command line, documents that stay at
//! home.

mod commands;
mod doors;
mod home;
mod losses;
mod stamping;

use crate::support::house::{House, begin};
use std::collections::BTreeSet;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, may},
        seal_uses::{self, Grantee, LedgerLine, NewGrant},
        stamps::{Place, StampError, StampOrder, Stamped, Which, stamp},
    },
    store::{seal_grants, seals},
};
use yinxin_trust::base::Moment;

/// A page that nobody signed.
pub(crate) fn unsigned() -> Vec<u8> {
    let document =
        yinxin_testkit::ofd::Document { signatures: false, ..yinxin_testkit::ofd::Document::titled("采购合同") };
    yinxin_testkit::zip::Archive::of(&document.package().files).to_bytes()
}

fn at(page: usize) -> Vec<Place> {
    vec![Place::At { page, x_mm: 20.0, y_mm: 20.0 }]
}

fn word(text: &str) -> Vec<Place> {
    vec![Place::Word { text: text.to_owned(), which: Which::Last, dx_mm: 0.0, dy_mm: 0.0 }]
}

pub(crate) fn order(seal: &str, key: &str) -> StampOrder {
    StampOrder { seal: seal.to_owned(), places: at(1), accept_uncovered: false, key: key.to_owned() }
}

fn permit(body: &str) -> Permit<may::StampDocuments> {
    Permit::of_operator(body)
}

fn now(house: &House) -> Moment {
    house.clock.now().unwrap()
}

/// The seal that a body of the house was founded with.
pub(crate) fn seal_of(house: &House, body: &str) -> String {
    house.issuer.store.read(|conn| seals::list(conn, body, "", 1)).unwrap().remove(0).id
}

/// A grant on a seal of the house to a body, for words of grants.
pub(crate) fn grant(house: &House, seal: &str, to: &str, words: &[&str], most: Option<u32>) -> String {
    let new = NewGrant {
        seal: seal.to_owned(),
        grantee: Grantee::Body(to.to_owned()),
        types: words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>(),
        most,
        from: begin(),
        until: Moment::from_unix_seconds(begin().unix_seconds() + 100_000).unwrap(),
        reason: "合同用章".to_owned(),
        document_number: "演印授〔2026〕9 号".to_owned(),
    };
    seal_uses::grant(&house.issuer.store, &Permit::of_operator(owner_of(house, seal)), new, begin()).unwrap()
}

fn owner_of(house: &House, seal: &str) -> String {
    house.issuer.store.read(|conn| seals::public_owner(conn, seal)).unwrap().unwrap()
}

/// How many stamps are counted on a grant.
fn used(house: &House, seal: &str, grant: &str) -> i64 {
    let owner = owner_of(house, seal);
    house.issuer.store.read(|conn| seal_grants::find(conn, &owner, grant)).unwrap().unwrap().used
}

fn ledger(house: &House, seal: &str) -> Vec<LedgerLine> {
    let sees = Permit::of_operator(owner_of(house, seal));
    seal_uses::ledger(&house.issuer.store, &sees, (begin(), now(house)), (0, ""), 99).unwrap().0
}

pub(crate) fn stamped(house: &House, body: &str, order: &StampOrder, document: &[u8]) -> Result<Stamped, StampError> {
    stamp(&house.issuer, &permit(body), order, document, &|_| ())
}
