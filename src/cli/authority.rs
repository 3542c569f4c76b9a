//! `yinxin authority`: certificates for keys of others, and their revocation.

use super::{
    Exit,
    arguments::{AuthorityCommand, AuthorityIssue, AuthorityRevoke, Reason, RequestedProfile},
    register::{Stop, ended, now, say},
};
use crate::{
    config::{self, Config},
    flow::{
        authority::{
            Authority, AuthorityFault, AuthorityFolder, IssuedBy, Named, RequestProfile, Revocable, read_certificate,
        },
        installation,
    },
};
use std::{fs, io::Write as _, path::Path, sync::Arc};
use yinxin_hsm::KeyStore;
use yinxin_trust::{
    asn1::pem,
    x509::{CertificationRequest, RevocationReason},
};

/// Octets of a request in PEM.
const REQUEST_LIMIT_BYTES: u64 = 64 << 10;

pub(super) fn run(command: &AuthorityCommand, config: Option<&Path>) -> Exit {
    ended(config::find(config).map_err(Stop::usage).and_then(|config| match command {
        AuthorityCommand::Issue(command) => issue(command, &config),
        AuthorityCommand::Persons { organisation } => persons(organisation, &config),
        AuthorityCommand::Revoke(command) => revoke(command, &config),
    }))
}

/// Our own authority as it is configured, with its address.
pub(super) fn read(config: &Config) -> Result<(AuthorityFolder, Authority), Stop> {
    let section = config.authority.as_ref().ok_or_else(|| Stop::usage("the configuration has no [authority]"))?;
    let folder = AuthorityFolder::at(&section.folder);
    let authority = folder.read().map_err(|error| Stop::unreadable(error.to_string()))?;
    Ok((folder, Authority { address: section.public_address.clone(), ..authority }))
}

/// The custody that is configured.
pub(super) fn keys(config: &Config) -> Result<Arc<dyn KeyStore>, Stop> {
    let keys = config.keys.as_ref().ok_or_else(|| Stop::usage("the configuration has no [keys]"))?;
    Ok(keys.open().map_err(|error| Stop(Exit::Unavailable, error.to_string()))?.keys())
}

fn issue(command: &AuthorityIssue, config: &Config) -> Result<(), Stop> {
    let path = command.request.display();
    let unreadable = |error: &dyn std::fmt::Display| Stop::unreadable(format!("{path}: {error}"));
    let length = fs::metadata(&command.request).map_err(|error| unreadable(&error))?.len();
    if length > REQUEST_LIMIT_BYTES {
        return Err(unreadable(&"larger than any certification request"));
    }
    let octets = fs::read(&command.request).map_err(|error| unreadable(&error))?;
    // reading verifies the request's own signature
    let request = CertificationRequest::read(&octets).map_err(|fault| Stop::refused(format!("{path}: {fault}")))?;
    let (_, authority) = read(config)?;
    let wanted = profile(command.profile);
    let named = Named { organisation: &command.organisation, name: &command.name };
    let issued = authority.certify_request(keys(config)?.as_ref(), &request, wanted, named, now()?);
    let certificate = issued.map_err(|fault| match fault {
        AuthorityFault::Key(_) => Stop(Exit::Unavailable, fault.to_string()),
        _ => Stop::refused(fault.to_string()),
    })?;
    let chain = core::iter::once(&certificate).chain(authority.above(wanted));
    let text: String = chain.map(|one| pem::write(pem::CERTIFICATE, one.der())).collect();
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&command.out);
    let written = written.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| Stop::unreadable(format!("{}: {error}", command.out.display())))?;
    say(format_args!("asked\t{}", request.subject()))?;
    say(format_args!("issued\t{}", certificate.subject()))?;
    say(format_args!("serial\t{}", certificate.serial_hex()))?;
    say(format_args!("until\t{}", certificate.not_after()))
}

fn persons(organisation: &str, config: &Config) -> Result<(), Stop> {
    let (folder, authority) = read(config)?;
    let made = installation::found_persons(&folder, authority, keys(config)?.as_ref(), organisation, now()?)?;
    say(format_args!("issued\t{}", made.subject()))?;
    say(format_args!("until\t{}", made.not_after()))
}

const fn profile(word: RequestedProfile) -> RequestProfile {
    match word {
        RequestedProfile::Stamper => RequestProfile::Stamper,
        RequestedProfile::SealMaker => RequestProfile::SealMaker,
        RequestedProfile::TimeStamper => RequestProfile::TimeStamper,
        RequestedProfile::Client => RequestProfile::Client,
        RequestedProfile::Log => RequestProfile::Log,
    }
}

fn revoke(command: &AuthorityRevoke, config: &Config) -> Result<(), Stop> {
    let (folder, _) = read(config)?;
    let reason = match command.reason {
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::Superseded => RevocationReason::Superseded,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
        Reason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
    };
    let given = command.certificate.as_deref().map(read_certificate).transpose();
    let given = given.map_err(|fault| Stop::unreadable(fault.to_string()))?;
    let what = match (&given, &command.serial) {
        (Some(certificate), _) => Revocable::Certificate(certificate),
        (None, serial) => {
            let by = if command.person { IssuedBy::PersonAuthority } else { profile(command.profile).issued_by() };
            Revocable::Serial(serial.as_deref().unwrap_or_default(), by)
        }
    };
    let by = installation::revoke(&folder, keys(config)?.as_ref(), what, reason, now()?)?;
    say(format_args!("list\t{}", by.list()))
}
