//! How a seal stands, for everybody who has a stamp of it (印章状态查询), and what registers say of
//! the seals of a document that is verified.
//!
//! The answer holds the state at the instant that was asked for and every state that the seal went
//! through, each with its first instant, so that one answer serves for stamps of any time. Who did
//! what and why stands in the register and not in it. It is signed as answers about licences are
//! (`flow::standing_signature`), over the line `yinxin-seal-status/1` with its line feed and the octets.

use super::{
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    register::RegisterFault,
    seal_lives::{Unreadable, life_of},
    standing_signature::{self, StandingAnswer},
};
use crate::store::{Conn, StoreError, bodies, seals};
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    base::{Day, Moment},
    seal::life::{State, StateFrom},
    sm::sm3,
    verify::{SealName, SealStates},
};

/// What is signed begins so.
pub(super) const DOMAIN: &[u8] = b"yinxin-seal-status/1\n";

/// What this installation's register is called where no body has a name.
const NAME: &str = "本服务印章登记库";

/// Most seals with one esID that are looked through: codes from before were not held apart.
const SAME_CODE: u32 = 16;

/// Most states of an answer that are read.
const MOST_STATES: usize = 10_000;

/// The public answer about a seal. Members may be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SealStatus {
    /// The esID.
    pub es_id: String,
    /// SM3 of the seal's octets, hexadecimal.
    pub seal_sm3: String,
    /// Registered name.
    pub name: String,
    /// The body whose seal it is.
    pub owner: String,
    /// `made` (not filed yet), `in_use`, `suspended`, `expired`, `superseded`, `cancelled` or `invalid`;
    /// `unknown` before it was made.
    pub state: String,
    /// The same in Chinese.
    pub state_name: String,
    /// Since when; null where it is not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Moment>,
    /// The instant that state is of.
    #[schema(value_type = String, format = DateTime)]
    pub at: Moment,
    /// For which instant the register speaks.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Moment,
    /// Every state from the making on, ascending; states to come too.
    pub states: Vec<SealStateFrom>,
    /// Which register says so.
    pub source: String,
}

