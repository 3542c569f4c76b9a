//! What is entered at a window: papers and guardians, decided on by a second person.

use super::{AGENT, CHILD, MATTER, Mandates, PRINCIPAL, day};
use crate::{
    presentations::Counter,
    support::{
        database::Database,
        house::{add_body, of_a_person},
        register::{PASSWORD, person},
    },
};
use std::collections::BTreeSet;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Caller, Permit, Role, may},
        delegations::{self, DelegationError, Named, NewGuardian, NewPaper, Told as Notice},
        issue,
        kind::HasKind as _,
        material::Material,
        people::Password,
        presentations::{self, Choice, PresentationError},
        shown::Shown,
        window::Told,
    },
};
use yinxin_trust::{
    delegation::{Basis, Beyond, DelegationRefusal, End, State},
    sm::sm3,
};

on_both!(
    a_paper_is_decided_on_by_another_and_named_as_weaker,
    a_registered_letter_rests_on_its_scan_alone,
    what_is_wrong_with_a_paper,
    a_guardian_acts_until_the_eighteenth_birthday,
    a_guardian_of_an_adult_acts_until_the_decision_ends,
    a_body_gives_no_more_than_it_keeps,
);

/// A field that is shown by consent alone.
const CONSENTED: &str = "business_premises";

fn caller(counter: &Counter, body: &str, login: &str, roles: &[Role]) -> Caller {
    let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
    person(store, &counter.sign_in, body, (login, login), roles, now);
    let password = Password::given(PASSWORD.into()).unwrap();
    let session = counter.sign_in.begin(store, login, &password, now).unwrap();
    counter.sign_in.caller(store, &session.secret, now).unwrap().unwrap()
}

/// The people of the office: a clerk who also decides, an officer, and an approver.
struct Office {
    clerk: Caller,
    officer: Caller,
    approver: Permit<may::DecideDelegations>,
}

fn office(all: &Mandates) -> Office {
    let body = &all.counter.house.body;
    Office {
        clerk: caller(&all.counter, body, "zhao.clerk", &[Role::Clerk, Role::Approver]),
        officer: caller(&all.counter, body, "sun.officer", &[Role::Officer]),
        approver: caller(&all.counter, body, "zhou.approver", &[Role::Approver]).permit().unwrap(),
    }
}

fn scan() -> Material {
    Material { name: "委托书.pdf".to_owned(), octets: b"%PDF-1.7 made up".to_vec() }
}

fn named((_, code, name): (&str, &str, &str)) -> Named {
    Named { name: name.to_owned(), code: code.to_owned() }
}

fn paper(all: &Mandates) -> NewPaper {
    NewPaper {
        basis: Basis::IdentityCard,
        principal_kind: PRINCIPAL.0.to_owned(),
        principal: named(PRINCIPAL),
        agent: named(AGENT),
        licences: BTreeSet::from([all.identifier.clone()]),
        with_consent: false,
        matter: MATTER.to_owned(),
        copies: false,
        last: day("2026-12-18"),
        document: scan(),
    }
}

