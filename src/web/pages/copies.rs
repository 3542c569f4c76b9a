//! What an annotated copy (加注件) says, and what follows for who is shown it.

use super::{prefs::Lang, state::PageState, time, window::grouped, words::Words};
use yinxin_trust::verify::{CopyFacts, CopyRefusal, Report};

/// What a report says of an annotated copy; none of anything else.
pub(super) fn of(report: &Report) -> Option<&CopyFacts> {
    report.licence.as_ref()?.copy.as_ref()
}

/// Whether what somebody uses it for changes what is shown.
pub(super) fn is_for_a_use(state: PageState, report: &Report) -> bool {
    let states = [PageState::StandingUnknown, PageState::AnnotatedCopy, PageState::CopyForOtherPurpose];
    let is_usable = |copy: &CopyFacts| copy.unusable(report.checked_at).is_none();
    states.contains(&state) && of(report).is_some_and(is_usable)
}

/// The words where nothing of the copy is at hand.
pub(super) fn fixed(state: PageState, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match (state, lang) {
        (PageState::AnnotatedCopy, Lang::Zh) => (
            "加注件真实，只限所写的用途",
            "盖章以后内容没有变，章是真的，登记库里这张证有效。这是加注件，不是原件。",
            "看要办的事、用的单位和日期，是不是加注件上写的。都是才能用，不是请对方另做一份。",
        ),
        (PageState::AnnotatedCopy, Lang::En) => (
            "A genuine annotated copy, for the stated use alone",
            "Unchanged since it was stamped, the seal is genuine, and the licence is in force. It is a copy for one use and not the original.",
            "See whether what you do, who you are and the day are what it states. If not, ask for another copy.",
        ),
        (_, Lang::Zh) => (
            "这是办别的事用的加注件",
            "章是真的，内容没有变。但这是加注件，写的不是现在办的这件事。",
            "不要用它办这件事。请对方重新做一份加注件，写明现在办的事。",
        ),
        (_, Lang::En) => (
            "An annotated copy for another use",
            "The seal is genuine and nothing was changed. But it is a copy for one use, and not for this one.",
            "Do not use it for this. Ask for a new copy that states what you do now.",
        ),
    }
}

/// The words for a copy that was verified; `refusal`: why it is not for what its reader does.
pub(super) fn words(state: PageState, report: &Report, refusal: Option<CopyRefusal>, lang: Lang) -> Words {
    let Some(copy) = of(report) else { return owned(fixed(state, lang)) };
    let refusal = refusal.or_else(|| copy.unusable(report.checked_at));
    let (title, why, next) = fixed(state, lang);
    let stated = line(copy, lang);
    match (state, refusal) {
        (PageState::CopyForOtherPurpose, Some(refusal)) => Words {
            title: headline(refusal, lang).to_owned(),
            why: match lang {
                Lang::Zh => format!("章是真的，内容没有变。加注件上写的是：{stated}。"),
                Lang::En => format!("The seal is genuine and nothing was changed. The copy states: {stated}."),
            },
            next: next.to_owned(),
        },
        _ => Words {
            title: title.to_owned(),
            why: format!("{why}{}{stated}{}", lang.t("写的是：", " It states: "), lang.t("。", ".")),
            next: next.to_owned(),
        },
    }
}

/// The words for a copy that is for what its reader does.
pub(super) fn within(copy: &CopyFacts, lang: Lang) -> Words {
    let stated = line(copy, lang);
    let why = match lang {
        Lang::Zh => format!("盖章以后内容没有变，章是真的，登记库里这张证有效。这是加注件，不是原件：{stated}。"),
        Lang::En => format!(
            "Unchanged since it was stamped, the seal is genuine, and the register says it is in force. It is an annotated copy and no original: {stated}."
        ),
    };
    Words {
        title: lang.t("证照真实有效", "Genuine and in force").to_owned(),
        why,
        next: lang
            .t(
                "请核对本人。收下这份加注件就够了，不要再用它办别的事。",
                "Please check the person. Keep this copy and nothing more, and use it for nothing else.",
            )
            .to_owned(),
    }
}

