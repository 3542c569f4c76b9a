//! What a window goes by while it waits for whoever comes: whom it trusts, and as of when.

use super::Counter;
use crate::flow::issue::IssueError;
use yinxin_trust::base::Moment;

/// What a window goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// As of when that is told.
    pub at: Moment,
    /// How many authorities are trusted, those of trust lists included.
    pub anchors: usize,
    /// How many trust lists of others are in use.
    pub lists: usize,
    /// When the oldest of them was made.
    pub oldest: Option<Moment>,
    /// Whether the next one of any of them is overdue.
    pub is_overdue: bool,
    /// How many keys are vouched for that sign codes, ours included.
    pub keys: usize,
}

/// What the window goes by now.
///
/// # Errors
/// What the clock says.
pub fn here(counter: &Counter<'_>) -> Result<Here, IssueError> {
    let at = counter.issuer.clock.now()?;
    let lists = counter.verifier.lists_in_use();
    Ok(Here {
        at,
        anchors: counter.verifier.anchors(),
        lists: lists.len(),
        oldest: lists.iter().map(|used| used.list.list().issued()).min(),
        is_overdue: lists.iter().any(|used| used.list.list().is_outdated_at(at)),
        keys: counter.keys(at).all().count(),
    })
}
