//! From what the flows tell to HTML.

use super::{
    COPIES, DELEGATION, DELEGATION_SHOW, DELEGATIONS, DISCLOSURE, HOME, LETTERS, OBJECT, OFFLINE, SHOW, STOP, USES,
    Visit,
    input::{ChoiceFault, FIELD, Sent},
    path_of,
    words::{self, PURPOSES},
};
use crate::{
    config::Site,
    flow::{
        delegations::{DelegationCard, DelegationNotice},
        holders::holdings::{Card, Holdings, Notice},
        objections::Ruling,
        presentations::{Choice, Class, Offer, Offered, Shown, place},
        uses::{LONGEST, Use},
    },
    web::{
        Problem,
        pages::{
            agents::AgentView,
            assets,
            factor::PATH as FACTOR,
            mark::Mark,
            office::{
                views::{Pill, pill},
                words::{ruling, standing},
            },
            prefs::Lang,
            render::Shell,
            time,
        },
    },
};
use askama::Template;
use yinxin_face::CodePath;
use yinxin_trust::{base::Moment, licence::state::State};

pub(super) type Html = Result<String, askama::Error>;

/// Notices that stand open above the cards.
const NOTICES_OPEN: usize = 3;

struct CardView<'a> {
    href: String,
    title: &'a str,
    body: &'a str,
    number: String,
    pill: Pill,
    is_off: bool,
    period: String,
}

struct NoticeView {
    tone: &'static str,
    mark: Mark,
    head: &'static str,
    day: String,
    body: String,
    title: String,
    /// The delegation that it is about.
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "my-home.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    tab: &'static str,
    cards: Vec<CardView<'a>>,
    /// Where the next card is, of several, in large letters.
    next: Option<String>,
    count: usize,
    notices: Vec<NoticeView>,
    more: Vec<NoticeView>,
    as_of: String,
    has_factors: bool,
}

/// One box of the form.
pub(super) struct BoxView<'a> {
    pub(super) name: String,
    pub(super) title: &'a str,
    pub(super) value: &'a str,
    pub(super) icon: Mark,
    pub(super) class: &'static str,
    pub(super) checked: bool,
}

/// The delegation by which an agent shows, in the holder's place.
pub(super) struct By<'a> {
    pub(super) card: &'a DelegationCard,
}

#[derive(Template)]
#[template(path = "my-choose.html")]
struct ChoosePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    pill: Pill,
    is_off: bool,
    boxes: Vec<BoxView<'a>>,
    /// By which delegation somebody else's licence is shown.
    deleg: Option<AgentView>,
    /// The one matter of it.
    matter: Option<&'a str>,
    back_to: String,
    purposes: Vec<(usize, &'static str, bool)>,
    own: &'a str,
    fault: Option<&'static str>,
    /// The page of the offline code, for a licence in force; not among the few things of large letters.
    offline: Option<String>,
    /// The way to delegating it.
    delegate: Option<String>,
    /// The way to a file of chosen fields.
    disclose: Option<String>,
    /// The way to an annotated copy of it, for a licence in force.
    copy: Option<String>,
}

#[derive(Template)]
#[template(path = "my-code.html")]
struct CodePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    code: CodePath,
    seconds: i64,
    /// Seconds of the day in Beijing at which it was made.
    clock: i64,
    made: String,
    ends: String,
    pill: Pill,
    period: String,
    purpose: &'a str,
    fields: Vec<BoxView<'a>>,
    sent: Vec<(String, String)>,
    edit: String,
    deleg: Option<AgentView>,
    back_to: String,
}

struct UseView {
    body: String,
    clock: String,
    title: String,
    purpose: String,
    seen: String,
    /// Who showed it in the holder's place.
    agent: Option<String>,
    /// The way to the annotated copy that the agent had made.
    copy: Option<String>,
    pill: Option<Pill>,
    objected: Option<(String, String)>,
    /// What the body said to it.
    answered: Option<AnswerView>,
    object: Option<String>,
}

struct AnswerView {
    tone: &'static str,
    mark: Mark,
    word: &'static str,
    when: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "my-uses.html")]
struct UsesPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    tab: &'static str,
    days: Vec<(String, Vec<UseView>)>,
    /// Where the use before is, in large letters.
    earlier: Option<String>,
    /// Whether letters have a place among the few things of large letters.
    has_room: bool,
    as_of: String,
}

