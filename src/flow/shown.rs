//! From a report, or what else was found out, to the one state that pages and the
//! command line show for it: authenticity and standing, joined in one place.
//!
//! The shape of a mark tells the family, its sign the cause: disc (genuine and
//! in force), square (genuine, with a condition), triangle (stop and ask),
//! octagon (do not accept), dashed ring (no conclusion).

use super::standing;
use yinxin_trust::code::offline::{FaultKind, OfflineFault};
use yinxin_trust::code::print::PrintFault;
use yinxin_trust::licence::state::{End, State};
use yinxin_trust::verify::{
    CheckId, CopyFacts, CopyRefusal, CopyUse, CoverageState, DocumentKind, Report, StandingState, Subindication,
    TrustMode, Verdict, Warning,
};

/// What is shown for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
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
    /// A genuine annotated copy of a licence in force; whether it is for this use, its reader has to see.
    AnnotatedCopy,
    /// A genuine annotated copy that is for another use, for somebody else, or for none any more.
    CopyForOtherPurpose,
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
    /// Nothing failed, but whether the certificates were revoked is not known:
    /// no list, or none that is fresh.
    NoRevocationList,
    /// Revoked, and nothing proves that it signed before.
    RevokedUnproven,
    /// Something needed is not in the file.
    CannotConclude,
    /// Something needed could not be fetched; trying again may help.
    TryLater,
    /// An offline code of a licence that was in force at its state date; its register was not asked.
    ValidOffline,
    /// A code that counts no more, or never did.
    CodeExpired,
    /// A presentation code that somebody redeemed before.
    CodeUsed,
    /// A code by which an agent shows a licence of somebody else, for another matter than the window's.
    AgentOtherMatter,
    /// A code of an agent whose delegation works no more.
    DelegationOver,
    /// An offline code that its device does not show now: a picture of it, perhaps.
    CodePicture,
    /// An offline code that is not what its issuer, or its device, signed.
    CodeAltered,
    /// A code that was cut or misread.
    CodeUnreadable,
    /// A code of another locality, which only its own service can look up.
    CodeOfOthers,
    /// A code of another platform, which says who the holder is and not that they agreed to show anything here.
    HolderTold,
    /// A print whose name, number or last day are not what was issued with its code, or were misread.
    PrintDiffers,
    /// A code that leads to a site which nobody here vouches for.
    CounterfeitSite,
    /// A code of this installation that its register does not have.
    CodeUnknown,
    /// No licence has both the number and the holder that were given.
    NoMatch,
    /// No code of a licence, and no document that could be verified.
    NotOurs,
}

/// The stable word for what stands beside a verdict where a document is not of the form that its standard says.
/// It is no state: it changes no verdict.
pub const NONSTANDARD_FORM: &str = "NONSTANDARD_FORM";

/// Whether a warning is about the form of a document alone.
pub fn is_of_form(warning: &Warning) -> bool {
    warning.code.starts_with("encoding.") || warning.code == "seal.list_type"
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

/// The state that is shown for a report. A document that does not hold never
/// shows a standing, whatever a register says of the licence it claims to be.
pub fn state(report: &Report) -> Shown {
    match report.verdict {
        Verdict::Valid => genuine(report),
        Verdict::Intact => Shown::Intact,
        Verdict::Invalid => refused(report.reason),
        Verdict::Indeterminate => undecided(report),
        Verdict::Unsigned => Shown::Unsigned,
    }
}

/// What somebody says they use a document for, and who they are; of an annotated copy it decides whether it is for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedUse {
    /// For what.
    pub purpose: String,
    /// By whom; none where nobody was named.
    pub used_by: Option<String>,
}

impl StatedUse {
    /// As somebody typed it; none where no purpose was stated.
    pub fn of(purpose: &str, used_by: &str) -> Option<Self> {
        let (purpose, used_by) = (purpose.trim(), used_by.trim());
        let used_by = (!used_by.is_empty()).then(|| used_by.to_owned());
        (!purpose.is_empty()).then(|| Self { purpose: purpose.to_owned(), used_by })
    }
}

/// The state that is shown for a report, by what is stated if anything is: [`for_use`], or [`state`].
pub fn for_stated(report: &Report, of: Option<&StatedUse>) -> (Shown, Option<CopyRefusal>) {
    let Some(StatedUse { purpose, used_by }) = of else { return (state(report), None) };
    let names: Vec<&str> = used_by.as_deref().into_iter().collect();
    for_use(report, &CopyUse { purpose, names: &names })
}

