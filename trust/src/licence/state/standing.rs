//! What a licence is on a day, and the table of legal transitions.

use super::{ActKind, ActRefusal};
use crate::{
    base::Day,
    licence::{Expiry, identifier::Version},
};
use core::fmt;

/// What a licence is on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Issued, but its first day is still to come.
    NotYetInForce,
    /// 有效: the only state that is "valid now".
    InForce,
    /// 暂扣: the only reversible one but a transfer.
    Suspended,
    /// For good.
    Ended(End),
}

/// How a licence ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// 失效: its last day is past.
    Expired,
    /// 吊销.
    Revoked,
    /// 注销.
    Cancelled,
    /// 撤销: as if it had never been.
    Withdrawn,
    /// 办理转出.
    TransferredOut,
    /// Another version or another licence took over.
    Superseded,
}

/// The answer for one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the licence is.
    pub state: State,
    /// Since which day; for [`State::NotYetInForce`] the day on which it begins.
    pub since: Day,
    /// The version that the day's contents are of.
    pub version: Version,
    /// Last day of validity of that version.
    pub until: Expiry,
}

impl State {
    /// Chinese name.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::NotYetInForce => "未生效",
            Self::InForce => "有效",
            Self::Suspended => "暂扣",
            Self::Ended(end) => end.chinese(),
        }
    }

    /// certState of the housing ministry: 01 valid, 02 suspended, 03 withdrawn,
    /// 04 cancelled, 05 expired, 06 transferred out, 07 revoked, 99 other. \[IMPL\]
    pub const fn ministry_code(self) -> &'static str {
        match self {
            Self::InForce => "01",
            Self::Suspended => "02",
            Self::Ended(End::Withdrawn) => "03",
            Self::Ended(End::Cancelled) => "04",
            Self::Ended(End::Expired) => "05",
            Self::Ended(End::TransferredOut) => "06",
            Self::Ended(End::Revoked) => "07",
            Self::NotYetInForce | Self::Ended(End::Superseded) => "99",
        }
    }

    /// The state after an act: the whole table of what is legal.
    ///
    /// # Errors
    /// [`ActRefusal`] by name.
    pub(super) fn after(self, act: &ActKind) -> Result<Self, ActRefusal> {
        use ActKind as Act;
        match (self, act) {
            (_, Act::Issue { .. }) => Err(ActRefusal::AlreadyIssued),
            (Self::NotYetInForce, _) => Err(ActRefusal::NotIssued(act.clone())),

            (Self::InForce, Act::Change { .. }) => Ok(Self::InForce),
            (Self::InForce, Act::Renew { .. }) => Ok(Self::Ended(End::Superseded)),
            (Self::InForce, Act::TransferOut) => Ok(Self::Ended(End::TransferredOut)),
            (Self::InForce, Act::Suspend) => Ok(Self::Suspended),
            (Self::Suspended, Act::Suspend) => Err(ActRefusal::AlreadySuspended),
            (Self::Suspended, Act::Resume) => Ok(Self::InForce),
            (Self::Suspended, Act::Change { .. } | Act::Renew { .. } | Act::TransferOut) => {
                Err(ActRefusal::WhileSuspended(act.clone()))
            }
            (Self::InForce, Act::Resume) => Err(ActRefusal::NotSuspended),
            (Self::InForce | Self::Suspended, Act::Revoke) => Ok(Self::Ended(End::Revoked)),
            (Self::InForce | Self::Suspended | Self::Ended(End::Expired), Act::Withdraw) => {
                Ok(Self::Ended(End::Withdrawn))
            }
            (
                Self::InForce | Self::Suspended | Self::Ended(End::Expired | End::Revoked | End::Withdrawn),
                Act::Cancel,
            ) => Ok(Self::Ended(End::Cancelled)),
            (Self::Ended(End::TransferredOut), Act::CancelTransferOut) => Ok(Self::InForce),
            (Self::InForce | Self::Suspended, Act::CancelTransferOut) => Err(ActRefusal::NotTransferredOut),
            (Self::Ended(end), _) => Err(ActRefusal::AfterEnd { act: act.clone(), end }),
        }
    }
}

impl End {
    /// Chinese name.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Expired => "失效",
            Self::Revoked => "吊销",
            Self::Cancelled => "注销",
            Self::Withdrawn => "撤销",
            Self::TransferredOut => "转出",
            Self::Superseded => "被替代",
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
            Self::TransferredOut => "transferred out",
            Self::Superseded => "superseded",
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYetInForce => f.write_str("not yet in force"),
            Self::InForce => f.write_str("in force"),
            Self::Suspended => f.write_str("suspended"),
            Self::Ended(end) => end.fmt(f),
        }
    }
}
