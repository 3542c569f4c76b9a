//! Who used licences that their holders showed, and what holders have against it (异议).

use super::{
    access::{Holder, Permit, may},
    audit,
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    objections::{self, Answered},
    presentations, standing, succession,
};
use crate::store::{Conn, Failure, StoreError, bodies, delegations, licences, uses};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::state::State,
};

/// Most uses that a holder is shown, the latest.
pub const MOST: u32 = 200;

/// Most objections of a page.
pub const PAGE: u32 = 200;

/// Most characters of an objection.
pub const LONGEST: usize = 500;

/// One use, as the holder sees it: without the name of a person.
#[derive(Clone, Debug)]
pub struct Use {
    /// Its id.
    pub id: String,
    /// What the licence's type is called.
    pub type_title: Sentence,
    /// The body that used it, as it was called then.
    pub body: String,
    /// At which window.
    pub window: Option<String>,
    /// Who showed it in the holder's place; none where the holder did.
    pub agent: Option<String>,
    /// The annotated copy that the agent had made for whom `body` says; else a code was scanned.
    pub copy: Option<String>,
    /// What it was shown for.
    pub purpose: String,
    /// What was seen: titles of fields.
    pub fields: Vec<String>,
    /// How the licence stood; none where the word is not known.
    pub state: Option<State>,
    /// When.
    pub at: Moment,
    /// What the holder has against it.
    pub objection: Option<Objected>,
}

/// An objection, as the holder made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objected {
    /// In their words.
    pub words: String,
    /// When.
    pub at: Moment,
    /// What the body said to it; none before.
    pub answer: Option<Answered>,
}

/// An objection, as the body sees it whose licence was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Id of the use.
    pub use_id: String,
    /// 证照编号.
    pub number: String,
    /// 证照类型代码.
    pub type_code: String,
    /// The body that used it.
    pub used_by: String,
    /// At which window.
    pub window: Option<String>,
    /// What it was shown for.
    pub purpose: String,
    /// When it was used, in milliseconds.
    pub used_at: i64,
    /// What the holder says.
    pub words: String,
    /// When, in milliseconds.
    pub at: i64,
    /// What was answered; none before.
    pub answer: Option<Answered>,
}

/// Why there is no objection.
#[derive(Debug, thiserror::Error)]
pub enum ObjectionError {
    /// No such use of a licence of this holder.
    #[error("no such use of a licence of this holder")]
    NotFound,
    /// Nothing said, or too much.
    #[error("an objection has 1 to {LONGEST} characters")]
    Words,
    /// There is one already.
    #[error("there is an objection to this use")]
    There,
    /// A stored record or the register.
    #[error(transparent)]
    Register(#[from] IssueError),
}

impl From<StoreError> for ObjectionError {
    fn from(error: StoreError) -> Self {
        IssueError::from(error).into()
    }
}

impl Failure for ObjectionError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for ObjectionError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Words => Kind::Refused,
            Self::There => Kind::Conflict,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::Words => "objection_words",
            Self::There => "objection_there",
            Self::Register(error) => error.code(),
        }
    }
}

/// The latest uses of a holder's licences, the newest first, at most [`MOST`].
///
/// # Errors
/// What the register or a stored record says.
pub fn of(issuer: &Issuer, holder: &Holder) -> Result<Vec<Use>, IssueError> {
    issuer.store.read(|conn| {
        let (code_kind, code) = holder.code();
        let rows = uses::of_holder(conn, code_kind, code, MOST)?;
        rows.into_iter()
            .map(|(used, version, licence, objection)| shown(conn, issuer, used, &version, &licence, objection))
            .collect()
    })
}

