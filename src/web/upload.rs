//! Receiving one file, raw or as field `file` of a form, within its bounds.
//!
//! 1. A seat in the lane is taken, or the answer is `busy`: before any octet
//!    of the body is read, so that memory is bounded by the seats.
//! 2. A declared length beyond the limit is refused unread.
//! 3. The octets that come are counted: what was declared proves nothing.
//! 4. Each wait, and the whole, has its deadline.

use super::{AppState, Problem, lanes::Seat};
use crate::{config::Timeouts, flow::receipts};
use actix_multipart::{Multipart, MultipartError};
use actix_web::{
    FromRequest, HttpRequest, dev,
    error::PayloadError,
    http::header::{CONTENT_LENGTH, CONTENT_TYPE},
    web::{Bytes, Data},
};
use futures_util::{Stream, StreamExt, future::LocalBoxFuture};
use tokio::time::timeout;

/// The form's field that holds the file.
pub const FILE_FIELD: &str = "file";

/// What boundaries, part heads and other fields may add to the file itself.
const FORM_OVERHEAD_BYTES: usize = 64 << 10;

/// Parts of a form, the file and others.
const FORM_PARTS: usize = 16;

/// Most files at once, where several are taken.
pub(super) const FILES: usize = 8;

/// Characters of a file name that are kept.
const FILE_NAME_CHARS: usize = 120;

/// A file as received, with the seat it holds. As an extractor it may be taken
/// as `Result<Upload, Problem>` by pages that show the problem themselves.
pub struct Upload {
    pub(super) octets: Vec<u8>,
    pub(super) file_name: Option<String>,
    pub(super) seat: Seat,
}

impl Upload {
    /// Whether it says of itself that it is a receipt, which nothing that is verified does.
    pub(super) fn may_be_receipt(&self) -> bool {
        receipts::is_one(&self.octets)
    }
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { receive(&request, payload).await })
    }
}

/// Several files of a form, each as field `file`, all together within the limit of
/// one upload and under one seat.
pub struct Uploads {
    /// Octets and name of each, in the order in which they came; at least one.
    pub(super) files: Vec<(Vec<u8>, Option<String>)>,
    pub(super) seat: Seat,
}

impl FromRequest for Uploads {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { receive_several(&request, payload).await })
    }
}

async fn receive_several(request: &HttpRequest, payload: dev::Payload) -> Result<Uploads, Problem> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| Problem::broken(&"state is not configured"))?;
    let (seat, body) = begin(request, state)?;
    if !is_form(request) {
        return Err(Problem::no_file());
    }
    let reading = body.read_form(request, payload, FILES);
    let mut files = timeout(body.waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
    // a field of files that was left empty is sent as an empty file
    files.retain(|(octets, _)| !octets.is_empty());
    if files.is_empty() { Err(Problem::no_file()) } else { Ok(Uploads { files, seat }) }
}

/// Takes the seat and refuses what says that it is too long.
fn begin<'a>(request: &HttpRequest, state: &'a AppState) -> Result<(Seat, Body<'a>), Problem> {
    let serve = state.serve();
    let Some(seat) = state.verify_lane().admit() else {
        return Err(Problem::busy(serve.lanes.retry_after_seconds));
    };
    let overhead = if is_form(request) { FORM_OVERHEAD_BYTES } else { 0 };
    let body = Body { limit: serve.upload_limit_bytes, waits: &serve.timeouts, declared: declared_length(request) };
    if body.declared.is_some_and(|n| n > body.limit + overhead) {
        return Err(body.too_large());
    }
    Ok((seat, body))
}

async fn receive(request: &HttpRequest, payload: dev::Payload) -> Result<Upload, Problem> {
    let state = request.app_data::<Data<AppState>>().ok_or_else(|| Problem::broken(&"state is not configured"))?;
    let (seat, body) = begin(request, state)?;
    let reading = async {
        if is_form(request) {
            body.read_form(request, payload, 1).await?.pop().ok_or_else(Problem::no_file)
        } else {
            body.read_raw(payload).await.map(|octets| (octets, None))
        }
    };
    let (octets, file_name) = timeout(body.waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
    if octets.is_empty() {
        return Err(Problem::no_file());
    }
    Ok(Upload { octets, file_name, seat })
}

struct Body<'a> {
    limit: usize,
    waits: &'a Timeouts,
    declared: Option<usize>,
}

