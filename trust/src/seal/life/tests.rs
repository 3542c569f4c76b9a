//! Lives by hand, and the table whole.

use super::*;
use crate::base::Moment;

fn at(seconds: i64) -> Moment {
    Moment::from_unix_seconds(1_790_000_000 + seconds).unwrap()
}

fn author(id: &str) -> Author {
    Author { body: "b".into(), kind: "person".into(), id: id.into() }
}

fn act(kind: ActKind, by: &str, recorded: i64, from: i64) -> Act {
    let ground = Ground { reason: "事由".into(), document_number: "印函〔2026〕1号".into() };
    Act { kind, by: author(by), ground, effective_from: at(from), recorded_at: at(recorded) }
}

const UNTIL: i64 = 10_000;

fn made() -> ActKind {
    ActKind::Make { from: at(3), until: at(UNTIL) }
}

/// Applied, approved by another, made, filed at the fourth second.
fn filed() -> Life {
    let steps = [(ActKind::Apply, "a", 1), (ActKind::Approve, "b", 2), (made(), "b", 3), (ActKind::File, "b", 4)];
    Life::replay(steps.map(|(kind, by, n)| act(kind, by, n, n))).unwrap()
}

fn state(life: &Life, seconds: i64) -> &'static str {
    life.at(at(seconds)).state.as_str()
}

#[test]
fn from_application_to_use_and_to_the_end_by_date() {
    let life = filed();
    let words = [1, 2, 3, 4, UNTIL, UNTIL + 1].map(|n| state(&life, n));
    assert_eq!(words, ["applied", "approved", "made", "in_use", "in_use", "expired"]);
    assert_eq!(life.at(at(5)), Standing { state: State::InUse, since: at(4), until: Some(at(UNTIL)) });
    assert_eq!((life.made_at(), life.until()), (Some(at(3)), Some(at(UNTIL))));
    let passed: Vec<_> = life.states().iter().map(|passed| passed.state.as_str()).collect();
    assert_eq!(passed, ["applied", "approved", "made", "in_use", "expired"]);
}

#[test]
fn nobody_decides_on_their_own_application() {
    let mut life = Life::begin(act(ActKind::Apply, "a", 1, 1)).unwrap();
    for kind in [ActKind::Approve, ActKind::Refuse] {
        assert_eq!(life.record(act(kind, "a", 2, 2)), Err(ActRefusal::OwnApplication));
    }
    let namesake = Act { by: Author { kind: "token".into(), ..author("a") }, ..act(ActKind::Approve, "a", 2, 2) };
    assert!(life.clone().record(namesake).is_ok(), "another kind of actor is another");
    life.record(act(ActKind::Refuse, "b", 2, 2)).unwrap();
    let end = End::Refused;
    assert_eq!(life.record(act(made(), "b", 3, 3)), Err(ActRefusal::AfterEnd { act: made(), end }));
}

#[test]
fn suspended_and_resumed_and_what_was_known_then() {
    let mut life = filed();
    life.record(act(ActKind::Suspend, "b", 30, 20)).unwrap();
    let back = life.record(act(ActKind::Resume, "b", 40, 39));
    assert!(matches!(back, Err(ActRefusal::WorksBack { .. })), "what gives never works back: {back:?}");
    life.record(act(ActKind::Resume, "b", 40, 40)).unwrap();
    let words = [19, 20, 39, 40].map(|n| state(&life, n));
    assert_eq!(words, ["in_use", "suspended", "suspended", "in_use"]);
    // the suspension worked back to the loss, and was not known before
    assert_eq!(life.at_as_known(at(25), at(29)).unwrap().state, State::InUse);
    assert_eq!(life.at_as_known(at(25), at(30)).unwrap().state, State::Suspended);
    assert_eq!(life.at_as_known(at(25), at(0)), None);
    let cancel = life.record(act(ActKind::Cancel, "b", 50, 39));
    assert_eq!(cancel, Err(ActRefusal::BackDated { effective_from: at(39), later: at(40) }));
}

#[test]
fn what_is_to_come_can_be_overtaken() {
    let mut life = filed();
    life.record(act(ActKind::Cancel, "b", 10, 1000)).unwrap();
    assert_eq!((state(&life, 999), state(&life, 1000)), ("in_use", "cancelled"));
    life.record(act(ActKind::Renew { successor: "next".into() }, "b", 20, 20)).unwrap();
    assert_eq!((state(&life, 20), state(&life, 1000)), ("superseded", "superseded"));
    let resumed = life.record(act(ActKind::Resume, "b", 30, 30));
    assert_eq!(resumed, Err(ActRefusal::AfterEnd { act: ActKind::Resume, end: End::Superseded }));
}

