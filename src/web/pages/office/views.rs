//! From what the flows tell to HTML.

use super::{
    ACT, APPLICATION, APPROVE, DOCUMENT, EDIT, HOME, LICENCE, NEW, NEW_OF_TYPE, PREVIEW, REPORT_SEEN, SEALS, SEND_BACK,
    Visit, path_of, words,
};
use crate::{
    config::Site,
    flow::{
        access::PurposeError,
        applications::{Card, Desk, Entered, Fault, Form, State, What, Whole},
        copies::Copied,
        jobs::Progress,
        licence_record::LicenceRecord,
        reports::Report,
        succession::Successor,
        view::DrawnPages,
    },
    web::{
        Problem,
        pages::{
            Family,
            mark::Mark,
            pictures::{self, Pictures, Sheet},
            prefs::Lang,
            render::Shell,
            time,
            window::grouped,
            words as state_words,
        },
    },
};
use askama::Template;
use yinxin_trust::{base::Sentence, licence::identifier::LicenceIdentifier};

pub(super) type Html = Result<String, askama::Error>;

/// One step of the way.
pub(super) struct StepView {
    pub(super) n: usize,
    pub(super) word: &'static str,
    pub(super) who: String,
    pub(super) is_done: bool,
    pub(super) is_now: bool,
}

/// One line of a list of applications.
struct CardView {
    href: String,
    title: String,
    subject: String,
    meta: String,
    remark: String,
    pill: Pill,
}

/// How far a job is.
struct JobView {
    begun: String,
    done: i32,
    lines: i32,
    words: String,
    pill: Pill,
}

/// What a clerk reported.
struct ReportView {
    seen: String,
    /// The state that the clerk saw.
    pill: Pill,
    subject: String,
    licence: Option<String>,
    meta: String,
    incident: String,
}

/// A word with its mark in the colour of its family.
pub(in crate::web::pages) struct Pill {
    pub(in crate::web::pages) word: &'static str,
    pub(in crate::web::pages) tone: &'static str,
    pub(in crate::web::pages) mark: Mark,
}

struct Section {
    title: &'static str,
    empty: &'static str,
    cards: Vec<CardView>,
    strong: bool,
}

#[derive(Template)]
#[template(path = "office-home.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    sections: Vec<Section>,
    taken_over_by: Option<&'a Successor>,
    jobs: Vec<JobView>,
    reports: Vec<ReportView>,
    /// How many objections wait, where some do.
    objections: Option<i64>,
    number: &'a str,
    hits: Option<Vec<(String, String, String)>>,
}

#[derive(Template)]
#[template(path = "office-choose.html")]
struct ChoosePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    types: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "office-application.html")]
struct ApplicationPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: String,
    aside: String,
    pill: Pill,
    steps: Vec<StepView>,
    is_act: bool,
    preview: Option<String>,
    face: &'a [(String, String, bool)],
    ground: Vec<(&'static str, String)>,
    faults: Vec<String>,
    remark: Option<(String, String)>,
    edit: Option<String>,
    approve: Option<(String, String)>,
    again: bool,
    own: bool,
    licence: Option<String>,
    people: String,
}

#[derive(Template)]
#[template(path = "office-purpose.html")]
struct PurposePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    identifier: &'a str,
    action: String,
    error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "office-licence.html")]
struct LicencePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: String,
    whole: &'a LicenceRecord,
    pill: Pill,
    since: String,
    until: String,
    as_of: String,
    acts: Vec<(String, String, String)>,
    documents: Vec<(&'static str, String)>,
    /// Annotated copies: for what and whom, and when and until when.
    copied: Vec<(String, String)>,
    act: Option<String>,
    drawn: Option<Pictures>,
    sheets: Vec<Sheet>,
}

#[derive(Template)]
#[template(path = "office-note.html")]
struct NotePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'static str,
    text: String,
    incident: Option<&'a str>,
}

/// A licence that was looked for: type, number, identifier.
type Hit = (Sentence, String, String);

