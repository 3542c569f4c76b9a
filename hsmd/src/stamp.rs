//! What a stamp to be signed says: the daemon reads it before it lets a key under sole control sign it.

use yinxin_trust::{
    asn1::{Asn1Error, Deviations, Reader, Tag, read_time},
    base::Moment,
    seal::Seal,
    sm::sm3,
};

/// TBS_Sign of GB/T 38540, as far as a mandate is about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToBeStamped {
    /// Identifier of the seal.
    pub seal: Box<str>,
    /// The time that the stamp will claim.
    pub time: Moment,
    /// dataHash.
    pub document: sm3::Digest,
}

/// Why octets are no stamp to be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StampFault {
    /// Not TBS_Sign of generation 4.
    #[error("what shall be signed is no stamp")]
    NotAStamp,
    /// The seal within it cannot be read.
    #[error("the stamp holds no seal that can be read")]
    Seal,
}

impl From<Asn1Error> for StampFault {
    fn from(_: Asn1Error) -> Self {
        Self::NotAStamp
    }
}

impl ToBeStamped {
    /// Reads `SEQUENCE { version INTEGER (4), eseal SESeal, timeInfo GeneralizedTime, dataHash BIT STRING,
    /// propertyInfo IA5String }` strictly, as the service writes it.
    ///
    /// # Errors
    /// [`StampFault`].
    pub fn parse(octets: &[u8]) -> Result<Self, StampFault> {
        let mut outer = Reader::new(octets);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let mut deviations = Deviations::default();
        let version = parts.small()?;
        let seal = parts.any()?;
        let time = read_time(parts.expect(Tag::GENERALIZED_TIME)?, &mut deviations)?;
        let digest = parts.expect(Tag::BIT_STRING)?.bits(&mut deviations)?;
        parts.expect(Tag::IA5_STRING)?;
        parts.finish()?;
        if version != 4 || deviations.first().is_some() {
            return Err(StampFault::NotAStamp);
        }
        let seal = Seal::parse(seal.raw).map_err(|_| StampFault::Seal)?;
        Ok(Self {
            seal: seal.id.as_ref().into(),
            time,
            document: digest.try_into().map_err(|_| StampFault::NotAStamp)?,
        })
    }
}