fn a_paper_is_decided_on_by_another_and_named_as_weaker(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, office) = (&all.counter.house.issuer, office(&all));
    let id = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &paper(&all)).unwrap();
    let waiting = all.show(&id, &["operator_name"], MATTER);
    assert!(matches!(waiting, Err(PresentationError::Beyond(Beyond::NotInForce(State::Waiting)))));
    let by_agent = delegations::answer(issuer, &all.agent, &id, true);
    assert!(matches!(by_agent, Err(DelegationError::NotFound)), "a paper is not the agent's to accept");
    let own = delegations::decide(issuer, &office.clerk.permit().unwrap(), &id, true).unwrap_err();
    assert!(matches!(own, DelegationError::Refusal(DelegationRefusal::OwnEntry)), "{own}");
    let told = delegations::notices(issuer, &all.principal).unwrap();
    assert_eq!(told[0].what, Notice::Recorded, "the principal is told before it works");
    delegations::decide(issuer, &office.approver, &id, true).unwrap();

    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    let seen = all.scan(0, &shown.address, MATTER);
    let Some(Told::Presented { agent: Some(agent), .. }) = &seen.told else { panic!("{seen:?}") };
    assert!(seen.shown == Shown::Valid && agent.weaker && agent.basis_name.contains("比线上授权弱"), "{agent:?}");

    let see = office.clerk.permit().unwrap();
    let whole = delegations::recorded(issuer, &see, &id).unwrap();
    assert_eq!(whole.paper.sm3, sm3::digest(b"%PDF-1.7 made up"));
    assert_eq!((whole.entered.0.as_str(), whole.own), ("zhao.clerk", true));
    assert_eq!(whole.decided.map(|(who, _)| who).as_deref(), Some("zhou.approver"));
    assert_eq!(whole.ends, ["0042".to_owned(), "2212".to_owned()]);
    assert_eq!(delegations::paper(issuer, &see, &id).unwrap().octets, b"%PDF-1.7 made up");
    assert_eq!(delegations::desk(issuer, &see).unwrap().running.len(), 1);
    assert_eq!((all.audited("delegation.entered"), all.audited("delegation.answered")), (1, 1));

    // the principal came back
    let ends = office.officer.permit().unwrap();
    assert!(matches!(delegations::end_recorded(issuer, &ends, &id, " "), Err(DelegationError::Ground)));
    delegations::end_recorded(issuer, &ends, &id, "委托人到窗口收回").unwrap();
    assert!(all.show(&id, &["operator_name"], MATTER).is_err());
    assert_eq!(delegations::desk(issuer, &see).unwrap().ended[0].state, State::Ended(End::Revoked));
    // or ends it at home
    let again = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &paper(&all)).unwrap();
    delegations::decide(issuer, &office.approver, &again, true).unwrap();
    all.end(&all.principal, &again).unwrap();
    assert!(all.show(&again, &["operator_name"], MATTER).is_err());
    // what was refused never worked
    let third = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &paper(&all)).unwrap();
    delegations::decide(issuer, &office.approver, &third, false).unwrap();
    let over = delegations::decide(issuer, &office.approver, &third, true).unwrap_err();
    assert_eq!(over.code(), "delegation_over");
    // a body of another place neither sees nor decides
    let other = add_body(&issuer.store, "演示市第二局", "11990000MB0000027A");
    let stranger = caller(&all.counter, &other, "stranger", &[Role::Clerk, Role::Approver]);
    let theirs = delegations::recorded(issuer, &stranger.permit().unwrap(), &id);
    assert!(matches!(theirs, Err(DelegationError::NotFound)));
    let theirs = delegations::decide(issuer, &stranger.permit().unwrap(), &third, true);
    assert!(matches!(theirs, Err(DelegationError::NotFound)));
}

/// Nobody stood at the window: what was sent is kept, and named wherever it shows.
fn a_registered_letter_rests_on_its_scan_alone(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, office) = (&all.counter.house.issuer, office(&all));
    let letter = NewPaper { basis: Basis::Letter, ..paper(&all) };
    let id = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &letter).unwrap();
    let entered = delegations::recorded(issuer, &office.clerk.permit().unwrap(), &id).unwrap();
    assert!(entered.card.basis == Basis::Letter && entered.paper.sm3 == sm3::digest(&scan().octets));
    assert!(all.show(&id, &["operator_name"], MATTER).is_err(), "nobody approved");
    delegations::decide(issuer, &office.approver, &id, true).unwrap();
    let shown = all.show(&id, &["operator_name"], MATTER).unwrap();
    let seen = all.scan(0, &shown.address, MATTER);
    let Some(Told::Presented { agent: Some(agent), .. }) = &seen.told else { panic!("{seen:?}") };
    assert_eq!((seen.shown, agent.basis, agent.weaker), (Shown::Valid, "letter", true));
    assert!(agent.basis_name.contains("挂号信") && agent.basis_name.contains("比线上授权弱"), "{agent:?}");
    let other = all.scan(1, &all.show(&id, &["operator_name"], MATTER).unwrap().address, "房屋过户");
    assert_eq!(other.shown, Shown::AgentOtherMatter);
    let too_long = NewPaper { last: day("2027-11-22"), ..letter };
    let refused = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &too_long).unwrap_err();
    assert!(matches!(refused, DelegationError::Refusal(DelegationRefusal::TooLong { most_years: 1 })), "{refused}");
    // who was written for ends it at home
    all.end(&all.principal, &id).unwrap();
    assert!(all.show(&id, &["operator_name"], MATTER).is_err());
}

