//! `yinxin key`.

use super::{
    Exit,
    arguments::{KeyBackup, KeyCommand, KeyOrderArguments},
    register::{Stop, ended, now, open_settings, say},
    shares,
};
use crate::{
    config::{self, Config},
    flow::{
        access::Permit,
        ceremony::write_new,
        keys::{Keys, public_hex},
    },
    store::Store,
};
use std::{fs, io::Write as _, path::Path, sync::Arc};
use yinxin_hsm::{
    KeyDescription, KeyOrder, KeyReference, KeyState, KeyStore, Limits,
    soft::{BackupFacts, LONGEST_BACKUP},
    split::Split,
};
use yinxin_trust::x509::make::SubjectName;

/// Custody and register of the configuration.
struct Opened {
    config: Config,
    custody: Arc<dyn KeyStore>,
    register: Option<Store>,
}

impl Opened {
    fn keys(&self) -> Keys<'_> {
        Keys::new(self.custody.as_ref(), self.register.as_ref(), Permit::of_operator(""))
    }
}

/// `urgent` goes on without the register, and says so.
fn open(config: Option<&Path>, urgent: bool) -> Result<Opened, Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    let section = config.keys.as_ref().ok_or_else(|| Stop::usage("the configuration has no [keys]"))?;
    // a custody that nothing was made in yet is made here
    let custody = section.create().map_err(|error| Stop(Exit::Unavailable, error.to_string()))?.keys();
    let register = config.database.as_ref().map(|database| open_settings(database.settings())).transpose();
    let register = match register {
        Err(Stop(_, why)) if urgent => {
            let _ = writeln!(anstream::stderr(), "yinxin: not written in the register's audit: {why}");
            None
        }
        other => other?,
    };
    Ok(Opened { config, custody, register })
}

pub(super) fn run(command: &KeyCommand, config: Option<&Path>) -> Exit {
    ended((|| {
        let opened = open(config, matches!(command, KeyCommand::Suspend { .. }))?;
        let keys = opened.keys();
        match command {
            KeyCommand::Generate { order, at } => {
                let order = match at {
                    None => self::order(order),
                    Some(place) => self::order(order).at_place(place.clone()),
                };
                say(keys.generate(&order, now()?)?.reference)
            }
            KeyCommand::Adopt { at, order } => {
                say(keys.adopt(&self::order(order).at_place(at.clone()), now()?)?.reference)
            }
            KeyCommand::List => keys.list()?.iter().try_for_each(|key| {
                say(format_args!("{}\t{}\t{}\t{}", key.reference, key.algorithm, key.purpose, key.state))
            }),
            KeyCommand::Request { key, subject, out } => request(&keys, key, subject, out),
            KeyCommand::Describe { key } => describe(&keys.describe(key)?),
            KeyCommand::Suspend { key } => Ok(keys.set_state(key, KeyState::Suspended, now()?)?),
            KeyCommand::Resume { key } => Ok(keys.set_state(key, KeyState::Active, now()?)?),
            KeyCommand::Destroy { key, really } if key == really => Ok(keys.destroy(key, now()?)?),
            KeyCommand::Destroy { .. } => Err(Stop::usage("--really wants the same reference once more")),
            KeyCommand::Backup(command) => backup(&opened, command),
            KeyCommand::Restore { file, share } => restore(&keys, file, share),
        }
    })())
}

fn order(arguments: &KeyOrderArguments) -> KeyOrder {
    let KeyOrderArguments { purpose, algorithm, not_before, not_after, most_uses } = arguments;
    let limits = Limits { not_before: *not_before, not_after: *not_after, most_uses: *most_uses };
    KeyOrder::new(*algorithm, *purpose).limited(limits)
}

fn request(keys: &Keys<'_>, key: &KeyReference, subject: &SubjectName, out: &Path) -> Result<(), Stop> {
    let request = keys.request(key, subject, now()?)?;
    write_new(out, request.to_pem().as_bytes())
        .map_err(|error| Stop::unreadable(format!("{}: {error}", out.display())))?;
    say(format_args!("subject\t{}", request.subject()))?;
    say(format_args!("request\t{}", out.display()))
}

fn describe(key: &KeyDescription) -> Result<(), Stop> {
    say(format_args!("reference\t{}", key.reference))?;
    say(format_args!("algorithm\t{}", key.algorithm))?;
    say(format_args!("purpose\t{}", key.purpose))?;
    let uses: Vec<_> = key.uses.iter().map(ToString::to_string).collect();
    say(format_args!("uses\t{}", uses.join(", ")))?;
    say(format_args!("state\t{}", key.state))?;
    let limits = [("not before", key.limits.not_before), ("not after", key.limits.not_after), ("made", key.created)];
    for (name, at) in limits.into_iter().filter_map(|(name, at)| Some((name, at?))) {
        say(format_args!("{name}\t{at}"))?;
    }
    if let Some(most) = key.limits.most_uses {
        say(format_args!("used\t{} of {most}", key.used.unwrap_or_default()))?;
    }
    key.public_key.as_ref().map_or(Ok(()), |public| say(format_args!("public key\t{}", public_hex(public))))
}

fn backup(opened: &Opened, command: &KeyBackup) -> Result<(), Stop> {
    let split = Split::new(command.needed, command.shares).map_err(Stop::usage)?;
    let passphrase = opened.config.keys.as_ref().and_then(|section| section.passphrase());
    let passphrase = passphrase.ok_or_else(|| Stop::usage("the keys are behind hsmd: back them up there"))?;
    // shares that nobody got make a backup that nobody opens
    if command.out.exists() {
        return Err(Stop::unreadable(format!("{}: is there already", command.out.display())));
    }
    shares::are_ready(command.shares_to.as_deref(), split.shares().into())
        .map_err(|error| Stop::unreadable(error.to_string()))?;
    let backup = opened.keys().backup(&passphrase, split, now()?)?;
    write_new(&command.out, &backup.octets)
        .map_err(|error| Stop::unreadable(format!("{}: {error}", command.out.display())))?;
    for (place, share) in backup.shares.iter().enumerate() {
        let holder = (place + 1).to_string();
        shares::hand_over(command.shares_to.as_deref(), &holder, share)
            .map_err(|error| Stop::unreadable(format!("share {holder}: {error}")))?;
    }
    let list = |keys: &[KeyReference]| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    say(format_args!("keys\t{}", list(&backup.keys)))?;
    if backup.left_out.is_empty() { Ok(()) } else { say(format_args!("left out\t{}", list(&backup.left_out))) }
}

fn restore(keys: &Keys<'_>, file: &Path, files: &[std::path::PathBuf]) -> Result<(), Stop> {
    let failed = |error: std::io::Error| Stop::unreadable(format!("{}: {error}", file.display()));
    if fs::metadata(file).map_err(failed)?.len() > LONGEST_BACKUP as u64 {
        return Err(Stop::usage(format_args!("{}: longer than any backup", file.display())));
    }
    let backup = fs::read(file).map_err(failed)?;
    let facts = BackupFacts::read(&backup).map_err(Stop::usage)?;
    let shares = shares::read(files, usize::from(facts.needed))?;
    for key in keys.restore(&backup, &shares, now()?)? {
        say(format_args!("{}\t{}\t{}", key.reference, key.algorithm, key.purpose))?;
    }
    Ok(())
}
