//! Seals, their pictures, and stamps.

use super::{BODY, Locality, STAMPED};
use yinxin_testkit::{
    moment, pki as kit, png,
    seal::{Seal as WrongSeal, Version},
};
use yinxin_trust::{
    seal::{
        Seal, SealVersion, Stamp, TimeInfo,
        make::{SealDraft, SealPicture, SealPlan, SealPlanFault, StampPlan, StampPlanFault},
    },
    suite::ValueFault,
    verify::{CheckId, Outcome, Policy, Verdict, check},
    x509::Certificate,
};

const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";

#[test]
fn a_seal_says_what_was_planned_and_verifies() {
    let locality = Locality::new();
    let draft = locality.seal_draft();
    let octets = locality.seal();
    let seal = Seal::parse(&octets).unwrap();
    assert_eq!((seal.version, seal.header.version, &*seal.id), (SealVersion::V4, 4, "99000000000001"));
    assert_eq!(seal.property.name, draft.name);
    assert_eq!((seal.property.created, seal.property.valid_to), (draft.created, draft.valid_to));
    assert_eq!((&*seal.picture.kind, seal.picture.width_mm, seal.picture.data), ("SVG", 42, draft.picture.octets()));
    assert!(seal.lists(locality.stamper.certificate.der()) && !seal.lists(locality.maker.certificate.der()));
    assert!(seal.deviations.first().is_none());
    assert_eq!(octets, locality.seal(), "the same plan and signature give the same octets");
    let report =
        check(&octets, &locality.anchors(), &locality.evidence(), &Policy::default(), moment(STAMPED)).unwrap();
    for id in
        [CheckId::SealFormat, CheckId::SealValue, CheckId::SealPeriod, CheckId::SealMakerPath, CheckId::SealMakerPeriod]
    {
        let found = report.signatures[0].checks.iter().find(|check| check.id == id).unwrap();
        assert_eq!(found.outcome, Outcome::Passed, "{id}");
    }
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
}

#[test]
fn a_png_is_taken_too() {
    let locality = Locality::new();
    let picture = SealPicture::from_png(&png::round_seal(), 42, 42).unwrap();
    let plan = SealPlan::new(&SealDraft { picture, ..locality.seal_draft() }).unwrap();
    let signature = locality.maker.key.sign_digest(&plan.digest(&locality.maker.certificate).unwrap(), 0);
    let octets = plan.embed(&locality.maker.certificate, signature).unwrap();
    assert_eq!(Seal::parse(&octets).unwrap().picture.kind, "PNG");
}

#[test]
fn seal_plans_refuse_by_name() {
    let locality = Locality::new();
    let sound = || locality.seal_draft();
    let of = |draft: SealDraft| SealPlan::new(&draft).map(|_| ());
    assert_eq!(of(sound()), Ok(()));
    let id = SealPlanFault::Ascii { field: "id", limit: 64 };
    assert_eq!(of(SealDraft { id: "章".to_owned(), ..sound() }), Err(id));
    let vendor = SealPlanFault::Ascii { field: "vendor", limit: 32 };
    assert_eq!(of(SealDraft { vendor: String::new(), ..sound() }), Err(vendor));
    assert_eq!(of(SealDraft { name: String::new(), ..sound() }), Err(SealPlanFault::Name));
    assert_eq!(of(SealDraft { name: "a\u{0}".to_owned(), ..sound() }), Err(SealPlanFault::Name));
    assert_eq!(of(SealDraft { kind: 0, ..sound() }), Err(SealPlanFault::Kind));
    assert_eq!(of(SealDraft { signers: Vec::new(), ..sound() }), Err(SealPlanFault::NoSigner));
    let twice = vec![locality.stamper.certificate.clone(), locality.stamper.certificate.clone()];
    assert_eq!(of(SealDraft { signers: twice, ..sound() }), Err(SealPlanFault::SignerTwice(BODY.to_owned())));
    let authority = vec![locality.root.certificate.clone()];
    let refused = of(SealDraft { signers: authority, ..sound() });
    assert_eq!(refused, Err(SealPlanFault::SignerUsage("演示根证书".to_owned())));
    assert_eq!(of(SealDraft { valid_to: sound().valid_from, ..sound() }), Err(SealPlanFault::Inverted));
    let late = moment("2028-12-31T00:00:00Z");
    assert_eq!(of(SealDraft { created: late, ..sound() }), Err(SealPlanFault::CreatedAfterEnd));
    let after = SealPlanFault::AfterCertificate { field: "validEnd", signer: BODY.to_owned() };
    assert_eq!(of(SealDraft { valid_to: moment("2029-01-01T00:00:00Z"), ..sound() }), Err(after));
}

