//! The page of the window: one field for whatever somebody brings, then the verdict
//! on one half of the screen.
//!
//! Everything is a form that is sent and a page that comes back; the script only
//! keeps the field ready for a scanner (`pages/src/window.ts`), and the page that works without a network (`apart`).
//! The purpose is chosen once and stands in the address, as elsewhere for staff; what
//! was brought and what came of it stand in no address and no cookie. A verdict is
//! the answer to one request and nowhere else.

mod about;
mod apart;
mod here;
mod offline;
mod print;
mod resolved;
mod specimen;
mod views;
mod waiting;
mod words;

pub use specimen::window_specimen;

pub(in crate::web) use apart::{KIT, MANIFEST, SHELL, WORKER, kit, manifest, shell, worker};
pub(in crate::web) use waiting::{RECHECK, recheck};

use super::{
    office::{answer, encoded, onward, purpose_fault, refusal},
    visit::{Visit, query},
};
use crate::{
    flow::{
        access::{Permit, Purpose, may},
        applications,
        presentations::PresentationError,
        receipts,
        reports::{self, NewReport, Queue},
        window::{self, Paper, PaperFault, Seen},
    },
    web::{
        AppState, Problem, Uploads,
        auth::Authenticated,
        input::Form,
        pages::{
            handlers::{HTML, may_ask, or_plain, page, with_pictures},
            login::from_here,
        },
        state::VerifiedFile,
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;
use std::collections::BTreeMap;

/// Where somebody is waited for.
pub(in crate::web) const HOME: &str = "/window";
/// What files are sent to.
pub(in crate::web) const FILES: &str = "/window/files";
/// What pictures of a camera are sent to.
pub(in crate::web) const FRAMES: &str = "/window/frames";
/// What asks for a receipt of what was shown.
pub(in crate::web) const RECEIPT: &str = "/window/receipts";
/// What reports are sent to.
pub(in crate::web) const REPORT: &str = "/window/reports";

type Data = web::Data<AppState>;
type Sent = BTreeMap<String, String>;
type Given = Result<Form<Sent>, Problem>;

/// The text that was sent, and what of the paper beside it cannot be read.
struct Scanned {
    text: String,
    fault: Option<PaperFault>,
}

/// A visit with the purpose that was chosen for it.
struct Desk {
    visit: Visit,
    purpose: Purpose,
}

impl Desk {
    /// The desk of a request; none where no purpose was chosen yet.
    fn of(visit: &Visit, request: &HttpRequest) -> Option<Self> {
        let purpose = query(request, "purpose")?.parse().ok()?;
        let visit = visit.clone().at(at_purpose(HOME, &purpose));
        Some(Self { visit, purpose })
    }

    /// A page of the window under the same purpose and preferences.
    fn to(&self, path: &str) -> String {
        self.visit.to(&at_purpose(path, &self.purpose))
    }
}

fn at_purpose(path: &str, purpose: &Purpose) -> String {
    format!("{path}?purpose={}", encoded(purpose.as_str()))
}

/// `GET /window`: asks for a purpose, then waits for whoever comes.
pub(in crate::web) async fn home(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let given = query(&request, "purpose");
    let text = given.clone().unwrap_or_default();
    let body = state.at_window(move |counter| {
        let name = applications::body_name(counter.issuer, &permit).map_err(Problem::from)?;
        // a scanner types into this field too
        Ok::<_, Problem>((name, window::is_scanned(counter, &text)?, window::here(counter)?))
    });
    let (body_name, is_scanned, here) = match body.await {
        Ok(found) => found,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let visit = visit.named(&body_name);
    let html = match (Desk::of(&visit, &request), given.as_deref().map(str::parse::<Purpose>)) {
        (Some(desk), _) if !is_scanned => views::idle(&desk, state.site(), &here, &Done::of(&request)),
        (Some(_), _) => views::purpose(&visit, state.site(), Some(words::no_purpose(visit.lang))),
        (None, Some(Err(error))) => views::purpose(&visit, state.site(), Some(purpose_fault(error, visit.lang))),
        (None, _) => views::purpose(&visit, state.site(), None),
    };
    may_ask(answer(&visit, &state, Ok(html)))
}

/// `POST /window`: a scanned text, or a number with a holder.
pub(in crate::web) async fn look(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Given,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let Some(desk) = Desk::of(&visit, &request) else { return onward(&visit, &state, Ok(HOME.to_owned())) };
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&desk.visit, &state, &problem),
    };
    let of = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (text, number, holder) = (of("scan"), of("number"), of("holder"));
    if text.is_empty() && number.is_empty() {
        return onward(&visit, &state, Ok(at_purpose(HOME, &desk.purpose)));
    }
    let paper = match ["print_holder", "print_number", "print_until"].map(of) {
        [holder, number, until] if text.is_empty() || [&holder, &number, &until].iter().all(|text| text.is_empty()) => {
            None
        }
        [holder, number, until] => Some(Paper::read(&holder, &number, &until)),
    };
    let fault = paper.as_ref().and_then(|paper| paper.as_ref().err()).cloned();
    let (purpose, again) = (desk.purpose.clone(), text.clone());
    let seen = state.at_window(move |counter| {
        let body_name = applications::body_name(counter.issuer, &permit).map_err(Problem::from)?;
        let seen = match &paper {
            _ if text.is_empty() => window::look_up(counter, &permit, (&number, &holder), &purpose)?,
            Some(Ok(paper)) => vec![window::compare(counter, &permit, (&text, paper), &purpose)?],
            // what cannot be read is compared with nothing, and asked for again
            Some(Err(_)) | None => window::scan(counter, &permit, &text, &purpose)?,
        };
        Ok::<_, Problem>((body_name, seen))
    });
    let scanned = Scanned { text: again, fault };
    show(&desk, &state, seen.await, Some(&scanned).filter(|scanned| !scanned.text.is_empty()))
}

/// `POST /window/files`: one file or several.
pub(in crate::web) async fn files(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    uploads: Result<Uploads, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let Some(desk) = Desk::of(&visit, &request) else { return onward(&visit, &state, Ok(HOME.to_owned())) };
    let verified = match uploads {
        Ok(uploads) => state.verify_uploads(uploads).await,
        Err(problem) => Err(problem),
    };
    let seen = match verified {
        Ok(verified) => {
            let purpose = desk.purpose.clone();
            let seen = state.at_window(move |counter| {
                let body_name = applications::body_name(counter.issuer, &permit).map_err(Problem::from)?;
                let seen =
                    verified.into_iter().map(|VerifiedFile { name, verified, codes, drawn }| match window::code_among(
                        counter, &codes,
                    )? {
                        Some(text) => window::scan(counter, &permit, text, &purpose),
                        None => {
                            let seen = window::file(counter.issuer, &permit, name, verified, &purpose)?;
                            Ok(vec![seen.with_pages(drawn)])
                        }
                    });
                let seen = seen.collect::<Result<Vec<_>, PresentationError>>()?;
                Ok::<_, Problem>((body_name, seen.into_iter().flatten().collect()))
            });
            seen.await
        }
        Err(problem) => Err(problem),
    };
    show(&desk, &state, seen, None)
}

/// `POST /window/frames`: pictures of a camera; the text of the code on them, if there is one.
pub(in crate::web) async fn frame(
    _: Permit<may::ServeAtWindow>,
    state: Data,
    uploads: Result<Uploads, Problem>,
) -> Result<HttpResponse, Problem> {
    let text = state.codes_in(uploads?).await?.into_iter().next();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "text": text })))
}

