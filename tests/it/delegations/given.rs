//! Given online: from the principal to the window and back.

use super::{AGENT, MATTER, Mandates, PRINCIPAL, STRANGER, account, day};
use crate::{presentations::code_of, support::database::Database};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use yinxin::flow::{
    access::Permit,
    delegations::{self, DelegationError, ScopeShown, Told as Notice},
    holders,
    kind::HasKind as _,
    presentations::{self, PresentationError, look},
    shown::Shown,
    tries::Guesser,
    uses,
    window::{Seen, Told},
};
use yinxin_trust::delegation::{Beyond, DelegationRefusal, End, Party, State};

on_both!(
    an_agent_shows_and_the_clerk_sees_both_names_and_the_scope,
    another_matter_is_refused_and_recorded,
    what_was_revoked_between_making_and_redeeming_is_refused,
    nothing_works_before_the_agent_accepts_or_after_the_last_day,
    the_agent_stays_within_the_scope,
    other_systems_say_what_for_and_are_told_who,
    only_the_parties_see_and_end_it,
    nobody_finds_out_who_has_an_account,
    what_a_disabled_account_gave_ends,
);

/// The one licence of the principal with these fields of it.
fn scope(fields: &[&str]) -> Vec<ScopeShown> {
    let fields = fields.iter().map(|title| (*title).to_owned()).collect();
    vec![ScopeShown { type_name: "食品经营许可证".to_owned(), fields }]
}

/// Nothing of the licence is said.
fn tells_nothing(seen: &Seen) -> bool {
    seen.own.is_none() && seen.report.is_none() && seen.identifier().is_none()
}

fn an_agent_shows_and_the_clerk_sees_both_names_and_the_scope(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.accepted(&["operator_name", "domicile"]);
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();

    let looked = look(issuer, &all.counter.desk, &code_of(&shown), &Guesser::default()).unwrap();
    assert_eq!(looked.agent.as_ref().map(|agent| agent.agent.as_str()), Some("*敏"));
    assert_eq!(looked.agent.unwrap().licences, None, "who only looks sees what is shown and no more");

    let seen = all.scan(0, &shown.address, MATTER);
    assert_eq!(seen.shown, Shown::Valid, "{seen:?}");
    let Some(Told::Presented { purpose, agent: Some(agent), .. }) = &seen.told else { panic!("{seen:?}") };
    assert_eq!(purpose, MATTER);
    assert_eq!((agent.principal.as_str(), agent.agent.as_str()), ("**兰", "*敏"));
    assert_eq!((agent.agent_code_end.as_deref(), agent.weaker, agent.basis), (Some("2212"), false, "online"));
    assert_eq!((agent.matter.as_deref(), agent.last_day), (Some(MATTER), day("2026-12-18")));
    // the whole scope, also what was not shown of it
    assert_eq!(agent.licences.as_deref(), Some(&scope(&["经营者名称", "住所"])[..]));
    let fields = seen.own.as_ref().unwrap().standing.fields.iter().flatten().map(|field| &*field.name);
    assert_eq!(fields.collect::<Vec<_>>(), ["operator_name"]);
    assert_eq!(all.scan(0, &shown.address, MATTER).shown, Shown::Valid, "a scanner that reads twice");
    assert_eq!(all.scan(1, &shown.address, MATTER).shown, Shown::CodeUsed);
    assert_eq!(all.audited("presentation.redeemed"), 1);

    // the principal sees who, where and for what, and is told
    let used = uses::of(issuer, &all.principal).unwrap();
    assert_eq!((used.len(), used[0].agent.as_deref(), used[0].purpose.as_str()), (1, Some(AGENT.2), MATTER));
    let told = delegations::notices(issuer, &all.principal).unwrap();
    assert!(told.iter().any(|one| matches!(one.what, Notice::Used { .. }) && one.who == AGENT.2), "{told:?}");
    assert!(told.iter().any(|one| one.what == Notice::Accepted), "{told:?}");
    let whole = delegations::one(issuer, &all.principal, &id).unwrap();
    assert_eq!((whole.uses.len(), whole.refusals.len(), whole.card.party), (1, 0, Party::Principal));
    // a licence that the principal shows is as before
    let own = all.counter.show(&all.principal, &all.identifier, &["operator_name"]).unwrap();
    let seen = all.scan(0, &own.address, "接受检查");
    assert!(matches!(seen.told, Some(Told::Presented { agent: None, .. })), "{seen:?}");
}

