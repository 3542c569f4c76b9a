//! The OpenAPI 3.1 description: operations from the code, the report from its
//! hand-written JSON Schema.
//!
//! `schemas/openapi.json` is the generated text and what is served; a test
//! compares the two, `yinxin openapi` prints a fresh one.

use super::{
    api::verifications::{self, UploadForm},
    problem::ProblemBody,
};
use serde_json::{Map, Value};
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
        description = "Verify stamped documents: whether a file is what its stamps say, check by check.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(verifications::create),
    components(schemas(ReportRef, ProblemBody, UploadForm)),
    tags((name = "verifications", description = "核验 Verification of stamped documents")),
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
    redirect(&mut document);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
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
