//! What keepers and those who decide see of seals.

use super::{
    SealLifeError,
    rows::{Unreadable, life_of},
};
use crate::{
    flow::{
        access::{ActorKind, Permit, may},
        issue::IssueError,
        issuer::Issuer,
    },
    store::{Conn, Store, catalogue, people, seal_lives, seals},
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    seal::life::{Act, Life, Standing, State},
};

/// How long before its last instant a seal is to be renewed, days.
pub const RENEWAL_DAYS: i64 = 60;

/// Most seals, and most applications, of one body that are shown.
const SHOWN: u32 = 1000;

/// A seal or an application in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealCard {
    /// The id that application and seal share.
    pub id: String,
    /// Registered name.
    pub name: String,
    /// The esID.
    pub es_id: String,
    /// What it is now.
    pub standing: Standing,
    /// The seal that it takes the place of.
    pub renews: Option<String>,
    /// It is in use, ends soon, and nobody asked for the next one.
    pub renewal_due: bool,
    /// Whether the one who looks applied for it.
    pub own: bool,
    /// When it was applied for, made or founded.
    pub begun: Moment,
    /// Whether nobody stamps with it without a grant.
    pub by_grant: bool,
}

/// The seals of a body and what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealDesk {
    /// To be decided on, the longest waiting first.
    pub waiting: Vec<SealCard>,
    /// Approved or made, and not in use yet.
    pub under_way: Vec<SealCard>,
    /// In use or suspended; those that end first come first.
    pub seals: Vec<SealCard>,
    /// Ended, the last first.
    pub ended: Vec<SealCard>,
}

/// An act with the name of who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The act.
    pub act: Act,
    /// Who, as people call them.
    pub by: String,
}

/// A seal with everything that was done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealHistory {
    /// In a few words.
    pub card: SealCard,
    /// Licence types that it was asked for.
    pub types: Vec<String>,
    /// Everything, in the order of recording.
    pub done: Vec<Done>,
    /// The material.
    pub documents: Vec<seal_lives::DocumentLine>,
}

/// All seals of the body.
///
/// # Errors
/// What the register says.
pub fn desk(store: &Store, permit: &Permit<may::SeeSeals>, now: Moment) -> Result<SealDesk, SealLifeError> {
    let (body, me) = (permit.body(), permit.actor().id.as_str());
    let cards = store.read(|conn| cards(conn, body, me, now))?;
    let (mut waiting, mut under_way, mut seals, mut ended) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for card in cards {
        match card.standing.state {
            State::Applied => waiting.push(card),
            State::Approved | State::Made => under_way.push(card),
            State::InUse | State::Suspended => seals.push(card),
            State::Ended(_) => ended.push(card),
        }
    }
    waiting.sort_by_key(|card| card.begun);
    under_way.sort_by_key(|card| card.begun);
    seals.sort_by_key(|card| card.standing.until);
    ended.sort_by_key(|card| std::cmp::Reverse(card.standing.since));
    Ok(SealDesk { waiting, under_way, seals, ended })
}

/// One seal or application of the body with its history.
///
/// # Errors
/// [`SealLifeError::NotFound`].
pub fn history(
    store: &Store,
    permit: &Permit<may::SeeSeals>,
    id: &str,
    now: Moment,
) -> Result<SealHistory, SealLifeError> {
    let (body, me) = (permit.body(), permit.actor().id.as_str());
    store.read(|conn| {
        let card = cards(conn, body, me, now)?.into_iter().find(|card| card.id == id).ok_or(SealLifeError::NotFound)?;
        let life = life_of(conn, id)?.ok_or(SealLifeError::NotFound)?;
        let types = match seal_lives::find_application(conn, body, id)? {
            Some(row) => serde_json::from_slice(&row.types).map_err(SealLifeError::record)?,
            None => Vec::new(),
        };
        let done = life.acts().iter().map(|act| Ok(Done { by: called(conn, act)?, act: act.clone() }));
        let done = done.collect::<Result<_, SealLifeError>>()?;
        Ok(SealHistory { card, types, done, documents: seal_lives::documents_of(conn, id)? })
    })
}

