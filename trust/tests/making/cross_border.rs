//! The cross-border profile: the same things in P-256, valid only where the anchors
//! allow that, and warned of always (`docs/adr/0021-cross-border-suite.md`).

use super::{BODY, Locality, STAMPED, packages, profile, serial, subject};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use yinxin_testkit::{keys::Key, moment, pki};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    asn1::{bit_string, object_identifier, oids, sequence},
    ofd::write::StampingPlan,
    seal::{
        Seal, Stamp,
        make::{SealDraft, SealPlan, SealPlanFault, StampPlan, StampPlanFault},
    },
    sm::sm3,
    suite::{PublicKey, SignatureValue, Suite},
    verify::{CheckId, Evidence, Outcome, Policy, Report, Subindication, Verdict, check},
    x509::{
        Certificate, Crl, RevocationReason, build_path,
        make::{CertificatePlan, CrlPlan, Issuer, LintFault, PlanFault, RevokedCertificate, lint},
    },
};

const TRUST: &str = "演示信任服务机构（测试专用）";
const PATH: &str = "/Doc_0/Signs/Sign_0/Signature.xml";
const WARNING: &str = "suite.not_national";

/// A fresh P-256 key.
pub(super) struct Pair(EcdsaKeyPair);

impl Pair {
    fn new() -> Self {
        let (kind, chance) = (&ECDSA_P256_SHA256_ASN1_SIGNING, SystemRandom::new());
        let written = EcdsaKeyPair::generate_pkcs8(kind, &chance).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(kind, written.as_ref(), &chance).unwrap())
    }

    fn public(&self) -> PublicKey {
        PublicKey::P256(self.0.public_key().as_ref().into())
    }

    fn sign(&self, message: &[u8]) -> SignatureValue {
        SignatureValue::Ecdsa(self.0.sign(&SystemRandom::new(), message).unwrap().as_ref().into())
    }
}

pub(super) struct Party {
    key: Pair,
    pub(super) certificate: Certificate,
}

impl Party {
    fn new(profile_name: &str, organisation: &str, name: &str, from: &str, issuer: Option<&Self>) -> Self {
        let key = Pair::new();
        let plan = plan(profile_name, (organisation, name), &key.public(), from, issuer.map(|one| &one.certificate));
        let plan = plan.unwrap();
        assert_eq!(plan.suite(), Suite::P256);
        let signer = issuer.map_or(&key, |issuer| &issuer.key);
        let value = signer.sign(plan.to_be_signed());
        let certificate = plan.embed(value).unwrap();
        Self { key, certificate }
    }

    pub(super) fn crl(&self, from: &str, to: &str, revoked: &[RevokedCertificate]) -> Crl {
        let plan = CrlPlan::new(&self.certificate, 258, moment(from), moment(to), revoked).unwrap();
        let value = self.key.sign(plan.to_be_signed());
        plan.embed(value).unwrap()
    }
}

fn plan(
    profile_name: &str,
    (organisation, name): (&str, &str),
    key: &PublicKey,
    from: &str,
    issuer: Option<&Certificate>,
) -> Result<CertificatePlan, PlanFault> {
    let profile = profile(profile_name);
    let subject = subject(&profile, organisation, name);
    let validity = profile.validity_from(moment(from)).unwrap();
    let issued_by = issuer.map_or(Issuer::Itself, Issuer::Certificate);
    CertificatePlan::new(&profile, &subject, key, &serial(name), validity, issued_by)
}

/// A made-up locality whose every key is on P-256.
pub(super) struct Abroad {
    pub(super) root: Party,
    pub(super) stamper_authority: Party,
    maker_authority: Party,
    pub(super) stamper: Party,
    maker: Party,
}

impl Abroad {
    pub(super) fn new() -> Self {
        let root = Party::new("root", TRUST, "跨境根证书", "2024-01-01T00:00:00Z", None);
        let year = "2024-06-01T00:00:00Z";
        let stamper_authority = Party::new("stamper-ca", TRUST, "跨境签章者证书机构", year, Some(&root));
        let maker_authority = Party::new("seal-maker-ca", TRUST, "跨境制章者证书机构", year, Some(&root));
        let stamper = Party::new("stamper", BODY, BODY, "2026-01-01T00:00:00Z", Some(&stamper_authority));
        let maker = Party::new("seal-maker", TRUST, "跨境制章系统", "2025-01-01T00:00:00Z", Some(&maker_authority));
        Self { root, stamper_authority, maker_authority, stamper, maker }
    }