fn what_is_wrong_with_a_paper(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, office) = (&all.counter.house.issuer, office(&all));
    let enter = |new: NewPaper| delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &new).unwrap_err();
    let good = || paper(&all);
    let not_theirs = Named { name: "陈桂兰兰".to_owned(), ..named(PRINCIPAL) };
    assert!(matches!(enter(NewPaper { principal: not_theirs, ..good() }), DelegationError::Fields(_)));
    let typo = Named { code: "330106195507110043".to_owned(), ..named(PRINCIPAL) };
    assert!(matches!(enter(NewPaper { principal: typo, ..good() }), DelegationError::Principal));
    assert!(matches!(enter(NewPaper { agent: named(CHILD), ..good() }), DelegationError::NoAgent));
    assert!(matches!(enter(NewPaper { agent: named(PRINCIPAL), ..good() }), DelegationError::Oneself));
    assert!(matches!(enter(NewPaper { basis: Basis::Online, ..good() }), DelegationError::Paper));
    assert!(matches!(enter(NewPaper { licences: BTreeSet::new(), ..good() }), DelegationError::Scope(_)));
    let program = Material { octets: b"MZ".to_vec(), ..scan() };
    assert!(matches!(enter(NewPaper { document: program, ..good() }), DelegationError::Document));
    let long = enter(NewPaper { last: day("2027-11-22"), ..good() });
    assert!(matches!(long, DelegationError::Refusal(DelegationRefusal::TooLong { most_years: 1 })), "{long}");
    assert_eq!(all.audited("delegation.entered"), 0);
    // what goes with consent only is covered where the paper says so
    let covers = |with_consent| {
        let new = NewPaper { with_consent, ..good() };
        let id = delegations::enter_paper(issuer, &office.clerk.permit().unwrap(), &new).unwrap();
        delegations::decide(issuer, &office.approver, &id, true).unwrap();
        assert!(all.show(&id, &["operator_name"], MATTER).is_ok());
        all.show(&id, &[CONSENTED], MATTER).is_ok()
    };
    assert_eq!((covers(true), covers(false)), (true, false));
}

fn child(all: &Mandates) -> String {
    let order = of_a_person(&all.kind, 7, CHILD.2, CHILD.1);
    let house = &all.counter.house;
    issue::issue(&house.issuer, &house.may_issue(), &[order]).remove(0).unwrap().identifier
}

fn guardian(decided_until: Option<&str>, ward: (&str, &str, &str)) -> NewGuardian {
    NewGuardian {
        ward: named(ward),
        guardian: named(AGENT),
        decided_until: decided_until.map(day),
        document_number: "〔2026〕浙 0106 民特 1 号".to_owned(),
        document: scan(),
    }
}

