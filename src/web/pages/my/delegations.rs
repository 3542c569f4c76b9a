//! Delegations of a holder: those that they gave, those that they hold, and showing by one.

use super::{
    Data, Given, answer,
    delegation_views::{self as views, Form as NewForm},
    input::{self, ChoiceFault, Sent},
    number, onward, refusal,
    views::{By, choose as choose_page, code as code_page},
};
use crate::{
    flow::{
        access::Holder,
        delegations::{self, DelegationError, NewDelegation, WholeDelegation},
        issuer::Issuer,
        kind::HasKind as _,
        presentations::{self, Offer, PresentationError},
    },
    web::{
        Problem,
        input::Form,
        pages::{
            handlers::may_ask,
            visit::{Visit, part, path_of, query},
        },
    },
};
use actix_web::{HttpRequest, HttpResponse};
use yinxin_trust::licence::identifier::LicenceIdentifier;

/// All of them.
pub(in crate::web) const DELEGATIONS: &str = "/my/delegations";
/// The form of a new one.
pub(in crate::web) const DELEGATION_NEW: &str = "/my/delegations/new";
/// One of them.
pub(in crate::web) const DELEGATION: &str = "/my/delegations/{id}";
/// The agent's answer.
pub(in crate::web) const DELEGATION_ANSWER: &str = "/my/delegations/{id}/answer";
/// Ending it.
pub(in crate::web) const DELEGATION_END: &str = "/my/delegations/{id}/end";
/// Who else acts for the organisation.
pub(in crate::web) const DELEGATION_STAFF: &str = "/my/delegations/{id}/staff";
/// Ending all by which somebody acts for the organisation.
pub(in crate::web) const DELEGATION_LEAVE: &str = "/my/delegations/{id}/leave";
/// Showing by it.
pub(in crate::web) const DELEGATION_SHOW: &str = "/my/delegations/{id}/show";

/// `GET /my/delegations`; in large letters one at a time, by `?card=`.
pub(in crate::web) async fn list(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let found = state.with_issuer(move |issuer| delegations::of(issuer, &holder)).await;
    let at = number(&request, "card");
    answer(&visit, &state, found.map(|found| views::list(&visit, state.site(), &found, at)))
}

/// What the form is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Giving {
    /// Licences of the one who signed in.
    Own,
    /// Licences of an organisation, by its administrator's appointment: `?by=`.
    By(String),
    /// An administrator of the organisation that signed in: `?as=administrator`.
    Administrator,
}

impl Giving {
    fn of(request: &HttpRequest) -> Self {
        match (query(request, "as").as_deref(), query(request, "by")) {
            (Some("administrator"), _) => Self::Administrator,
            (_, Some(id)) if id.bytes().all(|octet| octet.is_ascii_alphanumeric()) => Self::By(id),
            _ => Self::Own,
        }
    }

    /// The form's own address.
    fn here(&self) -> String {
        match self {
            Self::Own => DELEGATION_NEW.to_owned(),
            Self::By(id) => format!("{DELEGATION_NEW}?by={id}"),
            Self::Administrator => format!("{DELEGATION_NEW}?as=administrator"),
        }
    }

    fn appointment(&self) -> Option<&str> {
        if let Self::By(id) = self { Some(id) } else { None }
    }

    /// What can be chosen from.
    fn offers(&self, issuer: &Issuer, holder: &Holder) -> Result<Vec<Offer>, DelegationError> {
        match self {
            Self::Administrator if holder.is_organisation() => Ok(Vec::new()),
            Self::Administrator => Err(DelegationError::NotAnOrganisation),
            other => delegations::offered(issuer, holder, other.appointment()),
        }
    }
}

/// `GET /my/delegations/new`: the form; `?licence=` opens that one.
pub(in crate::web) async fn blank(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let giving = Giving::of(&request);
    let visit = Visit::of_holder(&holder, &request).at(giving.here());
    let (open, of, organisation) = (query(&request, "licence"), giving.clone(), holder.is_organisation());
    let offers = state.with_issuer(move |issuer| of.offers(issuer, &holder)).await;
    let html = offers.map(|offers| {
        let form =
            NewForm { giving: &giving, organisation, offers: &offers, open: open.as_deref(), sent: None, fault: None };
        views::new(&visit, state.site(), &form)
    });
    answer(&visit, &state, html)
}

