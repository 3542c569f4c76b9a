//! Who guesses is counted by account, by device and by network, and learns nothing by the words.

use super::{
    Browser, clerk_at,
    doors::{appear, desk, enrolled, entered},
    enrolled_for, read,
};
use crate::{
    presentations::{Counter, FOOD_HOLDER, code_of},
    support::{
        database::Database,
        house::{House, food},
        register::{FORM_BODY, JSON, PASSWORD, Shown as Credentials, person, send},
    },
};
use serde_json::json;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Caller, Permit, Role, Scope, may},
        devices::{self, DeviceKind},
        issue,
        kind::HasKind as _,
        people::{Password, SignInError},
        presentations::{PresentationError, RedemptionOrder, redeem},
        second_factor::{self, FactorError},
        shown::Shown,
        tries::Guesser,
        window::{self, Seen},
    },
    store::audit,
};

on_both!(
    a_device_counts_whoever_is_there,
    a_number_and_a_holder_that_lead_to_nothing_are_one_answer,
    codes_of_devices_are_few_tries,
    second_factors_are_tried_by_device_too,
);

/// A house with windows.
struct Hall(Counter);

impl Hall {
    fn open(database: &Database) -> Self {
        Self(Counter::new(House::new(database)))
    }

    fn window(&self, window: &str) -> (Browser, String) {
        enrolled_for(&self.0, window)
    }

    /// A clerk who signs in at a window.
    fn clerk(&self, login: &str, place: &(Browser, String)) -> (Caller, AccessSecret) {
        clerk_at(&self.0, login, Some(place))
    }

    fn look_up(&self, clerk: &Caller, number: &str, holder: &str) -> Result<Seen, PresentationError> {
        let (permit, purpose) = (clerk.permit::<may::ServeAtWindow>().unwrap(), "换证".parse().unwrap());
        self.0.at_window(|counter| Ok(window::look_up(counter, &permit, (number, holder), &purpose)?.remove(0)))
    }
}

/// Misses of one account, device or network within five minutes.
const MISSES: usize = 50;

