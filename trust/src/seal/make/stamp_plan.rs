//! One stamp from its seal to its DER, of the format of the seal (GB/T 38540-2020 7.1, GM/T 0031-2025).

use super::SealFormat;
use crate::{
    asn1::{
        Deviations, Reader, Tag, bit_string, explicit, generalized_time, ia5_string, integer, object_identifier,
        octet_string, sequence,
    },
    base::Moment,
    seal::{Seal, SealFault, SoundSeal, Stamp, TimeInfo},
    sm::{Signature, sm2, sm3},
    suite::{Algorithm, PublicKey, SignatureValue, Suite, ValueFault},
    x509::Certificate,
};
use std::sync::OnceLock;

/// Longest propertyInfo, in characters.
const PROPERTY: usize = 1024;

/// Why no stamp is made. Each of them would fail, or leave open, the check named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StampPlanFault {
    /// `seal.format`.
    #[error("the seal cannot be read: {0}")]
    Seal(SealFault),
    /// `seal.format`: readable, but not strict DER.
    #[error("the seal departs from DER")]
    SealDeviates,
    /// `seal.format`: of another generation, or its number is not that of its layout.
    #[error("the seal is neither of GB/T 38540-2020 nor of GM/T 0031-2025")]
    SealVersion,
    /// `seal.value`.
    #[error("the maker's signature on the seal: {0}")]
    SealValue(ValueFault),
    /// `seal.value`.
    #[error("the maker's certificate in the seal cannot be read")]
    SealMaker,
    /// `seal.maker.period`.
    #[error("the seal was made outside the period of its maker's certificate")]
    SealMakerPeriod,
    /// `seal.period`.
    #[error("the seal is not valid at {0}")]
    SealPeriod(Moment),
    /// `signature.time`: before the seal was made.
    #[error("the time is before the seal was made")]
    BeforeSeal,
    /// `signature.format`.
    #[error("the property is not 1 to 1024 visible ASCII characters")]
    Property,
    /// `seal.signer_listed`.
    #[error("the seal does not list {0}")]
    NotListed(String),
    /// `signer.key_usage`.
    #[error("the key of {0} may not sign")]
    SignerUsage(String),
    /// `signer.period`.
    #[error("the certificate of {signer} is not in its period at {at}")]
    SignerPeriod {
        /// Subject.
        signer: String,
        /// Time of stamping.
        at: Moment,
    },
    /// `signature.value`.
    #[error("the key of {0} is neither an SM2 nor a P-256 key")]
    SignerKey(String),
    /// `signer.path`: the seal's maker and its user would need anchors of two kinds.
    #[error("the key of {0} is of another suite than the seal: a stamp has one suite")]
    TwoSuites(String),
    /// `signature.value`.
    #[error("the signature is not by the signer's key over this stamp")]
    WrongSignature,
    /// `signature.format`.
    #[error("the stamp does not read back as it was planned")]
    ReadBack,
    /// `signature.format`: it carries one already.
    #[error("the stamp has a time stamp")]
    TimeStamped,
}

/// A stamp that lacks its signer's certificate and signature.
#[derive(Debug)]
pub struct StampPlan {
    seal: Vec<u8>,
    tbs: Vec<u8>,
    time: Moment,
    /// Of the seal; the signer's is the same.
    suite: Option<Suite>,
    /// The seal, where its value was verified before.
    sound: Option<SoundSeal>,
    /// What the first SM2 signer that was asked about would sign.
    digest: OnceLock<(sm2::PublicKey, sm3::Digest)>,
}

impl StampPlan {
    /// Checks the seal and writes TBS_Sign. `time` is cut to seconds; `data_hash`
    /// is the SM3 of Signature.xml, `property` its absolute path in the package.
    ///
    /// # Errors
    /// [`StampPlanFault`].
    pub fn new(seal: &[u8], time: Moment, data_hash: &sm3::Digest, property: &str) -> Result<Self, StampPlanFault> {
        let maker = check_value(seal)?;
        Self::over(seal, &maker, time, data_hash, property)
    }

    /// As [`StampPlan::new`], with a seal whose value was verified before.
    ///
    /// # Errors
    /// [`StampPlanFault`].
    pub fn with_sound(
        seal: &SoundSeal,
        time: Moment,
        data_hash: &sm3::Digest,
        property: &str,
    ) -> Result<Self, StampPlanFault> {
        let plan = Self::over(seal.octets(), seal.maker(), time, data_hash, property)?;
        Ok(Self { sound: Some(seal.clone()), ..plan })
    }

