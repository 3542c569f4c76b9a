//! Who used licences that were shown, and what their holders have against it. Only
//! added to.

use super::{
    Conn, StoreError,
    licences::{Licence, LicenceVersion},
    rows::insert_rows,
    schema::*,
};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A use, the version it was of, its licence, and the objection to it where there is one.
pub type UseWithLicence = (Use, LicenceVersion, Licence, Option<Objection>);

/// One use.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = licence_uses, treat_none_as_default_value = false)]
pub struct Use {
    /// Its id.
    pub id: String,
    /// Of which licence.
    pub licence_id: String,
    /// In which version.
    pub version: i32,
    /// The body that used it.
    pub body_id: String,
    /// At which window.
    pub window_name: Option<String>,
    /// By what kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// What it was shown for.
    pub purpose: String,
    /// Names of the fields that were seen, JSON.
    pub fields: Vec<u8>,
    /// How the licence stood.
    pub state: String,
    /// When.
    pub at: i64,
    /// By which delegation it was shown; none by the holder.
    pub delegation_id: Option<String>,
    /// Who used it, where that is nobody of a body here; then the body is whose licence it is.
    pub used_by: Option<String>,
    /// The annotated copy that an agent had made; else a code was scanned.
    pub copy_id: Option<String>,
}

/// What a holder has against a use.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = objections, treat_none_as_default_value = false)]
pub struct Objection {
    /// Against which use.
    pub use_id: String,
    /// Whose licence it is.
    pub body_id: String,
    /// Account of the holder.
    pub holder_id: String,
    /// In their words.
    pub words: String,
    /// When.
    pub at: i64,
    /// What the body decided, a stable word; none before.
    pub decision: Option<String>,
    /// Why, in words for the holder.
    pub reason: Option<String>,
    /// Which person decided.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<i64>,
}

/// What a body says to an objection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionAnswer {
    /// What it decided, a stable word.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// Which person.
    pub answered_by: String,
    /// When.
    pub answered_at: i64,
}

/// Adds uses.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_all(conn: &mut Conn, rows: &[Use]) -> Result<()> {
    insert_rows!(conn, rows, Use => licence_uses { id, licence_id, version, body_id, window_name, actor_kind, actor_id, purpose, fields, state, at, delegation_id, used_by, copy_id })?;
    Ok(())
}

/// Uses of the same licence by the same actor for the same purpose, less than so many milliseconds before or after.
///
/// # Errors
/// What the database says.
pub fn beside(conn: &mut Conn, row: &Use, within: i64) -> Result<Vec<Use>> {
    let same = licence_uses::table
        .filter(licence_uses::licence_id.eq(&row.licence_id))
        .filter(licence_uses::at.gt(row.at.saturating_sub(within)))
        .filter(licence_uses::at.lt(row.at.saturating_add(within)))
        .filter(licence_uses::actor_kind.eq(&row.actor_kind))
        .filter(licence_uses::actor_id.eq(&row.actor_id))
        .filter(licence_uses::purpose.eq(&row.purpose));
    Ok(same.select(Use::as_select()).load(conn)?)
}

/// The latest uses of a holder's licences of every body, with the version that was
/// seen and the objection, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_holder(conn: &mut Conn, code_kind: &str, code: &str, limit: u32) -> Result<Vec<UseWithLicence>> {
    let own = licence_uses::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .left_join(objections::table)
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licence_versions::version.eq(licence_uses::version))
        .order((licence_uses::at.desc(), licence_uses::id))
        .limit(limit.into());
    let columns =
        (Use::as_select(), LicenceVersion::as_select(), Licence::as_select(), Option::<Objection>::as_select());
    Ok(own.select(columns).load(conn)?)
}

/// The latest uses by a delegation, the newest first. The caller has found the delegation.
///
/// # Errors
/// What the database says.
pub fn of_delegation(conn: &mut Conn, delegation: &str, limit: u32) -> Result<Vec<(Use, LicenceVersion, Licence)>> {
    let own = licence_uses::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licence_uses::delegation_id.eq(delegation))
        .filter(licence_versions::version.eq(licence_uses::version))
        .order((licence_uses::at.desc(), licence_uses::id))
        .limit(limit.into());
    Ok(own.select((Use::as_select(), LicenceVersion::as_select(), Licence::as_select())).load(conn)?)
}

/// The latest uses of a holder's licences that agents showed, from an instant on, the newest first.
///
/// # Errors
/// What the database says.
pub fn by_agents(
    conn: &mut Conn,
    code_kind: &str,
    code: &str,
    since: i64,
    limit: u32,
) -> Result<Vec<(Use, LicenceVersion, Licence)>> {
    let own = licence_uses::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licence_versions::version.eq(licence_uses::version))
        .filter(licence_uses::delegation_id.is_not_null())
        .filter(licence_uses::at.ge(since))
        .order((licence_uses::at.desc(), licence_uses::id))
        .limit(limit.into());
    Ok(own.select((Use::as_select(), LicenceVersion::as_select(), Licence::as_select())).load(conn)?)
}

