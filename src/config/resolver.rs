//! Platforms that know codes of other services.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[resolver]`: codes of other services at the window, and who may ask about ours (docs/code-resolver.md).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resolver {
    /// `[[resolver.platforms]]`.
    pub platforms: Vec<CodePlatform>,
}

/// One platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodePlatform {
    /// What people call it, in Chinese: 1 to 40 characters.
    pub name: String,
    /// And in English.
    pub name_en: String,
    /// What its codes begin with, in either case: 3 to 200 visible characters each; an address with its host and a
    /// stroke behind it.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// What may stand behind the prefix.
    #[serde(default)]
    pub rest_characters: RestCharacters,
    /// How many of them, fewest and most: 1 to 400.
    #[serde(default = "usual_length")]
    pub rest_length: [usize; 2],
    /// Where it is asked: https, or http to this machine. Without it the platform only asks.
    pub address: Option<String>,
    /// The file of the SM2 key (PEM) that signs its answers and questions; a relative path starts at the configuration file.
    pub key: PathBuf,
    /// For a whole question, 200 to 10000.
    #[serde(default = "usual_timeout")]
    pub timeout_milliseconds: u32,
    /// Whether it may ask about codes that our holders show.
    #[serde(default)]
    pub may_ask: bool,
}

/// Characters of codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestCharacters {
    /// 0 to 9.
    Digits,
    /// Letters and digits of ASCII.
    #[default]
    Alphanumeric,
    /// And `-`, `_`, `.`, `~`, `=`.
    Token,
    /// Whatever of ASCII can be seen.
    Visible,
}

const fn usual_length() -> [usize; 2] {
    [8, 128]
}

const fn usual_timeout() -> u32 {
    3000
}

/// Most platforms.
const MOST: usize = 32;

impl RestCharacters {
    /// Whether an octet is one of them.
    pub fn includes(self) -> fn(u8) -> bool {
        match self {
            Self::Digits => |octet| octet.is_ascii_digit(),
            Self::Alphanumeric => |octet| octet.is_ascii_alphanumeric(),
            Self::Token => |octet| octet.is_ascii_alphanumeric() || b"-_.~=".contains(&octet),
            Self::Visible => |octet| octet.is_ascii_graphic(),
        }
    }
}

impl Resolver {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("resolver.platforms", self.platforms.len(), 0, MOST, "at most 32")?;
        self.platforms.iter().try_for_each(CodePlatform::check)
    }

    pub(super) fn rooted_at(mut self, folder: &Path) -> Self {
        self.platforms.iter_mut().for_each(|one| one.key = folder.join(&one.key));
        self
    }
}

impl CodePlatform {
    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |member, wanted| Err(ConfigError::Range { member, wanted });
        for (member, name) in [("resolver.platforms.name", &self.name), ("resolver.platforms.name_en", &self.name_en)] {
            if name.trim().is_empty() || name.chars().count() > 40 || name.chars().any(char::is_control) {
                return refuse(member, "1 to 40 characters");
            }
        }
        if self.address.is_some() == self.prefixes.is_empty() {
            return refuse("resolver.platforms.prefixes", "some where there is an address, and none without");
        }
        if self.address.is_none() && !self.may_ask {
            return refuse("resolver.platforms.may_ask", "true where there is no address");
        }
        if self.prefixes.len() > MOST || !self.prefixes.iter().all(|prefix| is_prefix(prefix)) {
            let wanted = "3 to 200 visible characters, an address with a stroke behind its host";
            return refuse("resolver.platforms.prefixes", wanted);
        }
        let [fewest, most] = self.rest_length;
        if fewest == 0 || fewest > most || most > 400 {
            return refuse("resolver.platforms.rest_length", "two numbers of 1 to 400, the first no larger");
        }
        in_range("resolver.platforms.timeout_milliseconds", self.timeout_milliseconds, 200, 10_000, "200 to 10000")
    }
}

/// An address whose host ends where the prefix ends would be that of a host which begins so, too.
fn is_prefix(prefix: &str) -> bool {
    let is_whole = prefix.split_once("://").is_none_or(|(_, rest)| rest.find('/').is_some_and(|at| at > 0));
    (3..=200).contains(&prefix.len()) && prefix.bytes().all(|octet| octet.is_ascii_graphic()) && is_whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(prefix: &str) -> CodePlatform {
        toml::from_str(&format!(
            "name = \"安康码\"\nname_en = \"An Kang Ma\"\nprefixes = [{prefix:?}]\naddress = \"https://a.example\"\nkey = \"k\""
        ))
        .unwrap()
    }

    #[test]
    fn a_prefix_names_a_whole_host() {
        for sound in ["AKM:", "https://akm.example.gov.cn/", "HTTPS://AKM.EXAMPLE.GOV.CN/Q/"] {
            assert!(platform(sound).check().is_ok(), "{sound}");
        }
        for wrong in ["AK", "https://akm.example.gov.cn", "https:///x", "安康码:", "a b:"] {
            assert!(platform(wrong).check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_platform_is_asked_or_asks() {
        let sound = platform("AKM:");
        let wrong = [
            CodePlatform { address: None, ..sound.clone() },
            CodePlatform { prefixes: Vec::new(), ..sound.clone() },
            CodePlatform { address: None, prefixes: Vec::new(), ..sound.clone() },
            CodePlatform { rest_length: [9, 8], ..sound.clone() },
            CodePlatform { rest_length: [0, 8], ..sound.clone() },
            CodePlatform { timeout_milliseconds: 199, ..sound.clone() },
            CodePlatform { name_en: " ".to_owned(), ..sound.clone() },
        ];
        for one in wrong {
            assert!(one.check().is_err(), "{one:?}");
        }
        let asks = CodePlatform { address: None, prefixes: Vec::new(), may_ask: true, ..sound };
        assert!(asks.check().is_ok());
    }
}
