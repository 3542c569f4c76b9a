//! Every step of every state by everybody, on both databases.

use crate::support::{
    database::Database,
    house::{self, CONSTRUCTION, FOOD, House},
};
use std::collections::BTreeMap;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Caller, Permit, Role, may},
        applications::{self, ActEntry, ApplicationError, Approved, DecisionEntry, Entered, LicenceEntry, State},
        audit,
        people::{self, NewPerson, Password, SignIn},
        standing,
    },
};

on_both!(
    every_step_from_every_state,
    nobody_decides_on_their_own,
    another_bodys_applications_are_not_there,
    everything_wrong_is_told_at_once_and_nothing_is_taken,
    an_act_goes_the_same_way,
    approving_again_issues_once
);

/// A house with people who sign in.
struct Staffed {
    house: House,
    sign_in: SignIn,
}

impl Staffed {
    fn new(database: &Database) -> Self {
        Self { house: House::new(database), sign_in: SignIn::new(8).unwrap() }
    }

    fn caller(&self, body: &str, login: &str, roles: &[Role]) -> Caller {
        let (store, now) = (&self.house.issuer.store, self.house.clock.now().unwrap());
        let password = || "a long password".to_owned();
        let person = NewPerson {
            login: login.parse().unwrap(),
            name: login.to_owned(),
            password: Password::chosen(password()).unwrap(),
            roles: roles.iter().copied().collect(),
        };
        people::create(store, &Permit::of_operator(body), self.sign_in.passwords(), person, now).unwrap();
        let given = Password::given(password()).unwrap();
        let session = self.sign_in.begin(store, login, &given, now).unwrap();
        self.sign_in.caller(store, &session.secret, now).unwrap().unwrap()
    }

    /// Who enters, and who approves.
    fn two(&self) -> (Permit<may::Apply>, Permit<may::Approve>) {
        let officer = self.caller(&self.house.body, "sun.jian", &[Role::Officer]);
        let approver = self.caller(&self.house.body, "zhou.wen", &[Role::Approver]);
        (officer.permit().unwrap(), approver.permit().unwrap())
    }

    fn state(&self, id: &str) -> State {
        let sees = self.caller_sees();
        applications::find(&self.house.issuer, &sees, id).unwrap().card.state
    }

    fn caller_sees(&self) -> Permit<may::SeeWork> {
        Permit::of_operator(&*self.house.body)
    }

    fn actions(&self) -> Vec<String> {
        let auditor = Permit::of_operator(&*self.house.body);
        let rows = audit::list(&self.house.issuer.store, &auditor, (0, 0), 500).unwrap();
        rows.into_iter()
            .map(|row| row.action)
            .filter(|action| !action.starts_with("person") && !action.starts_with("session"))
            .collect()
    }
}

fn decision() -> DecisionEntry {
    let decided = house::decided();
    DecisionEntry {
        document_number: decided.document_number,
        legal_basis: decided.legal_basis,
        decided_on: decided.decided_on.to_string(),
    }
}

fn food(n: u32) -> Entered {
    let order = house::food(n);
    Entered::Licence(LicenceEntry {
        type_code: order.type_code,
        data: order.data,
        choices: order.choices,
        holder_code_type: order.holder_code_type,
        photo: order.photo,
        decision: decision(),
    })
}

fn revocation(identifier: &str) -> Entered {
    let kind = "revoke".to_owned();
    let identifier = identifier.to_owned();
    Entered::Act(ActEntry { identifier, kind, decision: decision(), effective_from: String::new() })
}

fn every_step_from_every_state(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let (officer, approver) = staffed.two();
    // each state of an application of its own, reached by the steps themselves
    for (n, state) in (1..).zip([State::Draft, State::Submitted, State::Returned, State::Issued]) {
        let reach = |number: u32| {
            let id = applications::enter(issuer, &officer, &food(number)).unwrap();
            if state != State::Draft {
                applications::submit(issuer, &officer, &id).unwrap();
            }
            match state {
                State::Returned => applications::send_back(issuer, &approver, &id, "少了一份材料").unwrap(),
                State::Issued => drop(applications::approve(issuer, &approver, &id, "").unwrap()),
                _ => {}
            }
            assert_eq!(staffed.state(&id), state);
            id
        };
        let (may_correct, may_decide) = (matches!(state, State::Draft | State::Returned), state == State::Submitted);
        let held = |outcome: Result<(), ApplicationError>, allowed: bool, what: &str| match outcome {
            Ok(()) => assert!(allowed, "{what} from {state:?}"),
            Err(ApplicationError::State(at)) => assert!(!allowed && at == state, "{what} from {state:?}"),
            Err(other) => panic!("{what} from {state:?}: {other}"),
        };
        let id = reach(n * 10);
        held(applications::correct(issuer, &officer, &id, &food(n * 10)), may_correct, "correct");
        held(applications::submit(issuer, &officer, &id), may_correct, "submit");
        let id = reach(n * 10 + 1);
        held(applications::approve(issuer, &approver, &id, "").map(drop), may_decide, "approve");
        let id = reach(n * 10 + 2);
        held(applications::send_back(issuer, &approver, &id, "请改"), may_decide, "send back");
    }
}

