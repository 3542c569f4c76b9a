//! GB/T 38540-2020 and GM/T 0031-2025, which adds a time stamp to the seal and
//! says 5 where the other says 4.

use super::{Seal, SealFault, SealVersion, Stamp, TimeInfo, parts};
use crate::asn1::{Asn1Error, Deviation, Deviations, Reader, Tag, Tlv, read_time};

/// dataHash of SM3.
const DIGEST: usize = 32;

/// `SESeal { eSealInfo, cert, signAlgID, signedValue, timeStamp [0] OPTIONAL }`.
pub(super) fn seal(whole: Tlv<'_>) -> Result<Seal<'_>, SealFault> {
    let mut deviations = Deviations::default();
    let mut items = whole.reader()?;
    let info_tlv = items.expect(Tag::SEQUENCE)?;
    let info = parts::info(info_tlv, parts::PropertyForm::V4, &mut deviations)?;
    let maker = items.expect(Tag::OCTET_STRING)?;
    let (algorithm, algorithm_raw) = parts::algorithm(&mut items)?;
    let value = parts::value(items.expect(Tag::BIT_STRING)?, &mut deviations)?;
    let time_stamp = time_stamp(&mut items, &mut deviations)?;
    items.finish()?;
    // only the 2025 text has five items; with four the header tells
    let version = if info.header.version == 5 || time_stamp.is_some() { SealVersion::V5 } else { SealVersion::V4 };
    Ok(Seal {
        version,
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
        time_stamp,
        deviations,
    })
}

/// `SES_Signature { TBS_Sign { version, eseal, timeInfo, dataHash, propertyInfo,
/// extDatas [0] OPTIONAL }, cert, signatureAlgID, signature, timeStamp [0] OPTIONAL }`.
pub(super) fn stamp(whole: Tlv<'_>) -> Result<Stamp<'_>, SealFault> {
    let mut deviations = Deviations::default();
    let mut items = whole.reader()?;
    let tbs_tlv = items.expect(Tag::SEQUENCE)?;
    let certificate = items.expect(Tag::OCTET_STRING)?.content;
    let (algorithm, _) = parts::algorithm(&mut items)?;
    let value = parts::value(items.expect(Tag::BIT_STRING)?, &mut deviations)?;
    let time_stamp = time_stamp(&mut items, &mut deviations)?;
    items.finish()?;

    let mut tbs = tbs_tlv.reader()?;
    let version = tbs.small()?;
    let seal_tlv = tbs.expect(Tag::SEQUENCE)?;
    let seal = seal(seal_tlv).map_err(|fault| SealFault::Seal(Box::new(fault)))?;
    let time = time_info(tbs.any()?, &mut deviations)?;
    let data_hash = tbs.expect(Tag::BIT_STRING)?.bits_of(DIGEST, &mut deviations)?;
    let property_info = parts::text(tbs.any()?, Tag::IA5_STRING, &mut deviations)?;
    let extensions = match tbs.optional(Tag::context(0))? {
        None => Vec::new(),
        Some(tagged) => {
            let mut inner = tagged.reader()?;
            let list = inner.expect(Tag::SEQUENCE)?;
            inner.finish()?;
            parts::extensions(list)?
        }
    };
    tbs.finish()?;
    Ok(Stamp {
        tbs_raw: tbs_tlv.raw,
        version,
        seal,
        time,
        data_hash,
        property_info,
        extensions,
        certificate,
        algorithm,
        value,
        time_stamp,
        deviations,
    })
}

/// timeInfo: a GeneralizedTime; a time that the calendar does not have is the
/// signer's unreadable claim, another type is a broken structure.
fn time_info<'a>(value: Tlv<'a>, deviations: &mut Deviations) -> Result<TimeInfo<'a>, SealFault> {
    match value.tag {
        Tag::GENERALIZED_TIME | Tag::UTC_TIME => {
            if value.tag == Tag::UTC_TIME {
                deviations.note(Deviation::TimeTwoDigitYear);
            }
            Ok(read_time(value, deviations).map_or(TimeInfo::Unreadable, TimeInfo::Claimed))
        }
        found => Err(Asn1Error::Unexpected { at: value.offset, expected: Tag::GENERALIZED_TIME, found }.into()),
    }
}

/// `[0] EXPLICIT BIT STRING` holding a time stamp token.
fn time_stamp<'a>(items: &mut Reader<'a>, deviations: &mut Deviations) -> Result<Option<&'a [u8]>, SealFault> {
    let Some(tagged) = items.optional(Tag::context(0))? else { return Ok(None) };
    let mut inner = tagged.reader()?;
    let token = inner.expect(Tag::BIT_STRING)?.bits(deviations)?;
    inner.finish()?;
    Ok(Some(token))
}
