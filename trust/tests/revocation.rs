//! What revocation lists do to a verdict, each rule by its name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    cms::{SignedData, Variant},
    crl::{Entry, List},
    moment,
    ofd::{Document, Plan},
    pki::{Certificate, Period, Pki},
    seal::{Seal, Stamp, Stamping, Version},
    tsp::Token,
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    ofd::KnownParts,
    sm::Signature,
    verify::{CheckId, Evidence, Outcome, Policy, Report, Subindication, TimeSource, Verdict, check, check_asking},
    x509::{
        self, Revocation, RevocationReason,
        ocsp::{CertificateId, CertificateStatus, IdDigest, OcspResponse, OcspResponsePlan, SingleAnswer},
    },
};

const NOW: &str = "2026-11-21T00:00:00Z";
const STAMPED: &str = "2026-06-01T02:00:00Z";
const BEFORE: &str = "2026-05-01T00:00:00Z";
const AFTER: &str = "2026-09-01T00:00:00Z";

fn pki() -> Pki {
    Pki::new("revocation", "某市市场监督管理局", Period::years(2024, 2035))
}

fn document(pki: &Pki, proven: bool) -> Vec<u8> {
    let token = Token::new(&pki.time_authority, moment("2026-06-01T02:00:07Z"));
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, pki).make(), &pki.stamper, moment(STAMPED));
    let stamp = Stamp { time_stamp: proven.then(|| Stamping::with(token)), ..stamp };
    let mut package = Document::titled("测试文件").package();
    package.stamp(&Plan::at(moment(STAMPED)), &stamp);
    package.to_bytes()
}

fn list(issuer: &Certificate) -> List {
    List::of(issuer, moment("2026-11-20T00:00:00Z"), moment("2026-11-27T00:00:00Z"))
}

fn evidence(lists: &[List]) -> Evidence {
    let pem: String = lists.iter().map(List::to_pem).collect();
    Evidence { revocation: RevocationLists::beside_anchors(pem.as_bytes()).unwrap(), ..Evidence::default() }
}

fn judge(octets: &[u8], pki: &Pki, lists: &[List], policy: &Policy) -> Report {
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    check(&octets, &anchors, &evidence(lists), policy, moment(NOW)).unwrap()
}

fn answer(report: &Report, id: CheckId) -> (Outcome, &str) {
    let check = report.signatures[0].checks.iter().find(|check| check.id == id).unwrap();
    (check.outcome, check.code.as_str())
}

fn both(pki: &Pki) -> [List; 2] {
    [list(&pki.stamper_authority), list(&pki.maker_authority)]
}

fn warns(report: &Report, code: &str) -> bool {
    report.warnings.iter().any(|warning| warning.code == code)
}

#[test]
fn valid_needs_a_fresh_list_of_each_issuer() {
    let pki = pki();
    let octets = document(&pki, false);
    let run = |lists: &[List]| judge(&octets, &pki, lists, &Policy::default());
    let report = run(&both(&pki));
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    assert_eq!(report.trust.revocation_lists, 2);
    assert_eq!(report.trust.revocation_as_of, Some(moment("2026-11-20T00:00:00Z")));

    let [stampers, makers] = both(&pki);
    for (lists, reason) in [
        (vec![], CheckId::SignerRevocation),
        (vec![makers.clone()], CheckId::SignerRevocation),
        (vec![stampers.clone()], CheckId::SealMakerRevocation),
    ] {
        let report = run(&lists);
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(reason)));
        assert_eq!(report.subindication, Some(Subindication::TryLater));
        assert_eq!(answer(&report, reason), (Outcome::Skipped, "no_list"));
    }
    let namesake = Pki::new("a forger's kitchen", &pki.body, Period::years(2024, 2035));
    let (from, to) = (moment("2026-11-01T00:00:00Z"), moment("2026-11-20T23:59:59Z"));
    let later = List::of(&pki.stamper_authority, moment("2026-11-21T00:00:01Z"), moment("2027-01-01T00:00:00Z"));
    for (bad, code) in [
        (List::of(&pki.stamper_authority, from, to), "list_outdated"),
        (list(&namesake.stamper_authority), "list_unusable"),
        (List { next_update: None, ..list(&pki.stamper_authority) }, "list_unusable"),
        (later, "list_made_later"),
    ] {
        let report = run(&[bad, makers.clone()]);
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerRevocation)));
        assert_eq!(answer(&report, CheckId::SignerRevocation), (Outcome::Skipped, code));
    }
    let overdue = [List::of(&pki.stamper_authority, from, to), makers];
    let report = judge(&octets, &pki, &overdue, &Policy { crl_grace_seconds: 1, ..Policy::default() });
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.warnings.iter().any(|warning| warning.code == "revocation.in_grace"));
}

