//! The file: a receipt, its signature, and the key.
//!
//! The signature is SM2 with SM3 under the default distinguishing id, over the line
//! `yinxin-receipt/1` with its line feed and then the canonical octets of the member
//! `receipt`; DER in base64. The key is a SubjectPublicKeyInfo in base64.

use super::{BUDGET, FORMAT, Receipt};
use crate::{
    sm::{Signature, SignatureFormError, sm2},
    suite::PublicKey,
    trust_list::{
        ServiceKey,
        canonical::{self, TypedFault},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// What is signed begins so: the key signs nothing else that could be taken for a receipt.
const DOMAIN: &[u8] = b"yinxin-receipt/1\n";

/// Why octets are no receipt, or not to be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// Not canonical, or not these members.
    #[error("no receipt: {0}")]
    Form(#[from] TypedFault),
    /// Of a later version, or of none.
    #[error("receipts of the format {0:?} are not known to this program, which knows {FORMAT:?}")]
    UnknownVersion(String),
    /// Not base64 with padding.
    #[error("the {0} of the receipt is no base64 with padding")]
    Base64(&'static str),
    /// None that signs receipts.
    #[error("the key of the receipt is no sm2 key")]
    Key,
    /// No signature value in DER.
    #[error("the signature of the receipt: {0}")]
    SignatureForm(#[from] SignatureFormError),
    /// Altered, or signed by another key than the one in it.
    #[error("the receipt was altered: its signature does not verify")]
    WrongSignature,
    /// Signed, but by somebody who is not believed here.
    #[error("the receipt is signed by a key that nobody here vouches for")]
    OtherKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    key: String,
    receipt: Receipt,
    signature: String,
}

/// A receipt whose signature verifies under the key that came with it. There is no way
/// to one without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedReceipt {
    receipt: Receipt,
    key: ServiceKey,
    octets: Vec<u8>,
}

impl SignedReceipt {
    /// Reads a file. Whether the key is one that is believed says [`SignedReceipt::is_by`].
    ///
    /// # Errors
    /// [`ReceiptFault`].
    pub fn read(octets: &[u8]) -> Result<Self, ReceiptFault> {
        let file: File = canonical::from_octets(octets, &BUDGET).map_err(|fault| match fault {
            TypedFault::Members(_) => of_another_version(octets).unwrap_or(fault.into()),
            TypedFault::Form(_) => fault.into(),
        })?;
        // the same instant may be written in several ways, and was signed in one
        let is_as_signed = canonical::to_octets(&file, &BUDGET)? == octets;
        let File { key, receipt, signature } = file;
        if receipt.format != FORMAT {
            return Err(ReceiptFault::UnknownVersion(receipt.format.chars().take(40).collect()));
        }
        let key = STANDARD.decode(key).map_err(|_| ReceiptFault::Base64("key"))?;
        let key = ServiceKey::from_spki(&key).map_err(|_| ReceiptFault::Key)?;
        let PublicKey::Sm2(public) = key.key() else { return Err(ReceiptFault::Key) };
        let signature = STANDARD.decode(signature).map_err(|_| ReceiptFault::Base64("signature"))?;
        let signature = Signature::from_der(&signature)?;
        let signed = [DOMAIN, &canonical::to_octets(&receipt, &BUDGET)?].concat();
        if !is_as_signed || !public.verify(sm2::DEFAULT_ID, &signed, &signature) {
            return Err(ReceiptFault::WrongSignature);
        }
        Ok(Self { receipt, key, octets: octets.to_vec() })
    }

    /// What it says.
    pub const fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The key that signed it.
    pub const fn key(&self) -> &ServiceKey {
        &self.key
    }

    /// The file.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Whether one of these keys signed it.
    ///
    /// # Errors
    /// [`ReceiptFault::OtherKey`].
    pub fn is_by<'a>(&self, keys: impl IntoIterator<Item = &'a ServiceKey>) -> Result<(), ReceiptFault> {
        if keys.into_iter().any(|key| *key == self.key) { Ok(()) } else { Err(ReceiptFault::OtherKey) }
    }
}

/// A receipt that is signed, but of a version that is not this one.
fn of_another_version(octets: &[u8]) -> Option<ReceiptFault> {
    #[derive(Deserialize)]
    struct Any {
        receipt: Format,
    }
    #[derive(Deserialize)]
    struct Format {
        format: String,
    }
    let Any { receipt: Format { format } } = serde_json::from_slice(octets).ok()?;
    (format != FORMAT).then(|| ReceiptFault::UnknownVersion(format.chars().take(40).collect()))
}

/// A receipt that lacks only its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptPlan {
    receipt: Receipt,
    /// Canonical, without the line before them.
    octets: Vec<u8>,
}

impl ReceiptPlan {
    /// Writes the canonical octets.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`].
    pub fn new(receipt: Receipt) -> Result<Self, ReceiptFault> {
        Ok(Self { octets: canonical::to_octets(&receipt, &BUDGET)?, receipt })
    }

    /// From octets that were kept until they are signed.
    ///
    /// # Errors
    /// [`ReceiptFault::Form`].
    pub fn from_octets(octets: &[u8]) -> Result<Self, ReceiptFault> {
        Self::new(canonical::from_octets(octets, &BUDGET)?)
    }

    /// What it will say.
    pub const fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// The canonical octets, to be kept until they are signed.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What the key signs, as a message.
    pub fn to_be_signed(&self) -> Vec<u8> {
        [DOMAIN, &self.octets].concat()
    }

    /// The signed receipt, once the signature verifies under the key.
    ///
    /// # Errors
    /// [`ReceiptFault::WrongSignature`], [`ReceiptFault::Key`].
    pub fn embed(self, key: &ServiceKey, signature: &Signature) -> Result<SignedReceipt, ReceiptFault> {
        let file = File {
            key: STANDARD.encode(key.spki()),
            receipt: self.receipt,
            signature: STANDARD.encode(signature.to_der()),
        };
        SignedReceipt::read(&canonical::to_octets(&file, &BUDGET)?)
    }
}