/// One document of an application of the body.
///
/// # Errors
/// [`SealLifeError::NotFound`].
pub fn document(
    store: &Store,
    permit: &Permit<may::SeeSeals>,
    id: &str,
    position: i32,
) -> Result<seal_lives::SealDocument, SealLifeError> {
    store.read(|conn| {
        seal_lives::find_application(conn, permit.body(), id)?.ok_or(SealLifeError::NotFound)?;
        seal_lives::document(conn, id, position)?.ok_or(SealLifeError::NotFound)
    })
}

fn cards(conn: &mut Conn, body: &str, me: &str, now: Moment) -> Result<Vec<SealCard>, SealLifeError> {
    let applications = seal_lives::applications(conn, body, "", SHOWN)?;
    let rows = seals::list(conn, body, "", SHOWN)?;
    let mut cards = Vec::new();
    for row in &applications {
        let life = of(conn, &row.id)?;
        let seal = rows.iter().find(|seal| seal.id == row.id);
        let by_grant = seal.is_some_and(|seal| seal.use_rule == seals::BY_GRANT);
        cards.push(card(&life, (&row.id, &row.name, &row.es_id), row.renews.clone(), (me, by_grant), now));
    }
    for row in rows.iter().filter(|seal| !applications.iter().any(|application| application.id == seal.id)) {
        let life = of(conn, &row.id)?;
        let by_grant = row.use_rule == seals::BY_GRANT;
        cards.push(card(&life, (&row.id, &row.name, &row.es_id), None, (me, by_grant), now));
    }
    let is_open = |card: &SealCard| !matches!(card.standing.state, State::Ended(_));
    let renewed: Vec<String> =
        cards.iter().filter(|card| is_open(card)).filter_map(|card| card.renews.clone()).collect();
    for card in &mut cards {
        card.renewal_due &= !renewed.contains(&card.id);
    }
    Ok(cards)
}

fn of(conn: &mut Conn, id: &str) -> Result<Life, SealLifeError> {
    Ok(life_of(conn, id)?.ok_or_else(|| Unreadable::Record(format!("seal {id} without acts")))?)
}

fn card(
    life: &Life,
    (id, name, es_id): (&str, &str, &str),
    renews: Option<String>,
    (me, by_grant): (&str, bool),
    now: Moment,
) -> SealCard {
    let standing = life.at(now);
    let left = standing.until.map(|until| until.unix_milliseconds() - now.unix_milliseconds());
    let first = life.acts().first();
    let applied_by = first.filter(|act| act.by.kind == ActorKind::Person.as_str()).map(|act| act.by.id.as_str());
    SealCard {
        id: id.to_owned(),
        name: name.to_owned(),
        es_id: es_id.to_owned(),
        renewal_due: standing.state == State::InUse && left.is_some_and(|left| left < RENEWAL_DAYS * 86_400_000),
        standing,
        renews,
        own: applied_by == Some(me),
        begun: first.map_or(now, |act| act.recorded_at),
        by_grant,
    }
}

fn called(conn: &mut Conn, act: &Act) -> Result<String, SealLifeError> {
    if act.by.kind == ActorKind::Person.as_str()
        && let Some(person) = people::find(conn, &act.by.body, &act.by.id)?
    {
        return Ok(person.name);
    }
    Ok(format!("{} {}", act.by.kind, act.by.id))
}

/// Most entries of the catalogue that are looked through.
const ENTRIES: u32 = 1000;

/// Every licence type that is in force: code and name.
///
/// # Errors
/// What the register says.
pub fn types(issuer: &Issuer, now: Moment) -> Result<Vec<(String, Sentence)>, SealLifeError> {
    let today = Day::in_beijing_at(now)?;
    let found = issuer.store.read(|conn| {
        let mut codes: Vec<String> =
            catalogue::entries(conn, ("", 0), ENTRIES)?.into_iter().map(|entry| entry.type_code).collect();
        codes.dedup();
        let mut found = Vec::new();
        for code in codes {
            if catalogue::entry_on(conn, &code, &today.to_string())?.is_some() {
                let kind = issuer.types.on(conn, &code, today)?;
                found.push((code, kind.title()));
            }
        }
        Ok::<_, IssueError>(found)
    });
    found.map_err(|error| match error {
        IssueError::Store(error) => error.into(),
        other => SealLifeError::record(other),
    })
}
