//! Cases by hand; random lives are in `trust/tests/licence_lives.rs`.

use super::*;
use crate::{
    base::{Day, Moment},
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
    },
};

const BODY: &str = "11430000006122244L";

fn identifier(serial: &str) -> LicenceIdentifier {
    let type_code = "11100000000013338W011".parse().unwrap();
    LicenceIdentifier::build(&type_code, &BODY.parse().unwrap(), serial, Version::FIRST).unwrap()
}

/// A day of 2026.
fn day(month: u8, day: u8) -> Day {
    Day::new(2026, month, day).unwrap()
}

fn until(month: u8, of_month: u8) -> Expiry {
    Expiry::After(day(month, of_month))
}

/// Decided and recorded (at noon) on one day, works from another.
fn act(kind: ActKind, decided_on: Day, effective_from: Day) -> Act {
    let decision = Decision {
        body: BODY.parse().unwrap(),
        document_number: "某建许决〔2026〕1号".into(),
        legal_basis: "《中华人民共和国行政许可法》第七十条".into(),
        decided_on,
    };
    let recorded_at = decided_on.at_beijing_time(12, 0, 0).unwrap();
    Act { kind, decision, effective_from, recorded_at }
}

fn life(last: Expiry) -> Life {
    Life::begin(identifier("1"), act(ActKind::Issue { until: last }, day(1, 5), day(1, 10))).unwrap()
}

fn same_day(kind: ActKind, on: Day) -> Act {
    act(kind, on, on)
}

fn state(life: &Life, on: Day) -> State {
    life.on(on).state
}

#[test]
fn in_force_through_the_last_day_in_beijing() {
    let life = life(until(6, 30));
    assert_eq!(state(&life, day(1, 9)), State::NotYetInForce);
    assert_eq!(state(&life, day(1, 10)), State::InForce);
    let at = |instant: &str| state(&life, Day::in_beijing_at(Moment::parse(instant).unwrap()).unwrap());
    assert_eq!(at("2026-06-30T23:59:59+08:00"), State::InForce);
    assert_eq!(at("2026-07-01T00:00:00+08:00"), State::Ended(End::Expired));
    assert_eq!(life.on(day(8, 1)).since, day(7, 1));
    assert_eq!(life.on(day(1, 1)).since, day(1, 10));
}

#[test]
fn suspended_and_resumed() {
    let mut life = life(Expiry::Never);
    life.record(act(ActKind::Suspend, day(2, 1), day(2, 3))).unwrap();
    assert_eq!(life.record(same_day(ActKind::Suspend, day(2, 4))), Err(ActRefusal::AlreadySuspended));
    let change = ActKind::Change { until: Expiry::Never };
    assert_eq!(life.record(same_day(change.clone(), day(2, 4))), Err(ActRefusal::WhileSuspended(change)));
    life.record(same_day(ActKind::Resume, day(3, 1))).unwrap();
    assert_eq!(life.record(same_day(ActKind::Resume, day(3, 2))), Err(ActRefusal::NotSuspended));
    for (on, expected) in [
        (day(2, 2), State::InForce),
        (day(2, 3), State::Suspended),
        (day(2, 28), State::Suspended),
        (day(3, 1), State::InForce),
    ] {
        assert_eq!(state(&life, on), expected, "{on}");
    }
}

#[test]
fn what_was_known_then_is_kept() {
    let mut life = life(Expiry::Never);
    life.record(act(ActKind::Revoke, day(5, 1), day(5, 4))).unwrap();
    let noon = |on: Day| on.at_beijing_time(12, 0, 0).unwrap();
    let known = |known_at| life.on_as_known(day(5, 10), known_at).map(|standing| standing.state);
    assert_eq!(known(noon(day(1, 4))), None);
    assert_eq!(known(noon(day(4, 30))), Some(State::InForce));
    assert_eq!(known(noon(day(5, 1))), Some(State::Ended(End::Revoked)));
    assert_eq!(state(&life, day(5, 3)), State::InForce);
}

#[test]
fn issued_and_revoked_on_one_day() {
    let on = day(1, 5);
    let mut life = Life::begin(identifier("1"), same_day(ActKind::Issue { until: Expiry::Never }, on)).unwrap();
    let mut revoke = same_day(ActKind::Revoke, on);
    revoke.recorded_at = on.at_beijing_time(15, 0, 0).unwrap();
    life.record(revoke).unwrap();
    let at = |hour| life.on_as_known(on, on.at_beijing_time(hour, 0, 0).unwrap()).unwrap().state;
    assert_eq!((at(12), at(15)), (State::InForce, State::Ended(End::Revoked)));
}

