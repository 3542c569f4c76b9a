//! What holders show, at a window: codes that are redeemed there, and offline codes with the
//! proof of a device.

use super::{Counter, FOOD_HOLDER};
use crate::support::{
    database::Database,
    device::Device,
    house::{House, decided, food},
    register::{PASSWORD, person},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit, Purpose, Role, may},
        act::{self, ActOrder},
        document::{Form, document},
        issue::{self, Order},
        people::Password,
        presentations::{self, OfflineChoice, PresentationError, make_offline},
        shown::Shown,
        window::{self, Brought, Found, Recheck, Seen, Told},
    },
    store::{audit, licences},
};
use yinxin_trust::{
    base::Moment,
    licence::identifier::{LicenceIdentifier, Version},
    verify::StandingState,
};

on_both!(
    a_clerk_redeems_and_no_other_does,
    a_revoked_licence_is_shown_as_revoked,
    an_offline_code_is_live_once,
    a_picture_of_an_offline_code_tells_nothing,
    an_altered_offline_code_is_refused,
    offline_codes_are_of_licences_in_force,
    a_kit_knows_what_ended_and_nobody,
    a_kit_knows_the_printed_codes_that_ended,
    checks_without_a_network_are_made_up_for,
    checks_of_prints_are_made_up_for,
    checks_that_were_never_made_are_counted,
    a_replaced_licence_leads_to_the_new_one,
);

/// A house whose answers are signed, a licence of it, its holder, and two clerks.
pub(super) struct Window {
    pub(super) counter: Counter,
    pub(super) identifier: String,
    /// What is printed on it, 26 characters.
    pub(super) code: String,
    pub(super) holder: Holder,
    pub(super) clerks: [Permit<may::ServeAtWindow>; 2],
}

impl Window {
    pub(super) fn open(database: &Database) -> Self {
        let counter = Counter::new(House::new(database).signing_answers().0);
        let issuer = &counter.house.issuer;
        let issued = issue::issue(issuer, &counter.house.may_issue(), &[food(1)]).remove(0).unwrap();
        let holder = counter.holder("noodles", FOOD_HOLDER);
        let clerks = ["liu.jing", "wang.fang"].map(|login| clerk(&counter, login));
        Self { counter, identifier: issued.identifier, code: issued.code, holder, clerks }
    }

    pub(super) fn scan(&self, clerk: usize, text: &str) -> Seen {
        let purpose = "接受检查".parse().unwrap();
        self.at_counter(|counter| window::scan(counter, &self.clerks[clerk], text, &purpose).unwrap().remove(0))
    }

    pub(super) fn at_counter<T>(&self, job: impl FnOnce(&window::Counter<'_>) -> T) -> T {
        self.counter.at_window(job)
    }

    pub(super) fn make(&self, device: &Device) -> Result<presentations::OfflineShown, PresentationError> {
        let choice = OfflineChoice { device: device.point(), whole_name: false };
        let (issuer, desk) = (&self.counter.house.issuer, &self.counter.desk);
        make_offline(issuer, desk, &self.holder, &self.identifier.parse().unwrap(), &choice)
    }

    /// The text of a code as its device shows it now.
    fn live(&self, device: &Device) -> String {
        device.show(&self.make(device).unwrap().code, self.counter.house.clock.now().unwrap())
    }

    pub(super) fn act(&self, kind: &str) {
        let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None };
        act::act(&self.counter.house.issuer, &self.counter.house.may_act(), &self.identifier, &order).unwrap();
    }

    pub(super) fn later(&self, seconds: i64) {
        self.counter.house.clock.advance_seconds(seconds);
        self.counter.house.renew_lists();
    }

    pub(super) fn audited(&self, action: &str) -> usize {
        let (store, body) = (&self.counter.house.issuer.store, &self.counter.house.body);
        let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
        rows.iter().filter(|row| row.action == action).count()
    }
}

pub(crate) fn clerk(counter: &Counter, login: &str) -> Permit<may::ServeAtWindow> {
    let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
    person(store, &counter.sign_in, &counter.house.body, (login, login), &[Role::Clerk], now);
    let password = Password::given(PASSWORD.into()).unwrap();
    let session = counter.sign_in.begin(store, login, &password, now).unwrap();
    counter.sign_in.caller(store, &session.secret, now).unwrap().unwrap().permit().unwrap()
}

/// Nothing of the licence is said.
fn tells_nothing(seen: &Seen) -> bool {
    seen.own.is_none() && seen.report.is_none() && seen.told.is_none() && seen.identifier().is_none()
}

