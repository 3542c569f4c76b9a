//! Licences and their versions.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;

type Result<T> = std::result::Result<T, StoreError>;

/// A licence through all its versions.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = licences, treat_none_as_default_value = false)]
pub struct Licence {
    /// Its id.
    pub id: String,
    /// Who issued it.
    pub body_id: String,
    /// Its type.
    pub type_code: String,
    /// 证照编号, the number on the face; one licence of a type has it.
    pub number: String,
    /// The identifier without version and check.
    pub line_identifier: String,
    /// Whose it is, in Unicode's form C.
    pub holder_name: String,
    /// 持证主体代码类型, three digits.
    pub holder_code_kind: String,
    /// The holder's code.
    pub holder_code: String,
    /// The version that counts.
    pub current_version: i32,
    /// First day.
    pub begins: String,
    /// When it was taken in.
    pub created_at: i64,
}

/// One version of a licence.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = licence_versions, treat_none_as_default_value = false)]
pub struct LicenceVersion {
    /// Its id.
    pub id: String,
    /// Of which licence.
    pub licence_id: String,
    /// 1 to 999.
    pub version: i32,
    /// The whole identifier.
    pub identifier: String,
    /// The code that is printed on it, 26 characters of Base32.
    pub code: String,
    /// By which revision of the catalogue entry.
    pub entry_revision: i32,
    /// With which version of the face.
    pub face_version: i32,
    /// What stands on it, JSON as it was drawn.
    pub fields: Vec<u8>,
    /// First day.
    pub valid_from: String,
    /// Last day; none is long term.
    pub valid_until: Option<String>,
    /// The instant within the stamp.
    pub stamped_at: i64,
    /// With which seal.
    pub seal_id: String,
    /// SM3 of the file.
    pub document_sm3: Vec<u8>,
    /// SM3 of its Signature.xml: what the stamp is over.
    pub signature_sm3: Vec<u8>,
    /// Octets of the file.
    pub document_bytes: i64,
    /// When it was taken in.
    pub recorded_at: i64,
    /// What is printed behind the `#` of its code; none where nothing is.
    pub print_payload: Option<String>,
}

/// Where a page of [`list`] goes on: the last licence of the page before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After<'a> {
    /// Its instant.
    pub created_at: i64,
    /// Its id.
    pub id: &'a str,
}

impl After<'_> {
    /// Before the first.
    pub const START: After<'static> = After { created_at: i64::MIN, id: "" };
}

/// Adds a licence.
///
/// # Errors
/// [`StoreError::Conflict`] with `licences_type_code_number` or
/// `licences_line_identifier`; [`StoreError::Reference`].
pub fn insert(conn: &mut Conn, row: &Licence) -> Result<()> {
    insert_all(conn, std::slice::from_ref(row))
}

/// Adds licences.
///
/// # Errors
/// As [`insert`]; then none is added.
pub fn insert_all(conn: &mut Conn, rows: &[Licence]) -> Result<()> {
    insert_rows!(conn, rows, Licence => licences { id, body_id, type_code, number, line_identifier, holder_name, holder_code_kind, holder_code, current_version, begins, created_at })?;
    Ok(())
}

/// Adds a version.
///
/// # Errors
/// [`StoreError::Conflict`], [`StoreError::Reference`].
pub fn insert_version(conn: &mut Conn, row: &LicenceVersion) -> Result<()> {
    insert_versions(conn, std::slice::from_ref(row))
}

/// Adds versions.
///
/// # Errors
/// As [`insert_version`]; then none is added.
pub fn insert_versions(conn: &mut Conn, rows: &[LicenceVersion]) -> Result<()> {
    insert_rows!(conn, rows, LicenceVersion => licence_versions { id, licence_id, version, identifier, code, entry_revision, face_version, fields, valid_from, valid_until, stamped_at, seal_id, document_sm3, signature_sm3, document_bytes, recorded_at, print_payload })?;
    Ok(())
}

