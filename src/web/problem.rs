//! What a request that has no answer is told: RFC 9457 problem details with a
//! stable code. The only place that knows HTTP status codes.
//!
//! `schemas/problems.toml` lists all codes; a test holds the two equal.

use crate::flow::{
    kind::{HasKind, Kind},
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
    /// The body of the request is not what is wanted here.
    BadBody = "bad_body", BAD_REQUEST, "请求内容不对", "The body of the request cannot be read";
    /// No session and no token, or one that has ended.
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "请先登录", "Sign in, or give a token";
    /// Signed in, but not for this.
    NotAllowed = "not_allowed", FORBIDDEN, "没有这个权限", "You may not do this";
    /// A request with a session that another site caused.
    CrossSite = "cross_site", FORBIDDEN, "请求不是从本站发出的", "The request did not come from this site";
    /// Login or password.
    SignInWrong = "sign_in_wrong", FORBIDDEN, "账号或密码不对", "Login or password is wrong";
    /// Too many tries for one login.
    TooManyTries = "too_many_tries", TOO_MANY_REQUESTS, "尝试次数太多，请稍后再试", "Too many tries; wait a while";
    /// This service only verifies.
    NoRegister = "no_register", SERVICE_UNAVAILABLE, "这里没有连接登记库", "No register is connected here";
    /// This service has no keys to issue with.
    NoIssuing = "no_issuing", SERVICE_UNAVAILABLE, "这里没有配置制发", "Nothing is issued here";
    /// An application is entered or decided on by a token.
    NotAPerson = "not_a_person", FORBIDDEN, "只有登录的工作人员可以办理", "Only people may do this";
    /// An application is corrected by another than the one who entered it.
    ApplicationOfAnother = "application_of_another", FORBIDDEN, "这份申请是别人填的，只能由填写的人修改", "Another person entered this application";
    /// Somebody decides on what they entered.
    OwnApplication = "own_application", FORBIDDEN, "您不能复核自己填的证照，请交给另一位同事", "You cannot approve what you entered. Pass it to a colleague";
    /// The step cannot be taken from where an application stands.
    ApplicationState = "application_state", CONFLICT, "这份申请已经办过这一步，请刷新后再看", "The application is no longer where this step begins";
    /// An application whose licence may be signed is sent back.
    ApplicationBeingSigned = "application_being_signed", CONFLICT, "正在签章，不能退回", "The licence is being signed";
    /// Sent back without a word, or with too many.
    RemarkWanted = "remark_wanted", UNPROCESSABLE_ENTITY, "请写明退回原因，最多 500 个字", "Say why it is sent back, in at most 500 characters";
    /// The register has too much to do.
    RegisterBusy = "register_busy", SERVICE_UNAVAILABLE, "登记库正忙，请稍后再试", "The register is busy; try again shortly";
    /// The register does not answer.
    RegisterUnavailable = "register_unavailable", SERVICE_UNAVAILABLE, "登记库暂时无法使用", "The register cannot be used now";
    /// No such person, token and so on, or one of another body.
    NoSuchThing = "no_such_thing", NOT_FOUND, "没有找到", "There is no such thing";
    /// A login has another form.
    LoginMalformed = "login_malformed", UNPROCESSABLE_ENTITY, "账号的写法不对", "The login cannot be used";
    /// A name is empty or too long.
    NameMalformed = "name_malformed", UNPROCESSABLE_ENTITY, "名称的写法不对", "The name cannot be used";
    /// A password is too short or too long.
    PasswordRefused = "password_refused", UNPROCESSABLE_ENTITY, "密码不符合要求", "The password cannot be used";
    /// A token without a scope.
    ScopeMissing = "scope_missing", UNPROCESSABLE_ENTITY, "至少选一个用途", "At least one scope is wanted";
    /// A token that ends in the past or too late.
    TokenEndRefused = "token_end_refused", UNPROCESSABLE_ENTITY, "令牌的到期时间不对", "The token cannot end then";
    /// The login is somebody's.
    LoginTaken = "login_taken", CONFLICT, "账号已被使用", "The login is taken";
    /// Nobody could manage people any more.
    LastAdministrator = "last_administrator", CONFLICT, "至少要留一名管理员", "One administrator must stay";
    /// A body stands against another entry.
    BodyConflict = "body_conflict", CONFLICT, "机构信息有冲突", "The body is in conflict with another entry";
    /// Our own fault.
    Broken = "broken", INTERNAL_SERVER_ERROR, "暂时无法核验，不代表文件有问题", "We cannot check now; this says nothing against the file";
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    sentence: Sentence,
    retry_after_seconds: Option<u32>,
    allow: Option<Cow<'static, str>>,
    /// Of `unauthenticated`: whether there were credentials.
    given: bool,
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
        Self {
            code,
            sentence: Sentence::new(zh, en),
            retry_after_seconds: None,
            allow: None,
            given: false,
            incident: None,
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

    /// This service has no keys to issue with.
    pub fn no_issuing() -> Self {
        Self::new(Code::NoIssuing, "请联系管理员。", "Ask the administrator.")
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

    /// Another site caused the request.
    pub fn cross_site() -> Self {
        Self::new(Code::CrossSite, "请在本站页面里操作。", "Use the pages of this site.")
    }

    /// This service has no register.
    pub fn no_register() -> Self {
        Self::new(Code::NoRegister, "这里只能核验文件。", "This service only verifies files.")
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
        Self { retry_after_seconds: wait, ..Self::new(code, format!("{zh}。"), format!("{en}.")) }
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
    fn errors_of_flows_have_listed_codes_whose_status_is_their_kinds() {
        use crate::{
            flow::{
                access::Denied,
                applications::{ApplicationError, State},
                bodies::BodyError,
                people::{PasswordOffence, PeopleError, SignInError},
                tokens::TokenError,
            },
            store::StoreError,
        };
        fn held(error: impl HasKind) {
            let statuses: &[u16] = match error.kind() {
                Kind::NotFound => &[404],
                Kind::Conflict => &[409],
                Kind::Refused => &[422],
                Kind::Denied => &[403],
                Kind::Busy => &[503, 429],
                Kind::Unavailable => &[503],
                Kind::Broken => &[500],
            };
            let (text, code, kind) = (error.to_string(), error.code(), error.kind());
            let problem = Problem::from(error);
            assert_eq!(problem.code().as_str(), code, "{text}");
            assert!(statuses.contains(&problem.status_code().as_u16()), "{text}");
            assert_eq!(problem.retry_after_seconds.is_some(), kind == Kind::Busy, "{text}");
            let inside = matches!(kind, Kind::Broken | Kind::Unavailable) && problem.sentence().en.contains("secret");
            assert!(!inside, "{text}");
        }
        held(ApplicationError::NotFound);
        held(ApplicationError::NotAPerson);
        held(ApplicationError::NotYours);
        held(ApplicationError::OwnWork);
        held(ApplicationError::State(State::Issued));
        held(ApplicationError::BeingSigned);
        held(ApplicationError::Remark);
        held(Denied { capability: "issue" });
        held(PeopleError::Login);
        held(PeopleError::Name);
        held(PeopleError::Password(PasswordOffence::Short));
        held(PeopleError::LoginTaken);
        held(PeopleError::NotFound);
        held(PeopleError::LastAdministrator);
        held(SignInError::Wrong);
        held(SignInError::TooManyTries { retry_after_seconds: 9 });
        held(SignInError::Calendar);
        held(TokenError::NoScope);
        held(TokenError::End);
        held(TokenError::NotFound);
        held(BodyError::There);
        held(BodyError::NoSuccessor);
        held(StoreError::Busy);
        held(StoreError::Unreachable("secret".into()));
        held(StoreError::Broken("secret".into()));
    }

    #[test]
    fn only_broken_has_an_incident_and_tells_nothing_of_the_inside() {
        let broken = Problem::broken(&"the inside");
        assert!(broken.incident().is_some_and(|id| id.len() == 16));
        assert!(!broken.sentence().en.contains("inside") && !broken.sentence().zh.contains("inside"));
        assert!(Problem::busy(5).incident().is_none());
    }
}
