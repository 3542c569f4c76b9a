//! Whom a grant may name, and what they are called.

use super::GrantError;
use crate::{
    flow::access::{Capability, May, Permit, Role, Scope, may},
    store::{Conn, Store, StoreError, bodies, people, seal_grants::SealGrant, seals, tokens},
};
use yinxin_trust::base::{Day, Moment};

/// Most of each kind that are offered.
const MOST: u32 = 500;

/// Somebody who could be authorised: id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The id.
    pub id: String,
    /// What they are called.
    pub name: String,
}

/// Whom a grant of a body may name; people and systems of other bodies are named by their ids alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// People of the body who may issue.
    pub people: Vec<Candidate>,
    /// Systems of the body that may issue.
    pub tokens: Vec<Candidate>,
    /// Every body, the own one first.
    pub bodies: Vec<Candidate>,
}

/// A grant, and what the one it names is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedGrant {
    /// The grant.
    pub grant: SealGrant,
    /// What the grantee is called; the id of one that has no name any more.
    pub whom: String,
}

/// Those who may issue, of whom a seal of the body may be stamped with; at most 500 of each kind.
///
/// # Errors
/// [`GrantError::NotFound`] for a seal that is not the body's.
pub fn candidates(
    store: &Store,
    permit: &Permit<may::ManageSeals>,
    seal: &str,
    now: Moment,
) -> Result<Candidates, GrantError> {
    const ISSUES: Capability = <may::Issue as May>::CAPABILITY;
    let own = permit.body();
    let today = today(now)?;
    store.read(|conn| {
        seals::find(conn, own, seal)?.ok_or(GrantError::NotFound)?;
        let mut found = Candidates::default();
        for person in people::list(conn, own, "", MOST)? {
            let roles = people::roles(conn, own, &person.id)?;
            let issues =
                roles.iter().filter_map(|word| word.parse::<Role>().ok()).any(|one| ISSUES.roles.contains(&one));
            if issues && person.disabled_at.is_none() {
                found.people.push(Candidate { id: person.id, name: person.name });
            }
        }
        for token in tokens::list(conn, own, "", MOST)? {
            let scopes = token.scopes.split(' ').filter_map(|word| word.parse::<Scope>().ok());
            let issues = { scopes }.any(|one| ISSUES.scopes.contains(&one));
            let runs = token.revoked_at.is_none() && token.expires_at.is_none_or(|at| at > now.unix_milliseconds());
            if issues && runs {
                found.tokens.push(Candidate { id: token.id, name: token.name });
            }
        }
        for body in bodies::list(conn, "", MOST)? {
            let name = bodies::name_on(conn, &body.id, &today)?.map_or_else(|| body.id.clone(), |name| name.name);
            found.bodies.push(Candidate { id: body.id, name });
        }
        found.bodies.sort_by_key(|body| (body.id != own, body.name.clone()));
        Ok(found)
    })
}

/// The grants on a seal of the body with the names of those they name, ended ones too, at most 1,000.
///
/// # Errors
/// [`GrantError::NotFound`].
pub fn named(
    store: &Store,
    permit: &Permit<may::SeeSeals>,
    seal: &str,
    now: Moment,
) -> Result<Vec<NamedGrant>, GrantError> {
    let (grants, today) = (super::list(store, permit, seal)?, today(now)?);
    store.read(|conn| {
        let name = |conn: &mut Conn, grant: &SealGrant| {
            let (body, id) = (&grant.grantee_body, &grant.grantee_id);
            Ok::<_, StoreError>(match grant.grantee_kind.as_str() {
                "person" => people::find(conn, body, id)?.map(|person| person.name),
                "token" => tokens::find(conn, body, id)?.map(|token| token.name),
                _ => bodies::name_on(conn, id, &today)?.map(|name| name.name),
            })
        };
        let called = |grant: SealGrant| {
            let whom = name(conn, &grant)?.unwrap_or_else(|| grant.grantee_id.clone());
            Ok(NamedGrant { grant, whom })
        };
        grants.into_iter().map(called).collect()
    })
}

fn today(now: Moment) -> Result<String, GrantError> {
    Ok(Day::in_beijing_at(now)?.to_string())
}
