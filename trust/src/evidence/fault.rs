//! Why evidence is not gathered, or not believed to be what it says.

use super::{FORMAT, PieceKind};
use crate::{
    algorithms::AlgorithmPolicyError,
    anchor::AnchorsError,
    trust_list::{NotNamed, SignedListError, canonical},
    x509::{CrlError, ocsp::OcspResponseFault},
};

/// Why evidence cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatherFault {
    /// A value has no canonical form.
    #[error("evidence: {0}")]
    Form(#[from] canonical::Fault),
    /// The same of a value with a type of its own.
    #[error("evidence: {0}")]
    Typed(#[from] canonical::TypedFault),
    /// The policy was not read from octets.
    #[error("evidence: the algorithm policy was made without its file")]
    AlgorithmsNotKept,
}

/// Why octets are no evidence, or none that can be used here.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum EvidenceFault {
    #[error("not in canonical form: {0}")]
    Form(#[from] canonical::Fault),
    #[error(transparent)]
    Typed(#[from] canonical::TypedFault),
    #[error("the format is not {FORMAT:?}")]
    Format,
    #[error("the format of the {kind} is not known to this program")]
    PieceFormat { kind: PieceKind },
    #[error("piece {number} is no base64 with padding")]
    Base64 { number: usize },
    #[error("piece {number} ({kind}) was altered: its octets have another sm3")]
    Altered { number: usize, kind: PieceKind },
    #[error("evidence of the kind {word:?} is not known to this program")]
    UnknownKind { word: String },
    #[error("more than {limit} pieces")]
    TooManyPieces { limit: usize },
    #[error("no {0} among the pieces")]
    Missing(PieceKind),
    #[error("more than one {0} among the pieces")]
    Twice(PieceKind),
    #[error("the rules ask for a larger {name} than this program grants")]
    Limit { name: &'static str },
    #[error("anchors: {0}")]
    Anchors(#[from] AnchorsError),
    #[error("revocation list: {0}")]
    RevocationList(#[from] CrlError),
    #[error("trust list: {0}")]
    TrustList(#[from] SignedListError),
    #[error("algorithms: {0}")]
    Algorithms(#[from] AlgorithmPolicyError),
    #[error("the answer of the register: {0}")]
    Standing(String),
    #[error("an answer about certificates: {0}")]
    OcspResponse(#[from] OcspResponseFault),
    #[error("the answers about seals: {0}")]
    Seals(String),
    #[error("renewal {number}: {what}")]
    Renewal { number: usize, what: &'static str },
    #[error("the renewals are numbered {found} where {due} is due: one is missing, or they are out of order")]
    RenewalOrder { due: usize, found: usize },
    #[error("more than {limit} renewals")]
    TooManyRenewals { limit: usize },
    #[error("renewals by the digest {word:?} are not known to this program")]
    RenewalDigest { word: String },
    #[error("signed octets: {0}")]
    Signed(&'static str),
    #[error("membership of a trust list: {0}")]
    Membership(&'static str),
    #[error("a trust list does not count by the one that is said to name it: {0}")]
    NotNamed(#[from] NotNamed),
    #[error("the signed answer of the register does not verify under its key")]
    SignedStanding,
}
