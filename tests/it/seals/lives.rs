//! Every step of a seal's life, and that nothing is stamped out of its use.

use super::{Kept, order, wanted};
use crate::support::{
    database::Database,
    house::{self, begin, food},
};
use std::thread;
use yinxin::{
    flow::{
        access::Role,
        issue::{IssueError, Step, issue, issue_watched, recover},
        kind::{HasKind as _, Kind},
        seal_lives::{self, Keep, KeepOrder, Material, NewSeal, SealLifeError},
        seal_making::SealMakingError,
        seal_uses::{SealUseRefusal, ledger},
        seals::SealFault,
    },
    store::{licences, seal_lives as rows, seals},
};
use yinxin_trust::{
    base::Moment,
    seal::life::{ActRefusal, End, State},
    verify::Verdict,
};

on_both!(
    from_application_to_renewal,
    what_an_application_must_be,
    renewal_is_due_before_the_end,
    nothing_is_stamped_out_of_use,
    recovery_does_not_stamp_out_of_use,
    the_write_of_the_intent_decides,
    suspending_and_stamping_at_once,
    another_bodys_seals_are_not_there
);

fn from_application_to_renewal(database: &Database) {
    let kept = Kept::new(database);
    let (keeper, other) = kept.two();
    let renewal = NewSeal { renews: Some(kept.first.clone()), ..wanted("3301000000002") };
    let id = kept.apply(&keeper, renewal).unwrap();
    assert!(kept.desk().waiting.iter().any(|card| card.id == id && !card.own));
    // made only of what a second person approved
    assert!(matches!(kept.make(&id), Err(SealMakingError::Life(SealLifeError::NotApproved(State::Applied)))));
    let own = kept.decide(&keeper, &id, true).unwrap_err();
    assert!(matches!(own, SealLifeError::Act(ActRefusal::OwnApplication)), "{own}");
    assert_eq!((own.kind(), own.code()), (Kind::Denied, "own_seal_application"));
    assert_eq!(kept.decide(&other, &id, true).unwrap().state, State::Approved);
    assert!(matches!(kept.decide(&other, &id, false), Err(SealLifeError::Act(ActRefusal::DecidedAlready))));
    assert!(matches!(kept.file(&id), Err(SealLifeError::Act(ActRefusal::NotMade(_)))));
    let made = kept.make(&id).unwrap();
    assert_eq!(made.id, id);
    assert!(matches!(kept.make(&id), Err(SealMakingError::Life(SealLifeError::NotApproved(State::Made)))));

    // not filed yet: the old one stamps
    let issued = |n| issue(&kept.house.issuer, &kept.house.may_issue(), &[food(n)]).pop().unwrap().unwrap();
    let seal_of = |identifier: &str| {
        let parsed: yinxin_trust::licence::identifier::LicenceIdentifier = identifier.parse().unwrap();
        let line = format!("{}.{}.{}", parsed.type_code(), parsed.issuer(), parsed.serial());
        let store = &kept.house.issuer.store;
        let licence = store.read(|conn| licences::public_by_line(conn, &line)).unwrap().unwrap();
        store.read(|conn| licences::public_versions(conn, &licence.id)).unwrap().remove(0).seal_id
    };
    assert_eq!(seal_of(&issued(1).identifier), kept.first);
    assert_eq!(kept.file(&id).unwrap().state, State::InUse);
    kept.house.clock.advance_seconds(2);
    assert_eq!(seal_of(&issued(2).identifier), id);

    let desk = kept.desk();
    assert_eq!(desk.seals.iter().map(|card| card.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
    let ended = desk.ended.iter().find(|card| card.id == kept.first).unwrap();
    assert_eq!(ended.standing.state, State::Ended(End::Superseded));
    let history = seal_lives::history(&kept.house.issuer.store, &kept.sees(), &id, kept.now()).unwrap();
    let done: Vec<_> = history.done.iter().map(|done| (done.act.kind.as_str(), done.by.as_str())).collect();
    assert_eq!(done[..2], [("apply", "wu.di"), ("approve", "zheng.yi")]);
    assert_eq!(done[2..].iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["make", "file"]);
    assert_eq!(history.documents.len(), 1);
    let document = seal_lives::document(&kept.house.issuer.store, &kept.sees(), &id, 1).unwrap();
    assert_eq!(document.octets, b"%PDF-1.7 made up");

    // every stamp stands in the ledger, with the seal that made it
    let all = (begin(), kept.now());
    let (lines, _) = ledger(&kept.house.issuer.store, &kept.sees(), all, (0, ""), 100).unwrap();
    let seals: Vec<_> = lines.iter().map(|line| (line.seal.as_str(), line.outcome)).collect();
    assert_eq!(seals, [(kept.first.as_str(), "made"), (id.as_str(), "made")]);
}

fn what_an_application_must_be(database: &Database) {
    let kept = Kept::new(database);
    let (keeper, other) = kept.two();
    let pdf = || Material { name: "a.pdf".to_owned(), octets: b"%PDF-1.7".to_vec() };
    let with = |documents: Vec<Material>| NewSeal { documents, ..wanted("3301000000002") };
    let refused = |new: NewSeal| kept.apply(&keeper, new).unwrap_err();
    assert!(matches!(refused(with(vec![])), SealLifeError::Documents));
    assert!(matches!(refused(with((0..9).map(|_| pdf()).collect())), SealLifeError::Documents));
    let large = Material { octets: [b"%PDF-".as_slice(), &vec![0; seal_lives::DOCUMENT_BYTES]].concat(), ..pdf() };
    let program = Material { octets: b"MZ".to_vec(), ..pdf() };
    for wrong in [large, program, Material { name: "a\nb".to_owned(), ..pdf() }] {
        assert!(matches!(refused(with(vec![wrong])), SealLifeError::Document));
    }
    assert!(matches!(refused(NewSeal { code: "三".to_owned(), ..wanted("") }), SealLifeError::Code));
    assert!(matches!(refused(wanted("")), SealLifeError::Code));
    assert!(matches!(refused(wanted("3301000000001")), SealLifeError::CodeTaken), "the house's own");
    assert!(matches!(refused(NewSeal { types: vec!["x".to_owned()], ..wanted("1") }), SealLifeError::Types));
    let picture = NewSeal { picture: Some(b"no picture".to_vec()), ..wanted("1") };
    assert!(matches!(refused(picture), SealLifeError::Picture(_)));
    let no_reason = NewSeal { reason: " ".to_owned(), ..wanted("1") };
    assert!(matches!(refused(no_reason), SealLifeError::Act(ActRefusal::Reason)));
    assert!(kept.desk().waiting.is_empty(), "nothing was written");
    // one code is asked for once, and again once that was refused
    let id = kept.apply(&keeper, wanted("3301000000002")).unwrap();
    assert!(matches!(refused(wanted("3301000000002")), SealLifeError::CodeTaken));
    kept.decide(&other, &id, false).unwrap();
    assert!(kept.apply(&keeper, wanted("3301000000002")).is_ok());
    // the operator of the machine is no person, and founds nothing beside a seal that is there
    let new = wanted("3301000000003");
    let by_operator =
        seal_lives::apply(&kept.house.issuer.store, &kept.keeps(), new, &yinxin_face::Fonts::shipped(), kept.now());
    assert!(matches!(by_operator, Err(SealLifeError::NotAPerson)));
}

fn renewal_is_due_before_the_end(database: &Database) {
    let kept = Kept::new(database);
    let (keeper, other) = kept.two();
    let due = || kept.desk().seals.iter().map(|card| card.renewal_due).collect::<Vec<_>>();
    assert_eq!(due(), [false]);
    let until = kept.desk().seals[0].standing.until.unwrap();
    let left = until.unix_seconds() - kept.now().unix_seconds();
    kept.house.clock.advance_seconds(left - seal_lives::RENEWAL_DAYS * 86_400 + 1);
    assert_eq!(due(), [true]);
    let renewal = || NewSeal { renews: Some(kept.first.clone()), ..wanted("3301000000002") };
    let id = kept.apply(&keeper, renewal()).unwrap();
    assert_eq!(due(), [false], "somebody asked for the next one");
    kept.decide(&other, &id, false).unwrap();
    assert_eq!(due(), [true], "and was refused");
    // a suspended seal is not renewed, one past its date is
    kept.keep(&kept.first, Keep::Suspend).unwrap();
    kept.house.clock.advance_seconds(2);
    assert!(matches!(kept.apply(&keeper, renewal()), Err(SealLifeError::NotRenewable(State::Suspended))));
    kept.keep(&kept.first, Keep::Resume).unwrap();
    kept.house.clock.advance_seconds(seal_lives::RENEWAL_DAYS * 86_400);
    assert_eq!(kept.desk().ended[0].standing.state, State::Ended(End::Expired));
    assert!(kept.apply(&keeper, renewal()).is_ok());
    let error = issue(&kept.house.issuer, &kept.house.may_issue(), &[food(1)]).pop().unwrap().unwrap_err();
    assert_eq!(error.code(), "seal_not_in_use");
}

fn nothing_is_stamped_out_of_use(database: &Database) {
    let kept = Kept::new(database);
    let try_one = |n| issue(&kept.house.issuer, &kept.house.may_issue(), &[food(n)]).pop().unwrap();
    let stamped = try_one(1).unwrap();
    let suspended = kept.keep(&kept.first, Keep::Suspend).unwrap();
    assert_eq!(suspended.state, State::Suspended);
    // what was stamped in the same second stays good: the suspension begins after it
    assert!(suspended.since > stamped.stamped_at);
    let refused = |n| {
        let error = try_one(n).unwrap_err();
        let IssueError::Seal(SealFault::Use(SealUseRefusal::NotInUse { state, .. })) = &error else {
            panic!("{error}")
        };
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "seal_not_in_use"));
        *state
    };
    assert_eq!(refused(2), State::Suspended, "at once, within the same second");
    kept.house.clock.advance_seconds(5);
    assert_eq!(refused(2), State::Suspended);
    assert_eq!(kept.keep(&kept.first, Keep::Resume).unwrap().state, State::InUse);
    try_one(2).unwrap();
    // an end that is still to come does not stop what is before it
    let later = Moment::from_unix_seconds(kept.now().unix_seconds() + 100).unwrap();
    let cancel = KeepOrder { effective_from: Some(later), ..order(Keep::Cancel) };
    seal_lives::keep(&kept.house.issuer.store, &kept.keeps(), &kept.first, &cancel, kept.now()).unwrap();
    try_one(3).unwrap();
    kept.house.clock.advance_seconds(100);
    assert_eq!(refused(4), State::Ended(End::Cancelled));
    let again = kept.keep(&kept.first, Keep::Resume).unwrap_err();
    assert_eq!((again.kind(), again.code()), (Kind::Refused, "seal_act_refused"));
    // 无效 from the making on
    let invalid = kept.keep(&kept.first, Keep::Invalidate).unwrap();
    assert_eq!((invalid.state, invalid.since), (State::Ended(End::Invalid), begin()));
    // and past its last instant
    let row = kept.house.issuer.store.read(|conn| seals::list(conn, &kept.house.body, "", 1)).unwrap().remove(0);
    assert_eq!(row.state, "invalid");
    let acts = kept.house.issuer.store.read(|conn| rows::public_acts(conn, &kept.first)).unwrap();
    let kinds: Vec<_> = acts.iter().map(|act| act.kind.as_str()).collect();
    assert_eq!(kinds, ["found", "suspend", "resume", "cancel", "invalidate"]);
}

