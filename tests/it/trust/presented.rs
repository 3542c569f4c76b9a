//! A holder of Fuyang shows a licence at a window of another locality: each finds the other in its own lists.

use super::places::{Fuyang, Wanted, actor};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        house::{self, begin, food},
        register::{self, PASSWORD, person},
    },
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit, Role, may},
        issue::{self, IssueSettings},
        issuer::Issuer,
        people::{Password, SignIn},
        presentations::{Choice, Presentations, show},
        shown::Shown,
        trust::{self, NewOperator},
        uses,
        window::{self, Seen, Told},
    },
    store::audit,
};
use yinxin_face::Fonts;
use yinxin_trust::trust_list::AcceptancePolicy;

const HEFEI: &str = "合肥";
const FUYANG: &str = "阜阳";

/// The list of one locality in use at another.
pub(super) fn trusts(at: &Fuyang, operator: NewOperator, list: &trust::Published) {
    let (store, now) = (&at.house.issuer.store, at.house.clock.now().unwrap());
    let (permit, name): (Permit<may::ManageTrust>, _) = (Permit::of_operator(""), operator.name.clone());
    if trust::show(store, &name).is_err() {
        trust::add(store, &permit, operator, now).unwrap();
    }
    let operator = trust::show(store, &name).unwrap().operator;
    let policy = AcceptancePolicy::default();
    trust::offer(store, &operator, list, &actor(), &policy, now).unwrap();
    let sm3 = hex::encode(trust::show(store, &name).unwrap().proposed.unwrap().0.sm3());
    let sign_in = SignIn::new(1).unwrap();
    for login in ["zhang.san", "li.si"] {
        if yinxin::flow::people::find_by_login(store, &Permit::of_operator(&*at.house.body), &login.parse().unwrap())
            .is_err()
        {
            person(store, &sign_in, &at.house.body, (login, login), &[Role::SealKeeper], begin());
        }
        let password = Password::given(PASSWORD.into()).unwrap();
        let session = sign_in.begin(store, login, &password, now).unwrap();
        let caller = sign_in.caller(store, &session.secret, now).unwrap().unwrap();
        trust::accept(store, &caller.permit().unwrap(), &name, &sm3, &policy, now).unwrap();
    }
    at.house.issuer.verifier.replace_lists(trust::in_use(store).unwrap());
}

pub(super) struct Both {
    pub(super) fuyang: Fuyang,
    pub(super) hefei: Fuyang,
    /// The window of Hefei, whose codes stand on a site of their own.
    pub(super) window: Arc<Issuer>,
    holder: Holder,
}

impl Both {
    fn new() -> Self {
        Self::of(Fuyang::new(), Fuyang::new())
    }

    pub(super) fn of(fuyang: Fuyang, hefei: Fuyang) -> Self {
        let settings = IssueSettings { code_site: "zw.hefei.gov.cn.example".parse().unwrap(), ..house::settings() };
        let of = &hefei.house;
        let parts = (Arc::clone(&of.issuer.store), Arc::clone(&of.keys), Arc::clone(&of.clock) as _);
        let verifier = of.issuer.verifier.clone();
        let window = Issuer::new(parts.0, parts.1, parts.2, verifier, settings, Arc::new(Fonts::shipped()));
        let window = Arc::new(window.with_status_key(hefei.status_key.clone()));
        let holder =
            register::holder(&fuyang.house.issuer.store, &SignIn::new(8).unwrap(), "noodles", FOOD_HOLDER, begin());
        Self { fuyang, hefei, window, holder }
    }

    pub(super) fn hefei_trusts(&self, wanted: &Wanted) {
        let list = self.fuyang.make(wanted);
        trusts(&self.hefei, self.fuyang.operator(), &list);
    }

    pub(super) fn fuyang_trusts(&self) {
        let list = self.hefei.make(&Wanted::sound());
        trusts(&self.fuyang, NewOperator { name: HEFEI.to_owned(), ..self.hefei.operator() }, &list);
    }

    fn show(&self, n: u32) -> (String, String) {
        let issuer = &self.fuyang.house.issuer;
        let issued = issue::issue(issuer, &self.fuyang.house.may_issue(), &[food(n)]).remove(0).unwrap();
        let fields = ["operator_name", "signatory"].map(str::to_owned).to_vec();
        let choice = Choice { fields, purpose: "接受检查".parse().unwrap() };
        let shown =
            show(issuer, &Presentations::new(60, 24), &self.holder, &issued.identifier.parse().unwrap(), &choice);
        (shown.unwrap().address.to_string(), issued.identifier)
    }

