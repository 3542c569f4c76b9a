//! One V4 or V5 seal from its fields to its DER (GB/T 38540-2020 6.1, GM/T 0031-2025).

use super::SealPicture;
use crate::{
    asn1::{
        Deviation, Reader, Tag, bit_string, explicit, generalized_time, ia5_string, integer, object_identifier,
        octet_string, sequence, utf8_string,
    },
    base::Moment,
    seal::{Seal, SealFault, SealVersion},
    suite::{PublicKey, SignatureValue, Suite},
    tsp::{Token, TokenFault},
    x509::Certificate,
};
use core::{fmt, str::FromStr};

/// Listed signers at most.
const SIGNERS: usize = 100;

/// The formats in which seals are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SealFormat {
    /// GB/T 38540-2020, which every reader knows.
    #[default]
    V4,
    /// GM/T 0031-2025: as V4, with a time stamp over the maker's value ([`with_seal_time_stamp`]). For where
    /// everybody who reads is known to read it.
    V5,
}

impl SealFormat {
    /// What header and TBS_Sign say.
    pub const fn number(self) -> u64 {
        match self {
            Self::V4 => 4,
            Self::V5 => 5,
        }
    }

    /// The format of a seal whose layout and number agree; `None` for what is not made here.
    pub fn of(seal: &Seal<'_>) -> Option<Self> {
        match (seal.version, seal.header.version) {
            (SealVersion::V4, 4) => Some(Self::V4),
            (SealVersion::V5, 5) => Some(Self::V5),
            _ => None,
        }
    }
}

/// No word of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no format of seals that are made: v4 or v5")]
pub struct NoSealFormat;

impl FromStr for SealFormat {
    type Err = NoSealFormat;

    fn from_str(word: &str) -> Result<Self, NoSealFormat> {
        match word {
            "v4" => Ok(Self::V4),
            "v5" => Ok(Self::V5),
            _ => Err(NoSealFormat),
        }
    }
}

impl fmt::Display for SealFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.number())
    }
}

/// Everything a seal says but for its maker.
#[derive(Clone, Debug)]
pub struct SealDraft {
    /// In which format it is made.
    pub format: SealFormat,
    /// Vid: 1 to 32 visible ASCII characters.
    pub vendor: String,
    /// esID: 1 to 64 visible ASCII characters.
    pub id: String,
    /// Type of the seal, an application's own code, from 1 on.
    pub kind: u32,
    /// Registered name: 1 to 100 characters.
    pub name: String,
    /// Who may stamp: 1 to 100 signing certificates (certListType 1), all of one suite.
    pub signers: Vec<Certificate>,
    /// createDate; milliseconds of all times are cut.
    pub created: Moment,
    /// validStart.
    pub valid_from: Moment,
    /// validEnd.
    pub valid_to: Moment,
    /// The picture.
    pub picture: SealPicture,
}

