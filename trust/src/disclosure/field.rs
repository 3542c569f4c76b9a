//! One field, its salt, and the digest over both.

use crate::sm::sm3::{self, Sm3};
use serde::{Deserialize, Serialize};

/// Octets of a salt.
pub const SALT_BYTES: usize = 16;

/// What is digested begins so: no other digest of ours does.
const DOMAIN: &[u8] = b"yinxin-field/1\n";

/// What keeps a digest from being guessed by trying values.
pub type Salt = [u8; SALT_BYTES];

/// In which form a value stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldForm {
    /// As it is on the face.
    Whole,
    /// With stars, as the class of the field wants it.
    Masked,
}

impl FieldForm {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Masked => "masked",
        }
    }
}

/// One field of a licence, as others may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The short name of the element of GB/T 36903 that it is, such as `CZZT`; else its name in the catalogue entry.
    pub name: String,
    /// 照面项名称.
    pub title: String,
    /// In which form the value stands.
    pub form: FieldForm,
    /// The value.
    pub value: String,
}

impl Field {
    /// SM3 over the domain, then salt, form, name, title and value, each behind its length in
    /// four octets, the highest first: no two of them are one text.
    pub fn digest(&self, salt: &Salt) -> sm3::Digest {
        let mut digest = Sm3::new();
        digest.update(DOMAIN);
        let parts = [
            salt.as_slice(),
            self.form.as_str().as_bytes(),
            self.name.as_bytes(),
            self.title.as_bytes(),
            self.value.as_bytes(),
        ];
        for part in parts {
            // texts are bounded far below that
            digest.update(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            digest.update(part);
        }
        digest.finish()
    }
}
