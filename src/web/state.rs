//! What all requests share.

mod work;

use super::{
    Problem, Upload,
    asker::Asking,
    auth::SessionCookies,
    counter::CounterLanes,
    lanes::Lane,
    metrics::Metrics,
    pages::{Language, pictures::AT_WINDOW},
    upload::Uploads,
};
use crate::{
    config::{Config, DevicesWanted, Serve, Site},
    flow::{
        askers::Askers,
        authority::AuthorityFolder,
        office::Office,
        shown::StatedUse,
        trust::Publication,
        verify::{Verified, Verifier, VerifyError},
        view::{self, DrawnPages, Wanted},
    },
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};
use yinxin_trust::{
    base::{Moment, Source},
    trust_list::AcceptancePolicy,
    verify::{CopyKind, Report},
};

/// Answers that are signed for anybody at once, and those that may wait.
const SIGNED_THREADS: usize = 4;
const SIGNED_WAITING: usize = 60;

/// Sign-ins at providers elsewhere at once, which wait for their answers, and those that may wait.
const PROVIDER_THREADS: usize = 4;
const PROVIDER_WAITING: usize = 28;

/// What all requests share; cheap to clone. In handlers: `web::Data<AppState>`.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    verifier: Arc<Verifier>,
    verify_lane: Lane,
    /// What a service with a register works with.
    office: Option<Arc<Office>>,
    office_lane: Lane,
    /// Who asks, and codes; none without an office.
    counter: Option<CounterLanes>,
    sign_in_lane: Lane,
    issue_lane: Lane,
    /// Answers that are signed for anybody: time stamps.
    signed_lane: Lane,
    /// Sign-ins at providers elsewhere.
    provider_lane: Lane,
    /// What others may fetch; none where nothing is configured.
    publication: Option<Publication>,
    /// The folder of our own authority.
    authority: Option<AuthorityFolder>,
    trust_policy: AcceptancePolicy,
    /// What its certificates say of where they are asked about.
    public_address: Option<String>,
    cookies: SessionCookies,
    wants_devices: bool,
    metrics: Metrics,
    /// Who asks what everybody may ask.
    asking: Asking,
    serve: Serve,
    site: Site,
    languages: Vec<Language>,
}

/// What came out for an upload. The octets themselves are gone by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedUpload {
    /// The report: also for forgeries.
    pub report: Report,
    /// The name the client gave, cleaned for display; it proves nothing.
    pub file_name: Option<String>,
    /// What the form said that it is used for.
    pub of_use: Option<StatedUse>,
    /// Length of the upload in octets.
    pub bytes: u64,
}

/// A file, and what verifying it came to.
pub struct VerifiedFile {
    /// The name that the client gave, cleaned for display.
    pub name: Option<String>,
    /// What came of it.
    pub verified: Result<Verified, VerifyError>,
    /// The codes on it, where it is a picture.
    pub codes: Vec<String>,
    /// Its pages, where it is a document that is what its stamps say.
    pub drawn: Option<DrawnPages>,
}

/// Pages of a document; a fault while drawing takes nothing from the verdict: then there are no pictures.
fn drawn(document: &dyn Source, report: &Report, wanted: Wanted) -> Option<DrawnPages> {
    let draw = AssertUnwindSafe(|| view::pages(document, report, wanted).ok());
    catch_unwind(draw).unwrap_or_else(|_| {
        tracing::error!("drawing a document failed");
        None
    })
}

/// What cannot be read has none.
fn codes_of(picture: &[u8]) -> Vec<String> {
    yinxin_face::codes_in(picture).unwrap_or_default()
}

