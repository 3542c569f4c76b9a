//! Those who come at the same time share a write, and each has an answer of its own.

use super::{Counter, FOOD_HOLDER, code_of};
use crate::support::{
    database::Database,
    house::{House, food},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Scope},
        issue,
        kind::HasKind as _,
        presentations::{Choice, RedemptionOrder, redeem_all, show_all},
        tokens::{self, NewToken},
        uses,
    },
};
use yinxin_trust::base::Moment;

on_both!(codes_are_made_together, codes_are_redeemed_together, secrets_are_looked_up_together);

fn issued(counter: &Counter, n: u32) -> String {
    let issuer = &counter.house.issuer;
    issue::issue(issuer, &counter.house.may_issue(), &[food(n)]).remove(0).unwrap().identifier
}

fn codes_are_made_together(database: &Database) {
    let counter = Counter::new(House::new(database));
    let licences = [issued(&counter, 1), issued(&counter, 2)];
    let (holder, other) = (counter.holder("noodles", FOOD_HOLDER), counter.holder("tea", "92330100MA0000015R"));
    let choice = |field: &str| Choice { fields: vec![field.to_owned()], purpose: "接受检查".parse().unwrap() };
    let asked = [
        (holder.clone(), licences[0].parse().unwrap(), choice("operator_name")),
        // not theirs
        (other, licences[0].parse().unwrap(), choice("operator_name")),
        (holder.clone(), licences[1].parse().unwrap(), choice("no_such_field")),
        (holder, licences[1].parse().unwrap(), choice("signatory")),
    ];
    let made = show_all(&counter.house.issuer, &counter.desk, &asked);
    let told: Vec<_> = made.iter().map(|one| one.as_ref().err().map(|error| error.code())).collect();
    assert_eq!(told, [None, Some("no_such_thing"), Some("presentation_fields"), None]);
    let scanner = counter.scanner(&counter.house.body);
    for (one, field) in [(0, "operator_name"), (3, "signatory")] {
        let shown = made[one].as_ref().unwrap();
        assert_eq!(shown.offer.identifier, licences[usize::from(one == 3)]);
        let redeemed = counter.redeem(&scanner, &code_of(shown), &format!("scan-000{one}")).unwrap();
        assert_eq!(redeemed.fields.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [field]);
    }
}

fn codes_are_redeemed_together(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (first, second) = (issued(&counter, 1), issued(&counter, 2));
    let holder = counter.holder("noodles", FOOD_HOLDER);
    let codes = [(&first, "operator_name"), (&second, "signatory")]
        .map(|(identifier, field)| code_of(&counter.show(&holder, identifier, &[field]).unwrap()));
    let order = |code: &str, scan_id: &str| RedemptionOrder {
        code: code.to_owned(),
        scan_id: scan_id.to_owned(),
        window: None,
        purpose: None,
        disclosure: false,
    };
    let never = "A".repeat(26);
    let orders = [
        order(&codes[0], "scan-one"),
        order(&codes[0], "scan-two"),
        order(&never, "scan-three"),
        order(&codes[1], "short"),
        order(&codes[1], "scan-five"),
    ];
    let asked: Vec<_> = orders.into_iter().map(|order| (counter.scanner(&counter.house.body), order)).collect();
    let answers = redeem_all(&counter.house.issuer, &counter.desk, &asked);
    let told: Vec<_> = answers.iter().map(|one| one.as_ref().err().map(|error| error.code())).collect();
    let wanted = [None, Some("presentation_used"), Some("presentation_not_valid"), Some("scan_id_malformed"), None];
    assert_eq!(told, wanted, "of two that redeem one code the first has it");
    for (one, field) in [(0, "operator_name"), (4, "signatory")] {
        let redeemed = answers[one].as_ref().unwrap();
        assert_eq!(redeemed.fields.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [field]);
    }
    let written = uses::of(&counter.house.issuer, &holder).unwrap();
    assert_eq!(written.len(), 2, "a use for each that was redeemed, and for no other");
    // the same scans again: the same answers, and nothing is written
    let again = redeem_all(&counter.house.issuer, &counter.desk, &asked);
    let told: Vec<_> = again.iter().map(|one| one.as_ref().err().map(|error| error.code())).collect();
    assert_eq!(told, wanted);
    assert_eq!(uses::of(&counter.house.issuer, &holder).unwrap().len(), 2);
    assert!(redeem_all(&counter.house.issuer, &counter.desk, &[]).is_empty());
}

fn secrets_are_looked_up_together(database: &Database) {
    let counter = Counter::new(House::new(database));
    let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
    let later = |seconds: i64| Moment::from_unix_seconds(now.unix_seconds() + seconds).unwrap();
    let token = |name: &str, seconds: i64| {
        let permit = yinxin::flow::access::Permit::of_operator(&*counter.house.body);
        let new = NewToken { name: name.to_owned(), scopes: [Scope::Redeem].into(), expires_at: later(seconds) };
        tokens::parse(&tokens::create(store, &permit, new, now).unwrap().text).unwrap()
    };
    let asked = [
        (token("one", 10), later(5)),
        (AccessSecret::new([7; 32]), later(5)),
        (token("two", 10), later(10)),
        (token("three", 20), later(10)),
    ];
    let found = tokens::callers(store, &asked);
    let names: Vec<_> =
        found.iter().map(|one| one.as_ref().unwrap().as_ref().map(|c| c.actor().name.clone())).collect();
    assert_eq!(names, [Some("one".to_owned()), None, None, Some("three".to_owned())], "each at its own instant");
    let holder = counter.holder("noodles", FOOD_HOLDER);
    let nobody = counter.sign_in.known_all(store, &asked);
    assert!(nobody.iter().all(|one| one == &Ok(None)), "a token is no session, {}", holder.name());
}
