//! From what came of it to HTML. A verdict exists once, so its page has both
//! languages, and the switches work in place as on the page of public verification.

use super::{
    Desk, Done, FILES, FRAMES, HOME, RECEIPT, REPORT, Scanned,
    about::about,
    apart::manifest_address,
    at_purpose, grouped,
    here::{self, HereRow},
    offline, print, resolved,
    waiting::{self, Preparing, Queue},
    words,
};
use crate::{
    config::Site,
    flow::{
        access::Purpose,
        window::{Brought, Here, OfflineSeen, OwnLicence, Seen, Told},
    },
    web::{
        Problem,
        api::receipts,
        pages::{
            PageState,
            agents::AgentView,
            assets,
            checklist::{self, Row},
            lean::lean,
            mark::Mark,
            office::LICENCE,
            pictures::{self, Pictures, Sheet},
            prefs::{Lang, Prefs},
            render::{self, Age, Shell},
            text::Flowing,
            visit::Visit,
            words::{self as state_words, Words},
        },
        upload::FILES as MOST_FILES,
    },
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use yinxin_trust::{
    disclosure::MEDIA_TYPE,
    licence::{Expiry, catalogue::Mask},
    verify::Report,
};

type Html = Result<String, askama::Error>;

/// Longer verdicts are set smaller, in characters: six fill the line.
const LONG: usize = 6;
/// The same in English, whose letters are narrower.
const LONG_EN: usize = 20;
/// Characters of a line of the middle size.
const LINE: usize = 10;
/// Most rows of the checklist that have a place.
const ROWS: usize = 8;
/// Departures of form that have a line of their own.
const FORM: usize = 2;

#[derive(Template)]
#[template(path = "window-purpose.html")]
struct PurposePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    live: bool,
    purpose: Option<&'a str>,
    error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "window-idle.html")]
struct IdlePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    live: bool,
    purpose: Option<&'a str>,
    look: String,
    files: String,
    frames: &'static str,
    manifest: &'static str,
    preparing: Preparing,
    queue: Queue,
    here: Vec<HereRow>,
    most_files: usize,
    reported: Option<String>,
    /// Whether the body of who reported looks at it, and not the one that issued the licence.
    is_own_queue: bool,
    receipt: Option<ReceiptMade>,
}

/// A receipt that was just made.
struct ReceiptMade {
    number: String,
    json: String,
}

#[derive(Template)]
#[template(path = "window-result.html")]
struct ResultPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    live: bool,
    purpose: Option<&'a str>,
    pages: [Wording; 2],
    /// The pages of the files, which stand once for both languages.
    sheets: Vec<Sheet>,
}

/// Everything in one language.
pub(super) struct Wording {
    lang: Lang,
    look: String,
    next: String,
    verdicts: Vec<Verdict>,
    lines: Vec<Line>,
}

impl Wording {
    fn nonstandard_words(&self) -> (&'static str, &'static str) {
        state_words::nonstandard(self.lang)
    }
}

/// One verdict, as large as half the screen, and what stands beside it.
pub(super) struct Verdict {
    id: String,
    is_first: bool,
    tone: &'static str,
    mark: Mark,
    size: &'static str,
    words: Words,
    /// The headline with its day.
    whole_title: String,
    /// The day in brackets at the end of the headline, set smaller.
    day: Option<String>,
    /// Shown as large as it was scanned.
    host: Option<String>,
    /// The file that it is about.
    file: Option<String>,
    /// What licence it is; nothing of a document that does not hold.
    about: Vec<String>,
    /// Whether that leaves open why.
    says_why: bool,
    /// In what a file is not of the form that its standard says.
    form: Vec<String>,
    rows: Vec<Row>,
    ages: Vec<Age>,
    holder: Option<(String, Option<String>)>,
    /// Where the holder's photograph stands.
    portrait: Option<String>,
    facts: Vec<(String, String)>,
    /// Who shows it in the holder's place, or may not.
    agent: Option<AgentView>,
    is_withheld: bool,
    /// The pages of a file.
    pictures: Option<Pictures>,
    incident: String,
    compare: Option<CompareForm>,
    /// The identifier of the licence that took the place of this one.
    newer: Option<String>,
    /// The holder whom a platform named, to be looked up with a number.
    look_up: Option<String>,
    receipt: Option<ReceiptForm>,
    report: Option<ReportForm>,
    /// Whether reporting is what to do next.
    reports_first: bool,
    /// A check that no register answered, which the browser keeps.
    keep: Option<waiting::Keep>,
    /// The text that is scanned again where it was our side that could not answer.
    again: Option<String>,
    whole: Option<String>,
    /// The file that proves the fields that a holder showed, as an address of its own octets.
    disclosure: Option<String>,
}

