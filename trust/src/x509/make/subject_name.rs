//! Distinguished names to be written, and the templates that profiles give for them.

use super::wire::distinguished_name;
use core::str::FromStr;
use serde::Deserialize;

/// The attributes that are written (GB/T 20518-2018 5.2.3.6), in the order in
/// which they stand in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameAttribute {
    /// Two upper-case letters.
    Country,
    /// At most 128 characters.
    Province,
    /// At most 128 characters.
    Locality,
    /// At most 64 characters.
    Organisation,
    /// At most 64 characters.
    Unit,
    /// At most 64 characters.
    CommonName,
    /// What tells apart those of one name (X.520 6.2.9): at most 64 printable ASCII characters.
    SerialNumber,
}

impl NameAttribute {
    /// Longest value in characters (RFC 5280 appendix A.1).
    pub const fn longest(self) -> usize {
        match self {
            Self::Country => 2,
            Self::Province | Self::Locality => 128,
            Self::Organisation | Self::Unit | Self::CommonName | Self::SerialNumber => 64,
        }
    }

    /// By its short name, as names are shown.
    fn of_word(word: &str) -> Result<Self, NameFault> {
        Ok(match word {
            "C" => Self::Country,
            "ST" => Self::Province,
            "L" => Self::Locality,
            "O" => Self::Organisation,
            "OU" => Self::Unit,
            "CN" => Self::CommonName,
            "serialNumber" => Self::SerialNumber,
            other => return Err(NameFault::Unknown(other.to_owned())),
        })
    }
}

/// Why a name is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum NameFault {
    #[error("the name has no attributes")]
    Empty,
    #[error("{0:?} of the name is empty, or has white space at its ends")]
    Blank(NameAttribute),
    #[error("{attribute:?} of the name is longer than {limit} characters")]
    Long { attribute: NameAttribute, limit: usize },
    #[error("{0:?} of the name has a control character")]
    Control(NameAttribute),
    #[error("the country is not two upper-case letters")]
    Country,
    #[error("the serial number in the name is not of A-Z, a-z, 0-9 and hyphen")]
    SerialNumber,
    #[error("the template of the name has a brace without its partner")]
    Brace,
    #[error("the template of the name asks for {0:?}, which is not given")]
    NotGiven(String),
    #[error("{0:?} is given, but the template of the name does not ask for it")]
    NotAsked(String),
    #[error("part {0} of the name is not of the form CN=text")]
    Form(usize),
    #[error("the name has {0:?}, known are C, ST, L, O, OU, CN, serialNumber")]
    Unknown(String),
    #[error("the name ends in a backslash, or one stands before something else than , and \\")]
    Escape,
}

/// A name that may be written into a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectName {
    der: Vec<u8>,
}

impl SubjectName {
    /// From attributes, each in a set of its own, in this order.
    ///
    /// # Errors
    /// [`NameFault`].
    pub fn new(attributes: &[(NameAttribute, &str)]) -> Result<Self, NameFault> {
        if attributes.is_empty() {
            return Err(NameFault::Empty);
        }
        for &(attribute, value) in attributes {
            if value.is_empty() || value.trim() != value {
                return Err(NameFault::Blank(attribute));
            }
            if value.chars().any(char::is_control) {
                return Err(NameFault::Control(attribute));
            }
            let limit = attribute.longest();
            if value.chars().count() > limit {
                return Err(NameFault::Long { attribute, limit });
            }
            let is_code = value.len() == 2 && value.bytes().all(|letter| letter.is_ascii_uppercase());
            if attribute == NameAttribute::Country && !is_code {
                return Err(NameFault::Country);
            }
            let is_number = value.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
            if attribute == NameAttribute::SerialNumber && !is_number {
                return Err(NameFault::SerialNumber);
            }
        }
        Ok(Self { der: distinguished_name(attributes) })
    }

    /// The name in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl FromStr for SubjectName {
    type Err = NameFault;

    /// `C=CN, O=…, CN=…`, in the order in which the attributes are written and shown; a comma within
    /// a text stands behind a backslash, and so does a backslash.
    fn from_str(text: &str) -> Result<Self, NameFault> {
        let parts = parts(text)?;
        let mut attributes = Vec::with_capacity(parts.len());
        for (place, part) in parts.iter().enumerate() {
            let (word, value) = part.split_once('=').ok_or(NameFault::Form(place + 1))?;
            attributes.push((NameAttribute::of_word(word.trim())?, value));
        }
        Self::new(&attributes)
    }
}

/// The parts between commas, backslashes taken away.
fn parts(text: &str) -> Result<Vec<String>, NameFault> {
    let mut parts = vec![String::new()];
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        let letter = match letter {
            ',' => {
                parts.push(String::new());
                continue;
            }
            '\\' => rest.next().filter(|next| matches!(next, ',' | '\\')).ok_or(NameFault::Escape)?,
            other => other,
        };
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    Ok(parts)
}

/// The subject part of a profile: texts with places such as `{name}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the attributes under their own names")]
pub struct SubjectTemplate {
    pub country: Option<String>,
    pub province: Option<String>,
    pub locality: Option<String>,
    pub organisation: Option<String>,
    pub unit: Option<String>,
    pub common_name: Option<String>,
    pub serial_number: Option<String>,
}