    /// Whoever signs checkpoints of a log.
    pub(super) fn log(&self) -> Party {
        Party::new("log", TRUST, "跨境透明日志", "2026-01-01T00:00:00Z", Some(&self.root))
    }

    /// Each with its line about suites, or none.
    fn anchors(&self, signer: &str, maker: &str) -> Anchors {
        let pem = |party: &Party| pki::pem(party.certificate.der());
        let (signers, makers) = (pem(&self.stamper_authority), pem(&self.maker_authority));
        let text = format!("# use: signer\n{signer}\n{signers}# use: seal-maker\n{maker}\n{makers}");
        Anchors::from_pem(text.as_bytes()).unwrap()
    }

    fn evidence(&self, revoked: &[RevokedCertificate]) -> Evidence {
        let (from, to) = ("2026-06-01T00:00:00Z", "2035-01-01T00:00:00Z");
        let lists = [self.stamper_authority.crl(from, to, revoked), self.maker_authority.crl(from, to, &[])];
        Evidence { revocation: RevocationLists::of(lists), ..Evidence::default() }
    }

    fn draft(&self) -> SealDraft {
        SealDraft { signers: vec![self.stamper.certificate.clone()], ..Locality::new().seal_draft() }
    }

    fn seal(&self) -> Vec<u8> {
        let plan = SealPlan::new(&self.draft()).unwrap();
        plan.check_maker(&self.maker.certificate).unwrap();
        let value = self.maker.key.sign(plan.to_be_signed());
        plan.embed(&self.maker.certificate, value).unwrap()
    }

    fn stamp(&self, plan: StampPlan) -> Vec<u8> {
        let value = self.stamper.key.sign(plan.to_be_signed());
        plan.embed(&self.stamper.certificate, value).unwrap()
    }

    /// A stamped document, and what it was made of.
    fn document(&self) -> (StampingPlan, Vec<u8>) {
        let seal = self.seal();
        let plan = packages::plan_of(&packages::document(), false).stamp(&packages::stamping(seal.clone())).unwrap();
        let stamp = StampPlan::new(&seal, moment(STAMPED), plan.digest(), &plan.property()).unwrap();
        let octets = plan.embed(&self.stamp(stamp)).unwrap();
        (plan, octets)
    }

    fn judge(&self, octets: &[u8], anchors: &Anchors) -> Report {
        check(&octets, anchors, &self.evidence(&[]), &Policy::default(), moment("2026-11-21T00:00:00Z")).unwrap()
    }
}

const CROSS: &str = "# suite: cross-border";

fn found(report: &Report, id: CheckId) -> (Outcome, &str) {
    let checks = report.checks.iter().chain(report.signatures.iter().flat_map(|signature| &signature.checks));
    let found = checks.into_iter().find(|check| check.id == id).unwrap();
    (found.outcome, &found.code)
}

fn warnings(report: &Report) -> Vec<&str> {
    let of = report.warnings.iter().filter(|warning| warning.code == WARNING);
    of.map(|warning| warning.sentence.en.as_ref()).collect()
}

#[test]
fn certificates_and_lists_have_the_suite_of_their_issuer() {
    let abroad = Abroad::new();
    let anchors = [abroad.root.certificate.clone()];
    let at = moment(STAMPED);
    for (leaf, authority) in [(&abroad.stamper, &abroad.stamper_authority), (&abroad.maker, &abroad.maker_authority)] {
        let pool = [authority.certificate.clone()];
        assert_eq!(build_path(&leaf.certificate, &pool, &anchors, at, &mut 8).unwrap().len(), 3);
        assert_eq!(leaf.certificate.verify_signature(&authority.certificate), Ok(()));
        assert!(leaf.certificate.verify_signature(&abroad.root.certificate).is_err());
    }
    let holds = |octets: &[u8], part: &[u8]| octets.windows(part.len()).filter(|window| *window == part).count();
    let der = abroad.stamper.certificate.der();
    let algorithm = sequence(&[&object_identifier(oids::ECDSA_SHA256)]);
    assert_eq!((holds(der, &algorithm), holds(der, &object_identifier(oids::P256))), (2, 1));
    assert_eq!(holds(der, oids::SM2_SM3.content()), 0);
    let list = abroad.stamper_authority.crl("2026-06-01T00:00:00Z", "2026-06-08T00:00:00Z", &Locality::revoked());
    assert_eq!(list.verify_signature(&abroad.stamper_authority.certificate), Ok(()));
    assert_eq!((list.len(), holds(list.der(), &algorithm)), (2, 2));
}

