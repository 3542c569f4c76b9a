//! What trust lists do to a verdict: a list vouches within its history and scope, and
//! each refusal has its name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "trust_lists/members.rs"]
mod members;

use std::path::Path;
use yinxin_testkit::{
    cms::{SignedData, Variant},
    crl::{Entry, List},
    damage::replace,
    keys::Key,
    licence::credit_code,
    moment,
    ofd::{Document, Plan},
    pki::{self, Draft, Period, Pki},
    seal::{Seal, Stamp, Stamping, Version},
    shipped,
    tsp::Token,
    workspace,
};
use yinxin_trust::{
    algorithms::AlgorithmPolicy,
    anchor::{Anchors, RevocationLists, Use},
    base::{Day, Moment},
    trust_list::{
        Identity, ListPlan, MissedUpdate, Operator, Scope, Service, ServiceKind, SignedList, State, StateFrom,
        TrustListDraft, TrustListLimits,
    },
    verify::{CheckId, Evidence, Outcome, Policy, Report, Subindication, TimeSource, Verdict, VouchedBy, check},
    x509::Certificate,
};

const NOW: &str = "2026-11-21T00:00:00Z";
/// 10:00 in Beijing.
const STAMPED: &str = "2026-06-01T02:00:00Z";
const PROVEN: &str = "2026-06-01T02:00:07Z";
/// Between the stamp and now.
const LATER: &str = "2026-09-01T00:00:00Z";
const OPERATOR: &str = "演示省数据管理局";
const STAMPERS: usize = 0;
const MAKERS: usize = 1;
const TIME: usize = 2;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// The issuing body and the type of the licence that is shipped.
fn body() -> String {
    credit_code("11990000", "MB00DEM1")
}

fn licence_type() -> String {
    format!("{}001", credit_code("11990000", "MB00DEM0"))
}

fn service(kind: ServiceKind, name: &str, certificate: Certificate) -> Service {
    Service {
        kind,
        name: name.to_owned(),
        identity: Identity::Certificate(certificate),
        history: vec![StateFrom { state: State::Granted, from: moment("2024-06-01T00:00:00Z") }],
        scope: Scope::any_from(day("2024-06-01")),
        log_required_from: None,
    }
}

fn read(certificate: &pki::Certificate) -> Certificate {
    Certificate::from_der(&certificate.der).unwrap()
}

/// Stampers, makers and time stamps of the shipped PKI, for everybody.
fn services() -> Vec<Service> {
    let pki = shipped::pki();
    vec![
        service(ServiceKind::StamperCa, "演示签章者证书机构", read(&pki.stamper_authority)),
        service(ServiceKind::SealMakerCa, "演示制章者证书机构", read(&pki.maker_authority)),
        service(ServiceKind::TimeStamp, "演示时间戳服务", read(&pki.time_authority)),
    ]
}

fn list_by(operator: &str, services: Vec<Service>) -> SignedList {
    let key = Key::from_seed(operator);
    let draft = TrustListDraft {
        operator: Operator { name: operator.to_owned(), territory: "990000".parse().unwrap() },
        sequence: 7,
        issued: moment("2026-05-01T00:00:00Z"),
        next_update: moment("2026-12-01T00:00:00Z"),
        services,
        pointers: Vec::new(),
    };
    let plan = ListPlan::new(&draft, &TrustListLimits::default()).unwrap();
    let signature = key.sign(plan.to_be_signed(), 0);
    plan.embed(key.public(), &signature).unwrap()
}

/// The list with one of its services changed.
fn list_with(place: usize, change: impl FnOnce(&mut Service)) -> SignedList {
    let mut all = services();
    change(&mut all[place]);
    list_by(OPERATOR, all)
}

fn withdrawn(service: &mut Service, from: &str) {
    service.history.push(StateFrom { state: State::Withdrawn, from: moment(from) });
}

