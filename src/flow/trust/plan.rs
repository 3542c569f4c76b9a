//! What people write a list from: TOML with the members of the list. Sequence, time and
//! signature are not theirs to write.

use super::key_file::{KeyFileFault, read_key};
use crate::flow::{
    authority::{FolderFault, read_certificate},
    bundle,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    io,
    path::{Path, PathBuf},
};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, configured::toml_words};
use yinxin_trust::{
    base::Moment,
    suite::PublicKey,
    trust_list::{FORMAT, ListPlan, PlanError, ServiceKey, TrustListLimits},
};

/// Longest file, octets: the services of a province with their scopes.
const LIMIT_BYTES: u64 = 8 << 20;

/// Longest time until the next list, days.
const MOST_DAYS: u32 = 366;

/// Why a file is no plan of a list.
#[derive(Debug, thiserror::Error)]
pub enum PlanFault {
    /// The file cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not TOML, or a member that there is not.
    #[error("the plan: {0}")]
    Toml(String),
    /// Until when the list holds.
    #[error("the plan: next_update_days is 1 to {MOST_DAYS}")]
    Days,
    /// By what a service is known.
    #[error("service {number}: exactly one of certificate, key, custody_key and host is wanted")]
    Identity {
        /// Which, from 1.
        number: usize,
    },
    /// A certificate that is named and not there.
    #[error("service {number}: {source}")]
    Certificate {
        /// Which, from 1.
        number: usize,
        /// Why.
        source: FolderFault,
    },
    /// A key that is named and not there.
    #[error(transparent)]
    Key(#[from] KeyFileFault),
    /// A key that is not in custody.
    #[error("service {number}: {source}")]
    Custody {
        /// Which, from 1.
        number: usize,
        /// Why.
        source: KeyError,
    },
    /// The custody keeps a secret key there, or one of a kind that lists do not have.
    #[error("service {number}: the key in custody has no public half that a list can name")]
    NoPublicKey {
        /// Which, from 1.
        number: usize,
    },
    /// The calendar ends.
    #[error("the next update would be outside the calendar")]
    Calendar,
    /// What the list does not allow.
    #[error(transparent)]
    List(#[from] PlanError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    operator: String,
    territory: String,
    next_update_days: u32,
    #[serde(default)]
    services: Vec<Service>,
    #[serde(default)]
    pointers: Vec<Pointer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    kind: String,
    name: String,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    custody_key: Option<String>,
    host: Option<String>,
    history: Vec<Entry>,
    scope: Scope,
    log_required_from: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    state: String,
    from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    #[serde(default)]
    bodies: Vec<String>,
    #[serde(default)]
    licence_types: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pointer {
    address: String,
    operator: String,
    key: PathBuf,
    scope: Option<Scope>,
}

/// Reads a plan and makes the list of it that lacks its signature. Relative paths start
/// at the plan.
pub(super) fn read(path: &Path, keys: &dyn KeyStore, sequence: u64, now: Moment) -> Result<ListPlan, PlanFault> {
    let octets =
        bundle::read(path, LIMIT_BYTES).map_err(|source| PlanFault::Unreadable { path: path.to_path_buf(), source })?;
    let text = core::str::from_utf8(&octets).map_err(|_| PlanFault::Toml("not UTF-8".to_owned()))?;
    let plan: Plan = toml::from_str(text).map_err(|error| PlanFault::Toml(toml_words(text, &error)))?;
    if !(1..=MOST_DAYS).contains(&plan.next_update_days) {
        return Err(PlanFault::Days);
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let until = now.unix_seconds() + i64::from(plan.next_update_days) * 86_400;
    let next_update = Moment::from_unix_seconds(until).map_err(|_| PlanFault::Calendar)?;
    let issued = Moment::from_unix_seconds(now.unix_seconds()).map_err(|_| PlanFault::Calendar)?;
    let services: Vec<Value> = (1..)
        .zip(&plan.services)
        .map(|(number, service)| service.value(number, folder, keys))
        .collect::<Result<_, _>>()?;
    let pointers: Vec<Value> = plan.pointers.iter().map(|pointer| pointer.value(folder)).collect::<Result<_, _>>()?;
    let list = json!({
        "format": FORMAT,
        "operator": { "name": plan.operator, "territory": plan.territory },
        "sequence": sequence,
        "issued": issued.to_string(),
        "next_update": next_update.to_string(),
        "services": services,
        "pointers": pointers,
    });
    // every value is checked there, and every offence told with its place
    Ok(ListPlan::from_json(list.to_string().as_bytes(), &TrustListLimits::default())?)
}

impl Service {
    fn value(&self, number: usize, folder: &Path, keys: &dyn KeyStore) -> Result<Value, PlanFault> {
        let (member, identity) = match (&self.certificate, &self.key, &self.custody_key, &self.host) {
            (Some(file), None, None, None) => {
                let read = read_certificate(&folder.join(file));
                let certificate = read.map_err(|source| PlanFault::Certificate { number, source })?;
                ("certificate", STANDARD.encode(certificate.der()))
            }
            (None, Some(file), None, None) => ("key", STANDARD.encode(read_key(&folder.join(file))?.spki())),
            (None, None, Some(reference), None) => ("key", in_custody(number, reference, keys)?),
            (None, None, None, Some(host)) => ("host", host.clone()),
            _ => return Err(PlanFault::Identity { number }),
        };
        let history: Vec<Value> =
            self.history.iter().map(|entry| json!({ "state": entry.state, "from": entry.from })).collect();
        let mut members = Map::new();
        for (name, value) in [
            ("kind", json!(self.kind)),
            ("name", json!(self.name)),
            (member, json!(identity)),
            ("history", json!(history)),
            ("scope", self.scope.value()),
        ] {
            members.insert(name.to_owned(), value);
        }
        if let Some(day) = &self.log_required_from {
            members.insert("log_required_from".to_owned(), json!(day));
        }
        Ok(Value::Object(members))
    }
}

impl Scope {
    fn value(&self) -> Value {
        json!({
            "bodies": self.bodies,
            "licence_types": self.licence_types,
            "regions": self.regions,
            "from": self.from,
        })
    }
}

impl Pointer {
    fn value(&self, folder: &Path) -> Result<Value, PlanFault> {
        let key = STANDARD.encode(read_key(&folder.join(&self.key))?.spki());
        let mut value = json!({ "address": self.address, "operator": self.operator, "key": key });
        if let (Some(members), Some(scope)) = (value.as_object_mut(), &self.scope) {
            members.insert("scope".to_owned(), scope.value());
        }
        Ok(value)
    }
}

/// The public half of a key in custody.
fn in_custody(number: usize, reference: &str, keys: &dyn KeyStore) -> Result<String, PlanFault> {
    let reference: KeyReference =
        reference.parse().map_err(|error| PlanFault::Toml(format!("service {number}: custody_key: {error}")))?;
    let key = keys.describe(&reference).map_err(|source| PlanFault::Custody { number, source })?;
    match key.public_key {
        Some(PublicKey::Sm2(key)) => Ok(STANDARD.encode(ServiceKey::from_sm2(&key).spki())),
        _ => Err(PlanFault::NoPublicKey { number }),
    }
}
