//! Where checks and warnings are collected while a document is looked at.

use super::{Check, CheckId, Outcome, Warning};
use crate::{asn1::Deviations, base::Sentence};

/// The checks of one scope (document or signature), each id at most once.
#[derive(Debug, Default)]
pub(super) struct Findings {
    checks: Vec<Check>,
    warnings: Vec<Warning>,
}

impl Findings {
    pub(super) fn add(&mut self, id: CheckId, outcome: Outcome, code: &str, sentence: Sentence) {
        match self.checks.iter_mut().find(|check| check.id == id) {
            // the first cause stays; a failure displaces what was milder
            Some(check) if outcome == Outcome::Failed && check.outcome != Outcome::Failed => {
                *check = Check { id, outcome, code: code.to_owned(), sentence };
            }
            Some(_) => {}
            None => self.checks.push(Check { id, outcome, code: code.to_owned(), sentence }),
        }
    }

    pub(super) fn passed(&mut self, id: CheckId, zh: impl Into<String>, en: impl Into<String>) {
        self.add(id, Outcome::Passed, "ok", Sentence::new(zh, en));
    }

    /// What passed, but by an algorithm that proves too little: the outcome stays, the
    /// code and a warning say so.
    pub(super) fn proves_too_little(&mut self, id: CheckId, code: &str, warning: &str, sentence: Sentence) {
        let passed = self.checks.iter_mut().find(|check| check.id == id && check.outcome == Outcome::Passed);
        if let Some(check) = passed {
            *check = Check { code: code.to_owned(), sentence: sentence.clone(), ..check.clone() };
            self.warn(warning, sentence);
        }
    }

    pub(super) fn failed(&mut self, id: CheckId, code: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.add(id, Outcome::Failed, code, Sentence::new(zh, en));
    }

    pub(super) fn indeterminate(&mut self, id: CheckId, code: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.add(id, Outcome::Indeterminate, code, Sentence::new(zh, en));
    }

    pub(super) fn skipped(&mut self, id: CheckId, code: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.add(id, Outcome::Skipped, code, Sentence::new(zh, en));
    }

    /// The source of this check does not exist here.
    pub(super) fn not_configured(&mut self, id: CheckId) {
        self.skipped(
            id,
            "not_configured",
            "本机没有配置这项检查的数据来源。",
            "No source for this check is configured here.",
        );
    }

    pub(super) fn warn(&mut self, code: &str, sentence: Sentence) {
        if !self.warnings.iter().any(|w| w.code == code && w.sentence == sentence) {
            self.warnings.push(Warning { code: code.to_owned(), sentence });
        }
    }

    /// Unusual encodings: warnings, or in strict mode a failure of the format check `id`.
    pub(super) fn deviations(&mut self, id: CheckId, deviations: &Deviations, strict: bool) {
        for deviation in deviations.iter() {
            if strict {
                self.add(id, Outcome::Failed, deviation.code(), deviation.sentence());
            } else {
                self.warn(deviation.code(), deviation.sentence());
            }
        }
    }

    /// Takes over what failed or warned in `other`: a second object answers the same check.
    pub(super) fn take_failures(&mut self, other: Self) {
        for check in other.checks {
            if check.outcome == Outcome::Failed {
                self.add(check.id, check.outcome, &check.code, check.sentence);
            }
        }
        for warning in other.warnings {
            self.warn(&warning.code, warning.sentence);
        }
    }

    pub(super) fn outcome(&self, id: CheckId) -> Option<Outcome> {
        self.checks.iter().find(|check| check.id == id).map(|check| check.outcome)
    }

    pub(super) fn any_failed(&self) -> bool {
        self.checks.iter().any(|check| check.outcome == Outcome::Failed)
    }

    /// The checks in the order of [`CheckId::ALL`]; those of `scope` that nobody
    /// answered are skipped as not applicable.
    pub(super) fn finish(mut self, scope: &[CheckId]) -> (Vec<Check>, Vec<Warning>) {
        for &id in scope {
            if self.outcome(id).is_none() {
                self.skipped(id, "not_applicable", "不适用于这份文件。", "Does not apply to this document.");
            }
        }
        self.checks.sort_by_key(|check| check.id);
        (self.checks, self.warnings)
    }
}
