//! Certificates and revocation lists.

use super::{BODY, Locality, Party, profile, serial, subject};
use std::fs;
use yinxin_testkit::{keys::Key, moment, pki as kit, shared};
use yinxin_trust::{
    suite::ValueFault,
    x509::{
        Certificate, Crl, CrlSignatureFault, Freshness, RevocationReason, build_path,
        make::{
            CertificatePlan, CrlPlan, CrlPlanFault, Issuer, LintFault, PlanFault, Profile, RevokedCertificate,
            Validity, lint,
        },
    },
};

#[test]
fn shipped_profiles_give_a_path_that_the_product_accepts() {
    let locality = Locality::new();
    let at = moment("2026-06-01T00:00:00Z");
    let anchors = [locality.root.certificate.clone()];
    for (leaf, authority) in
        [(&locality.stamper, &locality.stamper_authority), (&locality.maker, &locality.maker_authority)]
    {
        let pool = [authority.certificate.clone()];
        let path = build_path(&leaf.certificate, &pool, &anchors, at, &mut 8).unwrap();
        assert_eq!(path.len(), 3);
        assert!(!leaf.certificate.is_authority() && leaf.certificate.key_usage().unwrap().may_sign());
        assert_eq!(leaf.certificate.serial(), serial(leaf.certificate.display_name()).digits_as_integer());
    }
    assert_eq!(locality.stamper.certificate.subject(), format!("C=CN, O={BODY}, CN={BODY}"));
    assert_eq!(locality.stamper.certificate.not_after(), moment("2028-12-31T23:59:59Z"));
    assert_eq!(locality.root.certificate.path_length(), Some(1));
    assert_eq!(locality.stamper_authority.certificate.path_length(), Some(0));
}

#[test]
fn whoever_keeps_a_log_stamps_and_issues_nothing() {
    let locality = Locality::new();
    let log = Party::new("log", super::TRUST, "演示透明日志", "2026-01-01T00:00:00Z", Some(&locality.root)).certificate;
    let at = moment("2026-06-01T00:00:00Z");
    assert!(build_path(&log, &[], std::slice::from_ref(&locality.root.certificate), at, &mut 8).is_ok());
    assert!(log.key_usage().unwrap().may_sign() && !log.is_authority());
    assert!(!log.is_time_stamper() && !log.may_answer_ocsp());
    assert_eq!(log.not_after(), moment("2030-12-31T23:59:59Z"));
    // no anchor of stampers or seal makers vouches for it
    let anchors = [locality.stamper_authority.certificate.clone(), locality.maker_authority.certificate.clone()];
    assert!(build_path(&log, &[], &anchors, at, &mut 8).is_err());
}

/// The content octets of the INTEGER that holds the number.
trait DigitsAsInteger {
    fn digits_as_integer(&self) -> Vec<u8>;
}

impl DigitsAsInteger for yinxin_trust::x509::make::SerialNumber {
    fn digits_as_integer(&self) -> Vec<u8> {
        let zero: &[u8] = if self.digits()[0] & 0x80 == 0 { &[] } else { &[0] };
        [zero, self.digits()].concat()
    }
}

#[test]
fn profiles_are_strict() {
    let sound = "name = \"x\"\nauthority = false\nvalidity_days = 30\nkey_usage = [\"digital_signature\"]\n\
                 [subject]\ncommon_name = \"{name}\"\n";
    assert!(toml::from_str::<Profile>(sound).is_ok());
    for (from, to, why) in [
        ("validity_days = 30", "validity_days = 0", "validity_days"),
        ("validity_days = 30", "validity_days = 30\ndays = 3", "unknown field"),
        ("common_name = ", "nickname = ", "unknown field"),
        ("common_name = ", "unit = ", "no common_name"),
        ("\"digital_signature\"", "\"key_cert_sign\"", "authorities only"),
        ("\"digital_signature\"", "\"digital_signature\", \"key_agreement\"", "two"),
        ("\"digital_signature\"", "\"digital_signature\", \"digital_signature\"", "twice"),
        ("\"digital_signature\"", "", "nothing"),
        ("authority = false", "authority = true", "key_cert_sign"),
        ("authority = false", "authority = false\npath_length = 0", "path_length"),
    ] {
        let error = toml::from_str::<Profile>(&sound.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(why), "{to}: {error}");
    }
}

