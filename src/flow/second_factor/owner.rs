//! Whose second factor it is.

use crate::flow::access::{Actor, ActorKind, Caller, Holder, Place};

/// An account that signs in: a person of a body, or a holder. Made of who proved to be it.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    body: Option<String>,
    id: String,
    name: String,
    /// The device at which their session is.
    place: Option<Place>,
}

impl Owner {
    pub(in crate::flow) const fn person(body: String, id: String, name: String) -> Self {
        Self { body: Some(body), id, name, place: None }
    }

    pub(in crate::flow) const fn holder(id: String, name: String) -> Self {
        Self { body: None, id, name, place: None }
    }

    /// The same at a device.
    pub(in crate::flow) fn at(self, place: Option<Place>) -> Self {
        Self { place, ..self }
    }

    /// The device at which their session is.
    pub(in crate::flow) const fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The body of a person; a holder has none.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// Id of the account.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The kind as the register has it.
    pub(in crate::flow) const fn kind(&self) -> &'static str {
        self.actor_kind().as_str()
    }

    const fn actor_kind(&self) -> ActorKind {
        if self.body.is_some() { ActorKind::Person } else { ActorKind::Holder }
    }

    /// Who acts, as the audit writes it down.
    pub(in crate::flow) fn actor(&self) -> Actor {
        Actor::new(self.actor_kind(), self.id.clone(), self.name.clone()).at(self.place.clone())
    }
}

impl From<&Caller> for Owner {
    fn from(caller: &Caller) -> Self {
        let Actor { id, name, place, .. } = caller.actor().clone();
        Self::person(caller.body().to_owned(), id, name).at(place)
    }
}

impl From<&Holder> for Owner {
    fn from(holder: &Holder) -> Self {
        Self::holder(holder.id().to_owned(), holder.name().to_owned())
    }
}

impl std::fmt::Debug for Owner {
    /// Without the name, which is somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Owner").field("kind", &self.kind()).field("id", &self.id).finish_non_exhaustive()
    }
}
