//! What the page says of a printed code of another locality, and of any where there is no network.

use super::views::until;
use crate::{
    config::Site,
    flow::{
        shown::Shown,
        window::{PrintSeen, Seen, Told},
    },
    web::pages::{
        PageState,
        checklist::Row,
        prefs::Lang,
        render::Age,
        time,
        words::{self, Dates, Words},
    },
};
use yinxin_trust::{base::Moment, verify::StandingState};

/// What a printed code says, where one of another locality was brought.
pub(super) fn of(seen: &Seen) -> Option<&PrintSeen> {
    let Some(Told::Print(print)) = &seen.told else { return None };
    Some(print)
}

/// Whether the paper can be held against what was signed, and was not yet.
pub(super) fn is_to_compare(seen: &Seen) -> bool {
    let is_open = matches!(seen.shown, Shown::CodeOfOthers | Shown::PrintDiffers);
    of(seen).is_some_and(|print| is_open && print.signed_at.is_some() && print.told.is_none())
}

/// The words where the code alone does not say them.
pub(super) fn words(seen: &Seen, print: &PrintSeen, lang: Lang) -> Words {
    let shown = seen.shown;
    let plain = |(title, why, next): (&str, &str, &str)| Words {
        title: title.to_owned(),
        why: why.to_owned(),
        next: next.to_owned(),
    };
    match (shown, print.signed_at) {
        (PageState::Valid, _) => plain(match lang {
            Lang::Zh => (
                "证照真实有效",
                "当地登记库刚刚答复：有效。原件这里没有看到。",
                "请核对本人，再看手里的证照和右边写的是否一样。",
            ),
            Lang::En => (
                "Genuine and in force",
                "Its register just answered that it is in force. The original was not seen here.",
                "Check the person, and that the licence in your hand says what stands on the right.",
            ),
        }),
        // by the last day that was signed: nobody was asked
        (PageState::NotInForce(StandingState::Expired), _) if print.told.is_none() => plain(over(lang)),
        (PageState::NotInForce(_), _) => {
            let registered = print.told.as_ref().map(|told| &told.registered);
            let dates = registered.map(|told| Dates { since: Some(told.since), until: Some(told.until) });
            words::of_register_on(shown, dates.unwrap_or_default(), lang)
        }
        (PageState::ValidOffline, Some(signed_at)) => {
            let at = time::of_today(signed_at, seen.at, lang);
            let title = match lang {
                Lang::Zh => format!("签名真实，状态截至 {at}（离线）"),
                Lang::En => format!("Signature genuine, standing as of {at} (offline)"),
            };
            let (_, why, next) = match lang {
                Lang::Zh => (
                    "",
                    "纸面三项和登记机关签的一致。签发之后是否暂扣或吊销，现在问不到。",
                    "请核对本人。可以先办，问得到当地登记库时再复核。",
                ),
                Lang::En => (
                    "",
                    "The paper says what its register signed. What happened since cannot be asked now.",
                    "Check the person. You may go on; check again once that register answers.",
                ),
            };
            Words { title, why: why.to_owned(), next: next.to_owned() }
        }
        (PageState::CodeOfOthers, Some(_)) => plain(match lang {
            Lang::Zh => (
                "码是真的，请对照纸面",
                "当地登记机关签了这个码，但现在问不到当地。纸面有没有改过，要对照才知道。",
                "请照手里的证照，在右边输入持证人、编号和有效期。",
            ),
            Lang::En => (
                "The code is genuine: compare the paper",
                "Its register signed the code, but cannot be asked now. Whether the paper was edited is known once compared.",
                "Enter holder, number and last day on the right as they stand on the licence.",
            ),
        }),
        (other, _) => plain(words::fixed(other, true, lang)),
    }
}

/// A print whose last day is over.
fn over(lang: Lang) -> (&'static str, &'static str, &'static str) {
    let (title, next) = words::ended(StandingState::Expired, lang);
    let why = lang.t(
        "纸面三项和登记机关签的一致，按上面的有效期已经到期。",
        "The paper says what its register signed, and its last day is over.",
    );
    (title, why, next)
}

