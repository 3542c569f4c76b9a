//! From a report to the one thing its page says.
//!
//! The shape of a mark tells the family, its sign the cause: disc (genuine and
//! in force), square (genuine, with a condition), triangle (stop and ask),
//! octagon (do not accept), dashed ring (no conclusion).

use yinxin_trust::verify::{
    CheckId, CoverageState, DocumentKind, Report, StandingState, Subindication, TrustMode, Verdict,
};

/// What a page of results says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageState {
    /// A genuine licence that a register calls in force.
    Valid,
    /// A genuine licence; no register was asked whether it is in force.
    StandingUnknown,
    /// A genuine document that is no licence.
    GenuineNotALicence,
    /// A genuine seal on nothing.
    GenuineSeal,
    /// A genuine signature value without its document.
    GenuineValue,
    /// A genuine stamp that protects only part of what the document shows.
    PartlyCovered,
    /// A genuine licence that is not in force.
    NotInForce(StandingState),
    /// A licence of which something is not protected: not to be relied on.
    LicencePartlyCovered,
    /// The content is not what was stamped.
    Tampered,
    /// The file is not sound: unreadable, ambiguous, or at odds with itself.
    FileBad,
    /// Seal, signer or certificate does not hold.
    SealBad,
    /// Nothing failed, but nobody here vouches for the signer or the seal maker.
    Untrusted,
    /// As untrusted, because nobody is trusted here at all.
    NoTrustList,
    /// Intact; nobody asked whose signatures they are.
    Intact,
    /// No signature.
    Unsigned,
    /// Something needed is not in the file.
    CannotConclude,
    /// Something needed could not be fetched; trying again may help.
    TryLater,
}

/// Families of states: one shape and one colour each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Disc, green.
    Valid,
    /// Rounded square, blue.
    Info,
    /// Triangle, amber.
    Caution,
    /// Octagon, crimson.
    Refuse,
    /// Dashed ring, grey.
    Neutral,
}

/// The state a page shows for a report.
pub fn state(report: &Report) -> PageState {
    match report.verdict {
        Verdict::Valid => genuine(report),
        Verdict::Intact => PageState::Intact,
        Verdict::Invalid => refused(report.reason),
        Verdict::Indeterminate => undecided(report),
        Verdict::Unsigned => PageState::Unsigned,
    }
}

fn genuine(report: &Report) -> PageState {
    let partial = report.coverage.as_ref().is_some_and(|c| c.state == CoverageState::Partial);
    match (report.document.kind, report.document.licence, report.standing.state) {
        (DocumentKind::Seal, ..) => PageState::GenuineSeal,
        (DocumentKind::SignatureValue, ..) => PageState::GenuineValue,
        // No report says so, but a page must not be more generous than the rule.
        (_, true, _) if partial => PageState::LicencePartlyCovered,
        _ if partial => PageState::PartlyCovered,
        (_, false, _) => PageState::GenuineNotALicence,
        (_, true, StandingState::InForce) => PageState::Valid,
        (_, true, StandingState::Unknown) => PageState::StandingUnknown,
        (_, true, other) => PageState::NotInForce(other),
    }
}

fn refused(reason: Option<CheckId>) -> PageState {
    use CheckId as C;
    match reason {
        Some(C::SignatureReferences | C::SignatureDataHash | C::SignatureValue | C::PackageShadowed) => {
            PageState::Tampered
        }
        Some(C::PackageCoverage) => PageState::LicencePartlyCovered,
        None
        | Some(
            C::PackageReadable
            | C::PackageEntries
            | C::SignatureFormat
            | C::LicenceMetadata
            | C::LicenceRegistered
            | C::LogInclusion,
        ) => PageState::FileBad,
        Some(
            C::SignatureDigestAlgorithm
            | C::SignatureTime
            | C::SealFormat
            | C::SealFile
            | C::SealValue
            | C::SealSignerListed
            | C::SealPeriod
            | C::SealMakerPeriod
            | C::SignerPeriod
            | C::SignerKeyUsage
            | C::SignerPath
            | C::SignerRevocation
            | C::SealMakerPath
            | C::SealMakerRevocation
            | C::SealStatus
            | C::Timestamp,
        ) => PageState::SealBad,
    }
}

fn undecided(report: &Report) -> PageState {
    match report.reason {
        Some(CheckId::SignerPath | CheckId::SealMakerPath) if report.trust.mode == TrustMode::NotConfigured => {
            PageState::NoTrustList
        }
        Some(CheckId::SignerPath | CheckId::SealMakerPath) => PageState::Untrusted,
        _ if report.subindication == Some(Subindication::TryLater) => PageState::TryLater,
        _ => PageState::CannotConclude,
    }
}

impl PageState {
    /// The family, which fixes shape and colour.
    pub fn family(self) -> Family {
        match self {
            Self::Valid => Family::Valid,
            Self::StandingUnknown | Self::GenuineNotALicence | Self::GenuineSeal | Self::GenuineValue => Family::Info,
            Self::PartlyCovered | Self::NotInForce(StandingState::NotYet | StandingState::Expired) => Family::Caution,
            Self::NotInForce(_) | Self::LicencePartlyCovered | Self::Tampered | Self::FileBad | Self::SealBad => {
                Family::Refuse
            }
            Self::Untrusted
            | Self::NoTrustList
            | Self::Intact
            | Self::Unsigned
            | Self::CannotConclude
            | Self::TryLater => Family::Neutral,
        }
    }

