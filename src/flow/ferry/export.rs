//! Making the next file.
//!
//! Line by line into a file of another name; signed; written down in the register; given its name. A crash before the
//! register knows of it leaves a half file that the next export overwrites; one after it, a file that the next export
//! names first.

use super::{FerryError, lines};
use crate::{
    flow::{
        access::{Permit, may},
        audit,
        authority::AuthorityFolder,
        bundle,
        issuer::Issuer,
        seal_status, standing_signature,
        trust::{key_of, read_folder},
    },
    store::{
        ferry::{self, Sent},
        licences, seals,
    },
};
use serde_json::json;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};
use yinxin_hsm::{KeyReference, Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    base::{Day, Moment},
    ferry::{Counts, Entry, FerryWriter, Header, Kind, NONE_BEFORE, Registration, message, signature_line},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    trust_list::{ServiceKey, SignedList},
    verify::SealName,
};

/// What the name of a file ends with, after its number.
pub const FILE_END: &str = ".ferry";

/// And that of one that is not finished.
const PART_END: &str = ".ferry.part";

/// Octets of one revocation list.
const LIST_LIMIT_BYTES: u64 = 64 << 20;

/// Rows that are in memory at once.
const PAGE: u32 = 500;

/// Where things are.
#[derive(Clone, Copy, Debug)]
pub struct Folders<'a> {
    /// The folder of our own trust list.
    pub list: &'a Path,
    /// The folder of our own authority, whose revocation lists go along.
    pub authority: Option<&'a Path>,
}

/// A file that was made.
#[derive(Debug)]
pub struct Exported {
    /// Where it is.
    pub path: PathBuf,
    /// Who made it, and its number.
    pub header: Header,
    /// What is in it.
    pub counts: Counts,
    /// Its SM3.
    pub sm3: sm3::Digest,
}

/// Makes the next file in a folder, signed by the key of our trust list; `key` says which where there are several.
///
/// # Errors
/// [`FerryError`].
pub fn export(
    issuer: &Issuer,
    permit: &Permit<may::ManageKeys>,
    from: Folders<'_>,
    out: &Path,
    key: Option<&KeyReference>,
) -> Result<Exported, FerryError> {
    let (reference, public) = key_of(issuer.keys.as_ref(), key)?;
    let list = read_folder(from.list, &public)?.ok_or(FerryError::NoList)?;
    let key_sm3 = sm3::digest(ServiceKey::from_sm2(&public).spki());
    let failed = |source| FerryError::Io { path: out.to_path_buf(), source };
    fs::create_dir_all(out).map_err(failed)?;
    let last = issuer.store.read(move |conn| ferry::last_sent(conn, &key_sm3))?;
    if let Some(last) = &last {
        finish(out, last)?;
    }
    let sequence = last.as_ref().map_or(1, |last| number(last) + 1);
    let now = issuer.clock.now().map_err(crate::flow::issue::IssueError::from)?;
    let header = Header {
        operator: list.list().operator().clone(),
        key_sm3,
        sequence,
        previous: last.as_ref().and_then(|last| last.sm3.clone().try_into().ok()).unwrap_or(NONE_BEFORE),
        made: whole_seconds(now),
    };
    let (path, part) = (place(out, sequence, FILE_END), place(out, sequence, PART_END));
    if path.exists() {
        return Err(FerryError::InTheWay { path, sequence });
    }
    let made = File::create(&part).map_err(failed)?;
    let mut file = Out { writer: BufWriter::new(made), path: &part };
    let (lines, first) = FerryWriter::new(&header)?;
    file.write(&first)?;
    let (counts, digest) = Work { issuer, now, lines, file: &mut file }.all(&list, from.authority)?;
    let signed = message(&digest);
    let request = SignRequest::new(Purpose::TrustList, ToSign::Message(&signed), now);
    let SignatureValue::Sm2(signature) = issuer.keys.sign(&reference, &request)? else {
        return Err(crate::flow::trust::MakeFault::OtherKey(reference).into());
    };
    file.write(&signature_line(&signature))?;
    file.finish()?;
    let row = Sent {
        key_sm3: key_sm3.to_vec(),
        sequence: i64::try_from(sequence).unwrap_or(i64::MAX),
        sm3: digest.to_vec(),
        made_at: header.made.unix_milliseconds(),
    };
    let (actor, name) = (permit.actor().clone(), header.operator.name.clone());
    let detail = json!({ "sequence": sequence, "sm3": hex::encode(digest), "standings": counts.of(Kind::Standing),
        "seals": counts.of(Kind::Seal), "registrations": counts.of(Kind::Registration) });
    issuer.store.write(move |conn| {
        ferry::insert_sent(conn, &row)?;
        audit::record(conn, None, &actor, "ferry.made", &name, &detail, now)
    })?;
    put_in_place(&part, &path).map_err(failed)?;
    Ok(Exported { path, header, counts, sm3: digest })
}

/// Gives the last file its name, where a crash came between.
fn finish(out: &Path, last: &Sent) -> Result<(), FerryError> {
    let (path, part) = (place(out, number(last), FILE_END), place(out, number(last), PART_END));
    if path.exists() || !part.exists() {
        return Ok(());
    }
    let failed = |source| FerryError::Io { path: part.clone(), source };
    let file = File::open(&part).map_err(failed)?;
    // another half file is none of ours
    match lines::read(&part, &file, |_, _| Ok(())) {
        Ok(whole) if whole.sm3[..] == last.sm3[..] => put_in_place(&part, &path).map_err(failed),
        _ => Ok(()),
    }
}

