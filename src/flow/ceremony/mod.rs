//! A key ceremony: what a file says, step by step, each step confirmed by two people or more, everything
//! written into a transcript whose lines are chained.
//!
//! The file is the plan that was agreed on beforehand; nothing is decided at the machine. A step that is
//! declined or fails ends the ceremony, and the transcript says so.

mod plan;
mod transcript;

pub use plan::{Plan, PlanFault, Step};
pub use transcript::{Checked, Entry, Transcript, TranscriptFault, check};

use super::{
    authority::{AuthorityFault, AuthorityFolder, Lists},
    installation::{self, InstallationFault, Places},
    keys::{Keys, KeysError, public_hex},
    kind::{HasKind, Kind},
};
use crate::clock::{Clock, ClockError};
use serde_json::{Value, json};
use std::{fs, io, path::Path};
use yinxin_hsm::{KeyDescription, KeyStore, soft::Backup, split::Share};
use yinxin_trust::{base::Moment, sm::sm3, x509::Certificate};

/// The room in which it is held: people and the things that are handed to them.
pub trait Hall {
    /// Shows a step and asks each witness for their word; their names, in the order in which they confirmed.
    ///
    /// # Errors
    /// [`Declined`]: nothing of the step is done.
    fn confirm(&mut self, witnesses: &[String], step: &str) -> Result<Vec<String>, Declined>;

    /// Whether so many shares can be handed over: asked before there are any.
    ///
    /// # Errors
    /// What is missing; the step is not begun.
    fn is_ready(&self, shares: usize) -> io::Result<()>;

    /// Hands a share to its holder, and to nobody else.
    ///
    /// # Errors
    /// What the medium met; the ceremony ends.
    fn hand_over(&mut self, holder: &str, share: &Share) -> io::Result<()>;
}

/// A witness said no, or did not know their word.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{witness} did not confirm")]
pub struct Declined {
    /// Who.
    pub witness: String,
}

