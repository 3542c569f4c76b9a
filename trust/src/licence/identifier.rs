//! The identifier of a licence (电子证照标识), GB/T 36904-2018.
//!
//! ```text
//! 1.2.156.3005.2 . type code . issuing body code . serial . version . check
//! ```
//!
//! Looks like an object identifier and is none. The check character is ISO/IEC
//! 7064 MOD 37,36 over the four parts between root and check, without dots. \[DATA\]

use super::{
    Offences, check_character,
    codes::{CreditCode, CreditCodeOffence},
};
use core::{fmt, str::FromStr};

/// 电子证照根代码, the start of every identifier. \[IMPL\]
pub const ROOT: &str = "1.2.156.3005.2";
/// Longest identifier, in characters: what the metadata element holds. \[IMPL\]
pub const LONGEST: usize = 128;

/// A type of licence: credit code of the defining body (18) and a sequence (3). \[DATA\]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeCode(Box<str>);

/// Version of a licence, 1 to 999, written with three digits. \[DATA\]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u16);

/// An identifier all parts of which hold. An issuing body code shorter than a
/// credit code is taken over from foreign systems: see [`LicenceIdentifier::short_issuer`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenceIdentifier(Box<str>);

/// Why something is no [`LicenceIdentifier`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierOffence {
    /// More than 128 characters.
    #[error("an identifier has at most {LONGEST} characters")]
    TooLong,
    /// Not the ten parts that dots make.
    #[error("an identifier has ten parts between dots, not {found}")]
    Parts {
        /// Parts that are there.
        found: usize,
    },
    /// Does not start with `1.2.156.3005.2`.
    #[error("an identifier starts with {ROOT}")]
    Root,
    /// The type code is not 21 characters.
    #[error("a type code has 21 characters, not {found}")]
    TypeCodeLength {
        /// Characters that are there.
        found: usize,
    },
    /// The last three characters of the type code.
    #[error("the sequence of a type code is three digits or upper-case letters")]
    TypeSequence,
    /// The first 18 characters of the type code.
    #[error("defining body in the type code: {0}")]
    DefiningBody(CreditCodeOffence),
    /// The issuing body code is empty or longer than 18 characters.
    #[error("an issuing body code has 18 characters, not {found}")]
    IssuerLength {
        /// Characters that are there.
        found: usize,
    },
    /// A short issuing body code with something else than digits and upper-case letters.
    #[error("an issuing body code has digits and upper-case letters only")]
    IssuerCharacter,
    /// The issuing body code has 18 characters and is no credit code.
    #[error("issuing body code: {0}")]
    IssuingBody(CreditCodeOffence),
    /// Nothing between the dots.
    #[error("the serial is empty")]
    SerialEmpty,
    /// Something else than digits and upper-case letters.
    #[error("a serial has digits and upper-case letters only")]
    SerialCharacter,
    /// Not three digits.
    #[error("a version has three digits")]
    VersionForm,
    /// `000`: versions start with 001.
    #[error("versions start with 001")]
    VersionZero,
    /// Not one digit or upper-case letter.
    #[error("the check is one digit or upper-case letter")]
    CheckForm,
    /// Another check character belongs there.
    #[error("check character is {found:?} where {expected:?} belongs")]
    Check {
        /// Computed.
        expected: char,
        /// What stands there.
        found: char,
    },
}

impl LicenceIdentifier {
    /// Joins the parts of a new licence and computes the check character.
    /// Other than in [`FromStr`], the issuing body code is always a credit code.
    ///
    /// # Errors
    /// Where the serial is empty, too long, or has other characters than digits
    /// and upper-case letters.
    pub fn build(
        type_code: &TypeCode,
        issuer: &CreditCode,
        serial: &str,
        version: Version,
    ) -> Result<Self, Offences<IdentifierOffence>> {
        let parts = [type_code.as_str(), issuer.as_str(), serial, &version.to_string()];
        let check = check_of(&parts).ok_or(IdentifierOffence::SerialCharacter)?;
        format!("{ROOT}.{}.{check}", parts.join(".")).parse()
    }

