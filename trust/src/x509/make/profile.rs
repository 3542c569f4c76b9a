//! What a kind of certificate is: read from a file, checked while it is read.

use super::{SubjectTemplate, Validity};
use crate::{
    asn1::{Oid, oids},
    base::Moment,
};
use serde::Deserialize;

/// Longest validity, about a hundred years.
const LONGEST_DAYS: u32 = 36_525;
const DAY_SECONDS: i64 = 86_400;

/// One bit of the key usage extension (RFC 5280 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names of the standard")]
pub enum KeyUse {
    DigitalSignature,
    NonRepudiation,
    KeyEncipherment,
    DataEncipherment,
    KeyAgreement,
    KeyCertSign,
    CrlSign,
}

impl KeyUse {
    /// Number of the bit, counted from the first one.
    pub(super) const fn bit(self) -> u8 {
        match self {
            Self::DigitalSignature => 0,
            Self::NonRepudiation => 1,
            Self::KeyEncipherment => 2,
            Self::DataEncipherment => 3,
            Self::KeyAgreement => 4,
            Self::KeyCertSign => 5,
            Self::CrlSign => 6,
        }
    }

    const fn is_of_authority(self) -> bool {
        matches!(self, Self::KeyCertSign | Self::CrlSign)
    }

    const fn is_encryption(self) -> bool {
        matches!(self, Self::KeyEncipherment | Self::DataEncipherment | Self::KeyAgreement)
    }
}

/// One purpose of the extended key usage extension (RFC 5280 4.2.1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtendedUse {
    /// id-kp-timeStamping, alone and critical (RFC 3161 2.3).
    TimeStamping,
    /// id-kp-OCSPSigning, with id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1): whoever answers about others is not asked
    /// about, and so is short-lived.
    OcspSigning,
    /// id-kp-clientAuth: a machine or person that shows itself over TLS, and stamps nothing.
    ClientAuth,
    /// id-kp-documentSigning (RFC 9336 3.1): a person who signs what people read.
    DocumentSigning,
}

impl ExtendedUse {
    pub(super) const fn oid(self) -> Oid<'static> {
        match self {
            Self::TimeStamping => oids::TIME_STAMPING,
            Self::OcspSigning => oids::OCSP_SIGNING,
            Self::ClientAuth => oids::CLIENT_AUTH,
            Self::DocumentSigning => oids::DOCUMENT_SIGNING,
        }
    }

    /// A verifier that does not know the purpose shall not use the certificate for another.
    pub(super) const fn is_critical(self) -> bool {
        matches!(self, Self::TimeStamping)
    }
}

/// A checked profile. There is no other way to it than through its file form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ProfileFile")]
pub struct Profile {
    name: String,
    authority: bool,
    path_length: Option<u32>,
    validity_days: u32,
    key_usage: Vec<KeyUse>,
    extended_key_usage: Option<ExtendedUse>,
    subject: SubjectTemplate,
}

/// A profile as it stands in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: String,
    authority: bool,
    path_length: Option<u32>,
    validity_days: u32,
    key_usage: Vec<KeyUse>,
    extended_key_usage: Option<ExtendedUse>,
    subject: SubjectTemplate,
}

/// Why a profile is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ProfileFault {
    #[error("the profile has no name")]
    Name,
    #[error("validity_days must be 1 to 36525")]
    ValidityDays,
    #[error("key_usage names nothing")]
    NoUsage,
    #[error("key_usage names {0:?} twice")]
    UsageTwice(KeyUse),
    #[error("an authority needs key_cert_sign and crl_sign")]
    AuthorityUsage,
    #[error("{0:?} is for authorities only")]
    UsageOfAuthority(KeyUse),
    #[error("one certificate for signing and encryption: GB/T 20518 has two")]
    MixedUsage,
    #[error("path_length is for authorities only")]
    PathLength,
    #[error("extended_key_usage is for end entities that sign")]
    ExtendedUsage,
    #[error("subject has no common_name")]
    CommonName,
}

impl TryFrom<ProfileFile> for Profile {
    type Error = ProfileFault;

    fn try_from(file: ProfileFile) -> Result<Self, ProfileFault> {
        let ProfileFile { name, authority, path_length, validity_days, key_usage, extended_key_usage, subject } = file;
        if name.trim().is_empty() {
            return Err(ProfileFault::Name);
        }
        if !(1..=LONGEST_DAYS).contains(&validity_days) {
            return Err(ProfileFault::ValidityDays);
        }
        if key_usage.is_empty() {
            return Err(ProfileFault::NoUsage);
        }
        for (place, one) in key_usage.iter().enumerate() {
            if key_usage.iter().skip(place + 1).any(|other| other == one) {
                return Err(ProfileFault::UsageTwice(*one));
            }
        }
        let names = |one: KeyUse| key_usage.contains(&one);
        if authority && !(names(KeyUse::KeyCertSign) && names(KeyUse::CrlSign)) {
            return Err(ProfileFault::AuthorityUsage);
        }
        if let Some(one) = key_usage.iter().find(|one| !authority && one.is_of_authority()) {
            return Err(ProfileFault::UsageOfAuthority(*one));
        }
        if key_usage.iter().any(|one| one.is_encryption()) && !key_usage.iter().all(|one| one.is_encryption()) {
            return Err(ProfileFault::MixedUsage);
        }
        if path_length.is_some() && !authority {
            return Err(ProfileFault::PathLength);
        }
        if extended_key_usage.is_some() && (authority || !names(KeyUse::DigitalSignature)) {
            return Err(ProfileFault::ExtendedUsage);
        }
        if subject.common_name.is_none() {
            return Err(ProfileFault::CommonName);
        }
        Ok(Self { name, authority, path_length, validity_days, key_usage, extended_key_usage, subject })
    }
}

impl Profile {
    /// The name of the profile.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether basic constraints say CA.
    pub const fn is_authority(&self) -> bool {
        self.authority
    }

    /// pathLenConstraint of an authority.
    pub const fn path_length(&self) -> Option<u32> {
        self.path_length
    }

    /// Longest validity, days.
    pub const fn validity_days(&self) -> u32 {
        self.validity_days
    }

    /// Key usage.
    pub fn key_usage(&self) -> &[KeyUse] {
        &self.key_usage
    }

    /// Extended key usage.
    pub const fn extended_key_usage(&self) -> Option<ExtendedUse> {
        self.extended_key_usage
    }

    /// How subjects are named.
    pub const fn subject(&self) -> &SubjectTemplate {
        &self.subject
    }

    /// The profile's whole validity from `begin` on, its last second included.
    /// `None` where the calendar ends before.
    pub fn validity_from(&self, begin: Moment) -> Option<Validity> {
        let seconds = begin.unix_seconds().checked_add(i64::from(self.validity_days) * DAY_SECONDS - 1)?;
        Validity::new(begin, Moment::from_unix_seconds(seconds).ok()?).ok()
    }

    /// Whether a validity is within what the profile allows.
    pub(super) fn allows(&self, validity: Validity) -> bool {
        let seconds = validity.not_after().unix_seconds() - validity.not_before().unix_seconds();
        seconds < i64::from(self.validity_days) * DAY_SECONDS
    }
}