fn recovery_does_not_stamp_out_of_use(database: &Database) {
    let kept = Kept::new(database);
    // once with an intent that recovery would finish, once with one that it would make anew
    for (n, age) in [(7, 1), (8, 200)] {
        // the process is gone between intent and key
        let gone = thread::scope(|scope| {
            let run = || {
                issue_watched(&kept.house.issuer, &kept.house.may_issue(), &[food(n)], &|step| {
                    assert!(step != Step::Intended, "gone");
                })
            };
            scope.spawn(run).join()
        });
        assert!(gone.is_err());
        kept.house.clock.advance_seconds(1);
        kept.keep(&kept.first, Keep::Suspend).unwrap();
        kept.house.clock.advance_seconds(age);
        let done = recover(&kept.house.issuer, 0).unwrap();
        assert_eq!((done.finished, done.renewed, done.voided, done.left), (0, 0, 1, 0), "{age}");
        let (lines, _) = ledger(&kept.house.issuer.store, &kept.sees(), (begin(), kept.now()), (0, ""), 100).unwrap();
        let void = lines.iter().filter(|line| line.outcome == "void").count();
        assert_eq!(void, usize::try_from(n).unwrap() - 6);
        kept.keep(&kept.first, Keep::Resume).unwrap();
        // the number is free again
        issue(&kept.house.issuer, &kept.house.may_issue(), &[food(n)]).pop().unwrap().unwrap();
    }
}

