//! What holders have against uses of their licences (异议), and what the body says to it.
//!
//! An objection waits in the queue of the body whose licence it is. Once somebody of it decides, with a reason in words,
//! that stands where the holder objected; it is decided once, and not by whoever used the licence.

use super::{
    access::{Permit, may},
    audit,
    issue::IssueError,
    issuer::Issuer,
    kind::{FieldOffence, HasKind, Kind},
    presentations, standing, succession, uses,
};
use crate::store::{Conn, Failure, StoreError, licences, people, uses as stored};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::state::State,
};

/// Most objections that are shown at once.
const SHOWN: u32 = 100;

/// Most characters of a reason.
pub const LONGEST_REASON: usize = 500;

/// What a body decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// 成立: the use was not in order.
    Upheld,
    /// 部分成立.
    Partly,
    /// 不成立: the use was in order.
    Rejected,
}

/// What a body said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What it decided.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Moment,
}

/// An objection, as those see it who answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Id of the use.
    pub use_id: String,
    /// 证照编号.
    pub number: String,
    /// What the licence's type is called.
    pub type_title: Sentence,
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// Who used it.
    pub used_by: String,
    /// At which window.
    pub window: Option<String>,
    /// What it was shown for.
    pub purpose: String,
    /// What was seen: titles of fields.
    pub fields: Vec<String>,
    /// How the licence stood then; none where the word is not known.
    pub state: Option<State>,
    /// When it was used.
    pub used_at: Moment,
    /// What the holder says.
    pub words: String,
    /// When.
    pub at: Moment,
    /// What was answered; none before.
    pub answer: Option<Answered>,
    /// Who answered.
    pub answered_by: Option<String>,
    /// Whether the one who looks used the licence.
    pub is_own: bool,
}

/// The objections of a body.
#[derive(Clone, Debug)]
pub struct Cases {
    /// Those without an answer first, the oldest first; then the answered ones, the latest first.
    pub cases: Vec<Case>,
    /// When it was read.
    pub as_of: Moment,
}

/// Why nothing was answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// No such objection to this body.
    #[error("no such objection")]
    NotFound,
    /// No reason, too long a one, or no decision.
    #[error("an answer has a decision, and a reason of 1 to {LONGEST_REASON} characters")]
    Words,
    /// Somebody answered it before.
    #[error("the objection was answered")]
    There,
    /// Whoever used the licence does not decide on it.
    #[error("who used the licence does not decide on the objection")]
    Own,
    /// A stored record or the register.
    #[error(transparent)]
    Register(#[from] IssueError),
}

impl Ruling {
    /// Every ruling.
    pub const ALL: [Self; 3] = [Self::Upheld, Self::Partly, Self::Rejected];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Partly => "partly",
            Self::Rejected => "rejected",
        }
    }

    /// The ruling of a stable word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What was answered to a stored objection.
pub(super) fn answered(row: &stored::Objection) -> Result<Option<Answered>, IssueError> {
    let (Some(word), Some(reason), Some(at)) = (&row.decision, &row.reason, row.answered_at) else { return Ok(None) };
    let ruling = Ruling::of_word(word).ok_or_else(|| IssueError::Record("the answer to an objection".to_owned()))?;
    Ok(Some(Answered { ruling, reason: reason.clone(), at: uses::moment(at)? }))
}

/// The objections of the permit's body, and of those from which it took over.
///
/// # Errors
/// What the register or a stored record says.
pub fn desk(issuer: &Issuer, permit: &Permit<may::SeeWork>) -> Result<Cases, IssueError> {
    let as_of = issuer.clock.now()?;
    let today = Day::in_beijing_at(as_of)?;
    let cases = issuer.store.read(|conn| {
        let reach = succession::reach(conn, permit.body(), today)?;
        let rows = stored::objection_desk(conn, &reach, SHOWN)?;
        rows.into_iter()
            .map(|row| case(conn, issuer, (permit.body(), &permit.actor().id), row))
            .collect::<Result<_, IssueError>>()
    })?;
    Ok(Cases { cases, as_of })
}

/// One of them.
///
/// # Errors
/// [`AnswerError::NotFound`] also for one of another body.
pub fn one(issuer: &Issuer, permit: &Permit<may::SeeWork>, use_id: &str) -> Result<Case, AnswerError> {
    let today = Day::in_beijing_at(issuer.clock.now().map_err(IssueError::from)?).map_err(IssueError::from)?;
    issuer.store.read(|conn| {
        let reach = succession::reach(conn, permit.body(), today)?;
        let row = stored::objection(conn, &reach, use_id)?.ok_or(AnswerError::NotFound)?;
        Ok(case(conn, issuer, (permit.body(), &permit.actor().id), row)?)
    })
}

