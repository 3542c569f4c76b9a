//! What can be wrong with the metadata of a licence.

use super::Element;
use crate::{
    base::DayError,
    licence::{
        codes::{CitizenNumberOffence, CreditCodeOffence, RegionCodeOffence},
        identifier::IdentifierOffence,
        name::NameOffence,
    },
};

/// One offence of a set of metadata. None repeats a holder's name or code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataOffence {
    /// More name and value pairs than any licence has.
    #[error("more than {limit} elements")]
    TooMany {
        /// How many may be there.
        limit: usize,
    },
    /// A value longer than any licence has.
    #[error("{name} is longer than {limit} octets")]
    TooLong {
        /// Name as written, cut after 64 characters.
        name: String,
        /// Octets of UTF-8.
        limit: usize,
    },
    /// An element that every licence has is not there or empty.
    #[error("{0} is missing")]
    Missing(Element),
    /// The same name twice, with whatever values.
    #[error("{name} stands there more than once")]
    Duplicate {
        /// As written the second time.
        name: String,
    },
    /// Two names of one element with two values.
    #[error("{element} has different values under {first} and {second}")]
    NamesDisagree {
        /// The element.
        element: Element,
        /// Name as written first.
        first: String,
        /// Name as written later.
        second: String,
    },
    /// No identifier of GB/T 36904.
    #[error("{element}: {offence}")]
    Identifier {
        /// The licence's own identifier or the associated one.
        element: Element,
        /// What is wrong with it.
        offence: IdentifierOffence,
    },
    /// Says something else than the identifier does.
    #[error("{0} contradicts the identifier")]
    ContradictsIdentifier(Element),
    /// A type code in no valid form.
    #[error("{element}: {0}", element = Element::TypeCode)]
    TypeCode(IdentifierOffence),
    /// A version that is not three digits from 001.
    #[error("{element}: {0}", element = Element::Version)]
    Version(IdentifierOffence),
    /// No date.
    #[error("{element}: {offence}")]
    Day {
        /// The element.
        element: Element,
        /// What is wrong with it.
        offence: DayError,
    },
    /// No fourteen digits `yyyyMMddHHmmss` of a time of Beijing.
    #[error("{0} is no time of the form yyyyMMddHHmmss")]
    Time(Element),
    /// The last day of validity lies before the first.
    #[error("the validity ends before it begins")]
    PeriodInverted,
    /// Not a code of annex A.
    #[error("{} is none of the known ones", Element::HolderCodeType)]
    HolderCodeTypeUnknown,
    /// Code and words of the holder's code type are two different ones.
    #[error("{} and {} contradict each other", Element::HolderCodeType, Element::HolderCodeTypeName)]
    HolderCodeTypesDisagree,
    /// The holder's name cannot be compared.
    #[error("{element}: {0}", element = Element::Holder)]
    Holder(NameOffence),
    /// The holder's code is said to be a credit code and is none.
    #[error("{element}: {0}", element = Element::HolderCode)]
    HolderCreditCode(CreditCodeOffence),
    /// The holder's code is said to be a citizen number and is none.
    #[error("{element}: {0}", element = Element::HolderCode)]
    HolderCitizenNumber(CitizenNumberOffence),
    /// No region.
    #[error("{element}: {0}", element = Element::Area)]
    Area(RegionCodeOffence),
    /// Some elements of an annotated copy are there, this one is not.
    #[error("an annotated copy without {0}")]
    CopyIncomplete(Element),
    /// An annotated copy may be used no longer than until before it was made.
    #[error("the annotated copy expires before it was made")]
    CopyPeriodInverted,
}