fn the_write_of_the_intent_decides(database: &Database) {
    let kept = Kept::new(database);
    let suspended_at = |at: Step, n: u32| {
        let answer = issue_watched(&kept.house.issuer, &kept.house.may_issue(), &[food(n)], &|step| {
            if step == at {
                kept.keep(&kept.first, Keep::Suspend).unwrap();
            }
        });
        let since = kept.desk().seals[0].standing.since;
        kept.house.clock.advance_seconds(2);
        let since = since.max(kept.desk().seals[0].standing.since);
        kept.keep(&kept.first, Keep::Resume).unwrap();
        kept.house.clock.advance_seconds(2);
        (answer.into_iter().next().unwrap(), since)
    };
    // everything was drawn and rehearsed, and the seal was in use then
    let (refused, _) = suspended_at(Step::Rehearsed, 1);
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused, IssueError::Seal(SealFault::Use(SealUseRefusal::NotInUse { state: State::Suspended, .. }))),
        "{refused}"
    );
    // the intent was there first: the stamp is good, and lies before the suspension
    let (stamped, since) = suspended_at(Step::Intended, 2);
    assert!(stamped.unwrap().stamped_at < since);
    // the number of the refused one is free
    issue(&kept.house.issuer, &kept.house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
}

fn suspending_and_stamping_at_once(database: &Database) {
    let kept = Kept::new(database);
    let suspended = thread::scope(|scope| {
        for worker in 0..4 {
            let kept = &kept;
            scope.spawn(move || {
                // each goes on until it is refused
                for n in 0..60 {
                    let answer =
                        issue(&kept.house.issuer, &kept.house.may_issue(), &[food(worker * 100 + n)]).remove(0);
                    let not_in_use =
                        matches!(&answer, Err(IssueError::Seal(SealFault::Use(SealUseRefusal::NotInUse { .. }))));
                    assert!(answer.is_ok() || not_in_use, "{answer:?}");
                    if not_in_use {
                        return;
                    }
                    kept.house.clock.advance_seconds(1);
                }
                panic!("the suspension stops nothing");
            });
        }
        thread::sleep(std::time::Duration::from_millis(300));
        kept.keep(&kept.first, Keep::Suspend).unwrap()
    });
    let all = (begin(), Moment::from_unix_seconds(2_000_000_000).unwrap());
    let (lines, _) = ledger(&kept.house.issuer.store, &kept.sees(), all, (0, ""), 1000).unwrap();
    assert!(!lines.is_empty());
    for line in lines.iter().filter(|line| line.outcome != "void") {
        assert!(Moment::parse(&line.stamped_at).unwrap() < suspended.since, "{line:?} {suspended:?}");
    }
}

