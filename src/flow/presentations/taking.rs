//! Taking codes: in one write, with the trace of it.

use super::{PresentationCode, PresentationError, Presentations, code::CodeDigest, redeem::RedemptionOrder};
use crate::{
    flow::{
        access::{Actor, Permit, may},
        audit,
        delegations::Mandated,
        holders::holdings,
        issue::IssueError,
        lives, standing, text,
        tries::Guesser,
    },
    random,
    store::{Conn, acts, bodies, delegations, licences, presentations, uses},
};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use yinxin_trust::{
    base::{Day, Moment},
    delegation::State,
    licence::identifier::LicenceIdentifier,
};

/// Most characters of what a code is redeemed for.
const LONGEST_PURPOSE: usize = 200;

/// Most characters of the name of a window.
const LONGEST_WINDOW: usize = 40;

/// Why a delegation was refused: it is for another matter.
pub(in crate::flow) const OTHER_MATTER: &str = "other_matter";
/// Why a delegation was refused: it works no more.
const OVER: &str = "over";

/// Who asks for what.
pub(super) struct Asked<'a> {
    pub(super) actor: Actor,
    /// In the name of which body; none for somebody outside, who has a name.
    pub(super) body: Option<String>,
    pub(super) name: Option<String>,
    /// At which window, where a device proved it.
    pub(super) window: Option<String>,
    pub(super) order: &'a RedemptionOrder,
}

impl<'a> Asked<'a> {
    pub(super) fn within(permit: &Permit<may::Redeem>, order: &'a RedemptionOrder) -> Self {
        let window = permit.window().map(str::to_owned);
        Self { actor: permit.actor().clone(), body: Some(permit.body().to_owned()), name: None, window, order }
    }
}

/// A redemption that is tried.
#[derive(Clone)]
pub(super) struct Taking {
    by: presentations::Redeemer,
    actor: Actor,
    /// Of the code.
    digest: CodeDigest,
    /// Id of the use, or of the refusal.
    id: String,
    purpose: Option<String>,
    /// Whether a disclosure is asked for.
    pub(super) is_proof_wanted: bool,
    now: Moment,
}

/// A code that may be taken.
struct Open<'a> {
    row: &'a presentations::Presentation,
    /// By what an agent shows it.
    mandated: Option<Mandated>,
}

/// What came of it: the code, or why a delegation does not permit it, which is written down.
pub(super) type Taken = Result<presentations::Presentation, PresentationError>;

