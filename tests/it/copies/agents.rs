//! Copies that an agent has made: where the delegation names them, for its matter, until its last day, and no longer
//! than it works.

use super::*;
use crate::{
    delegations::{AGENT, MATTER, STRANGER, day},
    support::register::{add_account, known_holder},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Barrier,
    thread,
};
use yinxin::{
    flow::{
        copies::{AgentOrder, CopyStep, recover},
        delegations::{self, DelegationError, NewDelegation, Told},
        issue::Recovered,
        kind::HasKind as _,
        shown::Shown,
        uses,
    },
    store::{audit, intents},
};
use yinxin_trust::{
    base::Limits,
    licence::metadata::Metadata,
    ofd::{Document, Package},
};

on_both!(
    a_copy_names_both_and_the_principal_sees_it,
    what_the_delegation_does_not_name_is_beyond_it,
    a_copy_ends_with_the_delegation,
    a_delegation_that_ends_meanwhile_makes_none,
    ending_and_making_at_once,
    what_a_crash_left_is_made_while_the_delegation_works,
);

/// A room in which somebody acts for the holder.
struct Mandate {
    room: Room,
    agent: Holder,
    stranger: Holder,
}

impl Mandate {
    fn open(database: &Database) -> Self {
        let room = Room::open(database);
        let [agent, stranger] = [("chen.min", AGENT), ("wang.wu", STRANGER)].map(|(login, of)| {
            let (store, now) = (&room.house().issuer.store, room.house().clock.now().unwrap());
            add_account(store, &room.counter.sign_in, login, of, now);
            known_holder(store, &room.counter.sign_in, login, now)
        });
        Self { room, agent, stranger }
    }

    /// Every field that can be shown of the licence.
    fn fields(&self) -> BTreeSet<String> {
        let offers = delegations::offered(&self.room.house().issuer, &self.room.holder, None).unwrap();
        offers[0].fields.iter().map(|field| field.name.clone()).collect()
    }

    fn give(&self, fields: BTreeSet<String>, copies: bool) -> Result<String, DelegationError> {
        let new = NewDelegation {
            agent_name: AGENT.2.to_owned(),
            agent_code: AGENT.1.to_owned(),
            fields: BTreeMap::from([(self.room.identifier.clone(), fields)]),
            matter: MATTER.to_owned(),
            copies,
            appointment: None,
            first: None,
            last: day("2026-12-18"),
        };
        let (issuer, desk) = (&self.room.house().issuer, &self.room.counter.desk);
        let id = delegations::give(issuer, desk, &self.room.holder, &new)?;
        delegations::answer(issuer, &self.agent, &id, true)?;
        Ok(id)
    }

    fn make(&self, by: &Holder, id: &str, until: &str, key: &str) -> Result<CopyMade, CopyError> {
        self.make_watched(by, id, (until, key), &|_| ())
    }

    fn make_watched(
        &self,
        by: &Holder,
        id: &str,
        (until, key): (&str, &str),
        watch: copies::CopyWatch<'_>,
    ) -> Result<CopyMade, CopyError> {
        let (issuer, identifier) = (&self.room.house().issuer, self.room.identifier.parse().unwrap());
        let order = AgentOrder { recipient: RECIPIENT.to_owned(), until: day(until) };
        copies::make_for(issuer, by, (id, &identifier), &order, (90, key), watch)
    }

    fn end(&self, id: &str) {
        delegations::end(&self.room.house().issuer, &self.room.holder, id).unwrap();
    }

    fn file(&self, by: &Holder, made: &CopyMade) -> Result<Vec<u8>, CopyError> {
        copies::document(&self.room.house().issuer, Asker::Holder(by), &made.id, Form::Ofd).map(|(_, octets)| octets)
    }

    fn is_settled(&self) -> bool {
        self.room.house().issuer.store.read(intents::count_open).unwrap() == 0
    }
}

