//! `/api/v1/redemptions`: redeeming the code by which a holder shows a licence.

use crate::{
    flow::{
        access::{Permit, may},
        presentations::{Redeemed, RedemptionOrder},
    },
    web::{AppState, Problem, input::Input, problem::ProblemBody},
};
use actix_web::web;

/// The collection. The code stands in the body: addresses stand in logs.
pub(in crate::web) const PATH: &str = "/api/v1/redemptions";

/// Redeem a presentation code
///
/// Once, in the name of the caller's body, whichever body issued the licence. The answer is what the licence is
/// now, and the fields that the holder chose. The use is written down first, where the holder sees it: body,
/// window, time, purpose and fields, no person's name. Where an agent shows the licence of somebody else, `purpose`
/// is wanted and must be the matter of the delegation; the answer names agent, principal and scope. With `disclosure`
/// the answer holds a file that proves the fields by the issuer's stamp to whoever verifies it.
#[utoipa::path(post, path = PATH, operation_id = "redeemPresentation", tag = "presentations",
    request_body = RedemptionOrder,
    responses(
        (status = 200, description = "Redeemed, now or before by the same scan of the same caller. The state may be \
            any: suspended and revoked licences are shown as such.", body = Redeemed),
        (status = 400, description = "`bad_body`.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`delegation_beyond`: an agent shows it, for another matter than `purpose`. It is \
            written down, and the principal sees it. `not_allowed`; `device_wanted`: a session of a clerk that is at no window's \
            device, where those are required; `cross_site` for a session's request from another site.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`presentation_not_valid`: expired or never made, which of them is not told.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`presentation_used`, with where and when in `errors`; `delegation_over`: an agent shows it by \
            a delegation that has ended.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`scan_id_malformed`, `name_malformed` (the window), or `purpose_wanted`: an agent shows it.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_tries`: too many codes that are none, in five minutes.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::Redeem>,
    state: web::Data<AppState>,
    Input(order): Input<RedemptionOrder>,
) -> Result<web::Json<Redeemed>, Problem> {
    Ok(web::Json(state.redeem((permit, order)).await?))
}
