//! A custody as a configuration names it: one section, the same for the service and for `hsmd`.
//!
//! ```toml
//! [keys]
//! folder = "keys"                  # key files; with a device, the book of its keys
//! passphrase_file = "passphrase"
//!
//! [keys.sdf]                       # at most one of sdf, pkcs11, hsmd
//! library = "/usr/lib/libsdf.so"
//! pin_file = "pin"
//! ```
//!
//! Relative paths start where the owner of the configuration says ([`CustodyConfig::rooted_at`]).

mod diagnosis;
mod open;
mod sections;

pub use diagnosis::{Finding, diagnose};
pub use open::{Custody, OpenFault};
pub use sections::{HsmdSection, Pkcs11Section, SdfSecond, SdfSection};

use crate::passphrase::Source;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Where keys are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustodyConfig {
    /// The folder of the key files; with a device, that of the book of its keys and of what is remembered
    /// of wrong PINs. Not with hsmd.
    pub folder: Option<PathBuf>,
    /// File with the passphrase of the folder, readable by this user alone.
    pub passphrase_file: Option<PathBuf>,
    /// Name of the systemd credential with the passphrase.
    pub passphrase_credential: Option<String>,
    /// A password device that speaks SDF.
    pub sdf: Option<SdfSection>,
    /// A PKCS#11 token.
    pub pkcs11: Option<Pkcs11Section>,
    /// The daemon that holds the keys.
    pub hsmd: Option<HsmdSection>,
}

/// A member that is missing, out of range, or contradicts another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {wanted}")]
pub struct SectionFault {
    /// Which, as in `keys.sdf.sessions`.
    pub member: &'static str,
    /// What it may be.
    pub wanted: &'static str,
}

impl CustodyConfig {
    /// Whether its members go together.
    ///
    /// # Errors
    /// [`SectionFault`], the first offence.
    pub fn check(&self) -> Result<(), SectionFault> {
        let fault = |member, wanted| Err(SectionFault { member, wanted });
        let places = [self.sdf.is_some(), self.pkcs11.is_some(), self.hsmd.is_some()];
        if places.into_iter().filter(|there| *there).count() > 1 {
            return fault("keys", "at most one of keys.sdf, keys.pkcs11 and keys.hsmd");
        }
        let passphrases = (self.passphrase_file.is_some(), self.passphrase_credential.is_some());
        if let Some(hsmd) = &self.hsmd {
            if self.folder.is_some() || passphrases != (false, false) {
                return fault("keys.hsmd", "without keys.folder and passphrase: the daemon has its own");
            }
            return hsmd.check();
        }
        if self.folder.is_none() {
            return fault("keys.folder", "the folder of the key files, or of a device's key book");
        }
        if passphrases.0 == passphrases.1 {
            return fault("keys.passphrase_file", "one of the two: passphrase_file or passphrase_credential");
        }
        self.sdf.as_ref().map_or(Ok(()), SdfSection::check)?;
        self.pkcs11.as_ref().map_or(Ok(()), Pkcs11Section::check)
    }

    /// Makes relative paths start at `folder`.
    #[must_use]
    pub fn rooted_at(self, folder: &Path) -> Self {
        Self {
            folder: self.folder.map(|path| folder.join(path)),
            passphrase_file: self.passphrase_file.map(|path| folder.join(path)),
            passphrase_credential: self.passphrase_credential,
            sdf: self.sdf.map(|section| section.rooted_at(folder)),
            pkcs11: self.pkcs11.map(|section| section.rooted_at(folder)),
            hsmd: self.hsmd.map(|section| section.rooted_at(folder)),
        }
    }

    /// Where the passphrase of the folder comes from; none with hsmd.
    pub fn passphrase(&self) -> Option<Source> {
        source(self.passphrase_file.as_ref(), self.passphrase_credential.as_ref())
    }
}

/// What is wrong with a text in TOML, in which line, and of which member. Never repeats the line: a PIN may
/// stand in it.
pub fn toml_words(text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let Some(before) = error.span().and_then(|span| text.get(..span.start)) else { return message.to_owned() };
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default();
    match line.split_once('=') {
        Some((member, _)) => format!("line {number}, {}: {message}", member.trim()),
        None => format!("line {number}: {message}"),
    }
}

fn source(file: Option<&PathBuf>, credential: Option<&String>) -> Option<Source> {
    file.cloned().map(Source::File).or_else(|| credential.cloned().map(Source::Credential))
}

#[cfg(test)]
mod tests;