/// Words for a printed code where there is no network, each with its state and what it is so by (`pages/src/verifier.ts`); `{t}`:
/// until when it is known.
pub(super) fn apart(
    lang: Lang,
) -> impl Iterator<Item = (PageState, &'static str, (&'static str, &'static str, &'static str))> {
    let compare = (
        lang.t("码是真的，请对照纸面", "The code is genuine: compare the paper"),
        lang.t(
            "登记机关签了这个码，现在没有网络，问不到登记库。纸面有没有改过，要对照才知道。",
            "The register signed the code; without a network it cannot be asked. Whether the paper was edited is known once compared.",
        ),
        lang.t(
            "请照手里的证照，在右边输入持证人、编号和有效期。",
            "Enter holder, number and last day on the right as they stand on the licence.",
        ),
    );
    let title = lang.t("签名真实，状态截至 {t}（离线）", "Signature genuine, standing as of {t} (offline)");
    let listed = (
        title,
        lang.t(
            "纸面三项和登记机关签的一致。离线名单里没有它暂扣、吊销或换新的记录，名单更新以后的变化不知道。",
            "The paper says what the register signed, and the offline list has no end of it. What happened since that list is not known.",
        ),
        lang.t(
            "请核对本人，看纸面写的起始日期到了没有。可以先办，联网后会自动复核。",
            "Check the person, and the first day on the paper. You may go on; it is checked again once there is a network.",
        ),
    );
    let signed = (
        title,
        lang.t(
            "纸面三项和登记机关签的一致。这是签发时的状态，此后是否暂扣、吊销或换新，离线查不到。",
            "The paper says what the register signed. That is its standing when it was signed: what happened since is not known here.",
        ),
        lang.t(
            "请核对本人，看纸面写的起始日期到了没有。要紧的事等联网复核后再办。",
            "Check the person, and the first day on the paper. If it matters, wait until it is checked again with a network.",
        ),
    );
    [
        (PageState::TryLater, "compare", compare),
        (PageState::CodeOfOthers, "compare", compare),
        (PageState::ValidOffline, "print", listed),
        (PageState::ValidOffline, "print_signed", signed),
        (PageState::NotInForce(StandingState::Expired), "print", over(lang)),
    ]
    .into_iter()
}

/// Signature, paper, register.
pub(super) fn rows(print: &PrintSeen, shown: PageState, lang: Lang) -> Vec<Row> {
    let what = lang.t("码由当地登记机关签发", "The code is signed by its register").to_owned();
    let signed = if print.signed_at.is_some() { Row::passed(what, lang) } else { Row::not_checked(what, lang) };
    let what = lang.t("纸面和签发时一致", "The paper is as it was issued").to_owned();
    let paper = match (print.is_compared, shown) {
        (true, PageState::PrintDiffers) => Row::out_of_force(words::headline(shown, lang).to_owned(), shown, lang),
        (true, _) => Row::passed(what, lang),
        (false, _) => Row::not_checked(what, lang),
    };
    let register = match shown {
        PageState::Valid => Row::passed(lang.t("登记库答复有效", "In force by its register").to_owned(), lang),
        PageState::NotInForce(_) => Row::out_of_force(words::headline(shown, lang).to_owned(), shown, lang),
        _ => Row::not_checked(lang.t("现在有没有效", "Whether it is in force now").to_owned(), lang),
    };
    vec![signed, paper, register]
}

/// Which licence it is, and who says so.
pub(super) fn about(print: &PrintSeen, lang: Lang) -> Vec<String> {
    let Some(told) = &print.told else { return vec![print.locality.clone()] };
    let (body, until) = (&told.issuing_body, until(told.registered.until, lang));
    vec![
        told.type_name.clone(),
        match lang {
            Lang::Zh => format!("{body}制发，有效期至 {until}"),
            Lang::En => format!("Issued by {body}, valid until {until}"),
        },
    ]
}

/// The fields that its register shows to everybody who has the code.
pub(super) fn facts(print: &PrintSeen, lang: Lang) -> Vec<(String, String)> {
    let Some(told) = &print.told else { return Vec::new() };
    let fields = told.fields.iter().filter(|field| !field.value.trim().is_empty());
    let identifier = (lang.t("证照标识", "Identifier").to_owned(), told.registered.identifier.to_string());
    fields.map(|field| (field.title.clone(), field.value.clone())).chain([identifier]).collect()
}

/// When it was signed, and the age of the register's answer.
pub(super) fn ages(print: &PrintSeen, (site, at): (&Site, Moment), lang: Lang) -> Vec<Age> {
    let age = |what, when| Age::today(what, when, at, lang);
    let standing = lang.t("证照状态", "Standing");
    let answered = print.told.as_ref().map_or_else(
        || Age::missing(standing, lang.t("没有查到", "not told")),
        |told| age(standing, told.registered.as_of).aged(site.is_old(told.registered.as_of, at)),
    );
    let signed = print.signed_at.map(|at| age(lang.t("码签发于", "The code was signed"), at));
    signed.into_iter().chain([answered]).collect()
}
