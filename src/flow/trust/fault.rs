//! Why something about trust lists was not done.

use super::{KeyFileFault, NotFollowed};
use crate::{
    flow::{
        access::Denied,
        kind::{HasKind, Kind},
        line::AddressFault,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};
use yinxin_trust::trust_list::{IdentityOffence, Refusal, SignedListError};

/// Why something about trust lists was not done. What is refused about a list begins
/// with its word, as `docs/trust-list-format.md` and `docs/trust-lists.md` have it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Empty, too long or not on one line.
    #[error("a name is 1 to 100 characters on one line")]
    Name,
    /// An operator is called so already.
    #[error("an operator of that name was added already")]
    NameTaken,
    /// Nobody of that name.
    #[error("no operator of that name was added")]
    NotFound,
    /// Not an address that may be asked.
    #[error(transparent)]
    Address(#[from] AddressFault),
    /// No key to pin.
    #[error(transparent)]
    Key(#[from] KeyFileFault),
    /// What came as a key is none.
    #[error("the key: {0}")]
    KeyForm(#[from] IdentityOffence),
    /// Not an SM2 key.
    #[error("the key of an operator is an sm2 key")]
    OtherKind,
    /// The operator was added without an address.
    #[error("no address of a list is known for that operator: bring the list in from files")]
    NoAddress,
    /// No connection, no answer, or too long a one.
    #[error("the list cannot be fetched: {0}")]
    Fetch(String),
    /// Octets and signature are no list of the pinned key.
    #[error("{}: {}", form_code(.0), .0)]
    List(SignedListError),
    /// It may not take the place of the known one.
    #[error("{}: {}", .0.code(), .0)]
    Refused(Refusal),
    /// People refused exactly this list.
    #[error("refused_before: people refused this list")]
    RefusedBefore,
    /// No list waits.
    #[error("no list of that operator waits to be accepted")]
    NothingProposed,
    /// No list is in use.
    #[error("no list of that operator was accepted yet")]
    NothingAccepted,
    /// The list that waits is not the one that was looked at.
    #[error("another list waits by now: look at it first (yinxin trust diff)")]
    OtherDigest,
    /// Too short to name a list or a key, or no digest at all.
    #[error("a digest is 64 hexadecimal digits, or its first 16 or more")]
    Digest,
    /// One person counts once.
    #[error("this person accepted the list already: a second person is wanted")]
    SamePerson,
    /// Who proposed an operator does not pin it.
    #[error("this person proposed the operator: a second person pins its key")]
    OwnProposal,
    /// Whoever proposed an operator does not count any more.
    #[error("who proposed the operator may not sign in any more: propose it again")]
    ProposerGone,
    /// The key that is pinned is not the one that was compared.
    #[error("the digest is not that of the proposed key")]
    OtherKey,
    /// More proposals than anybody looks through.
    #[error("too many operators wait to be pinned: decide on those first")]
    TooManyProposals,
    /// A list that another one names is not followed. Begins with its word.
    #[error("{}: {}", .0.word(), .0)]
    NotFollowed(NotFollowed),
    /// Somebody decided in between.
    #[error("something about this operator changed meanwhile: look at it again")]
    Changed,
    /// The person may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No randomness for an id.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrustError {
    /// The word by which a list is refused, where it is.
    pub const fn word(&self) -> Option<&'static str> {
        match self {
            Self::List(error) => Some(form_code(error)),
            Self::Refused(refusal) => Some(refusal.code()),
            Self::RefusedBefore => Some("refused_before"),
            Self::NotFollowed(why) => Some(why.word()),
            _ => None,
        }
    }
}

/// The word for octets and signature that are no list of the pinned key.
const fn form_code(error: &SignedListError) -> &'static str {
    match error {
        SignedListError::TooLong { .. } => "too_long",
        SignedListError::SignatureForm(_) => "signature_form",
        SignedListError::WrongSignature => "wrong_signature",
        SignedListError::List(_) => "no_list",
    }
}

impl From<SignedListError> for TrustError {
    fn from(error: SignedListError) -> Self {
        Self::List(error)
    }
}

impl From<Refusal> for TrustError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Failure for TrustError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for TrustError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound | Self::NothingProposed | Self::NothingAccepted => Kind::NotFound,
            Self::NameTaken
            | Self::OtherDigest
            | Self::SamePerson
            | Self::Changed
            | Self::ProposerGone
            | Self::OtherKey
            | Self::TooManyProposals => Kind::Conflict,
            Self::OwnProposal => Kind::Denied,
            Self::Name
            | Self::Address(_)
            | Self::Key(_)
            | Self::KeyForm(_)
            | Self::OtherKind
            | Self::NoAddress
            | Self::List(_)
            | Self::Refused(_)
            | Self::RefusedBefore
            | Self::NotFollowed(_)
            | Self::Digest => Kind::Refused,
            Self::Fetch(_) => Kind::Unavailable,
            Self::Denied(error) => error.kind(),
            Self::Randomness(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "name_malformed",
            Self::NameTaken => "name_taken",
            Self::NotFound | Self::NothingProposed | Self::NothingAccepted => "no_such_thing",
            Self::Address(_) | Self::NoAddress => "address_refused",
            Self::Key(_) | Self::KeyForm(_) | Self::OtherKind => "key_refused",
            Self::Fetch(_) => "list_unreachable",
            Self::List(_) | Self::Refused(_) | Self::RefusedBefore => "trust_list_refused",
            Self::NotFollowed(_) => "list_not_followed",
            Self::OtherDigest => "other_list",
            Self::Digest => "digest_malformed",
            Self::OwnProposal => "own_operator",
            Self::OtherKey => "key_differs",
            Self::TooManyProposals => "too_many_proposals",
            Self::SamePerson => "same_person",
            Self::Changed | Self::ProposerGone => "changed_meanwhile",
            Self::Denied(error) => error.code(),
            Self::Randomness(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
