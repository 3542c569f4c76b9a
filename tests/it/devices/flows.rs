//! What the flows do with devices.

use super::*;
use crate::support::{
    database::Database,
    house::{House, add_body},
    register::{PASSWORD, person},
};
use std::{sync::Arc, thread};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{AccessSecret, Permit, Role},
        devices::{self, CODE_SECONDS, Device, DeviceError, DeviceKind},
        people::{Known, Password, SignIn},
        second_factor::Owner,
    },
    store::Store,
};
use yinxin_trust::base::Moment;

on_both!(
    a_code_leaves_one_key_within_its_time,
    of_many_who_bring_a_code_one_leaves_a_key,
    a_session_is_at_a_device_by_a_fresh_proof,
    a_device_that_is_ended_counts_no_more,
    a_kiosk_has_a_session_of_its_own_by_its_key,
);

struct Hall {
    house: House,
    sign_in: SignIn,
}

impl Hall {
    fn new(database: &Database) -> Self {
        Self { house: House::new(database), sign_in: SignIn::new(8).unwrap() }
    }

    fn now(&self) -> Moment {
        self.house.clock.now().unwrap()
    }

    fn store(&self) -> &Arc<Store> {
        &self.house.issuer.store
    }

    fn enter(&self, window: &str) -> Result<devices::Entered, DeviceError> {
        let permit = Permit::of_operator(&*self.house.body);
        devices::enter(self.store(), &permit, (DeviceKind::Window, "柜台电脑", window), self.now())
    }

    fn enrol(&self, sent: Value) -> Result<Device, DeviceError> {
        devices::enrol(self.store(), &read(sent), self.now())
    }

    fn listed(&self) -> Vec<Device> {
        devices::list(self.store(), &Permit::of_operator(&*self.house.body)).unwrap()
    }

    /// Somebody who signs in.
    fn session(&self, body: &str, login: &str) -> (AccessSecret, Owner) {
        person(self.store(), &self.sign_in, body, (login, login), &[Role::Clerk], self.now());
        let password = Password::given(PASSWORD.into()).unwrap();
        let secret = self.sign_in.begin(self.store(), login, &password, self.now()).unwrap().secret;
        let owner = self.sign_in.known(self.store(), &secret, self.now()).unwrap().unwrap().owner();
        (secret, owner)
    }

    fn appear(&self, (secret, owner): &(AccessSecret, Owner), presence: Value) -> Result<Device, DeviceError> {
        devices::appear(self.store(), owner, &secret.digest(), read(presence), self.now())
    }

    fn challenge(&self, (secret, _): &(AccessSecret, Owner)) -> String {
        devices::challenge(self.store(), &secret.digest(), self.now()).unwrap().to_string()
    }

    fn window(&self, (secret, _): &(AccessSecret, Owner)) -> Option<String> {
        match self.sign_in.known(self.store(), secret, self.now()).unwrap() {
            Some(Known::Person(caller)) => caller.window().map(str::to_owned),
            other => panic!("{other:?}"),
        }
    }
}

fn a_code_leaves_one_key_within_its_time(database: &Database) {
    let hall = Hall::new(database);
    for window in ["", "  ", "a\nb", &"窗".repeat(41)] {
        assert_eq!(hall.enter(window).err(), Some(DeviceError::Name), "{window}");
    }
    let entered = hall.enter("3 号窗口").unwrap();
    assert_eq!(hall.enter("3 号窗口").err(), Some(DeviceError::WindowTaken));
    assert_eq!(entered.code.len(), 19);
    let browser = Browser::new();
    // a proof of another key, over another code, and none
    let right = browser.enrolment(&entered.code);
    let other = Browser::new().enrolment(&entered.code);
    for (member, value) in [
        ("proof", other["proof"].clone()),
        ("proof", json!("00".repeat(64))),
        ("proof", json!("")),
        ("key", other["key"].clone()),
        ("key", json!("04".repeat(65))),
        ("key", json!("")),
    ] {
        let mut wrong = right.clone();
        wrong[member] = value;
        assert_eq!(hall.enrol(wrong).err(), Some(DeviceError::Proof), "{member}");
    }
    assert_eq!(hall.enrol(browser.enrolment("AAAA-BBBB-CCCC-DDDD")).err(), Some(DeviceError::Code));
    // as people type it
    let typed = entered.code.to_lowercase().replace('-', " ");
    let mut sent = right.clone();
    sent["code"] = json!(typed);
    let device = hall.enrol(sent).unwrap();
    assert_eq!((device.id.as_str(), device.window_name.as_str()), (entered.id.as_str(), "3 号窗口"));
    assert_eq!(hall.enrol(right).err(), Some(DeviceError::Code), "once");
    let listed = hall.listed();
    assert_eq!((listed.len(), listed[0].public_key.as_deref()), (1, Some(browser.key())));
    assert_eq!((listed[0].code_hash.as_deref(), listed[0].enrolled_at), (None, Some(hall.now().unix_milliseconds())));
    // too late
    let late = hall.enter("4 号窗口").unwrap();
    hall.house.clock.advance_seconds(CODE_SECONDS.into());
    assert_eq!(hall.enrol(Browser::new().enrolment(&late.code)).err(), Some(DeviceError::Code));
}

