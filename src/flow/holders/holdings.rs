//! What a holder holds: the licences of their code, issued by whichever body, and
//! what was done to them of late. Read from what the register records anyway.

use crate::{
    flow::{
        access::Holder,
        copies,
        issue::IssueError,
        issuer::Issuer,
        letters::told,
        lives::{self, Found},
        standing::{self, IssuedBy, issued_by_all},
        types::LicenceType,
    },
    store::{Conn, acts, letters, licences},
};
use std::{collections::HashMap, sync::Arc};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::{
        identifier::LicenceIdentifier,
        state::{Life, Standing},
    },
};

/// Most licences that a holder is shown, the newest first.
pub const MOST: u32 = 200;

/// How long a notice is shown.
const NOTICE_DAYS: i64 = 30;

/// Letters that are looked at for notices.
const MOST_LETTERS: u32 = 20;

/// Copies that are looked at for notices, and uses of them.
const MOST_COPIES: u32 = 50;

/// Most notices that are shown.
const MOST_NOTICES: usize = 20;

/// What a holder is shown first.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// At most [`MOST`], those in force before the others.
    pub cards: Vec<Card>,
    /// What was done of late, the newest first.
    pub notices: Vec<Notice>,
    /// When it was read.
    pub as_of: Moment,
}

/// One licence.
#[derive(Clone, Debug)]
pub struct Card {
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// 证照编号.
    pub number: String,
    /// What the type is called.
    pub type_title: Sentence,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// What it is today.
    pub standing: Standing,
}

/// Something that was done to a licence, or signed in the holder's name.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What, a word of the register such as `issue` or `revoke`; `letter` for what was signed; `copy` for an
    /// annotated copy that was made, `copy_used` where one was shown, `copy_refused` where it was for another use.
    pub act: String,
    /// 电子证照标识 of the version that counts; the id of a letter or copy.
    pub identifier: String,
    /// What the type of licence, or the letter, is called.
    pub type_title: Sentence,
    /// Who issued the licence; for whom the letter or copy is, or who was shown it.
    pub issuing_body: String,
    /// First day on which it works.
    pub effective_from: String,
    /// When it was recorded.
    pub recorded_at: Moment,
}

/// A licence of a holder with the version that counts today.
#[derive(Clone)]
pub(in crate::flow) struct Held {
    pub(in crate::flow) licence: licences::Licence,
    pub(in crate::flow) version: licences::LicenceVersion,
    pub(in crate::flow) life: Life,
    pub(in crate::flow) kind: Arc<LicenceType>,
    pub(in crate::flow) issuing_body: String,
}

/// The licences of a holder and what was done to them, as of now.
///
/// # Errors
/// What the register or a stored record says.
pub fn of(issuer: &Issuer, holder: &Holder) -> Result<Holdings, IssueError> {
    let now = issuer.clock.now()?;
    let today = Day::in_beijing_at(now)?;
    let since = now.unix_milliseconds() - NOTICE_DAYS * 86_400_000;
    issuer.store.read(|conn| {
        let (code_kind, code) = holder.code();
        let rows = licences::of_holder(conn, code_kind, code, MOST)?;
        let mut done = acts_of(conn, &rows)?;
        let (mut cards, mut notices) = (Vec::with_capacity(rows.len()), Vec::new());
        for Held { licence, version, life, kind, issuing_body } in held(conn, issuer, rows, &done)? {
            let acts = done.remove(&licence.id).unwrap_or_default();
            let card = Card {
                identifier: version.identifier,
                number: licence.number,
                type_title: kind.title(),
                issuing_body,
                standing: life.on(today),
            };
            for act in acts.iter().filter(|act| act.recorded_at >= since) {
                notices.push(notice(&card, act)?);
            }
            cards.push(card);
        }
        for letter in letters::signed_of(conn, holder.id(), MOST_LETTERS)? {
            notices.extend(letter_notice(&letter, since)?);
        }
        notices.extend(copies::notices(conn, issuer, holder, since, MOST_COPIES)?);
        cards.sort_by_key(|card| standing::word(card.standing.state) != "in_force");
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.recorded_at));
        notices.truncate(MOST_NOTICES);
        Ok(Holdings { cards, notices, as_of: now })
    })
}

/// A licence by its identifier in whichever version, where whoever has the code holds it.
pub(in crate::flow) fn find(
    conn: &mut Conn,
    issuer: &Issuer,
    code: (&str, &str),
    identifier: &LicenceIdentifier,
) -> Result<Option<Held>, IssueError> {
    Ok(find_all(conn, issuer, &[(code, identifier)])?.pop().flatten())
}

/// As [`find`], of several who ask at the same time, in their order.
pub(in crate::flow) fn find_all(
    conn: &mut Conn,
    issuer: &Issuer,
    asked: &[((&str, &str), &LicenceIdentifier)],
) -> Result<Vec<Option<Held>>, IssueError> {
    let lines: Vec<String> = asked.iter().map(|(_, identifier)| lives::line_of(identifier)).collect();
    let found = licences::public_by_lines(conn, &lines.iter().map(String::as_str).collect::<Vec<_>>())?;
    let own = asked.iter().zip(&lines).map(|((code, _), line)| {
        let licence = found.iter().find(|(known, _)| known == line).map(|(_, licence)| licence);
        licence.filter(|licence| (&*licence.holder_code_kind, &*licence.holder_code) == *code).map(|one| one.id.clone())
    });
    let own: Vec<Option<String>> = own.collect();
    let ids: Vec<&str> = own.iter().flatten().map(String::as_str).collect();
    let held = by_ids(conn, issuer, &ids)?;
    Ok(own.into_iter().map(|id| id.and_then(|id| held.get(&id).cloned())).collect())
}

