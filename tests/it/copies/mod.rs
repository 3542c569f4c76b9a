//! Annotated copies: made, shown for their use and for another, ended, lost on the way; the flow on both back ends,
//! and the doors.

mod agents;
mod doors;
mod losses;
mod making;
mod shown;

use crate::{
    presentations::{Counter, FOOD_HOLDER, at_window::clerk},
    support::{
        database::Database,
        house::{House, decided, food},
    },
};
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Holder, Permit, may},
        act::{self, ActOrder},
        copies::{self, Asker, CopyError, CopyMade, CopyOrder},
        document::Form,
        issue,
        own_register::OwnRegister,
        verify::Verifier,
        window::{self, Seen},
    },
};
use yinxin_trust::base::Day;

pub(crate) const PURPOSE: &str = "参加校园配餐项目投标";
/// The body of the house, which is who will use the copies.
pub(crate) const RECIPIENT: &str = crate::support::house::BODY;

/// A house, a licence of it, its holder and a clerk.
struct Room {
    counter: Counter,
    identifier: String,
    holder: Holder,
    clerk: Permit<may::ServeAtWindow>,
}

pub(crate) fn order(until: &str) -> CopyOrder {
    CopyOrder { purpose: PURPOSE.to_owned(), recipient: RECIPIENT.to_owned(), until: Day::parse(until).unwrap() }
}

impl Room {
    fn open(database: &Database) -> Self {
        let counter = Counter::new(House::new(database).signing_answers().0);
        let house = &counter.house;
        let identifier = issue::issue(&house.issuer, &house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
        let holder = counter.holder("noodles", FOOD_HOLDER);
        let clerk = clerk(&counter, "liu.jing");
        Self { counter, identifier, holder, clerk }
    }

    fn house(&self) -> &House {
        &self.counter.house
    }

    fn make(&self, order: &CopyOrder, key: &str) -> Result<CopyMade, CopyError> {
        self.make_within(order, key, 90)
    }

    fn make_within(&self, order: &CopyOrder, key: &str, days: u32) -> Result<CopyMade, CopyError> {
        let identifier = self.identifier.parse().unwrap();
        copies::make(&self.house().issuer, &self.holder, &identifier, order, (days, key), &|_| ())
    }

    fn file(&self, made: &CopyMade, form: Form) -> Result<Vec<u8>, CopyError> {
        copies::document(&self.house().issuer, Asker::Holder(&self.holder), &made.id, form).map(|(_, octets)| octets)
    }

    fn verifier(&self) -> Verifier {
        let issuer = &self.house().issuer;
        issuer.verifier.clone().with_register(Arc::new(OwnRegister::new(Arc::clone(issuer), None)))
    }

    /// What a window that does `purpose` sees of a file.
    fn bring(&self, octets: &[u8], purpose: &str) -> Seen {
        let now = self.house().clock.now().unwrap();
        let verified = self.verifier().verify_keeping(&octets, Some(now));
        window::file(&self.house().issuer, &self.clerk, None, verified, &purpose.parse().unwrap()).unwrap()
    }

    fn act(&self, kind: &str) {
        let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None };
        act::act(&self.house().issuer, &self.house().may_act(), &self.identifier, &order).unwrap();
    }

    fn later(&self, seconds: i64) {
        self.house().clock.advance_seconds(seconds);
        self.house().renew_lists();
    }
}
