//! The window that a device proved, in everything that is done there: what is written down, what is signed, what others
//! see of it.

use super::{clerk_at, enrolled_for};
use crate::{
    copies::{PURPOSE, RECIPIENT, order as copy_order},
    presentations::{Counter, FOOD_HOLDER},
    support::{
        database::Database,
        device::Device,
        house::{House, food},
    },
};
use serde_json::Value;
use std::collections::BTreeSet;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Caller, Holder, Permit, may},
        copies::{self, Asker},
        document::Form,
        issue,
        issuer::Issuer,
        presentations::{OfflineChoice, make_offline},
        receipts,
        reports::{self, NewReport},
        shown::Shown,
        uses,
        window::{self, Handle, Recheck, Seen},
    },
    store::audit,
};
use yinxin_hsm::{KeyOrder, Purpose};
use yinxin_trust::receipt::Window as Named;

on_both!(every_use_at_a_window_names_it, who_is_at_no_window_names_none);

const WINDOW: &str = "3 号窗口";
/// A licence of another locality.
const ELSEWHERE: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
/// Of the first licence that a house issues.
const NUMBER: &str = "JY23301000000010";

/// A house that signs answers and receipts, a licence of it, its holder.
struct Front {
    counter: Counter,
    identifier: String,
    code: String,
    holder: Holder,
}

impl Front {
    fn open(database: &Database) -> Self {
        let house = House::new(database);
        let key = |purpose| {
            let made = house.keys.generate(&KeyOrder::sm2(purpose), house.clock.now().unwrap());
            made.unwrap().reference
        };
        let (receipts, status) = (key(Purpose::Receipts), key(Purpose::Status));
        let verifier = house.issuer.verifier.clone();
        let with = |issuer: Issuer| issuer.with_receipt_key(receipts).with_status_key(status);
        let counter = Counter::new(house.issuing(verifier, with));
        let issuer = &counter.house.issuer;
        let issued = issue::issue(issuer, &counter.house.may_issue(), &[food(1)]).remove(0).unwrap();
        let holder = counter.holder("noodles", FOOD_HOLDER);
        Self { identifier: issued.identifier, code: issued.code, counter, holder }
    }

    fn scan(&self, clerk: &Permit<may::ServeAtWindow>, text: &str) -> Seen {
        let purpose = "接受检查".parse().unwrap();
        self.counter.at_window(|counter| window::scan(counter, clerk, text, &purpose).unwrap().remove(0))
    }

    /// The file of an annotated copy of the licence.
    fn copy(&self) -> Vec<u8> {
        let (issuer, identifier) = (&self.counter.house.issuer, self.identifier.parse().unwrap());
        let order = copy_order("2026-12-01");
        let made = copies::make(issuer, &self.holder, &identifier, &order, (90, "k"), &|_| ()).unwrap();
        copies::document(issuer, Asker::Holder(&self.holder), &made.id, Form::Ofd).unwrap().1
    }

