//! Lists that come: fetched or brought in, checked, and proposed. None is taken by itself.

use super::{
    TrustError,
    members::member_of,
    operators::{checked, pinned},
};
use crate::{
    flow::{
        access::Actor,
        audit,
        line::{Line, With},
    },
    random,
    store::{
        Store, StoreError,
        trust::{self, StoredList, TrustOperator},
    },
};
use serde_json::json;
use std::time::Duration;
use yinxin_trust::{
    base::Moment,
    trust_list::{AcceptancePolicy, Diff, MemberLists, News, Refusal, SignedList, TrustListLimits, accept},
};

/// For a whole request: a list may have 32 MiB.
const PATIENCE: Duration = Duration::from_secs(30);

/// Octets of a signature.
const SIGNATURE_LIMIT_BYTES: u64 = 1 << 10;

/// What a list's name ends with, and what that of its signature ends with.
const LIST_END: &str = ".json";
const SIGNATURE_END: &str = ".sig";

/// A list and its signature as they were published.
#[derive(Clone, Debug)]
pub struct Published {
    /// The list.
    pub octets: Vec<u8>,
    /// The signature over it, DER.
    pub signature: Vec<u8>,
}

/// What became of a list that came.
#[derive(Debug)]
pub enum Offered {
    /// It is the one in use. When its next update was due, where that is missed.
    InUse(Option<Moment>),
    /// It is in use from now on: an accepted list names its operator, and the policy follows those.
    Followed {
        /// The list.
        list: Box<SignedList>,
        /// What it changed.
        diff: Diff,
    },
    /// It waits for people: since now, or before.
    Proposed {
        /// The list.
        list: Box<SignedList>,
        /// What it would change.
        diff: Diff,
        /// Whether it waited already.
        waited: bool,
    },
}

/// Fetches a list and its signature: the address ends with `.json`, that of the
/// signature is the same with `.sig`.
///
/// # Errors
/// [`TrustError::Address`], [`TrustError::Fetch`].
pub fn fetch(address: &str) -> Result<Published, TrustError> {
    let stem = address.strip_suffix(LIST_END);
    let stem = stem.ok_or_else(|| TrustError::Fetch(format!("{address}: the address of a list ends with .json")))?;
    let get = |address: &str, limit: u64| {
        let got = Line::new(address, PATIENCE)?.get("", With::default(), "etag", limit);
        match got.map_err(|why| TrustError::Fetch(format!("{address}: {why}")))? {
            got if got.status == 200 => Ok(got.octets),
            got => Err(TrustError::Fetch(format!("{address}: status {}", got.status))),
        }
    };
    let octets = get(address, TrustListLimits::default().octets as u64)?;
    let signature = get(&format!("{stem}{SIGNATURE_END}"), SIGNATURE_LIMIT_BYTES)?;
    Ok(Published { octets, signature })
}

/// Fetches the list of an operator and offers it.
///
/// # Errors
/// [`TrustError`].
pub fn refresh(
    store: &Store,
    operator: &TrustOperator,
    actor: &Actor,
    policy: &AcceptancePolicy,
    now: Moment,
) -> Result<Offered, TrustError> {
    let address = operator.list_address.as_deref().ok_or(TrustError::NoAddress)?;
    offer(store, operator, &fetch(address)?, actor, policy, now)
}

/// Checks a list against the pinned key and the known lists, and proposes it where it
/// brings something. What is refused stands in the audit by its word.
///
/// # Errors
/// [`TrustError`].
pub fn offer(
    store: &Store,
    operator: &TrustOperator,
    published: &Published,
    actor: &Actor,
    policy: &AcceptancePolicy,
    now: Moment,
) -> Result<Offered, TrustError> {
    let judged = judge(store, operator, published, policy, now);
    match judged {
        Ok(Judged::Offered(offered)) => Ok(offered),
        Ok(Judged::New(new)) => keep(store, operator, *new, actor, now),
        Err(TrustError::Store(error)) => Err(error.into()),
        Err(refused) => {
            let (actor, subject, id) = (actor.clone(), operator.name.clone(), operator.id.clone());
            let detail = json!({ "operator": id, "refusal": refused.to_string() });
            store.write(move |conn| audit::record(conn, None, &actor, "trust.list_refused", &subject, &detail, now))?;
            Err(refused)
        }
    }
}

enum Judged {
    Offered(Offered),
    New(Box<New>),
}

/// A list that was not there, and the state of the register in which it was judged.
struct New {
    list: SignedList,
    diff: Diff,
    known: Option<StoredList>,
    waiting: Option<StoredList>,
    /// Whether it is taken without people.
    follows: bool,
}