#[test]
fn invalid_from_the_making_on_and_after_every_other_end() {
    let mut life = filed();
    life.record(act(ActKind::Suspend, "b", 10, 10)).unwrap();
    life.record(act(ActKind::Cancel, "b", 20, 20)).unwrap();
    let early = life.record(act(ActKind::Invalidate, "b", 30, 2));
    assert_eq!(early, Err(ActRefusal::BeforeTheMaking { effective_from: at(2), made: at(3) }));
    life.record(act(ActKind::Invalidate, "b", 30, 3)).unwrap();
    for n in [3, 4, 10, 20, UNTIL + 1] {
        assert_eq!(state(&life, n), "invalid", "{n}");
    }
    assert_eq!(state(&life, 2), "approved");
    assert_eq!(life.at_as_known(at(5), at(29)).unwrap().state, State::InUse);
}

#[test]
fn founded_at_once_and_only_once() {
    let founding = || ActKind::Found { from: at(1), until: at(UNTIL) };
    let mut life = Life::begin(Act {
        ground: Ground { document_number: String::new(), ..act(made(), "o", 1, 1).ground },
        ..act(founding(), "o", 1, 1)
    })
    .unwrap();
    assert_eq!((state(&life, 1), state(&life, UNTIL + 1)), ("in_use", "expired"));
    assert_eq!(life.record(act(founding(), "o", 2, 2)), Err(ActRefusal::Begun));
    assert_eq!(Life::begin(act(ActKind::File, "o", 1, 1)), Err(ActRefusal::NotApplied(ActKind::File)));
    assert!(Life::replay([]).is_err());
}

#[test]
fn an_act_has_reason_document_and_order() {
    let mut life = filed();
    let bare = |reason: &str, number: &str| Act {
        ground: Ground { reason: reason.into(), document_number: number.into() },
        ..act(ActKind::Suspend, "b", 10, 10)
    };
    let long = "长".repeat(501);
    for reason in ["", " ", "a\nb", &long] {
        assert_eq!(life.record(bare(reason, "1")), Err(ActRefusal::Reason));
    }
    for number in ["", "\u{7}", &long] {
        assert_eq!(life.record(bare("事由", number)), Err(ActRefusal::DocumentNumber));
    }
    let early = life.record(act(ActKind::Suspend, "b", 3, 10));
    assert_eq!(early, Err(ActRefusal::RecordedOutOfOrder { recorded_at: at(3), last: at(4) }));
    let inverted = ActKind::Make { from: at(5), until: at(4) };
    assert!(matches!(act(inverted, "b", 5, 5).check_itself(), Err(ActRefusal::EndsBeforeItBegins { .. })));
}

#[test]
fn the_whole_table_by_hand() {
    use State as S;
    let acts = [
        ActKind::Approve,
        ActKind::Refuse,
        made(),
        ActKind::File,
        ActKind::Suspend,
        ActKind::Resume,
        ActKind::Renew { successor: "next".into() },
        ActKind::Cancel,
        ActKind::Invalidate,
    ];
    let (refused, superseded, cancelled, invalid) =
        (Some("refused"), Some("superseded"), Some("cancelled"), Some("invalid"));
    let table = [
        (S::Applied, [Some("approved"), refused, None, None, None, None, None, None, None]),
        (S::Approved, [None, None, Some("made"), None, None, None, None, cancelled, None]),
        (S::Made, [None, None, None, Some("in_use"), None, None, None, cancelled, invalid]),
        (S::InUse, [None, None, None, None, Some("suspended"), None, superseded, cancelled, invalid]),
        (S::Suspended, [None, None, None, None, None, Some("in_use"), None, cancelled, invalid]),
        (S::Ended(End::Refused), [None; 9]),
        (S::Ended(End::Expired), [None, None, None, None, None, None, superseded, cancelled, invalid]),
        (S::Ended(End::Superseded), [None, None, None, None, None, None, None, None, invalid]),
        (S::Ended(End::Cancelled), [None, None, None, None, None, None, None, None, invalid]),
        (S::Ended(End::Invalid), [None; 9]),
    ];
    assert_eq!(table.map(|(from, _)| from), S::ALL);
    for (from, expected) in table {
        let after = acts.clone().map(|act| from.after(&act).ok().map(State::as_str));
        assert_eq!(after, expected, "{from:?}");
        assert_eq!(S::of_word(from.as_str()), Some(from));
    }
    let mut words: Vec<_> = acts.iter().map(ActKind::as_str).collect();
    words.dedup();
    assert_eq!(words.len(), acts.len());
}