/// Adds a further identifier without version and check to a licence: the line of
/// the body that took it over.
///
/// # Errors
/// [`StoreError::Conflict`] with `licence_lines_line_identifier`; [`StoreError::Reference`].
pub fn insert_line(conn: &mut Conn, licence_id: &str, line_identifier: &str) -> Result<()> {
    let row = (licence_lines::line_identifier.eq(line_identifier), licence_lines::licence_id.eq(licence_id));
    diesel::insert_into(licence_lines::table).values(row).execute(conn)?;
    Ok(())
}

/// Makes another version the one that counts; false where `from` is not.
///
/// # Errors
/// What the database says.
pub fn set_current_version(conn: &mut Conn, body: &str, id: &str, from: i32, to: i32) -> Result<bool> {
    let own = licences::table
        .filter(licences::body_id.eq(body))
        .filter(licences::id.eq(id))
        .filter(licences::current_version.eq(from));
    Ok(diesel::update(own).set(licences::current_version.eq(to)).execute(conn)? == 1)
}

/// A licence of one of these bodies.
///
/// # Errors
/// What the database says.
pub fn find(conn: &mut Conn, bodies: &[String], id: &str) -> Result<Option<Licence>> {
    let own = licences::table.filter(licences::body_id.eq_any(words(bodies))).filter(licences::id.eq(id));
    Ok(own.select(Licence::as_select()).first(conn).optional()?)
}

/// A licence of one of these bodies by the number on its face.
///
/// # Errors
/// What the database says.
pub fn find_by_number(conn: &mut Conn, bodies: &[String], type_code: &str, number: &str) -> Result<Option<Licence>> {
    let own = licences::table
        .filter(licences::body_id.eq_any(words(bodies)))
        .filter(licences::type_code.eq(type_code))
        .filter(licences::number.eq(number));
    Ok(own.select(Licence::as_select()).first(conn).optional()?)
}

/// Whether a licence of any body has a number: numbers of a type are one series.
///
/// # Errors
/// What the database says.
pub fn is_number_taken(conn: &mut Conn, type_code: &str, number: &str) -> Result<bool> {
    Ok(!numbers_taken(conn, type_code, &[number])?.is_empty())
}

/// Those of several numbers that a licence of any body has.
///
/// # Errors
/// What the database says.
pub fn numbers_taken(conn: &mut Conn, type_code: &str, numbers: &[&str]) -> Result<Vec<String>> {
    let taken = licences::table.filter(licences::type_code.eq(type_code)).filter(licences::number.eq_any(numbers));
    Ok(each!(conn, c => taken.select(licences::number).load(c))?)
}

/// A licence of one of these bodies by its identifier without version and check,
/// the first or a further one.
///
/// # Errors
/// What the database says.
pub fn find_by_line(conn: &mut Conn, bodies: &[String], line_identifier: &str) -> Result<Option<Licence>> {
    let found = public_by_line(conn, line_identifier)?;
    Ok(found.filter(|licence| bodies.contains(&licence.body_id)))
}

/// At most `limit` licences of these bodies in the order in which they were taken in.
///
/// # Errors
/// What the database says.
pub fn list(conn: &mut Conn, bodies: &[String], after: After<'_>, limit: u32) -> Result<Vec<Licence>> {
    let same = licences::created_at.eq(after.created_at).and(licences::id.gt(after.id));
    let page = licences::table
        // the first comparison alone lets the index find where the page begins
        .filter(licences::created_at.ge(after.created_at))
        .filter(licences::created_at.gt(after.created_at).or(same));
    let page = page.order((licences::created_at, licences::id)).limit(limit.into());
    let page = page.select(Licence::as_select()).into_boxed();
    // of one body the index has the order too
    let page = match bodies {
        [only] => page.filter(licences::body_id.eq(only)),
        several => page.filter(licences::body_id.eq_any(words(several))),
    };
    Ok(page.load(conn)?)
}

/// At most `limit` licences that a body issued to a holder, after an id.
///
/// # Errors
/// What the database says.
pub fn list_by_holder(conn: &mut Conn, body: &str, code: &str, after: &str, limit: u32) -> Result<Vec<Licence>> {
    let page = licences::table
        .filter(licences::body_id.eq(body))
        .filter(licences::holder_code.eq(code))
        .filter(licences::id.gt(after));
    Ok(page.order(licences::id).limit(limit.into()).select(Licence::as_select()).load(conn)?)
}

