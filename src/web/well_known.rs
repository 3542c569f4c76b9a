//! What is published for other localities (RFC 8615): our trust list with the signature
//! over it, and the revocation lists of our own authority.
//!
//! All of it is in memory. Answers are to be asked for anew each time, which costs
//! nothing where the tag is the same: a list and the signature of another would not hold.

use super::{AppState, Problem};
use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag, Header as _, IfNoneMatch},
    web,
};
use yinxin_trust::sm::sm3;

/// The list.
pub(super) const LIST: &str = "/.well-known/yinxin/trust-list.json";

/// The signature over it.
pub(super) const SIGNATURE: &str = "/.well-known/yinxin/trust-list.sig";

/// Revocation lists of our own authority.
pub(super) const REVOCATION: &str = "/.well-known/yinxin/revocation-lists.pem";

/// The revocation lists of our own authority, each by the name that certificates give.
pub(super) const LISTS: &str = "/crl/{name}";

/// `GET /crl/{name}`. Small files, read where they are published.
pub(super) async fn authority_list(
    request: HttpRequest,
    name: web::Path<String>,
    state: web::Data<AppState>,
) -> Result<HttpResponse, Problem> {
    let list = state.authority().and_then(|folder| folder.list(&name)).ok_or_else(Problem::not_found)?;
    Ok(tagged(&request, &sm3::digest(&list), "application/pkix-crl", || list.clone()))
}

/// `GET /.well-known/yinxin/trust-list.json`
pub(super) async fn list(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let list = state.publication().and_then(|published| published.list()).ok_or_else(Problem::not_found)?;
    Ok(tagged(&request, list.sm3(), "application/json", || list.octets().to_vec()))
}

/// `GET /.well-known/yinxin/trust-list.sig`
pub(super) async fn signature(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let list = state.publication().and_then(|published| published.list()).ok_or_else(Problem::not_found)?;
    let signature = list.signature();
    Ok(tagged(&request, &sm3::digest(&signature), "application/octet-stream", || signature))
}

/// `GET /.well-known/yinxin/revocation-lists.pem`
pub(super) async fn revocation(request: HttpRequest, state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let lists = state.publication().and_then(|published| published.revocation()).ok_or_else(Problem::not_found)?;
    let digest = sm3::digest(lists.as_bytes());
    Ok(tagged(&request, &digest, "application/x-pem-file", || lists.as_bytes().to_vec()))
}

fn tagged(
    request: &HttpRequest,
    digest: &sm3::Digest,
    media_type: &'static str,
    body: impl FnOnce() -> Vec<u8>,
) -> HttpResponse {
    let tag = EntityTag::new_strong(hex::encode(digest));
    let same = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut answer = if same { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header(header::ETag(tag)).insert_header((header::CACHE_CONTROL, "no-cache"));
    if same { answer.finish() } else { answer.content_type(media_type).body(body()) }
}
