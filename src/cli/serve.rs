//! `yinxin serve`.

use super::{Exit, complain, register};
use crate::{
    clock::SystemClock,
    config::{self, Config, LogFormat},
    flow::{
        anchors, office::Office, own_register::OwnRegister, register::Register, revocation,
        status_client::StatusClient, verify::Verifier,
    },
    web::{AppState, serve},
};
use std::{io::Write, path::Path, sync::Arc};
use tracing_subscriber::EnvFilter;
use yinxin_trust::verify::Policy;

/// Environment variable that filters the log.
const LOG_VARIABLE: &str = "YINXIN_LOG";

/// Keys of anchors, signers and seal makers that keep a large table: about ten megabytes.
const LASTING_KEYS: u64 = 64;

pub(super) fn run(config: Option<&Path>) -> Exit {
    let config = match config::find(config) {
        Ok(config) => config,
        Err(error) => return complain(Exit::Usage, &error),
    };
    let anchors = match anchors::load(config.trust.anchors.as_deref()) {
        Ok(anchors) => anchors,
        Err(error) => return complain(Exit::Usage, &error),
    };
    let lists = match revocation::load(config.trust.anchors.as_deref(), &config.verify.revocation_lists) {
        Ok(lists) => lists,
        Err(error) => return complain(Exit::Usage, &error),
    };
    let office = match office(&config) {
        Ok(office) => office,
        Err(register::Stop(exit, why)) => return complain(exit, &why),
    };
    log_to_standard_error(config.log.format);
    if anchors.is_empty() {
        tracing::warn!("no trust anchors are configured: no document can be valid");
    }
    if lists.is_empty() && !anchors.is_empty() {
        tracing::warn!("no revocation lists are configured: no document can be valid");
    }
    // tables that the first verification would otherwise wait for
    yinxin_trust::sm::sm2::warm_up();
    let policy = Policy {
        lasting_keys: LASTING_KEYS,
        crl_grace_seconds: config.verify.crl_grace_seconds.into(),
        ..Policy::default()
    };
    let verifier = Verifier::new(anchors, policy, Arc::new(SystemClock)).with_revocation(lists);
    let elsewhere = match config.verify.status_url.as_deref().map(StatusClient::new) {
        None => None,
        Some(Ok(register)) => Some(Arc::new(register) as Arc<dyn Register>),
        Some(Err(error)) => return complain(Exit::Usage, &error),
    };
    // what was issued here is asked about here
    let register = match office.as_ref().and_then(|office| office.issuer.clone()) {
        Some(issuer) => Some(Arc::new(OwnRegister::new(issuer, elsewhere)) as Arc<dyn Register>),
        None => elsewhere,
    };
    let verifier = match register {
        Some(register) => verifier.with_register(register),
        None => verifier,
    };
    let served = AppState::start(&config, verifier, office).and_then(|state| {
        serve::serve(state, |public, admin| {
            let mut out = std::io::stdout().lock();
            writeln!(out, "listening http://{public}")?;
            if let Some(admin) = admin {
                writeln!(out, "admin http://{admin}")?;
            }
            out.flush()
        })
    });
    match served {
        Ok(()) => Exit::Valid,
        Err(error) => complain(Exit::Internal, &error),
    }
}

/// What a service with a register works with; none where there is no `[database]`.
fn office(config: &Config) -> Result<Option<Arc<Office>>, register::Stop> {
    let Some(database) = &config.database else { return Ok(None) };
    let store = register::open_settings(database.settings())?;
    let office = Office::new(Arc::new(store), Arc::new(SystemClock), config.access.session_hours);
    let office = office.map_err(|error| register::Stop(Exit::Internal, error.to_string()))?;
    Ok(Some(Arc::new(office)))
}

fn log_to_standard_error(format: LogFormat) {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
    }
}
