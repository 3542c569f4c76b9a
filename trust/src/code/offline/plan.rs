//! Making an offline code: the plan gives what the issuer's key signs, takes the
//! signature, and takes the device's proof where the device does not add it itself.

use super::{HolderKind, OfflineStatement, StatementFault, read, write};
use crate::{
    base::Moment,
    code::{
        KeyId, Payload, Site,
        envelope::{self, Envelope, Kind, Proof},
        payload::characters_of,
        qr,
    },
    sm::{Signature, sm2},
    suite::SignatureValue,
};

/// Why no code is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The statement is not one that would be read.
    #[error(transparent)]
    Statement(#[from] StatementFault),
    /// It would not be read back as given.
    #[error("the state date has whole seconds since 1970")]
    Fraction,
    /// The QR code would be larger than allowed: a shorter name is needed, a masked one.
    #[error("{characters} characters are more than version {largest} of a QR code holds at level M")]
    TooLarge {
        /// Of the whole text.
        characters: usize,
        /// The version that is allowed.
        largest: u8,
    },
    /// The signature is not by this key over this statement.
    #[error("the signature is not by the issuer's key over this statement")]
    WrongSignature,
    /// No device was certified, or the proof is not its own.
    #[error("the proof is not by the certified device over this code")]
    WrongProof,
}

/// A code that lacks only its signature. Not `Clone`: it is embedded once.
#[derive(Debug)]
pub struct OfflinePlan {
    statement: OfflineStatement,
    octets: Vec<u8>,
    message: Vec<u8>,
    site: Site,
    key: sm2::PublicKey,
}

/// A code as its issuer signed it, for the page of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflineCode {
    statement: OfflineStatement,
    octets: Vec<u8>,
    site: Site,
}

impl OfflinePlan {
    /// Writes the statement and reads it back. `site` is where codes are looked up, and
    /// `holder` says how large the QR code may be, the proof of the device included.
    ///
    /// # Errors
    /// [`PlanError::Statement`], [`PlanError::Fraction`], [`PlanError::TooLarge`].
    pub fn new(
        statement: &OfflineStatement,
        site: &Site,
        holder: HolderKind,
        key: &sm2::PublicKey,
    ) -> Result<Self, PlanError> {
        let octets = write::statement(statement);
        let read = read::statement(&octets)?;
        if read != *statement {
            return Err(PlanError::Fraction);
        }
        let whole = envelope::size(octets.len(), statement.device.is_some());
        let text = site.offline(&Payload::of_text(&"A".repeat(characters_of(whole))));
        let largest = holder.largest_version();
        if qr::version(&text).is_none_or(|version| version > largest) {
            return Err(PlanError::TooLarge { characters: text.len(), largest });
        }
        let message = Kind::Offline.message(&octets);
        Ok(Self { statement: read, octets, message, site: site.clone(), key: key.clone() })
    }

    /// What the issuer's key signs, SM2 with SM3 under the default distinguishing id.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.message
    }

    /// The code, once the signature verifies.
    ///
    /// # Errors
    /// [`PlanError::WrongSignature`].
    pub fn embed(self, signature: &Signature) -> Result<OfflineCode, PlanError> {
        let Self { statement, octets, message, site, key } = self;
        if !key.verify(sm2::DEFAULT_ID, &message, signature) {
            return Err(PlanError::WrongSignature);
        }
        let octets = envelope::write(Kind::Offline, KeyId::of(&key), &octets, signature);
        Ok(OfflineCode { statement, octets, site })
    }
}

impl OfflineCode {
    /// What it says.
    pub const fn statement(&self) -> &OfflineStatement {
        &self.statement
    }

    /// The octets: what the page of a device is given.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets in Base32.
    pub fn payload(&self) -> Payload {
        Payload::of_octets(&self.octets)
    }

    /// The text of the QR code, `HTTPS://HOST/C#…`.
    pub fn text(&self) -> String {
        self.site.offline(&self.payload())
    }

    /// What the device signs at an instant, of which whole seconds count: ECDSA on P-256
    /// with SHA-256.
    pub fn proof_message(&self, at: Moment) -> Vec<u8> {
        // its own octets are an envelope
        Envelope::read(&self.octets, Kind::Offline).map(|envelope| envelope.proof_message(at)).unwrap_or_default()
    }

    /// The code with the proof of its device, r || s, instead of any earlier one.
    ///
    /// # Errors
    /// [`PlanError::WrongProof`].
    pub fn with_proof(&self, at: Moment, value: [u8; 64]) -> Result<Self, PlanError> {
        let device = self.statement.device.as_ref().ok_or(PlanError::WrongProof)?;
        if !device.key.made(&self.proof_message(at), &SignatureValue::ecdsa_from_raw(&value)) {
            return Err(PlanError::WrongProof);
        }
        let octets = Envelope::read(&self.octets, Kind::Offline).map_err(|_| PlanError::WrongProof)?;
        let octets = octets.with_proof(&Proof { at, value });
        Ok(Self { octets, ..self.clone() })
    }
}