/// What is read off the paper, to be held against what was signed.
struct CompareForm {
    scanned: String,
    error: Option<&'static str>,
}

/// What the button of the receipt sends.
struct ReceiptForm {
    action: String,
    incident: String,
}

/// What the button of reporting sends.
struct ReportForm {
    action: String,
    incident: String,
    shown: &'static str,
    subject: String,
}

/// One of several verdicts in a line.
struct Line {
    id: String,
    name: String,
    title: String,
    tone: &'static str,
    mark: Mark,
}

fn shell<'a>(lang: Lang, title: impl Into<String>, site: &'a Site) -> Shell<'a> {
    Shell { script: assets::window_script(), ..Shell::new(lang, title, site) }
}

pub(super) fn purpose(visit: &Visit, site: &Site, error: Option<&'static str>) -> Html {
    let lang = visit.lang;
    let shell = shell(lang, lang.t("窗口核验", "At the window"), site);
    PurposePage { shell, v: visit, lang, live: false, purpose: None, error }.render()
}

pub(super) fn idle(desk: &Desk, site: &Site, goes_by: &Here, done: &Done) -> Html {
    let lang = desk.visit.lang;
    IdlePage {
        shell: shell(lang, lang.t("请扫码", "Scan a code"), site),
        v: &desk.visit,
        lang,
        live: false,
        purpose: Some(desk.purpose.as_str()),
        look: desk.to(HOME),
        files: desk.to(FILES),
        frames: FRAMES,
        manifest: manifest_address(),
        preparing: Preparing::of(desk),
        queue: Queue::of(lang),
        here: here::rows(goes_by, site, lang),
        most_files: MOST_FILES,
        reported: done.reported.as_deref().map(grouped),
        is_own_queue: done.is_own_queue,
        receipt: done
            .receipt
            .as_deref()
            .map(|number| ReceiptMade { number: grouped(number), json: receipts::ONE.replace("{number}", number) }),
    }
    .render()
}

pub(super) fn result(desk: &Desk, site: &Site, seen: &[Seen], scanned: Option<&Scanned>) -> Html {
    let wording = |lang: Lang| {
        let desk = in_lang(desk, lang);
        let verdicts: Vec<_> =
            seen.iter().enumerate().map(|(n, one)| verdict(&desk, site, (n, one), scanned)).collect();
        wording(&desk, verdicts)
    };
    let of_one = |(n, one): (usize, &Seen)| {
        let portrait = portrait(one).map(|octets| pictures::portrait(octets, n));
        let pages = one.pages.as_ref().map(|pages| pictures::sheets(pages, n));
        portrait.into_iter().chain(pages.into_iter().flatten()).collect::<Vec<_>>()
    };
    whole_page(desk, site, wording, seen.iter().enumerate().flat_map(of_one).collect())
}

/// Our side cannot answer: neither red nor a word about what was brought.
pub(super) fn cannot_check(desk: &Desk, site: &Site, problem: &Problem, scanned: Option<&str>) -> Html {
    let wording = |lang: Lang| {
        let desk = in_lang(desk, lang);
        let (title, why, next) = state_words::unavailable(lang);
        let words = Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() };
        let mut empty = blank(0, PageState::TryLater, words, lang);
        empty.incident = problem.incident().map(grouped).unwrap_or_default();
        empty.report = problem.incident().map(|incident| ReportForm {
            action: desk.to(REPORT),
            incident: incident.to_owned(),
            shown: PageState::TryLater.code(),
            subject: String::new(),
        });
        empty.again = scanned.map(str::to_owned);
        wording(&desk, vec![empty])
    };
    whole_page(desk, site, wording, Vec::new())
}

pub(super) fn whole_page(desk: &Desk, site: &Site, wording: impl Fn(Lang) -> Wording, sheets: Vec<Sheet>) -> Html {
    let lang = desk.visit.lang;
    let pages = [wording(lang), wording(lang.other())];
    let title = pages.first().and_then(|page| page.verdicts.first()).map(|one| one.whole_title.clone());
    ResultPage {
        shell: shell(lang, title.unwrap_or_default(), site),
        v: &desk.visit,
        live: true,
        purpose: Some(desk.purpose.as_str()),
        pages,
        sheets,
    }
    .render()
    .map(|page| lean(&page))
}

