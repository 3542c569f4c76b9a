//! The stable codes of all problems, with their status and titles.

use actix_web::http::StatusCode;

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

            /// Whether it is our side that cannot answer, now or at all.
            pub fn is_our_side(self) -> bool {
                self.status().is_server_error() || self == Self::TooManyTries
            }

            pub(super) const fn status(self) -> StatusCode {
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
    /// Login, password or code.
    SignInWrong = "sign_in_wrong", FORBIDDEN, "账号、密码或验证码不对", "Login, password or code is wrong";
    /// Too many tries for one login.
    TooManyTries = "too_many_tries", TOO_MANY_REQUESTS, "尝试次数太多，请稍后再试", "Too many tries; wait a while";
    /// Signed in, without the second factor that is wanted of them.
    SecondFactorWanted = "second_factor_wanted", FORBIDDEN, "请先开启两步验证", "Set up a second factor first";
    /// Password or code of an account that is signed in.
    SecondFactorWrong = "second_factor_wrong", FORBIDDEN, "密码或验证码不对", "Password or code is wrong";
    /// Somebody came back from a provider who did not go there, or too late.
    OidcNotBegun = "oidc_not_begun", FORBIDDEN, "登录没有在这里开始，或者已经过期，请重新开始", "The sign-in was not begun here or has ended; begin again";
    /// The provider did not sign in, or what it said does not hold.
    OidcRefused = "oidc_refused", FORBIDDEN, "那边没有完成登录，请重新开始", "The other service did not sign in; begin again";
    /// Known there, and nothing here.
    OidcNotAdmitted = "oidc_not_admitted", FORBIDDEN, "这里还没有给您开通", "You have no access here";
    /// A second factor is wanted that the provider did not prove.
    OidcFactorWanted = "oidc_factor_wanted", FORBIDDEN, "还要两步验证，这样登录不够", "A second factor is wanted; this sign-in is not enough";
    /// The provider does not answer.
    OidcUnavailable = "oidc_unavailable", SERVICE_UNAVAILABLE, "那边的登录服务暂时无法使用", "The other service cannot be used now";
    /// A provider elsewhere says what a person is.
    ManagedElsewhere = "managed_elsewhere", CONFLICT, "这个账号由统一身份认证管理，请到那边修改", "The account is managed by the provider it signs in at";
    /// A session at no enrolled device works at a window.
    DeviceWanted = "device_wanted", FORBIDDEN, "这里要在登记过的窗口设备上办理", "This is done at an enrolled window device";
    /// A code with which no device is enrolled.
    DeviceCodeWrong = "device_code_wrong", FORBIDDEN, "登记码不对、用过或者过期了", "The code was used, has ended or is none";
    /// A key that was not proven.
    DeviceNotProven = "device_not_proven", FORBIDDEN, "设备没有证明自己的密钥", "The device did not prove its key";
    /// A window has a device.
    WindowTaken = "window_taken", CONFLICT, "这个窗口已经有设备", "The window has a device";
    /// The account has a second factor.
    SecondFactorThere = "second_factor_there", CONFLICT, "已经开启两步验证", "There is a second factor";
    /// None, or none that waits for its first code.
    NoSecondFactor = "no_second_factor", NOT_FOUND, "没有开启两步验证，或者设置超过了十五分钟", "There is no second factor, or it waited too long";
    /// No key seals secrets here.
    NoSecondFactors = "no_second_factors", SERVICE_UNAVAILABLE, "这里还没有配置两步验证", "No second factors are set up here";
    /// An organisation's account signs letters.
    NotANaturalPerson = "not_a_natural_person", FORBIDDEN, "只有自然人才能在这里签名，单位请用印章", "Only natural persons sign here; organisations have seals";
    /// Nobody certifies natural persons here.
    NoPersonalKeys = "no_personal_keys", SERVICE_UNAVAILABLE, "这里还不能为个人签名", "No letters are signed here";
    /// The account has a signing key.
    PersonalKeyThere = "personal_key_there", CONFLICT, "您已经开通签名", "There is a signing key";
    /// No key, or another than when the letter was filled in.
    NoPersonalKey = "no_personal_key", CONFLICT, "还没有开通签名，或者签名已经换过，请重新填写", "There is no such signing key; fill the letter in again";
    /// Fields that cannot be taken, or no room for them.
    LetterRefused = "letter_refused", UNPROCESSABLE_ENTITY, "内容没有填好，或者一页放不下", "The letter cannot be taken as it is";
    /// Its time would be false.
    LetterExpired = "letter_expired", CONFLICT, "填写超过了十分钟，请重新填写", "The letter was filled in more than ten minutes ago; fill it in again";
    /// The form was of another page.
    LetterOtherDigest = "letter_other_digest", CONFLICT, "确认的不是要签的这一份，没有签名", "What was confirmed is not what would be signed";
    /// It is signed.
    LetterSigned = "letter_signed", CONFLICT, "这份文书已经签过", "The letter is signed";
    /// This service only verifies.
    NoRegister = "no_register", SERVICE_UNAVAILABLE, "这里没有连接登记库", "No register is connected here";
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
    /// A key of another form, or more than one.
    IdempotencyKeyMalformed = "idempotency_key_malformed", BAD_REQUEST, "Idempotency-Key 的写法不对", "The Idempotency-Key cannot be used";
    /// This service has no keys to issue with.
    NoIssuer = "no_issuer", SERVICE_UNAVAILABLE, "这里不制发证照", "No licences are issued here";
    /// The lane of issuing is full.
    IssuingBusy = "issuing_busy", SERVICE_UNAVAILABLE, "正在制发的证照较多，请稍后再试", "Many licences are being issued; try again shortly";
    /// More orders at once than are taken.
    TooMany = "too_many", UNPROCESSABLE_ENTITY, "一次提交得太多", "Too many orders at once";
    /// Fields of an application are wrong; all are named.
    ApplicationRefused = "application_refused", UNPROCESSABLE_ENTITY, "申请内容有误", "The application cannot be accepted";
    /// The body does not issue the type, or has no name on the day.
    TypeNotIssued = "type_not_issued", UNPROCESSABLE_ENTITY, "本机构当天不能制发这类证照", "The body does not issue this type on the day";
    /// The number rule refuses it.
    NumberRefused = "number_refused", UNPROCESSABLE_ENTITY, "证照编号有误", "The number cannot be used";
    /// Something cannot be shown on the face; all fields are named.
    FaceRefused = "face_refused", UNPROCESSABLE_ENTITY, "证面排不下或有画不出的字", "The face cannot be drawn with this";
    /// The life of the licence does not allow it.
    ActRefused = "act_refused", UNPROCESSABLE_ENTITY, "证照现在不能这样办理", "This cannot be done to the licence now";
    /// No such kind of act, or without its successor.
    UnknownAct = "unknown_act", UNPROCESSABLE_ENTITY, "没有这种办理", "There is no such act";
    /// The seal of the type is out of use.
    SealNotInUse = "seal_not_in_use", UNPROCESSABLE_ENTITY, "印章已停用", "The seal is not in use";
    /// Nobody authorised the caller to stamp with the seal.
    SealNotGranted = "seal_not_granted", FORBIDDEN, "没有使用这枚印章的授权", "Not authorised to stamp with this seal";
    /// Authorised for other types.
    SealGrantType = "seal_grant_type", FORBIDDEN, "用章授权不包括这类证照", "The authorisation is not for this licence type";
    /// Authorised for another time.
    SealGrantPeriod = "seal_grant_period", FORBIDDEN, "用章授权还没开始或已经到期", "The authorisation has not begun or has ended";
    /// As many were stamped as were authorised.
    SealGrantUsedUp = "seal_grant_used_up", FORBIDDEN, "用章授权的次数已用完", "The authorisation is used up";
    /// A grant that cannot be given so.
    SealGrantRefused = "seal_grant_refused", UNPROCESSABLE_ENTITY, "不能这样授权用章", "The authorisation cannot be given so";
    /// The life of the seal does not allow it.
    SealActRefused = "seal_act_refused", UNPROCESSABLE_ENTITY, "印章现在不能这样办理", "This cannot be done to the seal now";
    /// The seal or the application is in another state.
    SealState = "seal_state", CONFLICT, "印章或申请现在不是这个状态", "The seal or application is in another state";
    /// An application for a seal that is not complete or not of the form.
    SealApplicationRefused = "seal_application_refused", UNPROCESSABLE_ENTITY, "印章申请内容有误", "The application for a seal cannot be accepted";
    /// Another seal has the code.
    SealCodeTaken = "seal_code_taken", CONFLICT, "印章编码已被使用", "Another seal has the code";
    /// The one who applied decides.
    OwnSealApplication = "own_seal_application", FORBIDDEN, "您不能审核自己提出的印章申请，请交给另一位同事", "You cannot decide on your own application. Pass it to a colleague";
    /// No seal but the first is made without an application.
    SealApplicationWanted = "seal_application_wanted", CONFLICT, "请先申请，核准后再制作印章", "Another seal is made of an approved application";
    /// What our own verifier would not accept, or whose key is not here.
    SealRefused = "seal_refused", UNPROCESSABLE_ENTITY, "印章不能这样制作", "The seal cannot be made so";
    /// A picture that is none of a seal, or cannot be drawn.
    PictureRefused = "picture_refused", UNPROCESSABLE_ENTITY, "印章图像不能用", "The picture of the seal cannot be used";
    /// Another process of the service does this part.
    NotServedHere = "not_served_here", NOT_FOUND, "这个地址不在本服务进程提供", "This part of the service is served elsewhere";
    /// A trust list that may not be used; its word says why.
    TrustListRefused = "trust_list_refused", UNPROCESSABLE_ENTITY, "信任列表不能用", "The trust list is refused";
    /// A list that another one names and that is not followed; its word says why.
    ListNotFollowed = "list_not_followed", UNPROCESSABLE_ENTITY, "不能跟随这份列表", "That list cannot be followed";
    /// The list that waits is not the one that was looked at.
    OtherList = "other_list", CONFLICT, "等待接受的列表已经换了，请先看新的", "Another list waits by now; look at it first";
    /// A digest that names nothing.
    DigestMalformed = "digest_malformed", UNPROCESSABLE_ENTITY, "杂凑值是 64 位十六进制数，或者它的前 16 位以上", "A digest is 64 hexadecimal digits, or its first 16 or more";
    /// One person counts once.
    SamePerson = "same_person", CONFLICT, "您已经接受过，还要另一位同事接受", "You accepted it already; a second person is wanted";
    /// Who proposed an operator does not pin it.
    OwnOperator = "own_operator", FORBIDDEN, "这个运营者是您提出的，要由另一位同事核对公钥", "You proposed the operator; a colleague pins its key";
    /// The digest that was told is not that of the proposed key.
    KeyDiffers = "key_differs", CONFLICT, "公钥杂凑值对不上，请再向对方核对", "The digest is not that of the key; ask the operator again";
    /// No SM2 key.
    KeyRefused = "key_refused", UNPROCESSABLE_ENTITY, "这不是可以用的 SM2 公钥", "The key cannot be used";
    /// An address that may not be asked.
    AddressRefused = "address_refused", UNPROCESSABLE_ENTITY, "地址不能用：只认 https", "The address cannot be used";
    /// Somebody is called so already.
    NameTaken = "name_taken", CONFLICT, "这个名称已经用过", "The name is taken";
    /// More proposals than anybody looks through.
    TooManyProposals = "too_many_proposals", CONFLICT, "等待核对的运营者太多，请先处理", "Too many operators wait; decide on those first";
    /// Somebody decided in between.
    ChangedMeanwhile = "changed_meanwhile", CONFLICT, "已经有变化，请刷新后再看", "Something changed meanwhile; look again";
    /// Another licence of the type has the number.
    NumberTaken = "number_taken", CONFLICT, "证照编号已被使用", "The number is taken";
    /// The key came with another request before.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT, "这个 Idempotency-Key 已用于另一项请求", "The Idempotency-Key was used with another request";
    /// The same request, or another change of the licence, is not finished.
    UnderWay = "under_way", CONFLICT, "同一项办理正在进行", "The same is under way";
    /// A job without lines, with too many, or that is no text.
    JobLines = "job_lines", UNPROCESSABLE_ENTITY, "批量制发为 1 至 10000 行", "A job has 1 to 10,000 lines";
    /// A picture that is no picture, or not of the bounds.
    PhotoRefused = "photo_refused", UNPROCESSABLE_ENTITY, "照片不能用", "The photograph is not accepted";
    /// Another body took over.
    BodySucceeded = "body_succeeded", CONFLICT, "本单位的职责已由其他单位承接，不能再办理", "Another body took over from this one";
    /// No such licence, or one of another body.
    NoSuchLicence = "no_such_licence", NOT_FOUND, "本机构没有这张证照", "The body has no such licence";
    /// No entry of the catalogue is in force for the type.
    UnknownLicenceType = "unknown_licence_type", NOT_FOUND, "没有这类证照", "There is no such licence type";
    /// A receipt of another body, or what was shown too long ago.
    NoSuchReceipt = "no_such_receipt", NOT_FOUND, "没有这份核验凭证，或者核验已经过了半小时，请重新核验", "There is no such receipt, or it was shown too long ago; check again";
    /// What a verdict was made of is not kept.
    NoEvidence = "no_evidence", NOT_FOUND, "没有留存核验依据", "The evidence was not kept";
    /// A receipt that was altered, or that is of something else.
    ReceiptRefused = "receipt_refused", UNPROCESSABLE_ENTITY, "核验凭证不能用", "The receipt cannot be used";
    /// No key signs receipts here.
    NoReceiptKey = "no_receipt_key", SERVICE_UNAVAILABLE, "这里不出具核验凭证", "No receipts are made here";
    /// A person did not say what a licence is read for.
    PurposeWanted = "purpose_wanted", UNPROCESSABLE_ENTITY, "请填写用证事由", "A purpose is wanted";
    /// A report that no page of the window sends.
    ReportMalformed = "report_malformed", UNPROCESSABLE_ENTITY, "上报的内容不对", "The report cannot be used";
    /// No such code, or one that has expired: which of them is not told.
    PresentationNotValid = "presentation_not_valid", NOT_FOUND, "码已过期或不存在，请对方刷新后再扫", "The code has expired or never was; ask for a fresh one";
    /// Somebody else redeemed the code.
    PresentationUsed = "presentation_used", CONFLICT, "这个码已经用过，请对方刷新", "The code was used; ask for a fresh one";
    /// A question about a code of another form.
    QuestionMalformed = "question_malformed", UNPROCESSABLE_ENTITY, "询问的写法不对", "The question cannot be read";
    /// No key that may ask signed a question about a code.
    AskerUnknown = "asker_unknown", FORBIDDEN, "这里没有登记询问的一方，或者签名不对", "Who asks is not known here, or did not sign";
    /// A question of another time, or one that was asked before.
    QuestionStale = "question_stale", CONFLICT, "询问的时间不对，或者已经问过", "The question is not of now, or was asked before";
    /// No key signs answers about codes here.
    AnswersUnsigned = "answers_unsigned", SERVICE_UNAVAILABLE, "这里现在不能签名答复", "No answers are signed here now";
    /// No agent of that number and name, or the holder themselves.
    DelegationAgent = "delegation_agent", UNPROCESSABLE_ENTITY, "没有找到可以授权的这个人", "Nobody of that number and name can be an agent";
    /// A delegation that cannot be given so.
    DelegationRefused = "delegation_refused", UNPROCESSABLE_ENTITY, "不能这样授权", "The delegation cannot be given so";
    /// It does not wait for an answer, does not work today, or has ended.
    DelegationOver = "delegation_over", CONFLICT, "这份授权不在有效期，或者已经结束", "The delegation does not work now";
    /// Another licence, field or matter.
    DelegationBeyond = "delegation_beyond", FORBIDDEN, "超出了授权范围", "Beyond the delegation";
    /// As many as one holder may have at a time.
    DelegationsTooMany = "delegations_too_many", CONFLICT, "授权太多，请先收回一些", "Too many delegations; take some back first";
    /// What a copy should state does not hold.
    CopyRefused = "copy_refused", UNPROCESSABLE_ENTITY, "加注件要写的内容不对", "What the copy should state does not hold";
    /// Copies are made of licences in force.
    CopyNotInForce = "copy_not_in_force", CONFLICT, "这张证现在不在有效状态，不能做加注件", "The licence is not in force; no copy is made of it";
    /// As many as an account may have made within a day.
    TooManyCopies = "too_many_copies", TOO_MANY_REQUESTS, "今天做的加注件太多了，请明天再做", "Too many copies within a day";
    /// Nothing is chosen to be shown, or what is not there.
    PresentationFields = "presentation_fields", UNPROCESSABLE_ENTITY, "有不能出示的项目", "Some of the fields cannot be shown";
    /// A licence from before its fields had digests.
    NotDisclosable = "not_disclosable", CONFLICT, "这张证照颁发时还没有字段摘要，不能单独出示其中几项", "The licence was issued before its fields could be disclosed one by one";
    /// An offline code of a licence that is not in force.
    LicenceNotInForce = "licence_not_in_force", CONFLICT, "这张证现在不在有效状态，不能出离线码", "The licence is not in force; no offline code is made of it";
    /// No key for offline codes.
    NoOfflineCodes = "no_offline_codes", SERVICE_UNAVAILABLE, "这里现在不能出离线码，请用亮证码", "No offline codes are made here; use the online code";
    /// A device's key that is none.
    DeviceKey = "device_key", UNPROCESSABLE_ENTITY, "这部手机的密钥不能用，请用亮证码", "The key of this telephone cannot be used; use the online code";
    /// A name that a code has no room for.
    NameTooLong = "name_too_long", UNPROCESSABLE_ENTITY, "名称太长，离线码放不下，请选隐去部分", "The name is too long for an offline code; show it masked";
    /// An id of a scan of another form.
    ScanIdMalformed = "scan_id_malformed", UNPROCESSABLE_ENTITY, "扫码编号的写法不对", "The scan id cannot be used";
    /// An objection without a word, or with too many.
    ObjectionWords = "objection_words", UNPROCESSABLE_ENTITY, "请写明异议，最多 500 个字", "Say what is wrong, in at most 500 characters";
    /// A second objection to a use.
    ObjectionThere = "objection_there", CONFLICT, "您已对这次使用提出过异议", "There is an objection to this use";
    /// An answer to an objection without a decision or a reason.
    ObjectionAnswerWords = "objection_answer_words", UNPROCESSABLE_ENTITY, "请选处理结果，并写明理由，最多 500 个字", "Choose a decision, and say why in at most 500 characters";
    /// A second answer to an objection.
    ObjectionAnswered = "objection_answered", CONFLICT, "这个异议已经答复过", "The objection was answered before";
    /// An objection to a use of one's own.
    ObjectionOwn = "objection_own", FORBIDDEN, "这次使用是您自己办的，请交给另一位同事答复", "You used the licence yourself. Pass the objection to a colleague";
    /// The register keeps no such licence.
    NotRegistered = "not_registered", NOT_FOUND, "登记库没有这张证照", "The register has no such licence";
    /// No such seal was made here.
    SealNotRegistered = "seal_not_registered", NOT_FOUND, "登记库没有这枚印章", "The register has no such seal";
    /// Licences of that body are kept elsewhere.
    RegisterNotCompetent = "register_not_competent", NOT_FOUND, "这个登记库不管这家机构的证照", "This register does not keep licences of this body";
    /// Nothing is stamped under stale revocation lists.
    RevocationListsOutdated = "revocation_lists_outdated", SERVICE_UNAVAILABLE, "撤销名单过期，暂时不能制发", "The revocation lists are out of date";
    /// The custody of keys does not answer.
    KeyUnavailable = "key_unavailable", SERVICE_UNAVAILABLE, "签章密钥暂时无法使用", "The key cannot be used now";
    /// A document that takes no stamp, with the reason in `errors`.
    DocumentNotStampable = "document_not_stampable", UNPROCESSABLE_ENTITY, "这份文件不能加盖", "The document cannot be stamped";
    /// A place of a stamp that there is not.
    StampPlaceRefused = "stamp_place_refused", UNPROCESSABLE_ENTITY, "签章位置不对", "The stamp cannot be put there";
    /// An order for a stamp that is none.
    StampOrderRefused = "stamp_order_refused", UNPROCESSABLE_ENTITY, "用章请求不对", "The order for a stamp cannot be followed";
    /// The authority of time stamps gives none.
    TimeStampUnavailable = "time_stamp_unavailable", SERVICE_UNAVAILABLE, "时间戳服务暂时不可用，没有制发", "No time stamp is given now, and nothing was issued";
    /// This service is no time stamp authority.
    NoTimeStamps = "no_time_stamps", NOT_FOUND, "这里没有时间戳服务", "There is no time stamp authority here";
    /// The register cannot grow.
    DiskFull = "disk_full", SERVICE_UNAVAILABLE, "登记库的磁盘已满", "The disk of the register is full";
    /// The register takes no writes.
    RegisterReadOnly = "register_read_only", SERVICE_UNAVAILABLE, "登记库现在只读", "The register can only be read now";
    /// The machine does not know the time.
    ClockUnavailable = "clock_unavailable", SERVICE_UNAVAILABLE, "系统时间无法使用", "The clock cannot be used";
    /// Nothing is made without fresh randomness.
    RandomnessUnavailable = "randomness_unavailable", SERVICE_UNAVAILABLE, "系统随机数无法使用", "The system gives no randomness";
    /// Our own fault.
    Broken = "broken", INTERNAL_SERVER_ERROR, "暂时无法核验，不代表文件有问题", "We cannot check now; this says nothing against the file";
}
