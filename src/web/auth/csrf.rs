//! The token of a session's forms, beside what browsers say of where a request comes from.
//!
//! The token follows from the secret of the session (`AccessSecret::derived`), so nothing is stored and it ends with
//! the session. Every page that is answered to a session has it in each of its forms and once in its head, put there
//! by [`with_token`]: no template can forget it. What changes something in a session, and what another site could
//! send without asking first, must bring it: as the header [`HEADER`], in which scripts send it, or as the field of
//! a form. [`check`] takes it out of the body again, so that no handler sees it. JSON and DELETE want none: a browser
//! lets no other site send them.

use crate::web::{AppState, Problem};
use actix_web::{
    HttpMessage as _,
    body::{BoxBody, MessageBody as _},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName},
    },
    web::{Bytes, BytesMut, Data},
};
use futures_util::{Stream, StreamExt as _, stream};
use memchr::memmem;
use std::{borrow::Cow, pin::Pin};
use tokio::time::timeout;
use yinxin_trust::sm::sm3;

type BoxedPayloadStream = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// What the token follows from the secret of a session for.
pub(super) const USE: &str = "yinxin csrf 1";

/// The field of a form.
const FIELD: &str = "csrf";

/// The header in which scripts send it.
const HEADER: HeaderName = HeaderName::from_static("yinxin-csrf");

/// Most octets of a form without a file, the token too.
const FORM_BYTES: usize = (64 << 10) + 256;

/// The token stands within so many octets of a form with files.
const AT_ONCE_BYTES: usize = 4 << 10;

/// Whether a request of a session may change something: it has the token, or could not come from another site.
///
/// # Errors
/// `cross_site`; what is wrong with the body.
pub(super) async fn check(request: &mut ServiceRequest, token: &str) -> Result<(), Problem> {
    if let Some(given) = request.headers().get(&HEADER) {
        return if same(given.as_bytes(), token) { Ok(()) } else { Err(Problem::cross_site()) };
    }
    if request.method() == Method::DELETE {
        return Ok(());
    }
    let declared = text(request.headers());
    match declared.split(';').next().unwrap_or_default().trim() {
        "application/x-www-form-urlencoded" => {
            let whole = read(request, FORM_BYTES, |_| false).await?.0;
            let rest = without_field(&whole, token).ok_or_else(Problem::cross_site)?;
            put_back(request, rest, None);
            Ok(())
        }
        "multipart/form-data" => {
            let boundary = boundary(&declared).ok_or_else(Problem::cross_site)?.into_owned();
            let (begun, rest) = read(request, AT_ONCE_BYTES, |octets| part_end(octets, &boundary).is_some()).await?;
            let left = without_part(&begun, &boundary, token).ok_or_else(Problem::cross_site)?;
            put_back(request, left, Some(rest));
            Ok(())
        }
        // what any form anywhere may send
        "" | "text/plain" => Err(Problem::cross_site()),
        _ => Ok(()),
    }
}

/// The forms of a page that have the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Forms {
    /// Every one that is posted; its scripts too.
    All,
    /// That by which somebody signs out, on a page that everybody may see.
    OfSigningOut,
}