    fn over(
        seal: &[u8],
        maker: &Certificate,
        time: Moment,
        data_hash: &sm3::Digest,
        property: &str,
    ) -> Result<Self, StampPlanFault> {
        let time = Moment::from_unix_seconds(time.unix_seconds()).unwrap_or(time);
        let (suite, format) = check_seal(seal, maker, time)?;
        if !(1..=PROPERTY).contains(&property.len()) || !property.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err(StampPlanFault::Property);
        }
        let tbs = sequence(&[
            &integer(format.number()),
            seal,
            &generalized_time(time),
            &bit_string(data_hash),
            &ia5_string(property),
        ]);
        Ok(Self { seal: seal.to_vec(), tbs, time, suite, sound: None, digest: OnceLock::new() })
    }

    /// TBS_Sign: what the signer's signature is over.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.tbs
    }

    /// The time of stamping.
    pub const fn time(&self) -> Moment {
        self.time
    }

    /// What a device that takes digests signs; see [`PublicKey::digest_to_sign`].
    ///
    /// # Errors
    /// When this signer may not use this seal at this time.
    pub fn digest(&self, signer: &Certificate) -> Result<[u8; 32], StampPlanFault> {
        let refused = || StampPlanFault::SignerKey(signer.display_name().to_owned());
        match self.signer_key(signer)?.0 {
            PublicKey::Sm2(key) => self.sm2_digest(key).ok_or_else(refused),
            other => other.digest_to_sign(&self.tbs).ok_or_else(refused),
        }
    }

    /// The stamp with a throwaway value, r = 1 and s = n - 1, which no key makes: in a report
    /// on it every check that is not `signature.value` must answer as it will for the real one.
    ///
    /// # Errors
    /// As [`StampPlan::digest`].
    pub fn rehearse(&self, signer: &Certificate) -> Result<Vec<u8>, StampPlanFault> {
        let (_, suite) = self.signer_key(signer)?;
        let throwaway = match suite {
            Suite::Sm2 => Signature::of_nobody().into(),
            Suite::P256 => SignatureValue::Ecdsa(sequence(&[&integer(1), &integer(1)]).into()),
        };
        self.write(signer, suite, &throwaway)
    }

    /// The stamp, once the signature verifies and the whole reads back. The suite is
    /// that of the signer's key, which is the seal's.
    ///
    /// # Errors
    /// [`StampPlanFault`]; a signature of another suite is [`StampPlanFault::WrongSignature`].
    pub fn embed(self, signer: &Certificate, signature: impl Into<SignatureValue>) -> Result<Vec<u8>, StampPlanFault> {
        let value = signature.into();
        let (key, suite) = self.signer_key(signer)?;
        let right = match (key, &value) {
            (PublicKey::Sm2(key), SignatureValue::Sm2(signature)) => {
                self.sm2_digest(key).is_some_and(|digest| key.verify_digest(&digest, signature))
            }
            _ => key.made(&self.tbs, &value),
        };
        if !right {
            return Err(StampPlanFault::WrongSignature);
        }
        self.write(signer, suite, &value)
    }

    /// SM3(Z || TBS_Sign), computed once for the signer that is asked about first.
    fn sm2_digest(&self, key: &sm2::PublicKey) -> Option<sm3::Digest> {
        if let Some((_, digest)) = self.digest.get().filter(|(known, _)| known == key) {
            return Some(*digest);
        }
        let digest = match &self.sound {
            Some(sound) => sound.stamp_digest(key, &self.tbs),
            None => key.message_digest(sm2::DEFAULT_ID, &self.tbs),
        };
        let digest = digest.ok()?;
        let _ = self.digest.set((key.clone(), digest));
        Some(digest)
    }

    fn signer_key<'c>(&self, signer: &'c Certificate) -> Result<(&'c PublicKey, Suite), StampPlanFault> {
        let name = || signer.display_name().to_owned();
        let seal = Seal::parse(&self.seal).map_err(StampPlanFault::Seal)?;
        if !seal.lists(signer.der()) {
            return Err(StampPlanFault::NotListed(name()));
        }
        let key = signer.key().ok_or_else(|| StampPlanFault::SignerKey(name()))?;
        let suite = Suite::of(key).ok_or_else(|| StampPlanFault::SignerKey(name()))?;
        if self.suite != Some(suite) {
            return Err(StampPlanFault::TwoSuites(name()));
        }
        if signer.key_usage().is_some_and(|usage| !usage.may_sign()) {
            return Err(StampPlanFault::SignerUsage(name()));
        }
        if !signer.is_valid_at(self.time) {
            return Err(StampPlanFault::SignerPeriod { signer: name(), at: self.time });
        }
        Ok((key, suite))
    }

    fn write(&self, signer: &Certificate, suite: Suite, value: &SignatureValue) -> Result<Vec<u8>, StampPlanFault> {
        let octets = sequence(&[
            &self.tbs,
            &octet_string(signer.der()),
            &object_identifier(suite.algorithm()),
            &bit_string(&value.to_octets()),
        ]);
        let stamp = Stamp::parse(&octets).map_err(|_| StampPlanFault::ReadBack)?;
        let strict = stamp.deviations.first().is_none();
        let same = stamp.tbs_raw == self.tbs && stamp.time == TimeInfo::Claimed(self.time);
        if !strict || !same || stamp.certificate != signer.der() {
            return Err(StampPlanFault::ReadBack);
        }
        Ok(octets)
    }
}

