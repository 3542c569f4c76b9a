//! One signature more in a package that somebody else made, without a key (GB/T 33190-2016 18,
//! GM/T 0099-2020 7.2).
//!
//! 1. [`Foreign::open`] reads the package under the budget of a verification and refuses by name what
//!    cannot take a further signature: any fault of the container, encryption, several bodies or versions, a
//!    list that a signature covers, names that two readers take for two files.
//! 2. [`Foreign::stamp`] makes the entries that are new and those that change: the list of signatures, and
//!    `OFD.xml` where it names no list yet. Everything that is there is referenced, earlier signatures too,
//!    but for the list. [`AppendPlan::digest`] and [`AppendPlan::property`] go into the stamp.
//! 3. [`AppendPlan::embed`] takes the stamp. Entries that do not change are copied as they lie in the file,
//!    local header, compressed octets and descriptor, never inflated and deflated again.
//!
//! Whether earlier signatures hold, and still hold with the further one, is a verdict:
//! [`crate::verify::appended`] says it.

mod foreign;
mod plan;
mod zip;

pub use foreign::Foreign;
pub use plan::AppendPlan;

use super::{OpenError, PackageFault, ReadError, write::WriteFault};
use crate::base::{Sentence, SourceError};

/// Why a package takes no further signature.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum AppendFault {
    #[error("the package: {0}")]
    Package(PackageFault),
    #[error("{0}")]
    Unreadable(String),
    #[error("the package is encrypted (GM/T 0099)")]
    Encrypted,
    #[error("OFDEntries.xml closes the package: it takes no further signature")]
    Closed,
    #[error("the package has {count} document bodies; one is signed")]
    Bodies { count: usize },
    #[error("the document has versions: which of them is signed is not for us to choose")]
    Versions,
    #[error("the document body has no document root")]
    DocumentRoot,
    #[error("readers differ on the name of the entry {0}")]
    AmbiguousName(String),
    #[error("signature {id} covers the list of signatures: a further one would break it")]
    Locked { id: String },
    #[error("{0} is there and OFD.xml names no signatures: they may have been taken out")]
    StraySignature(String),
    #[error("{0} holds digests of fields: a stamp over it could prove a licence that was never issued")]
    FieldDigests(String),
    #[error("the package is larger than a ZIP without extensions can be")]
    TooLarge,
    #[error(transparent)]
    Write(WriteFault),
    /// The medium failed: says nothing about the document.
    #[error(transparent)]
    Source(#[from] SourceError),
}

impl AppendFault {
    /// The stable word of the offence.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Package(fault) => fault.code(),
            Self::Unreadable(_) => "unreadable",
            Self::Encrypted => "encrypted",
            Self::Closed => "closed",
            Self::Bodies { .. } => "several_bodies",
            Self::Versions => "versions",
            Self::DocumentRoot => "document_root_missing",
            Self::AmbiguousName(_) => "ambiguous_name",
            Self::Locked { .. } => "list_covered",
            Self::StraySignature(_) => "stray_signature",
            Self::FieldDigests(_) => "field_digests",
            Self::TooLarge => "too_large",
            Self::Write(WriteFault::SignatureList(_)) => "signature_list",
            Self::Write(_) => "not_written",
            Self::Source(_) => "medium",
        }
    }
}

impl AppendFault {
    /// The offence in words.
    pub fn sentence(&self) -> Sentence {
        let zh = match self {
            Self::Package(fault) => return fault.sentence(),
            Self::Write(WriteFault::SignatureList(_)) => "签名列表的内容不合标准，改写会丢失其中的信息。".to_owned(),
            Self::Encrypted => "文件已加密，请先解密。".to_owned(),
            Self::Closed => "文件已用 OFDEntries.xml 封闭，不能再加签章。".to_owned(),
            Self::Bodies { count } => format!("文件包里有 {count} 份文档，只能加盖一份文档的文件。"),
            Self::Versions => "文件带有多个版本，无法确定加盖哪一个。".to_owned(),
            Self::DocumentRoot => "缺少文档根文件。".to_owned(),
            Self::AmbiguousName(name) => format!("条目名“{name}”的编码有歧义，不同软件会认作不同的文件。"),
            Self::Locked { id } => format!("签章 {id} 保护了签名列表，再加盖会使它失效。"),
            Self::StraySignature(name) => format!("文件里有 {name}，但没有登记为签章，可能被人取下过。"),
            Self::FieldDigests(name) => format!("文件里的 {name} 是证照字段的摘要清单，只能由制发证照的流程盖章。"),
            Self::TooLarge => "文件太大或条目太多。".to_owned(),
            Self::Source(_) => "文件暂时读不出来。".to_owned(),
            Self::Unreadable(_) | Self::Write(_) => "文件结构不能读出，不能加盖。".to_owned(),
        };
        Sentence::new(zh, format!("{self}."))
    }
}

impl From<WriteFault> for AppendFault {
    fn from(fault: WriteFault) -> Self {
        match fault {
            WriteFault::Package(fault) => Self::Package(fault),
            WriteFault::Locked { id } => Self::Locked { id },
            WriteFault::PackageTooLarge => Self::TooLarge,
            fault => Self::Write(fault),
        }
    }
}

impl From<OpenError> for AppendFault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Unreadable(fault) => Self::Package(fault),
            OpenError::Source(error) => Self::Source(error),
        }
    }
}

impl From<ReadError> for AppendFault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Fault(fault) => Self::Package(fault),
            ReadError::Source(error) => Self::Source(error),
            ReadError::Missing(_) => Self::Unreadable(error.to_string()),
        }
    }
}
