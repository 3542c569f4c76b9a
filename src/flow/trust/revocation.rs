//! Revocation lists of other localities: fetched from the address that was pinned, kept
//! where an authority of the accepted list signed them. They are evidence, not trust,
//! and say of themselves until when they hold.

use super::{TrustError, operators::show};
use crate::{
    flow::{
        keys::public_hex,
        line::{Line, With},
    },
    store::{
        Store, StoreError,
        revocation::{self, RevocationList},
        trust::TrustOperator,
    },
};
use std::time::Duration;
use yinxin_trust::{
    anchor::RevocationLists,
    base::Moment,
    sm::sm3::{self, Sm3},
    trust_list::{Identity, SignedList},
    x509::{Certificate, Crl},
};

/// For a whole request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Octets of all lists of a locality.
const LIMIT_BYTES: u64 = 64 << 20;

/// Fetches the revocation lists of an operator's locality and keeps those that an
/// authority of its accepted list signed; how many were new. None where no address was
/// pinned, or no list is in use yet.
///
/// # Errors
/// [`TrustError`].
pub fn fetch_revocation(store: &Store, operator: &TrustOperator, now: Moment) -> Result<usize, TrustError> {
    let Some(address) = operator.revocation_address.as_deref() else { return Ok(0) };
    let Some(accepted) = show(store, &operator.name)?.accepted else { return Ok(0) };
    let unusable = |why: String| TrustError::Fetch(format!("{address}: {why}"));
    let got = Line::new(address, PATIENCE)?.get("", With::default(), "etag", LIMIT_BYTES).map_err(unusable)?;
    if got.status != 200 {
        return Err(unusable(format!("status {}", got.status)));
    }
    let lists = RevocationLists::read(&got.octets).map_err(|error| unusable(error.to_string()))?;
    let rows = revocation_rows(lists.iter().cloned(), &accepted, now);
    Ok(store.write(move |conn| {
        let mut new = 0;
        for row in &rows {
            new += usize::from(revocation::insert(conn, row)?);
        }
        Ok::<_, StoreError>(new)
    })?)
}

/// Those that an authority of a trust list signed, as they are kept.
pub(in crate::flow) fn revocation_rows(
    lists: impl Iterator<Item = Crl>,
    named_by: &SignedList,
    now: Moment,
) -> Vec<RevocationList> {
    let services = named_by.list().services();
    let authorities: Vec<&Certificate> = services
        .iter()
        .filter_map(|service| match &service.identity {
            Identity::Certificate(certificate) => Some(certificate),
            Identity::Key(_) | Identity::Host(_) => None,
        })
        .collect();
    // lists of others may stand beside: that of the root above them, mostly
    let signed = lists.filter_map(|list| {
        let by = authorities.iter().find(|authority| list.verify_signature(authority).is_ok())?;
        row(&list, by, now)
    });
    signed.collect()
}

/// None of a list without an end, or without a number that a register can order by.
fn row(list: &Crl, by: &Certificate, now: Moment) -> Option<RevocationList> {
    let number = i64::from_str_radix(list.number_hex()?, 16).ok();
    if number.is_none() {
        tracing::warn!(issuer = list.issuer(), "a revocation list has a number beyond 63 bits and is left aside");
    }
    Some(RevocationList {
        issuer_digest: issuer_digest(by)?.to_vec(),
        number: number?,
        der: list.der().to_vec(),
        this_update: list.this_update().unix_milliseconds(),
        next_update: list.next_update()?.unix_milliseconds(),
        recorded_at: now.unix_milliseconds(),
    })
}

/// SM3 of the authority's name and key.
fn issuer_digest(authority: &Certificate) -> Option<sm3::Digest> {
    let mut hash = Sm3::new();
    hash.update(authority.subject_der());
    hash.update(public_hex(authority.key()?).as_bytes());
    Some(hash.finish())
}

/// The latest list of each authority that was ever fetched.
///
/// # Errors
/// What the register says.
pub(super) fn kept(store: &Store) -> Result<RevocationLists, TrustError> {
    let rows = store.read(revocation::latest_of_all)?;
    let lists = rows.iter().filter_map(|row| {
        let list = Crl::from_der(&row.der);
        list.inspect_err(|error| tracing::error!(%error, "a revocation list of the register cannot be read")).ok()
    });
    Ok(RevocationLists::of(lists))
}
