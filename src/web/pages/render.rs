//! From facts to HTML. Everything is escaped by the template engine.

use super::{
    assets,
    checklist::{self, Row, Section},
    copies,
    looking::{self, Asked},
    mark::Mark,
    pictures::{self, Pictures, Sheet},
    prefs::{Lang, Prefs},
    printed::page_of,
    stamps::{self, Certificate, Field, Stamp},
    state::PageState,
    time,
    words::{self, Words},
};
use crate::{
    config::Site,
    flow::{
        shown::{self, StatedUse, is_of_form},
        view::DrawnPages,
    },
    web::asker::Registers,
};
use askama::Template;
use yinxin_trust::{
    base::Moment,
    verify::{CoverageState, DisclosureFacts, DocumentKind, Report, StandingState, TrustMode},
};

/// How many stamps stand open on a page; the rest is folded.
const STAMPS_OPEN: usize = 4;
/// How many unprotected files are named before the rest is folded.
const UNCOVERED_OPEN: usize = 8;
/// Longest file name shown, in characters.
const NAME_SHOWN: usize = 80;

/// What every page has around its content.
pub(super) struct Shell<'a> {
    pub(super) lang: Lang,
    pub(super) site: &'a Site,
    pub(super) title: String,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    /// Where the page goes on to by itself.
    pub(super) onward: Option<String>,
}

impl<'a> Shell<'a> {
    pub(super) fn new(lang: Lang, title: impl Into<String>, site: &'a Site) -> Self {
        let (style, script, icon) = (assets::style(), assets::script(), assets::icon());
        Self { lang, site, title: title.into(), style, script, icon, onward: None }
    }
}

/// What the first page tells about this service.
#[derive(Clone, Debug, PartialEq)]
pub struct StartView<'a> {
    /// How the visitor wants the page.
    pub prefs: Prefs,
    /// Longest upload taken, in octets.
    pub limit_bytes: u64,
    /// How many anchors are configured here.
    pub anchors: usize,
    /// Who is asked how a licence stands.
    pub registers: Registers,
    /// What was looked up in vain; none where nothing can be looked up.
    pub asked: Option<Asked>,
    /// Who runs this site.
    pub site: &'a Site,
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    limit_bytes: u64,
    limit: String,
    anchors: usize,
    registers: Registers,
    asked: Option<&'a Asked>,
    /// Why it was in vain.
    fault: Option<(&'static str, &'static str)>,
    /// Registers elsewhere that are asked.
    others: Option<String>,
    look: String,
    scanner: String,
}

/// Who is asked about licences that are not of this installation.
fn others(registers: Registers, lang: Lang) -> Option<String> {
    match (registers.localities, registers.elsewhere, lang) {
        (0, false, _) => None,
        (0, true, _) => Some(lang.t("外部登记库", "A register elsewhere").to_owned()),
        (n, _, Lang::Zh) => Some(format!("{n} 个外地登记库")),
        (n, _, Lang::En) => Some(format!("{n} registers of other localities")),
    }
}

/// The page on which a file is chosen.
///
/// # Errors
/// When the template cannot be written, which means that memory ran out.
pub fn render_start(view: &StartView<'_>) -> Result<String, askama::Error> {
    let lang = view.prefs.lang;
    StartPage {
        shell: Shell::new(lang, lang.t("核验一份电子证照", "Verify an electronic licence"), view.site),
        lang,
        prefs: view.prefs,
        live: false,
        limit_bytes: view.limit_bytes,
        limit: size(view.limit_bytes),
        anchors: view.anchors,
        registers: view.registers,
        asked: view.asked.as_ref(),
        fault: view.asked.as_ref().and_then(|asked| asked.fault(lang)),
        others: others(view.registers, lang),
        look: view.prefs.at(looking::PATH),
        scanner: assets::scanner_script(),
    }
    .render()
}

/// A report and how its page is wanted.
#[derive(Clone, Copy, Debug)]
pub struct ResultView<'a> {
    /// The facts.
    pub report: &'a Report,
    /// What the upload was called, if it had a name.
    pub file_name: Option<&'a str>,
    /// What the visitor said that it is used for.
    pub of_use: Option<&'a StatedUse>,
    /// Its pages, where they were drawn.
    pub pages: Option<&'a DrawnPages>,
    /// The identifier of the licence that took the place of this one, where this register knows it.
    pub newer: Option<&'a str>,
    /// How the visitor wants the page.
    pub prefs: Prefs,
    /// Who runs this site.
    pub site: &'a Site,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage<'a> {
    shell: Shell<'a>,
    prefs: Prefs,
    live: bool,
    /// Both languages: a result exists once, so its switch must not lead to another request.
    pages: [Wording; 2],
    /// The pages of the document, which stand once for both.
    sheets: Vec<Sheet>,
}