pub(super) fn in_lang(desk: &Desk, lang: Lang) -> Desk {
    let prefs = Prefs { lang, ..desk.visit.prefs };
    Desk { visit: Visit { lang, prefs, ..desk.visit.clone() }, purpose: desk.purpose.clone() }
}

pub(super) fn wording(desk: &Desk, verdicts: Vec<Verdict>) -> Wording {
    let line = |one: &Verdict| Line {
        id: one.id.clone(),
        name: one.file.clone().or_else(|| one.about.first().cloned()).unwrap_or_default(),
        title: one.whole_title.clone(),
        tone: one.tone,
        mark: one.mark.in_row(),
    };
    let lines = if verdicts.len() > 1 { verdicts.iter().map(line).collect() } else { Vec::new() };
    Wording { lang: desk.visit.lang, look: desk.to(HOME), next: desk.to(HOME), verdicts, lines }
}

/// Whether a verdict is set smaller.
pub(super) fn is_long(title: &str, lang: Lang) -> bool {
    title.chars().count() > if lang == Lang::Zh { LONG } else { LONG_EN }
}

/// How a headline is set: of a few characters as large as the design has it, of two lines smaller, of more the smallest.
/// The middle size breaks at a comma where each part has a line, and evenly where none does.
fn size(title: &str, lang: Lang) -> &'static str {
    let parts_fit = || title.split_inclusive('，').all(|part| part.chars().count() <= LINE);
    match title.chars().count() {
        _ if !is_long(title, lang) => "",
        count if count <= 2 * LINE && lang == Lang::Zh && parts_fit() => " win__verdict--mid",
        count if count <= 2 * LINE && lang == Lang::Zh && !title.contains('，') => {
            " win__verdict--mid win__verdict--even"
        }
        _ => " win__verdict--long",
    }
}

/// The headline of a licence that is not in force, without the day in brackets behind it, and that.
fn without_day(state: PageState, title: &str) -> (String, Option<String>) {
    let cut = title.find(['（', '(']).filter(|_| matches!(state, PageState::NotInForce(_)));
    match cut.and_then(|cut| title.split_at_checked(cut)) {
        Some((title, day)) => (title.trim_end().to_owned(), Some(day.to_owned())),
        None => (title.to_owned(), None),
    }
}

/// A verdict with its words and nothing else yet.
pub(super) fn blank(n: usize, state: PageState, words: Words, lang: Lang) -> Verdict {
    let whole_title = words.title.clone();
    let (title, day) = without_day(state, &words.title);
    Verdict {
        id: format!("v{n}-{}", lang.tag()),
        is_first: n == 0,
        tone: state.family().tone(),
        mark: Mark::large(state.icon()),
        size: size(&title, lang),
        words: Words { title, ..words },
        whole_title,
        day,
        form: Vec::new(),
        newer: None,
        host: None,
        file: None,
        about: Vec::new(),
        says_why: true,
        rows: Vec::new(),
        ages: Vec::new(),
        holder: None,
        portrait: None,
        facts: Vec::new(),
        agent: None,
        is_withheld: false,
        pictures: None,
        compare: None,
        look_up: None,
        incident: String::new(),
        receipt: None,
        report: None,
        reports_first: state.refuses_file(),
        keep: None,
        again: None,
        whole: None,
        disclosure: None,
    }
}

