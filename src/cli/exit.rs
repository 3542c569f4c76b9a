//! Exit codes.

use std::process::ExitCode;
use yinxin_trust::verify::{CopyUse, CoverageState, Report, StandingState, Verdict};

/// How the program ends. The numbers are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Valid, or intact where identities were not asked for.
    Valid = 0,
    /// Not what its stamps say.
    Invalid = 1,
    /// Something needed could not be checked.
    Indeterminate = 2,
    /// No signature.
    Unsigned = 3,
    /// Valid or intact, but part of the document is not covered.
    PartlyCovered = 4,
    /// Genuine, but not in force; an annotated copy that is not for the use that was named, or for none any more.
    NotInForce = 5,
    /// Arguments, configuration or anchors; nothing was verified.
    Usage = 64,
    /// By its first octets no supported document.
    NotADocument = 65,
    /// Could not be read; says nothing about the document.
    Unreadable = 66,
    /// The register is not there, not migrated, or does not answer.
    Unavailable = 69,
    /// Our own fault.
    Internal = 70,
    /// The register was not changed: no such thing, or in conflict with what is there.
    Refused = 73,
}

/// The worst first.
const WORST_FIRST: [Exit; 10] = [
    Exit::Usage,
    Exit::Internal,
    Exit::Unreadable,
    Exit::NotADocument,
    Exit::Invalid,
    Exit::Indeterminate,
    Exit::Unsigned,
    Exit::PartlyCovered,
    Exit::NotInForce,
    Exit::Valid,
];

impl Exit {
    /// What a report means to a script.
    pub fn of(report: &Report) -> Self {
        let partial = report.coverage.as_ref().is_some_and(|c| c.state == CoverageState::Partial);
        match report.verdict {
            Verdict::Invalid => Self::Invalid,
            Verdict::Indeterminate => Self::Indeterminate,
            Verdict::Unsigned => Self::Unsigned,
            Verdict::Valid | Verdict::Intact if partial => Self::PartlyCovered,
            Verdict::Valid | Verdict::Intact if copy_is_over(report) => Self::NotInForce,
            Verdict::Valid | Verdict::Intact => match report.standing.state {
                StandingState::InForce | StandingState::Unknown => Self::Valid,
                StandingState::NotYet
                | StandingState::Expired
                | StandingState::Suspended
                | StandingState::Revoked
                | StandingState::Withdrawn
                | StandingState::Cancelled
                | StandingState::Superseded
                | StandingState::Transferred
                | StandingState::NotRegistered => Self::NotInForce,
            },
        }
    }

    /// The same to a script that says what it uses an annotated copy for.
    pub(super) fn of_use(report: &Report, of: &CopyUse<'_>) -> Self {
        let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref());
        match (Self::of(report), copy) {
            (Self::Valid, Some(copy)) if copy.refusal(of, report.checked_at).is_some() => Self::NotInForce,
            (exit, _) => exit,
        }
    }

    /// The worse of two.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        WORST_FIRST.into_iter().find(|e| *e == self || *e == other).unwrap_or(self)
    }
}

fn copy_is_over(report: &Report) -> bool {
    let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref());
    copy.is_some_and(|copy| copy.unusable(report.checked_at).is_some())
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::text::samples::report;
    use yinxin_trust::verify::Coverage;

    #[test]
    fn the_worst_of_several() {
        let order = [70, 66, 65, 1, 2, 3, 4, 5, 0];
        for (i, worse) in WORST_FIRST[1..].iter().enumerate() {
            assert_eq!(*worse as u8, order[i]);
            for better in &WORST_FIRST[i + 1..] {
                assert_eq!(worse.worst(*better), *worse);
                assert_eq!(better.worst(*worse), *worse);
            }
        }
    }

    #[test]
    fn the_code_says_what_is_shown() {
        use crate::flow::shown::{Shown, state};
        use yinxin_trust::verify::StandingState;
        for standing in StandingState::ALL {
            for verdict in [Verdict::Valid, Verdict::Invalid, Verdict::Indeterminate, Verdict::Unsigned] {
                let mut report = report();
                (report.verdict, report.standing.state) = (verdict, standing);
                let exit = Exit::of(&report);
                match state(&report) {
                    Shown::Valid | Shown::StandingUnknown => assert_eq!(exit, Exit::Valid),
                    Shown::NotInForce(_) => assert_eq!(exit, Exit::NotInForce),
                    _ => assert!(!matches!(exit, Exit::Valid | Exit::NotInForce), "{verdict:?} {standing:?}"),
                }
            }
        }
    }

    #[test]
    fn every_report_has_its_code() {
        let mut report = report();
        let code = |r: &Report| Exit::of(r) as u8;
        for (verdict, expected) in [
            (Verdict::Valid, 0),
            (Verdict::Intact, 0),
            (Verdict::Invalid, 1),
            (Verdict::Indeterminate, 2),
            (Verdict::Unsigned, 3),
        ] {
            report.verdict = verdict;
            assert_eq!(code(&report), expected);
        }
        report.verdict = Verdict::Valid;
        report.standing.state = StandingState::Revoked;
        assert_eq!(code(&report), 5);
        report.coverage = Some(Coverage { state: CoverageState::Partial, uncovered: vec!["Annot.xml".into()] });
        assert_eq!(code(&report), 4);
        report.verdict = Verdict::Invalid;
        assert_eq!(code(&report), 1);
    }
}
