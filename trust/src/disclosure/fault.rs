//! What keeps a file from being a disclosure, and fields from being proven.

use crate::{base::Sentence, trust_list::canonical::TypedFault};

/// One offence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureFault {
    /// Not canonical JSON, or not these members.
    #[error("no disclosure: {0}")]
    Form(#[from] TypedFault),
    /// Of a version that is not known.
    #[error("disclosures of the format {0:?} are not known to this program")]
    UnknownVersion(String),
    /// Not base64 with padding.
    #[error("member {0} is no base64 with padding")]
    Base64(&'static str),
    /// No salt of sixteen octets in lower-case hexadecimal.
    #[error("field {0:?} has no salt of 32 hexadecimal digits")]
    Salt(String),
    /// None, or more than there may be.
    #[error("a disclosure has 1 to {limit} fields")]
    FieldCount {
        /// Fields.
        limit: usize,
    },
    /// A name that no field has.
    #[error("{0:?} is no name of a field")]
    Name(String),
    /// Which of the two would count?
    #[error("field {0:?} stands twice")]
    FieldTwice(String),
    /// Not said what it is a field of.
    #[error("{0} is missing: it is not said of which licence the fields are")]
    Frame(&'static str),
    /// Not the head line, or a line that is no digest.
    #[error("the list of digests is not of its form")]
    ListForm,
    /// None, or more than there may be.
    #[error("the list has 1 to {limit} digests")]
    ListCount {
        /// Digests.
        limit: usize,
    },
    /// A digest stands twice, or before a smaller one.
    #[error("the digests do not ascend")]
    ListOrder,
    /// Value, title, name, form or salt is not what was issued.
    #[error("field {0:?} is not what was issued")]
    FieldAltered(String),
    /// The list is none that the signature references.
    #[error("the signature references no such list of digests")]
    ListNotReferenced,
}

impl DisclosureFault {
    /// Its word, stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "malformed",
            Self::UnknownVersion(_) => "unknown_version",
            Self::Base64(_) => "base64",
            Self::Salt(_) => "salt",
            Self::FieldCount { .. } => "field_count",
            Self::Name(_) => "field_name",
            Self::FieldTwice(_) => "field_twice",
            Self::Frame(_) => "frame_missing",
            Self::ListForm => "list_malformed",
            Self::ListCount { .. } => "list_count",
            Self::ListOrder => "list_order",
            Self::FieldAltered(_) => "field_altered",
            Self::ListNotReferenced => "list_not_referenced",
        }
    }

    /// For people.
    pub fn sentence(&self) -> Sentence {
        let zh = match self {
            Self::Form(_) => "出示文件的格式不对，无法读取。".to_owned(),
            Self::UnknownVersion(_) => "出示文件的版本不认识。".to_owned(),
            Self::Base64(name) => format!("出示文件的 {name} 不是 base64。"),
            Self::Salt(name) => format!("字段“{name}”没有合格的盐值。"),
            Self::FieldCount { limit } => format!("出示文件应有 1 至 {limit} 个字段。"),
            Self::Name(name) => format!("“{name}”不是字段名。"),
            Self::FieldTwice(name) => format!("字段“{name}”出现了两次。"),
            Self::Frame(name) => format!("缺少 {name}，没有说明是哪一种证照的字段。"),
            Self::ListForm => "字段摘要清单的格式不对。".to_owned(),
            Self::ListCount { limit } => format!("字段摘要清单应有 1 至 {limit} 条。"),
            Self::ListOrder => "字段摘要清单没有按顺序排列，或者有重复。".to_owned(),
            Self::FieldAltered(name) => format!("字段“{name}”与颁发时不一致。"),
            Self::ListNotReferenced => "签名没有引用这份字段摘要清单。".to_owned(),
        };
        Sentence::new(zh, capital(&format!("{self}.")))
    }
}

/// Messages begin lower case, sentences do not.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