/// What a time stamp of a stamp is over: the value as it stands, without the octet of unused bits
/// (GB/T 38540-2020 7.2).
///
/// # Errors
/// [`StampPlanFault::ReadBack`] for what is no stamp.
pub fn stamp_value(stamp: &[u8]) -> Result<Vec<u8>, StampPlanFault> {
    let stamp = Stamp::parse(stamp).map_err(|_| StampPlanFault::ReadBack)?;
    Ok(stamp.value.into_owned())
}

/// The stamp with a time stamp over its value, `timeStamp [0]`. Whether the token holds is
/// said by whoever verifies the whole.
///
/// # Errors
/// [`StampPlanFault::TimeStamped`], [`StampPlanFault::ReadBack`].
pub fn with_time_stamp(stamp: &[u8], token: &[u8]) -> Result<Vec<u8>, StampPlanFault> {
    let before = Stamp::parse(stamp).map_err(|_| StampPlanFault::ReadBack)?;
    if before.time_stamp.is_some() {
        return Err(StampPlanFault::TimeStamped);
    }
    let members = Reader::new(stamp).expect(Tag::SEQUENCE).map_err(|_| StampPlanFault::ReadBack)?;
    let octets = sequence(&[members.content, &explicit(0, &bit_string(token))]);
    let after = Stamp::parse(&octets).map_err(|_| StampPlanFault::ReadBack)?;
    let same = after.tbs_raw == before.tbs_raw && after.value == before.value && after.time_stamp == Some(token);
    if same && after.deviations.first().is_none() { Ok(octets) } else { Err(StampPlanFault::ReadBack) }
}

/// Step b of [`crate::seal`]; gives the maker.
fn check_value(octets: &[u8]) -> Result<Certificate, StampPlanFault> {
    let seal = Seal::parse(octets).map_err(StampPlanFault::Seal)?;
    let maker = Certificate::from_der(seal.maker).map_err(|_| StampPlanFault::SealMaker)?;
    let mut deviations = Deviations::default();
    let algorithm = Algorithm::from_oid(seal.algorithm).map_err(StampPlanFault::SealValue)?;
    let key = maker.key().ok_or(StampPlanFault::SealValue(ValueFault::KeyMismatch))?;
    key.verify(algorithm, &seal.signed_octets(), &seal.value, &mut deviations).map_err(StampPlanFault::SealValue)?;
    if deviations.first().is_some() { Err(StampPlanFault::SealDeviates) } else { Ok(maker) }
}

/// Steps a and c to e of [`crate::seal`], but for the maker's path; the time stamp of a V5 seal is left to whoever
/// verifies the whole. Gives the suite of the maker's key, and the format.
fn check_seal(octets: &[u8], maker: &Certificate, time: Moment) -> Result<(Option<Suite>, SealFormat), StampPlanFault> {
    let seal = Seal::parse(octets).map_err(StampPlanFault::Seal)?;
    let format = SealFormat::of(&seal).ok_or(StampPlanFault::SealVersion)?;
    if seal.deviations.first().is_some() {
        return Err(StampPlanFault::SealDeviates);
    }
    if !maker.is_valid_at(seal.property.created) {
        return Err(StampPlanFault::SealMakerPeriod);
    }
    if !seal.is_valid_at(time) {
        return Err(StampPlanFault::SealPeriod(time));
    }
    if time < seal.property.created {
        return Err(StampPlanFault::BeforeSeal);
    }
    Ok((maker.key().and_then(Suite::of), format))
}