fn of_many_who_bring_a_code_one_leaves_a_key(database: &Database) {
    let hall = Arc::new(Hall::new(database));
    let code = hall.enter("1 号窗口").unwrap().code.to_string();
    let all: Vec<_> = (0..16)
        .map(|_| {
            let (hall, sent) = (Arc::clone(&hall), Browser::new().enrolment(&code));
            thread::spawn(move || hall.enrol(sent))
        })
        .collect();
    let (left, refused): (Vec<_>, Vec<_>) = all.into_iter().map(|one| one.join().unwrap()).partition(Result::is_ok);
    assert_eq!((left.len(), refused.len()), (1, 15));
    assert!(refused.into_iter().all(|one| one == Err(DeviceError::Code)));
}

fn a_session_is_at_a_device_by_a_fresh_proof(database: &Database) {
    let hall = Hall::new(database);
    let (entered, browser) = (hall.enter("3 号窗口").unwrap(), Browser::new());
    let device = hall.enrol(browser.enrolment(&entered.code)).unwrap();
    let (clerk, other) = (hall.session(&hall.house.body, "clerk"), hall.session(&hall.house.body, "other"));
    assert_eq!(hall.window(&clerk), None);
    // of another key, for another session, twice, and too late
    let challenge = hall.challenge(&clerk);
    let forged = Browser::new().presence(&device.id, &challenge);
    assert_eq!(hall.appear(&clerk, forged).err(), Some(DeviceError::Proof));
    assert_eq!(hall.appear(&clerk, browser.presence(&device.id, &challenge)).err(), Some(DeviceError::Proof), "used");
    let challenge = hall.challenge(&clerk);
    assert_eq!(hall.appear(&other, browser.presence(&device.id, &challenge)).err(), Some(DeviceError::Proof));
    assert_eq!(hall.window(&other), None);
    let challenge = hall.challenge(&clerk);
    hall.house.clock.advance_seconds(60);
    assert_eq!(hall.appear(&clerk, browser.presence(&device.id, &challenge)).err(), Some(DeviceError::Proof));
    // of a device that is none, or has no key yet
    let waiting = hall.enter("4 号窗口").unwrap();
    for (id, fault) in [("none", DeviceError::NotFound), (waiting.id.as_str(), DeviceError::Proof)] {
        let presence = browser.presence(id, &hall.challenge(&clerk));
        assert_eq!(hall.appear(&clerk, presence).err(), Some(fault), "{id}");
    }
    let right = browser.presence(&device.id, &hall.challenge(&clerk));
    assert_eq!(hall.appear(&clerk, right).unwrap().id, device.id);
    assert_eq!(hall.window(&clerk).as_deref(), Some("3 号窗口"));
    assert_eq!(hall.window(&other), None, "another session of the same body is not there");
    let seen = hall.listed().into_iter().find(|one| one.id == device.id).unwrap().last_seen_at;
    assert_eq!(seen, Some(hall.now().unix_milliseconds()));
    // somebody of another body is at no window of this one
    let elsewhere = add_body(hall.store(), "演示市另一局", "11990000MB0000019F");
    let stranger = hall.session(&elsewhere, "stranger");
    let presence = browser.presence(&device.id, &hall.challenge(&stranger));
    assert_eq!(hall.appear(&stranger, presence).err(), Some(DeviceError::NotFound));
}

