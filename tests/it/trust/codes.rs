//! Codes of Fuyang at a window of Ouhai: whose they are, by the list, and what their register says.

use super::places::{FUYANG, Fuyang, Ouhai, Wanted};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        device::Device,
        house::{self, food},
        register,
    },
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit},
        issue::{self, IssueSettings, Issued},
        issuer::Issuer,
        people::SignIn,
        presentations::{OfflineChoice, Presentations, make_offline},
        shown::Shown,
        window::{self, Paper, PrintSeen, Seen, Told},
    },
};
use yinxin_face::Fonts;
use yinxin_trust::{base::Moment, code::offline::OfflineCode, licence::identifier::LicenceIdentifier};

on_both!(
    an_offline_code_of_another_locality,
    codes_that_only_their_own_service_knows,
    a_printed_code_of_another_locality,
    an_edited_print_is_found_out_without_its_register,
);

/// The window, and somebody of Fuyang with a telephone before it.
struct Window<'a> {
    ouhai: &'a Ouhai,
    issuer: Issuer,
    presentations: Presentations,
    device: Device,
    holder: Holder,
}

impl<'a> Window<'a> {
    fn of(ouhai: &'a Ouhai, fuyang: &Fuyang) -> Self {
        // the window signs nothing
        let keys = Arc::clone(&fuyang.house.keys);
        let settings = IssueSettings { code_site: "zw.ouhai.gov.cn.example".parse().unwrap(), ..house::settings() };
        let (store, clock) = (Arc::clone(&ouhai.store), Arc::clone(&ouhai.clock) as _);
        let issuer = Issuer::new(store, keys, clock, ouhai.verifier.clone(), settings, Arc::new(Fonts::shipped()));
        let (theirs, now) = (&fuyang.house.issuer.store, ouhai.clock.now().unwrap());
        let holder = register::holder(theirs, &SignIn::new(8).unwrap(), "noodles", FOOD_HOLDER, now);
        Self { ouhai, issuer, presentations: Presentations::new(60, 24), device: Device::new(), holder }
    }

    fn scan(&self, text: &str) -> Seen {
        let counter = window::Counter {
            issuer: &self.issuer,
            verifier: &self.ouhai.verifier,
            presentations: &self.presentations,
        };
        let permit = Permit::of_operator(self.ouhai.body());
        window::scan(&counter, &permit, text, &"跨省通办".parse().unwrap()).unwrap().remove(0)
    }

    /// An offline code of a licence that Fuyang issues now.
    fn code(&self, fuyang: &Fuyang, n: u32) -> OfflineCode {
        let issuer = &fuyang.house.issuer;
        let issued = issue::issue(issuer, &fuyang.house.may_issue(), &[food(n)]).remove(0).unwrap();
        let identifier: LicenceIdentifier = issued.identifier.parse().unwrap();
        let choice = OfflineChoice { device: self.device.point(), whole_name: true };
        make_offline(issuer, &Presentations::new(60, 24), &self.holder, &identifier, &choice).unwrap().code
    }

    /// With what the clerk read off the paper.
    fn compare(&self, text: &str, paper: (&str, &str, &str)) -> Seen {
        let counter = window::Counter {
            issuer: &self.issuer,
            verifier: &self.ouhai.verifier,
            presentations: &self.presentations,
        };
        let permit = Permit::of_operator(self.ouhai.body());
        let paper = Paper::read(paper.0, paper.1, paper.2).unwrap();
        window::compare(&counter, &permit, (text, &paper), &"跨省通办".parse().unwrap()).unwrap()
    }

    fn now(&self) -> Moment {
        self.ouhai.clock.now().unwrap()
    }
}

