//! Whoever looks at a licence at a window is seen by its holder, however it was brought.

use super::{FOOD_HOLDER, at_window::Window};
use crate::support::database::Database;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Purpose,
        document::{Form, document},
        shown::Shown,
        window::{self, Recheck, Seen},
    },
    store::uses,
};

on_both!(
    every_way_of_looking_is_a_use_that_the_holder_sees,
    a_page_that_is_asked_for_again_is_one_use,
    what_was_checked_without_a_network_is_a_use_of_then,
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
