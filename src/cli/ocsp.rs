//! `yinxin ocsp`: answers about the certificates of our own authority.

use super::{
    Exit,
    arguments::OcspCommand,
    authority as own,
    register::{Stop, ended, now, say},
};
use crate::{
    config,
    flow::authority::{AuthorityFault, Named},
};
use std::path::Path;

pub(super) fn run(command: &OcspCommand, config: Option<&Path>) -> Exit {
    let OcspCommand::Make { organisation, name } = command;
    ended(make(Named { organisation, name }, config))
}

fn make(named: Named<'_>, config: Option<&Path>) -> Result<(), Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    let (folder, authority) = own::read(&config)?;
    let keys = own::keys(&config)?;
    let made = authority.certify_responders(keys.as_ref(), named, now()?);
    let certificates = made.map_err(|error: AuthorityFault| Stop(Exit::Unavailable, error.to_string()))?;
    folder.keep_responders(&certificates).map_err(|error| Stop::unreadable(error.to_string()))?;
    for certificate in &certificates {
        say(format_args!("{}\t{}", certificate.issuer(), certificate.not_after()))?;
    }
    Ok(())
}