fn a_clerk_redeems_and_no_other_does(database: &Database) {
    let window = Window::open(database);
    let shown = window.counter.show(&window.holder, &window.identifier, &["operator_name", "signatory"]).unwrap();
    let seen = window.scan(0, &shown.address);
    assert_eq!((seen.shown, &seen.brought), (Shown::Valid, &Brought::Presentation));
    let Some(Told::Presented { purpose, agent: None, disclosure: Some(file) }) = &seen.told else {
        panic!("{:?}", seen.told);
    };
    assert_eq!((purpose.as_str(), yinxin_trust::disclosure::is_one(file)), ("接受检查", true));
    let own = seen.own.as_ref().unwrap();
    let fields: Vec<_> = own.standing.fields.iter().flatten().map(|field| &*field.name).collect();
    assert_eq!(fields, ["operator_name", "signatory"], "what the holder chose and nothing else");
    assert!(seen.report.is_some(), "the original was verified");
    assert_eq!(window.scan(0, &shown.address.to_lowercase()).shown, Shown::Valid, "a scanner that reads twice");
    assert_eq!(window.audited("presentation.redeemed"), 1);
    assert_eq!(window.audited("licence.checked"), 2);

    let second = window.scan(1, &shown.address);
    assert_eq!(second.shown, Shown::CodeUsed);
    let Some(Told::Used(sentence)) = &second.told else { panic!("{second:?}") };
    assert!(sentence.zh.contains("用过"), "{}", sentence.zh);
    assert!(second.own.is_none() && second.identifier().is_none());
    window.later(61);
    let late = window.scan(0, &shown.address);
    assert!(late.shown == Shown::CodeExpired && tells_nothing(&late), "{late:?}");
    let never = window.scan(0, "HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2344");
    assert!(never.shown == Shown::CodeExpired && tells_nothing(&never), "{never:?}");
    assert_eq!(window.audited("presentation.redeemed"), 1);
}

fn a_revoked_licence_is_shown_as_revoked(database: &Database) {
    let window = Window::open(database);
    let shown = window.counter.show(&window.holder, &window.identifier, &["operator_name"]).unwrap();
    let offline = window.live(&Device::new());
    window.act("revoke");
    for text in [shown.address.as_str(), &offline] {
        let seen = window.scan(0, text);
        assert_eq!(seen.shown.code(), "REVOKED", "{seen:?}");
        assert_eq!(seen.identifier(), Some(&*window.identifier));
    }
}

fn an_offline_code_is_live_once(database: &Database) {
    let window = Window::open(database);
    let text = window.live(&Device::new());
    // who looks it up without signing in uses nothing up, and is told how it stands
    let Found::Licences(looked) = window.at_counter(|counter| window::look(counter, &text, "").unwrap()) else {
        panic!("no licence")
    };
    assert!(looked[0].0.state == "in_force" && looked[0].0.fields.is_none(), "{looked:?}");
    let seen = window.scan(0, &text);
    assert_eq!((seen.shown, &seen.brought), (Shown::Valid, &Brought::Offline));
    let Some(Told::Offline(code)) = &seen.told else { panic!("{seen:?}") };
    assert!(code.live && code.locality.is_none());
    assert_eq!(code.statement.holder.name().as_str(), "演示市小满面馆（个体工商户）");
    let own = seen.own.as_ref().unwrap();
    assert!(own.standing.fields.is_none() && own.holder.is_none(), "nothing that the code does not say");
    assert_eq!(window.audited("licence.checked"), 1);
    window.counter.house.clock.advance_seconds(9);
    assert_eq!(window.scan(0, &text).shown, Shown::Valid, "a scanner that reads twice");
    // the payload alone is the same code
    let (_, payload) = text.split_once('#').unwrap();
    assert_eq!(window.scan(1, payload).shown, Shown::CodePicture);
    window.counter.house.clock.advance_seconds(9);
    assert_eq!(window.scan(0, &text).shown, Shown::CodePicture);
}