#[test]
fn makers_are_refused_by_name() {
    let locality = Locality::new();
    let maker = &locality.maker;
    let plan = || SealPlan::new(&locality.seal_draft()).unwrap();
    assert_eq!(plan().digest(&locality.maker_authority.certificate), Err(SealPlanFault::MakerUsage));
    let early = SealDraft { created: moment("2024-12-31T00:00:00Z"), ..locality.seal_draft() };
    assert_eq!(SealPlan::new(&early).unwrap().digest(&maker.certificate), Err(SealPlanFault::MakerPeriod));
    let others = locality.stamper.key.sign(plan().to_be_signed(), 0);
    assert_eq!(plan().embed(&maker.certificate, others), Err(SealPlanFault::WrongSignature));
}

#[test]
fn a_stamp_says_what_was_planned_and_every_check_but_one_passes_in_rehearsal() {
    let locality = Locality::new();
    let plan = || StampPlan::new(&locality.seal(), moment("2026-06-01T02:00:00.999Z"), &[7; 32], PATH).unwrap();
    let octets = locality.stamp(plan());
    let stamp = Stamp::parse(&octets).unwrap();
    assert_eq!(stamp.time, TimeInfo::Claimed(moment(STAMPED)));
    assert_eq!((stamp.version, &*stamp.data_hash, &*stamp.property_info), (4, &[7; 32][..], PATH));
    let verdict = |octets: &Vec<u8>| {
        check(octets, &locality.anchors(), &locality.evidence(), &Policy::default(), moment(STAMPED)).unwrap()
    };
    assert!(verdict(&octets).signatures[0].value_verified);
    let rehearsal = verdict(&plan().rehearse(&locality.stamper.certificate).unwrap());
    let failed: Vec<CheckId> =
        rehearsal.signatures[0].checks.iter().filter(|c| c.outcome == Outcome::Failed).map(|c| c.id).collect();
    assert_eq!((rehearsal.verdict, failed), (Verdict::Invalid, vec![CheckId::SignatureValue]));
}

#[test]
fn stamp_plans_refuse_what_verification_would() {
    let locality = Locality::new();
    let seal = locality.seal();
    let of = |seal: &[u8], at, property| StampPlan::new(seal, moment(at), &[7; 32], property).map(|_| ());
    assert_eq!(of(&seal, STAMPED, PATH), Ok(()));
    assert_eq!(of(&seal, STAMPED, ""), Err(StampPlanFault::Property));
    assert_eq!(of(&seal, STAMPED, "/章"), Err(StampPlanFault::Property));
    for at in ["2026-01-31T23:59:59Z", "2028-12-30T16:00:00Z"] {
        assert_eq!(of(&seal, at, PATH), Err(StampPlanFault::SealPeriod(moment(at))));
    }
    assert!(matches!(of(b"0\0", STAMPED, PATH), Err(StampPlanFault::Seal(_))));
    let mut changed = seal.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(of(&changed, STAMPED, PATH), Err(StampPlanFault::SealValue(ValueFault::Wrong)));
    // seals that the kit makes: another generation, and not strict
    let pki = kit::Pki::new("making", BODY, kit::Period::years(2024, 2035));
    assert_eq!(of(&WrongSeal::of(Version::V1, &pki).make(), STAMPED, PATH), Err(StampPlanFault::SealVersion));
    let loose = WrongSeal { time_form: yinxin_testkit::seal::TimeForm::NoZone, ..WrongSeal::of(Version::V4, &pki) };
    assert_eq!(of(&loose.make(), STAMPED, PATH), Err(StampPlanFault::SealDeviates));
    assert_eq!(of(&WrongSeal::of(Version::V4, &pki).make(), STAMPED, PATH), Ok(()));
}

#[test]
fn signers_are_refused_by_name() {
    let locality = Locality::new();
    let plan = |at| StampPlan::new(&locality.seal(), moment(at), &[7; 32], PATH).unwrap();
    let stranger = &locality.maker;
    let not_listed = StampPlanFault::NotListed("演示制章系统".to_owned());
    assert_eq!(plan(STAMPED).digest(&stranger.certificate), Err(not_listed.clone()));
    assert_eq!(plan(STAMPED).rehearse(&stranger.certificate), Err(not_listed));
    let others = stranger.key.sign(plan(STAMPED).to_be_signed(), 0);
    assert_eq!(plan(STAMPED).embed(&locality.stamper.certificate, others), Err(StampPlanFault::WrongSignature));
    // listed, but out of its period, or not for signing
    for (defect, at) in [(kit::Defect::NotYetValid, STAMPED), (kit::Defect::EncryptionOnly, STAMPED)] {
        let pki = kit::Pki::new("making", BODY, kit::Period::years(2024, 2035)).with(defect);
        let plan = StampPlan::new(&WrongSeal::of(Version::V4, &pki).make(), moment(at), &[7; 32], PATH).unwrap();
        let signer = Certificate::from_der(&pki.stamper.der).unwrap();
        let refused = plan.digest(&signer).unwrap_err();
        let due = match defect {
            kit::Defect::NotYetValid => StampPlanFault::SignerPeriod { signer: BODY.to_owned(), at: moment(at) },
            _ => StampPlanFault::SignerUsage(BODY.to_owned()),
        };
        assert_eq!(refused, due);
    }
}
