//! Delegations, and what was refused by them. They belong to the code of whose licences they are, and to
//! the account of the agent.

use super::{Conn, StoreError, holders::Account, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// One delegation.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delegations, treat_none_as_default_value = false)]
pub struct Delegation {
    /// Its id.
    pub id: String,
    /// What it rests on, a stable word.
    pub basis: String,
    /// 持证主体代码类型 of whose licences they are, three digits.
    pub principal_kind: String,
    /// 持证主体代码 of whose licences they are.
    pub principal_code: String,
    /// What they are called.
    pub principal_name: String,
    /// Account of the agent.
    pub agent_id: String,
    /// Names of fields by id of the licence, a JSON object; none where everything is covered.
    pub scope: Option<Vec<u8>>,
    /// For what; none where every matter is covered.
    pub matter: Option<String>,
    /// 1 where annotated copies are named, else 0.
    pub copies: i32,
    /// First day.
    pub first_day: String,
    /// Last day.
    pub last_day: String,
    /// The body at whose window it was entered; none online.
    pub body_id: Option<String>,
    /// What kind of actor gave or entered it.
    pub opened_kind: String,
    /// Which.
    pub opened_by: String,
    /// When.
    pub opened_at: i64,
    /// What kind of actor agreed.
    pub settled_kind: Option<String>,
    /// Which.
    pub settled_by: Option<String>,
    /// When.
    pub settled_at: Option<i64>,
    /// How it ended, a stable word.
    pub ending: Option<String>,
    /// What kind of actor ended it.
    pub ended_kind: Option<String>,
    /// Which.
    pub ended_by: Option<String>,
    /// When.
    pub ended_at: Option<i64>,
}

/// Something that a delegation was to be used for and is not for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delegation_refusals, treat_none_as_default_value = false)]
pub struct Refusal {
    /// Its id.
    pub id: String,
    /// Which delegation.
    pub delegation_id: String,
    /// Which licence was to be shown.
    pub licence_id: String,
    /// To which body.
    pub body_id: String,
    /// At which window.
    pub window_name: Option<String>,
    /// To what kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What for.
    pub purpose: String,
    /// Why it was refused, a stable word.
    pub reason: String,
    /// When.
    pub at: i64,
    /// Who wanted it, where that is nobody of a body here; then the body is whose licence it is.
    pub used_by: Option<String>,
}

/// The paper of a delegation that was entered at a window.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = delegation_papers)]
pub struct Paper {
    /// Which delegation.
    pub delegation_id: String,
    /// Number of the decision; empty where there is none.
    pub document_number: String,
    /// What it is called.
    pub name: String,
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
    /// The document itself.
    pub octets: Vec<u8>,
}

/// A paper without its octets.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = delegation_papers)]
pub struct PaperLine {
    /// Number of the decision; empty where there is none.
    pub document_number: String,
    /// What it is called.
    pub name: String,
    /// SM3 of the octets.
    pub sm3: Vec<u8>,
}

/// Who did something, what kind and which.
pub type Doer<'a> = (&'a str, &'a str);

/// Adds a delegation.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Delegation) -> Result<()> {
    diesel::insert_into(delegations::table).values(row).execute(conn)?;
    Ok(())
}

/// A delegation with the account of its agent. Who may see it is for the caller.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, id: &str) -> Result<Option<(Delegation, Account)>> {
    let one = delegations::table.inner_join(holders::table).filter(delegations::id.eq(id));
    Ok(one.select((Delegation::as_select(), Account::as_select())).first(conn).optional()?)
}

/// The delegations by which others show a holder's licences, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_principal(conn: &mut Conn, kind: &str, code: &str, limit: u32) -> Result<Vec<(Delegation, Account)>> {
    let own = delegations::table
        .inner_join(holders::table)
        .filter(delegations::principal_code.eq(code))
        .filter(delegations::principal_kind.eq(kind))
        .order((delegations::opened_at.desc(), delegations::id))
        .limit(limit.into());
    Ok(own.select((Delegation::as_select(), Account::as_select())).load(conn)?)
}

/// The delegations by which an account shows licences of others, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_agent(conn: &mut Conn, agent: &str, limit: u32) -> Result<Vec<(Delegation, Account)>> {
    let own = delegations::table
        .inner_join(holders::table)
        .filter(delegations::agent_id.eq(agent))
        .order((delegations::opened_at.desc(), delegations::id))
        .limit(limit.into());
    Ok(own.select((Delegation::as_select(), Account::as_select())).load(conn)?)
}

/// The delegations that a body recorded, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_body(conn: &mut Conn, body: &str, limit: u32) -> Result<Vec<(Delegation, Account)>> {
    let own = delegations::table
        .inner_join(holders::table)
        .filter(delegations::body_id.eq(body))
        .order((delegations::opened_at.desc(), delegations::id))
        .limit(limit.into());
    Ok(own.select((Delegation::as_select(), Account::as_select())).load(conn)?)
}

/// How many delegations of a holder's licences wait or work on a day.
///
/// # Errors
/// What the database says.
pub fn count_running(conn: &mut Conn, kind: &str, code: &str, today: &str) -> Result<i64> {
    let running = delegations::table
        .filter(delegations::principal_code.eq(code))
        .filter(delegations::principal_kind.eq(kind))
        .filter(delegations::ended_at.is_null())
        .filter(delegations::last_day.ge(today));
    Ok(running.count().get_result(conn)?)
}

