//! What a verification is given beside the document.

use super::ConfigError;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[verify]`: evidence, and how far it is stretched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Verify {
    /// Files with revocation lists, PEM or DER, read at the start; relative paths
    /// start at the configuration file. Lists in the bundle of anchors count too.
    pub revocation_lists: Vec<PathBuf>,
    /// Files with answers about single certificates (OCSP, DER), read at the start.
    pub ocsp_responses: Vec<PathBuf>,
    /// Addresses of responders that may be asked where no list or answer is at hand: a certificate names its own, and
    /// is asked about only below one of these, such as `http://ocsp.example.cn`. Plain http will do: answers are signed.
    pub ocsp_responders: Vec<String>,
    /// How long after its nextUpdate a list or answer still counts, with a warning, 0 to a week.
    pub crl_grace_seconds: u32,
    /// The file of algorithms that count (`docs/algorithm-policy.md`), read at the start; a relative path starts at
    /// the configuration file. Without it what is built in.
    pub algorithms: Option<PathBuf>,
    /// Whether a valid verdict needs a register's word that the seal was in use when it stamped.
    pub seal_status: bool,
    /// Register that is asked whether a licence is in force: https, or http to
    /// this machine. Without it the standing of a licence stays unknown.
    pub status_url: Option<String>,
}

/// A week.
const LONGEST_GRACE: u32 = 7 * 86_400;

impl Verify {
    /// Makes relative paths start at `folder`.
    pub(super) fn rooted_at(mut self, folder: &Path) -> Self {
        let files = [&mut self.revocation_lists, &mut self.ocsp_responses].into_iter().flatten();
        files.chain(&mut self.algorithms).for_each(|path| *path = folder.join(&path));
        self
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.crl_grace_seconds > LONGEST_GRACE {
            return Err(ConfigError::Range { member: "verify.crl_grace_seconds", wanted: "0 to 604800" });
        }
        Ok(())
    }
}
