//! `yinxin ocsp`: answers about the certificates of our own authority.

use super::{
    Exit,
    arguments::OcspCommand,
    register::{Stop, ended, now, say},
};
use crate::{
    config,
    flow::authority::{AuthorityFault, AuthorityFolder, Named},
};
use std::path::Path;

pub(super) fn run(command: &OcspCommand, config: Option<&Path>) -> Exit {
    let OcspCommand::Make { organisation, name } = command;
    ended(make(Named { organisation, name }, config))
}

fn make(named: Named<'_>, config: Option<&Path>) -> Result<(), Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    let keys = config.keys.as_ref().ok_or_else(|| Stop::usage("the configuration has no [keys]"))?;
    let section = config.authority.as_ref().ok_or_else(|| Stop::usage("the configuration has no [authority]"))?;
    let folder = AuthorityFolder::at(&section.folder);
    let keys = keys.open().map_err(|error| Stop(Exit::Unavailable, error.to_string()))?.keys();
    let authority = folder.read().map_err(|error| Stop::unreadable(error.to_string()))?;
    let made = authority.certify_responders(keys.as_ref(), named, now()?);
    let certificates = made.map_err(|error: AuthorityFault| Stop(Exit::Unavailable, error.to_string()))?;
    folder.keep_responders(&certificates).map_err(|error| Stop::unreadable(error.to_string()))?;
    for certificate in &certificates {
        say(format_args!("{}\t{}", certificate.issuer(), certificate.not_after()))?;
    }
    Ok(())
}
