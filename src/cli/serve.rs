//! `yinxin serve`.

use super::{
    Exit, complain, installation,
    register::{Stop, open_settings},
};
use crate::{
    clock::SystemClock,
    config::{self, Config, LogFormat, ServeRole},
    flow::{
        anchors,
        authority::AuthorityFolder,
        demo::Demo,
        letters::Letters,
        office::Office,
        own_register::OwnRegister,
        register::Register,
        revocation,
        status_client::StatusClient,
        trust::{self, ForeignRegisters},
        verify::Verifier,
    },
    jobs::{Lines, TrustLists, Upkeep},
    web::{AppState, serve},
};
use std::{io::Write, path::Path, sync::Arc};
use tracing_subscriber::EnvFilter;
use yinxin_trust::verify::Policy;

/// Environment variable that filters the log.
const LOG_VARIABLE: &str = "YINXIN_LOG";

/// Keys of anchors, signers and seal makers that keep a large table: about ten megabytes.
const LASTING_KEYS: u64 = 64;

/// Serves; with roles, those in the place of the configured ones.
pub(super) fn run(config: Option<&Path>, roles: &[ServeRole]) -> Exit {
    run_with(config, roles, None)
}

/// Serves a demonstration, into whose accounts anybody at the machine signs in at once.
pub(super) fn run_demo(config: &Path, demo: Demo) -> Exit {
    run_with(Some(config), &[], Some(demo))
}

fn run_with(config: Option<&Path>, roles: &[ServeRole], demo: Option<Demo>) -> Exit {
    let served = config::find(config).map_err(Stop::usage).and_then(|mut config| {
        if !roles.is_empty() {
            config.serve.roles = roles.to_vec();
        }
        serve(&config, demo)
    });
    match served {
        Ok(()) => Exit::Valid,
        Err(Stop(exit, why)) => complain(exit, &why),
    }
}

fn serve(config: &Config, demo: Option<Demo>) -> Result<(), Stop> {
    let Parts { office, at_work } = parts(config, demo)?;
    let issuer = office.as_ref().and_then(|office| office.issuer.as_ref());
    let asking = installation::ocsp(config)?;
    let verifier = match issuer {
        // its lists are renewed while the service runs
        Some(issuer) => issuer.verifier.clone().needing_seal_status(config.verify.seal_status),
        None => verifier(config)?,
    };
    let verifier = match asking {
        Some(client) => verifier.with_ocsp(client),
        None => verifier,
    };
    let elsewhere: Option<Arc<dyn Register>> = match config.verify.status_url.as_deref().map(StatusClient::new) {
        None => None,
        Some(register) => Some(Arc::new(register.map_err(|error| Stop::usage(format_args!("status {error}")))?) as _),
    };
    let (elsewhere, lists) = match &office {
        Some(office) => {
            let (registers, upkeep) = foreign(config, office, &verifier, elsewhere);
            upkeep.look()?;
            (Some(registers as Arc<dyn Register>), Some(upkeep))
        }
        None => (elsewhere, None),
    };
    // what was issued here is asked about here
    let register = match issuer {
        Some(issuer) => Some(Arc::new(OwnRegister::new(Arc::clone(issuer), elsewhere)) as Arc<dyn Register>),
        None => elsewhere,
    };
    let verifier = match register {
        Some(register) => verifier.with_register(register),
        None => verifier,
    };
    log_to_standard_error(config.log.format);
    if verifier.anchors() == 0 {
        tracing::warn!("no trust anchors are configured: no document can be valid");
    } else if verifier.lists() == 0
        && config.verify.ocsp_responders.is_empty()
        && config.verify.ocsp_responses.is_empty()
    {
        tracing::warn!("no revocation lists are configured: no document can be valid");
    }
    // tables that the first verification would otherwise wait for
    yinxin_trust::sm::sm2::warm_up();
    let mut looking = None;
    let served = AppState::start(config, verifier, office).and_then(|state| {
        let publication = state.publication().cloned();
        let asks = config.serve.roles.iter().any(|role| !matches!(role, ServeRole::Seals | ServeRole::Make));
        if asks && (publication.is_some() || lists.is_some()) {
            looking = Some(TrustLists::start(publication, lists, config.trust.refresh_minutes)?);
        }
        serve::serve(state, |public, admin| {
            let mut out = std::io::stdout().lock();
            writeln!(out, "listening http://{public}")?;
            if let Some(admin) = admin {
                writeln!(out, "admin http://{admin}")?;
            }
            out.flush()
        })
    });
    drop((at_work, looking));
    served.map_err(|error| Stop::internal(&format!("{}: {error}", config.serve.listen)))
}

