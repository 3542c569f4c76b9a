//! A list that counts because another one names it: within what that one grants, and no further.

use super::*;
use yinxin_trust::{
    evidence::{EvidenceSet, PieceKind},
    trust_list::{Address, Membership, NotNamed, Pointer},
};

const PROVINCE: &str = "演示省信任列表（总）";
const ADDRESS: &str = "https://trust.example/.well-known/yinxin/trust-list.json";

fn address() -> Address {
    ADDRESS.parse().unwrap()
}

/// A list that vouches for nobody itself and names the list of a key.
fn naming(key: &Key, scope: Option<Scope>, next_update: &str) -> SignedList {
    let own = Key::from_seed(PROVINCE);
    let pointer = Pointer { address: address(), operator: OPERATOR.to_owned(), key: key.public().clone(), scope };
    let draft = TrustListDraft {
        operator: Operator { name: PROVINCE.to_owned(), territory: "990000".parse().unwrap() },
        sequence: 3,
        issued: moment("2026-05-01T00:00:00Z"),
        next_update: moment(next_update),
        services: Vec::new(),
        pointers: vec![pointer],
    };
    let plan = ListPlan::new(&draft, &TrustListLimits::default()).unwrap();
    let signature = own.sign(plan.to_be_signed(), 0);
    plan.embed(own.public(), &signature).unwrap()
}

fn far() -> &'static str {
    "2026-12-31T00:00:00Z"
}

fn scope(change: impl FnOnce(&mut Scope)) -> Scope {
    let mut scope = Scope::any_from(day("2026-01-01"));
    change(&mut scope);
    scope
}

fn of(naming: &SignedList, list: &SignedList) -> Result<Membership, NotNamed> {
    Membership::of(naming, &address(), list.key())
}

fn anchors(naming: &SignedList, list: &SignedList) -> Anchors {
    Anchors::not_configured().with_lists([naming]).with_members([(list, of(naming, list).unwrap())])
}

#[test]
fn it_vouches_within_the_scope_that_the_other_grants() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let granted =
        naming(&Key::from_seed(OPERATOR), Some(scope(|s| s.bodies = [body().parse().unwrap()].into())), far());
    let report = judge(&octets, &anchors(&granted, &list), &Policy::default());
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.reason);
    assert_eq!(report.trust.lists[0].named_by, None);
    assert_eq!(report.trust.lists[1].named_by.as_deref(), Some(PROVINCE));
    // the same list pinned is another thing to trust
    let pinned = Anchors::not_configured().with_lists([&granted, &list]);
    assert_ne!(pinned.digest(), anchors(&granted, &list).digest());
}

/// The list claims everything; what was granted is less, and each miss is the same named one.
#[test]
fn a_wider_scope_than_granted_does_not_count() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    type Change = fn(&mut Scope);
    let changes: [Change; 4] = [
        |s| s.bodies = ["11430000006122244L".parse().unwrap()].into(),
        |s| s.regions = ["34".parse().unwrap()].into(),
        |s| s.licence_types = ["11100000000013338W011".parse().unwrap()].into(),
        |s| s.from = day("2026-06-02"),
    ];
    for change in changes {
        let granted = naming(&Key::from_seed(OPERATOR), Some(scope(change)), far());
        let report = judge(&octets, &anchors(&granted, &list), &Policy::default());
        assert_refused(&report, CheckId::SignerPath, "out_of_scope_grant", Subindication::ChainConstraintsFailure);
        let words = report.signatures[0].checks.iter().find(|check| check.code == "out_of_scope_grant").unwrap();
        assert!(words.sentence.zh.contains(PROVINCE) && words.sentence.en.contains(PROVINCE), "{words:?}");
        assert_eq!(of(&granted, &list).unwrap().wider(&list).count(), 3);
        // pinned here it counts for what it says: a pinned list is never narrowed by another
        let pinned = Anchors::not_configured().with_lists([&granted, &list]);
        assert_eq!(judge(&octets, &pinned, &Policy::default()).verdict, Verdict::Valid);
    }
    let all = naming(&Key::from_seed(OPERATOR), Some(scope(|s| s.from = day("2024-06-01"))), far());
    assert_eq!(of(&all, &list).unwrap().wider(&list).count(), 0);
}

#[test]
fn it_is_overdue_where_the_naming_list_is() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let granted = naming(&Key::from_seed(OPERATOR), Some(scope(|_| {})), "2026-11-20T00:00:00Z");
    let report = judge(&octets, &anchors(&granted, &list), &Policy::default());
    assert!(report.verdict == Verdict::Valid && has_warning(&report, "trust.list_outdated"));
    let refuse = Policy { outdated_lists: MissedUpdate::Refuse, ..Policy::default() };
    let report = judge(&octets, &anchors(&granted, &list), &refuse);
    assert_refused(&report, CheckId::SignerPath, "list_outdated", Subindication::TryLater);
}

#[test]
fn who_is_not_named_is_told_why() {
    let list = list_by(OPERATOR, services());
    let key = Key::from_seed(OPERATOR);
    assert_eq!(of(&naming(&key, None, far()), &list).unwrap_err(), NotNamed::NoScope);
    let other_key = naming(&Key::from_seed("another"), Some(scope(|_| {})), far());
    assert_eq!(of(&other_key, &list).unwrap_err(), NotNamed::Unnamed);
    let granted = naming(&key, Some(scope(|_| {})), far());
    let elsewhere = "https://other.example/trust-list.json".parse().unwrap();
    assert_eq!(Membership::of(&granted, &elsewhere, list.key()).unwrap_err(), NotNamed::Unnamed);
    let own = naming(&Key::from_seed(PROVINCE), Some(scope(|_| {})), far());
    assert_eq!(Membership::of(&own, &address(), own.key()).unwrap_err(), NotNamed::Cycle);
}

#[test]
fn the_evidence_says_by_which_list_and_gives_the_same_report() {
    let (list, octets) = (list_by(OPERATOR, services()), licence(None));
    let granted = naming(&Key::from_seed(OPERATOR), Some(scope(|s| s.regions = ["34".parse().unwrap()].into())), far());
    let anchors = anchors(&granted, &list);
    let report = judge(&octets, &anchors, &Policy::default());
    let gathered = EvidenceSet::gather(&anchors, &evidence(), &Policy::default(), moment(NOW)).unwrap();
    let file = EvidenceSet::from_file(&gathered.to_file().unwrap(), &Default::default()).unwrap();
    let again = file.restore().unwrap().check(&octets.as_slice()).unwrap();
    assert_eq!(serde_json::to_vec(&again).unwrap(), serde_json::to_vec(&report).unwrap());
    // without the piece the list would count for everything: a receipt names every piece
    let pieces = file.pieces().iter().filter(|piece| piece.kind() != PieceKind::Membership).cloned().collect();
    let other = EvidenceSet::of(moment(NOW), pieces).restore().unwrap().check(&octets.as_slice()).unwrap();
    assert_eq!((other.verdict, report.verdict), (Verdict::Valid, Verdict::Indeterminate));
    // one whose naming list is not there is no evidence
    let pieces = file
        .pieces()
        .iter()
        .filter(|piece| !(piece.kind() == PieceKind::TrustList && piece.octets().ends_with(granted.octets())));
    assert!(EvidenceSet::of(moment(NOW), pieces.cloned().collect()).restore().is_err());
}
