//! Letters of consent and commitment (授权同意书, 告知承诺书) that a natural person signs with a key of their own
//! (`docs/adr/0042-natural-persons-sign.md`).
//!
//! 1. [`activate`]: password and code make a key of purpose `person` in custody and its certificate. Only natural persons
//!    with a second factor have one.
//! 2. [`draft`]: what was filled in becomes a page, and its Signature.xml with the digest that is shown.
//! 3. [`sign`]: a fresh code, for exactly that digest. Code and confirmation are taken in one write, after which the key
//!    signs; what comes out goes through the verifier that everybody uses before it is kept.
//! 4. [`end_keys`]: a key ends with its account or second factor, and is destroyed then.

mod draft;
mod fault;
mod key;
mod sign;
mod template;

pub use draft::{Draft, draft, look, page_png};
pub use fault::LetterError;
pub use key::{Activation, activate, end_keys, standing};
pub use sign::{Signed, document, list, sign};
pub use template::{Field, FieldKind, Template};

pub(super) use sign::told;

use super::{access::Holder, authority::AuthorityFolder, issuer::Issuer, people::SignIn, tries::Tries};
use yinxin_trust::licence::metadata::HolderCodeType;

/// Drafts of one account within [`DRAFT_SECONDS`].
const DRAFTS: u32 = 20;
const DRAFT_SECONDS: u32 = 900;

/// Where letters are written: the authority that certifies persons, and how often somebody drafts. Safe to use from
/// several threads.
pub struct Letters {
    authority: AuthorityFolder,
    /// Where others reach that, for the certificates that it issues.
    address: Option<String>,
    drafts: Tries,
}

/// What the flows of letters work with.
#[derive(Clone, Copy)]
pub struct Table<'a> {
    /// Register, keys, clock, verifier, fonts.
    pub issuer: &'a Issuer,
    /// Passwords and second factors.
    pub sign_in: &'a SignIn,
    /// The authority that certifies persons.
    pub letters: &'a Letters,
}

impl Letters {
    /// Over the folder of our own authority, which may or may not certify persons.
    pub fn new(authority: AuthorityFolder, address: Option<String>) -> Self {
        Self { authority, address, drafts: Tries::new(DRAFTS, DRAFT_SECONDS) }
    }
}

/// Whether an account is that of a natural person, by the kind of its code.
fn is_natural_person(holder: &Holder) -> bool {
    HolderCodeType::of_code(holder.code().0).is_some_and(|kind| !kind.is_organisation())
}