fn stamped(document: &Document, plan: &Plan, proven: Option<&str>) -> Vec<u8> {
    let pki = shipped::pki();
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment(STAMPED));
    let token = proven.map(|at| Stamping::with(Token::new(&pki.time_authority, moment(at))));
    let mut package = document.package();
    package.stamp(plan, &Stamp { time_stamp: token, ..stamp });
    package.to_bytes()
}

fn licence(proven: Option<&str>) -> Vec<u8> {
    stamped(&shipped::licence_document(), &Plan::at(moment(STAMPED)), proven)
}

fn evidence() -> Evidence {
    let revocation = RevocationLists::from_pem(shipped::pki().lists_pem().as_bytes()).unwrap();
    Evidence { revocation, ..Evidence::default() }
}

fn judge(octets: &[u8], anchors: &Anchors, policy: &Policy) -> Report {
    check(&octets, anchors, &evidence(), policy, moment(NOW)).unwrap()
}

fn by_list(octets: &[u8], list: &SignedList) -> Report {
    judge(octets, &Anchors::not_configured().with_lists([list]), &Policy::default())
}

fn answer(report: &Report, id: CheckId) -> (Outcome, &str) {
    let mut all = report.signatures[0].checks.iter().chain(&report.checks);
    let check = all.find(|check| check.id == id && check.code != "not_applicable").unwrap();
    (check.outcome, check.code.as_str())
}

/// Nothing is forged, nobody vouches.
fn assert_refused(report: &Report, reason: CheckId, code: &str, subindication: Subindication) {
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(reason)), "{code}");
    assert_eq!(answer(report, reason), (Outcome::Indeterminate, code));
    assert_eq!(report.subindication, Some(subindication), "{code}");
    let of_signature = report.signatures[0].checks.iter();
    assert!(of_signature.chain(&report.checks).all(|check| check.outcome != Outcome::Failed), "{code}");
}

fn has_warning(report: &Report, code: &str) -> bool {
    report.warnings.iter().any(|warning| warning.code == code)
}

#[test]
fn a_list_vouches_as_a_bundle_does_and_the_report_says_which() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let report = by_list(&octets, &list);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    let due =
        |service: &str| Some(VouchedBy { operator: OPERATOR.to_owned(), sequence: 7, service: service.to_owned() });
    let signature = &report.signatures[0];
    assert_eq!(signature.signer.as_ref().unwrap().vouched_by, due("演示签章者证书机构"));
    let maker = signature.seal.as_ref().unwrap().maker.as_ref().unwrap();
    assert_eq!(maker.vouched_by, due("演示制章者证书机构"));
    assert_eq!(report.trust.anchors, 3);
    let facts = &report.trust.lists[0];
    assert_eq!((facts.operator.as_str(), facts.sequence, facts.outdated), (OPERATOR, 7, false));
    assert_eq!(facts.sm3, hex(list.sm3()));
    assert_eq!(answer(&report, CheckId::LogInclusion), (Outcome::Skipped, "not_configured"));

    // a bundle says the same without naming a list, and is asked first
    let bundle = Anchors::from_pem(shipped::anchors_pem(&shipped::pki()).as_bytes()).unwrap();
    let plain = judge(&octets, &bundle, &Policy::default());
    let text = serde_json::to_string(&plain).unwrap();
    assert!(!text.contains("\"lists\"") && !text.contains("vouched_by"), "as it was before there were lists");
    let both = bundle.clone().with_lists([&list]);
    let report = judge(&octets, &both, &Policy::default());
    assert_eq!((report.verdict, report.trust.anchors), (Verdict::Valid, 6));
    assert_eq!(report.signatures, plain.signatures);
    assert_ne!(both.digest(), bundle.digest());
    let other = bundle.clone().with_lists([&list_with(MAKERS, |service| withdrawn(service, LATER))]);
    assert_ne!(both.digest(), other.digest());
    assert_eq!(bundle.clone().with_lists([]).digest(), bundle.digest());
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

