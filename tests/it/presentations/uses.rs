//! Whoever looks at a licence at a window is seen by its holder, however it was brought.

use super::{FOOD_HOLDER, at_window::Window};
use crate::support::{database::Database, house::food};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Purpose,
        document::{Form, document},
        issue::{self, Order},
        shown::{self, Shown},
        window::{self, Recheck, Seen},
    },
    store::uses,
};

on_both!(
    every_way_of_looking_is_a_use_that_the_holder_sees,
    a_page_that_is_asked_for_again_is_one_use,
    more_of_it_within_a_minute_is_a_use_of_its_own,
    what_was_checked_without_a_network_is_a_use_of_then,
    a_check_of_before_says_how_it_stood_then,
    a_file_that_is_verified_for_a_purpose_elsewhere_is_a_use,
);

const PURPOSE: &str = "接受检查";

/// Names of the fields that were seen with the newest.
fn seen_of_it(window: &Window) -> Vec<String> {
    let store = &window.counter.house.issuer.store;
    let rows = store.read(|conn| uses::of_holder(conn, "001", FOOD_HOLDER, 1)).unwrap();
    serde_json::from_slice(&rows[0].0.fields).unwrap()
}

/// State, purpose and instant of each, the newest first.
fn used(window: &Window) -> Vec<(String, String, i64)> {
    let store = &window.counter.house.issuer.store;
    let rows = store.read(|conn| uses::of_holder(conn, "001", FOOD_HOLDER, 50)).unwrap();
    assert!(rows.iter().all(|(used, ..)| used.actor_kind == "person"));
    rows.into_iter().map(|(used, ..)| (used.state, used.purpose, used.at)).collect()
}

fn every_way_of_looking_is_a_use_that_the_holder_sees(database: &Database) {
    let window = Window::open(database);
    let house = &window.counter.house;
    let purpose: Purpose = PURPOSE.parse().unwrap();
    let file = document(&house.issuer, &house.may_read(), &window.identifier.parse().unwrap(), Form::Ofd).unwrap();
    let by_file = || {
        window.at_counter(|counter| {
            let verified = Ok(counter.verifier.verify_keeping(&file, None).unwrap());
            window::file(counter.issuer, &window.clerks[0], None, verified, &purpose).unwrap()
        })
    };
    let by_number = |holder: &str| {
        let number = ("JY23301000000010", holder);
        window.at_counter(|counter| window::look_up(counter, &window.clerks[0], number, &purpose).unwrap().remove(0))
    };
    let printed = format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", window.code);
    // an identifier can be guessed, so that it shows no field
    let ways: [(&str, bool, &dyn Fn() -> Seen); 4] = [
        ("printed code", true, &|| window.scan(0, &printed)),
        ("identifier", false, &|| window.scan(0, &window.identifier)),
        ("file", true, &by_file),
        ("number", true, &|| by_number("演示市小满面馆（个体工商户）")),
    ];
    for (n, (way, has_fields, look)) in ways.iter().enumerate() {
        window.later(61);
        assert_eq!(look().shown, Shown::Valid, "{way}");
        let found = used(&window);
        assert_eq!(found.len(), n + 1, "{way}");
        let now = house.clock.now().unwrap().unix_milliseconds();
        assert_eq!(found.first(), Some(&("in_force".to_owned(), PURPOSE.to_owned(), now)), "{way}");
        assert_eq!(seen_of_it(&window).contains(&"operator_name".to_owned()), *has_fields, "{way}");
    }
    // nothing was shown of it
    window.later(61);
    assert_eq!(by_number("别人").shown, Shown::NoMatch);
    assert_eq!(window.scan(0, "HTTPS://YX-EXAMPLE.CN/C/ABCDEFGHIJKLMNOPQRSTUV2345").shown, Shown::CounterfeitSite);
    assert_eq!(used(&window).len(), ways.len());
    // and of one that is revoked it is seen that somebody looked
    window.act("revoke");
    window.scan(1, &printed);
    assert_eq!(used(&window).first().map(|(state, ..)| state.clone()).as_deref(), Some("revoked"));
}

fn a_page_that_is_asked_for_again_is_one_use(database: &Database) {
    let window = Window::open(database);
    for _ in 0..3 {
        window.scan(0, &window.identifier);
        window.later(20);
    }
    assert_eq!((used(&window).len(), window.audited("licence.checked")), (1, 3));
    window.scan(1, &window.identifier);
    assert_eq!(used(&window).len(), 2, "another clerk");
    window.later(60);
    window.scan(0, &window.identifier);
    assert_eq!(used(&window).len(), 3, "a minute later");
}

fn what_was_checked_without_a_network_is_a_use_of_then(database: &Database) {
    let window = Window::open(database);
    let at = window.counter.house.clock.now().unwrap();
    window.later(3600);
    let elsewhere = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    let checks = [window.identifier.as_str(), elsewhere].map(|licence| Recheck {
        handle: licence.parse().unwrap(),
        shown: Shown::ValidOffline,
        at,
    });
    let purpose: Purpose = PURPOSE.parse().unwrap();
    window.at_counter(|counter| window::recheck(counter, &window.clerks[0], checks.to_vec(), &purpose).unwrap());
    assert_eq!(used(&window), [("in_force".to_owned(), PURPOSE.to_owned(), at.unix_milliseconds())]);
}