#[test]
fn a_chain_has_one_suite() {
    let (home, abroad) = (Locality::new(), Abroad::new());
    let (ours, theirs): (PublicKey, _) = (Key::from_seed("another").public().clone().into(), Pair::new().public());
    let of = |key: &PublicKey, issuer: &Certificate| {
        plan("stamper", (BODY, BODY), key, "2026-01-01T00:00:00Z", Some(issuer))
            .map(|plan| plan.to_be_signed().to_vec())
    };
    let (at_home, at_large) = (&home.stamper_authority.certificate, &abroad.stamper_authority.certificate);
    let two = |key, issuer| Err(PlanFault::TwoSuites { key, issuer });
    assert_eq!(of(&theirs, at_home), two(Suite::P256, Suite::Sm2));
    assert_eq!(of(&ours, at_large), two(Suite::Sm2, Suite::P256));
    for strange in [PublicKey::Ed25519([7; 32].into()), PublicKey::P256([2; 33].into()), PublicKey::Rsa([0; 9].into())]
    {
        assert_eq!(of(&strange, at_home), Err(PlanFault::Key));
    }
    // the lint finds it in the octets by itself: both algorithms are named by eight octets
    let sound = of(&ours, at_home).unwrap();
    assert_eq!(lint(&sound, Some(at_home)), []);
    let place = sound.windows(8).position(|window| window == oids::SM2_SM3.content()).unwrap();
    let mut mixed = sound;
    mixed[place..place + 8].copy_from_slice(oids::ECDSA_SHA256.content());
    assert_eq!(lint(&mixed, Some(at_home)), [LintFault::TwoSuites]);
    assert!(lint(&of(&theirs, at_large).unwrap(), Some(at_home)).contains(&LintFault::TwoSuites));
}

#[test]
fn values_of_another_form_key_or_suite_make_nothing() {
    let (home, abroad) = (Locality::new(), Abroad::new());
    let issuer = &abroad.stamper_authority;
    let key = Pair::new().public();
    let plan = || plan("stamper", (BODY, BODY), &key, "2026-01-01T00:00:00Z", Some(&issuer.certificate)).unwrap();
    let tbs = plan().to_be_signed().to_vec();
    let refused = |value: SignatureValue| assert_eq!(plan().embed(value), Err(PlanFault::WrongSignature));
    let SignatureValue::Ecdsa(good) = issuer.key.sign(&tbs) else { unreachable!() };
    refused(home.stamper_authority.key.sign(&tbs, 0).into());
    refused(issuer.key.sign(b"other"));
    refused(abroad.root.key.sign(&tbs));
    refused(SignatureValue::Rsa(good.clone()));
    refused(SignatureValue::Ecdsa([&good[..], &[0]].concat().into()));
    refused(SignatureValue::Ecdsa([9; 64].into()));
    // r with a zero octet too many
    let (length, r) = (usize::from(good[3]), usize::from(good[1]));
    let loose = [&[0x30, good[1] + 1, 2, good[3] + 1, 0], &good[4..]].concat();
    assert!(length < 34 && r < 0x7F);
    refused(SignatureValue::Ecdsa(loose.into()));
    assert!(plan().embed(SignatureValue::Ecdsa(good)).is_ok());
    // and the reverse: the national issuer takes no other value
    let ours = Key::from_seed("another").public().clone().into();
    let issuer = &home.stamper_authority.certificate;
    let national = super::cross_border::plan("stamper", (BODY, BODY), &ours, "2026-01-01T00:00:00Z", Some(issuer));
    let national = national.unwrap();
    let value = abroad.root.key.sign(national.to_be_signed());
    assert_eq!(national.embed(value), Err(PlanFault::WrongSignature));
}

