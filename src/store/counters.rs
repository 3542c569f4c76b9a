//! What the store has done since it was opened.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the store has done since it was opened, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreMetrics {
    /// Commits that the database acknowledged.
    pub commits: u64,
    /// Writes under them; more than commits where they were grouped.
    pub writes: u64,
    /// Commits that failed, with every write under them.
    pub failed_commits: u64,
    /// PostgreSQL: writes begun anew after a conflict.
    pub retries: u64,
    /// SQLite: writes that wait now.
    pub waiting: usize,
}

#[derive(Default)]
pub(super) struct Counters {
    commits: AtomicU64,
    writes: AtomicU64,
    failed_commits: AtomicU64,
    retries: AtomicU64,
}

impl Counters {
    pub(super) fn committed(&self, writes: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.writes.fetch_add(writes as u64, Ordering::Relaxed);
    }

    pub(super) fn failed_commit(&self) {
        self.failed_commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retried(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self, waiting: usize) -> StoreMetrics {
        StoreMetrics {
            commits: self.commits.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
            failed_commits: self.failed_commits.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            waiting,
        }
    }
}
