//! Authority and issuing.

use super::{ConfigError, serve::in_range};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::path::PathBuf;
use yinxin_hsm::KeyReference;
use yinxin_trust::{code::Site, suite::Suite, trust_list::HostName, x509::make::is_address};

/// `[authority]`: an authority of our own, for tests and small localities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// The folder of its certificates and revocation lists.
    pub folder: PathBuf,
    /// The suite in which it is founded: `sm2`, or `p256` for what crosses a border (ADR 21). An
    /// authority that is there keeps its own.
    #[serde(default)]
    pub suite: Suite,
    /// Where others reach this service, such as `http://licence.example.cn`: certificates that the authority issues then
    /// say that they are asked about at `/ocsp` there, and where the list of their issuer is. Plain http is usual there.
    pub public_address: Option<String>,
}

/// Longest public address, characters: what follows it in a certificate has to fit.
const ADDRESS_CHARACTERS: usize = 512;

impl Authority {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fits = |own: &String| is_address(own) && own.len() <= ADDRESS_CHARACTERS;
        if self.public_address.as_ref().is_none_or(fits) {
            return Ok(());
        }
        let wanted = "http:// or https:// and a host, visible ASCII, at most 512 characters";
        Err(ConfigError::Range { member: "authority.public_address", wanted })
    }
}

/// `[issuing]`: how licences are issued.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Issuing {
    /// `code_prefix`: where codes are looked up, as what printed ones begin with: `HTTPS://HOST/C/`,
    /// in capitals, with `:PORT` where that is not 443.
    #[serde(rename = "code_prefix", deserialize_with = "site_of_prefix")]
    pub code_site: Site,
    /// An intent older than this is made anew with a new time, 10 to 3600.
    pub intent_lifetime_seconds: u32,
    /// Threads that draw, verify and sign one batch, 1 to 64.
    pub threads: usize,
    /// Threads that sign one batch, 1 to 64: as many as the device has sessions.
    pub signing_threads: usize,
    /// Key of purpose `status`, in custody, that signs what is answered about licences to
    /// other localities. Without it answers go out unsigned.
    #[serde(deserialize_with = "reference")]
    pub status_key: Option<KeyReference>,
    /// Key of purpose `receipts`, in custody, that signs receipts of verifications. Without it
    /// none are made.
    #[serde(deserialize_with = "reference")]
    pub receipt_key: Option<KeyReference>,
    /// `[[issuing.fonts]]`: further fonts, for characters that the shipped ones lack and for faces that name them.
    pub fonts: Vec<FontFile>,
}

/// One further font.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FontFile {
    /// What faces call it: 1 to 32 lower-case letters, digits and hyphens; not `song` or `song-bold`.
    pub name: String,
    /// TrueType outlines, one face; a relative path starts at the configuration file.
    pub file: PathBuf,
}

pub(super) fn reference<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<KeyReference>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

/// Presentation codes and offline codes stand beside printed ones, so that the site is all there is to say.
fn site_of_prefix<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Site, D::Error> {
    let text = String::deserialize(deserializer)?;
    let site = text.strip_prefix("HTTPS://").and_then(|rest| rest.strip_suffix("/C/"));
    let in_capitals = site.filter(|site| !site.bytes().any(|octet| octet.is_ascii_lowercase()));
    let site = in_capitals.and_then(|site| site.to_ascii_lowercase().parse().ok());
    site.ok_or_else(|| D::Error::custom("issuing.code_prefix is HTTPS://HOST/C/ in capitals"))
}

impl Default for Issuing {
    fn default() -> Self {
        Self {
            code_site: Site::on_default_port(HostName::localhost()),
            intent_lifetime_seconds: 120,
            threads: 2,
            signing_threads: 8,
            status_key: None,
            receipt_key: None,
            fonts: Vec::new(),
        }
    }
}

impl Issuing {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("issuing.intent_lifetime_seconds", self.intent_lifetime_seconds, 10, 3600, "10 to 3600")?;
        in_range("issuing.threads", self.threads, 1, 64, "1 to 64")?;
        in_range("issuing.signing_threads", self.signing_threads, 1, 64, "1 to 64")
    }
}