fn number(sent: &Sent) -> u64 {
    u64::try_from(sent.sequence).unwrap_or_default()
}

fn place(out: &Path, sequence: u64, end: &str) -> PathBuf {
    out.join(format!("{sequence:06}{end}"))
}

fn put_in_place(part: &Path, path: &Path) -> io::Result<()> {
    fs::rename(part, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn whole_seconds(now: Moment) -> Moment {
    Moment::from_unix_seconds(now.unix_seconds()).unwrap_or(now)
}

/// The file while it is written.
struct Out<'a> {
    writer: BufWriter<File>,
    path: &'a Path,
}

impl Out<'_> {
    fn write(&mut self, octets: &[u8]) -> Result<(), FerryError> {
        self.writer.write_all(octets).map_err(|source| FerryError::Io { path: self.path.to_path_buf(), source })
    }

    /// It is on the disk when this returns.
    fn finish(self) -> Result<(), FerryError> {
        let failed = |source| FerryError::Io { path: self.path.to_path_buf(), source };
        let file = self.writer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(|source| FerryError::Io { path: self.path.to_path_buf(), source })
    }
}

struct Work<'a, 'b> {
    issuer: &'a Issuer,
    now: Moment,
    lines: FerryWriter,
    file: &'a mut Out<'b>,
}

impl Work<'_, '_> {
    fn all(mut self, list: &SignedList, authority: Option<&Path>) -> Result<(Counts, sm3::Digest), FerryError> {
        self.entry(&Entry::TrustList { octets: list.octets().to_vec(), signature: list.signature() })?;
        for der in revocation(authority)? {
            self.entry(&Entry::RevocationList(der))?;
        }
        self.licences(|work, identifier, _| {
            let octets = standing_signature::octets_of(work.issuer, identifier, Some(work.now))?;
            let signature = work.signed(standing_signature::DOMAIN, &octets)?;
            Ok(Entry::Standing { licence: identifier.clone(), octets, signature })
        })?;
        for seal in seals_of(self.issuer)? {
            let octets = seal_status::octets_of(self.issuer, &seal, self.now)?;
            let signature = self.signed(seal_status::DOMAIN, &octets)?;
            self.entry(&Entry::Seal { seal, octets, signature })?;
        }
        self.licences(|_, identifier, row| registration(identifier, row))?;
        let (end, counts, digest) = self.lines.end()?;
        self.file.write(&end)?;
        Ok((counts, digest))
    }

    fn entry(&mut self, entry: &Entry) -> Result<(), FerryError> {
        let line = self.lines.entry(entry)?;
        self.file.write(&line)
    }

    fn signed(&self, domain: &[u8], octets: &[u8]) -> Result<Vec<u8>, FerryError> {
        standing_signature::for_file(self.issuer, domain, octets, self.now).ok_or(FerryError::NotSigned)
    }

    /// An entry for each version of each licence, page by page.
    fn licences(
        &mut self,
        entry: impl Fn(&Self, &LicenceIdentifier, (licences::LicenceVersion, String)) -> Result<Entry, FerryError>,
    ) -> Result<(), FerryError> {
        let mut after = String::new();
        loop {
            let page = self.issuer.store.read(|conn| licences::public_page(conn, &after, PAGE))?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(&last.identifier);
            for row in page {
                let identifier: LicenceIdentifier =
                    row.0.identifier.parse().map_err(|_| record("a stored identifier"))?;
                let entry = entry(self, &identifier, row)?;
                self.entry(&entry)?;
            }
        }
    }
}

fn record(what: &str) -> FerryError {
    crate::flow::issue::IssueError::Record(what.to_owned()).into()
}

fn registration(
    identifier: &LicenceIdentifier,
    (row, number): (licences::LicenceVersion, String),
) -> Result<Entry, FerryError> {
    let day = |text: &str| Day::parse(text).map_err(|_| record("a stored day"));
    let stamped = Moment::from_unix_milliseconds(row.stamped_at).map_err(|_| record("the time of a stamp"))?;
    Ok(Entry::Registration(Registration {
        licence: identifier.clone(),
        number,
        document_sm3: row.document_sm3.try_into().map_err(|_| record("a stored digest"))?,
        stamped: whole_seconds(stamped),
        valid_from: day(&row.valid_from)?,
        valid_until: row.valid_until.as_deref().map(day).transpose()?,
    }))
}

/// The revocation lists of our own authority, in the order of their SM3.
fn revocation(authority: Option<&Path>) -> Result<Vec<Vec<u8>>, FerryError> {
    let mut lists = Vec::new();
    for path in authority.map(|folder| AuthorityFolder::at(folder).lists()).unwrap_or_default() {
        if path.exists() {
            let der = bundle::read(&path, LIST_LIMIT_BYTES);
            lists.push(der.map_err(|source| FerryError::Io { path, source })?);
        }
    }
    lists.sort_by_cached_key(|der| hex::encode(sm3::digest(der)));
    lists.dedup();
    Ok(lists)
}

/// The seals that were made here, in the order of entries. There are as many as bodies and purposes.
fn seals_of(issuer: &Issuer) -> Result<Vec<SealName>, FerryError> {
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let page = issuer.store.read(|conn| seals::public_page(conn, &after, PAGE))?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        all.extend(page.iter().map(|seal| SealName { es_id: seal.es_id.clone(), sm3: sm3::digest(&seal.der) }));
    }
    all.sort_by_cached_key(|seal| format!("{} {}", seal.es_id, hex::encode(seal.sm3)));
    all.dedup();
    Ok(all)
}