fn another_matter_is_refused_and_recorded(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.accepted(&["operator_name"]);
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    let seen = all.scan(0, &shown.address, "房屋过户");
    assert!(seen.shown == Shown::AgentOtherMatter && tells_nothing(&seen), "{seen:?}");
    let Some(Told::Beyond(agent)) = &seen.told else { panic!("{seen:?}") };
    assert_eq!(agent.matter.as_deref(), Some(MATTER), "the clerk sees for what it is");
    assert_eq!(agent.licences, None, "and nothing else that the principal has");
    assert_eq!((all.audited("delegation.refused"), all.audited("presentation.redeemed")), (1, 0));
    assert!(uses::of(issuer, &all.principal).unwrap().is_empty());
    let whole = delegations::one(issuer, &all.principal, &id).unwrap();
    let refused: Vec<_> = whole.refusals.iter().map(|one| (one.purpose.as_str(), one.other_matter)).collect();
    assert_eq!(refused, [("房屋过户", true)]);
    let told = delegations::notices(issuer, &all.principal).unwrap();
    assert!(told.iter().any(|one| matches!(&one.what, Notice::Refused { purpose, .. } if purpose == "房屋过户")));
    // the code was not used up: the window that does the matter still may
    assert_eq!(all.scan(0, &shown.address, "公交优待卡 办理").shown, Shown::Valid);
    assert_eq!(all.scan(0, &shown.address, "房屋过户").shown, Shown::AgentOtherMatter, "nor by the second scan");
}

fn what_was_revoked_between_making_and_redeeming_is_refused(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.accepted(&["operator_name"]);
    let [first, second] = [(); 2].map(|()| all.show(&id, &["operator_name"], MATTER).unwrap());
    assert_eq!(all.scan(0, &first.address, MATTER).shown, Shown::Valid);
    all.end(&all.principal, &id).unwrap();
    for (text, what) in [(&second.address, "made before"), (&first.address, "scanned again")] {
        let seen = all.scan(0, text, MATTER);
        assert!(seen.shown == Shown::DelegationOver && tells_nothing(&seen), "{what}: {seen:?}");
    }
    let looked = look(issuer, &all.counter.desk, &code_of(&second), &Guesser::default());
    assert!(matches!(looked, Err(PresentationError::NotValid)));
    assert!(matches!(
        all.show(&id, &["operator_name"], MATTER),
        Err(PresentationError::Beyond(Beyond::NotInForce(State::Ended(End::Revoked))))
    ));
    assert_eq!((all.audited("delegation.refused"), all.audited("presentation.redeemed")), (2, 1));
    let told = delegations::notices(issuer, &all.agent).unwrap();
    assert_eq!(told.iter().map(|one| &one.what).collect::<Vec<_>>(), [&Notice::TakenBack]);
}