#[test]
fn what_a_scope_does_not_cover_is_told_by_name() {
    let octets = licence(None);
    let (own, region) = (body(), "990000");
    type Change = Box<dyn Fn(&mut Service)>;
    let change = |change: fn(&mut Scope)| -> Change { Box::new(move |service| change(&mut service.scope)) };
    let cases: [(&str, &str, Change); 4] = [
        ("out_of_scope_body", &own, change(|s| s.bodies = ["11430000006122244L".parse().unwrap()].into())),
        ("out_of_scope_region", region, change(|s| s.regions = ["34".parse().unwrap()].into())),
        (
            "out_of_scope_type",
            &licence_type(),
            change(|s| s.licence_types = ["11100000000013338W011".parse().unwrap()].into()),
        ),
        ("out_of_scope_day", "2026-06-02", change(|s| s.from = day("2026-06-02"))),
    ];
    for (code, told, change) in &cases {
        for (place, reason) in [(STAMPERS, CheckId::SignerPath), (MAKERS, CheckId::SealMakerPath)] {
            let report = by_list(&octets, &list_with(place, change));
            assert_refused(&report, reason, code, Subindication::ChainConstraintsFailure);
            let check = report.signatures[0].checks.iter().find(|check| check.id == reason).unwrap();
            for text in [&check.sentence.zh, &check.sentence.en] {
                assert!(text.contains(told) && text.contains(OPERATOR), "{text}");
            }
            assert_eq!(report.trust.lists.len(), 1);
        }
    }
    // each part at its edge
    let within = list_with(STAMPERS, |service| {
        service.scope = Scope {
            bodies: [own.parse().unwrap(), "11430000006122244L".parse().unwrap()].into(),
            licence_types: [licence_type().parse().unwrap()].into(),
            regions: ["99".parse().unwrap()].into(),
            from: day("2026-06-01"),
        };
    });
    assert_eq!(by_list(&octets, &within).verdict, Verdict::Valid);
}

#[test]
fn the_day_of_a_scope_is_that_of_beijing() {
    let pki = shipped::pki();
    // 00:30 on the second of June in Beijing, still the first in Greenwich
    let at = moment("2026-06-01T16:30:00Z");
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, at);
    let mut package = shipped::licence_document().package();
    package.stamp(&Plan::at(at), &stamp);
    let on = |from: &str| list_with(STAMPERS, |service| service.scope.from = day(from));
    assert_eq!(by_list(&package.to_bytes(), &on("2026-06-02")).verdict, Verdict::Valid);
    let report = by_list(&package.to_bytes(), &on("2026-06-03"));
    assert_refused(&report, CheckId::SignerPath, "out_of_scope_day", Subindication::ChainConstraintsFailure);
}

#[test]
fn what_is_not_covered_states_nothing() {
    let narrow = list_with(STAMPERS, |service| service.scope.bodies = [body().parse().unwrap()].into());
    let typed = list_with(STAMPERS, |service| service.scope.licence_types = [licence_type().parse().unwrap()].into());
    assert_eq!(by_list(&licence(None), &narrow).verdict, Verdict::Valid);
    assert_eq!(by_list(&licence(None), &typed).verdict, Verdict::Valid);

    // a document that is no licence
    let plan = Plan::at(moment(STAMPED));
    let other = stamped(&Document::titled("一份文件"), &plan, None);
    assert_eq!(by_list(&other, &list_by(OPERATOR, services())).verdict, Verdict::Valid);
    let chain = Subindication::ChainConstraintsFailure;
    assert_refused(&by_list(&other, &narrow), CheckId::SignerPath, "out_of_scope_body", chain);
    assert_refused(&by_list(&other, &typed), CheckId::SignerPath, "out_of_scope_type", chain);

    // a licence whose stamp leaves out the file that says what it is
    let uncovered = Plan { uncovered: vec!["OFD.xml".to_owned()], ..plan.clone() };
    let report = by_list(&stamped(&shipped::licence_document(), &uncovered, None), &narrow);
    assert_ne!(report.verdict, Verdict::Valid);
    assert_eq!(answer(&report, CheckId::SignerPath), (Outcome::Indeterminate, "out_of_scope_body"));

    // details put in after stamping
    let mut package = Document::titled("一份文件").package();
    let pki = shipped::pki();
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment(STAMPED));
    package.stamp(&plan, &stamp);
    let details: String = shipped::licence_document()
        .custom_datas
        .iter()
        .map(|(name, value)| format!("<ofd:CustomData Name=\"{name}\">{value}</ofd:CustomData>"))
        .collect();
    package.edit("OFD.xml", |xml| {
        let end = "</ofd:DocInfo>";
        replace(xml, end.as_bytes(), format!("<ofd:CustomDatas>{details}</ofd:CustomDatas>{end}").as_bytes())
    });
    let report = by_list(&package.to_bytes(), &narrow);
    assert!(report.document.licence, "it says so");
    assert_eq!((report.verdict, &report.licence), (Verdict::Invalid, &None));
    assert_eq!(answer(&report, CheckId::SignerPath), (Outcome::Indeterminate, "out_of_scope_body"));
}

