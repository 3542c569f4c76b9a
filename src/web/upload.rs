//! Receiving one file, raw or as field `file` of a form, within its bounds.
//!
//! 1. A seat in the lane is taken, or the answer is `busy`: before any octet
//!    of the body is read, so that memory is bounded by the seats.
//! 2. A declared length beyond the limit is refused unread.
//! 3. The octets that come are counted: what was declared proves nothing.
//! 4. Each wait, and the whole, has its deadline.

use super::{AppState, Problem, lanes::Seat};
use crate::{
    config::Timeouts,
    flow::{receipts, shown::StatedUse},
};
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

/// The form's fields that say what a document is used for, and by whom.
pub const PURPOSE_FIELD: &str = "purpose";
/// As [`PURPOSE_FIELD`].
pub const USER_FIELD: &str = "used_by";

/// Longest of these, in octets: more than any copy states.
const TEXT_FIELD_BYTES: usize = 1 << 10;

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
    /// What a form says that it is used for.
    pub(super) of_use: Option<StatedUse>,
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
    let Sent { mut files, .. } = timeout(body.waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
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
            let Sent { mut files, of_use } = body.read_form(request, payload, 1).await?;
            let (octets, name) = files.pop().ok_or_else(Problem::no_file)?;
            Ok((octets, name, of_use))
        } else {
            body.read_raw(payload).await.map(|octets| (octets, None, None))
        }
    };
    let (octets, file_name, of_use) =
        timeout(body.waits.body(), reading).await.map_err(|_| Problem::body_timeout())??;
    if octets.is_empty() {
        return Err(Problem::no_file());
    }
    Ok(Upload { octets, file_name, of_use, seat })
}

/// What a form brought.
struct Sent {
    files: Vec<(Vec<u8>, Option<String>)>,
    of_use: Option<StatedUse>,
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
    async fn read_form(&self, request: &HttpRequest, payload: dev::Payload, most: usize) -> Result<Sent, Problem> {
        let mut room = self.limit + FORM_OVERHEAD_BYTES;
        let counted = payload.map(move |chunk| {
            let chunk = chunk?;
            room = room.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
            Ok(chunk)
        });
        let mut form = Multipart::new(request.headers(), counted);
        let mut found = Vec::new();
        let (mut purpose, mut user) = (String::new(), String::new());
        for _ in 0..FORM_PARTS {
            let Some(part) = self.wait(form.next()).await? else {
                return Ok(Sent { files: found, of_use: StatedUse::of(&purpose, &user) });
            };
            let mut part = part.map_err(|e| self.form_problem(&e))?;
            if part.name() == Some(FILE_FIELD) {
                let name = part.content_disposition().and_then(|d| d.get_filename()).and_then(clean_file_name);
                let octets = self.collect(&mut part, |e| self.form_problem(&e)).await?;
                if found.len() == most {
                    return Err(if most == 1 { Problem::malformed_multipart() } else { Problem::too_many_files(most) });
                }
                found.push((octets, name));
            } else if part.name() == Some(PURPOSE_FIELD) {
                purpose = self.text(&mut part).await?;
            } else if part.name() == Some(USER_FIELD) {
                user = self.text(&mut part).await?;
            } else {
                while let Some(chunk) = self.wait(part.next()).await? {
                    chunk.map_err(|e| self.form_problem(&e))?;
                }
            }
        }
        Err(Problem::malformed_multipart())
    }

    /// A short field; one that is longer than any is that says something, or no text, is refused.
    async fn text(
        &self,
        part: &mut (impl Stream<Item = Result<Bytes, MultipartError>> + Unpin),
    ) -> Result<String, Problem> {
        let mut octets = Vec::new();
        while let Some(chunk) = self.wait(part.next()).await? {
            let chunk = chunk.map_err(|e| self.form_problem(&e))?;
            if octets.len() + chunk.len() > TEXT_FIELD_BYTES {
                return Err(Problem::malformed_multipart());
            }
            octets.extend_from_slice(&chunk);
        }
        String::from_utf8(octets).map_err(|_| Problem::malformed_multipart())
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
