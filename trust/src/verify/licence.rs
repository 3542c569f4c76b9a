//! What a document says of itself as a licence (GB/T 36903), and what its
//! register says of it.
//!
//! `licence.metadata` fails only where the metadata contradicts itself: a check
//! character that is not the computed one, a period that ends before it begins,
//! one fact told in two ways. Metadata that lacks elements or has them in
//! another form is a warning and leaves the check skipped: genuine files of
//! other makers are like that, and no source says what every licence must have.
//!
//! `licence.registered` and the standing come from the register's answer among
//! the evidence, and only for a document that is genuine: of a file that does
//! not hold nobody knows which licence it is.

use super::{
    Check, CheckId, LicenceFacts, Outcome, RegisterAnswer, Registered, Standing, StandingState, disclosure,
    findings::Findings,
    recognise::{Recognised, recognise},
};
use crate::{
    base::{Day, Limits, Sentence, Source},
    licence::{
        Expiry,
        codes::{CitizenNumberOffence, CreditCodeOffence},
        identifier::{IdentifierOffence, LicenceIdentifier},
        metadata::{Element, Metadata, MetadataOffence},
        state::{End, State},
    },
    ofd::{Document, Package},
    sm::sm3,
    trust_list::Stated,
};

/// Offences told in one warning.
const OFFENCES_SHOWN: usize = 5;

/// The identifier that a document gives itself, to ask a register with before the
/// document is checked; `None` where it is no licence with a sound identifier.
/// Proves nothing: [`check`](super::check) holds the answer against the document again.
pub fn licence_identifier(document: &dyn Source, limits: &Limits) -> Option<LicenceIdentifier> {
    match recognise(document).ok()? {
        Recognised::Ofd => {}
        Recognised::Disclosure => {
            return disclosure::read(document).ok()?.ok()?.element(Element::Identifier)?.parse().ok();
        }
        Recognised::Seal | Recognised::Stamp | Recognised::Sign => return None,
    }
    let package = Package::open(document, limits).ok()?;
    identifier(Document::custom_datas(&package).ok()?.as_slice())
}

/// The identifier among name and value pairs.
pub(super) fn identifier(pairs: &[(String, String)]) -> Option<LicenceIdentifier> {
    value(pairs, Element::Identifier)?.parse().ok()
}

/// What the pairs state for whoever asks whether an anchor is for that; nothing without
/// a sound identifier, no body where the identifier has no credit code.
pub(super) fn stated(pairs: &[(String, String)]) -> Stated {
    let identifier = identifier(pairs);
    Stated {
        body: identifier.as_ref().and_then(|identifier| identifier.issuer().parse().ok()),
        licence_type: identifier.as_ref().map(LicenceIdentifier::type_code),
    }
}

/// What the pairs say, each as far as it can be read.
pub(super) fn facts(pairs: &[(String, String)]) -> LicenceFacts {
    let text = |element| value(pairs, element).map(str::to_owned);
    let day = |element| value(pairs, element).and_then(|text| Day::parse(text).ok());
    LicenceFacts {
        identifier: text(Element::Identifier),
        type_name: text(Element::TypeName).or_else(|| text(Element::Name)),
        number: text(Element::Number),
        holder: text(Element::Holder),
        issuing_body: text(Element::IssuingBody),
        issued_on: day(Element::IssuedOn),
        valid_from: day(Element::ValidFrom),
        valid_until: written(pairs, Element::ValidUntil).and_then(|text| Expiry::parse(text).ok()),
        copy: super::copy::facts(pairs),
    }
}

fn written(pairs: &[(String, String)], element: Element) -> Option<&str> {
    pairs.iter().find(|(name, _)| Element::of_name(name) == Some(element)).map(|(_, value)| value.trim())
}

pub(super) fn value(pairs: &[(String, String)], element: Element) -> Option<&str> {
    written(pairs, element).filter(|value| !value.is_empty())
}

/// `licence.metadata`.
pub(super) fn metadata(findings: &mut Findings, pairs: &[(String, String)]) {
    let id = CheckId::LicenceMetadata;
    let offences = match Metadata::read(pairs) {
        Ok(_) => {
            findings.passed(id, "证照信息完整，前后一致。", "The licence's details are complete and agree.");
            return;
        }
        Err(offences) => offences,
    };
    if let Some((code, zh)) = offences.iter().find_map(|offence| contradiction(offence, pairs)) {
        let contradicting = offences.iter().filter(|offence| contradiction(offence, pairs).is_some());
        let en = listed(contradicting);
        findings.failed(
            id,
            code,
            format!("证照信息自相矛盾：{zh}。"),
            format!("The licence's details are at odds: {en}."),
        );
        return;
    }
    let en = format!("The licence's details are not of the form that is known here: {}.", listed(offences.iter()));
    let zh = "证照信息缺项，或者写法与这里所知的不同，没有核对。";
    findings.warn("licence.metadata_form", Sentence::new(zh, en.clone()));
    findings.skipped(id, "other_form", zh, en);
}