/// Why no seal is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SealPlanFault {
    #[error("the seal's {field} is not 1 to {limit} visible ASCII characters")]
    Ascii { field: &'static str, limit: usize },
    #[error("the seal's name is not 1 to 100 characters without control characters")]
    Name,
    #[error("the seal's type is 0")]
    Kind,
    #[error("the seal lists no signer")]
    NoSigner,
    #[error("the seal lists more than 100 signers")]
    TooManySigners,
    #[error("{0} is listed twice")]
    SignerTwice(String),
    #[error("the key of {0} is neither an SM2 nor a P-256 key")]
    SignerKey(String),
    #[error("the key of {0} is of another suite than the rest: a seal has one suite")]
    TwoSuites(String),
    #[error("the key of {0} may not sign")]
    SignerUsage(String),
    #[error("the seal's validity ends before it begins")]
    Inverted,
    #[error("createDate is after validEnd")]
    CreatedAfterEnd,
    #[error("{field} is after the end of the certificate of {signer}")]
    AfterCertificate { field: &'static str, signer: String },
    #[error("the maker's key is neither an SM2 nor a P-256 key")]
    MakerKey,
    #[error("the maker's key may not sign")]
    MakerUsage,
    #[error("createDate is not in the period of the maker's certificate")]
    MakerPeriod,
    #[error("the signature is not by the maker's key over this seal")]
    WrongSignature,
    #[error("the seal does not read back: {0}")]
    ReadBack(SealFault),
    #[error("the seal is not strict DER: {0:?}")]
    Deviation(Deviation),
    #[error("the seal does not say what was planned")]
    Differs,
    #[error("a time stamp belongs into a seal of GM/T 0031-2025 that has none")]
    NoPlaceForTimeStamp,
    #[error("the time stamp cannot be read: {0}")]
    TimeStamp(TokenFault),
    #[error("the time stamp is over another value than that of the seal")]
    TimeStampOfOther,
    #[error("the time stamp says {given}, before the seal was made at {created}")]
    TimeStampBefore { given: Moment, created: Moment },
}

/// A seal that lacks its maker's certificate and signature.
#[derive(Debug)]
pub struct SealPlan {
    info: Vec<u8>,
    created: Moment,
    signers: Vec<Certificate>,
}

impl SealPlan {
    /// Checks the fields and writes eSealInfo.
    ///
    /// # Errors
    /// [`SealPlanFault`].
    pub fn new(draft: &SealDraft) -> Result<Self, SealPlanFault> {
        ascii("vendor", &draft.vendor, 32)?;
        ascii("id", &draft.id, 64)?;
        let characters = draft.name.chars().count();
        if !(1..=100).contains(&characters)
            || draft.name.trim() != draft.name
            || draft.name.chars().any(char::is_control)
        {
            return Err(SealPlanFault::Name);
        }
        if draft.kind == 0 {
            return Err(SealPlanFault::Kind);
        }
        signers(draft)?;
        times(draft)?;
        let header = sequence(&[&ia5_string("ES"), &integer(draft.format.number()), &ia5_string(&draft.vendor)]);
        let list: Vec<u8> = draft.signers.iter().flat_map(|signer| octet_string(signer.der())).collect();
        let property = sequence(&[
            &integer(draft.kind.into()),
            &utf8_string(&draft.name),
            &integer(1),
            &sequence(&[&list]),
            &generalized_time(draft.created),
            &generalized_time(draft.valid_from),
            &generalized_time(draft.valid_to),
        ]);
        let picture = sequence(&[
            &ia5_string(draft.picture.kind()),
            &octet_string(draft.picture.octets()),
            &integer(draft.picture.width_mm().into()),
            &integer(draft.picture.height_mm().into()),
        ]);
        let info = sequence(&[&header, &ia5_string(&draft.id), &property, &picture]);
        Ok(Self { info, created: draft.created, signers: draft.signers.clone() })
    }

    /// eSealInfo: what the maker's signature is over.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.info
    }

    /// Whether this maker may make this seal: asked before its key is used.
    ///
    /// # Errors
    /// [`SealPlanFault::MakerKey`], [`SealPlanFault::TwoSuites`], [`SealPlanFault::MakerUsage`],
    /// [`SealPlanFault::MakerPeriod`].
    pub fn check_maker(&self, maker: &Certificate) -> Result<(), SealPlanFault> {
        self.maker_key(maker).map(drop)
    }

    /// What a device that takes digests signs; see [`PublicKey::digest_to_sign`].
    ///
    /// # Errors
    /// As [`SealPlan::check_maker`].
    pub fn digest(&self, maker: &Certificate) -> Result<[u8; 32], SealPlanFault> {
        self.maker_key(maker)?.0.digest_to_sign(&self.info).ok_or(SealPlanFault::MakerKey)
    }

    /// The seal, once the signature verifies and the whole reads back. The suite is
    /// that of the maker's key.
    ///
    /// # Errors
    /// [`SealPlanFault`]; a signature of another suite is [`SealPlanFault::WrongSignature`].
    pub fn embed(self, maker: &Certificate, signature: impl Into<SignatureValue>) -> Result<Vec<u8>, SealPlanFault> {
        let value = signature.into();
        let (key, suite) = self.maker_key(maker)?;
        if !key.made(&self.info, &value) {
            return Err(SealPlanFault::WrongSignature);
        }
        let octets = sequence(&[
            &self.info,
            &octet_string(maker.der()),
            &object_identifier(suite.algorithm()),
            &bit_string(&value.to_octets()),
        ]);
        let seal = Seal::parse(&octets).map_err(SealPlanFault::ReadBack)?;
        if let Some(deviation) = seal.deviations.first() {
            return Err(SealPlanFault::Deviation(deviation));
        }
        let listed = self.signers.iter().all(|signer| seal.lists(signer.der()));
        if !listed || *seal.signed_octets() != *self.info || seal.maker != maker.der() {
            return Err(SealPlanFault::Differs);
        }
        Ok(octets)
    }

    fn maker_key<'c>(&self, maker: &'c Certificate) -> Result<(&'c PublicKey, Suite), SealPlanFault> {
        let key = maker.key().ok_or(SealPlanFault::MakerKey)?;
        let suite = Suite::of(key).ok_or(SealPlanFault::MakerKey)?;
        if self.signers.iter().any(|signer| suite_of(signer) != Some(suite)) {
            return Err(SealPlanFault::TwoSuites(maker.display_name().to_owned()));
        }
        if maker.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(SealPlanFault::MakerUsage);
        }
        if !maker.is_valid_at(self.created) {
            return Err(SealPlanFault::MakerPeriod);
        }
        Ok((key, suite))
    }
}