/// The delegations of a holder's licences to one account that nobody ended.
///
/// # Errors
/// What the database says.
pub fn running_between(conn: &mut Conn, (kind, code): (&str, &str), agent: &str) -> Result<Vec<Delegation>> {
    let own = delegations::table
        .filter(delegations::principal_code.eq(code))
        .filter(delegations::principal_kind.eq(kind))
        .filter(delegations::agent_id.eq(agent))
        .filter(delegations::ended_at.is_null())
        .order(delegations::id);
    Ok(own.select(Delegation::as_select()).load(conn)?)
}

/// Whether a delegation that names annotated copies works on a day, for this agent: one statement, in the write that it is
/// asked for.
///
/// # Errors
/// What the database says.
pub fn permits_copies(conn: &mut Conn, id: &str, agent: &str, today: &str) -> Result<bool> {
    let working = delegations::table
        .filter(delegations::id.eq(id))
        .filter(delegations::agent_id.eq(agent))
        .filter(delegations::copies.eq(1))
        .filter(delegations::settled_at.is_not_null())
        .filter(delegations::ended_at.is_null())
        .filter(delegations::first_day.le(today))
        .filter(delegations::last_day.ge(today));
    Ok(working.count().get_result::<i64>(conn)? == 1)
}

/// Writes down who agreed; false where it waits no more.
///
/// # Errors
/// What the database says.
pub fn settle(conn: &mut Conn, id: &str, (kind, by): Doer<'_>, at: i64) -> Result<bool> {
    let waiting =
        delegations::table.find(id).filter(delegations::settled_at.is_null()).filter(delegations::ended_at.is_null());
    let set = (delegations::settled_kind.eq(kind), delegations::settled_by.eq(by), delegations::settled_at.eq(at));
    Ok(diesel::update(waiting).set(set).execute(conn)? == 1)
}

/// Ends a delegation; false where it has ended.
///
/// # Errors
/// What the database says.
pub fn end(conn: &mut Conn, id: &str, ending: &str, (kind, by): Doer<'_>, at: i64) -> Result<bool> {
    let open = delegations::table.find(id).filter(delegations::ended_at.is_null());
    let set = (
        delegations::ending.eq(ending),
        delegations::ended_kind.eq(kind),
        delegations::ended_by.eq(by),
        delegations::ended_at.eq(at),
    );
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}

/// Ends every delegation that an account gave or holds; how many.
///
/// # Errors
/// What the database says.
pub fn end_of_account(conn: &mut Conn, account: &str, ending: &str, (kind, by): Doer<'_>, at: i64) -> Result<usize> {
    let given = delegations::opened_kind.eq("holder").and(delegations::opened_by.eq(account));
    let open =
        delegations::table.filter(delegations::ended_at.is_null()).filter(delegations::agent_id.eq(account).or(given));
    let set = (
        delegations::ending.eq(ending),
        delegations::ended_kind.eq(kind),
        delegations::ended_by.eq(by),
        delegations::ended_at.eq(at),
    );
    Ok(diesel::update(open).set(set).execute(conn)?)
}

/// Adds the paper of a delegation.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_paper(conn: &mut Conn, row: &Paper) -> Result<()> {
    diesel::insert_into(delegation_papers::table).values(row).execute(conn)?;
    Ok(())
}

/// The paper of a delegation without its octets. The caller has found the delegation.
///
/// # Errors
/// What the database says.
pub fn paper_line(conn: &mut Conn, delegation: &str) -> Result<Option<PaperLine>> {
    Ok(delegation_papers::table.find(delegation).select(PaperLine::as_select()).first(conn).optional()?)
}

/// The paper of a delegation. The caller has found the delegation.
///
/// # Errors
/// What the database says.
pub fn paper(conn: &mut Conn, delegation: &str) -> Result<Option<Paper>> {
    Ok(delegation_papers::table.find(delegation).select(Paper::as_select()).first(conn).optional()?)
}

/// Adds a refusal.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_refusal(conn: &mut Conn, row: &Refusal) -> Result<()> {
    diesel::insert_into(delegation_refusals::table).values(row).execute(conn)?;
    Ok(())
}

/// The latest refusals of a delegation, the newest first. The caller has found the delegation.
///
/// # Errors
/// What the database says.
pub fn refusals_of(conn: &mut Conn, delegation: &str, limit: u32) -> Result<Vec<Refusal>> {
    let all = delegation_refusals::table.filter(delegation_refusals::delegation_id.eq(delegation));
    let all = all.order((delegation_refusals::at.desc(), delegation_refusals::id)).limit(limit.into());
    Ok(all.select(Refusal::as_select()).load(conn)?)
}

/// The latest refusals of delegations of a holder's licences, from an instant on, the newest first.
///
/// # Errors
/// What the database says.
pub fn refusals_of_principal(conn: &mut Conn, kind: &str, code: &str, since: i64, limit: u32) -> Result<Vec<Refusal>> {
    let own = delegation_refusals::table
        .inner_join(delegations::table)
        .filter(delegations::principal_code.eq(code))
        .filter(delegations::principal_kind.eq(kind))
        .filter(delegation_refusals::at.ge(since))
        .order((delegation_refusals::at.desc(), delegation_refusals::id))
        .limit(limit.into());
    Ok(own.select(Refusal::as_select()).load(conn)?)
}

impl std::fmt::Debug for Delegation {
    /// Without name and code, which are somebody's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (id, basis, ending) = (&self.id, &self.basis, &self.ending);
        f.debug_struct("Delegation")
            .field("id", id)
            .field("basis", basis)
            .field("ending", ending)
            .finish_non_exhaustive()
    }
}