fn a_picture_of_an_offline_code_tells_nothing(database: &Database) {
    let window = Window::open(database);
    let device = Device::new();
    let code = window.make(&device).unwrap().code;
    let text = device.show(&code, window.counter.house.clock.now().unwrap());
    // whoever sends it on takes the proof off, or keeps it
    let stripped = window.scan(0, &code.text());
    assert!(stripped.shown == Shown::CodePicture && tells_nothing(&stripped), "{stripped:?}");
    window.later(361);
    let stale = window.scan(0, &text);
    assert!(stale.shown == Shown::CodePicture && tells_nothing(&stale), "{stale:?}");
    // the telephone itself still may
    let fresh = device.show(&code, window.counter.house.clock.now().unwrap());
    assert_eq!(window.scan(0, &fresh).shown, Shown::Valid);
    // another telephone may not
    let other = Device::new().show(&code, window.counter.house.clock.now().unwrap());
    let wrong = window.scan(0, &other);
    assert!(wrong.shown == Shown::CodeAltered && tells_nothing(&wrong), "{wrong:?}");
    window.later(24 * 3600 + 301);
    let late = device.show(&code, window.counter.house.clock.now().unwrap());
    let expired = window.scan(0, &late);
    assert!(expired.shown == Shown::CodeExpired && tells_nothing(&expired), "{expired:?}");
}

fn an_altered_offline_code_is_refused(database: &Database) {
    let window = Window::open(database);
    let text = window.live(&Device::new());
    let (mut altered, mut refused) = (0, 0);
    let begin = text.find('#').unwrap() + 1;
    for at in (begin..text.len()).step_by(7) {
        let mut octets = text.clone().into_bytes();
        octets[at] = if octets[at] == b'A' { b'B' } else { b'A' };
        let seen = window.scan(0, &String::from_utf8(octets).unwrap());
        assert!(seen.shown.family() != yinxin::flow::shown::Family::Valid && tells_nothing(&seen), "{at}: {seen:?}");
        refused += 1;
        altered += usize::from(seen.shown == Shown::CodeAltered);
    }
    assert!(altered * 2 > refused, "{altered} of {refused}");
    let cut = window.scan(0, &text[..text.len() - 9]);
    assert!(cut.shown == Shown::CodeUnreadable && tells_nothing(&cut), "{cut:?}");
    let elsewhere = text.replace("YX.EXAMPLE", "YX-EXAMPLE");
    let strange = window.scan(0, &elsewhere);
    assert_eq!((strange.shown, strange.told), (Shown::CounterfeitSite, None));
    // a site of ours, in an address that is none of its codes'
    for dressed in [text.replace("HTTPS://", "http://"), text.replace(".CN/", ".CN:8443/")] {
        let seen = window.scan(0, &dressed);
        assert_eq!((seen.shown, seen.told), (Shown::CounterfeitSite, Some(Told::DressedUp)), "{dressed}");
    }
    assert_eq!(window.scan(0, &text).shown, Shown::Valid);
}

