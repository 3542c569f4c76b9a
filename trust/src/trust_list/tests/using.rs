//! Who counted when, and the anchors of an instant.

use super::*;
use crate::anchor::Use;

#[test]
fn states_have_their_instants() {
    let list = plan(&draft()).list().clone();
    let count = |kind, at: &str| list.services_at(kind, moment(at)).count();
    for kind in ServiceKind::ALL {
        assert_eq!(count(kind, "2024-05-31T23:59:59Z"), 0, "{kind}");
        assert_eq!(count(kind, "2024-06-01T00:00:00Z"), 1, "{kind}");
    }
    assert_eq!(count(ServiceKind::SealMakerCa, "2026-02-28T23:59:59Z"), 1);
    assert_eq!(count(ServiceKind::SealMakerCa, "2026-03-01T00:00:00Z"), 0);
    let stampers = list.services_at(ServiceKind::StamperCa, moment("2026-06-01T00:00:00Z")).next().unwrap();
    assert!(!stampers.requires_log_on(day("2025-12-31")) && stampers.requires_log_on(day("2026-01-01")));
    let covers = |body: &str, kind: &str, region: &str| {
        let (body, kind) = (body.parse().unwrap(), kind.parse().unwrap());
        stampers.scope.covers(&body, &kind, region.parse().unwrap(), day("2026-06-01"))
    };
    assert!(covers(BODY, TYPE, "341202"));
    assert!(!covers(BODY, "11100000000013338W028", "341202"), "a type outside its scope");
    assert!(!covers("91320115MA202UKD7X", TYPE, "341202") && !covers(BODY, TYPE, "330304"));
    // granted again after a time
    let mut again = draft();
    let makers = &mut again.services[1];
    makers.history.push(StateFrom { state: State::Granted, from: moment("2026-05-01T00:00:00Z") });
    let list = plan(&again).list().clone();
    let granted = |at| list.services_at(ServiceKind::SealMakerCa, moment(at)).count();
    assert_eq!((granted("2026-04-30T23:59:59Z"), granted("2026-05-01T00:00:00Z")), (0, 1));
}

#[test]
fn anchors_are_those_of_the_instant_each_once() {
    let (pki, first) = (pki(), plan(&draft()));
    // another operator grants the first one's CA for makers too
    let mut other = draft();
    other.services = vec![service(ServiceKind::SealMakerCa, "别处所认", certificate(&pki.stamper_authority))];
    let second = plan(&other);
    let at = |at: &str| anchors_at([first.list(), second.list()], moment(at));
    let subjects = |anchors: &crate::anchor::Anchors, wanted| {
        let mut all: Vec<Vec<u8>> = anchors.certificates(wanted).iter().map(|one| one.der().to_vec()).collect();
        all.sort();
        all
    };
    let sorted = |mut all: Vec<&Vec<u8>>| {
        all.sort();
        all.into_iter().cloned().collect::<Vec<Vec<u8>>>()
    };
    let (stampers, makers) = (&pki.stamper_authority.der, &pki.maker_authority.der);
    let early = at("2026-01-01T00:00:00Z");
    assert_eq!(early.len(), 3);
    assert_eq!(subjects(&early, Use::Signer), sorted(vec![stampers]));
    assert_eq!(subjects(&early, Use::SealMaker), sorted(vec![stampers, makers]));
    assert_eq!(subjects(&early, Use::TimeStamp), sorted(vec![&pki.time_authority.der]));
    let late = at("2026-03-01T00:00:00Z");
    assert_eq!(late.len(), 2);
    assert_eq!(subjects(&late, Use::SealMaker), sorted(vec![stampers]));
    assert_ne!(early.digest(), late.digest());
    // the same as the file of anchors that says so
    let pem = |uses: &str, of: &yinxin_testkit::pki::Certificate| format!("# use: {uses}\n{}", of.to_pem());
    let bundle = pem("seal-maker", &pki.maker_authority)
        + &pem("signer, seal-maker", &pki.stamper_authority)
        + &pem("time-stamp", &pki.time_authority);
    assert_eq!(early.digest(), crate::anchor::Anchors::from_pem(bundle.as_bytes()).unwrap().digest());
    let none = at("2020-01-01T00:00:00Z");
    assert!(none.is_empty() && !none.is_not_asked() && none.digest().is_none());
}
