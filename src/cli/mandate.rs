//! `yinxin mandate`.

use super::{
    Exit,
    arguments::{MandateCommand, MandateDraft},
    register::{Stop, ended, now, say},
};
use crate::{flow::ceremony::write_new, random};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use yinxin_hsm::mandate::{MAX_PROOF, MOST_OCTETS, Mandate, Proof, Scope, Standing};

/// Beijing.
const AHEAD_MINUTES: i16 = 480;

pub(super) fn run(command: &MandateCommand) -> Exit {
    ended(match command {
        MandateCommand::Draft(command) => draft(command),
        MandateCommand::Prove { mandate, sm2, p256 } => prove(mandate, sm2.as_deref(), p256.as_deref()),
        MandateCommand::Show { mandate } => read(mandate).and_then(|(mandate, octets)| show(&mandate, &octets)),
    })
}

fn draft(command: &MandateDraft) -> Result<(), Stop> {
    let (from_minute, to_minute) = hours(&command.hours)?;
    let mut types: Vec<Box<str>> = command.types.iter().map(|code| code.as_str().into()).collect();
    types.sort();
    types.dedup();
    let mandate = Mandate {
        random: random::octets().map_err(|error| Stop::internal(&error.to_string()))?,
        key: command.key.clone(),
        seal: command.seal.as_str().into(),
        from: command.from.map_or_else(now, Ok)?,
        until: command.until,
        most: command.most,
        scope: Scope::Standing(Standing {
            licence_types: types.into(),
            most_a_minute: command.most_a_minute,
            from_minute,
            to_minute,
            ahead_minutes: AHEAD_MINUTES,
        }),
    };
    let octets = mandate.to_octets().map_err(Stop::usage)?;
    put(&with_ending(&command.out, "mandate"), &octets)?;
    put(&with_ending(&command.out, "name"), &Mandate::name(&octets))?;
    show(&mandate, &octets)
}

/// Added, not replaced: a name may have dots.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn hours(text: &str) -> Result<(u16, u16), Stop> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (text.len() == 5 && hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let both = text.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
    both.ok_or_else(|| Stop::usage("--hours wants the form 08:00-17:59"))
}

fn put(path: &Path, octets: &[u8]) -> Result<(), Stop> {
    // beside, then in its place: the service may be looking at the folder
    let beside = with_ending(path, "new");
    let placed = || {
        if path.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        write_new(&beside, octets)?;
        fs::rename(&beside, path)
    };
    placed().map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))
}

fn bounded(path: &Path, most: usize) -> Result<Vec<u8>, Stop> {
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > most as u64 {
        return Err(Stop::usage(format_args!("{}: longer than it can be", path.display())));
    }
    fs::read(path).map_err(failed)
}

fn read(path: &Path) -> Result<(Mandate, Vec<u8>), Stop> {
    let octets = bounded(path, MOST_OCTETS)?;
    let mandate = Mandate::parse(&octets);
    mandate.map(|mandate| (mandate, octets)).map_err(|fault| Stop::usage(format_args!("{}: {fault}", path.display())))
}

fn prove(path: &Path, sm2: Option<&Path>, p256: Option<&Path>) -> Result<(), Stop> {
    read(path)?;
    let proof = match (sm2, p256) {
        (Some(file), _) => Proof::Sm2(bounded(file, MAX_PROOF)?.into()),
        (None, Some(file)) => Proof::P256(bounded(file, MAX_PROOF)?.into()),
        (None, None) => return Err(Stop::usage("--sm2 or --p256")),
    };
    // whose key it is, only the daemon knows
    put(&path.with_extension("proof"), &proof.to_octets().map_err(Stop::usage)?)
}

fn show(mandate: &Mandate, octets: &[u8]) -> Result<(), Stop> {
    say(format_args!("name\t{}", hex::encode(Mandate::name(octets))))?;
    say(format_args!("key\t{}", mandate.key))?;
    say(format_args!("seal\t{}", mandate.seal))?;
    say(format_args!("from\t{}", mandate.from))?;
    say(format_args!("until\t{}", mandate.until))?;
    say(format_args!("most\t{}", mandate.most))?;
    match &mandate.scope {
        Scope::Digests(digests) => say(format_args!("documents\t{}", digests.len())),
        Scope::Batch(root) => say(format_args!("batch\t{}", hex::encode(root))),
        Scope::Standing(standing) => {
            say(format_args!("types\t{}", standing.licence_types.join(" ")))?;
            say(format_args!("most a minute\t{}", standing.most_a_minute))?;
            let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let (from, to) = (time(standing.from_minute), time(standing.to_minute));
            say(format_args!("hours\t{from} to {to}, {} minutes ahead of UTC", standing.ahead_minutes))
        }
    }
}
