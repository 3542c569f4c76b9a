//! Which certificates our authority revoked: one line each in a file of its folder, so that every list says so.

use super::{Authority, AuthorityFolder, FolderFault, IssuedBy, Revoked};
use std::{fs, io, path::PathBuf};
use yinxin_trust::{
    base::Moment,
    x509::{Certificate, RevocationReason},
};

/// The file; lines of serial number (hexadecimal), instant, number of the reason (RFC 5280 5.3.1), and whose list it
/// stands on. Lines of before have three: of stampers alone.
const FILE: &str = "revoked";

/// Octets of it: some ten thousand lines.
const LIMIT_BYTES: u64 = 1 << 20;

/// Why nothing is revoked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RevokeFault {
    #[error(transparent)]
    Folder(#[from] FolderFault),
    #[error("{path}: line {line} is not SERIAL INSTANT REASON LIST", path = path.display())]
    Line { path: PathBuf, line: usize },
    #[error("{0:?} is no serial number: 1 to 40 hexadecimal digits")]
    Serial(String),
    #[error("{0} was revoked before")]
    There(String),
    #[error(
        "{serial} is the certificate of {subject}, which {issuer} issued: it stands on another list than the one named"
    )]
    OtherList { serial: String, subject: String, issuer: &'static str },
    #[error("{0} was not issued by this authority: its own one revokes it")]
    NotOurs(String),
}

/// What is to be revoked.
#[derive(Clone, Copy, Debug)]
pub enum Revocable<'a> {
    /// This certificate, whose issuer is found by its signature.
    Certificate(&'a Certificate),
    /// The one of this serial number (hexadecimal), of this issuer.
    Serial(&'a str, IssuedBy),
}

impl AuthorityFolder {
    /// What was revoked, in the order in which that was done.
    ///
    /// # Errors
    /// [`RevokeFault::Folder`], [`RevokeFault::Line`]: a file that cannot be read must not look like an empty one.
    pub fn revoked(&self) -> Result<Vec<Revoked>, RevokeFault> {
        let path = self.file(FILE);
        let io = |source| FolderFault::Io { path: path.clone(), source };
        let text = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io(error).into()),
            Ok(facts) if facts.len() > LIMIT_BYTES => return Err(io(io::ErrorKind::FileTooLarge.into()).into()),
            Ok(_) => fs::read_to_string(&path).map_err(io)?,
        };
        let read = |(index, line): (usize, &str)| {
            line_of(line).ok_or_else(|| RevokeFault::Line { path: path.clone(), line: index + 1 })
        };
        text.lines().enumerate().map(read).collect()
    }

    /// Revokes a certificate; gives whose list will say so once it is published. A serial number that is known here as one
    /// of another issuer is refused: on a list that nobody looks it up in it would stay good.
    ///
    /// # Errors
    /// [`RevokeFault`].
    pub fn revoke(
        &self,
        authority: &Authority,
        what: Revocable<'_>,
        reason: RevocationReason,
        at: Moment,
    ) -> Result<IssuedBy, RevokeFault> {
        let (serial, by) = match what {
            Revocable::Certificate(certificate) => {
                let not_ours = || RevokeFault::NotOurs(certificate.display_name().to_owned());
                (certificate.serial_hex(), authority.issued(certificate).ok_or_else(not_ours)?)
            }
            Revocable::Serial(serial, by) => (serial.to_owned(), by),
        };
        let digits = serial.trim_start_matches('0');
        let octets = decoded(digits).ok_or_else(|| RevokeFault::Serial(serial.clone()))?;
        let known = self.ends()?.into_iter().find(|one| is_serial(one, &octets));
        if let Some((certificate, issuer)) = known.and_then(|one| authority.issued(&one).map(|by| (one, by)))
            && issuer != by
        {
            let subject = certificate.display_name().to_owned();
            return Err(RevokeFault::OtherList { serial: digits.to_owned(), subject, issuer: issuer.as_str() });
        }
        let mut all = self.revoked()?;
        if all.iter().any(|one| one.serial == octets && one.by == by) {
            return Err(RevokeFault::There(digits.to_owned()));
        }
        all.push(Revoked { by, serial: octets, at: whole(at), reason });
        let line = |one: &Revoked| {
            let (serial, reason, by) = (hex::encode(&one.serial), one.reason.code(), one.by.as_str());
            format!("{serial} {} {reason} {by}\n", one.at)
        };
        self.put(FILE, all.iter().map(line).collect::<String>().as_bytes())?;
        Ok(by)
    }
}

fn line_of(line: &str) -> Option<Revoked> {
    let mut parts = line.split(' ');
    let serial = decoded(parts.next()?.trim_start_matches('0'))?;
    let at = Moment::parse(parts.next()?).ok()?;
    let reason = RevocationReason::from_code(parts.next()?.parse().ok()?)?;
    let by = match parts.next() {
        None => IssuedBy::StamperAuthority,
        Some(word) => IssuedBy::ALL.into_iter().find(|by| by.as_str() == word)?,
    };
    parts.next().is_none().then_some(Revoked { by, serial, at, reason })
}

/// Whether it has this serial number, however many zeros are before it.
fn is_serial(certificate: &Certificate, serial: &[u8]) -> bool {
    decoded(certificate.serial_hex().trim_start_matches('0')).as_deref() == Some(serial)
}

/// 1 to 20 octets without leading zeros.
fn decoded(digits: &str) -> Option<Vec<u8>> {
    let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
    hex::decode(even).ok().filter(|octets| (1..=20).contains(&octets.len()))
}

fn whole(at: Moment) -> Moment {
    Moment::from_unix_seconds(at.unix_seconds()).unwrap_or(at)
}
