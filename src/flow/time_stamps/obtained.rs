//! Time stamps for what is issued.

use super::{TimeStampClient, TimeStampError, TimeStamper};
use crate::random::{self, NoRandomness};
use std::sync::Arc;
use yinxin_trust::{
    base::Moment,
    evidence::renewal::DigestKind,
    suite::Suite,
    tsp::{AnswerFault, Answered, Imprint, TimeStampRequest, check_answer, granted},
};

/// How far a time stamp may be before the time within the stamp, seconds: what the verifier allows.
const SKEW_SECONDS: i64 = 60;

/// How far it may be after it: an intent is made anew long before.
const LATEST_SECONDS: i64 = 3600;

/// Who gives time stamps.
pub enum TimeSource {
    /// The authority of this installation.
    Own(Arc<TimeStamper>),
    /// One at the other end of a line.
    Line(TimeStampClient),
}

/// What is done where none is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenMissing {
    /// Nothing is issued.
    #[default]
    Refuse,
    /// The licence is issued without one; its time is then a claim.
    LeaveOut,
}

/// Time stamps for what is issued.
pub struct Obtained {
    source: TimeSource,
    when_missing: WhenMissing,
}

/// Why there is no time stamp.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TimeStampFault {
    #[error("the time stamp authority does not answer: {0}")]
    Silent(String),
    #[error("the time stamp authority: {0}")]
    Answer(#[from] AnswerFault),
    #[error("our time stamp authority: {0}")]
    Own(#[from] TimeStampError),
    #[error("our time stamp authority gives none: {0}")]
    Refused(&'static str),
    #[error("the time stamp says {given}, the stamp {stamped}: one of both clocks is off")]
    Clocks { given: Moment, stamped: Moment },
    #[error("the time stamp does not pass our own verifier: {0}")]
    NotTrusted(String),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// The digest of a suite.
const fn kind_of(suite: Suite) -> DigestKind {
    match suite {
        Suite::Sm2 => DigestKind::Sm3,
        Suite::P256 => DigestKind::Sha256,
    }
}

impl Obtained {
    /// From this source.
    pub const fn new(source: TimeSource, when_missing: WhenMissing) -> Self {
        Self { source, when_missing }
    }

    /// Whether nothing can be issued now since none would be given: asked before anything is stored or signed.
    ///
    /// # Errors
    /// [`TimeStampFault::Silent`].
    pub(in crate::flow) fn ready(&self) -> Result<(), TimeStampFault> {
        match (&self.source, self.when_missing) {
            (TimeSource::Line(client), WhenMissing::Refuse) if client.is_left_alone() => {
                Err(TimeStampFault::Silent("it gave none just now".to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// A token over the value of a stamp of `stamped`; `None` where there is none and that is allowed.
    ///
    /// # Errors
    /// [`TimeStampFault`].
    pub(in crate::flow) fn over(
        &self,
        value: &[u8],
        suite: Suite,
        stamped: Moment,
    ) -> Result<Option<Vec<u8>>, TimeStampFault> {
        match self.asked(value, kind_of(suite), stamped) {
            Ok(token) => Ok(Some(token)),
            Err(fault) if self.when_missing == WhenMissing::LeaveOut => {
                tracing::warn!(%fault, "a licence is issued without a time stamp");
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// A token over what evidence is renewed by; there is none without.
    ///
    /// # Errors
    /// [`TimeStampFault`].
    pub(in crate::flow) fn over_evidence(
        &self,
        octets: &[u8],
        digest: DigestKind,
        now: Moment,
    ) -> Result<Vec<u8>, TimeStampFault> {
        self.asked(octets, digest, now)
    }

    /// A token over the value of a seal that was made at `made`. A seal of GM/T 0031-2025 is not made without one, whatever
    /// is allowed for licences.
    ///
    /// # Errors
    /// [`TimeStampFault`].
    pub(in crate::flow) fn over_seal(
        &self,
        value: &[u8],
        suite: Suite,
        made: Moment,
    ) -> Result<Vec<u8>, TimeStampFault> {
        self.asked(value, kind_of(suite), made)
    }

    fn asked(&self, octets: &[u8], digest: DigestKind, stamped: Moment) -> Result<Vec<u8>, TimeStampFault> {
        let imprint = match digest {
            DigestKind::Sm3 => Imprint::sm3(octets),
            DigestKind::Sha256 => Imprint::sha256(octets),
        };
        let Answered { token, time, .. } = match &self.source {
            TimeSource::Line(client) => client.ask(imprint)?,
            TimeSource::Own(authority) => {
                let request = TimeStampRequest::new(imprint, None, &random::octets::<8>()?);
                let token = authority.token(&request)?.map_err(TimeStampFault::Refused)?;
                check_answer(&request, &granted(&token))?
            }
        };
        let later = time.unix_seconds() - stamped.unix_seconds();
        if (-SKEW_SECONDS..=LATEST_SECONDS).contains(&later) {
            Ok(token)
        } else {
            Err(TimeStampFault::Clocks { given: time, stamped })
        }
    }
}
