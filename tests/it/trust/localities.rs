//! Ouhai verifies a licence of Fuyang: before, with, and after a list.

use super::places::{FUYANG, Fuyang, MAX_AGE_MINUTES, Ouhai, Wanted, code, outcome};
use crate::support::database::Database;
use yinxin::flow::trust::{self, Accepted, Offered, TrustError};
use yinxin_trust::{
    trust_list::{MissedUpdate, Refusal, SignedListError},
    verify::{StandingState, Verdict},
};

on_both!(
    over_a_list_and_what_its_register_says,
    lists_that_are_none_or_not_the_next_are_refused_by_name,
    what_the_list_does_not_vouch_for_is_named,
    two_people_and_no_others,
    an_overdue_list_is_flagged_or_refused,
);

fn over_a_list_and_what_its_register_says(database: &Database) {
    let mut fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let (issued, document) = fuyang.issue();
    let before = ouhai.verify(&document);
    assert_eq!(outcome(&before), (Verdict::Indeterminate, "unknown_issuer".to_owned()));
    let words = before.signatures[0].checks.iter().find(|check| check.code == "unknown_issuer").unwrap();
    assert!(words.sentence.zh.contains("签发者不在信任列表中"), "{}", words.sentence.zh);

    fuyang.make(&Wanted::sound());
    ouhai.add(fuyang.operator());
    ouhai.refresh();
    assert!(ouhai.look(), "there are none for the first time");
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Indeterminate, "what is proposed counts for nothing");
    let sm3 = ouhai.waits();
    assert_eq!(ouhai.accept("zhang.san", &sm3), Ok(Accepted::Waits));
    assert!(!ouhai.look());
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Indeterminate, "one person is none");
    assert_eq!(ouhai.accept("li.si", &sm3[..16]), Ok(Accepted::InUse));
    assert!(ouhai.look() && !ouhai.look());
    // the list is there, their revocation lists are not: what is needed is missing
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Indeterminate);
    ouhai.refresh();
    let report = ouhai.verify(&document);
    assert_eq!(outcome(&report), (Verdict::Valid, "ok".to_owned()), "{report:#?}");
    assert_eq!(report.standing.state, StandingState::InForce);
    assert!(!report.standing.source.unwrap().contains("留存"));

    fuyang.act(&issued, "suspend");
    assert_eq!(ouhai.verify(&document).standing.state, StandingState::Suspended);
    fuyang.act(&issued, "resume");
    fuyang.act(&issued, "revoke");
    let revoked = ouhai.verify(&document);
    assert_eq!((revoked.verdict, revoked.standing.state), (Verdict::Valid, StandingState::Revoked));
    assert_eq!(revoked.standing.since.unwrap().to_string(), "2026-11-22");

    fuyang.stop();
    fuyang.house.clock.advance_seconds(60);
    let kept = ouhai.verify(&document);
    assert_eq!((kept.verdict, kept.standing.state), (Verdict::Valid, StandingState::Revoked));
    assert_eq!(kept.standing.as_of, revoked.standing.as_of, "the age is that of the answer");
    assert!(kept.standing.source.unwrap().contains("留存"));
    fuyang.house.clock.advance_seconds(i64::from(MAX_AGE_MINUTES) * 60);
    let old = ouhai.verify(&document);
    assert_eq!((old.verdict, old.standing.state), (Verdict::Valid, StandingState::Unknown));
    assert_eq!(
        ouhai.actions(),
        ["trust.operator_added", "trust.list_proposed", "trust.list_accepted", "trust.list_accepted"]
    );
}

fn lists_that_are_none_or_not_the_next_are_refused_by_name(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let first = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    let refused = |list| ouhai.offer(&operator, list).unwrap_err();

    let mut forged = first.clone();
    let place = forged.octets.windows(2).position(|two| two == b"33").unwrap();
    forged.octets[place] = b'1';
    assert_eq!(refused(&forged), TrustError::List(SignedListError::WrongSignature));
    assert!(refused(&forged).to_string().starts_with("wrong_signature: "));
    // another key, with the same words
    let stranger = Fuyang::new();
    let other = stranger.make(&Wanted::sound());
    assert_eq!(refused(&other), TrustError::List(SignedListError::WrongSignature));
    assert_eq!(
        ouhai.actions(),
        ["trust.operator_added", "trust.list_refused", "trust.list_refused", "trust.list_refused"]
    );

    ouhai.take(&operator, &first);
    assert!(matches!(ouhai.offer(&operator, &first), Ok(Offered::InUse(None))));
    let second = fuyang.make(&Wanted { scope: "from = \"2026-01-01\"", ..Wanted::sound() });
    let third = fuyang.make(&Wanted::sound());
    assert!(matches!(ouhai.offer(&operator, &third), Ok(Offered::Proposed { waited: false, .. })));
    assert!(matches!(ouhai.offer(&operator, &third), Ok(Offered::Proposed { waited: true, .. })));
    // older than the one that waits, and than the one in use
    assert_eq!(refused(&second), TrustError::Refused(Refusal::RolledBack { known: 3, offered: 2 }));
    let sm3 = ouhai.waits();
    ouhai.accept("li.si", &sm3).unwrap();
    ouhai.accept("zhang.san", &sm3).unwrap();
    assert!(ouhai.look());
    assert!(refused(&first).to_string().starts_with("rolled_back: "));
    assert_eq!(refused(&second), TrustError::Refused(Refusal::RolledBack { known: 3, offered: 2 }));
    // the key is right, the operator is another
    let renamed = fuyang.made_in("renamed", "别的机构", &Wanted::sound());
    assert_eq!(refused(&renamed), TrustError::Refused(Refusal::OtherOperator));
    assert_eq!(trust::show(&ouhai.store, FUYANG).unwrap().accepted.unwrap().list().sequence(), 3);
}

