//! The stamped files. The only functions that know where they are: another
//! place for them changes this file.
//!
//! What many files share (fonts and templates of a face, a seal) is kept once.
//! Of a file with shared parts, `octets` is what is its own, and `layout` says how
//! to put it together: for each shared part the octets of its own that stand
//! before it (32 bits, big-endian) and the SM3 of the part; what is left of its
//! own stands behind the last.

use super::{Conn, StoreError, conn::each, rows::insert_rows, schema::*};
use diesel::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Octets that stand in many files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPart {
    /// Their SM3, under which they are kept.
    pub sm3: [u8; 32],
    /// The octets.
    pub octets: Arc<[u8]>,
}

/// A file to be kept.
#[derive(Clone, Debug)]
pub struct Document {
    /// Of which version.
    pub version_id: String,
    /// The whole file, as it was written: not copied on the way here.
    pub octets: Arc<Vec<u8>>,
    /// What of it others have too, each at its offset, in the order of offsets.
    pub shared: Vec<(usize, SharedPart)>,
}

/// Keeps the file of a version, in the write that adds the version.
///
/// # Errors
/// As [`put_all`].
pub fn put(conn: &mut Conn, version_id: &str, octets: &[u8]) -> Result<()> {
    put_all(conn, &[Document { version_id: version_id.to_owned(), octets: octets.to_vec().into(), shared: Vec::new() }])
}

/// Keeps the files of versions, in the write that adds the versions.
///
/// # Errors
/// [`StoreError::Conflict`] where there is one, [`StoreError::Reference`] without the version.
pub fn put_all(conn: &mut Conn, all: &[Document]) -> Result<()> {
    let mut parts = BTreeMap::new();
    let rows: Vec<Row> = all
        .iter()
        .map(|document| {
            let (octets, layout, used) = split(&document.octets, &document.shared);
            parts.extend(used.into_iter().map(|part| (part.sm3, part)));
            Row { version_id: document.version_id.clone(), octets, layout }
        })
        .collect();
    put_parts(conn, &parts)?;
    insert_rows!(conn, &rows, Row => documents { version_id, octets, layout })?;
    Ok(())
}

/// The file of a version of a body's licence.
///
/// # Errors
/// What the database says.
pub fn get(conn: &mut Conn, body: &str, version_id: &str) -> Result<Option<Vec<u8>>> {
    let own = documents::table
        .inner_join(licence_versions::table.inner_join(licences::table))
        .filter(licences::body_id.eq(body))
        .filter(documents::version_id.eq(version_id));
    let found: Option<Kept> = own.select((documents::octets, documents::layout)).first(conn).optional()?;
    found.map(|kept| whole(conn, kept)).transpose()
}

/// The file of a version of any body, to be digested anew when what is kept is renewed.
///
/// # Errors
/// What the database says.
pub fn of_version(conn: &mut Conn, version_id: &str) -> Result<Option<Vec<u8>>> {
    let one = documents::table.filter(documents::version_id.eq(version_id));
    let found: Option<Kept> = one.select((documents::octets, documents::layout)).first(conn).optional()?;
    found.map(|kept| whole(conn, kept)).transpose()
}

/// The file by the code that is printed on it, of any body: who holds the
/// printed code has seen the licence.
///
/// # Errors
/// What the database says.
pub fn public_by_code(conn: &mut Conn, code: &str) -> Result<Option<Vec<u8>>> {
    let one = documents::table.inner_join(licence_versions::table).filter(licence_versions::code.eq(code));
    let found: Option<Kept> = one.select((documents::octets, documents::layout)).first(conn).optional()?;
    found.map(|kept| whole(conn, kept)).transpose()
}

/// What is its own, and the layout.
pub(super) type Kept = (Vec<u8>, Option<Vec<u8>>);

#[derive(Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
struct Row {
    version_id: String,
    octets: Vec<u8>,
    layout: Option<Vec<u8>>,
}

#[derive(Insertable)]
#[diesel(table_name = document_parts, treat_none_as_default_value = false)]
struct PartRow<'a> {
    sm3: &'a [u8],
    octets: &'a [u8],
}

/// Length before a shared part, and its SM3.
const STEP: usize = 4 + 32;

/// What is a file's own, and the parts it shares. A part that is not where it is
/// said to be stays the file's own.
fn split<'s>(whole: &[u8], shared: &'s [(usize, SharedPart)]) -> (Vec<u8>, Option<Vec<u8>>, Vec<&'s SharedPart>) {
    let (mut own, mut layout, mut used) = (Vec::new(), Vec::new(), Vec::new());
    let mut at = 0;
    for (offset, part) in shared {
        let end = offset.saturating_add(part.octets.len());
        let Some(before) = whole.get(at..*offset) else { continue };
        let Ok(length) = u32::try_from(before.len()) else { continue };
        if whole.get(*offset..end) != Some(&*part.octets) {
            continue;
        }
        own.extend_from_slice(before);
        layout.extend_from_slice(&length.to_be_bytes());
        layout.extend_from_slice(&part.sm3);
        used.push(part);
        at = end;
    }
    own.extend_from_slice(whole.get(at..).unwrap_or_default());
    let layout = (!used.is_empty()).then_some(layout);
    (own, layout, used)
}

