//! What a signature list or signature file can do wrong in its structure.

use super::fault::shown;
use crate::base::Sentence;
use core::fmt;

/// One kind of structural offence. The code is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureOffence {
    /// `Type` is neither `Seal` nor `Sign`.
    UnknownType,
    /// A required attribute or its value is missing.
    MissingAttribute,
    /// A required element is missing.
    MissingElement,
    /// An element twice where the standard allows one.
    DuplicateElement,
    /// Two signatures of one ID.
    DuplicateId,
    /// Two signatures that share a signature file.
    DuplicateFile,
    /// A location that leaves the package.
    LocationLeavesPackage,
    /// More signatures than the budget allows; the rest was not read.
    TooManySignatures,
    /// More references than the budget allows; the rest was not read.
    TooManyReferences,
    /// Shown in more places than are read.
    TooManyStamps,
}

impl SignatureOffence {
    /// Every offence there is.
    pub const ALL: &'static [Self] = &[
        Self::UnknownType,
        Self::MissingAttribute,
        Self::MissingElement,
        Self::DuplicateElement,
        Self::DuplicateId,
        Self::DuplicateFile,
        Self::LocationLeavesPackage,
        Self::TooManySignatures,
        Self::TooManyReferences,
        Self::TooManyStamps,
    ];

    /// The stable text form.
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::UnknownType => ("unknown_signature_type", "签名类型不明", "the type of a signature is unknown"),
            Self::MissingAttribute => ("missing_attribute", "缺少必需的属性", "a required attribute is missing"),
            Self::MissingElement => ("missing_element", "缺少必需的元素", "a required element is missing"),
            Self::DuplicateElement => ("duplicate_element", "元素重复", "an element stands twice where one is allowed"),
            Self::DuplicateId => ("duplicate_id", "签名标识重复", "two signatures have the same ID"),
            Self::DuplicateFile => {
                ("duplicate_signature_file", "两个签名共用一个签名文件", "two signatures share a file")
            }
            Self::LocationLeavesPackage => {
                ("location_leaves_package", "路径越出文件包", "a location leaves the package")
            }
            Self::TooManySignatures => {
                ("too_many_signatures", "签名过多，超出限额", "there are more signatures than the budget allows")
            }
            Self::TooManyReferences => {
                ("too_many_references", "引用过多，超出限额", "there are more references than the budget allows")
            }
            Self::TooManyStamps => ("too_many_stamps", "签章外观过多", "a stamp is shown in too many places"),
        }
    }
}

/// One structural offence, with the element, attribute or text concerned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct SignatureFault {
    /// What was done.
    pub offence: SignatureOffence,
    /// Element, attribute, ID or text, fit to show.
    pub what: String,
}

impl SignatureFault {
    pub(super) fn new(offence: SignatureOffence, what: &str) -> Self {
        Self { offence, what: shown(what) }
    }

    /// The stable code of the offence.
    pub const fn code(&self) -> &'static str {
        self.offence.code()
    }

    /// The offence in words.
    pub fn sentence(&self) -> Sentence {
        let (_, zh, en) = self.offence.words();
        Sentence::new(format!("{zh}：{}。", self.what), format!("{en}: {}.", self.what))
    }
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.offence.words().2, self.what)
    }
}
