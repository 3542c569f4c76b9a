//! Our own time stamp authority.

use super::watch::{ClockSet, Watch};
use crate::{
    clock::{Clock, ClockError},
    flow::{
        access::{Actor, ActorKind},
        audit,
        authority::{self, AuthorityFault},
        bundle,
        kind::{HasKind, Kind},
        tries::Tries,
    },
    store::{
        Conn, Store, StoreError,
        time_stamps::{self, Taken},
    },
};
use serde_json::json;
use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use yinxin_hsm::{ErrorClass, KeyReference, KeyStore, Purpose};
use yinxin_trust::{
    asn1::{Oid, content_of_dotted},
    base::{Day, DayError, Moment},
    sm::sm3,
    tsp::{Failure, RequestFault, TimeStampRequest, TokenOrder, TokenPlan, TokenPlanFault, granted, refused},
    x509::{Certificate, Chain, ChainFault},
};

/// A chain is small; a larger file is a mistake.
const CHAIN_LIMIT_BYTES: u64 = 64 << 10;

/// Requests that one network may make in a minute.
const MOST_PER_MINUTE: u32 = 600;

/// How an authority is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeStamperSettings {
    /// PEM: the certificate of the key, and those above it.
    pub chain: PathBuf,
    /// Dotted.
    pub policy: String,
    /// How far the clock may be from the true time, whole seconds from 1.
    pub accuracy_seconds: u32,
}