/// The state that is shown to somebody who says what they use a document for, and why an annotated copy is not for
/// that. Within its use a copy stands for its licence; nothing else is changed by what somebody says.
pub fn for_use(report: &Report, of: &CopyUse<'_>) -> (Shown, Option<CopyRefusal>) {
    let shown = state(report);
    let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref());
    match (shown, copy) {
        (Shown::AnnotatedCopy | Shown::CopyForOtherPurpose | Shown::StandingUnknown, Some(copy)) => {
            match copy.refusal(of, report.checked_at) {
                // whether the licence is in force nobody was asked
                None if shown == Shown::StandingUnknown => (shown, None),
                None => (Shown::Valid, None),
                refusal => (Shown::CopyForOtherPurpose, refusal),
            }
        }
        _ => (shown, None),
    }
}

/// The state that is shown for a register's word of a licence alone.
pub fn of_register(word: &str) -> Shown {
    use StandingState as S;
    Shown::NotInForce(match standing::state_of(word) {
        Some(State::InForce) => return Shown::Valid,
        Some(State::NotYetInForce) => S::NotYet,
        Some(State::Suspended) => S::Suspended,
        Some(State::Ended(End::Expired)) => S::Expired,
        Some(State::Ended(End::Revoked)) => S::Revoked,
        Some(State::Ended(End::Cancelled)) => S::Cancelled,
        Some(State::Ended(End::Withdrawn)) => S::Withdrawn,
        Some(State::Ended(End::TransferredOut)) => S::Transferred,
        Some(State::Ended(End::Superseded)) => S::Superseded,
        None => S::Unknown,
    })
}

/// The state that is shown for a register's answer about a licence whose document was not seen;
/// [`Shown::StandingUnknown`] where there is none.
pub fn of_standing(state: StandingState) -> Shown {
    match state {
        StandingState::InForce => Shown::Valid,
        StandingState::Unknown => Shown::StandingUnknown,
        other => Shown::NotInForce(other),
    }
}

/// The state that is shown for a licence of our own: what its register says, and
/// what became of verifying the document that it keeps. In force is only what both
/// say; what the register has ended is that, whether or not lists are fresh.
pub fn of_own(word: &str, original: &Report) -> Shown {
    match (of_register(word), state(original)) {
        (_, broken) if broken.refuses_file() => broken,
        (Shown::Valid, verified) => verified,
        (ended, _) => ended,
    }
}

fn genuine(report: &Report) -> Shown {
    let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref());
    let is_over = |copy: &CopyFacts| copy.unusable(report.checked_at).is_some();
    let partial = report.coverage.as_ref().is_some_and(|c| c.state == CoverageState::Partial);
    match (report.document.kind, report.document.licence, report.standing.state) {
        (DocumentKind::Seal, ..) => Shown::GenuineSeal,
        (DocumentKind::SignatureValue, ..) => Shown::GenuineValue,
        // No report says so, but a page must not be more generous than the rule.
        (_, true, _) if partial => Shown::LicencePartlyCovered,
        _ if partial => Shown::PartlyCovered,
        (_, false, _) => Shown::GenuineNotALicence,
        (_, true, StandingState::InForce | StandingState::Unknown) if copy.is_some_and(is_over) => {
            Shown::CopyForOtherPurpose
        }
        (_, true, StandingState::InForce) if copy.is_some() => Shown::AnnotatedCopy,
        (_, true, StandingState::InForce) => Shown::Valid,
        (_, true, StandingState::Unknown) => Shown::StandingUnknown,
        (_, true, other) => Shown::NotInForce(other),
    }
}

fn refused(reason: Option<CheckId>) -> Shown {
    use CheckId as C;
    match reason {
        Some(
            C::SignatureReferences
            | C::SignatureDataHash
            | C::SignatureValue
            | C::PackageShadowed
            | C::DisclosureFields,
        ) => Shown::Tampered,
        Some(C::PackageCoverage) => Shown::LicencePartlyCovered,
        None
        | Some(
            C::PackageReadable
            | C::PackageEntries
            | C::SignatureFormat
            | C::LicenceMetadata
            | C::LicenceRegistered
            | C::LicenceCopy
            | C::LogInclusion
            | C::EvidenceRenewal
            | C::DisclosureReadable,
        ) => Shown::FileBad,
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
        ) => Shown::SealBad,
    }
}