fn a_copy_names_both_and_the_principal_sees_it(database: &Database) {
    let all = Mandate::open(database);
    let issuer = &all.room.house().issuer;
    let id = all.give(all.fields(), true).unwrap();
    let identifier = all.room.identifier.parse().unwrap();
    let offer = copies::offer_for(issuer, &all.agent, (&id, &identifier), 90).unwrap();
    assert_eq!((offer.matter.as_str(), offer.offer.latest), (MATTER, day("2026-12-18")));
    let made = all.make(&all.agent, &id, "2026-12-18", "k").unwrap();
    assert_eq!((made.purpose.as_str(), made.recipient.as_str()), (MATTER, RECIPIENT));
    assert_eq!(all.make(&all.agent, &id, "2026-12-18", "k").unwrap(), made, "the same key, the same copy");
    // both names on it, under the stamp
    let file = all.file(&all.agent, &made).unwrap();
    let package = Package::open(&file, &Limits::default()).unwrap();
    let document = Document::read(&package).unwrap();
    let stated = Metadata::read(document.licence_pairs().unwrap()).unwrap().copy.unwrap();
    assert_eq!(stated.creator, format!("演示市小满面馆（个体工商户）（代办人：{}）", AGENT.2));
    assert_eq!((stated.cause.as_str(), stated.expires_at.at_offset_hours(8).as_str()), (MATTER, "2026-12-18 23:59:59"));
    let page = String::from_utf8(package.read("Doc_0/Pages/Page_0/Content.xml").unwrap().to_vec()).unwrap();
    assert!(page.contains("代办人") && page.contains(AGENT.2));
    // for the matter, and for nothing else
    assert_eq!(all.room.bring(&file, MATTER).shown, Shown::Valid);
    assert_eq!(all.room.bring(&file, PURPOSE).shown, Shown::CopyForOtherPurpose);
    // the principal sees who had it made for whom, may see it, and is told
    assert_eq!(all.file(&all.room.holder, &made).unwrap(), file);
    let used = uses::of(issuer, &all.room.holder).unwrap();
    let [one] = used.as_slice() else { panic!("{used:?}") };
    assert_eq!((one.agent.as_deref(), one.copy.as_deref()), (Some(AGENT.2), Some(made.id.as_str())));
    assert_eq!((one.body.as_str(), one.purpose.as_str(), one.window.as_deref()), (RECIPIENT, MATTER, None));
    assert_eq!(one.fields.len(), all.fields().len());
    uses::object(issuer, &all.room.holder, &one.id, "我没有让他做").unwrap();
    let (cards, _) = copies::of(issuer, &all.room.holder).unwrap();
    assert_eq!((cards[0].agent.as_deref(), cards[0].is_own, cards[0].uses.len()), (Some(AGENT.2), false, 2));
    let told = delegations::notices(issuer, &all.room.holder).unwrap();
    let is_told = |what: &Told| matches!(what, Told::Copied { recipient, .. } if recipient == RECIPIENT);
    assert!(told.iter().any(|one| is_told(&one.what)) && !told.iter().any(|one| matches!(one.what, Told::Used { .. })));
    let whole = delegations::one(issuer, &all.agent, &id).unwrap();
    assert!(whole.card.copies && whole.uses[0].copy.as_ref().is_some_and(|copy| copy.id == made.id && copy.has_file));
    // and nobody else
    assert_eq!(all.file(&all.stranger, &made).unwrap_err().code(), "no_such_thing");
    assert!(copies::of(issuer, &all.agent).unwrap().0.is_empty() && uses::of(issuer, &all.agent).unwrap().is_empty());
    let rows = issuer.store.read(|conn| audit::list(conn, &all.room.house().body, (i64::MIN, 0), 500)).unwrap();
    let copied: Vec<_> = rows.iter().filter(|row| row.action == "licence.copied").collect();
    let detail: serde_json::Value = serde_json::from_slice(&copied[0].detail).unwrap();
    assert_eq!((copied.len(), copied[0].actor_id.as_str(), &detail["delegation"]), (1, all.agent.id(), &id.into()));
    let listed = copies::of_licence(issuer, &all.room.house().may_read(), &identifier).unwrap();
    assert!(listed[0].by_agent);
}

fn what_the_delegation_does_not_name_is_beyond_it(database: &Database) {
    let all = Mandate::open(database);
    let silent = all.give(all.fields(), false).unwrap();
    assert_eq!(all.make(&all.agent, &silent, "2026-12-01", "k").unwrap_err().code(), "delegation_beyond");
    // a copy shows the whole licence, so some fields are not enough
    let some = BTreeSet::from(["operator_name".to_owned()]);
    let refused = all.give(some, true).unwrap_err();
    let told: Vec<_> = refused.fields().into_iter().map(|one| (one.field, one.code)).collect();
    assert_eq!(told, [("copies".to_owned(), "wants_all_fields")]);
    let id = all.give(all.fields(), true).unwrap();
    // others, and the principal, hold it not
    for who in [&all.stranger, &all.room.holder] {
        assert_eq!(all.make(who, &id, "2026-12-01", "k").unwrap_err().code(), "no_such_thing");
    }
    assert_eq!(all.make(&all.agent, "none", "2026-12-01", "k").unwrap_err().code(), "no_such_thing");
    let other = issue::issue(&all.room.house().issuer, &all.room.house().may_issue(), &[food(2)]).remove(0).unwrap();
    let order = AgentOrder { recipient: RECIPIENT.to_owned(), until: day("2026-12-01") };
    let other = other.identifier.parse().unwrap();
    let beyond = copies::make_for(&all.room.house().issuer, &all.agent, (&id, &other), &order, (90, "k"), &|_| ());
    assert_eq!(beyond.unwrap_err().code(), "no_such_thing", "a licence that is not covered");
    // the holder's own keys are other keys
    all.room.make(&super::order("2026-12-01"), "k").unwrap();
    all.make(&all.agent, &id, "2026-12-01", "k").unwrap();
    assert!(all.is_settled());
}