#[derive(Template)]
#[template(path = "my-object.html")]
struct ObjectPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    used: UseView,
    day: String,
    said: &'a str,
    fault: bool,
    most: usize,
}

#[derive(Template)]
#[template(path = "my-note.html")]
struct NotePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    text: &'a str,
    incident: Option<&'a str>,
}

/// The cards and what was done of late; in large letters the card `at`. `has_factors`: whether accounts may have second
/// factors here.
pub(super) fn home(
    visit: &Visit,
    site: &Site,
    (found, told): (&Holdings, &[DelegationNotice]),
    at: usize,
    has_factors: bool,
) -> Html {
    let lang = visit.lang;
    let count = found.cards.len();
    let at = if count == 0 { 0 } else { at % count };
    let (skipped, most) = if visit.prefs.large { (at, 1) } else { (0, count) };
    let shown = found.cards.iter().skip(skipped).take(most);
    let of_acts = found.notices.iter().map(|one| (one.recorded_at, notice(one, lang)));
    let of_delegations = told.iter().map(|one| (one.at, delegation_notice(visit, one)));
    let mut all: Vec<_> = of_acts.chain(of_delegations).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut notices: Vec<_> = all.into_iter().map(|(_, view)| view).collect();
    let more = notices.split_off(notices.len().min(if visit.prefs.large { 1 } else { NOTICES_OPEN }));
    HomePage {
        shell: Shell::new(lang, lang.t("我的证照", "My licences"), site),
        v: visit,
        lang,
        tab: HOME,
        cards: shown.map(|one| card(visit, one)).collect(),
        next: (visit.prefs.large && count > 1).then(|| visit.to(&format!("{HOME}?card={}", (at + 1) % count))),
        count,
        notices,
        more: if visit.prefs.large { Vec::new() } else { more },
        as_of: time::instant(found.as_of, lang),
        has_factors,
    }
    .render()
}

/// How many fields are ticked before anybody chooses: whose licence it is. Who wants to see more is shown more.
const TICKED: usize = 3;

/// What of a licence is shown, and what for; with what was sent where it cannot be taken.
pub(super) fn choose(
    visit: &Visit,
    site: &Site,
    offer: &Offer,
    sent: Option<&Sent>,
    fault: Option<ChoiceFault>,
    by: Option<&By<'_>>,
) -> Html {
    let lang = visit.lang;
    let of = |name: &str| sent.and_then(|sent| sent.get(name)).map(String::as_str);
    let unasked = offer.fields.iter().filter(|field| field.class != Class::WithConsent);
    let ticked: Vec<_> = unasked.take(TICKED).map(|field| &field.name).collect();
    let boxes = offer.fields.iter().map(|field| {
        let name = format!("{FIELD}{}", field.name);
        let checked = match sent {
            Some(sent) => sent.contains_key(&name),
            None => ticked.contains(&&field.name),
        };
        BoxView::of(field, name, checked, lang)
    });
    let chosen = of("purpose").and_then(|n| n.parse::<usize>().ok());
    let purposes = PURPOSES.iter().enumerate().map(|(n, (zh, en))| (n, lang.t(zh, en), chosen == Some(n)));
    ChoosePage {
        shell: Shell::new(lang, lang.t("出示证照", "Show a licence"), site),
        v: visit,
        lang,
        title: lang.of(&offer.type_title),
        pill: pill(standing(offer.standing.state, lang)),
        is_off: offer.standing.state != State::InForce,
        boxes: boxes.collect(),
        deleg: by.map(|by| AgentView::of_card(by.card, lang)),
        matter: by.and_then(|by| by.card.matter.as_deref()),
        back_to: back_to(by),
        purposes: purposes.collect(),
        own: of("words").unwrap_or_default(),
        fault: fault.map(|fault| words::fault(fault, lang)),
        offline: (offer.standing.state == State::InForce && !visit.prefs.large && by.is_none())
            .then(|| visit.to(&path_of(OFFLINE, &offer.identifier))),
        disclose: (by.is_none() && !visit.prefs.large).then(|| visit.to(&path_of(DISCLOSURE, &offer.identifier))),
        copy: (offer.standing.state == State::InForce && by.is_none_or(|by| by.card.copies))
            .then(|| super::copies::copying(visit, &offer.identifier, by.map(|by| by.card.id.as_str()))),
        delegate: (by.is_none() && !visit.prefs.large).then(|| super::delegations::delegate(visit, &offer.identifier)),
    }
    .render()
}

