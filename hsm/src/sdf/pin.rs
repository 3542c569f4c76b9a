//! Showing PINs without ever burning the last try.
//!
//! A service that starts again and again with a wrong PIN locks the key, and an issuing
//! body stands still until somebody has travelled to the device. SDF has no call that
//! says how many tries are left, so the driver remembers, across its own restarts:
//!
//! 1. before a PIN is shown for the first time in a process, a try is written down;
//! 2. taken, and the record is removed; refused, and a derived digest of the PIN stands in it;
//! 3. a PIN in the record is not shown again: the same wrong file costs one try, not all;
//! 4. one try before `pin_tries` none is shown at all.
//!
//! What the device answers without having looked at the PIN (it is away, the key is not there)
//! does not count. The record is one file for each key, `index-3.wrong`: a line `salt`, a line
//! `trying` while an answer is awaited, a line `refused` for each wrong PIN.

use super::error::{PinFault, SdfError};
use crate::{
    SdfPlace,
    passphrase::Passphrase,
    place::{Folder, PlaceError, WRITE},
    random,
};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Mutex, PoisonError},
};
use yinxin_trust::sm::sm3;
use yinxin_vault::stretch::{Cost, SALT, Stretched};

/// Fewest octets of a PIN (GM/T 0018, 6.2.8).
const SHORTEST: usize = 8;

/// Longest record: more than tries that any device gives.
const LONGEST_RECORD: usize = 16 << 10;

const REFUSED: &[u8] = b"yinxin sdf pin 1: refused";

/// What is remembered of the PINs of one device.
pub(super) struct PinGuard {
    folder: Folder,
    tries: u8,
    /// Keys whose PIN this process saw taken last. Held while a PIN is shown, so that threads
    /// that start together show a wrong one once.
    taken: Mutex<BTreeSet<SdfPlace>>,
    cost: Cost,
}

/// The record of one key.
#[derive(Default)]
struct Record {
    salt: Option<[u8; SALT]>,
    unanswered: usize,
    refused: Vec<sm3::Digest>,
}

impl PinGuard {
    /// Opens the folder of the records, and makes it where there is none.
    pub(super) fn open(folder: &Path, tries: u8) -> Result<Self, PlaceError> {
        Self::open_with(folder, tries, Cost::STANDARD)
    }

    fn open_with(folder: &Path, tries: u8, cost: Cost) -> Result<Self, PlaceError> {
        Folder::create(folder)?;
        Ok(Self { folder: Folder::open_shared(folder, WRITE)?, tries, taken: Mutex::default(), cost })
    }

