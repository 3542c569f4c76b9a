//! One strict TOML file parsed into checked values.
//!
//! Unknown members are refused, units stand in the names, and what is out of
//! range is refused with the member's name. `yinxin.sample.toml` at the top of
//! the repository shows every member with its default.

mod evidence;
mod issuing;
mod limits;
mod load;
mod network;
mod oidc;
mod register;
mod resolver;
mod serve;
mod site;
mod time_stamps;
mod trust;
mod verify;
mod window;

pub use evidence::Evidence;
pub use issuing::{Authority, FontFile, Issuing};
pub use limits::Limits;
pub use load::{CONFIG_FILE, CONFIG_VARIABLE, ConfigError, find};
pub use network::{Network, NoNetwork};
pub use oidc::{ClaimPath, OidcClaims, OidcFor, OidcProvider, StaffRole};
pub use register::{Access, Database, FactorFor};
pub use resolver::{CodePlatform, Resolver, RestCharacters};
pub use serve::{ForwardedHeader, Lanes, Log, LogFormat, Serve, ServeRole, Timeouts, UnknownServeRole};
pub use site::Site;
pub use time_stamps::{TimeStampAuthority, TimeStamps, WhenMissing};
pub use trust::{MissedUpdate, Trust};
pub use verify::Verify;
pub use window::{DevicesWanted, Window};

use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use yinxin_hsm::configured::{CustodyConfig, toml_words};

/// The whole configuration; every section may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The web service.
    pub serve: Serve,
    /// The register; without it the service only verifies.
    pub database: Option<Database>,
    /// How people sign in.
    pub access: Access,
    /// Providers elsewhere at which people and holders sign in, by name.
    pub oidc: BTreeMap<String, OidcProvider>,
    /// Work at windows.
    pub window: Window,
    /// Keys in custody: in files, in a device, or behind hsmd. Without this section the service issues nothing.
    pub keys: Option<CustodyConfig>,
    /// An authority of our own.
    pub authority: Option<Authority>,
    /// How licences are issued.
    pub issuing: Issuing,
    /// Time stamps.
    pub time_stamps: TimeStamps,
    /// Time stamps over what is kept.
    pub evidence: Evidence,
    /// Whom to trust.
    pub trust: Trust,
    /// What a verification is given beside the document.
    pub verify: Verify,
    /// Codes of other services.
    pub resolver: Resolver,
    /// Who runs this site, for the foot of the pages.
    pub site: Site,
    /// What is written about the running service.
    pub log: Log,
}

