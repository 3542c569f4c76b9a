//! The octets of a key book, written and read. Pure.

use super::{BookFault, Entry};
use crate::{
    KeyAlgorithm, KeyDescription, KeyReference, KeyState, Limits, Purpose, Use,
    octets::{Malformed, Put, Take},
    stretch::{Cost, SALT, Stretched},
};
use std::{collections::BTreeMap, path::Path};
use yinxin_trust::sm::sm3;
use zeroize::Zeroizing;

const MAGIC: &[u8; 16] = b"yinxin key book\n";
const VERSION: u16 = 1;

/// Most keys of one book, destroyed ones included.
pub(super) const MOST_ENTRIES: usize = 16384;

/// Most octets of a book: entries with an RSA key and a long URI are below 2 KiB.
pub(super) const LONGEST: usize = MOST_ENTRIES * 2048;

/// What a book is authenticated with.
pub(super) struct Secret {
    key: Zeroizing<[u8; 32]>,
    salt: [u8; SALT],
    cost: Cost,
    check: sm3::Digest,
}

/// Label of digests of secrets that a driver knows again.
const KNOWN_AGAIN: &[u8] = b"yinxin key book 1: known again";

impl Secret {
    /// Of octets that are not kept themselves.
    pub(super) fn digest(&self, octets: &[u8]) -> sm3::Digest {
        let key = Zeroizing::new(sm3::hmac(self.key.as_slice(), KNOWN_AGAIN));
        sm3::hmac(key.as_slice(), octets)
    }

    pub(super) fn of(stretched: &Stretched) -> Self {
        Self { key: stretched.book_key(), salt: *stretched.salt(), cost: stretched.cost(), check: stretched.check() }
    }
}

/// How the passphrase of a book was stretched.
#[derive(Clone, Copy)]
pub(crate) struct Derivation {
    pub(crate) salt: [u8; SALT],
    pub(crate) cost: Cost,
}

/// A book whose form was read so far that its passphrase can be tried.
pub(super) struct Opened<'a> {
    pub(super) derivation: Derivation,
    check: sm3::Digest,
    octets: &'a [u8],
    rest: Take<'a>,
}

/// Reads the head; nothing in it is authenticated yet, but the derivation is bounded.
pub(super) fn open<'a>(octets: &'a [u8], path: &Path) -> Result<Opened<'a>, BookFault> {
    let damaged = |_| BookFault::Altered(path.to_owned());
    let mut rest = Take(octets);
    if rest.array::<16>().map_err(damaged)? != *MAGIC {
        return Err(BookFault::NotABook(path.to_owned()));
    }
    let version = rest.u16().map_err(damaged)?;
    if version != VERSION {
        return Err(BookFault::Version { path: path.to_owned(), version });
    }
    let (cost, salt, check) = head(&mut rest).map_err(damaged)?;
    let cost = cost.bounded().map_err(|_| BookFault::Altered(path.to_owned()))?;
    Ok(Opened { derivation: Derivation { salt, cost }, check, octets, rest })
}

fn head(rest: &mut Take<'_>) -> Result<(Cost, [u8; SALT], sm3::Digest), Malformed> {
    let cost = Cost { memory_kib: rest.u32()?, passes: rest.u32()?, lanes: rest.u32()? };
    Ok((cost, rest.array()?, rest.array()?))
}

impl Opened<'_> {
    /// Authenticates the book and reads its entries.
    pub(super) fn read(self, stretched: &Stretched, path: &Path) -> Result<BTreeMap<KeyReference, Entry>, BookFault> {
        if !stretched.checks(&self.check) {
            return Err(BookFault::WrongPassphrase(path.to_owned()));
        }
        let altered = || BookFault::Altered(path.to_owned());
        let (signed, mac) = self.octets.split_last_chunk::<32>().ok_or_else(altered)?;
        if !sm3::hmac_verify(stretched.book_key().as_slice(), signed, mac) {
            return Err(altered());
        }
        let body = self.rest.0.len().checked_sub(mac.len()).and_then(|length| self.rest.0.get(..length));
        entries(Take(body.ok_or_else(altered)?)).map_err(|Malformed| altered())
    }
}