fn judge(
    store: &Store,
    operator: &TrustOperator,
    published: &Published,
    policy: &AcceptancePolicy,
    now: Moment,
) -> Result<Judged, TrustError> {
    let key = pinned(operator)?;
    // what is named no more is not looked at either
    let is_member = member_of(store, operator)?.is_some();
    let list = SignedList::verify(&published.octets, &published.signature, &key, &TrustListLimits::default())?;
    let (known, waiting, same, refused) = store.read(|conn| {
        let known = trust::list_in(conn, &operator.id, trust::ACCEPTED)?;
        let waiting = trust::list_in(conn, &operator.id, trust::PROPOSED)?;
        let same = trust::list_by_sm3(conn, &operator.id, list.sm3())?;
        Ok::<_, StoreError>((known, waiting, same, trust::list_in(conn, &operator.id, trust::REFUSED)?))
    })?;
    let accepted = known.as_ref().map(|list| checked(list, &key)).transpose()?;
    let acceptance = accept(accepted.as_ref(), &list, now, policy)?;
    if acceptance.news == News::Nothing {
        return Ok(Judged::Offered(Offered::InUse(acceptance.missed_update)));
    }
    let diff = diff_of(acceptance.news);
    match same.as_ref().map(|same| same.state.as_str()) {
        None => {}
        Some(trust::PROPOSED) => {
            return Ok(Judged::Offered(Offered::Proposed { list: Box::new(list), diff, waited: true }));
        }
        Some(trust::REFUSED) => return Err(TrustError::RefusedBefore),
        // it was proposed once, and a later one took its place
        Some(_) => return Err(rolled_back(waiting.as_ref(), &list)),
    }
    // an older list takes no place from the one that people look at
    if waiting.as_ref().is_some_and(|waiting| waiting.sequence >= sequence(&list)) {
        return Err(rolled_back(waiting.as_ref(), &list));
    }
    // what people took out of use does not come back by itself
    let may_follow = known.is_some() || refused.is_none();
    let follows = is_member && may_follow && policy.member_lists == MemberLists::Follow;
    Ok(Judged::New(Box::new(New { list, diff, known, waiting, follows })))
}

fn rolled_back(waiting: Option<&StoredList>, list: &SignedList) -> TrustError {
    let known = waiting.and_then(|waiting| u64::try_from(waiting.sequence).ok());
    let offered = list.list().sequence();
    TrustError::Refused(Refusal::RolledBack { known: known.unwrap_or(offered), offered })
}

/// At most 2^53-1, as every sequence of a list.
fn sequence(list: &SignedList) -> i64 {
    i64::try_from(list.list().sequence()).unwrap_or(i64::MAX)
}

/// What is new about a list.
pub(super) fn diff_of(news: News) -> Diff {
    match news {
        News::Nothing => Diff::default(),
        News::First(diff) | News::Later(diff) => diff,
    }
}

fn keep(store: &Store, operator: &TrustOperator, new: New, actor: &Actor, now: Moment) -> Result<Offered, TrustError> {
    let New { list, diff, known, waiting, follows } = new;
    let row = StoredList {
        id: random::id()?,
        operator_id: operator.id.clone(),
        sequence: sequence(&list),
        sm3: list.sm3().to_vec(),
        octets: list.octets().to_vec(),
        signature: list.signature(),
        received_at: now.unix_milliseconds(),
        state: if follows { trust::ACCEPTED } else { trust::PROPOSED }.to_owned(),
    };
    let action = if follows { "trust.list_followed" } else { "trust.list_proposed" };
    let (actor, name) = (actor.clone(), operator.name.clone());
    let detail = json!({
        "operator": operator.id,
        "sequence": row.sequence,
        "sm3": hex::encode(&row.sm3),
        "changes": diff.changes.len(),
    });
    let ids = |list: &Option<StoredList>| list.as_ref().map(|list| list.id.clone());
    let judged_by = (ids(&known), ids(&waiting));
    store.write(move |conn| {
        let known = trust::list_in(conn, &row.operator_id, trust::ACCEPTED)?;
        let waiting = trust::list_in(conn, &row.operator_id, trust::PROPOSED)?;
        if (ids(&known), ids(&waiting)) != judged_by {
            return Err(TrustError::Changed);
        }
        if let Some(known) = known.filter(|_| follows) {
            trust::set_list_state(conn, &known.id, trust::ACCEPTED, trust::REPLACED)?;
        }
        if let Some(waiting) = waiting {
            trust::set_list_state(conn, &waiting.id, trust::PROPOSED, trust::REPLACED)?;
        }
        if !trust::insert_list(conn, &row)? {
            return Err(TrustError::Changed);
        }
        Ok(audit::record(conn, None, &actor, action, &name, &detail, now)?)
    })?;
    let list = Box::new(list);
    Ok(if follows { Offered::Followed { list, diff } } else { Offered::Proposed { list, diff, waited: false } })
}