    /// Whether identities are established, so that names may stand as facts.
    pub fn vouched(self) -> bool {
        matches!(self.family(), Family::Valid | Family::Info | Family::Caution) || matches!(self, Self::NotInForce(_))
    }

    /// Whether the file itself is refused, so that nothing in it may stand as a fact.
    pub fn refuses_file(self) -> bool {
        self.family() == Family::Refuse && !matches!(self, Self::NotInForce(_))
    }

    /// The mark in the sheet of icons.
    pub fn icon(self) -> &'static str {
        use StandingState as S;
        match self {
            Self::Valid => "m-valid",
            Self::StandingUnknown => "m-standing",
            Self::GenuineNotALicence => "m-stamped",
            Self::GenuineSeal | Self::GenuineValue => "m-seal",
            Self::PartlyCovered => "m-partly",
            Self::NotInForce(S::Expired) => "m-expired",
            Self::NotInForce(S::NotYet) => "m-notyet",
            Self::NotInForce(S::Suspended) => "m-suspended",
            Self::NotInForce(S::Superseded | S::Transferred) => "m-replaced",
            Self::NotInForce(_) => "m-revoked",
            Self::LicencePartlyCovered => "m-refuse-partly",
            Self::Tampered => "m-tampered",
            Self::FileBad => "m-filebad",
            Self::SealBad => "m-sealbad",
            Self::Untrusted | Self::NoTrustList => "m-untrusted",
            Self::Unsigned => "m-unsigned",
            Self::Intact | Self::CannotConclude | Self::TryLater => "m-cannot",
        }
    }
}

impl Family {
    /// The name its style goes by.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Info => "info",
            Self::Caution => "caution",
            Self::Refuse => "refuse",
            Self::Neutral => "neutral",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use yinxin_trust::verify::CheckId as C;

    fn of(change: impl FnOnce(&mut Report)) -> PageState {
        let mut report = samples::licence();
        change(&mut report);
        state(&report)
    }

    #[test]
    fn genuine_documents() {
        assert_eq!(of(|_| ()), PageState::StandingUnknown);
        assert_eq!(of(|r| r.standing.state = StandingState::InForce), PageState::Valid);
        assert_eq!(of(|r| r.document.licence = false), PageState::GenuineNotALicence);
        assert_eq!(of(|r| r.document.kind = DocumentKind::Seal), PageState::GenuineSeal);
        assert_eq!(of(|r| r.document.kind = DocumentKind::SignatureValue), PageState::GenuineValue);
        let partial = |licence| {
            of(|r| {
                r.document.licence = licence;
                r.coverage.iter_mut().for_each(|c| c.state = CoverageState::Partial);
            })
        };
        assert_eq!(partial(false), PageState::PartlyCovered);
        assert_eq!(partial(true), PageState::LicencePartlyCovered, "never amber for a licence");
    }

    #[test]
    fn a_genuine_licence_out_of_force_is_no_forgery_and_not_green() {
        use StandingState as S;
        for s in [S::NotYet, S::Expired, S::Suspended, S::Revoked, S::Withdrawn, S::Cancelled, S::Superseded] {
            let shown = of(|r| r.standing.state = s);
            assert_eq!(shown, PageState::NotInForce(s));
            assert!(shown.vouched() && shown.family() != Family::Valid && !shown.refuses_file());
        }
    }

    #[test]
    fn every_reason_of_an_invalid_report_is_an_octagon() {
        for &id in C::ALL {
            let shown = of(|r| (r.verdict, r.reason) = (Verdict::Invalid, Some(id)));
            assert_eq!(shown.family(), Family::Refuse, "{id}");
            assert!(shown.refuses_file(), "{id}");
        }
        assert_eq!(of(|r| (r.verdict, r.reason) = (Verdict::Invalid, None)), PageState::FileBad);
        for (id, expected) in [
            (C::SignatureValue, PageState::Tampered),
            (C::SignatureReferences, PageState::Tampered),
            (C::PackageShadowed, PageState::Tampered),
            (C::PackageEntries, PageState::FileBad),
            (C::PackageCoverage, PageState::LicencePartlyCovered),
            (C::SealSignerListed, PageState::SealBad),
            (C::SignerPath, PageState::SealBad),
        ] {
            assert_eq!(of(|r| (r.verdict, r.reason) = (Verdict::Invalid, Some(id))), expected, "{id}");
        }
    }

    #[test]
    fn what_could_not_be_checked_is_grey_whatever_the_reason() {
        for &id in C::ALL {
            let shown = of(|r| (r.verdict, r.reason) = (Verdict::Indeterminate, Some(id)));
            assert_eq!(shown.family(), Family::Neutral, "{id}");
            assert!(!shown.vouched() && !shown.refuses_file(), "{id}");
        }
        let path = |mode| {
            of(|r| {
                (r.verdict, r.reason) = (Verdict::Indeterminate, Some(C::SignerPath));
                r.trust.mode = mode;
            })
        };
        assert_eq!(path(TrustMode::Anchors), PageState::Untrusted);
        assert_eq!(path(TrustMode::NotConfigured), PageState::NoTrustList);
        let later = of(|r| {
            (r.verdict, r.reason) = (Verdict::Indeterminate, Some(C::SignerRevocation));
            r.subindication = Some(Subindication::TryLater);
        });
        assert_eq!(later, PageState::TryLater);
        assert_eq!(of(|r| r.verdict = Verdict::Unsigned), PageState::Unsigned);
        assert_eq!(of(|r| r.verdict = Verdict::Intact), PageState::Intact);
        assert_eq!(PageState::Intact.family(), Family::Neutral);
    }
}
