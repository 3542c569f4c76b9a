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
            Self::CodeExpired => "m-codeexpired",
            Self::CodeUsed => "m-codeused",
            Self::CodePicture => "m-picture",
            Self::PrintDiffers => "m-differs",
            Self::AgentOtherMatter | Self::CopyForOtherPurpose => "m-otheruse",
            Self::AnnotatedCopy => "m-copy",
            Self::DelegationOver => "m-warn",
            Self::CodeAltered => "m-tampered",
            Self::CodeUnreadable => "m-unreadable",
            Self::CodeOfOthers => "m-cannot",
            Self::HolderTold => "m-holder",
            Self::CounterfeitSite => "m-counterfeit",
            Self::CodeUnknown => "m-notregistered",
            Self::NotOurs => "m-notours",
            Self::NoMatch => "m-nomatch",
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Signs that several states share, because their cause is one.
    const SHARED: [(&str, &[&str]); 8] = [
        ("m-seal", &["GENUINE_SEAL", "GENUINE_VALUE"]),
        ("m-replaced", &["REPLACED", "TRANSFERRED"]),
        ("m-notregistered", &["CODE_UNKNOWN", "NOT_REGISTERED"]),
        ("m-revoked", &["CANCELLED", "NOT_IN_FORCE", "REVOKED", "WITHDRAWN"]),
        ("m-tampered", &["CODE_ALTERED", "TAMPERED"]),
        ("m-untrusted", &["NO_TRUST_LIST", "UNTRUSTED"]),
        ("m-otheruse", &["AGENT_OTHER_MATTER", "COPY_FOR_OTHER_PURPOSE"]),
        (
            "m-cannot",
            &["CANNOT_CHECK", "CANNOT_CONCLUDE", "CODE_OF_OTHERS", "INTACT", "NO_REVOCATION_LIST", "REVOKED_UNPROVEN"],
        ),
    ];

    /// The element that draws the shape of a family.
    fn shape(family: Family) -> &'static str {
        match family {
            Family::Valid => r#"<circle class="shape""#,
            Family::Info => r#"<rect class="shape""#,
            Family::Caution => r#"<path class="shape" d="M32 8"#,
            Family::Refuse => r#"<path class="shape" d="M21.5 5"#,
            Family::Neutral => r#"<circle class="ring""#,
        }
    }

    #[test]
    fn the_shape_is_the_family_and_the_sign_the_cause() {
        let sheet = super::super::mark::ALL;
        let mut of_sign: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for state in PageState::every() {
            let start =
                sheet.find(&format!("<symbol id=\"{}\"", state.icon())).unwrap_or_else(|| panic!("{}", state.icon()));
            let symbol = sheet[start..].split("</symbol>").next().unwrap_or_default();
            assert!(symbol.contains(shape(state.family())), "{} is drawn as {symbol}", state.code());
            of_sign.entry(state.icon()).or_default().push(state.code());
        }
        of_sign.retain(|_, states| states.len() > 1);
        of_sign.values_mut().for_each(|states| states.sort_unstable());
        let shared: BTreeMap<&str, Vec<&str>> = SHARED.iter().map(|(sign, states)| (*sign, states.to_vec())).collect();
        assert_eq!(of_sign, shared);
    }
}