#[test]
fn a_service_counts_while_it_is_granted() {
    let chain = Subindication::ChainConstraintsFailure;
    let octets = licence(None);
    let granted_from = |from: &str| list_with(STAMPERS, |service| service.history[0].from = moment(from));
    assert_eq!(by_list(&octets, &granted_from(STAMPED)).verdict, Verdict::Valid);
    let late = by_list(&octets, &granted_from("2026-06-01T02:00:01Z"));
    assert_refused(&late, CheckId::SignerPath, "service_not_yet_granted", chain);

    let ended = |from: &str| list_with(STAMPERS, |service| withdrawn(service, from));
    for proven in [None, Some(PROVEN)] {
        let report = by_list(&licence(proven), &ended(STAMPED));
        assert_refused(&report, CheckId::SignerPath, "service_withdrawn", chain);
    }
    // before it was withdrawn, by a time stamp
    let report = by_list(&licence(Some(PROVEN)), &ended(LATER));
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    assert_eq!(report.signatures[0].stamped_at.as_ref().unwrap().source, TimeSource::TimeStamp);
    // the same by its own word: whoever was withdrawn could write any time
    let report = by_list(&octets, &ended(LATER));
    assert_refused(&report, CheckId::SignerPath, "service_withdrawn_since", Subindication::NoPoe);
    // a time stamp of after the withdrawal proves nothing for before it
    let report = by_list(&licence(Some("2026-09-01T00:00:00Z")), &ended(LATER));
    assert_refused(&report, CheckId::SignerPath, "service_withdrawn_since", Subindication::NoPoe);
    // a locality that takes the word for it
    let policy = Policy { claimed_time_before_withdrawal: true, ..Policy::default() };
    let anchors = Anchors::not_configured().with_lists([&ended(LATER)]);
    let report = judge(&octets, &anchors, &policy);
    assert!(report.verdict == Verdict::Valid && has_warning(&report, "trust.service_withdrawn_since"));
    // announced, and not yet so
    let report = by_list(&octets, &ended("2026-12-01T00:00:00Z"));
    assert!(report.verdict == Verdict::Valid && !has_warning(&report, "trust.service_withdrawn_since"));

    // granted anew: what was signed between stays out
    let again = |from: &str| {
        list_with(STAMPERS, |service| {
            withdrawn(service, "2026-05-01T00:00:00Z");
            service.history.push(StateFrom { state: State::Granted, from: moment(from) });
        })
    };
    assert_eq!(by_list(&octets, &again(STAMPED)).verdict, Verdict::Valid);
    let report = by_list(&octets, &again(LATER));
    assert_refused(&report, CheckId::SignerPath, "service_withdrawn", chain);

    // of the maker's service the time counts at which the seal was made: the first of 2025
    let makers = |from: &str| list_with(MAKERS, |service| withdrawn(service, from));
    let report = by_list(&licence(Some(PROVEN)), &makers("2024-12-31T23:59:59Z"));
    assert_refused(&report, CheckId::SealMakerPath, "service_withdrawn", chain);
    assert_eq!(by_list(&licence(Some(PROVEN)), &makers(LATER)).verdict, Verdict::Valid);
    let report = by_list(&octets, &makers(LATER));
    assert_refused(&report, CheckId::SealMakerPath, "service_withdrawn_since", Subindication::NoPoe);
}

