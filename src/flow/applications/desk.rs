//! What the office sees of its applications.

use super::{ApplicationError, Entered, Fault, Form, State, examine, form};
use crate::{
    flow::{
        access::{May, Permit, may},
        issue::IssueError,
        issuer::Issuer,
        jobs::{self, Progress},
        lives, numbered, objections,
        reports::{self, Report},
        succession::{self, Successor},
    },
    store::{Conn, applications, licences, people},
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::{identifier::LicenceIdentifier, metadata::Element},
};

/// Most lines of a list.
const LINES: u32 = 20;
/// Most lines of what waits for a decision.
const WAITING: u32 = 100;

/// One application in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// What is asked for.
    pub what: What,
    /// 证照类型名称.
    pub type_title: Sentence,
    /// Whose licence; of an act, the number.
    pub subject: String,
    /// Where it stands.
    pub state: State,
    /// Name of the person who entered it.
    pub entered_by: String,
    /// Whether that is the one who looks.
    pub own: bool,
    /// When.
    pub entered_at: Moment,
    /// Name of the person who decided last, and when.
    pub decided: Option<(String, Moment)>,
    /// What they said; empty where nothing.
    pub remark: String,
    /// The licence that it led to, or concerns.
    pub identifier: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A licence.
    Licence,
    /// An act, by its word.
    Act(String),
}

/// The work of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// What the body is called.
    pub body_name: String,
    /// Who took over from it, where it decides nothing any more.
    pub taken_over_by: Option<Successor>,
    /// Own drafts, and what came back.
    pub to_correct: Vec<Card>,
    /// Own, with somebody else.
    pub waiting: Vec<Card>,
    /// Of others, to be decided on; approved ones whose signing did not end come first.
    pub to_approve: Vec<Card>,
    /// Issued last, in the body.
    pub issued: Vec<Card>,
    /// The jobs of the body that were entered last.
    pub jobs: Vec<Progress>,
    /// What clerks reported and nobody has looked at.
    pub reports: Vec<Report>,
    /// How many objections of holders wait for an answer.
    pub objections: i64,
}

/// One application with everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// What the body is called.
    pub body_name: String,
    /// In a few words.
    pub card: Card,
    /// As it was entered.
    pub entered: Entered,
    /// The form of its type.
    pub form: Form,
    /// Title and value of what would stand on the face, and whether the rules gave it.
    pub face: Vec<(String, String, bool)>,
    /// What is to be corrected; `None` where that is not asked any more.
    pub faults: Option<Vec<Fault>>,
}

/// What there is to do for the one who asks.
///
/// # Errors
/// What the register says.
pub fn desk(issuer: &Issuer, permit: &Permit<may::SeeWork>) -> Result<Desk, ApplicationError> {
    let (body, me) = (permit.body(), permit.actor().id.as_str());
    let jobs = jobs::latest(issuer, permit)?;
    let reports = reports::unseen(issuer, permit)?;
    let objections = objections::waiting(issuer, permit)?;
    issuer.store.read(|conn| {
        let mut cards = |states: &[State], by: Option<&str>, limit: u32| {
            let words: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            let rows = applications::newest(conn, body, &words, by, limit)?;
            rows.iter().map(|row| card(conn, issuer, body, me, row)).collect::<Result<Vec<_>, ApplicationError>>()
        };
        let to_correct = cards(&[State::Draft, State::Returned], Some(me), LINES)?;
        let waiting = cards(&[State::Submitted, State::Approved], Some(me), LINES)?;
        let mut to_approve = cards(&[State::Submitted, State::Approved], None, WAITING)?;
        to_approve.retain(|card| !card.own);
        // the longest waiting first
        to_approve.sort_by_key(|card| (card.state != State::Approved, card.entered_at));
        let issued = cards(&[State::Issued], None, LINES)?;
        let body_name = called(conn, issuer, body)?;
        let today = Day::in_beijing_at(issuer.clock.now()?)?;
        let taken_over_by = succession::Term::of(conn, body)?.taken_over_on(today);
        Ok(Desk { jobs, reports, objections, body_name, taken_over_by, to_correct, waiting, to_approve, issued })
    })
}

/// One application of the body; where it can still be corrected or decided on,
/// with everything that stands against it.
///
/// # Errors
/// [`ApplicationError::NotFound`].
pub fn find(issuer: &Issuer, permit: &Permit<may::SeeWork>, id: &str) -> Result<Whole, ApplicationError> {
    let (body, me) = (permit.body(), permit.actor().id.as_str());
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    let mut whole = issuer.store.read(|conn| {
        let row = applications::find(conn, body, id)?.ok_or(ApplicationError::NotFound)?;
        let card = card(conn, issuer, body, me, &row)?;
        let kind = issuer.types.on(conn, &row.type_code, today)?;
        let (entered, form) = (Entered::of_row(&row)?, form::of_type(&kind));
        Ok::<_, ApplicationError>(Whole {
            body_name: called(conn, issuer, body)?,
            card,
            entered,
            form,
            face: Vec::new(),
            faults: None,
        })
    })?;
    if matches!(whole.card.state, State::Issued | State::Approved) {
        return Ok(whole);
    }
    match examine(issuer, body, &whole.entered) {
        Ok(trial) => {
            whole.faults = Some(Vec::new());
            if let (Some(trial), Entered::Licence(entry)) = (trial, &whole.entered) {
                let kind = issuer
                    .store
                    .read(|conn| issuer.types.on(conn, &whole.form.type_code, today).map_err(ApplicationError::from))?;
                whole.face = kind
                    .entry
                    .fields
                    .iter()
                    .filter_map(|field| {
                        let value = trial.data.get(&field.name)?;
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        Some((kind.title_of(&field.name), text, !entry.data.contains_key(&field.name)))
                    })
                    .collect();
            }
        }
        Err(ApplicationError::Faults(faults)) => whole.faults = Some(faults),
        // looked at still, and decided no more
        Err(ApplicationError::Issue(IssueError::BodySucceeded(Successor { name, since, .. }))) => {
            let zh = format!("本单位的职责自 {since} 起由{name}承接，不能再办理。");
            whole.faults = Some(vec![Fault::of("", zh, format!("{name} took over on {since}"))]);
        }
        Err(other) => return Err(other),
    }
    Ok(whole)
}