fn nobody_decides_on_their_own(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let both = staffed.caller(&staffed.house.body, "both", &[Role::Officer, Role::Approver]);
    let other = staffed.caller(&staffed.house.body, "other", &[Role::Officer, Role::Approver]);
    let (enters, decides) = (both.permit::<may::Apply>().unwrap(), both.permit::<may::Approve>().unwrap());
    let id = applications::enter(issuer, &enters, &food(1)).unwrap();
    applications::submit(issuer, &enters, &id).unwrap();
    let refused = applications::approve(issuer, &decides, &id, "").unwrap_err();
    assert!(matches!(refused, ApplicationError::OwnWork), "{refused}");
    let refused = applications::send_back(issuer, &decides, &id, "x").unwrap_err();
    assert!(matches!(refused, ApplicationError::OwnWork), "{refused}");
    assert_eq!(staffed.state(&id), State::Submitted);
    // nor does anybody but them correct it, nor anything that is no person enter or decide
    let refused = applications::correct(issuer, &other.permit().unwrap(), &id, &food(1)).unwrap_err();
    assert!(matches!(refused, ApplicationError::NotYours), "{refused}");
    let operator = Permit::<may::Approve>::of_operator(&*staffed.house.body);
    let refused = applications::approve(issuer, &operator, &id, "").unwrap_err();
    assert!(matches!(refused, ApplicationError::NotAPerson), "{refused}");
    assert!(matches!(applications::approve(issuer, &other.permit().unwrap(), &id, "").unwrap(), Approved::Licence(_)));
    let expected = [
        "application.entered",
        "application.submitted",
        "application.approved",
        "licence.stamped",
        "application.issued",
    ];
    let actions = staffed.actions();
    assert_eq!(actions[actions.len() - expected.len()..], expected);
}

fn another_bodys_applications_are_not_there(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let (officer, approver) = staffed.two();
    let other = house::add_body(&issuer.store, "演示市城乡建设局", "11990000MB0000027A");
    let stranger = staffed.caller(&other, "stranger", &[Role::Officer, Role::Approver]);
    let id = applications::enter(issuer, &officer, &food(1)).unwrap();
    applications::submit(issuer, &officer, &id).unwrap();
    let gone = |error: ApplicationError| assert!(matches!(error, ApplicationError::NotFound), "{error}");
    gone(applications::find(issuer, &stranger.permit().unwrap(), &id).unwrap_err());
    gone(applications::preview(issuer, &stranger.permit().unwrap(), &id).unwrap_err());
    gone(applications::correct(issuer, &stranger.permit().unwrap(), &id, &food(1)).unwrap_err());
    gone(applications::submit(issuer, &stranger.permit().unwrap(), &id).unwrap_err());
    gone(applications::approve(issuer, &stranger.permit().unwrap(), &id, "").unwrap_err());
    gone(applications::send_back(issuer, &stranger.permit().unwrap(), &id, "x").unwrap_err());
    let Approved::Licence(issued) = applications::approve(issuer, &approver, &id, "").unwrap() else { panic!() };
    gone(applications::enter(issuer, &stranger.permit().unwrap(), &revocation(&issued.identifier)).unwrap_err());
    gone(applications::form(issuer, &stranger.permit().unwrap(), FOOD).unwrap_err());
    let desk = applications::desk(issuer, &stranger.permit().unwrap()).unwrap();
    assert!(desk.to_approve.is_empty() && desk.issued.is_empty());
    assert!(applications::search(issuer, &stranger.permit().unwrap(), &issued.number).unwrap().is_empty());
    assert_eq!(applications::search(issuer, &staffed.caller_sees(), &issued.number).unwrap().len(), 1);
}

