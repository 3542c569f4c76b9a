//! The pages of the office: entering, approving, and what became of it.
//!
//! Every page is complete without a script. What is sent is stored and answered
//! with the way to the page that shows it, so that a page can be loaded again
//! without doing anything again.

mod again;
mod delegation_views;
mod delegations;
mod devices;
mod forms;
mod input;
mod licence;
mod objection_views;
mod objections;
mod seal_grant_views;
mod seal_grants;
mod seal_views;
mod seals;
mod trust;
mod trust_views;
pub(super) mod views;
pub(super) mod words;
mod work;

pub(in crate::web) use delegations::{
    decide_delegation, delegation_document, delegations_desk, end_recorded, guardian_form, paper_form, record_guardian,
    recorded_delegation, take_paper,
};
pub(in crate::web) use devices::{DEVICE_END, DEVICES, devices, end_device, enter_device};
pub(super) use licence::encoded;
pub(in crate::web) use licence::{act_form, document, enter_act, licence};
pub(in crate::web) use objections::{answer_objection, objection, objections_desk};
pub(in crate::web) use seal_grants::{give_grant, grant_form, set_use_rule, take_grant_back};
pub(in crate::web) use seals::{
    apply_seal, apply_seal_form, decide_seal, file_seal, keep_seal, seal, seal_document, seals,
};
pub(in crate::web) use trust::{
    decide_list, decide_operator, follow, propose_operator, propose_operator_form, trust, trusted,
};
pub(super) use words::purpose as purpose_fault;
pub(in crate::web) use work::{
    approve, blank, choose, correct, edit, enter, home, look, preview, see_report, send_back,
};

use super::{
    handlers::{HTML, or_plain, page},
    login::from_here,
    visit::{Visit, part, path_of, query},
};
use crate::{
    flow::{applications::ApplicationError, issuer::Issuer},
    web::{AppState, Problem},
};
use actix_web::{HttpResponse, http::header};
use again::Again;

