//! What the kit of a window without a network says of ends: those to come, where the list is cut, and for how long it is kept.

use super::at_window::Window;
use crate::support::{
    database::Database,
    device::Device,
    house::{decided, food},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        act::{self, ActOrder},
        issue::{self, Issued, Order},
        presentations::PresentationError,
        shown::Shown,
        window::{self, Kit, MostActs},
    },
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::state::{End, State},
    sm::sm3,
    verify::StandingState,
};

on_both!(
    an_end_to_come_ends_codes_on_its_day,
    a_code_of_before_is_ended_on_the_day_that_was_decided_later,
    a_list_that_is_cut_says_from_when_on_it_is_whole,
    a_kit_is_kept_for_a_minute_and_not_past_an_act,
    a_code_of_a_version_that_was_replaced_is_ended,
    an_end_that_follows_another_is_told_beside_it,
);

const DAY: i64 = 24 * 3600;
const MOST: MostActs = MostActs { ends: 2_000, prints: 5_000 };

impl Window {
    fn now(&self) -> Moment {
        self.counter.house.clock.now().unwrap()
    }

    fn kit(&self) -> Kit {
        self.at_counter(|counter| window::kit(counter, &self.clerks[0]).unwrap())
    }

    fn kit_within(&self, ends: u32) -> Kit {
        self.at_counter(|counter| window::kit_within(counter, &self.clerks[0], MostActs { ends, ..MOST }).unwrap())
    }

    /// Records an act upon a licence that works from a day.
    fn act_from(&self, licence: &str, kind: &str, from: Option<Day>) {
        let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: from, successor: None };
        act::act(&self.counter.house.issuer, &self.counter.house.may_act(), licence, &order).unwrap();
    }

    /// Issues a further version of the licence.
    fn change(&self) -> Issued {
        let house = &self.counter.house;
        let order = Order { change_of: Some(self.identifier.clone()), ..food(1) };
        issue::issue(&house.issuer, &house.may_issue(), &[order]).remove(0).unwrap()
    }

    fn in_days(&self, days: usize) -> Day {
        let today = Day::in_beijing_at(self.now()).unwrap();
        (0..days).fold(today, |day, _| day.next().unwrap())
    }
}

fn half(text: &str) -> String {
    hex::encode(&sm3::digest(text.as_bytes())[..16])
}