/// Why the authority is not opened.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TimeStamperFault {
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}: {source}", path = path.display())]
    Chain { path: PathBuf, source: ChainFault },
    #[error("{path}: extended key usage is not timeStamping alone and critical", path = path.display())]
    Purpose { path: PathBuf },
    #[error("{0:?} is no object identifier such as 1.2.156.10197.1.501")]
    Policy(String),
    #[error(transparent)]
    Key(#[from] AuthorityFault),
    #[error(transparent)]
    Clock(#[from] ClockError),
}

/// Why a request has no answer at all. What the protocol has an answer to is none of these.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TimeStampError {
    #[error("too many time stamps for one network")]
    TooMany { retry_after_seconds: u32 },
    #[error(transparent)]
    Clock(#[from] ClockError),
    #[error(transparent)]
    Day(#[from] DayError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Key(#[from] AuthorityFault),
    #[error("the token: {0}")]
    Plan(#[from] TokenPlanFault),
}

impl crate::store::Failure for TimeStampError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Key, certificate and clock of the authority. Safe to use from several threads.
pub struct TimeStamper {
    store: Arc<Store>,
    keys: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    key: KeyReference,
    certificate: Certificate,
    above: Vec<Certificate>,
    /// Name in the register: SM3 of the subject. Numbers are unique among all tokens of one name (RFC 3161 2.4.2).
    id: String,
    policy: Vec<u8>,
    accuracy_seconds: u32,
    watch: Mutex<Watch>,
    begun: Instant,
    tries: Tries,
}

impl TimeStamper {
    /// Opens it: the key is the one in custody, of purpose `time-stamp`, that the first certificate is of.
    ///
    /// # Errors
    /// [`TimeStamperFault`].
    pub fn open(
        settings: &TimeStamperSettings,
        store: Arc<Store>,
        keys: Arc<dyn KeyStore>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TimeStamperFault> {
        let path = &settings.chain;
        let chain = read_chain(path, clock.now()?)?;
        let certificate = chain.certificate().clone();
        if !certificate.is_time_stamper() {
            return Err(TimeStamperFault::Purpose { path: path.clone() });
        }
        let key = authority::key_of(keys.as_ref(), &certificate, Purpose::TimeStamp)?;
        Ok(Self {
            key,
            id: hex::encode(sm3::digest(certificate.subject_der())),
            above: chain.above().to_vec(),
            certificate,
            policy: content_of_dotted(&settings.policy)
                .ok_or_else(|| TimeStamperFault::Policy(settings.policy.clone()))?,
            accuracy_seconds: settings.accuracy_seconds,
            watch: Mutex::new(Watch::new()),
            begun: Instant::now(),
            tries: Tries::new(MOST_PER_MINUTE, 60),
            store,
            keys,
            clock,
        })
    }

    /// The certificate of its key.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The answer to a request as it came, a TimeStampResp: a token, or in the words of the standard why there is
    /// none. Requests of one `network` are counted together.
    ///
    /// # Errors
    /// [`TimeStampError`] where register or key do not answer.
    pub fn answer(&self, octets: &[u8], network: Option<&str>) -> Result<Vec<u8>, TimeStampError> {
        let now = self.clock.now()?;
        if let Some(network) = network {
            let tried = self.tries.admit(network, now);
            tried.map_err(|retry_after_seconds| TimeStampError::TooMany { retry_after_seconds })?;
        }
        let request = match TimeStampRequest::from_der(octets) {
            Ok(request) => request,
            Err(fault) => return Ok(refused(fault.failure(), &words(&fault))),
        };
        if request.policy().is_some_and(|policy| policy.content() != self.policy) {
            return Ok(refused(Failure::UnacceptedPolicy, "another policy than the one of this authority"));
        }
        match self.token(&request)? {
            Ok(token) => Ok(granted(&token)),
            Err(why) => Ok(refused(Failure::TimeNotAvailable, why)),
        }
    }

    /// A token; or in words why no time can be given.
    pub(super) fn token(&self, request: &TimeStampRequest) -> Result<Result<Vec<u8>, &'static str>, TimeStampError> {
        let now = self.clock.now()?;
        if let Err(set) = self.look(now) {
            tracing::error!(%set, "no time stamps are given: the clock was set, or the machine slept; restart when it is right");
            return Ok(Err("the clock of this authority was set"));
        }
        if !self.certificate.is_valid_at(now) {
            tracing::error!("no time stamps are given: the certificate of the authority is not in its period");
            return Ok(Err("the certificate of this authority is not in its period"));
        }
        let (serial, at) = match self.take(now)? {
            Taken::Given { serial, at, .. } => (serial, at),
            Taken::Behind { last, .. } => {
                tracing::error!(last, "no time stamps are given: the clock is behind a time that was given");
                return Ok(Err("the clock of this authority is behind a time that it gave"));
            }
        };
        let order = TokenOrder {
            policy: Oid::from_content(&self.policy).ok_or(TokenPlanFault::Policy)?,
            serial: serial.unsigned_abs(),
            at: Moment::from_unix_milliseconds(at).unwrap_or(now),
            accuracy_seconds: self.accuracy_seconds,
        };
        let plan = TokenPlan::new(request, &order, &self.certificate, &self.above)?;
        let signature =
            authority::sign_message(self.keys.as_ref(), &self.key, Purpose::TimeStamp, plan.to_be_signed(), now)?;
        Ok(Ok(plan.embed(signature)?))
    }

    fn look(&self, now: Moment) -> Result<(), ClockSet> {
        let tolerance = Duration::from_secs(self.accuracy_seconds.into());
        self.watch.lock().unwrap_or_else(PoisonError::into_inner).look(now, self.begun.elapsed(), tolerance)
    }

    /// The serial number, in a write of its own before anything is signed: a number whose token is lost is lost
    /// with it. The audit hears of the first of a day, and of the first refusal.
    fn take(&self, now: Moment) -> Result<Taken, TimeStampError> {
        let (id, day) = (self.id.clone(), Day::in_beijing_at(now)?.to_string());
        // half of the accuracy for machines that share the register; the clock itself takes the rest
        let tolerance = i64::from(self.accuracy_seconds) * 500;
        let subject = self.certificate.subject().to_owned();
        self.store.write(move |conn| {
            let taken = time_stamps::take(conn, &id, now.unix_milliseconds(), tolerance, &day)?;
            record(conn, &subject, taken, now)?;
            Ok(taken)
        })
    }
}

fn record(conn: &mut Conn, subject: &str, taken: Taken, now: Moment) -> Result<(), StoreError> {
    let (action, detail) = match taken {
        Taken::Given { serial, first_of_day: true, .. } => ("time_stamp.day", json!({ "first_serial": serial })),
        Taken::Behind { last, first_of_day: true } => ("time_stamp.refused", json!({ "last_given": last })),
        Taken::Given { .. } | Taken::Behind { .. } => return Ok(()),
    };
    let actor = Actor::new(ActorKind::System, "time-stamp".to_owned(), String::new());
    audit::record(conn, None, &actor, action, subject, &detail, now)
}

/// When the certificate of an authority that is configured ends.
///
/// # Errors
/// [`TimeStamperFault`].
pub(in crate::flow) fn certificate_ends(
    settings: &TimeStamperSettings,
    now: Moment,
) -> Result<Moment, TimeStamperFault> {
    Ok(read_chain(&settings.chain, now)?.certificate().not_after())
}

/// A chain from its file.
fn read_chain(path: &Path, now: Moment) -> Result<Chain, TimeStamperFault> {
    let text = bundle::read(path, CHAIN_LIMIT_BYTES)
        .map_err(|source| TimeStamperFault::Io { path: path.to_path_buf(), source })?;
    Chain::from_pem(&text, now).map_err(|source| TimeStamperFault::Chain { path: path.to_path_buf(), source })
}

/// A word for whoever asked; what they sent is not repeated at length.
fn words(fault: &RequestFault) -> String {
    fault.to_string().chars().take(120).collect()
}

impl HasKind for TimeStampError {
    fn kind(&self) -> Kind {
        match self {
            Self::TooMany { .. } => Kind::Busy,
            Self::Clock(_) => Kind::Unavailable,
            Self::Store(error) => error.kind(),
            Self::Key(AuthorityFault::Key(error)) if error.class() == ErrorClass::Busy => Kind::Busy,
            Self::Key(_) => Kind::Unavailable,
            Self::Day(_) | Self::Plan(_) => Kind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "too_many_tries",
            Self::Clock(_) => "clock_unavailable",
            Self::Store(error) => error.code(),
            Self::Key(_) => "key_unavailable",
            Self::Day(_) | Self::Plan(_) => "broken",
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooMany { retry_after_seconds } => Some(*retry_after_seconds),
            _ => None,
        }
    }
}