fn listed<'a>(offences: impl Iterator<Item = &'a MetadataOffence>) -> String {
    let all: Vec<String> = offences.map(ToString::to_string).collect();
    let mut text = all.iter().take(OFFENCES_SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    if all.len() > OFFENCES_SHOWN {
        text.push_str(&format!(" … (+{})", all.len() - OFFENCES_SHOWN));
    }
    text
}

/// The code and the Chinese words of an offence by which metadata contradicts itself.
fn contradiction(offence: &MetadataOffence, pairs: &[(String, String)]) -> Option<(&'static str, &'static str)> {
    use CreditCodeOffence as Credit;
    use IdentifierOffence as Identifier;
    use MetadataOffence as Offence;
    match offence {
        Offence::Identifier { offence, .. } | Offence::TypeCode(offence) => match offence {
            Identifier::Check { .. }
            | Identifier::DefiningBody(Credit::OrganisationCheck { .. } | Credit::Check { .. })
            | Identifier::IssuingBody(Credit::OrganisationCheck { .. } | Credit::Check { .. }) => {
                Some(("identifier_check", "证照标识的校验位不对"))
            }
            _ => None,
        },
        Offence::ContradictsIdentifier(_) => Some(("contradicts_identifier", "与证照标识不一致")),
        Offence::NamesDisagree { .. } => Some(("names_disagree", "同一项有两个不同的值")),
        Offence::Duplicate { name } => {
            says_two_things(name, pairs).then_some(("names_disagree", "同一项有两个不同的值"))
        }
        Offence::PeriodInverted => Some(("period_inverted", "有效期起止颠倒")),
        Offence::CopyPeriodInverted => Some(("copy_period_inverted", "加注件有效期起止颠倒")),
        Offence::HolderCodeTypesDisagree => Some(("holder_code_types", "持证主体代码类型前后不一致")),
        Offence::HolderCreditCode(Credit::OrganisationCheck { .. } | Credit::Check { .. })
        | Offence::HolderCitizenNumber(CitizenNumberOffence::Check) => {
            Some(("holder_code_check", "持证主体代码的校验位不对"))
        }
        _ => None,
    }
}

fn says_two_things(name: &str, pairs: &[(String, String)]) -> bool {
    let of_name =
        |(other, value): &(String, String)| other.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned());
    let mut values = pairs.iter().filter_map(of_name);
    values.next().is_some_and(|first| values.any(|other| other != first))
}

/// What is held against the register's answer.
pub(super) struct Shown<'a> {
    /// Whether the document is genuine.
    pub(super) genuine: bool,
    /// Whether it is a licence, and which one.
    pub(super) licence: bool,
    pub(super) identifier: Option<&'a LicenceIdentifier>,
    /// SM3 of each Signature.xml that holds; none where there is no document.
    pub(super) stamped: Option<&'a [sm3::Digest]>,
    /// Whether it is an annotated copy, which its register holds under no digest that it tells.
    pub(super) copy: bool,
}

/// How a licence stands by a register's answer alone, where its document was not seen; unknown
/// where the answer is none about it.
pub fn standing_by_identifier(identifier: &LicenceIdentifier, answer: &RegisterAnswer) -> Standing {
    let shown = Shown { genuine: true, licence: true, identifier: Some(identifier), stamped: None, copy: false };
    registered(&shown, Some(answer)).1
}

