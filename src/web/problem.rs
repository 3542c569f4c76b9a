//! What a request that has no answer is told: RFC 9457 problem details with a
//! stable code. The only place that knows HTTP status codes.
//!
//! `schemas/problems.toml` lists all codes; a test holds the two equal.

use crate::flow::verify::VerifyError;
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use std::fmt;
use yinxin_trust::base::Sentence;

/// The media type of problem details (RFC 9457, 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Where the list of codes is served.
pub const PROBLEMS_PATH: &str = "/api/v1/problems";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:ident, $zh:literal, $en:literal;)*) => {
        /// The stable codes of all problems.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable text form.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Short title in Chinese.
            pub const fn title_zh(self) -> &'static str {
                match self { $(Self::$name => $zh,)* }
            }

            /// Short title in English.
            pub const fn title_en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }

            const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }
        }
    };
}

codes! {
    /// By its first octets no OFD, seal or signature value.
    NotADocument = "not_a_document", UNPROCESSABLE_ENTITY, "这不是可以核验的文件", "Not a document that can be verified";
    /// A picture or print of a document.
    CopyNotVerifiable = "copy_not_verifiable", UNPROCESSABLE_ENTITY, "副本：请核验上面的码", "A copy: check the code on it";
    /// The body is larger than the limit.
    UploadTooLarge = "upload_too_large", PAYLOAD_TOO_LARGE, "文件太大", "The file is too large";
    /// The body holds no file.
    NoFile = "no_file", BAD_REQUEST, "没有收到文件", "No file was received";
    /// The multipart body cannot be read.
    MalformedMultipart = "malformed_multipart", BAD_REQUEST, "表单格式不对", "The form cannot be read";
    /// The body ended early.
    BodyInterrupted = "body_interrupted", BAD_REQUEST, "上传中断", "The upload was interrupted";
    /// A parameter of the query is unknown or cannot be read.
    BadQuery = "bad_query", BAD_REQUEST, "查询参数不对", "A query parameter cannot be read";
    /// The body came too slowly.
    BodyTimeout = "body_timeout", REQUEST_TIMEOUT, "上传太慢，已中止", "The upload took too long";
    /// No seat is free.
    Busy = "busy", SERVICE_UNAVAILABLE, "正在核验的文件较多，请稍后再试", "Many files are being checked; try again shortly";
    /// The service is starting or stopping.
    NotReady = "not_ready", SERVICE_UNAVAILABLE, "服务未就绪", "The service is not ready";
    /// No such address.
    NotFound = "not_found", NOT_FOUND, "没有这个地址", "There is nothing at this address";
    /// The address exists, the method does not.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "不支持这种请求方法", "The method is not supported here";
    /// Our own fault.
    Broken = "broken", INTERNAL_SERVER_ERROR, "暂时无法核验，不代表文件有问题", "We cannot check now; this says nothing against the file";
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    sentence: Sentence,
    retry_after_seconds: Option<u32>,
    allow: Option<&'static str>,
    incident: Option<String>,
}

/// The JSON form of a problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Reference to the list of codes.
    #[serde(rename = "type")]
    kind: String,
    /// The stable code.
    code: &'static str,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// Short title in Chinese.
    title: &'static str,
    /// What is wrong, in English.
    detail: String,
    /// What is wrong, in Chinese.
    detail_zh: String,
    /// Tells the operator which log entry belongs to it; only for `broken`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    incident: Option<String>,
}

