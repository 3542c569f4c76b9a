//! `/api/v1/licences`: licences that are issued.

use super::problem_value;
use crate::{
    flow::{
        access::{Permit, may},
        issue::{self, BATCH, IssueError, Issued, Order},
    },
    web::{AppState, Problem, input::LongInput, problem::ProblemBody},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The collection.
pub(in crate::web) const PATH: &str = "/api/v1/licences";

/// Many at once.
pub(in crate::web) const MANY: &str = "/api/v1/licences/batch";

const KEY: &str = "Idempotency-Key";

/// Characters of an `Idempotency-Key`.
const LONGEST_KEY: usize = 200;

/// Many orders.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct OrderList {
    /// 1 to 256.
    #[schema(value_type = Vec<Order>, min_items = 1, max_items = 256)]
    orders: Vec<Value>,
}

/// What became of many orders.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Outcomes {
    /// One each, in the order of the orders.
    results: Vec<Outcome>,
}

/// What became of one order: either of the two.
#[derive(Serialize, utoipa::ToSchema)]
pub(in crate::web) struct Outcome {
    /// The licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    issued: Option<Issued>,
    /// Why there is none: what the order would have got by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemBody>, nullable = false)]
    problem: Option<Value>,
}

/// Issue a licence
///
/// Or a new version of one (`change_of`). Whoever repeats a request with the same
/// `Idempotency-Key` gets the first answer. Two mebibytes at most, as of many.
#[utoipa::path(post, path = PATH, operation_id = "issueLicence", tag = "licences", request_body = Order,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters.")),
    responses(
        (status = 201, description = "Issued.", body = Issued,
            headers(("Location" = String, description = "Where the licence is."))),
        (status = 400, description = "`bad_body` or `idempotency_key_malformed`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`unknown_licence_type`, or of a change `no_such_licence`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`number_taken`, `idempotency_key_reused`, `under_way`, or \
            `body_succeeded`: another body took over from the caller's.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`application_refused`, `face_refused`, `photo_refused` and others, with the fields in `errors`.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`issuing_busy` with `Retry-After`; `no_issuer`, `key_unavailable`, `time_stamp_unavailable`, \
            `revocation_lists_outdated`, or what the register says.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create(
    permit: Permit<may::Issue>,
    request: HttpRequest,
    state: web::Data<AppState>,
    LongInput(order): LongInput<Order>,
) -> Result<HttpResponse, Problem> {
    let order = Order { idempotency_key: idempotency_key(&request)?, ..order };
    let issued = state
        .at_issuing(move |issuer| {
            let answer = issue::issue(issuer, &permit, std::slice::from_ref(&order)).pop();
            answer.unwrap_or(Err(IssueError::Panicked))
        })
        .await?;
    let place = format!("{PATH}/{}", issued.identifier);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, place)).json(issued))
}

/// Issue many licences
///
/// Each order stands for itself: what is wrong with one is the result of that one.
/// With an `Idempotency-Key` K the orders have the keys `K/0`, `K/1` and so on.
#[utoipa::path(post, path = MANY, operation_id = "issueLicences", tag = "licences", request_body = OrderList,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters.")),
    responses(
        (status = 200, description = "One result each.", body = Outcomes),
        (status = 400, description = "`bad_body` or `idempotency_key_malformed`: of the whole list.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`too_many`: more than 256.",
            body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`issuing_busy` with `Retry-After`, or `no_issuer`.",
            body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::web) async fn create_many(
    permit: Permit<may::Issue>,
    request: HttpRequest,
    state: web::Data<AppState>,
    LongInput(OrderList { orders }): LongInput<OrderList>,
) -> Result<web::Json<Outcomes>, Problem> {
    let key = idempotency_key(&request)?;
    if orders.is_empty() {
        return Err(Problem::bad_body(format_args!("1 to {BATCH} orders are wanted")));
    }
    if orders.len() > BATCH {
        return Err(IssueError::TooMany.into());
    }
    let (mut read, mut places) = (Vec::with_capacity(orders.len()), Vec::with_capacity(orders.len()));
    for (n, value) in orders.into_iter().enumerate() {
        places.push(match serde_json::from_value::<Order>(value) {
            Ok(order) => {
                let idempotency_key = key.as_ref().map(|key| format!("{key}/{n}"));
                read.push(Order { idempotency_key, ..order });
                None
            }
            // the words of serde may repeat what stood there
            Err(_) => {
                Some(Problem::bad_body(format_args!("order {n}: a member is missing, unknown or of another form")))
            }
        });
    }
    let answers = state.at_issuing(move |issuer| Ok::<_, Problem>(issue::issue(issuer, &permit, &read))).await?;
    let mut answers = answers.into_iter();
    let results = places.into_iter().map(|malformed| match malformed {
        Some(problem) => refused(&problem),
        None => match answers.next().unwrap_or(Err(IssueError::Panicked)) {
            Ok(issued) => Outcome { issued: Some(issued), problem: None },
            Err(error) => refused(&error.into()),
        },
    });
    Ok(web::Json(Outcomes { results: results.collect() }))
}

fn refused(problem: &Problem) -> Outcome {
    Outcome { issued: None, problem: Some(problem_value(problem)) }
}

pub(super) fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all(KEY);
    let Some(first) = values.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default();
    let fits = (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic());
    if fits && values.next().is_none() { Ok(Some(text.to_owned())) } else { Err(Problem::idempotency_key_malformed()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn one_visible_key() {
        let key = |values: &[&str]| {
            let request =
                values.iter().fold(TestRequest::post(), |request, value| request.append_header((KEY, *value)));
            idempotency_key(&request.to_http_request())
        };
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&["order-1"]), Ok(Some("order-1".to_owned())));
        assert!(key(&[&"a".repeat(200)]).is_ok());
        for wrong in [&[""][..], &["a b"], &["a", "a"], &[&"a".repeat(201)], &["证"]] {
            assert_eq!(key(wrong), Err(Problem::idempotency_key_malformed()), "{wrong:?}");
        }
    }
}