#[test]
fn a_document_is_valid_where_the_anchors_allow_it_and_warned_of_everywhere() {
    let abroad = Abroad::new();
    let (plan, octets) = abroad.document();
    let both = ["The seal maker's", "The signer's"];
    let named = |report: &Report| {
        let mut found: Vec<String> = warnings(report)
            .iter()
            .map(|text| text.split(' ').take_while(|word| *word != "signature").collect::<Vec<_>>().join(" "))
            .collect();
        found.sort();
        found
    };
    let allowed = abroad.judge(&octets, &abroad.anchors(CROSS, CROSS));
    assert_eq!((allowed.verdict, allowed.reason), (Verdict::Valid, None));
    assert_eq!(named(&allowed), both);
    assert!(warnings(&allowed).iter().all(|text| text.contains("ECDSA P-256")));

    for (anchors, reason) in [
        (abroad.anchors("", ""), CheckId::SignerPath),
        (abroad.anchors("# suite: national", CROSS), CheckId::SignerPath),
        (abroad.anchors(CROSS, ""), CheckId::SealMakerPath),
    ] {
        let report = abroad.judge(&octets, &anchors);
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(reason)));
        assert_eq!(found(&report, reason), (Outcome::Indeterminate, "suite_not_allowed"));
        assert_eq!(report.subindication, Some(Subindication::ChainConstraintsFailure));
        assert_eq!(named(&report), both);
    }
    let unasked = abroad.judge(&octets, &Anchors::not_asked());
    assert_eq!((unasked.verdict, named(&unasked)), (Verdict::Intact, both.map(str::to_owned).to_vec()));
    // a line for another anchor of the bundle helps nobody
    let elsewhere = abroad.anchors(CROSS, CROSS);
    let national = Locality::new();
    let (_, at_home) = packages::stamped(&national);
    let report =
        check(&at_home, &national.anchors(), &national.evidence(), &Policy::default(), moment(STAMPED)).unwrap();
    assert_eq!((report.verdict, warnings(&report).len()), (Verdict::Valid, 0));
    assert_eq!(abroad.judge(&at_home, &elsewhere).verdict, Verdict::Indeterminate);

    // the profile: the value's algorithm is P-256's, every digest stays SM3
    let xml = plan.package().get("Doc_0/Signs/Sign_0/Signature.xml").unwrap().octets().to_vec();
    let text = String::from_utf8(xml.clone()).unwrap();
    assert!(text.contains("<ofd:SignatureMethod>1.2.840.10045.4.3.2</ofd:SignatureMethod>"), "{text}");
    assert!(text.contains("CheckMethod=\"1.2.156.10197.1.401\""));
    let value = abroad.stamp(StampPlan::new(&abroad.seal(), moment(STAMPED), plan.digest(), PATH).unwrap());
    let stamp = Stamp::parse(&value).unwrap();
    assert_eq!((&*stamp.data_hash, stamp.algorithm), (&sm3::digest(&xml)[..], oids::ECDSA_SHA256));
    assert_eq!(stamp.seal.algorithm, oids::ECDSA_SHA256);
}

#[test]
fn no_octet_of_a_stamp_can_change() {
    let abroad = Abroad::new();
    let value = abroad.stamp(StampPlan::new(&abroad.seal(), moment(STAMPED), &[7; 32], PATH).unwrap());
    let (anchors, evidence) = (abroad.anchors(CROSS, CROSS), abroad.evidence(&[]));
    let verdict = |value: &Vec<u8>| {
        let report = check(value, &anchors, &evidence, &Policy::default(), moment("2026-11-21T00:00:00Z"));
        report.ok().map(|report| report.verdict)
    };
    assert_eq!(verdict(&value), Some(Verdict::Valid));
    for at in 0..value.len() {
        let mut altered = value.clone();
        altered[at] ^= 0x10;
        assert_ne!(verdict(&altered), Some(Verdict::Valid), "octet {at}");
    }
}

#[test]
fn in_rehearsal_exactly_the_value_fails() {
    let abroad = Abroad::new();
    let seal = abroad.seal();
    let package = packages::plan_of(&packages::document(), false).stamp(&packages::stamping(seal.clone())).unwrap();
    let plan = StampPlan::new(&seal, moment(STAMPED), package.digest(), &package.property()).unwrap();
    let trial = package.embed(&plan.rehearse(&abroad.stamper.certificate).unwrap()).unwrap();
    let report = abroad.judge(&trial, &abroad.anchors(CROSS, CROSS));
    let checks = report.checks.iter().chain(&report.signatures[0].checks);
    let failed: Vec<CheckId> = checks.filter(|check| check.outcome == Outcome::Failed).map(|check| check.id).collect();
    assert_eq!(failed, [CheckId::SignatureValue]);
    assert_eq!(report.verdict, Verdict::Invalid);
}

