//! The protocol between a service and the daemon, over a Unix socket or within TLS.
//!
//! A frame is its length (4 octets, big-endian, 1 to [`MOST_FRAME`]) and that many octets. The client
//! sends its greeting first, the daemon answers with its own; then each request has one answer, in order.
//! No frame has a place for a private key or a PIN.
//!
//! | frame | octets |
//! |---|---|
//! | greeting, both ways | `yinxin hsmd` and a line feed (12), version (2: 1), from the daemon: 0 welcome, 1 not known here, 2 full (1) |
//! | request | operation (1), then as [`Request`] says |
//! | answer | 0 and as [`Answer`] says; or 1, class (1), cause (1: 0 other, 1 no such key), retry after in ms (4), text (short) |
//!
//! Texts and short octets stand behind two octets of length, long ones behind four.

use crate::{
    ErrorClass, KeyAlgorithm, KeyDescription, KeyOrder, KeyReference, KeyState, PathStep, Purpose, SignatureValue,
    book::{put_description, put_limits, state_number, state_of, take_description, take_limits},
    custody::MOST_WRAPPED,
    mandate::{MAX_PROOF, MOST_OCTETS, MOST_STEPS},
    octets::{Malformed, Put, Take},
};
use core::time::Duration;
use std::io::{self, Read, Write};
use yinxin_trust::sm::{Signature, sm3};
use zeroize::Zeroizing;

const MAGIC: &[u8; 12] = b"yinxin hsmd\n";

/// Version of the protocol.
pub const VERSION: u16 = 1;

/// Most octets of a frame.
pub const MOST_FRAME: usize = MOST_WRAPPED + (64 << 10);

/// Most octets of a message to be signed: a stamp with its seal and picture is far below.
pub const MOST_MESSAGE: usize = MOST_WRAPPED;

/// What a daemon says to a greeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcome {
    /// Requests are heard.
    Welcome,
    /// The user of the client's process has no business here.
    Stranger,
    /// As many clients are connected as may be.
    Full,
}

/// What is asked of the daemon. The moment is the daemon's own.
#[derive(Debug)]
pub enum Request {
    /// 1: nothing. The keys that the client may use.
    List,
    /// 2: reference (short).
    Describe(KeyReference),
    /// 3: reference (short), purpose (1), kind of input (1: 0 message, 1 digest), input (long), mandate (0; or 1, name
    /// (32), steps (2), each sibling (32) and whether it is on the left (1), licence type (0, or 1 and short)).
    Sign(SignOrder),
    /// 4: algorithm (1), purpose (1), limits as in a key book, place (0, or 1 and short).
    Generate(KeyOrder),
    /// 5: reference (short), state (1).
    SetState(KeyReference, KeyState),
    /// 6: reference (short).
    Destroy(KeyReference),
    /// 7: reference (short), purpose (1), context (short), octets (long).
    Wrap(WrapOrder),
    /// 8: as 7.
    Unwrap(WrapOrder),
    /// 9: mandate (long), the keeper's proof (short).
    Mandate {
        /// The mandate's octets.
        octets: Vec<u8>,
        /// The proof's octets.
        proof: Vec<u8>,
    },
    /// 10: nothing. How far the audit has got.
    Head,
}

/// What shall be signed.
#[derive(Clone, Debug)]
pub struct SignOrder {
    /// With which key.
    pub key: KeyReference,
    /// What for.
    pub purpose: Purpose,
    /// What.
    pub input: Input,
    /// Under which mandate.
    pub claim: Option<Claim>,
}

/// An owned [`ToSign`](crate::ToSign).
#[derive(Clone, Debug)]
pub enum Input {
    /// A message.
    Message(Vec<u8>),
    /// A digest.
    Digest([u8; 32]),
}

/// An owned [`MandateClaim`](crate::MandateClaim).
#[derive(Clone, Debug)]
pub struct Claim {
    /// Name of the mandate.
    pub mandate: sm3::Digest,
    /// Path within a batch.
    pub path: Vec<PathStep>,
    /// Type of licence.
    pub licence_type: Option<Box<str>>,
}

