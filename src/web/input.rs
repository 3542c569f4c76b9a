//! Small bodies: JSON and forms, within a size and a time.

use super::{AppState, Problem};
use actix_web::{
    FromRequest, HttpRequest, dev,
    http::header::{CONTENT_LENGTH, CONTENT_TYPE},
    web::{Data, Query},
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// Most octets of such a body.
const LIMIT_BYTES: usize = 64 << 10;

/// A JSON body.
pub(in crate::web) struct Input<T>(pub(in crate::web) T);

/// Most octets of a [`LongInput`].
const LONG_LIMIT_BYTES: usize = 2 << 20;

/// A JSON body that lists many things, or holds a photograph.
pub(in crate::web) struct LongInput<T>(pub(in crate::web) T);

/// Most octets of a [`PapersInput`]: eight documents and a picture of a seal, in base64.
const PAPERS_LIMIT_BYTES: usize = 24 << 20;

/// A JSON body with documents within. Take it after a `Permit`: nobody else may send so much.
pub(in crate::web) struct PapersInput<T>(pub(in crate::web) T);

/// A form of a page with the file that may go with it; read in `web::filled`.
pub(in crate::web) struct Filled {
    /// The fields by name.
    pub(in crate::web) fields: BTreeMap<String, String>,
    /// The file, where one was chosen.
    pub(in crate::web) file: Option<Vec<u8>>,
}

/// Most octets of [`JsonLines`].
const LINES_LIMIT_BYTES: usize = 16 << 20;

/// A body of many lines of JSON, as it came. Take it after a `Permit`: nobody else
/// may send so much.
pub(in crate::web) struct JsonLines(pub(in crate::web) Zeroizing<Vec<u8>>);

/// Most octets of a [`TimeStampQuery`]; the flow is stricter.
const TIME_STAMP_LIMIT_BYTES: usize = 8 << 10;

/// Most octets of an [`OcspQuery`].
const OCSP_LIMIT_BYTES: usize = 8 << 10;

/// A question about certificates, as it came.
pub(in crate::web) struct OcspQuery(pub(in crate::web) Zeroizing<Vec<u8>>);

/// Most octets of a [`SignedQuestion`]; the flow is as strict.
const QUESTION_LIMIT_BYTES: usize = 8 << 10;

/// A question about a code, as it came: its signature is over these octets.
pub(in crate::web) struct SignedQuestion(pub(in crate::web) Zeroizing<Vec<u8>>);

impl FromRequest for SignedQuestion {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, "application/json", QUESTION_LIMIT_BYTES).await.map(Self) })
    }
}

impl FromRequest for OcspQuery {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, "application/ocsp-request", OCSP_LIMIT_BYTES).await.map(Self) })
    }
}

/// A request for a time stamp, as it came.
pub(in crate::web) struct TimeStampQuery(pub(in crate::web) Zeroizing<Vec<u8>>);

impl FromRequest for TimeStampQuery {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            read(&request, payload, "application/timestamp-query", TIME_STAMP_LIMIT_BYTES).await.map(Self)
        })
    }
}

/// The body of a form, as browsers send it.
pub(in crate::web) struct Form<T>(pub(in crate::web) T);

impl<T: DeserializeOwned> FromRequest for Input<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let octets = read(&request, payload, "application/json", LIMIT_BYTES).await?;
            serde_json::from_slice(&octets).map(Self).map_err(|error| Problem::bad_body(place(&error)))
        })
    }
}

impl<T: DeserializeOwned> FromRequest for LongInput<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let octets = read(&request, payload, "application/json", LONG_LIMIT_BYTES).await?;
            serde_json::from_slice(&octets).map(Self).map_err(|error| Problem::bad_body(place(&error)))
        })
    }
}

impl<T: DeserializeOwned> FromRequest for PapersInput<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let octets = read(&request, payload, "application/json", PAPERS_LIMIT_BYTES).await?;
            serde_json::from_slice(&octets).map(Self).map_err(|error| Problem::bad_body(place(&error)))
        })
    }
}

impl FromRequest for JsonLines {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, "application/x-ndjson", LINES_LIMIT_BYTES).await.map(Self) })
    }
}

impl<T: DeserializeOwned> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let octets = read(&request, payload, "application/x-www-form-urlencoded", LIMIT_BYTES).await?;
            let text = std::str::from_utf8(&octets).map_err(|_| Problem::bad_body("not UTF-8"))?;
            let form = Query::<T>::from_query(text).map_err(|_| Problem::bad_body("the fields are others"))?;
            Ok(Self(form.into_inner()))
        })
    }
}

/// The words of serde for a wrong member, without what stood there.
pub(in crate::web) fn place(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => format!("a member is missing, unknown or of another form, line {line} column {column}"),
        Category::Syntax | Category::Eof | Category::Io => format!("not JSON, line {line} column {column}"),
    }
}

/// The octets may hold a password: they are wiped.
async fn read(
    request: &HttpRequest,
    mut payload: dev::Payload,
    media_type: &'static str,
    limit_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| Problem::broken(&"state is not configured"))?;
    let declared = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = declared.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(media_type) {
        return Err(Problem::bad_body(format_args!("{media_type} is wanted")));
    }
    let waits = &state.serve().timeouts;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    // as large as it says, so that no octets are left behind where it grew
    let room = length.unwrap_or(limit_bytes).min(limit_bytes);
    let mut octets = Zeroizing::new(Vec::with_capacity(room));
    let reading = async {
        while let Some(chunk) = timeout(waits.body_idle(), payload.next()).await.map_err(|_| Problem::body_timeout())? {
            let chunk = chunk.map_err(|_| Problem::body_interrupted())?;
            if octets.len() + chunk.len() > room {
                return Err(Problem::bad_body(format_args!("more than {limit_bytes} bytes")));
            }
            octets.extend_from_slice(&chunk);
        }
        Ok(())
    };
    timeout(waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
    Ok(octets)
}
