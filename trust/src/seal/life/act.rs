//! One act upon a seal.

use super::ActRefusal;
use crate::base::Moment;
use core::fmt;

/// Longest reason and document number, in characters.
const LONGEST: usize = 500;

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActKind {
    /// 申请: the first act of a life, or [`ActKind::Found`].
    Apply,
    /// 核准, by a second person.
    Approve,
    /// 不予核准, by a second person.
    Refuse,
    /// 制作: the seal maker signed it.
    Make {
        /// First instant of the seal.
        from: Moment,
        /// Last instant of the seal.
        until: Moment,
    },
    /// 备案: entered in the register, and in use from then on.
    File,
    /// 设立: made and filed by the operator of the machine, without an application.
    Found {
        /// First instant of the seal.
        from: Moment,
        /// Last instant of the seal.
        until: Moment,
    },
    /// 停用.
    Suspend,
    /// 恢复.
    Resume,
    /// 换发: a remade seal takes over.
    Renew {
        /// Id of the seal that takes over.
        successor: String,
    },
    /// 注销.
    Cancel,
    /// 标记无效: made or used against the rules.
    Invalidate,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// For which body.
    pub body: String,
    /// What kind of actor: a stable word.
    pub kind: String,
    /// Which person, token or part of the system.
    pub id: String,
}

/// Why it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// 事由 or 依据, 1 to 500 characters.
    pub reason: String,
    /// 文书号, 1 to 500 characters; empty for what follows from an application.
    pub document_number: String,
}

/// An act as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What is done.
    pub kind: ActKind,
    /// By whom.
    pub by: Author,
    /// Why.
    pub ground: Ground,
    /// The first instant at which it works.
    pub effective_from: Moment,
    /// When the register took it in.
    pub recorded_at: Moment,
}

impl Act {
    /// What can be said of an act without knowing the seal.
    ///
    /// # Errors
    /// [`ActRefusal`] by name.
    pub(super) fn check_itself(&self) -> Result<(), ActRefusal> {
        let fits = |text: &str| text.chars().nth(LONGEST).is_none() && !text.chars().any(char::is_control);
        if self.ground.reason.trim().is_empty() || !fits(&self.ground.reason) {
            return Err(ActRefusal::Reason);
        }
        let number = &self.ground.document_number;
        if !fits(number) || (self.kind.wants_document() && number.trim().is_empty()) {
            return Err(ActRefusal::DocumentNumber);
        }
        if let ActKind::Make { from, until } | ActKind::Found { from, until } = self.kind
            && until < from
        {
            return Err(ActRefusal::EndsBeforeItBegins { from, until });
        }
        if self.kind.never_works_back() && self.effective_from.unix_seconds() < self.recorded_at.unix_seconds() {
            return Err(ActRefusal::WorksBack {
                act: self.kind.clone(),
                effective_from: self.effective_from,
                recorded_at: self.recorded_at,
            });
        }
        Ok(())
    }
}

impl ActKind {
    /// Chinese name.
    pub const fn chinese(&self) -> &'static str {
        match self {
            Self::Apply => "申请",
            Self::Approve => "核准",
            Self::Refuse => "不予核准",
            Self::Make { .. } => "制作",
            Self::File => "备案",
            Self::Found { .. } => "设立",
            Self::Suspend => "停用",
            Self::Resume => "恢复",
            Self::Renew { .. } => "换发",
            Self::Cancel => "注销",
            Self::Invalidate => "标记无效",
        }
    }

    /// The stable word, as stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Make { .. } => "make",
            Self::File => "file",
            Self::Found { .. } => "found",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Renew { .. } => "renew",
            Self::Cancel => "cancel",
            Self::Invalidate => "invalidate",
        }
    }

    /// Whether the act wants a document of its own: the others follow from the application.
    const fn wants_document(&self) -> bool {
        matches!(self, Self::Approve | Self::Refuse | Self::Suspend | Self::Resume | Self::Cancel | Self::Invalidate)
    }

    const fn never_works_back(&self) -> bool {
        !matches!(self, Self::Suspend | Self::Cancel | Self::Invalidate)
    }
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
