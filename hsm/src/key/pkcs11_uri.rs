//! PKCS#11 URIs (RFC 7512), as far as they name one key: read strictly, written in one form.

use super::ReferenceError;
use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

/// CKA_CLASS of the object that is meant (RFC 7512, 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A public key.
    Public,
    /// A private key.
    Private,
    /// A secret key.
    SecretKey,
}

/// The attributes of a PKCS#11 URI that name a token and a key in it. Two URIs may name one
/// key; a driver lists its keys under the fullest one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Pkcs11Uri {
    /// CK_TOKEN_INFO label, without the blanks that fill it.
    pub token: Option<Box<str>>,
    /// CK_TOKEN_INFO manufacturerID.
    pub manufacturer: Option<Box<str>>,
    /// CK_TOKEN_INFO serialNumber.
    pub serial: Option<Box<str>>,
    /// CK_TOKEN_INFO model.
    pub model: Option<Box<str>>,
    /// CK_SLOT_ID. Slots may be numbered anew when a device is plugged in: prefer the others.
    pub slot_id: Option<u64>,
    /// CKA_LABEL.
    pub object: Option<Box<str>>,
    /// CKA_CLASS.
    pub kind: Option<ObjectKind>,
    /// CKA_ID.
    pub id: Option<Box<[u8]>>,
}

impl Pkcs11Uri {
    /// What every such URI begins with.
    pub(super) const SCHEME: &str = "pkcs11:";

    /// Most octets of a URI.
    pub const LONGEST: usize = 1024;

    fn names_a_key(&self) -> bool {
        let token = self.token.is_some() || self.serial.is_some() || self.slot_id.is_some();
        token && (self.object.is_some() || self.id.is_some())
    }
}

impl FromStr for Pkcs11Uri {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let path = text.strip_prefix(Self::SCHEME).ok_or(ReferenceError::Scheme)?;
        if text.len() > Self::LONGEST {
            return Err(ReferenceError::Long);
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        refuse_query(query)?;
        let mut uri = Self::default();
        for attribute in path.split(';') {
            let (name, value) = attribute.split_once('=').ok_or(ReferenceError::Attribute)?;
            match name {
                "token" => put(&mut uri.token, "token", text_of("token", value)?)?,
                "manufacturer" => put(&mut uri.manufacturer, "manufacturer", text_of("manufacturer", value)?)?,
                "serial" => put(&mut uri.serial, "serial", text_of("serial", value)?)?,
                "model" => put(&mut uri.model, "model", text_of("model", value)?)?,
                "slot-id" => put(&mut uri.slot_id, "slot-id", number_of("slot-id", value)?)?,
                "object" => put(&mut uri.object, "object", text_of("object", value)?)?,
                "type" => put(&mut uri.kind, "type", kind_of("type", value)?)?,
                "id" => put(&mut uri.id, "id", decoded("id", value)?.into())?,
                // not of RFC 7512, but where somebody would try it
                "pin-value" => return Err(ReferenceError::Secret("pin-value")),
                "pin-source" => return Err(ReferenceError::Secret("pin-source")),
                _ => return Err(ReferenceError::Attribute),
            }
        }
        if uri.names_a_key() { Ok(uri) } else { Err(ReferenceError::Vague) }
    }
}

fn refuse_query(query: Option<&str>) -> Result<(), ReferenceError> {
    let Some(query) = query else { return Ok(()) };
    for attribute in query.split('&') {
        match attribute.split_once('=').map_or(attribute, |(name, _)| name) {
            "pin-value" => return Err(ReferenceError::Secret("pin-value")),
            "pin-source" => return Err(ReferenceError::Secret("pin-source")),
            _ => {}
        }
    }
    Err(ReferenceError::Query)
}

fn put<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), ReferenceError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(ReferenceError::Twice(name)),
    }
}

fn text_of(name: &'static str, value: &str) -> Result<Box<str>, ReferenceError> {
    let text = String::from_utf8(decoded(name, value)?).map_err(|_| ReferenceError::Value(name))?;
    // a NUL would end the text within a C library
    if text.contains('\0') { Err(ReferenceError::Value(name)) } else { Ok(text.into()) }
}

fn number_of(name: &'static str, value: &str) -> Result<u64, ReferenceError> {
    let plain = value == "0" || !value.starts_with('0');
    let number = value.parse().ok().filter(|_| plain && value.bytes().all(|c| c.is_ascii_digit()));
    number.ok_or(ReferenceError::Value(name))
}

fn kind_of(name: &'static str, value: &str) -> Result<ObjectKind, ReferenceError> {
    match value {
        "public" => Ok(ObjectKind::Public),
        "private" => Ok(ObjectKind::Private),
        "secret-key" => Ok(ObjectKind::SecretKey),
        _ => Err(ReferenceError::Value(name)),
    }
}

/// pk11-pchar of RFC 7512, 2.3: what may stand in a value as it is.
const fn stands(c: u8) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, b'-' | b'.' | b'_' | b'~' | b':' | b'[' | b']' | b'@' | b'!' | b'$')
        || matches!(c, b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b'=' | b'&')
}

/// The octets of a value; never empty.
fn decoded(name: &'static str, value: &str) -> Result<Vec<u8>, ReferenceError> {
    let fault = ReferenceError::Value(name);
    let mut out = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(c) = rest.next() {
        match c {
            b'%' => {
                let digits = [rest.next().ok_or(fault)?, rest.next().ok_or(fault)?];
                let mut octet = [0];
                hex::decode_to_slice(digits, &mut octet).map_err(|_| fault)?;
                out.extend_from_slice(&octet);
            }
            c if stands(c) => out.push(c),
            _ => return Err(fault),
        }
    }
    if out.is_empty() { Err(fault) } else { Ok(out) }
}