fn undecided(report: &Report) -> Shown {
    match report.reason {
        Some(CheckId::SignerPath | CheckId::SealMakerPath) if report.trust.mode == TrustMode::NotConfigured => {
            Shown::NoTrustList
        }
        Some(CheckId::SignerPath | CheckId::SealMakerPath) => Shown::Untrusted,
        Some(CheckId::SignerRevocation | CheckId::SealMakerRevocation) => match report.subindication {
            Some(Subindication::RevokedNoPoe) => Shown::RevokedUnproven,
            // there is one, by an algorithm that does not count
            Some(Subindication::CryptoConstraintsFailure) => Shown::CannotConclude,
            _ => Shown::NoRevocationList,
        },
        _ if report.subindication == Some(Subindication::TryLater) => Shown::TryLater,
        _ => Shown::CannotConclude,
    }
}

impl Shown {
    /// The family, which fixes shape and colour.
    pub fn family(self) -> Family {
        match self {
            Self::Valid => Family::Valid,
            Self::StandingUnknown
            | Self::ValidOffline
            | Self::HolderTold
            | Self::GenuineNotALicence
            | Self::GenuineSeal
            | Self::GenuineValue
            | Self::AnnotatedCopy => Family::Info,
            Self::PartlyCovered
            | Self::CopyForOtherPurpose
            | Self::CodeUnknown
            | Self::CodeExpired
            | Self::CodeUsed
            | Self::CodePicture
            | Self::PrintDiffers
            | Self::AgentOtherMatter
            | Self::DelegationOver
            | Self::NotInForce(StandingState::NotYet | StandingState::Expired | StandingState::NotRegistered) => {
                Family::Caution
            }
            Self::NotInForce(_)
            | Self::LicencePartlyCovered
            | Self::Tampered
            | Self::FileBad
            | Self::SealBad
            | Self::CodeAltered
            | Self::CounterfeitSite => Family::Refuse,
            Self::Untrusted
            | Self::NoTrustList
            | Self::Intact
            | Self::Unsigned
            | Self::NoRevocationList
            | Self::RevokedUnproven
            | Self::CannotConclude
            | Self::TryLater
            | Self::CodeUnreadable
            | Self::CodeOfOthers
            | Self::NoMatch
            | Self::NotOurs => Family::Neutral,
        }
    }

    /// Whether identities are established, so that names may stand as facts.
    pub fn vouched(self) -> bool {
        let by_family = matches!(self.family(), Family::Valid | Family::Info | Family::Caution);
        let by_no_code = !matches!(
            self,
            Self::CodeUnknown
                | Self::CodeExpired
                | Self::CodeUsed
                | Self::CodePicture
                | Self::AgentOtherMatter
                | Self::DelegationOver
                | Self::HolderTold
        );
        (by_family && by_no_code) || matches!(self, Self::NotInForce(_))
    }

    /// Whether the file itself is refused, so that nothing in it may stand as a fact.
    pub fn refuses_file(self) -> bool {
        self.family() == Family::Refuse && !matches!(self, Self::NotInForce(_))
    }

