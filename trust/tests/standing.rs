//! What a register's answer does to a report.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    damage::replace,
    moment,
    ofd::{Document, Plan},
    seal::{Seal, Stamp, Version},
    shipped,
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::{Day, Limits},
    licence::{
        Expiry,
        identifier::LicenceIdentifier,
        state::{End, State},
    },
    ofd::Package,
    sm::sm3,
    verify::{
        CheckId, Evidence, Outcome, Policy, RegisterAnswer, Registered, Report, StandingState, Verdict, check,
        licence_identifier,
    },
};

const NOW: &str = "2026-11-21T00:00:00Z";
const REGISTER: &str = "演示市证照登记库";

fn licence(document: &Document) -> Vec<u8> {
    let pki = shipped::pki();
    let at = moment("2026-06-01T02:00:00Z");
    let mut package = document.package();
    package.stamp(&Plan::at(at), &Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, at));
    package.to_bytes()
}

fn judge(octets: &[u8], answer: Option<RegisterAnswer>, anchors: &Anchors) -> Report {
    let bundle = shipped::anchors_pem(&shipped::pki());
    let revocation = RevocationLists::beside_anchors(bundle.as_bytes()).unwrap();
    check(
        &octets,
        anchors,
        &Evidence { revocation, standing: answer, ..Evidence::default() },
        &Policy::default(),
        moment(NOW),
    )
    .unwrap()
}

fn anchors() -> Anchors {
    Anchors::from_pem(shipped::anchors_pem(&shipped::pki()).as_bytes()).unwrap()
}

fn identifier_of(octets: &[u8]) -> LicenceIdentifier {
    licence_identifier(&octets, &Limits::default()).unwrap()
}

fn known(identifier: &LicenceIdentifier, state: State) -> Registered {
    Registered {
        identifier: identifier.clone(),
        state,
        since: Day::new(2026, 6, 1).unwrap(),
        until: Expiry::After(Day::new(2031, 5, 31).unwrap()),
        version: identifier.version(),
        document_sm3: None,
        as_of: moment("2026-11-20T23:59:00Z"),
        source: REGISTER.to_owned(),
        signed: None,
    }
}

fn answer(known: Registered) -> Option<RegisterAnswer> {
    Some(RegisterAnswer::Known(Box::new(known)))
}

fn registered(report: &Report) -> (Outcome, &str) {
    let check = report.checks.iter().find(|check| check.id == CheckId::LicenceRegistered).unwrap();
    (check.outcome, check.code.as_str())
}

#[test]
fn the_identifier_is_read_before_the_document_is_checked() {
    let octets = licence(&shipped::licence_document());
    let identifier = identifier_of(&octets);
    let report = judge(&octets, None, &anchors());
    let facts = report.licence.unwrap();
    assert_eq!(facts.identifier.as_deref(), Some(identifier.as_str()));
    assert_eq!(facts.type_name.as_deref(), Some("食品经营许可证"));
    assert_eq!(facts.holder.as_deref(), Some("演示市小满面馆（个体工商户）"));
    assert_eq!(facts.valid_until, Some(Expiry::After(Day::new(2031, 5, 31).unwrap())));
    assert_eq!(licence_identifier(&licence(&Document::titled("一份文件")).as_slice(), &Limits::default()), None);
    for octets in [&b""[..], b"PK", b"PK\x03\x04", b"0\x82\x01\x00"] {
        assert_eq!(licence_identifier(&octets, &Limits::default()), None);
    }
}

#[test]
fn every_state_of_the_register_is_told_and_leaves_the_verdict() {
    use StandingState as S;
    let octets = licence(&shipped::licence_document());
    let identifier = identifier_of(&octets);
    for (state, due) in [
        (State::NotYetInForce, S::NotYet),
        (State::InForce, S::InForce),
        (State::Suspended, S::Suspended),
        (State::Ended(End::Expired), S::Expired),
        (State::Ended(End::Revoked), S::Revoked),
        (State::Ended(End::Cancelled), S::Cancelled),
        (State::Ended(End::Withdrawn), S::Withdrawn),
        (State::Ended(End::TransferredOut), S::Transferred),
        (State::Ended(End::Superseded), S::Superseded),
    ] {
        for (anchors, verdict) in [(anchors(), Verdict::Valid), (Anchors::not_asked(), Verdict::Intact)] {
            let report = judge(&octets, answer(known(&identifier, state)), &anchors);
            assert_eq!((report.verdict, report.standing.state), (verdict, due));
            assert_eq!(registered(&report), (Outcome::Passed, "ok"));
            assert_eq!(report.standing.source.as_deref(), Some(REGISTER));
            assert_eq!(report.standing.as_of, Some(moment("2026-11-20T23:59:00Z")));
        }
    }
}