/// A licence of whichever holder with the version that counts: for who was shown it.
pub(in crate::flow) fn whole(conn: &mut Conn, issuer: &Issuer, licence: licences::Licence) -> Result<Held, IssueError> {
    let held = by_ids(conn, issuer, &[&licence.id])?.remove(&licence.id);
    held.ok_or_else(|| IssueError::Record("a licence without its current version".to_owned()))
}

/// As [`whole`], of several by their ids: in few statements, however many there are.
pub(in crate::flow) fn by_ids(
    conn: &mut Conn,
    issuer: &Issuer,
    ids: &[&str],
) -> Result<HashMap<String, Held>, IssueError> {
    let rows = licences::all_shown(conn, ids)?;
    let ids: Vec<&str> = rows.iter().map(|(licence, _)| licence.id.as_str()).collect();
    let done = by_licence(acts::public_of_licences(conn, &ids)?);
    of_rows(conn, issuer, rows, &done)
}

/// As [`by_ids`], of rows that were read before, with their acts by licence.
pub(in crate::flow) fn of_rows(
    conn: &mut Conn,
    issuer: &Issuer,
    rows: Vec<(licences::Licence, licences::LicenceVersion)>,
    done: &HashMap<String, Vec<acts::Act>>,
) -> Result<HashMap<String, Held>, IssueError> {
    let held = held(conn, issuer, rows, done)?;
    Ok(held.into_iter().map(|held| (held.licence.id.clone(), held)).collect())
}

fn held(
    conn: &mut Conn,
    issuer: &Issuer,
    rows: Vec<(licences::Licence, licences::LicenceVersion)>,
    done: &HashMap<String, Vec<acts::Act>>,
) -> Result<Vec<Held>, IssueError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    let mut counting = Vec::with_capacity(rows.len());
    for (licence, latest) in rows {
        let acts = done.get(&licence.id).map(Vec::as_slice).unwrap_or_default();
        let Found { licence, life, .. } = lives::found(licence, acts)?;
        let version = lives::counting(conn, &licence, &life, latest, today)?;
        counting.push((licence, version, life));
    }
    let mut kinds = Vec::with_capacity(counting.len());
    for (licence, version, _) in &counting {
        kinds.push(issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?);
    }
    let asked: Vec<_> = kinds.iter().zip(&counting).map(|(kind, (_, version, _))| (kind.as_ref(), version)).collect();
    let issued_by = issued_by_all(conn, &asked)?;
    let whole = counting.into_iter().zip(kinds).zip(issued_by);
    let held = whole.map(|(((licence, version, life), kind), IssuedBy { name: issuing_body, .. })| Held {
        licence,
        version,
        life,
        kind,
        issuing_body,
    });
    Ok(held.collect())
}

/// Acts by the licences that they are of, in their order.
pub(in crate::flow) fn by_licence(acts: Vec<acts::Act>) -> HashMap<String, Vec<acts::Act>> {
    let mut done: HashMap<String, Vec<acts::Act>> = HashMap::new();
    for act in acts {
        done.entry(act.licence_id.clone()).or_default().push(act);
    }
    done
}

/// In few statements, however many licences there are.
pub(in crate::flow) fn acts_of(
    conn: &mut Conn,
    rows: &[(licences::Licence, licences::LicenceVersion)],
) -> Result<HashMap<String, Vec<acts::Act>>, IssueError> {
    let ids: Vec<&str> = rows.iter().map(|(licence, _)| licence.id.as_str()).collect();
    let mut bodies: Vec<String> = rows.iter().map(|(licence, _)| licence.body_id.clone()).collect();
    bodies.sort_unstable();
    bodies.dedup();
    Ok(by_licence(acts::of_licences(conn, &bodies, &ids)?))
}

/// Of a letter that was signed since an instant.
fn letter_notice(letter: &letters::Listed, since: i64) -> Result<Option<Notice>, IssueError> {
    let Some(at) = letter.signed_at.filter(|at| *at >= since) else { return Ok(None) };
    let unreadable = || IssueError::Record("the time of a letter".to_owned());
    let recorded_at = Moment::from_unix_milliseconds(at).map_err(|_| unreadable())?;
    let (type_title, issuing_body) = told(letter);
    let (act, identifier) = ("letter".to_owned(), letter.id.clone());
    let effective_from = Day::in_beijing_at(recorded_at)?.to_string();
    Ok(Some(Notice { act, identifier, type_title, issuing_body, effective_from, recorded_at }))
}

fn notice(card: &Card, act: &acts::Act) -> Result<Notice, IssueError> {
    let recorded_at = Moment::from_unix_milliseconds(act.recorded_at);
    Ok(Notice {
        act: act.kind.clone(),
        identifier: card.identifier.clone(),
        type_title: card.type_title.clone(),
        issuing_body: card.issuing_body.clone(),
        effective_from: act.effective_from.clone(),
        recorded_at: recorded_at.map_err(|_| IssueError::Record("the time of an act".to_owned()))?,
    })
}