pub(super) fn home(visit: &Visit, site: &Site, desk: &Desk, search: Option<(&str, Vec<Hit>)>) -> Html {
    let lang = visit.lang;
    let list = |cards: &[Card], edit: bool| cards.iter().map(|card| card_view(visit, card, edit)).collect::<Vec<_>>();
    let mut sections = Vec::new();
    if visit.is_approver() {
        sections.push(Section {
            title: lang.t("待我复核", "To approve"),
            empty: lang.t("没有等您复核的申请。", "Nothing waits for you."),
            cards: list(&desk.to_approve, false),
            strong: true,
        });
    }
    if visit.is_officer() {
        sections.push(Section {
            title: lang.t("要我修改", "To correct"),
            empty: lang.t("没有草稿，也没有退回的申请。", "No drafts, and nothing was sent back."),
            cards: list(&desk.to_correct, true),
            strong: false,
        });
        sections.push(Section {
            title: lang.t("等同事复核", "With a colleague"),
            empty: lang.t("您送出的申请都办完了。", "Everything you handed on is done."),
            cards: list(&desk.waiting, false),
            strong: false,
        });
    }
    sections.push(Section {
        title: lang.t("最近办结", "Done lately"),
        empty: lang.t("还没有办结的申请。", "Nothing is done yet."),
        cards: list(&desk.issued, false),
        strong: false,
    });
    let (number, hits) = search.map_or(("", None), |(number, hits)| {
        let line = |(title, number, identifier): (Sentence, String, String)| {
            (visit.to(&path_of(LICENCE, &identifier)), lang.of(&title).to_owned(), number)
        };
        (number, Some(hits.into_iter().map(line).collect()))
    });
    let shell = Shell::new(lang, lang.t("我的工作", "My work"), site);
    let taken_over_by = desk.taken_over_by.as_ref();
    let jobs = desk.jobs.iter().map(|job| job_view(job, lang)).collect();
    let reports = desk.reports.iter().map(|report| report_view(visit, report)).collect();
    let objections = Some(desk.objections).filter(|waiting| *waiting > 0);
    HomePage { shell, v: visit, lang, sections, taken_over_by, jobs, reports, objections, number, hits }.render()
}

fn job_view(job: &Progress, lang: Lang) -> JobView {
    let (issued, refused, waiting) = (job.issued, job.refused, job.waiting);
    let words = match lang {
        Lang::Zh => format!("已制发 {issued} 张，未制发 {refused} 张，还有 {waiting} 张"),
        Lang::En => format!("{issued} issued, {refused} refused, {waiting} to go"),
    };
    let word = match job.ended_at {
        None => (lang.t("正在制发", "At work"), Family::Caution, "m-notyet"),
        Some(_) if refused > 0 => (lang.t("办完，有未制发的", "Done, some refused"), Family::Caution, "m-warn"),
        Some(_) => (lang.t("办完", "Done"), Family::Valid, "m-valid"),
    };
    let begun = time::instant(job.created_at, lang);
    JobView { begun, done: issued + refused, lines: job.lines, words, pill: pill(word) }
}

fn report_view(visit: &Visit, report: &Report) -> ReportView {
    let lang = visit.lang;
    let at = time::instant(report.reported_at, lang);
    let title = state_words::headline(report.shown, lang);
    let is_licence = report.subject.parse::<LicenceIdentifier>().is_ok();
    let window = report.window.as_deref();
    ReportView {
        seen: visit.to(&path_of(REPORT_SEEN, &report.id)),
        pill: pill((title, report.shown.family(), report.shown.icon())),
        licence: is_licence.then(|| visit.to(&path_of(LICENCE, &report.subject))),
        subject: report.subject.clone(),
        meta: match lang {
            Lang::Zh => format!("{} {at} 在{}上报", report.reporter, window.unwrap_or("窗口")),
            Lang::En => format!("reported at {} by {}, {at}", window.unwrap_or("the window"), report.reporter),
        },
        incident: grouped(&report.incident),
    }
}

pub(super) fn choose(visit: &Visit, site: &Site, types: &[(String, Sentence)]) -> Html {
    let lang = visit.lang;
    let types =
        types.iter().map(|(code, title)| (visit.to(&path_of(NEW_OF_TYPE, code)), lang.of(title).to_owned())).collect();
    ChoosePage { shell: Shell::new(lang, lang.t("制发证照", "Issue a licence"), site), v: visit, lang, types }.render()
}

