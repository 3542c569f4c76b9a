//! Requests about who may stamp with a seal: giving the right, taking it back, and whether it is needed at all.

use super::{
    SEAL, SEAL_GRANTS, Visit,
    again::Again,
    answer,
    input::Sent,
    onward, part, path_of, refusal,
    seal_grant_views::{self as views, Offered},
    seals::{TYPE_FIELD, upon},
};
use crate::{
    flow::{
        access::{Permit, may},
        office::Office,
        seal_lives,
        seal_uses::{self, Grantee, NewGrant},
        window::day_as_written,
    },
    web::{AppState, Problem, auth::Authenticated, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use yinxin_trust::base::Moment;

type Data = web::Data<AppState>;

/// Why a grant is taken back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Why {
    reason: String,
}

/// Whether nobody stamps without a grant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct UseRule {
    by_grant: bool,
}

/// `GET /office/seals/{id}/grants`: the form.
pub(in crate::web) async fn grant_form(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request), part(&request, "id"));
    let seal = id.clone();
    let found = state.in_office(move |office, now| offered(office, &permit, &seal, now)).await;
    let html = found.map(|offered| views::form(&visit, state.site(), &id, &offered, Again::FRESH));
    answer(&visit, &state, html)
}

/// To whom the right can be given, and for which types.
fn offered(office: &Office, permit: &Permit<may::ManageSeals>, seal: &str, now: Moment) -> Result<Offered, Problem> {
    let candidates = seal_uses::candidates(&office.store, permit, seal, now)?;
    let issuer = office.issuer.as_ref().ok_or_else(Problem::no_issuer)?;
    Ok(Offered { candidates, types: seal_lives::types(issuer, now)? })
}

/// `POST /office/seals/{id}/grants`: on to the seal, or the form again.
pub(in crate::web) async fn give_grant(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Sent>, Problem>,
) -> HttpResponse {
    let id = part(&request, "id");
    let visit = Visit::of(&caller, &request).at(path_of(SEAL, &id));
    let sent = match given {
        Ok(Form(sent)) => sent,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (seal, said) = (id.clone(), sent.clone());
    let done = state.in_office(move |office, now| {
        let granted = wanted(&seal, permit.body(), &said, now)
            .and_then(|new| seal_uses::grant(&office.store, &permit, new, now).map_err(Problem::from));
        Ok::<_, Problem>(granted.err().map(|problem| (problem, offered(office, &permit, &seal, now))))
    });
    match done.await {
        Ok(None) => onward(&visit, &state, Ok(path_of(SEAL, &id))),
        Ok(Some((problem, Ok(offered)))) => {
            let again = Again::refused(&sent, &problem, visit.lang);
            Again::answer(&problem, views::form(&visit, state.site(), &id, &offered, again))
        }
        Ok(Some((problem, Err(_)))) | Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `POST /office/seals/{id}/grants/{grant}/end`
pub(in crate::web) async fn take_grant_back(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Why>, Problem>,
) -> HttpResponse {
    let grant = part(&request, "grant");
    upon((&caller, &request), &state, given, move |store, _, Why { reason }, now| {
        seal_uses::revoke(store, &permit, &grant, &reason, now)
    })
    .await
}

/// `POST /office/seals/{id}/use-rule`
pub(in crate::web) async fn set_use_rule(
    permit: Permit<may::ManageSeals>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<UseRule>, Problem>,
) -> HttpResponse {
    upon((&caller, &request), &state, given, move |store, id, UseRule { by_grant }, now| {
        seal_uses::set_by_grant(store, &permit, id, by_grant, now)
    })
    .await
}

/// What the form asks for. The last day counts whole.
fn wanted(seal: &str, own: &str, sent: &Sent, now: Moment) -> Result<NewGrant, Problem> {
    let text = |name: &str| sent.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let grantee = match text("grantee").split_once(':') {
        Some(("person", id)) => Grantee::Person { body: own.to_owned(), id: id.to_owned() },
        Some(("token", id)) => Grantee::Token { body: own.to_owned(), id: id.to_owned() },
        Some(("body", id)) => Grantee::Body(id.to_owned()),
        _ => return Err(Problem::bad_body("grantee")),
    };
    let most = match text("most").as_str() {
        "" => None,
        number => Some(number.parse().map_err(|_| Problem::bad_body("most"))?),
    };
    let until = day_as_written(&text("until")).ok_or_else(|| Problem::bad_body("until"))?;
    let until = Moment::from_unix_seconds(until.ends().unix_seconds() - 1).map_err(|_| Problem::bad_body("until"))?;
    let types = sent.keys().filter_map(|name| name.strip_prefix(TYPE_FIELD)).map(str::to_owned);
    Ok(NewGrant {
        seal: seal.to_owned(),
        grantee,
        types: types.collect(),
        most,
        from: now,
        until,
        reason: text("reason"),
        document_number: text("document_number"),
    })
}

/// Where the form is.
pub(super) fn address(visit: &Visit, seal: &str) -> String {
    visit.to(&path_of(SEAL_GRANTS, seal))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_last_day_counts_whole_in_beijing() {
        let now = Moment::from_utc(2026, 11, 22, 2, 0, 0).unwrap();
        let pairs = [("grantee", "body:b"), ("until", "2026-12-31"), ("type:11100000MB0143028R003", "true")];
        let new = wanted("s", "own", &sent(&pairs), now).unwrap();
        assert_eq!(new.until, Moment::from_utc(2026, 12, 31, 15, 59, 59).unwrap());
        assert_eq!((new.grantee, new.most, new.from), (Grantee::Body("b".to_owned()), None, now));
        assert_eq!(new.types.into_iter().collect::<Vec<_>>(), ["11100000MB0143028R003"]);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let now = Moment::from_utc(2026, 11, 22, 2, 0, 0).unwrap();
        let sound = [("grantee", "person:p"), ("until", "2026-12-31"), ("most", "3")];
        assert_eq!(wanted("s", "own", &sent(&sound), now).unwrap().most, Some(3));
        for (name, bad) in [("grantee", ""), ("grantee", "king:p"), ("until", "soon"), ("most", "-1"), ("most", "many")]
        {
            let mut all = sent(&sound);
            all.insert(name.to_owned(), bad.to_owned());
            assert!(wanted("s", "own", &all, now).is_err(), "{name} {bad}");
        }
    }
}
