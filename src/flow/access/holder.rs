//! Who holds licences.

use super::{Actor, ActorKind};
use std::fmt;
use yinxin_trust::licence::metadata::HolderCodeType;

/// A holder (持证主体) who signed in: a citizen or an organisation. Made by
/// [`crate::flow::people::SignIn::known`] only. It has no body and no
/// capabilities, so nothing makes a [`Permit`](super::Permit) of it: what a
/// holder does takes `&Holder`, and reaches the licences of that holder alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder {
    id: String,
    code_kind: String,
    code: String,
    name: String,
}

impl Holder {
    pub(in crate::flow) const fn new(id: String, code_kind: String, code: String, name: String) -> Self {
        Self { id, code_kind, code, name }
    }

    /// Id of the account.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// 持证主体代码类型 and 持证主体代码, as licences record them.
    pub(in crate::flow) fn code(&self) -> (&str, &str) {
        (&self.code_kind, &self.code)
    }

    /// Whether it is an organisation, whose account its legal representative keeps.
    pub fn is_organisation(&self) -> bool {
        HolderCodeType::of_code(&self.code_kind).is_some_and(HolderCodeType::is_organisation)
    }

    /// Who acts, as the audit writes it down.
    pub fn actor(&self) -> Actor {
        Actor::new(ActorKind::Holder, self.id.clone(), self.name.clone())
    }
}

impl fmt::Debug for Holder {
    /// Without name and code, which are somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder").field("id", &self.id).finish_non_exhaustive()
    }
}