#[test]
fn plans_refuse_by_name() {
    let locality = Locality::new();
    let stamper = profile("stamper");
    let name = subject(&stamper, BODY, BODY);
    let key = Key::from_seed("another").public().clone().into();
    let plan = |profile: &Profile, validity, issuer: &Party| {
        let issuer = Issuer::Certificate(&issuer.certificate);
        CertificatePlan::new(profile, &name, &key, &serial("x"), validity, issuer).map(|_| ())
    };
    let lints = |faults: &[LintFault]| Err(PlanFault::Lint(faults.to_vec()));
    let good = stamper.validity_from(moment("2026-01-01T00:00:00Z")).unwrap();
    let of = |from, to| Validity::new(moment(from), moment(to)).unwrap();
    assert_eq!(plan(&stamper, good, &locality.stamper_authority), Ok(()));
    let long = of("2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z");
    assert_eq!(plan(&stamper, long, &locality.stamper_authority), Err(PlanFault::TooLong { days: 1096 }));
    let late = of("2034-01-01T00:00:00Z", "2035-01-01T00:00:00Z");
    assert_eq!(plan(&stamper, late, &locality.stamper_authority), lints(&[LintFault::ValidityOutsideIssuer]));
    assert_eq!(
        plan(&stamper, good, &locality.stamper),
        lints(&[LintFault::IssuerUsage]),
        "an end entity issues nothing"
    );
    let below = plan(&profile("stamper-ca"), good, &locality.stamper_authority);
    assert_eq!(below, lints(&[LintFault::IssuerPathLength]));
    assert_eq!(
        Validity::new(moment("2026-01-01T00:00:00Z"), moment("2026-01-01T00:00:00.9Z")),
        Err(PlanFault::Inverted)
    );
    let itself = CertificatePlan::new(&stamper, &name, &key, &serial("x"), good, Issuer::Itself);
    assert_eq!(itself.map(|_| ()), lints(&[LintFault::IssuerUsage]), "an end entity is no root");
}

#[test]
fn the_wrong_key_or_message_makes_no_certificate() {
    let locality = Locality::new();
    let stamper = profile("stamper");
    let issuer = &locality.stamper_authority;
    let plan = || {
        let validity = stamper.validity_from(moment("2026-01-01T00:00:00Z")).unwrap();
        let (name, key) = (subject(&stamper, BODY, BODY), Key::from_seed("another").public().clone().into());
        CertificatePlan::new(&stamper, &name, &key, &serial("x"), validity, Issuer::Certificate(&issuer.certificate))
            .unwrap()
    };
    let others = Key::from_seed("somebody else").sign(plan().to_be_signed(), 0);
    assert_eq!(plan().embed(others), Err(PlanFault::WrongSignature));
    assert_eq!(plan().embed(issuer.key.sign(b"other", 0)), Err(PlanFault::WrongSignature));
    assert_eq!(plan().embed(issuer.key.sign_without_z(plan().to_be_signed())), Err(PlanFault::WrongSignature));
    assert!(plan().embed(issuer.key.sign(plan().to_be_signed(), 0)).is_ok());
}

/// The lint against certificates that the kit makes wrong.
#[test]
fn the_lint_names_what_is_wrong() {
    let period = kit::Period::years(2024, 2033);
    let root = kit::Draft::authority(kit::name("机构", "根"), "lint/root", period, None).self_signed();
    let issuer = Certificate::from_der(&root.der).unwrap();
    let tbs_of = |certificate: &kit::Certificate| {
        let mut outer = yinxin_trust::asn1::Reader::new(&certificate.der);
        let mut parts = outer.nested(yinxin_trust::asn1::Tag::SEQUENCE).unwrap();
        parts.any().unwrap().raw.to_vec()
    };
    let with = |change: &dyn Fn(&mut kit::Draft)| {
        let mut draft = kit::Draft::signer(kit::name("某局", "某局"), "lint/leaf", period);
        change(&mut draft);
        lint(&tbs_of(&draft.issued_by(&root)), Some(&issuer))
    };
    assert_eq!(with(&|_| ()), []);
    assert_eq!(with(&|draft| draft.serial = vec![1; 7]), [LintFault::SerialLength { octets: 7 }]);
    assert_eq!(with(&|draft| draft.serial = vec![1; 21]), [LintFault::SerialLength { octets: 21 }]);
    assert_eq!(with(&|draft| draft.key_usage = None), [LintFault::UsageMissing]);
    assert_eq!(with(&|draft| draft.key_usage = Some(0xF8)), [LintFault::UsageMixed]);
    assert_eq!(with(&|draft| draft.key_usage = Some(0x86)), [LintFault::UsageOfEndEntity]);
    assert_eq!(with(&|draft| draft.basic_constraints = Some((false, None))), [LintFault::ConstraintsOfEndEntity]);
    assert_eq!(with(&|draft| draft.basic_constraints = Some((true, None))), [LintFault::UsageOfAuthority]);
    assert_eq!(with(&|draft| draft.subject = kit::name("某局", "")), [LintFault::SubjectEmpty]);
    assert_eq!(with(&|draft| draft.subject = vec![0x30, 0]), [LintFault::SubjectEmpty]);
    assert_eq!(with(&|draft| draft.period = kit::Period::years(2024, 2034)), [LintFault::ValidityOutsideIssuer]);
    assert_eq!(
        with(&|draft| draft.key_identifiers = false),
        [LintFault::SubjectKeyIdentifier, LintFault::AuthorityKeyIdentifier]
    );
    let twice = |draft: &mut kit::Draft| draft.extensions.push(kit::extension("2.5.29.14", false, &[4, 1, 7]));
    assert_eq!(with(&twice), [LintFault::Extensions]);
    let sound = tbs_of(&root);
    assert_eq!(lint(&sound, None), []);
    for length in 0..sound.len() {
        assert_eq!(lint(&sound[..length], None), [LintFault::Structure]);
    }
    for place in 0..sound.len() {
        let mut changed = sound.clone();
        changed[place] ^= 0x41;
        let _ = lint(&changed, None); // whatever it says, it says something and ends
    }
}

