//! The OpenAPI 3.1 description: operations from the code, the report from its
//! hand-written JSON Schema.
//!
//! `schemas/openapi.json` is the generated text and what is served; a test
//! compares the two, `yinxin openapi` prints a fresh one.

use super::{
    api::{
        audit, copies, jobs, licence, licences, objections, people, receipts, redemptions, resolutions,
        seal_applications, seal_grants, seals, stamps, standings, states, tokens, trust,
        verifications::{self, UploadForm, VerificationForm},
    },
    auth::Who,
    problem::ProblemBody,
    routes,
};
use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi, PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

/// Where the description is served.
pub const PATH: &str = "/api/v1/openapi.json";

/// The description as generated and committed.
pub const DOCUMENT: &str = include_str!("../../schemas/openapi.json");

/// The JSON Schema of the report (2020-12).
pub const REPORT_SCHEMA: &str = include_str!("../../schemas/report.schema.json");

/// Stands for the report in operations; its schema comes from [`REPORT_SCHEMA`].
pub(super) struct ReportRef;

impl PartialSchema for ReportRef {
    fn schema() -> RefOr<Schema> {
        utoipa::openapi::schema::empty().into()
    }
}

impl ToSchema for ReportRef {
    fn name() -> std::borrow::Cow<'static, str> {
        "Report".into()
    }
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "yinxin 印信",
        description = "Verify stamped documents, check by check; issue licences, act upon them, ask how they stand; stamp \
            documents made elsewhere.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        verifications::create,
        states::list,
        standings::by_code,
        standings::by_identifier,
        standings::by_number,
        licences::create,
        licences::create_many,
        copies::create,
        copies::document,
        licence::list,
        licence::show,
        licence::document,
        licence::act,
        receipts::create,
        receipts::show,
        redemptions::create,
        resolutions::create,
        objections::list,
        objections::answer,
        jobs::create,
        jobs::show,
        jobs::results,
        tokens::create,
        tokens::list,
        tokens::revoke,
        people::create,
        people::list,
        people::set_roles,
        people::disable,
        people::remove_second_factor,
        audit::list,
        seals::status,
        seals::list,
        seals::show,
        seals::act,
        seal_applications::apply,
        seal_applications::decide,
        seal_applications::make,
        seal_applications::file,
        seal_grants::grant,
        seal_grants::grants,
        seal_grants::revoke,
        seal_grants::ledger,
        stamps::create,
        stamps::create_of_digest,
        stamps::seal,
        trust::list,
        trust::show,
        trust::propose,
        trust::follow,
        trust::decide,
        trust::pin,
    ),
    components(schemas(ReportRef, ProblemBody, UploadForm, VerificationForm)),
    tags(
        (name = "verifications", description = "核验 Verification of stamped documents"),
        (name = "seals", description = "印章 How seals stand, what is done to them, who may stamp with them"),
        (name = "stamps", description = "用章 Documents made elsewhere, stamped"),
        (name = "trust", description = "信任列表 Whose trust lists are used, and who decided so"),
        (name = "standing", description = "状态 How licences stand, for everybody"),
        (name = "licences", description = "证照 Licences of a body: issue, act, read"),
        (name = "presentations", description = "亮证 Licences that their holders show"),
        (name = "jobs", description = "批量 Many licences at once"),
        (name = "access", description = "权限 People, tokens, audit"),
    ),
    servers((url = "/", description = "This service")),
)]
struct Description;

/// Generates the description.
///
/// # Errors
/// When a schema is no JSON; a test shows that it is.
pub fn generate() -> Result<String, serde_json::Error> {
    let mut document = serde_json::to_value(Description::openapi())?;
    let mut report: Map<String, Value> = serde_json::from_str(REPORT_SCHEMA)?;
    // Definitions become components of their own: `#/$defs/…` means nothing inside another document.
    let definitions = report.remove("$defs");
    report.remove("$schema");
    report.remove("$id");
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.insert("Report".to_owned(), Value::Object(report));
        if let Some(Value::Object(definitions)) = definitions {
            schemas.extend(definitions);
        }
    }
    secure(&mut document);
    redirect(&mut document);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// What the table of routes says of each operation, and the refusals that follow from it.
fn secure(document: &mut Value) {
    if let Some(Value::Object(components)) = document.pointer_mut("/components") {
        let token = json!({ "type": "http", "scheme": "bearer", "description": "A token, yx_ and 43 characters." });
        let session = json!({ "type": "apiKey", "in": "cookie", "name": "__Host-yinxin",
            "description": "A session of a person; POST and DELETE only from pages of this service." });
        components.insert("securitySchemes".to_owned(), json!({ "token": token, "session": session }));
    }
    for rule in routes::TABLE {
        let Who::May(capability) = rule.who else { continue };
        let method = rule.verb.as_str().to_ascii_lowercase();
        // pages are in the table and not in the description
        let path = document["paths"].get_mut(rule.path);
        let Some(operation) = path.and_then(|path| path.get_mut(method)).and_then(Value::as_object_mut) else {
            continue;
        };
        let token = (!capability.scopes.is_empty()).then(|| json!({ "token": [] }));
        let ways: Vec<_> = token.into_iter().chain([json!({ "session": [] })]).collect();
        operation.insert("security".to_owned(), Value::Array(ways));
        let words = |words: Vec<&str>| Value::from(words);
        let roles = words(capability.roles.iter().map(|role| role.as_str()).collect());
        let scopes = words(capability.scopes.iter().map(|scope| scope.as_str()).collect());
        operation.insert("x-may".to_owned(), json!({ "what": capability.name, "roles": roles, "scopes": scopes }));
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        for (status, description) in [
            ("401", "`unauthenticated`: no session or token, or one that has ended."),
            (
                "403",
                "`not_allowed`; `cross_site` for a session's request from another site; `second_factor_wanted` of a person who \
                 must have one first; `device_wanted` of a clerk's session that is at no window's device, \
                 where those are required.",
            ),
            ("503", "`no_register`, `register_busy` or `register_unavailable`."),
        ] {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
            let answer = json!({ "description": description, "content": { "application/problem+json": schema } });
            responses.entry(status).or_insert(answer);
        }
    }
}

fn redirect(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => {
                        *target = target.replace("#/$defs/", "#/components/schemas/");
                    }
                    other => redirect(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redirect),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_somewhere() {
        let document: Value = serde_json::from_str(&generate().unwrap()).unwrap();
        let mut references = vec![];
        collect(&document, &mut references);
        assert!(references.len() > 20);
        for reference in references {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_operation_stands_in_the_table_and_the_other_way_round() {
        let document: Value = serde_json::from_str(&generate().unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let described = paths.iter().flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (path.clone(), method.to_ascii_uppercase()))
        });
        let described: Vec<_> = described.collect();
        for (path, method) in &described {
            let known = routes::TABLE.iter().any(|rule| rule.path == path && rule.verb.as_str() == method);
            assert!(known, "{method} {path}");
        }
        let own = [PATH, super::super::problem::PROBLEMS_PATH];
        for rule in routes::TABLE.iter().filter(|rule| rule.path.starts_with("/api/") && !own.contains(&rule.path)) {
            let wanted = (rule.path.to_owned(), rule.verb.as_str().to_owned());
            assert!(described.contains(&wanted), "{wanted:?}");
        }
    }

    fn collect(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::String(target) if name == "$ref" => found.push(target.clone()),
                other => collect(other, found),
            }),
            Value::Array(items) => items.iter().for_each(|i| collect(i, found)),
            _ => {}
        }
    }
}