/// The code, with what is seen by it, and the form that makes the next one.
pub(super) fn code(visit: &Visit, site: &Site, shown: &Shown, choice: &Choice, by: Option<&By<'_>>) -> Html {
    let lang = visit.lang;
    let Shown { address, made_at, expires_at, offer } = shown;
    let code = address.parse::<yinxin_face::CodeAddress>().ok().and_then(|address| address.path());
    // the address is made of what codes hold
    let code = code.ok_or_else(|| askama::Error::custom("the address of a code is none"))?;
    let of_day = time::exact(*made_at);
    let (made, ends) = (clock_of(&of_day), clock_of(&time::exact(*expires_at)));
    let mut sent: Vec<_> = choice.fields.iter().map(|name| (format!("{FIELD}{name}"), "on".to_owned())).collect();
    sent.push(("words".to_owned(), choice.purpose.as_str().to_owned()));
    let path = match by {
        None => path_of(SHOW, &offer.identifier),
        Some(by) => format!("{}?licence={}", path_of(DELEGATION_SHOW, &by.card.id), offer.identifier),
    };
    CodePage {
        shell: Shell {
            script: assets::show_script(), ..Shell::new(lang, lang.t("出示证照", "Show a licence"), site)
        },
        v: visit,
        lang,
        title: lang.of(&offer.type_title),
        code,
        seconds: (expires_at.unix_milliseconds() - made_at.unix_milliseconds()) / 1000,
        clock: seconds_of_day(*made_at),
        made,
        ends,
        pill: pill(standing(offer.standing.state, lang)),
        period: words::period(&offer.standing, lang),
        purpose: choice.purpose.as_str(),
        fields: offer.fields.iter().map(|field| BoxView::of(field, String::new(), true, lang)).collect(),
        sent,
        edit: visit.to(&path),
        deleg: by.map(|by| AgentView::of_card(by.card, lang)),
        back_to: back_to(by),
    }
    .render()
}

/// Who used what, day by day; in large letters the use `at`.
pub(super) fn uses(visit: &Visit, site: &Site, found: &[Use], now: Moment, at: usize) -> Html {
    let lang = visit.lang;
    let at = at.min(found.len().saturating_sub(1));
    let (skipped, most) = if visit.prefs.large { (at, 1) } else { (0, found.len()) };
    let mut days: Vec<(String, Vec<UseView>)> = Vec::new();
    for one in found.iter().skip(skipped).take(most) {
        let day = time::day(one.at, lang);
        match days.last_mut().filter(|(known, _)| *known == day) {
            Some((_, uses)) => uses.push(use_view(visit, one)),
            None => days.push((day, vec![use_view(visit, one)])),
        }
    }
    let earlier = visit.prefs.large && at + 1 < found.len();
    let can_object = days.iter().flat_map(|(_, uses)| uses).any(|one| one.object.is_some());
    UsesPage {
        shell: Shell::new(lang, lang.t("谁用过我的证照", "Who used my licences"), site),
        v: visit,
        lang,
        tab: USES,
        days,
        earlier: earlier.then(|| visit.to(&format!("{USES}?use={}", at + 1))),
        has_room: !(earlier && can_object),
        as_of: time::instant(now, lang),
    }
    .render()
}

/// The form of an objection.
pub(super) fn object(visit: &Visit, site: &Site, used: &Use, said: Option<&str>) -> Html {
    let lang = visit.lang;
    ObjectPage {
        shell: Shell::new(lang, lang.t("提出异议", "Object to a use"), site),
        v: visit,
        lang,
        used: use_view(visit, used),
        day: time::instant(used.at, lang),
        said: said.unwrap_or_default(),
        fault: said.is_some(),
        most: LONGEST,
    }
    .render()
}

/// Why there is no page, calmly.
pub(super) fn note(visit: &Visit, site: &Site, problem: &Problem) -> Html {
    let lang = visit.lang;
    let code = problem.code();
    let title = lang.t(code.title_zh(), code.title_en());
    let text = lang.of(problem.sentence());
    // a sentence that only says the title again
    let text = if text.trim_end_matches(['。', '.']) == title { "" } else { text };
    let incident = problem.incident();
    NotePage { shell: Shell::new(lang, title, site), v: visit, lang, title, text, incident }.render()
}

