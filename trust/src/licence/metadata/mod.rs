//! Metadata of a licence, GB/T 36903-2018: elements under short, long and
//! Chinese names, read from name and value pairs into checked values, and
//! written back.
//!
//! Which elements every licence has is not sourced; [`REQUIRED`] holds those
//! without which nobody can be told whose licence this is. \[ADVICE\]

mod element;
mod holder_type;
mod offence;
mod pairs;
mod read;
mod write;

pub use element::{Element, Naming};
pub use holder_type::HolderCodeType;
pub use offence::MetadataOffence;
pub(crate) use read::beijing_time;

use super::{
    Expiry,
    codes::RegionCode,
    identifier::{LicenceIdentifier, TypeCode, Version},
    name::HolderName,
};
use crate::base::{Day, Moment};
use core::fmt;

/// Elements that must be there. \[ADVICE\]
pub const REQUIRED: [Element; 5] =
    [Element::Identifier, Element::TypeName, Element::IssuingBody, Element::IssuedOn, Element::Holder];

/// Checked metadata of one licence; field by field the elements of [`Element`].
///
/// Absent and empty are one, but for [`Element::ValidUntil`], where empty means
/// no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// 证照标识.
    pub identifier: LicenceIdentifier,
    /// 证照类型名称.
    pub type_name: String,
    /// 证照类型代码; that of the identifier where the element is not there.
    pub type_code: TypeCode,
    /// 证照名称.
    pub name: Option<String>,
    /// 证照编号.
    pub number: Option<String>,
    /// 证照版本号; that of the identifier where the element is not there.
    pub version: Version,
    /// 证照颁发机构.
    pub issuing_body: String,
    /// 证照颁发机构代码; that of the identifier where the element is not there.
    pub issuing_body_code: String,
    /// 证照颁发日期.
    pub issued_on: Day,
    /// 证照定义机构.
    pub defining_body: Option<String>,
    /// 证照定义机构代码; the start of the type code.
    pub defining_body_code: Option<String>,
    /// 持证主体.
    pub holder: HolderName,
    /// 持证主体代码.
    pub holder_code: Option<HolderCode>,
    /// 持证主体代码类型 and its code, which say the same.
    pub holder_code_type: Option<HolderCodeType>,
    /// 证照有效期起始日期.
    pub valid_from: Option<Day>,
    /// 证照有效期截止日期.
    pub valid_until: Option<Expiry>,
    /// 有效期范围.
    pub validity_range: Option<String>,
    /// 证照所属管辖属地编码.
    pub area: Option<RegionCode>,
    /// 关联事项名称.
    pub item_name: Option<String>,
    /// 关联事项代码.
    pub item_code: Option<String>,
    /// 证照签章人.
    pub seal_user: Option<String>,
    /// 证照签章时间.
    pub sealed_at: Option<Moment>,
    /// 证照签章名称.
    pub seal_name: Option<String>,
    /// 创建时间.
    pub created_at: Option<Moment>,
    /// What makes this an annotated copy (加注件).
    pub copy: Option<AnnotatedCopy>,
    /// 扩展信息.
    pub extend_info: Option<String>,
    /// 关联证照标识.
    pub associated: Option<LicenceIdentifier>,
    /// Type-specific face data, names starting with `KZ_`, in the order given.
    pub extensions: Vec<(String, String)>,
    /// Pairs under names that are not of GB/T 36903, in the order given.
    pub others: Vec<(String, String)>,
}

/// A copy made for one stated use (加注件); the four elements of the standard or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotatedCopy {
    /// 加注件制作时间.
    pub created_at: Moment,
    /// 加注件制作者.
    pub creator: String,
    /// 加注件制作事由.
    pub cause: String,
    /// 加注件有效期截止时间: the last second of use.
    pub expires_at: Moment,
    /// 加注件使用单位: for whose use; copies of others need not say so.
    pub recipient: Option<String>,
    /// 加注件编号.
    pub number: Option<String>,
}

/// A holder's code: personal data, printed nowhere by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct HolderCode(Box<str>);

impl HolderCode {
    /// The code in clear; the word marks each place that needs care.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HolderCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HolderCode(..)")
    }
}

/// Whether any of the names is one that only a licence carries.
pub fn marks_a_licence<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    names.any(|name| Element::of_name(name).is_some_and(Element::marks_a_licence))
}

#[cfg(test)]
mod tests;
