//! Words of the window that no other page has: for a licence that was brought by its
//! code or its number, the sheet itself nobody has seen.

use crate::{
    flow::window::{Brought, Seen},
    web::pages::{
        PageState,
        prefs::Lang,
        words::{self, Words},
    },
};

/// The words of a verdict.
pub(super) fn of(seen: &Seen, lang: Lang) -> Words {
    match (&seen.brought, &seen.report) {
        (Brought::File(_), Some(report)) => words::words(seen.shown, report, lang),
        (_, Some(report)) => match seen.shown {
            PageState::Valid => in_force(&seen.brought, lang),
            PageState::NotInForce(_) => owned(words::of_register(seen.shown, lang)),
            other => words::words(other, report, lang),
        },
        (_, None) => owned(words::fixed(seen.shown, true, lang)),
    }
}

/// In force by the register, and the document that it keeps verifies.
fn in_force(brought: &Brought, lang: Lang) -> Words {
    let next = match brought {
        Brought::Code => lang.t(
            "请核对本人，再看手里的证照和右边写的是否一样。",
            "Check the person, and that the licence in your hand says what stands on the right.",
        ),
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

fn owned((title, why, next): (&str, &str, &str)) -> Words {
    Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() }
}

/// A code was scanned where a purpose is wanted.
pub(super) fn no_purpose(lang: Lang) -> &'static str {
    lang.t("扫到的是一个码。请先写明用证事由，再扫码。", "That was a code. Say what for first, then scan.")
}
