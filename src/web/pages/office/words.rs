//! Words of the office that no flow has.

use crate::{
    flow::{
        access::PurposeError,
        applications::{State, What},
        objections::Ruling,
    },
    web::pages::{Family, prefs::Lang},
};
use yinxin_trust::licence::state::{End, State as Standing};

/// What an act is called.
pub(in crate::web::pages) fn act(word: &str, lang: Lang) -> &'static str {
    match word {
        "issue" => lang.t("制发", "Issue"),
        "change" => lang.t("变更", "Change"),
        "renew" => lang.t("延续", "Renewal"),
        "suspend" => lang.t("暂扣", "Suspension"),
        "resume" => lang.t("恢复", "Resumption"),
        "revoke" => lang.t("吊销", "Revocation"),
        "cancel" => lang.t("注销", "Cancellation"),
        "withdraw" => lang.t("撤销", "Withdrawal"),
        "transfer_out" => lang.t("转出", "Transfer"),
        "cancel_transfer_out" => lang.t("取消转出", "Transfer taken back"),
        _ => lang.t("办理", "Act"),
    }
}

/// What an act does, for the one who chooses it.
pub(super) fn act_hint(word: &str, lang: Lang) -> &'static str {
    match word {
        "suspend" => lang.t("暂时不能用，可以恢复", "out of use for a time; can be resumed"),
        "resume" => lang.t("结束暂扣", "ends a suspension"),
        "revoke" => lang.t("因违法取消，不能恢复", "taken away for an offence, for good"),
        "cancel" => lang.t("依申请或依法终止，不能恢复", "ended on request or by law, for good"),
        "withdraw" => lang.t("当初不该发，自始无效", "should not have been issued; void from the beginning"),
        _ => "",
    }
}

/// Where an application stands.
pub(super) fn state(state: State, what: &What, lang: Lang) -> (&'static str, Family, &'static str) {
    match (state, what) {
        (State::Draft, _) => (lang.t("草稿", "Draft"), Family::Neutral, "m-unsigned"),
        (State::Submitted, _) => (lang.t("待复核", "Waits for approval"), Family::Info, "m-wait"),
        (State::Approved, _) => (lang.t("已同意，待签章", "Approved, to be stamped"), Family::Caution, "m-warn"),
        (State::Returned, _) => (lang.t("退回修改", "Sent back"), Family::Caution, "m-warn"),
        (State::Issued, What::Licence) => (lang.t("已签章入库", "Issued"), Family::Valid, "m-valid"),
        (State::Issued, What::Act(_)) => (lang.t("已登记", "Recorded"), Family::Valid, "m-valid"),
    }
}

/// How a licence stands, its family and its mark.
pub(in crate::web::pages) fn standing(state: Standing, lang: Lang) -> (&'static str, Family, &'static str) {
    match state {
        Standing::InForce => (lang.t("有效", "In force"), Family::Valid, "m-valid"),
        Standing::NotYetInForce => (lang.t("还没生效", "Not yet in force"), Family::Caution, "m-notyet"),
        Standing::Suspended => (lang.t("已暂扣", "Suspended"), Family::Refuse, "m-suspended"),
        Standing::Ended(End::Expired) => (lang.t("已到期", "Expired"), Family::Caution, "m-expired"),
        Standing::Ended(End::Revoked) => (lang.t("已吊销", "Revoked"), Family::Refuse, "m-revoked"),
        Standing::Ended(End::Cancelled) => (lang.t("已注销", "Cancelled"), Family::Refuse, "m-revoked"),
        Standing::Ended(End::Withdrawn) => (lang.t("已撤销", "Withdrawn"), Family::Refuse, "m-revoked"),
        Standing::Ended(End::TransferredOut) => (lang.t("已转出", "Transferred"), Family::Refuse, "m-replaced"),
        Standing::Ended(End::Superseded) => {
            (lang.t("已换新证，这张作废", "Replaced by a new version"), Family::Refuse, "m-replaced")
        }
    }
}

/// Titles of what no schema names; else the one there is.
pub(super) fn title<'a>(name: &str, given: &'a str, lang: Lang) -> &'a str {
    match name {
        "choices.issuing_level" => lang.t("颁发级别（编号用）", "Issuing level (for the number)"),
        "choices.business_form" => lang.t("主体业态（编号用）", "Business form (for the number)"),
        "photo" => lang.t("照片", "Photograph"),
        "holder_code_type" => lang.t("持证主体代码类型", "Kind of the holder's code"),
        "decision.document_number" => lang.t("文书号", "Number of the decision"),
        "decision.legal_basis" => lang.t("法律依据", "Legal basis"),
        "decision.decided_on" => lang.t("决定日期", "Day of the decision"),
        "kind" => lang.t("要办的事项", "What is to be done"),
        "effective_from" => lang.t("生效日期", "Effective from"),
        _ => given,
    }
}

/// Why a purpose is none.
pub(in crate::web::pages) fn purpose(error: PurposeError, lang: Lang) -> &'static str {
    match error {
        PurposeError::Empty => lang.t("请写明用证事由。", "Say what for."),
        PurposeError::Long => lang.t("最多 200 个字。", "At most 200 characters."),
        PurposeError::Control => lang.t("请写在一行里。", "One line of text."),
    }
}

/// What a body decided on an objection.
pub(in crate::web::pages) fn ruling(ruling: Ruling, lang: Lang) -> &'static str {
    match ruling {
        Ruling::Upheld => lang.t("异议成立", "Upheld"),
        Ruling::Partly => lang.t("部分成立", "Upheld in part"),
        Ruling::Rejected => lang.t("异议不成立", "Not upheld"),
    }
}
