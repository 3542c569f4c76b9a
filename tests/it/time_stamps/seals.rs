//! Seals of GM/T 0031-2025, which carry a time stamp of their own.

use super::{Stamping, issued::Line};
use crate::support::{
    database::Database,
    house::{self, FOOD, House, add_body, begin, food},
};
use std::sync::Arc;
use yinxin::{
    flow::{
        access::{Permit, may},
        catalogue,
        document::{Form, document},
        issue::issue,
        kind::HasKind as _,
        seal_making::{self, Look, MadeSeal, Parties, SealMakingError, SealOrder},
        time_stamps::{Obtained, TimeSource, TimeStampClient, WhenMissing},
    },
    store::seals,
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Day,
    seal::{
        Seal, SealVersion,
        make::{RoundSeal, SealFormat},
    },
    suite::Suite,
    tsp::Token,
    verify::{CheckId, Outcome, TimeSource as Proven, Verdict},
};

on_both!(
    a_seal_of_v5_is_made_and_stamps,
    one_that_crosses_borders_too,
    an_outside_authority_gives_its_time_stamp,
    without_a_time_stamp_none_is_made
);

const BODY: &str = "阜阳市市场监督管理局（演示）";

fn order(format: SealFormat) -> SealOrder {
    let round = RoundSeal {
        name: BODY.to_owned(),
        purpose: "电子证照专用章".to_owned(),
        foot_code: "3412000000001".to_owned(),
        diameter_mm: 42,
    };
    SealOrder {
        name: format!("{BODY}电子证照专用章"),
        code: "3412000000001".to_owned(),
        body_name: BODY.to_owned(),
        look: Look::Round(round),
        format,
    }
}

/// The first seal of a further body, in V5.
fn made(house: &House) -> (String, Result<MadeSeal, SealMakingError>) {
    let body = add_body(&house.issuer.store, BODY, "11341200MB0000000C");
    let permit: Permit<may::ManageSeals> = Permit::of_operator(&*body);
    let (parties, order) = (Parties::of(&house.authority), order(SealFormat::V5));
    let made = seal_making::make_with(&house.issuer, parties, &Fonts::shipped(), &permit, &order, begin());
    (body, made)
}

fn stamps(house: &House) {
    let (body, seal) = made(house);
    let seal = seal.unwrap();
    let read = Seal::parse(&seal.der).unwrap();
    assert_eq!((read.version, read.header.version), (SealVersion::V5, 5));
    assert_eq!(Token::parse(read.time_stamp.unwrap()).unwrap().time, begin());
    let (store, permit): (_, Permit<may::ManageSeals>) = (&house.issuer.store, Permit::of_operator(&*body));
    assert_eq!(store.read(|conn| seals::find(conn, &body, &seal.id)).unwrap().unwrap().der, seal.der);
    catalogue::allow(store, &permit, FOOD, &seal.id, Day::new(2026, 1, 1).unwrap(), begin()).unwrap();
    // its licences are stamps of V5, with both time stamps, and anybody finds them valid
    let issued = issue(&house.issuer, &Permit::of_operator(&*body), &[food(1)]).pop().unwrap().unwrap();
    let identifier = issued.identifier.parse().unwrap();
    let octets = document(&house.issuer, &Permit::of_operator(&*body), &identifier, Form::Ofd).unwrap();
    let report = house.issuer.verify_document(&octets).unwrap();
    let signature = &report.signatures[0];
    assert_eq!((report.verdict, signature.seal_version), (Verdict::Valid, Some(SealVersion::V5)));
    assert_eq!(signature.stamped_at.as_ref().unwrap().source, Proven::TimeStamp);
    let passed = |id| signature.checks.iter().any(|check| check.id == id && check.outcome == Outcome::Passed);
    assert!(passed(CheckId::Timestamp) && passed(CheckId::SealMakerRevocation));
    // the seal as it lies in the file is the one of the register
    let alone = house.issuer.verify_document(&seal.der).unwrap();
    assert_eq!(alone.verdict, Verdict::Valid);
}

fn a_seal_of_v5_is_made_and_stamps(database: &Database) {
    let own = |authority| Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
    stamps(&Stamping::new(database, Suite::Sm2).issuing(|issuer, authority| issuer.with_time_stamps(own(authority))));
}

fn one_that_crosses_borders_too(database: &Database) {
    let own = |authority| Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
    stamps(&Stamping::new(database, Suite::P256).issuing(|issuer, authority| issuer.with_time_stamps(own(authority))));
}

fn an_outside_authority_gives_its_time_stamp(database: &Database) {
    let stamping = Stamping::new(database, Suite::Sm2);
    let line = Line::start(Arc::clone(&stamping.authority));
    let obtained = Obtained::new(TimeSource::Line(TimeStampClient::new(line.address()).unwrap()), WhenMissing::Refuse);
    stamps(&stamping.issuing(|issuer, _| issuer.with_time_stamps(obtained)));
}

fn without_a_time_stamp_none_is_made(database: &Database) {
    let stamping = Stamping::new(database, Suite::Sm2);
    let (body, refused) = made(&stamping.house);
    let refused = refused.unwrap_err();
    assert!(matches!(refused, SealMakingError::NoTimeStamps), "{refused}");
    assert_eq!(refused.code(), "seal_refused");
    let keys = stamping.house.keys.list().unwrap().len();
    let line = Line::start(Arc::clone(&stamping.authority));
    line.answers(false);
    let silent = TimeSource::Line(TimeStampClient::new(line.address()).unwrap());
    // whatever is allowed for licences
    let untrusted = TimeSource::Own(Arc::clone(&stamping.authority));
    let house = stamping.issuing(|issuer, _| issuer.with_time_stamps(Obtained::new(silent, WhenMissing::LeaveOut)));
    let permit: Permit<may::ManageSeals> = Permit::of_operator(&*body);
    let try_again = |house: &House| {
        let (parties, order) = (Parties::of(&house.authority), order(SealFormat::V5));
        seal_making::make_with(&house.issuer, parties, &Fonts::shipped(), &permit, &order, begin()).unwrap_err()
    };
    assert_eq!(try_again(&house).code(), "time_stamp_unavailable");
    assert!(house.keys.list().unwrap().len() > keys, "keys were made by then, and stay unused");
    // an authority that nobody here trusts proves nothing
    let verifier = house::verifier(&house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
    let obtained = Obtained::new(untrusted, WhenMissing::Refuse);
    let house = house.issuing(verifier, |issuer| issuer.with_time_stamps(obtained));
    let refused = try_again(&house);
    assert!(matches!(refused, SealMakingError::NotValid(_)), "{refused}");
    assert!(refused.to_string().contains("not trusted"), "{refused}");
    let none = house.issuer.store.read(|conn| seals::list(conn, &body, "", 1)).unwrap();
    assert!(none.is_empty(), "nothing is in the register");
}
