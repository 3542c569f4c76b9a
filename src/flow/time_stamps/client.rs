//! An outside authority at the other end of a line (RFC 3161 3.4).

use super::obtained::TimeStampFault;
use crate::{
    flow::line::{AddressFault, Line},
    random,
};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use yinxin_trust::tsp::{Answered, Imprint, TimeStampRequest, check_answer};

/// For the whole request.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long an authority that gave no time stamp is left alone: what waits for it is refused at once.
const LEFT_ALONE: Duration = Duration::from_secs(5);

/// Octets of an answer: a token with a chain of certificates is some kilobytes.
const ANSWER_LIMIT_BYTES: u64 = 64 << 10;

const QUERY: &str = "application/timestamp-query";

/// An authority that is asked over HTTP.
pub struct TimeStampClient {
    line: Line,
    failed_at: Mutex<Option<Instant>>,
}

impl TimeStampClient {
    /// Asks the authority at this address.
    ///
    /// # Errors
    /// [`AddressFault`].
    pub fn new(address: &str) -> Result<Self, AddressFault> {
        Ok(Self { line: Line::new(address, PATIENCE)?, failed_at: Mutex::default() })
    }

    /// Whether it failed just now.
    pub(super) fn is_left_alone(&self) -> bool {
        let failed_at = *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner);
        failed_at.is_some_and(|at| at.elapsed() < LEFT_ALONE)
    }

    /// A token over this digest, held against what was asked.
    pub(super) fn ask(&self, imprint: Imprint) -> Result<Answered, TimeStampFault> {
        if self.is_left_alone() {
            return Err(TimeStampFault::Silent("it gave none just now".to_owned()));
        }
        let answered = self.asked(imprint);
        *self.failed_at.lock().unwrap_or_else(PoisonError::into_inner) =
            if answered.is_ok() { None } else { Some(Instant::now()) };
        answered
    }

    fn asked(&self, imprint: Imprint) -> Result<Answered, TimeStampFault> {
        let request = TimeStampRequest::new(imprint, None, &random::octets::<8>()?);
        let got = self.line.post("", QUERY, &request.to_der(), ANSWER_LIMIT_BYTES).map_err(TimeStampFault::Silent)?;
        if got.status != 200 {
            return Err(TimeStampFault::Silent(format!("status {}", got.status)));
        }
        Ok(check_answer(&request, &got.octets)?)
    }
}
