//! Why an anchor that counts under conditions does not count.

use crate::base::{Day, Moment};

/// Why a trust list does not vouch with an anchor that is on it, the nearest miss first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum AnchorRefusal {
    /// The list is overdue, and the policy takes no such list.
    #[error("its list was due to be renewed by {due}")]
    Outdated {
        /// When the next list was due.
        due: Moment,
    },
    /// Withdrawn after the time that is claimed, which nothing proves.
    #[error("it was withdrawn from {from} on; the time claimed is before that, but nothing proves it")]
    WithdrawnSince {
        /// The first instant at which it did not count.
        from: Moment,
    },
    /// Withdrawn at that time.
    #[error("it was withdrawn from {from} on")]
    Withdrawn {
        /// The first instant at which it did not count.
        from: Moment,
    },
    /// Not on the list yet at that time.
    #[error("it counts from {from} on only")]
    NotYetGranted {
        /// The first instant at which it counts.
        from: Moment,
    },
    /// Beyond what the list that names its list grants.
    #[error("its list counts by that of {by}, which does not grant this")]
    BeyondGrant {
        /// Who keeps the naming list.
        by: String,
    },
    /// Stamped before the first day of its scope.
    #[error("it counts for stamps of {from} and later only")]
    TooEarly {
        /// The first day, of Beijing.
        from: Day,
    },
    /// Its scope names types of licence, and not this one.
    #[error("its scope does not cover {}", or_none(stated.as_deref(), "licences of the type", "a document that states no type of licence"))]
    LicenceType {
        /// As the document states it.
        stated: Option<String>,
    },
    /// Its scope names regions, and not that of the issuing body.
    #[error("its scope does not cover {}", or_none(stated.as_deref(), "issuing bodies of the region", "a document that states no region"))]
    Region {
        /// Of the issuing body that the document states.
        stated: Option<String>,
    },
    /// Its scope names issuing bodies, and not this one.
    #[error("its scope does not cover {}", or_none(stated.as_deref(), "the issuing body", "a document that states no issuing body"))]
    Body {
        /// As the document states it.
        stated: Option<String>,
    },
}

impl AnchorRefusal {
    /// The code of the check that it leaves undecided.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Outdated { .. } => "list_outdated",
            Self::WithdrawnSince { .. } => "service_withdrawn_since",
            Self::Withdrawn { .. } => "service_withdrawn",
            Self::NotYetGranted { .. } => "service_not_yet_granted",
            Self::BeyondGrant { .. } => "out_of_scope_grant",
            Self::TooEarly { .. } => "out_of_scope_day",
            Self::LicenceType { .. } => "out_of_scope_type",
            Self::Region { .. } => "out_of_scope_region",
            Self::Body { .. } => "out_of_scope_body",
        }
    }

    /// The same in Chinese, to follow the name of the service.
    pub fn zh(&self) -> String {
        let beijing = |at: &Moment| format!("{}（北京时间）", at.at_offset_hours(8));
        let scope = |what: &str, stated: &Option<String>| match stated {
            Some(stated) => format!("的授权范围不包括这份文件的{what}（{stated}）"),
            None => format!("的授权限定了{what}，而签章保护的内容里没有写明{what}"),
        };
        match self {
            Self::Outdated { due } => format!("所在的信任列表应在 {} 前更新，已经过期，按规定不再采信", beijing(due)),
            Self::WithdrawnSince { from } => {
                format!("自 {} 起已被撤出；声明的时间在此之前，但没有时间戳证明", beijing(from))
            }
            Self::Withdrawn { from } => format!("自 {} 起已被撤出，签章时不再受信任", beijing(from)),
            Self::NotYetGranted { from } => format!("自 {} 起才受信任，签章在此之前", beijing(from)),
            Self::BeyondGrant { by } => format!("所在的信任列表由{by}的信任列表列入，列入的范围不包括这份文件"),
            Self::TooEarly { from } => format!("的授权自 {from} 起，签章在此之前"),
            Self::LicenceType { stated } => scope("证照类型", stated),
            Self::Region { stated } => scope("颁发机构所在地区", stated),
            Self::Body { stated } => scope("颁发机构", stated),
        }
    }
}

/// What a scope does not cover: what is stated, or a document that states nothing.
fn or_none(stated: Option<&str>, what: &str, nothing: &str) -> String {
    stated.map_or_else(|| nothing.to_owned(), |stated| format!("{what} {stated}"))
}
