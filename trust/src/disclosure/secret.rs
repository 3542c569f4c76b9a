//! The one secret of a version, from which its salts and nonces come.

use super::{FieldForm, SALT_BYTES, Salt};
use crate::{base::Secret, sm::sm3};

/// Octets of the secret.
pub const SECRET_BYTES: usize = 32;

/// Random octets of one version of a licence. They lie with the register and stand in no file.
///
/// Salts and nonces are HMAC-SM3 under it: whoever is shown one learns nothing of another.
#[derive(Clone, Debug)]
pub struct FieldSecret(Secret<[u8; SECRET_BYTES]>);

impl FieldSecret {
    /// Of fresh randomness.
    pub const fn new(random: [u8; SECRET_BYTES]) -> Self {
        Self(Secret::new(random))
    }

    /// As it was kept; `None` where it has another length.
    pub fn kept(octets: &[u8]) -> Option<Self> {
        octets.try_into().ok().map(Self::new)
    }

    /// To be kept with the register.
    pub const fn expose(&self) -> &[u8; SECRET_BYTES] {
        self.0.expose()
    }

    /// The salt of a field in a form.
    pub fn salt(&self, name: &str, form: FieldForm) -> Salt {
        self.derive(&["yinxin-field-salt/1", form.as_str(), name])
    }

    /// What is added to an entry of the package, in hexadecimal.
    pub fn nonce(&self, entry: &str) -> String {
        hex::encode(self.derive(&["yinxin-part-nonce/1", entry]))
    }

    /// No line holds a line feed but the last, which ends the message.
    fn derive(&self, lines: &[&str]) -> [u8; SALT_BYTES] {
        let whole = sm3::hmac(self.expose(), lines.join("\n").as_bytes());
        let mut cut = [0; SALT_BYTES];
        cut.copy_from_slice(&whole[..SALT_BYTES]);
        cut
    }
}
