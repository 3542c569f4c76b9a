//! Organisations: the legal representative, administrators, staff, and leaving.

use super::{AGENT, MATTER, Mandates, PRINCIPAL, STRANGER, account, day};
use crate::{
    presentations::FOOD_HOLDER,
    support::{
        database::Database,
        house::food,
        register::{add_holder, known_holder},
    },
};
use std::collections::BTreeMap;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Holder,
        delegations::{self, DelegationError, NewAdministrator, NewDelegation},
        issue,
        kind::HasKind as _,
        presentations::{self, Choice, PresentationError, Shown},
        shown::Shown as State,
        window::Told,
    },
};
use yinxin_trust::delegation::{Basis, DelegationRefusal, End, Party, State as Stage};

on_both!(administrators_appoint_staff_and_either_ends_it, leaving_ends_all, who_may_not_appoint);

/// A firm with a licence and its account, an administrator, somebody of the staff and a colleague.
struct Firm {
    all: Mandates,
    identifier: String,
    firm: Holder,
    /// The agent of [`Mandates`].
    administrator: Holder,
    /// The principal of [`Mandates`], who has nothing to do with the firm otherwise.
    staff: Holder,
    colleague: Holder,
}

impl Firm {
    fn open(database: &Database) -> Self {
        let all = Mandates::open(database);
        let house = &all.counter.house;
        let identifier = issue::issue(&house.issuer, &house.may_issue(), &[food(9)]).remove(0).unwrap().identifier;
        let (store, now) = (&house.issuer.store, house.clock.now().unwrap());
        add_holder(store, &all.counter.sign_in, "noodles", FOOD_HOLDER, now);
        let firm = known_holder(store, &all.counter.sign_in, "noodles", now);
        let colleague = account(&all.counter, "wang.wu", STRANGER);
        let (administrator, staff) = (all.agent.clone(), all.principal.clone());
        Self { all, identifier, firm, administrator, staff, colleague }
    }

    fn appoint(&self, by: &Holder, (_, code, name): (&str, &str, &str)) -> Result<String, DelegationError> {
        let new = NewAdministrator { name: name.to_owned(), code: code.to_owned(), last: day("2027-11-21") };
        delegations::appoint(&self.all.counter.house.issuer, &self.all.counter.desk, by, &new)
    }

    /// Appointed and accepted.
    fn administrator(&self) -> String {
        let id = self.appoint(&self.firm, AGENT).unwrap();
        self.answer(&self.administrator, &id);
        id
    }

    fn answer(&self, agent: &Holder, id: &str) {
        delegations::answer(&self.all.counter.house.issuer, agent, id, true).unwrap();
    }

    fn assign(
        &self,
        by: &Holder,
        appointment: Option<&str>,
        (_, code, name): (&str, &str, &str),
    ) -> Result<String, DelegationError> {
        let names = ["operator_name", "domicile"].map(str::to_owned);
        let new = NewDelegation {
            agent_name: name.to_owned(),
            agent_code: code.to_owned(),
            fields: BTreeMap::from([(self.identifier.clone(), names.into())]),
            matter: MATTER.to_owned(),
            copies: false,
            appointment: appointment.map(str::to_owned),
            first: Some(day("2026-11-23")),
            last: day("2026-12-31"),
        };
        delegations::give(&self.all.counter.house.issuer, &self.all.counter.desk, by, &new)
    }

    fn show(&self, agent: &Holder, id: &str) -> Result<Shown, PresentationError> {
        let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: MATTER.parse().unwrap() };
        let (issuer, desk) = (&self.all.counter.house.issuer, &self.all.counter.desk);
        presentations::show_for(issuer, desk, agent, id, &self.identifier.parse().unwrap(), &choice)
    }
}

fn administrators_appoint_staff_and_either_ends_it(database: &Database) {
    let firm = Firm::open(database);
    let issuer = &firm.all.counter.house.issuer;
    let appointment = firm.administrator();
    let id = firm.assign(&firm.administrator, Some(&appointment), PRINCIPAL).unwrap();
    firm.answer(&firm.staff, &id);
    assert!(firm.show(&firm.staff, &id).is_err(), "its first day is to come");
    firm.all.later(86_400);
    let shown = firm.show(&firm.staff, &id).unwrap();
    let seen = firm.all.scan(0, &shown.address, MATTER);
    assert_eq!(seen.shown, State::Valid);
    let Some(Told::Presented { agent: Some(agent), .. }) = &seen.told else { panic!("{seen:?}") };
    assert_eq!((agent.principal.as_str(), agent.agent.as_str()), ("演示市小满面馆", "**兰"), "a firm's name is whole");
    assert_eq!((agent.basis, agent.weaker), ("organisation", false));
    // an administrator shows nothing, but sees what staff did
    let own = firm.show(&firm.administrator, &appointment);
    assert!(matches!(own, Err(PresentationError::NotHeld)), "{own:?}");
    let whole = delegations::one(issuer, &firm.administrator, &id).unwrap();
    assert_eq!((whole.card.party, whole.uses.len()), (Party::Principal, 1));
    assert_eq!(delegations::staff(issuer, &firm.administrator, &appointment).unwrap().len(), 1);
    delegations::end(issuer, &firm.administrator, &id).unwrap();
    assert!(firm.show(&firm.staff, &id).is_err());
    // the legal representative as well, and the one who was appointed
    for by in [&firm.firm, &firm.staff] {
        let id = firm.assign(&firm.administrator, Some(&appointment), PRINCIPAL).unwrap();
        firm.answer(&firm.staff, &id);
        delegations::end(issuer, by, &id).unwrap();
        assert!(firm.show(&firm.staff, &id).is_err());
    }
    // an administrator who is none any more appoints and sees nothing
    delegations::end(issuer, &firm.firm, &appointment).unwrap();
    let assigned = firm.assign(&firm.administrator, Some(&appointment), PRINCIPAL);
    assert!(matches!(assigned, Err(DelegationError::NotFound)));
    assert!(matches!(delegations::one(issuer, &firm.administrator, &id), Err(DelegationError::NotFound)));
    assert!(matches!(delegations::staff(issuer, &firm.administrator, &appointment), Err(DelegationError::NotFound)));
}

