//! The kit: what a window needs to read offline and printed codes where no service can be reached (ADR 53, 62).
//!
//! Whose sites and keys count and within what scope, what ended within the days that an offline code can live, which printed
//! codes ended, and as of when all of that is so. It holds nothing about anybody: of a licence that ended it has half a digest of
//! its identifier, and of a printed code half a digest of that.

use super::Counter;
use crate::{
    flow::{
        access::{Permit, may},
        issue::IssueError,
        issuer::Issuer,
        lives,
        presentations::PresentationError,
        shown,
        standing::{self, StandingError},
        trust::Whose,
    },
    store::{acts, licences},
};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use yinxin_trust::{
    base::{Day, Moment},
    code::offline::{LONGEST_LIFE_MINUTES, OfflinePolicy},
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    trust_list::Scope,
};

/// For how long a kit counts, in seconds: a day.
pub const LASTS_SECONDS: u32 = 24 * 3600;
/// Most acts that are looked at for what ended lately.
const MOST_ACTS: u32 = 2_000;
/// Most acts that are looked at for which printed codes ended.
const MOST_PRINT_ACTS: u32 = 5_000;
/// Licences that are read at once.
const AT_ONCE: usize = 500;
/// Octets of the digest of an identifier or a code.
const DIGEST: usize = 16;

/// What a window without a network goes by.
#[derive(Clone, Debug, Serialize)]
pub struct Kit {
    /// `yinxin-kit/2`.
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
    /// The keys that sign offline and printed codes.
    pub keys: Vec<KitKey>,
    /// What was in force within the days that a code can live, and is not any more, by our register. Where more happened
    /// than is looked at, the latest.
    pub ended: Vec<Ended>,
    /// What of printed codes is known.
    pub prints: Prints,
}

/// Printed codes of our register.
#[derive(Clone, Debug, Serialize)]
pub struct Prints {
    /// Of those that were signed from then on all are listed that ended, in seconds since 1970; of older ones those upon which
    /// something was recorded since.
    pub known_from: i64,
    /// What is not in force any more, the last day aside, which everybody can read.
    pub ended: Vec<EndedPrint>,
}

/// A printed code whose version ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndedPrint {
    /// The first half of the SM3 of the code, in hexadecimal.
    pub code: String,
    /// The word of the state.
    pub state: &'static str,
    /// Since when, as for [`Ended`].
    pub at: i64,
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
        format: "yinxin-kit/2",
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
        prints: prints(counter.issuer, at, MOST_PRINT_ACTS)?,
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
                licence: digest(identifier.as_str()),
                state: state.code(),
                at: (recorded_at / 1000).max(standing.since.begins().unix_seconds()),
            });
        }
    }
    Ok(ended)
}

/// Printed codes of versions that ended, by the latest acts; at most `most` of them.
fn prints(issuer: &Issuer, at: Moment, most: u32) -> Result<Prints, IssueError> {
    let today = Day::in_beijing_at(at)?;
    let acts = issuer.store.read(|conn| acts::public_since(conn, i64::MIN, most))?;
    let known_from = known_from(&acts, most);
    let mut latest = BTreeMap::new();
    for (licence, recorded_at) in acts {
        latest.entry(licence).or_insert(recorded_at);
    }
    let ids: Vec<&str> = latest.keys().map(String::as_str).collect();
    let mut ended = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let (found, versions, acts) = issuer.store.read(|conn| {
            let found = licences::all_shown(conn, some)?;
            Ok::<_, IssueError>((found, licences::public_codes(conn, some)?, acts::public_of_licences(conn, some)?))
        })?;
        let mut acts_of: HashMap<String, Vec<acts::Act>> = HashMap::new();
        for act in acts {
            acts_of.entry(act.licence_id.clone()).or_default().push(act);
        }
        for (licence, _) in found {
            let recorded_at = latest.get(&licence.id).copied().unwrap_or_default();
            let rows = acts_of.remove(&licence.id).unwrap_or_default();
            let lives::Found { licence, life, .. } = lives::found(licence, &rows)?;
            for version in versions.iter().filter(|version| version.licence_id == licence.id) {
                let until = version.valid_until.as_deref().map(Day::parse).transpose()?;
                if until.is_some_and(|last| last < today) {
                    continue;
                }
                let identifier: LicenceIdentifier = version.identifier.parse()?;
                let standing = standing::of_version(&life, identifier.version(), today);
                let state = shown::of_register(standing::word(standing.state));
                if state != shown::Shown::Valid {
                    let at = (recorded_at / 1000).max(standing.since.begins().unix_seconds());
                    ended.push(EndedPrint { code: digest(&version.code), state: state.code(), at });
                }
            }
        }
    }
    Ok(Prints { known_from, ended })
}

/// From when on acts are all there, the latest first, of which at most `most` were asked for: what was recorded in the second of
/// the last may be missing.
fn known_from(acts: &[(String, i64)], most: u32) -> i64 {
    let is_cut = u32::try_from(acts.len()).is_ok_and(|found| found >= most);
    acts.last().filter(|_| is_cut).map_or(0, |(_, recorded_at)| recorded_at.div_euclid(1000) + 1)
}

/// Half of the SM3 of an identifier or a code: enough to find it, and nothing to read.
fn digest(text: &str) -> String {
    let whole = hex::encode(sm3::digest(text.as_bytes()));
    whole.get(..2 * DIGEST).unwrap_or(&whole).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_cut_is_known_from_after_its_last_second() {
        let acts = [("a", 9_000), ("b", 4_200), ("a", 3_999)].map(|(licence, at)| (licence.to_owned(), at));
        assert_eq!((known_from(&acts, 4), known_from(&[], 4)), (0, 0));
        assert_eq!((known_from(&acts, 3), known_from(&acts[..2], 2)), (4, 5));
    }
}