#[test]
fn any_service_that_covers_suffices_and_the_nearest_miss_is_told() {
    let octets = licence(None);
    let stranger = "11430000006122244L";
    let scoped = |name: &str, bodies: &[&str], types: &[&str]| {
        let mut one = services().swap_remove(STAMPERS);
        one.name = name.to_owned();
        one.scope.bodies = bodies.iter().map(|text| text.parse().unwrap()).collect();
        one.scope.licence_types = types.iter().map(|text| text.parse().unwrap()).collect();
        one
    };
    let makers = || services().swap_remove(MAKERS);
    let (own, own_type) = (body(), licence_type());
    let elsewhere = || scoped("别的机关", &[stranger], &[]);
    let here = || scoped("本机关", &[&own], &[&own_type]);
    let other_type = || scoped("本机关，别的证照", &[&own], &["11100000000013338W011"]);
    let verdict = |lists: &[&SignedList]| {
        let anchors = Anchors::not_configured().with_lists(lists.iter().copied());
        judge(&octets, &anchors, &Policy::default())
    };
    let one = verdict(&[&list_by(OPERATOR, vec![elsewhere(), here(), makers()])]);
    assert_eq!(one.verdict, Verdict::Valid);
    assert_eq!(one.signatures[0].signer.as_ref().unwrap().vouched_by.as_ref().unwrap().service, "本机关");
    // in two lists, and beside a bundle
    let (far, near) = (list_by("甲", vec![elsewhere(), makers()]), list_by("乙", vec![here()]));
    let two = verdict(&[&far, &near]);
    assert_eq!(two.verdict, Verdict::Valid);
    let signature = &two.signatures[0];
    let maker = signature.seal.as_ref().unwrap().maker.as_ref().unwrap();
    let operators = [signature.signer.as_ref(), Some(maker)].map(|of| of.unwrap().vouched_by.clone().unwrap().operator);
    assert_eq!(operators, ["乙", "甲"]);
    let bundle = format!("# use: signer\n{}", shipped::pki().stamper_authority.to_pem());
    let bundle = Anchors::from_pem(bundle.as_bytes()).unwrap();
    assert_eq!(judge(&octets, &bundle, &Policy::default()).reason, Some(CheckId::SealMakerPath));
    let report = judge(&octets, &bundle.with_lists([&far]), &Policy::default());
    assert_eq!(report.verdict, Verdict::Valid);
    assert_eq!(report.signatures[0].signer.as_ref().unwrap().vouched_by, None);
    // none: the one that lacks least, in one list or in two
    let chain = Subindication::ChainConstraintsFailure;
    let type_is_nearest = [
        verdict(&[&list_by(OPERATOR, vec![elsewhere(), other_type(), makers()])]),
        verdict(&[&far, &list_by("乙", vec![other_type()])]),
        verdict(&[&list_by("乙", vec![other_type()]), &far]),
    ];
    for report in type_is_nearest {
        assert_refused(&report, CheckId::SignerPath, "out_of_scope_type", chain);
    }
    let report = verdict(&[&far]);
    assert_refused(&report, CheckId::SignerPath, "out_of_scope_body", chain);
    // a service of another kind vouches for nothing else
    let mut crossed = services();
    crossed[STAMPERS].kind = ServiceKind::SealMakerCa;
    let report = verdict(&[&list_by(OPERATOR, crossed)]);
    assert_refused(&report, CheckId::SignerPath, "unknown_issuer", Subindication::NoCertificateChainFound);
}

