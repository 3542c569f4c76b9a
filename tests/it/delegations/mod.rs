//! Delegations: somebody shows the licences of somebody else, within a scope, until it ends.

mod given;
mod organisations;
mod recorded;
mod statement;

use crate::{
    presentations::{Counter, at_window::clerk, code_of},
    support::{
        database::Database,
        house::{House, of_a_person, person_type},
        register::{add_account, known_holder},
    },
};
use std::collections::BTreeMap;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit, may},
        delegations::{self, DelegationError, NewDelegation},
        issue,
        presentations::{self, Choice, PresentationError, Redeemed, RedemptionOrder, Shown},
        window::{self, Seen},
    },
    store::audit,
};
use yinxin_trust::base::Day;

/// Whose licences they are, and who acts for them: kind, number and name.
pub(crate) const PRINCIPAL: (&str, &str, &str) = ("111", "330106195507110042", "陈桂兰");
pub(crate) const AGENT: (&str, &str, &str) = ("111", "330106198802032212", "陈敏");
/// Born 2012-09-15.
pub(crate) const CHILD: (&str, &str, &str) = ("111", "330106201209150028", "陈乐");
/// Somebody who has nothing to do with them.
pub(crate) const STRANGER: (&str, &str, &str) = ("111", "330106199001013331", "王五");

pub(crate) const MATTER: &str = "公交优待卡办理";

/// A house with a licence of the principal, the accounts of both, and two clerks.
struct Mandates {
    counter: Counter,
    identifier: String,
    /// The type of licences that people hold.
    kind: String,
    principal: Holder,
    agent: Holder,
    clerks: [Permit<may::ServeAtWindow>; 2],
}

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

impl Mandates {
    fn open(database: &Database) -> Self {
        let counter = Counter::new(House::new(database));
        let issuer = &counter.house.issuer;
        let kind = person_type(&counter.house);
        let order = of_a_person(&kind, 1, PRINCIPAL.2, PRINCIPAL.1);
        let identifier = issue::issue(issuer, &counter.house.may_issue(), &[order]).remove(0).unwrap().identifier;
        let [principal, agent] =
            [("chen.guilan", PRINCIPAL), ("chen.min", AGENT)].map(|(login, of)| account(&counter, login, of));
        let clerks = ["liu.jing", "wang.fang"].map(|login| clerk(&counter, login));
        Self { counter, identifier, kind, principal, agent, clerks }
    }

    fn wanted(&self, fields: &[&str]) -> NewDelegation {
        let names = fields.iter().map(|name| (*name).to_owned()).collect();
        NewDelegation {
            agent_name: AGENT.2.to_owned(),
            agent_code: AGENT.1.to_owned(),
            fields: BTreeMap::from([(self.identifier.clone(), names)]),
            matter: MATTER.to_owned(),
            copies: false,
            appointment: None,
            first: None,
            last: day("2026-12-18"),
        }
    }

    fn give(&self, new: &NewDelegation) -> Result<String, DelegationError> {
        delegations::give(&self.counter.house.issuer, &self.counter.desk, &self.principal, new)
    }

    /// Given and accepted; its id.
    fn accepted(&self, fields: &[&str]) -> String {
        let id = self.give(&self.wanted(fields)).unwrap();
        delegations::answer(&self.counter.house.issuer, &self.agent, &id, true).unwrap();
        id
    }

    fn end(&self, by: &Holder, id: &str) -> Result<(), DelegationError> {
        delegations::end(&self.counter.house.issuer, by, id)
    }

    /// What the agent shows.
    fn show(&self, id: &str, fields: &[&str], purpose: &str) -> Result<Shown, PresentationError> {
        let choice = Choice {
            fields: fields.iter().map(|name| (*name).to_owned()).collect(),
            purpose: purpose.parse().unwrap(),
        };
        let (issuer, desk) = (&self.counter.house.issuer, &self.counter.desk);
        presentations::show_for(issuer, desk, &self.agent, id, &self.identifier.parse().unwrap(), &choice)
    }

    fn scan(&self, clerk: usize, text: &str, purpose: &str) -> Seen {
        let purpose = purpose.parse().unwrap();
        let scan = |counter: &window::Counter<'_>| window::scan(counter, &self.clerks[clerk], text, &purpose);
        self.counter.at_window(scan).unwrap().remove(0)
    }

    /// Redeems by the interface for other systems.
    fn redeem(&self, shown: &Shown, purpose: Option<&str>) -> Result<Redeemed, PresentationError> {
        let order = RedemptionOrder {
            code: code_of(shown),
            scan_id: "scan-0001".to_owned(),
            window: Some("3 号窗口".to_owned()),
            purpose: purpose.map(str::to_owned),
            disclosure: false,
        };
        let scanner = self.counter.scanner(&self.counter.house.body);
        presentations::redeem(&self.counter.house.issuer, &self.counter.desk, &scanner, &order)
    }

    fn audited(&self, action: &str) -> usize {
        let (store, body) = (&self.counter.house.issuer.store, &self.counter.house.body);
        let rows = store.read(|conn| audit::list(conn, body, (i64::MIN, 0), 500)).unwrap();
        rows.iter().filter(|row| row.action == action).count()
    }

    fn later(&self, seconds: i64) {
        self.counter.house.clock.advance_seconds(seconds);
        self.counter.house.renew_lists();
    }
}

/// An account that signs in.
fn account(counter: &Counter, login: &str, of: (&str, &str, &str)) -> Holder {
    let (store, now) = (&counter.house.issuer.store, counter.house.clock.now().unwrap());
    add_account(store, &counter.sign_in, login, of, now);
    known_holder(store, &counter.sign_in, login, now)
}
