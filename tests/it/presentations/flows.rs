//! Showing and redeeming, as the doors call it.

use super::{Counter, FOOD_HOLDER, code_of};
use crate::support::{
    database::Database,
    house::{House, add_body, decided, food},
};
use std::{sync::Barrier, thread};
use yinxin::{
    flow::{
        access::{Permit, may},
        act::{self, ActOrder},
        holders::{self, holdings},
        issue,
        kind::HasKind as _,
        presentations::{self, Class, PresentationError, look, offer},
        tries::Guesser,
        uses::{self, ObjectionError},
    },
    store::audit,
};

fn from(network: &str) -> Guesser {
    Guesser::from(Some(network.to_owned()))
}

on_both!(
    looking_uses_nothing_up_and_one_redeems,
    of_thirty_two_scanners_one_wins_and_the_others_are_told,
    the_same_scan_gets_the_state_of_then,
    what_has_expired_is_like_what_never_was,
    only_the_own_licences_and_only_their_fields,
    the_holder_sees_who_and_objects,
);

/// A code of another holder that holds.
const OTHER_HOLDER: &str = "92330100MA0000015R";

fn issued(counter: &Counter, n: u32) -> String {
    let issuer = &counter.house.issuer;
    issue::issue(issuer, &counter.house.may_issue(), &[food(n)]).remove(0).unwrap().identifier
}

fn do_act(counter: &Counter, identifier: &str, kind: &str) {
    let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None };
    act::act(&counter.house.issuer, &counter.house.may_act(), identifier, &order).unwrap();
}

/// What the audit of a body says of codes.
fn redemptions(counter: &Counter, body: &str) -> usize {
    let rows = counter.house.issuer.store.read(|c| audit::list(c, body, (i64::MIN, 0), 500)).unwrap();
    rows.iter().filter(|row| row.action == "presentation.redeemed").count()
}

fn looking_uses_nothing_up_and_one_redeems(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let shown = counter.show(&holder, &identifier, &["operator_name", "legal_representative", "signatory"]).unwrap();
    assert!(shown.address.starts_with("HTTPS://YX.EXAMPLE.GOV.CN/S/"), "{}", shown.address.as_str());
    assert_eq!(shown.expires_at.unix_milliseconds() - shown.made_at.unix_milliseconds(), 60_000);
    let code = code_of(&shown);
    let store = &counter.house.issuer.store;
    let before = store.read(audit::newest).unwrap();
    for spelt in [code.clone(), code.to_ascii_lowercase()].iter().cycle().take(20) {
        let looked = look(&counter.house.issuer, &counter.desk, spelt, &from("net")).unwrap();
        let seen: Vec<_> = looked.fields.iter().map(|one| (one.name.as_str(), one.value.as_str())).collect();
        assert_eq!(seen[0], ("operator_name", "演示市小满面馆（个体工商户）"));
        assert!(seen.contains(&("legal_representative", "**国")), "{seen:?}");
        assert_eq!(looked.purpose, "接受检查");
    }
    assert_eq!(store.read(audit::newest).unwrap(), before, "looking writes nothing");
    let scanner = counter.scanner(&counter.house.body);
    let redeemed = counter.redeem(&scanner, &code, "scan-0001").unwrap();
    let seen: Vec<_> = redeemed.fields.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(seen, ["operator_name", "legal_representative", "signatory"], "what was chosen and nothing else");
    assert_eq!((redeemed.state, redeemed.purpose.as_str()), ("in_force", "接受检查"));
    assert!(matches!(
        look(&counter.house.issuer, &counter.desk, &code, &Guesser::default()),
        Err(PresentationError::NotValid)
    ));
}