/// What was entered, without a look at whether it holds.
///
/// # Errors
/// [`ApplicationError::NotFound`].
pub fn entered(issuer: &Issuer, permit: &Permit<may::SeeWork>, id: &str) -> Result<Entered, ApplicationError> {
    let row = issuer.store.read(|conn| applications::find(conn, permit.body(), id).map_err(ApplicationError::from))?;
    Entered::of_row(&row.ok_or(ApplicationError::NotFound)?)
}

/// Whether the body has a licence upon which an act may be asked for.
///
/// # Errors
/// [`ApplicationError::NotFound`] where it has not.
pub fn may_be_acted_on(
    issuer: &Issuer,
    permit: &Permit<may::Apply>,
    identifier: &LicenceIdentifier,
) -> Result<(), ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let found = lives::of_identifier(conn, permit.body(), identifier.as_str(), today)?;
        found.map(drop).ok_or(ApplicationError::NotFound)?;
        Ok(succession::still_decides(conn, permit.body(), today)?)
    })
}

/// Licences of the body with a number on their face: type, number, identifier.
///
/// # Errors
/// What the register says.
pub fn search(
    issuer: &Issuer,
    permit: &Permit<may::SeeWork>,
    number: &str,
) -> Result<Vec<(Sentence, String, String)>, ApplicationError> {
    let (body, number) = (permit.body(), number.trim());
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let mut found = Vec::new();
        for (licence, version) in numbered::find(conn, body, number, today)? {
            let kind = issuer.types.on(conn, &licence.type_code, today)?;
            found.push((kind.title(), licence.number, version.identifier));
        }
        if let Ok(identifier) = number.parse::<LicenceIdentifier>()
            && let Some(one) = lives::of_identifier(conn, body, identifier.as_str(), today)?
        {
            let kind = issuer.types.on(conn, &one.licence.type_code, today)?;
            found.push((kind.title(), one.licence.number, identifier.to_string()));
        }
        Ok(found)
    })
}

/// What the body of a permit is called today; empty where it has no name.
///
/// # Errors
/// What the register says.
pub fn body_name<C: May>(issuer: &Issuer, permit: &Permit<C>) -> Result<String, ApplicationError> {
    issuer.store.read(|conn| called(conn, issuer, permit.body()))
}

/// What a body is called today.
pub(super) fn called(conn: &mut Conn, issuer: &Issuer, body: &str) -> Result<String, ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?.to_string();
    Ok(crate::store::bodies::name_on(conn, body, &today)?.map(|name| name.name).unwrap_or_default())
}

fn card(
    conn: &mut Conn,
    issuer: &Issuer,
    body: &str,
    me: &str,
    row: &applications::Application,
) -> Result<Card, ApplicationError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    let kind = issuer.types.on(conn, &row.type_code, today)?;
    let licence = match &row.licence_id {
        Some(id) => {
            let bodies = succession::reach(conn, body, today)?;
            licences::find(conn, &bodies, id)?
        }
        None => None,
    };
    let identifier = match &licence {
        Some(licence) => {
            let version = licences::version(conn, &licence.body_id, &licence.id, licence.current_version)?;
            version.map(|version| version.identifier)
        }
        None => None,
    };
    let (what, subject) = match Entered::of_row(row)? {
        Entered::Licence(entry) => {
            let holder = kind.entry.field_that_fills(Element::Holder).and_then(|field| entry.data.get(&field.name));
            (What::Licence, holder.and_then(|value| value.as_str()).unwrap_or_default().to_owned())
        }
        Entered::Act(entry) => (What::Act(entry.kind), licence.map(|licence| licence.number).unwrap_or_default()),
    };
    let mut name = |id: &str| Ok::<_, ApplicationError>(people::find(conn, body, id)?.map(|one| one.name));
    let moment = |at: i64| Moment::from_unix_milliseconds(at).map_err(ApplicationError::record);
    let decided = match (&row.decided_by, row.decided_at) {
        (Some(by), Some(at)) => Some((name(by)?.unwrap_or_default(), moment(at)?)),
        _ => None,
    };
    Ok(Card {
        id: row.id.clone(),
        what,
        type_title: kind.title(),
        subject,
        state: State::of_word(&row.state).ok_or_else(|| ApplicationError::record("a state"))?,
        entered_by: name(&row.entered_by)?.unwrap_or_default(),
        own: row.entered_by == me,
        entered_at: moment(row.entered_at)?,
        decided,
        remark: row.remark.clone().unwrap_or_default(),
        identifier,
    })
}
