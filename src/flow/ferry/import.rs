//! Taking a file.
//!
//! 1 read once, line by line: the form, whose it is, its digest, the trust list and revocation lists in it · 2 the signature
//! under the pinned key · 3 its place after the last one that was taken · 4 the trust list proposed · 5 read again within
//! one write, which keeps the revocation lists, every answer and every registration, and that the file was taken. A crash at any moment leaves
//! what was there, and the same file can be taken again; a file that was taken changes nothing.

use super::{FerryError, lines};
use crate::{
    flow::{
        access::{Permit, may},
        audit, seal_status,
        status_client::known,
        trust::{self, Offered, TrustError, kept_as, pinned, revocation_rows},
    },
    store::{
        Conn, Store, StoreError,
        ferry::{self, FerriedRegistration, TakenFile},
        revocation,
        trust::{ForeignStanding, TrustOperator, keep_standing},
    },
};
use serde_json::json;
use std::{fs::File, path::Path};
use yinxin_trust::{
    base::Moment,
    ferry::{Counts, Entry, Header, Kind, Registration, Taken, follows, verifies},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    trust_list::{AcceptancePolicy, SignedList, TrustListLimits},
    x509::Crl,
};

/// Octets of all revocation lists of a file.
const REVOCATION_LIMIT_BYTES: u64 = 64 << 20;

/// Registrations with one number that are shown.
const MOST_FOUND: u32 = 100;

/// What became of a file.
#[derive(Debug)]
pub enum Imported {
    /// It was taken before, and changed nothing.
    Before {
        /// Who made it, and its number.
        header: Header,
    },
    /// It was taken.
    Taken {
        /// Who made it, and its number.
        header: Header,
        /// What is in it.
        counts: Counts,
        /// What became of the trust list in it, where there is one.
        list: Option<Result<Offered, TrustError>>,
        /// How many of its revocation lists were new.
        revocation: usize,
    },
}

/// What was taken of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it is called here.
    pub operator: String,
    /// The last file.
    pub last: TakenFile,
    /// How many registrations are known of it.
    pub registrations: i64,
}

/// What the first reading found.
struct Found {
    whole: lines::Whole,
    list: Option<(Vec<u8>, Vec<u8>)>,
    revocation: Vec<Vec<u8>>,
}

