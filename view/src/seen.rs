//! What the verification says of a document, as far as its picture shows it.

use std::collections::BTreeSet;
use yinxin_trust::verify::{Outcome, Report};

/// What is protected, and which stamps hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    uncovered: BTreeSet<String>,
    /// Ids, in the order of the report, and whether they hold.
    signatures: Vec<(String, bool)>,
}

impl Seen {
    /// As a report says it. A document that is no package has nothing covered.
    pub fn of(report: &Report) -> Self {
        let holds = |checks: &[yinxin_trust::verify::Check]| checks.iter().all(|c| c.outcome != Outcome::Failed);
        Self {
            uncovered: report.coverage.iter().flat_map(|coverage| coverage.uncovered.iter().cloned()).collect(),
            signatures: report
                .signatures
                .iter()
                .map(|signature| (signature.id.clone(), signature.value_verified && holds(&signature.checks)))
                .collect(),
        }
    }

    /// Whether a valid signature covers an entry that the document shows.
    pub(crate) fn covers(&self, entry: &str) -> bool {
        !self.uncovered.contains(entry)
    }

    /// Whether the signature at this place of the lists holds; one that the report does
    /// not know by the same id does not.
    pub(crate) fn holds(&self, place: usize, id: &str) -> bool {
        self.signatures.get(place).is_some_and(|(known, holds)| *holds && known == id)
    }
}
