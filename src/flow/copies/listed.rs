//! The copies of a holder's licences and who was shown them; the copies of one licence, for its body.

use super::{
    CopyError,
    kept::{last_millisecond, stated},
};
use crate::{
    flow::{
        access::{Holder, Permit, may},
        holders::holdings::Notice,
        issue::IssueError,
        issuer::Issuer,
        lives,
        shown::Shown,
        uses::{moment, name_at},
    },
    store::{
        Conn,
        copies::{self, CopyUse, CopyWithLicence},
        delegations,
    },
};
use std::collections::HashMap;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::identifier::LicenceIdentifier,
};

/// Most copies that are listed, the newest first.
pub const MOST: u32 = 100;
/// Most uses that are read for them.
const MOST_USES: u32 = 500;

/// A copy, as its holder sees it.
#[derive(Clone, Debug)]
pub struct CopyCard {
    /// Its id.
    pub id: String,
    /// 加注件编号.
    pub number: String,
    /// What the licence's type is called.
    pub type_title: Sentence,
    /// For what.
    pub purpose: String,
    /// For whom.
    pub recipient: String,
    /// The instant within the stamp.
    pub made_at: Moment,
    /// The last second of use.
    pub expires_at: Moment,
    /// Whether it may still be used, as far as its own words go.
    pub is_usable: bool,
    /// Whether the holder had it made; else an agent did, or a system of the body.
    pub is_own: bool,
    /// The agent who had it made in the holder's place.
    pub agent: Option<String>,
    /// Who was shown it, the latest first.
    pub uses: Vec<CopySeen>,
}

/// That somebody was shown a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopySeen {
    /// The body, as it was called then.
    pub body: String,
    /// At which window, where a device proved it.
    pub window: Option<String>,
    /// What it was to be used for.
    pub purpose: String,
    /// What came of it.
    pub shown: Option<Shown>,
    /// When.
    pub at: Moment,
}

/// A copy, as the body of the licence sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// 加注件编号.
    pub number: String,
    /// For what.
    pub purpose: String,
    /// For whom.
    pub recipient: String,
    /// Of which version.
    pub version: i32,
    /// The instant within the stamp.
    pub made_at: Moment,
    /// The last second of use.
    pub expires_at: Moment,
    /// Whether the holder had it made, or an agent in their place; else a system of the body did.
    pub by_holder: bool,
    /// Whether an agent did.
    pub by_agent: bool,
}

/// The copies of a holder's licences, at most [`MOST`], and the instant they were read.
///
/// # Errors
/// What the register or a stored record says.
pub fn of(issuer: &Issuer, holder: &Holder) -> Result<(Vec<CopyCard>, Moment), CopyError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let (kind, code) = holder.code();
        let rows = copies::of_holder(conn, kind, code, MOST)?;
        let ids: Vec<&str> = rows.iter().map(|(copy, ..)| copy.id.as_str()).collect();
        let mut uses: HashMap<String, Vec<CopySeen>> = HashMap::new();
        for used in copies::uses_of(conn, &ids, MOST_USES)? {
            uses.entry(used.copy_id.clone()).or_default().push(seen(conn, used)?);
        }
        let cards = rows.into_iter().map(|row| {
            let uses = uses.remove(&row.0.id).unwrap_or_default();
            card(conn, issuer, row, uses, now)
        });
        Ok((cards.collect::<Result<_, CopyError>>()?, now))
    })
}

fn card(
    conn: &mut Conn,
    issuer: &Issuer,
    (copy, version, licence): CopyWithLicence,
    uses: Vec<CopySeen>,
    now: Moment,
) -> Result<CopyCard, CopyError> {
    let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version);
    let kind = kind.map_err(IssueError::from)?;
    let said = stated(&copy)?;
    let agent = match &copy.delegation_id {
        Some(id) => delegations::find(conn, id)?.map(|(_, agent)| agent.name),
        None => None,
    };
    Ok(CopyCard {
        type_title: kind.title(),
        is_usable: now.unix_milliseconds() <= last_millisecond(&copy),
        is_own: copy.holder_id.is_some() && copy.delegation_id.is_none(),
        agent,
        made_at: said.created_at,
        expires_at: said.expires_at,
        id: copy.id,
        number: copy.number,
        purpose: copy.purpose,
        recipient: copy.recipient,
        uses,
    })
}

fn seen(conn: &mut Conn, used: CopyUse) -> Result<CopySeen, CopyError> {
    let at = moment(used.at)?;
    let body = name_at(conn, &used.body_id, at)?;
    Ok(CopySeen { body, window: used.window_name, purpose: used.purpose, shown: Shown::of_code(&used.shown), at })
}

/// The copies of a licence, at most [`MOST`], for who may read its licences.
///
/// # Errors
/// [`CopyError::NotHeld`] for a licence that the body does not keep.
pub fn of_licence(
    issuer: &Issuer,
    permit: &Permit<may::Read>,
    identifier: &LicenceIdentifier,
) -> Result<Vec<Copied>, CopyError> {
    let today = Day::in_beijing_at(issuer.clock.now()?)?;
    issuer.store.read(|conn| {
        let found = lives::of_identifier(conn, permit.body(), identifier.as_str(), today)?;
        let licence = found.ok_or(CopyError::NotHeld)?.licence;
        let rows = copies::of_licence(conn, &licence.body_id, &licence.id, MOST)?;
        rows.into_iter()
            .map(|copy| {
                let said = stated(&copy)?;
                Ok(Copied {
                    number: copy.number,
                    purpose: copy.purpose,
                    recipient: copy.recipient,
                    version: copy.version,
                    made_at: said.created_at,
                    expires_at: said.expires_at,
                    by_holder: copy.holder_id.is_some(),
                    by_agent: copy.delegation_id.is_some(),
                })
            })
            .collect()
    })
}

/// What a holder is told of late: copies that were made, and that one was shown.
///
/// # Errors
/// What the register or a stored record says.
pub(in crate::flow) fn notices(
    conn: &mut Conn,
    issuer: &Issuer,
    holder: &Holder,
    since: i64,
    most: u32,
) -> Result<Vec<Notice>, IssueError> {
    let (kind, code) = holder.code();
    let rows = copies::of_holder(conn, kind, code, most)?;
    let ids: Vec<&str> = rows.iter().map(|(copy, ..)| copy.id.as_str()).collect();
    let uses = copies::uses_of(conn, &ids, most)?;
    let mut told = Vec::new();
    for (copy, version, licence) in rows {
        let kind = issuer.types.exactly(conn, &licence.type_code, version.entry_revision, version.face_version)?;
        let notice = |act: &str, who: String, at: i64| {
            let recorded_at = moment(at)?;
            Ok::<_, IssueError>(Notice {
                act: act.to_owned(),
                identifier: copy.id.clone(),
                type_title: kind.title(),
                issuing_body: who,
                effective_from: Day::in_beijing_at(recorded_at)?.to_string(),
                recorded_at,
            })
        };
        // what an agent had made is told with the delegation
        if copy.stamped_at >= since && copy.delegation_id.is_none() {
            told.push(notice("copy", copy.recipient.clone(), copy.stamped_at)?);
        }
        for used in uses.iter().filter(|used| used.copy_id == copy.id && used.at >= since) {
            let act = if used.shown == Shown::Valid.code() { "copy_used" } else { "copy_refused" };
            told.push(notice(act, name_at(conn, &used.body_id, moment(used.at)?)?, used.at)?);
        }
    }
    Ok(told)
}