/// Takes a file. Where nothing of its operator was taken yet it has to be the first one, unless `may_begin` says that
/// a later one may begin.
///
/// # Errors
/// [`FerryError`]; nothing of the file is kept then.
pub fn import(
    store: &Store,
    permit: &Permit<may::ManageTrust>,
    path: &Path,
    policy: &AcceptancePolicy,
    may_begin: bool,
    now: Moment,
) -> Result<Imported, FerryError> {
    let file = File::open(path).map_err(|source| FerryError::Io { path: path.to_path_buf(), source })?;
    let found = first(path, &file)?;
    let header = found.whole.header.clone();
    let operator = operator_of(store, &header)?;
    let key = pinned(&operator)?;
    if !verifies(&key, &found.whole.sm3, &found.whole.signature) {
        return Err(FerryError::WrongSignature);
    }
    if header.made.unix_seconds() > now.unix_seconds() + i64::from(policy.clock_skew_seconds) {
        return Err(FerryError::InFuture(header.made));
    }
    let last = match store.read(|conn| place(conn, &operator, &header, &found.whole.sm3, may_begin))? {
        Ok(Some(last)) => last,
        Ok(None) => return Ok(Imported::Before { header }),
        Err(why) => return Err(FerryError::OutOfOrder(why)),
    };
    let actor = permit.actor().clone();
    let list = found.list.as_ref().map(|(octets, signature)| {
        let published = trust::Published { octets: octets.clone(), signature: signature.clone() };
        trust::offer(store, &operator, &published, &actor, policy, now)
    });
    if let Some(Err(TrustError::Store(error))) = &list {
        return Err(error.clone().into());
    }
    // they count where an authority on a path signed them; here, that the operator's list names who did
    let named = found
        .list
        .as_ref()
        .and_then(|(octets, signature)| SignedList::verify(octets, signature, &key, &TrustListLimits::default()).ok());
    let crls = found.revocation.iter().filter_map(|der| Crl::from_der(der).ok());
    let revoked = named.map(|list| revocation_rows(crls, &list, now)).unwrap_or_default();
    let (counts, expected, path) = (found.whole.counts, found.whole.sm3, path.to_path_buf());
    let of_file = header.clone();
    let revocation = store.write(move |conn| {
        if ferry::last_taken(conn, &operator.id)? != last {
            return Err(FerryError::Changed);
        }
        let again = lines::read(&path, &file, |header, entry| keep(conn, &operator, header, entry))?;
        if again.sm3 != expected {
            return Err(FerryError::Changed);
        }
        let mut new = 0;
        for row in &revoked {
            new += usize::from(revocation::insert(conn, row)?);
        }
        let row = TakenFile {
            operator_id: operator.id.clone(),
            sequence: sequence(&of_file),
            sm3: expected.to_vec(),
            made_at: of_file.made.unix_milliseconds(),
            taken_at: now.unix_milliseconds(),
        };
        ferry::insert_taken(conn, &row)?;
        let detail = json!({ "operator": operator.id, "sequence": row.sequence, "sm3": hex::encode(expected),
            "standings": counts.of(Kind::Standing), "seals": counts.of(Kind::Seal),
            "registrations": counts.of(Kind::Registration) });
        audit::record(conn, None, &actor, "ferry.taken", &operator.name, &detail, now)?;
        Ok(new)
    })?;
    Ok(Imported::Taken { header, counts, list, revocation })
}

/// At most 2^53-1, as every sequence.
fn sequence(header: &Header) -> i64 {
    i64::try_from(header.sequence).unwrap_or(i64::MAX)
}

fn first(path: &Path, file: &File) -> Result<Found, FerryError> {
    let (mut list, mut revocation, mut left) = (None, Vec::new(), REVOCATION_LIMIT_BYTES);
    let whole = lines::read(path, file, |header, entry| {
        match entry {
            Entry::TrustList { octets, signature } => list = Some((octets, signature)),
            Entry::RevocationList(der) => {
                left = left.checked_sub(der.len() as u64).ok_or(FerryError::TooLong(REVOCATION_LIMIT_BYTES))?;
                revocation.push(der);
            }
            Entry::Standing { licence, octets, .. } => {
                standing(header, &licence, &octets)?;
            }
            Entry::Seal { seal, octets, .. } => {
                of_seal(header, &seal, &octets)?;
            }
            Entry::Registration(_) => {}
        }
        Ok(())
    })?;
    Ok(Found { whole, list, revocation })
}

/// For which instant an answer about a licence speaks; none after the file was made.
fn standing(header: &Header, licence: &LicenceIdentifier, octets: &[u8]) -> Result<Moment, FerryError> {
    let wrong = |why: String| FerryError::Answer { what: licence.to_string(), why };
    let said = known(licence, octets).map_err(|fault| wrong(fault.to_string()))?;
    not_after(header, said.as_of).ok_or_else(|| wrong("it speaks for a time after the file".to_owned()))
}

/// The same of a seal.
fn of_seal(header: &Header, seal: &yinxin_trust::verify::SealName, octets: &[u8]) -> Result<Moment, FerryError> {
    let wrong = |why: String| FerryError::Answer { what: format!("seal {}", seal.es_id), why };
    let said = seal_status::known(seal, octets).map_err(|fault| wrong(fault.to_string()))?;
    not_after(header, said.as_of).ok_or_else(|| wrong("it speaks for a time after the file".to_owned()))
}

/// A file is of whole seconds.
fn not_after(header: &Header, as_of: Moment) -> Option<Moment> {
    (as_of.unix_seconds() <= header.made.unix_seconds()).then_some(as_of)
}