impl Taking {
    /// Once the order is one, and who asks may ask.
    pub(super) fn of(presentations: &Presentations, asked: Asked<'_>, now: Moment) -> Result<Self, PresentationError> {
        let Asked { actor, body, name, window, order } = asked;
        let guesser = guesser(&actor, name.as_deref());
        presentations.admit_guess(&guesser, now)?;
        let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'_' | b'-');
        if !(8..=64).contains(&order.scan_id.len()) || !order.scan_id.bytes().all(is_id) {
            return Err(PresentationError::ScanId);
        }
        let line = |text: &Option<String>, most, fault| {
            let line = text.as_deref().map(|text| text::line(text, most).ok_or(fault));
            line.transpose()
        };
        let said = line(&order.window, LONGEST_WINDOW, PresentationError::Window)?;
        let by = presentations::Redeemer {
            scan_id: order.scan_id.clone(),
            body_id: body,
            name,
            actor_kind: actor.kind.as_str().to_owned(),
            actor_id: actor.id.clone(),
            // what a device proved counts before what somebody says
            window_name: window.or(said),
        };
        let purpose = line(&order.purpose, LONGEST_PURPOSE, PresentationError::PurposeWanted)?;
        let code = PresentationCode::parse(&order.code).ok_or_else(|| presentations.miss(&guesser, now))?;
        let is_proof_wanted = order.disclosure;
        Ok(Self { by, actor, digest: code.digest(), id: random::id()?, purpose, is_proof_wanted, now })
    }

    pub(super) fn guesser(&self) -> Guesser {
        guesser(&self.actor, self.by.name.as_deref())
    }

    /// Takes the codes that are there to be taken, and writes the uses down; says of the others why not. Of two that
    /// want the same code the first has it.
    ///
    /// # Errors
    /// What fails the write of all of them.
    pub(super) fn take_all(all: &[Self], conn: &mut Conn) -> Result<(Vec<Taken>, Read), PresentationError> {
        let hashes: Vec<&[u8]> = all.iter().map(|one| one.digest.0.as_slice()).collect();
        let before = presentations::by_code_hashes(conn, &hashes)?;
        let found: HashMap<&[u8], _> = before.iter().map(|row| (row.code_hash.as_slice(), row)).collect();
        let mut open = Vec::with_capacity(all.len());
        for one in all {
            open.push(one.open(conn, found.get(one.digest.0.as_slice()).copied())?);
        }
        let won = Self::win(all, &open, conn)?;
        let (mut takings, mut uses) = (Vec::with_capacity(all.len()), Vec::with_capacity(all.len()));
        for ((one, open), won) in all.iter().zip(open).zip(won) {
            takings.push(match open {
                Err(why_not) => Err(why_not),
                Ok(Open { row, .. }) if won => {
                    let row = row.clone().redeemed(&one.by, one.now.unix_milliseconds());
                    uses.push((one, row.clone()));
                    Ok(row)
                }
                Ok(open) => one.lost(conn, open)?,
            });
        }
        let shown: Vec<&str> = takings.iter().flatten().map(|row| row.licence_id.as_str()).collect();
        let read = Read::of(conn, &shown)?;
        write_down(conn, &uses, &read)?;
        Ok((takings, read))
    }

    /// Which of them have their code now.
    fn win(
        all: &[Self],
        open: &[Result<Open<'_>, PresentationError>],
        conn: &mut Conn,
    ) -> Result<Vec<bool>, PresentationError> {
        let Some(one) = all.first() else { return Ok(Vec::new()) };
        let (at, today) = (one.now.unix_milliseconds(), Day::in_beijing_at(one.now)?.to_string());
        let mut seen = HashSet::new();
        let first: Vec<bool> =
            all.iter().zip(open).map(|(one, open)| open.is_ok() && seen.insert(one.digest.0)).collect();
        let wanted = all.iter().zip(&first).filter(|(_, first)| **first);
        let wanted: Vec<_> = wanted.map(|(one, _)| (one.digest.0.as_slice(), &one.by)).collect();
        let mut won = presentations::redeem(conn, &wanted, at, &today)?.into_iter();
        Ok(first.into_iter().map(|first| first && won.next().unwrap_or(false)).collect())
    }

    /// The code, if it is there to be taken.
    fn open<'a>(
        &self,
        conn: &mut Conn,
        before: Option<&'a presentations::Presentation>,
    ) -> Result<Result<Open<'a>, PresentationError>, PresentationError> {
        let Some(row) = before.filter(|row| row.expires_at > self.now.unix_milliseconds()) else {
            return Ok(Err(PresentationError::NotValid));
        };
        if row.redeemed_at.is_some() && !self.is_same(row) {
            return Ok(Err(used(conn, row)?));
        }
        let mandated = self.mandated(conn, row)?;
        if let Some(mandated) = &mandated {
            let Some(purpose) = &self.purpose else { return Ok(Err(PresentationError::PurposeWanted)) };
            if mandated.value.scope().matter().is_some_and(|matter| !matter.is(purpose)) {
                self.refuse(conn, row, mandated, OTHER_MATTER)?;
                return Ok(Err(PresentationError::OtherMatter(Box::new(mandated.shown()))));
            }
        }
        Ok(Ok(Open { row, mandated }))
    }

    /// Why the code was not taken now, though it was open: it was taken before by this scan, or beside it by another.
    fn lost(&self, conn: &mut Conn, open: Open<'_>) -> Result<Taken, PresentationError> {
        let Some(row) = presentations::find_by_code_hash(conn, &self.digest.0)? else {
            return Ok(Err(PresentationError::NotValid));
        };
        match open.mandated {
            // ended between the making of the code and now, or between the first scan and this one
            Some(mandated) if mandated.value.state(Day::in_beijing_at(self.now)?) != State::InForce => {
                self.refuse(conn, &row, &mandated, OVER)?;
                Ok(Err(PresentationError::DelegationOver))
            }
            _ if self.is_same(&row) => Ok(Ok(row)),
            _ => Ok(Err(used(conn, &row)?)),
        }
    }

    /// Whether this scan of this redeemer took it before.
    fn is_same(&self, row: &presentations::Presentation) -> bool {
        let took = (row.scan_id.as_ref(), row.redeemer_kind.as_ref(), row.redeemer_id.as_ref());
        took == (Some(&self.by.scan_id), Some(&self.by.actor_kind), Some(&self.by.actor_id))
    }

    fn mandated(
        &self,
        conn: &mut Conn,
        row: &presentations::Presentation,
    ) -> Result<Option<Mandated>, PresentationError> {
        let Some(id) = &row.delegation_id else { return Ok(None) };
        let gone = || IssueError::Record("a code without its delegation".to_owned());
        Ok(Some(Mandated::find(conn, id)?.ok_or_else(gone)?))
    }

    /// Writes down what a delegation was to be used for, where the principal sees it.
    fn refuse(
        &self,
        conn: &mut Conn,
        row: &presentations::Presentation,
        mandated: &Mandated,
        reason: &'static str,
    ) -> Result<(), PresentationError> {
        let purpose = self.purpose.as_deref().unwrap_or_default();
        let body = match &self.by.body_id {
            Some(body) => body.clone(),
            None => licences::shown(conn, &row.licence_id)?.ok_or_else(gone)?.body_id,
        };
        let refusal = delegations::Refusal {
            id: self.id.clone(),
            delegation_id: mandated.row.id.clone(),
            licence_id: row.licence_id.clone(),
            body_id: body.clone(),
            window_name: self.by.window_name.clone(),
            actor_kind: self.by.actor_kind.clone(),
            actor_id: self.by.actor_id.clone(),
            purpose: purpose.to_owned(),
            reason: reason.to_owned(),
            at: self.now.unix_milliseconds(),
            used_by: self.by.name.clone(),
        };
        delegations::insert_refusal(conn, &refusal)?;
        let window = (&self.by.window_name, &self.by.name);
        let detail = json!({ "reason": reason, "purpose": purpose, "window": window.0, "outside": window.1 });
        let (body, subject) = (Some(body.as_str()), mandated.row.id.as_str());
        Ok(audit::record(conn, body, &self.actor, "delegation.refused", subject, &detail, self.now)?)
    }
}

