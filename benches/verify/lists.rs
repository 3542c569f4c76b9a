//! Trust lists: what a large one costs to load, and what it adds to a verification.

use super::rounds::Workload;
use std::{fs, hint::black_box};
use yinxin_testkit::{
    keys::Key,
    moment,
    pki::{Draft, Period, name},
    shipped, workspace,
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::Day,
    trust_list::{
        Identity, ListPlan, Operator, Scope, Service, ServiceKind, SignedList, State, StateFrom, TrustListDraft,
        TrustListLimits,
    },
    verify::{Evidence, Policy, Verdict, check},
    x509::Certificate,
};

const SERVICES: usize = 5_000;

/// Loading the list, and a licence judged by a bundle of anchors and by the list.
pub(crate) fn all() -> Vec<Workload> {
    let list = large();
    let bundle = Anchors::from_pem(shipped::anchors_pem(&shipped::pki()).as_bytes()).unwrap();
    let by_list = Anchors::not_configured().with_lists([&list]);
    vec![
        loading(&list),
        licence("licence.ofd to report, a bundle of anchors", bundle),
        licence("licence.ofd to report, a trust list of 5,000 services", by_list),
    ]
}

/// The shipped authorities among thousands of others.
fn large() -> SignedList {
    let pki = shipped::pki();
    let service = |kind, name: String, certificate: &[u8]| Service {
        kind,
        name,
        identity: Identity::Certificate(Certificate::from_der(certificate).unwrap()),
        history: vec![StateFrom { state: State::Granted, from: moment("2024-06-01T00:00:00Z") }],
        scope: Scope { regions: ["99".parse().unwrap()].into(), ..Scope::any_from(Day::new(2024, 6, 1).unwrap()) },
        log_required_from: None,
    };
    let mut services = vec![
        service(ServiceKind::StamperCa, "演示签章者证书机构".to_owned(), &pki.stamper_authority.der),
        service(ServiceKind::SealMakerCa, "演示制章者证书机构".to_owned(), &pki.maker_authority.der),
    ];
    services.extend((services.len()..SERVICES).map(|number| {
        let subject = name("演示信任服务机构（测试专用）", &format!("别处的证书机构 {number}"));
        let authority = Draft::authority(subject, "elsewhere", Period::years(2024, 2035), Some(0));
        service(ServiceKind::StamperCa, format!("别处的证书机构 {number}"), &authority.issued_by(&pki.root).der)
    }));
    let draft = TrustListDraft {
        operator: Operator { name: "演示省数据管理局".to_owned(), territory: "990000".parse().unwrap() },
        sequence: 1,
        issued: moment("2026-05-01T00:00:00Z"),
        next_update: moment("2027-05-01T00:00:00Z"),
        services,
        pointers: Vec::new(),
    };
    let plan = ListPlan::new(&draft, &TrustListLimits::default()).unwrap();
    let key = Key::from_seed("bench/operator");
    let signature = key.sign(plan.to_be_signed(), 0);
    plan.embed(key.public(), &signature).unwrap()
}

/// From octets and signature to anchors that can be asked.
fn loading(list: &SignedList) -> Workload {
    let (octets, signature, key) = (list.octets().to_vec(), list.signature(), list.key().clone());
    let load = move || {
        let read = SignedList::verify(&octets, &signature, &key, &TrustListLimits::default()).unwrap();
        Anchors::not_configured().with_lists([&read])
    };
    assert_eq!(load().len(), SERVICES);
    let mebibytes = list.octets().len() as f64 / f64::from(1 << 20);
    let name = format!("trust list of 5,000 services, {mebibytes:.1} MiB: signature, reading, index");
    Workload {
        name,
        once: Box::new(move || {
            black_box(load());
        }),
    }
}

fn licence(name: &str, anchors: Anchors) -> Workload {
    let octets = fs::read(workspace().join("tests/golden/licence.ofd")).unwrap();
    let revocation = RevocationLists::from_pem(shipped::pki().lists_pem().as_bytes()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    let at = moment("2026-11-21T00:00:00Z");
    let verdict = move || check(&octets, &anchors, &evidence, &Policy::default(), at).unwrap().verdict;
    assert_eq!(verdict(), Verdict::Valid, "{name}");
    Workload {
        name: name.to_owned(),
        once: Box::new(move || {
            black_box(verdict());
        }),
    }
}