/// What is to be done.
pub(in crate::web) const HOME: &str = "/office";
/// The types to choose from.
pub(in crate::web) const NEW: &str = "/office/new";
/// The form of a type.
pub(in crate::web) const NEW_OF_TYPE: &str = "/office/new/{type}";
/// One application.
pub(in crate::web) const APPLICATION: &str = "/office/applications/{id}";
/// Its page as it would be drawn.
pub(in crate::web) const PREVIEW: &str = "/office/applications/{id}/preview.png";
/// Its form.
pub(in crate::web) const EDIT: &str = "/office/applications/{id}/edit";
/// Agreeing to it.
pub(in crate::web) const APPROVE: &str = "/office/applications/{id}/approve";
/// Giving it back.
pub(in crate::web) const SEND_BACK: &str = "/office/applications/{id}/return";
/// Taking a report out of the queue.
pub(in crate::web) const REPORT_SEEN: &str = "/office/reports/{id}/seen";
/// The seals of the body.
pub(in crate::web) const SEALS: &str = "/office/seals";
/// One seal or application.
pub(in crate::web) const SEAL: &str = "/office/seals/{id}";
/// A document of an application.
pub(in crate::web) const SEAL_DOCUMENT: &str = "/office/seals/{id}/documents/{position}";
/// The decision on an application.
pub(in crate::web) const SEAL_DECISION: &str = "/office/seals/{id}/decision";
/// The filing of a seal that was made.
pub(in crate::web) const SEAL_FILING: &str = "/office/seals/{id}/filing";
/// Acts upon a seal.
pub(in crate::web) const SEAL_ACTS: &str = "/office/seals/{id}/acts";
/// Who may stamp with it.
pub(in crate::web) const SEAL_GRANTS: &str = "/office/seals/{id}/grants";
/// Taking one of these back.
pub(in crate::web) const SEAL_GRANT_END: &str = "/office/seals/{id}/grants/{grant}/end";
/// Whether its own body needs that.
pub(in crate::web) const SEAL_USE_RULE: &str = "/office/seals/{id}/use-rule";
/// The form of an application for a seal.
pub(in crate::web) const SEAL_NEW: &str = "/office/seal-applications/new";
/// Whose trust lists are used.
pub(in crate::web) const TRUST: &str = "/office/trust";
/// The form of an operator to be proposed.
pub(in crate::web) const TRUST_NEW: &str = "/office/trust/new";
/// The decision on a proposed operator.
pub(in crate::web) const TRUST_PROPOSAL: &str = "/office/trust/proposals/{id}";
/// A list that the list of an operator names, to be followed.
pub(in crate::web) const TRUST_MEMBERS: &str = "/office/trust/operators/{id}/members";
/// One operator with its lists.
pub(in crate::web) const TRUSTED: &str = "/office/trust/operators/{id}";
/// Delegations that were brought to a window, and guardians.
pub(in crate::web) const DELEGATIONS: &str = "/office/delegations";
/// The form of a delegation on paper.
pub(in crate::web) const DELEGATION_NEW: &str = "/office/delegations/new";
/// The form of a guardian.
pub(in crate::web) const GUARDIAN_NEW: &str = "/office/guardians/new";
/// One of them.
pub(in crate::web) const DELEGATION: &str = "/office/delegations/{id}";
/// Its paper.
pub(in crate::web) const DELEGATION_DOCUMENT: &str = "/office/delegations/{id}/document";
/// The decision on it.
pub(in crate::web) const DELEGATION_DECISION: &str = "/office/delegations/{id}/decision";
/// Its end.
pub(in crate::web) const DELEGATION_END: &str = "/office/delegations/{id}/end";
/// What holders have against uses of their licences.
pub(in crate::web) const OBJECTIONS: &str = "/office/objections";
/// One of them, by the id of the use.
pub(in crate::web) const OBJECTION: &str = "/office/objections/{use}";
/// One licence.
pub(in crate::web) const LICENCE: &str = "/office/licences/{identifier}";
/// Its document.
pub(in crate::web) const DOCUMENT: &str = "/office/licences/{identifier}/document";
/// The form of an act upon it.
pub(in crate::web) const ACT: &str = "/office/licences/{identifier}/act";

/// Runs a job of the office on its lane; the job's own error comes back as it is.
async fn at_the_desk<T: Send + 'static, E: Send + 'static>(
    state: &AppState,
    job: impl FnOnce(&Issuer) -> Result<T, E> + Send + 'static,
) -> Result<Result<T, E>, Problem> {
    state
        .in_office(move |office, _| {
            let issuer = office.issuer.as_ref().ok_or_else(Problem::no_issuer)?;
            Ok::<_, Problem>(job(issuer))
        })
        .await
}

/// As [`at_the_desk`], where the page has no words of its own for the job's error.
async fn done<T: Send + 'static>(
    state: &AppState,
    job: impl FnOnce(&Issuer) -> Result<T, ApplicationError> + Send + 'static,
) -> Result<T, Problem> {
    Ok(at_the_desk(state, job).await??)
}

/// A page, or why there is none.
pub(super) fn answer(
    visit: &Visit,
    state: &AppState,
    html: Result<Result<String, askama::Error>, Problem>,
) -> HttpResponse {
    match html {
        Ok(html) => from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))),
        Err(problem) => refusal(visit, state, &problem),
    }
}

pub(super) fn refusal(visit: &Visit, state: &AppState, problem: &Problem) -> HttpResponse {
    Again::answer(problem, views::note(visit, state.site(), problem))
}

/// On to the page that shows what was done, or why nothing was.
pub(super) fn onward(visit: &Visit, state: &AppState, to: Result<String, Problem>) -> HttpResponse {
    match to {
        Ok(path) => HttpResponse::SeeOther().insert_header((header::LOCATION, visit.to(&path))).finish(),
        Err(problem) => refusal(visit, state, &problem),
    }
}
