//! Many licences as a job (批量制发): taken in at once, worked through line by line,
//! resumed after a crash.
//!
//! A job is lines of JSON, each an order for itself. [`enter`] stores all of them
//! in one write and answers; [`work`] takes the oldest job and issues its next
//! [`BATCH`] lines under the keys `job/ID/LINE`, then writes down what became of
//! them. What a crash leaves between the two is asked again with the same key and
//! gets the first answer: nothing is lost and nothing issued twice.

use super::{
    access::{May, Permit, may},
    audit,
    issue::{self, BATCH, IssueError, Issued, Order, Step},
    issuer::Issuer,
    kind::{HasKind, Kind},
};
use crate::{
    random,
    store::{Conn, Failure, StoreError, idempotency, jobs, people, tokens},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yinxin_trust::{base::Moment, sm::sm3};

/// Most lines of a job.
pub const MOST_LINES: usize = 10_000;
/// Most lines of a page of results.
pub const PAGE: u32 = 500;
/// How many jobs of a body are shown.
const SHOWN: u32 = 5;

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    /// Its id.
    pub id: String,
    /// How many lines it has.
    pub lines: i32,
    /// How many led to a licence.
    pub issued: i32,
    /// How many were refused.
    pub refused: i32,
    /// How many wait.
    pub waiting: i32,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Moment,
    /// When its last line was done; null while it runs.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Moment>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineResult {
    /// From 0.
    pub line: i32,
    /// The licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub issued: Option<Issued>,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refused: Option<Refusal>,
}

/// Why a line led to no licence: what the order would have got by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// What is wrong, in English.
    pub detail: String,
    /// The fields at fault, every one; empty where it is no fields.
    pub errors: Vec<RefusedField>,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefusedField {
    /// The field; empty where it is the whole.
    pub field: String,
    /// The stable name of the offence.
    pub code: String,
    /// What to correct, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
}

/// Why a job is not taken in, or not shown.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// No line at all, or more than [`MOST_LINES`].
    #[error("a job has 1 to {MOST_LINES} lines")]
    Lines,
    /// Not text.
    #[error("the lines are not UTF-8")]
    Text,
    /// The body has no such job.
    #[error("the body has no such job")]
    NotFound,
    /// What issuing or the register says.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

/// Takes in a job: lines of JSON, empty ones left out. A line that is no order is
/// refused by itself. With `key`, the same request again gets the same job.
///
/// # Errors
/// [`JobError::Lines`], [`JobError::Text`]; [`IssueError::KeyReused`],
/// [`IssueError::BodySucceeded`], what the register says. Nothing is taken in then.
pub fn enter(
    issuer: &Issuer,
    permit: &Permit<may::Issue>,
    lines: &[u8],
    key: Option<&str>,
) -> Result<Progress, JobError> {
    let text = core::str::from_utf8(lines).map_err(|_| JobError::Text)?;
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let at = now.unix_milliseconds();
    let id = random::id().map_err(IssueError::from)?;
    let given: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let Some(count) = i32::try_from(given.len()).ok().filter(|_| (1..=MOST_LINES).contains(&given.len())) else {
        return Err(JobError::Lines);
    };
    let rows: Vec<jobs::Line> =
        (0..count).zip(given).map(|(line, text)| row(&id, line, text)).collect::<Result<_, IssueError>>()?;
    let refused = rows.iter().filter(|row| row.state == jobs::REFUSED).count();
    let refused = i32::try_from(refused).map_err(|_| JobError::Lines)?;
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let job = jobs::Job {
        id: id.clone(),
        body_id: body.clone(),
        lines: count,
        issued: 0,
        refused,
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id.clone(),
        actor_name: actor.name.clone(),
        created_at: at,
        ended_at: (refused == count).then_some(at),
    };
    let request = key.map(|key| idempotency::Request {
        body_id: body.clone(),
        key: key.to_owned(),
        request_digest: sm3::digest(lines).to_vec(),
        intent_id: None,
        answer: Some(id.clone().into_bytes()),
        created_at: at,
    });
    let today = yinxin_trust::base::Day::in_beijing_at(now).map_err(IssueError::from)?;
    issuer.store.write(move |conn| {
        if let Some(request) = &request
            && !idempotency::claim(conn, request)?
        {
            return repeated(conn, &body, request);
        }
        super::succession::still_decides(conn, &body, today)?;
        jobs::insert(conn, &job, &rows)?;
        audit::record(conn, Some(&body), &actor, "job.entered", &id, &json!({ "lines": count }), now)?;
        progress(&job).map_err(JobError::from)
    })
}

fn row(id: &str, line: i32, text: &str) -> Result<jobs::Line, IssueError> {
    let (state, answer) = match serde_json::from_str::<Order>(text) {
        Ok(_) => (jobs::WAITING, None),
        // the words of serde may repeat what stood there
        Err(_) => {
            let detail = "not JSON, or a member is missing, unknown or of another form".to_owned();
            let refusal = Refusal { code: "bad_body".to_owned(), detail, errors: Vec::new() };
            (jobs::REFUSED, Some(json_of(&refusal)?))
        }
    };
    let (job_id, request) = (id.to_owned(), text.as_bytes().to_vec());
    Ok(jobs::Line { job_id, line, request, state: state.to_owned(), answer })
}

