//! Words of the holder's pages that no flow has.

use super::input::ChoiceFault;
use crate::{
    flow::{
        delegations::{DelegationCard, Told},
        presentations::Class,
    },
    web::pages::{prefs::Lang, time},
};
use yinxin_trust::licence::{
    Expiry,
    state::{End, Standing, State},
};

/// What licences are shown for most. The Chinese words are what is written down.
pub(super) const PURPOSES: [(&str, &str); 5] = [
    ("在窗口办理业务", "Business at a window"),
    ("核对从业或经营资格", "Proof of qualification"),
    ("商户、场地入驻审核", "Joining a market or platform"),
    ("接受检查", "An inspection"),
    ("签订合同前核对", "Before signing a contract"),
];

/// To whom a field goes, in one word, with its icon.
pub(super) fn class(class: Class, lang: Lang) -> (&'static str, &'static str) {
    match class {
        Class::Public => ("i-eye", lang.t("公开", "public")),
        Class::Masked => ("i-mask", lang.t("隐去部分", "partly hidden")),
        Class::WithConsent => ("i-person", lang.t("只给扫码的人员", "only who redeems")),
    }
}

/// Until when, or since when no more.
pub(in crate::web::pages) fn period(standing: &Standing, lang: Lang) -> String {
    let until = match (standing.until, lang) {
        (Expiry::Never, _) => lang.t("长期", "no end").to_owned(),
        (Expiry::After(last), Lang::Zh) => format!("至 {last}"),
        (Expiry::After(last), Lang::En) => format!("until {last}"),
    };
    match (standing.state, lang) {
        (State::InForce, _) => until,
        (State::NotYetInForce | State::Suspended, Lang::Zh) => format!("{} 起", standing.since),
        (State::Ended(End::Expired), Lang::Zh) => format!("{} 止", last_day(standing)),
        (State::Ended(_), Lang::Zh) => format!("{} 起", standing.since),
        (State::Ended(End::Expired), Lang::En) => format!("ended {}", last_day(standing)),
        (_, Lang::En) => format!("since {}", standing.since),
    }
}

fn last_day(standing: &Standing) -> String {
    match standing.until {
        Expiry::After(last) => last.to_string(),
        Expiry::Never => standing.since.to_string(),
    }
}

/// A number over which somebody may look: the first and last four stay where there are
/// enough between them.
pub(super) fn covered(number: &str) -> String {
    let count = number.chars().count();
    let keep = if count >= 12 { 4 } else { count / 4 };
    let shown = |at: usize| at < keep || at >= count - keep;
    number.chars().enumerate().map(|(at, c)| if shown(at) { c } else { '*' }).collect()
}

/// Why nothing can be shown yet.
pub(super) fn fault(fault: ChoiceFault, lang: Lang) -> &'static str {
    match fault {
        ChoiceFault::NoField => lang.t("请至少勾选一项给对方看。", "Tick at least one field to show."),
        ChoiceFault::NoPurpose => {
            lang.t("请选一个用途，或者自己写，最多 200 个字。", "Say what it is for, in at most 200 characters.")
        }
    }
}

/// A notice of what was done to a licence.
pub(super) fn notice(act: &str, lang: Lang) -> &'static str {
    match act {
        "issue" => lang.t("新证到了", "A new licence"),
        "change" => lang.t("证照已变更", "A licence was changed"),
        "renew" => lang.t("证照已延续", "A licence was renewed"),
        "suspend" => lang.t("证照被暂扣", "A licence was suspended"),
        "resume" => lang.t("证照已恢复", "A licence was resumed"),
        "revoke" => lang.t("证照被吊销", "A licence was revoked"),
        "cancel" => lang.t("证照已注销", "A licence was cancelled"),
        "withdraw" => lang.t("证照被撤销", "A licence was withdrawn"),
        "letter" => lang.t("您签了一份文书", "You signed a letter"),
        "copy" => lang.t("做了一份加注件", "An annotated copy was made"),
        "copy_used" => lang.t("您的加注件被用了", "Your annotated copy was used"),
        "copy_refused" => {
            lang.t("您的加注件被拿去办别的事，没有通过", "Your annotated copy was shown for another use, and refused")
        }
        "transfer_out" => lang.t("证照已转出", "A licence was transferred"),
        _ => lang.t("证照有变动", "Something was done to a licence"),
    }
}

/// A notice of what was done by a delegation or to it: whether it is a warning, what it is, and about what.
pub(super) fn delegation_notice(told: &Told, lang: Lang) -> (bool, &'static str, String) {
    let plain = |zh: &'static str, en: &'static str| (false, lang.t(zh, en), String::new());
    match (told, lang) {
        (Told::Offered, _) => (
            false,
            lang.t("有人请您代办", "Somebody asks you to act"),
            lang.t("等您答复", "waits for your answer").to_owned(),
        ),
        (Told::TakenBack, _) => plain("授权已收回", "A delegation was taken back"),
        (Told::Recorded, _) => (
            true,
            lang.t("窗口登记了代办您证照的人", "A window recorded somebody who may show your licences"),
            lang.t(
                "不是您的意思，请收回，或者联系登记的窗口",
                "if that is not what you want, take it back or ask the window",
            )
            .to_owned(),
        ),
        (Told::Granted, _) => plain("您已登记为代办人", "You were recorded to act for somebody"),
        (Told::Accepted, _) => plain("代办人已接受", "Your agent accepted"),
        (Told::Left, _) => plain("代办人不再代办", "Your agent acts no more"),
        (Told::Used { type_title, body }, Lang::Zh) => {
            (false, "代办人出示了证照", format!("{}（{body}）", type_title.zh))
        }
        (Told::Used { type_title, body }, Lang::En) => {
            (false, "Your agent showed a licence", format!("{} ({body})", type_title.en))
        }
        (Told::Copied { type_title, recipient }, Lang::Zh) => {
            (false, "代办人做了一份加注件", format!("{}，给{recipient}用", type_title.zh))
        }
        (Told::Copied { type_title, recipient }, Lang::En) => {
            (false, "Your agent had an annotated copy made", format!("{}, for {recipient}", type_title.en))
        }
        (Told::Refused { body, purpose }, Lang::Zh) => {
            (true, "有人想超出您的授权", format!("{body}想用来办“{purpose}”，没有出示"))
        }
        (Told::Refused { body, purpose }, Lang::En) => {
            (true, "Beyond your delegation", format!("{body} wanted it for “{purpose}”; nothing was shown"))
        }
    }
}

/// When it was given, and when somebody ended it.
pub(super) fn dates(card: &DelegationCard, lang: Lang) -> String {
    let opened = time::instant(card.opened_at, lang);
    match (card.ended_at.map(|at| time::instant(at, lang)), lang) {
        (None, Lang::Zh) => format!("{opened} 授权"),
        (None, Lang::En) => format!("given {opened}"),
        (Some(ended), Lang::Zh) => format!("{opened} 授权，{ended} 结束"),
        (Some(ended), Lang::En) => format!("given {opened}, ended {ended}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_covered() {
        assert_eq!(covered("JY23301000000010"), "JY23********0010");
        assert_eq!(covered("AB123456"), "AB****56");
        assert_eq!(covered("AB"), "**");
        assert_eq!(covered(""), "");
    }
}