fn what_the_list_does_not_vouch_for_is_named(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let (_, document) = fuyang.issue();
    let sound = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &sound);
    ouhai.refresh();
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Valid);
    let scope = "licence_types = [\"11100000MB0143028R001\"], from = \"2026-01-01\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { scope, ..Wanted::sound() }));
    let report = ouhai.verify(&document);
    assert_eq!(
        (report.verdict, code(&report)),
        (Verdict::Indeterminate, "out_of_scope_type".to_owned()),
        "{report:#?}"
    );
    let scope = "regions = [\"34\"], from = \"2026-01-01\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { scope, ..Wanted::sound() }));
    assert_eq!(outcome(&ouhai.verify(&document)), (Verdict::Indeterminate, "out_of_scope_region".to_owned()));
    let more = "log_required_from = \"2026-11-22\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { more, ..Wanted::sound() }));
    assert_eq!(outcome(&ouhai.verify(&document)), (Verdict::Indeterminate, "no_proof".to_owned()));
    let more = "log_required_from = \"2026-11-23\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { more, ..Wanted::sound() }));
    assert_eq!(ouhai.verify(&document).verdict, Verdict::Valid, "only from the next day on");
    // without a status service nobody is asked
    ouhai.take(&operator, &fuyang.make(&Wanted { has_status: false, ..Wanted::sound() }));
    let report = ouhai.verify(&document);
    assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::Unknown));
}

fn two_people_and_no_others(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let first = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    assert_eq!(ouhai.accept("zhang.san", &"0".repeat(16)), Err(TrustError::NothingProposed));
    ouhai.offer(&operator, &first).unwrap();
    let sm3 = ouhai.waits();
    assert!(matches!(ouhai.accept("wang.wu", &sm3), Err(TrustError::Denied(_))));
    assert_eq!(ouhai.accept("zhang.san", &sm3[..15]), Err(TrustError::Digest));
    assert_eq!(ouhai.accept("zhang.san", &"0".repeat(16)), Err(TrustError::OtherDigest));
    assert_eq!(ouhai.accept("zhang.san", &sm3), Ok(Accepted::Waits));
    assert_eq!(ouhai.accept("zhang.san", &sm3), Err(TrustError::SamePerson));
    assert!(trust::in_use(&ouhai.store).unwrap().is_empty());
    // a later list takes its place: what one person accepted does not go over to it
    let second = fuyang.make(&Wanted { scope: "from = \"2026-01-01\"", ..Wanted::sound() });
    ouhai.offer(&operator, &second).unwrap();
    assert_eq!(ouhai.accept("li.si", &sm3), Err(TrustError::OtherDigest));
    let sm3 = ouhai.waits();
    assert_eq!(ouhai.accept("li.si", &sm3), Ok(Accepted::Waits));
    assert_eq!(ouhai.accept("zhang.san", &sm3), Ok(Accepted::InUse));
    assert!(ouhai.look());
    // who may not sign in any more does not count
    let third = fuyang.make(&Wanted::sound());
    ouhai.offer(&operator, &third).unwrap();
    let latest = ouhai.waits();
    assert_eq!(ouhai.accept("zhang.san", &latest), Ok(Accepted::Waits));
    ouhai.disable("zhang.san");
    assert_eq!(ouhai.accept("li.si", &latest), Ok(Accepted::Waits));
    assert_eq!(ouhai.refuse("li.si", &latest), Ok(()));
    // one person takes it out of use, and it is not proposed again
    assert!(matches!(ouhai.refuse("wang.wu", &sm3), Err(TrustError::Denied(_))));
    assert_eq!(ouhai.refuse("li.si", &sm3), Ok(()));
    assert!(ouhai.look() && trust::in_use(&ouhai.store).unwrap().is_empty());
    assert_eq!(ouhai.offer(&operator, &second).unwrap_err(), TrustError::RefusedBefore);
}

fn an_overdue_list_is_flagged_or_refused(database: &Database) {
    let fuyang = Fuyang::new();
    let mut ouhai = Ouhai::new(database, &fuyang.house.clock);
    let (_, document) = fuyang.issue();
    let list = fuyang.make(&Wanted { next_update_days: 1, ..Wanted::sound() });
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &list);
    ouhai.refresh();
    assert_eq!(ouhai.verifier.overdue_lists(), Ok(vec![]));
    fuyang.house.clock.advance_seconds(86_401);
    assert_eq!(ouhai.verifier.overdue_lists(), Ok(vec![FUYANG.to_owned()]));
    let report = ouhai.verify(&document);
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(report.warnings.iter().any(|warning| warning.code == "trust.list_outdated"), "{:?}", report.warnings);
    assert!(matches!(ouhai.offer(&operator, &list), Ok(Offered::InUse(Some(_)))));
    ouhai.policy.missed_update = MissedUpdate::Refuse;
    assert!(matches!(ouhai.offer(&operator, &list), Err(TrustError::Refused(Refusal::MissedUpdate { .. }))));
}
