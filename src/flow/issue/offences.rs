//! The fields behind a refusal, for the one who corrects them.

use super::IssueError;
use crate::flow::kind::FieldOffence;
use yinxin_face::{DrawError, DrawOffence};
use yinxin_trust::{base::Sentence, licence::state::ActRefusal};

/// Every field that a refusal is about; none where it is about something else.
pub(super) fn of(error: &IssueError) -> Vec<FieldOffence> {
    match error {
        IssueError::Application(offences) => offences
            .iter()
            .map(|offence| FieldOffence {
                field: offence.field.clone(),
                code: offence.fault.code(),
                sentence: offence.fault.sentence(),
            })
            .collect(),
        IssueError::Metadata(offences) => {
            let one = |en: String| named("metadata", "metadata", "证照信息前后不一致或缺项。", en);
            offences.iter().map(|offence| one(offence.to_string())).collect()
        }
        IssueError::Draw(DrawError(offences)) => offences.all().iter().map(of_drawing).collect(),
        IssueError::Photo(refusal) => {
            let (field, code) = ("photo".to_owned(), refusal.code());
            vec![FieldOffence { field, code, sentence: refusal.sentence() }]
        }
        IssueError::Number(offence) => {
            vec![named("number", "number", "编号不符合这类证照的编号规则。", offence.to_string())]
        }
        IssueError::Act(refusal) => vec![of_act(refusal)],
        _ => Vec::new(),
    }
}

fn named(field: &str, code: &'static str, zh: impl Into<String>, en: String) -> FieldOffence {
    FieldOffence { field: field.to_owned(), code, sentence: Sentence::new(zh, en) }
}

fn of_drawing(offence: &DrawOffence) -> FieldOffence {
    use DrawOffence as O;
    let character = |position: &usize, code_point: &u32, what: &str| {
        format!("第 {position} 个字（U+{code_point:04X}）{what}，请换成规范字。")
    };
    let (field, code, zh) = match offence {
        O::Missing { field } => (field.as_str(), "missing", "请填写这一项。".to_owned()),
        O::Unknown { field } => (field.as_str(), "unknown_field", "这类证照没有这一项。".to_owned()),
        O::Date { field } => (field.as_str(), "no_day", "请填日期，例如 2026-11-22。".to_owned()),
        O::TooManyCharacters { field, limit } => (field.as_str(), "too_long", format!("最多 {limit} 个字。")),
        O::Control { field, position, code_point }
        | O::Invisible { field, position, code_point }
        | O::PrivateUse { field, position, code_point } => {
            (field.as_str(), "character", character(position, code_point, "别的系统读不出"))
        }
        O::Uncovered { field, position, code_point } => {
            (field.as_str(), "character_not_in_font", character(position, code_point, "字库里没有"))
        }
        O::TooLong { field } => (field.as_str(), "does_not_fit", "太长，证面上排不下。".to_owned()),
        O::TooManyPages { .. } => ("", "too_many_pages", "内容太多，附页放不下。".to_owned()),
        O::PhotoMissing => ("photo", "missing", "这类证照要有照片。".to_owned()),
        O::PhotoNotShown => ("photo", "unknown_field", "这类证照的证面上没有照片。".to_owned()),
        O::Code => ("", "code", "证面上的码画不出来。".to_owned()),
        O::Time => ("", "time", "制发时间不在 1980 至 2107 年之间。".to_owned()),
    };
    named(field, code, zh, offence.to_string())
}

fn of_act(refusal: &ActRefusal) -> FieldOffence {
    use ActRefusal as R;
    let (field, code, zh) = match refusal {
        R::NotIssued(_) => ("kind", "not_issued", "证照还没有制发，不能办理。".to_owned()),
        R::AlreadyIssued => ("kind", "already_issued", "证照已经制发过了。".to_owned()),
        R::AlreadySuspended => ("kind", "already_suspended", "证照已经暂扣。".to_owned()),
        R::NotSuspended => ("kind", "not_suspended", "证照没有暂扣，不用恢复。".to_owned()),
        R::WhileSuspended(_) => ("kind", "while_suspended", "证照在暂扣期间，不能这样办理。".to_owned()),
        R::NotTransferredOut => ("kind", "not_transferred_out", "证照没有办理转出。".to_owned()),
        R::AfterEnd { end, .. } => ("kind", "after_end", format!("证照已经{}，不能再这样办理。", end.chinese())),
        R::VersionsUsedUp => ("change_of", "versions_used_up", "版本号已用到 999，不能再变更。".to_owned()),
        R::OwnSuccessor => ("successor", "own_successor", "接替的证照不能是它自己。".to_owned()),
        R::RecordedOutOfOrder { .. } => ("", "recorded_out_of_order", "登记时间早于上一次办理。".to_owned()),
        R::RecordedOutOfRange => ("", "recorded_out_of_range", "登记时间超出了日历范围。".to_owned()),
        R::DecidedAfterRecorded { recorded_on, .. } => {
            ("decision.decided_on", "decided_after_recorded", format!("决定日期不能晚于登记当天 {recorded_on}。"))
        }
        R::EffectiveBeforeDecision { decided_on, .. } => {
            ("effective_from", "before_decision", format!("生效日期不能早于决定日期 {decided_on}。"))
        }
        R::BackDated { later, .. } => {
            ("effective_from", "back_dated", format!("已有一项办理从 {later} 起生效，不能早于它。"))
        }
        R::BeforeTheBeginning { begins, .. } => {
            ("effective_from", "before_the_beginning", format!("生效日期不能早于证照开始日期 {begins}。"))
        }
        R::WithdrawalNotFromTheBeginning { begins } => {
            ("effective_from", "withdrawal_not_from_the_beginning", format!("撤销从证照开始日期 {begins} 起算。"))
        }
        R::EndsBeforeItBegins { .. } => ("begins", "ends_before_it_begins", "截止日期早于开始日期。".to_owned()),
        R::DocumentNumber => ("decision.document_number", "document_number", "文书号为 1 至 500 个字。".to_owned()),
        R::LegalBasis => ("decision.legal_basis", "legal_basis", "法律依据为 1 至 500 个字。".to_owned()),
    };
    named(field, code, zh, refusal.to_string())
}
