//! Offline codes: asked for with the key of this telephone, signed by it again and again, and drawn there, so that
//! it needs no network any more. The code itself stands in the page without a proof and is not drawn without one.

use super::{Data, Given, HOME, SHOW, answer, path_of, refusal};
use crate::{
    config::Site,
    flow::{
        access::Holder,
        presentations::{self, Offer, OfflineChoice, OfflineShown, PresentationError},
    },
    web::{
        Problem,
        input::Form,
        pages::{
            assets,
            handlers::may_ask,
            mark::Mark,
            office::{
                views::{Pill, pill},
                words::standing,
            },
            prefs::Lang,
            render::Shell,
            time,
            visit::{Visit, part},
        },
    },
};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use yinxin_trust::{base::Moment, licence::identifier::LicenceIdentifier};

/// How an offline code is asked for.
pub(in crate::web) const OFFLINE: &str = "/my/licences/{identifier}/offline";

#[derive(Template)]
#[template(path = "my-offline.html")]
struct ChoosePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    pill: Pill,
    masked: &'a str,
    /// Whether it may be shown whole.
    whole: bool,
    /// Where the online code is made.
    online: String,
}

#[derive(Template)]
#[template(path = "my-offline-code.html")]
struct CodePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    body: &'a str,
    /// As its issuer signed it, in hexadecimal.
    octets: String,
    prefix: String,
    /// Milliseconds since 1970, by the clock of the service.
    clock: i64,
    /// The last instant of the code, by the same clock.
    until: i64,
    made: String,
    name: &'a str,
    identifier: &'a str,
    as_of: String,
    ends: String,
    /// Where a code is made for the key that this telephone has now.
    again: String,
    /// Where the online code is made.
    online: String,
}

/// `GET /my/licences/{identifier}/offline`: how the name is shown.
pub(in crate::web) async fn choose(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let offered = match identifier(&request) {
        Ok(identifier) => state.with_issuer(move |issuer| presentations::offer(issuer, &holder, &identifier)).await,
        Err(problem) => Err(problem),
    };
    answer(&visit, &state, offered.map(|offered| choose_page(&visit, state.site(), &offered)))
}

/// `POST /my/licences/{identifier}/offline`: the code, for the key that was sent.
pub(in crate::web) async fn make(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let asked = given.and_then(|Form(sent)| {
        let of = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
        let mut device = [0; 33];
        hex::decode_to_slice(of("device"), &mut device).map_err(|_| PresentationError::DeviceKey)?;
        Ok((identifier(&request)?, OfflineChoice { device, whole_name: of("name") == "whole" }))
    });
    let (identifier, choice) = match asked {
        Ok(asked) => asked,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let shown = state.at_the_counter(move |issuer, desk| {
        let shown = presentations::make_offline(issuer, desk, &holder, &identifier, &choice)?;
        Ok::<_, PresentationError>((shown, issuer.clock.now()?))
    });
    let html = shown.await.map(|(shown, now)| code_page(&visit, state.site(), &shown, now));
    may_ask(answer(&visit, &state, html))
}

fn identifier(request: &HttpRequest) -> Result<LicenceIdentifier, Problem> {
    part(request, "identifier").parse().map_err(|_| Problem::from(PresentationError::NotHeld))
}

fn shell<'a>(lang: Lang, site: &'a Site) -> Shell<'a> {
    Shell { script: assets::offline_script(), ..Shell::new(lang, lang.t("离线码", "Offline code"), site) }
}

fn choose_page(visit: &Visit, site: &Site, offered: &Offer) -> Result<String, askama::Error> {
    let lang = visit.lang;
    ChoosePage {
        shell: shell(lang, site),
        v: visit,
        lang,
        title: lang.of(&offered.type_title),
        pill: pill(standing(offered.standing.state, lang)),
        masked: &offered.holder,
        whole: offered.whole_name,
        online: visit.to(&path_of(SHOW, &offered.identifier)),
    }
    .render()
}

fn code_page(visit: &Visit, site: &Site, shown: &OfflineShown, now: Moment) -> Result<String, askama::Error> {
    let (lang, statement) = (visit.lang, shown.code.statement());
    let text = shown.code.text();
    let prefix = text.split_inclusive('#').next().unwrap_or_default().to_owned();
    CodePage {
        shell: shell(lang, site),
        v: visit,
        lang,
        title: lang.of(&shown.type_title),
        body: &shown.issuing_body,
        octets: hex::encode(shown.code.octets()),
        prefix,
        clock: now.unix_milliseconds(),
        until: statement.expires().unix_milliseconds(),
        made: time::exact(now).get(11..19).unwrap_or_default().to_owned(),
        name: statement.holder.name().as_str(),
        identifier: statement.licence.as_str(),
        as_of: time::instant(statement.as_of, lang),
        ends: time::instant(statement.expires(), lang),
        again: visit.to(visit.here.as_str()),
        online: visit.to(&path_of(SHOW, statement.licence.as_str())),
    }
    .render()
}
