//! From what came of it to HTML. A verdict exists once, so its page has both
//! languages, and the switches work in place as on the page of public verification.

use super::{
    Desk, Done, FILES, FRAMES, HOME, RECEIPT, REPORT, Scanned,
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
            copies,
            mark::Mark,
            office::LICENCE,
            pictures::{self, Pictures, Sheet},
            prefs::{Lang, Prefs},
            render::{self, Age, Shell},
            state_words::in_short,
            visit::Visit,
            words::{self as state_words, Words},
        },
        upload::FILES as MOST_FILES,
    },
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use yinxin_trust::{disclosure::MEDIA_TYPE, licence::Expiry, verify::Report};

type Html = Result<String, askama::Error>;

/// Longer verdicts are set smaller, in characters: six fill the line.
const LONG: usize = 6;
/// The same in English, whose letters are narrower.
const LONG_EN: usize = 20;
/// Most rows of the checklist that have a place.
const ROWS: usize = 6;

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
struct Wording {
    lang: Lang,
    look: String,
    next: String,
    verdicts: Vec<Verdict>,
    lines: Vec<Line>,
}

/// One verdict, as large as half the screen, and what stands beside it.
struct Verdict {
    id: String,
    is_first: bool,
    tone: &'static str,
    mark: Mark,
    is_long: bool,
    words: Words,
    /// Shown as large as it was scanned.
    host: Option<String>,
    /// The file that it is about.
    file: Option<String>,
    /// What licence it is; nothing of a document that does not hold.
    about: Vec<String>,
    /// Whether that leaves open why.
    says_why: bool,
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

/// A state by itself, as whoever brings something of which no more is known sees it.
pub(super) fn alone(desk: &Desk, site: &Site, state: PageState, incident: &str) -> Html {
    let wording = |lang: Lang| {
        let desk = in_lang(desk, lang);
        let (title, next) = in_short(state, lang);
        let words = Words { title: title.to_owned(), why: String::new(), next: next.to_owned() };
        let report = ReportForm {
            action: desk.to(REPORT),
            incident: incident.to_owned(),
            shown: state.code(),
            subject: String::new(),
        };
        let one = Verdict {
            says_why: false,
            is_withheld: state.refuses_file(),
            incident: grouped(incident),
            report: Some(report),
            ..blank(0, state, words, lang)
        };
        wording(&desk, vec![one])
    };
    whole_page(desk, site, wording, Vec::new())
}

fn whole_page(desk: &Desk, site: &Site, wording: impl Fn(Lang) -> Wording, sheets: Vec<Sheet>) -> Html {
    let lang = desk.visit.lang;
    let pages = [wording(lang), wording(lang.other())];
    let title = pages.first().and_then(|page| page.verdicts.first()).map(|one| one.words.title.clone());
    ResultPage {
        shell: shell(lang, title.unwrap_or_default(), site),
        v: &desk.visit,
        live: true,
        purpose: Some(desk.purpose.as_str()),
        pages,
        sheets,
    }
    .render()
}

fn in_lang(desk: &Desk, lang: Lang) -> Desk {
    let prefs = Prefs { lang, ..desk.visit.prefs };
    Desk { visit: Visit { lang, prefs, ..desk.visit.clone() }, purpose: desk.purpose.clone() }
}

fn wording(desk: &Desk, verdicts: Vec<Verdict>) -> Wording {
    let line = |one: &Verdict| Line {
        id: one.id.clone(),
        name: one.file.clone().or_else(|| one.about.first().cloned()).unwrap_or_default(),
        title: one.words.title.clone(),
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

/// A verdict with its words and nothing else yet.
fn blank(n: usize, state: PageState, words: Words, lang: Lang) -> Verdict {
    Verdict {
        id: format!("v{n}-{}", lang.tag()),
        is_first: n == 0,
        tone: state.family().tone(),
        mark: Mark::large(state.icon()),
        is_long: is_long(&words.title, lang),
        words,
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
fn code_of(seen: &Seen) -> Option<&OfflineSeen> {
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
        Some(Told::Presented { agent: Some(agent), .. }) => Some(AgentView::of(agent, desk.visit.lang)),
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

/// Which licence it is, and since when it is what it is.
fn about(seen: &Seen, lang: Lang) -> Vec<String> {
    let Some(own) = seen.own.as_ref().filter(|_| !seen.shown.refuses_file()) else {
        if let Some(code) = code_of(seen) {
            return offline::about(code, lang);
        }
        if let Some(print) = print::of(seen) {
            return print::about(print, lang);
        }
        if let Some(told) = resolved::elsewhere(seen) {
            return resolved::about(told, lang);
        }
        if let Brought::Service(platform) = &seen.brought {
            return vec![lang.of(platform).to_owned()];
        }
        if let Brought::OfOthers(operator) = &seen.brought {
            return vec![operator.clone()];
        }
        let report = seen.report.as_ref().filter(|_| seen.shown.vouched());
        let licence = report.and_then(|report| report.licence.as_ref());
        let copy = seen.copy().map(|copy| copies::line(copy, lang));
        let known = licence.into_iter().flat_map(|l| [l.type_name.clone(), l.issuing_body.clone()]).flatten();
        return known.chain(copy).collect();
    };
    let standing = &own.standing;
    let (body, until) = (&standing.issuing_body, until(standing.until, lang));
    let since = standing.since;
    let when = match (seen.shown, lang) {
        (PageState::Valid | PageState::StandingUnknown, Lang::Zh) => format!("{body}制发，有效期至 {until}"),
        (PageState::Valid | PageState::StandingUnknown, Lang::En) => format!("Issued by {body}, valid until {until}"),
        (PageState::NotInForce(_), Lang::Zh) => format!("自 {since} 起 · {body}"),
        (PageState::NotInForce(_), Lang::En) => format!("since {since} · {body}"),
        _ => body.clone(),
    };
    let newer = own.newer.as_ref().map(|newer| match lang {
        Lang::Zh => format!("现在有效的是 {newer}"),
        Lang::En => format!("In its place: {newer}"),
    });
    let taken_over = standing.taken_over_by.iter().map(|successor| match lang {
        Lang::Zh => format!("{} 起由{}承接", successor.since, successor.name),
        Lang::En => format!("taken over by {} on {}", successor.name, successor.since),
    });
    let shown_for = match (&seen.told, lang) {
        (Some(Told::Presented { purpose, agent: None, .. }), Lang::Zh) => Some(format!("持证人出示给：{purpose}")),
        (Some(Told::Presented { purpose, agent: None, .. }), Lang::En) => {
            Some(format!("Shown by the holder for: {purpose}"))
        }
        (Some(Told::Presented { purpose, .. }), Lang::Zh) => Some(format!("代办人出示，用来办：{purpose}")),
        (Some(Told::Presented { purpose, .. }), Lang::En) => Some(format!("Shown by an agent for: {purpose}")),
        _ => None,
    };
    let agreed = resolved::platform(seen).and_then(|told| {
        let (platform, agreed) = (lang.of(&told.platform), told.agreed.as_ref()?);
        Some(match lang {
            Lang::Zh => format!("持证人在{platform}上同意：{agreed}"),
            Lang::En => format!("The holder agreed on {platform}: {agreed}"),
        })
    });
    let copy = seen.copy().map(|copy| match lang {
        Lang::Zh => format!("加注件：{}", copies::line(copy, lang)),
        Lang::En => format!("An annotated copy {}", copies::line(copy, lang)),
    });
    [standing.type_name.clone(), when]
        .into_iter()
        .chain(copy)
        .chain(shown_for)
        .chain(agreed)
        .chain(newer)
        .chain(taken_over)
        .collect()
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
        return render::ages(report, seen.shown, site, lang);
    }
    let checked = Age::at(lang.t("核验于", "Checked"), seen.at, lang);
    let of_code = code_of(seen).map(|code| offline::ages(code, (site, seen.at), lang)).unwrap_or_default();
    let of_print = print::of(seen).map(|print| print::ages(print, (site, seen.at), lang)).unwrap_or_default();
    let of_elsewhere = resolved::elsewhere(seen).map(|told| resolved::ages(told, lang)).unwrap_or_default();
    std::iter::once(checked).chain(of_code).chain(of_print).chain(of_elsewhere).collect()
}