/// The token in every form of a page, and in its head for scripts.
pub(super) fn with_token(response: ServiceResponse<BoxBody>, token: &str, forms: Forms) -> ServiceResponse<BoxBody> {
    let is_page = response.headers().get(header::CONTENT_TYPE);
    if !is_page.is_some_and(|value| value.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    response.map_body(|_, body| match body.try_into_bytes() {
        Ok(page) => BoxBody::new(put_into(&page, token, forms)),
        Err(body) => body,
    })
}

/// Digests are compared, of which the time tells nothing.
fn same(given: &[u8], token: &str) -> bool {
    sm3::digest(given) == sm3::digest(token.as_bytes())
}

/// The declared type; the parameter of a boundary is the only part whose case counts.
fn text(headers: &HeaderMap) -> String {
    let mut all = headers.get_all(header::CONTENT_TYPE);
    let one = all.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    if all.next().is_some() {
        return String::new();
    }
    match one.split_once(';') {
        Some((essence, parameters)) => format!("{};{parameters}", essence.trim().to_ascii_lowercase()),
        None => one.trim().to_ascii_lowercase(),
    }
}

/// Octets of the body until there are enough, or all of them; and what is left to come.
async fn read(
    request: &mut ServiceRequest,
    most: usize,
    is_enough: impl Fn(&[u8]) -> bool,
) -> Result<(Bytes, Payload), Problem> {
    let state = request.app_data::<Data<AppState>>().cloned();
    let state = state.ok_or_else(|| Problem::broken(&"state is not configured"))?;
    let waits = &state.serve().timeouts;
    let mut payload = request.take_payload();
    let reading = async {
        let mut octets = BytesMut::new();
        while !is_enough(&octets) {
            let next = timeout(waits.body_idle(), payload.next()).await.map_err(|_| Problem::body_timeout())?;
            let Some(chunk) = next else { break };
            let chunk = chunk.map_err(|_| Problem::body_interrupted())?;
            octets.extend_from_slice(&chunk);
            if octets.len() > most && !is_enough(&octets) {
                return Err(Problem::bad_body(format_args!("more than {most} bytes")));
            }
        }
        Ok(octets.freeze())
    };
    let octets = timeout(waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
    Ok((octets, payload))
}

fn put_back(request: &mut ServiceRequest, octets: Bytes, rest: Option<Payload>) {
    let first = stream::once(async move { Ok::<_, PayloadError>(octets) });
    let payload: BoxedPayloadStream = match rest {
        Some(rest) => Box::pin(first.chain(rest)),
        None => Box::pin(first),
    };
    request.set_payload(Payload::Stream { payload });
}

/// The form without the one field of its token; none where it has none, two, or another.
fn without_field(form: &[u8], token: &str) -> Option<Bytes> {
    let begins = format!("{FIELD}=");
    let is_token = |pair: &&[u8]| pair.starts_with(begins.as_bytes());
    let pairs: Vec<&[u8]> = form.split(|octet| *octet == b'&').collect();
    let given: Vec<&[u8]> = pairs.iter().copied().filter(|pair| is_token(pair)).collect();
    let [one] = given[..] else { return None };
    // base64url has no character that a form writes otherwise
    if !same(one.get(begins.len()..).unwrap_or_default(), token) {
        return None;
    }
    let rest: Vec<&[u8]> = pairs.into_iter().filter(|pair| !is_token(pair)).collect();
    Some(Bytes::from(rest.join(&b"&"[..])))
}

fn boundary(declared: &str) -> Option<Cow<'_, str>> {
    let given = declared.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    (1..=70).contains(&given.len()).then_some(Cow::Borrowed(given))
}

/// Where the value of the first part begins and ends.
fn part_end(octets: &[u8], boundary: &str) -> Option<(usize, usize)> {
    let at = |from: usize, what: &[u8]| {
        let place = octets.get(from..)?.windows(what.len()).position(|window| window == what)?;
        Some(from + place)
    };
    let begins = at(0, b"\r\n\r\n")? + 4;
    let ends = at(begins, format!("\r\n--{boundary}").as_bytes())?;
    Some((begins, ends))
}

/// What is left of a form whose first part is the token.
fn without_part(octets: &Bytes, boundary: &str, token: &str) -> Option<Bytes> {
    let (begins, ends) = part_end(octets, boundary)?;
    let head = octets.get(..begins)?.strip_prefix(format!("--{boundary}\r\n").as_bytes())?;
    let named = format!("name=\"{FIELD}\"");
    let is_token = head.windows(named.len()).any(|window| window == named.as_bytes());
    (is_token && same(octets.get(begins..ends)?, token)).then(|| octets.slice(ends + 2..))
}

/// Behind the first tag of each form that is posted, and within the head. Texts of a page are escaped, so what looks
/// like a tag is one of a template.
fn put_into(page: &[u8], token: &str, forms: Forms) -> String {
    // a page is text; checking that at once is several times as fast as looking for what is none
    let page = std::str::from_utf8(page).map_or_else(|_| String::from_utf8_lossy(page), Cow::Borrowed);
    let mut out = String::with_capacity(page.len() + 1024);
    let mut rest: &str = &page;
    if forms == Forms::All
        && let Some((before, after)) = rest.split_once("<head>")
    {
        out.push_str(before);
        out.push_str("<head>\n<meta name=\"csrf\" content=\"");
        out.push_str(token);
        out.push_str("\">");
        rest = after;
    }
    while let Some(at) = memmem::find(rest.as_bytes(), b"<form") {
        let Some(end) = rest.get(at..).and_then(|tag| tag.find('>')) else { break };
        let (tag, after) = rest.split_at(at + end + 1);
        out.push_str(tag);
        let has_it =
            |tag: &str| tag.contains("method=\"post\"") && (forms == Forms::All || tag.contains("action=\"/logout"));
        if tag.get(at..).is_some_and(has_it) {
            out.push_str("<input type=\"hidden\" name=\"");
            out.push_str(FIELD);
            out.push_str("\" value=\"");
            out.push_str(token);
            out.push_str("\">");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_that_is_posted_has_it() {
        let page = "<html><head>\n<p>&lt;form method=\"post\"&gt;<form class=\"a\" method=\"post\" action=\"/a?b&#38;c\"><input></form>\
            <form method=\"get\"></form><form method=\"post\">";
        let out = put_into(page.as_bytes(), "T", Forms::All);
        assert_eq!(out.matches("name=\"csrf\" value=\"T\"").count(), 2, "{out}");
        assert!(
            out.contains("action=\"/a?b&#38;c\"><input type=\"hidden\" name=\"csrf\" value=\"T\"><input>"),
            "{out}"
        );
        assert!(out.contains("<head>\n<meta name=\"csrf\" content=\"T\">"), "{out}");
        assert_eq!(put_into(b"<form", "T", Forms::All), "<form");
        let both =
            b"<head><form method=\"post\" action=\"/logout?lang=en\"></form><form method=\"post\" action=\"/login\">";
        let out = put_into(both, "T", Forms::OfSigningOut);
        assert!(out.starts_with("<head><form method=\"post\" action=\"/logout?lang=en\"><input"), "{out}");
        assert_eq!(out.matches("csrf").count(), 1, "{out}");
    }

    #[test]
    fn it_is_taken_out_of_a_form_once() {
        let rest =
            |form: &str| without_field(form.as_bytes(), "T").map(|rest| String::from_utf8(rest.to_vec()).unwrap());
        assert_eq!(rest("a=1&csrf=T&b=2").as_deref(), Some("a=1&b=2"));
        assert_eq!(rest("csrf=T").as_deref(), Some(""));
        for form in ["", "a=1", "csrf=", "csrf=t", "csrf", "csrf=T&csrf=T", "csrf=T&csrf=", "xcsrf=T", "CSRF=T"] {
            assert_eq!(rest(form), None, "{form}");
        }
    }

    #[test]
    fn it_is_the_first_part_of_a_form_with_files() {
        let rest = |body: &str| without_part(&Bytes::copy_from_slice(body.as_bytes()), "B", "T");
        let part = |name: &str, value: &str| {
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = part("file", "octets");
        let whole = format!("{}{file}--B--\r\n", part("csrf", "T"));
        assert_eq!(rest(&whole).as_deref(), Some(format!("{file}--B--\r\n").as_bytes()));
        for wrong in [
            format!("{file}{}--B--\r\n", part("csrf", "T")),
            format!("{}--B--", part("csrf", "t")),
            format!("{}--B--", part("csrf2", "T")),
            part("csrf", "T"),
            String::new(),
            format!("x{whole}"),
            "--B\r\n\r\nT\r\n--B".to_owned(),
        ] {
            assert_eq!(rest(&wrong), None, "{wrong}");
        }
        assert_eq!(boundary("multipart/form-data; charset=x; Boundary=\"B\"").as_deref(), Some("B"));
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