impl AppState {
    /// Starts the lanes. Without an office the service verifies and does nothing else.
    ///
    /// # Errors
    /// When the system gives no thread, or what shall be published cannot be read.
    pub fn start(config: &Config, verifier: Verifier, office: Option<Arc<Office>>) -> io::Result<Self> {
        let (serve, site) = (config.serve.clone(), config.site.clone());
        if office.as_ref().is_some_and(|office| office.demo.is_some()) && !serve.listen.ip().is_loopback() {
            return Err(io::Error::other("a demonstration listens on the loopback alone"));
        }
        let verify_lane = Lane::start("verify", serve.lanes.verify_threads, serve.lanes.verify_waiting)?;
        let lane = |name, threads, waiting| match &office {
            Some(_) => Lane::start(name, threads, waiting),
            None => Lane::start(name, 0, 0),
        };
        let office_lane = lane("office", serve.lanes.office_threads, serve.lanes.office_waiting)?;
        let room = serve.lanes.office_threads + serve.lanes.office_waiting;
        let counter = office.as_ref().map(|office| CounterLanes::start(office, room)).transpose()?;
        let sign_in_lane = lane("sign-in", serve.lanes.sign_in_threads, serve.lanes.sign_in_waiting)?;
        let issue_lane = lane("issue", serve.lanes.issue_threads, serve.lanes.issue_waiting)?;
        let signed_lane = lane("signed", SIGNED_THREADS, SIGNED_WAITING)?;
        let provider_lane = match office.as_ref().and_then(|office| office.providers.as_ref()) {
            Some(_) => Lane::start("providers", PROVIDER_THREADS, PROVIDER_WAITING)?,
            None => Lane::start("providers", 0, 0)?,
        };
        let authority = config.authority.as_ref().map(|authority| authority.folder.as_path());
        let languages = site.languages.iter().map(|file| Language::read(file)).collect::<io::Result<_>>()?;
        let publication = config.trust.publish.as_deref().map(|folder| Publication::of(folder, authority));
        publication.iter().try_for_each(Publication::read).map_err(io::Error::other)?;
        Ok(Self(Arc::new(Inner {
            verifier: Arc::new(verifier),
            verify_lane,
            office,
            office_lane,
            counter,
            sign_in_lane,
            issue_lane,
            signed_lane,
            provider_lane,
            publication,
            authority: authority.map(AuthorityFolder::at),
            trust_policy: config.trust.acceptance(),
            public_address: config.authority.as_ref().and_then(|authority| authority.public_address.clone()),
            cookies: SessionCookies::new(config),
            wants_devices: config.window.devices == DevicesWanted::Required,
            metrics: Metrics::new().map_err(io::Error::other)?,
            asking: Asking {
                askers: Askers::new(&serve.limits),
                has_register_elsewhere: config.verify.status_url.is_some(),
            },
            serve,
            site,
            languages,
        })))
    }

    /// Checks an upload as of `at`, or of now. Waits for a thread of the lane;
    /// when the client goes first, an upload that has not begun never begins.
    ///
    /// # Errors
    /// `not_a_document`, or `broken` when the fault is ours. A forged document
    /// is a report.
    pub async fn verify_upload_at(&self, upload: Upload, at: Option<Moment>) -> Result<VerifiedUpload, Problem> {
        Ok(self.verify(upload, at, None).await?.0)
    }

    /// Checks an upload as of now, and draws pages of what was verified. A fault while
    /// drawing takes nothing from the verdict: then there are no pictures.
    ///
    /// # Errors
    /// As [`AppState::verify_upload_at`].
    pub async fn verify_and_draw(
        &self,
        upload: Upload,
        wanted: Wanted,
    ) -> Result<(VerifiedUpload, Option<DrawnPages>), Problem> {
        self.verify(upload, None, Some(wanted)).await
    }

    async fn verify(
        &self,
        upload: Upload,
        at: Option<Moment>,
        wanted: Option<Wanted>,
    ) -> Result<(VerifiedUpload, Option<DrawnPages>), Problem> {
        let Upload { octets, file_name, of_use, seat } = upload;
        let bytes = octets.len() as u64;
        let verifier = Arc::clone(&self.0.verifier);
        let job = move || {
            let begun = Instant::now();
            let (result, took) = (verifier.verify(&octets, at), begun.elapsed());
            let drawn = result.as_ref().ok().zip(wanted).and_then(|(report, wanted)| drawn(&octets, report, wanted));
            (result, drawn, took)
        };
        let answer = self.0.verify_lane.run(seat, job).await;
        let (result, drawn, took) = answer.map_err(|e| Problem::broken(&e))?;
        let report = result?;
        self.0.metrics.verified(report.verdict, took);
        Ok((VerifiedUpload { report, file_name, of_use, bytes }, drawn))
    }