fn another_bodys_seals_are_not_there(database: &Database) {
    let kept = Kept::new(database);
    let other = house::add_body(&kept.house.issuer.store, "演示省另一局", "11340100MB0000019P");
    let stranger = kept.caller(&other, "feng.yu", &[Role::SealKeeper]);
    let (keeper, _) = kept.two();
    let id = kept.apply(&keeper, wanted("3301000000002")).unwrap();
    assert!(matches!(kept.decide(&stranger, &id, true), Err(SealLifeError::NotFound)));
    let store = &kept.house.issuer.store;
    let permit = stranger.permit().unwrap();
    let kept_by_stranger = seal_lives::keep(store, &permit, &kept.first, &order(Keep::Suspend), kept.now());
    assert!(matches!(kept_by_stranger, Err(SealLifeError::NotFound)));
    let sees = stranger.permit().unwrap();
    assert!(matches!(seal_lives::history(store, &sees, &kept.first, kept.now()), Err(SealLifeError::NotFound)));
    assert!(matches!(seal_lives::document(store, &sees, &id, 1), Err(SealLifeError::NotFound)));
    let desk = seal_lives::desk(store, &sees, kept.now()).unwrap();
    assert!(desk.waiting.is_empty() && desk.seals.is_empty());
    let stamped = issue(&kept.house.issuer, &kept.house.may_issue(), &[food(1)]).pop().unwrap().unwrap();
    let read = yinxin::flow::document::document(
        &kept.house.issuer,
        &kept.house.may_read(),
        &stamped.identifier.parse().unwrap(),
        yinxin::flow::document::Form::Ofd,
    );
    let report = kept.house.issuer.verify_document(&read.unwrap()).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
}
