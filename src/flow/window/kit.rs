//! The kit: what a window needs to read offline codes where no service can be reached (ADR 53).
//!
//! Whose sites and keys count and within what scope, what ended within the days that a code can live, and as of when all
//! of that is so. It holds nothing about anybody: of a licence that ended it has half a digest of its identifier.

use super::Counter;
use crate::{
    flow::{
        access::{Permit, may},
        issue::IssueError,
        issuer::Issuer,
        presentations::PresentationError,
        shown,
        standing::{self, StandingError},
        trust::Whose,
    },
    store::{acts, licences},
};
use serde::Serialize;
use std::collections::BTreeMap;
use yinxin_trust::{
    base::Moment,
    code::offline::{LONGEST_LIFE_MINUTES, OfflinePolicy},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    trust_list::Scope,
};

/// For how long a kit counts, in seconds: a day.
pub const LASTS_SECONDS: u32 = 24 * 3600;
/// Most acts that are looked at for what ended lately.
const MOST_ACTS: u32 = 2_000;
/// Octets of the digest of an identifier.
const DIGEST: usize = 16;

/// What a window without a network goes by.
#[derive(Clone, Debug, Serialize)]
pub struct Kit {
    /// `yinxin-kit/1`.
    pub format: &'static str,
    /// As of when, by this service's clock, in milliseconds since 1970.
    pub made_at: i64,
    /// For how long it counts.
    pub lasts_seconds: u32,
    /// How old the proof of a device may be.
    pub proof_seconds: u32,
    /// How far clocks may differ.
    pub skew_seconds: u32,
    /// The sites that somebody vouches for.
    pub sites: Vec<KitSite>,
    /// The keys that sign offline codes.
    pub keys: Vec<KitKey>,
    /// What was in force within the days that a code can live, and is not any more, by our register. Where more happened
    /// than is looked at, the latest.
    pub ended: Vec<Ended>,
}

/// A site.
#[derive(Clone, Debug, Serialize)]
pub struct KitSite {
    /// Host, and port where it is another than 443.
    pub site: String,
    /// The operator whose it is; an empty text for ours.
    pub whose: String,
}

/// A key, its period in seconds since 1970.
#[derive(Clone, Debug, Serialize)]
pub struct KitKey {
    /// 04 || x || y, in hexadecimal.
    pub point: String,
    /// From then on.
    pub from: i64,
    /// Before then.
    pub until: Option<i64>,
    /// The operator whose it is; an empty text for ours.
    pub whose: String,
    /// All of them must cover a licence.
    pub scopes: Vec<KitScope>,
}

/// A scope; an empty list leaves its part open.
#[derive(Clone, Debug, Serialize)]
pub struct KitScope {
    /// Credit codes of issuing bodies.
    pub bodies: Vec<String>,
    /// Codes of types.
    pub licence_types: Vec<String>,
    /// Beginnings of region codes.
    pub regions: Vec<String>,
    /// First day.
    pub from: String,
}

/// A licence that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// The first half of the SM3 of its identifier, in hexadecimal.
    pub licence: String,
    /// The word of the state.
    pub state: &'static str,
    /// Since when, in seconds since 1970: when that was recorded, or the day on which it began to work.
    pub at: i64,
}

/// The kit of now.
///
/// # Errors
/// What the register, a stored record or the clock says.
pub fn kit(counter: &Counter<'_>, _: &Permit<may::ServeAtWindow>) -> Result<Kit, PresentationError> {
    let at = counter.issuer.clock.now()?;
    let policy = OfflinePolicy::default();
    let sites = counter.sites(at);
    let keys = counter.keys(at);
    Ok(Kit {
        format: "yinxin-kit/1",
        made_at: at.unix_milliseconds(),
        lasts_seconds: LASTS_SECONDS,
        proof_seconds: policy.proof_seconds,
        skew_seconds: policy.clock_skew_seconds,
        sites: sites.all().map(|(site, whose)| KitSite { site: site.to_string(), whose: name(&whose) }).collect(),
        keys: keys
            .all()
            .map(|(key, whose, scopes)| {
                let (from, until) = key.period();
                KitKey {
                    point: hex::encode(key.public().to_sec1()),
                    from: from.unix_seconds(),
                    until: until.map(Moment::unix_seconds),
                    whose: name(whose),
                    scopes: scopes.iter().map(KitScope::of).collect(),
                }
            })
            .collect(),
        ended: ended(counter.issuer, at)?,
    })
}

fn name(whose: &Whose) -> String {
    match whose {
        Whose::Ours => String::new(),
        Whose::Of(operator) => operator.clone(),
    }
}

impl KitScope {
    fn of(scope: &Scope) -> Self {
        let Scope { bodies, licence_types, regions, from } = scope;
        Self {
            bodies: bodies.iter().map(ToString::to_string).collect(),
            licence_types: licence_types.iter().map(ToString::to_string).collect(),
            regions: regions.iter().map(ToString::to_string).collect(),
            from: from.to_string(),
        }
    }
}

/// Licences of our register that ended since the oldest code that still counts was made.
fn ended(issuer: &Issuer, at: Moment) -> Result<Vec<Ended>, IssueError> {
    let longest =
        (i64::from(LONGEST_LIFE_MINUTES) * 60 + i64::from(OfflinePolicy::default().clock_skew_seconds)) * 1000;
    let since = at.unix_milliseconds() - longest;
    // the latest act of each licence
    let mut latest = BTreeMap::new();
    for (licence, recorded_at) in issuer.store.read(|conn| acts::public_since(conn, since, MOST_ACTS))? {
        latest.entry(licence).or_insert(recorded_at);
    }
    let mut ended = Vec::new();
    for (licence, recorded_at) in latest {
        let versions = issuer.store.read(|conn| licences::public_versions(conn, &licence))?;
        for version in versions {
            let identifier: LicenceIdentifier = version.identifier.parse()?;
            let standing = match standing::by_identifier(issuer, &identifier, Some(at)) {
                Ok(standing) => standing,
                Err(StandingError::NotRegistered | StandingError::NotCompetent) => continue,
                Err(StandingError::Register(error)) => return Err(error),
            };
            let state = shown::of_register(standing.state);
            if state == shown::Shown::Valid {
                continue;
            }
            ended.push(Ended {
                licence: digest(&identifier),
                state: state.code(),
                at: (recorded_at / 1000).max(standing.since.begins().unix_seconds()),
            });
        }
    }
    Ok(ended)
}

/// Half of the SM3 of an identifier: enough to find it, and nothing to read.
fn digest(identifier: &LicenceIdentifier) -> String {
    let whole = hex::encode(sm3::digest(identifier.as_str().as_bytes()));
    whole.get(..2 * DIGEST).unwrap_or(&whole).to_owned()
}