fn a_copy_ends_with_the_delegation(database: &Database) {
    let all = Mandate::open(database);
    let id = all.give(all.fields(), true).unwrap();
    let late = all.make(&all.agent, &id, "2026-12-19", "k").unwrap_err();
    let told: Vec<_> = late.fields().into_iter().map(|one| (one.field, one.code)).collect();
    assert_eq!(told, [("until".to_owned(), "beyond_delegation")]);
    let made = all.make(&all.agent, &id, "2026-12-18", "k").unwrap();
    // taken back: the agent has no more of it, the same key included; the principal still sees what was made
    all.end(&id);
    assert_eq!(all.make(&all.agent, &id, "2026-12-18", "k").unwrap_err().code(), "delegation_over");
    assert_eq!(all.make(&all.agent, &id, "2026-12-18", "k2").unwrap_err().code(), "delegation_over");
    assert_eq!(all.file(&all.agent, &made).unwrap_err().code(), "no_such_thing");
    assert!(all.file(&all.room.holder, &made).is_ok());
    // past its last day likewise
    let id = all.give(all.fields(), true).unwrap();
    all.room.later(27 * 86_400);
    assert_eq!(all.make(&all.agent, &id, "2026-12-18", "k3").unwrap_err().code(), "delegation_over");
    assert!(all.is_settled());
}

fn a_delegation_that_ends_meanwhile_makes_none(database: &Database) {
    let all = Mandate::open(database);
    let id = all.give(all.fields(), true).unwrap();
    // drawn and rehearsed, and then it is taken back: the write that stores the intent asks once more
    let ended = all.make_watched(&all.agent, &id, ("2026-12-18", "k"), &|step| {
        assert_eq!(step, CopyStep::Rehearsed, "nothing is intended");
        all.end(&id);
    });
    assert_eq!(ended.unwrap_err().code(), "delegation_over");
    let issuer = &all.room.house().issuer;
    assert!(copies::of(issuer, &all.room.holder).unwrap().0.is_empty() && all.is_settled());
    assert!(uses::of(issuer, &all.room.holder).unwrap().is_empty());
}

fn ending_and_making_at_once(database: &Database) {
    let all = Mandate::open(database);
    let issuer = &all.room.house().issuer;
    for round in 0..4 {
        let id = all.give(all.fields(), true).unwrap();
        let before = copies::of(issuer, &all.room.holder).unwrap().0.len();
        let together = Barrier::new(2);
        let made = thread::scope(|scope| {
            let (all, id, together) = (&all, &id, &together);
            let ending = scope.spawn(move || {
                together.wait();
                all.end(id);
            });
            let made = all.make_watched(&all.agent, id, ("2026-12-18", &round.to_string()), &|step| {
                if step == CopyStep::Rehearsed {
                    together.wait();
                }
            });
            ending.join().unwrap();
            made
        });
        let after = copies::of(issuer, &all.room.holder).unwrap().0.len();
        match made {
            Ok(_) => assert_eq!(after, before + 1),
            Err(error) => assert_eq!((error.code(), after), ("delegation_over", before)),
        }
        assert_eq!(uses::of(issuer, &all.room.holder).unwrap().len(), after, "each has its use, and no more");
        assert!(all.is_settled());
    }
}

fn what_a_crash_left_is_made_while_the_delegation_works(database: &Database) {
    let all = Mandate::open(database);
    let issuer = &all.room.house().issuer;
    let gone = |id: &str, key: &str| {
        let gone = thread::scope(|scope| {
            let (all, id, key) = (&all, id.to_owned(), key.to_owned());
            let run = move || {
                let watch = |step| assert!(step != CopyStep::Intended, "gone");
                all.make_watched(&all.agent, &id, ("2026-12-18", &key), &watch).map(|_| ())
            };
            scope.spawn(run).join()
        });
        assert!(gone.is_err());
    };
    let id = all.give(all.fields(), true).unwrap();
    gone(&id, "k");
    assert_eq!(recover(issuer, 0).unwrap(), Recovered { finished: 1, ..Recovered::default() });
    assert_eq!(uses::of(issuer, &all.room.holder).unwrap().len(), 1);
    gone(&id, "k2");
    all.end(&id);
    assert_eq!(recover(issuer, 0).unwrap(), Recovered { voided: 1, ..Recovered::default() });
    assert_eq!(uses::of(issuer, &all.room.holder).unwrap().len(), 1);
    assert!(all.is_settled());
}
