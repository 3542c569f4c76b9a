//! Step 1: orders are read under the rules of their types.

use super::{
    Asked, IssueError, Outcome, Places,
    order::{self, Accepted, Order},
    photograph,
};
use crate::{
    flow::{issuer::Issuer, seals::SealInUse, succession::Term, types::LicenceType},
    store::{Conn, StoreError, catalogue, idempotency},
};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};
use yinxin_trust::{
    base::{Day, Moment},
    licence::{
        application::Grant,
        metadata::Element,
        state::{Act, ActKind},
    },
};

/// Reads all orders on one state of the register.
pub(super) fn read(issuer: &Issuer, all: &[Asked]) -> Places<Accepted> {
    let now = match issuer.clock.now() {
        Ok(now) => now,
        Err(error) => return all.iter().map(|_| Err(error.into())).collect(),
    };
    let accepted = issuer.store.read(|conn| {
        let mut reader = Reader::new(issuer, now);
        reader.look_up_keys(conn, all)?;
        Ok(all.iter().map(|asked| reader.accept(conn, asked.permit.body(), &asked.order)).collect())
    });
    // where the register cannot be read, each order fails by the same name
    accepted.unwrap_or_else(|error: StoreError| all.iter().map(|_| Err(error.clone().into())).collect())
}

/// Reads orders on one state of the register: what orders have in common is
/// asked for once.
pub(super) struct Reader<'i> {
    issuer: &'i Issuer,
    now: Moment,
    kinds: HashMap<(String, Day), Arc<LicenceType>>,
    seals: HashMap<(String, String, Day), Arc<SealInUse>>,
    grants: HashMap<(String, Day), Grant>,
    terms: HashMap<String, Term>,
    /// By body and key: `None` for a key that was looked up and is free.
    requests: HashMap<(String, String), Option<idempotency::Request>>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(issuer: &'i Issuer, now: Moment) -> Self {
        Self {
            issuer,
            now,
            kinds: HashMap::new(),
            seals: HashMap::new(),
            grants: HashMap::new(),
            terms: HashMap::new(),
            requests: HashMap::new(),
        }
    }

    /// Looks up the keys of all orders, each body's at once.
    fn look_up_keys(&mut self, conn: &mut Conn, all: &[Asked]) -> Result<(), StoreError> {
        let mut keys: HashMap<&str, Vec<&str>> = HashMap::new();
        for asked in all {
            let key = asked.order.idempotency_key.as_deref();
            keys.entry(asked.permit.body()).or_default().extend(key);
        }
        for (body, keys) in keys.into_iter().filter(|(_, keys)| !keys.is_empty()) {
            let found = idempotency::find_all(conn, body, &keys)?;
            self.requests.extend(keys.iter().map(|key| ((body.to_owned(), (*key).to_owned()), None)));
            self.requests
                .extend(found.into_iter().map(|found| ((found.body_id.clone(), found.key.clone()), Some(found))));
        }
        Ok(())
    }

    /// What became of a request.
    fn request(&self, conn: &mut Conn, body: &str, key: &str) -> Result<Option<idempotency::Request>, StoreError> {
        match self.requests.get(&(body.to_owned(), key.to_owned())) {
            Some(known) => Ok(known.clone()),
            None => idempotency::find(conn, body, key),
        }
    }

    /// One order.
    pub(super) fn accept(&mut self, conn: &mut Conn, body: &str, order: &Order) -> Result<Accepted, Outcome> {
        let digest = order::digest(order)?;
        if let Some(key) = &order.idempotency_key
            && let Some(request) = self.request(conn, body, key)?
        {
            return Err(order::repeated(&request, &digest));
        }
        let today = Day::in_beijing_at(self.now)?;
        let issued_on = order.issued_on.unwrap_or(today);
        self.still_decides(conn, body, today.max(issued_on))?;
        let kind = self.kind(conn, &order.type_code, issued_on)?;
        let seal = self.seal(conn, body, &order.type_code, issued_on)?;
        let effective_from = order.begins.unwrap_or(issued_on);
        let mut grant = Grant { begins: effective_from, ..self.grant(conn, body, issued_on)? };
        let mut data = order.data.clone();
        let changes = match &order.change_of {
            None => None,
            Some(identifier) => {
                let changes = order::changes(conn, &grant, body, order, identifier)?;
                // a change keeps number and first day
                grant.begins = changes.life.begins();
                if let Some(field) = kind.entry.field_that_fills(Element::Number) {
                    data.insert(field.name.clone(), changes.number.clone().into());
                }
                Some(changes)
            }
        };
        let application = order::application(&kind, &data, order, &grant)?;
        let photo = photograph::read(order.photo.as_deref())?;
        if let Some(changes) = &changes {
            let act = Act {
                kind: ActKind::Change { until: application.until() },
                decision: order.decision.by(&grant.body_code),
                effective_from,
                recorded_at: self.now,
            };
            changes.life.clone().record(act).map_err(IssueError::Act)?;
        }
        let order = order.clone();
        Ok(Accepted { order, digest, kind, seal, grant, application, photo, effective_from, changes })
    }

    /// Whether the body still decides on a day, or another took over.
    fn still_decides(&mut self, conn: &mut Conn, body: &str, day: Day) -> Result<(), IssueError> {
        match self.terms.entry(body.to_owned()) {
            Entry::Occupied(known) => known.get().holds_on(day),
            Entry::Vacant(place) => place.insert(Term::of(conn, body)?).holds_on(day),
        }
    }

    fn kind(&mut self, conn: &mut Conn, type_code: &str, on: Day) -> Result<Arc<LicenceType>, IssueError> {
        match self.kinds.entry((type_code.to_owned(), on)) {
            Entry::Occupied(known) => Ok(Arc::clone(known.get())),
            Entry::Vacant(place) => Ok(Arc::clone(place.insert(self.issuer.types.on(conn, type_code, on)?))),
        }
    }

    fn seal(&mut self, conn: &mut Conn, body: &str, type_code: &str, on: Day) -> Result<Arc<SealInUse>, IssueError> {
        let place = match self.seals.entry((body.to_owned(), type_code.to_owned(), on)) {
            Entry::Occupied(known) => return Ok(Arc::clone(known.get())),
            Entry::Vacant(place) => place,
        };
        let used = catalogue::use_on(conn, body, type_code, &on.to_string())?.ok_or(IssueError::NotIssued)?;
        let seal = self.issuer.seals.in_use(conn, self.issuer.keys.as_ref(), &used.seal_id, self.now)?;
        Ok(Arc::clone(place.insert(seal)))
    }

    fn grant(&mut self, conn: &mut Conn, body: &str, on: Day) -> Result<Grant, IssueError> {
        match self.grants.entry((body.to_owned(), on)) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(place) => Ok(place.insert(order::grant(conn, body, on, on)?).clone()),
        }
    }
}
