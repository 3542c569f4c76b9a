//! The edge every request passes: request id, security headers, metrics, one log line.

use super::{AppState, problem::Code};
use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};
use tracing::Instrument;

/// Content-Security-Policy of everything that is no page: it may load nothing.
pub(super) const STRICT_CSP: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Content-Security-Policy of pages: own files only, no inline script or style.
pub(super) const PAGE_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const REFRESH: HeaderName = HeaderName::from_static("refresh");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The middleware. Neither path, query, address nor file name is logged: the
/// route's template is enough and holds nothing personal.
pub(super) async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let id = random_id();
    let state = request.app_data::<Data<AppState>>().cloned();
    let method = request.method().as_str().to_owned();
    let span = tracing::info_span!("request", id);
    let mut response = next.call(request).instrument(span.clone()).await?.map_into_boxed_body();
    secure(response.headers_mut());
    let asked = response.request();
    if asked.path() != "/kiosk" && asked.query_string().split('&').any(|pair| pair == "theme=kiosk") {
        // what one visitor looked up does not stay for the next
        response.headers_mut().insert(REFRESH, HeaderValue::from_static("90;url=/kiosk?theme=kiosk"));
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| "other".to_owned());
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let refusal = response.response().extensions().get::<Code>().copied();
    if let Some(state) = state {
        state.metrics().answered(&route, &method, status, refusal, took);
    }
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let code = refusal.map(Code::as_str);
    span.in_scope(|| tracing::info!(method, route, status, code, milliseconds, "request answered"));
    Ok(response)
}

/// Sets what a handler has not set itself.
fn secure(headers: &mut HeaderMap) {
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    let policy = HeaderValue::from_static(if page { PAGE_CSP } else { STRICT_CSP });
    let varying =
        [(header::CONTENT_SECURITY_POLICY, policy), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    for (name, value) in FIXED.into_iter().chain(varying) {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
}

/// Sixteen hexadecimal digits that nobody guesses; where the system gives no
/// randomness, a counter: such an id must be distinct, not secret.
pub(super) fn random_id() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut octets = [0; 8];
    if getrandom::fill(&mut octets).is_err() {
        octets = COUNTER.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    }
    hex::encode(octets)
}
