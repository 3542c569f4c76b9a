//! What the people see who decide about trust lists: whose lists are used, and what waits for whom.

use super::{
    Named, TrustError,
    members::{member_of, named},
    operators::{Shown, list, show},
    pinning::{MOST_PROPOSALS, Proposal},
};
use crate::{
    flow::access::{Permit, may},
    store::{
        Store,
        trust::{self, ListAcceptance},
        trust_pins,
    },
};
use yinxin_trust::{
    base::Moment,
    sm::sm3,
    trust_list::{AcceptancePolicy, Diff, Membership, SignedList},
};

/// Everything at once.
#[derive(Debug)]
pub struct Desk {
    /// Operators whose key is pinned, by name.
    pub operators: Vec<OperatorCard>,
    /// Those that wait for a second person, by name.
    pub proposals: Vec<Proposal>,
}

/// An operator in one line.
#[derive(Debug)]
pub struct OperatorCard {
    /// Its id.
    pub id: String,
    /// What it is called here.
    pub name: String,
    /// Its list in use.
    pub in_use: Option<ListCard>,
    /// The one that waits.
    pub waits: Option<(ListCard, Waiting)>,
    /// Why its lists cannot be read; none is used then.
    pub fault: Option<TrustError>,
}

/// A list in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListCard {
    /// The operator as the list says it.
    pub operator: String,
    /// Its territory.
    pub territory: String,
    /// Its number.
    pub sequence: u64,
    /// When it was made.
    pub issued: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// Whether that is missed.
    pub overdue: bool,
    /// How many services it names.
    pub services: usize,
    /// SM3 of its octets, hexadecimal.
    pub sm3: String,
}

/// Who decided so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many people accepted it.
    pub accepted_by: usize,
    /// Whether the one who looks did.
    pub own: bool,
}

/// An operator with its lists and what would change.
#[derive(Debug)]
pub struct OperatorWhole {
    /// The operator and its lists.
    pub shown: Shown,
    /// SM3 of its key, hexadecimal.
    pub key_sm3: String,
    /// The list in use.
    pub in_use: Option<ListCard>,
    /// Whose list names it and within what, or why that does not count any more; none where its key is pinned for itself.
    pub member: Option<Result<Membership, TrustError>>,
    /// How many services of the list that waits, or else of the one in use, claim more than another list grants.
    pub wider: usize,
    /// What its list in use names, where that may be followed.
    pub names: Vec<Named>,
    /// The list that waits, who decided, and what it would change or why it could not be accepted any more.
    pub waits: Option<(ListCard, Waiting, Result<Diff, TrustError>)>,
}

impl ListCard {
    fn of(signed: &SignedList, now: Moment) -> Self {
        let list = signed.list();
        Self {
            operator: list.operator().name.clone(),
            territory: list.operator().territory.to_string(),
            sequence: list.sequence(),
            issued: list.issued(),
            next_update: list.next_update(),
            overdue: list.is_outdated_at(now),
            services: list.services().len(),
            sm3: hex::encode(signed.sm3()),
        }
    }
}

impl Waiting {
    fn of(by: &[ListAcceptance], permit: &Permit<may::SeeTrust>) -> Self {
        Self { accepted_by: by.len(), own: by.iter().any(|one| one.person_id == permit.actor().id) }
    }
}

/// Whose lists are used, and what waits.
///
/// # Errors
/// What the register says.
pub fn desk(store: &Store, permit: &Permit<may::SeeTrust>, now: Moment) -> Result<Desk, TrustError> {
    let mut operators = Vec::new();
    for operator in list(store)? {
        let (id, name) = (operator.id, operator.name);
        operators.push(match show(store, &name) {
            Ok(shown) => OperatorCard {
                id,
                name,
                in_use: shown.accepted.as_ref().map(|list| ListCard::of(list, now)),
                waits: shown.proposed.as_ref().map(|(list, by)| (ListCard::of(list, now), Waiting::of(by, permit))),
                fault: None,
            },
            Err(TrustError::Store(error)) => return Err(error.into()),
            // one that cannot be read takes nothing from the others
            Err(fault) => OperatorCard { id, name, in_use: None, waits: None, fault: Some(fault) },
        });
    }
    let proposals = store.read(|conn| trust_pins::list(conn, MOST_PROPOSALS))?;
    let proposals = proposals.into_iter().map(|(operator, by)| {
        let own = operator.proposed_by == permit.actor().id;
        Proposal { operator, by, own }
    });
    Ok(Desk { operators, proposals: proposals.collect() })
}

/// One operator by its id, with everything that is to be decided on.
///
/// # Errors
/// [`TrustError::NotFound`]; [`TrustError::List`] where the register holds what the key did not sign.
pub fn whole(
    store: &Store,
    permit: &Permit<may::SeeTrust>,
    id: &str,
    policy: &AcceptancePolicy,
    now: Moment,
) -> Result<OperatorWhole, TrustError> {
    let operator = store.read(|conn| trust::operator(conn, id))?.ok_or(TrustError::NotFound)?;
    let shown = show(store, &operator.name)?;
    let changes = shown.changes(now, policy);
    let member = match member_of(store, &operator) {
        Ok(member) => member.map(Ok),
        Err(TrustError::Store(error)) => return Err(error.into()),
        Err(why) => Some(Err(why)),
    };
    let looked_at = shown.proposed.as_ref().map(|(list, _)| list).or(shown.accepted.as_ref());
    let wider = match (&member, looked_at) {
        (Some(Ok(member)), Some(list)) => member.wider(list).count(),
        _ => 0,
    };
    let names = match &shown.accepted {
        Some(list) if member.is_none() => named(store, list)?,
        _ => Vec::new(),
    };
    Ok(OperatorWhole {
        member,
        wider,
        names,
        key_sm3: hex::encode(sm3::digest(&operator.key)),
        in_use: shown.accepted.as_ref().map(|list| ListCard::of(list, now)),
        waits: shown.proposed.as_ref().map(|(list, by)| (ListCard::of(list, now), Waiting::of(by, permit), changes)),
        shown,
    })
}
