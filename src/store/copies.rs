//! Annotated copies (加注件) of licences, and who was shown them. A copy stands here from its intent on, so that
//! those under way are counted; its file until the copy may be used no more.

use super::{
    Conn, StoreError,
    documents::{self, SharedPart},
    licences::{Licence, LicenceVersion},
    schema::*,
};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// One copy, without its file.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = licence_copies, treat_none_as_default_value = false)]
pub struct LicenceCopy {
    /// Id of the intent, and of the use in the ledger.
    pub id: String,
    /// 加注件编号, 16 hexadecimal digits in capitals.
    pub number: String,
    /// Of which licence.
    pub licence_id: String,
    /// In which version.
    pub version: i32,
    /// Whose licence it is.
    pub body_id: String,
    /// The body in whose name it is stamped.
    pub stamped_for: String,
    /// The account that asked; none where a system of the body did.
    pub holder_id: Option<String>,
    /// By which delegation that account asked; none for the holder's own.
    pub delegation_id: Option<String>,
    /// What kind of actor asked.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// 加注件制作事由.
    pub purpose: String,
    /// 加注件使用单位.
    pub recipient: String,
    /// 加注件制作者.
    pub creator: String,
    /// With which seal.
    pub seal_id: String,
    /// When it was asked for.
    pub asked_at: i64,
    /// The instant within the stamp.
    pub stamped_at: i64,
    /// The last second of use.
    pub expires_at: i64,
    /// When it was stored.
    pub made_at: Option<i64>,
    /// When nothing came of it.
    pub voided_at: Option<i64>,
    /// SM3 of the file.
    pub document_sm3: Option<Vec<u8>>,
}

/// That somebody was shown a copy.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = copy_uses)]
pub struct CopyUse {
    /// Its id.
    pub id: String,
    /// Which copy.
    pub copy_id: String,
    /// The body that was shown it.
    pub body_id: String,
    /// By what kind of actor.
    pub actor_kind: String,
    /// Which.
    pub actor_id: String,
    /// At which window.
    pub window_name: Option<String>,
    /// What the actor said it was for.
    pub purpose: String,
    /// What came of it, the word of a state.
    pub shown: String,
    /// When.
    pub at: i64,
}

/// Adds a copy, in the write that adds its intent.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &LicenceCopy) -> Result<()> {
    diesel::insert_into(licence_copies::table).values(row).execute(conn)?;
    Ok(())
}

/// How many copies an account asked for since an instant; those of which nothing came do not count.
///
/// # Errors
/// What the database says.
pub fn count_of_holder_since(conn: &mut Conn, holder: &str, since: i64) -> Result<i64> {
    let own = licence_copies::table
        .filter(licence_copies::holder_id.eq(holder))
        .filter(licence_copies::asked_at.gt(since))
        .filter(licence_copies::voided_at.is_null());
    Ok(own.count().get_result(conn)?)
}

/// The file of a copy stands, in the write that ends its intent.
///
/// # Errors
/// [`StoreError::NoSuchRow`] where there is no such copy of the body, or it is ended.
pub fn made(
    conn: &mut Conn,
    stamped_for: &str,
    id: &str,
    (octets, shared): (&[u8], &[(usize, SharedPart)]),
    document_sm3: &[u8],
    at: i64,
) -> Result<()> {
    let (own, layout) = documents::pack(conn, octets, shared)?;
    let open = licence_copies::table
        .filter(licence_copies::stamped_for.eq(stamped_for))
        .filter(licence_copies::id.eq(id))
        .filter(licence_copies::made_at.is_null())
        .filter(licence_copies::voided_at.is_null());
    let set = (
        licence_copies::made_at.eq(at),
        licence_copies::document_sm3.eq(document_sm3),
        licence_copies::octets.eq(own),
        licence_copies::layout.eq(layout),
    );
    if diesel::update(open).set(set).execute(conn)? == 1 { Ok(()) } else { Err(StoreError::NoSuchRow) }
}

/// Nothing came of a copy.
///
/// # Errors
/// What the database says.
pub fn void(conn: &mut Conn, stamped_for: &str, id: &str, at: i64) -> Result<()> {
    let open = licence_copies::table
        .filter(licence_copies::stamped_for.eq(stamped_for))
        .filter(licence_copies::id.eq(id))
        .filter(licence_copies::made_at.is_null());
    diesel::update(open).set(licence_copies::voided_at.eq(at)).execute(conn)?;
    Ok(())
}

/// A copy that was made, with its version and licence.
pub type CopyWithLicence = (LicenceCopy, LicenceVersion, Licence);

/// The copies that were made of a holder's licences, by whomever, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_holder(conn: &mut Conn, code_kind: &str, code: &str, limit: u32) -> Result<Vec<CopyWithLicence>> {
    let own = licence_copies::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licence_versions::version.eq(licence_copies::version))
        .filter(licence_copies::made_at.is_not_null())
        .order((licence_copies::asked_at.desc(), licence_copies::id))
        .limit(limit.into());
    Ok(own.select((LicenceCopy::as_select(), LicenceVersion::as_select(), Licence::as_select())).load(conn)?)
}

/// A copy that was made of a licence of a holder.
///
/// # Errors
/// What the database says.
pub fn find_of_holder(conn: &mut Conn, code_kind: &str, code: &str, id: &str) -> Result<Option<CopyWithLicence>> {
    let own = licence_copies::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licence_copies::id.eq(id))
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licence_versions::version.eq(licence_copies::version))
        .filter(licence_copies::made_at.is_not_null());
    let columns = (LicenceCopy::as_select(), LicenceVersion::as_select(), Licence::as_select());
    Ok(own.select(columns).first(conn).optional()?)
}

