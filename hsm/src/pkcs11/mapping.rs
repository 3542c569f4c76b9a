//! Vendor mappings: which numbers a vendor gave to what PKCS#11 does not define.
//!
//! A mapping is a TOML file that names each number by its symbol and says in which
//! form the mechanism wants its input. `hsm/mappings/` has samples.
//!
//! ```toml
//! name = "vendor-a"
//! verified = false                 # whether somebody saw it work on a device
//! source = "the vendor's header pkcs11sm.h, version 1.4"
//!
//! [key-type]
//! CKK_SM2 = 0x00010001             # left out: CKK_EC with the OID of the curve
//!
//! [mechanism.CKM_SM2]              # signs e = SM3(ZA || M), 32 octets
//! number = 0x00010002
//! signature = "raw"                # r || s, the default; "der" for SEQUENCE { r, s }
//!
//! [mechanism.CKM_SM2_SM3]          # signs messages; used where there is no CKM_SM2
//! number = 0x00010004
//! parameter = "id"                 # "none", "id" (the distinguishing id) or "z" (ZA)
//!
//! [mechanism.CKM_SM2_KEY_PAIR_GEN] # left out: keys are made with the vendor's tool
//! number = 0x00010003
//! ```

use cryptoki_sys as sys;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Longest mapping file, in octets.
const LONGEST: u64 = 65_536;

/// Why a mapping file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    /// It cannot be read.
    #[error("{path}: cannot be read: {cause}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Longer than such files are.
    #[error("{0}: is longer than {LONGEST} octets, so it is no mapping file")]
    Long(PathBuf),
    /// Not of the form that such a file has.
    #[error("{path}: is no vendor mapping: {cause}")]
    Form {
        /// Which.
        path: PathBuf,
        /// Where, and what is wrong.
        cause: Box<toml::de::Error>,
    },
    /// No mechanism that signs.
    #[error("{0}: names neither CKM_SM2 nor CKM_SM2_SM3, so nothing signs SM2")]
    NoSigning(PathBuf),
    /// A parameter where the mechanism takes none.
    #[error("{0}: CKM_SM2 takes e, in which id and ZA are already; it has no parameter")]
    Parameter(PathBuf),
}

/// How one vendor does SM2.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mapping {
    /// What messages call it.
    pub name: String,
    /// Whether somebody saw it work on a device of the vendor.
    pub verified: bool,
    /// Where the numbers are from.
    pub source: String,
    /// Numbers of key types.
    #[serde(default)]
    key_type: KeyTypes,
    /// Numbers of mechanisms.
    mechanism: Mechanisms,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTypes {
    #[serde(rename = "CKK_SM2")]
    sm2: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mechanisms {
    #[serde(rename = "CKM_SM2")]
    digest: Option<VendorMechanism>,
    #[serde(rename = "CKM_SM2_SM3")]
    message: Option<VendorMechanism>,
    #[serde(rename = "CKM_SM2_KEY_PAIR_GEN")]
    generate: Option<Generation>,
}

/// A mechanism that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorMechanism {
    /// CK_MECHANISM_TYPE.
    pub number: u32,
    /// What goes with it.
    #[serde(default)]
    pub parameter: ParameterForm,
    /// What comes back.
    #[serde(default)]
    pub signature: SignatureForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Generation {
    number: u32,
}

/// The parameter of a mechanism that hashes the message itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterForm {
    /// None: the device knows id and public key.
    #[default]
    None,
    /// The octets of the distinguishing id.
    Id,
    /// ZA, 32 octets.
    Z,
}