/// `POST /window/reports`
pub(in crate::web) async fn report(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Given,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let Some(desk) = Desk::of(&visit, &request) else { return onward(&visit, &state, Ok(HOME.to_owned())) };
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&desk.visit, &state, &problem),
    };
    let of = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let given = NewReport { incident: of("incident"), shown: of("shown"), subject: of("subject") };
    let to = format!("{}&reported={}", at_purpose(HOME, &desk.purpose), encoded(&given.incident));
    let done = state.at_window(move |counter| reports::enter(counter.issuer, &permit, &given));
    let to = done.await.map(|queue| match queue {
        Queue::Own => format!("{to}&queue=own"),
        Queue::Issuer => to,
    });
    onward(&desk.visit, &state, to)
}

/// `POST /window/receipts`: the signed receipt of what was just shown.
pub(in crate::web) async fn receipt(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Given,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let Some(desk) = Desk::of(&visit, &request) else { return onward(&visit, &state, Ok(HOME.to_owned())) };
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&desk.visit, &state, &problem),
    };
    let incident = sent.get("incident").cloned().unwrap_or_default();
    let to = at_purpose(HOME, &desk.purpose);
    let signed = state.at_window(move |counter| receipts::sign_shown(counter.issuer, &permit, &incident)).await;
    onward(&desk.visit, &state, signed.map(|signed| format!("{to}&receipt={}", signed.receipt().number)))
}

/// The verdicts, or that nothing can be said now, which is no word against anybody.
fn show(
    desk: &Desk,
    state: &AppState,
    seen: Result<(String, Vec<Seen>), Problem>,
    scanned: Option<&Scanned>,
) -> HttpResponse {
    match seen {
        Ok((body_name, seen)) => {
            let desk = Desk { visit: desk.visit.clone().named(&body_name), purpose: desk.purpose.clone() };
            let shown = answer(&desk.visit, state, Ok(views::result(&desk, state.site(), &seen, scanned)));
            let has_pictures = |one: &Seen| one.pages.is_some() || views::portrait(one).is_some();
            if seen.iter().any(has_pictures) { with_pictures(shown) } else { shown }
        }
        Err(problem) if problem.code().is_our_side() => {
            let html = views::cannot_check(desk, state.site(), &problem, scanned.map(|scanned| scanned.text.as_str()));
            from_here(page(problem.response_with(HTML, or_plain(html))))
        }
        Err(problem) => refusal(&desk.visit, state, &problem),
    }
}

/// What was just done, where the address tells it: the number of a report or of a receipt.
#[derive(Default)]
struct Done {
    reported: Option<String>,
    /// Whether the clerk's own body looks at it.
    is_own_queue: bool,
    receipt: Option<String>,
}

impl Done {
    fn of(request: &HttpRequest) -> Self {
        let number = |name: &str| {
            let number = query(request, name)?;
            (number.len() == 16 && number.bytes().all(|octet| octet.is_ascii_hexdigit())).then_some(number)
        };
        let is_own_queue = query(request, "queue").as_deref() == Some("own");
        Self { reported: number("reported"), is_own_queue, receipt: number("receipt") }
    }
}

/// The number of an incident as it is read aloud: in groups of four.
pub(super) fn grouped(incident: &str) -> String {
    let digits: Vec<char> = incident.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_fours() {
        assert_eq!(grouped("0123456789abcdef"), "0123 4567 89ab cdef");
        assert_eq!(grouped("12345"), "1234 5");
    }

    #[test]
    fn a_purpose_within_an_address() {
        let purpose = "换证 A&B".parse().unwrap();
        assert_eq!(at_purpose(HOME, &purpose), "/window?purpose=%E6%8D%A2%E8%AF%81%20A%26B");
    }
}