/// The result in one language.
struct Wording {
    lang: Lang,
    prefs: Prefs,
    state: PageState,
    tone: &'static str,
    mark: Mark,
    words: Words,
    /// The page of the licence that took the place of this one.
    newer: Option<String>,
    rows: Vec<Row>,
    stamps: Vec<Stamp>,
    more_stamps: Vec<Stamp>,
    hidden: bool,
    file: Vec<Field>,
    /// Whether somebody who says what it is used for is told more.
    asks_use: bool,
    uncovered: Vec<String>,
    more_uncovered: Vec<String>,
    nonstandard: Vec<String>,
    warnings: Vec<String>,
    ages: Vec<Age>,
    sections: Vec<Section>,
    certificates: Vec<Certificate>,
    codes: Vec<Field>,
    pictures: Option<Pictures>,
}

/// What evidence is how old.
pub(super) struct Age {
    pub(super) mark: Mark,
    pub(super) what: &'static str,
    pub(super) when: String,
    pub(super) missing: bool,
    /// 偏旧.
    pub(super) old: bool,
}

impl Age {
    pub(super) fn at(what: &'static str, moment: Moment, lang: Lang) -> Self {
        Self { mark: Mark::icon("i-clock"), what, when: time::instant(moment, lang), missing: false, old: false }
    }

    /// Of the day of `now` the hour alone.
    pub(super) fn today(what: &'static str, moment: Moment, now: Moment, lang: Lang) -> Self {
        Self { when: time::of_today(moment, now, lang), ..Self::at(what, moment, lang) }
    }

    pub(super) fn missing(what: &'static str, why: &str) -> Self {
        Self { mark: Mark::icon("i-off"), what, when: why.to_owned(), missing: true, old: false }
    }

    pub(super) fn aged(self, old: bool) -> Self {
        Self { old, ..self }
    }
}

/// The page of a report.
///
/// # Errors
/// As [`render_start`].
pub fn render_result(view: ResultView<'_>) -> Result<String, askama::Error> {
    let lang = view.prefs.lang;
    let pages = [wording(view, lang), wording(view, lang.other())];
    let title = pages.first().map(|p| p.words.title.clone()).unwrap_or_default();
    let is_shown = pages.iter().any(|page| page.pictures.is_some());
    let drawn = view.pages.filter(|_| is_shown);
    let sheets = drawn.map(|drawn| pictures::sheets(drawn, 0)).unwrap_or_default();
    ResultPage { shell: Shell::new(lang, title, view.site), prefs: view.prefs, live: true, pages, sheets }.render()
}

fn wording(view: ResultView<'_>, lang: Lang) -> Wording {
    let ResultView { report, file_name, of_use, pages, newer, prefs, .. } = view;
    let (state, refusal) = shown::for_stated(report, of_use);
    let tone = state.family().tone();
    let mut stamps = stamps::stamps(report, state, lang);
    let more_stamps = stamps.split_off(stamps.len().min(STAMPS_OPEN));
    let mut uncovered = match &report.coverage {
        // Where no stamp holds, nothing is protected: a list of everything would only hide the cause.
        Some(c) if c.state == CoverageState::Partial && names_uncovered(state) => c.uncovered.clone(),
        _ => Vec::new(),
    };
    let more_uncovered = uncovered.split_off(uncovered.len().min(UNCOVERED_OPEN));
    let (nonstandard, warnings) = warnings(report, lang);
    let hidden = state.refuses_file() && !report.signatures.is_empty();
    Wording {
        lang,
        prefs: Prefs { lang, ..prefs },
        state,
        tone,
        mark: Mark::large(state.icon()),
        words: words::of_use(state, report, refusal, lang),
        newer: newer.map(|newer| page_of(newer, Prefs { lang, ..prefs })),
        rows: checklist::rows(report, state, lang),
        stamps,
        more_stamps,
        hidden,
        file: file(report, file_name, state, of_use, lang),
        asks_use: copies::is_for_a_use(state, report),
        uncovered,
        more_uncovered,
        nonstandard,
        warnings,
        ages: ages(report, state, view.site, lang),
        sections: checklist::sections(report, state, lang),
        certificates: stamps::certificates(report, lang),
        codes: codes(report, lang),
        pictures: pages.filter(|_| !hidden).and_then(|pages| Pictures::of(pages, 0, lang)),
    }
}

fn names_uncovered(state: PageState) -> bool {
    state == PageState::LicencePartlyCovered || !(state.refuses_file() || state == PageState::Unsigned)
}

impl Wording {
    /// Whether the stamps stand before the checklist: where there is nothing to warn of.
    fn stamps_first(&self) -> bool {
        self.state.vouched() && !self.stamps.is_empty()
    }

