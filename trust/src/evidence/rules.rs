//! The rules of a verdict: the policy but for its algorithms, whether identities are
//! asked for, and the limits. What only makes a verification faster is no rule.

use super::{
    PieceKind, SMALL,
    fault::{EvidenceFault, GatherFault},
};
use crate::{
    anchor::Anchors,
    base::Limits,
    trust_list::{MissedUpdate, canonical},
    verify::Policy,
};
use serde::{Deserialize, Serialize};

/// The word and version of the piece.
const FORMAT: &str = "yinxin-rules/1";

/// What the rules say of whom to trust.
pub(super) struct Rules {
    pub(super) policy: Policy,
    pub(super) identities_asked: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    identities_asked: bool,
    strict_encoding: bool,
    strict_time: bool,
    crl_grace_seconds: u64,
    refuse_outdated_lists: bool,
    claimed_time_before_withdrawal: bool,
    seal_status: bool,
    limits: WrittenLimits,
}

macro_rules! limits {
    ($($name:ident: $kind:ty),* $(,)?) => {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct WrittenLimits {
            $($name: $kind,)*
        }

        impl From<&Limits> for WrittenLimits {
            fn from(limits: &Limits) -> Self {
                // a further limit is a further member
                let Limits { $($name),* } = limits;
                Self { $($name: *$name),* }
            }
        }

        impl WrittenLimits {
            /// No file may ask for more work than this program grants.
            fn within(self, granted: &Limits) -> Result<Limits, EvidenceFault> {
                $(if self.$name > granted.$name {
                    return Err(EvidenceFault::Limit { name: stringify!($name) });
                })*
                Ok(Limits { $($name: self.$name),* })
            }
        }
    };
}

limits! {
    package_entries: usize,
    entry_inflated_bytes: u64,
    total_inflated_bytes: u64,
    inflate_ratio: u64,
    ratio_floor_bytes: u64,
    xml_bytes: u64,
    xml_nodes: usize,
    xml_depth: usize,
    der_depth: usize,
    der_bytes: u64,
    list_bytes: u64,
    signatures: usize,
    references: usize,
    path_signatures: usize,
}

pub(super) fn write(anchors: &Anchors, policy: &Policy) -> Result<Vec<u8>, GatherFault> {
    // a further rule is a further member; algorithms are a piece of their own
    let Policy {
        strict_encoding,
        strict_time,
        lasting_keys: _,
        crl_grace_seconds,
        outdated_lists,
        claimed_time_before_withdrawal,
        seal_status,
        algorithms: _,
        limits,
    } = policy;
    let rules = Written {
        format: FORMAT.to_owned(),
        identities_asked: !anchors.is_not_asked(),
        strict_encoding: *strict_encoding,
        strict_time: *strict_time,
        crl_grace_seconds: *crl_grace_seconds,
        refuse_outdated_lists: *outdated_lists == MissedUpdate::Refuse,
        claimed_time_before_withdrawal: *claimed_time_before_withdrawal,
        seal_status: *seal_status,
        limits: WrittenLimits::from(limits),
    };
    Ok(canonical::to_octets(&rules, &SMALL)?)
}

pub(super) fn read(octets: &[u8]) -> Result<Rules, EvidenceFault> {
    let written: Written = canonical::from_octets(octets, &SMALL)?;
    if written.format != FORMAT {
        return Err(EvidenceFault::PieceFormat { kind: PieceKind::Rules });
    }
    let policy = Policy {
        strict_encoding: written.strict_encoding,
        strict_time: written.strict_time,
        crl_grace_seconds: written.crl_grace_seconds,
        outdated_lists: if written.refuse_outdated_lists { MissedUpdate::Refuse } else { MissedUpdate::Flag },
        claimed_time_before_withdrawal: written.claimed_time_before_withdrawal,
        seal_status: written.seal_status,
        limits: written.limits.within(&Limits::default())?,
        ..Policy::default()
    };
    Ok(Rules { policy, identities_asked: written.identities_asked })
}
