//! Codes of a platform at the window, by the double that the kit ships.

use super::{counter, verifier};
use crate::{
    presentations::{Counter, FOOD_HOLDER, at_window::clerk},
    support::{
        database::Database,
        house::{FOOD, House, construction, decided, food},
    },
};
use serde_json::{Value, json};
use std::time::Instant;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, may},
        act::{self, ActOrder},
        issue,
        shown::Shown,
        uses,
        window::{self, Brought, ResolvedSeen, Seen, Told},
    },
    store::audit,
};
use yinxin_testkit::{
    keys::Key,
    platform::{Manner, Platform},
};

on_both!(
    a_holder_who_agreed_is_shown_with_their_licences,
    what_was_agreed_to_is_found_however_many_are_newer,
    without_consent_for_this_purpose_nothing_of_a_licence_is_shown,
    a_token_is_for_one_licence_and_one_purpose,
    what_is_no_answer_makes_nothing_forged,
    codes_of_our_own_are_never_asked_about,
);

const PURPOSE: &str = "办理延续";
const CODE: &str = "AKM:0123456789";

struct Window {
    counter: Counter,
    platform: Platform,
    clerk: Permit<may::ServeAtWindow>,
    licences: Vec<String>,
}

impl Window {
    fn open(database: &Database) -> Self {
        let key = Key::from_seed("platform");
        let platform = Platform::start(key.clone(), "127.0.0.1:0").unwrap();
        let counter = counter(House::new(database), &key, Some(platform.address()), false);
        let issuer = &counter.house.issuer;
        let issued = issue::issue(issuer, &counter.house.may_issue(), &[food(1), food(2)]);
        let licences = issued.into_iter().map(|one| one.unwrap().identifier).collect();
        let clerk = clerk(&counter, "liu.jing");
        Self { counter, platform, clerk, licences }
    }

    fn scan(&self, text: &str) -> Vec<Seen> {
        let Counter { house, desk, .. } = &self.counter;
        let verifier = verifier(house);
        let counter = window::Counter { issuer: &house.issuer, verifier: &verifier, presentations: desk };
        window::scan(&counter, &self.clerk, text, &PURPOSE.parse().unwrap()).unwrap()
    }

    fn one(&self, text: &str) -> Seen {
        let mut seen = self.scan(text);
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }

    fn say(&self, answer: Value) {
        self.platform.say(CODE, answer, Manner::Sound);
    }

    fn in_seconds(&self, seconds: i64) -> String {
        let now = self.counter.house.clock.now().unwrap().unix_seconds();
        yinxin_trust::base::Moment::from_unix_seconds(now + seconds).unwrap().to_string()
    }

    fn audited(&self, action: &str) -> usize {
        let (store, body) = (&self.counter.house.issuer.store, &self.counter.house.body);
        let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
        rows.iter().filter(|row| row.action == action).count()
    }
}

fn holder() -> Value {
    json!({ "kind": "001", "number": FOOD_HOLDER, "name": "演示市小满面馆（个体工商户）" })
}

fn told(seen: &Seen) -> &ResolvedSeen {
    let Some(Told::Resolved(told)) = &seen.told else { panic!("{seen:?}") };
    told
}

