//! Whose key signed a receipt: one that somebody pinned, that of this installation, or
//! one that a trust list in use names for receipts.
//!
//! A service of a list counts where it was granted when the receipt says it was made, and
//! still is: whoever lost the key since could write any earlier time into a receipt.

use super::{ReceiptError, make::own_key};
use crate::flow::{
    issuer::Issuer,
    trust::{ListInUse, TrustError, in_use},
};
use crate::store::Store;
use yinxin_trust::{
    base::{Moment, Sentence},
    receipt::{ReceiptFault, SignedReceipt},
    trust_list::{Identity, ServiceKey, ServiceKind},
};

/// Who vouches for the key of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// Whoever named the key.
    Pinned,
    /// It is that of this installation.
    Own,
    /// A trust list in use.
    List {
        /// What its operator is called here.
        operator: String,
    },
}

/// Keys that are believed.
#[derive(Default)]
pub struct Vouchers {
    pinned: Vec<ServiceKey>,
    own: Option<ServiceKey>,
    lists: Vec<ListInUse>,
}

impl Vouchers {
    /// And a key that somebody named.
    #[must_use]
    pub fn pinned(mut self, key: ServiceKey) -> Self {
        self.pinned.push(key);
        self
    }

    /// And the key of this installation, where it has one.
    ///
    /// # Errors
    /// [`ReceiptError::Key`], [`ReceiptError::KeyKind`].
    pub fn own(self, issuer: &Issuer) -> Result<Self, ReceiptError> {
        let own = issuer.receipts.as_ref().map(|key| own_key(issuer, key)).transpose()?;
        Ok(Self { own, ..self })
    }

    /// And those that the trust lists in use name.
    ///
    /// # Errors
    /// As [`in_use`].
    pub fn lists(self, store: &Store) -> Result<Self, TrustError> {
        Ok(Self { lists: in_use(store)?, ..self })
    }

    /// Who vouches for a receipt.
    ///
    /// # Errors
    /// [`ReceiptFault::OtherKey`].
    pub fn vouch(&self, signed: &SignedReceipt, now: Moment) -> Result<Vouched, ReceiptFault> {
        if signed.is_by(&self.pinned).is_ok() {
            return Ok(Vouched::Pinned);
        }
        if signed.is_by(&self.own).is_ok() {
            return Ok(Vouched::Own);
        }
        let made_at = signed.receipt().made_at;
        let of = |used: &&ListInUse| {
            // a receipt states no issuing body that a scope could be held against
            if used.member.as_ref().is_some_and(|member| !member.scope().is_open()) {
                return false;
            }
            let services = used.list.list().services_at(ServiceKind::Receipts, now);
            let mut services = services.filter(|service| service.is_granted_at(made_at));
            services.any(|service| matches!(&service.identity, Identity::Key(key) if **key == *signed.key()))
        };
        let list = self.lists.iter().find(of).ok_or(ReceiptFault::OtherKey)?;
        Ok(Vouched::List { operator: list.operator.name.clone() })
    }
}

impl Vouched {
    /// The same for people.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Pinned => Sentence::new("签名的密钥是指定的那一个。", "Signed by the key that was named."),
            Self::Own => Sentence::new("本服务签发。", "Signed by this service."),
            Self::List { operator } => Sentence::new(
                format!("签名的密钥在{operator}的信任列表里。"),
                format!("Signed by a key of the trust list of {operator}."),
            ),
        }
    }
}
