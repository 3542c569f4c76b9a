//! What JSON Web Keys and Signatures add (RFC 7518): RSA keys by their numbers, and RSASSA-PSS.

use super::{PublicKey, ValueFault};
use crate::asn1::{sequence, unsigned};
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

impl PublicKey {
    /// An RSA key of modulus and exponent, big-endian (RFC 7518 6.3.1). Whether they are a key of 2048 to 8192
    /// bits is judged by whoever verifies.
    pub fn rsa_from_numbers(modulus: &[u8], exponent: &[u8]) -> Self {
        Self::Rsa(sequence(&[&unsigned(modulus), &unsigned(exponent)]).into())
    }

    /// Verifies RSASSA-PSS over SHA-256 with MGF1 of the same and a salt as long (RFC 7518 3.5, `PS256`).
    ///
    /// # Errors
    /// [`ValueFault::KeyMismatch`] for a key that is not RSA, [`ValueFault::Wrong`].
    pub fn verify_pss_sha256(&self, message: &[u8], value: &[u8]) -> Result<(), ValueFault> {
        let Self::Rsa(key) = self else { return Err(ValueFault::KeyMismatch) };
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key).verify(message, value).map_err(|_| ValueFault::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_no_key_verify_nothing() {
        let key = PublicKey::rsa_from_numbers(&[0xC5; 256], &[1, 0, 1]);
        assert_eq!(key.bits(), 2048);
        assert_eq!(key.verify_pss_sha256(b"message", &[1; 256]), Err(ValueFault::Wrong));
        for (modulus, exponent) in [(&[][..], &[][..]), (&[0; 256], &[1]), (&[0xC5; 64], &[3])] {
            let key = PublicKey::rsa_from_numbers(modulus, exponent);
            assert_eq!(key.verify_pss_sha256(b"message", &[1; 256]), Err(ValueFault::Wrong));
        }
        let other = PublicKey::Ed25519([0; 32].into());
        assert_eq!(other.verify_pss_sha256(b"message", &[]), Err(ValueFault::KeyMismatch));
    }
}
