//! Disclosures: the holder ticks fields and gets a file, which anybody verifies against the stamp of
//! the issuer without the rest of the licence.

use super::{Data, Given, HOME, answer, input::FIELD, refusal, views::BoxView, words};
use crate::{
    config::Site,
    flow::{
        access::Holder,
        disclosures::{self, Disclosable},
        presentations::PresentationError,
    },
    web::{
        Problem,
        input::Form,
        pages::{
            mark::Mark,
            office::{
                views::{Pill, pill},
                words::standing,
            },
            prefs::Lang,
            render::Shell,
            visit::{Visit, part},
        },
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header};
use askama::Template;
use yinxin_trust::{
    disclosure::{ENDING, MEDIA_TYPE},
    licence::{
        identifier::LicenceIdentifier,
        metadata::{Element, Naming},
    },
};

/// Where fields are chosen, and the file is made.
pub(in crate::web) const DISCLOSURE: &str = "/my/licences/{identifier}/disclosure";

#[derive(Template)]
#[template(path = "my-disclose.html")]
struct ChoosePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    pill: Pill,
    /// What goes with every file: title and value.
    always: Vec<(&'a str, &'a str)>,
    boxes: Vec<BoxView<'a>>,
    fault: Option<&'static str>,
}

/// `GET /my/licences/{identifier}/disclosure`: what to disclose.
pub(in crate::web) async fn choose(holder: Holder, request: HttpRequest, state: Data) -> HttpResponse {
    chosen(&Visit::of_holder(&holder, &request), &holder, &request, &state, None).await
}

/// `POST /my/licences/{identifier}/disclosure`: the file.
pub(in crate::web) async fn make(holder: Holder, request: HttpRequest, state: Data, given: Given) -> HttpResponse {
    let visit = Visit::of_holder(&holder, &request);
    let asked = given.and_then(|Form(sent)| {
        let names = sent.keys().filter_map(|name| name.strip_prefix(FIELD)).map(str::to_owned);
        Ok((identifier(&request)?, names.collect::<Vec<_>>()))
    });
    let (identifier, names) = match asked {
        Ok(asked) => asked,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let who = holder.clone();
    let made = state.at_the_counter(move |issuer, desk| {
        match disclosures::disclose(issuer, desk, &who, &identifier, &names) {
            // told on the form, which knows the fields by their titles
            Err(PresentationError::Fields(_)) => Ok(None),
            other => other.map(Some),
        }
    });
    match made.await {
        Ok(Some(file)) => download(file),
        Ok(None) => {
            let fault = words::fault(super::input::ChoiceFault::NoField, visit.lang);
            chosen(&visit, &holder, &request, &state, Some(fault)).await
        }
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

async fn chosen(
    visit: &Visit,
    holder: &Holder,
    request: &HttpRequest,
    state: &Data,
    fault: Option<&'static str>,
) -> HttpResponse {
    let found = match identifier(request) {
        Ok(identifier) => {
            let holder = holder.clone();
            state.with_issuer(move |issuer| disclosures::disclosable(issuer, &holder, &identifier)).await
        }
        Err(problem) => Err(problem),
    };
    answer(visit, state, found.map(|found| page(visit, state.site(), &found, fault)))
}

fn download(file: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"licence-fields.{ENDING}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file)
}

fn identifier(request: &HttpRequest) -> Result<LicenceIdentifier, Problem> {
    part(request, "identifier").parse().map_err(|_| Problem::from(PresentationError::NotHeld))
}

fn page(visit: &Visit, site: &Site, found: &Disclosable, fault: Option<&'static str>) -> Result<String, askama::Error> {
    let lang = visit.lang;
    let (always, chosen): (Vec<_>, Vec<_>) = found.fields.iter().partition(|field| field.always);
    let boxes = chosen.into_iter().map(|field| {
        let (icon, class) = words::class(field.class, lang);
        // what is sent cannot be taken back: nothing is ticked but what tells whether it is in force
        let checked = field.name == Element::Identifier.name(Naming::Short);
        let name = format!("{FIELD}{}", field.name);
        BoxView { name, title: &field.title, value: &field.value, icon: Mark::icon(icon), class, checked }
    });
    ChoosePage {
        shell: Shell::new(lang, lang.t("出示文件", "Chosen fields as a file"), site),
        v: visit,
        lang,
        title: lang.of(&found.offer.type_title),
        pill: pill(standing(found.offer.standing.state, lang)),
        always: always.iter().map(|field| (field.title.as_str(), field.value.as_str())).collect(),
        boxes: boxes.collect(),
        fault,
    }
    .render()
}