/// Of a file that is kept elsewhere what is its own, and its layout; the parts that it shares are kept here.
///
/// # Errors
/// What the database says.
pub(super) fn pack(conn: &mut Conn, octets: &[u8], shared: &[(usize, SharedPart)]) -> Result<Kept> {
    let (own, layout, used) = split(octets, shared);
    put_parts(conn, &used.into_iter().map(|part| (part.sm3, part)).collect())?;
    Ok((own, layout))
}

/// Keeps the parts that are not there yet.
fn put_parts(conn: &mut Conn, parts: &BTreeMap<[u8; 32], &SharedPart>) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let wanted: Vec<&[u8]> = parts.keys().map(|sm3| &sm3[..]).collect();
    let there = document_parts::table.filter(document_parts::sm3.eq_any(&wanted)).select(document_parts::sm3);
    let there: BTreeSet<Vec<u8>> = each!(conn, c => there.load(c))?.into_iter().collect();
    let missing = parts.iter().filter(|(sm3, _)| !there.contains(&sm3[..]));
    let rows: Vec<PartRow<'_>> = missing.map(|(sm3, part)| PartRow { sm3, octets: &part.octets }).collect();
    if !rows.is_empty() {
        // another process may be first: the same SM3 is the same part
        each!(conn, c => {
            diesel::insert_into(document_parts::table).values(&rows).on_conflict(document_parts::sm3).do_nothing().execute(c)
        })?;
    }
    Ok(())
}

/// Puts a file together.
///
/// # Errors
/// [`StoreError::Broken`] where a part is missing.
pub(super) fn whole(conn: &mut Conn, (own, layout): Kept) -> Result<Vec<u8>> {
    let Some(layout) = layout else { return Ok(own) };
    let broken = || StoreError::Broken("a document lacks a part, or its layout is damaged".to_owned());
    if layout.len() % STEP != 0 {
        return Err(broken());
    }
    let steps: Vec<(usize, &[u8])> = layout
        .chunks_exact(STEP)
        .filter_map(|step| {
            let (length, sm3) = step.split_first_chunk::<4>()?;
            Some((usize::try_from(u32::from_be_bytes(*length)).ok()?, sm3))
        })
        .collect();
    let wanted: Vec<&[u8]> = steps.iter().map(|(_, sm3)| *sm3).collect();
    let parts = document_parts::table.filter(document_parts::sm3.eq_any(wanted));
    let parts: BTreeMap<Vec<u8>, Vec<u8>> = each!(conn, c => parts.load(c))?.into_iter().collect();
    let mut rest = own.as_slice();
    let mut out = Vec::with_capacity(own.len() + parts.values().map(Vec::len).sum::<usize>());
    for (length, sm3) in steps {
        let (before, behind) = rest.split_at_checked(length).ok_or_else(broken)?;
        out.extend_from_slice(before);
        out.extend_from_slice(parts.get(sm3).ok_or_else(broken)?);
        rest = behind;
    }
    out.extend_from_slice(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(octets: &[u8]) -> SharedPart {
        SharedPart { sm3: [octets[0]; 32], octets: octets.into() }
    }

    #[test]
    fn what_is_shared_is_taken_out_and_what_is_not_there_is_not() {
        let file = b"..AAA.BB..";
        let both = [(2, part(b"AAA")), (6, part(b"BB"))];
        let (own, cut, used) = split(file, &both);
        assert_eq!((own.as_slice(), used.len()), (b".....".as_slice(), 2));
        let layout = [&[0, 0, 0, 2][..], &[b'A'; 32], &[0, 0, 0, 1], &[b'B'; 32]].concat();
        assert_eq!(cut, Some(layout));
        // elsewhere, overlapping, past the end
        for shared in [vec![(3, part(b"AAA"))], vec![(9, part(b"BB"))], vec![(usize::MAX, part(b"BB"))]] {
            let (own, layout, used) = split(file, &shared);
            assert_eq!((own.len(), used.len(), layout), (10, 0, None));
        }
        let overlapping = [(2, part(b"AAA")), (4, part(b"A"))];
        let (own, _, used) = split(file, &overlapping);
        assert_eq!((own.len(), used.len()), (7, 1));
    }
}
