//! `References/@CheckMethod` (clause 18.2): how the references are digested.

use super::DigestAlgorithm;

/// The digest algorithm that a signature file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckMethod {
    /// SM3, by name or as 1.2.156.10197.1.401 or .401.1.
    Sm3,
    /// SHA-256, by name or as 2.16.840.1.101.3.4.2.1.
    Sha256,
    /// MD5: broken.
    Md5,
    /// SHA-1: broken.
    Sha1,
    /// SM3 with a key, 1.2.156.10197.1.401.2: nobody without the key can check it.
    KeyedSm3,
    /// No attribute: the standard then means MD5.
    Absent,
    /// Anything else.
    Unknown(String),
}

impl CheckMethod {
    /// Reads the attribute; names in either case.
    pub fn parse(text: Option<&str>) -> Self {
        let Some(text) = text else { return Self::Absent };
        let plain: String =
            text.trim().chars().filter(|c| !matches!(c, '-' | '_')).map(|c| c.to_ascii_uppercase()).collect();
        match plain.as_str() {
            "SM3" | "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" => Self::Sm3,
            "SHA256" | "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "MD5" | "1.2.840.113549.2.5" => Self::Md5,
            "SHA1" | "1.3.14.3.2.26" => Self::Sha1,
            "HMACSM3" | "SM3HMAC" | "1.2.156.10197.1.401.2" => Self::KeyedSm3,
            _ => Self::Unknown(text.to_owned()),
        }
    }

    /// The algorithm, where references can and may be checked with it.
    pub const fn algorithm(&self) -> Option<DigestAlgorithm> {
        match self {
            Self::Sm3 => Some(DigestAlgorithm::Sm3),
            Self::Sha256 => Some(DigestAlgorithm::Sha256),
            Self::Md5 | Self::Sha1 | Self::KeyedSm3 | Self::Absent | Self::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_oids() {
        for (text, method) in [
            ("SM3", CheckMethod::Sm3),
            (" sm3 ", CheckMethod::Sm3),
            ("1.2.156.10197.1.401", CheckMethod::Sm3),
            ("1.2.156.10197.1.401.1", CheckMethod::Sm3),
            ("1.2.156.10197.1.401.2", CheckMethod::KeyedSm3),
            ("sha-256", CheckMethod::Sha256),
            ("2.16.840.1.101.3.4.2.1", CheckMethod::Sha256),
            ("md5", CheckMethod::Md5),
            ("SHA1", CheckMethod::Sha1),
            ("", CheckMethod::Unknown(String::new())),
            ("SM31", CheckMethod::Unknown("SM31".into())),
        ] {
            assert_eq!(CheckMethod::parse(Some(text)), method);
        }
        assert_eq!(CheckMethod::parse(None), CheckMethod::Absent);
        assert_eq!(CheckMethod::Absent.algorithm(), None);
    }
}
