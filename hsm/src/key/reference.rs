//! References to keys: URIs whose scheme names the driver. No secret ever stands in one.

use super::Pkcs11Uri;
use core::{fmt, str::FromStr};

/// The identifier of a key in a software store: 64 random bits, shown as 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = ReferenceError;

    /// Sixteen lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let mut id = [0; 8];
        hex::decode_to_slice(text, &mut id).map_err(|_| ReferenceError::Soft)?;
        // one key, one name: capital digits would be a second one
        if text.bytes().any(|c| c.is_ascii_uppercase()) {
            return Err(ReferenceError::Soft);
        }
        Ok(Self(id))
    }
}

/// Name of a device in configuration: 1 to 32 of `a`–`z`, `0`–`9` and `-`, a letter first.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceName(Box<str>);

impl DeviceName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceName({self})")
    }
}

impl FromStr for DeviceName {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let lawful = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let first = text.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        if first && text.len() <= 32 && text.bytes().all(lawful) {
            Ok(Self(text.into()))
        } else {
            Err(ReferenceError::Device)
        }
    }
}

/// A place within an SDF device (GM/T 0018). The two kinds have numbers of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SdfPlace {
    /// A signing key pair, by its index from 1.
    Index(u32),
    /// A key-encryption key, by its index from 1.
    Kek(u32),
}

/// A key in an SDF device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SdfReference {
    /// Which device; may be left out where there is one.
    pub device: Option<DeviceName>,
    /// Where in it.
    pub place: SdfPlace,
}

/// Where a key lies, as a URI. The scheme names the driver.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyReference {
    /// `soft:` and 16 hexadecimal digits: in a software store.
    Soft(KeyId),
    /// `sdf:index=3`, `sdf:kek=2`, `sdf:device=room-2;index=3`: in an SDF device.
    Sdf(SdfReference),
    /// `pkcs11:token=…;object=…;id=…` (RFC 7512): in a PKCS#11 token.
    Pkcs11(Box<Pkcs11Uri>),
}

/// Why text is no key reference. The text is not repeated: someone may have
/// put a secret where a reference belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// Without a scheme that a driver answers to.
    #[error("key reference has no known scheme: soft:…, sdf:… or pkcs11:… is wanted")]
    Scheme,
    /// Not 16 hexadecimal digits.
    #[error("key reference soft:… wants 16 lower-case hexadecimal digits")]
    Soft,
    /// Not of the forms that SDF references have.
    #[error("key reference sdf:… wants index=N or kek=N, from 1 without leading zeros, after device=NAME; if any")]
    Sdf,
    /// Not the name of a device.
    #[error("a device's name wants 1 to 32 of a-z, 0-9 and -, a letter first")]
    Device,
    /// Longer than a PKCS#11 URI may be.
    #[error("key reference pkcs11:… is longer than {} octets", Pkcs11Uri::LONGEST)]
    Long,
    /// An attribute that RFC 7512 does not have in a path, or that names no key.
    #[error(
        "key reference pkcs11:… has an attribute other than token, manufacturer, serial, model, slot-id, object, type, id"
    )]
    Attribute,
    /// The same attribute twice.
    #[error("key reference pkcs11:… gives {0} twice")]
    Twice(&'static str),
    /// A value with characters that are not allowed, or bad percent-encoding.
    #[error("key reference pkcs11:… has a value for {0} that is not allowed, or badly percent-encoded")]
    Value(&'static str),
    /// Without a token, or without an object.
    #[error("key reference pkcs11:… wants a token, serial or slot-id, and an object or id")]
    Vague,
    /// A PIN, or the way to one, in the reference.
    #[error("key reference pkcs11:… carries {0}: secrets never stand in a reference; configure the device's PIN file")]
    Secret(&'static str),
    /// A query of another kind.
    #[error("key reference pkcs11:… has a query part; modules are named by the configuration of the device")]
    Query,
}

impl fmt::Display for KeyReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soft(id) => write!(f, "soft:{id}"),
            Self::Sdf(SdfReference { device, place }) => {
                f.write_str("sdf:")?;
                if let Some(device) = device {
                    write!(f, "device={device};")?;
                }
                match place {
                    SdfPlace::Index(number) => write!(f, "index={number}"),
                    SdfPlace::Kek(number) => write!(f, "kek={number}"),
                }
            }
            Self::Pkcs11(uri) => write!(f, "{uri}"),
        }
    }
}

