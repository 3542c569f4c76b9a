//! Why something about the life of a seal was not done.

use super::Unreadable;
use crate::{
    flow::{
        access::Denied,
        kind::{FieldOffence, HasKind, Kind, said},
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_face::SealDrawError;
use yinxin_trust::{
    base::{DayError, Sentence},
    seal::{
        life::{ActRefusal, State},
        make::PictureFault,
    },
};

/// Why something about the life of a seal was not done; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SealLifeError {
    /// No such seal or application in the body.
    #[error("the body has no such seal or application")]
    NotFound,
    /// Applying and deciding are for people.
    #[error("only a person who signed in applies for seals or decides on them")]
    NotAPerson,
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The life of the seal does not allow it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// No application that may be made.
    #[error("the application is {0}, and only what was approved is made")]
    NotApproved(State),
    /// No seal that is renewed.
    #[error("the seal is {0}, and only a seal in use or past its date is renewed")]
    NotRenewable(State),
    /// Of another form.
    #[error("a seal's code has 1 to 64 visible ASCII characters")]
    Code,
    /// Another seal has or shall have it.
    #[error("another seal has the code, or was applied for with it")]
    CodeTaken,
    /// Of another form.
    #[error("the purpose has 1 to 30 characters on one line")]
    Purpose,
    /// None that a seal has.
    #[error("no diameter of a seal")]
    Diameter,
    /// No types, too many, or what is no type.
    #[error("a seal is for 1 to 100 licence types, each by its code")]
    Types,
    /// None, or too many.
    #[error("an application has 1 to {} documents", super::MOST_DOCUMENTS)]
    Documents,
    /// Of another form, or too long.
    #[error("a document is PDF, OFD, PNG or JPEG of at most {} octets with a name on one line", super::DOCUMENT_BYTES)]
    Document,
    /// Too long.
    #[error("a picture has at most {} octets", super::PICTURE_BYTES)]
    PictureSize,
    /// A picture that is none of a seal.
    #[error(transparent)]
    Picture(#[from] PictureFault),
    /// What cannot be drawn.
    #[error(transparent)]
    Draw(#[from] SealDrawError),
    /// The register, or what is in it.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// No day.
    #[error(transparent)]
    Day(#[from] DayError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl SealLifeError {
    pub(super) fn record(cause: impl std::fmt::Display) -> Self {
        Unreadable::Record(cause.to_string()).into()
    }
}

impl From<StoreError> for SealLifeError {
    fn from(error: StoreError) -> Self {
        Self::Unreadable(error.into())
    }
}

impl Failure for SealLifeError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Unreadable(Unreadable::Store(error)) => Some(error),
            _ => None,
        }
    }
}

impl HasKind for SealLifeError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::NotAPerson | Self::Denied(_) | Self::Act(ActRefusal::OwnApplication) => Kind::Denied,
            Self::CodeTaken | Self::NotApproved(_) | Self::NotRenewable(_) => Kind::Conflict,
            Self::Act(_)
            | Self::Code
            | Self::Purpose
            | Self::Diameter
            | Self::Types
            | Self::Documents
            | Self::Document
            | Self::PictureSize
            | Self::Picture(_)
            | Self::Draw(_) => Kind::Refused,
            Self::Unreadable(Unreadable::Store(error)) => error.kind(),
            Self::Unreadable(Unreadable::Record(_)) | Self::Day(_) | Self::Randomness(_) => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::NotAPerson => "not_a_person",
            Self::Denied(error) => error.code(),
            Self::Act(ActRefusal::OwnApplication) => "own_seal_application",
            Self::Act(_) => "seal_act_refused",
            Self::NotApproved(_) | Self::NotRenewable(_) => "seal_state",
            Self::CodeTaken => "seal_code_taken",
            Self::Code | Self::Purpose | Self::Diameter | Self::Types | Self::Documents | Self::Document => {
                "seal_application_refused"
            }
            Self::PictureSize | Self::Picture(_) | Self::Draw(_) => "picture_refused",
            Self::Unreadable(Unreadable::Store(error)) => error.code(),
            Self::Unreadable(Unreadable::Record(_)) | Self::Day(_) | Self::Randomness(_) => "broken",
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        let (field, zh) = match self {
            Self::Code => ("code", "印章编码为 1 至 64 个可见的 ASCII 字符。"),
            Self::CodeTaken => ("code", "这个编码已有印章使用或正在申请。"),
            Self::Purpose => ("purpose", "用途为 1 至 30 个字，不换行。"),
            Self::Diameter => ("diameter", "没有这种直径的印章。"),
            Self::Types => ("types", "请选 1 至 100 种证照类型。"),
            Self::Documents => ("document", "请附申请材料。"),
            Self::Document => ("document", "申请材料应是 PDF、OFD、PNG 或 JPEG，不超过 1 MB，并写明名称。"),
            _ => return Vec::new(),
        };
        vec![FieldOffence { field: field.to_owned(), code: self.code(), sentence: Sentence::new(zh, said(self)) }]
    }
}