/// The form of a signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureForm {
    /// r || s, 32 octets each.
    #[default]
    Raw,
    /// DER `SEQUENCE { r INTEGER, s INTEGER }`.
    Der,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`MappingError`], naming the file and the place in it.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let unreadable = |cause| MappingError::Unreadable { path: path.to_owned(), cause };
        if std::fs::metadata(path).map_err(unreadable)?.len() > LONGEST {
            return Err(MappingError::Long(path.to_owned()));
        }
        Self::parse(&std::fs::read_to_string(path).map_err(unreadable)?, path)
    }

    /// The same from text; `path` is for messages.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text)
            .map_err(|cause| MappingError::Form { path: path.to_owned(), cause: Box::new(cause) })?;
        if mapping.mechanism.digest.is_none() && mapping.mechanism.message.is_none() {
            return Err(MappingError::NoSigning(path.to_owned()));
        }
        if mapping.mechanism.digest.is_some_and(|digest| digest.parameter != ParameterForm::None) {
            return Err(MappingError::Parameter(path.to_owned()));
        }
        Ok(mapping)
    }

    /// CK_KEY_TYPE of SM2 keys.
    pub fn key_type(&self) -> u64 {
        self.key_type.sm2.map_or(sys::CKK_EC, u64::from)
    }

    /// The mechanism that signs e = SM3(ZA || M).
    pub const fn signs_digest(&self) -> Option<VendorMechanism> {
        self.mechanism.digest
    }

    /// The mechanism that signs messages.
    pub const fn signs_message(&self) -> Option<VendorMechanism> {
        self.mechanism.message
    }

    /// The mechanism that makes key pairs.
    pub fn generates(&self) -> Option<u64> {
        self.mechanism.generate.map(|generation| u64::from(generation.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Mapping, MappingError> {
        Mapping::parse(text, Path::new("m.toml"))
    }

    const HEAD: &str = "name = \"a\"\nverified = false\nsource = \"memory\"\n";

    #[test]
    fn numbers_and_forms_are_read() {
        let text = format!(
            "{HEAD}[key-type]\nCKK_SM2 = 0x10001\n[mechanism.CKM_SM2]\nnumber = 0x10002\nsignature = \"der\"\n\
             [mechanism.CKM_SM2_SM3]\nnumber = 0xFFFFF003\nparameter = \"z\"\n\
             [mechanism.CKM_SM2_KEY_PAIR_GEN]\nnumber = 0x10003\n"
        );
        let mapping = parse(&text).unwrap();
        assert_eq!((mapping.key_type(), mapping.generates()), (0x10001, Some(0x10003)));
        let digest = mapping.signs_digest().unwrap();
        assert_eq!((digest.number, digest.signature), (0x10002, SignatureForm::Der));
        let message = mapping.signs_message().unwrap();
        assert_eq!((message.number, message.parameter), (0xFFFF_F003, ParameterForm::Z));
    }

    #[test]
    fn without_a_key_type_the_curve_tells() {
        let mapping = parse(&format!("{HEAD}[mechanism.CKM_SM2]\nnumber = 1\n")).unwrap();
        assert_eq!((mapping.key_type(), mapping.generates()), (sys::CKK_EC, None));
    }

    #[test]
    fn every_offence_has_a_name() {
        let refused = |rest: &str| parse(&format!("{HEAD}{rest}")).unwrap_err().to_string();
        assert!(refused("").contains("missing field `mechanism`"));
        assert!(refused("[mechanism]\n").contains("names neither CKM_SM2 nor CKM_SM2_SM3"));
        assert!(refused("[mechanism.CKM_SM2]\nnumber = 0x1_0000_0000\n").contains("no vendor mapping"));
        assert!(refused("[mechanism.CKM_SM2]\nnumber = 1\nparameter = \"id\"\n").contains("has no parameter"));
        assert!(refused("[mechanism.CKM_SM3]\nnumber = 1\n").contains("CKM_SM3"));
        assert!(refused("[mechanism.CKM_SM2]\nnumber = 1\ninput = \"e\"\n").contains("input"));
        assert!(matches!(Mapping::read(Path::new("/nowhere/m.toml")), Err(MappingError::Unreadable { .. })));
    }

    #[test]
    fn the_samples_are_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mapping = Mapping::read(&path).unwrap();
            assert_eq!(path.file_stem().unwrap().to_str(), Some(mapping.name.as_str()));
            assert!(!mapping.source.is_empty());
            names.push(mapping.name);
        }
        assert!(names.len() >= 2, "{names:?}");
    }
}
