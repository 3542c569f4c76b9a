//! A list that counts because another one names it: a list of lists, one level deep.

use super::{Address, Scope, Service, SignedList};
use crate::{
    base::Moment,
    sm::{sm2, sm3},
};

/// That a list counts because an accepted one names its key and address with a scope. What the named list says counts
/// within that scope and no further, and while the naming one is not overdue. Made of the naming list alone, so that
/// nothing else can grant a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    naming: sm3::Digest,
    operator: String,
    next_update: Moment,
    address: Address,
    scope: Scope,
}

/// Why a list does not count by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNamed {
    /// No pointer at that address, or with another key.
    #[error("the naming list does not name this list with this key")]
    Unnamed,
    /// Pointed out only.
    #[error("the naming list gives no scope within which this list could be followed")]
    NoScope,
    /// The pointer has the key of the naming list itself.
    #[error("the naming list names itself")]
    Cycle,
}

impl Membership {
    /// What `naming` grants the list at an address under a key.
    ///
    /// # Errors
    /// [`NotNamed`].
    pub fn of(naming: &SignedList, address: &Address, key: &sm2::PublicKey) -> Result<Self, NotNamed> {
        if key == naming.key() {
            return Err(NotNamed::Cycle);
        }
        let pointers = naming.list().pointers();
        let pointer = pointers.iter().find(|pointer| pointer.address == *address && pointer.key == *key);
        let scope = pointer.ok_or(NotNamed::Unnamed)?.scope.clone().ok_or(NotNamed::NoScope)?;
        Ok(Self {
            naming: *naming.sm3(),
            operator: naming.list().operator().name.clone(),
            next_update: naming.list().next_update(),
            address: address.clone(),
            scope,
        })
    }

    /// SM3 of the naming list.
    pub const fn naming(&self) -> &sm3::Digest {
        &self.naming
    }

    /// Who keeps the naming list.
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// When the naming list is due.
    pub const fn next_update(&self) -> Moment {
        self.next_update
    }

    /// By which address it is named.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// Within which scope it counts.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The services of the named list that claim more than was granted; beyond that they do not count.
    pub fn wider<'a>(&'a self, list: &'a SignedList) -> impl Iterator<Item = &'a Service> {
        list.list().services().iter().filter(|service| !service.scope.is_within(&self.scope))
    }
}
