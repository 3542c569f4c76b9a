//! Acts upon licences, and what a licence is on any day.

use crate::support::database::Database;
use crate::support::house::{House, construction, decided, food};
use yinxin::flow::{
    act::{ActError, ActOrder, act},
    issue::{Decided, IssueError, Order, issue},
    standing,
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::state::{ActRefusal, End, State},
};

on_both!(
    a_licence_is_suspended_resumed_and_revoked,
    what_is_not_legal_is_refused_by_name,
    the_last_day_ends_at_midnight_in_beijing,
    a_later_day_is_answered_today
);

fn order(kind: &str) -> ActOrder {
    ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None }
}

fn a_licence_is_suspended_resumed_and_revoked(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    for (kind, state) in [
        ("suspend", State::Suspended),
        ("resume", State::InForce),
        ("revoke", State::Ended(End::Revoked)),
        ("cancel", State::Ended(End::Cancelled)),
    ] {
        house.clock.advance_seconds(60);
        let recorded = act(&house.issuer, &house.may_act(), &issued.identifier, &order(kind)).unwrap();
        assert_eq!(recorded.standing.state, state, "{kind}");
        let public = standing::by_code(&house.issuer, &issued.code, None).unwrap();
        assert_eq!(public.state, standing::word(state));
    }
}

fn what_is_not_legal_is_refused_by_name(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let refused = |order: &ActOrder| act(&house.issuer, &house.may_act(), &issued.identifier, order).unwrap_err();
    assert!(matches!(refused(&order("resume")), ActError::Licence(IssueError::Act(ActRefusal::NotSuspended))));
    assert!(matches!(refused(&order("explode")), ActError::Kind(_)));
    assert!(matches!(refused(&order("change")), ActError::Kind(_)));
    let no_ground = ActOrder { decision: Decided { legal_basis: " ".to_owned(), ..decided() }, ..order("revoke") };
    assert!(matches!(refused(&no_ground), ActError::Licence(IssueError::Act(ActRefusal::LegalBasis))));
    let early = ActOrder { effective_from: Day::new(2026, 1, 1).ok(), ..order("revoke") };
    assert!(matches!(refused(&early), ActError::Licence(IssueError::Act(_))));
    let unknown = act(&house.issuer, &house.may_act(), "1.2.156.3005.2.1", &order("revoke")).unwrap_err();
    assert!(matches!(unknown, ActError::Licence(IssueError::NoSuchLicence)));
    act(&house.issuer, &house.may_act(), &issued.identifier, &order("revoke")).unwrap();
    // a revoked licence gets no new version
    let change = Order { change_of: Some(issued.identifier.clone()), ..food(1) };
    let answer = issue(&house.issuer, &house.may_issue(), &[change]).pop().unwrap();
    assert!(matches!(answer, Err(IssueError::Act(ActRefusal::AfterEnd { .. }))));
}

fn the_last_day_ends_at_midnight_in_beijing(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[construction()]).pop().unwrap().unwrap();
    let state_at = |at: Moment| standing::by_code(&house.issuer, &issued.code, Some(at)).unwrap().state;
    // 2031-11-21 23:59:59 and 2031-11-22 00:00:00 in Beijing
    assert_eq!(state_at(Moment::from_utc(2031, 11, 21, 15, 59, 59).unwrap()), "in_force");
    assert_eq!(state_at(Moment::from_utc(2031, 11, 21, 16, 0, 0).unwrap()), "expired");
    // it begins with the first second of its first day, whatever the hour of its issue
    assert_eq!(state_at(Moment::from_utc(2026, 11, 21, 16, 0, 0).unwrap()), "in_force");
    assert_eq!(state_at(Moment::from_utc(2026, 11, 21, 15, 59, 59).unwrap()), "not_yet");
}

fn a_later_day_is_answered_today(database: &Database) {
    let house = House::new(database);
    let issued = issue(&house.issuer, &house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let from = Day::new(2026, 12, 1).unwrap();
    let order = ActOrder { effective_from: Some(from), ..order("revoke") };
    let recorded = act(&house.issuer, &house.may_act(), &issued.identifier, &order).unwrap();
    assert_eq!(recorded.standing.state, State::InForce, "until the day comes");
    let state_at = |at| standing::by_code(&house.issuer, &issued.code, Some(at)).unwrap().state;
    assert_eq!(state_at(from.begins()), "revoked");
    assert_eq!(state_at(Moment::from_unix_seconds(from.begins().unix_seconds() - 1).unwrap()), "in_force");
}