fn a_holder_who_agreed_is_shown_with_their_licences(database: &Database) {
    let window = Window::open(database);
    let consent = json!({ "purpose": " 办理 延续 ", "until": window.in_seconds(60) });
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent }));
    let order = ActOrder { kind: "suspend".to_owned(), decision: decided(), effective_from: None, successor: None };
    act::act(&window.counter.house.issuer, &window.counter.house.may_act(), &window.licences[0], &order).unwrap();
    let seen = window.scan("ＡＫＭ：０１２３４５６７８９\r\n");
    let states: Vec<_> = seen.iter().map(|one| one.shown.code()).collect();
    assert_eq!(states, ["VALID", "SUSPENDED"], "those in force first");
    assert!(seen.iter().all(|one| matches!(&one.brought, Brought::Service(name) if name.zh == "安康码")));
    assert_eq!(told(&seen[0]).agreed.as_deref(), Some(" 办理 延续 "));
    let fields = seen[0].own.as_ref().unwrap().standing.fields.as_ref().unwrap();
    assert!(fields.iter().all(|field| field.name != "legal_representative" || field.value.contains('*')), "{fields:?}");
    assert!(seen[0].report.is_some(), "the original was verified");

    // the question: signed by our key, with body and purpose, and no name of a person
    let asked = window.platform.asked().remove(0);
    assert_eq!((&asked["code"], &asked["purpose"]), (&json!(CODE), &json!(PURPOSE)));
    assert_eq!(asked["body"]["code"], crate::support::house::BODY_CODE);
    assert!(!asked.to_string().contains("liu.jing"), "{asked}");

    // the holder sees both, and no platform saw a field
    let account = window.counter.holder("noodles", FOOD_HOLDER);
    let used = uses::of(&window.counter.house.issuer, &account).unwrap();
    assert_eq!(used.len(), 2);
    assert!(used.iter().all(|one| one.purpose == PURPOSE && !one.fields.is_empty() && one.agent.is_none()));
    assert_eq!((window.audited("code.resolved"), window.audited("licence.checked")), (1, 2));

    // what the consent names, and nothing else
    let consent =
        json!({ "purpose": PURPOSE, "until": window.in_seconds(60), "licence_types": ["11100000000013338W002"] });
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent }));
    let none = window.one(CODE);
    assert!(none.shown == Shown::NoMatch && none.own.is_none(), "{none:?}");
    assert_eq!(uses::of(&window.counter.house.issuer, &account).unwrap().len(), 2);
}

/// What was agreed to is found behind two hundred others, and six are shown of those in force before the rest.
fn what_was_agreed_to_is_found_however_many_are_newer(database: &Database) {
    let window = Window::open(database);
    let issuer = &window.counter.house.issuer;
    let newer: Vec<_> = (0..201).map(|_| construction()).collect();
    assert!(issue::issue(issuer, &window.counter.house.may_issue(), &newer).iter().all(Result::is_ok));
    let consent = json!({ "purpose": PURPOSE, "until": window.in_seconds(60), "licence_types": [FOOD] });
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent }));
    let seen = window.scan(CODE);
    let types: Vec<_> = seen.iter().map(|one| one.own.as_ref().unwrap().standing.type_code.as_str()).collect();
    assert_eq!(types, [FOOD, FOOD]);
    let consent = json!({ "purpose": PURPOSE, "until": window.in_seconds(60) });
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent }));
    assert_eq!(window.scan(CODE).len(), 6);
}

fn without_consent_for_this_purpose_nothing_of_a_licence_is_shown(database: &Database) {
    let window = Window::open(database);
    window.say(json!({ "result": "holder", "holder": holder() }));
    let seen = window.one(CODE);
    assert!(seen.shown == Shown::HolderTold && seen.own.is_none() && seen.identifier().is_none(), "{seen:?}");
    assert_eq!(told(&seen).holder.as_deref(), Some("演示市小满面馆（个体工商户）"));
    let consent = |purpose: &str, seconds| json!({ "purpose": purpose, "until": window.in_seconds(seconds) });
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent("接受检查", 60) }));
    let other = window.one(CODE);
    assert!(other.shown == Shown::HolderTold && other.own.is_none(), "{other:?}");
    assert_eq!(told(&other).agreed.as_deref(), Some("接受检查"));
    window.say(json!({ "result": "holder", "holder": holder(), "consent": consent(PURPOSE, 0) }));
    let over = window.one(CODE);
    assert!(over.shown == Shown::CodeExpired && over.own.is_none(), "{over:?}");
    let account = window.counter.holder("noodles", FOOD_HOLDER);
    assert!(uses::of(&window.counter.house.issuer, &account).unwrap().is_empty(), "nothing was shown");
    assert_eq!(window.audited("code.resolved"), 3);
}

fn a_token_is_for_one_licence_and_one_purpose(database: &Database) {
    let window = Window::open(database);
    let pickup = |purpose: &str, licence: &str, seconds| json!({ "result": "pickup", "licence": licence, "purpose": purpose, "until": window.in_seconds(seconds) });
    window.say(pickup(PURPOSE, &window.licences[1], 60));
    let seen = window.one(CODE);
    assert_eq!((seen.shown, seen.identifier()), (Shown::Valid, Some(&*window.licences[1])));
    let account = window.counter.holder("noodles", FOOD_HOLDER);
    assert_eq!(uses::of(&window.counter.house.issuer, &account).unwrap().len(), 1);
    window.say(pickup("接受检查", &window.licences[1], 60));
    assert_eq!(window.one(CODE).shown, Shown::HolderTold);
    window.say(pickup(PURPOSE, &window.licences[1], -1));
    assert_eq!(window.one(CODE).shown, Shown::CodeExpired);
    let never = window.licences[1].replace("33010", "33011");
    window.say(pickup(PURPOSE, &never, 60));
    let unknown = window.one(CODE);
    assert!(matches!(unknown.shown, Shown::CodeUnknown | Shown::TryLater) && unknown.own.is_none(), "{unknown:?}");
    assert_eq!(uses::of(&window.counter.house.issuer, &account).unwrap().len(), 1);
}

