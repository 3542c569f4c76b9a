//! A form of our pages, with or without a file: what browsers send as
//! `application/x-www-form-urlencoded` or as `multipart/form-data`.

use super::{
    AppState, Problem,
    input::{Filled, Form},
};
use actix_multipart::{Multipart, MultipartError};
use actix_web::{FromRequest, HttpRequest, dev, error::PayloadError, http::header::CONTENT_TYPE, web::Data};
use futures_util::{StreamExt, future::LocalBoxFuture};
use std::collections::BTreeMap;
use tokio::time::timeout;

/// Most octets of the file.
const FILE_BYTES: usize = 1 << 20;
/// Most octets of all fields and of what lies between them.
const FIELDS_BYTES: usize = 64 << 10;
/// Most parts.
const PARTS: usize = 128;
/// The fields of files; a form has one.
const FILES: [&str; 2] = ["photo", "document"];

impl FromRequest for Filled {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !declared.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
            let form = Form::<BTreeMap<String, String>>::from_request(request, payload);
            return Box::pin(async move { form.await.map(|Form(fields)| Self { fields, file: None }) });
        }
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state =
                request.app_data::<Data<AppState>>().ok_or_else(|| Problem::broken(&"state is not configured"))?;
            let whole = timeout(state.serve().timeouts.body(), read(&request, payload));
            whole.await.map_err(|_| Problem::body_timeout())?
        })
    }
}

async fn read(request: &HttpRequest, payload: dev::Payload) -> Result<Filled, Problem> {
    let mut room = FILE_BYTES + FIELDS_BYTES;
    // what comes is counted, whatever was declared
    let counted = payload.map(move |chunk| {
        let chunk = chunk?;
        room = room.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    });
    let mut form = Multipart::new(request.headers(), counted);
    let (mut fields, mut file, mut in_fields) = (BTreeMap::new(), None, 0);
    for _ in 0..PARTS {
        let Some(part) = form.next().await else { return Ok(Filled { fields, file }) };
        let mut part = part.map_err(|error| problem(&error))?;
        let name = part.name().unwrap_or_default().to_owned();
        let mut octets = Vec::new();
        while let Some(chunk) = part.next().await {
            octets.extend_from_slice(&chunk.map_err(|error| problem(&error))?);
        }
        if FILES.contains(&name.as_str()) {
            // a field of files that was left empty is sent as an empty file
            if !octets.is_empty() && file.replace(octets).is_some() {
                return Err(Problem::malformed_multipart());
            }
            continue;
        }
        in_fields += name.len() + octets.len();
        let text = String::from_utf8(octets).map_err(|_| Problem::bad_body("not UTF-8"))?;
        if in_fields > FIELDS_BYTES || fields.insert(name, text).is_some() {
            return Err(Problem::malformed_multipart());
        }
    }
    Err(Problem::malformed_multipart())
}

fn problem(error: &MultipartError) -> Problem {
    match error {
        MultipartError::Payload(PayloadError::Overflow) => Problem::upload_too_large(FILE_BYTES),
        MultipartError::Payload(_) => Problem::body_interrupted(),
        _ => Problem::malformed_multipart(),
    }
}
