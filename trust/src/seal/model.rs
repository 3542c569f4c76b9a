//! What a seal and a stamp hold, independent of their generation.

use super::SealVersion;
use crate::{
    asn1::{Asn1Error, Deviations, Oid},
    base::Moment,
};
use std::borrow::Cow;

/// SESeal: borrowed from the octets it was read from.
#[derive(Clone, Debug)]
pub struct Seal<'a> {
    /// Generation, told by the layout.
    pub version: SealVersion,
    /// The whole seal as received.
    pub raw: &'a [u8],
    /// eSealInfo as received.
    pub info_raw: &'a [u8],
    /// Header.
    pub header: Header<'a>,
    /// esID.
    pub id: Cow<'a, str>,
    /// Property.
    pub property: Property<'a>,
    /// Picture.
    pub picture: Picture<'a>,
    /// extDatas of the seal.
    pub extensions: Vec<Extension<'a>>,
    /// The maker's certificate in DER.
    pub maker: &'a [u8],
    /// Certificate and OID as received, which V1 signs along.
    pub(super) maker_raw: &'a [u8],
    pub(super) algorithm_raw: &'a [u8],
    /// Signature algorithm of the maker.
    pub algorithm: Oid<'a>,
    /// The maker's signature value.
    pub value: Cow<'a, [u8]>,
    /// Time stamp over [`Seal::value`] (V5).
    pub time_stamp: Option<&'a [u8]>,
    /// Unusual encodings met.
    pub deviations: Deviations,
}

impl Seal<'_> {
    /// The octets the maker's value is over (step b): `raw(eSealInfo)`, in V1
    /// `SEQUENCE { eSealInfo, cert, signatureAlgorithm }` (GM/T 0031-2014 6.1.1.2).
    pub fn signed_octets(&self) -> Cow<'_, [u8]> {
        match self.version {
            SealVersion::V1 => Cow::Owned(crate::asn1::sequence(&[self.info_raw, self.maker_raw, self.algorithm_raw])),
            SealVersion::V4 | SealVersion::V5 => Cow::Borrowed(self.info_raw),
        }
    }

    /// Whether `certificate` (DER) is in the list: octet for octet, or by its
    /// SM3 or SHA-256 where the list holds digests (step 3). The weak SHA-1 does not count.
    pub fn lists(&self, certificate: &[u8]) -> bool {
        self.property.signers.iter().any(|entry| match entry {
            SignerEntry::Certificate(listed) => *listed == certificate,
            SignerEntry::Digest { value, .. } => {
                *value == crate::sm::sm3::digest(certificate) || *value == crate::suite::sha256(certificate)
            }
            SignerEntry::Other => false,
        })
    }

    /// Whether validStart <= `at` <= validEnd (step e).
    pub fn is_valid_at(&self, at: Moment) -> bool {
        self.property.valid_from <= at && at <= self.property.valid_to
    }
}

/// SES_Header.
#[derive(Clone, Debug)]
pub struct Header<'a> {
    /// Version number as written; the layout decides, not this.
    pub version: u64,
    /// Vendor id.
    pub vendor: Cow<'a, str>,
}

/// SES_ESPropertyInfo.
#[derive(Clone, Debug)]
pub struct Property<'a> {
    /// Type of the seal, an application's own code.
    pub kind: u64,
    /// Registered name.
    pub name: Cow<'a, str>,
    /// Who may stamp.
    pub signers: Vec<SignerEntry<'a>>,
    /// createDate.
    pub created: Moment,
    /// validStart.
    pub valid_from: Moment,
    /// validEnd.
    pub valid_to: Moment,
}

/// An entry of certList.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignerEntry<'a> {
    /// A certificate in DER.
    Certificate(&'a [u8]),
    /// CertDigestObj.
    Digest {
        /// The application's name of the algorithm.
        kind: Cow<'a, str>,
        /// Digest of the DER certificate.
        value: &'a [u8],
    },
    /// A V1 entry that is no certificate; it names nobody.
    Other,
}

/// SES_ESPictureInfo.
#[derive(Clone, Debug)]
pub struct Picture<'a> {
    /// PNG, SVG, ofd, … as written.
    pub kind: Cow<'a, str>,
    /// The picture file.
    pub data: &'a [u8],
    /// Millimetres.
    pub width_mm: u64,
    /// Millimetres.
    pub height_mm: u64,
}

/// ExtData.
#[derive(Clone, Debug)]
pub struct Extension<'a> {
    /// extnID.
    pub id: Oid<'a>,
    /// critical.
    pub critical: bool,
}

/// SES_Signature: borrowed from the octets it was read from.
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    /// TBS_Sign as received: what the signer's value is over (step 2).
    pub tbs_raw: &'a [u8],
    /// Version number as written.
    pub version: u64,
    /// The seal.
    pub seal: Seal<'a>,
    /// timeInfo.
    pub time: TimeInfo<'a>,
    /// dataHash, 32 octets for SM3.
    pub data_hash: Cow<'a, [u8]>,
    /// propertyInfo, for people.
    pub property_info: Cow<'a, str>,
    /// extDatas of the stamp.
    pub extensions: Vec<Extension<'a>>,
    /// The signer's certificate in DER.
    pub certificate: &'a [u8],
    /// Signature algorithm of the signer.
    pub algorithm: Oid<'a>,
    /// The signer's value.
    pub value: Cow<'a, [u8]>,
    /// Time stamp over [`Stamp::value`].
    pub time_stamp: Option<&'a [u8]>,
    /// Unusual encodings met, those of the seal not included.
    pub deviations: Deviations,
}

/// timeInfo, asserted by the signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInfo<'a> {
    /// A time.
    Claimed(Moment),
    /// A time stamp token (V1).
    Token(&'a [u8]),
    /// Nothing that can be read.
    Unreadable,
}

/// Why octets are no seal or stamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// DER is broken, or a field has another type.
    #[error(transparent)]
    Der(#[from] Asn1Error),
    /// No generation has this number of items.
    #[error("no seal structure has {items} items")]
    Layout {
        /// Items of the outermost SEQUENCE.
        items: usize,
    },
    /// header.ID is not `ES`.
    #[error("header id is not ES")]
    HeaderId,
    /// The seal inside the stamp is of another generation.
    #[error("the seal inside the stamp is of another generation")]
    Generation,
    /// The embedded seal alone is broken; the rest of the stamp was readable.
    #[error("embedded seal: {0}")]
    Seal(Box<SealFault>),
}