/// Version and number of fields of each, the oldest first.
fn extents(window: &Window) -> Vec<(i32, usize)> {
    let store = &window.counter.house.issuer.store;
    let rows = store.read(|conn| uses::of_holder(conn, "001", FOOD_HOLDER, 50)).unwrap();
    let extent = |used: uses::Use| {
        let names: Vec<String> = serde_json::from_slice(&used.fields).unwrap();
        (used.version, names.len())
    };
    rows.into_iter().rev().map(|(used, ..)| extent(used)).collect()
}

/// A further version of the licence; its printed address.
fn changed(window: &Window) -> String {
    let house = &window.counter.house;
    let order = Order { change_of: Some(window.identifier.clone()), ..food(1) };
    let issued = issue::issue(&house.issuer, &house.may_issue(), &[order]).remove(0).unwrap();
    format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", issued.code)
}

fn more_of_it_within_a_minute_is_a_use_of_its_own(database: &Database) {
    let window = Window::open(database);
    let printed = format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", window.code);
    window.scan(0, &window.identifier);
    window.later(5);
    window.scan(0, &printed);
    let [first, (1, all)] = extents(&window)[..] else { panic!("{:?}", extents(&window)) };
    assert_eq!((first, all > 1), ((1, 0), true), "nothing, and then all that everybody may see");
    window.later(5);
    window.scan(0, &window.identifier);
    window.scan(0, &printed);
    assert_eq!(extents(&window), [(1, 0), (1, all)], "what was seen already");
    // another clerk is shown one field, and then looks at the rest
    window.later(5);
    let shown = window.counter.show(&window.holder, &window.identifier, &["operator_name"]).unwrap();
    assert_eq!(window.scan(1, &shown.address).shown, Shown::Valid);
    window.later(5);
    window.scan(1, &printed);
    assert_eq!(extents(&window)[2..], [(1, 1), (1, all)]);
    // each version is its own
    window.later(5);
    let newer = changed(&window);
    window.scan(1, &newer);
    window.later(5);
    window.scan(1, &printed);
    assert_eq!(extents(&window)[4..], [(2, all)]);
    window.later(61);
    assert_eq!(window.scan(1, &printed).shown.code(), "REPLACED");
    assert_eq!(extents(&window)[5..], [(1, all)], "of the version that was looked at");
}

fn a_check_of_before_says_how_it_stood_then(database: &Database) {
    let window = Window::open(database);
    let after = |seconds| {
        window.later(seconds);
        let at = window.counter.house.clock.now().unwrap();
        window.later(1);
        at
    };
    let issued = after(90);
    window.act("suspend");
    let suspended = after(90);
    window.act("resume");
    let resumed = after(90);
    changed(&window);
    let replaced = after(90);
    window.act("revoke");
    window.later(90);
    let checks = [issued, suspended, resumed, replaced].map(|at| Recheck {
        handle: window.identifier.parse().unwrap(),
        shown: Shown::ValidOffline,
        at,
    });
    let purpose: Purpose = PURPOSE.parse().unwrap();
    let now = window.at_counter(|counter| window::recheck(counter, &window.clerks[0], checks.to_vec(), &purpose));
    assert!(now.unwrap().iter().all(|one| one.shown.code() == "REPLACED"));
    let mut stood = used(&window);
    stood.reverse();
    let words = ["in_force", "suspended", "in_force", "superseded"];
    for ((state, _, at), (word, check)) in stood.iter().zip(words.iter().zip(&checks)) {
        assert_eq!((state.as_str(), *at), (*word, check.at.unix_milliseconds()));
    }
    assert_eq!((stood.len(), extents(&window)), (4, vec![(1, 0); 4]));
}

/// By the door of programs, at the device of a window: as on its page, but that nobody has to say a purpose there.
fn a_file_that_is_verified_for_a_purpose_elsewhere_is_a_use(database: &Database) {
    let window = Window::open(database);
    let house = &window.counter.house;
    let file = document(&house.issuer, &house.may_read(), &window.identifier.parse().unwrap(), Form::Ofd).unwrap();
    let note = |purpose: Option<&Purpose>| {
        let report = window.at_counter(|counter| counter.verifier.verify(&file, None).unwrap());
        let shown = shown::state(&report);
        window::note(&house.issuer, &window.clerks[0], (report, shown), purpose).unwrap();
    };
    note(None);
    assert_eq!((window.audited("licence.checked"), used(&window)), (1, vec![]), "the body alone has it");
    note(Some(&PURPOSE.parse().unwrap()));
    let now = house.clock.now().unwrap().unix_milliseconds();
    assert_eq!(used(&window), [("in_force".to_owned(), PURPOSE.to_owned(), now)]);
    assert!(seen_of_it(&window).contains(&"operator_name".to_owned()));
    assert_eq!(window.audited("licence.checked"), 2);
}