/// What the kit has of a window's only licence: by its identifier, and by its printed code.
type Ends = [Vec<(String, &'static str, i64)>; 2];

fn ends(kit: &Kit) -> Ends {
    let of_licences = kit.ended.iter().map(|one| (one.licence.clone(), one.state, one.at));
    [of_licences.collect(), kit.prints.ended.iter().map(|one| (one.code.clone(), one.state, one.at)).collect()]
}

fn an_end_to_come_ends_codes_on_its_day(database: &Database) {
    let window = Window::open(database);
    let works = window.in_days(10);
    window.act_from(&window.identifier, "revoke", Some(works));
    assert_eq!(ends(&window.kit()), Ends::default(), "no kit of today counts on that day");

    // a code of the day before ends with that day, though it was asked for a day
    window.later(9 * DAY);
    let made = window.make(&Device::new()).unwrap().code;
    let said = made.statement();
    let left = works.begins().unix_seconds() - said.expires().unix_seconds();
    assert!((0..60).contains(&left) && said.expires().unix_seconds() - said.as_of.unix_seconds() < DAY, "{left}");
    assert_eq!(said.device_expires(), Some(said.expires()));
    let revoked: Ends =
        [&window.identifier, &window.code].map(|of| vec![(half(of), "REVOKED", works.begins().unix_seconds())]);
    assert_eq!(ends(&window.kit()), revoked, "a kit of that day counts on the next");
    window.later(works.begins().unix_seconds() - window.now().unix_seconds() - 59);
    let made = window.make(&Device::new());
    assert!(matches!(made, Err(PresentationError::NotInForce(State::Ended(End::Revoked)))), "{made:?}");

    // long after it was recorded, and not long after it began to work
    window.later(DAY);
    assert_eq!(ends(&window.kit()), revoked);
    window.later(8 * DAY);
    assert_eq!(ends(&window.kit()), [vec![], revoked[1].clone()], "no code lives so long, but what is printed does");
}

fn a_code_of_before_is_ended_on_the_day_that_was_decided_later(database: &Database) {
    let window = Window::open(database);
    let made = window.make(&Device::new()).unwrap().code;
    window.later(3600);
    let works = window.in_days(1);
    window.act_from(&window.identifier, "suspend", Some(works));
    assert!(made.statement().expires() > works.begins(), "it was made before");
    let suspended: Ends =
        [&window.identifier, &window.code].map(|of| vec![(half(of), "SUSPENDED", works.begins().unix_seconds())]);
    assert_eq!(ends(&window.kit()), suspended);
    window.later(DAY);
    assert_eq!(ends(&window.kit()), suspended);
}

fn a_list_that_is_cut_says_from_when_on_it_is_whole(database: &Database) {
    let window = Window::open(database);
    let house = &window.counter.house;
    let all: Vec<String> = issue::issue(&house.issuer, &house.may_issue(), &[food(2), food(3), food(4)])
        .into_iter()
        .map(|issued| issued.unwrap().identifier)
        .collect();
    let times: Vec<i64> = all
        .iter()
        .map(|licence| {
            window.later(60);
            window.act_from(licence, "suspend", None);
            window.now().unix_seconds()
        })
        .collect();
    let known =
        |kit: &Kit| all.iter().map(|one| kit.ended.iter().any(|end| end.licence == half(one))).collect::<Vec<_>>();
    let whole = window.kit_within(4);
    assert_eq!((whole.ended_since, known(&whole)), (0, vec![true; 3]));
    assert_eq!(window.kit().ended_since, 0);
    let cut = window.kit_within(2);
    assert_eq!((cut.ended_since, &known(&cut)[1..]), (times[1] + 1, &[true; 2][..]));
    assert_eq!(window.kit_within(1).ended_since, times[2] + 1);

    // what ends nothing takes nobody's place
    window.later(60);
    issue::issue(&house.issuer, &house.may_issue(), &[food(5)]).remove(0).unwrap();
    window.act_from(&all[0], "resume", None);
    let kit = window.kit_within(4);
    assert_eq!((kit.ended_since, known(&kit)), (0, vec![false, true, true]));
    // and what takes the place of a version does
    window.change();
    assert_eq!(window.kit_within(4).ended_since, times[0] + 1);
    window.later(DAY);

    // so many of them for tomorrow that nobody knows which
    let tomorrow = window.in_days(1);
    for licence in &all[1..] {
        window.act_from(licence, "revoke", Some(tomorrow));
    }
    assert_eq!(window.kit_within(2).ended_since, tomorrow.begins().unix_seconds() + 1);
}

fn a_kit_is_kept_for_a_minute_and_not_past_an_act(database: &Database) {
    let window = Window::open(database);
    assert_eq!(window.kit().ended, []);
    window.act("suspend");
    let first = window.kit();
    assert_eq!(first.ended.len(), 1, "what was just decided is told");
    assert_eq!((first.given_at, first.made_at), (window.now().unix_milliseconds(), window.now().unix_milliseconds()));
    // nothing is asked of the register
    window.counter.house.issuer.store.close();
    window.later(59);
    let second = window.kit();
    assert_eq!((second.given_at, second.made_at), (first.given_at + 59_000, first.made_at));
    assert_eq!(ends(&second), ends(&first));
    window.later(1);
    assert!(window.at_counter(|counter| window::kit(counter, &window.clerks[0])).is_err());
}

/// As a window with a network says of it, whatever is done to the licence afterwards.
fn a_code_of_a_version_that_was_replaced_is_ended(database: &Database) {
    let window = Window::open(database);
    let device = Device::new();
    let code = window.make(&device).unwrap().code;
    let first = &window.identifier;
    window.later(3600);
    assert_eq!(window.kit().ended, [], "a kit is kept");
    let second = window.change();
    let now = window.now().unix_seconds();
    assert!(code.statement().expires().unix_seconds() > now, "it was made before");
    let replaced: Ends = [first, &window.code].map(|of| vec![(half(of), "REPLACED", now)]);
    assert_eq!(ends(&window.kit()), replaced, "a further version is told at once");
    let superseded = Shown::NotInForce(StandingState::Superseded);
    assert_eq!(window.scan(0, &device.show(&code, window.now())).shown, superseded);

    // the second ends, and the first is what it was
    window.later(60);
    window.act_from(&second.identifier, "revoke", None);
    let told = window.kit().ended;
    let state = |of: &str| told.iter().find(|one| one.licence == half(of)).map(|one| one.state);
    assert_eq!((told.len(), state(first), state(&second.identifier)), (2, Some("REPLACED"), Some("REVOKED")));
    assert_eq!(window.scan(0, &device.show(&code, window.now())).shown, superseded);
    window.later(8 * DAY);
    assert_eq!(window.kit().ended, [], "no code lives so long");
}

fn an_end_that_follows_another_is_told_beside_it(database: &Database) {
    let window = Window::open(database);
    window.later(60);
    window.act_from(&window.identifier, "suspend", None);
    let (now, tomorrow) = (window.now().unix_seconds(), window.in_days(1));
    window.act_from(&window.identifier, "revoke", Some(tomorrow));
    let comes = tomorrow.begins().unix_seconds();
    let both: Ends =
        [&window.identifier, &window.code].map(|of| vec![(half(of), "REVOKED", comes), (half(of), "SUSPENDED", now)]);
    assert_eq!(ends(&window.kit()), both, "a window goes by the first of which the time has come");
    window.later(DAY);
    let revoked: Ends = [&window.identifier, &window.code].map(|of| vec![(half(of), "REVOKED", comes)]);
    assert_eq!(ends(&window.kit()), revoked);

    // not in force yet, and suspended from its first day on
    let house = &window.counter.house;
    let tomorrow = window.in_days(1);
    let order = Order { begins: Some(tomorrow), ..food(2) };
    let issued = issue::issue(&house.issuer, &house.may_issue(), &[order]).remove(0).unwrap();
    window.act_from(&issued.identifier, "suspend", Some(tomorrow));
    let [licences, prints] = ends(&window.kit());
    let comes = tomorrow.begins().unix_seconds();
    for (told, of) in [(licences, &issued.identifier), (prints, &issued.code)] {
        let told: Vec<_> = told.into_iter().filter(|(one, ..)| *one == half(of)).collect();
        assert_eq!(told, [(half(of), "SUSPENDED", comes), (half(of), "NOT_YET", comes)]);
    }
}
