//! `[site]`: who runs this site, and in which further languages.

use super::ConfigError;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Most further languages.
const MOST_LANGUAGES: usize = 16;

/// Who runs this site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// Name of the service.
    pub name: Option<String>,
    /// Body that operates it.
    pub operator: Option<String>,
    /// Whom to call.
    pub phone: Option<String>,
    /// Files of further languages of the pages (docs/languages.md), at most 16.
    pub languages: Vec<PathBuf>,
}

impl Site {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        for (member, text) in
            [("site.name", &self.name), ("site.operator", &self.operator), ("site.phone", &self.phone)]
        {
            if text.as_ref().is_some_and(|t| t.trim().is_empty() || t.chars().count() > 100) {
                return Err(ConfigError::Range { member, wanted: "1 to 100 characters" });
            }
        }
        if self.languages.len() > MOST_LANGUAGES {
            return Err(ConfigError::Range { member: "site.languages", wanted: "at most 16 files" });
        }
        Ok(())
    }

    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        Self { languages: self.languages.iter().map(|file| folder.join(file)).collect(), ..self }
    }
}
