//! Making what is signed in a printed code, without a key.

use super::{PrintedFacts, check, member};
use crate::{
    base::Moment,
    code::{
        KeyId, Payload, ShortCode, Site,
        cbor::Writer,
        envelope::{self, Kind},
    },
    sm::{Signature, sm2},
};

/// Why no code is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintPlanError {
    /// The instant of signing would not be read back as given.
    #[error("the instant of signing has whole seconds since 1970")]
    Fraction,
    /// The signature is not by this key over this statement.
    #[error("the signature is not by the issuer's key over this statement")]
    WrongSignature,
}

/// A printed code that lacks only its signature. Not `Clone`: it is embedded once.
#[derive(Debug)]
pub struct PrintPlan {
    code: ShortCode,
    site: Site,
    statement: Vec<u8>,
    message: Vec<u8>,
    key: sm2::PublicKey,
}

/// A printed code with its signed digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedCode {
    code: ShortCode,
    site: Site,
    payload: Payload,
}

impl PrintPlan {
    /// Writes the statement about what will be printed beside `code`; `at` is the
    /// instant of signing, whole seconds.
    ///
    /// # Errors
    /// [`PrintPlanError::Fraction`].
    pub fn new(
        code: &ShortCode,
        facts: &PrintedFacts<'_>,
        at: Moment,
        site: &Site,
        key: &sm2::PublicKey,
    ) -> Result<Self, PrintPlanError> {
        let digest = facts.digest(code);
        let mut writer = Writer::new();
        writer.map(2);
        writer.unsigned(member::DIGEST);
        writer.bytes(&digest);
        writer.unsigned(member::SIGNED_AT);
        writer.unsigned(at.unix_seconds().unsigned_abs());
        let statement = writer.finish();
        if check::statement(&statement) != Ok((digest, at)) {
            return Err(PrintPlanError::Fraction);
        }
        let message = Kind::Printed.message(&statement);
        Ok(Self { code: code.clone(), site: site.clone(), statement, message, key: key.clone() })
    }

    /// What the issuer's key signs, SM2 with SM3 under the default distinguishing id.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.message
    }

    /// The code, once the signature verifies.
    ///
    /// # Errors
    /// [`PrintPlanError::WrongSignature`].
    pub fn embed(self, signature: &Signature) -> Result<PrintedCode, PrintPlanError> {
        let Self { code, site, statement, message, key } = self;
        if !key.verify(sm2::DEFAULT_ID, &message, signature) {
            return Err(PrintPlanError::WrongSignature);
        }
        let octets = envelope::write(Kind::Printed, KeyId::of(&key), &statement, signature);
        Ok(PrintedCode { code, site, payload: Payload::of_octets(&octets) })
    }
}

impl PrintedCode {
    /// What stands in the fragment.
    pub const fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The text of the QR code, `HTTPS://HOST/C/…#…`.
    pub fn text(&self) -> String {
        self.site.printed_with_digest(&self.code, &self.payload)
    }
}