fn leaving_ends_all(database: &Database) {
    let firm = Firm::open(database);
    let issuer = &firm.all.counter.house.issuer;
    let appointment = firm.administrator();
    let of_staff = firm.assign(&firm.administrator, Some(&appointment), PRINCIPAL).unwrap();
    let of_colleague = firm.assign(&firm.administrator, Some(&appointment), STRANGER).unwrap();
    let also_staff = firm.assign(&firm.firm, None, AGENT).unwrap();
    for (agent, id) in [(&firm.staff, &of_staff), (&firm.colleague, &of_colleague), (&firm.administrator, &also_staff)]
    {
        firm.answer(agent, id);
    }
    firm.all.later(86_400);
    // what the staff was given by others than the firm stays
    let private = firm.all.accepted(&["operator_name"]);
    let by_colleague = delegations::leave(issuer, &firm.colleague, &of_staff);
    assert!(matches!(by_colleague, Err(DelegationError::NotFound)));
    let second = firm.appoint(&firm.firm, STRANGER).unwrap();
    firm.answer(&firm.colleague, &second);
    let other_administrator = delegations::leave(issuer, &firm.colleague, &also_staff).unwrap_err();
    assert!(
        matches!(other_administrator, DelegationError::Refusal(DelegationRefusal::NotTheirs)),
        "one administrator does not end another: {other_administrator}"
    );
    assert!(firm.show(&firm.administrator, &also_staff).is_ok(), "and nothing of it was done");

    let code = firm.show(&firm.administrator, &also_staff).unwrap();
    assert_eq!(delegations::leave(issuer, &firm.firm, &appointment).unwrap(), 2);
    assert_eq!(firm.all.scan(0, &code.address, MATTER).shown, State::DelegationOver, "codes too");
    assert!(firm.show(&firm.administrator, &also_staff).is_err());
    let staff = delegations::staff(issuer, &firm.administrator, &appointment);
    assert!(matches!(staff, Err(DelegationError::NotFound)));
    assert!(firm.show(&firm.staff, &of_staff).is_ok(), "what they appointed others to is the firm's");
    assert_eq!(delegations::leave(issuer, &firm.colleague, &second).unwrap(), 2, "and by oneself");
    let card = delegations::one(issuer, &firm.firm, &of_colleague).unwrap().card;
    assert_eq!(card.state, Stage::Ended(End::LaidDown));
    let theirs = delegations::leave(issuer, &firm.all.agent, &private);
    assert!(matches!(theirs, Err(DelegationError::NotFound)), "of a person nobody leaves");
}

fn who_may_not_appoint(database: &Database) {
    let firm = Firm::open(database);
    let appointment = firm.administrator();
    let by_person = firm.appoint(&firm.staff, STRANGER).unwrap_err();
    assert_eq!((by_person.kind(), by_person.code()), (yinxin::flow::kind::Kind::Denied, "not_allowed"));
    assert!(matches!(
        firm.appoint(&firm.firm, ("001", FOOD_HOLDER, "演示市小满面馆")),
        Err(DelegationError::NotNatural)
    ));
    let further = firm.appoint(&firm.administrator, STRANGER);
    assert!(matches!(further, Err(DelegationError::NotAnOrganisation)), "an administrator makes no other");
    let oneself = firm.assign(&firm.administrator, Some(&appointment), AGENT);
    assert!(matches!(oneself, Err(DelegationError::Oneself)));
    let stolen = firm.assign(&firm.staff, Some(&appointment), STRANGER);
    assert!(matches!(stolen, Err(DelegationError::NotFound)), "by the appointment of another");
    // who holds a licence for the firm appoints nobody by it
    let id = firm.assign(&firm.administrator, Some(&appointment), PRINCIPAL).unwrap();
    firm.answer(&firm.staff, &id);
    let by_staff = firm.assign(&firm.staff, Some(&id), STRANGER);
    assert!(matches!(by_staff, Err(DelegationError::NotFound)));
    let card = delegations::one(&firm.all.counter.house.issuer, &firm.firm, &appointment).unwrap().card;
    assert_eq!((card.basis, card.covered.len()), (Basis::Administrator, 0));
}
