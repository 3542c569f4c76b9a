//! The parts that all generations share.

use super::{Extension, Header, Picture, Property, SealFault, SignerEntry};
use crate::asn1::{Asn1Error, Deviation, Deviations, Oid, Reader, Tag, Tlv, read_time};
use std::borrow::Cow;

/// What the five parts of SES_SealInfo hold.
pub(super) struct Info<'a> {
    pub(super) header: Header<'a>,
    pub(super) id: Cow<'a, str>,
    pub(super) property: Property<'a>,
    pub(super) picture: Picture<'a>,
    pub(super) extensions: Vec<Extension<'a>>,
}

/// How a generation writes its property times and its list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PropertyForm {
    /// UTCTime, no list type.
    V1,
    /// GeneralizedTime, certListType before the list.
    V4,
}

/// SES_SealInfo.
pub(super) fn info<'a>(info: Tlv<'a>, form: PropertyForm, deviations: &mut Deviations) -> Result<Info<'a>, SealFault> {
    let mut parts = info.reader()?;
    let header = header(parts.nested(Tag::SEQUENCE)?)?;
    let id = text(parts.any()?, Tag::IA5_STRING, deviations)?;
    let property = property(parts.nested(Tag::SEQUENCE)?, form, deviations)?;
    let picture = picture(parts.nested(Tag::SEQUENCE)?, deviations)?;
    let extensions = match parts.optional(Tag::SEQUENCE)? {
        Some(list) => extensions(list)?,
        None => Vec::new(),
    };
    parts.finish()?;
    Ok(Info { header, id, property, picture, extensions })
}

fn header(mut parts: Reader<'_>) -> Result<Header<'_>, SealFault> {
    if parts.expect(Tag::IA5_STRING)?.content != b"ES" {
        return Err(SealFault::HeaderId);
    }
    let version = parts.small()?;
    let vendor = text(parts.any()?, Tag::IA5_STRING, &mut Deviations::default())?;
    parts.finish()?;
    Ok(Header { version, vendor })
}

fn property<'a>(
    mut parts: Reader<'a>,
    form: PropertyForm,
    deviations: &mut Deviations,
) -> Result<Property<'a>, SealFault> {
    let kind = parts.small()?;
    let name = text(parts.any()?, Tag::UTF8_STRING, deviations)?;
    let list_type = if form == PropertyForm::V4 { Some(parts.small()?) } else { None };
    let signers = signers(parts.nested(Tag::SEQUENCE)?, list_type, deviations)?;
    let mut time = || -> Result<_, SealFault> {
        let value = parts.any()?;
        if form == PropertyForm::V4 && value.tag == Tag::UTC_TIME {
            deviations.note(Deviation::TimeTwoDigitYear);
        }
        if form == PropertyForm::V1 && value.tag == Tag::GENERALIZED_TIME {
            deviations.note(Deviation::StringType);
        }
        Ok(read_time(value, deviations)?)
    };
    let (created, valid_from, valid_to) = (time()?, time()?, time()?);
    parts.finish()?;
    Ok(Property { kind, name, signers, created, valid_from, valid_to })
}

