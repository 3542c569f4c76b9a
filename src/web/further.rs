//! The middleware of further languages (ADR 60): pages are made in English and handed on in the words of a file.
//!
//! 1. `?lang=` names one of the files: the handler is told English.
//! 2. What it answers as a page, and where it leads on to, is put into the language.
//! 3. Pages say which languages there are, where their templates leave the place for it.

use super::{
    AppState,
    pages::{Language, away},
};
use actix_web::{
    Error, HttpMessage as _,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use std::fmt::Write as _;

/// Where templates leave the place for the switch.
const PLACE: &str = "<!--further languages-->";

/// The tag of the language in which an answer is handed on, for handlers that send somebody away with it.
pub(super) struct In(pub(super) String);

/// The middleware.
pub(super) async fn further(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<Data<AppState>>().filter(|state| !state.languages().is_empty()).cloned();
    let Some(state) = state else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
    // who comes back from elsewhere has it with them
    let brought = || wanted(state.languages(), &format!("lang={}", away::brought(request.request())?));
    let wanted = wanted(state.languages(), &query).or_else(brought);
    if let Some(language) = wanted {
        request.extensions_mut().insert(In(language.tag().to_owned()));
    }
    if let Some(uri) = wanted.and_then(|_| in_english(&request)) {
        request.head_mut().uri = uri;
    }
    // what answers a form is at no address
    let links =
        if request.method() == Method::GET { links(state.languages(), wanted, &path, &query) } else { String::new() };
    let mut response = next.call(request).await?.map_into_boxed_body();
    if let Some(to) = wanted.and_then(|language| led_on(&response, language)) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    // pages are whole in memory: their body does not fail
    let body = to_bytes(body).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&body);
    let page = wanted.map_or_else(|| page.to_string(), |language| language.page(&page)).replace(PLACE, &links);
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(page))))
}

fn wanted<'l>(languages: &'l [Language], query: &str) -> Option<&'l Language> {
    let tag = query.split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    languages.iter().find(|language| language.tag() == tag)
}

/// The address with English in place of what it names.
fn in_english(request: &ServiceRequest) -> Option<Uri> {
    let query = with_language(request.query_string(), "en");
    format!("{}?{query}", request.uri().path()).parse().ok()
}

/// A query that names a language, beside what it names otherwise.
fn with_language(query: &str, tag: &str) -> String {
    let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang="));
    others.chain([format!("lang={tag}").as_str()]).collect::<Vec<_>>().join("&")
}

/// A link to the page in each language but the one it is in.
fn links(languages: &[Language], in_use: Option<&Language>, path: &str, query: &str) -> String {
    // an address that would have to be escaped has no switch
    let is_plain =
        |text: &str| text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"/-._~=&%?:".contains(&octet));
    if !is_plain(path) || !is_plain(query) {
        return String::new();
    }
    let mut links = String::new();
    let others = languages.iter().filter(|language| in_use.is_none_or(|used| used.tag() != language.tag()));
    for language in others {
        let (tag, query) = (language.tag(), with_language(query, language.tag()).replace('&', "&amp;"));
        let name = language.name().replace('&', "&amp;").replace('<', "&lt;");
        // to a text, which takes everything
        let _ = write!(links, r#"<a class="tool" href="{path}?{query}" lang="{tag}" hreflang="{tag}">{name}</a>"#);
    }
    links
}

/// Where an answer leads on to, in the language.
fn led_on(response: &ServiceResponse<BoxBody>, language: &Language) -> Option<HeaderValue> {
    let to = response.headers().get(header::LOCATION)?.to_str().ok()?;
    HeaderValue::from_str(&to.replace("lang=en", &format!("lang={}", language.tag()))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_keeps_what_the_address_says_otherwise() {
        let bo = Language::parse("tag = \"bo\"\nname = \"<b>\"\n[sentences]").unwrap();
        let ug = Language::parse("tag = \"ug\"\nname = \"u\"\n[sentences]").unwrap();
        let languages = [bo, ug];
        let found = links(&languages, None, "/verify", "size=large&lang=en");
        assert!(
            found.starts_with(
                r#"<a class="tool" href="/verify?size=large&amp;lang=bo" lang="bo" hreflang="bo">&lt;b></a>"#
            ),
            "{found}"
        );
        assert_eq!(found.matches("<a ").count(), 2);
        let found = links(&languages, wanted(&languages, "lang=ug"), "/verify", "lang=ug");
        assert!(found.contains("lang=bo") && found.matches("<a ").count() == 1);
        assert_eq!(links(&languages, None, "/verify", "x=\"><script>"), "");
        assert!(wanted(&languages, "lang=fr").is_none() && wanted(&languages, "xlang=bo").is_none());
    }
}