fn entries(mut rest: Take<'_>) -> Result<BTreeMap<KeyReference, Entry>, Malformed> {
    let count = rest.u32()?;
    let mut all = BTreeMap::new();
    for _ in 0..count {
        let entry = entry(&mut Take(rest.short()?))?;
        if all.insert(entry.description.reference.clone(), entry).is_some() {
            return Err(Malformed);
        }
    }
    rest.finish()?;
    Ok(all)
}

fn entry(rest: &mut Take<'_>) -> Result<Entry, Malformed> {
    let reserved = rest.u64()?;
    let description = take_description(rest)?;
    rest.finish()?;
    Ok(Entry { used: reserved, reserved, description })
}

/// The whole book.
pub(super) fn write(secret: &Secret, all: &BTreeMap<KeyReference, Entry>) -> Result<Vec<u8>, Malformed> {
    let mut out = Put::default();
    out.octets(MAGIC).u16(VERSION);
    out.u32(secret.cost.memory_kib).u32(secret.cost.passes).u32(secret.cost.lanes);
    out.octets(&secret.salt).octets(&secret.check);
    out.u32(u32::try_from(all.len()).map_err(|_| Malformed)?);
    for entry in all.values() {
        let mut one = Put::default();
        one.u64(entry.reserved);
        put_description(&mut one, &entry.description)?;
        out.short(&one.0)?;
    }
    let mac = sm3::hmac(secret.key.as_slice(), &out.0);
    out.octets(&mac);
    Ok(out.0)
}

/// A description without its count. Also what the daemon sends over its socket.
pub(crate) fn put_description(out: &mut Put, key: &KeyDescription) -> Result<(), Malformed> {
    let uses = key.uses.iter().fold(0, |bits, one| bits | use_bit(*one));
    out.short(key.reference.to_string().as_bytes())?;
    out.u8(key.algorithm.number()).u8(key.purpose.number()).u8(uses).u8(state_number(key.state));
    put_limits(out, &key.limits);
    out.option(key.created, Put::moment);
    out.public_key(key.public_key.as_ref())?;
    Ok(())
}

pub(crate) fn take_description(rest: &mut Take<'_>) -> Result<KeyDescription, Malformed> {
    let reference: KeyReference = rest.text()?.parse().map_err(|_| Malformed)?;
    let algorithm = KeyAlgorithm::from_number(rest.u8()?).ok_or(Malformed)?;
    let purpose = Purpose::from_number(rest.u8()?).ok_or(Malformed)?;
    let uses = uses_of(rest.u8()?)?;
    let state = state_of(rest.u8()?)?;
    let limits = take_limits(rest)?;
    let created = rest.option(Take::moment)?;
    let public_key = rest.public_key()?;
    if public_key.as_ref().is_some_and(|key| !algorithm.fits(key)) {
        return Err(Malformed);
    }
    Ok(KeyDescription { reference, algorithm, purpose, uses, state, limits, used: None, created, public_key })
}

pub(crate) fn put_limits(out: &mut Put, limits: &Limits) {
    out.option(limits.not_before, Put::moment).option(limits.not_after, Put::moment).option(limits.most_uses, Put::u64);
}

pub(crate) fn take_limits(rest: &mut Take<'_>) -> Result<Limits, Malformed> {
    Ok(Limits {
        not_before: rest.option(Take::moment)?,
        not_after: rest.option(Take::moment)?,
        most_uses: rest.option(Take::u64)?,
    })
}

const fn use_bit(one: Use) -> u8 {
    match one {
        Use::Sign => 1,
        Use::Wrap => 2,
    }
}

fn uses_of(bits: u8) -> Result<Box<[Use]>, Malformed> {
    let uses: Box<[Use]> = [Use::Sign, Use::Wrap].into_iter().filter(|one| bits & use_bit(*one) != 0).collect();
    let known = uses.iter().fold(0, |bits, one| bits | use_bit(*one));
    if known == bits { Ok(uses) } else { Err(Malformed) }
}

pub(crate) const fn state_number(state: KeyState) -> u8 {
    match state {
        KeyState::Active => 1,
        KeyState::Suspended => 2,
        KeyState::Destroyed => 3,
    }
}

pub(crate) fn state_of(number: u8) -> Result<KeyState, Malformed> {
    match number {
        1 => Ok(KeyState::Active),
        2 => Ok(KeyState::Suspended),
        3 => Ok(KeyState::Destroyed),
        _ => Err(Malformed),
    }
}