impl Problem {
    fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, sentence: Sentence::new(zh, en), retry_after_seconds: None, allow: None, incident: None }
    }

    /// By its first octets no OFD, seal or signature value.
    pub fn not_a_document() -> Self {
        Self::new(
            Code::NotADocument,
            "请选择 OFD 文件、电子印章文件或签名值文件。",
            "Choose an OFD document, an electronic seal or a signature value.",
        )
    }

    /// A picture or print of a document, in this form.
    pub fn copy_not_verifiable(kind: &dyn fmt::Display) -> Self {
        let zh = format!("这是 {kind} 副本，上面没有可以核验的签章。请扫它上面的码，或者核验 OFD 原文件。");
        let en = format!(
            "This is a {kind} copy and carries no stamp that could be verified. Scan the code on it, or \
                          verify the original OFD file."
        );
        Self::new(Code::CopyNotVerifiable, zh, en)
    }

    /// The body is larger than `limit_bytes`.
    pub fn upload_too_large(limit_bytes: usize) -> Self {
        let (zh, en) = (format!("文件不能超过 {limit_bytes} 字节。"), format!("The limit is {limit_bytes} bytes."));
        Self::new(Code::UploadTooLarge, zh, en)
    }

    /// The body holds no file.
    pub fn no_file() -> Self {
        Self::new(
            Code::NoFile,
            "请选择一个文件；表单字段名是 file。",
            "Choose a file; in a form its field is named file.",
        )
    }

    /// The multipart body cannot be read.
    pub fn malformed_multipart() -> Self {
        Self::new(
            Code::MalformedMultipart,
            "请求不是完整的 multipart/form-data，或者不止一个 file 字段。",
            "The body is no complete multipart/form-data, or holds more than one field named file.",
        )
    }

    /// The body ended early.
    pub fn body_interrupted() -> Self {
        Self::new(
            Code::BodyInterrupted,
            "文件没有传完，请重新上传。",
            "The file did not arrive completely; send it again.",
        )
    }

    /// The parameter `name` is unknown or cannot be read.
    pub fn bad_query(name: &'static str, wanted: Sentence) -> Self {
        let (zh, en) = (format!("参数 {name}：{}", wanted.zh), format!("Parameter {name}: {}", wanted.en));
        Self::new(Code::BadQuery, zh, en)
    }

    /// The body came too slowly.
    pub fn body_timeout() -> Self {
        Self::new(Code::BodyTimeout, "请检查网络后重新上传。", "Check the connection and send the file again.")
    }

    /// No seat is free.
    pub fn busy(retry_after_seconds: u32) -> Self {
        let zh = format!("请过 {retry_after_seconds} 秒再试。");
        let en = format!("Try again in {retry_after_seconds} seconds.");
        Self { retry_after_seconds: Some(retry_after_seconds), ..Self::new(Code::Busy, zh, en) }
    }

    /// The service is starting or stopping.
    pub fn not_ready() -> Self {
        Self::new(Code::NotReady, "服务正在启动或停止。", "The service is starting or stopping.")
    }

    /// No such address.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "请检查地址。", "Check the address.")
    }

    /// The address exists, only `allow` is allowed.
    pub fn method_not_allowed(allow: &'static str) -> Self {
        let (zh, en) = (format!("这里只支持 {allow}。"), format!("Only {allow} is supported here."));
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed, zh, en) }
    }

    /// Our own fault: logged here, once, under the incident id that the answer
    /// carries; nothing of the inside leaves.
    pub fn broken(cause: &dyn fmt::Display) -> Self {
        let incident = super::edge::random_id();
        tracing::error!(incident, %cause, "request failed by our own fault");
        let zh = format!("请过一分钟再试；若仍不行，请告知编号 {incident}。");
        let en = format!("Try again in a minute; if it stays so, quote incident {incident}.");
        Self { incident: Some(incident), ..Self::new(Code::Broken, zh, en) }
    }

    /// The stable code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What is wrong and what to do, in both languages.
    pub const fn sentence(&self) -> &Sentence {
        &self.sentence
    }

    /// Tells the operator which log entry belongs to it.
    pub fn incident(&self) -> Option<&str> {
        self.incident.as_deref()
    }

    /// The same status and headers with another body: for pages that show the
    /// problem in their own words.
    pub fn response_with(&self, content_type: &'static str, body: String) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        let mut response = response.content_type(content_type).body(body);
        // Read back where refusals are counted.
        response.extensions_mut().insert(self.code);
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        let body = ProblemBody {
            kind: format!("{PROBLEMS_PATH}#{}", self.code.as_str()),
            code: self.code.as_str(),
            status: self.code.status().as_u16(),
            title: self.code.title_zh(),
            detail: self.sentence.en.clone(),
            detail_zh: self.sentence.zh.clone(),
            incident: self.incident.clone(),
        };
        self.response_with(PROBLEM_JSON, serde_json::to_string(&body).unwrap_or_default())
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::NotADocument => Self::not_a_document(),
            VerifyError::Copy(kind) => Self::copy_not_verifiable(&kind),
            VerifyError::Unreadable(_) | VerifyError::Clock(_) => Self::broken(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        problem: Vec<Row>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        code: String,
        status: u16,
        title_zh: String,
        title_en: String,
    }

    #[test]
    fn the_list_of_problems_is_the_enum() {
        let listed: List = toml::from_str(include_str!("../../schemas/problems.toml")).unwrap();
        let known: Vec<_> = Code::ALL
            .iter()
            .map(|c| Row {
                code: c.as_str().into(),
                status: c.status().as_u16(),
                title_zh: c.title_zh().into(),
                title_en: c.title_en().into(),
            })
            .collect();
        assert_eq!(listed.problem, known);
    }

    #[test]
    fn only_broken_has_an_incident_and_tells_nothing_of_the_inside() {
        let broken = Problem::broken(&"the inside");
        assert!(broken.incident().is_some_and(|id| id.len() == 16));
        assert!(!broken.sentence().en.contains("inside") && !broken.sentence().zh.contains("inside"));
        assert!(Problem::busy(5).incident().is_none());
    }
}
