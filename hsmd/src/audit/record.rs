//! One record of the audit, and how records hang together. Pure.

use yinxin_hsm::octets::{Malformed, Put, Take};
use yinxin_trust::{base::Moment, sm::sm3};

/// Most octets of a record's text.
pub(super) const MOST_TEXT: usize = 1024;

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The daemon started.
    Started,
    /// A signature was made, and leaves after this record.
    Signed,
    /// A request was refused.
    Refused,
    /// A request was allowed, and the key did not answer it.
    Failed,
    /// Data was wrapped.
    Wrapped,
    /// Data was unwrapped.
    Unwrapped,
    /// A mandate was accepted.
    Mandate,
    /// A key was made.
    Made,
    /// A key was taken out of service, or back.
    State,
    /// A key was destroyed.
    Destroyed,
    /// What a crash had left of a record was cut off before the daemon started.
    TornTail,
    /// Refusals that were only counted.
    LeftOut,
}

impl Event {
    /// All, in the order of their numbers from 1.
    pub const ALL: [Self; 12] = [
        Self::Started,
        Self::Signed,
        Self::Refused,
        Self::Failed,
        Self::Wrapped,
        Self::Unwrapped,
        Self::Mandate,
        Self::Made,
        Self::State,
        Self::Destroyed,
        Self::TornTail,
        Self::LeftOut,
    ];

    /// The word that is shown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Signed => "signed",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Wrapped => "wrapped",
            Self::Unwrapped => "unwrapped",
            Self::Mandate => "mandate",
            Self::Made => "made",
            Self::State => "state",
            Self::Destroyed => "destroyed",
            Self::TornTail => "torn-tail",
            Self::LeftOut => "left-out",
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Started => 1,
            Self::Signed => 2,
            Self::Refused => 3,
            Self::Failed => 4,
            Self::Wrapped => 5,
            Self::Unwrapped => 6,
            Self::Mandate => 7,
            Self::Made => 8,
            Self::State => 9,
            Self::Destroyed => 10,
            Self::TornTail => 11,
            Self::LeftOut => 12,
        }
    }
}

/// User of a client that a certificate names: no user has this number.
pub const BY_CERTIFICATE: u32 = u32::MAX;

/// A client that a certificate names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certified {
    /// Its name in the configuration; empty for a stranger.
    pub name: Box<str>,
    /// SHA-256 of the certificate; zeros where none was shown that holds.
    pub sha256: [u8; 32],
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What happened.
    pub event: Event,
    /// When, by the daemon's clock.
    pub at: Moment,
    /// User of the client's process; the daemon's own where no client is concerned; [`BY_CERTIFICATE`].
    pub uid: u32,
    /// The client's process; 0 for one that a certificate names.
    pub pid: i32,
    /// The client, where a certificate names it: with [`BY_CERTIFICATE`] and never else.
    pub certified: Option<Certified>,
    /// Reference of the key; empty where none is concerned.
    pub key: Box<str>,
    /// SM3 of the message, or the digest, that was to be signed; zeros where there is none.
    pub input: sm3::Digest,
    /// SM3 of the signature value; zeros where there is none.
    pub value: sm3::Digest,
    /// Name of the mandate; zeros where there is none.
    pub mandate: sm3::Digest,
    /// dataHash of the stamp under a mandate; zeros where there is none.
    pub document: sm3::Digest,
    /// Purpose, licence type, reason: for people.
    pub text: Box<str>,
}

impl Record {
    /// A record that concerns no key yet.
    pub fn new(event: Event, at: Moment, uid: u32, pid: i32, text: &str) -> Self {
        let none = [0; 32];
        let (key, text) = (Box::default(), shortened(text).into());
        let certified = None;
        Self { event, at, uid, pid, certified, key, input: none, value: none, mandate: none, document: none, text }
    }

    /// The same of a client that a certificate names.
    pub fn certified(event: Event, at: Moment, client: Certified, text: &str) -> Self {
        Self { certified: Some(client), ..Self::new(event, at, BY_CERTIFICATE, 0, text) }
    }

    pub(super) fn put(&self) -> Result<Vec<u8>, Malformed> {
        let mut out = Put::default();
        out.u8(self.event.number()).moment(self.at).u32(self.uid).octets(&self.pid.to_be_bytes());
        out.short(self.key.as_bytes())?;
        out.octets(&self.input).octets(&self.value).octets(&self.mandate).octets(&self.document);
        out.short(shortened(&self.text).as_bytes())?;
        match &self.certified {
            Some(client) if self.uid == BY_CERTIFICATE => {
                out.short(client.name.as_bytes())?.octets(&client.sha256);
            }
            None if self.uid != BY_CERTIFICATE => {}
            _ => return Err(Malformed),
        }
        Ok(out.0)
    }

    pub(super) fn take(octets: &[u8]) -> Result<Self, Malformed> {
        let mut rest = Take(octets);
        let number = rest.u8()?;
        let mut record = Self {
            event: Event::ALL.into_iter().find(|event| event.number() == number).ok_or(Malformed)?,
            at: rest.moment()?,
            uid: rest.u32()?,
            pid: i32::from_be_bytes(rest.array()?),
            certified: None,
            key: rest.text()?.into(),
            input: rest.array()?,
            value: rest.array()?,
            mandate: rest.array()?,
            document: rest.array()?,
            text: rest.text()?.into(),
        };
        if record.uid == BY_CERTIFICATE {
            record.certified = Some(Certified { name: rest.text()?.into(), sha256: rest.array()? });
        }
        rest.finish()?;
        Ok(record)
    }
}

/// The text up to its bound, cut between characters.
fn shortened(text: &str) -> &str {
    let mut end = text.len().min(MOST_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The digest that chains a record to all before it.
pub(super) fn chained(before: &sm3::Digest, sequence: u64, body: &[u8]) -> sm3::Digest {
    sm3::digest(&[before.as_slice(), &sequence.to_be_bytes(), body].concat())
}