/// Where an agent came from, or the holder.
fn back_to(by: Option<&By<'_>>) -> String {
    by.map_or_else(|| HOME.to_owned(), |by| path_of(DELEGATION, &by.card.id))
}

fn card<'a>(visit: &Visit, card: &'a Card) -> CardView<'a> {
    let lang = visit.lang;
    CardView {
        href: visit.to(&path_of(SHOW, &card.identifier)),
        title: lang.of(&card.type_title),
        body: &card.issuing_body,
        number: words::covered(&card.number),
        pill: pill(standing(card.standing.state, lang)),
        is_off: card.standing.state != State::InForce,
        period: words::period(&card.standing, lang),
    }
}

fn notice(notice: &Notice, lang: Lang) -> NoticeView {
    let bad = matches!(notice.act.as_str(), "suspend" | "revoke" | "cancel" | "withdraw" | "copy_refused");
    let (tone, mark) = if bad { ("caution", "m-warn") } else { ("info", "m-nonstandard") };
    NoticeView {
        tone,
        mark: Mark::small(mark),
        head: words::notice(&notice.act, lang),
        day: time::day(notice.recorded_at, lang),
        body: notice.issuing_body.clone(),
        title: lang.of(&notice.type_title).to_owned(),
        href: None,
    }
}

fn delegation_notice(visit: &Visit, notice: &DelegationNotice) -> NoticeView {
    let lang = visit.lang;
    let (is_bad, head, title) = words::delegation_notice(&notice.what, lang);
    let (tone, mark) = if is_bad { ("caution", "m-warn") } else { ("info", "m-nonstandard") };
    NoticeView {
        tone,
        mark: Mark::small(mark),
        head,
        day: time::day(notice.at, lang),
        body: notice.who.clone(),
        title,
        href: Some(visit.to(&path_of(DELEGATION, &notice.delegation))),
    }
}

impl<'a> BoxView<'a> {
    pub(super) fn of(field: &'a Offered, name: String, checked: bool, lang: Lang) -> Self {
        let (icon, class) = words::class(field.class, lang);
        Self { name, title: &field.title, value: &field.value, icon: Mark::icon(icon), class, checked }
    }
}

fn use_view(visit: &Visit, used: &Use) -> UseView {
    let lang = visit.lang;
    let off = used.state.filter(|state| *state != State::InForce);
    UseView {
        body: place(&used.body, used.window.as_deref()),
        clock: clock_of(&time::exact(used.at)).get(..5).unwrap_or_default().to_owned(),
        title: lang.of(&used.type_title).to_owned(),
        purpose: used.purpose.clone(),
        agent: used.agent.clone(),
        copy: used.copy.as_ref().map(|_| visit.to(COPIES)),
        seen: used.fields.join(lang.t("、", ", ")),
        pill: off.map(|state| pill(standing(state, lang))),
        objected: used.objection.as_ref().map(|one| (time::instant(one.at, lang), one.words.clone())),
        answered: used.objection.as_ref().and_then(|one| one.answer.as_ref()).map(|answer| {
            let is_rejected = answer.ruling == Ruling::Rejected;
            AnswerView {
                tone: if is_rejected { "info" } else { "valid" },
                mark: Mark::small(if is_rejected { "m-nonstandard" } else { "m-valid" }),
                word: ruling(answer.ruling, lang),
                when: time::instant(answer.at, lang),
                reason: answer.reason.clone(),
            }
        }),
        object: used.objection.is_none().then(|| visit.to(&path_of(OBJECT, &used.id))),
    }
}

/// The time of the day out of `2026-11-21 16:30:00`.
fn clock_of(exact: &str) -> String {
    exact.get(11..19).unwrap_or_default().to_owned()
}

fn seconds_of_day(at: Moment) -> i64 {
    const BEIJING_SECONDS: i64 = 8 * 3600;
    (at.unix_milliseconds().div_euclid(1000) + BEIJING_SECONDS).rem_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_on_from_beijing() {
        let at = Moment::parse("2026-11-21T16:30:01Z").unwrap();
        assert_eq!((seconds_of_day(at), clock_of(&time::exact(at))), (1801, "00:30:01".to_owned()));
    }
}