/// certList. Its untagged CHOICE is told by certListType; an unknown type, by
/// the shape of the entries.
fn signers<'a>(
    mut entries: Reader<'a>,
    list_type: Option<u64>,
    deviations: &mut Deviations,
) -> Result<Vec<SignerEntry<'a>>, SealFault> {
    if list_type.is_some_and(|t| t != 1 && t != 2) {
        deviations.note(Deviation::ListType);
    }
    let mut found = Vec::new();
    while !entries.is_empty() {
        let entry = entries.any()?;
        found.push(match (list_type, entry.tag) {
            (Some(2), Tag::OCTET_STRING) | (Some(1), Tag::SEQUENCE) => {
                return Err(Asn1Error::Unexpected {
                    at: entry.offset,
                    expected: if entry.tag == Tag::SEQUENCE { Tag::OCTET_STRING } else { Tag::SEQUENCE },
                    found: entry.tag,
                }
                .into());
            }
            (_, Tag::OCTET_STRING) => SignerEntry::Certificate(entry.content),
            (Some(_), Tag::SEQUENCE) => {
                let mut digest = entry.reader()?;
                let kind = text(digest.any()?, Tag::PRINTABLE_STRING, deviations)?;
                let value = digest.expect(Tag::OCTET_STRING)?.content;
                digest.finish()?;
                SignerEntry::Digest { kind, value }
            }
            // GM/T 0031-2014 prints a stray IA5String beside the certificates; it names nobody
            (None, Tag::IA5_STRING) => SignerEntry::Other,
            (_, found) => {
                return Err(Asn1Error::Unexpected { at: entry.offset, expected: Tag::OCTET_STRING, found }.into());
            }
        });
    }
    Ok(found)
}

fn picture<'a>(mut parts: Reader<'a>, deviations: &mut Deviations) -> Result<Picture<'a>, SealFault> {
    let kind = text(parts.any()?, Tag::IA5_STRING, deviations)?;
    let data = parts.expect(Tag::OCTET_STRING)?.content;
    let (width_mm, height_mm) = (parts.small()?, parts.small()?);
    parts.finish()?;
    Ok(Picture { kind, data, width_mm, height_mm })
}

/// ExtensionDatas. `critical` written out as FALSE breaks DER and is genuine.
pub(super) fn extensions(list: Tlv<'_>) -> Result<Vec<Extension<'_>>, SealFault> {
    let mut entries = list.reader()?;
    let mut found = Vec::new();
    while !entries.is_empty() {
        let mut entry = entries.nested(Tag::SEQUENCE)?;
        let id = entry.oid()?;
        let critical = match entry.optional(Tag::BOOLEAN)? {
            None => false,
            Some(value) => match value.content {
                [0] => false,
                [_] => true,
                _ => return Err(Asn1Error::Boolean { at: value.offset }.into()),
            },
        };
        entry.expect(Tag::OCTET_STRING)?;
        entry.finish()?;
        found.push(Extension { id, critical });
    }
    Ok(found)
}

/// A signature algorithm: a bare OID, with the octets it came in.
pub(super) fn algorithm<'a>(parts: &mut Reader<'a>) -> Result<(Oid<'a>, &'a [u8]), SealFault> {
    let value = parts.expect(Tag::OBJECT_IDENTIFIER)?;
    let oid = Oid::from_content(value.content).ok_or(Asn1Error::Oid { at: value.offset })?;
    Ok((oid, value.raw))
}

/// A signature value: the BIT STRING's octets; octets that were dropped because
/// they are zero are put back as far as the DER inside says how many there were.
pub(super) fn value<'a>(bits: Tlv<'a>, deviations: &mut Deviations) -> Result<Cow<'a, [u8]>, SealFault> {
    let octets = bits.bits(deviations)?;
    let whole = match octets {
        [0x30, length @ 0..=0x7F, ..] => 2 + usize::from(*length),
        _ => octets.len(),
    };
    if whole <= octets.len() {
        return Ok(Cow::Borrowed(octets));
    }
    Ok(bits.bits_of(whole, deviations)?)
}

/// Text of the due type; another string type is noted. For people only, so
/// octets outside the character set are replaced, never compared.
pub(super) fn text<'a>(value: Tlv<'a>, due: Tag, deviations: &mut Deviations) -> Result<Cow<'a, str>, SealFault> {
    match value.tag {
        Tag::UTF8_STRING | Tag::PRINTABLE_STRING | Tag::IA5_STRING => {
            if value.tag != due {
                deviations.note(Deviation::StringType);
            }
            Ok(String::from_utf8_lossy(value.content))
        }
        found => Err(Asn1Error::Unexpected { at: value.offset, expected: due, found }.into()),
    }
}