impl FromStr for KeyReference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        if let Some(id) = text.strip_prefix("soft:") {
            return id.parse().map(Self::Soft);
        }
        if let Some(path) = text.strip_prefix("sdf:") {
            return sdf(path).map(Self::Sdf);
        }
        if text.starts_with(Pkcs11Uri::SCHEME) {
            return text.parse().map(|uri| Self::Pkcs11(Box::new(uri)));
        }
        Err(ReferenceError::Scheme)
    }
}

fn sdf(path: &str) -> Result<SdfReference, ReferenceError> {
    let (device, place) = match path.strip_prefix("device=") {
        Some(rest) => {
            let (name, place) = rest.split_once(';').ok_or(ReferenceError::Sdf)?;
            (Some(name.parse()?), place)
        }
        None => (None, path),
    };
    let place = match place.split_once('=') {
        Some(("index", number)) => SdfPlace::Index(from_one(number)?),
        Some(("kek", number)) => SdfPlace::Kek(from_one(number)?),
        _ => return Err(ReferenceError::Sdf),
    };
    Ok(SdfReference { device, place })
}

/// A number from 1 in its one form: digits alone, no zero before them.
fn from_one(digits: &str) -> Result<u32, ReferenceError> {
    if digits.starts_with('0') || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Err(ReferenceError::Sdf);
    }
    digits.parse().map_err(|_| ReferenceError::Sdf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_one_form() {
        for text in [
            "soft:0123456789abcdef",
            "sdf:index=3",
            "sdf:index=4294967295",
            "sdf:kek=1",
            "sdf:device=room-2;index=3",
            "pkcs11:token=a;object=b",
        ] {
            assert_eq!(text.parse::<KeyReference>().map(|r| r.to_string()), Ok(text.to_owned()));
        }
        for (text, fault) in [
            ("", ReferenceError::Scheme),
            ("0123456789abcdef", ReferenceError::Scheme),
            ("SOFT:0123456789abcdef", ReferenceError::Scheme),
            ("soft:", ReferenceError::Soft),
            ("soft:0123456789abcde", ReferenceError::Soft),
            ("soft:0123456789abcdef0", ReferenceError::Soft),
            ("soft:0123456789ABCDEF", ReferenceError::Soft),
            ("soft:../../etc/passwd", ReferenceError::Soft),
            ("soft:０123456789abcdef", ReferenceError::Soft),
            ("sdf:", ReferenceError::Sdf),
            ("sdf:3", ReferenceError::Sdf),
            ("sdf:index=", ReferenceError::Sdf),
            ("sdf:index=0", ReferenceError::Sdf),
            ("sdf:index=03", ReferenceError::Sdf),
            ("sdf:index=+3", ReferenceError::Sdf),
            ("sdf:index=4294967296", ReferenceError::Sdf),
            ("sdf:index=3;kek=2", ReferenceError::Sdf),
            ("sdf:index=3;device=a", ReferenceError::Sdf),
            ("sdf:device=a", ReferenceError::Sdf),
            ("sdf:device=;index=3", ReferenceError::Device),
            ("sdf:device=Room;index=3", ReferenceError::Device),
            ("sdf:device=2;index=3", ReferenceError::Device),
            ("sdf:device=../a;index=3", ReferenceError::Device),
            ("sdf:index=3;pin=12345678", ReferenceError::Sdf),
        ] {
            assert_eq!(text.parse::<KeyReference>(), Err(fault), "{text}");
        }
    }
}