fn an_offline_code_of_another_locality(database: &Database) {
    let mut fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let window = Window::of(&ouhai, &fuyang);
    let code = window.code(&fuyang, 1);
    let show = |code: &OfflineCode| window.device.show(code, window.now());
    // nobody vouches for site or key yet
    assert_eq!(window.scan(&show(&code)).shown, Shown::CounterfeitSite);
    let (_, payload) = show(&code).split_once('#').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let unknown = window.scan(&payload);
    assert!(unknown.shown == Shown::Untrusted && unknown.told.is_none(), "{unknown:?}");

    let list = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &list);
    let seen = window.scan(&show(&code));
    assert_eq!(seen.shown, Shown::Valid, "{seen:?}");
    let Some(Told::Offline(told)) = &seen.told else { panic!("{seen:?}") };
    assert_eq!((told.locality.as_deref(), told.live), (Some(FUYANG), true));
    assert_eq!(told.standing.as_of, Some(window.now()));

    // its register goes down: of this licence an answer was kept, of the next none
    let next = window.code(&fuyang, 2);
    fuyang.stop();
    fuyang.house.clock.advance_seconds(30);
    let kept = window.scan(&show(&code));
    assert_eq!(kept.shown, Shown::Valid, "{kept:?}");
    let offline = window.scan(&show(&next));
    assert_eq!(offline.shown, Shown::ValidOffline, "{offline:?}");
    let Some(Told::Offline(told)) = &offline.told else { panic!("{offline:?}") };
    assert_eq!(told.statement.as_of.unix_seconds(), window.now().unix_seconds() - 30);
    assert!(told.standing.as_of.is_none() && offline.identifier().is_some());
    fuyang.house.clock.advance_seconds(31 * 60 + 30 * 60);
    assert_eq!(window.scan(&show(&code)).shown, Shown::ValidOffline, "the kept answer is too old");

    // and what the list does not let the key say
    let status_scope = "regions = [\"11\"], from = \"2026-01-01\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { status_scope, ..Wanted::sound() }));
    let out_of_scope = window.scan(&show(&code));
    assert!(out_of_scope.shown == Shown::Untrusted && out_of_scope.told.is_none(), "{out_of_scope:?}");
    let narrow = fuyang.make(&Wanted { has_status: false, ..Wanted::sound() });
    ouhai.take(&operator, &narrow);
    assert_eq!(window.scan(&show(&code)).shown, Shown::CounterfeitSite);
    let shown = show(&code);
    assert_eq!(window.scan(shown.split_once('#').unwrap().1).shown, Shown::Untrusted);
}

fn codes_that_only_their_own_service_knows(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let window = Window::of(&ouhai, &fuyang);
    let list = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &list);
    for path in ["C", "S"] {
        let seen = window.scan(&format!("HTTPS://YX.EXAMPLE.GOV.CN/{path}/ABCDEFGHIJKLMNOPQRSTUV2345"));
        assert!(seen.shown == Shown::CodeOfOthers && seen.identifier().is_none(), "{seen:?}");
    }
    // revoked meanwhile: the code is genuine, and its register says so
    let code = window.code(&fuyang, 1);
    let identifier = code.statement().licence.to_string();
    fuyang.act_on(&identifier, "revoke");
    let seen = window.scan(&window.device.show(&code, window.now()));
    assert_eq!(seen.shown.code(), "REVOKED", "{seen:?}");
}

fn issued(fuyang: &Fuyang, n: u32) -> Issued {
    issue::issue(&fuyang.house.issuer, &fuyang.house.may_issue(), &[food(n)]).remove(0).unwrap()
}

fn print_of(seen: &Seen) -> &PrintSeen {
    let Some(Told::Print(print)) = &seen.told else { panic!("{seen:?}") };
    print
}