fn verdict(desk: &Desk, site: &Site, (n, seen): (usize, &Seen), scanned: Option<&Scanned>) -> Verdict {
    let (lang, shown) = (desk.visit.lang, seen.shown);
    let host = if let Brought::Site(host) = &seen.brought { Some(host.clone()) } else { None };
    let subject = host.clone().or_else(|| seen.identifier().map(str::to_owned)).unwrap_or_default();
    let code = code_of(seen);
    let print = print::of(seen);
    let elsewhere = resolved::elsewhere(seen);
    let mut rows = match (&seen.report, code, print) {
        (Some(report), ..) => checklist::rows(report, shown, lang),
        (None, Some(code), _) => offline::rows(code, lang),
        (None, None, Some(print)) => print::rows(print, shown, lang),
        (None, None, None) => elsewhere.map(|_| resolved::rows(shown, lang)).unwrap_or_default(),
    };
    rows.extend(showing(seen, lang));
    rows.truncate(ROWS);
    let (facts, holder) = match (&seen.own, &seen.report, code) {
        // of a licence that is not shown for this, no more than what the copy is for
        _ if shown == PageState::CopyForOtherPurpose => (Vec::new(), None),
        (Some(own), _, code) if !shown.refuses_file() => {
            (own_facts(own, lang), holder(own).or_else(|| code.map(offline::holder)))
        }
        (None, Some(report), _) if shown.vouched() => (report_facts(report, lang), None),
        (None, None, Some(code)) if shown.vouched() => (offline::facts(code, lang), Some(offline::holder(code))),
        (None, None, None) if shown.vouched() => {
            let of_print = print.map(|print| print::facts(print, lang));
            (of_print.or_else(|| elsewhere.map(|told| resolved::facts(told, lang))).unwrap_or_default(), None)
        }
        _ => (Vec::new(), None),
    };
    Verdict {
        file: if let Brought::File(name) = &seen.brought { Some(file_name(name.as_deref(), lang)) } else { None },
        says_why: about(seen, lang).is_empty() || is_told_by_others(seen),
        about: about(seen, lang),
        rows,
        form: form(seen, lang),
        newer: seen.own.as_ref().filter(|_| !shown.refuses_file()).and_then(|own| own.newer.clone()),
        ages: ages(seen, site, lang),
        portrait: portrait(seen).filter(|_| holder.is_some()).map(|_| pictures::portrait_id(n)),
        holder,
        facts,
        compare: scanned.filter(|_| print::is_to_compare(seen)).map(|scanned| CompareForm {
            scanned: scanned.text.clone(),
            error: scanned.fault.as_ref().map(|fault| words::paper_fault(fault, lang)),
        }),
        look_up: resolved::holder_to_look_up(seen).map(str::to_owned),
        agent: agent(desk, seen),
        is_withheld: shown.refuses_file() && seen.report.is_some(),
        pictures: seen.pages.as_ref().and_then(|pages| Pictures::of(pages, n, lang)),
        incident: grouped(&seen.incident),
        keep: waiting::Keep::of(desk, seen, scanned.map(|scanned| scanned.text.as_str())),
        receipt: seen.has_receipt.then(|| ReceiptForm { action: desk.to(RECEIPT), incident: seen.incident.clone() }),
        report: Some(ReportForm {
            action: desk.to(REPORT),
            incident: seen.incident.clone(),
            shown: shown.code(),
            subject,
        }),
        whole: seen.own.as_ref().filter(|own| own.is_ours).map(|own| {
            let path = LICENCE.replace("{identifier}", &own.standing.identifier);
            desk.to(&path)
        }),
        disclosure: disclosure(seen),
        host,
        ..blank(n, shown, words::of(seen, lang), lang)
    }
}

/// What is known of a code that is shown, and of who shows it in the holder's place.
fn showing(seen: &Seen, lang: Lang) -> Vec<Row> {
    let in_time = || Row::passed(lang.t("授权在期限内", "The delegation is in its period").to_owned(), lang);
    let first = || Row::passed(lang.t("码是第一次用", "The code was not used before").to_owned(), lang);
    match &seen.told {
        Some(Told::Presented { agent: Some(_), .. }) => vec![in_time(), first()],
        Some(Told::Presented { agent: None, .. }) => vec![first()],
        Some(Told::Elsewhere(told)) => told.agent.as_ref().map(|_| in_time()).into_iter().collect(),
        Some(Told::Beyond(_)) => {
            let what = lang.t("授权不包括这件事", "The delegation is not for this");
            vec![in_time(), Row::out_of_force(what.to_owned(), seen.shown, lang)]
        }
        _ => Vec::new(),
    }
}

/// In what a file is not of the form that its standard says; of several the first.
fn form(seen: &Seen, lang: Lang) -> Vec<String> {
    let file = seen.report.as_ref().filter(|_| matches!(seen.brought, Brought::File(_)));
    let (mut form, _) = file.map(|report| render::warnings(report, lang)).unwrap_or_default();
    form.truncate(FORM);
    form
}

/// The holder's photograph, where it is shown.
pub(super) fn portrait(seen: &Seen) -> Option<&[u8]> {
    let own = seen.own.as_ref().filter(|_| !seen.shown.refuses_file())?;
    own.portrait.as_ref().map(|portrait| portrait.octets())
}

/// Whether what somebody else said, or did not say, is all there is.
fn is_told_by_others(seen: &Seen) -> bool {
    seen.own.is_none() && matches!(seen.told, Some(Told::Resolved(_) | Told::Unanswered(_)))
}

/// What an offline code says, of which something may be shown.
pub(super) fn code_of(seen: &Seen) -> Option<&OfflineSeen> {
    let Some(Told::Offline(code)) = &seen.told else { return None };
    seen.shown.vouched().then_some(code)
}

