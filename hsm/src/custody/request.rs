//! What is asked of a key.

use crate::{Purpose, Use};
use yinxin_trust::base::Moment;

/// What shall be signed.
#[derive(Clone, Copy, Debug)]
pub enum ToSign<'a> {
    /// A message. SM2 signs it under the default distinguishing id.
    Message(&'a [u8]),
    /// A digest already computed. For SM2 e = SM3(ZA || M), which `sm2::PublicKey::message_digest`
    /// gives for any distinguishing id; for ECDSA and RSA the SHA-256 of the message.
    /// Ed25519 refuses it.
    Digest(&'a [u8; 32]),
}

/// One request to sign.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignRequest<'a> {
    /// What the signature is for; a key of another purpose refuses.
    pub purpose: Purpose,
    /// What shall be signed.
    pub input: ToSign<'a>,
    /// Now: a key whose period it lies outside of refuses.
    pub at: Moment,
    /// The mandate that the signature is asked under; keys under sole control refuse without.
    pub mandate: Option<MandateClaim<'a>>,
    /// The type of the licence that is stamped, where it is one: a standing mandate is chosen by it.
    pub licence_type: Option<&'a str>,
}

impl<'a> SignRequest<'a> {
    /// To sign `input` for `purpose` at `at`, under no mandate.
    pub const fn new(purpose: Purpose, input: ToSign<'a>, at: Moment) -> Self {
        Self { purpose, input, at, mandate: None, licence_type: None }
    }

    /// The same for a licence of a type.
    #[must_use]
    pub const fn for_licence(mut self, licence_type: &'a str) -> Self {
        self.licence_type = Some(licence_type);
        self
    }

    /// The same under a mandate.
    #[must_use]
    pub const fn under(mut self, mandate: MandateClaim<'a>) -> Self {
        self.mandate = Some(mandate);
        self
    }
}

/// Which mandate a signature is asked under, and what it must show to be covered by it.
/// Only the daemon judges it; drivers in process leave it aside.
#[derive(Clone, Copy, Debug)]
pub struct MandateClaim<'a> {
    /// SM3 of the mandate's octets.
    pub mandate: &'a [u8; 32],
    /// For a mandate over a batch: the path from the digest up to the root.
    pub path: &'a [PathStep],
    /// For a standing mandate: the type of licence that is stamped.
    pub licence_type: Option<&'a str>,
}

/// One step up a Merkle tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// The digest beside the one that is carried up.
    pub sibling: [u8; 32],
    /// Whether the sibling stands on the left.
    pub on_the_left: bool,
}

/// One request to wrap data at rest, or to unwrap it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct WrapRequest<'a> {
    /// What the data is for; a key of another purpose refuses.
    pub purpose: Purpose,
    /// Bound to the wrapped octets and not within them: unwrapping under another context fails.
    pub context: &'a [u8],
    /// Now.
    pub at: Moment,
}

impl<'a> WrapRequest<'a> {
    /// For `purpose`, bound to `context`, at `at`.
    pub const fn new(purpose: Purpose, context: &'a [u8], at: Moment) -> Self {
        Self { purpose, context, at }
    }
}

/// Something that a key may be asked for, as [`KeyDescription::allow`](crate::KeyDescription::allow) judges it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What for.
    pub purpose: Purpose,
    /// Which use.
    pub usage: Use,
    /// Now.
    pub at: Moment,
    /// Whether something that was wrapped is read again: neither period nor counter stop that.
    pub reading: bool,
}

impl From<&SignRequest<'_>> for Asked {
    fn from(request: &SignRequest<'_>) -> Self {
        Self { purpose: request.purpose, usage: Use::Sign, at: request.at, reading: false }
    }
}

impl Asked {
    /// To wrap.
    pub const fn wrap(request: &WrapRequest<'_>) -> Self {
        Self { purpose: request.purpose, usage: Use::Wrap, at: request.at, reading: false }
    }

    /// To unwrap.
    pub const fn unwrap(request: &WrapRequest<'_>) -> Self {
        Self { purpose: request.purpose, usage: Use::Wrap, at: request.at, reading: true }
    }
}