/// What the time stamp of a V5 seal is over: the maker's value as it stands (GM/T 0031-2025, step d of making).
///
/// # Errors
/// [`SealPlanFault::ReadBack`] for what is no seal.
pub fn seal_value(seal: &[u8]) -> Result<Vec<u8>, SealPlanFault> {
    let seal = Seal::parse(seal).map_err(SealPlanFault::ReadBack)?;
    Ok(seal.value.into_owned())
}

/// The V5 seal with a time stamp over its value, `timeStamp [0]`, that is not before its making: such a seal would be
/// invalid (step f of verifying). Whether the token's authority is trusted is said by whoever verifies the whole.
///
/// # Errors
/// [`SealPlanFault::NoPlaceForTimeStamp`], [`SealPlanFault::TimeStamp`], [`SealPlanFault::TimeStampOfOther`],
/// [`SealPlanFault::TimeStampBefore`], or that it does not read back.
pub fn with_seal_time_stamp(seal: &[u8], token: &[u8]) -> Result<Vec<u8>, SealPlanFault> {
    let before = Seal::parse(seal).map_err(SealPlanFault::ReadBack)?;
    if SealFormat::of(&before) != Some(SealFormat::V5) || before.time_stamp.is_some() {
        return Err(SealPlanFault::NoPlaceForTimeStamp);
    }
    let read = Token::parse(token).map_err(SealPlanFault::TimeStamp)?;
    let is_over = read.imprint().ok().and_then(|imprint| imprint.is_of(&before.value));
    if is_over != Some(true) {
        return Err(SealPlanFault::TimeStampOfOther);
    }
    let created = before.property.created;
    if read.time < created {
        return Err(SealPlanFault::TimeStampBefore { given: read.time, created });
    }
    let broken = |error| SealPlanFault::ReadBack(SealFault::Der(error));
    let members = Reader::new(seal).expect(Tag::SEQUENCE).map_err(broken)?;
    let octets = sequence(&[members.content, &explicit(0, &bit_string(token))]);
    let after = Seal::parse(&octets).map_err(SealPlanFault::ReadBack)?;
    if let Some(deviation) = after.deviations.first() {
        return Err(SealPlanFault::Deviation(deviation));
    }
    let same = after.info_raw == before.info_raw && after.value == before.value && after.maker == before.maker;
    if same && after.time_stamp == Some(token) { Ok(octets) } else { Err(SealPlanFault::Differs) }
}

fn suite_of(certificate: &Certificate) -> Option<Suite> {
    certificate.key().and_then(Suite::of)
}

fn ascii(field: &'static str, text: &str, limit: usize) -> Result<(), SealPlanFault> {
    let fits = (1..=limit).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic());
    if fits { Ok(()) } else { Err(SealPlanFault::Ascii { field, limit }) }
}

fn signers(draft: &SealDraft) -> Result<(), SealPlanFault> {
    if draft.signers.is_empty() {
        return Err(SealPlanFault::NoSigner);
    }
    if draft.signers.len() > SIGNERS {
        return Err(SealPlanFault::TooManySigners);
    }
    for (place, signer) in draft.signers.iter().enumerate() {
        let name = || signer.display_name().to_owned();
        if draft.signers.iter().skip(place + 1).any(|other| other == signer) {
            return Err(SealPlanFault::SignerTwice(name()));
        }
        let suite = suite_of(signer).ok_or_else(|| SealPlanFault::SignerKey(name()))?;
        if draft.signers.first().and_then(suite_of) != Some(suite) {
            return Err(SealPlanFault::TwoSuites(name()));
        }
        // a certificate without the extension is not restricted (RFC 5280 4.2.1.3)
        if signer.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(SealPlanFault::SignerUsage(name()));
        }
    }
    Ok(())
}

/// None of the three times may be after the end of a listed certificate: a seal
/// does not outlive those who use it.
fn times(draft: &SealDraft) -> Result<(), SealPlanFault> {
    if draft.valid_from.unix_seconds() >= draft.valid_to.unix_seconds() {
        return Err(SealPlanFault::Inverted);
    }
    if draft.created > draft.valid_to {
        return Err(SealPlanFault::CreatedAfterEnd);
    }
    let times = [("createDate", draft.created), ("validStart", draft.valid_from), ("validEnd", draft.valid_to)];
    for signer in &draft.signers {
        if let Some((field, _)) = times.iter().find(|(_, time)| time.unix_seconds() > signer.not_after().unix_seconds())
        {
            let signer = signer.display_name().to_owned();
            return Err(SealPlanFault::AfterCertificate { field, signer });
        }
    }
    Ok(())
}
