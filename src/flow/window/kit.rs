//! The kit: what a window needs to read offline and printed codes where no service can be reached (ADR 53, 62).
//!
//! Whose sites and keys count and within what scope, what ended within the days that an offline code can live, which printed
//! codes ended, and as of when all of that is so. It holds nothing about anybody: of a licence that ended it has half a digest of
//! its identifier, and of a printed code half a digest of that.

use super::{
    Counter,
    ends::{self, Ended, Ends, Prints},
};
use crate::flow::{
    access::{Permit, may},
    presentations::PresentationError,
    trust::Whose,
};
use serde::Serialize;
use yinxin_trust::{base::Moment, code::offline::OfflinePolicy, trust_list::Scope};

/// For how long a kit counts, in seconds: a day.
pub const LASTS_SECONDS: u32 = 24 * 3600;

/// How many acts are looked at, at most.
#[derive(Clone, Copy, Debug)]
pub struct MostActs {
    /// For what ended lately, of those that end, once by when they were recorded and once by when they work.
    pub ends: u32,
    /// For which printed codes ended, of all.
    pub prints: u32,
}

const MOST: MostActs = MostActs { ends: 5_000, prints: 5_000 };

/// What a window without a network goes by.
#[derive(Clone, Debug, Serialize)]
pub struct Kit {
    /// `yinxin-kit/3`.
    pub format: &'static str,
    /// When it was handed out, by this service's clock, in milliseconds since 1970.
    pub given_at: i64,
    /// As of when the register stands in it, by the same clock: a minute before at most.
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
    /// What was in force within the days that a code can live, and is not any more by our register, or will not be while the
    /// kit counts: each version by its own identifier, and of one that becomes something else then the later state first.
    pub ended: Vec<Ended>,
    /// Of codes of our register that were signed from then on all are listed that ended, in seconds since 1970; 0 where that is
    /// so of all. More ended than is looked at.
    pub ended_since: i64,
    /// What of printed codes is known.
    pub prints: Prints,
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

/// The kit of now. What it has of the register is kept for a minute, for whoever asks, unless this process decides something or issues a further version.
///
/// # Errors
/// What the register, a stored record or the clock says.
pub fn kit(counter: &Counter<'_>, _: &Permit<may::ServeAtWindow>) -> Result<Kit, PresentationError> {
    let at = counter.issuer.clock.now()?;
    let ends = counter.issuer.ends.or(at, || ends::of_register(counter.issuer, at, MOST))?;
    Ok(of(counter, at, &ends))
}

/// As [`kit`], made anew, of so many acts.
///
/// # Errors
/// As [`kit`].
pub fn kit_within(
    counter: &Counter<'_>,
    _: &Permit<may::ServeAtWindow>,
    most: MostActs,
) -> Result<Kit, PresentationError> {
    let at = counter.issuer.clock.now()?;
    Ok(of(counter, at, &ends::of_register(counter.issuer, at, most)?))
}

fn of(counter: &Counter<'_>, at: Moment, ends: &Ends) -> Kit {
    let policy = OfflinePolicy::default();
    let sites = counter.sites(at);
    let keys = counter.keys(at);
    Kit {
        format: "yinxin-kit/3",
        given_at: at.unix_milliseconds(),
        made_at: ends.at.unix_milliseconds(),
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
        ended: ends.ended.clone(),
        ended_since: ends.ended_since,
        prints: ends.prints.clone(),
    }
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