fn offline_codes_are_of_licences_in_force(database: &Database) {
    let window = Window::open(database);
    let device = Device::new();
    let no_point = OfflineChoice { device: [9; 33], whole_name: true };
    let identifier = window.identifier.parse().unwrap();
    let Counter { house, desk, .. } = &window.counter;
    let made = make_offline(&house.issuer, desk, &window.holder, &identifier, &no_point);
    assert!(matches!(made, Err(PresentationError::DeviceKey)));
    let other = window.counter.holder("others", "92330100MA0000015R");
    let choice = OfflineChoice { device: device.point(), whole_name: true };
    let made = make_offline(&house.issuer, desk, &other, &identifier, &choice);
    assert!(matches!(made, Err(PresentationError::NotHeld)));
    window.act("suspend");
    assert!(matches!(window.make(&device), Err(PresentationError::NotInForce(_))));
    window.act("resume");
    assert!(window.make(&device).is_ok());
    assert_eq!(window.audited("presentation.offline"), 1);

    let another = Database::sqlite();
    let unsigned = Counter::new(House::new(&another));
    let identifier =
        issue::issue(&unsigned.house.issuer, &unsigned.house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
    let holder = unsigned.holder("noodles", FOOD_HOLDER);
    let made = make_offline(&unsigned.house.issuer, &unsigned.desk, &holder, &identifier.parse().unwrap(), &choice);
    assert!(matches!(made, Err(PresentationError::NoOfflineCodes)));
}

fn a_kit_knows_what_ended_and_nobody(database: &Database) {
    let window = Window::open(database);
    let kit = || window.at_counter(|counter| window::kit(counter, &window.clerks[0]).unwrap());
    let before = kit();
    assert_eq!(before.made_at, window.counter.house.clock.now().unwrap().unix_milliseconds());
    assert_eq!((before.lasts_seconds, before.ended.len()), (86_400, 0));
    assert_eq!(
        before.sites.iter().map(|site| (&*site.site, &*site.whose)).collect::<Vec<_>>(),
        [("yx.example.gov.cn", "")]
    );
    assert_eq!(before.keys.iter().map(|key| (key.point.len(), &*key.whose)).collect::<Vec<_>>(), [(130, "")]);

    window.later(60);
    window.act("suspend");
    let suspended = kit();
    let digest = hex::encode(yinxin_trust::sm::sm3::digest(window.identifier.as_bytes()));
    let [ended] = &suspended.ended[..] else { panic!("{suspended:?}") };
    assert_eq!((&*ended.licence, ended.state), (&digest[..32], "SUSPENDED"));
    assert_eq!(ended.at, window.counter.house.clock.now().unwrap().unix_seconds());
    let text = serde_json::to_string(&suspended).unwrap();
    for personal in ["面馆", "李守国", FOOD_HOLDER, &*window.identifier] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    window.later(60);
    window.act("resume");
    assert_eq!(kit().ended, []);
    window.later(60);
    window.act("revoke");
    assert_eq!(kit().ended.iter().map(|ended| ended.state).collect::<Vec<_>>(), ["REVOKED"]);
    // no code lives so long
    window.later(8 * 24 * 3600);
    assert_eq!(kit().ended, []);
}

fn checks_without_a_network_are_made_up_for(database: &Database) {
    let window = Window::open(database);
    let at = window.counter.house.clock.now().unwrap();
    let of = |licence: &str| Recheck { handle: licence.parse().unwrap(), shown: Shown::ValidOffline, at };
    let elsewhere = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    let purpose: Purpose = "接受检查".parse().unwrap();
    let again = |clerk: usize, checks: Vec<Recheck>| {
        let checked =
            window.at_counter(|counter| window::recheck(counter, &window.clerks[clerk], checks, &purpose).unwrap());
        checked.into_iter().map(|one| one.shown).collect::<Vec<_>>()
    };
    window.later(3600);
    assert_eq!(again(0, vec![of(&window.identifier), of(elsewhere)]), [Shown::Valid, Shown::StandingUnknown]);
    // written down as what it is: when it was made, what was shown then, and by whom
    assert_eq!((window.audited("licence.checked"), window.audited("licence.rechecked")), (0, 2));
    let (store, body) = (&window.counter.house.issuer.store, &window.counter.house.body);
    let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
    let row = rows.iter().find(|row| row.action == "licence.rechecked" && row.subject == window.identifier).unwrap();
    let detail: serde_json::Value = serde_json::from_slice(&row.detail).unwrap();
    assert_eq!(row.at, window.counter.house.clock.now().unwrap().unix_milliseconds());
    assert_eq!(row.actor_id, window.clerks[0].actor().id);
    assert_eq!(detail["offline"], serde_json::json!({ "at": at.to_string(), "shown": "VALID_OFFLINE" }));
    assert_eq!((&detail["shown"], &detail["purpose"]), (&"VALID".into(), &"接受检查".into()));

    // nobody answered: that is known already, and not written down each time
    let open = window.at_counter(|counter| {
        let checks = vec![of(elsewhere), of(&window.identifier)];
        window::recheck_again(counter, &window.clerks[0], checks, &purpose).unwrap()
    });
    assert_eq!(open.iter().map(window::Checked::is_open).collect::<Vec<_>>(), [true, false]);
    assert_eq!(window.audited("licence.rechecked"), 3);

    window.act("revoke");
    let revoked = again(1, vec![of(&window.identifier); 30]);
    assert_eq!(revoked.len(), window::MOST_CHECKS);
    assert!(revoked.iter().all(|shown| shown.code() == "REVOKED"), "{revoked:?}");
    // of a day before, or of a time to come
    window.later(23 * 3600);
    assert_eq!(again(0, vec![of(&window.identifier)]).len(), 1);
    window.later(301);
    assert_eq!(again(0, vec![of(&window.identifier)]), []);
    let later = Moment::from_unix_seconds(window.counter.house.clock.now().unwrap().unix_seconds() + 301).unwrap();
    assert_eq!(again(0, vec![Recheck { at: later, ..of(&window.identifier) }]), []);
    let digests = [0, 1].map(|n: usize| window::clerk_digest(window.clerks[n].actor()));
    assert!(digests[0] != digests[1] && !digests[0].contains("liu"), "{digests:?}");
}

fn checks_of_prints_are_made_up_for(database: &Database) {
    let window = Window::open(database);
    let at = window.counter.house.clock.now().unwrap();
    let of = |handle: &str, shown| Recheck { handle: handle.parse().unwrap(), shown, at };
    let again = |checks: Vec<Recheck>| {
        let purpose = "接受检查".parse().unwrap();
        let checked =
            window.at_counter(|counter| window::recheck(counter, &window.clerks[0], checks, &purpose).unwrap());
        checked.into_iter().map(|one| (one.shown, one.licence)).collect::<Vec<_>>()
    };
    let unknown = "yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345";
    assert_eq!(
        again(vec![of(unknown, Shown::ValidOffline), of(&unknown.replace("yx.", "yx-"), Shown::ValidOffline)]),
        [(Shown::CodeUnknown, None), (Shown::CounterfeitSite, None)]
    );
    assert_eq!(window.audited("licence.rechecked"), 0, "of no licence that anybody knows");
    let print = format!("yx.example.gov.cn/C/{}", window.code);
    let whole = || Some(window.identifier.clone());
    // in force, and the paper was edited all the same
    assert_eq!(
        again(vec![of(&print, Shown::ValidOffline), of(&print, Shown::PrintDiffers)]),
        [(Shown::Valid, whole()), (Shown::PrintDiffers, whole())]
    );
    assert_eq!((window.audited("licence.checked"), window.audited("licence.rechecked")), (0, 2));
    window.later(60);
    window.act("revoke");
    let revoked = again(vec![of(&print, Shown::PrintDiffers), of(&print, Shown::ValidOffline)]);
    assert!(revoked.iter().all(|(shown, licence)| shown.code() == "REVOKED" && *licence == whole()), "{revoked:?}");
    for none in ["", "x", "yx.example.gov.cn/S/ABCDEFGHIJKLMNOPQRSTUV2345", "https://yx.example.gov.cn/C/ABC"] {
        assert!(none.parse::<window::Handle>().is_err(), "{none}");
    }
}

/// Whoever makes handles up is soon not answered, by whichever door; a silent register is nobody's miss.
fn checks_that_were_never_made_are_counted(database: &Database) {
    let window = Window::open(database);
    let at = window.counter.house.clock.now().unwrap();
    let purpose: Purpose = "接受检查".parse().unwrap();
    let of = |handle: &str| Recheck { handle: handle.parse().unwrap(), shown: Shown::ValidOffline, at };
    let ask = |clerk: usize, checks: Vec<Recheck>| {
        window.at_counter(|counter| {
            let checked = window::recheck(counter, &window.clerks[clerk], checks, &purpose)?;
            Ok::<_, PresentationError>(checked.into_iter().map(|one| one.shown).collect::<Vec<_>>())
        })
    };
    let elsewhere = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
    for _ in 0..4 {
        assert_eq!(ask(0, vec![of(elsewhere); 20]).unwrap(), [Shown::StandingUnknown; 20]);
    }
    let known: LicenceIdentifier = window.identifier.parse().unwrap();
    let made_up = |n: usize| {
        let (kind, issuer) = (known.type_code(), known.issuer().parse().unwrap());
        LicenceIdentifier::build(&kind, &issuer, &format!("ZZ{n:09}"), Version::FIRST).unwrap().to_string()
    };
    let print = |n: usize| format!("yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV22{}2", ["2", "3", "4", "5"][n % 4]);
    let guesses: Vec<Recheck> = (0..60).map(|n| of(&if n % 2 == 0 { made_up(n) } else { print(n) })).collect();
    let not_registered = Shown::NotInForce(StandingState::NotRegistered);
    let answers: Vec<Vec<Shown>> = guesses.chunks(20).map(|some| ask(0, some.to_vec()).unwrap()).collect();
    assert_eq!(answers[0][..2], [not_registered, Shown::CodeUnknown]);
    assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 10], "the rest is not answered");
    for (what, told) in [("a made-up one", ask(0, guesses)), ("a genuine one", ask(0, vec![of(&window.identifier)]))] {
        assert!(matches!(told, Err(PresentationError::TooMany { .. })), "{what}: {told:?}");
    }
    let scanned = window.at_counter(|counter| window::scan(counter, &window.clerks[0], &window.identifier, &purpose));
    assert!(matches!(scanned, Err(PresentationError::TooMany { .. })), "{scanned:?}");
    // nobody else is kept waiting, and nobody for long
    assert_eq!(ask(1, vec![of(&window.identifier)]).unwrap(), [Shown::Valid]);
    window.later(301);
    assert_eq!(ask(0, vec![of(&window.identifier)]).unwrap(), [Shown::Valid]);
}