fn everything_wrong_is_told_at_once_and_nothing_is_taken(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let (officer, approver) = staffed.two();
    let order = house::construction();
    let mut entry =
        LicenceEntry { type_code: CONSTRUCTION.to_owned(), data: order.data.clone(), ..LicenceEntry::default() };
    entry.data.remove("enterprise_name");
    entry.data.insert("credit_code".into(), "11100000MB0143028X".into());
    let id = applications::enter(issuer, &officer, &Entered::Licence(entry)).unwrap();
    let ApplicationError::Faults(faults) = applications::submit(issuer, &officer, &id).unwrap_err() else { panic!() };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    for field in [
        "enterprise_name",
        "credit_code",
        "choices.issuing_level",
        "decision.document_number",
        "decision.legal_basis",
        "decision.decided_on",
    ] {
        assert!(fields.contains(&field), "{field} in {fields:?}");
    }
    assert_eq!(staffed.state(&id), State::Draft);
    // put right it holds; looking at it takes no number
    let choices: BTreeMap<_, _> = order.choices.clone();
    let right = LicenceEntry {
        type_code: CONSTRUCTION.to_owned(),
        data: order.data,
        choices,
        holder_code_type: None,
        photo: None,
        decision: decision(),
    };
    applications::correct(issuer, &officer, &id, &Entered::Licence(right)).unwrap();
    for _ in 0..3 {
        let png = applications::preview(issuer, &staffed.caller_sees(), &id).unwrap();
        assert!(png.starts_with(b"\x89PNG") && png.len() > 20_000);
    }
    applications::submit(issuer, &officer, &id).unwrap();
    let whole = applications::find(issuer, &staffed.caller_sees(), &id).unwrap();
    assert!(whole.face.iter().any(|(title, _, by_rule)| title == "发证机关" && *by_rule), "{:?}", whole.face);
    let Approved::Licence(issued) = applications::approve(issuer, &approver, &id, "同意").unwrap() else { panic!() };
    assert!(issued.number.ends_with("000001"), "{}", issued.number);
}

fn an_act_goes_the_same_way(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let (officer, approver) = staffed.two();
    let id = applications::enter(issuer, &officer, &food(1)).unwrap();
    applications::submit(issuer, &officer, &id).unwrap();
    let Approved::Licence(issued) = applications::approve(issuer, &approver, &id, "").unwrap() else { panic!() };
    let public = |state: &str| {
        assert_eq!(standing::by_code(issuer, &issued.code, None).unwrap().state, state);
    };
    staffed.house.clock.advance_seconds(60);
    let [first, second] =
        [(); 2].map(|()| applications::enter(issuer, &officer, &revocation(&issued.identifier)).unwrap());
    for act in [&first, &second] {
        applications::submit(issuer, &officer, act).unwrap();
    }
    public("in_force");
    assert_eq!(applications::approve(issuer, &approver, &first, "").unwrap(), Approved::Act(issued.identifier.clone()));
    public("revoked");
    // the second does not hold any more: nothing of its approval is kept
    let refused = applications::approve(issuer, &approver, &second, "").unwrap_err();
    assert!(matches!(&refused, ApplicationError::Faults(faults) if faults[0].field == "kind"), "{refused}");
    assert_eq!(staffed.state(&second), State::Submitted);
    applications::send_back(issuer, &approver, &second, "已经吊销").unwrap();
    let actions = staffed.actions();
    let approvals = actions.iter().filter(|action| *action == "application.approved").count();
    assert_eq!((approvals, actions.iter().filter(|action| *action == "licence.act").count()), (2, 1), "{actions:?}");
    let revoke = Entered::Act(ActEntry {
        kind: "transfer_out".into(),
        ..match revocation(&issued.identifier) {
            Entered::Act(entry) => entry,
            Entered::Licence(_) => panic!(),
        }
    });
    let id = applications::enter(issuer, &officer, &revoke).unwrap();
    assert!(matches!(applications::submit(issuer, &officer, &id), Err(ApplicationError::Faults(_))));
}

fn approving_again_issues_once(database: &Database) {
    let staffed = Staffed::new(database);
    let issuer = &staffed.house.issuer;
    let (officer, approver) = staffed.two();
    let id = applications::enter(issuer, &officer, &food(1)).unwrap();
    applications::submit(issuer, &officer, &id).unwrap();
    let Approved::Licence(first) = applications::approve(issuer, &approver, &id, "").unwrap() else { panic!() };
    // as after a crash between the licence and the last write
    let (body, of) = (staffed.house.body.clone(), id.clone());
    let step = yinxin::store::applications::Step {
        state: "approved".into(),
        decided_by: None,
        decided_at: None,
        remark: None,
        licence_id: None,
    };
    let done = issuer.store.write(move |conn| yinxin::store::applications::advance(conn, &body, &of, "issued", &step));
    assert_eq!(done, Ok(true));
    let refused = applications::send_back(issuer, &approver, &id, "迟了").unwrap_err();
    assert!(matches!(refused, ApplicationError::BeingSigned), "{refused}");
    let Approved::Licence(again) = applications::approve(issuer, &approver, &id, "").unwrap() else { panic!() };
    assert_eq!(first, again);
    assert_eq!(staffed.state(&id), State::Issued);
}
