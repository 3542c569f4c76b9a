//! How the states that are shown look: the shape of a mark tells the family, its
//! sign the cause.

pub use crate::flow::shown::{Family, Shown as PageState, state};
use yinxin_trust::verify::StandingState;

impl PageState {
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
            Self::NotInForce(S::NotRegistered) => "m-notregistered",
            Self::NotInForce(_) => "m-revoked",
            Self::LicencePartlyCovered => "m-refuse-partly",
            Self::Tampered => "m-tampered",
            Self::FileBad => "m-filebad",
            Self::SealBad => "m-sealbad",
            Self::Untrusted | Self::NoTrustList => "m-untrusted",
            Self::Unsigned => "m-unsigned",
            Self::ValidOffline => "m-offline",
            Self::CodeExpired | Self::CodeUsed | Self::CodePicture => "m-codeexpired",
            Self::PrintDiffers => "m-partly",
            Self::AgentOtherMatter | Self::CopyForOtherPurpose => "m-otheruse",
            Self::AnnotatedCopy => "m-copy",
            Self::DelegationOver => "m-warn",
            Self::CodeAltered => "m-tampered",
            Self::CodeUnreadable => "m-notours",
            Self::CodeOfOthers => "m-cannot",
            Self::HolderTold => "m-holder",
            Self::CounterfeitSite => "m-counterfeit",
            Self::CodeUnknown => "m-notregistered",
            Self::NotOurs | Self::NoMatch => "m-notours",
            Self::Intact | Self::NoRevocationList | Self::RevokedUnproven | Self::CannotConclude | Self::TryLater => {
                "m-cannot"
            }
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