fn a_kit_knows_the_printed_codes_that_ended(database: &Database) {
    let window = Window::open(database);
    let kit = || window.at_counter(|counter| window::kit(counter, &window.clerks[0]).unwrap());
    let ended = |kit: &window::Kit| {
        let mut found: Vec<_> = kit.prints.ended.iter().map(|one| (one.code.clone(), one.state, one.at)).collect();
        found.sort();
        found
    };
    let half = |code: &str| hex::encode(&yinxin_trust::sm::sm3::digest(code.as_bytes())[..16]);
    let now = || window.counter.house.clock.now().unwrap().unix_seconds();
    assert_eq!((kit().prints.known_from, ended(&kit())), (0, vec![]));

    window.later(60);
    window.act("suspend");
    let suspended = kit();
    assert_eq!(ended(&suspended), [(half(&window.code), "SUSPENDED", now())]);
    assert!(!serde_json::to_string(&suspended).unwrap().contains(&window.code));
    window.later(60);
    window.act("resume");
    assert_eq!(ended(&kit()), []);

    // a new version: the code of the old one counts no more, its own does
    window.later(60);
    let order = issue::Order { change_of: Some(window.identifier.clone()), ..food(1) };
    let issuer = &window.counter.house.issuer;
    let changed = issue::issue(issuer, &window.counter.house.may_issue(), &[order]).remove(0).unwrap();
    let codes = |kit: &window::Kit| ended(kit).into_iter().map(|(code, state, _)| (code, state)).collect::<Vec<_>>();
    assert_eq!(codes(&kit()), [(half(&window.code), "REPLACED")]);
    let by_identifier: Vec<_> = kit().ended.into_iter().map(|one| (one.licence, one.state)).collect();
    assert_eq!(by_identifier, [(half(&window.identifier), "REPLACED")]);
    // however long ago, unlike offline codes
    window.later(30 * 24 * 3600);
    assert_eq!(codes(&kit()), [(half(&window.code), "REPLACED")]);
    window.act("revoke");
    let mut both = [(half(&window.code), "REPLACED"), (half(&changed.code), "REVOKED")];
    both.sort();
    assert_eq!(codes(&kit()), both);
    // until everybody reads its end off the paper
    window.later(6 * 366 * 24 * 3600);
    assert_eq!(codes(&kit()), []);
}