#[test]
fn a_seal_and_its_stamp_have_one_suite() {
    let (home, abroad) = (Locality::new(), Abroad::new());
    let (ours, theirs) = (home.stamper.certificate.clone(), abroad.stamper.certificate.clone());
    let both = SealDraft { signers: vec![theirs.clone(), ours.clone()], ..abroad.draft() };
    assert_eq!(SealPlan::new(&both).map(|_| ()), Err(SealPlanFault::TwoSuites(BODY.to_owned())));
    let maker = &home.maker;
    let plan = || SealPlan::new(&abroad.draft()).unwrap();
    let refused = SealPlanFault::TwoSuites("演示制章系统".to_owned());
    assert_eq!(plan().check_maker(&maker.certificate), Err(refused.clone()));
    let value = maker.key.sign(plan().to_be_signed(), 0);
    assert_eq!(plan().embed(&maker.certificate, value), Err(refused));
    let value = maker.key.sign(plan().to_be_signed(), 0);
    assert_eq!(plan().embed(&abroad.maker.certificate, value), Err(SealPlanFault::WrongSignature));

    // a seal of a maker abroad that lists a national signer, as somebody else might make it
    let draft = SealDraft { signers: vec![ours.clone()], ..abroad.draft() };
    let info = SealPlan::new(&draft).unwrap().to_be_signed().to_vec();
    let value = abroad.maker.key.sign(&info).to_octets();
    let certificate = yinxin_trust::asn1::octet_string(abroad.maker.certificate.der());
    let octets = sequence(&[&info, &certificate, &object_identifier(oids::ECDSA_SHA256), &bit_string(&value)]);
    assert!(Seal::parse(&octets).unwrap().lists(ours.der()));
    let plan = StampPlan::new(&octets, moment(STAMPED), &[7; 32], PATH).unwrap();
    assert_eq!(plan.rehearse(&ours), Err(StampPlanFault::TwoSuites(BODY.to_owned())));
    let plan = StampPlan::new(&abroad.seal(), moment(STAMPED), &[7; 32], PATH).unwrap();
    let value = home.stamper.key.sign(plan.to_be_signed(), 0);
    assert_eq!(plan.embed(&theirs, value), Err(StampPlanFault::WrongSignature));
}

#[test]
fn a_list_of_the_suite_revokes() {
    let abroad = Abroad::new();
    let (_, octets) = abroad.document();
    let serial = abroad.stamper.certificate.serial().to_vec();
    let reason = Some(RevocationReason::KeyCompromise);
    let revoked = RevokedCertificate { serial, at: moment("2026-05-01T00:00:00Z"), reason };
    let evidence = abroad.evidence(&[revoked]);
    let at = moment("2026-11-21T00:00:00Z");
    let report = check(&octets, &abroad.anchors(CROSS, CROSS), &evidence, &Policy::default(), at).unwrap();
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
}

/// A national key that a foreign authority vouches for: only seen on the path.
#[test]
fn a_foreign_suite_above_a_national_signer_is_found() {
    let (home, abroad) = (Locality::new(), Abroad::new());
    let issuer = &abroad.stamper_authority;
    let (ours, theirs) = (&home.stamper.key, Pair::new().public());
    let plan = plan("stamper", (BODY, BODY), &theirs, "2026-01-01T00:00:00Z", Some(&issuer.certificate)).unwrap();
    // both keys are written in as many octets
    let info = |curve, point: &[u8]| {
        let kind = sequence(&[&object_identifier(oids::EC_PUBLIC_KEY), &object_identifier(curve)]);
        sequence(&[&kind, &bit_string(point)])
    };
    let (old, new) = (info(oids::P256, theirs.point().unwrap()), info(oids::SM2_CURVE, ours.public().to_sec1()));
    let mut tbs = plan.to_be_signed().to_vec();
    let place = tbs.windows(old.len()).position(|window| window == old).unwrap();
    tbs[place..place + old.len()].copy_from_slice(&new);
    let value = issuer.key.sign(&tbs).to_octets();
    let der = sequence(&[&tbs, &sequence(&[&object_identifier(oids::ECDSA_SHA256)]), &bit_string(&value)]);
    let signer = Certificate::from_der(&der).unwrap();

    let draft = SealDraft { signers: vec![signer.clone()], ..home.seal_draft() };
    let plan = SealPlan::new(&draft).unwrap();
    let value = home.maker.key.sign(plan.to_be_signed(), 0);
    let seal = plan.embed(&home.maker.certificate, value).unwrap();
    let package = packages::plan_of(&packages::document(), false).stamp(&packages::stamping(seal.clone())).unwrap();
    let plan = StampPlan::new(&seal, moment(STAMPED), package.digest(), &package.property()).unwrap();
    let value = ours.sign(plan.to_be_signed(), 0);
    let octets = package.embed(&plan.embed(&signer, value).unwrap()).unwrap();
    let pem = pki::pem(issuer.certificate.der());
    for (line, code) in [("", "suite_not_allowed"), (CROSS, "ok")] {
        let anchors = Anchors::from_pem(format!("use: signer\n{line}\n{pem}").as_bytes()).unwrap();
        let report = abroad.judge(&octets, &anchors);
        assert_eq!(found(&report, CheckId::SignerPath).1, code);
        assert_eq!(warnings(&report).len(), 1, "{:?}", report.warnings);
    }
}