    fn nonstandard_words(&self) -> (&'static str, &'static str) {
        words::nonstandard(self.lang)
    }

    fn stamps_heading(&self) -> &'static str {
        match self.state {
            PageState::GenuineSeal => self.lang.t("这枚印章", "This seal"),
            PageState::GenuineValue => self.lang.t("谁签的名", "Who signed it"),
            _ if self.stamps.iter().all(|stamp| stamp.is_person) => self.lang.t("谁签的名", "Who signed it"),
            _ => self.lang.t("谁盖的章", "Who stamped it"),
        }
    }
}

/// Departures of form, and everything else unusual; each sentence once.
pub(super) fn warnings(report: &Report, lang: Lang) -> (Vec<String>, Vec<String>) {
    let (mut form, mut other): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for warning in &report.warnings {
        let list = if is_of_form(warning) { &mut form } else { &mut other };
        let text = lang.of(&warning.sentence).to_owned();
        if !list.contains(&text) {
            list.push(text);
        }
    }
    (form, other)
}

fn file(report: &Report, name: Option<&str>, state: PageState, of_use: Option<&StatedUse>, lang: Lang) -> Vec<Field> {
    let kind = match report.document.kind {
        DocumentKind::Ofd if report.document.licence && state.vouched() => lang.t("OFD 电子证照", "OFD licence"),
        DocumentKind::Ofd => lang.t("OFD 文件", "OFD document"),
        DocumentKind::Seal => lang.t("电子印章数据", "Electronic seal"),
        DocumentKind::SignatureValue => lang.t("签章数据", "Signature value"),
        DocumentKind::Disclosure => lang.t("证照出示文件", "Chosen fields of a licence"),
    };
    let mut fields = Vec::new();
    if let Some(name) = name.map(short_name).filter(|n| !n.is_empty()) {
        fields.push(Field::new(lang.t("文件名", "File name"), name));
    }
    if let Some(title) = report.document.title.as_ref().filter(|t| state.vouched() && !t.trim().is_empty()) {
        fields.push(Field::new(lang.t("标题", "Title"), title.clone()));
    }
    if let Some(disclosure) = report.disclosure.as_ref().filter(|_| state.vouched()) {
        fields.extend(disclosed(disclosure, lang).into_iter().map(|(name, value)| Field::new(name, value)));
    } else if let Some(licence) = report.licence.as_ref().filter(|_| state.vouched()) {
        let period = licence.valid_until.map(|until| match licence.valid_from {
            Some(from) => format!("{from} – {until}"),
            None => until.to_string(),
        });
        for (name, value) in [
            (lang.t("证照类型", "Licence"), licence.type_name.clone()),
            (lang.t("证照编号", "Number"), licence.number.clone()),
            (lang.t("持证主体", "Holder"), licence.holder.clone()),
            (lang.t("颁发机构", "Issued by"), licence.issuing_body.clone()),
            (lang.t("有效期", "Valid"), period),
        ] {
            fields.extend(value.map(|value| Field::new(name, value)));
        }
        let of_copy = licence.copy.iter().flat_map(|copy| copies::facts(copy, lang));
        fields.extend(of_copy.map(|(name, value)| Field::new(name, value)));
        // what it was held against, beside what it states
        if let Some(of_use) = of_use.filter(|_| licence.copy.is_some()) {
            fields.push(Field::new(lang.t("您填的用途", "Your purpose"), of_use.purpose.clone()));
            let user = of_use.used_by.clone();
            fields.extend(user.map(|user| Field::new(lang.t("您填的使用单位", "You are"), user)));
        }
    }
    let pages = report.document.pages.filter(|_| !state.refuses_file()).map(|n| match (n, lang) {
        (_, Lang::Zh) => format!(" · {n}\u{a0}页"),
        (1, Lang::En) => " · 1\u{a0}page".to_owned(),
        (_, Lang::En) => format!(" · {n}\u{a0}pages"),
    });
    let facts = format!("{kind} · {}{}", size(report.document.bytes), pages.unwrap_or_default());
    fields.push(Field::new(lang.t("文件", "File"), facts));
    fields
}

/// The fields that are proven, and that there are others.
pub(super) fn disclosed(disclosure: &DisclosureFacts, lang: Lang) -> Vec<(String, String)> {
    let mut facts: Vec<_> = disclosure.fields.iter().map(|one| (one.title.clone(), one.value.clone())).collect();
    if disclosure.withheld > 0 {
        let rest = match (disclosure.withheld, lang) {
            (n, Lang::Zh) => format!("还有 {n} 项，没有核对"),
            (1, Lang::En) => "1 more field, not checked".to_owned(),
            (n, Lang::En) => format!("{n} more fields, not checked"),
        };
        facts.push((lang.t("没有出示", "Not shown").to_owned(), rest));
    }
    facts
}