impl Body<'_> {
    async fn read_raw(&self, payload: dev::Payload) -> Result<Vec<u8>, Problem> {
        self.collect(payload, |e| match e {
            PayloadError::Overflow => self.too_large(),
            _ => Problem::body_interrupted(),
        })
        .await
    }

    /// Reads to the end of the form: more than `most` files, or a torn end, is refused
    /// rather than guessed about.
    async fn read_form(
        &self,
        request: &HttpRequest,
        payload: dev::Payload,
        most: usize,
    ) -> Result<Vec<(Vec<u8>, Option<String>)>, Problem> {
        let mut room = self.limit + FORM_OVERHEAD_BYTES;
        let counted = payload.map(move |chunk| {
            let chunk = chunk?;
            room = room.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
            Ok(chunk)
        });
        let mut form = Multipart::new(request.headers(), counted);
        let mut found = Vec::new();
        for _ in 0..FORM_PARTS {
            let Some(part) = self.wait(form.next()).await? else { return Ok(found) };
            let mut part = part.map_err(|e| self.form_problem(&e))?;
            if part.name() == Some(FILE_FIELD) {
                let name = part.content_disposition().and_then(|d| d.get_filename()).and_then(clean_file_name);
                let octets = self.collect(&mut part, |e| self.form_problem(&e)).await?;
                if found.len() == most {
                    return Err(if most == 1 { Problem::malformed_multipart() } else { Problem::too_many_files(most) });
                }
                found.push((octets, name));
            } else {
                while let Some(chunk) = self.wait(part.next()).await? {
                    chunk.map_err(|e| self.form_problem(&e))?;
                }
            }
        }
        Err(Problem::malformed_multipart())
    }

    async fn collect<E>(
        &self,
        mut chunks: impl Stream<Item = Result<Bytes, E>> + Unpin,
        problem: impl Fn(E) -> Problem,
    ) -> Result<Vec<u8>, Problem> {
        // Untouched pages cost nothing, and an exact size spares growing.
        let mut octets = Vec::with_capacity(self.declared.unwrap_or(8 << 10).min(self.limit));
        while let Some(chunk) = self.wait(chunks.next()).await? {
            let chunk = chunk.map_err(&problem)?;
            let length = octets.len() + chunk.len();
            if length > self.limit {
                return Err(self.too_large());
            }
            if length > octets.capacity() {
                // Doubling, but never beyond the limit.
                octets.reserve_exact((octets.capacity() * 2).clamp(length, self.limit) - octets.len());
            }
            octets.extend_from_slice(&chunk);
        }
        Ok(octets)
    }

    async fn wait<T>(&self, next: impl Future<Output = T>) -> Result<T, Problem> {
        timeout(self.waits.body_idle(), next).await.map_err(|_| Problem::body_timeout())
    }

    fn form_problem(&self, error: &MultipartError) -> Problem {
        match error {
            MultipartError::Payload(PayloadError::Overflow) => self.too_large(),
            MultipartError::Payload(_) => Problem::body_interrupted(),
            _ => Problem::malformed_multipart(),
        }
    }

    fn too_large(&self) -> Problem {
        Problem::upload_too_large(self.limit)
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let declared = request.headers().get(CONTENT_TYPE).map_or(&[][..], |v| v.as_bytes());
    declared.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/"))
}

fn declared_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Keeps what can be shown: the last step of a path, without control and
/// direction-turning characters, cut to a bearable length.
fn clean_file_name(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !is_unshowable(*c)).take(FILE_NAME_CHARS).collect();
    let shown = shown.trim();
    (!shown.is_empty()).then(|| shown.to_owned())
}

fn is_unshowable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_cleaned_for_display() {
        assert_eq!(clean_file_name("C:\\我的\\营业执照.ofd").as_deref(), Some("营业执照.ofd"));
        assert_eq!(clean_file_name("../../a\u{202e}b\n.ofd").as_deref(), Some("ab.ofd"));
        assert_eq!(clean_file_name("dir/").as_deref(), None);
        assert_eq!(clean_file_name(&"x".repeat(999)).map(|n| n.len()), Some(FILE_NAME_CHARS));
    }
}
