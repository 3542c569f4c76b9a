//! TSTInfo (RFC 3161 2.4.2): what a token says.

use super::imprint::{Imprint, ImprintFault};
use crate::{
    asn1::{Asn1Error, Deviations, Oid, Reader, Tag, Tlv, read_time_text},
    base::Moment,
};

/// How far genTime may be from the true time, to either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy {
    /// Whole seconds.
    pub seconds: u64,
    /// 0 to 999.
    pub milliseconds: u16,
    /// 0 to 999.
    pub microseconds: u16,
}

/// What a token says, borrowed from its octets.
#[derive(Clone, Debug)]
pub(super) struct Info<'a> {
    pub(super) policy: Oid<'a>,
    /// `Err`: of an algorithm that is not known, or of another length.
    pub(super) imprint: Result<Imprint, ImprintFault>,
    /// Content octets of the INTEGER.
    pub(super) serial: &'a [u8],
    pub(super) time: Moment,
    pub(super) accuracy: Option<Accuracy>,
    /// Content octets of the INTEGER.
    pub(super) nonce: Option<&'a [u8]>,
    /// A critical extension.
    pub(super) unknown_critical: Option<Oid<'a>>,
}

impl<'a> Info<'a> {
    pub(super) fn read(content: &'a [u8]) -> Result<Self, Asn1Error> {
        let mut outer = Reader::new(content);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        // 2 belongs to the latest GB/T 20520; it may have members that nobody here knows
        let version = parts.small()?;
        let policy = parts.oid()?;
        let imprint = match parts.imprint() {
            Err(ImprintFault::Der(error)) => return Err(error),
            other => other,
        };
        let serial = parts.expect(Tag::INTEGER)?.content;
        let time = gen_time(parts.expect(Tag::GENERALIZED_TIME)?)?;
        let accuracy = parts.optional(Tag::SEQUENCE)?.map(read_accuracy).transpose()?;
        parts.optional(Tag::BOOLEAN)?;
        let nonce = parts.optional(Tag::INTEGER)?.map(|nonce| nonce.content);
        parts.optional(Tag::context(0))?;
        let unknown_critical = match parts.optional(Tag::context(1))? {
            Some(extensions) => critical(extensions)?,
            None => None,
        };
        if version == 1 {
            parts.finish()?;
        }
        Ok(Self { policy, imprint, serial, time, accuracy, nonce, unknown_critical })
    }
}

fn read_accuracy(value: Tlv<'_>) -> Result<Accuracy, Asn1Error> {
    let mut parts = value.reader()?;
    let seconds = if parts.peek() == Some(Tag::INTEGER) { parts.small()? } else { 0 };
    let mut part = |number| {
        let Some(value) = parts.optional(Tag::context_primitive(number))? else { return Ok(0) };
        let found = value.content.iter().fold(0_u64, |found, &octet| found.saturating_mul(256) + u64::from(octet));
        u16::try_from(found).ok().filter(|part| *part < 1000).ok_or(Asn1Error::Integer { at: value.offset })
    };
    let (milliseconds, microseconds) = (part(0)?, part(1)?);
    parts.finish()?;
    Ok(Accuracy { seconds, milliseconds, microseconds })
}

/// The first critical extension: none is known here.
fn critical(extensions: Tlv<'_>) -> Result<Option<Oid<'_>>, Asn1Error> {
    let mut all = extensions.reader()?;
    while !all.is_empty() {
        let mut one = all.nested(Tag::SEQUENCE)?;
        let kind = one.oid()?;
        let is_critical = one.optional(Tag::BOOLEAN)?.is_some_and(|flag| flag.content != [0]);
        one.expect(Tag::OCTET_STRING)?;
        one.finish()?;
        if is_critical {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

/// genTime: always with `Z`, and unlike elsewhere often with a fraction (RFC 3161 2.4.2), which is cut.
fn gen_time(value: Tlv<'_>) -> Result<Moment, Asn1Error> {
    core::str::from_utf8(value.content)
        .ok()
        .filter(|text| text.ends_with('Z'))
        .and_then(|text| read_time_text(text, &mut Deviations::default()))
        .ok_or(Asn1Error::Time { at: value.offset })
}
