//! What a later look at the same document finds that a receipt does not say.

use super::{Receipt, Standing};
use crate::{
    base::Moment,
    verify::{CheckId, Report, StandingState, Verdict},
};

/// One thing that is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Authenticity, and the check that decides.
    Verdict {
        /// In the receipt.
        was: (Verdict, Option<CheckId>),
        /// In the report.
        now: (Verdict, Option<CheckId>),
    },
    /// What the register says of the licence.
    Standing {
        /// In the receipt.
        was: StandingState,
        /// In the report.
        now: StandingState,
    },
    /// Since when, until when or by whose word, with the state as it was.
    StandingDetail {
        /// In the receipt.
        was: Standing,
        /// In the report.
        now: Standing,
    },
    /// The state that is shown.
    Shown {
        /// Its word in the receipt.
        was: String,
        /// Its word now.
        now: String,
    },
    /// The register speaks for another instant.
    StandingAge {
        /// In the receipt.
        was: Option<Moment>,
        /// In the report.
        now: Option<Moment>,
    },
    /// The oldest revocation list that is relied upon is another.
    RevocationAge {
        /// In the receipt.
        was: Option<Moment>,
        /// In the report.
        now: Option<Moment>,
    },
}

impl Change {
    /// Whether it is more than the age of evidence.
    pub const fn is_of_substance(&self) -> bool {
        !matches!(self, Self::StandingAge { .. } | Self::RevocationAge { .. })
    }
}

/// Everything that is another in a report of the same document; `shown` is the word of
/// the state that is shown for it.
pub fn changes(receipt: &Receipt, report: &Report, shown: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let (was, now) = ((receipt.verdict, receipt.reason), (report.verdict, report.reason));
    if was != now {
        changes.push(Change::Verdict { was, now });
    }
    let (was, now) = (receipt.standing.clone(), Standing::from(&report.standing));
    let (age_was, age_now) = (was.as_of, now.as_of);
    if was.state != now.state {
        changes.push(Change::Standing { was: was.state, now: now.state });
    } else if (was.since, was.until, &was.source) != (now.since, now.until, &now.source) {
        changes.push(Change::StandingDetail { was, now });
    }
    if receipt.shown != shown {
        changes.push(Change::Shown { was: receipt.shown.clone(), now: shown.to_owned() });
    }
    if age_was != age_now {
        changes.push(Change::StandingAge { was: age_was, now: age_now });
    }
    let (was, now) = (receipt.revocation_as_of, report.trust.revocation_as_of);
    if was != now {
        changes.push(Change::RevocationAge { was, now });
    }
    changes
}