/// `POST /my/delegations/new`
pub(in crate::web) async fn give(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let giving = Giving::of(&request);
    let visit = Visit::of_holder(&holder, &request).at(giving.here());
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (of, who, filled) = (giving.clone(), holder.clone(), sent.clone());
    let given = state.at_the_counter(move |issuer, desk| {
        let done = match &of {
            Giving::Administrator => {
                input::administrator(&filled).map(|new| delegations::appoint(issuer, desk, &who, &new))
            }
            other => input::delegation(&filled).map(|new| {
                let appointment = other.appointment().map(str::to_owned);
                delegations::give(issuer, desk, &who, &NewDelegation { appointment, ..new })
            }),
        };
        match done {
            None => Ok(Err(vec![views::no_day()])),
            Some(Ok(id)) => Ok(Ok(id)),
            // told on the form, with what was written so far
            Some(Err(error)) if !error.fields().is_empty() => Ok(Err(error.fields())),
            Some(Err(error)) => Err(error),
        }
    });
    match given.await {
        Ok(Ok(id)) => onward(&visit, &state, Ok(path_of(DELEGATION, &id))),
        Ok(Err(faults)) => {
            let (of, organisation) = (giving.clone(), holder.is_organisation());
            let offers = state.with_issuer(move |issuer| of.offers(issuer, &holder)).await;
            let html = offers.map(|offers| {
                let (sent, fault) = (Some(&sent), faults.first());
                let form = NewForm { giving: &giving, organisation, offers: &offers, open: None, sent, fault };
                views::new(&visit, state.site(), &form)
            });
            answer(&visit, &state, html)
        }
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `GET /my/delegations/{id}/staff`: who shows licences of the organisation, for its administrator.
pub(in crate::web) async fn staff(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let of = id.clone();
    let found = state.with_issuer(move |issuer| {
        let now = issuer.clock.now().map_err(DelegationError::from)?;
        Ok::<_, DelegationError>((delegations::staff(issuer, &holder, &of)?, now))
    });
    let (found, at) = (found.await, number(&request, "card"));
    answer(&visit, &state, found.map(|(cards, now)| views::staff(&visit, state.site(), (&id, &cards), now, at)))
}

/// `POST /my/delegations/{id}/leave`: everything by which that person acts for the organisation ends.
pub(in crate::web) async fn leave(holder: Holder, request: HttpRequest, state: Data, _: Given) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let of = id.clone();
    let done = state.with_issuer(move |issuer| delegations::leave(issuer, &holder, &of)).await;
    onward(&visit, &state, done.map(|_| path_of(DELEGATION, &id)))
}

/// `GET /my/delegations/{id}`
pub(in crate::web) async fn one(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let found = state.with_issuer(move |issuer| delegations::one(issuer, &holder, &id)).await;
    let at = number(&request, "card");
    answer(&visit, &state, found.map(|whole| views::one(&visit, state.site(), &whole, at)))
}

/// `POST /my/delegations/{id}/answer`: what is not `accept` declines.
pub(in crate::web) async fn reply(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let to = match given {
        Ok(Form(sent)) => {
            let accepts = sent.get("answer").is_some_and(|word| word == "accept");
            let of = id.clone();
            let done = state.with_issuer(move |issuer| delegations::answer(issuer, &holder, &of, accepts));
            done.await.map(|()| path_of(DELEGATION, &id))
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

/// `POST /my/delegations/{id}/end`
pub(in crate::web) async fn end(holder: Holder, request: HttpRequest, state: Data, _: Given) -> HttpResponse {
    let (visit, id) = (Visit::of_holder(&holder, &request), part(&request, "id"));
    let of = id.clone();
    let done = state.with_issuer(move |issuer| delegations::end(issuer, &holder, &of)).await;
    onward(&visit, &state, done.map(|()| path_of(DELEGATION, &id)))
}

/// What an agent is about to show.
struct Showing {
    whole: WholeDelegation,
    offer: Offer,
}

/// `GET /my/delegations/{id}/show`, with `?licence=`: what to show.
pub(in crate::web) async fn choose_for(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = at_licence(Visit::of_holder(&holder, &request), &request);
    let showing = showing(&holder, &request, &state).await;
    answer(&visit, &state, showing.map(|showing| chosen_page(&visit, &state, &showing, None, None)))
}

/// `POST /my/delegations/{id}/show`, with `?licence=`: the code.
pub(in crate::web) async fn show_for(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = at_licence(Visit::of_holder(&holder, &request), &request);
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let choice = match input::choice(&sent) {
        Ok(choice) => choice,
        Err(fault) => {
            let showing = showing(&holder, &request, &state).await;
            let html = showing.map(|showing| chosen_page(&visit, &state, &showing, Some(&sent), Some(fault)));
            return answer(&visit, &state, html);
        }
    };
    let (id, identifier) = (part(&request, "id"), identifier(&request));
    let (wanted, who) = (choice.clone(), holder.clone());
    let shown = state.at_the_counter(move |issuer, desk| {
        let shown = presentations::show_for(issuer, desk, &who, &id, &identifier?, &wanted).map_err(Problem::from)?;
        let whole = delegations::one(issuer, &who, &id).map_err(Problem::from)?;
        Ok::<_, Problem>((shown, whole))
    });
    let html = shown.await.map(|(shown, whole)| {
        let by = By { card: &whole.card };
        code_page(&visit, state.site(), &shown, &choice, Some(&by))
    });
    may_ask(answer(&visit, &state, html))
}

fn chosen_page(
    visit: &Visit,
    state: &Data,
    showing: &Showing,
    sent: Option<&Sent>,
    fault: Option<ChoiceFault>,
) -> views::Html {
    let by = By { card: &showing.whole.card };
    choose_page(visit, state.site(), &showing.offer, sent, fault, Some(&by))
}

/// The page that the switches and the form lead back to names its licence.
pub(super) fn at_licence(visit: Visit, request: &HttpRequest) -> Visit {
    let licence = query(request, "licence").unwrap_or_default();
    let here = format!("{}?licence={licence}", visit.here);
    if licence.parse::<LicenceIdentifier>().is_ok() { visit.at(here) } else { visit }
}

fn identifier(request: &HttpRequest) -> Result<LicenceIdentifier, Problem> {
    let identifier = query(request, "licence").unwrap_or_default().parse();
    identifier.map_err(|_| Problem::from(PresentationError::NotHeld))
}

async fn showing(holder: &Holder, request: &HttpRequest, state: &Data) -> Result<Showing, Problem> {
    let (id, identifier, holder) = (part(request, "id"), identifier(request)?, holder.clone());
    state
        .with_issuer(move |issuer| {
            let (offer, _) = presentations::offer_for(issuer, &holder, &id, &identifier).map_err(Problem::from)?;
            let whole = delegations::one(issuer, &holder, &id).map_err(Problem::from)?;
            Ok::<_, Problem>(Showing { whole, offer })
        })
        .await
}

/// The way from a licence to delegating it.
pub(super) fn delegate(visit: &Visit, identifier: &str) -> String {
    visit.to(&format!("{DELEGATION_NEW}?licence={identifier}"))
}