fn a_printed_code_of_another_locality(database: &Database) {
    let mut fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let window = Window::of(&ouhai, &fuyang);
    let (first, second) = (issued(&fuyang, 1), issued(&fuyang, 2));
    assert_eq!(window.scan(&first.address).shown, Shown::CounterfeitSite);
    let list = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &list);

    let seen = window.scan(&first.address);
    assert_eq!(seen.shown, Shown::Valid, "{seen:?}");
    let print = print_of(&seen);
    assert_eq!((print.locality.as_str(), print.signed_at), (FUYANG, Some(window.now())));
    let told = print.told.as_ref().unwrap();
    assert_eq!((told.registered.identifier.as_str(), told.registered.as_of), (&*first.identifier, window.now()));
    let name = told.fields.iter().find(|field| field.name == "operator_name").map(|field| field.value.as_str());
    assert_eq!(name, Some("演示市小满面馆（个体工商户）"));
    assert_eq!(seen.identifier(), Some(&*first.identifier));
    // a print of before codes were signed: its register alone says so
    let (plain, payload) = first.address.split_once('#').unwrap();
    let old = window.scan(plain);
    assert!(old.shown == Shown::Valid && print_of(&old).signed_at.is_none(), "{old:?}");
    // the answer to one code is none to another
    let mixed = window.scan(&second.address);
    assert_eq!(mixed.identifier(), Some(&*second.identifier));
    // whose key may not speak for the licence is not heard, though it answers
    let status_scope = "regions = [\"11\"], from = \"2026-01-01\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { status_scope, ..Wanted::sound() }));
    let unheard = window.scan(plain);
    assert!(unheard.shown == Shown::CodeOfOthers && unheard.identifier().is_none(), "{unheard:?}");
    ouhai.take(&operator, &fuyang.make(&Wanted::sound()));
    // what is altered tells nothing, whatever the register would say
    for (at, shown) in [(150, Shown::CodeAltered), (3, Shown::CodeUnreadable)] {
        let mut altered = payload.to_owned().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let seen = window.scan(&format!("{plain}#{}", String::from_utf8(altered).unwrap()));
        assert!(seen.shown == shown && seen.told.is_none() && seen.identifier().is_none(), "{at}: {seen:?}");
    }

    fuyang.act_on(&first.identifier, "revoke");
    fuyang.house.clock.advance_seconds(20);
    assert_eq!(window.scan(&first.address).shown.code(), "REVOKED");
    // its register goes down: what it said is kept for as long as the policy says
    fuyang.stop();
    fuyang.house.clock.advance_seconds(30);
    let kept = window.scan(&first.address);
    assert_eq!(kept.shown.code(), "REVOKED", "{kept:?}");
    assert!(print_of(&kept).told.as_ref().unwrap().registered.source.contains("留存"));
    fuyang.house.clock.advance_seconds(3600);
    let open = window.scan(&first.address);
    assert!(open.shown == Shown::CodeOfOthers && print_of(&open).signed_at.is_some(), "{open:?}");

    // a key whose scope does not cover the licence says nothing of it
    let status_scope = "regions = [\"11\"], from = \"2026-01-01\"";
    ouhai.take(&operator, &fuyang.make(&Wanted { status_scope, ..Wanted::sound() }));
    assert_eq!(window.scan(plain).shown, Shown::CodeOfOthers);
}

fn an_edited_print_is_found_out_without_its_register(database: &Database) {
    let mut fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let window = Window::of(&ouhai, &fuyang);
    let issued = issued(&fuyang, 1);
    let list = fuyang.make(&Wanted::sound());
    let operator = ouhai.add(fuyang.operator());
    ouhai.take(&operator, &list);
    fuyang.stop();
    let open = window.scan(&issued.address);
    assert_eq!(open.shown, Shown::CodeOfOthers, "{open:?}");
    let until = issued.valid_until.to_string();
    let holder = "演示市小满面馆（个体工商户）";
    let same = window.compare(&issued.address, (holder, &issued.number.to_lowercase(), &until.replace('-', ".")));
    assert!(same.shown == Shown::ValidOffline && print_of(&same).is_compared, "{same:?}");
    // by its code it is asked about again, through the door of all checks that wait
    let handle = window::Handle::of(&same, &issued.address).unwrap();
    assert_eq!(handle.kept(), format!("yx.example.gov.cn/C/{}", issued.code));
    assert!(window::Handle::of(&open, &issued.address).is_none(), "nothing was told that could be made up for");
    let recheck = window::Recheck { handle, shown: same.shown, at: window.now() };
    let counter =
        window::Counter { issuer: &window.issuer, verifier: &ouhai.verifier, presentations: &window.presentations };
    let checked =
        window::recheck(&counter, &Permit::of_operator(ouhai.body()), vec![recheck], &"跨省通办".parse().unwrap());
    assert!(checked.unwrap().iter().all(window::Checked::is_open));
    for paper in [
        (holder, "JY13301060099999", &*until),
        ("演示市小满", &*issued.number, &*until),
        (holder, &*issued.number, "2099-12-31"),
    ] {
        assert_eq!(window.compare(&issued.address, paper).shown, Shown::PrintDiffers, "{paper:?}");
    }
    // past its last day, which the paper says: nobody has to be asked
    fuyang.house.clock.advance_seconds(6 * 366 * 86_400);
    let over = window.compare(&issued.address, (holder, &issued.number, &until));
    assert!(over.shown.code() == "EXPIRED" && print_of(&over).is_compared, "{over:?}");
    // nothing is signed: there is nothing to compare with
    let (plain, _) = issued.address.split_once('#').unwrap();
    let none = window.compare(plain, (holder, &issued.number, &until));
    assert!(none.shown == Shown::CodeOfOthers && !print_of(&none).is_compared, "{none:?}");
}