#[test]
fn where_a_list_asks_for_the_log_a_stamp_without_proof_is_undecided() {
    let from = |first: &str| list_with(STAMPERS, |service| service.log_required_from = Some(day(first)));
    let octets = licence(None);
    assert_eq!(by_list(&octets, &from("2026-06-02")).verdict, Verdict::Valid);
    let report = by_list(&octets, &from("2026-06-01"));
    assert_refused(&report, CheckId::LogInclusion, "no_proof", Subindication::NoPoe);
    assert_eq!(answer(&report, CheckId::SignerPath).0, Outcome::Passed);
    // claimed on the evening before, proven on the day
    let report = by_list(&licence(Some("2026-06-01T16:00:00Z")), &from("2026-06-02"));
    assert_refused(&report, CheckId::LogInclusion, "no_proof", Subindication::NoPoe);
    // the bundle vouches without conditions, and another service of the list does not lift one
    let bundle = Anchors::from_pem(shipped::anchors_pem(&shipped::pki()).as_bytes()).unwrap();
    let report = judge(&octets, &bundle.with_lists([&from("2026-06-01")]), &Policy::default());
    assert_eq!(report.verdict, Verdict::Valid);
    let mut all = services();
    let mut lax = all[STAMPERS].clone();
    lax.name = "另一项服务".to_owned();
    all[STAMPERS].log_required_from = Some(day("2026-01-01"));
    all.push(lax);
    let report = by_list(&octets, &list_by(OPERATOR, all));
    assert_refused(&report, CheckId::LogInclusion, "no_proof", Subindication::NoPoe);
    // what failed stays the reason
    let mut package = shipped::licence_document().package();
    let pki = shipped::pki();
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment(STAMPED));
    package.stamp(&Plan::at(moment(STAMPED)), &stamp);
    package.edit("Doc_0/Pages/Page_0/Content.xml", |page| {
        replace(page, "2031 年 5 月".as_bytes(), "2039 年 5 月".as_bytes())
    });
    assert_eq!(by_list(&package.to_bytes(), &from("2026-06-01")).verdict, Verdict::Invalid);
}

#[test]
fn an_overdue_list_is_flagged_or_refused_as_the_policy_says() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let anchors = Anchors::not_configured().with_lists([&list]);
    let at =
        |now: &str, policy: &Policy| check(&octets.as_slice(), &anchors, &evidence(), policy, moment(now)).unwrap();
    let refuse = Policy { outdated_lists: MissedUpdate::Refuse, ..Policy::default() };
    for policy in [&Policy::default(), &refuse] {
        let report = at("2026-12-01T00:00:00Z", policy);
        assert!(report.verdict == Verdict::Valid && !has_warning(&report, "trust.list_outdated"));
    }
    let report = at("2026-12-04T00:00:00Z", &Policy::default());
    assert!(report.verdict == Verdict::Valid && report.trust.lists[0].outdated);
    let warning = report.warnings.iter().find(|warning| warning.code == "trust.list_outdated").unwrap();
    assert!(warning.sentence.zh.contains("3 天") && warning.sentence.en.contains("3 days"), "{warning:?}");
    let report = at("2026-12-01T00:00:01Z", &refuse);
    assert_refused(&report, CheckId::SignerPath, "list_outdated", Subindication::TryLater);
    // a bundle is no list
    let bundle = Anchors::from_pem(shipped::anchors_pem(&shipped::pki()).as_bytes()).unwrap().with_lists([&list]);
    let report = check(&octets.as_slice(), &bundle, &evidence(), &refuse, moment("2026-12-04T00:00:00Z")).unwrap();
    assert!(report.verdict == Verdict::Valid && !has_warning(&report, "trust.list_outdated"));
}

