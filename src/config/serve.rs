//! How the web service listens, what it bounds and how long it waits.

use super::{ConfigError, Limits, Network};
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

/// `[serve]`: the web service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Serve {
    /// Address of pages and API; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address of metrics and readiness details; not for the public. Off when absent.
    pub admin_listen: Option<SocketAddr>,
    /// What this process does; everything but making seals unless some are named.
    pub roles: Vec<ServeRole>,
    /// Octets of one upload, 1 KiB to 1 GiB.
    pub upload_limit_bytes: usize,
    /// Proxies whose word counts for who asks; none unless some are named, not even the loopback.
    pub trusted_proxies: Vec<Network>,
    /// The header in which they say it.
    pub forwarded_header: ForwardedHeader,
    /// How much is done at once.
    pub lanes: Lanes,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// How often one network may ask.
    pub limits: Limits,
}

/// Where a proxy says for whom it asks. One of the two is read and never the other, which a proxy may hand through as its client
/// wrote it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

impl ForwardedHeader {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// A part of the service that may run as a process of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServeRole {
    /// Issues: office, window, holders, licences, jobs; takes up open intents.
    Issue,
    /// Verifies what is uploaded.
    Verify,
    /// Keeps seals: applications, decisions, acts, grants, the ledger.
    Seals,
    /// Makes seals of approved applications, with the seal maker's key: by nobody unless it is named.
    Make,
    /// Answers everybody: printed and shown codes, how licences and seals stand, what is published.
    Public,
}

impl ServeRole {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Issue, Self::Verify, Self::Seals, Self::Make, Self::Public];

    /// What a process does of which nothing is said: all but making seals (ADR 46).
    pub const USUAL: [Self; 4] = [Self::Issue, Self::Verify, Self::Seals, Self::Public];

    /// The word in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Verify => "verify",
            Self::Seals => "seals",
            Self::Make => "make",
            Self::Public => "public",
        }
    }
}

/// No such role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of issue, verify, seals, make, public is wanted")]
pub struct UnknownServeRole;

impl FromStr for ServeRole {
    type Err = UnknownServeRole;

    fn from_str(text: &str) -> Result<Self, UnknownServeRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownServeRole)
    }
}

/// `[serve.lanes]`: threads and waiting rooms. An upload is read only once it
/// has its seat, so uploads never hold more memory than
/// `(verify_threads + verify_waiting) * upload_limit_bytes`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lanes {
    /// Documents checked at once, 1 to 256.
    pub verify_threads: usize,
    /// Documents that may wait, 0 to 4096; one more is answered 503.
    pub verify_waiting: usize,
    /// Requests to the register served at once, 1 to 256.
    pub office_threads: usize,
    /// Requests to the register that may wait, 0 to 4096.
    pub office_waiting: usize,
    /// People signing in at once, 1 to 16: each takes 19 MiB for that time.
    pub sign_in_threads: usize,
    /// People who may wait to sign in, 0 to 4096.
    pub sign_in_waiting: usize,
    /// Requests of issuing taken in at once, 1 to 256: those that wait at the same time
    /// are issued together, so a thread mostly waits. The threads of one batch are beside these.
    pub issue_threads: usize,
    /// Requests of issuing that may wait, 0 to 4096.
    pub issue_waiting: usize,
    /// What `Retry-After` says then, 1 to 3600.
    pub retry_after_seconds: u32,
}

/// `[serve.timeouts]`: each from 1 second to an hour.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For the head of a request.
    pub head_seconds: u32,
    /// For the whole body of a request.
    pub body_seconds: u32,
    /// For the next octets of a body.
    pub body_idle_seconds: u32,
    /// An idle connection is kept that long.
    pub keep_alive_seconds: u32,
    /// Running requests may take that long once the service is told to stop.
    pub shutdown_seconds: u32,
}

/// `[log]`: what is written to standard error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Serve {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            admin_listen: None,
            roles: ServeRole::USUAL.to_vec(),
            upload_limit_bytes: 32 << 20,
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::default(),
            lanes: Lanes::default(),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            verify_threads: 2,
            verify_waiting: 8,
            office_threads: 4,
            office_waiting: 64,
            sign_in_threads: 2,
            sign_in_waiting: 16,
            issue_threads: 64,
            issue_waiting: 128,
            retry_after_seconds: 5,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { head_seconds: 10, body_seconds: 60, body_idle_seconds: 10, keep_alive_seconds: 15, shutdown_seconds: 30 }
    }
}

impl Timeouts {
    /// For the whole body of a request.
    pub fn body(&self) -> Duration {
        Duration::from_secs(self.body_seconds.into())
    }

    /// For the next octets of a body.
    pub fn body_idle(&self) -> Duration {
        Duration::from_secs(self.body_idle_seconds.into())
    }
}

impl Serve {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let (lanes, waits) = (&self.lanes, &self.timeouts);
        in_range("serve.roles", self.roles.len(), 1, ServeRole::ALL.len(), "one to four roles")?;
        in_range("serve.upload_limit_bytes", self.upload_limit_bytes, 1 << 10, 1 << 30, "1024 to 1073741824")?;
        in_range("serve.lanes.verify_threads", lanes.verify_threads, 1, 256, "1 to 256")?;
        in_range("serve.lanes.verify_waiting", lanes.verify_waiting, 0, 4096, "0 to 4096")?;
        in_range("serve.lanes.office_threads", lanes.office_threads, 1, 256, "1 to 256")?;
        in_range("serve.lanes.office_waiting", lanes.office_waiting, 0, 4096, "0 to 4096")?;
        in_range("serve.lanes.sign_in_threads", lanes.sign_in_threads, 1, 16, "1 to 16")?;
        in_range("serve.lanes.sign_in_waiting", lanes.sign_in_waiting, 0, 4096, "0 to 4096")?;
        in_range("serve.lanes.issue_threads", lanes.issue_threads, 1, 256, "1 to 256")?;
        in_range("serve.lanes.issue_waiting", lanes.issue_waiting, 0, 4096, "0 to 4096")?;
        for (member, seconds) in [
            ("serve.lanes.retry_after_seconds", lanes.retry_after_seconds),
            ("serve.timeouts.head_seconds", waits.head_seconds),
            ("serve.timeouts.body_seconds", waits.body_seconds),
            ("serve.timeouts.body_idle_seconds", waits.body_idle_seconds),
            ("serve.timeouts.keep_alive_seconds", waits.keep_alive_seconds),
            ("serve.timeouts.shutdown_seconds", waits.shutdown_seconds),
        ] {
            in_range(member, seconds, 1, 3600, "1 to 3600")?;
        }
        self.limits.check()
    }
}

pub(super) fn in_range<T: PartialOrd>(
    member: &'static str,
    value: T,
    least: T,
    most: T,
    wanted: &'static str,
) -> Result<(), ConfigError> {
    if value < least || value > most { Err(ConfigError::Range { member, wanted }) } else { Ok(()) }
}
