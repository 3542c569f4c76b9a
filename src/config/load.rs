//! Where the configuration file is looked for.

use super::Config;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};
use yinxin_hsm::configured::SectionFault;

/// Environment variable that names the configuration file.
pub const CONFIG_VARIABLE: &str = "YINXIN_CONFIG";

/// Looked for in the working directory when nothing else is said.
pub const CONFIG_FILE: &str = "yinxin.toml";

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration {path}: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not TOML, or a member that does not exist or is of another type.
    #[error("configuration: {0}")]
    Syntax(String),
    /// A value outside its range.
    #[error("configuration: {member} must be {wanted}")]
    Range {
        /// Dotted name of the member.
        member: &'static str,
        /// What it may be.
        wanted: &'static str,
    },
}

impl From<SectionFault> for ConfigError {
    fn from(SectionFault { member, wanted }: SectionFault) -> Self {
        Self::Range { member, wanted }
    }
}

/// Reads the configuration: `given` (from `--config`), else the file named by
/// [`CONFIG_VARIABLE`], else [`CONFIG_FILE`] in the working directory, else the
/// defaults. A file that was named must exist.
///
/// # Errors
/// [`ConfigError`] with the file or the member at fault.
pub fn find(given: Option<&Path>) -> Result<Config, ConfigError> {
    let named = given.map(Path::to_path_buf).or_else(|| env::var_os(CONFIG_VARIABLE).map(PathBuf::from));
    let path = named.clone().unwrap_or_else(|| PathBuf::from(CONFIG_FILE));
    match fs::read_to_string(&path) {
        Ok(text) => Config::parse_in(&text, path.parent().unwrap_or_else(|| Path::new(""))),
        Err(e) if named.is_none() && e.kind() == io::ErrorKind::NotFound => Ok(Config::default()),
        Err(source) => Err(ConfigError::Unreadable { path, source }),
    }
}
