//! Which list may follow which, and what people are shown.

use super::*;

const NOW: &str = "2026-06-10T00:00:00Z";

fn later(change: impl FnOnce(&mut TrustListDraft)) -> TrustListDraft {
    let mut next = draft();
    next.sequence = 8;
    next.issued = moment("2026-06-08T00:00:00Z");
    next.next_update = moment("2026-07-08T00:00:00Z");
    change(&mut next);
    next
}

fn accepted(known: Option<&SignedList>, offered: &SignedList, now: &str) -> Result<Acceptance, Refusal> {
    accept(known, offered, moment(now), &AcceptancePolicy::default())
}

fn strict() -> AcceptancePolicy {
    AcceptancePolicy { missed_update: MissedUpdate::Refuse, ..AcceptancePolicy::default() }
}

#[test]
fn first_same_and_later() {
    let known = signed(&draft());
    let first = accepted(None, &known, NOW).unwrap();
    let News::First(diff) = first.news else { panic!() };
    assert_eq!(diff.changes.len(), 7);
    let same = accepted(Some(&known), &known, NOW).unwrap();
    assert_eq!(same, Acceptance { news: News::Nothing, missed_update: None });
    let next = accepted(Some(&known), &signed(&later(|_| {})), NOW).unwrap();
    assert_eq!(next, Acceptance { news: News::Later(Diff::default()), missed_update: None });
}

#[test]
fn each_refusal_by_name() {
    let known = signed(&later(|_| {}));
    let refusal = |draft: &TrustListDraft| accepted(Some(&known), &signed(draft), NOW).unwrap_err();
    assert_eq!(refusal(&draft()), Refusal::RolledBack { known: 8, offered: 7 });
    assert_eq!(refusal(&draft()).code(), "rolled_back");
    let same_number = later(|draft| draft.services.truncate(5));
    assert_eq!(refusal(&same_number), Refusal::RolledBack { known: 8, offered: 8 });
    let backwards = later(|draft| {
        draft.sequence = 9;
        draft.issued = moment("2026-06-07T23:59:59Z");
    });
    assert_eq!(refusal(&backwards).code(), "issued_backwards");
    let renamed = later(|draft| {
        draft.sequence = 9;
        draft.operator.name = "阜阳市数据局（演示）".to_owned();
    });
    assert_eq!(refusal(&renamed), Refusal::OtherOperator);
    let moved = later(|draft| {
        draft.sequence = 9;
        draft.operator.territory = "340000".parse().unwrap();
    });
    assert_eq!(refusal(&moved), Refusal::OtherOperator);
    let other = signed_by(&Key::from_seed("trust-list/other"), &later(|draft| draft.sequence = 9));
    assert_eq!(accepted(Some(&known), &other, NOW), Err(Refusal::OtherKey));
    // the same content under another key is refused as well
    let same = signed_by(&Key::from_seed("trust-list/other"), &later(|_| {}));
    assert_eq!(accepted(Some(&known), &same, NOW), Err(Refusal::OtherKey));
}

#[test]
fn times_against_now() {
    let list = signed(&draft());
    // five minutes of skew, both ends of them
    assert!(accepted(None, &list, "2026-05-31T23:55:00Z").is_ok());
    let future = accepted(None, &list, "2026-05-31T23:54:59Z").unwrap_err();
    assert_eq!((future.code(), future), ("issued_in_future", Refusal::IssuedInFuture { issued: draft().issued }));
    assert_eq!(accepted(Some(&list), &list, "2026-01-01T00:00:00Z").unwrap_err().code(), "issued_in_future");

    let due = draft().next_update;
    assert_eq!(accepted(None, &list, "2026-07-01T00:00:00Z").unwrap().missed_update, None);
    let after = "2026-07-01T00:00:01Z";
    assert_eq!(accepted(None, &list, after).unwrap().missed_update, Some(due));
    assert_eq!(accept(None, &list, moment(after), &strict()), Err(Refusal::MissedUpdate { due }));
    // the known list again does not make it fresh
    assert_eq!(accepted(Some(&list), &list, after).unwrap().missed_update, Some(due));
    assert_eq!(accept(Some(&list), &list, moment(after), &strict()).unwrap_err().code(), "missed_update");
    // a later one does
    let next = signed(&later(|_| {}));
    assert!(accept(Some(&list), &next, moment(after), &strict()).is_ok());
}

#[test]
fn changes_stand_in_a_stable_order_and_are_said_in_both_languages() {
    let before = plan(&draft());
    let after = plan(&later(|next| {
        next.services.retain(|service| service.kind != ServiceKind::Status);
        for service in &mut next.services {
            match service.kind {
                ServiceKind::StamperCa => {
                    service.history = withdrawn(&service.history, "2026-06-05T00:00:00Z");
                    service.scope.bodies.clear();
                    service.log_required_from = None;
                }
                ServiceKind::SealMakerCa => service.history = granted("2024-06-01T00:00:00Z"),
                ServiceKind::Log => service.name = "阜阳市透明日志（新）".to_owned(),
                _ => {}
            }
        }
        next.pointers[0].key = public(&Key::from_seed("trust-list/province/2"));
    }));
    let diff = Diff::between(Some(before.list()), after.list());
    let shape: Vec<(&str, bool)> = diff
        .changes
        .iter()
        .map(|change| match change {
            Change::ServiceAdded(service) => ("added", service.kind == ServiceKind::Log),
            Change::ServiceRemoved(service) => ("removed", service.kind == ServiceKind::Log),
            Change::StateChanged { rewritten, .. } => ("state", *rewritten),
            Change::ScopeChanged { before, .. } => ("scope", before.bodies.len() == 2),
            Change::LogRequirementChanged { before, .. } => ("log", before.is_some()),
            Change::PointerAdded(_) => ("pointer added", true),
            Change::PointerRemoved(_) => ("pointer removed", true),
        })
        .collect();
    let expected = [
        ("removed", true),
        ("added", true),
        ("state", true),
        ("state", false),
        ("scope", true),
        ("log", true),
        ("removed", false),
        ("pointer removed", true),
        ("pointer added", true),
    ];
    assert_eq!(shape, expected);
    assert!(!diff.is_empty());
    let mut shuffled = draft();
    shuffled.services.reverse();
    assert_eq!(Diff::between(Some(plan(&shuffled).list()), after.list()), diff);
    let sentences: Vec<crate::base::Sentence> = diff.changes.iter().map(Change::sentence).collect();
    let rewritten = &sentences[2];
    assert!(rewritten.en.contains("history rewritten: granted from 2024-06-01T00:00:00Z, withdrawn from"));
    assert!(rewritten.zh.contains("改写历史") && rewritten.zh.contains("制章者证书机构"), "{}", rewritten.zh);
    let scope = &sentences[4];
    assert!(scope.en.contains(&format!("bodies {BODY}, 12110000400777687U; types {TYPE}")), "{}", scope.en);
    assert!(scope.en.contains("[bodies any;") && scope.zh.contains("颁发机构：不限"), "{scope:?}");
    assert!(sentences[5].en.ends_with("log proof: required from 2026-01-01 to not required"));
    assert!(sentences[3].zh.contains("状态变更：由自2024-06-01 08:00:00起认可改为"), "{}", sentences[3].zh);
}