/// Date and reason of a revocation of the signer, whether its time is proven, and what is due.
#[test]
fn a_claimed_time_saves_nothing_and_a_proven_one_does() {
    const KEY_COMPROMISE: u8 = 1;
    const CA_COMPROMISE: u8 = 2;
    const AFFILIATION: u8 = 3;
    const SUPERSEDED: u8 = 4;
    const CESSATION: u8 = 5;
    const HOLD: u8 = 6;
    const WITHDRAWN: u8 = 9;
    let pki = pki();
    let [stampers, makers] = both(&pki);
    let run = |entry: Entry, proven: bool| {
        let lists = [stampers.clone().with(vec![entry]), makers.clone(), list(&pki.root)];
        judge(&document(&pki, proven), &pki, &lists, &Policy::default())
    };
    let entry = |at: &str| Entry::new(&pki.stamper.serial, moment(at));
    let failed = |report: &Report, code: &str| {
        assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
        assert_eq!(report.subindication, Some(Subindication::Revoked));
        assert_eq!(answer(report, CheckId::SignerRevocation), (Outcome::Failed, code));
    };
    for reason in [KEY_COMPROMISE, CA_COMPROMISE, AFFILIATION, SUPERSEDED, CESSATION, HOLD, WITHDRAWN] {
        for proven in [false, true] {
            failed(&run(entry(BEFORE).because(reason), proven), "revoked");
        }
        let report = run(entry(AFTER).because(reason), true);
        assert_eq!(report.verdict, Verdict::Valid, "{reason}");
        assert_eq!(answer(&report, CheckId::SignerRevocation), (Outcome::Passed, "revoked_later"));
        let report = run(entry(AFTER).because(reason), false);
        if [SUPERSEDED, CESSATION].contains(&reason) {
            assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerRevocation)));
            assert_eq!(report.subindication, Some(Subindication::RevokedNoPoe));
            assert_eq!(answer(&report, CheckId::SignerRevocation), (Outcome::Indeterminate, "revoked_no_poe"));
        } else {
            failed(&report, "revoked_unproven");
        }
    }
    failed(&run(entry(AFTER), false), "revoked_unproven");
    failed(&run(entry(AFTER).because(KEY_COMPROMISE).invalid_since(moment(BEFORE)), true), "revoked");
}