impl fmt::Display for Pkcs11Uri {
    /// In the order of the fields, with everything encoded but letters, digits and `-._~`; of
    /// CKA_ID every octet, as RFC 7512, 2.4 advises.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::SCHEME)?;
        let mut between = "";
        let texts = [
            ("token", &self.token),
            ("manufacturer", &self.manufacturer),
            ("serial", &self.serial),
            ("model", &self.model),
        ];
        for (name, value) in texts {
            write_text(f, &mut between, name, value.as_deref())?;
        }
        if let Some(number) = self.slot_id {
            write!(f, "{between}slot-id={number}")?;
            between = ";";
        }
        write_text(f, &mut between, "object", self.object.as_deref())?;
        let kind = match self.kind {
            None => None,
            Some(ObjectKind::Public) => Some("public"),
            Some(ObjectKind::Private) => Some("private"),
            Some(ObjectKind::SecretKey) => Some("secret-key"),
        };
        write_text(f, &mut between, "type", kind)?;
        if let Some(id) = &self.id {
            write!(f, "{between}id=")?;
            id.iter().try_for_each(|octet| write!(f, "%{octet:02X}"))?;
        }
        Ok(())
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, between: &mut &str, name: &str, value: Option<&str>) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    write!(f, "{between}{name}=")?;
    *between = ";";
    for octet in value.bytes() {
        match octet {
            c if c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b'~') => f.write_char(c.into())?,
            c => write!(f, "%{c:02X}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Pkcs11Uri, ReferenceError> {
        text.parse()
    }

    #[test]
    fn many_forms_are_read_and_one_is_written() {
        let uri =
            read("pkcs11:id=%0a%FFa;object=%e5%8d%b0(1);type=private;token=My%20Token;slot-id=0;serial=7").unwrap();
        assert_eq!(uri.token.as_deref(), Some("My Token"));
        assert_eq!(uri.object.as_deref(), Some("印(1)"));
        assert_eq!(uri.id.as_deref(), Some(&[0x0A, 0xFF, b'a'][..]));
        assert_eq!((uri.slot_id, uri.kind), (Some(0), Some(ObjectKind::Private)));
        let text = "pkcs11:token=My%20Token;serial=7;slot-id=0;object=%E5%8D%B0%281%29;type=private;id=%0A%FF%61";
        assert_eq!(uri.to_string(), text);
        assert_eq!(read(text), Ok(uri));
    }

    #[test]
    fn secrets_never_stand_in_a_reference() {
        for (text, name) in [
            ("pkcs11:token=a;object=b?pin-value=1234", "pin-value"),
            ("pkcs11:token=a;object=b?pin-source=file:/etc/pin", "pin-source"),
            ("pkcs11:token=a;object=b?module-name=x&pin-value=1234", "pin-value"),
            ("pkcs11:token=a;object=b;pin-value=1234", "pin-value"),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!(fault, ReferenceError::Secret(name));
            assert!(!fault.to_string().contains("1234"));
        }
        assert_eq!(read("pkcs11:token=a;object=b?module-path=/lib/x.so"), Err(ReferenceError::Query));
        assert_eq!(read("pkcs11:token=a;object=b?"), Err(ReferenceError::Query));
    }

    #[test]
    fn every_offence_has_a_name() {
        for (text, fault) in [
            ("pkcs11:", ReferenceError::Attribute),
            ("pkcs11:token=a;object=b;", ReferenceError::Attribute),
            ("pkcs11:token=a;object=b;x-vendor=c", ReferenceError::Attribute),
            ("pkcs11:token=a;object=b;library-version=3", ReferenceError::Attribute),
            ("pkcs11:Token=a;object=b", ReferenceError::Attribute),
            ("pkcs11:token=a;token=a;object=b", ReferenceError::Twice("token")),
            ("pkcs11:token=a;id=%01;id=%01", ReferenceError::Twice("id")),
            ("pkcs11:token=a b;object=b", ReferenceError::Value("token")),
            ("pkcs11:token=印;object=b", ReferenceError::Value("token")),
            ("pkcs11:token=%FF;object=b", ReferenceError::Value("token")),
            ("pkcs11:token=a%00;object=b", ReferenceError::Value("token")),
            ("pkcs11:token=a;object=%4", ReferenceError::Value("object")),
            ("pkcs11:token=a;object=%zz", ReferenceError::Value("object")),
            ("pkcs11:token=a;object=", ReferenceError::Value("object")),
            ("pkcs11:token=a;object=b/c", ReferenceError::Value("object")),
            ("pkcs11:slot-id=01;object=b", ReferenceError::Value("slot-id")),
            ("pkcs11:slot-id=+1;object=b", ReferenceError::Value("slot-id")),
            ("pkcs11:token=a;object=b;type=cert", ReferenceError::Value("type")),
            ("pkcs11:token=a", ReferenceError::Vague),
            ("pkcs11:object=b;id=%01", ReferenceError::Vague),
        ] {
            assert_eq!(read(text), Err(fault), "{text}");
        }
        assert_eq!(read(&format!("pkcs11:token=a;object={}", "b".repeat(1100))), Err(ReferenceError::Long));
    }
}