    /// Checks an upload as of now, with everything that makes the same report again.
    ///
    /// # Errors
    /// As [`AppState::verify_upload_at`].
    pub async fn verify_keeping(&self, upload: Upload) -> Result<Verified, Problem> {
        let Upload { octets, seat, .. } = upload;
        let verifier = Arc::clone(&self.0.verifier);
        let job = move || {
            let begun = Instant::now();
            (verifier.verify_keeping(&octets, None), begun.elapsed())
        };
        let (result, took) = self.0.verify_lane.run(seat, job).await.map_err(|e| Problem::broken(&e))?;
        let verified = result?;
        self.0.metrics.verified(verified.report.verdict, took);
        Ok(verified)
    }

    /// Checks several files as of now, one after the other: each with its name and what
    /// came of it, which for what is no document is an error of its own.
    ///
    /// # Errors
    /// `broken` when the fault is ours.
    pub async fn verify_uploads(&self, uploads: Uploads) -> Result<Vec<VerifiedFile>, Problem> {
        let Uploads { files, seat } = uploads;
        let verifier = Arc::clone(&self.0.verifier);
        let job = move || {
            let verified = files.into_iter().map(|(octets, name)| {
                let begun = Instant::now();
                let verified = verifier.verify_keeping(&octets, None);
                let took = begun.elapsed();
                let codes = match verified {
                    Err(VerifyError::Copy(CopyKind::Png | CopyKind::Jpeg)) => codes_of(&octets),
                    _ => Vec::new(),
                };
                let drawn = verified.as_ref().ok().and_then(|found| drawn(&octets, &found.report, AT_WINDOW));
                (VerifiedFile { name, verified, codes, drawn }, took)
            });
            verified.collect::<Vec<_>>()
        };
        let verified = self.0.verify_lane.run(seat, job).await.map_err(|e| Problem::broken(&e))?;
        let counted = verified.into_iter().map(|(file, took)| {
            if let Ok(verified) = &file.verified {
                self.0.metrics.verified(verified.report.verdict, took);
            }
            file
        });
        Ok(counted.collect())
    }

    /// The codes on pictures that were sent, none of which is kept.
    ///
    /// # Errors
    /// `broken` when the fault is ours.
    pub async fn codes_in(&self, uploads: Uploads) -> Result<Vec<String>, Problem> {
        let Uploads { files, seat } = uploads;
        let job = move || files.iter().flat_map(|(octets, _)| codes_of(octets)).collect::<Vec<_>>();
        self.0.verify_lane.run(seat, job).await.map_err(|e| Problem::broken(&e))
    }

    /// Whether only sessions at enrolled devices work at windows.
    pub(super) fn wants_devices(&self) -> bool {
        self.0.wants_devices
    }

    /// How the cookie of a session is written and read.
    pub(super) fn cookies(&self) -> &SessionCookies {
        &self.0.cookies
    }

    /// Further languages of the pages.
    pub(super) fn languages(&self) -> &[Language] {
        &self.0.languages
    }

    /// Bounds and waits of the service.
    pub fn serve(&self) -> &Serve {
        &self.0.serve
    }

    /// How many anchors are configured.
    pub fn anchors(&self) -> usize {
        self.0.verifier.anchors()
    }

    /// The operators of trust lists in use whose next update is missed; none can be told
    /// where the clock shows no time.
    pub(super) fn overdue_lists(&self) -> Vec<String> {
        self.0.verifier.overdue_lists().unwrap_or_default()
    }

    /// What is taken of trust lists that come.
    pub(super) fn trust_policy(&self) -> &AcceptancePolicy {
        &self.0.trust_policy
    }

    /// What others may fetch; none where nothing is configured.
    pub fn publication(&self) -> Option<&Publication> {
        self.0.publication.as_ref()
    }

    /// The folder of our own authority, where there is one.
    pub(super) fn authority(&self) -> Option<&AuthorityFolder> {
        self.0.authority.as_ref()
    }

    /// Where others reach our own authority, where that is known.
    pub(super) fn public_address(&self) -> Option<&str> {
        self.0.public_address.as_deref()
    }

    /// Who runs this site.
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// What everybody is verified by.
    pub(super) fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Who asks what everybody may ask.
    pub(super) fn asking(&self) -> &Asking {
        &self.0.asking
    }

    pub(super) fn verify_lane(&self) -> &Lane {
        &self.0.verify_lane
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}