    fn scan(&self, text: &str) -> Seen {
        self.scan_with(&self.window, text)
    }

    fn scan_with(&self, issuer: &Issuer, text: &str) -> Seen {
        let (verifier, presentations) = (&self.hefei.house.issuer.verifier, Presentations::new(60, 24));
        let counter = window::Counter { issuer, verifier, presentations: &presentations };
        let permit = Permit::of_operator(&*self.hefei.house.body);
        window::scan(&counter, &permit, text, &"跨省通办".parse().unwrap()).unwrap().remove(0)
    }
}

fn unanswered(seen: &Seen, words: &str) {
    assert!(seen.shown == Shown::TryLater && seen.identifier().is_none(), "{seen:?}");
    let Some(Told::Unanswered(sentence)) = &seen.told else { panic!("{seen:?}") };
    assert!(sentence.zh.contains(words), "{}", sentence.zh);
}

#[test]
fn a_code_of_another_localitys_holder_is_redeemed_there() {
    let mut both = Both::new();
    let (code, identifier) = both.show(1);
    assert_eq!(both.scan(&code).shown, Shown::CounterfeitSite, "nobody vouches for the site yet");
    both.hefei_trusts(&Wanted::sound());
    // Fuyang does not know who asks
    unanswered(&both.scan(&code), "没有登记");
    both.fuyang_trusts();

    let seen = both.scan(&code);
    assert_eq!(seen.shown, Shown::Valid, "{seen:?}");
    let Some(Told::Elsewhere(told)) = &seen.told else { panic!("{seen:?}") };
    assert_eq!((&*told.locality, &*told.presented.identifier), (FUYANG, &*identifier));
    let names: Vec<_> = told.presented.fields.iter().map(|field| &*field.name).collect();
    assert_eq!((names, &*told.presented.purpose), (vec!["operator_name", "signatory"], "接受检查"));
    assert_eq!(seen.identifier(), Some(&*identifier));
    assert_eq!(both.scan(&code).shown, Shown::Valid, "a scanner that reads twice");

    // once, and the holder sees who
    let issuer = &both.fuyang.house.issuer;
    let used = uses::of(issuer, &both.holder).unwrap();
    assert_eq!(used.len(), 1);
    assert_eq!(used[0].body, format!("{HEFEI}·{}", house::BODY));
    let rows = issuer.store.read(|c| audit::list(c, &both.fuyang.house.body, (i64::MIN, 0), 500)).unwrap();
    assert!(rows.iter().any(|row| row.action == "presentation.redeemed" && row.actor_kind == "outside"));
    let own = &both.hefei.house;
    let rows = own.issuer.store.read(|c| audit::list(c, &own.body, (i64::MIN, 0), 500)).unwrap();
    assert_eq!(rows.iter().filter(|row| row.action == "licence.checked").count(), 2);

    // suspended meanwhile
    both.fuyang.act_on(&identifier, "suspend");
    let suspended = both.scan(&code);
    assert_eq!(suspended.shown.code(), "SUSPENDED", "{suspended:?}");
    // what never was, and what has expired
    let never = both.scan("HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2345");
    assert!(never.shown == Shown::CodeExpired && never.told.is_none(), "{never:?}");
    for place in [&both.fuyang, &both.hefei] {
        place.house.clock.advance_seconds(61);
    }
    assert_eq!(both.scan(&code).shown, Shown::CodeExpired);

    // without a key nothing is asked
    let unsigned = Issuer::new(
        Arc::clone(&own.issuer.store),
        Arc::clone(&own.keys),
        Arc::clone(&own.clock) as _,
        own.issuer.verifier.clone(),
        both.window.settings.clone(),
        Arc::new(Fonts::shipped()),
    );
    assert_eq!(both.scan_with(&unsigned, &code).shown, Shown::CodeOfOthers);
    // its server goes down
    both.fuyang.stop();
    unanswered(&both.scan(&code), "没有答复");
}

#[test]
fn a_key_that_may_not_speak_for_the_licence_is_not_heard() {
    let both = Both::new();
    both.fuyang_trusts();
    both.hefei_trusts(&Wanted { status_scope: "regions = [\"11\"], from = \"2026-01-01\"", ..Wanted::sound() });
    let (code, _) = both.show(1);
    unanswered(&both.scan(&code), "验签");
    // the clocks apart by more than five minutes: their own question is none of now
    both.hefei_trusts(&Wanted::sound());
    both.hefei.house.clock.advance_seconds(400);
    unanswered(&both.scan(&both.show(2).0), "没有答复");
}