/// The words for a copy of a licence whose standing nobody was asked for.
pub(super) fn unasked(copy: &CopyFacts, licence: bool, lang: Lang) -> Words {
    let plain = owned(super::words::fixed(PageState::StandingUnknown, licence, lang));
    let stated = line(copy, lang);
    let why = match lang {
        Lang::Zh => format!("{}这是加注件，不是原件：{stated}。", plain.why),
        Lang::En => format!("{} It is an annotated copy and no original: {stated}.", plain.why),
    };
    Words { why, ..plain }
}

/// The headline of a copy that is not for what its reader does.
fn headline(refusal: CopyRefusal, lang: Lang) -> &'static str {
    match refusal {
        CopyRefusal::OtherPurpose => lang.t("这是办别的事用的加注件", "An annotated copy for another use"),
        CopyRefusal::OtherRecipient => lang.t("这是给别的单位用的加注件", "An annotated copy for somebody else"),
        CopyRefusal::Ended => lang.t("这份加注件已过使用期限", "The annotated copy may be used no more"),
        CopyRefusal::Incomplete | CopyRefusal::Malformed => {
            lang.t("这份加注件没有写清用途和期限", "The annotated copy does not say what it is for")
        }
    }
}

/// For what, by whom, until when.
pub(super) fn line(copy: &CopyFacts, lang: Lang) -> String {
    let cause = copy.cause.as_deref().unwrap_or(lang.t("没有写", "not stated"));
    let until = copy.expires_at.map_or_else(|| lang.t("没有写", "not stated").to_owned(), |at| time::instant(at, lang));
    match (&copy.recipient, lang) {
        (Some(recipient), Lang::Zh) => format!("用途“{cause}”，限{recipient}使用，至 {until}"),
        (None, Lang::Zh) => format!("用途“{cause}”，至 {until}"),
        (Some(recipient), Lang::En) => format!("for “{cause}”, by {recipient}, until {until}"),
        (None, Lang::En) => format!("for “{cause}”, until {until}"),
    }
}

/// What it states, item by item.
pub(super) fn facts(copy: &CopyFacts, lang: Lang) -> Vec<(&'static str, String)> {
    let items = [
        (lang.t("加注件制作者", "Copy made by"), copy.made_by.clone()),
        (lang.t("加注件用途", "Copy made for"), copy.cause.clone()),
        (lang.t("加注件使用单位", "To be used by"), copy.recipient.clone()),
        (lang.t("加注件有效期至", "Copy usable until"), copy.expires_at.map(|at| time::instant(at, lang))),
        (lang.t("加注件编号", "Copy number"), copy.number.as_deref().map(grouped)),
    ];
    items.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn owned((title, why, next): (&str, &str, &str)) -> Words {
    Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::samples;
    use yinxin_trust::base::Moment;

    #[test]
    fn each_reason_has_its_headline_and_nothing_calls_a_copy_the_original() {
        let mut report = samples::licence();
        let at = |text: &str| Moment::parse(text).ok();
        let copy = CopyFacts {
            made_at: at("2026-11-01T00:00:00Z"),
            made_by: Some("李守国".into()),
            cause: Some("招标投标".into()),
            recipient: Some("演示市交易中心".into()),
            number: None,
            expires_at: at("2036-11-01T00:00:00Z"),
        };
        report.licence.as_mut().unwrap().copy = Some(copy.clone());
        let mut seen = std::collections::BTreeSet::new();
        for refusal in
            [CopyRefusal::OtherPurpose, CopyRefusal::OtherRecipient, CopyRefusal::Ended, CopyRefusal::Incomplete]
        {
            for lang in [Lang::Zh, Lang::En] {
                let words = words(PageState::CopyForOtherPurpose, &report, Some(refusal), lang);
                assert!(seen.insert(words.title.clone()) && words.why.contains("招标投标"), "{}", words.title);
            }
        }
        let said = within(&copy, Lang::Zh);
        assert!(said.why.contains("不是原件") && said.why.contains("演示市交易中心"), "{}", said.why);
    }
}
