//! GM/T 0031-2014: two items in the seal, two in the stamp.

use super::{Seal, SealFault, SealVersion, Stamp, TimeInfo, parts};
use crate::asn1::{Deviations, Reader, Tag, Tlv, read_time, read_time_text};

/// dataHash of SM3.
const DIGEST: usize = 32;

/// `SESeal { esealInfo, signInfo { cert, signatureAlgorithm, signData } }`.
pub(super) fn seal(whole: Tlv<'_>) -> Result<Seal<'_>, SealFault> {
    let mut deviations = Deviations::default();
    let mut items = whole.reader()?;
    let info_tlv = items.expect(Tag::SEQUENCE)?;
    let info = parts::info(info_tlv, parts::PropertyForm::V1, &mut deviations)?;
    let mut sign = items.nested(Tag::SEQUENCE)?;
    items.finish()?;
    let maker = sign.expect(Tag::OCTET_STRING)?;
    let (algorithm, algorithm_raw) = parts::algorithm(&mut sign)?;
    let value = parts::value(sign.expect(Tag::BIT_STRING)?, &mut deviations)?;
    sign.finish()?;
    Ok(Seal {
        version: SealVersion::V1,
        raw: whole.raw,
        info_raw: info_tlv.raw,
        header: info.header,
        id: info.id,
        property: info.property,
        picture: info.picture,
        extensions: info.extensions,
        maker: maker.content,
        maker_raw: maker.raw,
        algorithm_raw,
        algorithm,
        value,
        time_stamp: None,
        deviations,
    })
}

/// `SES_Signature { TBS_Sign { version, eseal, timeInfo, dataHash, propertyInfo,
/// cert, signatureAlgorithm }, signature }`.
pub(super) fn stamp(whole: Tlv<'_>) -> Result<Stamp<'_>, SealFault> {
    let mut deviations = Deviations::default();
    let mut items = whole.reader()?;
    let tbs_tlv = items.expect(Tag::SEQUENCE)?;
    let value = parts::value(items.expect(Tag::BIT_STRING)?, &mut deviations)?;
    items.finish()?;
    let mut tbs = tbs_tlv.reader()?;
    let version = tbs.small()?;
    let seal = seal(tbs.expect(Tag::SEQUENCE)?).map_err(|fault| SealFault::Seal(Box::new(fault)))?;
    let time = time_info(tbs.expect(Tag::BIT_STRING)?, &mut deviations)?;
    let data_hash = tbs.expect(Tag::BIT_STRING)?.bits_of(DIGEST, &mut deviations)?;
    let property_info = parts::text(tbs.any()?, Tag::IA5_STRING, &mut deviations)?;
    let certificate = tbs.expect(Tag::OCTET_STRING)?.content;
    let (algorithm, _) = parts::algorithm(&mut tbs)?;
    tbs.finish()?;
    Ok(Stamp {
        tbs_raw: tbs_tlv.raw,
        version,
        seal,
        time,
        data_hash,
        property_info,
        extensions: Vec::new(),
        certificate,
        algorithm,
        value,
        time_stamp: None,
        deviations,
    })
}

/// "A time stamp or a UTCTime" (6.2.1) as bits; genuine files hold the time as text.
fn time_info<'a>(bits: Tlv<'a>, deviations: &mut Deviations) -> Result<TimeInfo<'a>, SealFault> {
    let octets = bits.bits(deviations)?;
    match octets.first().map(|&tag| Tag(tag)) {
        Some(Tag::SEQUENCE) => Ok(TimeInfo::Token(octets)),
        Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => {
            let mut reader = Reader::new(octets);
            let read = reader.any().and_then(|value| read_time(value, deviations));
            Ok(match (read, reader.finish()) {
                (Ok(moment), Ok(())) => TimeInfo::Claimed(moment),
                _ => TimeInfo::Unreadable,
            })
        }
        _ => {
            let text = core::str::from_utf8(octets).ok();
            let moment = text.and_then(|text| read_time_text(text, deviations));
            Ok(moment.map_or(TimeInfo::Unreadable, TimeInfo::Claimed))
        }
    }
}
