//! Whom to trust, and what is published for those who trust us.

use super::{ConfigError, serve::in_range};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use yinxin_trust::trust_list::{self, AcceptancePolicy};

/// `[trust]`: anchors, and trust lists of other localities.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trust {
    /// PEM bundle of anchor certificates, and of revocation lists; a relative
    /// path starts at the configuration file. Without it, and without an accepted
    /// trust list, no document can be valid.
    pub anchors: Option<PathBuf>,
    /// The folder that `yinxin trust make` fills: what is in it is published.
    pub publish: Option<PathBuf>,
    /// How often the lists of the operators that were added are looked for, 0 for
    /// never, at most a week.
    pub refresh_minutes: u32,
    /// What is done about a list whose next update is missed.
    pub missed_update: MissedUpdate,
    /// Whether a service that a list withdrew still counts for stamps whose time before that is only claimed.
    pub claimed_time_before_withdrawal: bool,
    /// What becomes of new lists of operators that a followed list names.
    pub member_lists: MemberLists,
    /// How old a kept answer of another locality's register may be, 1 to a year.
    pub standing_max_age_minutes: u32,
}

/// What is done about a list whose next update is missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedUpdate {
    /// It counts, and every report says so.
    #[default]
    Flag,
    /// It does not count.
    Refuse,
}

/// What becomes of new lists of operators that a followed list names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberLists {
    /// Two people accept each.
    #[default]
    Propose,
    /// Each is taken, within what the naming list grants.
    Follow,
}

/// A week.
const LONGEST_REFRESH: u32 = 7 * 24 * 60;

/// A year.
const LONGEST_AGE: u32 = 366 * 24 * 60;

impl Default for Trust {
    fn default() -> Self {
        Self {
            anchors: None,
            publish: None,
            refresh_minutes: 60,
            missed_update: MissedUpdate::Flag,
            claimed_time_before_withdrawal: false,
            member_lists: MemberLists::Propose,
            standing_max_age_minutes: 24 * 60,
        }
    }
}

impl Trust {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        in_range("trust.refresh_minutes", self.refresh_minutes, 0, LONGEST_REFRESH, "0 to 10080")?;
        let age = self.standing_max_age_minutes;
        in_range("trust.standing_max_age_minutes", age, 1, LONGEST_AGE, "1 to 527040")
    }

    /// What is taken of lists that come.
    pub fn acceptance(&self) -> AcceptancePolicy {
        let missed_update = match self.missed_update {
            MissedUpdate::Flag => trust_list::MissedUpdate::Flag,
            MissedUpdate::Refuse => trust_list::MissedUpdate::Refuse,
        };
        let member_lists = match self.member_lists {
            MemberLists::Propose => trust_list::MemberLists::Propose,
            MemberLists::Follow => trust_list::MemberLists::Follow,
        };
        AcceptancePolicy { missed_update, member_lists, ..AcceptancePolicy::default() }
    }

    /// Makes relative paths start at `folder`.
    pub(super) fn rooted_at(mut self, folder: &Path) -> Self {
        self.anchors = self.anchors.map(|path| folder.join(path));
        self.publish = self.publish.map(|path| folder.join(path));
        self
    }
}
