//! The API, version 1. A version keeps its paths, members and codes.

pub(super) mod audit;
pub(super) mod copies;
pub(super) mod jobs;
pub(super) mod licence;
pub(super) mod licences;
pub(super) mod objections;
pub(super) mod people;
pub(super) mod receipts;
pub(super) mod redemptions;
pub(super) mod resolutions;
pub(super) mod seal_applications;
pub(super) mod seal_grants;
pub(super) mod seals;
pub(super) mod stamps;
pub(super) mod standings;
pub(super) mod states;
pub(super) mod tokens;
pub(super) mod trust;
pub(super) mod verifications;

use super::{Problem, openapi};
use actix_web::{HttpResponse, http::header, web};
use yinxin_trust::base::{Moment, Sentence};

const CACHED: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

/// `GET /api/v1/openapi.json`
pub(super) async fn openapi_document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header(CACHED).body(openapi::DOCUMENT)
}

/// `GET /api/v1/problems`
pub(super) async fn problems() -> HttpResponse {
    let list = include_str!("../../../schemas/problems.toml");
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").insert_header(CACHED).body(list)
}

/// How many a page holds that does not say.
const PAGE: u32 = 100;

/// What lists may be asked for: a page of so many, after the last of the page before.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// What `next` of the page before said.
    after: Option<String>,
    /// At most so many, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<u32>,
}

impl Page {
    fn of(query: &str) -> Result<Self, Problem> {
        let wanted =
            || Sentence::new("只认 after 和 limit（1 至 200）。", "only after and limit (1 to 200) are known.");
        let page = web::Query::<Self>::from_query(query).map_err(|_| Problem::bad_query("limit", wanted()))?;
        match page.limit {
            Some(0 | 201..) => Err(Problem::bad_query("limit", wanted())),
            _ => Ok(page.into_inner()),
        }
    }

    fn after(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }

    /// Instant and id of the row after which a page begins, as `next` gave them; before
    /// the first where there was no page before.
    fn place(&self) -> Result<(i64, String), Problem> {
        let wanted = || Sentence::new("用上一页的 next。", "take next of the page before.");
        if self.after().is_empty() {
            return Ok((i64::MIN, String::new()));
        }
        let parsed = self.after().split_once('-').and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
        parsed.ok_or_else(|| Problem::bad_query("after", wanted()))
    }

    fn limit(&self) -> u32 {
        self.limit.unwrap_or(PAGE)
    }

    /// Where the next page begins, if this one is full.
    fn next<T>(&self, page: &[T], key: impl Fn(&T) -> String) -> Option<String> {
        let full = u32::try_from(page.len()).is_ok_and(|length| length >= self.limit());
        page.last().filter(|_| full).map(key)
    }
}

/// Milliseconds of a row as an instant.
fn instant(milliseconds: i64) -> String {
    Moment::from_unix_milliseconds(milliseconds).map(|moment| moment.to_string()).unwrap_or_default()
}

/// A problem as a member of an answer.
fn problem_value(problem: &Problem) -> serde_json::Value {
    serde_json::to_value(problem.body()).unwrap_or_default()
}