fn shown(
    conn: &mut Conn,
    issuer: &Issuer,
    used: uses::Use,
    version: &licences::LicenceVersion,
    licence: &licences::Licence,
    objection: Option<uses::Objection>,
) -> Result<Use, IssueError> {
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
    let at = moment(used.at)?;
    let objection = objection.map(|one| {
        let answer = objections::answered(&one)?;
        Ok::<_, IssueError>(Objected { words: one.words, at: moment(one.at)?, answer })
    });
    let agent = match &used.delegation_id {
        Some(id) => delegations::find(conn, id)?.map(|(_, agent)| agent.name),
        None => None,
    };
    Ok(Use {
        agent,
        type_title: kind.title(),
        body: user_at(conn, (&used.body_id, used.used_by.as_deref()), at)?,
        fields: presentations::names_of(&used.fields)?.iter().map(|name| kind.title_of(name)).collect(),
        state: standing::state_of(&used.state),
        objection: objection.transpose()?,
        id: used.id,
        copy: used.copy_id,
        window: used.window_name,
        purpose: used.purpose,
        at,
    })
}

/// Makes an objection to a use. It goes to the body whose licence it is, with a line
/// in its audit.
///
/// # Errors
/// [`ObjectionError`]; nothing is written then.
pub fn object(issuer: &Issuer, holder: &Holder, use_id: &str, words: &str) -> Result<(), ObjectionError> {
    let words = words.replace("\r\n", "\n").trim().to_owned();
    let readable = |c: char| c == '\n' || !c.is_control();
    if words.is_empty() || words.chars().count() > LONGEST || !words.chars().all(readable) {
        return Err(ObjectionError::Words);
    }
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let (holder, use_id) = (holder.clone(), use_id.to_owned());
    issuer.store.write(move |conn| {
        let (code_kind, code) = holder.code();
        let found = uses::find_of_holder(conn, code_kind, code, &use_id)?;
        let (used, licence) = found.ok_or(ObjectionError::NotFound)?;
        if uses::has_objection(conn, &used.id)? {
            return Err(ObjectionError::There);
        }
        let row = uses::Objection {
            use_id: used.id,
            body_id: licence.body_id,
            holder_id: holder.id().to_owned(),
            words: words.clone(),
            at: now.unix_milliseconds(),
            decision: None,
            reason: None,
            answered_by: None,
            answered_at: None,
        };
        uses::object(conn, &row)?;
        // what was said stands in the queue, not in the audit
        let detail = json!({ "licence": licence.number, "used_by": used.used_by.as_ref().unwrap_or(&used.body_id) });
        let (body, actor) = (Some(row.body_id.as_str()), holder.actor());
        Ok(audit::record(conn, body, &actor, "use.objected", &row.use_id, &detail, now)?)
    })
}

/// At most [`PAGE`] objections to uses of licences of the permit's body, and of those
/// from which it took over, after an instant (in milliseconds) and an id, the oldest first.
///
/// # Errors
/// What the register says.
pub fn objections(
    issuer: &Issuer,
    permit: &Permit<may::SeeWork>,
    after: (i64, &str),
    limit: u32,
) -> Result<Vec<Objection>, IssueError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let bodies = succession::reach(conn, permit.body(), today)?;
        let rows = uses::objections(conn, &bodies, after, limit.clamp(1, PAGE))?;
        rows.into_iter()
            .map(|(objection, used, licence)| {
                Ok(Objection {
                    answer: objections::answered(&objection)?,
                    used_by: user_at(conn, (&used.body_id, used.used_by.as_deref()), moment(used.at)?)?,
                    use_id: objection.use_id,
                    number: licence.number,
                    type_code: licence.type_code,
                    window: used.window_name,
                    purpose: used.purpose,
                    used_at: used.at,
                    words: objection.words,
                    at: objection.at,
                })
            })
            .collect()
    })
}

/// Who used it: the body, as it was called then, or somebody outside in the words that were kept.
pub(super) fn user_at(
    conn: &mut Conn,
    (body, outside): (&str, Option<&str>),
    at: Moment,
) -> Result<String, IssueError> {
    outside.map_or_else(|| name_at(conn, body, at), |name| Ok(name.to_owned()))
}

pub(super) fn name_at(conn: &mut Conn, body: &str, at: Moment) -> Result<String, IssueError> {
    let on = Day::in_beijing_at(at)?.to_string();
    Ok(bodies::name_on(conn, body, &on)?.map(|name| name.name).unwrap_or_default())
}

pub(super) fn moment(milliseconds: i64) -> Result<Moment, IssueError> {
    Moment::from_unix_milliseconds(milliseconds).map_err(|_| IssueError::Record("the time of a use".to_owned()))
}
