//! What bodies say to what holders have against uses: once, with a reason, and not by whoever used the licence.

use super::{Counter, FOOD_HOLDER, code_of};
use crate::support::{
    database::Database,
    house::{House, add_body, food},
    register::{PASSWORD, person},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Caller, Holder, Role},
        issue,
        kind::HasKind as _,
        objections::{self, AnswerError, Ruling},
        people::Password,
        uses,
    },
    store::audit,
};

on_both!(an_objection_is_answered_once_and_the_holder_reads_it, who_used_the_licence_does_not_decide);

struct Place {
    counter: Counter,
    holder: Holder,
    identifier: String,
}

impl Place {
    fn open(database: &Database) -> Self {
        let counter = Counter::new(House::new(database));
        let issuer = &counter.house.issuer;
        let identifier = issue::issue(issuer, &counter.house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
        let holder = counter.holder("noodles", FOOD_HOLDER);
        Self { counter, holder, identifier }
    }

    fn caller(&self, body: &str, login: &str, roles: &[Role]) -> Caller {
        let (store, now) = (&self.counter.house.issuer.store, self.counter.house.clock.now().unwrap());
        person(store, &self.counter.sign_in, body, (login, login), roles, now);
        let password = Password::given(PASSWORD.into()).unwrap();
        let session = self.counter.sign_in.begin(store, login, &password, now).unwrap();
        self.counter.sign_in.caller(store, &session.secret, now).unwrap().unwrap()
    }

    /// A use by a caller, to which the holder objects; its id.
    fn objected(&self, by: &Caller) -> String {
        let code = code_of(&self.counter.show(&self.holder, &self.identifier, &["operator_name"]).unwrap());
        self.counter.redeem(&by.permit().unwrap(), &code, "scan-0001").unwrap();
        let issuer = &self.counter.house.issuer;
        let used = uses::of(issuer, &self.holder).unwrap().remove(0).id;
        uses::object(issuer, &self.holder, &used, "我那天没有去。").unwrap();
        used
    }
}

fn an_objection_is_answered_once_and_the_holder_reads_it(database: &Database) {
    let place = Place::open(database);
    let (issuer, own) = (&place.counter.house.issuer, place.counter.house.body.clone());
    let elsewhere = add_body(&issuer.store, "邻市政务服务中心", "11990000MB0000019F");
    let used = place.objected(&place.caller(&elsewhere, "liu.jing", &[Role::Clerk]));
    let (approver, officer) =
        (place.caller(&own, "zhou.wen", &[Role::Approver]), place.caller(&own, "sun.jian", &[Role::Officer]));
    let stranger = place.caller(&elsewhere, "zhao.liu", &[Role::Approver]);
    assert!(officer.permit::<yinxin::flow::access::may::AnswerObjections>().is_err());

    let cases = objections::desk(issuer, &officer.permit().unwrap()).unwrap().cases;
    let [case] = &cases[..] else { panic!("{cases:?}") };
    assert_eq!((&*case.words, &*case.used_by, case.is_own), ("我那天没有去。", "邻市政务服务中心", false));
    assert!(case.answer.is_none() && case.fields.len() == 1);
    assert_eq!(objections::waiting(issuer, &officer.permit().unwrap()).unwrap(), 1);
    // of another body nothing is there
    assert!(objections::desk(issuer, &stranger.permit().unwrap()).unwrap().cases.is_empty());
    let answer = |by: &Caller, ruling: &str, reason: &str| {
        objections::answer(issuer, &by.permit().unwrap(), &used, (ruling, reason))
    };
    assert!(matches!(answer(&stranger, "upheld", "查过了"), Err(AnswerError::NotFound)));
    for (ruling, reason) in [("", "查过了"), ("perhaps", "查过了"), ("upheld", " "), ("upheld", &"证".repeat(501))]
    {
        assert!(matches!(answer(&approver, ruling, reason), Err(AnswerError::Words)), "{ruling} {reason}");
    }
    answer(&approver, "upheld", "查过了，\r\n是窗口的差错。").unwrap();
    assert_eq!(answer(&approver, "rejected", "再说").unwrap_err().code(), "objection_answered");

    let told = uses::of(issuer, &place.holder).unwrap().remove(0).objection.unwrap().answer.unwrap();
    assert_eq!((told.ruling, &*told.reason), (Ruling::Upheld, "查过了，\n是窗口的差错。"));
    let case = objections::one(issuer, &officer.permit().unwrap(), &used).unwrap();
    assert_eq!((case.answer, case.answered_by.as_deref()), (Some(told), Some("zhou.wen")));
    assert_eq!(objections::waiting(issuer, &officer.permit().unwrap()).unwrap(), 0);
    let rows = issuer.store.read(|c| audit::list(c, &own, (i64::MIN, 0), 500)).unwrap();
    let line = rows.iter().find(|row| row.action == "objection.answered").unwrap();
    assert!(line.actor_kind == "person" && !String::from_utf8_lossy(&line.detail).contains("差错"));
}

fn who_used_the_licence_does_not_decide(database: &Database) {
    let place = Place::open(database);
    let (issuer, own) = (&place.counter.house.issuer, place.counter.house.body.clone());
    let both = place.caller(&own, "liu.jing", &[Role::Clerk, Role::Approver]);
    let used = place.objected(&both);
    let case = objections::one(issuer, &both.permit().unwrap(), &used).unwrap();
    assert!(case.is_own);
    let refused = objections::answer(issuer, &both.permit().unwrap(), &used, ("rejected", "没有问题"));
    assert!(matches!(refused, Err(AnswerError::Own)));
    let other = place.caller(&own, "zhou.wen", &[Role::Approver]);
    objections::answer(issuer, &other.permit().unwrap(), &used, ("rejected", "没有问题")).unwrap();
}
