//! `/api/v1/states`: what each state means, in words.

use crate::web::pages::{StateWords, state_words};
use actix_web::web;

/// The table.
pub(in crate::web) const PATH: &str = "/api/v1/states";

/// What each state means
///
/// The states that pages show, each with its family, headline and next step in both languages: for who shows verdicts in an
/// interface of their own; and the note that stands beside some (`is_note`). `POST /api/v1/verifications` says which it is in the
/// headers `yinxin-state` and `yinxin-note`.
#[utoipa::path(get, path = PATH, operation_id = "listStates", tag = "verifications",
    responses((status = 200, description = "All of them.", body = Vec<StateWords>)))]
pub(in crate::web) async fn list() -> web::Json<Vec<StateWords>> {
    web::Json(state_words())
}
