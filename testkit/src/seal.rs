//! Seals and stamps of the three generations (GM/T 0031-2014, GB/T 38540-2020,
//! GM/T 0031-2025), with the deviations that genuine files show.

use crate::{
    compact,
    der::{
        BitForm, SM2_SM3, boolean, explicit, ia5_string, integer, octet_string, oid, printable_string, sequence,
        sequence_of, tagged, utf8_string,
    },
    keys::{Key, ValueForm},
    pki::{Certificate, Pki},
    png,
    tsp::Token,
};
use std::sync::Arc;
use yinxin_trust::{asn1::Tag, base::Moment, sm::sm3};

/// Generations of the seal structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// GM/T 0031-2014.
    V1,
    /// GB/T 38540-2020.
    V4,
    /// GM/T 0031-2025.
    V5,
}

impl Version {
    /// The number written into the structures.
    pub const fn number(self) -> u64 {
        match self {
            Self::V1 => 1,
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeForm {
    /// As the generation has it: UTCTime in V1, GeneralizedTime after.
    #[default]
    Due,
    /// GeneralizedTime with a two-digit year.
    TwoDigitYear,
    /// Without the Z.
    NoZone,
    /// UTCTime in V4 and V5, GeneralizedTime in V1.
    OtherTag,
}

impl TimeForm {
    fn write(self, version: Version, at: Moment) -> Vec<u8> {
        let long = compact(at);
        let v1 = version == Version::V1;
        let (tag, text) = match self {
            Self::Due if v1 => (Tag::UTC_TIME, &long[2..]),
            Self::Due => (Tag::GENERALIZED_TIME, &long[..]),
            Self::TwoDigitYear => (Tag::GENERALIZED_TIME, &long[2..]),
            Self::NoZone if v1 => (Tag::UTC_TIME, &long[2..14]),
            Self::NoZone => (Tag::GENERALIZED_TIME, &long[..14]),
            Self::OtherTag if v1 => (Tag::GENERALIZED_TIME, &long[..]),
            Self::OtherTag => (Tag::UTC_TIME, &long[2..]),
        };
        tagged(tag, text.as_bytes())
    }
}

/// What the entries of certList are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// Certificates (certListType 1).
    Certificates,
    /// Digests (certListType 2).
    Digests,
}

/// Everything a seal will say. Change fields before [`Seal::make`].
#[derive(Clone, Debug)]
pub struct Seal {
    /// Generation.
    pub version: Version,
    /// Version in the header; the generation's number unless changed.
    pub header_version: u64,
    /// Vid.
    pub vendor: String,
    /// esID.
    pub id: String,
    /// Type of the seal.
    pub kind: u64,
    /// Name of the seal.
    pub name: String,
    /// certListType as written; follows the shape unless changed.
    pub list_type: u64,
    /// Shape of the entries.
    pub list_shape: ListShape,
    /// Listed certificates, DER.
    pub listed: Vec<Vec<u8>>,
    /// createDate.
    pub created: Moment,
    /// validStart.
    pub valid_from: Moment,
    /// validEnd.
    pub valid_to: Moment,
    /// How the three times are written.
    pub time_form: TimeForm,
    /// Type of the picture.
    pub picture_type: String,
    /// Octets of the picture.
    pub picture: Vec<u8>,
    /// Width and height, millimetres.
    pub size: (u64, u64),
    /// extDatas: dotted identifier, critical, value.
    pub extensions: Vec<(String, bool, Vec<u8>)>,
    /// Certificate of the maker.
    pub maker: Certificate,
    /// The key that signs; the maker's unless changed.
    pub maker_key: Key,
    /// How the value is written.
    pub value_form: ValueForm,
    /// How the BIT STRING of the value is written.
    pub bit_form: BitForm,
    /// Makes a time stamp over the value (V5).
    pub time_stamp: Option<Stamping>,
}

/// Makes the octets of a time stamp from the octets of a signature value.
#[derive(Clone)]
pub struct Stamping(Arc<Stamper>);

type Stamper = dyn Fn(&[u8]) -> Vec<u8> + Send + Sync;

impl Stamping {
    /// Whatever `make` answers.
    pub fn of(make: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// This token, over the value.
    pub fn with(token: Token) -> Self {
        Self::of(move |value| token.make(value))
    }
}

impl core::fmt::Debug for Stamping {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Stamping(..)")
    }
}

impl Seal {
    /// A sound seal of `pki`'s body, listing its stamper, made and valid from
    /// 2025-01-01 to the end of 2034.
    pub fn of(version: Version, pki: &Pki) -> Self {
        let at = crate::moment;
        Self {
            version,
            header_version: version.number(),
            vendor: "YINXIN-TEST".to_owned(),
            id: "99000000000001".to_owned(),
            kind: 1,
            name: format!("{}电子证照专用章", pki.body),
            list_type: 1,
            list_shape: ListShape::Certificates,
            listed: vec![pki.stamper.der.clone()],
            created: at("2025-01-01T00:00:00Z"),
            valid_from: at("2025-01-01T00:00:00Z"),
            valid_to: at("2034-12-31T15:59:59Z"),
            time_form: TimeForm::Due,
            picture_type: "PNG".to_owned(),
            picture: png::round_seal(),
            size: (42, 42),
            extensions: Vec::new(),
            maker: pki.maker.clone(),
            maker_key: pki.maker.key.clone(),
            value_form: ValueForm::Der,
            bit_form: BitForm::Whole,
            time_stamp: None,
        }
    }

    /// The same seal with digests in its list.
    #[must_use]
    pub fn with_digests(self) -> Self {
        Self { list_type: 2, list_shape: ListShape::Digests, ..self }
    }

    /// SES_SealInfo.
    pub fn info(&self) -> Vec<u8> {
        let header = sequence(&[&ia5_string("ES"), &integer(self.header_version), &ia5_string(&self.vendor)]);
        let picture = sequence(&[
            &ia5_string(&self.picture_type),
            &octet_string(&self.picture),
            &integer(self.size.0),
            &integer(self.size.1),
        ]);
        let extensions = if self.extensions.is_empty() { Vec::new() } else { ext_datas(&self.extensions) };
        sequence(&[&header, &ia5_string(&self.id), &self.property(), &picture, &extensions])
    }

    /// SESeal.
    pub fn make(&self) -> Vec<u8> {
        let info = self.info();
        let maker = octet_string(&self.maker.der);
        let algorithm = oid(SM2_SM3);
        let v1 = self.version == Version::V1;
        let message = if v1 { sequence(&[&info, &maker, &algorithm]) } else { info.clone() };
        let (value, bits) = self.maker_key.value(&message, self.value_form, self.bit_form);
        if v1 {
            return sequence(&[&info, &sequence(&[&maker, &algorithm, &bits])]);
        }
        let stamp = self.time_stamp.as_ref().map_or_else(Vec::new, |make| time_stamp(&(make.0)(&value)));
        sequence(&[&info, &maker, &algorithm, &bits, &stamp])
    }

    fn property(&self) -> Vec<u8> {
        let entry = |certificate: &Vec<u8>| match self.list_shape {
            ListShape::Certificates => octet_string(certificate),
            ListShape::Digests => sequence(&[&printable_string("SM3"), &octet_string(&sm3::digest(certificate))]),
        };
        let list = sequence_of(&self.listed.iter().map(entry).collect::<Vec<_>>());
        let list_type = if self.version == Version::V1 { Vec::new() } else { integer(self.list_type) };
        let time = |at: Moment| self.time_form.write(self.version, at);
        sequence(&[
            &integer(self.kind),
            &utf8_string(&self.name),
            &list_type,
            &list,
            &time(self.created),
            &time(self.valid_from),
            &time(self.valid_to),
        ])
    }
}

/// How V1 writes timeInfo into its BIT STRING.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TimeInfo {
    /// A UTCTime.
    #[default]
    UtcTime,
    /// A GeneralizedTime.
    GeneralizedTime,
    /// Plain text such as `2026-06-01 10:00:00`; no zone.
    Text,
    /// Plain text `20260601020000Z`.
    CompactText,
    /// A time-stamp token, or anything else.
    Octets(Vec<u8>),
}

/// Everything a stamp will say. Change fields before [`Stamp::make`].
#[derive(Clone, Debug)]
pub struct Stamp {
    /// Generation.
    pub version: Version,
    /// Version in TBS_Sign; the generation's number unless changed.
    pub tbs_version: u64,
    /// SESeal, whole.
    pub seal: Vec<u8>,
    /// Time of stamping.
    pub at: Moment,
    /// How V4 and V5 write it.
    pub time_form: TimeForm,
    /// How V1 writes it.
    pub time_info: TimeInfo,
    /// Certificate of the stamper.
    pub stamper: Certificate,
    /// The key that signs; the stamper's unless changed.
    pub stamper_key: Key,
    /// Dotted identifier of the signature algorithm.
    pub algorithm: String,
    /// extDatas of V4 and V5: dotted identifier, critical, value.
    pub extensions: Vec<(String, bool, Vec<u8>)>,
    /// How the value is written.
    pub value_form: ValueForm,
    /// How the BIT STRING of the value is written.
    pub bit_form: BitForm,
    /// How the BIT STRING of dataHash is written.
    pub hash_form: BitForm,
    /// Makes a time stamp over the value (V4, V5).
    pub time_stamp: Option<Stamping>,
}

impl Stamp {
    /// A sound stamp by `stamper` with this seal.
    pub fn new(version: Version, seal: Vec<u8>, stamper: &Certificate, at: Moment) -> Self {
        Self {
            version,
            tbs_version: version.number(),
            seal,
            at,
            time_form: TimeForm::Due,
            time_info: TimeInfo::UtcTime,
            stamper: stamper.clone(),
            stamper_key: stamper.key.clone(),
            algorithm: SM2_SM3.to_owned(),
            extensions: Vec::new(),
            value_form: ValueForm::Der,
            bit_form: BitForm::Whole,
            hash_form: BitForm::Whole,
            time_stamp: None,
        }
    }

