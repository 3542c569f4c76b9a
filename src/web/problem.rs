//! What a request that has no answer is told: RFC 9457 problem details with a
//! stable code. The only place that knows HTTP status codes.
//!
//! `schemas/problems.toml` lists all codes; a test holds the two equal.

mod codes;
#[cfg(test)]
mod tests;

pub use codes::Code;

use crate::flow::{
    kind::{FieldOffence, HasKind, Kind},
    verify::VerifyError,
};
use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use std::{borrow::Cow, fmt};
use yinxin_trust::base::Sentence;

/// The media type of problem details (RFC 9457, 3).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What `Retry-After` says of what is busy and knows no better.
const SHORT_WAIT_SECONDS: u32 = 2;

/// What a request without credentials is told (RFC 6750, 3).
const TOKEN_WANTED: &str = "Bearer realm=\"yinxin\"";

/// And one with credentials that are none, or no longer.
const TOKEN_INVALID: &str = "Bearer realm=\"yinxin\", error=\"invalid_token\"";

/// Where the list of codes is served.
pub const PROBLEMS_PATH: &str = "/api/v1/problems";

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    sentence: Sentence,
    retry_after_seconds: Option<u32>,
    allow: Option<Cow<'static, str>>,
    /// Of `unauthenticated`: whether there were credentials.
    given: bool,
    incident: Option<Box<str>>,
    errors: Box<[FieldOffence]>,
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
    /// The fields at fault, every one; only where it is fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// One field at fault.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// The field; empty where it is the whole.
    field: String,
    /// The stable name of the offence.
    code: &'static str,
    /// What to correct, in Chinese.
    zh: String,
    /// What is wrong, in English.
    en: String,
}

impl Problem {
    fn new(code: Code, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            code,
            sentence: Sentence::new(zh, en),
            retry_after_seconds: None,
            allow: None,
            given: false,
            incident: None,
            errors: Box::default(),
        }
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