#[test]
fn what_no_register_vouches_for_is_never_in_force() {
    let octets = licence(&shipped::licence_document());
    let run = |answer| judge(&octets, answer, &anchors());
    let (as_of, source) = (moment(NOW), || REGISTER.to_owned());
    let report = run(Some(RegisterAnswer::NotRegistered { as_of, source: source() }));
    assert_eq!((report.verdict, report.reason), (Verdict::Valid, None), "genuine it is");
    assert_eq!(
        (registered(&report), report.standing.state),
        ((Outcome::Failed, "not_registered"), StandingState::NotRegistered)
    );

    let identifier = identifier_of(&octets);
    let other = identifier.as_str().replace("JY29900990001174", "JY29900990001175");
    let other = LicenceIdentifier::build(
        &identifier.type_code(),
        &identifier.issuer().parse().unwrap(),
        other.split('.').nth(7).unwrap(),
        identifier.version(),
    );
    for (answer, code) in [
        (None, "not_configured"),
        (Some(RegisterAnswer::Unreachable { source: source() }), "register_unreachable"),
        (Some(RegisterAnswer::TooOld { as_of, source: source() }), "answer_too_old"),
        (Some(RegisterAnswer::NotCompetent { source: source() }), "register_not_competent"),
        (answer(known(&other.unwrap(), State::InForce)), "other_licence"),
    ] {
        let report = run(answer);
        assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::Unknown), "{code}");
        assert_eq!(registered(&report), (Outcome::Skipped, code));
    }
}

#[test]
fn versions_and_documents_that_the_register_does_not_mean() {
    let octets = licence(&shipped::licence_document());
    let identifier = identifier_of(&octets);
    let run = |known| judge(&octets, answer(known), &anchors());
    let next = identifier.version().next().unwrap();
    for (state, due) in [
        (State::InForce, StandingState::Superseded),
        (State::Suspended, StandingState::Superseded),
        (State::Ended(End::Revoked), StandingState::Revoked),
        (State::Ended(End::Withdrawn), StandingState::Withdrawn),
    ] {
        let report = run(Registered { version: next, ..known(&identifier, state) });
        assert_eq!((registered(&report).0, report.standing.state), (Outcome::Passed, due));
    }
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let own = sm3::digest(&package.read("Doc_0/Signs/Sign_0/Signature.xml").unwrap());
    let report = run(Registered { document_sm3: Some(own), ..known(&identifier, State::InForce) });
    assert_eq!((registered(&report), report.standing.state), ((Outcome::Passed, "ok"), StandingState::InForce));
    let report = run(Registered { document_sm3: Some([0; 32]), ..known(&identifier, State::InForce) });
    assert_eq!(registered(&report), (Outcome::Failed, "other_document"));
    assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::NotRegistered));

    let newer = identifier.with_version(next).unwrap();
    let mut document = shipped::licence_document();
    document.custom_datas[0].1 = newer.as_str().to_owned();
    let report = judge(&licence(&document), answer(known(&identifier, State::InForce)), &anchors());
    assert_eq!(registered(&report), (Outcome::Indeterminate, "version_unknown"));
    assert_eq!(report.standing.state, StandingState::Unknown);
}

#[test]
fn a_document_that_does_not_hold_never_gets_a_standing() {
    let pki = shipped::pki();
    let at = moment("2026-06-01T02:00:00Z");
    let mut package = shipped::licence_document().package();
    package.stamp(&Plan::at(at), &Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, at));
    let identifier = identifier_of(&package.to_bytes());
    package.edit("Doc_0/Pages/Page_0/Content.xml", |page| {
        replace(page, "2031 年 5 月".as_bytes(), "2039 年 5 月".as_bytes())
    });
    let unsigned = Document { signatures: false, ..shipped::licence_document() }.package().to_bytes();
    for (octets, anchors, verdict) in [
        (package.to_bytes(), anchors(), Verdict::Invalid),
        (unsigned, anchors(), Verdict::Unsigned),
        (licence(&shipped::licence_document()), Anchors::not_configured(), Verdict::Indeterminate),
    ] {
        let report = judge(&octets, answer(known(&identifier, State::InForce)), &anchors);
        assert_eq!((report.verdict, report.standing.state), (verdict, StandingState::Unknown));
        assert_eq!(registered(&report), (Outcome::Skipped, "not_genuine"));
        assert_eq!(report.standing.as_of, None);
    }
}
