//! What a clerk reports, and the queue of the body that is to look at it.
//!
//! A report goes to the body that issued the licence, where this register keeps it,
//! and else to the clerk's own. It carries the number under which the clerk saw the
//! thing, which the audit has too; one incident is one report, however often it is sent.

use super::{
    access::{Permit, may},
    audit,
    issue::IssueError,
    issuer::Issuer,
    kind::{FieldOffence, HasKind, Kind},
    lives,
    shown::Shown,
    succession,
};
use crate::{
    random,
    store::{Conn, Failure, StoreError, licences, reports},
};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment},
    licence::identifier::LicenceIdentifier,
};

/// Most reports of one person that nobody has looked at.
const UNSEEN: i64 = 100;

/// Most reports that a queue shows.
const LINES: u32 = 20;

/// Most characters of a host with its port.
const HOST: usize = 260;

/// A report as its queue shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// The number under which the clerk saw it.
    pub incident: String,
    /// The state that the clerk was shown.
    pub shown: Shown,
    /// An identifier or a host; empty where neither is known.
    pub subject: String,
    /// Who reported it.
    pub reporter: String,
    /// At which window, where a device proved it.
    pub window: Option<String>,
    /// When.
    pub reported_at: Moment,
}

/// What a clerk sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// The number of the incident, 16 hexadecimal digits.
    pub incident: String,
    /// [`Shown::code`] of what was shown.
    pub shown: String,
    /// An identifier or a host, or nothing.
    pub subject: String,
}

/// Why something about reports was not done.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No number of an incident, no state, or neither identifier nor host.
    #[error("the report is none that a page of the window sends")]
    Malformed,
    /// Too many that nobody has looked at.
    #[error("{UNSEEN} reports of this person wait to be looked at")]
    TooMany,
    /// No such report to this body, or one that was looked at.
    #[error("no such report")]
    NotFound,
    /// What the register says.
    #[error(transparent)]
    Register(#[from] IssueError),
}

/// Whose queue a report is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// That of the body of who reported.
    Own,
    /// That of the body that issued the licence.
    Issuer,
}

/// Enters a report; in whose queue.
///
/// # Errors
/// [`ReportError`]; nothing is written then.
pub fn enter(issuer: &Issuer, permit: &Permit<may::ServeAtWindow>, given: &NewReport) -> Result<Queue, ReportError> {
    let is_incident = given.incident.len() == 16 && given.incident.bytes().all(|o| o.is_ascii_hexdigit());
    let shown = Shown::of_code(&given.shown).filter(|_| is_incident).ok_or(ReportError::Malformed)?;
    let identifier = given.subject.parse::<LicenceIdentifier>().ok();
    if identifier.is_none() && !is_host(&given.subject) {
        return Err(ReportError::Malformed);
    }
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let (body, actor) = (permit.body().to_owned(), permit.actor().clone());
    let row = reports::Report {
        id: random::id().map_err(IssueError::from)?,
        body_id: body.clone(),
        incident: given.incident.to_ascii_lowercase(),
        shown: shown.code().to_owned(),
        subject: given.subject.clone(),
        reported_by: actor.id.clone(),
        reporter_name: actor.name.clone(),
        window_name: actor.window().map(str::to_owned),
        reported_at: now.unix_milliseconds(),
        seen_by: None,
        seen_at: None,
    };
    issuer.store.write(move |conn| {
        if reports::count_unseen_by(conn, &row.reported_by)? >= UNSEEN {
            return Err(ReportError::TooMany);
        }
        let row = reports::Report { body_id: queue(conn, identifier.as_ref(), &body)?, ..row.clone() };
        let queue = if row.body_id == body { Queue::Own } else { Queue::Issuer };
        if reports::insert(conn, &row)? {
            let detail = json!({ "incident": row.incident, "shown": row.shown, "to": row.body_id });
            audit::record(conn, Some(&body), &actor, "report.entered", &row.subject, &detail, now)?;
        }
        Ok(queue)
    })
}

/// What nobody has looked at, of the permit's body and of those from which it took
/// over: the oldest first.
///
/// # Errors
/// What the register says.
pub fn unseen(issuer: &Issuer, permit: &Permit<may::SeeWork>) -> Result<Vec<Report>, IssueError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    let rows = issuer.store.read(|conn| {
        let bodies = succession::reach(conn, permit.body(), today)?;
        reports::unseen(conn, &bodies, LINES).map_err(IssueError::from)
    })?;
    rows.into_iter().map(report).collect()
}

/// Takes a report out of the queue.
///
/// # Errors
/// [`ReportError::NotFound`], also where somebody else was faster.
pub fn see(issuer: &Issuer, permit: &Permit<may::SeeWork>, id: &str) -> Result<(), ReportError> {
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let today = Day::in_beijing_at(now).map_err(IssueError::from)?;
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    issuer.store.write(move |conn| {
        let bodies = succession::reach(conn, &body, today)?;
        let seen = reports::see(conn, &bodies, &id, &actor.id, now.unix_milliseconds())?;
        let seen = seen.ok_or(ReportError::NotFound)?;
        let detail = json!({ "incident": seen.incident, "shown": seen.shown });
        audit::record(conn, Some(&body), &actor, "report.seen", &seen.subject, &detail, now)?;
        Ok(())
    })
}

/// Whose queue: that of the body whose licence it is.
fn queue(conn: &mut Conn, identifier: Option<&LicenceIdentifier>, own: &str) -> Result<String, StoreError> {
    let licence = match identifier {
        Some(identifier) => licences::public_by_line(conn, &lives::line_of(identifier))?,
        None => None,
    };
    Ok(licence.map_or_else(|| own.to_owned(), |licence| licence.body_id))
}

fn is_host(text: &str) -> bool {
    text.len() <= HOST && text.bytes().all(|o| o.is_ascii_alphanumeric() || b".-_:[]".contains(&o))
}

fn report(row: reports::Report) -> Result<Report, IssueError> {
    let record = |what: &str| IssueError::Record(format!("{what} of a report"));
    Ok(Report {
        shown: Shown::of_code(&row.shown).ok_or_else(|| record("the state"))?,
        reported_at: Moment::from_unix_milliseconds(row.reported_at).map_err(|_| record("the time"))?,
        id: row.id,
        incident: row.incident,
        subject: row.subject,
        reporter: row.reporter_name,
        window: row.window_name,
    })
}

impl From<StoreError> for ReportError {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

impl Failure for ReportError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for ReportError {
    fn kind(&self) -> Kind {
        match self {
            Self::Malformed => Kind::Refused,
            Self::TooMany => Kind::Busy,
            Self::NotFound => Kind::NotFound,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "report_malformed",
            Self::TooMany => "too_many_tries",
            Self::NotFound => "no_such_thing",
            Self::Register(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        if let Self::Register(error) = self { error.fields() } else { Vec::new() }
    }
}
