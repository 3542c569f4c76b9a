//! What is counted, for Prometheus. Labels come from closed sets: route
//! templates, status classes, verdicts and codes, never from a request.

use super::{lanes::LaneState, problem::Code};
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector,
};
use std::time::Duration;
use yinxin_trust::{
    sm::sm2::{KeyCacheCounters, key_cache},
    verify::Verdict,
};

/// Seconds from a bare seal to a hundred-megabyte package.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// A gauge and where its value stands.
type LaneGauge = (IntGauge, fn(&LaneState) -> u64);

/// The same for the tables of SM2 keys.
type KeyGauge = (IntGauge, fn(&KeyCacheCounters) -> u64);

pub(super) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    verifications: IntCounterVec,
    verification_seconds: HistogramVec,
    refusals: IntCounterVec,
    lane: [LaneGauge; 7],
    keys: [KeyGauge; 9],
}

impl Metrics {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            registered(&registry, IntCounterVec::new(Opts::new(name, help), labels)?)
        };
        let seconds = |name: &str, help: &str, labels: &[&str]| {
            registered(&registry, HistogramVec::new(HistogramOpts::new(name, help).buckets(SECONDS.into()), labels)?)
        };
        let lane = |name: &str, help: &str| {
            let options = Opts::new(format!("yinxin_lane_{name}"), help).const_label("lane", "verify");
            registered(&registry, IntGauge::with_opts(options)?)
        };
        let keys =
            |name: &str, help: &str| registered(&registry, IntGauge::new(format!("yinxin_sm2_keys_{name}"), help)?);
        let metrics = Self {
            requests: counter("yinxin_requests_total", "Requests answered.", &["route", "method", "status"])?,
            request_seconds: seconds("yinxin_request_seconds", "Time to the answer.", &["route"])?,
            verifications: counter("yinxin_verifications_total", "Reports made.", &["verdict"])?,
            verification_seconds: seconds("yinxin_verification_seconds", "Time of one check on its thread.", &[])?,
            refusals: counter("yinxin_refusals_total", "Requests answered with a problem.", &["code"])?,
            lane: [
                (lane("threads", "Threads that live.")?, |s| s.threads as u64),
                (lane("capacity", "Seats in all.")?, |s| s.capacity as u64),
                (lane("seated", "Seats taken: uploading, waiting or running.")?, |s| s.seated as u64),
                (lane("waiting", "Jobs waiting for a thread.")?, |s| s.waiting as u64),
                (lane("busy", "Jobs running.")?, |s| s.busy as u64),
                (lane("abandoned", "Jobs dropped before they ran, since start.")?, |s| s.abandoned),
                (lane("panicked", "Jobs that panicked, since start.")?, |s| s.panicked),
            ],
            keys: [
                (keys("pinned", "SM2 keys with a lasting table.")?, |c| c.pinned_keys),
                (keys("small_tables", "SM2 keys with a small table.")?, |c| c.small_tables),
                (keys("large_tables", "SM2 keys with a large table, pinned ones not counted.")?, |c| c.large_tables),
                (keys("octets", "Octets of all tables of SM2 keys.")?, |c| c.octets + c.pinned_octets),
                (keys("pinned_hits", "Verifications with a pinned key, since start.")?, |c| c.pinned_hits),
                (keys("large_hits", "Verifications with a large table, since start.")?, |c| c.large_hits),
                (keys("small_hits", "Verifications with a small table, since start.")?, |c| c.small_hits),
                (keys("misses", "Verifications without a table, since start.")?, |c| c.misses),
                (keys("evicted", "Tables pushed out by the limit, since start.")?, |c| c.evicted),
            ],
            registry,
        };
        // A counter that is born at its first event hides that event from rates.
        metrics.verification_seconds.with_label_values::<&str>(&[]);
        for verdict in VERDICTS {
            metrics.verifications.with_label_values(&[verdict_label(verdict)]);
        }
        for code in Code::ALL {
            metrics.refusals.with_label_values(&[code.as_str()]);
        }
        Ok(metrics)
    }

    pub(super) fn answered(&self, route: &str, method: &str, status: u16, refusal: Option<Code>, took: Duration) {
        self.requests.with_label_values(&[route, known_method(method), status_class(status)]).inc();
        self.request_seconds.with_label_values(&[route]).observe(took.as_secs_f64());
        if let Some(code) = refusal {
            self.refusals.with_label_values(&[code.as_str()]).inc();
        }
    }

    pub(super) fn verified(&self, verdict: Verdict, took: Duration) {
        self.verifications.with_label_values(&[verdict_label(verdict)]).inc();
        self.verification_seconds.with_label_values::<&str>(&[]).observe(took.as_secs_f64());
    }

    /// The text form, version 0.0.4.
    pub(super) fn text(&self, lane: &LaneState) -> Result<String, prometheus::Error> {
        for (gauge, value) in &self.lane {
            gauge.set(i64::try_from(value(lane)).unwrap_or(i64::MAX));
        }
        let counters = key_cache().counters();
        for (gauge, value) in &self.keys {
            gauge.set(i64::try_from(value(&counters)).unwrap_or(i64::MAX));
        }
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|e| prometheus::Error::Msg(e.to_string()))
    }
}

const VERDICTS: [Verdict; 5] =
    [Verdict::Valid, Verdict::Intact, Verdict::Invalid, Verdict::Indeterminate, Verdict::Unsigned];

const fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "valid",
        Verdict::Intact => "intact",
        Verdict::Invalid => "invalid",
        Verdict::Indeterminate => "indeterminate",
        Verdict::Unsigned => "unsigned",
    }
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C, prometheus::Error> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn known_method(method: &str) -> &str {
    if matches!(method, "GET" | "HEAD" | "POST" | "DELETE" | "OPTIONS") { method } else { "other" }
}

const fn status_class(status: u16) -> &'static str {
    match status / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "other",
    }
}