    /// SES_Signature over a document digest; `property` is the path of Signature.xml.
    pub fn make(&self, data_hash: &[u8], property: &str) -> Vec<u8> {
        let stamper = octet_string(&self.stamper.der);
        let algorithm = oid(&self.algorithm);
        let v1 = self.version == Version::V1;
        let mut parts = vec![
            integer(self.tbs_version),
            self.seal.clone(),
            if v1 { self.time_bits() } else { self.time_form.write(self.version, self.at) },
            self.hash_form.write(data_hash),
            ia5_string(property),
        ];
        if v1 {
            parts.extend([stamper.clone(), algorithm.clone()]);
        } else if !self.extensions.is_empty() {
            parts.push(explicit(0, &ext_datas(&self.extensions)));
        }
        let to_sign = sequence_of(&parts);
        let (value, bits) = self.stamper_key.value(&to_sign, self.value_form, self.bit_form);
        if v1 {
            return sequence(&[&to_sign, &bits]);
        }
        let stamp = self.time_stamp.as_ref().map_or_else(Vec::new, |make| time_stamp(&(make.0)(&value)));
        sequence(&[&to_sign, &stamper, &algorithm, &bits, &stamp])
    }

    fn time_bits(&self) -> Vec<u8> {
        let octets = match &self.time_info {
            TimeInfo::UtcTime => TimeForm::Due.write(Version::V1, self.at),
            TimeInfo::GeneralizedTime => TimeForm::Due.write(Version::V4, self.at),
            TimeInfo::Text => self.at.at_offset_hours(0).into_bytes(),
            TimeInfo::CompactText => compact(self.at).into_bytes(),
            TimeInfo::Octets(octets) => octets.clone(),
        };
        BitForm::Whole.write(&octets)
    }
}

fn time_stamp(token: &[u8]) -> Vec<u8> {
    explicit(0, &BitForm::Whole.write(token))
}

fn ext_datas(extensions: &[(String, bool, Vec<u8>)]) -> Vec<u8> {
    let one = |(kind, critical, value): &(String, bool, Vec<u8>)| {
        let flag = if *critical { boolean(true) } else { Vec::new() };
        sequence(&[&oid(kind), &flag, &octet_string(value)])
    };
    sequence_of(&extensions.iter().map(one).collect::<Vec<_>>())
}
