//! Writing OFD packages and stamping them, without a key (GB/T 33190-2016 18,
//! GM/T 0099-2020): what is to be signed goes out, the signature value comes in.
//!
//! 1. [`Part`]s are digested and compressed once; a part that many documents
//!    share is made once and cloned.
//! 2. [`PackagePlan::new`] takes named parts. [`PackagePlan::to_bytes`] writes
//!    them: the same parts, names and [`DosTime`] give the same octets.
//! 3. [`PackagePlan::stamp`] adds Seal.esl and the entry in Signatures.xml,
//!    computes the references over the final octets of everything but the list,
//!    and writes Signature.xml: a [`StampingPlan`]. No entry changes after that.
//! 4. [`StampingPlan::digest`] and [`StampingPlan::property`] go into the stamp.
//! 5. [`StampingPlan::embed`] takes the stamp and gives the package, read back by
//!    the readers of [`crate::ofd`] without a fault.
//!
//! A signature without a seal (`Type="Sign"`) is made the same way: [`PackagePlan::sign_first`] gives a
//! [`SigningPlan`], whose digest goes into signed data ([`crate::cms::SignedDataPlan`]).

pub(super) mod markup;
mod package_plan;
mod part;
mod placement;
mod signature_list;
mod signature_xml;
mod signing;
mod stamping;
pub(super) mod zip;

use super::{OpenError, PackageFault, ReadError};

pub use package_plan::PackagePlan;
pub use part::Part;
pub use placement::{Boundary, Placement};
pub(super) use signature_list::{Signatures, id_of};
pub(super) use signature_xml::SignatureXml;
pub use signing::{Signing, SigningPlan};
pub(super) use stamping::{OFD_XML, check_pages, join};
pub use stamping::{Stamping, StampingPlan};
pub use zip::{DosTime, DosTimeError};

/// Why a package is not written or not stamped.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum WriteFault {
    #[error("{0:?} is no name for an entry")]
    Name(String),
    #[error("{0:?} and another entry are one name, but for case")]
    NameTwice(String),
    #[error("a part is larger than {limit} octets")]
    TooLarge { limit: u64 },
    #[error("the package is larger than a ZIP without extensions can be")]
    PackageTooLarge,
    #[error("the package does not read back: {0}")]
    Package(PackageFault),
    #[error("the package does not read back: {0}")]
    Unreadable(String),
    #[error("{file} links to {location}, which is not there")]
    MissingLink { file: String, location: String },
    #[error("the package has {count} document bodies; one is stamped")]
    Bodies { count: usize },
    #[error("the document body has no document root")]
    DocumentRoot,
    #[error("OFDEntries.xml closes the package: it cannot be stamped")]
    Closed,
    #[error("signature {id} covers the list of signatures: the package cannot be stamped again")]
    Locked { id: String },
    #[error("the list of signatures: {0}")]
    SignatureList(String),
    #[error("the provider is not 1 to 100 characters")]
    Provider,
    #[error("the seal is no seal: {0}")]
    Seal(crate::seal::SealFault),
    #[error("the seal is of no suite that stamps: neither SM2 with SM3 nor ECDSA with SHA-256")]
    SealSuite,
    #[error("a stamp needs a place to be shown")]
    NoPlacement,
    #[error("a stamp is shown at most on 1000 places")]
    TooManyPlacements,
    #[error("there is no page with the ID {0:?}")]
    Page(String),
    #[error("a boundary is not a finite rectangle of 1 to 2000 mm with three decimals")]
    Boundary,
    #[error("the value is no stamp: {0}")]
    Stamp(crate::seal::SealFault),
    #[error("the value is no signed data: {0}")]
    SignedData(String),
    #[error("the stamp or signature is over another Signature.xml")]
    OtherDigest,
    #[error("the stamp names another Signature.xml")]
    OtherProperty,
    #[error("the stamp holds another seal")]
    OtherSeal,
}

impl From<OpenError> for WriteFault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Unreadable(fault) => Self::Package(fault),
            OpenError::Source(error) => Self::Unreadable(error.to_string()),
        }
    }
}

impl From<ReadError> for WriteFault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Fault(fault) => Self::Package(fault),
            ReadError::Missing(_) | ReadError::Source(_) => Self::Unreadable(error.to_string()),
        }
    }
}
