//! The elements of GB/T 36903 under their three names.

use core::fmt;
use std::{collections::HashMap, sync::LazyLock};

/// Makes the enum and its table from one list, so that neither misses a line.
macro_rules! elements {
    ($($(#[$doc:meta])* $element:ident: $short:expr, [$($long:literal),*], $chinese:literal;)*) => {
        /// One element of the metadata of a licence. \[IMPL\]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Element {
            $($(#[$doc])* $element,)*
        }

        impl Element {
            /// All of them, in the order in which they are written.
            pub const ALL: &[Self] = &[$(Self::$element,)*];

            /// Short name: the initials of the Chinese one in pinyin. Not all have one.
            pub const fn short(self) -> Option<&'static str> {
                match self { $(Self::$element => $short,)* }
            }

            /// Long names of the national platform; the first is written, all are read.
            pub const fn longs(self) -> &'static [&'static str] {
                match self { $(Self::$element => &[$($long),*],)* }
            }

            /// Chinese name.
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$element => $chinese,)* }
            }
        }
    };
}

elements! {
    /// Identifier of GB/T 36904, [`crate::licence::identifier`].
    Identifier: Some("ZZBS"), ["certificateIdentifier"], "证照标识";
    /// Name of the type.
    TypeName: Some("ZZLXMC"), ["certificateTypeName"], "证照类型名称";
    /// Code of the type, 21 characters.
    TypeCode: Some("ZZLXDM"), ["certificateTypeCode"], "证照类型代码";
    /// Name of the licence.
    Name: Some("ZZMC"), ["certificateName"], "证照名称";
    /// The number printed on the face.
    Number: Some("ZZBH"), ["certificateNumber"], "证照编号";
    /// Version, three digits.
    Version: None, ["certificateVersion"], "证照版本号";
    /// Name of the issuing body.
    IssuingBody: Some("ZZBFJG"), ["certificateIssuingAuthorityName"], "证照颁发机构";
    /// Credit code of the issuing body.
    IssuingBodyCode: Some("ZZBFJGDM"), ["certificateIssuingAuthorityCode"], "证照颁发机构代码";
    /// Day of issue.
    IssuedOn: Some("ZZBFRQ"), ["certificateIssuedDate"], "证照颁发日期";
    /// Name of the body that regulates the type.
    DefiningBody: None, ["certificateDefineAuthorityName"], "证照定义机构";
    /// Credit code of the body that regulates the type.
    DefiningBodyCode: None, ["certificateDefineAuthorityCode"], "证照定义机构代码";
    /// The holder; several are joined in one text.
    Holder: Some("CZZT"), ["certificateHolderName"], "持证主体";
    /// The holder's code: personal data.
    HolderCode: Some("CZZTDM"), ["certificateHolderCode"], "持证主体代码";
    /// What kind of code the holder's is, in words of annex A.
    HolderCodeTypeName: Some("CZZTDMLX"), ["certificateHolderTypeName"], "持证主体代码类型";
    /// The same as a code of three digits.
    HolderCodeType: Some("CZZTDMLXDM"), ["certificateHolderType", "certificateHolderTypeCode"], "持证主体代码类型代码";
    /// First day of validity.
    ValidFrom: Some("ZZYXQQSRQ"), ["certificateEffectiveDate", "validate_start"], "证照有效期起始日期";
    /// Last day of validity; empty or 长期 for no end.
    ValidUntil: Some("ZZYXQJZRQ"), ["certificateExpiringDate", "validate_end"], "证照有效期截止日期";
    /// Period of validity in words, such as 2年.
    ValidityRange: None, ["certificateValidityRange"], "有效期范围";
    /// Region in which the licence is administered, six digits.
    Area: None, ["certificateAreaCode"], "证照所属管辖属地编码";
    /// Name of the service item.
    ItemName: None, ["relatedItemName"], "关联事项名称";
    /// Code of the service item.
    ItemCode: None, ["relatedItemCode"], "关联事项代码";
    /// Who used the seal.
    SealUser: Some("ZZQZR"), [], "证照签章人";
    /// When the seal was used, fourteen digits.
    SealedAt: Some("ZZQZSJ"), [], "证照签章时间";
    /// Name of the seal.
    SealName: Some("ZZQZMC"), [], "证照签章名称";
    /// When the file was made, fourteen digits.
    CreatedAt: Some("CJSJ"), [], "创建时间";
    /// Annotated copy: when it was made, fourteen digits.
    CopyCreatedAt: Some("JZJZZSJ"), ["certificateCopyCreationTime"], "加注件制作时间";
    /// Annotated copy: who made it.
    CopyCreator: Some("JZJZZZ"), ["certificateCopyCreator"], "加注件制作者";
    /// Annotated copy: for which purpose.
    CopyCause: Some("JZJZZSY"), ["certificateCopyCause"], "加注件制作事由";
    /// Annotated copy: until when it may be used, fourteen digits.
    CopyExpiresAt: Some("JZJYXQJZSJ"), ["certificateCopyExpiringTime"], "加注件有效期截止时间";
    /// Annotated copy: for whose use. No source names an element for it; this one is ours. \[ADVICE\]
    CopyRecipient: Some("KZ_JZJSYDW"), [], "加注件使用单位";
    /// Annotated copy: its number at who made it. Ours as well. \[ADVICE\]
    CopyNumber: Some("KZ_JZJBH"), [], "加注件编号";
    /// Further data of the type, as one text.
    ExtendInfo: None, ["extendInfo"], "扩展信息";
    /// Identifier of the licence before a renewal, change or transfer.
    Associated: None, ["associatedZzeCertID"], "关联证照标识";
}

