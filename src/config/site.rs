//! `[site]`: who runs this site, and in which further languages.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use yinxin_trust::base::Moment;

/// Most further languages.
const MOST_LANGUAGES: usize = 16;

/// Who runs this site.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
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
    /// From which age on pages call lists and standings old (偏旧), in hours, 1 to a year.
    pub old_after_hours: u32,
}

/// A year.
const LONGEST_HOURS: u32 = 366 * 24;

impl Default for Site {
    fn default() -> Self {
        Self { name: None, operator: None, phone: None, languages: Vec::new(), old_after_hours: 7 * 24 }
    }
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
        in_range("site.old_after_hours", self.old_after_hours, 1, LONGEST_HOURS, "1 to 8784")?;
        Ok(())
    }

    /// Whether what was so then is old now.
    pub fn is_old(&self, then: Moment, now: Moment) -> bool {
        now.unix_seconds() - then.unix_seconds() > i64::from(self.old_after_hours) * 3600
    }

    pub(super) fn rooted_at(self, folder: &Path) -> Self {
        Self { languages: self.languages.iter().map(|file| folder.join(file)).collect(), ..self }
    }
}