/// Date and reason of a revocation of the time stamp authority, and what the token is worth then (RFC 3161 4).
#[test]
fn a_revoked_time_stamp_authority_proves_what_its_reason_leaves() {
    const HOLD: u8 = 6;
    let pki = pki();
    let [stampers, makers] = both(&pki);
    // the signer was revoked later, so that everything depends on the time stamp
    let signer = stampers.with(vec![Entry::new(&pki.stamper.serial, moment(AFTER)).because(1)]);
    let octets = document(&pki, true);
    let run = |root: List| judge(&octets, &pki, &[signer.clone(), makers.clone(), root], &Policy::default());
    let entry = |at: &str| Entry::new(&pki.time_authority.serial, moment(at));
    let of = |entry: Entry| run(list(&pki.root).with(vec![entry]));
    let counts = |report: &Report, what: &str| {
        assert_eq!(answer(report, CheckId::Timestamp), (Outcome::Passed, "ok"), "{what}");
        assert_eq!(answer(report, CheckId::SignerRevocation), (Outcome::Passed, "revoked_later"), "{what}");
        assert_eq!(report.verdict, Verdict::Valid, "{what}");
    };
    let is_nothing = |report: &Report, what: &str| {
        assert_eq!(answer(report, CheckId::Timestamp), (Outcome::Indeterminate, "revoked"), "{what}");
        assert!(warns(report, "timestamp.revoked"), "{what}");
        // as if there were none
        assert_eq!(answer(report, CheckId::SignerRevocation), (Outcome::Failed, "revoked_unproven"), "{what}");
        assert_eq!(report.verdict, Verdict::Invalid, "{what}");
        let claimed = report.signatures[0].stamped_at.as_ref().map(|at| at.source);
        assert_eq!(claimed, Some(TimeSource::TimeInfo), "{what}");
    };
    counts(&run(list(&pki.root)), "nobody is revoked");
    for reason in [0, 3, 4, 5] {
        counts(&of(entry(AFTER).because(reason)), &format!("retired after genTime, {reason}"));
    }
    for reason in [1, 2, HOLD, 9] {
        is_nothing(&of(entry(AFTER).because(reason)), &format!("doubted after genTime, {reason}"));
    }
    is_nothing(&of(entry(AFTER)), "after genTime, without a reason");
    for reason in [0, 1, 3, 4, 5, 9] {
        is_nothing(&of(entry(BEFORE).because(reason)), &format!("before genTime, {reason}"));
    }
    is_nothing(&of(entry(AFTER).because(4).invalid_since(moment(BEFORE))), "retired, invalid since before genTime");
    // a stamp that needs no proof is not the worse for it
    let lists = [both(&pki).to_vec(), vec![list(&pki.root).with(vec![entry(BEFORE).because(1)])]].concat();
    let report = judge(&octets, &pki, &lists, &Policy::default());
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(warns(&report, "timestamp.revoked"));
    let strict = Policy { strict_time: true, ..Policy::default() };
    let report = judge(&octets, &pki, &lists, &strict);
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::Timestamp)));
}

/// Nobody says whether the time stamp authority was revoked: that proves nothing, and is held against nobody.
#[test]
fn a_time_stamp_authority_that_is_not_looked_up_leaves_the_question_open() {
    let pki = pki();
    let [stampers, makers] = both(&pki);
    let signer = |at| stampers.clone().with(vec![Entry::new(&pki.stamper.serial, moment(at)).because(1)]);
    let octets = document(&pki, true);
    let (from, to) = (moment("2026-11-01T00:00:00Z"), moment("2026-11-20T23:59:59Z"));
    for (root, code) in [(None, "no_list"), (Some(List::of(&pki.root, from, to)), "list_outdated")] {
        let run = |signer: List| {
            let lists: Vec<List> = [signer, makers.clone()].into_iter().chain(root.clone()).collect();
            judge(&octets, &pki, &lists, &Policy::default())
        };
        let report = run(stampers.clone());
        assert_eq!(answer(&report, CheckId::Timestamp), (Outcome::Indeterminate, code));
        assert!(warns(&report, "timestamp.not_looked_up"));
        assert_eq!(report.verdict, Verdict::Valid, "nothing depends on it");
        let report = run(signer(AFTER));
        assert_eq!(answer(&report, CheckId::SignerRevocation), (Outcome::Indeterminate, "revoked_time_unchecked"));
        assert_eq!((report.verdict, report.subindication), (Verdict::Indeterminate, Some(Subindication::TryLater)));
        let report = run(signer(BEFORE));
        assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
    }
    // a responder does as well as a list, and it is asked
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let known = KnownParts::default();
    let (_, asked) =
        check_asking(&octets, &anchors, &evidence(&both(&pki)), &Policy::default(), moment(NOW), &known).unwrap();
    assert_eq!(asked.iter().map(|one| one.certificate.der()).collect::<Vec<_>>(), [&*pki.time_authority.der]);
    let good = about(&pki.time_authority, &pki.root, CertificateStatus::Good);
    let sound = evidence(&both(&pki));
    let evidence = Evidence { revocation: sound.revocation.with_answers([good]), ..sound };
    let report = check(&octets, &anchors, &evidence, &Policy::default(), moment(NOW)).unwrap();
    assert_eq!(answer(&report, CheckId::Timestamp), (Outcome::Passed, "ok"));
}

