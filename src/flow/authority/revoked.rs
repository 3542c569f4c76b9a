//! Which certificates of stampers our authority revoked: one line each in a file of its folder, so that every list says so.

use super::{AuthorityFolder, FolderFault, RevokedStamper};
use std::{fs, io, path::PathBuf};
use yinxin_trust::{base::Moment, x509::RevocationReason};

/// The file; lines of serial number (hexadecimal), instant, number of the reason (RFC 5280 5.3.1).
const FILE: &str = "revoked";

/// Octets of it: some ten thousand lines.
const LIMIT_BYTES: u64 = 1 << 20;

/// Why nothing is revoked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RevokeFault {
    #[error(transparent)]
    Folder(#[from] FolderFault),
    #[error("{path}: line {line} is not SERIAL INSTANT REASON", path = path.display())]
    Line { path: PathBuf, line: usize },
    #[error("{0:?} is no serial number: 1 to 40 hexadecimal digits")]
    Serial(String),
    #[error("{0} was revoked before")]
    There(String),
}

impl AuthorityFolder {
    /// What was revoked, in the order in which that was done.
    ///
    /// # Errors
    /// [`RevokeFault::Folder`], [`RevokeFault::Line`]: a file that cannot be read must not look like an empty one.
    pub fn revoked(&self) -> Result<Vec<RevokedStamper>, RevokeFault> {
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

    /// Revokes a stamper's certificate by its serial number (hexadecimal). The lists say so once they are published.
    ///
    /// # Errors
    /// [`RevokeFault`].
    pub fn revoke(&self, serial: &str, reason: RevocationReason, at: Moment) -> Result<(), RevokeFault> {
        let digits = serial.trim_start_matches('0');
        let serial = decoded(digits).ok_or_else(|| RevokeFault::Serial(serial.to_owned()))?;
        let mut all = self.revoked()?;
        if all.iter().any(|one| one.serial == serial) {
            return Err(RevokeFault::There(digits.to_owned()));
        }
        all.push(RevokedStamper { serial, at: whole(at), reason });
        let line = |one: &RevokedStamper| format!("{} {} {}\n", hex::encode(&one.serial), one.at, one.reason.code());
        Ok(self.put(FILE, all.iter().map(line).collect::<String>().as_bytes())?)
    }
}

fn line_of(line: &str) -> Option<RevokedStamper> {
    let mut parts = line.split(' ');
    let serial = decoded(parts.next()?.trim_start_matches('0'))?;
    let at = Moment::parse(parts.next()?).ok()?;
    let reason = RevocationReason::from_code(parts.next()?.parse().ok()?)?;
    parts.next().is_none().then_some(RevokedStamper { serial, at, reason })
}

/// 1 to 20 octets without leading zeros.
fn decoded(digits: &str) -> Option<Vec<u8>> {
    let even = if digits.len().is_multiple_of(2) { digits.to_owned() } else { format!("0{digits}") };
    hex::decode(even).ok().filter(|octets| (1..=20).contains(&octets.len()))
}

fn whole(at: Moment) -> Moment {
    Moment::from_unix_seconds(at.unix_seconds()).unwrap_or(at)
}
