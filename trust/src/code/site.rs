//! Where codes are looked up, and the texts of QR codes that lead there.

use super::{Payload, ShortCode};
use crate::trust_list::{HostName, HostNameOffence};
use core::{fmt, str::FromStr};

/// The port of https, which is not written.
const DEFAULT_PORT: u16 = 443;

/// A host under which codes are shown, and its port where it is another than 443. Two
/// are the same where both are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site {
    host: HostName,
    port: Option<u16>,
}

/// Why a text is no [`Site`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SiteOffence {
    /// No host name.
    #[error(transparent)]
    Host(#[from] HostNameOffence),
    /// Not 1 to 65535, in digits without a leading nought.
    #[error("a port is 1 to 65535, without a leading nought")]
    Port,
}

impl Site {
    /// A host on the port of https.
    pub const fn on_default_port(host: HostName) -> Self {
        Self { host, port: None }
    }

    /// The host.
    pub const fn host(&self) -> &HostName {
        &self.host
    }

    /// The port where it is not 443.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// The address of a printed code: `HTTPS://HOST/C/…`.
    pub fn printed(&self, code: &ShortCode) -> String {
        format!("{}/C/{}", self.origin(), code.as_str())
    }

    /// The same with the signed digest behind it: `HTTPS://HOST/C/…#…`.
    pub fn printed_with_digest(&self, code: &ShortCode, digest: &Payload) -> String {
        format!("{}#{digest}", self.printed(code))
    }

    /// The address of a presentation code: `HTTPS://HOST/S/…`.
    pub fn presentation(&self, code: &ShortCode) -> String {
        format!("{}/S/{}", self.origin(), code.as_str())
    }

    /// The text of an offline code: `HTTPS://HOST/C#…`.
    pub fn offline(&self, payload: &Payload) -> String {
        format!("{}/C#{payload}", self.origin())
    }

    /// In capitals, for the alphanumeric mode of QR codes.
    fn origin(&self) -> String {
        format!("HTTPS://{self}").to_ascii_uppercase()
    }
}

impl FromStr for Site {
    type Err = SiteOffence;

    /// `host` or `host:port`; the host in its one form, lower case and A-labels.
    fn from_str(text: &str) -> Result<Self, SiteOffence> {
        let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
        let port = match port {
            None => None,
            Some(digits) => {
                let is_written_so = digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.starts_with('0');
                Some(digits.parse::<u16>().ok().filter(|_| is_written_so).ok_or(SiteOffence::Port)?)
            }
        };
        Ok(Self { host: host.parse()?, port: port.filter(|port| *port != DEFAULT_PORT) })
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            None => self.host.fmt(f),
            Some(port) => write!(f, "{}:{port}", self.host),
        }
    }
}