/// A list is made with an algorithm too, at the time that its operator writes into it.
#[test]
fn a_list_by_an_algorithm_that_does_not_count_does_not_vouch() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let anchors = Anchors::not_configured().with_lists([&list]);
    let judged = |conditions: &str| {
        let text = format!(
            r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-01","algorithms":[
                {{"algorithm":"sm2-sm3","for":["stamp","seal","certificate","revocation"]}},
                {{"algorithm":"sm3","for":["digest"]}},
                {{"algorithm":"sm2-sm3","for":["trust-list"]{conditions}}}]}}"#
        );
        let algorithms = AlgorithmPolicy::from_json(text.as_bytes()).unwrap();
        let policy = Policy { algorithms, ..Policy::default() };
        check(&octets.as_slice(), &anchors, &evidence(), &policy, moment(NOW)).unwrap()
    };
    assert_eq!(judged("").verdict, Verdict::Valid);
    assert_eq!(judged(r#","until":"2026-05-01","claimed_time_counts":true"#).verdict, Verdict::Valid);
    for (conditions, code) in [
        (r#","until":"2026-04-30""#, "algorithm_ended"),
        (r#","until":"2026-05-01""#, "algorithm_ended_since"),
        (r#","from":"2026-05-02""#, "algorithm_not_yet"),
    ] {
        let report = judged(conditions);
        assert_refused(&report, CheckId::SignerPath, code, Subindication::CryptoConstraintsFailure);
        let found = report.signatures[0].checks.iter().find(|check| check.id == CheckId::SignerPath).unwrap();
        assert!(found.sentence.en.contains(&format!("the trust list of {OPERATOR} is signed with")), "{found:?}");
    }
}

#[test]
fn time_stamps_are_vouched_for_under_the_same_conditions() {
    let octets = licence(Some(PROVEN));
    let strict = Policy { strict_time: true, ..Policy::default() };
    let run = |list: &SignedList| judge(&octets, &Anchors::not_configured().with_lists([list]), &strict);
    assert_eq!(run(&list_by(OPERATOR, services())).verdict, Verdict::Valid);
    type Change = fn(&mut Service);
    let cases: [(&str, Change); 4] = [
        ("out_of_scope_region", |service| service.scope.regions = ["34".parse().unwrap()].into()),
        ("service_not_yet_granted", |service| service.history[0].from = moment("2026-06-01T02:00:08Z")),
        ("service_withdrawn", |service| withdrawn(service, PROVEN)),
        ("service_withdrawn_since", |service| withdrawn(service, LATER)),
    ];
    for (code, change) in cases {
        let report = run(&list_with(TIME, change));
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::Timestamp)), "{code}");
        assert_eq!(answer(&report, CheckId::Timestamp), (Outcome::Indeterminate, code));
        assert!(has_warning(&report, "timestamp.untrusted"));
        assert_eq!(report.signatures[0].stamped_at.as_ref().unwrap().source, TimeSource::TimeInfo);
    }
}

#[test]
fn a_seal_on_its_own_is_on_no_licence() {
    let seal = Seal::of(Version::V4, &shipped::pki()).make();
    assert_eq!(by_list(&seal, &list_by(OPERATOR, services())).verdict, Verdict::Valid);
    let narrow = list_with(MAKERS, |service| service.scope.bodies = [body().parse().unwrap()].into());
    let report = by_list(&seal, &narrow);
    assert_refused(&report, CheckId::SealMakerPath, "out_of_scope_body", Subindication::ChainConstraintsFailure);
}

/// Of every golden file: what is invalid stays so, and what a list can only leave or make
/// undecided is never valid by it.
#[test]
fn a_list_never_makes_what_is_invalid_valid() {
    let golden = workspace().join("tests/golden");
    let bundle = std::fs::read(golden.join("anchors.pem")).unwrap();
    let anchors = Anchors::from_pem(&bundle).unwrap();
    let revocation = RevocationLists::beside_anchors(&bundle).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden.join("manifest.json")).unwrap()).unwrap();
    let at = Moment::parse(manifest["at"].as_str().unwrap()).unwrap();
    let mut all = Vec::new();
    for wanted in [Use::Signer, Use::SealMaker, Use::TimeStamp] {
        let kind = ServiceKind::ALL.into_iter().find(|kind| kind.anchor_use() == Some(wanted)).unwrap();
        let named = anchors.certificates(wanted).into_iter().enumerate();
        all.extend(named.map(|(number, certificate)| service(kind, &format!("{number}"), certificate)));
    }
    for service in &mut all {
        service.history[0].from = moment("2020-01-01T00:00:00Z");
        service.scope.from = day("2020-01-01");
    }
    let list = list_by(OPERATOR, all);
    let (alone, both) = (Anchors::not_configured().with_lists([&list]), anchors.clone().with_lists([&list]));
    let mut invalid = 0;
    for entry in manifest["files"].as_array().unwrap() {
        let name = entry["file"].as_str().unwrap();
        let octets = std::fs::read(golden.join(Path::new(name))).unwrap();
        let verdict = |anchors: &Anchors| {
            check(&octets, anchors, &evidence, &Policy::default(), at).map(|report| (report.verdict, report.reason))
        };
        let plain = verdict(&anchors);
        assert_eq!(verdict(&both), plain, "{name}: the bundle is asked first");
        if plain.as_ref().is_ok_and(|(verdict, _)| *verdict == Verdict::Invalid) {
            invalid += 1;
            assert_eq!(verdict(&alone).unwrap().0, Verdict::Invalid, "{name}");
        }
    }
    assert!(invalid > 40, "{invalid}");
}

