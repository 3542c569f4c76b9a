//! What the commands of an issuing installation share.

use super::register::{Stop, open_settings};
use crate::{
    clock::SystemClock,
    config::{self, CodePlatform, Config, FactorFor},
    flow::{
        access::Role,
        algorithms,
        authority::{Authority, AuthorityFolder},
        installation::{self, Places, TimeStampsFrom},
        issue::IssueSettings,
        issuer::Issuer,
        ocsp::OcspClient,
        oidc::Providers,
        resolver::{PlatformSettings, RestOfCode},
        second_factor::{Demand, Factors},
        time_stamps::{TimeStamperSettings, WhenMissing},
    },
    store::Store,
};
use std::{path::Path, sync::Arc};
use yinxin_trust::{base::Sentence, verify::Policy};

/// By which rules the configuration has documents verified.
pub(super) fn policy(config: &Config) -> Result<Policy, Stop> {
    policy_with(config, None)
}

/// The same, with another file of algorithms in the place of the configured one.
pub(super) fn policy_with(config: &Config, file: Option<&Path>) -> Result<Policy, Stop> {
    Ok(Policy {
        crl_grace_seconds: config.verify.crl_grace_seconds.into(),
        outdated_lists: config.trust.acceptance().missed_update,
        claimed_time_before_withdrawal: config.trust.claimed_time_before_withdrawal,
        seal_status: config.verify.seal_status,
        algorithms: algorithms::load(file.or(config.verify.algorithms.as_deref())).map_err(Stop::usage)?,
        ..Policy::default()
    })
}

/// Where the parts of the configured installation are.
pub(super) fn places(config: &Config) -> Result<Places, Stop> {
    let keys = config.keys.as_ref();
    let keys = keys.ok_or_else(|| Stop::usage("the configuration has no [keys]: run yinxin init"))?;
    Ok(Places {
        keys: keys.clone(),
        authority: config.authority.as_ref().map(|authority| authority.folder.clone()),
        suite: config.authority.as_ref().map(|authority| authority.suite).unwrap_or_default(),
        public_address: config.authority.as_ref().and_then(|authority| authority.public_address.clone()),
        anchors: config.trust.anchors.clone(),
        revocation_lists: config.verify.revocation_lists.clone(),
        policy: policy(config)?,
        issue: IssueSettings {
            code_site: config.issuing.code_site.clone(),
            intent_lifetime_seconds: config.issuing.intent_lifetime_seconds,
            threads: config.issuing.threads,
            signing_threads: config.issuing.signing_threads,
        },
        status_key: config.issuing.status_key.clone(),
        time_stamper: config.time_stamps.authority.as_ref().map(|authority| TimeStamperSettings {
            chain: authority.chain.clone(),
            policy: authority.policy.clone(),
            accuracy_seconds: authority.accuracy_seconds,
        }),
        time_stamps: config.time_stamps.obtain_from.as_ref().map(|address| {
            let from = if config.time_stamps.is_from_own() {
                TimeStampsFrom::Own
            } else {
                TimeStampsFrom::Address(address.clone())
            };
            let when_missing = match config.time_stamps.when_missing {
                config::WhenMissing::Refuse => WhenMissing::Refuse,
                config::WhenMissing::LeaveOut => WhenMissing::LeaveOut,
            };
            (from, when_missing)
        }),
        receipt_key: config.issuing.receipt_key.clone(),
        fonts: config.issuing.fonts.iter().map(|font| (font.name.clone(), font.file.clone())).collect(),
        platforms: config.resolver.platforms.iter().map(platform).collect(),
    })
}

fn platform(one: &CodePlatform) -> PlatformSettings {
    let [shortest, longest] = one.rest_length;
    PlatformSettings {
        name: Sentence::new(one.name.clone(), one.name_en.clone()),
        prefixes: one.prefixes.clone(),
        rest: RestOfCode { characters: one.rest_characters.includes(), shortest, longest },
        address: one.address.clone(),
        key: one.key.clone(),
        timeout_milliseconds: one.timeout_milliseconds,
        may_ask: one.may_ask,
    }
}

/// Who is asked about single certificates; none where no responder is configured.
pub(super) fn ocsp(config: &Config) -> Result<Option<Arc<OcspClient>>, Stop> {
    let addresses = &config.verify.ocsp_responders;
    if addresses.is_empty() {
        return Ok(None);
    }
    Ok(Some(Arc::new(OcspClient::new(addresses).map_err(Stop::usage)?)))
}

/// What seals second factors, and who must have one; none where no key is configured for it.
pub(super) fn factors(config: &Config, issuer: &Issuer) -> Result<Option<Factors>, Stop> {
    let Some(key) = &config.access.second_factor_key else { return Ok(None) };
    let mut demand = Demand::default();
    for one in &config.access.second_factor_for {
        let role = match one {
            FactorFor::Officer => Role::Officer,
            FactorFor::Approver => Role::Approver,
            FactorFor::SealKeeper => Role::SealKeeper,
            FactorFor::Clerk => Role::Clerk,
            FactorFor::Auditor => Role::Auditor,
            FactorFor::Administrator => Role::Administrator,
            FactorFor::Holder => {
                demand.holders = true;
                continue;
            }
        };
        demand.roles.insert(role);
    }
    Ok(Some(Factors::open(issuer.keys.clone(), key.clone(), demand, super::register::now()?)?))
}

/// Where else people and holders sign in; none where no provider is configured.
pub(super) fn providers(config: &Config) -> Result<Option<Arc<Providers>>, Stop> {
    let Some(origin) = config.access.origin.as_deref().filter(|_| !config.oidc.is_empty()) else { return Ok(None) };
    Ok(Some(Arc::new(Providers::new(&config.oidc, origin).map_err(Stop::usage)?)))
}

/// An opened installation.
pub(super) struct Opened {
    pub(super) places: Places,
    pub(super) issuer: Arc<Issuer>,
}

/// Opens the configured installation, and takes up what a crash left.
pub(super) fn open(config: Option<&Path>) -> Result<Opened, Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    let places = places(&config)?;
    let database = config.database.as_ref();
    let database = database.ok_or_else(|| Stop::usage("the configuration has no [database]: run yinxin init"))?;
    let store = Arc::new(open_settings(database.settings())?);
    let issuer = opened(&places, store)?;
    Ok(Opened { places, issuer })
}

impl Opened {
    /// Our own authority with its address; none where none is configured.
    pub(super) fn authority(&self) -> Result<Option<Authority>, Stop> {
        let read = self.places.authority.as_deref().map(|folder| AuthorityFolder::at(folder).read()).transpose();
        let read = read.map_err(|error| Stop::unreadable(error.to_string()))?;
        Ok(read.map(|own| Authority { address: self.places.public_address.clone(), ..own }))
    }
}

/// Opens keys, fonts and verifier over a register.
pub(super) fn opened(places: &Places, store: Arc<Store>) -> Result<Arc<Issuer>, Stop> {
    let issuer = installation::open(places, store, Arc::new(SystemClock))?;
    crate::flow::issue::recover(&issuer, 0)?;
    crate::flow::stamps::recover(&issuer, 0)?;
    Ok(Arc::new(issuer))
}
