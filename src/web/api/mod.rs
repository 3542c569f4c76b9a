//! The API, version 1. A version keeps its paths, members and codes.

pub(super) mod verifications;

use super::{Problem, openapi, problem::PROBLEMS_PATH};
use actix_web::{HttpResponse, http::header, web};

const CACHED: (header::HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

/// Registers the paths of the API.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(verifications::PATH)
                .route(web::post().to(verifications::create))
                .default_service(web::to(only_post)),
        )
        .service(web::resource(openapi::PATH).route(web::get().to(openapi_document)).default_service(web::to(only_get)))
        .service(web::resource(PROBLEMS_PATH).route(web::get().to(problems)).default_service(web::to(only_get)));
}

async fn only_post() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed("POST"))
}

async fn only_get() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed("GET"))
}

async fn openapi_document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header(CACHED).body(openapi::DOCUMENT)
}

async fn problems() -> HttpResponse {
    let list = include_str!("../../../schemas/problems.toml");
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").insert_header(CACHED).body(list)
}