/// What shall be wrapped or unwrapped.
#[derive(Debug)]
pub struct WrapOrder {
    /// With which key.
    pub key: KeyReference,
    /// What for.
    pub purpose: Purpose,
    /// Bound to it.
    pub context: Vec<u8>,
    /// What.
    pub octets: Zeroizing<Vec<u8>>,
}

/// How far the audit has got: what a client keeps to notice that records were cut off later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of the last record, from 1.
    pub sequence: u64,
    /// Its digest, which all records before it have a share in.
    pub digest: sm3::Digest,
}

/// What the daemon answers.
#[derive(Debug)]
pub enum Answer {
    /// To 1: number (2), and each description as in a key book.
    Keys(Vec<KeyDescription>),
    /// To 2 and 4: a description and its count (0, or 1 and 8).
    Key(Box<KeyDescription>),
    /// To 3: kind (1: 1 SM2 r ‖ s, 2 ECDSA, 3 RSA, 4 Ed25519), value (short), number (8) and digest (32) of the audit record.
    Signed(SignatureValue, AuditHead),
    /// To 5 and 6: nothing.
    Done,
    /// To 7 and 8: octets (long).
    Octets(Zeroizing<Vec<u8>>),
    /// To 9: name of the mandate (32).
    Mandate(sm3::Digest),
    /// To 10: number (8) and digest (32).
    Head(AuditHead),
    /// To any.
    Refused(Refusal),
}

/// Why the daemon did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What may be concluded.
    pub class: ErrorClass,
    /// Whether there is no such key.
    pub no_such_key: bool,
    /// When to ask again; zero where that does not help.
    pub retry_after: Duration,
    /// In one sentence.
    pub text: Box<str>,
}

/// Octets that are no frame of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a frame of the protocol")]
pub struct NotAFrame;

impl From<Malformed> for NotAFrame {
    fn from(_: Malformed) -> Self {
        Self
    }
}

/// Writes one frame.
///
/// # Errors
/// What the socket met; [`io::ErrorKind::InvalidData`] for a frame that is too long.
pub fn write_frame(socket: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).ok().filter(|_| (1..=MOST_FRAME).contains(&frame.len()));
    let length = length.ok_or(io::ErrorKind::InvalidData)?;
    // one write, one packet
    let whole = Zeroizing::new([length.to_be_bytes().as_slice(), frame].concat());
    socket.write_all(&whole)?;
    socket.flush()
}

/// Reads one frame; none at the end of the stream.
///
/// # Errors
/// What the socket met; [`io::ErrorKind::InvalidData`] for a length out of bounds.
pub fn read_frame(socket: &mut impl Read) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let mut length = [0; 4];
    let mut filled = 0;
    while let Some(rest) = length.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match socket.read(rest) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if !(1..=MOST_FRAME).contains(&length) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut frame = Zeroizing::new(vec![0; length]);
    socket.read_exact(&mut frame)?;
    Ok(Some(frame))
}

/// What a client says first.
pub fn greeting() -> Vec<u8> {
    let mut out = Put::default();
    out.octets(MAGIC).u16(VERSION);
    out.0
}

/// Whether that was a greeting of this version.
pub fn is_greeting(frame: &[u8]) -> bool {
    frame == greeting()
}

/// What the daemon says to it.
pub fn welcome(welcome: Welcome) -> Vec<u8> {
    let word = match welcome {
        Welcome::Welcome => 0,
        Welcome::Stranger => 1,
        Welcome::Full => 2,
    };
    [greeting().as_slice(), &[word]].concat()
}

