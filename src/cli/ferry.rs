//! `yinxin ferry`.

use super::{
    Exit,
    arguments::FerryCommand,
    installation,
    register::{Stop, ended, now, open, say},
};
use crate::{
    config,
    flow::{
        access::{Permit, may},
        ferry::{self, Folders, Imported},
        trust::Offered,
    },
};
use std::path::{Path, PathBuf};
use yinxin_hsm::KeyReference;
use yinxin_trust::{
    base::Moment,
    ferry::{Counts, Header, Kind},
};

pub(super) fn run(command: &FerryCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        FerryCommand::Export { out, key } => export(out, key.as_ref(), config),
        FerryCommand::Import { files, begin } => import(files, *begin, config),
        FerryCommand::List => list(config),
        FerryCommand::Find { number } => find(number, config),
    })
}

fn export(out: &Path, key: Option<&KeyReference>, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let list = settings.trust.publish.as_deref();
    let list = list.ok_or_else(|| Stop::usage("the configuration has no [trust] publish: yinxin trust make"))?;
    let opened = installation::open(config)?;
    let folders = Folders { list, authority: opened.places.authority.as_deref() };
    let permit: Permit<may::ManageKeys> = Permit::of_operator("");
    let made = ferry::export(&opened.issuer, &permit, folders, out, key)?;
    say(format_args!("file\t{}", made.path.display()))?;
    facts(&made.header, Some(&made.counts))?;
    say(format_args!("sm3\t{}", hex::encode(made.sm3)))
}

fn import(files: &[PathBuf], begin: bool, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let (store, policy) = (open(config)?, settings.trust.acceptance());
    let permit: Permit<may::ManageTrust> = Permit::of_operator("");
    for file in files {
        say(format_args!("file\t{}", file.display()))?;
        match ferry::import(&store, &permit, file, &policy, begin, now()?)? {
            Imported::Before { header } => {
                facts(&header, None)?;
                say("taken before: nothing changed")?;
            }
            Imported::Taken { header, counts, list, revocation } => {
                facts(&header, Some(&counts))?;
                say(format_args!("new revocation lists\t{revocation}"))?;
                match list {
                    None => {}
                    Some(Ok(Offered::InUse(_))) => say("trust list\tin use already")?,
                    Some(Ok(Offered::Followed { .. })) => say("trust list\tin use: an accepted list names it")?,
                    Some(Ok(Offered::Proposed { .. })) => say("trust list\twaits for two people")?,
                    Some(Err(why)) => say(format_args!("trust list\trefused, {why}"))?,
                }
            }
        }
    }
    Ok(())
}

fn facts(header: &Header, counts: Option<&Counts>) -> Result<(), Stop> {
    say(format_args!("operator\t{} {}", header.operator.name, header.operator.territory))?;
    say(format_args!("sequence\t{}", header.sequence))?;
    say(format_args!("made\t{}", header.made))?;
    counts.map_or(Ok(()), |counts| {
        Kind::ALL.into_iter().try_for_each(|kind| say(format_args!("{}\t{}", kind.as_str(), counts.of(kind))))
    })
}

fn list(config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    ferry::states(&store)?.into_iter().try_for_each(|state| {
        let made = Moment::from_unix_milliseconds(state.last.made_at).map(|made| made.to_string()).unwrap_or_default();
        say(format_args!("{}\t{}\t{made}\t{}", state.operator, state.last.sequence, state.registrations))
    })
}

fn find(number: &str, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    ferry::find(&store, number)?.into_iter().try_for_each(|(operator, row)| {
        let until = row.valid_until.as_deref().unwrap_or("-");
        let digest = hex::encode(&row.document_sm3);
        say(format_args!("{operator}\t{}\t{}\t{until}\t{digest}", row.identifier, row.valid_from))
    })
}