fn nothing_works_before_the_agent_accepts_or_after_the_last_day(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.give(&all.wanted(&["operator_name"])).unwrap();
    let refused = |state| matches!(all.show(&id, &["operator_name"], MATTER), Err(PresentationError::Beyond(Beyond::NotInForce(is))) if is == state);
    assert!(refused(State::Waiting));
    let told = delegations::notices(issuer, &all.agent).unwrap();
    assert_eq!((told[0].who.as_str(), &told[0].what), (PRINCIPAL.2, &Notice::Offered));
    let by_principal = delegations::answer(issuer, &all.principal, &id, true);
    assert!(matches!(by_principal, Err(DelegationError::NotFound)), "nobody accepts for the agent");
    delegations::answer(issuer, &all.agent, &id, true).unwrap();
    let again = delegations::answer(issuer, &all.agent, &id, false).unwrap_err();
    assert_eq!(again.code(), "delegation_over");
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    // 2026-12-18 24:00 in Beijing, from 2026-11-22 10:00
    all.later(27 * 86_400 - 10 * 3600 - 30);
    let late = all.show(&id, &["operator_name"], MATTER).unwrap();
    assert_eq!(all.scan(0, &shown.address, MATTER).shown, Shown::CodeExpired);
    all.later(31);
    assert_eq!(all.scan(0, &late.address, MATTER).shown, Shown::DelegationOver, "a code that runs past the last day");
    assert!(refused(State::Ended(End::Expired)));

    let id = all.give(&lasting(&all, "2027-01-31")).unwrap();
    delegations::answer(issuer, &all.agent, &id, false).unwrap();
    let card = delegations::one(issuer, &all.principal, &id).unwrap().card;
    assert_eq!(card.state, State::Ended(End::Declined));
}

fn lasting(all: &Mandates, last: &str) -> delegations::NewDelegation {
    delegations::NewDelegation { last: day(last), ..all.wanted(&["operator_name"]) }
}

fn the_agent_stays_within_the_scope(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.accepted(&["operator_name", "domicile"]);
    let identifier = all.identifier.parse().unwrap();
    let (offer, matter) = presentations::offer_for(issuer, &all.agent, &id, &identifier).unwrap();
    let names: Vec<_> = offer.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!((names, matter.as_deref()), (vec!["operator_name", "domicile"], Some(MATTER)));
    let beyond = |fields: &[&str], purpose: &str| all.show(&id, fields, purpose).unwrap_err();
    let other_field = beyond(&["operator_name", "signatory"], MATTER);
    assert!(matches!(other_field, PresentationError::Beyond(Beyond::OtherField(_))), "{other_field}");
    assert_eq!(other_field.code(), "delegation_beyond");
    assert!(matches!(beyond(&["operator_name"], "过户"), PresentationError::Beyond(Beyond::OtherMatter)));
    assert!(matches!(beyond(&["nothing"], MATTER), PresentationError::Fields(_)));
    // what the agent holds by no delegation is not there
    let own = presentations::offer(issuer, &all.agent, &identifier);
    assert!(matches!(own, Err(PresentationError::NotHeld)), "the agent's own licences are others");
    let stranger = account(&all.counter, "wang.wu", STRANGER);
    let theirs = presentations::offer_for(issuer, &stranger, &id, &identifier);
    assert!(matches!(theirs, Err(PresentationError::NotHeld)));
    let principal = presentations::offer_for(issuer, &all.principal, &id, &identifier);
    assert!(matches!(principal, Err(PresentationError::NotHeld)));
}

fn other_systems_say_what_for_and_are_told_who(database: &Database) {
    let all = Mandates::open(database);
    let id = all.accepted(&["operator_name"]);
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    let silent = all.redeem(&shown, None).unwrap_err();
    assert_eq!(silent.code(), "purpose_wanted");
    let other = all.redeem(&shown, Some("过户")).unwrap_err();
    assert_eq!(other.code(), "delegation_beyond");
    assert!(other.fields()[0].sentence.zh.contains(MATTER));
    assert_eq!(all.audited("delegation.refused"), 1, "who says nothing was refused nothing");
    let redeemed = all.redeem(&shown, Some(MATTER)).unwrap();
    let told = serde_json::to_value(&redeemed).unwrap();
    let expected = json!([{ "type_name": "食品经营许可证", "fields": ["经营者名称"] }]);
    assert_eq!(told["agent"]["licences"], expected, "the scope is in the answer of the interface too");
    let agent = redeemed.agent.unwrap();
    assert_eq!(
        (agent.agent.as_str(), agent.delegation.as_str(), agent.basis_name),
        ("*敏", id.as_str(), "本人线上授权")
    );
    let own = all.counter.show(&all.principal, &all.identifier, &["operator_name"]).unwrap();
    assert!(all.redeem(&own, None).unwrap().agent.is_none(), "who shows their own is asked nothing more");
}

