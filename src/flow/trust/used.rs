//! The lists that are in use.

use super::{
    TrustError,
    members::named_in,
    operators::{MOST_OPERATORS, checked, pinned},
};
use crate::{
    flow::resolver::fingerprint,
    store::{
        Store, StoreError,
        trust::{self, TrustOperator},
    },
};
use std::sync::Arc;
use yinxin_trust::{
    base::{Day, Moment},
    licence::identifier::LicenceIdentifier,
    trust_list::{Identity, Membership, Scope, Service, ServiceKey, ServiceKind, SignedList, Stated},
};

/// A list in use, and whose it is.
#[derive(Clone, Debug)]
pub struct ListInUse {
    /// As it was pinned.
    pub operator: TrustOperator,
    /// The list that two people accepted.
    pub list: Arc<SignedList>,
    /// By what other list it counts; none where its key is pinned for itself.
    pub member: Option<Arc<Membership>>,
}

impl ListInUse {
    /// Whether the register of its locality can be asked.
    pub fn has_register(&self) -> bool {
        self.operator.status_address.is_some()
    }

    /// Whether a service of the list covers the licence of an identifier on a day, within what another list grants. An
    /// issuing body code that is no credit code is covered by scopes that name neither bodies nor regions.
    fn covers(&self, service: &Service, licence: &LicenceIdentifier, on: Option<Day>) -> bool {
        within([&service.scope].into_iter().chain(self.granted()), licence, on)
    }

    /// The keys of its granted status services; of those that cover a licence, where one is named.
    pub(in crate::flow) fn status_keys(&self, licence: Option<&LicenceIdentifier>, now: Moment) -> Vec<ServiceKey> {
        let on = Day::in_beijing_at(now).ok();
        let services = self.list.list().services_at(ServiceKind::Status, now);
        let covering = services.filter(|service| licence.is_none_or(|asked| self.covers(service, asked, on)));
        let keys = covering.filter_map(|service| match &service.identity {
            Identity::Key(key) => Some((**key).clone()),
            Identity::Certificate(_) | Identity::Host(_) => None,
        });
        keys.collect()
    }

    /// Its granted status service's key of that fingerprint.
    pub(in crate::flow) fn status_key(&self, key: &str, now: Moment) -> Option<ServiceKey> {
        self.status_keys(None, now).into_iter().find(|known| fingerprint(known) == key)
    }

    /// Within which scope another list lets it count.
    pub(super) fn granted(&self) -> Option<&Scope> {
        self.member.as_ref().map(|member| member.scope())
    }
}

/// All lists in use, each checked again against the pinned key: first those whose key is pinned for itself, then those
/// that count because one of the first names them; each by the names of their operators.
///
/// # Errors
/// What the register says; [`TrustError::List`] where it holds what the key did not sign.
pub fn in_use(store: &Store) -> Result<Vec<ListInUse>, TrustError> {
    let found = store.read(|conn| {
        let mut found = Vec::new();
        for operator in trust::operators(conn, MOST_OPERATORS)? {
            if let Some(list) = trust::list_in(conn, &operator.id, trust::ACCEPTED)? {
                found.push((operator, list));
            }
        }
        Ok::<_, StoreError>(found)
    })?;
    let mut lists = Vec::new();
    let mut named = Vec::new();
    for (operator, list) in found {
        let list = Arc::new(checked(&list, &pinned(&operator)?)?);
        let used = ListInUse { operator, list, member: None };
        if used.operator.named_by.is_none() { &mut lists } else { &mut named }.push(used);
    }
    // what is pinned here comes first and is not overridden
    let direct = lists.len();
    for used in named {
        let pinned_here = lists.iter().take(direct).any(|known| known.operator.key == used.operator.key);
        let naming =
            lists.iter().take(direct).find(|known| used.operator.named_by.as_ref() == Some(&known.operator.id));
        match naming.map(|naming| named_in(&naming.list, &used.operator)) {
            Some(Ok(member)) if !pinned_here => lists.push(ListInUse { member: Some(Arc::new(member)), ..used }),
            Some(Err(error)) => {
                tracing::warn!(operator = used.operator.name, %error, "a trust list does not count any more");
            }
            _ => {
                tracing::warn!(operator = used.operator.name, "a trust list is named by none in use, or pinned itself")
            }
        }
    }
    Ok(lists)
}

/// Whether all scopes cover the licence of an identifier on a day.
pub(super) fn within<'a>(
    scopes: impl IntoIterator<Item = &'a Scope>,
    asked: &LicenceIdentifier,
    on: Option<Day>,
) -> bool {
    let stated = Stated { body: asked.issuer().parse().ok(), licence_type: Some(asked.type_code()) };
    scopes.into_iter().all(|scope| scope.covers(&stated, on).is_ok())
}
