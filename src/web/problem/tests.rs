use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    problem: Vec<Row>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    status: u16,
    title_zh: String,
    title_en: String,
}

#[test]
fn the_list_of_problems_is_the_enum() {
    let listed: List = toml::from_str(include_str!("../../../schemas/problems.toml")).unwrap();
    let known: Vec<_> = Code::ALL
        .iter()
        .map(|c| Row {
            code: c.as_str().into(),
            status: c.status().as_u16(),
            title_zh: c.title_zh().into(),
            title_en: c.title_en().into(),
        })
        .collect();
    assert_eq!(listed.problem, known);
}

#[test]
fn errors_of_flows_have_listed_codes_whose_status_is_their_kinds() {
    use crate::{
        flow::{
            access::Denied,
            act::ActError,
            applications::{ApplicationError, State as Stage},
            bodies::BodyError,
            delegations::DelegationError,
            devices::DeviceError,
            holders::HolderError,
            issue::{IssueError, PhotoRefusal},
            jobs::JobError,
            letters::LetterError,
            licence_record::ReadError,
            ocsp::OcspError,
            oidc::{ClaimFault, OidcError, TokenFault},
            people::{PasswordOffence, PeopleError, SignInError, VouchedError},
            presentations::PresentationError,
            reports::ReportError,
            second_factor::FactorError,
            standing::StandingError,
            time_stamps::{TimeStampError, TimeStampFault},
            tokens::TokenError,
            trust::TrustError,
            types::TypeFault,
            uses::ObjectionError,
        },
        store::StoreError,
    };
    use yinxin_trust::{
        base::Day,
        delegation::{Beyond, DelegationRefusal, State},
        licence::{catalogue::NumberOffence, state::ActRefusal},
        verify::CheckId,
    };
    fn held(error: impl HasKind) {
        let statuses: &[u16] = match error.kind() {
            Kind::NotFound => &[404],
            Kind::Conflict => &[409],
            Kind::Refused => &[422],
            Kind::Denied => &[403],
            Kind::Busy => &[503, 429],
            Kind::Unavailable => &[503],
            Kind::Broken => &[500],
        };
        let (text, code, kind) = (error.to_string(), error.code(), error.kind());
        let problem = Problem::from(error);
        assert_eq!(problem.code().as_str(), code, "{text}");
        assert!(statuses.contains(&problem.status_code().as_u16()), "{text}");
        assert_eq!(problem.retry_after_seconds.is_some(), kind == Kind::Busy, "{text}");
        let inside = matches!(kind, Kind::Broken | Kind::Unavailable) && problem.sentence().en.contains("secret");
        assert!(!inside, "{text}");
    }
    held(ApplicationError::NotFound);
    held(ApplicationError::NotAPerson);
    held(ApplicationError::NotYours);
    held(ApplicationError::OwnWork);
    held(ApplicationError::State(Stage::Issued));
    held(ApplicationError::BeingSigned);
    held(ApplicationError::Remark);
    held(Denied { capability: "issue" });
    held(PeopleError::Login);
    held(PeopleError::Name);
    held(PeopleError::Password(PasswordOffence::Short));
    held(PeopleError::LoginTaken);
    held(PeopleError::NotFound);
    held(PeopleError::LastAdministrator);
    held(DeviceError::Name);
    held(DeviceError::WindowTaken);
    held(DeviceError::NotFound);
    held(DeviceError::Code);
    held(DeviceError::Proof);
    held(PeopleError::Elsewhere);
    held(OidcError::NoProvider);
    held(OidcError::NotBegun);
    held(OidcError::OtherIssuer);
    held(OidcError::Declined("no"));
    held(OidcError::Token(TokenFault::Nonce));
    held(OidcError::Claims(ClaimFault("name")));
    held(OidcError::NotAdmitted(VouchedError::NoRole));
    held(OidcError::NotAdmitted(VouchedError::FactorWanted));
    held(OidcError::NotAdmitted(VouchedError::Calendar));
    held(OidcError::Unavailable("secret".into()));
    held(SignInError::Wrong);
    held(SignInError::TooManyTries { retry_after_seconds: 9 });
    held(SignInError::Calendar);
    held(SignInError::Factor(FactorError::Key("secret".into())));
    held(FactorError::NotConfigured);
    held(FactorError::Wrong);
    held(FactorError::TooManyTries { retry_after_seconds: 9 });
    held(FactorError::There);
    held(FactorError::NotThere);
    held(FactorError::Stored);
    held(LetterError::NotAPerson);
    held(LetterError::NotConfigured);
    held(LetterError::NoFactor);
    held(LetterError::KeyThere);
    held(LetterError::NoKey);
    held(LetterError::Fields(vec![]));
    held(LetterError::TooMany { retry_after_seconds: 9 });
    held(LetterError::Expired);
    held(LetterError::OtherDigest);
    held(LetterError::SignedAlready);
    held(LetterError::Key("secret".into()));
    held(LetterError::Authority("secret".into()));
    held(LetterError::NotValid(None));
    held(TokenError::NoScope);
    held(TokenError::End);
    held(TokenError::NotFound);
    held(BodyError::There);
    held(BodyError::NoSuccessor);
    held(IssueError::TooMany);
    held(IssueError::Application(vec![]));
    held(IssueError::NotIssued);
    held(IssueError::NumberTaken);
    held(IssueError::KeyReused);
    held(IssueError::UnderWay);
    held(IssueError::NoSuchLicence);
    let (name, code, since) = (String::new(), String::new(), "2026-11-22".to_owned());
    held(IssueError::BodySucceeded(crate::flow::succession::Successor { name, code, since }));
    held(BodyError::Cycle);
    held(IssueError::Photo(PhotoRefusal::Encoding));
    held(JobError::Lines);
    held(JobError::NotFound);
    held(IssueError::Act(ActRefusal::NotSuspended));
    held(IssueError::Number(NumberOffence::Check));
    held(IssueError::Type(TypeFault::Unknown { type_code: String::new(), day: Day::LAST }));
    held(IssueError::Rehearsal(vec![CheckId::SignerRevocation]));
    held(IssueError::Rehearsal(vec![CheckId::SealValue]));
    held(IssueError::NotValid("secret".into()));
    held(IssueError::Clock(crate::clock::ClockError));
    held(IssueError::TimeStamp(TimeStampFault::Silent("secret".into())));
    held(TimeStampError::TooMany { retry_after_seconds: 9 });
    held(OcspError::TooMany { retry_after_seconds: 9 });
    held(IssueError::Panicked);
    for error in [StoreError::Busy, StoreError::Locked, StoreError::DiskFull, StoreError::ReadOnly] {
        held(IssueError::Store(error));
    }
    held(IssueError::Store(StoreError::Unreachable("secret".into())));
    held(IssueError::Store(StoreError::Broken("secret".into())));
    held(ActError::Kind("explode".into()));
    held(ActError::Licence(IssueError::NoSuchLicence));
    held(StandingError::NotRegistered);
    held(StandingError::NotCompetent);
    held(ReadError::PurposeWanted);
    held(HolderError::AccountThere);
    held(HolderError::NotFound);
    held(PresentationError::NotHeld);
    held(PresentationError::NotDisclosable);
    held(PresentationError::Fields(vec![]));
    held(PresentationError::NotValid);
    held(PresentationError::Used { body: String::new(), window: None, at: Day::LAST.begins() });
    held(PresentationError::Beyond(Beyond::OtherLicence));
    held(PresentationError::Beyond(Beyond::NotInForce(State::Waiting)));
    held(PresentationError::PurposeWanted);
    held(PresentationError::DelegationOver);
    held(DelegationError::NotFound);
    held(DelegationError::NoAgent);
    held(DelegationError::Fields(vec![]));
    held(DelegationError::Refusal(DelegationRefusal::OwnEntry));
    held(DelegationError::Refusal(DelegationRefusal::NotTheirs));
    held(DelegationError::Refusal(DelegationRefusal::NotWaiting(State::InForce)));
    held(DelegationError::Refusal(DelegationRefusal::TooLong { most_years: 1 }));
    held(DelegationError::Ward);
    held(DelegationError::Document);
    held(DelegationError::NotAPerson);
    held(DelegationError::TooMany);
    held(DelegationError::TooManyTries { retry_after_seconds: 9 });
    held(PresentationError::ScanId);
    held(PresentationError::Window);
    held(PresentationError::TooMany { retry_after_seconds: 9 });
    held(PresentationError::Calendar);
    held(ObjectionError::NotFound);
    held(ObjectionError::Words);
    held(ObjectionError::There);
    held(ReportError::Malformed);
    held(ReportError::TooMany);
    held(ReportError::NotFound);
    held(TrustError::NotFound);
    held(TrustError::Name);
    held(TrustError::NameTaken);
    held(TrustError::NoAddress);
    held(TrustError::OtherKind);
    held(TrustError::RefusedBefore);
    held(TrustError::NotFollowed(crate::flow::trust::NotFollowed::TooDeep));
    held(TrustError::OtherDigest);
    held(TrustError::Digest);
    held(TrustError::SamePerson);
    held(TrustError::OwnProposal);
    held(TrustError::OtherKey);
    held(TrustError::TooManyProposals);
    held(TrustError::Changed);
    held(StoreError::Busy);
    held(StoreError::Unreachable("secret".into()));
    held(StoreError::Broken("secret".into()));
}

#[test]
fn only_broken_has_an_incident_and_tells_nothing_of_the_inside() {
    let broken = Problem::broken(&"the inside");
    assert!(broken.incident().is_some_and(|id| id.len() == 16));
    assert!(!broken.sentence().en.contains("inside") && !broken.sentence().zh.contains("inside"));
    assert!(Problem::busy(5).incident().is_none());
}