fn only_the_parties_see_and_end_it(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let id = all.accepted(&["operator_name"]);
    let stranger = account(&all.counter, "wang.wu", STRANGER);
    assert!(matches!(delegations::one(issuer, &stranger, &id), Err(DelegationError::NotFound)));
    assert!(matches!(all.end(&stranger, &id), Err(DelegationError::NotFound)));
    assert!(matches!(delegations::answer(issuer, &stranger, &id, true), Err(DelegationError::NotFound)));
    let none = delegations::of(issuer, &stranger).unwrap();
    assert!(none.given.is_empty() && none.received.is_empty());
    let (given, received) =
        (delegations::of(issuer, &all.principal).unwrap(), delegations::of(issuer, &all.agent).unwrap());
    assert_eq!((given.given.len(), given.received.len()), (1, 0));
    assert_eq!((received.given.len(), received.received.len()), (0, 1));
    let covered = &received.received[0].covered[0];
    assert_eq!((covered.identifier.as_str(), covered.fields.as_ref().map(Vec::len)), (&*all.identifier, Some(1)));
    all.end(&all.agent, &id).unwrap();
    let twice = all.end(&all.principal, &id).unwrap_err();
    assert!(matches!(twice, DelegationError::Refusal(DelegationRefusal::Ended(End::LaidDown))), "{twice}");
    let told = delegations::notices(issuer, &all.principal).unwrap();
    assert_eq!(told[0].what, Notice::Left);
}

fn nobody_finds_out_who_has_an_account(database: &Database) {
    let all = Mandates::open(database);
    let new = |name: &str, code: &str| {
        let (agent_name, agent_code) = (name.to_owned(), code.to_owned());
        delegations::NewDelegation { agent_name, agent_code, ..all.wanted(&["operator_name"]) }
    };
    // the number of an account with another name is as a number without one
    let (wrong_name, no_account) = (new("王五", AGENT.1), new(STRANGER.2, STRANGER.1));
    for one in [&wrong_name, &no_account] {
        assert!(matches!(all.give(one), Err(DelegationError::NoAgent)));
    }
    assert!(matches!(all.give(&new(PRINCIPAL.2, PRINCIPAL.1)), Err(DelegationError::Oneself)));
    for _ in 0..8 {
        assert!(matches!(all.give(&no_account), Err(DelegationError::NoAgent)));
    }
    let over = all.give(&all.wanted(&["operator_name"]));
    assert!(matches!(over, Err(DelegationError::TooManyTries { .. })), "the right one neither, for a while");
    all.later(301);
    let (mut nothing, mut other) = (all.wanted(&[]), all.wanted(&["operator_name"]));
    nothing.fields = BTreeMap::new();
    assert_eq!(all.give(&nothing).unwrap_err().code(), "delegation_refused");
    let not_held = all.identifier.replace("1.2.156", "1.2.157");
    other.fields.insert(not_held, BTreeSet::from(["operator_name".to_owned()]));
    assert!(matches!(all.give(&other), Err(DelegationError::Fields(faults)) if faults.len() == 1));
    assert!(matches!(all.give(&all.wanted(&["bank"])), Err(DelegationError::Fields(_))));
    assert!(all.give(&all.wanted(&["operator_name"])).is_ok());
}

fn what_a_disabled_account_gave_ends(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, operator) = (&all.counter.house.issuer, Permit::of_operator(""));
    let id = all.accepted(&["operator_name"]);
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    let now = yinxin::clock::Clock::now(&*all.counter.house.clock).unwrap();
    holders::disable(&issuer.store, &operator, all.principal.id(), now).unwrap();
    assert_eq!(all.scan(0, &shown.address, MATTER).shown, Shown::DelegationOver);
    assert_eq!(delegations::one(issuer, &all.agent, &id).unwrap().card.state, State::Ended(End::Revoked));
}
