//! What all requests share.

use super::{Problem, Upload, lanes::Lane, metrics::Metrics};
use crate::{
    config::{Config, Serve, Site},
    flow::verify::Verifier,
};
use std::{io, sync::Arc, time::Instant};
use yinxin_trust::{base::Moment, verify::Report};

/// What all requests share; cheap to clone. In handlers: `web::Data<AppState>`.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    verifier: Arc<Verifier>,
    verify_lane: Lane,
    metrics: Metrics,
    serve: Serve,
    site: Site,
}

/// What came out for an upload. The octets themselves are gone by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedUpload {
    /// The report: also for forgeries.
    pub report: Report,
    /// The name the client gave, cleaned for display; it proves nothing.
    pub file_name: Option<String>,
    /// Length of the upload in octets.
    pub bytes: u64,
}

impl AppState {
    /// Starts the lanes.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(config: &Config, verifier: Verifier) -> io::Result<Self> {
        let (serve, site) = (config.serve.clone(), config.site.clone());
        let verify_lane = Lane::start("verify", serve.lanes.verify_threads, serve.lanes.verify_waiting)?;
        Ok(Self(Arc::new(Inner {
            verifier: Arc::new(verifier),
            verify_lane,
            metrics: Metrics::new().map_err(io::Error::other)?,
            serve,
            site,
        })))
    }

    /// Checks an upload as of now.
    ///
    /// # Errors
    /// `not_a_document`, or `broken` when the fault is ours. A forged document
    /// is a report.
    pub async fn verify_upload(&self, upload: Upload) -> Result<VerifiedUpload, Problem> {
        self.verify_upload_at(upload, None).await
    }

    /// Checks an upload as of `at`, or of now. Waits for a thread of the lane;
    /// when the client goes first, an upload that has not begun never begins.
    ///
    /// # Errors
    /// As [`AppState::verify_upload`].
    pub async fn verify_upload_at(&self, upload: Upload, at: Option<Moment>) -> Result<VerifiedUpload, Problem> {
        let Upload { octets, file_name, seat } = upload;
        let bytes = octets.len() as u64;
        let verifier = Arc::clone(&self.0.verifier);
        let job = move || {
            let begun = Instant::now();
            (verifier.verify(&octets, at), begun.elapsed())
        };
        let answer = self.0.verify_lane.run(seat, job).await;
        let (result, took) = answer.map_err(|e| Problem::broken(&e))?;
        let report = result?;
        self.0.metrics.verified(report.verdict, took);
        Ok(VerifiedUpload { report, file_name, bytes })
    }

    /// Bounds and waits of the service.
    pub fn serve(&self) -> &Serve {
        &self.0.serve
    }

    /// How many anchors are configured.
    pub fn anchors(&self) -> usize {
        self.0.verifier.anchors()
    }

    /// Who runs this site.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    pub(super) fn verify_lane(&self) -> &Lane {
        &self.0.verify_lane
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}
