//! One service of a list.

use super::{identity::Identity, scope::Scope};
use crate::base::{Day, Moment};
use core::{cmp::Ordering, fmt};

/// A service. Its values hold as [`super::TrustList`] reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// What it does.
    pub kind: ServiceKind,
    /// 1 to 512 characters, all of them visible.
    pub name: String,
    /// By what it is known; fits the kind.
    pub identity: Identity,
    /// States, at least one: ascending in time, the first granted, each other than the one before.
    pub history: Vec<StateFrom>,
    /// For whom and for what.
    pub scope: Scope,
    /// From this day on a stamp counts only with a proof of the log. For those who
    /// issue to stampers only.
    pub log_required_from: Option<Day>,
}

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceKind {
    /// Issues certificates to stampers.
    StamperCa,
    /// Issues certificates to seal makers.
    SealMakerCa,
    /// Makes time stamps, or issues to those who do.
    TimeStamp,
    /// A transparency log.
    Log,
    /// Answers how seals and licences stand.
    Status,
    /// A host under which codes are shown.
    CodeHost,
    /// Signs receipts of verifications.
    Receipts,
}

/// What the operator says of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It counts.
    Granted,
    /// It does not count any more.
    Withdrawn,
}

/// A state and since when; whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateFrom {
    /// What holds.
    pub state: State,
    /// The first instant it holds at.
    pub from: Moment,
}

impl ServiceKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::StamperCa, Self::SealMakerCa, Self::TimeStamp, Self::Log, Self::Status, Self::CodeHost, Self::Receipts];

    /// The word in the list.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StamperCa => "stamper-ca",
            Self::SealMakerCa => "seal-maker-ca",
            Self::TimeStamp => "time-stamp",
            Self::Log => "log",
            Self::Status => "status",
            Self::CodeHost => "code-host",
            Self::Receipts => "receipts",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::StamperCa => "签章者证书机构",
            Self::SealMakerCa => "制章者证书机构",
            Self::TimeStamp => "时间戳服务",
            Self::Log => "透明日志",
            Self::Status => "状态服务",
            Self::CodeHost => "亮证码域名",
            Self::Receipts => "核验凭证服务",
        }
    }

    /// The member that holds the identity of such a service.
    pub(super) const fn identity_member(self) -> &'static str {
        match self {
            Self::StamperCa | Self::SealMakerCa | Self::TimeStamp => "certificate",
            Self::Log | Self::Status | Self::Receipts => "key",
            Self::CodeHost => "host",
        }
    }
}

impl State {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Granted, Self::Withdrawn];

    /// The word in the list.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Service {
    /// What the operator says of it at an instant; `None` before the history begins.
    pub fn state_at(&self, at: Moment) -> Option<State> {
        self.history.iter().rev().find(|entry| entry.from <= at).map(|entry| entry.state)
    }

    /// Whether it was granted at an instant.
    pub fn is_granted_at(&self, at: Moment) -> bool {
        self.state_at(at) == Some(State::Granted)
    }

    /// Whether a stamp of this day counts only with a proof of the log.
    pub fn requires_log_on(&self, on: Day) -> bool {
        self.log_required_from.is_some_and(|from| from <= on)
    }

    /// The order of services in a list, and what makes two of them the same: kind (by
    /// its word), name, and what it is known by; all by octets.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let key = |service: &Self| service.kind.as_str();
        (key(self), &self.name, self.identity.octets()).cmp(&(key(other), &other.name, other.identity.octets()))
    }
}

impl fmt::Display for ServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