/// Reads what the daemon said.
///
/// # Errors
/// [`NotAFrame`] also for another version.
pub fn read_welcome(frame: &[u8]) -> Result<Welcome, NotAFrame> {
    match frame.strip_prefix(greeting().as_slice()) {
        Some([0]) => Ok(Welcome::Welcome),
        Some([1]) => Ok(Welcome::Stranger),
        Some([2]) => Ok(Welcome::Full),
        _ => Err(NotAFrame),
    }
}

impl Request {
    /// The frame.
    ///
    /// # Errors
    /// [`NotAFrame`] where a field is longer than it may be.
    pub fn to_frame(&self) -> Result<Zeroizing<Vec<u8>>, NotAFrame> {
        let mut out = Put::default();
        match self {
            Self::List => {
                out.u8(1);
            }
            Self::Describe(key) => put_key(out.u8(2), key)?,
            Self::Sign(order) => order.put(out.u8(3))?,
            Self::Generate(order) => {
                out.u8(4).u8(order.algorithm.number()).u8(order.purpose.number());
                put_limits(&mut out, &order.limits);
                match &order.place {
                    None => {
                        out.u8(0);
                    }
                    Some(place) => put_key(out.u8(1), place)?,
                }
            }
            Self::SetState(key, state) => {
                put_key(out.u8(5), key)?;
                out.u8(state_number(*state));
            }
            Self::Destroy(key) => put_key(out.u8(6), key)?,
            Self::Wrap(order) => order.put(out.u8(7))?,
            Self::Unwrap(order) => order.put(out.u8(8))?,
            Self::Mandate { octets, proof } => {
                out.u8(9).long(octets)?.short(proof)?;
            }
            Self::Head => {
                out.u8(10);
            }
        }
        Ok(Zeroizing::new(out.0))
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`NotAFrame`].
    pub fn parse(frame: &[u8]) -> Result<Self, NotAFrame> {
        let mut rest = Take(frame);
        let request = match rest.u8()? {
            1 => Self::List,
            2 => Self::Describe(key(&mut rest)?),
            3 => Self::Sign(SignOrder::take(&mut rest)?),
            4 => {
                let algorithm = KeyAlgorithm::from_number(rest.u8()?).ok_or(NotAFrame)?;
                let mut order = KeyOrder::new(algorithm, purpose(&mut rest)?).limited(take_limits(&mut rest)?);
                order.place = rest.option(|rest| key(rest).map_err(|_| Malformed))?;
                Self::Generate(order)
            }
            5 => Self::SetState(key(&mut rest)?, state_of(rest.u8()?)?),
            6 => Self::Destroy(key(&mut rest)?),
            7 => Self::Wrap(WrapOrder::take(&mut rest)?),
            8 => Self::Unwrap(WrapOrder::take(&mut rest)?),
            9 => {
                Self::Mandate { octets: bounded(rest.long()?, MOST_OCTETS)?, proof: bounded(rest.short()?, MAX_PROOF)? }
            }
            10 => Self::Head,
            _ => return Err(NotAFrame),
        };
        rest.finish()?;
        Ok(request)
    }
}

impl SignOrder {
    fn put(&self, out: &mut Put) -> Result<(), NotAFrame> {
        put_key(out, &self.key)?;
        out.u8(self.purpose.number());
        match &self.input {
            Input::Message(message) => {
                out.u8(0).long(message)?;
            }
            Input::Digest(digest) => {
                out.u8(1).long(digest)?;
            }
        }
        let Some(claim) = &self.claim else {
            out.u8(0);
            return Ok(());
        };
        out.u8(1).octets(&claim.mandate).u16(u16::try_from(claim.path.len()).map_err(|_| NotAFrame)?);
        for step in &claim.path {
            out.octets(&step.sibling).u8(step.on_the_left.into());
        }
        match &claim.licence_type {
            None => {
                out.u8(0);
            }
            Some(kind) => {
                out.u8(1).short(kind.as_bytes())?;
            }
        }
        Ok(())
    }