/// A state and its first instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SealStateFrom {
    /// A word as of [`SealStatus::state`].
    pub state: String,
    /// Its first instant.
    #[schema(value_type = String, format = DateTime)]
    pub from: Moment,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SealStatusError {
    /// No such seal was made here.
    #[error("this register keeps no seal with this code")]
    NotRegistered,
    /// The register, the clock or a stored record.
    #[error(transparent)]
    Register(#[from] IssueError),
}

/// The answer about a seal by its esID, and by its SM3 where seals of one code are to be told apart, as of
/// an instant or of now; signed where a key is configured.
///
/// # Errors
/// [`SealStatusError`].
pub fn answer(
    issuer: &Issuer,
    es_id: &str,
    sm3: Option<&sm3::Digest>,
    at: Option<Moment>,
) -> Result<StandingAnswer, SealStatusError> {
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let kept_as = format!("seal {es_id} {} {}", sm3.map(hex::encode).unwrap_or_default(), text(at));
    standing_signature::signed(issuer, &kept_as, DOMAIN, now, || {
        let found = find(issuer, es_id, sm3, at.unwrap_or(now), now)?;
        Ok(serde_json::to_vec(&found).map_err(|error| IssueError::Record(error.to_string()))?)
    })
}

/// The answer about a seal as of now, unsigned.
///
/// # Errors
/// [`SealStatusError`].
pub(super) fn octets_of(issuer: &Issuer, seal: &SealName, now: Moment) -> Result<Vec<u8>, SealStatusError> {
    let found = find(issuer, &seal.es_id, Some(&seal.sm3), now, now)?;
    Ok(serde_json::to_vec(&found).map_err(|error| IssueError::Record(error.to_string()))?)
}

fn text(at: Option<Moment>) -> String {
    at.map(|at| at.to_string()).unwrap_or_default()
}

/// What the register of this installation says of a seal of its own.
///
/// # Errors
/// [`RegisterFault::NotCompetent`] where it was not made here.
pub(super) fn own(issuer: &Issuer, seal: &SealName) -> Result<SealStates, RegisterFault> {
    let unreachable = |error: &dyn std::fmt::Display| RegisterFault::Unreachable(error.to_string());
    let now = issuer.clock.now().map_err(|error| unreachable(&error))?;
    match find(issuer, &seal.es_id, Some(&seal.sm3), now, now) {
        Ok(found) => states_of(&found),
        Err(SealStatusError::NotRegistered) => Err(RegisterFault::NotCompetent),
        Err(SealStatusError::Register(error)) => Err(unreachable(&error)),
    }
}

fn find(
    issuer: &Issuer,
    es_id: &str,
    sm3: Option<&sm3::Digest>,
    at: Moment,
    now: Moment,
) -> Result<SealStatus, SealStatusError> {
    let is_code = (1..=64).contains(&es_id.len()) && es_id.bytes().all(|octet| octet.is_ascii_graphic());
    if !is_code {
        return Err(SealStatusError::NotRegistered);
    }
    let found = issuer.store.read(|conn| {
        let rows = seals::public_by_es_id(conn, es_id, SAME_CODE)?;
        let mut made: Vec<_> = rows.into_iter().map(|row| (sm3::digest(&row.der), row)).collect();
        made.retain(|(digest, _)| sm3.is_none_or(|asked| asked == digest));
        // the last made of one code, where nobody says which
        match made.into_iter().max_by_key(|(_, row)| row.created_at) {
            Some((digest, row)) => status_of(conn, &row, &digest, at, now).map(Some),
            None => Ok(None),
        }
    })?;
    found.ok_or(SealStatusError::NotRegistered)
}

fn status_of(
    conn: &mut Conn,
    row: &seals::Seal,
    digest: &sm3::Digest,
    at: Moment,
    now: Moment,
) -> Result<SealStatus, IssueError> {
    let life = life_of(conn, &row.id).map_err(|unreadable| match unreadable {
        Unreadable::Store(error) => IssueError::Store(error),
        Unreadable::Record(what) => IssueError::Record(what),
    })?;
    let life = life.ok_or_else(|| IssueError::Record(format!("seal {} without acts", row.id)))?;
    let made = life.made_at();
    let states: Vec<StateFrom> =
        life.states().into_iter().filter(|state| made.is_some_and(|made| state.from >= made)).collect();
    let then = states.iter().rev().find(|state| state.from <= at);
    let today = Day::in_beijing_at(now)?.to_string();
    let owner = bodies::name_on(conn, &row.body_id, &today)?.map(|name| name.name).unwrap_or_default();
    Ok(SealStatus {
        es_id: row.es_id.clone(),
        seal_sm3: hex::encode(digest),
        name: row.name.clone(),
        source: if owner.is_empty() { NAME.to_owned() } else { format!("{owner}印章登记库") },
        owner,
        state: then.map_or("unknown", |then| then.state.as_str()).to_owned(),
        state_name: then.map_or("未知", |then| then.state.chinese()).to_owned(),
        since: then.map(|then| then.from),
        at,
        as_of: now,
        states: states
            .iter()
            .map(|state| SealStateFrom { state: state.state.as_str().to_owned(), from: state.from })
            .collect(),
    })
}

fn states_of(found: &SealStatus) -> Result<SealStates, RegisterFault> {
    let malformed = |why: &str| RegisterFault::Malformed(why.to_owned());
    if found.states.len() > MOST_STATES {
        return Err(malformed("too many states"));
    }
    let states = found.states.iter().map(|state| {
        let known = State::of_word(&state.state).ok_or_else(|| malformed("state"))?;
        Ok(StateFrom { state: known, from: state.from })
    });
    let states = states.collect::<Result<Vec<_>, RegisterFault>>()?;
    if states.windows(2).any(|pair| matches!(pair, [before, after] if before.from >= after.from)) {
        return Err(malformed("states out of order"));
    }
    Ok(SealStates { states, as_of: found.as_of, source: found.source.clone() })
}

/// The answer of another register about a seal that it was asked about.
///
/// # Errors
/// [`RegisterFault::Malformed`].
pub(super) fn known(asked: &SealName, octets: &[u8]) -> Result<SealStates, RegisterFault> {
    let found: SealStatus =
        serde_json::from_slice(octets).map_err(|error| RegisterFault::Malformed(error.to_string()))?;
    if found.es_id != asked.es_id || found.seal_sm3 != hex::encode(asked.sm3) {
        return Err(RegisterFault::Malformed("the answer is about another seal".to_owned()));
    }
    states_of(&found)
}

impl From<StoreError> for SealStatusError {
    fn from(error: StoreError) -> Self {
        Self::Register(error.into())
    }
}

impl HasKind for SealStatusError {
    fn kind(&self) -> Kind {
        match self {
            Self::NotRegistered => Kind::NotFound,
            Self::Register(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "seal_not_registered",
            Self::Register(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_about_the_seal_that_was_asked_about_is_one() {
        let at = |second| Moment::from_utc(2026, 11, 22, 2, 0, second).unwrap();
        let states = |seconds: [u8; 2]| {
            let words = ["in_use", "suspended"].into_iter().zip(seconds);
            words.map(|(state, second)| SealStateFrom { state: state.to_owned(), from: at(second) }).collect()
        };
        let answer = SealStatus {
            es_id: "3301".to_owned(),
            seal_sm3: hex::encode([7; 32]),
            name: "专用章".to_owned(),
            owner: "某局".to_owned(),
            state: "suspended".to_owned(),
            state_name: "停用".to_owned(),
            since: Some(at(5)),
            at: at(9),
            as_of: at(9),
            source: "某局印章登记库".to_owned(),
            states: states([0, 5]),
        };
        let of = |es_id: &str, octet| SealName { es_id: es_id.to_owned(), sm3: [octet; 32] };
        let read = |asked: &SealName, answer: &SealStatus| known(asked, &serde_json::to_vec(answer).unwrap());
        let said = read(&of("3301", 7), &answer).unwrap();
        assert_eq!(said.at(at(4)).map(|one| one.state), Some(State::InUse));
        assert_eq!(said.at(at(5)).map(|one| one.state), Some(State::Suspended));
        // a seal remade under the same code has other octets
        for other in [of("3301", 8), of("3302", 7)] {
            assert!(matches!(read(&other, &answer), Err(RegisterFault::Malformed(_))), "{other:?}");
        }
        let disordered = SealStatus { states: states([5, 0]), ..answer.clone() };
        assert!(read(&of("3301", 7), &disordered).is_err());
        let mut unheard_of = answer;
        unheard_of.states[0].state = "lent".to_owned();
        assert!(read(&of("3301", 7), &unheard_of).is_err());
    }
}