/// The last part of a name, without control characters, of bounded length.
fn short_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean: String = last.chars().filter(|c| !c.is_control() && !is_direction(*c)).collect();
    if clean.chars().count() > NAME_SHOWN {
        clean = clean.chars().take(NAME_SHOWN - 1).chain(['…']).collect();
    }
    clean
}

/// Marks that turn the direction of what follows: a name could hide its ending behind one.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(super) fn ages(report: &Report, state: PageState, site: &Site, lang: Lang) -> Vec<Age> {
    ages_in(report, state, site, |what, moment| Age::at(what, moment, lang), lang)
}

/// The same, written for somebody who looks at once: of the day of the check the hour alone.
pub(super) fn ages_now(report: &Report, state: PageState, site: &Site, lang: Lang) -> Vec<Age> {
    ages_in(report, state, site, |what, moment| Age::today(what, moment, report.checked_at, lang), lang)
}

/// What of the evidence is how old. Old is what is older than the site has configured, or past its own next update.
fn ages_in(
    report: &Report,
    state: PageState,
    site: &Site,
    at: impl Fn(&'static str, Moment) -> Age,
    lang: Lang,
) -> Vec<Age> {
    let is_old = |moment| site.is_old(moment, report.checked_at);
    let list = lang.t("互认名单", "Trust list");
    let mut ages = vec![at(lang.t("核验于", "Checked"), report.checked_at)];
    ages.push(match report.trust.mode {
        TrustMode::Anchors => {
            let when = format!("{} {}", report.trust.anchors, lang.t("个机构", "authorities"));
            let lists = &report.trust.lists;
            let old = lists.iter().any(|list| list.outdated || is_old(list.issued));
            Age { mark: Mark::icon("i-list"), what: list, when, missing: false, old }
        }
        TrustMode::NotConfigured => Age::missing(list, lang.t("没有配置", "not configured")),
        TrustMode::None => Age::missing(list, lang.t("没有查", "not checked")),
    });
    if report.trust.mode == TrustMode::Anchors {
        let what = lang.t("撤销名单", "Revocation lists");
        let in_grace = report.warnings.iter().any(|warning| warning.code == "revocation.in_grace");
        ages.push(match report.trust.revocation_as_of {
            Some(moment) => at(what, moment).aged(in_grace || is_old(moment)),
            None => Age::missing(what, lang.t("没有查到", "none")),
        });
    }
    if report.document.licence && state.vouched() {
        let what = lang.t("证照状态", "Standing");
        ages.push(match report.standing.as_of {
            Some(moment) if report.standing.state != StandingState::Unknown => at(what, moment).aged(is_old(moment)),
            _ => Age::missing(what, lang.t("没有查", "not checked")),
        });
    }
    ages
}

/// The stable codes, for whoever has to report or program.
fn codes(report: &Report, lang: Lang) -> Vec<Field> {
    // The names of the JSON form: one source for both.
    let name = |value: serde_json::Result<String>| value.unwrap_or_default().trim_matches('"').to_owned();
    let mut fields = vec![Field::new("verdict", name(serde_json::to_string(&report.verdict)))];
    if let Some(reason) = report.reason {
        fields.push(Field::new("reason", reason.as_str()));
    }
    fields.push(Field::new("indication", name(serde_json::to_string(&report.indication))));
    if let Some(sub) = report.subindication {
        fields.push(Field::new("subindication", name(serde_json::to_string(&sub))));
    }
    fields.push(Field::new("standing", name(serde_json::to_string(&report.standing.state))));
    fields
        .push(Field::new(lang.t("核验时间（北京时间）", "checked at (Beijing time)"), time::exact(report.checked_at)));
    fields.push(Field::new(lang.t("字节数", "bytes"), report.document.bytes.to_string()));
    if let Some(digest) = &report.trust.digest {
        fields.push(Field::new(lang.t("互认名单摘要", "trust list digest"), digest.clone()));
    }
    if let Some(file) = &report.trust.algorithms {
        let what = lang.t("认可的算法", "algorithms that count");
        fields.push(Field::new(what, format!("{} sm3 {}", file.dated, file.sm3)));
    }
    fields
}

/// `412 KB`, `1.5 MB`: in powers of 1024, as file managers count.
pub(super) fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    const MIB: u64 = 1024 * KIB;
    if bytes < KIB {
        format!("{bytes} B")
    } else if bytes < MIB {
        format!("{} KB", bytes.div_ceil(KIB))
    } else {
        let tenths = bytes.saturating_mul(10) / MIB;
        if tenths.is_multiple_of(10) {
            format!("{} MB", tenths / 10)
        } else {
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests;