    fn take(rest: &mut Take<'_>) -> Result<Self, NotAFrame> {
        let (key, purpose) = (key(rest)?, purpose(rest)?);
        let input = match rest.u8()? {
            0 => Input::Message(bounded(rest.long()?, MOST_MESSAGE)?),
            1 => Input::Digest(rest.long()?.try_into().map_err(|_| NotAFrame)?),
            _ => return Err(NotAFrame),
        };
        let claim = rest.option(|rest| {
            let mandate = rest.array()?;
            let steps = usize::from(rest.u16()?);
            if steps > MOST_STEPS {
                return Err(Malformed);
            }
            let path = (0..steps).map(|_| step(rest)).collect::<Result<_, _>>()?;
            Ok(Claim { mandate, path, licence_type: rest.option(|rest| rest.text().map(Into::into))? })
        })?;
        Ok(Self { key, purpose, input, claim })
    }
}

fn step(rest: &mut Take<'_>) -> Result<PathStep, Malformed> {
    let sibling = rest.array()?;
    match rest.u8()? {
        0 => Ok(PathStep { sibling, on_the_left: false }),
        1 => Ok(PathStep { sibling, on_the_left: true }),
        _ => Err(Malformed),
    }
}

impl WrapOrder {
    fn put(&self, out: &mut Put) -> Result<(), NotAFrame> {
        put_key(out, &self.key)?;
        out.u8(self.purpose.number()).short(&self.context)?.long(&self.octets)?;
        Ok(())
    }

    fn take(rest: &mut Take<'_>) -> Result<Self, NotAFrame> {
        Ok(Self {
            key: key(rest)?,
            purpose: purpose(rest)?,
            context: rest.short()?.to_vec(),
            octets: Zeroizing::new(rest.long()?.to_vec()),
        })
    }
}

impl Answer {
    /// The frame.
    ///
    /// # Errors
    /// [`NotAFrame`] where a field is longer than it may be.
    pub fn to_frame(&self) -> Result<Zeroizing<Vec<u8>>, NotAFrame> {
        let mut out = Put::default();
        if !matches!(self, Self::Refused(_)) {
            out.u8(0);
        }
        match self {
            Self::Keys(keys) => {
                out.u16(u16::try_from(keys.len()).map_err(|_| NotAFrame)?);
                keys.iter().try_for_each(|key| put_counted(&mut out, key))?;
            }
            Self::Key(key) => put_counted(&mut out, key)?,
            Self::Signed(value, head) => {
                put_value(&mut out, value)?;
                out.u64(head.sequence).octets(&head.digest);
            }
            Self::Done => {}
            Self::Octets(octets) => {
                out.long(octets)?;
            }
            Self::Mandate(name) => {
                out.octets(name);
            }
            Self::Head(head) => {
                out.u64(head.sequence).octets(&head.digest);
            }
            Self::Refused(refusal) => {
                let milliseconds = u32::try_from(refusal.retry_after.as_millis()).unwrap_or(u32::MAX);
                out.u8(1).u8(class_number(refusal.class)).u8(refusal.no_such_key.into()).u32(milliseconds);
                out.short(refusal.text.as_bytes())?;
            }
        }
        Ok(Zeroizing::new(out.0))
    }

    /// Reads the answer to `request`.
    ///
    /// # Errors
    /// [`NotAFrame`].
    pub fn parse(frame: &[u8], request: &Request) -> Result<Self, NotAFrame> {
        let mut rest = Take(frame);
        let answer = match (rest.u8()?, request) {
            (1, _) => Self::Refused(Refusal {
                class: class_of(rest.u8()?)?,
                no_such_key: rest.u8()? == 1,
                retry_after: Duration::from_millis(rest.u32()?.into()),
                text: rest.text()?.into(),
            }),
            (0, Request::List) => {
                let count = rest.u16()?;
                Self::Keys((0..count).map(|_| take_counted(&mut rest)).collect::<Result<_, _>>()?)
            }
            (0, Request::Describe(_) | Request::Generate(_)) => Self::Key(Box::new(take_counted(&mut rest)?)),
            (0, Request::Sign(_)) => Self::Signed(take_value(&mut rest)?, take_head(&mut rest)?),
            (0, Request::SetState(..) | Request::Destroy(_)) => Self::Done,
            (0, Request::Wrap(_) | Request::Unwrap(_)) => Self::Octets(Zeroizing::new(rest.long()?.to_vec())),
            (0, Request::Mandate { .. }) => Self::Mandate(rest.array()?),
            (0, Request::Head) => Self::Head(take_head(&mut rest)?),
            _ => return Err(NotAFrame),
        };
        rest.finish()?;
        Ok(answer)
    }
}

