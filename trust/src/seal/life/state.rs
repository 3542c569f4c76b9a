//! What a seal is at an instant, and the table of legal transitions.

use super::{ActKind, ActRefusal};
use crate::base::Moment;
use core::fmt;

/// What a seal is at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// 待核准: asked for.
    Applied,
    /// 待制作: approved.
    Approved,
    /// 待备案: made, and not to be used yet.
    Made,
    /// 在用: the only state in which it stamps.
    InUse,
    /// 停用.
    Suspended,
    /// For good.
    Ended(End),
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// 不予核准: never made.
    Refused,
    /// 过期: its last instant is past.
    Expired,
    /// 已换发: a remade seal took over.
    Superseded,
    /// 注销.
    Cancelled,
    /// 无效: made or used against the rules.
    Invalid,
}

/// The answer for one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the seal is.
    pub state: State,
    /// Since which instant.
    pub since: Moment,
    /// Last instant of the seal; none before it is made.
    pub until: Option<Moment>,
}

/// A state and its first instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateFrom {
    /// What it is.
    pub state: State,
    /// From when on.
    pub from: Moment,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Applied,
        Self::Approved,
        Self::Made,
        Self::InUse,
        Self::Suspended,
        Self::Ended(End::Refused),
        Self::Ended(End::Expired),
        Self::Ended(End::Superseded),
        Self::Ended(End::Cancelled),
        Self::Ended(End::Invalid),
    ];

    /// Chinese name.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Applied => "待核准",
            Self::Approved => "待制作",
            Self::Made => "待备案",
            Self::InUse => "在用",
            Self::Suspended => "停用",
            Self::Ended(End::Refused) => "不予核准",
            Self::Ended(End::Expired) => "过期",
            Self::Ended(End::Superseded) => "已换发",
            Self::Ended(End::Cancelled) => "注销",
            Self::Ended(End::Invalid) => "无效",
        }
    }

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Made => "made",
            Self::InUse => "in_use",
            Self::Suspended => "suspended",
            Self::Ended(End::Refused) => "refused",
            Self::Ended(End::Expired) => "expired",
            Self::Ended(End::Superseded) => "superseded",
            Self::Ended(End::Cancelled) => "cancelled",
            Self::Ended(End::Invalid) => "invalid",
        }
    }

    /// The state of a stable word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The state after an act: the whole table of what is legal.
    ///
    /// # Errors
    /// [`ActRefusal`] by name.
    pub(super) fn after(self, act: &ActKind) -> Result<Self, ActRefusal> {
        use ActKind as Act;
        match (self, act) {
            (_, Act::Apply | Act::Found { .. }) => Err(ActRefusal::Begun),
            (Self::Ended(end @ (End::Refused | End::Invalid)), _) => {
                Err(ActRefusal::AfterEnd { act: act.clone(), end })
            }
            (Self::Applied, Act::Approve) => Ok(Self::Approved),
            (Self::Applied, Act::Refuse) => Ok(Self::Ended(End::Refused)),
            (Self::Applied, _) => Err(ActRefusal::NotDecided(act.clone())),
            (_, Act::Approve | Act::Refuse) => Err(ActRefusal::DecidedAlready),

            (Self::Approved, Act::Make { .. }) => Ok(Self::Made),
            (Self::Approved, Act::Cancel) => Ok(Self::Ended(End::Cancelled)),
            (Self::Approved, _) => Err(ActRefusal::NotMade(act.clone())),
            (_, Act::Make { .. }) => Err(ActRefusal::MadeAlready),

            (Self::Made, Act::File) => Ok(Self::InUse),
            (Self::InUse | Self::Suspended, Act::File) => Err(ActRefusal::FiledAlready),
            (Self::Made, Act::Suspend | Act::Resume | Act::Renew { .. }) => Err(ActRefusal::NotFiled(act.clone())),

            (Self::InUse, Act::Suspend) => Ok(Self::Suspended),
            (Self::Suspended, Act::Suspend) => Err(ActRefusal::SuspendedAlready),
            (Self::Suspended, Act::Resume) => Ok(Self::InUse),
            (Self::InUse, Act::Resume) => Err(ActRefusal::NotSuspended),
            (Self::Suspended, Act::Renew { .. }) => Err(ActRefusal::WhileSuspended),
            (Self::InUse | Self::Ended(End::Expired), Act::Renew { .. }) => Ok(Self::Ended(End::Superseded)),
            (Self::Made | Self::InUse | Self::Suspended | Self::Ended(End::Expired), Act::Cancel) => {
                Ok(Self::Ended(End::Cancelled))
            }
            (_, Act::Invalidate) => Ok(Self::Ended(End::Invalid)),
            (Self::Ended(end), _) => Err(ActRefusal::AfterEnd { act: act.clone(), end }),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InUse => "in use",
            other => other.as_str(),
        })
    }
}
