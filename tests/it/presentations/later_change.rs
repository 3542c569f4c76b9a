//! A change that is recorded for a later day: until then what counts is what is shown, redeemed and found.

use super::{FOOD_HOLDER, at_window::Window};
use crate::support::{database::Database, device::Device, house::food};
use yinxin::{
    flow::{
        holders::holdings,
        issue::{self, Order},
        licence_record::{self, After},
        presentations,
        shown::Shown,
        standing,
        window::{self, Seen},
    },
    store::uses,
};
use yinxin_trust::base::Day;

on_both!(a_change_counts_from_its_day,);

const NUMBER: &str = "JY23301000000010";
const HOLDER: &str = "演示市小满面馆（个体工商户）";

fn a_change_counts_from_its_day(database: &Database) {
    let window = Window::open(database);
    let house = &window.counter.house;
    let day = Day::new(2026, 11, 25).unwrap();
    let mut change = Order { change_of: Some(window.identifier.clone()), begins: Some(day), ..food(1) };
    change.data.insert("main_business_form".to_owned(), "食品销售经营者".into());
    let newer = issue::issue(&house.issuer, &house.may_issue(), &[change]).remove(0).unwrap().identifier;
    assert_ne!(newer, window.identifier);

    let device = Device::new();
    let tried = |identifier: &str, form: &str, version: i32| {
        let cards = holdings::of(&house.issuer, &window.holder).unwrap().cards;
        assert_eq!(cards.iter().map(|card| &*card.identifier).collect::<Vec<_>>(), [identifier], "the holder's card");
        let listed = licence_record::list(&house.issuer, &house.may_read(), After::START, 10).unwrap();
        let listed: Vec<_> = listed.iter().map(|row| (&*row.identifier, row.standing.state)).collect();
        assert_eq!(listed, [(identifier, "in_force")], "the list of the office");
        let offer = presentations::offer(&house.issuer, &window.holder, &identifier.parse().unwrap()).unwrap();
        let offered = offer.fields.iter().find(|field| field.name == "main_business_form").unwrap();
        assert_eq!(offered.value, form);
        let shown = window.counter.show(&window.holder, identifier, &["main_business_form"]).unwrap();
        let seen = window.scan(0, &shown.address);
        assert_eq!((seen.shown, seen.identifier()), (Shown::Valid, Some(identifier)));
        assert_eq!(form_of(&seen), form, "a code that is redeemed");
        let rows = house.issuer.store.read(|conn| uses::of_holder(conn, "001", FOOD_HOLDER, 1)).unwrap();
        assert_eq!((rows[0].0.version, &*rows[0].0.state), (version, "in_force"), "and written down");
        let offline = window.make(&device).unwrap();
        let live = device.show(&offline.code, yinxin::clock::Clock::now(&*house.clock).unwrap());
        assert_eq!(window.scan(0, &live).identifier(), Some(identifier), "an offline code");
        let purpose = "接受检查".parse().unwrap();
        let found = window.at_counter(|counter| {
            window::look_up(counter, &window.clerks[0], (NUMBER, HOLDER), &purpose).unwrap().remove(0)
        });
        assert_eq!((found.shown, form_of(&found)), (Shown::Valid, form.to_owned()), "number and holder at a window");
        let public = standing::by_number(&house.issuer, NUMBER, HOLDER).unwrap().remove(0);
        assert_eq!((public.state, &*public.identifier), ("in_force", identifier), "and for everybody");
    };
    tried(&window.identifier, "餐饮服务经营者（小型餐馆）", 1);
    window.later(4 * 86_400);
    tried(&newer, "食品销售经营者", 2);
}

fn form_of(seen: &Seen) -> String {
    let fields = seen.own.as_ref().unwrap().standing.fields.as_ref().unwrap();
    fields.iter().find(|field| field.name == "main_business_form").unwrap().value.clone()
}