fn a_device_that_is_ended_counts_no_more(database: &Database) {
    let hall = Hall::new(database);
    let (entered, browser) = (hall.enter("3 号窗口").unwrap(), Browser::new());
    let device = hall.enrol(browser.enrolment(&entered.code)).unwrap();
    let clerk = hall.session(&hall.house.body, "clerk");
    hall.appear(&clerk, browser.presence(&device.id, &hall.challenge(&clerk))).unwrap();
    let permit = Permit::of_operator(&*hall.house.body);
    let end = |id: &str, reason: &str| devices::end(hall.store(), &permit, (id, reason), hall.now());
    assert_eq!(end(&device.id, " "), Err(DeviceError::Reason));
    let foreign = Permit::of_operator("another");
    assert_eq!(devices::end(hall.store(), &foreign, (&device.id, "x"), hall.now()), Err(DeviceError::NotFound));
    assert_eq!(end(&device.id, "电脑丢了"), Ok(()));
    assert_eq!(end(&device.id, "再停一次"), Err(DeviceError::NotFound));
    assert_eq!(hall.window(&clerk), None, "no session is at it any more");
    let presence = browser.presence(&device.id, &hall.challenge(&clerk));
    assert_eq!(hall.appear(&clerk, presence).err(), Some(DeviceError::NotFound));
    // the window has room for another, and a code that waited is nobody's
    let second = hall.enter("3 号窗口").unwrap();
    assert_eq!(end(&second.id, "输错了"), Ok(()));
    assert_eq!(hall.enrol(Browser::new().enrolment(&second.code)).err(), Some(DeviceError::Code));
    assert!(hall.listed().iter().all(|one| one.end_reason.is_some() && one.code_hash.is_none()));
}

fn a_kiosk_has_a_session_of_its_own_by_its_key(database: &Database) {
    let hall = Hall::new(database);
    let permit = Permit::of_operator(&*hall.house.body);
    let enter = |kind: DeviceKind, place: &str| {
        let entered = devices::enter(hall.store(), &permit, (kind, "终端", place), hall.now()).unwrap();
        let browser = Browser::new();
        (hall.enrol(browser.enrolment(&entered.code)).unwrap().id, browser)
    };
    let ((kiosk, browser), (window, other)) = (enter(DeviceKind::Kiosk, "大厅 1 号"), enter(DeviceKind::Window, "1"));
    let challenge = |id: &str| devices::kiosk_challenge(hall.store(), id, hall.now()).map(|text| text.to_string());
    let begin = |presence: Value| devices::begin(hall.store(), &hall.sign_in, read(presence), hall.now());
    for id in [window.as_str(), "none", ""] {
        assert_eq!(challenge(id), Err(DeviceError::NotFound), "{id}");
    }
    let given = challenge(&kiosk).unwrap();
    assert_eq!(begin(other.presence(&kiosk, &given)).err(), Some(DeviceError::Proof));
    assert_eq!(begin(browser.presence(&kiosk, &given)).err(), Some(DeviceError::Proof), "used");
    let given = challenge(&kiosk).unwrap();
    assert_eq!(begin(other.presence(&window, &given)).err(), Some(DeviceError::Proof), "of another device");
    let given = challenge(&kiosk).unwrap();
    hall.house.clock.advance_seconds(60);
    assert_eq!(begin(browser.presence(&kiosk, &given)).err(), Some(DeviceError::Proof), "too late");
    // a window proves nothing of a kiosk, nor a kiosk of a window
    let clerk = hall.session(&hall.house.body, "clerk");
    let presence = browser.presence(&kiosk, &hall.challenge(&clerk));
    assert_eq!(hall.appear(&clerk, presence).err(), Some(DeviceError::NotFound));
    let first = begin(browser.presence(&kiosk, &challenge(&kiosk).unwrap())).unwrap();
    let of = |secret: &AccessSecret| devices::kiosk(hall.store(), secret, hall.now()).unwrap();
    assert_eq!(of(&first.secret).map(|found| (found.id, found.place)), Some((kiosk.clone(), "大厅 1 号".to_owned())));
    // nobody at all to everything else
    assert_eq!(hall.sign_in.known(hall.store(), &first.secret, hall.now()), Ok(None));
    assert_eq!(of(&clerk.0), None);
    let second = begin(browser.presence(&kiosk, &challenge(&kiosk).unwrap())).unwrap();
    assert!(of(&first.secret).is_none() && of(&second.secret).is_some(), "one at a time");
    hall.house.clock.advance_seconds(8 * 3600);
    assert_eq!(of(&second.secret), None, "it ends");
    let third = begin(browser.presence(&kiosk, &challenge(&kiosk).unwrap())).unwrap();
    devices::end(hall.store(), &permit, (&kiosk, "搬走了"), hall.now()).unwrap();
    assert_eq!(of(&third.secret), None);
    assert_eq!(challenge(&kiosk), Err(DeviceError::NotFound));
}