fn repeated(conn: &mut Conn, body: &str, request: &idempotency::Request) -> Result<Progress, JobError> {
    let known = idempotency::find(conn, body, &request.key)?.ok_or(IssueError::UnderWay)?;
    if known.request_digest != request.request_digest {
        return Err(IssueError::KeyReused.into());
    }
    let id = known.answer.and_then(|id| String::from_utf8(id).ok()).ok_or(IssueError::UnderWay)?;
    let job = jobs::find(conn, body, &id)?.ok_or(IssueError::KeyReused)?;
    Ok(progress(&job)?)
}

/// How far a job of the permit's body is.
///
/// # Errors
/// [`JobError::NotFound`] also for one of another body.
pub fn show(issuer: &Issuer, permit: &Permit<may::Issue>, id: &str) -> Result<Progress, JobError> {
    let job = issuer.store.read(|conn| jobs::find(conn, permit.body(), id))?.ok_or(JobError::NotFound)?;
    Ok(progress(&job)?)
}

/// The jobs of a body that were taken in last.
///
/// # Errors
/// What the register says.
pub fn latest(issuer: &Issuer, permit: &Permit<may::SeeWork>) -> Result<Vec<Progress>, IssueError> {
    issuer.store.read(|conn| jobs::newest(conn, permit.body(), SHOWN))?.iter().map(progress).collect()
}

/// At most [`PAGE`] lines of a job from `first` on, with what became of them.
///
/// # Errors
/// [`JobError::NotFound`] also for a job of another body.
pub fn results(
    issuer: &Issuer,
    permit: &Permit<may::Issue>,
    id: &str,
    first: i32,
    limit: u32,
) -> Result<Vec<LineResult>, JobError> {
    let rows = issuer.store.read(|conn| {
        jobs::find(conn, permit.body(), id)?.ok_or(JobError::NotFound)?;
        Ok::<_, JobError>(jobs::lines_from(conn, permit.body(), id, first, limit.clamp(1, PAGE))?)
    })?;
    rows.into_iter()
        .map(|row| {
            let answer = row.answer.as_deref();
            let read = |cause: serde_json::Error| IssueError::Record(cause.to_string());
            let (mut issued, mut refused) = (None, None);
            match (row.state.as_str(), answer) {
                (jobs::ISSUED, Some(answer)) => issued = Some(serde_json::from_slice(answer).map_err(read)?),
                (jobs::REFUSED, Some(answer)) => refused = Some(serde_json::from_slice(answer).map_err(read)?),
                _ => {}
            }
            Ok(LineResult { line: row.line, issued, refused })
        })
        .collect()
}

/// Where the work on a job stands; a test looks in, or ends the process, between any two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Within the issuing of a batch.
    Issuing(Step),
    /// The batch is issued; nothing of that is written down at the job.
    Answered,
    /// It is written down.
    Settled,
}

/// What a call of [`work`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Lines that were settled.
    pub settled: usize,
    /// Lines that have to wait: key or register do not answer, or the line is under way.
    pub left: usize,
}

/// Works on the next lines of the oldest jobs: one batch of each of the first few, so that
/// one that cannot go on holds up no other.
///
/// # Errors
/// Where the register cannot be read or written; what was issued is found again.
pub fn work(issuer: &Issuer) -> Result<Worked, IssueError> {
    work_watched(issuer, &|_| ())
}

/// As [`work`], and tells each step of each batch.
///
/// # Errors
/// As [`work`].
pub fn work_watched(issuer: &Issuer, watch: &(dyn Fn(At) + Sync)) -> Result<Worked, IssueError> {
    let open = issuer.store.read(|conn| jobs::open(conn, SHOWN))?;
    let mut all = Worked::default();
    for job in &open {
        let done = batch(issuer, job, watch)?;
        all.settled += done.settled;
        all.left += done.left;
    }
    Ok(all)
}