/// A copy that an agent had made. Whether the delegation still works is for the caller.
///
/// # Errors
/// What the database says.
pub fn find_of_agent(conn: &mut Conn, agent: &str, id: &str) -> Result<Option<CopyWithLicence>> {
    let own = licence_copies::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licence_copies::id.eq(id))
        .filter(licence_copies::holder_id.eq(agent))
        .filter(licence_copies::delegation_id.is_not_null())
        .filter(licence_versions::version.eq(licence_copies::version))
        .filter(licence_copies::made_at.is_not_null());
    let columns = (LicenceCopy::as_select(), LicenceVersion::as_select(), Licence::as_select());
    Ok(own.select(columns).first(conn).optional()?)
}

/// Those of some copies of which there is still a file, by id.
///
/// # Errors
/// What the database says.
pub fn usable_of(conn: &mut Conn, ids: &[&str], now: i64) -> Result<Vec<String>> {
    let some = licence_copies::table
        .filter(licence_copies::id.eq_any(ids))
        .filter(licence_copies::octets.is_not_null())
        // the last second is whole
        .filter(licence_copies::expires_at.gt(now - 1000));
    Ok(some.select(licence_copies::id).load(conn)?)
}

/// A copy that was made of a licence of one of some bodies.
///
/// # Errors
/// What the database says.
pub fn find_of_bodies(conn: &mut Conn, bodies: &[String], id: &str) -> Result<Option<CopyWithLicence>> {
    let own = licence_copies::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licence_copies::id.eq(id))
        .filter(licence_copies::body_id.eq_any(bodies.iter().map(String::as_str)))
        .filter(licence_versions::version.eq(licence_copies::version))
        .filter(licence_copies::made_at.is_not_null());
    let columns = (LicenceCopy::as_select(), LicenceVersion::as_select(), Licence::as_select());
    Ok(own.select(columns).first(conn).optional()?)
}

/// The copies that were made of a body's licence, the newest first.
///
/// # Errors
/// What the database says.
pub fn of_licence(conn: &mut Conn, body: &str, licence_id: &str, limit: u32) -> Result<Vec<LicenceCopy>> {
    let own = licence_copies::table
        .filter(licence_copies::body_id.eq(body))
        .filter(licence_copies::licence_id.eq(licence_id))
        .filter(licence_copies::made_at.is_not_null())
        .order((licence_copies::asked_at.desc(), licence_copies::id))
        .limit(limit.into());
    Ok(own.select(LicenceCopy::as_select()).load(conn)?)
}

/// A copy by its number, of any body: who has the copy reads it off.
///
/// # Errors
/// What the database says.
pub fn public_by_number(conn: &mut Conn, number: &str) -> Result<Option<(LicenceCopy, LicenceVersion)>> {
    let one = licence_copies::table
        .inner_join(licences::table.inner_join(licence_versions::table))
        .filter(licence_copies::number.eq(number))
        .filter(licence_versions::version.eq(licence_copies::version))
        .filter(licence_copies::made_at.is_not_null());
    Ok(one.select((LicenceCopy::as_select(), LicenceVersion::as_select())).first(conn).optional()?)
}

/// Octets and layout, both gone once a copy may be used no more.
type KeptFile = (Option<Vec<u8>>, Option<Vec<u8>>);

/// The file of a copy that the caller has found; none once it may be used no more.
///
/// # Errors
/// What the database says; [`StoreError::Broken`] where a part of it is missing.
pub fn file(conn: &mut Conn, stamped_for: &str, id: &str) -> Result<Option<Vec<u8>>> {
    let own =
        licence_copies::table.filter(licence_copies::stamped_for.eq(stamped_for)).filter(licence_copies::id.eq(id));
    let kept: Option<KeptFile> = own.select((licence_copies::octets, licence_copies::layout)).first(conn).optional()?;
    match kept {
        Some((Some(octets), layout)) => documents::whole(conn, (octets, layout)).map(Some),
        _ => Ok(None),
    }
}

/// Lets the files of at most `limit` copies go that ended before an instant, of every body; how many.
///
/// # Errors
/// What the database says.
pub fn drop_files_before(conn: &mut Conn, at: i64, limit: u32) -> Result<usize> {
    let old = licence_copies::table
        .filter(licence_copies::expires_at.lt(at))
        .filter(licence_copies::octets.is_not_null())
        .order(licence_copies::expires_at);
    let old: Vec<String> = old.limit(limit.into()).select(licence_copies::id).load(conn)?;
    let set = (licence_copies::octets.eq(None::<Vec<u8>>), licence_copies::layout.eq(None::<Vec<u8>>));
    Ok(diesel::update(licence_copies::table.filter(licence_copies::id.eq_any(old))).set(set).execute(conn)?)
}

/// Adds that a copy was shown.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_use(conn: &mut Conn, row: &CopyUse) -> Result<()> {
    diesel::insert_into(copy_uses::table).values(row).execute(conn)?;
    Ok(())
}

/// Whom some copies were shown to, the latest first. The caller has found the copies.
///
/// # Errors
/// What the database says.
pub fn uses_of(conn: &mut Conn, ids: &[&str], limit: u32) -> Result<Vec<CopyUse>> {
    let own = copy_uses::table.filter(copy_uses::copy_id.eq_any(ids));
    Ok(own.order((copy_uses::at.desc(), copy_uses::id)).limit(limit.into()).select(CopyUse::as_select()).load(conn)?)
}