    /// Everything that a clerk may do at a window, once.
    fn everything(&self, clerk: &Caller) -> Option<Named> {
        let serve: Permit<may::ServeAtWindow> = clerk.permit().unwrap();
        let (issuer, purpose) = (&self.counter.house.issuer, "接受检查".parse().unwrap());
        let now = issuer.clock.now().unwrap();
        // a printed code, an identifier, a number with its holder, and one that is none
        let printed = self.scan(&serve, &format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", self.code));
        assert_eq!((printed.shown, printed.has_receipt), (Shown::Valid, true));
        assert_eq!(self.scan(&serve, &self.identifier).shown, Shown::Valid);
        let looked = |holder: &str| {
            self.counter
                .at_window(|counter| window::look_up(counter, &serve, (NUMBER, holder), &purpose).unwrap().remove(0))
        };
        assert_eq!(looked("演示市小满面馆（个体工商户）").shown, Shown::Valid);
        assert_eq!(looked("别人").shown, Shown::NoMatch);
        // what the holder shows, online and offline, and what a window without a network makes up for
        let shown = self.counter.show(&self.holder, &self.identifier, &["operator_name"]).unwrap();
        assert_eq!(self.scan(&serve, &shown.address).shown, Shown::Valid);
        let device = Device::new();
        let choice = OfflineChoice { device: device.point(), whole_name: false };
        let identifier = self.identifier.parse().unwrap();
        let offline = make_offline(issuer, &self.counter.desk, &self.holder, &identifier, &choice).unwrap();
        assert_eq!(self.scan(&serve, &device.show(&offline.code, now)).shown, Shown::Valid);
        let checks = [identifier, ELSEWHERE.parse().unwrap()];
        let checks =
            checks.map(|licence| Recheck { handle: Handle::Licence(licence), shown: Shown::ValidOffline, at: now });
        let recheck = |counter: &window::Counter<'_>| window::recheck(counter, &serve, checks.to_vec(), &purpose);
        let checked = self.counter.at_window(recheck).unwrap();
        assert_eq!((checked.len(), checked[0].shown), (2, Shown::Valid));
        // a file
        let verify =
            |octets: &Vec<u8>| self.counter.at_window(|counter| counter.verifier.verify_keeping(octets, Some(now)));
        let copy = self.copy();
        let seen = window::file(issuer, &serve, None, verify(&copy), &PURPOSE.parse().unwrap()).unwrap();
        assert_eq!((seen.shown, seen.copy().unwrap().recipient.as_deref()), (Shown::Valid, Some(RECIPIENT)));
        // receipts of what was shown, and of what is brought
        let receipt = receipts::sign_shown(issuer, &serve, &printed.incident).unwrap();
        let made = receipts::make(issuer, &clerk.permit().unwrap(), verify(&copy).unwrap(), purpose).unwrap();
        assert_eq!(made.receipt().window, receipt.receipt().window);
        let report = NewReport {
            incident: printed.incident.clone(),
            shown: printed.shown.code().to_owned(),
            subject: self.identifier.clone(),
        };
        reports::enter(issuer, &serve, &report).unwrap();
        let window = receipt.receipt().window.clone();
        // the file holds with it or without, and the page says it
        let page = receipts::page(&receipt, &issuer.fonts()).unwrap();
        assert_eq!(receipts::open(&page, &issuer.fonts()).unwrap().page, receipts::Page::Same);
        window
    }

    /// What somebody did, and where.
    fn places(&self, clerk: &Caller) -> Vec<(String, Value)> {
        let (store, body) = (&self.counter.house.issuer.store, &self.counter.house.body);
        let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
        let own = rows.into_iter().filter(|row| row.actor_id == clerk.actor().id);
        // what came before the session was at the window
        let own = own.filter(|row| !matches!(row.action.as_str(), "session.begun" | "session.at_device"));
        own.map(|row| (row.action, serde_json::from_slice::<Value>(&row.detail).unwrap()["place"].clone())).collect()
    }
}

fn every_use_at_a_window_names_it(database: &Database) {
    let front = Front::open(database);
    let place = enrolled_for(&front.counter, WINDOW);
    let (clerk, _) = clerk_at(&front.counter, "liu.jing", Some(&place));
    let device = &place.1;
    let named = front.everything(&clerk).unwrap();
    assert_eq!((named.name.as_str(), &named.device), (WINDOW, device));
    let places = front.places(&clerk);
    let wanted = serde_json::json!({ "device": device, "window": WINDOW });
    for (action, place) in &places {
        assert_eq!(*place, wanted, "{action}");
    }
    let actions: BTreeSet<&str> = places.iter().map(|(action, _)| action.as_str()).collect();
    let expected = [
        "licence.checked",
        "licence.not_found",
        "licence.rechecked",
        "presentation.redeemed",
        "receipt.made",
        "report.entered",
    ];
    assert_eq!(actions, expected.into_iter().collect());
    let checked = places.iter().filter(|(action, _)| action.starts_with("licence.") && action.ends_with("checked"));
    assert!(checked.count() >= 7, "code, identifier, number, presentation, offline code, recheck, file");
    // what others see of it
    let issuer = &front.counter.house.issuer;
    let used = uses::of(issuer, &front.holder).unwrap();
    assert!(used.len() > 1 && used.iter().all(|one| one.window.as_deref() == Some(WINDOW)), "{used:?}");
    let (cards, _) = copies::of(issuer, &front.holder).unwrap();
    assert_eq!(cards[0].uses.iter().map(|one| one.window.as_deref()).collect::<Vec<_>>(), [Some(WINDOW)]);
    let queue = reports::unseen(issuer, &Permit::of_operator(&*front.counter.house.body)).unwrap();
    assert_eq!(queue.iter().map(|one| one.window.as_deref()).collect::<Vec<_>>(), [Some(WINDOW)]);
}

fn who_is_at_no_window_names_none(database: &Database) {
    let front = Front::open(database);
    let (clerk, _) = clerk_at(&front.counter, "liu.jing", None);
    assert_eq!(front.everything(&clerk), None);
    let places = front.places(&clerk);
    assert!(places.len() > 8 && places.iter().all(|(_, place)| place.is_null()), "{places:?}");
    let issuer = &front.counter.house.issuer;
    assert_eq!(uses::of(issuer, &front.holder).unwrap()[0].window, None);
    let queue = reports::unseen(issuer, &Permit::of_operator(&*front.counter.house.body)).unwrap();
    assert_eq!(queue[0].window, None);
}
