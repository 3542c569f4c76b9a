//! Health and readiness for the public, details and metrics for the operator.

use super::{AppState, Problem};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// Registers what the separate address tells.
pub(super) fn configure_admin(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/metrics").route(web::get().to(metrics)).default_service(web::to(only_get)))
        .service(web::resource("/readyz").route(web::get().to(ready_in_detail)).default_service(web::to(only_get)));
}

async fn only_get() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed("GET"))
}

/// `GET /healthz`
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: whether, never why.
pub(super) async fn ready(state: web::Data<AppState>) -> Result<&'static str, Problem> {
    if is_ready(&state) { Ok("ok\n") } else { Err(Problem::not_ready()) }
}

fn is_ready(state: &AppState) -> bool {
    state.verify_lane().state().threads == state.serve().lanes.verify_threads
}

#[derive(Serialize)]
struct Details {
    ready: bool,
    anchors: Anchors,
    lanes: Lanes,
    /// How the device with the keys is; none where there is none to lose.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'static str>,
    /// Operators of trust lists in use whose next update is missed.
    overdue_trust_lists: Vec<String>,
}

#[derive(Serialize)]
struct Anchors {
    configured: bool,
    count: usize,
}

#[derive(Serialize)]
struct Lanes {
    verify: LaneDetails,
}

#[derive(Serialize)]
struct LaneDetails {
    threads: usize,
    capacity: usize,
    seated: usize,
    waiting: usize,
    busy: usize,
}

async fn ready_in_detail(state: web::Data<AppState>) -> web::Json<Details> {
    let lane = state.verify_lane().state();
    let count = state.anchors();
    let issuer = state.office().ok().and_then(|office| office.issuer.clone());
    let device = issuer.and_then(|issuer| issuer.keys.health()).map(|health| health.word());
    web::Json(Details {
        ready: is_ready(&state),
        device,
        overdue_trust_lists: state.overdue_lists(),
        anchors: Anchors { configured: count > 0, count },
        lanes: Lanes {
            verify: LaneDetails {
                threads: lane.threads,
                capacity: lane.capacity,
                seated: lane.seated,
                waiting: lane.waiting,
                busy: lane.busy,
            },
        },
    })
}

async fn metrics(state: web::Data<AppState>) -> Result<HttpResponse, Problem> {
    let text = state.metrics().text(&state.verify_lane().state()).map_err(|e| Problem::broken(&e))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}