/// One version of a licence of a body.
///
/// # Errors
/// What the database says.
pub fn version(conn: &mut Conn, body: &str, licence_id: &str, version: i32) -> Result<Option<LicenceVersion>> {
    let own = licence_versions::table
        .inner_join(licences::table)
        .filter(licences::body_id.eq(body))
        .filter(licence_versions::licence_id.eq(licence_id))
        .filter(licence_versions::version.eq(version));
    Ok(own.select(LicenceVersion::as_select()).first(conn).optional()?)
}

/// All versions of a licence of a body, the first first.
///
/// # Errors
/// What the database says.
pub fn versions(conn: &mut Conn, body: &str, licence_id: &str) -> Result<Vec<LicenceVersion>> {
    let own = licence_versions::table
        .inner_join(licences::table)
        .filter(licences::body_id.eq(body))
        .filter(licence_versions::licence_id.eq(licence_id));
    Ok(own.order(licence_versions::version).select(LicenceVersion::as_select()).load(conn)?)
}

/// The latest versions of some licences of these bodies, in the order of licences.
///
/// # Errors
/// What the database says.
pub fn latest_versions(conn: &mut Conn, bodies: &[String], licences: &[&str]) -> Result<Vec<LicenceVersion>> {
    let own = licence_versions::table
        .inner_join(licences::table)
        .filter(licences::body_id.eq_any(words(bodies)))
        .filter(licence_versions::licence_id.eq_any(licences.iter().copied()))
        .filter(licence_versions::version.eq(licences::current_version));
    Ok(own.order(licence_versions::licence_id).select(LicenceVersion::as_select()).load(conn)?)
}

/// The licences of a holder, issued by whichever body, each with the version that
/// counts, the newest first: for the holder.
///
/// # Errors
/// What the database says.
pub fn of_holder(conn: &mut Conn, code_kind: &str, code: &str, limit: u32) -> Result<Vec<(Licence, LicenceVersion)>> {
    let own = licences::table
        .inner_join(licence_versions::table)
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licence_versions::version.eq(licences::current_version));
    let own = own.order((licences::created_at.desc(), licences::id)).limit(limit.into());
    Ok(own.select((Licence::as_select(), LicenceVersion::as_select())).load(conn)?)
}

/// As [`of_holder`], of these types alone; of all where none is named.
///
/// # Errors
/// What the database says.
pub fn of_holder_and_types(
    conn: &mut Conn,
    (code_kind, code): (&str, &str),
    types: &[String],
    limit: u32,
) -> Result<Vec<(Licence, LicenceVersion)>> {
    if types.is_empty() {
        return of_holder(conn, code_kind, code, limit);
    }
    Ok(each!(conn, c => licences::table
        .inner_join(licence_versions::table)
        .filter(licences::holder_code.eq(code))
        .filter(licences::holder_code_kind.eq(code_kind))
        .filter(licences::type_code.eq_any(words(types)))
        .filter(licence_versions::version.eq(licences::current_version))
        .order((licences::created_at.desc(), licences::id))
        .limit(limit.into())
        .select((Licence::as_select(), LicenceVersion::as_select()))
        .load(c))?)
}

/// A licence of any body by its id, which a code told by which its holder shows it.
///
/// # Errors
/// What the database says.
pub fn shown(conn: &mut Conn, id: &str) -> Result<Option<Licence>> {
    Ok(licences::table.find(id).select(Licence::as_select()).first(conn).optional()?)
}

/// As [`shown`], of several, each with the version that counts; in no order.
///
/// # Errors
/// What the database says.
pub fn all_shown(conn: &mut Conn, ids: &[&str]) -> Result<Vec<(Licence, LicenceVersion)>> {
    Ok(each!(conn, c => licences::table
        .inner_join(licence_versions::table)
        .filter(licences::id.eq_any(ids.iter().copied()))
        .filter(licence_versions::version.eq(licences::current_version))
        .select((Licence::as_select(), LicenceVersion::as_select()))
        .load(c))?)
}

/// A version and its licence by the printed code, of any body: the standing of
/// a licence is public to whom it is shown.
///
/// # Errors
/// What the database says.
pub fn public_by_code(conn: &mut Conn, code: &str) -> Result<Option<(Licence, LicenceVersion)>> {
    let one = licences::table.inner_join(licence_versions::table).filter(licence_versions::code.eq(code));
    Ok(one.select((Licence::as_select(), LicenceVersion::as_select())).first(conn).optional()?)
}