/// Whose key the file says that it is signed with.
fn operator_of(store: &Store, header: &Header) -> Result<TrustOperator, FerryError> {
    let mut all = trust::list(store)?;
    all.sort_by_key(|operator| operator.named_by.is_some());
    let found = all.into_iter().find(|operator| sm3::digest(&operator.key) == header.key_sm3);
    found.ok_or_else(|| FerryError::Foreign { name: header.operator.name.clone() })
}

type Place = Result<Option<Option<TakenFile>>, yinxin_trust::ferry::OutOfOrder>;

/// The last file before this one; none where this very one was taken.
fn place(
    conn: &mut Conn,
    operator: &TrustOperator,
    header: &Header,
    digest: &sm3::Digest,
    may_begin: bool,
) -> Result<Place, StoreError> {
    if ferry::taken(conn, &operator.id, sequence(header))?.is_some_and(|known| known.sm3[..] == digest[..]) {
        return Ok(Ok(None));
    }
    let last = ferry::last_taken(conn, &operator.id)?;
    let known = last.as_ref().map(|last| Taken {
        sequence: u64::try_from(last.sequence).unwrap_or_default(),
        sm3: last.sm3.clone().try_into().unwrap_or_default(),
    });
    Ok(follows(known.as_ref(), header, may_begin).map(|()| Some(last)))
}

/// One entry, within the write.
fn keep(conn: &mut Conn, operator: &TrustOperator, header: &Header, entry: Entry) -> Result<(), FerryError> {
    let answer = |identifier: String, octets, signature, as_of: Moment| ForeignStanding {
        operator_id: operator.id.clone(),
        identifier,
        octets,
        signature,
        as_of: as_of.unix_milliseconds(),
    };
    match entry {
        Entry::TrustList { .. } | Entry::RevocationList(_) => {}
        Entry::Standing { licence, octets, signature } => {
            let as_of = standing(header, &licence, &octets)?;
            keep_standing(conn, &answer(licence.as_str().to_owned(), octets, signature, as_of))?;
        }
        Entry::Seal { seal, octets, signature } => {
            let as_of = of_seal(header, &seal, &octets)?;
            keep_standing(conn, &answer(kept_as(&seal), octets, signature, as_of))?;
        }
        Entry::Registration(one) => ferry::keep_registration(conn, &registration(operator, header, one))?,
    }
    Ok(())
}

fn registration(operator: &TrustOperator, header: &Header, one: Registration) -> FerriedRegistration {
    FerriedRegistration {
        operator_id: operator.id.clone(),
        identifier: one.licence.as_str().to_owned(),
        number: one.number,
        document_sm3: one.document_sm3.to_vec(),
        stamped_at: one.stamped.unix_milliseconds(),
        valid_from: one.valid_from.to_string(),
        valid_until: one.valid_until.map(|day| day.to_string()),
        sequence: sequence(header),
    }
}

/// What was taken of each operator, by name.
///
/// # Errors
/// What the register says.
pub fn states(store: &Store) -> Result<Vec<State>, FerryError> {
    let mut states = Vec::new();
    for operator in trust::list(store)? {
        let found = store.read(|conn| {
            let Some(last) = ferry::last_taken(conn, &operator.id)? else { return Ok::<_, StoreError>(None) };
            Ok(Some((last, ferry::count_registrations(conn, &operator.id)?)))
        })?;
        states.extend(found.map(|(last, registrations)| State { operator: operator.name, last, registrations }));
    }
    Ok(states)
}

/// What files told of the licences with a number, each with what its operator is called here.
///
/// # Errors
/// What the register says.
pub fn find(store: &Store, number: &str) -> Result<Vec<(String, FerriedRegistration)>, FerryError> {
    let rows = store.read(|conn| ferry::registrations_by_number(conn, number, MOST_FOUND))?;
    rows.into_iter().map(|row| Ok((trust::name_of(store, &row.operator_id)?, row))).collect()
}
