//! `yinxin tsa`: a time stamp authority of our own.

use super::{
    Exit,
    arguments::TsaCommand,
    authority as own,
    register::{Stop, ended, now, open, say},
};
use crate::{
    config,
    flow::authority::{AuthorityFault, Named},
    store::time_stamps,
};
use std::{fs, path::Path};
use yinxin_trust::asn1::content_of_dotted;

/// Days that are listed.
const DAYS: u32 = 366;

pub(super) fn run(command: &TsaCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        TsaCommand::Make { organisation, name, policy } => make(Named { organisation, name }, policy, config),
        TsaCommand::Days => days(config),
    })
}

fn make(named: Named<'_>, policy: &str, config: Option<&Path>) -> Result<(), Stop> {
    if content_of_dotted(policy).is_none() {
        return Err(Stop::usage(format_args!("{policy}: no object identifier")));
    }
    let config = config::find(config).map_err(Stop::usage)?;
    let (folder, authority) = own::read(&config)?;
    if folder.time_stamper().exists() {
        return Err(Stop::refused(format!("{}: made already", folder.time_stamper().display())));
    }
    let keys = own::keys(&config)?;
    let made = authority.certify_time_stamper(keys.as_ref(), named, now()?);
    let certificate = made.map_err(|error: AuthorityFault| Stop(Exit::Unavailable, error.to_string()))?;
    folder.keep_time_stamper(&authority, &certificate).map_err(|error| Stop::unreadable(error.to_string()))?;
    say("[time_stamps.authority]")?;
    // the configuration may lie elsewhere than whoever reads this stands
    let chain = fs::canonicalize(folder.time_stamper()).map_err(|error| Stop::unreadable(error.to_string()))?;
    say(format_args!("chain = {:?}", chain.display().to_string()))?;
    say(format_args!("policy = {policy:?}"))
}

fn days(config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    for day in store.read(|conn| time_stamps::days(conn, DAYS))? {
        say(format_args!("{}\t{}\t{}\t{}", day.day, day.given, day.refused, day.first_serial))?;
    }
    Ok(())
}
