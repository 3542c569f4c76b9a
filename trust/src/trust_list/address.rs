//! Host names and addresses of lists.

use core::{fmt, str::FromStr};

/// Longest address, in octets.
const LONGEST_ADDRESS: usize = 2_048;

/// A host name in its one form: lower case, no dot at the end, international names
/// as A-labels (`xn--`), no port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

/// Why a text is no [`HostName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostNameOffence {
    /// Not 1 to 253 octets (RFC 1035 2.3.4).
    #[error("a host name has 1 to 253 characters")]
    Length,
    /// A label that is not 1 to 63 of a-z, 0-9 and hyphen, the hyphen inside only.
    #[error("label {number} of the host name is not 1 to 63 of a-z, 0-9 and an inner hyphen")]
    Label {
        /// From 1.
        number: usize,
    },
}

/// An address of a list: `https` or `http`, since the list is signed and some
/// networks have no TLS within; visible ASCII, without user, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Box<str>);

/// Why a text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressOffence {
    /// More than 2,048 characters.
    #[error("an address has at most {LONGEST_ADDRESS} characters")]
    TooLong,
    /// Another scheme, or none.
    #[error("an address begins with https:// or http://")]
    Scheme,
    /// Space, control characters, others than ASCII, and what URLs do not carry.
    #[error("an address has visible ASCII characters only, without user, query and fragment")]
    Character,
    /// No host.
    #[error("host of the address: {0}")]
    Host(HostNameOffence),
    /// Not 1 to 65535.
    #[error("the port of an address is 1 to 65535, without a leading nought")]
    Port,
}

impl HostName {
    /// `localhost`, where nobody comes from outside.
    pub fn localhost() -> Self {
        Self("localhost".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = HostNameOffence;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !(1..=253).contains(&text.len()) {
            return Err(HostNameOffence::Length);
        }
        let is_sound = |label: &str| {
            let inner = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
            (1..=63).contains(&label.len())
                && label.bytes().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        match (1..).zip(text.split('.')).find(|(_, label)| !is_sound(label)) {
            Some((number, _)) => Err(HostNameOffence::Label { number }),
            None => Ok(Self(text.into())),
        }
    }
}

impl Address {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Address {
    type Err = AddressOffence;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > LONGEST_ADDRESS {
            return Err(AddressOffence::TooLong);
        }
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let rest = rest.ok_or(AddressOffence::Scheme)?;
        let is_foreign = |octet: u8| !octet.is_ascii_graphic() || b"@?#\\\"<>^`{|}".contains(&octet);
        if rest.bytes().any(is_foreign) {
            return Err(AddressOffence::Character);
        }
        let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
        let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        host.parse::<HostName>().map_err(AddressOffence::Host)?;
        let is_port = |port: &str| {
            port.bytes().all(|octet| octet.is_ascii_digit()) && !port.starts_with('0') && port.parse::<u16>().is_ok()
        };
        if port.is_some_and(|port| !is_port(port)) {
            return Err(AddressOffence::Port);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for host in ["fuyang.gov.cn", "localhost", "127.0.0.1", "xn--55qw42g.cn", "a-b.c"] {
            assert!(host.parse::<HostName>().is_ok(), "{host}");
        }
        let label = |number| HostNameOffence::Label { number };
        for (host, offence) in [
            ("", HostNameOffence::Length),
            (&"a.".repeat(127)[..], HostNameOffence::Length),
            ("fuyang.gov.cn.", label(4)),
            ("a..b", label(2)),
            ("-a", label(1)),
            ("a-", label(1)),
            ("Gov.cn", label(1)),
            ("阜阳.cn", label(1)),
            ("gov.cn:80", label(2)),
            ("a b", label(1)),
        ] {
            assert_eq!(host.parse::<HostName>(), Err(offence), "{host}");
        }
        assert!("a".repeat(63).parse::<HostName>().is_ok() && "a".repeat(64).parse::<HostName>().is_err());
    }

    #[test]
    fn addresses() {
        for address in ["https://gov.cn", "http://127.0.0.1:8080/.well-known/yinxin/trust-list.json", "https://a.b/"] {
            assert!(address.parse::<Address>().is_ok(), "{address}");
        }
        for (address, offence) in [
            ("ftp://gov.cn", AddressOffence::Scheme),
            ("HTTPS://gov.cn", AddressOffence::Scheme),
            ("https://", AddressOffence::Host(HostNameOffence::Length)),
            ("https:///x", AddressOffence::Host(HostNameOffence::Length)),
            ("https://gov.cn@evil.example", AddressOffence::Character),
            ("https://gov.cn/?a", AddressOffence::Character),
            ("https://gov.cn/#a", AddressOffence::Character),
            ("https://gov.cn/ a", AddressOffence::Character),
            ("https://gov.cn:0", AddressOffence::Port),
            ("https://gov.cn:", AddressOffence::Port),
            ("https://gov.cn:65536", AddressOffence::Port),
            ("https://gov.cn:080", AddressOffence::Port),
            (&format!("https://a/{}", "b".repeat(2_048))[..], AddressOffence::TooLong),
        ] {
            assert_eq!(address.parse::<Address>(), Err(offence), "{address}");
        }
    }
}
