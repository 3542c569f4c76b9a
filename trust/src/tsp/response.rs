//! TimeStampResp (RFC 3161 2.4.2): a token, or why there is none.

use crate::{
    asn1::{Asn1Error, Reader, Tag, Tlv, check_definite, integer, sequence, tagged, utf8_string},
    base::Limits,
};

/// PKIFailureInfo as far as time stamps use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The digest algorithm.
    BadAlgorithm,
    /// The request as a whole.
    BadRequest,
    /// Not the data that is wanted.
    BadDataFormat,
    /// The clock.
    TimeNotAvailable,
    /// The policy that is asked for.
    UnacceptedPolicy,
    /// An extension.
    UnacceptedExtension,
    /// Something on the authority's side.
    SystemFailure,
}

impl Failure {
    const ALL: [Self; 7] = [
        Self::BadAlgorithm,
        Self::BadRequest,
        Self::BadDataFormat,
        Self::TimeNotAvailable,
        Self::UnacceptedPolicy,
        Self::UnacceptedExtension,
        Self::SystemFailure,
    ];

    /// Number of the bit.
    const fn bit(self) -> u8 {
        match self {
            Self::BadAlgorithm => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::TimeNotAvailable => 14,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
            Self::SystemFailure => 25,
        }
    }

    /// The name of the standard.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadAlgorithm => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::SystemFailure => "systemFailure",
        }
    }
}

/// An answer that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response<'a> {
    /// A token, perhaps with modifications.
    Granted {
        /// As received.
        token: &'a [u8],
    },
    /// None.
    Refused {
        /// PKIStatus, 2 and up.
        status: u64,
        /// What the authority says.
        text: Option<&'a str>,
        /// Why; `None` for a reason that is not known here.
        failure: Option<Failure>,
    },
}

/// Status granted, without words.
pub fn granted(token: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&integer(0)]), token])
}

/// Status rejection, with the reason and a word for people.
pub fn refused(failure: Failure, text: &str) -> Vec<u8> {
    let bit = usize::from(failure.bit());
    // named bits: nothing after the one that is set (X.690 11.2.2)
    let mut bits = vec![0_u8; bit / 8 + 2];
    bits[0] = 7 - (bit % 8) as u8;
    bits[bit / 8 + 1] = 0x80 >> (bit % 8);
    let words = sequence(&[&utf8_string(text)]);
    sequence(&[&sequence(&[&integer(2), &words, &tagged(Tag::BIT_STRING, &bits)])])
}

impl<'a> Response<'a> {
    /// Reads one; nothing may follow it.
    ///
    /// # Errors
    /// [`Asn1Error`].
    pub fn parse(octets: &'a [u8]) -> Result<Self, Asn1Error> {
        check_definite(octets, Limits::default().der_depth)?;
        let mut outer = Reader::new(octets);
        let mut parts = outer.nested(Tag::SEQUENCE)?;
        outer.finish()?;
        let mut info = parts.nested(Tag::SEQUENCE)?;
        let status = info.small()?;
        let text = info.optional(Tag::SEQUENCE)?.map(first_text).transpose()?.flatten();
        let failure = info.optional(Tag::BIT_STRING)?.and_then(failure_of);
        info.finish()?;
        if status > 1 {
            // a refusal with a token beside it is neither
            parts.finish()?;
            return Ok(Self::Refused { status, text, failure });
        }
        let token = parts.expect(Tag::SEQUENCE)?.raw;
        parts.finish()?;
        Ok(Self::Granted { token })
    }
}

fn first_text(value: Tlv<'_>) -> Result<Option<&str>, Asn1Error> {
    let mut all = value.reader()?;
    if all.is_empty() { Ok(None) } else { all.any()?.text().map(Some) }
}

fn failure_of(value: Tlv<'_>) -> Option<Failure> {
    let (_, octets) = value.content.split_first()?;
    Failure::ALL.into_iter().find(|failure| {
        let bit = usize::from(failure.bit());
        octets.get(bit / 8).is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
    })
}