#[test]
fn the_maker_and_the_authorities_between_are_asked_about_too() {
    let pki = pki();
    let [stampers, makers] = both(&pki);
    let revoked = makers.clone().with(vec![Entry::new(&pki.maker.serial, moment(BEFORE)).because(1)]);
    let report = judge(&document(&pki, false), &pki, &[stampers.clone(), revoked], &Policy::default());
    // the seal was made before; nothing proves it
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SealMakerRevocation)));

    // plain signatures bring their authorities along: here only the root is an anchor
    let root = Anchors::from_pem(pki.root.to_pem().as_bytes()).unwrap();
    let mut data = SignedData::new(Variant::Attributes, &pki.stamper, moment(STAMPED));
    data.certificates.push(pki.stamper_authority.der.clone());
    let mut package = Document::titled("测试文件").package();
    package.sign_data(&Plan::sign(moment(STAMPED)), &data);
    let octets = package.to_bytes();
    let run = |lists: &[List]| check(&octets, &root, &evidence(lists), &Policy::default(), moment(NOW)).unwrap();
    let report = run(&[stampers.clone(), list(&pki.root)]);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    let report = run(std::slice::from_ref(&stampers));
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerRevocation)));
    let revoked = list(&pki.root).with(vec![Entry::new(&pki.stamper_authority.serial, moment(BEFORE)).because(2)]);
    let report = run(&[stampers, revoked]);
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
    assert_eq!(report.subindication, Some(Subindication::Revoked));
}

/// Everything is read and indexed once, when the list is taken in: asking costs nothing to speak of.
#[test]
fn a_long_list_is_indexed_when_it_is_read() {
    const ENTRIES: u32 = 100_000;
    let pki = pki();
    let number = |n: u32| [&[0x10][..], &n.to_be_bytes()].concat();
    let entries = (1..=ENTRIES).map(|n| Entry::new(&number(n), moment(BEFORE)).because(4));
    let der = list(&pki.stamper_authority).with(entries.collect()).to_der();
    let begun = std::time::Instant::now();
    let read = x509::Crl::from_der(&der).unwrap();
    let reading = begun.elapsed();
    assert_eq!(read.len(), ENTRIES as usize);
    let begun = std::time::Instant::now();
    for n in (1..=ENTRIES).step_by(100) {
        assert_eq!(read.find(&number(n)).unwrap().reason, Some(RevocationReason::Superseded));
        assert!(read.find(&number(n + ENTRIES)).is_none());
    }
    let asking = begun.elapsed();
    assert!(asking < reading, "2000 questions take {asking:?}, reading the list {reading:?}");
    // cut anywhere it is none
    for length in [0, 1, der.len() / 2, der.len() - 1] {
        assert!(RevocationLists::from_der(&der[..length]).is_err());
    }
}