#[test]
fn changes_make_versions_and_supersede() {
    let mut life = life(until(6, 30));
    life.record(act(ActKind::Change { until: until(9, 30) }, day(3, 1), day(3, 5))).unwrap();
    life.record(act(ActKind::Change { until: until(12, 31) }, day(3, 2), day(3, 5))).unwrap();
    let version = |number: &str| number.parse::<Version>().unwrap();
    let of = |number, on| life.version_on(version(number), on).map(|standing| standing.state);
    assert_eq!(life.on(day(3, 4)).version, version("001"));
    assert_eq!((life.on(day(3, 5)).version, life.on(day(3, 5)).until), (version("003"), until(12, 31)));
    assert_eq!(life.on(day(3, 5)).since, day(1, 10));
    assert_eq!(of("001", day(3, 4)), Some(State::InForce));
    assert_eq!(of("001", day(3, 5)), Some(State::Ended(End::Superseded)));
    assert_eq!(of("002", day(3, 5)), Some(State::Ended(End::Superseded)));
    assert_eq!(of("003", day(3, 4)), Some(State::NotYetInForce));
    assert_eq!(of("003", day(10, 1)), Some(State::InForce));
    assert_eq!(of("004", day(10, 1)), None);
}

#[test]
fn withdrawal_works_from_the_beginning_on_every_version() {
    let mut life = life(Expiry::Never);
    life.record(same_day(ActKind::Change { until: Expiry::Never }, day(2, 1))).unwrap();
    assert_eq!(
        life.record(same_day(ActKind::Withdraw, day(4, 1))),
        Err(ActRefusal::WithdrawalNotFromTheBeginning { begins: day(1, 10) })
    );
    life.record(act(ActKind::Withdraw, day(4, 1), day(1, 10))).unwrap();
    for on in [day(1, 1), day(1, 10), day(3, 1), day(12, 1)] {
        assert_eq!(state(&life, on), State::Ended(End::Withdrawn), "{on}");
        for version in [Version::FIRST, Version::FIRST.next().unwrap()] {
            assert_eq!(life.version_on(version, on).map(|s| s.state), Some(State::Ended(End::Withdrawn)));
        }
    }
    assert_eq!(life.on(day(5, 1)).version.number(), 2);
    let before = day(3, 31).at_beijing_time(0, 0, 0).unwrap();
    assert_eq!(life.on_as_known(day(3, 1), before).unwrap().state, State::InForce);
    let early = act(ActKind::Cancel, day(3, 1), day(3, 1));
    let early = Act { recorded_at: day(5, 1).begins(), ..early };
    assert_eq!(life.record(early), Err(ActRefusal::BackDated { effective_from: day(3, 1), later: day(4, 1) }));
    life.record(same_day(ActKind::Cancel, day(5, 1))).unwrap();
    assert_eq!(state(&life, day(4, 30)), State::Ended(End::Withdrawn));
    assert_eq!(state(&life, day(5, 1)), State::Ended(End::Cancelled));
}

#[test]
fn transfer_out_and_back() {
    let mut life = life(until(6, 30));
    life.record(same_day(ActKind::TransferOut, day(2, 1))).unwrap();
    let refused = life.record(same_day(ActKind::Revoke, day(2, 2)));
    assert_eq!(refused, Err(ActRefusal::AfterEnd { act: ActKind::Revoke, end: End::TransferredOut }));
    life.record(same_day(ActKind::CancelTransferOut, day(3, 1))).unwrap();
    assert_eq!(life.record(same_day(ActKind::CancelTransferOut, day(3, 2))), Err(ActRefusal::NotTransferredOut));
    assert_eq!(state(&life, day(2, 15)), State::Ended(End::TransferredOut));
    assert_eq!(state(&life, day(3, 1)), State::InForce);
    assert_eq!(state(&life, day(7, 1)), State::Ended(End::Expired));
}

#[test]
fn renewal_ends_the_old_licence() {
    let mut life = life(until(6, 30));
    let own = ActKind::Renew { successor: identifier("1").with_version("002".parse().unwrap()).unwrap() };
    assert_eq!(life.record(same_day(own, day(5, 1))), Err(ActRefusal::OwnSuccessor));
    life.record(same_day(ActKind::Renew { successor: identifier("2") }, day(5, 1))).unwrap();
    assert_eq!(state(&life, day(5, 1)), State::Ended(End::Superseded));
    let refused = life.record(same_day(ActKind::Cancel, day(5, 2)));
    assert_eq!(refused, Err(ActRefusal::AfterEnd { act: ActKind::Cancel, end: End::Superseded }));
}