    /// Shows a PIN by `show`, if that burns no last try. The outer error is of the guard,
    /// the inner one the device's.
    pub(super) fn show(
        &self,
        place: SdfPlace,
        pin: &Passphrase,
        show: impl FnOnce(&[u8]) -> Result<(), SdfError>,
    ) -> Result<Result<(), SdfError>, PinFault> {
        if pin.expose().len() < SHORTEST {
            return Err(PinFault::Short(pin.expose().len()));
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let known = taken.contains(&place);
        if !known {
            self.may_be_shown(place, pin)?;
        }
        let answer = show(pin.expose());
        match &answer {
            Ok(()) if known => {}
            Ok(()) => {
                self.in_turn(|| self.folder.remove(&name(place)))?;
                taken.insert(place);
            }
            Err(SdfError::Call { code, .. }) if !code.is_no_judgement_of_pin() => {
                taken.remove(&place);
                self.refused(place, pin, !known)?;
                return Err(PinFault::Wrong(*code));
            }
            Err(_) if known => {}
            Err(_) => self.unjudged(place)?,
        }
        Ok(answer)
    }

    /// Writes a try down, if there may be one.
    fn may_be_shown(&self, place: SdfPlace, pin: &Passphrase) -> Result<(), PinFault> {
        let turn = self.folder.turn()?;
        let mut record = self.read(place)?;
        if !record.refused.is_empty() && record.refused.contains(&self.digest(&mut record.salt, pin)?) {
            return Err(PinFault::RefusedBefore { record: self.folder.path_of(&name(place)) });
        }
        let wrong = record.refused.len() + record.unanswered;
        if wrong + 1 >= usize::from(self.tries) {
            let record = self.folder.path_of(&name(place));
            return Err(PinFault::LastTry { wrong, tries: self.tries, record });
        }
        record.unanswered += 1;
        turn.replace(&name(place), record.text().as_bytes())?;
        Ok(())
    }

    fn refused(&self, place: SdfPlace, pin: &Passphrase, written_down: bool) -> Result<(), PinFault> {
        let turn = self.folder.turn()?;
        let mut record = self.read(place)?;
        if written_down {
            record.unanswered = record.unanswered.saturating_sub(1);
        }
        let digest = self.digest(&mut record.salt, pin)?;
        record.refused.push(digest);
        turn.replace(&name(place), record.text().as_bytes())?;
        Ok(())
    }

    /// Takes back the try that was written down.
    fn unjudged(&self, place: SdfPlace) -> Result<(), PinFault> {
        let turn = self.folder.turn()?;
        let mut record = self.read(place)?;
        record.unanswered = record.unanswered.saturating_sub(1);
        if record.unanswered == 0 && record.refused.is_empty() {
            turn.remove(&name(place))?;
        } else {
            turn.replace(&name(place), record.text().as_bytes())?;
        }
        Ok(())
    }

    fn in_turn(&self, work: impl FnOnce() -> Result<(), PlaceError>) -> Result<(), PlaceError> {
        let _turn = self.folder.turn()?;
        work()
    }

    fn read(&self, place: SdfPlace) -> Result<Record, PinFault> {
        let octets = match self.folder.read(&name(place), LONGEST_RECORD) {
            Ok(octets) => octets,
            Err(PlaceError::Missing(_)) => return Ok(Record::default()),
            Err(error) => return Err(error.into()),
        };
        let record = str::from_utf8(&octets).ok().and_then(Record::parse);
        record.ok_or_else(|| PinFault::NotARecord(self.folder.path_of(&name(place))))
    }

    /// What a PIN is remembered by: as dear to guess as the PIN of a key file.
    fn digest(&self, salt: &mut Option<[u8; SALT]>, pin: &Passphrase) -> Result<sm3::Digest, PinFault> {
        let salt = match *salt {
            Some(salt) => salt,
            None => {
                let fresh = random::octets().map_err(|error| PinFault::NotRemembered(error.to_string()))?;
                *salt.insert(*fresh)
            }
        };
        let stretched = Stretched::new(pin.expose(), salt, self.cost)
            .map_err(|error| PinFault::NotRemembered(error.to_string()))?;
        Ok(stretched.mac(REFUSED))
    }
}

impl Record {
    fn parse(text: &str) -> Option<Self> {
        let mut record = Self::default();
        for line in text.lines() {
            match line.split_once(' ') {
                None if line == "trying" => record.unanswered += 1,
                Some(("salt", digits)) => {
                    let mut salt = [0; SALT];
                    hex::decode_to_slice(digits, &mut salt).ok()?;
                    record.salt = Some(salt);
                }
                Some(("refused", digits)) => {
                    let mut digest = [0; 32];
                    hex::decode_to_slice(digits, &mut digest).ok()?;
                    record.refused.push(digest);
                }
                _ => return None,
            }
        }
        Some(record)
    }

    fn text(&self) -> String {
        let salt = self.salt.iter().map(|salt| format!("salt {}\n", hex::encode(salt)));
        let trying = core::iter::repeat_n("trying\n".to_owned(), self.unanswered);
        let refused = self.refused.iter().map(|digest| format!("refused {}\n", hex::encode(digest)));
        salt.chain(trying).chain(refused).collect()
    }
}

fn name(place: SdfPlace) -> String {
    match place {
        SdfPlace::Index(number) => format!("index-{number}.wrong"),
        SdfPlace::Kek(number) => format!("kek-{number}.wrong"),
    }
}

#[cfg(test)]
mod tests;