fn put_key(out: &mut Put, key: &KeyReference) -> Result<(), NotAFrame> {
    out.short(key.to_string().as_bytes())?;
    Ok(())
}

fn key(rest: &mut Take<'_>) -> Result<KeyReference, NotAFrame> {
    rest.text()?.parse().map_err(|_| NotAFrame)
}

fn purpose(rest: &mut Take<'_>) -> Result<Purpose, NotAFrame> {
    Purpose::from_number(rest.u8()?).ok_or(NotAFrame)
}

fn bounded(octets: &[u8], most: usize) -> Result<Vec<u8>, NotAFrame> {
    if octets.len() > most { Err(NotAFrame) } else { Ok(octets.to_vec()) }
}

fn put_counted(out: &mut Put, key: &KeyDescription) -> Result<(), NotAFrame> {
    put_description(out, key)?;
    out.option(key.used, Put::u64);
    Ok(())
}

fn take_counted(rest: &mut Take<'_>) -> Result<KeyDescription, NotAFrame> {
    let mut key = take_description(rest)?;
    key.used = rest.option(Take::u64)?;
    Ok(key)
}

fn take_head(rest: &mut Take<'_>) -> Result<AuditHead, NotAFrame> {
    Ok(AuditHead { sequence: rest.u64()?, digest: rest.array()? })
}

fn put_value(out: &mut Put, value: &SignatureValue) -> Result<(), NotAFrame> {
    match value {
        SignatureValue::Sm2(value) => out.u8(1).short(&value.to_raw())?,
        SignatureValue::Ecdsa(value) => out.u8(2).short(value)?,
        SignatureValue::Rsa(value) => out.u8(3).short(value)?,
        SignatureValue::Ed25519(value) => out.u8(4).short(value)?,
    };
    Ok(())
}

fn take_value(rest: &mut Take<'_>) -> Result<SignatureValue, NotAFrame> {
    let (kind, octets) = (rest.u8()?, rest.short()?);
    Ok(match kind {
        1 => {
            let (r, s) = octets.split_first_chunk::<32>().ok_or(NotAFrame)?;
            let value = Signature::from_numbers(*r, s.try_into().map_err(|_| NotAFrame)?);
            SignatureValue::Sm2(value.map_err(|_| NotAFrame)?)
        }
        2 => SignatureValue::Ecdsa(octets.into()),
        3 => SignatureValue::Rsa(octets.into()),
        4 => SignatureValue::Ed25519(octets.try_into().map_err(|_| NotAFrame)?),
        _ => return Err(NotAFrame),
    })
}

const fn class_number(class: ErrorClass) -> u8 {
    match class {
        ErrorClass::Refused => 1,
        ErrorClass::Unknown => 2,
        ErrorClass::Lost => 3,
        ErrorClass::Busy => 4,
        ErrorClass::Broken => 5,
    }
}

const fn class_of(number: u8) -> Result<ErrorClass, NotAFrame> {
    match number {
        1 => Ok(ErrorClass::Refused),
        2 => Ok(ErrorClass::Unknown),
        3 => Ok(ErrorClass::Lost),
        4 => Ok(ErrorClass::Busy),
        5 => Ok(ErrorClass::Broken),
        _ => Err(NotAFrame),
    }
}

#[cfg(test)]
mod tests;