fn of_thirty_two_scanners_one_wins_and_the_others_are_told(database: &Database) {
    const SCANNERS: usize = 32;
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let code = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    let scanners: Vec<_> = (0..SCANNERS).map(|_| counter.scanner(&counter.house.body)).collect();
    let together = Barrier::new(SCANNERS);
    let answers: Vec<_> = thread::scope(|scope| {
        let (counter, code, together) = (&counter, &code, &together);
        let all: Vec<_> = scanners
            .iter()
            .map(|scanner| {
                scope.spawn(move || {
                    together.wait();
                    counter.redeem(scanner, code, "scan-same")
                })
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for told in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(told.code(), "presentation_used");
        let said = &told.fields()[0].sentence.zh;
        assert!(said.contains("已在演示市市场监督管理局 3 号窗口用过"), "{said}");
    }
    assert_eq!(redemptions(&counter, &counter.house.body), 1);
    assert_eq!(uses::of(&counter.house.issuer, &holder).unwrap().len(), 1);
}

fn the_same_scan_gets_the_state_of_then(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let code = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    let scanner = counter.scanner(&counter.house.body);
    counter.house.clock.advance_seconds(5);
    let first = counter.redeem(&scanner, &code, "scan-0001").unwrap();
    assert_eq!(counter.redeem(&scanner, &code, "scan-0001").unwrap(), first);
    counter.house.clock.advance_seconds(5);
    do_act(&counter, &identifier, "suspend");
    let again = counter.redeem(&scanner, &code, "scan-0001").unwrap();
    assert_eq!((again.state, again.state_name), ("suspended", "暂扣"));
    assert_eq!((&again.fields, again.redeemed_at), (&first.fields, first.redeemed_at));
    // another scan of the same scanner, or the same of another, is somebody else
    assert_eq!(counter.redeem(&scanner, &code, "scan-0002").unwrap_err().code(), "presentation_used");
    let other = counter.scanner(&counter.house.body);
    assert_eq!(counter.redeem(&other, &code, "scan-0001").unwrap_err().code(), "presentation_used");
    assert_eq!(redemptions(&counter, &counter.house.body), 1, "written down once");
    counter.house.clock.advance_seconds(60);
    assert_eq!(counter.redeem(&scanner, &code, "scan-0001").unwrap_err().code(), "presentation_not_valid");
    // revoked between showing and scanning: shown as such
    let code = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    do_act(&counter, &identifier, "revoke");
    assert_eq!(counter.redeem(&scanner, &code, "scan-0003").unwrap().state, "revoked");
    assert_eq!(uses::of(&counter.house.issuer, &holder).unwrap().len(), 2);
}

fn what_has_expired_is_like_what_never_was(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let issuer = &counter.house.issuer;
    let scanner = counter.scanner(&counter.house.body);
    let stopped = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    presentations::end(&issuer.store, &holder, issuer.clock.now().unwrap()).unwrap();
    let old = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    counter.house.clock.advance_seconds(60);
    let words: Vec<_> = [&old, &stopped, "A".repeat(26).as_str(), "junk"]
        .into_iter()
        .map(|code| {
            let looked = look(issuer, &counter.desk, code, &Guesser::default()).unwrap_err();
            let redeemed = counter.redeem(&scanner, code, "scan-0001").unwrap_err();
            assert_eq!((looked.code(), looked.to_string()), (redeemed.code(), redeemed.to_string()));
            format!("{} {}", redeemed.code(), redeemed)
        })
        .collect();
    assert!(words.iter().all(|one| *one == words[0]), "{words:?}");
    // guesses are counted by scanner and by network; another one is another matter
    for _ in 0..60 {
        let _ = look(issuer, &counter.desk, "junk", &from("203.0.113.9"));
        let _ = counter.redeem(&scanner, &"B".repeat(26), "scan-0001");
    }
    let fresh = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    let refused = look(issuer, &counter.desk, &fresh, &from("203.0.113.9")).unwrap_err();
    assert_eq!((refused.code(), refused.retry_after_seconds().is_some()), ("too_many_tries", true));
    assert_eq!(counter.redeem(&scanner, &fresh, "scan-0001").unwrap_err().code(), "too_many_tries");
    assert!(look(issuer, &counter.desk, &fresh, &from("203.0.113.10")).is_ok());
    assert!(counter.redeem(&counter.scanner(&counter.house.body), &fresh, "scan-0001").is_ok());
    for scan in ["short", &"x".repeat(65), "with space"] {
        let scanner = counter.scanner(&counter.house.body);
        assert_eq!(counter.redeem(&scanner, &fresh, scan).unwrap_err().code(), "scan_id_malformed");
    }
    // and cleared away some time after
    counter.house.clock.advance_seconds(3600 + 120);
    let cleared = presentations::clear(&issuer.store, issuer.clock.now().unwrap()).unwrap();
    assert_eq!((cleared, uses::of(issuer, &holder).unwrap().len()), (3, 1), "the use stays");
}

fn only_the_own_licences_and_only_their_fields(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let other = counter.holder("stranger", OTHER_HOLDER);
    let issuer = &counter.house.issuer;
    assert_eq!(holdings::of(issuer, &holder).unwrap().cards.len(), 1);
    assert!(holdings::of(issuer, &other).unwrap().cards.is_empty());
    let refused = offer(issuer, &other, &identifier.parse().unwrap()).unwrap_err();
    assert!(matches!(refused, PresentationError::NotHeld), "{refused:?}");
    let refused = counter.show(&other, &identifier, &["operator_name"]).unwrap_err();
    assert!(matches!(refused, PresentationError::NotHeld), "{refused:?}");
    // all that can be shown, with its class
    let all = offer(issuer, &holder, &identifier.parse().unwrap()).unwrap();
    let class = |name: &str| all.fields.iter().find(|field| field.name == name).map(|field| field.class);
    assert_eq!(class("operator_name"), Some(Class::Public));
    assert_eq!(class("legal_representative"), Some(Class::Masked));
    let wrong = counter.show(&holder, &identifier, &["operator_name", "bank_account", "x"]).unwrap_err();
    let named: Vec<_> = wrong.fields().into_iter().map(|one| (one.field, one.code)).collect();
    assert_eq!(named, [("bank_account".to_owned(), "not_offered"), ("x".to_owned(), "not_offered")]);
    assert_eq!(counter.show(&holder, &identifier, &[]).unwrap_err().fields()[0].code, "nothing_chosen");
    // fifty codes in five minutes, then wait
    for _ in 0..48 {
        counter.show(&holder, &identifier, &["operator_name"]).unwrap();
    }
    let full = counter.show(&holder, &identifier, &["operator_name"]).unwrap_err();
    assert_eq!((full.code(), full.retry_after_seconds()), ("too_many_tries", Some(301)));
}

fn the_holder_sees_who_and_objects(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (identifier, holder) = (issued(&counter, 1), counter.holder("noodles", FOOD_HOLDER));
    let (issuer, own) = (&counter.house.issuer, counter.house.body.clone());
    // of another body altogether: recognised without having issued
    let elsewhere = add_body(&issuer.store, "邻市政务服务中心", "11990000MB0000019F");
    let code = code_of(&counter.show(&holder, &identifier, &["operator_name", "legal_representative"]).unwrap());
    counter.redeem(&counter.scanner(&elsewhere), &code, "scan-0001").unwrap();
    let seen = uses::of(issuer, &holder).unwrap();
    let [used] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((used.body.as_str(), used.window.as_deref()), ("邻市政务服务中心", Some("3 号窗口")));
    assert_eq!((used.purpose.as_str(), used.fields.len()), ("接受检查", 2));
    assert!(used.objection.is_none());

    let stranger = counter.holder("stranger", OTHER_HOLDER);
    let refused = |who, words: &str| uses::object(issuer, who, &used.id, words).unwrap_err();
    assert!(matches!(refused(&stranger, "不是我"), ObjectionError::NotFound));
    for wrong in [" ", &"证".repeat(501), "a\u{7}b"] {
        assert!(matches!(refused(&holder, wrong), ObjectionError::Words));
    }
    uses::object(issuer, &holder, &used.id, "我那天没有去。\r\n请查一下").unwrap();
    assert!(matches!(refused(&holder, "再说一次"), ObjectionError::There));
    let said = uses::of(issuer, &holder).unwrap().remove(0).objection.unwrap();
    assert_eq!(said.words, "我那天没有去。\n请查一下");
    let queue = |body: &str| {
        let permit: Permit<may::SeeWork> = Permit::of_operator(body);
        uses::objections(issuer, &permit, (i64::MIN, ""), 9).unwrap()
    };
    assert_eq!((queue(&own).len(), queue(&elsewhere).len()), (1, 0), "the body answers whose licence it is");
    assert_eq!((queue(&own)[0].used_by.as_str(), queue(&own)[0].words.as_str()), ("邻市政务服务中心", &*said.words));
    let rows = issuer.store.read(|c| audit::list(c, &own, (i64::MIN, 0), 500)).unwrap();
    let line = rows.iter().find(|row| row.action == "use.objected").unwrap();
    assert!(line.actor_kind == "holder" && !String::from_utf8_lossy(&line.detail).contains("没有去"));

    // what was done to the licence is told
    do_act(&counter, &identifier, "suspend");
    let told: Vec<_> = holdings::of(issuer, &holder).unwrap().notices.into_iter().map(|one| one.act).collect();
    assert_eq!(told.len(), 2);
    assert!(told.contains(&"suspend".to_owned()) && told.contains(&"issue".to_owned()));
    // a disabled account shows nothing any more
    let code = code_of(&counter.show(&holder, &identifier, &["operator_name"]).unwrap());
    holders::disable(&issuer.store, &Permit::of_operator(""), holder.id(), issuer.clock.now().unwrap()).unwrap();
    assert_eq!(
        counter.redeem(&counter.scanner(&own), &code, "scan-0002").unwrap_err().code(),
        "presentation_not_valid"
    );
}