fn what_is_no_answer_makes_nothing_forged(database: &Database) {
    let window = Window::open(database);
    let consent = json!({ "purpose": PURPOSE, "until": window.in_seconds(60) });
    let answer = json!({ "result": "holder", "holder": holder(), "consent": consent });
    for (manner, words) in [
        (Manner::Unsigned, "验签"),
        (Manner::OtherKey, "验签"),
        (Manner::OtherQuestion, "验签"),
        (Manner::OtherNonce, "格式"),
        (Manner::Old, "不是现在"),
        (Manner::Garbled, "格式"),
        (Manner::Refused, "没有登记"),
        (Manner::Broken, "没有答复"),
    ] {
        window.platform.say(CODE, answer.clone(), manner);
        let seen = window.one(CODE);
        assert!(
            seen.shown == Shown::TryLater && seen.own.is_none() && seen.identifier().is_none(),
            "{manner:?}: {seen:?}"
        );
        let Some(Told::Unanswered(sentence)) = &seen.told else { panic!("{seen:?}") };
        assert!(sentence.zh.contains(words), "{manner:?}: {}", sentence.zh);
    }
    // texts beyond their bounds, holders that are none
    for wrong in [
        json!({ "result": "holder", "holder": { "kind": "001", "number": "1", "name": "x" }, "consent": consent }),
        json!({ "result": "holder", "holder": { "kind": "001", "number": "1", "name": "名".repeat(201) } }),
        json!({ "result": "pickup", "licence": "x", "purpose": PURPOSE, "until": window.in_seconds(60) }),
        json!({ "result": "delegation_over" }),
        json!({ "result": "magic" }),
    ] {
        window.say(wrong.clone());
        assert_eq!(window.one(CODE).shown, Shown::TryLater, "{wrong}");
    }
    for (answer, shown) in [
        (json!({ "result": "expired" }), Shown::CodeExpired),
        (json!({ "result": "not_ours" }), Shown::NotOurs),
        (json!({ "result": "used", "by": "邻市", "at": window.in_seconds(-9) }), Shown::CodeUsed),
    ] {
        window.say(answer);
        assert_eq!(window.one(CODE).shown, shown);
    }
    // silence is waited for once, and then not for a while
    window.platform.say(CODE, answer, Manner::Silent);
    let begun = Instant::now();
    assert_eq!(window.one(CODE).shown, Shown::TryLater);
    let (first, begun) = (begun.elapsed(), Instant::now());
    assert_eq!(window.one(CODE).shown, Shown::TryLater);
    assert!(first.as_millis() < 3000 && begun.elapsed() < first, "{first:?} {:?}", begun.elapsed());
    let account = window.counter.holder("noodles", FOOD_HOLDER);
    assert!(uses::of(&window.counter.house.issuer, &account).unwrap().is_empty());
}

fn codes_of_our_own_are_never_asked_about(database: &Database) {
    let window = Window::open(database);
    let before = window.platform.asked().len();
    for text in [
        "HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2345",
        "AKM:012",
        "AKM:0123456789!",
        "https://akm.example.gov.cn.evil.example/q/0123456789",
        "https://akm.example.gov.cn@evil.example/q/0123456789",
    ] {
        window.scan(text);
    }
    assert_eq!(window.platform.asked().len(), before);
    // an address of theirs that nobody else vouches for is theirs, and is not opened: it goes over in the body
    let address = "https://akm.example.gov.cn/q/0123456789";
    window.platform.say(address, json!({ "result": "expired" }), Manner::Sound);
    assert_eq!(window.one(address).shown, Shown::CodeExpired);
    let asked = window.platform.asked().pop().unwrap();
    assert_eq!(asked["code"], address);
    assert!(asked["asker_key"].as_str().is_some_and(|text| text.len() == 64));
}