    /// More files at once than are taken.
    pub fn too_many_files(most: usize) -> Self {
        let (zh, en) = (format!("一次最多 {most} 份文件。"), format!("At most {most} files at once."));
        Self::new(Code::TooMany, zh, en)
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

    /// An address of a part that another process does.
    pub fn not_served_here() -> Self {
        let (zh, en) = ("请到承担这一部分的服务地址。", "Ask the address of the service that does this part.");
        Self::new(Code::NotServedHere, zh, en)
    }

    /// The address exists, only `allow` is allowed.
    pub fn method_not_allowed(allow: impl Into<Cow<'static, str>>) -> Self {
        let allow = allow.into();
        let (zh, en) = (format!("这里只支持 {allow}。"), format!("Only {allow} is supported here."));
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed, zh, en) }
    }

    /// The body is not what is wanted; `why` is for its writer.
    pub fn bad_body(why: impl fmt::Display) -> Self {
        Self::new(Code::BadBody, "请按接口说明填写请求内容。", format!("See the description of the API: {why}."))
    }

    /// Nobody who is known; `given` tells whether there were credentials.
    pub fn unauthenticated(given: bool) -> Self {
        let problem = if given {
            Self::new(
                Code::Unauthenticated,
                "登录已结束，或令牌无效、已到期。",
                "The session or token has ended or is none.",
            )
        } else {
            Self::new(
                Code::Unauthenticated,
                "请登录，或在 Authorization 中给出令牌。",
                "Sign in, or send Authorization: Bearer.",
            )
        };
        Self { given, ..problem }
    }

    /// Known, but not for this.
    pub fn not_allowed() -> Self {
        Self::new(
            Code::NotAllowed,
            "需要时请联系本单位的管理员。",
            "Ask the administrator of your body if you need it.",
        )
    }

    /// Signed in, and without the second factor that is wanted of them.
    pub fn second_factor_wanted() -> Self {
        Self::new(
            Code::SecondFactorWanted,
            "按本服务的规定，您要先开启两步验证。",
            "This service wants you to set up a second factor first.",
        )
    }

    /// At a window, and not at an enrolled device.
    pub fn device_wanted() -> Self {
        Self::new(
            Code::DeviceWanted,
            "请在登记过的窗口设备上登录；没有登记过的，请本单位管理员登记。",
            "Sign in at an enrolled device; the administrator of your body enrols it.",
        )
    }

    /// Another site caused the request.
    pub fn cross_site() -> Self {
        Self::new(Code::CrossSite, "请在本站页面里操作。", "Use the pages of this site.")
    }

    /// This service has no register.
    pub fn no_register() -> Self {
        Self::new(Code::NoRegister, "这里只能核验文件。", "This service only verifies files.")
    }

    /// A header of its own form is wanted.
    pub fn idempotency_key_malformed() -> Self {
        Self::new(
            Code::IdempotencyKeyMalformed,
            "只给一个，1 至 200 个可见的 ASCII 字符。",
            "Give one, of 1 to 200 visible ASCII characters.",
        )
    }

    /// This service has no keys to issue with.
    pub fn no_issuer() -> Self {
        Self::new(Code::NoIssuer, "这里没有配置制发证照的密钥。", "No keys for issuing are configured here.")
    }

    /// This service is no time stamp authority.
    pub fn no_time_stamps() -> Self {
        Self::new(
            Code::NoTimeStamps,
            "这里没有配置时间戳的密钥和证书。",
            "No key and certificate for time stamps are configured here.",
        )
    }

    /// The lane of issuing is full.
    pub fn issuing_busy(retry_after_seconds: u32) -> Self {
        let zh = format!("请过 {retry_after_seconds} 秒再试。");
        let en = format!("Try again in {retry_after_seconds} seconds.");
        Self { retry_after_seconds: Some(retry_after_seconds), ..Self::new(Code::IssuingBusy, zh, en) }
    }

    /// Our own fault: logged here, once, under the incident id that the answer
    /// carries; nothing of the inside leaves.
    pub fn broken(cause: &dyn fmt::Display) -> Self {
        let incident = super::edge::random_id();
        tracing::error!(incident, %cause, "request failed by our own fault");
        let zh = format!("请过一分钟再试；若仍不行，请告知编号 {incident}。");
        let en = format!("Try again in a minute; if it stays so, quote incident {incident}.");
        Self { incident: Some(incident.into()), ..Self::new(Code::Broken, zh, en) }
    }

    /// The stable code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What is wrong and what to do, in both languages.
    pub const fn sentence(&self) -> &Sentence {
        &self.sentence
    }

    /// After how many seconds it may be tried again, where that is known.
    pub const fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after_seconds
    }

    /// What is wrong with which fields, where it is fields.
    pub(super) fn offences(&self) -> &[FieldOffence] {
        &self.errors
    }

    /// The fields at fault, by name.
    pub(super) fn fields(&self) -> Vec<&str> {
        self.errors.iter().map(|error| error.field.as_str()).collect()
    }

    /// Tells the operator which log entry belongs to it.
    pub fn incident(&self) -> Option<&str> {
        self.incident.as_deref()
    }

    /// Its JSON form.
    pub fn body(&self) -> ProblemBody {
        let errors = self.errors.iter().map(|offence| FieldProblem {
            field: offence.field.clone(),
            code: offence.code,
            zh: offence.sentence.zh.clone(),
            en: offence.sentence.en.clone(),
        });
        ProblemBody {
            kind: format!("{PROBLEMS_PATH}#{}", self.code.as_str()),
            code: self.code.as_str(),
            status: self.code.status().as_u16(),
            title: self.code.title_zh(),
            detail: self.sentence.en.clone(),
            detail_zh: self.sentence.zh.clone(),
            incident: self.incident.as_deref().map(str::to_owned),
            errors: errors.collect(),
        }
    }

    /// The same status and headers with another body: for pages that show the
    /// problem in their own words.
    pub fn response_with(&self, content_type: &'static str, body: String) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        if let Some(seconds) = self.retry_after_seconds {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if let Some(allow) = self.allow.as_deref() {
            response.insert_header((header::ALLOW, allow));
        }
        if self.code == Code::Unauthenticated {
            let challenge = if self.given { TOKEN_INVALID } else { TOKEN_WANTED };
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
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
        self.response_with(PROBLEM_JSON, serde_json::to_string(&self.body()).unwrap_or_default())
    }
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::NotADocument => Self::not_a_document(),
            VerifyError::Copy(kind) => Self::copy_not_verifiable(&kind),
            VerifyError::Unreadable(_) | VerifyError::Clock(_) | VerifyError::Evidence(_) => Self::broken(&error),
        }
    }
}

impl<E: HasKind> From<E> for Problem {
    /// What is wrong is told where the one who asked can mend it; of the rest
    /// the log has the words and the answer has none.
    fn from(error: E) -> Self {
        let kind = error.kind();
        let known = Code::ALL.iter().copied().find(|code| code.as_str() == error.code());
        let Some(code) = known.filter(|_| kind != Kind::Broken) else { return Self::broken(&error) };
        let (zh, en) = match kind {
            Kind::Denied if code == Code::NotAllowed => return Self::not_allowed(),
            Kind::Unavailable => {
                tracing::error!(%error, "something that is needed does not answer");
                (code.title_zh().to_owned(), code.title_en().to_owned())
            }
            Kind::NotFound | Kind::Conflict | Kind::Refused | Kind::Denied | Kind::Busy | Kind::Broken => {
                (code.title_zh().to_owned(), error.to_string())
            }
        };
        let wait = error.retry_after_seconds().or_else(|| (kind == Kind::Busy).then_some(SHORT_WAIT_SECONDS));
        let errors = if kind == Kind::Unavailable { Box::default() } else { error.fields().into() };
        Self { retry_after_seconds: wait, errors, ..Self::new(code, format!("{zh}。"), format!("{en}.")) }
    }
}
