//! Seals and stamps of GM/T 0031-2025, with time stamps inside.

use super::{Locality, SEAL_TIME, STAMPED};
use yinxin_testkit::moment;
use yinxin_trust::{
    anchor::RevocationLists,
    seal::{
        Seal, SealVersion, Stamp,
        make::{
            SealFormat, SealPlanFault, StampPlan, StampPlanFault, seal_value, stamp_value, with_seal_time_stamp,
            with_time_stamp,
        },
    },
    verify::{CheckId, Evidence, Outcome, Policy, Report, Verdict, check},
    x509::{
        RevocationReason,
        make::{CrlPlan, RevokedCertificate},
    },
};

const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";
const NOW: &str = "2027-01-01T00:00:00Z";

fn verdict(locality: &Locality, octets: &[u8], evidence: &Evidence) -> Report {
    check(&octets, &locality.anchors(), evidence, &Policy::default(), moment(NOW)).unwrap()
}

fn outcome(report: &Report, id: CheckId) -> (Outcome, &str) {
    let check = report.signatures[0].checks.iter().find(|check| check.id == id).unwrap();
    (check.outcome, &check.code)
}

#[test]
fn a_seal_of_v5_carries_its_time_stamp_and_verifies() {
    let locality = Locality::new();
    let bare = locality.bare_seal_v5();
    let octets = locality.seal_v5();
    let seal = Seal::parse(&octets).unwrap();
    assert_eq!((seal.version, seal.header.version, SealFormat::of(&seal)), (SealVersion::V5, 5, Some(SealFormat::V5)));
    assert_eq!(seal.info_raw, Seal::parse(&bare).unwrap().info_raw, "the maker's octets are those of before");
    assert!(seal.time_stamp.is_some() && seal.deviations.first().is_none());
    let report = verdict(&locality, &octets, &locality.evidence());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.signatures[0].checks);
    assert_eq!(outcome(&report, CheckId::Timestamp), (Outcome::Passed, "ok"));
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert_eq!(report.signatures[0].seal_version, Some(SealVersion::V5));
}

#[test]
fn what_makes_no_time_stamp_of_a_seal_has_its_name() {
    let locality = Locality::new();
    let bare = locality.bare_seal_v5();
    let value = seal_value(&bare).unwrap();
    let of = |seal: &[u8], token: &[u8]| with_seal_time_stamp(seal, token).unwrap_err();
    let token = locality.token(&value, SEAL_TIME);
    let of_v4 = locality.token(&seal_value(&locality.seal()).unwrap(), SEAL_TIME);
    assert_eq!(of(&locality.seal(), &of_v4), SealPlanFault::NoPlaceForTimeStamp);
    assert_eq!(of(&locality.seal_v5(), &token), SealPlanFault::NoPlaceForTimeStamp, "it has one");
    assert_eq!(of(&bare, &of_v4), SealPlanFault::TimeStampOfOther);
    assert!(matches!(of(&bare, b"no token"), SealPlanFault::TimeStamp(_)));
    // createDate later than the time stamp is invalid (step f): such a seal is not made
    let (given, created) = (moment("2026-01-31T23:59:59Z"), moment("2026-02-01T00:00:00Z"));
    let early = locality.token(&value, "2026-01-31T23:59:59Z");
    assert_eq!(of(&bare, &early), SealPlanFault::TimeStampBefore { given, created });
    assert!(with_seal_time_stamp(&bare, &locality.token(&value, "2026-02-01T00:00:00Z")).is_ok());
}

#[test]
fn no_octet_of_the_time_stamp_of_a_seal_can_change() {
    let locality = Locality::new();
    let octets = locality.seal_v5();
    let begins = locality.bare_seal_v5().len();
    let evidence = locality.evidence();
    // the root lies in the token beside the authority, and nothing rests on that copy: the anchor is trusted
    let root = locality.root.certificate.der();
    let copy = octets.windows(root.len()).position(|found| found == root).unwrap();
    for place in (begins..octets.len()).step_by(97).filter(|place| !(copy..copy + root.len()).contains(place)) {
        let mut changed = octets.clone();
        changed[place] ^= 1;
        let report = verdict(&locality, &changed, &evidence);
        let broken = Seal::parse(&changed).is_err();
        assert!(broken || outcome(&report, CheckId::Timestamp).0 != Outcome::Passed, "octet {place}");
    }
}

#[test]
fn a_stamp_is_of_the_format_of_its_seal() {
    let locality = Locality::new();
    for (seal, number) in [(locality.seal(), 4), (locality.seal_v5(), 5), (locality.bare_seal_v5(), 5)] {
        let octets = locality.stamp(StampPlan::new(&seal, moment(STAMPED), &[7; 32], PATH).unwrap());
        let stamp = Stamp::parse(&octets).unwrap();
        assert_eq!((stamp.version, stamp.seal.raw == seal), (number, true));
        let token = locality.token(&stamp_value(&octets).unwrap(), "2026-06-01T02:00:07Z");
        let whole = with_time_stamp(&octets, &token).unwrap();
        assert_eq!(with_time_stamp(&whole, &token), Err(StampPlanFault::TimeStamped));
        let report = verdict(&locality, &whole, &locality.evidence());
        assert!(report.signatures[0].value_verified);
        assert_eq!(outcome(&report, CheckId::Timestamp), (Outcome::Passed, "ok"));
        let of_seal = [CheckId::SealFormat, CheckId::SealValue, CheckId::SealMakerPath, CheckId::SealMakerRevocation];
        assert!(of_seal.iter().all(|id| outcome(&report, *id).0 == Outcome::Passed));
        assert!(!report.warnings.iter().any(|warning| warning.code == "seal.version"));
    }
}

/// The maker's certificate was revoked after the seal was made: what nothing dates could have been written then.
#[test]
fn the_time_stamp_of_a_seal_saves_it_from_a_later_revocation_of_its_maker() {
    let locality = Locality::new();
    let revoked = |at: &str| {
        let maker = RevokedCertificate {
            serial: locality.maker.certificate.serial().to_vec(),
            at: moment(at),
            reason: Some(RevocationReason::KeyCompromise),
        };
        let authority = &locality.maker_authority;
        let (from, to) = (moment("2026-12-31T00:00:00Z"), moment("2035-01-01T00:00:00Z"));
        let plan = CrlPlan::new(&authority.certificate, 2, from, to, &[maker]).unwrap();
        let signature = authority.key.sign_digest(&plan.digest().unwrap(), 0);
        let list = RevocationLists::of([plan.embed(signature).unwrap()]);
        let sound = locality.evidence();
        Evidence { revocation: sound.revocation.and(&list), ..sound }
    };
    let later = revoked("2026-07-01T00:00:00Z");
    let id = CheckId::SealMakerRevocation;
    for (seal, due) in [
        (locality.seal(), (Outcome::Failed, "revoked_unproven")),
        (locality.bare_seal_v5(), (Outcome::Failed, "revoked_unproven")),
        (locality.seal_v5(), (Outcome::Passed, "revoked_later")),
    ] {
        assert_eq!(outcome(&verdict(&locality, &seal, &later), id), due);
        // in a stamp without a time stamp of its own it is the same
        let stamp = locality.stamp(StampPlan::new(&seal, moment(STAMPED), &[7; 32], PATH).unwrap());
        assert_eq!(outcome(&verdict(&locality, &stamp, &later), id), due);
    }
    let before = revoked("2026-02-01T00:00:02Z");
    assert_eq!(outcome(&verdict(&locality, &locality.seal_v5(), &before), id), (Outcome::Failed, "revoked_unproven"));
}