pub(super) fn application(visit: &Visit, site: &Site, whole: &Whole, refused: Option<&[Fault]>) -> Html {
    let (lang, card) = (visit.lang, &whole.card);
    let decides = visit.is_approver() && matches!(card.state, State::Submitted | State::Approved);
    let faults = refused.or(whole.faults.as_deref().filter(|_| card.state == State::Submitted)).unwrap_or_default();
    let what = match &card.what {
        What::Licence => lang.of(&card.type_title).to_owned(),
        What::Act(word) => format!("{} · {}", words::act(word, lang), lang.of(&card.type_title)),
    };
    let head = if decides && !card.own { lang.t("复核：", "Approve: ") } else { "" };
    let subject = if card.subject.is_empty() { lang.t("未填名称", "no name yet") } else { &card.subject };
    let title = format!("{head}{subject}");
    let decision = match &whole.entered {
        Entered::Licence(entry) => &entry.decision,
        Entered::Act(entry) => &entry.decision,
    };
    let mut ground = Vec::new();
    if let Entered::Act(entry) = &whole.entered {
        ground.push((words::title("kind", "", lang), words::act(&entry.kind, lang).to_owned()));
        ground.push((lang.t("证照编号", "Licence number"), card.subject.clone()));
        let from = if entry.kind == "withdraw" {
            lang.t("自始", "from the beginning").to_owned()
        } else if entry.effective_from.is_empty() {
            lang.t("复核同意当天", "the day of approval").to_owned()
        } else {
            entry.effective_from.clone()
        };
        ground.push((words::title("effective_from", "", lang), from));
    }
    ground.push((words::title("decision.document_number", "", lang), decision.document_number.clone()));
    ground.push((words::title("decision.legal_basis", "", lang), decision.legal_basis.clone()));
    ground.push((words::title("decision.decided_on", "", lang), decision.decided_on.clone()));
    let is_act = matches!(card.what, What::Act(_));
    let decided_by = card.decided.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
    let at = match card.state {
        State::Draft | State::Returned => 0,
        State::Submitted => 2,
        State::Approved => 3,
        State::Issued => 4,
    };
    let drawn = matches!(card.state, State::Draft | State::Returned | State::Submitted) && faults.is_empty();
    let approver = if decides && !card.own { visit.name.clone() } else { decided_by };
    ApplicationPage {
        shell: Shell::new(lang, title.clone(), site),
        v: visit,
        lang,
        title,
        aside: format!("{what} · {}", meta(card, lang)),
        pill: pill(words::state(card.state, &card.what, lang)),
        steps: steps(lang, at, card.entered_by.clone(), approver, is_act),
        is_act,
        preview: (drawn && !is_act).then(|| path_of(PREVIEW, &card.id)),
        face: &whole.face,
        ground,
        faults: faults.iter().map(|fault| told(fault, &whole.form, lang)).collect(),
        remark: remark(card, lang),
        edit: (card.own && matches!(card.state, State::Draft | State::Returned))
            .then(|| visit.to(&path_of(EDIT, &card.id))),
        approve: (decides && !card.own)
            .then(|| (visit.to(&path_of(APPROVE, &card.id)), visit.to(&path_of(SEND_BACK, &card.id)))),
        again: card.state == State::Approved,
        own: decides && card.own,
        licence: card
            .identifier
            .as_ref()
            .filter(|_| is_act || card.state == State::Issued)
            .map(|identifier| visit.to(&path_of(LICENCE, identifier))),
        people: match lang {
            Lang::Zh => format!("经办{}，复核{}", card.entered_by, visit.name),
            Lang::En => format!("entered by {}, approved by {}", card.entered_by, visit.name),
        },
    }
    .render()
}

pub(super) fn purpose(visit: &Visit, site: &Site, identifier: &str, error: Option<PurposeError>) -> Html {
    let lang = visit.lang;
    let shell = Shell::new(lang, lang.t("查看证照", "View a licence"), site);
    // a form that asks sends its fields as the whole query
    let action = path_of(LICENCE, identifier);
    let error = error.map(|error| words::purpose(error, lang));
    PurposePage { shell, v: visit, lang, identifier, action, error }.render()
}

pub(super) fn licence(
    visit: &Visit,
    site: &Site,
    (whole, copied, drawn): (&LicenceRecord, &[Copied], Option<&DrawnPages>),
    asked: &str,
) -> Html {
    let lang = visit.lang;
    let copied = copied.iter().map(|copy| {
        let who = if copy.by_agent {
            lang.t("代办人", "an agent")
        } else if copy.by_holder {
            lang.t("持证人", "the holder")
        } else {
            lang.t("本机关系统", "a system of the body")
        };
        let (made, until) = (time::instant(copy.made_at, lang), time::instant(copy.expires_at, lang));
        let line = match lang {
            Lang::Zh => format!("{who}于 {made} 制作，用到 {until}，编号 {}", grouped(&copy.number)),
            Lang::En => format!("by {who}, {made}, until {until}, number {}", grouped(&copy.number)),
        };
        (format!("{} · {}", copy.purpose, copy.recipient), line)
    });
    let copied = copied.collect();
    let title = lang.t(&whole.type_name, &whole.type_name_en).to_owned();
    let identifier = &whole.identifier;
    let document = |name: &str| format!("{}?as={name}&{asked}", path_of(DOCUMENT, identifier));
    let acts = whole.acts.iter().map(|act| {
        let from = match lang {
            Lang::Zh => format!("{} 起生效，{} 登记", act.effective_from, time::instant(act.recorded_at, lang)),
            Lang::En => format!("from {}, recorded {}", act.effective_from, time::instant(act.recorded_at, lang)),
        };
        let ground =
            format!("{} · {} · {} · {}", act.document_number, act.legal_basis, act.decided_on, act.deciding_body);
        (words::act(&act.kind, lang).to_owned(), from, ground)
    });
    LicencePage {
        shell: Shell::new(lang, title.clone(), site),
        v: visit,
        lang,
        title,
        pill: pill(words::standing(whole.version_state, lang)),
        since: whole.standing.since.to_string(),
        until: whole.standing.until.clone(),
        as_of: time::instant(whole.as_of, lang),
        acts: acts.collect(),
        copied,
        documents: vec![
            (lang.t("OFD 原件", "The OFD original"), document("ofd")),
            (lang.t("PDF 副本", "A PDF copy"), document("pdf")),
            (lang.t("核验依据", "The evidence"), document("evidence")),
        ],
        act: visit.is_officer().then(|| visit.to(&path_of(ACT, identifier))),
        drawn: drawn.and_then(|drawn| Pictures::of(drawn, 0, lang)),
        sheets: drawn.map(|drawn| pictures::sheets(drawn, 0)).unwrap_or_default(),
        whole,
    }
    .render()
}