#[test]
fn lists_are_made_and_read() {
    let locality = Locality::new();
    let issuer = &locality.stamper_authority;
    let crl = issuer.crl(7, &Locality::revoked());
    assert_eq!(crl.verify_signature(&issuer.certificate), Ok(()));
    assert_eq!((crl.len(), crl.number_hex()), (2, Some("7")));
    let found = crl.find(&[0, 0x99]).unwrap();
    assert_eq!((found.at, found.reason), (moment("2026-05-01T00:00:00Z"), Some(RevocationReason::KeyCompromise)));
    assert_eq!(crl.find(&[0, 0xAB, 0xCD]).unwrap().reason, Some(RevocationReason::Superseded));
    assert_eq!(crl.find(locality.stamper.certificate.serial()), None);
    assert_eq!(crl.freshness(moment("2026-05-31T23:59:59Z")), Freshness::NotYet);
    assert_eq!(crl.freshness(moment("2026-06-08T00:00:00Z")), Freshness::Fresh);
    assert_eq!(crl.freshness(moment("2026-06-08T00:00:01Z")), Freshness::Outdated);
    let other = crl.verify_signature(&locality.maker_authority.certificate);
    assert!(matches!(other, Err(CrlSignatureFault::OtherIssuer { .. })));
    assert!(issuer.crl(8, &[]).is_empty());
}

#[test]
fn list_plans_refuse_by_name() {
    let locality = Locality::new();
    let (from, to) = (moment("2026-06-01T00:00:00Z"), moment("2026-06-08T00:00:00Z"));
    let of = |issuer: &Party, from, to, revoked: &[RevokedCertificate]| {
        CrlPlan::new(&issuer.certificate, 1, from, to, revoked).map(|_| ())
    };
    let issuer = &locality.stamper_authority;
    let entry = Locality::revoked().remove(0);
    assert_eq!(of(&locality.stamper, from, to, &[]), Err(CrlPlanFault::IssuerUsage));
    assert_eq!(of(issuer, to, from, &[]), Err(CrlPlanFault::Inverted));
    assert_eq!(of(issuer, moment("2024-01-01T00:00:00Z"), to, &[]), Err(CrlPlanFault::IssuerPeriod));
    let twice = [entry.clone(), RevokedCertificate { serial: vec![0, 0x99], ..entry.clone() }];
    assert_eq!(of(issuer, from, to, &twice), Err(CrlPlanFault::SerialTwice("99".to_owned())));
    let none = RevokedCertificate { serial: vec![0], ..entry.clone() };
    assert_eq!(of(issuer, from, to, &[none]), Err(CrlPlanFault::Serial(String::new())));
    let future = RevokedCertificate { at: to, ..entry.clone() };
    assert_eq!(of(issuer, from, to, &[future]), Err(CrlPlanFault::Future("99".to_owned())));
    let removed = RevokedCertificate { reason: Some(RevocationReason::RemoveFromCrl), ..entry };
    assert_eq!(of(issuer, from, to, &[removed]), Err(CrlPlanFault::Reason(RevocationReason::RemoveFromCrl)));
    let plan = CrlPlan::new(&issuer.certificate, 1, from, to, &[]).unwrap();
    assert_eq!(plan.embed(locality.root.key.sign(b"x", 0)).map(|_| ()), Err(CrlPlanFault::WrongSignature));
}

#[test]
fn the_given_lists_are_read_by_the_product() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("vectors/pki-objects");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let authority = Certificate::from_der(&read("ca.cer")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let mut seen = 0;
    for entry in manifest["files"].as_array().unwrap() {
        let name = entry["file"].as_str().unwrap();
        if !name.ends_with(".crl") {
            continue;
        }
        seen += 1;
        let crl = Crl::from_der(&read(name)).unwrap();
        let verified = crl.verify_signature(&authority);
        if entry["result"] == "valid" {
            assert_eq!(verified, Ok(()), "{name}");
            let revoked = entry["revoked"].as_array().unwrap();
            assert_eq!(crl.len(), revoked.len(), "{name}");
            for serial in revoked {
                let text = serial.as_str().unwrap();
                let even = if text.len() % 2 == 0 { text.to_owned() } else { format!("0{text}") };
                assert!(crl.find(&hex::decode(even).unwrap()).is_some(), "{name}: {text}");
            }
        } else {
            assert_eq!(verified, Err(CrlSignatureFault::Value(ValueFault::Wrong)), "{name}");
        }
    }
    assert_eq!(seen, 4);
    let whole = read("crl-three.crl");
    for length in 0..whole.len() {
        assert!(Crl::from_der(&whole[..length]).is_err());
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        let sound = Crl::from_der(&changed).is_ok_and(|crl| crl.verify_signature(&authority).is_ok());
        assert!(!sound, "octet {place}");
    }
}