fn a_guardian_acts_until_the_eighteenth_birthday(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, office) = (&all.counter.house.issuer, office(&all));
    let identifier = child(&all);
    let enter = |new: &NewGuardian| delegations::enter_guardian(issuer, &office.officer.permit().unwrap(), new);
    assert!(matches!(enter(&guardian(Some("2027-01-01"), CHILD)), Err(DelegationError::Ward)), "a minor comes of age");
    let id = enter(&guardian(None, CHILD)).unwrap();
    let choice = Choice { fields: vec!["operator_name".to_owned()], purpose: "入学报名".parse().unwrap() };
    let show = || {
        let (desk, of) = (&all.counter.desk, identifier.parse().unwrap());
        presentations::show_for(issuer, desk, &all.agent, &id, &of, &choice)
    };
    assert!(show().is_err(), "nobody approved");
    delegations::decide(issuer, &office.approver, &id, true).unwrap();
    let card = delegations::one(issuer, &all.agent, &id).unwrap().card;
    assert_eq!((card.basis, card.last, card.matter), (Basis::Minor, day("2030-09-14"), None));
    assert_eq!(card.covered.iter().map(|one| one.identifier.as_str()).collect::<Vec<_>>(), [&*identifier]);
    let shown = show().unwrap();
    let seen = all.scan(0, &shown.address, "随便什么事");
    assert_eq!(seen.shown, Shown::Valid, "whatever matter");
    let Some(Told::Presented { agent: Some(agent), .. }) = &seen.told else { panic!("{seen:?}") };
    assert_eq!((agent.basis, agent.weaker, agent.matter.as_deref()), ("minor", false, None));
    // the guardian has nothing of others by it
    let other = presentations::offer_for(issuer, &all.agent, &id, &all.identifier.parse().unwrap());
    assert!(matches!(other, Err(PresentationError::NotHeld)));
    let laid_down = all.end(&all.agent, &id).unwrap_err();
    assert!(matches!(laid_down, DelegationError::Refusal(DelegationRefusal::NotTheirs)), "{laid_down}");
    // 2030-09-15, from 2026-11-22 10:00
    all.counter.house.clock.advance_seconds(1393 * 86_400 - 10 * 3600);
    let over = show();
    assert!(matches!(over, Err(PresentationError::Beyond(Beyond::NotInForce(State::Ended(End::Expired))))), "{over:?}");
}

fn a_guardian_of_an_adult_acts_until_the_decision_ends(database: &Database) {
    let all = Mandates::open(database);
    let (issuer, office) = (&all.counter.house.issuer, office(&all));
    let enter = |new: &NewGuardian| delegations::enter_guardian(issuer, &office.officer.permit().unwrap(), new);
    assert!(matches!(enter(&guardian(None, PRINCIPAL)), Err(DelegationError::Ward)), "an adult by a decision");
    let unnumbered = NewGuardian { document_number: " ".to_owned(), ..guardian(Some("2027-01-31"), PRINCIPAL) };
    assert!(matches!(enter(&unnumbered), Err(DelegationError::Ground)));
    let id = enter(&guardian(Some("2027-01-31"), PRINCIPAL)).unwrap();
    delegations::decide(issuer, &office.approver, &id, true).unwrap();
    assert!(all.show(&id, &["operator_name", "signatory"], "领取补贴").is_ok());
    assert!(matches!(all.end(&all.principal, &id), Err(DelegationError::Refusal(DelegationRefusal::NotTheirs))));
    let card = delegations::one(issuer, &all.principal, &id).unwrap().card;
    assert_eq!((card.basis, card.last), (Basis::Ward, day("2027-01-31")));
    delegations::end_recorded(issuer, &office.clerk.permit().unwrap(), &id, "判决撤销监护").unwrap();
    assert!(all.show(&id, &["operator_name"], "领取补贴").is_err());
}

fn a_body_gives_no_more_than_it_keeps(database: &Database) {
    let all = Mandates::open(database);
    let issuer = &all.counter.house.issuer;
    let other = add_body(&issuer.store, "演示市第二局", "11990000MB0000027A");
    let clerk = caller(&all.counter, &other, "other.clerk", &[Role::Clerk]);
    let taken = delegations::enter_paper(issuer, &clerk.permit().unwrap(), &paper(&all)).unwrap_err();
    assert!(matches!(taken, DelegationError::Fields(_)), "{taken}");
    let officer = caller(&all.counter, &other, "other.officer", &[Role::Officer]);
    let approver = caller(&all.counter, &other, "other.approver", &[Role::Approver]);
    let of = guardian(Some("2027-01-31"), PRINCIPAL);
    let id = delegations::enter_guardian(issuer, &officer.permit().unwrap(), &of).unwrap();
    delegations::decide(issuer, &approver.permit().unwrap(), &id, true).unwrap();
    let shown = all.show(&id, &["operator_name"], "领取补贴");
    assert!(matches!(shown, Err(PresentationError::NotHeld)), "a licence of another body: {shown:?}");
    let card = delegations::one(issuer, &all.agent, &id).unwrap().card;
    assert!(card.state == State::InForce && card.covered.is_empty());
}