/// What a long list costs: `cargo nextest run --release --run-ignored all a_million`.
#[test]
#[ignore = "some seconds and half a gigabyte"]
fn a_million_entries_are_read_once() {
    let pki = pki();
    let entries = (1..=1_000_000_u64).map(|n| Entry::new(&n.to_be_bytes(), moment(BEFORE)).because(4));
    let [stampers, makers] = both(&pki);
    let der = stampers.with(entries.collect()).to_der();
    let begun = std::time::Instant::now();
    let lists = RevocationLists::from_der(&der).unwrap().and(&evidence(&[makers]).revocation);
    let read = begun.elapsed();
    let evidence = Evidence { revocation: lists, ..Evidence::default() };
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let octets = document(&pki, false);
    let run = || {
        let begun = std::time::Instant::now();
        let report = check(&octets, &anchors, &evidence, &Policy::default(), moment(NOW)).unwrap();
        assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
        begun.elapsed()
    };
    let (first, second) = (run(), run());
    println!("{} octets read in {read:?}; first document {first:?}, second {second:?}", der.len());
    assert!(second * 10 < first, "the list is verified again");
}

fn about(certificate: &Certificate, issuer: &Certificate, status: CertificateStatus) -> OcspResponse {
    let read = |one: &Certificate| x509::Certificate::from_der(&one.der).unwrap();
    let (certificate, authority) = (read(certificate), read(issuer));
    let (this_update, next_update) = (moment("2026-11-20T00:00:00Z"), moment("2026-11-27T00:00:00Z"));
    let id = CertificateId::of(IdDigest::Sm3, &certificate, &authority);
    let single = SingleAnswer { id, status, this_update, next_update };
    let plan = OcspResponsePlan::new(&authority, &[single], None, this_update).unwrap();
    let signature = issuer.key.sign(plan.to_be_signed(), 0);
    plan.embed(Signature::from_der(&signature.to_der()).unwrap()).unwrap()
}

#[test]
fn answers_about_the_certificates_do_as_well_as_lists() {
    let pki = pki();
    let octets = document(&pki, false);
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let run = |answers: Vec<OcspResponse>| {
        let evidence = Evidence { revocation: RevocationLists::default().with_answers(answers), ..Evidence::default() };
        let known = KnownParts::default();
        check_asking(&octets, &anchors, &evidence, &Policy::default(), moment(NOW), &known).unwrap()
    };
    let of_stamper = |status| about(&pki.stamper, &pki.stamper_authority, status);
    let of_maker = || about(&pki.maker, &pki.maker_authority, CertificateStatus::Good);
    // without evidence both are asked about, each with its issuer
    let (report, questions) = run(vec![]);
    assert_eq!((report.verdict, answer(&report, CheckId::SignerRevocation).1), (Verdict::Indeterminate, "no_list"));
    let mut asked: Vec<_> = questions.iter().map(|one| one.certificate.der()).collect();
    asked.sort_unstable();
    let mut due = [&*pki.stamper.der, &*pki.maker.der];
    due.sort_unstable();
    assert_eq!(asked, due);
    assert!(questions.iter().all(|one| one.certificate.verify_signature(&one.issuer).is_ok()));
    let (report, questions) = run(vec![of_stamper(CertificateStatus::Good), of_maker()]);
    assert_eq!((report.verdict, questions.len()), (Verdict::Valid, 0), "{:?}", report.reason);
    assert_eq!(report.trust.revocation_as_of, Some(moment("2026-11-20T00:00:00Z")));
    let sentence =
        &report.signatures[0].checks.iter().find(|one| one.id == CheckId::SignerRevocation).unwrap().sentence;
    assert!(sentence.zh.contains("证书状态应答截至") && sentence.en.contains("by the answer of"), "{sentence:?}");
    let revocation =
        Revocation { at: moment(BEFORE), reason: Some(RevocationReason::KeyCompromise), invalid_since: None };
    let (report, _) = run(vec![of_stamper(CertificateStatus::Revoked(revocation)), of_maker()]);
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SignerRevocation)));
    let (report, _) = run(vec![of_stamper(CertificateStatus::Unknown), of_maker()]);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(answer(&report, CheckId::SignerRevocation), (Outcome::Skipped, "status_unknown"));
}