#[test]
fn closing_what_has_ended() {
    let mut life = life(until(6, 30));
    for kind in [ActKind::Suspend, ActKind::Resume, ActKind::Revoke, ActKind::Change { until: Expiry::Never }] {
        assert_eq!(
            life.record(same_day(kind.clone(), day(7, 1))),
            Err(ActRefusal::AfterEnd { act: kind, end: End::Expired })
        );
    }
    life.record(same_day(ActKind::Cancel, day(7, 2))).unwrap();
    assert_eq!(state(&life, day(7, 1)), State::Ended(End::Expired));
    assert_eq!(state(&life, day(7, 2)), State::Ended(End::Cancelled));
}

#[test]
fn only_an_end_overtakes_what_is_still_to_come() {
    let mut life = life(Expiry::Never);
    life.record(act(ActKind::Suspend, day(2, 1), day(3, 1))).unwrap();
    let resumed_early = life.record(same_day(ActKind::Resume, day(2, 10)));
    assert_eq!(resumed_early, Err(ActRefusal::BackDated { effective_from: day(2, 10), later: day(3, 1) }));
    life.record(same_day(ActKind::Revoke, day(2, 15))).unwrap();
    for on in [day(2, 15), day(3, 1), day(12, 31)] {
        assert_eq!(state(&life, on), State::Ended(End::Revoked), "{on}");
    }
}

#[test]
fn no_back_dating_past_what_works() {
    let mut life = life(Expiry::Never);
    life.record(same_day(ActKind::Suspend, day(3, 1))).unwrap();
    let late = Act { recorded_at: day(3, 5).begins(), ..same_day(ActKind::Revoke, day(2, 20)) };
    assert_eq!(life.record(late), Err(ActRefusal::BackDated { effective_from: day(2, 20), later: day(3, 1) }));
    let early = act(ActKind::Revoke, day(3, 5), day(3, 4));
    assert_eq!(
        life.record(early),
        Err(ActRefusal::EffectiveBeforeDecision { effective_from: day(3, 4), decided_on: day(3, 5) })
    );
}

#[test]
fn each_other_refusal_by_name() {
    let mut life = life(Expiry::Never);
    let kept = life.clone();
    let issue = ActKind::Issue { until: Expiry::Never };
    assert_eq!(life.record(same_day(issue.clone(), day(2, 1))), Err(ActRefusal::AlreadyIssued));
    assert_eq!(
        life.record(same_day(ActKind::Cancel, day(1, 9))),
        Err(ActRefusal::BeforeTheBeginning { effective_from: day(1, 9), begins: day(1, 10) })
    );
    let unordered = Act { recorded_at: day(1, 1).begins(), ..act(ActKind::Revoke, day(1, 1), day(2, 1)) };
    assert!(matches!(life.record(unordered), Err(ActRefusal::RecordedOutOfOrder { .. })));
    let foreseen = Act { recorded_at: day(2, 1).ends(), ..same_day(ActKind::Revoke, day(2, 3)) };
    assert_eq!(
        life.record(foreseen),
        Err(ActRefusal::DecidedAfterRecorded { decided_on: day(2, 3), recorded_on: day(2, 2) })
    );
    let inverted = ActKind::Change { until: until(1, 31) };
    assert!(matches!(life.record(same_day(inverted, day(2, 1))), Err(ActRefusal::EndsBeforeItBegins { .. })));
    let mut unnumbered = same_day(ActKind::Revoke, day(2, 1));
    unnumbered.decision.document_number = " ".into();
    assert_eq!(life.record(unnumbered), Err(ActRefusal::DocumentNumber));
    let mut baseless = same_day(ActKind::Revoke, day(2, 1));
    baseless.decision.legal_basis = "法".repeat(501);
    assert_eq!(life.record(baseless), Err(ActRefusal::LegalBasis));
    assert_eq!(life, kept);

    assert_eq!(
        Life::begin(identifier("1"), same_day(ActKind::Revoke, day(1, 1))),
        Err(ActRefusal::NotIssued(ActKind::Revoke))
    );
    let twice = [same_day(issue.clone(), day(1, 5)), same_day(issue, day(1, 6))];
    assert_eq!(Life::replay(identifier("1"), twice), Err((1, ActRefusal::AlreadyIssued)));
    assert!(Life::replay(identifier("1"), []).is_err());
}

#[test]
fn versions_are_used_up_by_name() {
    let mut life = life(Expiry::Never);
    for _ in 1..999 {
        life.record(same_day(ActKind::Change { until: Expiry::Never }, day(2, 1))).unwrap();
    }
    assert_eq!(life.on(day(2, 1)).version.number(), 999);
    let change = same_day(ActKind::Change { until: Expiry::Never }, day(2, 1));
    assert_eq!(life.record(change), Err(ActRefusal::VersionsUsedUp));
}