/// Why a ceremony ended early.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CeremonyFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error(transparent)]
    Transcript(#[from] TranscriptFault),
    #[error(transparent)]
    Declined(#[from] Declined),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Installation(#[from] InstallationFault),
    #[error("{path}: {cause}", path = path.display())]
    Io { path: std::path::PathBuf, cause: io::Error },
    #[error("the shares cannot be handed over: {0}")]
    Shares(io::Error),
    #[error("the share of {holder}: {cause}")]
    Share { holder: String, cause: io::Error },
    #[error("a backup wants the passphrase of the key files: the keys are behind hsmd or in a device")]
    NoPassphrase,
    #[error(transparent)]
    Clock(#[from] ClockError),
}

/// What a ceremony works with.
pub struct Ceremony<'a> {
    /// What is done.
    pub plan: &'a Plan,
    /// Where keys and authority are.
    pub places: &'a Places,
    /// The open custody.
    pub custody: &'a dyn KeyStore,
    /// The same, with what is done written into the register's audit.
    pub keys: Keys<'a>,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Files of the plan start here.
    pub folder: &'a Path,
}

impl Ceremony<'_> {
    /// Holds it from the first step to the last; SM3 of the transcript's last line.
    ///
    /// # Errors
    /// [`CeremonyFault`]; what was done by then stands, and stands in the transcript.
    pub fn hold(&self, hall: &mut dyn Hall, transcript: &mut Transcript) -> Result<sm3::Digest, CeremonyFault> {
        let opening = json!({
            "title": self.plan.title,
            "plan_sm3": hex::encode(self.plan.digest),
            "program": env!("CARGO_PKG_VERSION"),
            "custody": self.custody.driver(),
            "witnesses": self.plan.witnesses,
            "steps": self.plan.steps.len(),
        });
        transcript.write(self.clock.now()?, "opened", &opening)?;
        for (place, step) in self.plan.steps.iter().enumerate() {
            let words = format!("{}/{}  {}", place + 1, self.plan.steps.len(), step.words());
            match self.take(step, &words, hall) {
                Ok((confirmed, done)) => {
                    let detail =
                        json!({ "step": place + 1, "what": step.words(), "confirmed_by": confirmed, "done": done });
                    transcript.write(self.clock.now()?, "done", &detail)?;
                }
                Err(fault) => {
                    let detail = json!({ "step": place + 1, "what": step.words(), "why": fault.to_string() });
                    // the first cause counts, also where the transcript cannot be written any more
                    if let Ok(at) = self.clock.now() {
                        let _ = transcript.write(at, "ended_early", &detail);
                    }
                    return Err(fault);
                }
            }
        }
        Ok(transcript.write(self.clock.now()?, "closed", &json!({}))?)
    }

    fn take(&self, step: &Step, words: &str, hall: &mut dyn Hall) -> Result<(Vec<String>, Value), CeremonyFault> {
        let confirmed = hall.confirm(&self.plan.witnesses, words)?;
        let at = self.clock.now()?;
        let done = match step {
            Step::Generate(order) => key_facts(&self.keys.generate(&order.order(), at)?),
            Step::Adopt(order) => key_facts(&self.keys.adopt(&order.order(), at)?),
            Step::FoundAuthority { organisation } => self.found(organisation, at)?,
            Step::PublishLists => self.lists(at)?,
            Step::Backup { needed: _, holders, file } => self.backup(step, holders, file, hall, at)?,
            Step::Suspend { key } => {
                self.keys.set_state(key, yinxin_hsm::KeyState::Suspended, at)?;
                json!({ "key": key.to_string() })
            }
            Step::Destroy { key } => {
                self.keys.destroy(key, at)?;
                json!({ "key": key.to_string() })
            }
        };
        Ok((confirmed, done))
    }

    fn found(&self, organisation: &str, at: Moment) -> Result<Value, CeremonyFault> {
        let authority = installation::found_authority(self.places, self.custody, organisation, at)?;
        let certificates: Vec<_> =
            [&authority.root, &authority.stamper_authority, &authority.maker_authority, &authority.seal_maker]
                .into_iter()
                .chain(authority.person_authority.as_ref())
                .map(certificate_facts)
                .collect();
        Ok(json!({ "certificates": certificates }))
    }

    fn lists(&self, at: Moment) -> Result<Value, CeremonyFault> {
        let folder = self.places.authority.as_deref().ok_or(InstallationFault::NoAnchors)?;
        let place = AuthorityFolder::at(folder);
        let authority = place.read().map_err(AuthorityFault::from).map_err(InstallationFault::from)?;
        // what was revoked before stays revoked
        let revoked = place.revoked().map_err(InstallationFault::from)?;
        let lists = Lists::publish(&authority, self.custody, &revoked, at).map_err(InstallationFault::from)?;
        place.keep_lists(&lists).map_err(AuthorityFault::from).map_err(InstallationFault::from)?;
        let named: Vec<_> = lists
            .named()
            .map(|(name, list)| json!({ "file": name, "sm3": hex::encode(sm3::digest(list.der())) }))
            .collect();
        Ok(json!({ "lists": named }))
    }

    fn backup(
        &self,
        step: &Step,
        holders: &[String],
        file: &Path,
        hall: &mut dyn Hall,
        at: Moment,
    ) -> Result<Value, CeremonyFault> {
        let passphrase = self.places.keys.passphrase().ok_or(CeremonyFault::NoPassphrase)?;
        let split = step.split().map_err(PlanFault::from)?;
        let path = self.folder.join(file);
        let in_the_way = |cause| CeremonyFault::Io { path: path.clone(), cause };
        // shares that nobody got make a backup that nobody opens
        if path.exists() {
            return Err(in_the_way(io::ErrorKind::AlreadyExists.into()));
        }
        hall.is_ready(holders.len()).map_err(CeremonyFault::Shares)?;
        let backup = self.keys.backup(&passphrase, split, at)?;
        write_new(&path, &backup.octets).map_err(in_the_way)?;
        for (holder, share) in holders.iter().zip(&backup.shares) {
            hall.hand_over(holder, share).map_err(|cause| CeremonyFault::Share { holder: holder.clone(), cause })?;
        }
        Ok(backup_facts(&backup, &path))
    }
}

/// A file of this user alone; an existing one is not overwritten.
///
/// # Errors
/// What the disk met.
pub fn write_new(path: &Path, octets: &[u8]) -> io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(octets)?;
    file.sync_all()
}

/// What is public about a key: never more.
fn key_facts(key: &KeyDescription) -> Value {
    json!({
        "key": key.reference.to_string(),
        "algorithm": key.algorithm.to_string(),
        "purpose": key.purpose.word(),
        "public_key": key.public_key.as_ref().map(public_hex),
    })
}

fn certificate_facts(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.display_name(),
        "serial": certificate.serial_hex(),
        "sm3": hex::encode(sm3::digest(certificate.der())),
        "not_after": certificate.not_after(),
    })
}

fn backup_facts(backup: &Backup, path: &Path) -> Value {
    let references = |keys: &[yinxin_hsm::KeyReference]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "file": path.file_name().map(|name| name.to_string_lossy()),
        "sm3": hex::encode(sm3::digest(&backup.octets)),
        "set": backup.shares.first().map(Share::set),
        "shares": backup.shares.len(),
        "keys": references(&backup.keys),
        "left_out": references(&backup.left_out),
    })
}

impl HasKind for CeremonyFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Plan(_) | Self::Declined(_) | Self::NoPassphrase => Kind::Refused,
            Self::Keys(error) => error.kind(),
            Self::Installation(error) => error.kind(),
            Self::Transcript(_) | Self::Io { .. } | Self::Shares(_) | Self::Share { .. } | Self::Clock(_) => {
                Kind::Unavailable
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Keys(error) => error.code(),
            Self::Installation(error) => error.code(),
            _ => "key_unavailable",
        }
    }
}

#[cfg(test)]
mod tests;