/// How many wait.
///
/// # Errors
/// What the register says.
pub fn waiting(issuer: &Issuer, permit: &Permit<may::SeeWork>) -> Result<i64, IssueError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let reach = succession::reach(conn, permit.body(), today)?;
        Ok(stored::open_objections(conn, &reach)?)
    })
}

/// Answers an objection, once.
///
/// # Errors
/// [`AnswerError`]; nothing is written then.
pub fn answer(
    issuer: &Issuer,
    permit: &Permit<may::AnswerObjections>,
    use_id: &str,
    (ruling, reason): (&str, &str),
) -> Result<(), AnswerError> {
    let reason = reason.replace("\r\n", "\n").trim().to_owned();
    let readable = |c: char| c == '\n' || !c.is_control();
    let ruling = Ruling::of_word(ruling).ok_or(AnswerError::Words)?;
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || !reason.chars().all(readable) {
        return Err(AnswerError::Words);
    }
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let today = Day::in_beijing_at(now).map_err(IssueError::from)?;
    let (body, actor, use_id) = (permit.body().to_owned(), permit.actor().clone(), use_id.to_owned());
    issuer.store.write(move |conn| {
        let reach = succession::reach(conn, &body, today)?;
        let (_, used, licence) = stored::objection(conn, &reach, &use_id)?.ok_or(AnswerError::NotFound)?;
        if is_own(&used, &actor.id) {
            return Err(AnswerError::Own);
        }
        let row = stored::ObjectionAnswer {
            decision: ruling.as_str().to_owned(),
            reason: reason.clone(),
            answered_by: actor.id.clone(),
            answered_at: now.unix_milliseconds(),
        };
        if !stored::answer_objection(conn, &use_id, &row)? {
            return Err(AnswerError::There);
        }
        // what was said stands with the objection, not in the audit
        let detail = json!({ "licence": licence.number, "decision": ruling.as_str() });
        Ok(audit::record(conn, Some(&body), &actor, "objection.answered", &use_id, &detail, now)?)
    })
}

/// Ids of people, tokens and keys never are the same.
fn is_own(used: &stored::Use, person: &str) -> bool {
    used.actor_id == person
}

fn case(
    conn: &mut Conn,
    issuer: &Issuer,
    (body, person): (&str, &str),
    (row, used, licence): (stored::Objection, stored::Use, licences::Licence),
) -> Result<Case, IssueError> {
    let gone = || IssueError::Record("the version of a use".to_owned());
    let version = licences::version(conn, &licence.body_id, &licence.id, used.version)?.ok_or_else(gone)?;
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
    let current = licences::version(conn, &licence.body_id, &licence.id, licence.current_version)?.ok_or_else(gone)?;
    let used_at = uses::moment(used.at)?;
    let answered_by = match &row.answered_by {
        Some(id) => people::find(conn, body, id)?.map(|person| person.name),
        None => None,
    };
    Ok(Case {
        used_by: uses::user_at(conn, (&used.body_id, used.used_by.as_deref()), used_at)?,
        type_title: kind.title(),
        identifier: current.identifier,
        fields: presentations::names_of(&used.fields)?.iter().map(|name| kind.title_of(name)).collect(),
        state: standing::state_of(&used.state),
        at: uses::moment(row.at)?,
        answer: answered(&row)?,
        is_own: is_own(&used, person),
        use_id: row.use_id,
        number: licence.number,
        window: used.window_name,
        purpose: used.purpose,
        used_at,
        words: row.words,
        answered_by,
    })
}

impl From<StoreError> for AnswerError {
    fn from(error: StoreError) -> Self {
        IssueError::from(error).into()
    }
}

impl Failure for AnswerError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Register(error) = self { error.store_error() } else { None }
    }
}

impl HasKind for AnswerError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Words => Kind::Refused,
            Self::There => Kind::Conflict,
            Self::Own => Kind::Denied,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "no_such_thing",
            Self::Words => "objection_answer_words",
            Self::There => "objection_answered",
            Self::Own => "objection_own",
            Self::Register(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldOffence> {
        if let Self::Register(error) = self { error.fields() } else { Vec::new() }
    }
}