/// `licence.registered`, and what follows for the standing.
pub(super) fn registered(shown: &Shown<'_>, answer: Option<&RegisterAnswer>) -> (Check, Standing) {
    let unknown = Standing::unknown;
    let skipped = |code: &str, zh: &str, en: &str| (check(Outcome::Skipped, code, zh, en), unknown());
    if !shown.licence {
        return skipped("not_applicable", "不适用于这份文件。", "Does not apply to this document.");
    }
    let Some(answer) = answer else {
        let (zh, en) = ("本机没有配置这项检查的数据来源。", "No source for this check is configured here.");
        return skipped("not_configured", zh, en);
    };
    if !shown.genuine {
        let (zh, en) = ("文件不成立，登记库的状态不适用于它。", "The file does not hold, so no standing goes with it.");
        return skipped("not_genuine", zh, en);
    }
    let Some(identifier) = shown.identifier else {
        let (zh, en) =
            ("文件没有可用的证照标识，登记库无从查起。", "There is no sound identifier to ask the register with.");
        return skipped("no_identifier", zh, en);
    };
    match answer {
        RegisterAnswer::Known(known) if known.identifier.same_licence(identifier) => of_known(known, identifier, shown),
        RegisterAnswer::Known(_) => {
            skipped("other_licence", "登记库答的是另一张证照。", "The register answered about another licence.")
        }
        RegisterAnswer::NotRegistered { as_of, source } => {
            let standing = Standing {
                state: StandingState::NotRegistered,
                as_of: Some(*as_of),
                source: Some(source.clone()),
                ..unknown()
            };
            let (zh, en) = ("登记库没有这张证照。", "The register does not know this licence.");
            (check(Outcome::Failed, "not_registered", zh, en), standing)
        }
        RegisterAnswer::Unreachable { .. } => skipped(
            "register_unreachable",
            "登记库现在答不上来，不代表证照有问题。",
            "The register cannot be reached, which says nothing against the licence.",
        ),
        RegisterAnswer::TooOld { as_of, .. } => {
            let when = as_of.at_offset_hours(8);
            let zh = format!("登记库现在答不上来；留存的答复截至 {when}（北京时间），过旧不用，不代表证照有问题。");
            let en = format!(
                "The register cannot be reached, and its last answer, as of {as_of}, is too old; that says nothing against the licence."
            );
            skipped("answer_too_old", &zh, &en)
        }
        RegisterAnswer::NotCompetent { .. } => skipped(
            "register_not_competent",
            "这个登记库不管这一证照。",
            "This register does not keep licences of this issuing body.",
        ),
    }
}

/// The register knows the licence: in this version, and as this document?
fn of_known(known: &Registered, identifier: &LicenceIdentifier, shown: &Shown<'_>) -> (Check, Standing) {
    let mut standing = Standing {
        state: state(known.state),
        since: Some(known.since),
        until: Some(known.until),
        as_of: Some(known.as_of),
        source: Some(known.source.clone()),
    };
    let (own, current) = (identifier.version(), known.version);
    if own > current {
        let (zh, en) = (
            "登记库还没有这一版本，说不出它的状态。",
            "The register does not have this version yet and cannot speak of it.",
        );
        return (check(Outcome::Indeterminate, "version_unknown", zh, en), Standing::unknown());
    }
    if own < current {
        // a licence that was never or no longer good is that in all its versions
        if matches!(known.state, State::InForce | State::NotYetInForce | State::Suspended) {
            standing.state = StandingState::Superseded;
            (standing.since, standing.until) = (None, None);
        }
        let (zh, en) = (
            format!("登记库有此证，现行版本是 {current}，这一份是旧的 {own}。"),
            format!("The register knows the licence in version {current}; this is the older {own}."),
        );
        return (check(Outcome::Passed, "ok", zh, en), standing);
    }
    if shown.copy {
        let (zh, en) =
            ("登记库有此证；这一份是它的加注件。", "The register knows this licence; this is an annotated copy of it.");
        return (check(Outcome::Passed, "ok", zh, en), standing);
    }
    let is_another = |digest: sm3::Digest| shown.stamped.is_some_and(|stamped| !stamped.contains(&digest));
    if known.document_sm3.is_some_and(is_another) {
        standing.state = StandingState::NotRegistered;
        let (zh, en) = (
            "登记库里这张证照是另一份文件，不是这一份。",
            "The register holds another document under this identifier and version.",
        );
        return (check(Outcome::Failed, "other_document", zh, en), standing);
    }
    (check(Outcome::Passed, "ok", "登记库有此证。", "The register knows this licence."), standing)
}

fn check(outcome: Outcome, code: &str, zh: impl Into<String>, en: impl Into<String>) -> Check {
    Check { id: CheckId::LicenceRegistered, outcome, code: code.to_owned(), sentence: Sentence::new(zh, en) }
}

/// The state of a licence in the words of the report.
fn state(state: State) -> StandingState {
    match state {
        State::NotYetInForce => StandingState::NotYet,
        State::InForce => StandingState::InForce,
        State::Suspended => StandingState::Suspended,
        State::Ended(End::Expired) => StandingState::Expired,
        State::Ended(End::Revoked) => StandingState::Revoked,
        State::Ended(End::Cancelled) => StandingState::Cancelled,
        State::Ended(End::Withdrawn) => StandingState::Withdrawn,
        State::Ended(End::TransferredOut) => StandingState::Transferred,
        State::Ended(End::Superseded) => StandingState::Superseded,
    }
}
