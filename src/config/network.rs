//! Networks, as trusted proxies are named by.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::{net::IpAddr, str::FromStr};

/// An address, or all addresses that begin alike: `192.0.2.7`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many of its bits count; at least one.
    bits: u32,
}

/// No such network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an IP address is wanted, or a network such as 10.0.0.0/8, of one bit at least")]
pub struct NoNetwork;

impl Network {
    /// Whether an address is in it. One of IPv4 that is written as one of IPv6 is what it stands for.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits,
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits,
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl FromStr for Network {
    type Err = NoNetwork;

    /// One of no bits would be everybody: it is none.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| NoNetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => most,
            Some(bits) => bits.parse().map_err(|_| NoNetwork)?,
        };
        // what only looks like IPv6 never comes up: addresses are compared as what they stand for
        let is_one = (1..=most).contains(&bits) && address.to_canonical() == address;
        if is_one { Ok(Self { address, bits }) } else { Err(NoNetwork) }
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|error: NoNetwork| D::Error::custom(format!("{text:?}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_network() {
        let is_in =
            |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        assert!(is_in("192.0.2.7", "192.0.2.7") && !is_in("192.0.2.7", "192.0.2.8"));
        assert!(is_in("192.0.2.7", "::ffff:192.0.2.7"), "the same address");
        assert!(is_in("10.0.0.0/8", "10.255.1.2") && !is_in("10.0.0.0/8", "11.0.0.1"));
        assert!(is_in("192.0.2.0/25", "192.0.2.127") && !is_in("192.0.2.0/25", "192.0.2.128"));
        assert!(is_in("2001:db8::/32", "2001:db8:ffff::1") && !is_in("2001:db8::/32", "2001:db9::1"));
        assert!(is_in("::1", "::1") && !is_in("::1", "127.0.0.1") && !is_in("0.0.0.0/1", "::1"));
    }

    #[test]
    fn what_is_no_network() {
        for text in [
            "",
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/33",
            "::1/129",
            "10.0.0/8",
            "a",
            "10.0.0.0/",
            "10.0.0.1:80",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(text.parse::<Network>(), Err(NoNetwork), "{text}");
        }
    }
}
