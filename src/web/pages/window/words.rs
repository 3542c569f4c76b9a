//! Words of the window that no other page has: for a licence that was brought by its
//! code or its number, the sheet itself nobody has seen.

use super::{print, resolved};
use crate::{
    flow::{
        delegations::AgentShown,
        window::{Brought, OfflineSeen, PaperFault, Seen, Told},
    },
    web::pages::{
        PageState, codes, copies,
        prefs::Lang,
        time,
        words::{self, Dates, Words},
    },
};

/// The words of a verdict.
pub(super) fn of(seen: &Seen, lang: Lang) -> Words {
    match (&seen.brought, &seen.report, &seen.told) {
        (Brought::File(_), Some(report), _) if seen.copy_refusal.is_some() => {
            copies::words(seen.shown, report, seen.copy_refusal, lang)
        }
        (Brought::File(_), Some(report), _) => words::words(seen.shown, report, lang),
        (_, Some(report), _) => match seen.shown {
            PageState::Valid => in_force(seen, lang),
            PageState::NotInForce(_) => {
                let dates = seen.own.as_ref().map(|own| Dates::of(&own.standing)).unwrap_or_default();
                words::of_register_on(seen.shown, dates, lang)
            }
            other => words::words(other, report, lang),
        },
        (_, None, Some(Told::DressedUp)) => owned(codes::dressed_up(lang)),
        (_, None, Some(Told::Offline(code))) => offline(seen, code, lang),
        (_, None, Some(Told::Print(seen_print))) => print::words(seen, seen_print, lang),
        (_, None, Some(Told::Elsewhere(told))) => resolved::words_elsewhere(seen.shown, told, lang),
        (_, None, Some(Told::Resolved(told))) => resolved::words_of_platform(seen.shown, told, lang),
        (_, None, Some(Told::Unanswered(sentence) | Told::Used(sentence))) => {
            Words { why: lang.of(sentence).to_owned(), ..owned(words::fixed(seen.shown, true, lang)) }
        }
        (_, None, _) => owned(words::fixed(seen.shown, true, lang)),
    }
}

/// In force by the register, and the document that it keeps verifies.
fn in_force(seen: &Seen, lang: Lang) -> Words {
    if let Some(Told::Presented { agent: Some(agent), .. }) = &seen.told {
        return by_agent(agent, lang);
    }
    let next = match (&seen.brought, &seen.told) {
        (Brought::Code, _) => lang.t(
            "请核对本人，再看手里的证照和右边写的是否一样。",
            "Check the person, and that the licence in your hand says what stands on the right.",
        ),
        (_, Some(Told::Offline(code))) if !code.live => lang.t(
            "码没有绑定手机，可能是别人转来的。请对着证件核对本人。",
            "The code belongs to no telephone and may have been sent on. Check the person against a document.",
        ),
        (Brought::Presentation | Brought::Offline | Brought::Service(_), _) => {
            lang.t("请核对本人，或确认名称与来人一致。", "Check the person, or that the name is that of who came.")
        }
        _ => lang.t(
            "还没有看到证照本身。请核对本人，请对方出示证照。",
            "The licence itself was not seen yet. Check the person, and ask to see it.",
        ),
    };
    Words {
        title: lang.t("证照真实有效", "Genuine and in force").to_owned(),
        why: lang
            .t(
                "登记的原件完好，章是真的，登记库里这张证有效。",
                "The registered original is sound, its seal genuine, and it is in force.",
            )
            .to_owned(),
        next: next.to_owned(),
    }
}

/// The same, shown by an agent: it is their document that is looked at.
fn by_agent(agent: &AgentShown, lang: Lang) -> Words {
    let who = match (&agent.agent_code_end, lang) {
        (Some(end), Lang::Zh) => format!("{}，尾号 {end}", agent.agent),
        (Some(end), Lang::En) => format!("{}, number ending in {end}", agent.agent),
        (None, _) => agent.agent.clone(),
    };
    let next = match (agent.weaker, lang) {
        (false, Lang::Zh) => format!("请看代办人的证件：{who}。只办右边写的事。"),
        (true, Lang::Zh) => format!("请看代办人的证件：{who}。授权是书面的，比线上授权弱，只办右边写的事。"),
        (false, Lang::En) => format!("Check the agent's document: {who}. Do only what stands on the right."),
        (true, Lang::En) => {
            format!(
                "Check the agent's document: {who}. The delegation is on paper, which is weaker; do only what stands on the right."
            )
        }
    };
    let why = lang.t(
        "登记的原件完好，章是真的，登记库里这张证有效。由代办人出示。",
        "The registered original is sound, its seal genuine, and it is in force. An agent shows it.",
    );
    Words { title: lang.t("证照真实有效", "Genuine and in force").to_owned(), why: why.to_owned(), next }
}

/// A licence of another locality, by its offline code.
fn offline(seen: &Seen, code: &OfflineSeen, lang: Lang) -> Words {
    let shown = seen.shown;
    let words = match shown {
        PageState::Valid => Words {
            title: lang.t("证照真实有效", "Genuine and in force").to_owned(),
            why: lang
                .t(
                    "码是当地登记机关签发的，当地登记库刚刚答复：有效。原件这里没有看到。",
                    "Its register signed the code, and just answered that it is in force. The original was not seen here.",
                )
                .to_owned(),
            next: lang.t("请核对本人，或确认名称与来人一致。", "Check the person, or that the name is that of who came.").to_owned(),
        },
        PageState::NotInForce(_) => {
            let dates = Dates { since: code.standing.since, until: Some(code.statement.licence_until) };
            words::of_register_on(shown, dates, lang)
        }
        PageState::ValidOffline => {
            let as_of = time::of_today(code.statement.as_of, seen.at, lang);
            let title = match lang {
                Lang::Zh => format!("签名真实，状态截至 {as_of}（离线）"),
                Lang::En => format!("Signature genuine, standing as of {as_of} (offline)"),
            };
            Words { title, ..owned(words::fixed(shown, true, lang)) }
        }
        other => return owned(words::fixed(other, true, lang)),
    };
    if code.live || matches!(shown, PageState::NotInForce(_)) {
        return words;
    }
    let next = lang.t(
        "码没有绑定手机，可能是别人转来的。请对着证件核对本人。",
        "The code belongs to no telephone and may have been sent on. Check the person against a document.",
    );
    Words { next: next.to_owned(), ..words }
}

fn owned((title, why, next): (&str, &str, &str)) -> Words {
    Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

/// What of the paper cannot be read.
pub(super) fn paper_fault(fault: &PaperFault, lang: Lang) -> &'static str {
    match fault {
        PaperFault::Holder(_) => lang.t("请照纸面填写持证人。", "Enter the holder as it stands on the paper."),
        PaperFault::Number(_) => lang.t("请照纸面填写编号。", "Enter the number as it stands on the paper."),
        PaperFault::Until => lang.t(
            "有效期写成 2029-01-14 这样的日期，或者写“长期”。",
            "The last day is a date such as 2029-01-14, or 长期.",
        ),
    }
}

/// A code was scanned where a purpose is wanted.
pub(super) fn no_purpose(lang: Lang) -> &'static str {
    lang.t("扫到的是一个码。请先写明用证事由，再扫码。", "That was a code. Say what for first, then scan.")
}
