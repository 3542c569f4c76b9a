//! An operator comes by two people: one proposes it, another compares the key.

use super::places::{FUYANG, Fuyang, Ouhai, Wanted};
use crate::support::database::Database;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, may},
        trust::{self, NewOperator, TrustError},
    },
};
use yinxin_trust::sm::sm3;

on_both!(one_proposes_and_another_pins, what_is_proposed_is_not_used, what_cannot_be_proposed);

fn key_sm3(operator: &NewOperator) -> String {
    hex::encode(sm3::digest(operator.key.spki()))
}

fn one_proposes_and_another_pins(database: &Database) {
    let fuyang = Fuyang::new();
    fuyang.make(&Wanted::sound());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let now = || ouhai.clock.now().unwrap();
    let digest = key_sm3(&fuyang.operator());
    let (zhang, li) = (ouhai.permit("zhang.san").unwrap(), ouhai.permit("li.si").unwrap());
    assert!(matches!(ouhai.permit("wang.wu"), Err(TrustError::Denied(_))), "a clerk may neither");
    let id = trust::propose_operator(&ouhai.store, &zhang, fuyang.operator(), now()).unwrap();
    let pin = |permit: &Permit<may::AcceptTrust>, digest: &str| trust::pin(&ouhai.store, permit, &id, digest, now());
    assert_eq!(pin(&zhang, &digest), Err(TrustError::OwnProposal));
    assert_eq!(pin(&li, ""), Err(TrustError::Digest));
    assert_eq!(pin(&li, &digest[..15]), Err(TrustError::Digest));
    let other = if digest.starts_with('0') { "1" } else { "0" }.to_owned() + &digest[1..];
    assert_eq!(pin(&li, &other), Err(TrustError::OtherKey));
    assert_eq!(trust::show(&ouhai.store, FUYANG).unwrap_err(), TrustError::NotFound, "it is not one yet");
    // as it is read out: in groups, in capitals
    let told = format!(" {} {}", digest[..8].to_uppercase(), &digest[8..20]);
    assert_eq!(pin(&li, &told), Ok(()));
    assert_eq!(pin(&li, &digest), Err(TrustError::NotFound), "once");
    let operator = trust::show(&ouhai.store, FUYANG).unwrap().operator;
    assert_eq!((operator.id, operator.added_by_id), (id, li.actor().id.clone()));
    assert_eq!(ouhai.actions(), ["trust.operator_proposed", "trust.operator_added"]);
    // and its lists go the way of all lists
    ouhai.refresh();
    let sm3 = ouhai.waits();
    ouhai.accept("zhang.san", &sm3).unwrap();
    ouhai.accept("li.si", &sm3).unwrap();
    assert!(ouhai.look());
}

fn what_is_proposed_is_not_used(database: &Database) {
    let fuyang = Fuyang::new();
    let list = fuyang.make(&Wanted::sound());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let now = || ouhai.clock.now().unwrap();
    let zhang = ouhai.permit("zhang.san").unwrap();
    let id = trust::propose_operator(&ouhai.store, &zhang, fuyang.operator(), now()).unwrap();
    ouhai.refresh();
    assert!(trust::list(&ouhai.store).unwrap().is_empty() && trust::in_use(&ouhai.store).unwrap().is_empty());
    let see = Permit::<may::SeeTrust>::of_operator(ouhai.body());
    let desk = trust::desk(&ouhai.store, &see, now()).unwrap();
    assert_eq!((desk.operators.len(), desk.proposals.len()), (0, 1));
    assert_eq!((desk.proposals[0].by.as_str(), desk.proposals[0].own), ("zhang.san", false));
    // anybody who may decide takes it away
    let li = ouhai.permit("li.si").unwrap();
    assert_eq!(trust::withdraw(&ouhai.store, &li, &id, now()), Ok(()));
    assert_eq!(trust::withdraw(&ouhai.store, &li, &id, now()), Err(TrustError::NotFound));
    let digest = key_sm3(&fuyang.operator());
    assert_eq!(trust::pin(&ouhai.store, &li, &id, &digest, now()), Err(TrustError::NotFound));
    // who may not sign in any more proposed nothing
    let id = trust::propose_operator(&ouhai.store, &zhang, fuyang.operator(), now()).unwrap();
    ouhai.disable("zhang.san");
    assert_eq!(trust::pin(&ouhai.store, &li, &id, &digest, now()), Err(TrustError::ProposerGone));
    assert!(trust::list(&ouhai.store).unwrap().is_empty());
    drop(list);
}

fn what_cannot_be_proposed(database: &Database) {
    let fuyang = Fuyang::new();
    fuyang.make(&Wanted::sound());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let zhang = ouhai.permit("zhang.san").unwrap();
    let propose =
        |operator| trust::propose_operator(&ouhai.store, &zhang, operator, ouhai.clock.now().unwrap()).map(drop);
    let named = |name: &str| NewOperator { name: name.to_owned(), ..fuyang.operator() };
    assert_eq!(propose(named("")), Err(TrustError::Name));
    let remote = Some("http://zz.example/trust-list.json".to_owned());
    assert!(matches!(propose(NewOperator { list_address: remote, ..named("a") }), Err(TrustError::Address(_))));
    assert_eq!(propose(named("a")), Ok(()));
    assert_eq!(propose(named("a")), Err(TrustError::NameTaken), "one waits");
    ouhai.add(named("b"));
    assert_eq!(propose(named("b")), Err(TrustError::NameTaken), "one is pinned");
    // added by the operator of the machine meanwhile
    ouhai.add(named("a"));
    let li = ouhai.permit("li.si").unwrap();
    let see = Permit::<may::SeeTrust>::of_operator(ouhai.body());
    let desk = trust::desk(&ouhai.store, &see, ouhai.clock.now().unwrap()).unwrap();
    let (id, digest) = (desk.proposals[0].operator.id.clone(), desk.proposals[0].key_sm3());
    let pinned = trust::pin(&ouhai.store, &li, &id, &digest, ouhai.clock.now().unwrap());
    assert_eq!(pinned, Err(TrustError::NameTaken));
    for n in 1..64 {
        assert_eq!(propose(named(&format!("n{n}"))), Ok(()));
    }
    assert_eq!(propose(named("one more")), Err(TrustError::TooManyProposals));
    assert_eq!(trust::key_in(b"no key").map_err(TrustError::from).unwrap_err().to_string().get(..4), Some("the "));
}