/// The registers of other localities, and what keeps their lists in the verifier.
fn foreign(
    config: &Config,
    office: &Office,
    verifier: &Verifier,
    elsewhere: Option<Arc<dyn Register>>,
) -> (Arc<ForeignRegisters>, trust::Upkeep) {
    let (store, clock) = (&office.store, &office.clock);
    let max_age = config.trust.standing_max_age_minutes;
    let registers = ForeignRegisters::new(Arc::clone(store), Arc::clone(clock), max_age, elsewhere);
    let registers = Arc::new(match &office.issuer {
        Some(issuer) => registers.asking_as(Arc::clone(issuer)),
        None => registers,
    });
    let lists = (verifier.clone(), Arc::clone(&registers));
    let upkeep = trust::Upkeep::new(Arc::clone(store), Arc::clone(clock), lists, config.trust.acceptance());
    (registers, upkeep)
}

/// By the configured anchors and lists alone.
fn verifier(config: &Config) -> Result<Verifier, Stop> {
    let anchors = anchors::load(config.trust.anchors.as_deref()).map_err(Stop::usage)?;
    let lists = revocation::load(config.trust.anchors.as_deref(), &config.verify.revocation_lists);
    let policy = Policy { lasting_keys: LASTING_KEYS, ..installation::policy(config)? };
    let answers = revocation::load_answers(&config.verify.ocsp_responses).map_err(Stop::usage)?;
    let lists = lists.map_err(Stop::usage)?.and(&answers);
    Ok(Verifier::new(anchors, policy, Arc::new(SystemClock)).with_revocation(lists))
}

/// What a service with a register works with.
#[derive(Default)]
struct Parts {
    office: Option<Arc<Office>>,
    /// The threads beside the requests; end with the value.
    at_work: Option<(Upkeep, Option<Lines>)>,
}

/// As configured; nothing where there is no `[database]`, no threads beside the requests where there are no `[keys]`.
fn parts(config: &Config, demo: Option<Demo>) -> Result<Parts, Stop> {
    let Some(database) = &config.database else { return Ok(Parts::default()) };
    let store = Arc::new(open_settings(database.settings())?);
    let office = Office::new(Arc::clone(&store), Arc::new(SystemClock), config.access.session_hours);
    let office = office.map_err(|error| Stop::internal(&error.to_string()))?;
    let office = office
        .with_presentations(config.access.presentation_seconds, config.access.offline_hours)
        .with_copy_days(config.access.copy_days);
    let office = match demo {
        Some(demo) => office.with_demo(Arc::new(demo)),
        None => office,
    };
    let office = match installation::providers(config)? {
        Some(providers) => office.with_providers(providers),
        None => office,
    };
    if config.keys.is_none() {
        return Ok(Parts { office: Some(Arc::new(office)), at_work: None });
    }
    let places = installation::places(config)?;
    let issuer = installation::opened(&places, store)?;
    let mut office = match installation::factors(config, &issuer)? {
        Some(factors) => office.with_factors(factors),
        None => office,
    };
    // what was begun is finished, and jobs are worked through, where issuing is done and nowhere else
    let issues = config.serve.roles.contains(&ServeRole::Issue);
    if let Some(authority) = &config.authority {
        let folder = AuthorityFolder::at(&authority.folder);
        office = office.with_letters(Arc::new(Letters::new(folder, authority.public_address.clone())));
    }
    let started =
        Upkeep::start(Arc::clone(&issuer), places, issues, super::evidence::rules(config)).and_then(|upkeep| {
            let lines = if issues { Some(Lines::start(Arc::clone(&issuer))?) } else { None };
            Ok((upkeep, lines))
        });
    let at_work = started.map_err(|error| Stop::internal(&error.to_string()))?;
    Ok(Parts { office: Some(Arc::new(office.with_issuer(issuer))), at_work: Some(at_work) })
}

fn log_to_standard_error(format: LogFormat) {
    let filter = EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
    }
}