fn batch(issuer: &Issuer, job: &jobs::Job, watch: &(dyn Fn(At) + Sync)) -> Result<Worked, IssueError> {
    let most = u32::try_from(BATCH).unwrap_or(u32::MAX);
    let lines = issuer.store.read(|conn| jobs::waiting(conn, &job.body_id, &job.id, most))?;
    let orders: Vec<Order> = lines.iter().map(|line| order(job, line)).collect::<Result<_, _>>()?;
    let permit = Permit::of_job(job).ok_or_else(|| IssueError::Record("the actor of a job".to_owned()))?;
    let (mut settled, mut worked) = (Vec::with_capacity(lines.len()), Worked::default());
    if issuer.store.read(|conn| may_still(conn, job))? {
        let answers = issue::issue_watched(issuer, &permit, &orders, &|step| watch(At::Issuing(step)));
        watch(At::Answered);
        for (line, answer) in lines.iter().zip(answers) {
            match outcome(answer)? {
                Some((state, answer)) => settled.push((line.line, state, answer)),
                None => worked.left += 1,
            }
        }
    } else {
        let detail = "whoever entered the job may issue no more".to_owned();
        let answer = json_of(&Refusal { code: "not_allowed".to_owned(), detail, errors: Vec::new() })?;
        settled.extend(lines.iter().map(|line| (line.line, jobs::REFUSED, answer.clone())));
    }
    worked.settled = settled.len();
    if settled.is_empty() {
        return Ok(worked);
    }
    let (body, id, at) = (job.body_id.clone(), job.id.clone(), issuer.clock.now()?.unix_milliseconds());
    issuer.store.write(move |conn| {
        let (mut issued, mut refused) = (0, 0);
        for (line, state, answer) in &settled {
            // another process was first: it has counted it
            if jobs::settle(conn, &id, *line, state, answer)? {
                if *state == jobs::ISSUED { issued += 1 } else { refused += 1 }
            }
        }
        jobs::count(conn, &body, &id, issued, refused, at)
    })?;
    watch(At::Settled);
    Ok(worked)
}

/// Whether the one who entered a job may still issue: not a token that was revoked,
/// not a person who was disabled or lost the role. A token that merely ended by its
/// date entered the job in time.
fn may_still(conn: &mut Conn, job: &jobs::Job) -> Result<bool, StoreError> {
    let capability = <may::Issue as May>::CAPABILITY;
    Ok(match job.actor_kind.as_str() {
        "token" => tokens::find(conn, &job.body_id, &job.actor_id)?.is_some_and(|token| {
            let has = |word: &str| capability.scopes.iter().any(|scope| scope.as_str() == word);
            token.revoked_at.is_none() && token.scopes.split(' ').any(has)
        }),
        "person" => {
            let person = people::find(conn, &job.body_id, &job.actor_id)?;
            let roles = people::roles(conn, &job.body_id, &job.actor_id)?;
            let has = |role: &String| capability.roles.iter().any(|known| known.as_str() == role);
            person.is_some_and(|person| person.disabled_at.is_none()) && roles.iter().any(has)
        }
        // the operator of the machine
        _ => true,
    })
}

fn order(job: &jobs::Job, line: &jobs::Line) -> Result<Order, IssueError> {
    let order: Order = serde_json::from_slice(&line.request).map_err(|cause| IssueError::Record(cause.to_string()))?;
    Ok(Order { idempotency_key: Some(format!("job/{}/{}", job.id, line.line)), ..order })
}

/// State and answer of a line; none where it is asked again later.
fn outcome(answer: Result<Issued, IssueError>) -> Result<Option<(&'static str, Vec<u8>)>, IssueError> {
    match answer {
        Ok(issued) => Ok(Some((jobs::ISSUED, json_of(&issued)?))),
        Err(error) if is_passing(&error) => {
            tracing::warn!(code = error.code(), "a line of a job has to wait");
            Ok(None)
        }
        Err(error) => Ok(Some((jobs::REFUSED, json_of(&refusal(&error))?))),
    }
}

/// Whether the same line may succeed later without anybody correcting it.
fn is_passing(error: &IssueError) -> bool {
    matches!(error.kind(), Kind::Busy | Kind::Unavailable)
        || matches!(error, IssueError::UnderWay)
        || error.store_error().is_some()
}

fn refusal(error: &IssueError) -> Refusal {
    if error.kind() == Kind::Broken {
        tracing::error!(%error, "a line of a job failed by our own fault");
        return Refusal { code: "broken".to_owned(), detail: "see the log".to_owned(), errors: Vec::new() };
    }
    let errors = error.fields().into_iter().map(|offence| RefusedField {
        field: offence.field,
        code: offence.code.to_owned(),
        zh: offence.sentence.zh,
        en: offence.sentence.en,
    });
    Refusal { code: error.code().to_owned(), detail: error.to_string(), errors: errors.collect() }
}

fn json_of<T: Serialize>(value: &T) -> Result<Vec<u8>, IssueError> {
    serde_json::to_vec(value).map_err(|cause| IssueError::Record(cause.to_string()))
}

fn progress(job: &jobs::Job) -> Result<Progress, IssueError> {
    let moment =
        |at| Moment::from_unix_milliseconds(at).map_err(|_| IssueError::Record("the time of a job".to_owned()));
    Ok(Progress {
        id: job.id.clone(),
        lines: job.lines,
        issued: job.issued,
        refused: job.refused,
        waiting: job.lines - job.issued - job.refused,
        created_at: moment(job.created_at)?,
        ended_at: job.ended_at.map(moment).transpose()?,
    })
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Issue(error.into())
    }
}

impl Failure for JobError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Issue(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for JobError {
    fn kind(&self) -> Kind {
        match self {
            Self::Lines | Self::Text => Kind::Refused,
            Self::NotFound => Kind::NotFound,
            Self::Issue(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Lines | Self::Text => "job_lines",
            Self::NotFound => "no_such_thing",
            Self::Issue(error) => error.code(),
        }
    }
}
