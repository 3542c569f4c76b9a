//! Forgeries and doubts that must never read "valid", each by its name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    moment,
    ofd::{Document, Plan},
    pki::{Defect, Period, Pki},
    seal::{Seal, Stamp, Stamping, Version},
    tsp::Token,
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    verify::{CheckId, Evidence, Outcome, Policy, Report, TimeSource, Verdict, check},
};

const BODY: &str = "演示市市场监督管理局";
const NOW: &str = "2026-11-21T00:00:00Z";
const STAMPED: &str = "2026-06-01T02:00:00Z";

fn pki() -> Pki {
    Pki::new("forgeries", BODY, Period::years(2024, 2035))
}

/// Anchors with their uses, as a locality configures them.
fn anchors(pki: &Pki) -> Anchors {
    let [root, stampers, makers] = [&pki.root, &pki.stamper_authority, &pki.maker_authority].map(|c| c.to_pem());
    let text = format!("# use: time-stamp\n{root}# use: signer\n{stampers}# use: seal-maker\n{makers}");
    Anchors::from_pem(text.as_bytes()).unwrap()
}

fn stamped(stamp: &Stamp) -> Vec<u8> {
    let mut package = Document::titled("测试文件").package();
    package.stamp(&Plan::at(moment(STAMPED)), stamp);
    package.to_bytes()
}

fn stamp_of(pki: &Pki) -> Stamp {
    Stamp::new(Version::V4, Seal::of(Version::V4, pki).make(), &pki.stamper, moment(STAMPED))
}

fn judge(octets: &[u8], anchors: &Anchors, policy: &Policy, at: &str) -> Report {
    let revocation = RevocationLists::from_pem(pki().lists_pem().as_bytes()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    check(&octets, anchors, &evidence, policy, moment(at)).unwrap()
}

fn outcome(report: &Report, id: CheckId) -> (Outcome, String) {
    let check = report.signatures[0].checks.iter().find(|check| check.id == id).unwrap();
    (check.outcome, check.code.clone())
}

#[test]
fn a_sound_stamp_is_valid_and_only_with_its_anchors() {
    let pki = pki();
    let octets = stamped(&stamp_of(&pki));
    let verdict = |anchors: &Anchors| judge(&octets, anchors, &Policy::default(), NOW).verdict;
    assert_eq!(verdict(&anchors(&pki)), Verdict::Valid);
    assert_eq!(verdict(&Anchors::not_configured()), Verdict::Indeterminate);
    assert_eq!(verdict(&Anchors::not_asked()), Verdict::Intact);
    let strangers = Pki::new("strangers", "别处", Period::years(2024, 2035));
    assert_eq!(verdict(&anchors(&strangers)), Verdict::Indeterminate);
}

#[test]
fn a_self_made_root_ca_and_seal_that_bears_a_real_bodys_name() {
    let forger = Pki::new("a forger's kitchen", BODY, Period::years(2024, 2035));
    let report = judge(&stamped(&stamp_of(&forger)), &anchors(&pki()), &Policy::default(), NOW);
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerPath)));
    // the CA has the real one's name, but not its key
    assert_eq!(outcome(&report, CheckId::SignerPath), (Outcome::Indeterminate, "wrong_key".into()));
    assert_eq!(outcome(&report, CheckId::SealMakerPath), (Outcome::Indeterminate, "wrong_key".into()));
}

#[test]
fn a_licensed_stamper_who_makes_a_seal_with_another_bodys_name() {
    let pki = pki();
    let mut crook = pki.clone();
    crook.stamper = pki.stamper_named("某个企业");
    crook.maker = crook.stamper.clone();
    let report = judge(&stamped(&stamp_of(&crook)), &anchors(&pki), &Policy::default(), NOW);
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SealMakerPath)));
    assert_eq!(outcome(&report, CheckId::SignerPath).0, Outcome::Passed);
}

#[test]
fn a_signer_named_in_the_seal_but_out_of_the_path() {
    let pki = pki();
    for defect in [Defect::WrongIssuerKey, Defect::UnknownCritical] {
        let broken = pki.clone().with(defect);
        let report = judge(&stamped(&stamp_of(&broken)), &anchors(&pki), &Policy::default(), NOW);
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerPath)), "{defect:?}");
    }
}

#[test]
fn expired_today_is_no_cause_and_strict_time_asks_for_proof() {
    let pki = pki();
    let plain = stamped(&stamp_of(&pki));
    let strict = Policy { strict_time: true, ..Policy::default() };
    let later = "2040-01-01T00:00:00Z";
    let report = judge(&plain, &anchors(&pki), &Policy::default(), later);
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.warnings.iter().any(|warning| warning.code == "time.claimed_only"));
    let report = judge(&plain, &anchors(&pki), &strict, later);
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::Timestamp)));

    let token = Stamping::with(Token::new(&pki.time_authority, moment("2026-06-01T02:00:07Z")));
    let report = judge(&stamped(&Stamp { time_stamp: Some(token), ..stamp_of(&pki) }), &anchors(&pki), &strict, later);
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.signatures[0].stamped_at.as_ref().map(|s| s.source), Some(TimeSource::TimeStamp));
}

#[test]
fn a_time_stamp_before_the_claimed_time() {
    let pki = pki();
    let token = Stamping::with(Token::new(&pki.time_authority, moment("2026-05-31T02:00:00Z")));
    let report =
        judge(&stamped(&Stamp { time_stamp: Some(token), ..stamp_of(&pki) }), &anchors(&pki), &Policy::default(), NOW);
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::Timestamp)));
}

#[test]
fn a_failed_value_leaves_nothing_verified() {
    let pki = pki();
    let mut crook = pki.clone();
    crook.stamper.key = yinxin_testkit::keys::Key::from_seed("somebody else");
    let report = judge(&stamped(&stamp_of(&crook)), &anchors(&pki), &Policy::default(), NOW);
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignatureValue)));
    assert!(!report.signatures[0].value_verified);
    assert_eq!(report.document.title, None);
    let coverage = report.coverage.unwrap();
    assert!(coverage.uncovered.contains(&"OFD.xml".to_owned()));
}

#[test]
fn a_signature_list_that_is_cut_off_by_the_budget_is_not_valid() {
    let pki = pki();
    let octets = stamped(&stamp_of(&pki));
    let mut policy = Policy::default();
    policy.limits.signatures = 0;
    assert_eq!(judge(&octets, &anchors(&pki), &policy, NOW).verdict, Verdict::Invalid);
    policy.limits.signatures = 1;
    policy.limits.references = 2;
    assert_eq!(judge(&octets, &anchors(&pki), &policy, NOW).verdict, Verdict::Invalid);
    let mut policy = Policy::default();
    policy.limits.path_signatures = 0;
    assert_eq!(judge(&octets, &anchors(&pki), &policy, NOW).verdict, Verdict::Indeterminate);
}
