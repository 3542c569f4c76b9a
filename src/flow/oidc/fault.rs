//! Why nobody was signed in by a provider elsewhere.

use super::{claims::ClaimFault, token::TokenFault};
use crate::{
    flow::{
        kind::{HasKind, Kind},
        people::VouchedError,
    },
    random::NoRandomness,
    store::{Failure, StoreError},
};

/// Why nobody was signed in by a provider elsewhere. None of it names anybody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// No provider of that name.
    #[error("no such provider")]
    NoProvider,
    /// It was not begun in this browser, took too long, or came back before.
    #[error("the sign-in was not begun in this browser, has ended or was finished before")]
    NotBegun,
    /// Another provider answered than was asked.
    #[error("the answer names another issuer, or none")]
    OtherIssuer,
    /// The provider or the person there said no; its stable word where that is one.
    #[error("the provider did not sign in: {0}")]
    Declined(&'static str),
    /// The token does not hold.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The token says nothing that could be taken.
    #[error(transparent)]
    Claims(#[from] ClaimFault),
    /// Who they are is known; here they have nothing.
    #[error(transparent)]
    NotAdmitted(VouchedError),
    /// The provider does not answer, or not as it should.
    #[error("the provider cannot be used: {0}")]
    Unavailable(String),
    /// No randomness for the secret of the browser.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for OidcError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl From<VouchedError> for OidcError {
    fn from(error: VouchedError) -> Self {
        if let VouchedError::Store(error) = error { Self::Store(error) } else { Self::NotAdmitted(error) }
    }
}

impl HasKind for OidcError {
    fn kind(&self) -> Kind {
        match self {
            Self::NoProvider => Kind::NotFound,
            Self::NotBegun | Self::OtherIssuer | Self::Declined(_) | Self::Token(_) | Self::Claims(_) => Kind::Denied,
            Self::NotAdmitted(error) => error.kind(),
            Self::Unavailable(_) => Kind::Unavailable,
            Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoProvider => "no_such_thing",
            Self::NotBegun => "oidc_not_begun",
            Self::OtherIssuer | Self::Declined(_) | Self::Token(_) => "oidc_refused",
            Self::Claims(_) => "oidc_not_admitted",
            Self::NotAdmitted(error) => error.code(),
            Self::Unavailable(_) => "oidc_unavailable",
            Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }
}