impl SubjectTemplate {
    /// The name with every place filled from `values`: pairs of a place's name
    /// and its text. Texts are taken as they are, braces in them too.
    ///
    /// # Errors
    /// [`NameFault`], also for a place without a value and a value without a place.
    pub fn fill(&self, values: &[(&str, &str)]) -> Result<SubjectName, NameFault> {
        let mut used = Vec::new();
        let mut filled = Vec::new();
        for (attribute, template) in self.attributes() {
            filled.push((attribute, fill(template, values, &mut used)?));
        }
        if let Some((unused, _)) = values.iter().find(|(name, _)| !used.iter().any(|one| one == name)) {
            return Err(NameFault::NotAsked((*unused).to_owned()));
        }
        let attributes: Vec<_> = filled.iter().map(|(attribute, value)| (*attribute, value.as_str())).collect();
        SubjectName::new(&attributes)
    }

    fn attributes(&self) -> impl Iterator<Item = (NameAttribute, &str)> {
        let all = [
            (NameAttribute::Country, &self.country),
            (NameAttribute::Province, &self.province),
            (NameAttribute::Locality, &self.locality),
            (NameAttribute::Organisation, &self.organisation),
            (NameAttribute::Unit, &self.unit),
            (NameAttribute::CommonName, &self.common_name),
            (NameAttribute::SerialNumber, &self.serial_number),
        ];
        all.into_iter().filter_map(|(attribute, text)| Some((attribute, text.as_deref()?)))
    }
}

fn fill(template: &str, values: &[(&str, &str)], used: &mut Vec<String>) -> Result<String, NameFault> {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let (name, after) = from.strip_prefix('{').and_then(|from| from.split_once('}')).ok_or(NameFault::Brace)?;
        let found = values.iter().find(|(known, _)| *known == name);
        let (_, value) = found.ok_or_else(|| NameFault::NotGiven(name.to_owned()))?;
        out.push_str(value);
        used.push(name.to_owned());
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates() {
        let template = SubjectTemplate {
            country: Some("CN".to_owned()),
            common_name: Some("{name}（{use}）".to_owned()),
            ..SubjectTemplate::default()
        };
        let filled = template.fill(&[("name", "某局"), ("use", "签章")]);
        let direct = SubjectName::new(&[(NameAttribute::Country, "CN"), (NameAttribute::CommonName, "某局（签章）")]);
        assert_eq!(filled, direct);
        assert!(filled.is_ok());
        assert_eq!(template.fill(&[("name", "某局")]), Err(NameFault::NotGiven("use".to_owned())));
        let surplus = template.fill(&[("name", "a"), ("use", "b"), ("more", "c")]);
        assert_eq!(surplus, Err(NameFault::NotAsked("more".to_owned())));
        let broken = SubjectTemplate { common_name: Some("{name".to_owned()), ..SubjectTemplate::default() };
        assert_eq!(broken.fill(&[("name", "a")]), Err(NameFault::Brace));
    }

    #[test]
    fn names_are_read_as_they_are_shown() {
        let read = |text: &str| text.parse::<SubjectName>();
        let name = [
            (NameAttribute::Country, "CN"),
            (NameAttribute::Organisation, "某局, 甲\\"),
            (NameAttribute::CommonName, "a=b"),
        ];
        assert_eq!(read(r"C=CN, O=某局\, 甲\\,CN=a=b"), SubjectName::new(&name));
        assert_eq!(read("C=CN, CN"), Err(NameFault::Form(2)));
        assert_eq!(read(""), Err(NameFault::Form(1)));
        assert_eq!(read("C=CN, email=a"), Err(NameFault::Unknown("email".to_owned())));
        assert_eq!(read(r"CN=a\"), Err(NameFault::Escape));
        assert_eq!(read(r"CN=a\b"), Err(NameFault::Escape));
        assert_eq!(read("CN=a "), Err(NameFault::Blank(NameAttribute::CommonName)));
    }

    #[test]
    fn each_offence_is_named() {
        let one = |value: &str| SubjectName::new(&[(NameAttribute::CommonName, value)]);
        assert_eq!(SubjectName::new(&[]), Err(NameFault::Empty));
        assert_eq!(one(""), Err(NameFault::Blank(NameAttribute::CommonName)));
        assert_eq!(one(" a"), Err(NameFault::Blank(NameAttribute::CommonName)));
        assert_eq!(one("a\nb"), Err(NameFault::Control(NameAttribute::CommonName)));
        let long = NameFault::Long { attribute: NameAttribute::CommonName, limit: 64 };
        assert_eq!(one(&"印".repeat(65)), Err(long));
        assert!(one(&"印".repeat(64)).is_ok());
        assert_eq!(SubjectName::new(&[(NameAttribute::Country, "cn")]), Err(NameFault::Country));
        let number = |value: &str| SubjectName::new(&[(NameAttribute::SerialNumber, value)]);
        assert_eq!(number("甲1"), Err(NameFault::SerialNumber));
        assert_eq!(
            number("a1").map(|name| name.der().to_vec()),
            Ok(hex::decode("300d310b300906035504051302 6131".replace(' ', "")).unwrap())
        );
    }
}
