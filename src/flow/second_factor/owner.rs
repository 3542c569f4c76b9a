//! Whose second factor it is.

use crate::flow::access::{Actor, ActorKind, Caller, Holder};

/// An account that signs in: a person of a body, or a holder. Made of who proved to be it.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    body: Option<String>,
    id: String,
    name: String,
}

impl Owner {
    pub(in crate::flow) const fn person(body: String, id: String, name: String) -> Self {
        Self { body: Some(body), id, name }
    }

    pub(in crate::flow) const fn holder(id: String, name: String) -> Self {
        Self { body: None, id, name }
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
        Actor { kind: self.actor_kind(), id: self.id.clone(), name: self.name.clone() }
    }
}

impl From<&Caller> for Owner {
    fn from(caller: &Caller) -> Self {
        Self::person(caller.body().to_owned(), caller.actor().id.clone(), caller.actor().name.clone())
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