/// Why there is no page.
pub(super) fn note(visit: &Visit, site: &Site, problem: &Problem) -> Html {
    let lang = visit.lang;
    let (title, text) = said(problem, lang);
    NotePage { shell: Shell::new(lang, title, site), v: visit, lang, title, text, incident: problem.incident() }
        .render()
}

/// Title and sentence of a problem; a sentence that only says the title again is left out.
pub(super) fn said(problem: &Problem, lang: Lang) -> (&'static str, String) {
    let title = lang.t(problem.code().title_zh(), problem.code().title_en());
    let text = lang.of(problem.sentence());
    (title, if text.trim_end_matches(['。', '.']) == title { String::new() } else { text.to_owned() })
}

pub(super) fn steps(lang: Lang, at: usize, officer: String, approver: String, is_act: bool) -> Vec<StepView> {
    let second = if approver.is_empty() { lang.t("另一人", "another person").to_owned() } else { approver };
    let system = || lang.t("系统自动", "automatic").to_owned();
    let end = if is_act { lang.t("登记", "Recorded") } else { lang.t("签章入库", "Stamped and filed") };
    let all = [
        (lang.t("填写", "Enter"), officer),
        (lang.t("预演", "Rehearsal"), system()),
        (lang.t("复核", "Approval"), second),
        (end, system()),
    ];
    let view = |(index, (word, who))| StepView { n: index + 1, word, who, is_done: index < at, is_now: index == at };
    all.into_iter().enumerate().map(view).collect()
}

pub(in crate::web::pages) fn pill((word, family, mark): (&'static str, Family, &'static str)) -> Pill {
    Pill { word, tone: family.tone(), mark: Mark::small(mark) }
}

fn meta(card: &Card, lang: Lang) -> String {
    let at = time::instant(card.entered_at, lang);
    match lang {
        Lang::Zh => format!("{} {at} 填写", card.entered_by),
        Lang::En => format!("entered by {}, {at}", card.entered_by),
    }
}

fn card_view(visit: &Visit, card: &Card, edit: bool) -> CardView {
    let lang = visit.lang;
    let title = match &card.what {
        What::Licence => lang.of(&card.type_title).to_owned(),
        What::Act(word) => format!("{} · {}", words::act(word, lang), lang.of(&card.type_title)),
    };
    let subject = if card.subject.is_empty() { lang.t("未填名称", "no name yet") } else { &card.subject };
    let path = if edit { path_of(EDIT, &card.id) } else { path_of(APPLICATION, &card.id) };
    CardView {
        href: visit.to(&path),
        title,
        subject: subject.to_owned(),
        meta: meta(card, lang),
        remark: if card.state == State::Returned { card.remark.clone() } else { String::new() },
        pill: pill(words::state(card.state, &card.what, lang)),
    }
}

/// Who decided last and what they said, where that matters still.
pub(super) fn remark(card: &Card, lang: Lang) -> Option<(String, String)> {
    let (name, at) = card.decided.as_ref()?;
    let when = time::instant(*at, lang);
    let head = match (card.state, lang) {
        (State::Returned, Lang::Zh) => format!("{name} {when} 退回"),
        (State::Returned, Lang::En) => format!("sent back by {name}, {when}"),
        (State::Approved | State::Issued, Lang::Zh) => format!("{name} {when} 同意"),
        (State::Approved | State::Issued, Lang::En) => format!("approved by {name}, {when}"),
        (State::Draft | State::Submitted, _) => return None,
    };
    Some((head, card.remark.clone()))
}

fn told(fault: &Fault, form: &Form, lang: Lang) -> String {
    let known = form.fields.iter().find(|field| field.name == fault.field);
    let title = words::title(&fault.field, known.map_or("", |field| &field.title), lang);
    let text = lang.of(&fault.sentence);
    if title.is_empty() { text.to_owned() } else { format!("{title}{}{text}", lang.t("：", ": ")) }
}
