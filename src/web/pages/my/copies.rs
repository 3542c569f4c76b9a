//! Annotated copies (加注件): the form, the list, the files.

use super::{
    DELEGATION, Data, Given, Visit, answer, copy_views as views, delegations::at_licence, input::Sent, number, onward,
    part, path_of, query, refusal, views::By,
};
use crate::{
    flow::{
        access::Holder,
        copies::{self, AgentOffer, AgentOrder, Asker, CopyError, CopyOffer, CopyOrder},
        delegations,
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
/// The form of one by a delegation.
pub(in crate::web) const FOR: &str = "/my/delegations/{id}/copy";
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
    let html = found.map(|(offer, key)| views::form(visit, state.site(), (&offer, None), &key, sent, faults));
    answer(visit, state, html)
}

/// `GET /my/delegations/{id}/copy`, with `?licence=`: for an agent.
pub(in crate::web) async fn blank_for(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = at_licence(Visit::of_holder(&holder, &request), &request);
    form_for(&visit, &holder, &request, &state, None, &[]).await
}

/// `POST /my/delegations/{id}/copy`, with `?licence=`: makes it, for the matter of the delegation.
pub(in crate::web) async fn make_for(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = at_licence(Visit::of_holder(&holder, &request), &request);
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let CopyOrder { recipient, until, .. } = match order(&sent) {
        Ok(order) => order,
        Err(faults) => return form_for(&visit, &holder, &request, &state, Some(&sent), &faults).await,
    };
    let Some(identifier) = licence(&request) else {
        return refusal(&visit, &state, &Problem::from(CopyError::NotHeld));
    };
    let most_days = match state.office() {
        Ok(office) => office.presentations.copy_days(),
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let key = sent.get("key").filter(|key| is_key(key)).cloned().unwrap_or_default();
    let (who, id) = (holder.clone(), part(&request, "id"));
    let of = id.clone();
    let made = state.at_issuing(move |issuer| {
        let key = if key.is_empty() { random::id().map_err(CopyError::from)? } else { key };
        let order = AgentOrder { recipient, until };
        match copies::make_for(issuer, &who, (&of, &identifier), &order, (most_days, &key), &|_| ()) {
            // told on the form
            Err(CopyError::Order(faults)) => Ok(Err(faults)),
            made => made.map(Ok),
        }
    });
    match made.await {
        Ok(Err(faults)) => form_for(&visit, &holder, &request, &state, Some(&sent), &faults).await,
        Ok(Ok(_)) => onward(&visit, &state, Ok(path_of(DELEGATION, &id))),
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

async fn form_for(
    visit: &Visit,
    holder: &Holder,
    request: &HttpRequest,
    state: &AppState,
    sent: Option<&Sent>,
    faults: &[FieldOffence],
) -> HttpResponse {
    let key = match sent.and_then(|sent| sent.get("key")).filter(|key| is_key(key)) {
        Some(key) => Ok(key.clone()),
        None => random::id().map_err(|cause| Problem::from(CopyError::from(cause))),
    };
    let found = match (licence(request), key) {
        (Some(identifier), Ok(key)) => {
            let (who, id) = (holder.clone(), part(request, "id"));
            let found = state.at_the_counter(move |issuer, desk| {
                let of = (id.as_str(), &identifier);
                let offer = copies::offer_for(issuer, &who, of, desk.copy_days()).map_err(Problem::from)?;
                let whole = delegations::one(issuer, &who, &id).map_err(Problem::from)?;
                Ok::<_, Problem>((offer, whole))
            });
            found.await.map(|found| (found, key))
        }
        (None, _) => Err(Problem::from(CopyError::NotHeld)),
        (_, Err(problem)) => Err(problem),
    };
    let html = found.map(|((AgentOffer { offer, .. }, whole), key)| {
        let by = By { card: &whole.card };
        views::form(visit, state.site(), (&offer, Some(&by)), &key, sent, faults)
    });
    answer(visit, state, html)
}

fn licence(request: &HttpRequest) -> Option<LicenceIdentifier> {
    query(request, "licence")?.parse().ok()
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

/// The way to the form for a licence, for its holder or by a delegation.
pub(super) fn copying(visit: &Visit, identifier: &str, delegation: Option<&str>) -> String {
    match delegation {
        None => visit.to(&path_of(NEW, identifier)),
        Some(id) => visit.to(&format!("{}?licence={identifier}", path_of(FOR, id))),
    }
}