    /// The identifier of another version of the same licence.
    ///
    /// # Errors
    /// None for an identifier that was parsed; the type says so for honesty.
    pub fn with_version(&self, version: Version) -> Result<Self, Offences<IdentifierOffence>> {
        let version = version.to_string();
        let parts = [self.part(5), self.part(6), self.part(7), &version];
        let check = check_of(&parts).ok_or(IdentifierOffence::CheckForm)?;
        format!("{ROOT}.{}.{check}", parts.join(".")).parse()
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 证照类型代码.
    pub fn type_code(&self) -> TypeCode {
        TypeCode(self.part(5).into())
    }

    /// 证照颁发机构代码 as written: a credit code, or shorter.
    pub fn issuer(&self) -> &str {
        self.part(6)
    }

    /// Whether the issuing body code is no credit code, as in licences of some
    /// cities that put a region code there \[DATA\]. Worth a warning.
    pub fn short_issuer(&self) -> bool {
        self.part(6).len() != 18
    }

    /// 流水号, the issuing body's own.
    pub fn serial(&self) -> &str {
        self.part(7)
    }

    /// 版本号.
    pub fn version(&self) -> Version {
        Version(self.part(8).parse().unwrap_or(1))
    }

    /// 校验位.
    pub fn check(&self) -> char {
        self.0.chars().next_back().unwrap_or_default()
    }

    /// The four parts between root and check with the dots between them.
    pub(crate) fn without_root_and_check(&self) -> &str {
        let parts = self.0.get(ROOT.len() + 1..).unwrap_or_default();
        parts.rsplit_once('.').map_or(parts, |(parts, _)| parts)
    }

    /// From the four parts between root and check with the dots between them.
    ///
    /// # Errors
    /// As of [`FromStr`], but for the check, which is computed.
    pub(crate) fn with_root_and_check(parts: &str) -> Result<Self, Offences<IdentifierOffence>> {
        let characters = parts.chars().filter(|character| *character != '.');
        let check = check_character::mod_37_36(characters).ok_or(IdentifierOffence::SerialCharacter)?;
        format!("{ROOT}.{parts}.{check}").parse()
    }

    /// Whether both name the same licence, in whichever version.
    pub fn same_licence(&self, other: &Self) -> bool {
        (5..8).all(|part| self.part(part) == other.part(part))
    }

    /// Parts as dots make them: 0 to 4 root, 5 type, 6 issuer, 7 serial, 8 version, 9 check.
    fn part(&self, index: usize) -> &str {
        self.0.split('.').nth(index).unwrap_or_default()
    }

    /// Everything that is wrong with a text as an identifier.
    pub(super) fn offences(text: &str) -> Vec<IdentifierOffence> {
        use IdentifierOffence as Offence;
        if text.len() > LONGEST {
            return vec![Offence::TooLong];
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [_, _, _, _, _, type_code, issuer, serial, version, check] = parts[..] else {
            return vec![Offence::Parts { found: parts.len() }];
        };
        let mut offences = Vec::new();
        if !text.starts_with("1.2.156.3005.2.") {
            offences.push(Offence::Root);
        }
        offences.extend(TypeCode::offences(type_code));
        offences.extend(issuer_offences(issuer));
        if serial.is_empty() {
            offences.push(Offence::SerialEmpty);
        } else if !check_character::is_upper_alphanumeric(serial) {
            offences.push(Offence::SerialCharacter);
        }
        offences.extend(version.parse::<Version>().err());
        let expected = check_of(&[type_code, issuer, serial, version]);
        match (only(check).filter(|found| check_character::value(*found).is_some()), expected) {
            (None, _) => offences.push(Offence::CheckForm),
            (Some(found), Some(expected)) if found != expected => offences.push(Offence::Check { expected, found }),
            _ => {}
        }
        offences
    }
}

fn check_of(parts: &[&str]) -> Option<char> {
    check_character::mod_37_36(parts.iter().flat_map(|part| part.chars()))
}

/// The one character of a text.
fn only(text: &str) -> Option<char> {
    let mut characters = text.chars();
    characters.next().filter(|_| characters.next().is_none())
}

fn issuer_offences(issuer: &str) -> Vec<IdentifierOffence> {
    match issuer.chars().count() {
        18 => CreditCode::offences(issuer).into_iter().map(IdentifierOffence::IssuingBody).collect(),
        1..18 if check_character::is_upper_alphanumeric(issuer) => Vec::new(),
        1..18 => vec![IdentifierOffence::IssuerCharacter],
        found => vec![IdentifierOffence::IssuerLength { found }],
    }
}

impl TypeCode {
    /// All 21 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 证照定义机构代码: who regulates the type.
    pub fn defining_body(&self) -> CreditCode {
        CreditCode::assume_checked(self.0.get(..18).unwrap_or_default())
    }

    fn offences(text: &str) -> Vec<IdentifierOffence> {
        let found = text.chars().count();
        let (Some(body), Some(sequence), 21) = (text.get(..18), text.get(18..), found) else {
            return vec![IdentifierOffence::TypeCodeLength { found }];
        };
        let mut offences: Vec<IdentifierOffence> =
            CreditCode::offences(body).into_iter().map(IdentifierOffence::DefiningBody).collect();
        if !check_character::is_upper_alphanumeric(sequence) {
            offences.push(IdentifierOffence::TypeSequence);
        }
        offences
    }
}

impl FromStr for TypeCode {
    type Err = Offences<IdentifierOffence>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Offences::none_or_all(Self::offences(text))?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for TypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Version {
    /// 001.
    pub const FIRST: Self = Self(1);

    /// The version after this; `None` after 999.
    pub fn next(self) -> Option<Self> {
        (self.0 < 999).then(|| Self(self.0 + 1))
    }

    /// 1 to 999.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl FromStr for Version {
    type Err = IdentifierOffence;

    fn from_str(text: &str) -> Result<Self, IdentifierOffence> {
        if text.len() != 3 || !text.bytes().all(|octet| octet.is_ascii_digit()) {
            return Err(IdentifierOffence::VersionForm);
        }
        match text.parse() {
            Ok(0) => Err(IdentifierOffence::VersionZero),
            Ok(number) => Ok(Self(number)),
            Err(_) => Err(IdentifierOffence::VersionForm),
        }
    }
}

impl fmt::Display for Version {
    /// Three digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl FromStr for LicenceIdentifier {
    type Err = Offences<IdentifierOffence>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Offences::none_or_all(Self::offences(text))?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for LicenceIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
