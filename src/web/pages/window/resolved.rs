//! What the page says of codes that somebody else knows: a platform, or the service of another locality.

use super::views::until;
use crate::{
    flow::{
        shown::Shown,
        window::{ElsewhereSeen, ResolvedSeen, Seen, Told},
    },
    web::pages::{
        PageState,
        checklist::Row,
        prefs::Lang,
        render::Age,
        words::{self, Dates, Words},
    },
};
use yinxin_trust::base::Moment;

/// A licence that a holder of another locality shows.
pub(super) fn elsewhere(seen: &Seen) -> Option<&ElsewhereSeen> {
    let Some(Told::Elsewhere(told)) = &seen.told else { return None };
    Some(told)
}

/// What a platform said.
pub(super) fn platform(seen: &Seen) -> Option<&ResolvedSeen> {
    let Some(Told::Resolved(told)) = &seen.told else { return None };
    Some(told)
}

/// The holder whom a platform named, to be looked up with a number; nobody where their licences are shown.
pub(super) fn holder_to_look_up(seen: &Seen) -> Option<&str> {
    platform(seen).filter(|_| seen.shown == Shown::HolderTold)?.holder.as_deref()
}

/// The words of a licence of another locality.
pub(super) fn words_elsewhere(shown: PageState, told: &ElsewhereSeen, lang: Lang) -> Words {
    let plain = |(title, why, next): (&str, &str, &str)| Words {
        title: title.to_owned(),
        why: why.to_owned(),
        next: next.to_owned(),
    };
    match (shown, &told.agent) {
        (PageState::Valid, None) => plain(match lang {
            Lang::Zh => (
                "证照真实有效",
                "持证人当场出示，当地登记库刚刚兑付了这个码并答复：有效。原件这里没有看到。",
                "请核对本人，或确认名称与来人一致。",
            ),
            Lang::En => (
                "Genuine and in force",
                "Its holder shows it; its register just redeemed the code and answered that it is in force. The original was not seen here.",
                "Check the person, or that the name is that of who came.",
            ),
        }),
        (PageState::Valid, Some(_)) => plain(match lang {
            Lang::Zh => (
                "证照真实有效",
                "代办人出示，当地登记库刚刚兑付了这个码并答复：有效。原件这里没有看到。",
                "请看代办人的证件，只办右边写的事。",
            ),
            Lang::En => (
                "Genuine and in force",
                "An agent shows it; its register just redeemed the code and answered that it is in force. The original was not seen here.",
                "Check the agent's document, and do only what stands on the right.",
            ),
        }),
        (other, _) => {
            let dates = Dates { since: Some(told.presented.since), until: Some(told.presented.until) };
            words::of_register_on(other, dates, lang)
        }
    }
}

/// The words where a platform told more than the state says.
pub(super) fn words_of_platform(shown: PageState, told: &ResolvedSeen, lang: Lang) -> Words {
    let (title, why, next) = words::fixed(shown, true, lang);
    let (platform, agreed) = (lang.of(&told.platform), told.agreed.as_deref());
    let why = match (shown, agreed, lang) {
        (PageState::HolderTold, Some(agreed), Lang::Zh) => {
            format!("持证人在{platform}上同意的事由是“{agreed}”，和这个窗口现在办的不一样。这里不显示任何证照。")
        }
        (PageState::HolderTold, Some(agreed), Lang::En) => {
            format!(
                "On {platform} the holder agreed to “{agreed}”, which is not what this window does. No licence is shown."
            )
        }
        (PageState::NoMatch, _, Lang::Zh) => format!("{platform}告知的持证人，在本登记库没有可以出示的证照。"),
        (PageState::NoMatch, _, Lang::En) => {
            format!("This register keeps no licence that the holder whom {platform} named agreed to show.")
        }
        _ => why.to_owned(),
    };
    let title = match (shown, lang) {
        (PageState::NoMatch, Lang::Zh) => "没有可以出示的证照",
        (PageState::NoMatch, Lang::En) => "No licence to show",
        _ => title,
    };
    let next = match (shown, lang) {
        (PageState::NoMatch, Lang::Zh) => "请扫证照上的码，或把原文件拖进来。",
        (PageState::NoMatch, Lang::En) => "Scan the code on the licence, or drop its file here.",
        _ => next,
    };
    Words { title: title.to_owned(), why, next: next.to_owned() }
}

/// Redeemed there, signed, in force.
pub(super) fn rows(shown: PageState, lang: Lang) -> Vec<Row> {
    let redeemed = Row::passed(lang.t("码由当地服务当场兑付", "Redeemed by its own service just now").to_owned(), lang);
    let signed = Row::passed(lang.t("答复有当地登记机关签名", "The answer is signed by its register").to_owned(), lang);
    let register = match shown {
        PageState::Valid => Row::passed(lang.t("登记库答复有效", "In force by its register").to_owned(), lang),
        other => Row::out_of_force(words::headline(other, lang).to_owned(), other, lang),
    };
    let original = Row::not_checked(lang.t("原件没有看到", "The original was not seen").to_owned(), lang);
    vec![redeemed, signed, register, original]
}

/// Which licence it is, who says so, and for what it is shown.
pub(super) fn about(told: &ElsewhereSeen, lang: Lang) -> Vec<String> {
    let presented = &told.presented;
    let (body, until, purpose) = (&presented.issuing_body, until(presented.until, lang), &presented.purpose);
    vec![
        presented.type_name.clone(),
        match lang {
            Lang::Zh => format!("{body}制发，有效期至 {until}"),
            Lang::En => format!("Issued by {body}, valid until {until}"),
        },
        match lang {
            Lang::Zh => format!("{}·出示给：{purpose}", told.locality),
            Lang::En => format!("{} · shown for: {purpose}", told.locality),
        },
    ]
}

/// The fields that the holder chose.
pub(super) fn facts(told: &ElsewhereSeen, lang: Lang) -> Vec<(String, String)> {
    let fields = told.presented.fields.iter().filter(|field| !field.value.trim().is_empty());
    let identifier = (lang.t("证照标识", "Identifier").to_owned(), told.presented.identifier.clone());
    fields.map(|field| (field.title.clone(), field.value.clone())).chain([identifier]).collect()
}

/// When it was redeemed, and the age of the register's answer.
pub(super) fn ages(told: &ElsewhereSeen, now: Moment, lang: Lang) -> Vec<Age> {
    let age = |what, when| Age::today(what, when, now, lang);
    vec![
        age(lang.t("码兑付于", "Redeemed"), told.presented.redeemed_at),
        age(lang.t("证照状态", "Standing"), told.presented.as_of),
    ]
}
