//! SM4 in the modes the product uses: GCM for data at rest and on the wire
//! (RFC 8998), CBC with PKCS#7 padding for GM/T 0099 and PKCS#12 input; ECB and CBC
//! on whole blocks (GB/T 17964) as devices have them.

use aes_gcm::{
    AesGcm,
    aead::{Aead, KeyInit, Payload},
};
use cbc::cipher::{
    BlockCipherDecrypt as _, BlockCipherEncrypt as _, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
    block_padding::Pkcs7, consts::U12,
};
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
    /// Not whole blocks of 16 octets, where there is no padding.
    #[error("sm4 message is not whole blocks of 16 octets")]
    Blocks,
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

    /// ECB in place, without padding. Equal blocks stay equal: only for what is random.
    ///
    /// # Errors
    /// [`Sm4Error::Blocks`].
    pub fn ecb_encrypt_blocks(&self, data: &mut [u8]) -> Result<(), Sm4Error> {
        let cipher = sm4::Sm4::new(&self.0.into());
        blocks(data)?.iter_mut().for_each(|block| cipher.encrypt_block(block.into()));
        Ok(())
    }

    /// Undoes [`Key::ecb_encrypt_blocks`].
    ///
    /// # Errors
    /// [`Sm4Error::Blocks`].
    pub fn ecb_decrypt_blocks(&self, data: &mut [u8]) -> Result<(), Sm4Error> {
        let cipher = sm4::Sm4::new(&self.0.into());
        blocks(data)?.iter_mut().for_each(|block| cipher.decrypt_block(block.into()));
        Ok(())
    }

    /// CBC in place, without padding. Carries no integrity.
    ///
    /// # Errors
    /// [`Sm4Error::Blocks`].
    pub fn cbc_encrypt_blocks(&self, iv: &[u8; 16], data: &mut [u8]) -> Result<(), Sm4Error> {
        let mut cipher = cbc::Encryptor::<sm4::Sm4>::new(&self.0.into(), &(*iv).into());
        blocks(data)?.iter_mut().for_each(|block| cipher.encrypt_block(block.into()));
        Ok(())
    }

    /// Undoes [`Key::cbc_encrypt_blocks`].
    ///
    /// # Errors
    /// [`Sm4Error::Blocks`].
    pub fn cbc_decrypt_blocks(&self, iv: &[u8; 16], data: &mut [u8]) -> Result<(), Sm4Error> {
        let mut cipher = cbc::Decryptor::<sm4::Sm4>::new(&self.0.into(), &(*iv).into());
        blocks(data)?.iter_mut().for_each(|block| cipher.decrypt_block(block.into()));
        Ok(())
    }

    fn gcm(&self) -> AesGcm<sm4::Sm4, U12> {
        AesGcm::new(&self.0.into())
    }
}

/// All of `data` as blocks.
fn blocks(data: &mut [u8]) -> Result<&mut [[u8; 16]], Sm4Error> {
    let (blocks, rest) = data.as_chunks_mut();
    if rest.is_empty() { Ok(blocks) } else { Err(Sm4Error::Blocks) }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32907, annex A, example 1.
    const EXAMPLE: [u8; 16] = 0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3210_u128.to_be_bytes();
    const ENCRYPTED: [u8; 16] = 0x681E_DF34_D206_965E_86B3_E94F_536E_4246_u128.to_be_bytes();

    #[test]
    fn blocks_are_those_of_the_standard() {
        let key = Key::new(EXAMPLE);
        let mut data = EXAMPLE.repeat(2);
        assert_eq!(key.ecb_encrypt_blocks(&mut data), Ok(()));
        assert_eq!(data, ENCRYPTED.repeat(2));
        assert_eq!(key.ecb_decrypt_blocks(&mut data), Ok(()));
        assert_eq!(data, EXAMPLE.repeat(2));
    }

    #[test]
    fn chained_blocks_are_the_padded_mode_without_its_padding() {
        let (key, iv) = (Key::new(EXAMPLE), [7; 16]);
        let mut data = EXAMPLE.repeat(3);
        assert_eq!(key.cbc_encrypt_blocks(&iv, &mut data), Ok(()));
        assert_eq!(data, key.cbc_encrypt(&iv, &EXAMPLE.repeat(3))[..48]);
        assert_eq!(key.cbc_decrypt_blocks(&iv, &mut data), Ok(()));
        assert_eq!(data, EXAMPLE.repeat(3));
    }

    #[test]
    fn parts_of_blocks_are_refused() {
        let key = Key::new(EXAMPLE);
        assert_eq!(key.ecb_encrypt_blocks(&mut [0; 17]), Err(Sm4Error::Blocks));
        assert_eq!(key.ecb_decrypt_blocks(&mut [0; 15]), Err(Sm4Error::Blocks));
        assert_eq!(key.cbc_encrypt_blocks(&[0; 16], &mut [0; 31]), Err(Sm4Error::Blocks));
        assert_eq!(key.cbc_decrypt_blocks(&[0; 16], &mut [0; 1]), Err(Sm4Error::Blocks));
    }
}