    /// The word of the design for it, stable.
    pub fn code(self) -> &'static str {
        use StandingState as S;
        match self {
            Self::Valid => "VALID",
            Self::StandingUnknown => "STANDING_UNKNOWN",
            Self::GenuineNotALicence => "GENUINE_NOT_A_LICENCE",
            Self::GenuineSeal => "GENUINE_SEAL",
            Self::GenuineValue => "GENUINE_VALUE",
            Self::PartlyCovered => "PARTLY_COVERED",
            Self::AnnotatedCopy => "ANNOTATED_COPY",
            Self::CopyForOtherPurpose => "COPY_FOR_OTHER_PURPOSE",
            Self::NotInForce(S::NotYet) => "NOT_YET",
            Self::NotInForce(S::Expired) => "EXPIRED",
            Self::NotInForce(S::Suspended) => "SUSPENDED",
            Self::NotInForce(S::Revoked) => "REVOKED",
            Self::NotInForce(S::Withdrawn) => "WITHDRAWN",
            Self::NotInForce(S::Cancelled) => "CANCELLED",
            Self::NotInForce(S::Superseded) => "REPLACED",
            Self::NotInForce(S::Transferred) => "TRANSFERRED",
            Self::NotInForce(S::NotRegistered) => "NOT_REGISTERED",
            Self::NotInForce(S::InForce | S::Unknown) => "NOT_IN_FORCE",
            Self::LicencePartlyCovered => "LICENCE_PARTLY_COVERED",
            Self::Tampered => "TAMPERED",
            Self::FileBad => "FILE_BAD",
            Self::SealBad => "SEAL_BAD",
            Self::Untrusted => "UNTRUSTED",
            Self::NoTrustList => "NO_TRUST_LIST",
            Self::Intact => "INTACT",
            Self::Unsigned => "UNSIGNED",
            Self::NoRevocationList => "NO_REVOCATION_LIST",
            Self::RevokedUnproven => "REVOKED_UNPROVEN",
            Self::CannotConclude => "CANNOT_CONCLUDE",
            Self::TryLater => "CANNOT_CHECK",
            Self::ValidOffline => "VALID_OFFLINE",
            Self::CodeExpired => "CODE_EXPIRED",
            Self::CodeUsed => "CODE_USED",
            Self::AgentOtherMatter => "AGENT_OTHER_MATTER",
            Self::DelegationOver => "DELEGATION_OVER",
            Self::CodePicture => "CODE_PICTURE",
            Self::CodeAltered => "CODE_ALTERED",
            Self::CodeUnreadable => "CODE_UNREADABLE",
            Self::CodeOfOthers => "CODE_OF_OTHERS",
            Self::HolderTold => "HOLDER_TOLD",
            Self::PrintDiffers => "PRINT_DIFFERS",
            Self::CounterfeitSite => "COUNTERFEIT_SITE",
            Self::CodeUnknown => "CODE_UNKNOWN",
            Self::NoMatch => "NO_MATCH",
            Self::NotOurs => "NOT_OURS",
        }
    }

    /// What the refusal of an offline code comes to.
    pub fn of_offline_fault(fault: &OfflineFault) -> Self {
        match (fault.kind(), fault) {
            (FaultKind::Unreadable, _) => Self::CodeUnreadable,
            (FaultKind::Altered, _) => Self::CodeAltered,
            (FaultKind::Outdated, _) => Self::CodeExpired,
            (FaultKind::CannotCheck, OfflineFault::UnknownKey(_)) => Self::Untrusted,
            (FaultKind::CannotCheck, _) => Self::CannotConclude,
        }
    }

    /// What the refusal of a printed code comes to; none where nothing can be said of it, and its register may say more.
    pub fn of_print_fault(fault: &PrintFault) -> Option<Self> {
        match fault {
            PrintFault::Altered => Some(Self::CodeAltered),
            PrintFault::Payload(_) | PrintFault::Envelope(_) => Some(Self::CodeUnreadable),
            PrintFault::UnknownKey(_)
            | PrintFault::Statement(_)
            | PrintFault::KeyPeriod { .. }
            | PrintFault::NotYet { .. } => None,
        }
    }

    /// The state of a [`Shown::code`].
    pub fn of_code(code: &str) -> Option<Self> {
        Self::every().find(|one| one.code() == code)
    }

    /// Every state there is.
    pub fn every() -> impl Iterator<Item = Self> {
        let plain = [
            Self::Valid,
            Self::StandingUnknown,
            Self::GenuineNotALicence,
            Self::GenuineSeal,
            Self::GenuineValue,
            Self::PartlyCovered,
            Self::AnnotatedCopy,
            Self::CopyForOtherPurpose,
            Self::LicencePartlyCovered,
            Self::Tampered,
            Self::FileBad,
            Self::SealBad,
            Self::Untrusted,
            Self::NoTrustList,
            Self::Intact,
            Self::Unsigned,
            Self::NoRevocationList,
            Self::RevokedUnproven,
            Self::CannotConclude,
            Self::TryLater,
            Self::ValidOffline,
            Self::CodeExpired,
            Self::CodeUsed,
            Self::AgentOtherMatter,
            Self::DelegationOver,
            Self::CodePicture,
            Self::CodeAltered,
            Self::CodeUnreadable,
            Self::CodeOfOthers,
            Self::HolderTold,
            Self::PrintDiffers,
            Self::CounterfeitSite,
            Self::CodeUnknown,
            Self::NoMatch,
            Self::NotOurs,
        ];
        // a licence in force is none of these
        let out = StandingState::ALL.into_iter().filter(|state| *state != StandingState::InForce);
        plain.into_iter().chain(out.map(Self::NotInForce))
    }
}

#[cfg(test)]
mod tests;