impl Config {
    /// Parses and checks the text of a configuration file.
    ///
    /// # Errors
    /// [`ConfigError::Syntax`] with line and member, [`ConfigError::Range`]
    /// with the member that is out of range.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|e| ConfigError::Syntax(toml_words(text, &e)))?;
        config.serve.check()?;
        config.trust.check()?;
        config.verify.check()?;
        config.site.check()?;
        config.access.check()?;
        oidc::check(&config.oidc)?;
        if !config.oidc.is_empty() && (config.access.origin.is_none() || config.database.is_none()) {
            return Err(ConfigError::Range { member: "oidc", wanted: "absent without [database] and access.origin" });
        }
        config.keys.as_ref().map_or(Ok(()), CustodyConfig::check)?;
        config.authority.as_ref().map_or(Ok(()), Authority::check)?;
        config.issuing.check()?;
        config.time_stamps.check()?;
        config.evidence.check()?;
        config.resolver.check()?;
        config.database.as_ref().map_or(Ok(()), Database::check)?;
        if config.access.second_factor_key.is_some() && config.keys.is_none() {
            return Err(ConfigError::Range { member: "access.second_factor_key", wanted: "none without [keys]" });
        }
        Ok(config)
    }

    /// As [`Config::parse`], with relative paths that start at `folder`.
    ///
    /// # Errors
    /// As [`Config::parse`].
    pub fn parse_in(text: &str, folder: &Path) -> Result<Self, ConfigError> {
        Ok(Self::parse(text)?.rooted_at(folder))
    }

    /// Makes relative paths start at `folder`.
    fn rooted_at(mut self, folder: &Path) -> Self {
        self.trust = self.trust.rooted_at(folder);
        self.verify = self.verify.rooted_at(folder);
        self.site = self.site.rooted_at(folder);
        self.resolver = self.resolver.rooted_at(folder);
        self.database = self.database.map(|database| database.rooted_at(folder));
        self.oidc = self.oidc.into_iter().map(|(name, one)| (name, one.rooted_at(folder))).collect();
        self.keys = self.keys.map(|keys| keys.rooted_at(folder));
        if let Some(authority) = &mut self.time_stamps.authority {
            authority.chain = folder.join(&authority.chain);
        }
        self.issuing.fonts.iter_mut().for_each(|font| font.file = folder.join(&font.file));
        self.authority =
            self.authority.map(|authority| Authority { folder: folder.join(&authority.folder), ..authority });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_file_shows_the_defaults() {
        let sample = Config::parse(include_str!("../../yinxin.sample.toml")).unwrap();
        assert_eq!(sample, Config::default());
    }

    #[test]
    fn the_sample_file_with_every_comment_taken_off_parses() {
        let all: String = include_str!("../../yinxin.sample.toml")
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .flat_map(|line| [line, "\n"])
            .collect();
        let config = Config::parse(&all).unwrap();
        assert!(config.trust.publish.is_some() && config.issuing.status_key.is_some());
        assert!(config.verify.algorithms.is_some());
        assert!(config.trust.anchors.is_some() && config.serve.admin_listen.is_some() && config.site.phone.is_some());
        let database = config.database.unwrap();
        assert_eq!((database.connections, database.waiting_writes), (8, 1024));
        assert!(database.password_file.is_some() && config.access.origin.is_some());
        assert_eq!(config.access.second_factor_for.len(), 4);
        assert_eq!(config.oidc.len(), 2);
    }

    #[test]
    fn unknown_members_and_values_out_of_range_are_named() {
        for (text, member) in [
            ("[serve]\nlissten = \"x\"", "lissten"),
            ("[window]\ndevices = \"always\"", "devices"),
            ("[serve]\nroles = []", "serve.roles"),
            ("[serve]\nroles = [\"stamp\"]", "roles"),
            ("[serve]\nupload_limit_bytes = 0", "serve.upload_limit_bytes"),
            ("[serve]\ntrusted_proxies = [\"0.0.0.0/0\"]", "0.0.0.0/0"),
            ("[serve]\nforwarded_header = \"via\"", "forwarded_header"),
            ("[serve.limits]\nmisses = 0", "serve.limits.misses"),
            ("[serve.limits]\nhits = 1", "hits"),
            ("[serve.lanes]\nverify_threads = 0", "serve.lanes.verify_threads"),
            ("[serve.timeouts]\nbody_seconds = 0", "serve.timeouts.body_seconds"),
            ("[serve]\nlisten = \"nowhere\"", "listen"),
            ("[site]\nname = \" \"", "site.name"),
            ("[site]\nold_after_hours = 0", "site.old_after_hours"),
            ("[verify]\ncrl_grace_seconds = 604801", "verify.crl_grace_seconds"),
            ("[verify]\nrevocation_list = \"x\"", "revocation_list"),
            ("[verify]\nalgorithm = \"x\"", "algorithm"),
            ("[verify]\nseal_status = \"needed\"", "seal_status"),
            ("[trust]\nclaimed_time_before_withdrawal = 1", "claimed_time_before_withdrawal"),
            ("[thrust]", "thrust"),
            ("[trust]\nrefresh_minutes = 10081", "trust.refresh_minutes"),
            ("[trust]\nmissed_update = \"never\"", "missed_update"),
            ("[trust]\nstanding_max_age_minutes = 0", "trust.standing_max_age_minutes"),
            ("[issuing]\nstatus_key = \"nowhere\"", "status_key"),
            ("[database]", "address"),
            ("[database]\naddress = \"data.db\"", "sqlite:"),
            ("[database]\naddress = \"sqlite:a\"\nconnections = 0", "database.connections"),
            ("[database]\naddress = \"sqlite:a\"\npassword = \"x\"", "password"),
            ("[keys]\nfolder = \"keys\"", "keys.passphrase_file"),
            ("[keys.hsmd]\nsocket = \"s\"\ndeadline_milliseconds = 1", "keys.hsmd.deadline_milliseconds"),
            ("[issuing]\ncode_prefix = \"https://a/\"", "issuing.code_prefix"),
            ("[issuing]\nthreads = 0", "issuing.threads"),
            ("[time_stamps]\nobtain_from = \"own\"", "time_stamps.obtain_from"),
            ("[time_stamps.authority]\nchain = \"a\"\npolicy = \"1.2\"\naccuracy_seconds = 61", "accuracy_seconds"),
            ("[time_stamps]\nwhen_missing = \"wait\"", "when_missing"),
            ("[issuing]\nsigning_threads = 65", "issuing.signing_threads"),
            ("[evidence]\nrenew_days_before = 0", "evidence.renew_days_before"),
            ("[evidence]\nrenew = \"yes\"", "renew"),
            ("[resolver]\nplatform = 1", "platform"),
            ("[[resolver.platforms]]\nname = \"a\"\nname_en = \"a\"\nkey = \"k\"", "resolver.platforms.may_ask"),
            ("[access]\nsession_hours = 25", "access.session_hours"),
            ("[access]\npresentation_seconds = 9", "access.presentation_seconds"),
            ("[access]\npresentation_seconds = 301", "access.presentation_seconds"),
            ("[access]\noffline_hours = 145", "access.offline_hours"),
            ("[access]\ncopy_days = 367", "access.copy_days"),
            ("[access]\norigin = \"http://a.example\"", "access.origin"),
            ("[access]\nsecond_factor_for = [\"approver\"]", "access.second_factor_for"),
            ("[access]\nsecond_factor_for = [\"boss\"]", "second_factor_for"),
            ("[access]\nsecond_factor_key = \"soft:0123456789abcdef\"", "access.second_factor_key"),
            ("[access]\nsecond_factor_key = \"nowhere\"", "second_factor_key"),
            ("[serve.lanes]\nsign_in_threads = 17", "serve.lanes.sign_in_threads"),
            ("[serve.lanes]\nissue_threads = 0", "serve.lanes.issue_threads"),
            ("[serve.lanes]\nissue_waiting = 4097", "serve.lanes.issue_waiting"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(member), "{text}: {error}");
        }
    }
}