/// However it is brought: by its printed code, its identifier, or as the file that was issued.
fn a_replaced_licence_leads_to_the_new_one(database: &Database) {
    let all = Window::open(database);
    let house = &all.counter.house;
    let asked = all.identifier.parse().unwrap();
    let old = document(&house.issuer, &house.may_read(), &asked, Form::Ofd).unwrap();
    let mut held = house.issuer.store.read(|conn| licences::of_holder(conn, "001", FOOD_HOLDER, 5)).unwrap();
    let (_, version) = held.remove(0);
    all.later(86_400);
    let change = Order { change_of: Some(all.identifier.clone()), ..food(1) };
    let newer = issue::issue(&house.issuer, &house.may_issue(), &[change]).remove(0).unwrap().identifier;
    assert_ne!(newer, all.identifier);
    let replaced = Shown::NotInForce(StandingState::Superseded);
    let by_file = all.at_counter(|counter| {
        let verified = Ok(counter.verifier.verify_keeping(&old, None).unwrap());
        let purpose = "接受检查".parse().unwrap();
        window::file(counter.issuer, &all.clerks[0], None, verified, &purpose).unwrap()
    });
    let address = format!("HTTPS://YX.EXAMPLE.GOV.CN/C/{}", version.code);
    for (what, seen) in
        [("code", all.scan(0, &address)), ("identifier", all.scan(0, &all.identifier)), ("file", by_file)]
    {
        assert_eq!((seen.shown, seen.shown.code()), (replaced, "REPLACED"), "{what}");
        let own = seen.own.unwrap();
        assert_eq!(own.standing.identifier, all.identifier, "{what}: it speaks of what was brought");
        assert_eq!(own.newer.as_deref(), Some(newer.as_str()), "{what}");
    }
    let seen = all.scan(0, &newer);
    assert_eq!((seen.shown, seen.own.unwrap().newer), (Shown::Valid, None));
}
