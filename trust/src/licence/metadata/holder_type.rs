//! Kinds of holder codes (持证主体代码类型), GB/T 36903 annex A. \[IMPL\]
//!
//! The sixteen that implementations agree on; the annex may have more.

use core::fmt;

/// What kind of code a holder is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderCodeType(&'static (&'static str, &'static str));

const KNOWN: [(&str, &str); 16] = [
    ("001", "统一社会信用代码"),
    ("099", "其他法人或其他组织有效证件代码"),
    ("111", "公民身份号码"),
    ("114", "军官证"),
    ("115", "武警警官证"),
    ("118", "士兵证"),
    ("119", "武警士兵证"),
    ("120", "军队文职人员证"),
    ("122", "武警文职人员证"),
    ("411", "外交护照"),
    ("412", "公务护照"),
    ("413", "公务普通护照"),
    ("414", "普通护照"),
    ("511", "台湾居民来往大陆通行证"),
    ("516", "港澳居民来往内地通行证"),
    ("999", "其他自然人有效证件代码"),
];

impl HolderCodeType {
    /// 001, unified social credit code.
    pub const CREDIT_CODE: Self = Self(&KNOWN[0]);
    /// 111, citizen number.
    pub const CITIZEN_NUMBER: Self = Self(&KNOWN[2]);

    /// All that are known, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(Self)
    }

    /// From the code of three digits.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::all().find(|known| known.code() == code)
    }

    /// From the words of the annex.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|known| known.name() == name)
    }

    /// Three digits.
    pub const fn code(self) -> &'static str {
        self.0.0
    }

    /// The words of the annex.
    pub const fn name(self) -> &'static str {
        self.0.1
    }

    /// Whether the holder is an organisation, not a person: codes 001 to 099.
    pub fn is_organisation(self) -> bool {
        self.code().starts_with('0')
    }
}

impl fmt::Display for HolderCodeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_code_and_by_name() {
        for known in HolderCodeType::all() {
            assert_eq!(HolderCodeType::of_code(known.code()), Some(known));
            assert_eq!(HolderCodeType::of_name(known.name()), Some(known));
        }
        assert_eq!(HolderCodeType::CREDIT_CODE.name(), "统一社会信用代码");
        assert_eq!(HolderCodeType::CITIZEN_NUMBER.code(), "111");
        assert_eq!(HolderCodeType::of_code("112"), None);
        assert!(HolderCodeType::CREDIT_CODE.is_organisation() && !HolderCodeType::CITIZEN_NUMBER.is_organisation());
    }
}
