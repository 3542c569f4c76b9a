//! Requests about issued licences.

use super::{
    ACT, LICENCE, Visit, answer, at_the_desk, done, forms,
    input::{self, Sent},
    onward, part, path_of, query, refusal, views,
    work::and_then,
};
use crate::{
    flow::{
        access::{Permit, Purpose, may},
        applications::{self, ApplicationError, Entered},
        copies::{self, CopyError},
        document::Form as Kind,
        issue::IssueError,
        licence_record::{self, ReadError},
        standing::{self, StandingError},
    },
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::Form,
        pages::{handlers::with_pictures, pictures::WANTED},
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use std::panic::{AssertUnwindSafe, catch_unwind};
use yinxin_trust::licence::identifier::LicenceIdentifier;

type Data = web::Data<AppState>;

/// `GET /office/licences/{identifier}`: asks what for, then shows.
pub(in crate::web) async fn licence(
    permit: Permit<may::Read>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, text) = (Visit::of(&caller, &request), part(&request, "identifier"));
    let Ok(identifier) = text.parse::<LicenceIdentifier>() else {
        return refusal(&visit, &state, &Problem::from(ApplicationError::NotFound));
    };
    let given = query(&request, "purpose");
    let purpose = match given.as_deref().map(str::parse::<Purpose>) {
        Some(Ok(purpose)) => purpose,
        wrong => {
            let fault = wrong.and_then(Result::err);
            return answer(&visit, &state, Ok(views::purpose(&visit, state.site(), &text, fault)));
        }
    };
    let asked = format!("purpose={}", encoded(purpose.as_str()));
    let visit = visit.clone().at(format!("{}?{asked}", visit.here));
    let read = done(&state, move |issuer| {
        let whole = licence_record::record(issuer, &permit, &identifier, Some(&purpose)).map_err(not_found)?;
        let copied = copies::of_licence(issuer, &permit, &identifier).map_err(|error| match error {
            CopyError::Flow(error) => error.into(),
            _ => ApplicationError::NotFound,
        })?;
        // a picture that cannot be drawn takes nothing from what is read
        let drawn = catch_unwind(AssertUnwindSafe(|| licence_record::pages(issuer, &permit, &identifier, WANTED)));
        let drawn = drawn.ok().and_then(Result::ok).flatten();
        Ok((whole, copied, drawn, applications::body_name(issuer, &permit)?))
    });
    let html = read.await.map(|(whole, copied, drawn, body_name)| {
        let visit = visit.clone().named(&body_name);
        views::licence(&visit, state.site(), (&whole, &copied, drawn.as_ref()), &asked)
    });
    let shown = html.is_ok();
    let answer = answer(&visit, &state, html);
    if shown { with_pictures(answer) } else { answer }
}

/// `GET /office/licences/{identifier}/document?as=ofd&purpose=…`
pub(in crate::web) async fn document(
    permit: Permit<may::Read>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, text) = (Visit::of(&caller, &request), part(&request, "identifier"));
    let kind = query(&request, "as").and_then(|name| Kind::of_name(&name));
    let (Ok(identifier), Some(kind)) = (text.parse::<LicenceIdentifier>(), kind) else {
        return refusal(&visit, &state, &Problem::from(ApplicationError::NotFound));
    };
    let Some(Ok(purpose)) = query(&request, "purpose").map(|text| text.parse::<Purpose>()) else {
        return onward(&visit, &state, Ok(path_of(LICENCE, &text)));
    };
    let what = kind.ending();
    let octets = done(&state, move |issuer| {
        licence_record::file(issuer, &permit, &identifier, kind, Some(&purpose)).map_err(not_found)
    })
    .await;
    match octets {
        // an identifier is letters, digits and dots: a name that every system takes
        Ok(octets) => HttpResponse::Ok()
            .content_type(kind.media_type())
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{text}.{what}\"")))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `GET /office/licences/{identifier}/act`: the form of an act.
pub(in crate::web) async fn act_form(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, text) = (Visit::of(&caller, &request), part(&request, "identifier"));
    let standing = done(&state, move |issuer| {
        let identifier = text.parse::<LicenceIdentifier>().map_err(|_| ApplicationError::NotFound)?;
        applications::may_be_acted_on(issuer, &permit, &identifier)?;
        standing::by_identifier(issuer, &identifier, None).map_err(|error| match error {
            StandingError::Register(error) => error.into(),
            StandingError::NotRegistered | StandingError::NotCompetent => ApplicationError::NotFound,
        })
    })
    .await;
    answer(&visit, &state, standing.map(|standing| forms::act_form(&visit, state.site(), &standing)))
}

/// `POST /office/licences/{identifier}/act`: enters an application for an act.
pub(in crate::web) async fn enter_act(
    permit: Permit<may::Apply>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Sent>, Problem>,
) -> HttpResponse {
    let identifier = part(&request, "identifier");
    let visit = Visit::of(&caller, &request).at(path_of(ACT, &identifier));
    let to = match given {
        Ok(Form(sent)) => {
            let entered = at_the_desk(&state, move |issuer| {
                let entered = Entered::Act(input::act(identifier, &sent));
                let id = applications::enter(issuer, &permit, &entered)?;
                and_then(issuer, &permit, &id, &sent)
            });
            entered.await.and_then(|done| done.map_err(Problem::from))
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// Another body's licence is like one that is not there.
fn not_found(error: ReadError) -> ApplicationError {
    match error {
        // the page has asked for it
        ReadError::PurposeWanted | ReadError::Licence(IssueError::NoSuchLicence) => ApplicationError::NotFound,
        ReadError::Licence(other) => other.into(),
    }
}

/// A text within a query.
pub(in crate::web::pages) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, octet| {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(octet));
        } else {
            let _ = write!(out, "%{octet:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_within_a_query() {
        assert_eq!(encoded("a b&c=证"), "a%20b%26c%3D%E8%AF%81");
    }
}
