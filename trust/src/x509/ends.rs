//! Certificates at which paths may end, found by their name: what a path costs does
//! not grow with their number.

use super::Certificate;
use std::collections::HashMap;

/// Certificates at which paths may end, each once.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    by_subject: HashMap<Box<[u8]>, Vec<Certificate>>,
}

impl Ends {
    /// Those of this subject, in DER, in the order in which they came.
    pub fn named(&self, subject: &[u8]) -> &[Certificate] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Whether this very certificate is among them.
    pub fn contains(&self, certificate: &Certificate) -> bool {
        self.named(certificate.subject_der()).contains(certificate)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Certificate> {
        self.by_subject.values().flatten()
    }
}

impl Extend<Certificate> for Ends {
    fn extend<T: IntoIterator<Item = Certificate>>(&mut self, certificates: T) {
        for certificate in certificates {
            let namesakes = self.by_subject.entry(certificate.subject_der().into()).or_default();
            if !namesakes.contains(&certificate) {
                namesakes.push(certificate);
            }
        }
    }
}

impl FromIterator<Certificate> for Ends {
    fn from_iter<T: IntoIterator<Item = Certificate>>(certificates: T) -> Self {
        let mut ends = Self::default();
        ends.extend(certificates);
        ends
    }
}