/// The licences that were shown, as the write that took their codes read them.
pub(super) struct Read {
    pub(super) rows: Vec<(licences::Licence, licences::LicenceVersion)>,
    pub(super) acts: HashMap<String, Vec<acts::Act>>,
}

impl Read {
    fn of(conn: &mut Conn, ids: &[&str]) -> Result<Self, PresentationError> {
        if ids.is_empty() {
            return Ok(Self { rows: Vec::new(), acts: HashMap::new() });
        }
        let acts = holdings::by_licence(acts::public_of_licences(conn, ids)?);
        Ok(Self { rows: licences::all_shown(conn, ids)?, acts })
    }
}

/// Writes down that codes were taken: the uses, and who took them.
fn write_down(
    conn: &mut Conn,
    taken: &[(&Taking, presentations::Presentation)],
    read: &Read,
) -> Result<(), PresentationError> {
    if taken.is_empty() {
        return Ok(());
    }
    let shown: HashMap<&str, _> = read.rows.iter().map(|row| (row.0.id.as_str(), row)).collect();
    let (mut written, mut events) = (Vec::with_capacity(taken.len()), Vec::with_capacity(taken.len()));
    for (Taking { by, actor, id, now, .. }, row) in taken {
        let (licence, latest) = shown.get(row.licence_id.as_str()).ok_or_else(gone)?;
        let own = read.acts.get(&licence.id).map(Vec::as_slice).unwrap_or_default();
        let (life, today) = (lives::found(licence.clone(), own)?.life, Day::in_beijing_at(*now)?);
        let version = lives::counting(conn, licence, &life, latest.clone(), today)?;
        let identifier: LicenceIdentifier = version.identifier.parse().map_err(IssueError::from)?;
        let state = standing::word(life.on(today).state);
        let used = uses::Use {
            id: id.clone(),
            licence_id: licence.id.clone(),
            version: version.version,
            body_id: by.body_id.clone().unwrap_or_else(|| licence.body_id.clone()),
            window_name: by.window_name.clone(),
            actor_kind: by.actor_kind.clone(),
            actor_id: by.actor_id.clone(),
            purpose: row.purpose.clone(),
            fields: row.fields.clone(),
            state: state.to_owned(),
            at: now.unix_milliseconds(),
            delegation_id: row.delegation_id.clone(),
            used_by: by.name.clone(),
            copy_id: None,
        };
        let names = super::names_of(&row.fields)?;
        let detail = json!({
            "use": id,
            "fields": names,
            "purpose": row.purpose,
            "window": by.window_name,
            "outside": by.name,
            "state": state,
            "delegation": row.delegation_id,
        });
        let subject = identifier.to_string();
        events.push(audit::event(Some(&used.body_id), actor, "presentation.redeemed", &subject, &detail, *now));
        written.push(used);
    }
    uses::insert_all(conn, &written)?;
    Ok(audit::record_all(conn, &events)?)
}

/// Whose misses are counted: an account's or a system's here, a body's elsewhere.
fn guesser(actor: &Actor, outside: Option<&str>) -> Guesser {
    outside.map_or_else(|| Guesser::of(actor), |body| Guesser::elsewhere(actor, body))
}

/// In words, without the name of a person.
fn used(conn: &mut Conn, row: &presentations::Presentation) -> Result<PresentationError, PresentationError> {
    let record = || IssueError::Record("a code that was redeemed by nobody".to_owned());
    let at = row.redeemed_at.and_then(|at| Moment::from_unix_milliseconds(at).ok()).ok_or_else(record)?;
    let body = match (&row.redeemer_body, &row.redeemer_name) {
        (Some(body), _) => {
            let name = bodies::name_on(conn, body, &Day::in_beijing_at(at)?.to_string())?;
            name.map(|name| name.name).unwrap_or_default()
        }
        (None, Some(outside)) => outside.clone(),
        (None, None) => return Err(record().into()),
    };
    Ok(PresentationError::Used { body, window: row.window_name.clone(), at })
}

pub(super) fn gone() -> IssueError {
    IssueError::Record("a code without its licence".to_owned())
}