/// The disclosure that came with what a holder showed. It is within the page: it is kept nowhere.
fn disclosure(seen: &Seen) -> Option<String> {
    let Some(Told::Presented { disclosure: Some(file), .. }) = &seen.told else { return None };
    (!seen.shown.refuses_file()).then(|| format!("data:{MEDIA_TYPE};base64,{}", STANDARD.encode(file)))
}

fn file_name(name: Option<&str>, lang: Lang) -> String {
    name.unwrap_or(lang.t("没有名字的文件", "a file without a name")).to_owned()
}

/// Principal, agent and scope; of a delegation for another matter also the way to doing that one.
fn agent(desk: &Desk, seen: &Seen) -> Option<AgentView> {
    match &seen.told {
        Some(Told::Presented { agent: Some(agent), .. }) => {
            let view = AgentView::of(agent, desk.visit.lang);
            // one name, masked or whole as the agent shows it, and not both
            let shown = seen.own.as_ref().and_then(|own| own.holder.clone());
            let is_same = |name: &String| *name == view.principal || Mask::NAME.apply(name) == view.principal;
            Some(AgentView { principal: shown.filter(is_same).unwrap_or(view.principal.clone()), ..view })
        }
        Some(Told::Elsewhere(told)) => told.agent.as_ref().map(|agent| AgentView::of(agent, desk.visit.lang)),
        Some(Told::Beyond(agent)) => {
            let view = AgentView::of(agent, desk.visit.lang);
            let matter = agent.matter.as_deref().and_then(|matter| matter.parse::<Purpose>().ok());
            let instead = matter.map(|matter| desk.visit.to(&at_purpose(HOME, &matter)));
            Some(AgentView { instead, ..view })
        }
        _ => None,
    }
}

pub(super) fn until(until: Expiry, lang: Lang) -> String {
    match until {
        Expiry::Never => lang.t("长期", "no end").to_owned(),
        Expiry::After(last) => last.to_string(),
    }
}

/// The holder as everybody may see it, and what of them.
fn holder(own: &OwnLicence) -> Option<(String, Option<String>)> {
    let field = own.standing.fields.iter().flatten().find(|field| Some(&field.name) == own.holder_field.as_ref());
    own.holder.clone().map(|holder| (holder, field.map(|field| field.title.clone())))
}

fn own_facts(own: &OwnLicence, lang: Lang) -> Vec<(String, String)> {
    let fields = own.standing.fields.iter().flatten();
    let fields =
        fields.filter(|field| Some(&field.name) != own.holder_field.as_ref() && !field.value.trim().is_empty());
    let mut facts: Vec<_> = fields.map(|field| (field.title.clone(), field.value.clone())).collect();
    let version = match lang {
        Lang::Zh => format!("第 {} 版，状态自 {} 起", own.standing.version, own.standing.since),
        Lang::En => format!("version {}, so since {}", own.standing.version, own.standing.since),
    };
    facts.push((lang.t("登记", "Registered").to_owned(), version));
    facts
}

/// Of a licence of another register: what identifies it, and nothing of its holder.
fn report_facts(report: &Report, lang: Lang) -> Vec<(String, String)> {
    if let Some(disclosure) = &report.disclosure {
        return render::disclosed(disclosure, lang);
    }
    let Some(licence) = &report.licence else {
        let title = report.document.title.clone().filter(|title| !title.trim().is_empty());
        return title.map(|title| (lang.t("标题", "Title").to_owned(), title)).into_iter().collect();
    };
    let pairs = [
        (lang.t("证照类型", "Licence"), licence.type_name.clone()),
        (lang.t("证照编号", "Number"), licence.number.clone()),
        (lang.t("颁发机构", "Issued by"), licence.issuing_body.clone()),
        (lang.t("有效期至", "Valid until"), licence.valid_until.map(|last| until(last, lang))),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn ages(seen: &Seen, site: &Site, lang: Lang) -> Vec<Age> {
    if let Some(report) = &seen.report {
        return render::ages_now(report, seen.shown, site, lang);
    }
    let checked = Age::today(lang.t("核验于", "Checked"), seen.at, seen.at, lang);
    let of_code = code_of(seen).map(|code| offline::ages(code, (site, seen.at), lang)).unwrap_or_default();
    let of_print = print::of(seen).map(|print| print::ages(print, (site, seen.at), lang)).unwrap_or_default();
    let of_elsewhere = resolved::elsewhere(seen).map(|told| resolved::ages(told, seen.at, lang)).unwrap_or_default();
    std::iter::once(checked).chain(of_code).chain(of_print).chain(of_elsewhere).collect()
}
