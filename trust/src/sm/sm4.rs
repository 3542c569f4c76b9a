//! SM4 in the two modes the product uses: GCM for data at rest and on the
//! wire (RFC 8998), CBC with PKCS#7 padding for GM/T 0099 and PKCS#12 input.

use aes_gcm::{
    AesGcm,
    aead::{Aead, KeyInit, Payload},
};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7, consts::U12};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// An SM4 key of 16 octets, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 16]);

/// Why SM4 gave no result. Deliberately says no more: the cause of a failed
/// decryption is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sm4Error {
    /// Tag or padding wrong, or a ciphertext that is too short.
    #[error("sm4 decryption failed")]
    Decrypt,
    /// More octets than the mode may encrypt under one nonce.
    #[error("sm4 message too long")]
    TooLong,
}

impl Key {
    /// Takes over the key octets.
    pub const fn new(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// GCM: ciphertext followed by the tag of 16 octets. A nonce must never be
    /// used twice under one key.
    ///
    /// # Errors
    /// [`Sm4Error::TooLong`] beyond 2^36 octets.
    pub fn gcm_seal(&self, nonce: &[u8; 12], aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Sm4Error> {
        self.gcm().encrypt(&(*nonce).into(), Payload { msg: plaintext, aad }).map_err(|_| Sm4Error::TooLong)
    }

    /// Opens what [`Key::gcm_seal`] made; the tag is compared in constant time.
    ///
    /// # Errors
    /// [`Sm4Error::Decrypt`] where the tag does not match.
    pub fn gcm_open(&self, nonce: &[u8; 12], aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Sm4Error> {
        self.gcm().decrypt(&(*nonce).into(), Payload { msg: sealed, aad }).map_err(|_| Sm4Error::Decrypt)
    }

    /// CBC with PKCS#7 padding. Carries no integrity: only inside something signed.
    pub fn cbc_encrypt(&self, iv: &[u8; 16], plaintext: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<sm4::Sm4>::new(&self.0.into(), &(*iv).into()).encrypt_padded_vec::<Pkcs7>(plaintext)
    }

    /// Opens what [`Key::cbc_encrypt`] made.
    ///
    /// # Errors
    /// [`Sm4Error::Decrypt`] where length or padding is wrong.
    pub fn cbc_decrypt(&self, iv: &[u8; 16], ciphertext: &[u8]) -> Result<Vec<u8>, Sm4Error> {
        cbc::Decryptor::<sm4::Sm4>::new(&self.0.into(), &(*iv).into())
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .map_err(|_| Sm4Error::Decrypt)
    }

    fn gcm(&self) -> AesGcm<sm4::Sm4, U12> {
        AesGcm::new(&self.0.into())
    }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Key(..)")
    }
}
