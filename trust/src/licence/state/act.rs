//! One act upon a licence.

use super::ActRefusal;
use crate::{
    base::{Day, Moment},
    licence::{Expiry, codes::CreditCode, identifier::LicenceIdentifier},
};
use core::fmt;

/// Longest document number and legal basis, in characters.
const LONGEST: usize = 500;

/// What is done. The numbers are those of the housing ministry's list of
/// operations, where it has one. \[IMPL\]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActKind {
    /// 新发: the first act of every life. Works from the first day of validity.
    Issue {
        /// Last day of validity.
        until: Expiry,
    },
    /// 变更: other contents, the next version; the version before is superseded.
    Change {
        /// Last day of validity of the new version.
        until: Expiry,
    },
    /// 延续 as seen by the old licence: another identifier takes over.
    Renew {
        /// The licence that takes over.
        successor: LicenceIdentifier,
    },
    /// 暂扣.
    Suspend,
    /// 暂扣发还.
    Resume,
    /// 吊销, as a punishment.
    Revoke,
    /// 注销, which closes the licence.
    Cancel,
    /// 撤销: it should never have been granted.
    Withdraw,
    /// 办理转出: another region takes over.
    TransferOut,
    /// 取消转出.
    CancelTransferOut,
}

/// Who decided an act, and on what ground.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// 决定机关, the deciding body.
    pub body: CreditCode,
    /// 文书号, the number of the written decision; 1 to 500 characters.
    pub document_number: String,
    /// 法律依据, 1 to 500 characters.
    pub legal_basis: String,
    /// The day of the decision.
    pub decided_on: Day,
}

/// An act as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What is done.
    pub kind: ActKind,
    /// By whom and why.
    pub decision: Decision,
    /// The first day on which it works, from 00:00 Beijing time.
    pub effective_from: Day,
    /// When the registry took it in.
    pub recorded_at: Moment,
}

impl Act {
    /// What can be said of an act without knowing the licence.
    ///
    /// # Errors
    /// [`ActRefusal`] by name.
    pub(super) fn check_itself(&self) -> Result<(), ActRefusal> {
        let text = |text: &str| !text.trim().is_empty() && text.chars().nth(LONGEST).is_none();
        if !text(&self.decision.document_number) {
            return Err(ActRefusal::DocumentNumber);
        }
        if !text(&self.decision.legal_basis) {
            return Err(ActRefusal::LegalBasis);
        }
        let recorded_on = Day::in_beijing_at(self.recorded_at).map_err(|_| ActRefusal::RecordedOutOfRange)?;
        if self.decision.decided_on > recorded_on {
            return Err(ActRefusal::DecidedAfterRecorded { decided_on: self.decision.decided_on, recorded_on });
        }
        if self.kind != ActKind::Withdraw && self.effective_from < self.decision.decided_on {
            return Err(ActRefusal::EffectiveBeforeDecision {
                effective_from: self.effective_from,
                decided_on: self.decision.decided_on,
            });
        }
        match self.kind {
            ActKind::Issue { until } | ActKind::Change { until } if until.is_past_on(self.effective_from) => {
                Err(ActRefusal::EndsBeforeItBegins { effective_from: self.effective_from, until })
            }
            _ => Ok(()),
        }
    }
}

impl ActKind {
    /// Chinese name.
    pub const fn chinese(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "制发",
            Self::Change { .. } => "变更",
            Self::Renew { .. } => "延续",
            Self::Suspend => "暂扣",
            Self::Resume => "恢复",
            Self::Revoke => "吊销",
            Self::Cancel => "注销",
            Self::Withdraw => "撤销",
            Self::TransferOut => "转出",
            Self::CancelTransferOut => "取消转出",
        }
    }

    /// operateType of the housing ministry: 01 new, 02 renew, 03 suspend, 05 end,
    /// 06 release, 09 change, 10 cancel transfer-out. \[IMPL\]
    pub const fn ministry_code(&self) -> &'static str {
        match self {
            Self::Issue { .. } => "01",
            Self::Renew { .. } => "02",
            Self::Suspend => "03",
            Self::Cancel | Self::Withdraw | Self::Revoke | Self::TransferOut => "05",
            Self::Resume => "06",
            Self::Change { .. } => "09",
            Self::CancelTransferOut => "10",
        }
    }
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issue { .. } => "issue",
            Self::Change { .. } => "change",
            Self::Renew { .. } => "renew",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Revoke => "revoke",
            Self::Cancel => "cancel",
            Self::Withdraw => "withdraw",
            Self::TransferOut => "transfer out",
            Self::CancelTransferOut => "cancel transfer-out",
        })
    }
}
