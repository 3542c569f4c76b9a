//! Annotated copies (加注件): the form, the list, the files.

use super::{
    Data, Given, Visit, answer, copy_views as views, input::Sent, number, onward, part, path_of, query, refusal,
};
use crate::{
    flow::{
        access::Holder,
        copies::{self, Asker, CopyError, CopyOffer, CopyOrder},
        document::Form as Kind,
        kind::FieldOffence,
        window::day_as_written,
    },
    random,
    web::{AppState, Problem, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, http::header};
use yinxin_trust::licence::identifier::LicenceIdentifier;

/// The copies that were made.
pub(in crate::web) const HOME: &str = "/my/copies";
/// The form of a new one.
pub(in crate::web) const NEW: &str = "/my/licences/{identifier}/copy";
/// The file of one.
pub(in crate::web) const DOCUMENT: &str = "/my/copies/{id}/document";

/// Most characters of the key that the form carries.
const LONGEST_KEY: usize = 64;

/// `GET /my/copies`; in large letters one at a time, by `?copy=`. `?made=` names the one that was just made.
pub(in crate::web) async fn home(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let (at, made) = (number(&request, "copy"), query(&request, "made"));
    let found = state.with_issuer(move |issuer| copies::of(issuer, &holder)).await;
    answer(&visit, &state, found.map(|found| views::home(&visit, state.site(), &found, made.as_deref(), at)))
}

/// `GET /my/licences/{identifier}/copy`
pub(in crate::web) async fn blank(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    form(&visit, &holder, &request, &state, None, &[]).await
}

/// `POST /my/licences/{identifier}/copy`: makes it. The form carries a key, so that sending it twice makes one.
pub(in crate::web) async fn make(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let order = match order(&sent) {
        Ok(order) => order,
        Err(faults) => return form(&visit, &holder, &request, &state, Some(&sent), &faults).await,
    };
    let Ok(identifier) = part(&request, "identifier").parse::<LicenceIdentifier>() else {
        return refusal(&visit, &state, &Problem::from(CopyError::NotHeld));
    };
    let most_days = match state.office() {
        Ok(office) => office.presentations.copy_days(),
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let key = sent.get("key").filter(|key| is_key(key)).cloned().unwrap_or_default();
    let who = holder.clone();
    let made = state.at_issuing(move |issuer| {
        let key = if key.is_empty() { random::id().map_err(CopyError::from)? } else { key };
        match copies::make(issuer, &who, &identifier, &order, (most_days, &key), &|_| ()) {
            // told on the form
            Err(CopyError::Order(faults)) => Ok(Err(faults)),
            made => made.map(Ok),
        }
    });
    match made.await {
        Ok(Err(faults)) => form(&visit, &holder, &request, &state, Some(&sent), &faults).await,
        Ok(Ok(made)) => onward(&visit, &state, Ok(format!("{HOME}?made={}", made.id))),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `GET /my/copies/{id}/document?as=ofd`, or `pdf`
pub(in crate::web) async fn document(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let kind = query(&request, "as").and_then(|name| Kind::of_name(&name)).filter(|kind| *kind != Kind::Evidence);
    let Some(kind) = kind else { return refusal(&visit, &state, &Problem::from(CopyError::NotHeld)) };
    let found = state.with_issuer(move |issuer| copies::document(issuer, Asker::Holder(&holder), &id, kind));
    match found.await {
        // digits and letters: a name that every system takes
        Ok((number, octets)) => HttpResponse::Ok()
            .content_type(kind.media_type())
            .insert_header((header::CONTENT_DISPOSITION, attached(&number, kind)))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(octets),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

fn attached(number: &str, kind: Kind) -> String {
    format!("attachment; filename=\"copy-{number}.{}\"", kind.ending())
}

/// The form, with what was sent so far where it cannot be taken.
async fn form(
    visit: &Visit,
    holder: &Holder,
    request: &HttpRequest,
    state: &AppState,
    sent: Option<&Sent>,
    faults: &[FieldOffence],
) -> HttpResponse {
    let found = offer_of(holder, request, state).await.and_then(|offer| {
        let key = match sent.and_then(|sent| sent.get("key")).filter(|key| is_key(key)) {
            Some(key) => key.clone(),
            None => random::id().map_err(CopyError::from)?,
        };
        Ok((offer, key))
    });
    let html = found.map(|(offer, key)| views::form(visit, state.site(), &offer, &key, sent, faults));
    answer(visit, state, html)
}

async fn offer_of(holder: &Holder, request: &HttpRequest, state: &AppState) -> Result<CopyOffer, Problem> {
    let identifier = part(request, "identifier").parse::<LicenceIdentifier>();
    let identifier = identifier.map_err(|_| Problem::from(CopyError::NotHeld))?;
    let holder = holder.clone();
    state.at_the_counter(move |issuer, desk| copies::offer(issuer, &holder, &identifier, desk.copy_days())).await
}

/// What was asked for; a day that is none is told as every other fault is.
fn order(sent: &Sent) -> Result<CopyOrder, Vec<FieldOffence>> {
    let of = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let until = day_as_written(&of("until")).ok_or_else(|| vec![CopyOrder::no_day()])?;
    Ok(CopyOrder { purpose: of("purpose"), recipient: of("recipient"), until })
}

fn is_key(key: &str) -> bool {
    (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|octet| octet.is_ascii_alphanumeric())
}

/// The way to the form for a licence.
pub(super) fn copying(visit: &Visit, identifier: &str) -> String {
    visit.to(&path_of(NEW, identifier))
}
