//! Requests of browsers.

use super::{
    calm::{NoReport, render_no_report},
    looking::Asked,
    mark::with_sheet,
    pictures::WANTED,
    prefs::{Place, Prefs},
    receipt,
    render::{ResultView, StartView, render_result, render_start},
};
use crate::{
    flow::standing,
    web::{AppState, Problem, Upload, asker::Missed, auth::allowed, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use yinxin_trust::{
    licence::identifier::LicenceIdentifier,
    verify::{Report, StandingState},
};

/// What a page may load: own files, nothing inline, nothing from elsewhere.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same, and the script may ask this service, and the page be installed.
const ASKING_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; \
     manifest-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same where pages of a document are shown: their pictures are within the page, so
/// that nothing of the document is kept. A picture runs no script and loads nothing.
const PICTURES_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(super) const HTML: &str = "text/html; charset=utf-8";

/// `GET /`
pub(in crate::web) async fn root(request: HttpRequest) -> HttpResponse {
    let to = Prefs::from_query(request.query_string()).verify();
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// `GET /verify`
pub(in crate::web) async fn start(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    start_page(Prefs::from_query(request.query_string()), &state, Asked::default())
}

/// The first page, with what somebody looked up in vain.
pub(super) fn start_page(prefs: Prefs, state: &AppState, asked: Asked) -> HttpResponse {
    let is_miss = asked.is_miss();
    let registers = state.registers();
    let view = StartView {
        prefs,
        limit_bytes: u64::try_from(state.serve().upload_limit_bytes).unwrap_or(u64::MAX),
        anchors: state.anchors(),
        registers,
        asked: registers.own.then_some(asked),
        site: state.site(),
    };
    let mut response = if is_miss { HttpResponse::NotFound() } else { HttpResponse::Ok() };
    let mut answer = page(response.content_type(HTML).body(or_plain(render_start(&view))));
    if is_miss {
        answer.extensions_mut().insert(Missed);
    }
    answer
}

/// `POST /verify`
pub(in crate::web) async fn verify(
    request: HttpRequest,
    state: web::Data<AppState>,
    upload: Result<Upload, Problem>,
) -> HttpResponse {
    let prefs = Prefs::from_query(request.query_string());
    let verified = match upload {
        Ok(upload) if upload.may_be_receipt() => {
            let checked = state.check_receipt(upload).await;
            return match checked {
                Ok(checked) => {
                    let html = receipt::render(&checked, prefs, state.site());
                    page(HttpResponse::Ok().content_type(HTML).body(or_plain(html)))
                }
                Err(problem) => refusal(&problem, prefs, &state),
            };
        }
        Ok(upload) => state.verify_and_draw(upload, WANTED).await,
        Err(problem) => Err(problem),
    };
    match verified {
        Ok((verified, pages)) => {
            let newer = newer(&verified.report, &state).await;
            let view = ResultView {
                report: &verified.report,
                file_name: verified.file_name.as_deref(),
                of_use: verified.of_use.as_ref(),
                pages: pages.as_ref(),
                newer: newer.as_deref(),
                prefs,
                site: state.site(),
            };
            let answer = page(HttpResponse::Ok().content_type(HTML).body(or_plain(render_result(view))));
            if pages.is_some() { with_pictures(answer) } else { answer }
        }
        Err(problem) => refusal(&problem, prefs, &state),
    }
}

/// What our own register has in the place of a licence that was replaced. Where it cannot say, the page goes without.
async fn newer(report: &Report, state: &AppState) -> Option<String> {
    let identifier = report.licence.as_ref().filter(|_| report.standing.state == StandingState::Superseded)?;
    let (identifier, at) = (identifier.identifier.as_ref()?.parse::<LicenceIdentifier>().ok()?, report.checked_at);
    state.with_issuer(move |issuer| standing::newer_than(issuer, &identifier, at)).await.ok().flatten()
}

/// A method that a page does not have.
pub(in crate::web) async fn other_method(request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    refusal(
        &Problem::method_not_allowed(allowed(&request.match_pattern().unwrap_or_default())),
        Prefs::from_query(request.query_string()),
        &state,
    )
}

/// Somebody asked more often than is answered.
pub(in crate::web) fn too_often(request: &HttpRequest, state: &AppState, problem: &Problem) -> HttpResponse {
    let place = if request.path().starts_with("/verify") { Place::Verify } else { Place::Printed };
    refusal(problem, Prefs { place, ..Prefs::from_query(request.query_string()) }, state)
}

pub(super) fn refusal(problem: &Problem, prefs: Prefs, state: &AppState) -> HttpResponse {
    let limit = u64::try_from(state.serve().upload_limit_bytes).unwrap_or(u64::MAX);
    let what = match (no_report(problem.code(), limit), problem.retry_after_seconds()) {
        (NoReport::TooOften(_), Some(seconds)) => NoReport::TooOften(seconds),
        (what, _) => what,
    };
    let html = render_no_report(prefs, what, problem.incident(), state.site());
    page(problem.response_with(HTML, or_plain(html)))
}

fn no_report(code: Code, limit: u64) -> NoReport {
    match code {
        Code::NotADocument => NoReport::NotADocument,
        Code::CopyNotVerifiable => NoReport::Copy,
        Code::UploadTooLarge => NoReport::TooLarge(limit),
        Code::NoFile => NoReport::NoFile,
        Code::MalformedMultipart | Code::BodyInterrupted | Code::BodyTimeout => NoReport::BadUpload,
        Code::NotFound | Code::MethodNotAllowed | Code::BadQuery => NoReport::NotFound,
        Code::NotRegistered => NoReport::UnknownCode,
        Code::TooManyTries => NoReport::TooOften(0),
        code if code.is_our_side() => NoReport::Unavailable,
        // the rest are not answers of pages
        _ => NoReport::NotFound,
    }
}

pub(super) fn page(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(PAGE_POLICY));
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// A page whose script may ask this service.
pub(super) fn may_ask(response: HttpResponse) -> HttpResponse {
    under(response, ASKING_POLICY)
}

/// A page with pictures within it.
pub(super) fn with_pictures(response: HttpResponse) -> HttpResponse {
    under(response, PICTURES_POLICY)
}

fn under(mut response: HttpResponse, policy: &'static str) -> HttpResponse {
    let policy = header::HeaderValue::from_static(policy);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The page with the marks that it shows. A template that cannot be written leaves the one sentence that must not be missing.
pub(super) fn or_plain(html: Result<String, askama::Error>) -> String {
    html.map(|html| with_sheet(&html)).unwrap_or_else(|error| {
        tracing::error!(%error, "page could not be written");
        "<!doctype html><meta charset=\"utf-8\"><title>印信</title><p>暂时无法核验，不代表证照有问题。请过一分钟再试。\
         <p lang=\"en\">We cannot check now. This says nothing against the licence. Try again in a minute."
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_visitor_can_mend_is_put_to_the_visitor() {
        for &code in Code::ALL {
            let ours = matches!(
                code,
                Code::Busy
                    | Code::NotReady
                    | Code::Broken
                    | Code::NoRegister
                    | Code::RegisterBusy
                    | Code::RegisterUnavailable
                    | Code::NoIssuer
                    | Code::IssuingBusy
                    | Code::RevocationListsOutdated
                    | Code::KeyUnavailable
                    | Code::TimeStampUnavailable
                    | Code::NoOfflineCodes
                    | Code::DiskFull
                    | Code::RegisterReadOnly
                    | Code::ClockUnavailable
                    | Code::RandomnessUnavailable
                    | Code::NoReceiptKey
                    | Code::NoSecondFactors
                    | Code::NoPersonalKeys
                    | Code::OidcUnavailable
                    | Code::AnswersUnsigned
            );
            assert_eq!(no_report(code, 1) == NoReport::Unavailable, ours, "{code:?}");
        }
    }
}