/// A shorter path to an authority that is revoked on the path there was.
#[test]
fn a_list_that_names_a_revoked_authority_hides_nothing() {
    let pki = Pki::new("revoked authority", "某局", Period::years(2024, 2035));
    let mut data = SignedData::new(Variant::Attributes, &pki.stamper, moment(STAMPED));
    data.certificates.push(pki.stamper_authority.der.clone());
    let mut package = Document::titled("测试文件").package();
    package.sign_data(&Plan::sign(moment(STAMPED)), &data);
    let octets = package.to_bytes();
    let list =
        |issuer: &pki::Certificate| List::of(issuer, moment("2026-11-20T00:00:00Z"), moment("2026-11-27T00:00:00Z"));
    let revoked = Entry::new(&pki.stamper_authority.serial, moment("2026-05-01T00:00:00Z")).because(2);
    let lists = list(&pki.root).with(vec![revoked]).to_pem() + &list(&pki.stamper_authority).to_pem();
    let evidence = Evidence { revocation: RevocationLists::from_pem(lists.as_bytes()).unwrap(), ..Evidence::default() };
    let of = |kind, certificate| list_by(OPERATOR, vec![service(kind, "甲", read(certificate))]);
    let (root, middle) = (of(ServiceKind::StamperCa, &pki.root), of(ServiceKind::StamperCa, &pki.stamper_authority));
    let verdict = |anchors: &Anchors| {
        check(&octets.as_slice(), anchors, &evidence, &Policy::default(), moment(NOW)).unwrap().verdict
    };
    let bundle = Anchors::from_pem(pki.root.to_pem().as_bytes()).unwrap();
    assert_eq!(verdict(&bundle), Verdict::Invalid);
    assert_eq!(verdict(&bundle.with_lists([&middle])), Verdict::Invalid);
    let lists = Anchors::not_configured().with_lists([&root]);
    assert_eq!(verdict(&lists), Verdict::Invalid);
    assert_eq!(verdict(&lists.with_lists([&middle])), Verdict::Invalid);
}

/// Hundreds of authorities on a list cost no more signatures than one.
#[test]
fn a_long_list_is_looked_up_by_name() {
    let root = shipped::pki().root;
    let mut all = services();
    all.extend((0..300).map(|number| {
        let subject = pki::name("演示信任服务机构（测试专用）", &format!("别处的证书机构 {number}"));
        let authority = Draft::authority(subject, "elsewhere", Period::years(2024, 2035), Some(0)).issued_by(&root);
        service(ServiceKind::StamperCa, &format!("别处 {number}"), read(&authority))
    }));
    let mut policy = Policy::default();
    policy.limits.path_signatures = 2;
    let anchors = Anchors::not_configured().with_lists([&list_by(OPERATOR, all)]);
    assert_eq!(anchors.len(), 303);
    let report = judge(&licence(None), &anchors, &policy);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
}