/// Which of an element's names is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// `ZZBS`, as in `CustomDatas`; the long name where there is no short one.
    Short,
    /// `certificateIdentifier`, as in JSON; the short name where there is no long one.
    Long,
    /// 证照标识.
    Chinese,
}

/// Octets of the longest name.
const LONGEST_NAME: usize = 64;

/// Every name in lower case with its element, the first that has it.
static BY_NAME: LazyLock<HashMap<String, Element>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for element in Element::ALL {
        for name in element.names() {
            known.entry(name.to_ascii_lowercase()).or_insert(*element);
        }
    }
    known
});

impl Element {
    /// The element of a name in any of the three namings. Case does not count,
    /// nor does space around the name.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.len() > LONGEST_NAME {
            return None;
        }
        BY_NAME.get(&name.to_ascii_lowercase()).copied()
    }

    /// Every name that is read.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.short().into_iter().chain(self.longs().iter().copied()).chain([self.chinese()])
    }

    /// The name that is written.
    pub fn name(self, naming: Naming) -> &'static str {
        let long = self.longs().first().copied();
        match naming {
            Naming::Short => self.short().or(long),
            Naming::Long => long.or(self.short()),
            Naming::Chinese => None,
        }
        .unwrap_or(self.chinese())
    }

    /// Whether the element is of a licence and nothing else: a document with
    /// one of these says of itself that it is a licence. Names such as
    /// "time of creation" stand in other documents too.
    pub const fn marks_a_licence(self) -> bool {
        matches!(
            self,
            Self::Identifier | Self::TypeName | Self::TypeCode | Self::Name | Self::Number | Self::IssuingBody
        )
    }

    /// Whether the element is of an annotated copy: a licence with one of these says of itself that it is no original.
    pub const fn marks_a_copy(self) -> bool {
        matches!(
            self,
            Self::CopyCreatedAt
                | Self::CopyCreator
                | Self::CopyCause
                | Self::CopyExpiresAt
                | Self::CopyRecipient
                | Self::CopyNumber
        )
    }
}

impl fmt::Display for Element {
    /// Chinese name with the written short one: `证照标识 (ZZBS)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.chinese(), self.name(Naming::Short))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_name_twice_and_each_found_again() {
        let mut seen = BTreeSet::new();
        for element in Element::ALL {
            for name in element.names() {
                assert!(seen.insert(name.to_lowercase()), "{name}");
                assert_eq!(Element::of_name(&format!(" {} ", name.to_lowercase())), Some(*element));
            }
            for naming in [Naming::Short, Naming::Long, Naming::Chinese] {
                assert_eq!(Element::of_name(element.name(naming)), Some(*element));
            }
        }
        assert_eq!(Element::of_name("KZ_ZCZB"), None);
    }
}