/// A licence by its identifier without version and check, the first or a further
/// one, of any body; public for the same reason.
///
/// # Errors
/// What the database says.
pub fn public_by_line(conn: &mut Conn, line_identifier: &str) -> Result<Option<Licence>> {
    Ok(public_by_lines(conn, &[line_identifier])?.pop().map(|(_, licence)| licence))
}

/// As [`public_by_line`], of several, each with the line that was asked for; in no order.
///
/// # Errors
/// What the database says.
pub fn public_by_lines(conn: &mut Conn, lines: &[&str]) -> Result<Vec<(String, Licence)>> {
    let mut found: Vec<(String, Licence)> = each!(conn, c => licences::table
        .filter(licences::line_identifier.eq_any(lines.iter().copied()))
        .select((licences::line_identifier, Licence::as_select()))
        .load(c))?;
    let missing: Vec<&str> =
        lines.iter().copied().filter(|line| found.iter().all(|(known, _)| known != line)).collect();
    if !missing.is_empty() {
        let further = licences::table.inner_join(licence_lines::table);
        let further = further.filter(licence_lines::line_identifier.eq_any(missing));
        found.extend(further.select((licence_lines::line_identifier, Licence::as_select())).load(conn)?);
    }
    Ok(found)
}

/// Of the licences of any body of these types that have one of some numbers, the holder's name and the printed code of the
/// version that counts, in the order of types: for who brings both number and holder.
///
/// # Errors
/// What the database says.
pub fn public_by_number(conn: &mut Conn, types: &[String], numbers: &[&str]) -> Result<Vec<(String, String)>> {
    Ok(each!(conn, c => licences::table
        .inner_join(licence_versions::table)
        .filter(licences::type_code.eq_any(types.iter().map(String::as_str)))
        .filter(licences::number.eq_any(numbers.iter().copied()))
        .filter(licence_versions::version.eq(licences::current_version))
        .order((licences::type_code, licences::id))
        .select((licences::holder_name, licence_versions::code))
        .load(c))?)
}

/// All versions of a licence of any body, the first first; its id comes from
/// [`public_by_line`].
///
/// # Errors
/// What the database says.
pub fn public_versions(conn: &mut Conn, licence_id: &str) -> Result<Vec<LicenceVersion>> {
    let all = licence_versions::table.filter(licence_versions::licence_id.eq(licence_id));
    Ok(all.order(licence_versions::version).select(LicenceVersion::as_select()).load(conn)?)
}

/// What is printed on a version, and until when it counts.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = licence_versions)]
pub struct VersionCode {
    /// Of which licence.
    pub licence_id: String,
    /// The whole identifier.
    pub identifier: String,
    /// Its number among them, from 1.
    pub version: i32,
    /// The code that is printed on it.
    pub code: String,
    /// Last day; none is long term.
    pub valid_until: Option<String>,
}

/// The codes of all versions of some licences of any body; in no order.
///
/// # Errors
/// What the database says.
pub fn public_codes(conn: &mut Conn, licence_ids: &[&str]) -> Result<Vec<VersionCode>> {
    let all = licence_versions::table.filter(licence_versions::licence_id.eq_any(licence_ids.iter().copied()));
    Ok(each!(conn, c => all.select(VersionCode::as_select()).load(c))?)
}

/// At most `limit` versions of any body after an identifier, in the order of identifiers, each with the number of its
/// licence: what is ferried to other registers.
///
/// # Errors
/// What the database says.
pub fn public_page(conn: &mut Conn, after: &str, limit: u32) -> Result<Vec<(LicenceVersion, String)>> {
    let page = licence_versions::table.inner_join(licences::table).filter(licence_versions::identifier.gt(after));
    let page = page.order(licence_versions::identifier).limit(limit.into());
    Ok(page.select((LicenceVersion::as_select(), licences::number)).load(conn)?)
}

fn words(bodies: &[String]) -> impl Iterator<Item = &str> {
    bodies.iter().map(String::as_str)
}