/// A use of one of a holder's licences, and the body whose licence it is.
///
/// # Errors
/// What the database says.
pub fn find_of_holder(conn: &mut Conn, code_kind: &str, code: &str, id: &str) -> Result<Option<(Use, Licence)>> {
    let own = licence_uses::table
        .inner_join(licences::table)
        .filter(licence_uses::id.eq(id))
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind));
    Ok(own.select((Use::as_select(), Licence::as_select())).first(conn).optional()?)
}

/// Whether somebody objected to a use.
///
/// # Errors
/// What the database says.
pub fn has_objection(conn: &mut Conn, use_id: &str) -> Result<bool> {
    let one = objections::table.find(use_id).select(objections::use_id).first::<String>(conn).optional()?;
    Ok(one.is_some())
}

/// Adds an objection.
///
/// # Errors
/// [`StoreError::Conflict`] with `objections_use_id` where there is one;
/// [`StoreError::Reference`].
pub fn object(conn: &mut Conn, row: &Objection) -> Result<()> {
    diesel::insert_into(objections::table).values(row).execute(conn)?;
    Ok(())
}

/// At most `limit` objections to uses of licences of these bodies after an instant
/// and an id, the oldest first.
///
/// # Errors
/// What the database says.
pub fn objections(
    conn: &mut Conn,
    bodies: &[String],
    after: (i64, &str),
    limit: u32,
) -> Result<Vec<(Objection, Use, Licence)>> {
    let (at, id) = after;
    let same = objections::at.eq(at).and(objections::use_id.gt(id));
    let own = objections::table
        .inner_join(licence_uses::table.inner_join(licences::table))
        .filter(objections::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(objections::at.ge(at))
        .filter(objections::at.gt(at).or(same))
        .order((objections::at, objections::use_id))
        .limit(limit.into());
    Ok(own.select((Objection::as_select(), Use::as_select(), Licence::as_select())).load(conn)?)
}

/// An objection of one of these bodies, with the use and its licence.
///
/// # Errors
/// What the database says.
pub fn objection(conn: &mut Conn, bodies: &[String], use_id: &str) -> Result<Option<(Objection, Use, Licence)>> {
    let own = objections::table
        .inner_join(licence_uses::table.inner_join(licences::table))
        .filter(objections::use_id.eq(use_id))
        .filter(objections::body_id.eq_any(bodies.iter().map(String::as_str)));
    Ok(own.select((Objection::as_select(), Use::as_select(), Licence::as_select())).first(conn).optional()?)
}

/// At most `limit` objections to uses of licences of these bodies, those without an answer first and of these the oldest,
/// then the answered ones, the latest first.
///
/// # Errors
/// What the database says.
pub fn objection_desk(conn: &mut Conn, bodies: &[String], limit: u32) -> Result<Vec<(Objection, Use, Licence)>> {
    let own = || {
        objections::table
            .inner_join(licence_uses::table.inner_join(licences::table))
            .filter(objections::body_id.eq_any(bodies.iter().map(String::as_str)))
            .select((Objection::as_select(), Use::as_select(), Licence::as_select()))
    };
    let open = own().filter(objections::answered_at.is_null()).order((objections::at, objections::use_id));
    let mut rows: Vec<(Objection, Use, Licence)> = open.limit(limit.into()).load(conn)?;
    let left = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
    let done = own().filter(objections::answered_at.is_not_null());
    rows.extend(done.order((objections::answered_at.desc(), objections::use_id)).limit(left.into()).load::<(
        Objection,
        Use,
        Licence,
    )>(conn)?);
    Ok(rows)
}

/// How many objections of these bodies wait for an answer.
///
/// # Errors
/// What the database says.
pub fn open_objections(conn: &mut Conn, bodies: &[String]) -> Result<i64> {
    let own = objections::table
        .filter(objections::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(objections::answered_at.is_null());
    Ok(own.count().get_result(conn)?)
}

/// Answers an objection that nobody answered: one statement, so that of two people one has it.
///
/// # Errors
/// [`StoreError::Reference`] for a person who is not there.
pub fn answer_objection(conn: &mut Conn, use_id: &str, answer: &ObjectionAnswer) -> Result<bool> {
    let open = objections::table.find(use_id).filter(objections::answered_at.is_null());
    let set = (
        objections::decision.eq(&answer.decision),
        objections::reason.eq(&answer.reason),
        objections::answered_by.eq(&answer.answered_by),
        objections::answered_at.eq(answer.answered_at),
    );
    Ok(diesel::update(open).set(set).execute(conn)? == 1)
}
