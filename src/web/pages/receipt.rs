//! What the page of public verification answers to a receipt (核验凭证): whether it is
//! genuine, and what it says. Of one that is not, nothing is shown as said.

use super::{
    mark::Mark,
    prefs::{Lang, Prefs},
    render::Shell,
    state::Family,
    time,
};
use crate::{
    config::Site,
    flow::receipts::{self, Page, Vouched, Vouchers, standing_words, verdict_words},
    web::{AppState, Problem, Upload},
};
use askama::Template;
use std::sync::Arc;
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Sentence,
    receipt::{Brought, Receipt, ReceiptFault},
};

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    tone: &'static str,
    mark: Mark,
    title: &'static str,
    why: String,
    next: &'static str,
    facts: Vec<(&'static str, String)>,
}

/// What became of a file that looks like a receipt.
pub(super) type Checked = Result<(receipts::Brought, Vouched), ReceiptFault>;

impl AppState {
    /// Checks a receipt, and who vouches for its key.
    ///
    /// # Errors
    /// What the register says; a receipt that does not hold is an answer.
    pub(super) async fn check_receipt(&self, upload: Upload) -> Result<Checked, Problem> {
        let Upload { octets, seat, .. } = upload;
        let office = self.office().ok().cloned();
        let job = move || {
            let fonts = match office.as_ref().and_then(|office| office.issuer.as_ref()) {
                Some(issuer) => issuer.fonts(),
                None => Arc::new(Fonts::shipped()),
            };
            let brought = match receipts::open(&octets, &fonts) {
                Ok(brought) => brought,
                Err(fault) => return Ok(Err(fault)),
            };
            let Some(office) = office else { return Ok(Err(ReceiptFault::OtherKey)) };
            let vouchers = Vouchers::default().lists(&office.store)?;
            let vouchers = match &office.issuer {
                Some(issuer) => vouchers.own(issuer)?,
                None => vouchers,
            };
            let now = office.clock.now().map_err(|error| Problem::broken(&error))?;
            Ok(vouchers.vouch(&brought.signed, now).map(|vouched| (brought, vouched)))
        };
        self.verify_lane().run(seat, job).await.map_err(|e| Problem::broken(&e))?
    }
}

pub(super) fn render(checked: &Checked, prefs: Prefs, site: &Site) -> Result<String, askama::Error> {
    let lang = prefs.lang;
    let (family, mark, title, why, next) = match checked {
        Ok((brought, vouched)) => (
            Family::Info,
            "m-stamped",
            lang.t("核验凭证是真的", "The receipt is genuine"),
            format!("{}{}", pick(&vouched.sentence(), lang), of_page(brought.page, lang)),
            lang.t("核对文件和事由是不是这一件。", "See that it is of this document and for this purpose."),
        ),
        Err(ReceiptFault::WrongSignature) => (
            Family::Refuse,
            "m-tampered",
            lang.t("核验凭证被改动过，不能采信", "The receipt was altered"),
            lang.t("签名和内容对不上。", "Its signature does not fit what it says.").to_owned(),
            lang.t("请向出具单位要原来的文件。", "Ask whoever made it for the original file."),
        ),
        Err(ReceiptFault::OtherKey) => (
            Family::Neutral,
            "m-untrusted",
            lang.t("这里不认得出具凭证的单位", "Nobody here vouches for who made the receipt"),
            lang.t(
                "签名和内容对得上，但签名的密钥不在这里的信任列表里。",
                "Its signature fits, but the key is on no trust list here.",
            )
            .to_owned(),
            lang.t("请向出具单位核实。", "Ask whoever made it."),
        ),
        Err(_) => (
            Family::Neutral,
            "m-notours",
            lang.t("这份核验凭证读不了", "This receipt cannot be read"),
            lang.t("格式不对，或者是更新的版本。", "It has another form, or is of a later version.").to_owned(),
            lang.t("请向出具单位要原来的文件。", "Ask whoever made it for the original file."),
        ),
    };
    ReceiptPage {
        shell: Shell::new(lang, title, site),
        lang,
        prefs,
        live: false,
        tone: family.tone(),
        mark: Mark::large(mark),
        title,
        why,
        next,
        facts: checked.as_ref().map(|(brought, _)| facts(brought.signed.receipt(), lang)).unwrap_or_default(),
    }
    .render()
}

fn facts(receipt: &Receipt, lang: Lang) -> Vec<(&'static str, String)> {
    let brought = match receipt.brought {
        Brought::File => lang.t("文件本身", "the file itself"),
        Brought::Code => {
            lang.t("证照上的码；核验的是登记的原件", "the printed code; the registered original was verified")
        }
        Brought::Presentation => {
            lang.t("亮证码；核验的是登记的原件", "a code that the holder showed; the registered original was verified")
        }
        Brought::OfflineCode => {
            lang.t("离线码；核验的是登记的原件", "an offline code; the registered original was verified")
        }
        Brought::Identifier => {
            lang.t("证照标识；核验的是登记的原件", "the identifier; the registered original was verified")
        }
        Brought::Number => {
            lang.t("编号和持证人；核验的是登记的原件", "number and holder; the registered original was verified")
        }
    };
    let standing = &receipt.standing;
    let as_of = standing.as_of.map(|at| format!(" · {}", time::instant(at, lang))).unwrap_or_default();
    let source = standing.source.as_ref().map(|name| format!(" · {name}")).unwrap_or_default();
    let mut facts = vec![
        (lang.t("编号", "Number"), receipt.number.clone()),
        (lang.t("核验时刻", "Verified"), time::instant(receipt.judged_at, lang)),
        (lang.t("真伪", "Authenticity"), pick(&verdict_words(receipt.verdict), lang)),
        (lang.t("证照状态", "Standing"), format!("{}{as_of}{source}", pick(&standing_words(standing.state), lang))),
        (lang.t("用证事由", "Purpose"), receipt.purpose.clone()),
        (lang.t("核验单位", "By"), receipt.asked_by.body.clone()),
    ];
    facts.extend(receipt.window.as_ref().map(|window| (lang.t("核验窗口", "Window"), window.name.clone())));
    facts.extend([
        (lang.t("出示的是", "Brought"), brought.to_owned()),
        (lang.t("文件 SM3", "Document SM3"), receipt.document.sm3.clone()),
    ]);
    facts
}

/// What is to be said of a page beside its signed file.
fn of_page(page: Page, lang: Lang) -> &'static str {
    match page {
        Page::None => "",
        Page::Same => lang.t("页面和签名文件一致。", " The page is that of the signed file."),
        Page::Another => lang.t(
            "页面和签名文件是否一致没有核对，以下面写的为准。",
            " Whether the page says the same was not established; what stands below counts.",
        ),
    }
}

fn pick(sentence: &Sentence, lang: Lang) -> String {
    lang.of(sentence).to_owned()
}