fn a_device_counts_whoever_is_there(database: &Database) {
    let hall = Hall::open(database);
    let Counter { house, desk, .. } = &hall.0;
    let identifier = issue::issue(&house.issuer, &house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
    let holder = hall.0.holder("noodles", FOOD_HOLDER);
    let (first, second) = (hall.window("1"), hall.window("2"));
    let (a, _) = hall.clerk("zhao.a", &first);
    let (b, _) = hall.clerk("qian.b", &first);
    let (c, _) = hall.clerk("sun.c", &second);
    let code = code_of(&hall.0.show(&holder, &identifier, &["operator_name"]).unwrap());
    let take = |clerk: &Caller, code: &str| {
        let order: RedemptionOrder = read(json!({ "code": code, "scan_id": "scan-0001" }));
        redeem(&house.issuer, desk, &clerk.permit().unwrap(), &order)
    };
    // two clerks who guess at one window, half each, over the API and by scanning
    let scan = |clerk: &Caller, text: &str| {
        let (permit, purpose) = (clerk.permit().unwrap(), "换证".parse().unwrap());
        hall.0.at_window(|counter| window::scan(counter, &permit, text, &purpose).map(|mut seen| seen.remove(0).shown))
    };
    for n in 0..MISSES {
        match n % 4 {
            0 => assert_eq!(take(&a, &"B".repeat(26)).unwrap_err().code(), "presentation_not_valid"),
            1 => assert_eq!(scan(&b, &"C".repeat(26)).unwrap(), Shown::CodeUnknown),
            2 => assert_eq!(hall.look_up(&a, "JY9", "张三").unwrap().shown, Shown::NoMatch),
            _ => {
                let text = format!("HTTPS://YX.EXAMPLE.GOV.CN/S/{}", "D".repeat(26));
                assert_eq!(scan(&b, &text).unwrap(), Shown::CodeExpired);
            }
        }
    }
    // neither account has tried so often: the device has
    for clerk in [&a, &b] {
        let refused = take(clerk, &code).unwrap_err();
        assert_eq!((refused.code(), refused.retry_after_seconds().is_some()), ("too_many_tries", true));
        assert_eq!(scan(clerk, &code).unwrap_err().code(), "too_many_tries");
        assert_eq!(hall.look_up(clerk, "JY9", "张三").unwrap_err().code(), "too_many_tries");
    }
    assert!(take(&c, &code).is_ok(), "another window is another matter");
    house.clock.advance_seconds(301);
    assert_eq!(hall.look_up(&a, "JY9", "张三").unwrap().shown, Shown::NoMatch);
}

fn a_number_and_a_holder_that_lead_to_nothing_are_one_answer(database: &Database) {
    let hall = Hall::open(database);
    let house = &hall.0.house;
    issue::issue(&house.issuer, &house.may_issue(), &[food(1)]).remove(0).unwrap();
    let (clerk, _) = hall.clerk("zhao.a", &hall.window("1"));
    let right = hall.look_up(&clerk, "JY23301000000010", "演示市小满面馆（个体工商户）").unwrap();
    assert_eq!(right.shown, Shown::Valid);
    let missed = [
        ("JY23301000000010", "别人"),
        ("JY23301000000020", "演示市小满面馆（个体工商户）"),
        ("", ""),
        ("\u{0}", "别人"),
    ];
    for (number, holder) in missed {
        let seen = hall.look_up(&clerk, number, holder).unwrap();
        let Seen { shown, own: None, told: None, report: None, pages: None, .. } = &seen else { panic!("{seen:?}") };
        assert_eq!((*shown, seen.identifier(), seen.has_receipt), (Shown::NoMatch, None, false), "{number}");
    }
    let rows = house.issuer.store.read(|conn| audit::list(conn, &house.body, (i64::MIN, 0), 500)).unwrap();
    let of = |action: &str| rows.iter().filter(|row| row.action == action).count();
    assert_eq!((of("licence.not_found"), of("licence.checked")), (missed.len(), 1));
}

fn codes_of_devices_are_few_tries(database: &Database) {
    let hall = Hall::open(database);
    let Counter { house, sign_in, .. } = &hall.0;
    let (store, now) = (&house.issuer.store, house.clock.now().unwrap());
    let permit = Permit::of_operator(&*house.body);
    let entered = devices::enter(store, &permit, (DeviceKind::Window, "柜台电脑", "1"), now).unwrap();
    let browser = Browser::new();
    let bring = |code: &str, from: &Guesser| {
        devices::enrol_from(store, sign_in, from, &read(browser.enrolment(code)), now).map(|device| device.id)
    };
    let from = |network: &str| Guesser::from(Some(network.to_owned()));
    for _ in 0..20 {
        assert_eq!(bring("AAAA-BBBB-CCCC-DDDD", &from("203.0.113.9")).unwrap_err().code(), "device_code_wrong");
    }
    let refused = bring(&entered.code, &from("203.0.113.9")).unwrap_err();
    assert_eq!((refused.code(), refused.retry_after_seconds().is_some()), ("too_many_tries", true));
    assert_eq!(bring(&entered.code, &from("203.0.113.10")).unwrap(), entered.id);
    // used, and never made
    let words =
        [entered.code.as_str(), "AAAA-BBBB-CCCC-DDDD"].map(|code| bring(code, &from("a")).unwrap_err().to_string());
    assert_eq!(words[0], words[1]);
}

fn second_factors_are_tried_by_device_too(database: &Database) {
    let mut hall = Hall::open(database);
    let factors = hall.0.house.factors(second_factor::Demand::default());
    hall.0.sign_in =
        std::mem::replace(&mut hall.0.sign_in, yinxin::flow::people::SignIn::new(8).unwrap()).with_factors(factors);
    let first = hall.window("1");
    let (store, now) = (&hall.0.house.issuer.store, hall.0.house.clock.now().unwrap());
    let prove = |secret: &AccessSecret, text: &str| {
        let owner = hall.0.sign_in.known(store, secret, now).unwrap().unwrap().owner();
        second_factor::begin(store, &hall.0.sign_in, &owner, &Password::given(text.into()).unwrap(), now).map(|_| ())
    };
    // ten tries of an account, forty of a device
    for n in 0..4 {
        let (_, secret) = hall.clerk(&format!("clerk{n}"), &first);
        for _ in 0..10 {
            assert_eq!(prove(&secret, "wrong password").unwrap_err(), FactorError::Wrong);
        }
        let full = prove(&secret, PASSWORD).unwrap_err();
        assert!(matches!(full, FactorError::TooManyTries { .. }), "{full:?}");
    }
    let (_, fresh) = hall.clerk("fresh", &first);
    let full = prove(&fresh, PASSWORD).unwrap_err();
    assert!(matches!(full, FactorError::TooManyTries { .. }), "the device, whoever is there: {full:?}");
    let (_, elsewhere) = hall.clerk("elsewhere", &hall.window("2"));
    assert_eq!(prove(&elsewhere, PASSWORD), Ok(()));
}

#[test]
fn wrong_logins_are_counted_where_they_are_typed() {
    let database = Database::sqlite();
    let hall = Hall::open(&database);
    let Counter { house, sign_in, .. } = &hall.0;
    let (store, now) = (&house.issuer.store, house.clock.now().unwrap());
    person(store, sign_in, &house.body, ("wang.wu", "wang.wu"), &[], now);
    let device = Guesser::default().at(Some("d"));
    let begin = |from: &Guesser, login: &str, password: &str| {
        let password = Password::given(password.into()).unwrap();
        sign_in.begin_from(store, from, (login, (&password, "")), now).map(|_| ())
    };
    for n in 0..40 {
        assert_eq!(begin(&device, "wang.wu", PASSWORD), Ok(()), "who is right goes on, and forgives nobody else");
        assert_eq!(begin(&device, &format!("nobody{n}"), "wrong password"), Err(SignInError::Wrong));
    }
    let full = begin(&device, "wang.wu", PASSWORD).unwrap_err();
    assert!(matches!(full, SignInError::TooManyTries { .. }), "{full:?}");
    assert_eq!(begin(&Guesser::default().at(Some("e")), "wang.wu", PASSWORD), Ok(()));
    assert_eq!(begin(&Guesser::from(Some("203.0.113.9".into())), "wang.wu", PASSWORD), Ok(()));
}

#[test]
fn a_kiosk_guesses_as_one_device_and_a_window_does() {
    let desk = desk("");
    let body = desk.house.body.clone();
    let chief = desk.signed_in(&body, "chief", &[Role::Administrator]);
    let issued = desk.issue(&desk.token(&body, &[Scope::Issue]), &food(1));
    let browser = Browser::new();
    let page = send(desk.to, "POST", "/office/devices", &chief, FORM_BODY, "kind=kiosk&name=a&window=b");
    let (_, rest) = page.body.split_once("device-code\">").unwrap();
    let sent = browser.enrolment(rest.split('<').next().unwrap()).to_string();
    let id = send(desk.to, "POST", "/device", &Credentials::Nothing, JSON, &sent).json()["id"].clone();
    let asked = json!({ "device": id }).to_string();
    let asked = send(desk.to, "POST", "/kiosk/session/challenge", &Credentials::Nothing, JSON, &asked).json();
    let presence = browser.presence(id.as_str().unwrap(), asked["challenge"].as_str().unwrap()).to_string();
    let begun = send(desk.to, "POST", "/kiosk/session", &Credentials::Nothing, JSON, &presence);
    let kiosk = Credentials::Cookie(crate::oidc::cookie(&begun, "yinxin-session").unwrap());
    let printed = format!("/C/{}", issued["code"].as_str().unwrap());
    let (mut shown, mut codes) = (Vec::new(), Vec::new());
    for n in 0..MISSES {
        // pages of codes that are none: shown by holders, and printed
        if n % 2 == 0 {
            shown.push(desk.get(&format!("/S/{}", "B".repeat(26)), &kiosk));
        } else {
            codes.push(desk.get(&format!("/C/{}", "B".repeat(26)), &kiosk));
        }
    }
    assert!(shown.iter().all(|answer| answer.status == 404 && answer.body == shown[0].body));
    assert!(codes.iter().all(|answer| answer.status == 404));
    for path in [printed.as_str(), "/S/AAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let full = desk.get(path, &kiosk);
        assert_eq!((full.status, full.header("retry-after").is_some()), (429, true), "{full:?}");
    }
    // this machine stands for everybody behind a proxy, and is not counted
    assert_eq!(desk.get(&printed, &Credentials::Nothing).status, 200);
    // a window's session counts for its device on public pages too
    let clerk = desk.signed_in(&body, "clerk", &[Role::Clerk]);
    let (own, id) = enrolled(&desk, &chief, "7");
    assert_eq!(appear(&desk, &clerk, &own, &id).status, 200);
    for _ in 0..MISSES {
        assert_eq!(desk.get(&format!("/C/{}", "B".repeat(26)), &clerk).status, 404);
    }
    assert_eq!(desk.get(&printed, &clerk).status, 429);
    let order = json!({ "code": "B".repeat(26), "scan_id": "scan-0001" });
    assert_eq!(desk.post("/api/v1/redemptions", &clerk, &order).problem(), "too_many_tries");
    // codes by which devices are enrolled, brought at a kiosk
    let code = entered(&desk, &chief, "8");
    let bring = |code: &str, shown: &Credentials| {
        send(desk.to, "POST", "/device", shown, JSON, &Browser::new().enrolment(code).to_string())
    };
    for _ in 0..20 {
        assert_eq!(bring("AAAA-BBBB-CCCC-DDDD", &kiosk).problem(), "device_code_wrong");
    }
    assert_eq!(bring(&code, &kiosk).problem(), "too_many_tries");
    assert_eq!(bring(&code, &Credentials::Nothing).status, 200);
}
