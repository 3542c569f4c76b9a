//! From what the flows tell to HTML.

use super::{
    HOME, LETTERS, OBJECT, OFFLINE, SHOW, STOP, USES, Visit,
    input::{ChoiceFault, FIELD, Sent},
    path_of,
    words::{self, PURPOSES},
};
use crate::{
    config::Site,
    flow::{
        holders::holdings::{Card, Holdings, Notice},
        presentations::{Choice, Class, Offer, Offered, Shown, place},
        uses::{LONGEST, Use},
    },
    web::{
        Problem,
        pages::{
            assets,
            factor::PATH as FACTOR,
            mark::Mark,
            office::{
                views::{Pill, pill},
                words::standing,
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

struct NoticeView<'a> {
    tone: &'static str,
    mark: Mark,
    head: &'static str,
    day: String,
    body: &'a str,
    title: &'a str,
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
    notices: Vec<NoticeView<'a>>,
    more: Vec<NoticeView<'a>>,
    as_of: String,
    has_factors: bool,
}

/// One box of the form.
struct BoxView<'a> {
    name: String,
    title: &'a str,
    value: &'a str,
    icon: Mark,
    class: &'static str,
    checked: bool,
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
    purposes: Vec<(usize, &'static str, bool)>,
    own: &'a str,
    fault: Option<&'static str>,
    /// The page of the offline code, for a licence in force; not among the few things of large letters.
    offline: Option<String>,
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
}

struct UseView {
    body: String,
    clock: String,
    title: String,
    purpose: String,
    seen: String,
    pill: Option<Pill>,
    objected: Option<(String, String)>,
    object: Option<String>,
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
pub(super) fn home(visit: &Visit, site: &Site, found: &Holdings, at: usize, has_factors: bool) -> Html {
    let lang = visit.lang;
    let count = found.cards.len();
    let at = if count == 0 { 0 } else { at % count };
    let (skipped, most) = if visit.prefs.large { (at, 1) } else { (0, count) };
    let shown = found.cards.iter().skip(skipped).take(most);
    let mut notices: Vec<_> = found.notices.iter().map(|one| notice(one, lang)).collect();
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

/// What of a licence is shown, and what for; with what was sent where it cannot be taken.
pub(super) fn choose(
    visit: &Visit,
    site: &Site,
    offer: &Offer,
    sent: Option<&Sent>,
    fault: Option<ChoiceFault>,
) -> Html {
    let lang = visit.lang;
    let of = |name: &str| sent.and_then(|sent| sent.get(name)).map(String::as_str);
    let boxes = offer.fields.iter().map(|field| {
        let name = format!("{FIELD}{}", field.name);
        let checked = match sent {
            Some(sent) => sent.contains_key(&name),
            None => field.class != Class::WithConsent,
        };
        box_view(field, name, checked, lang)
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
        purposes: purposes.collect(),
        own: of("words").unwrap_or_default(),
        fault: fault.map(|fault| words::fault(fault, lang)),
        offline: (offer.standing.state == State::InForce && !visit.prefs.large)
            .then(|| visit.to(&path_of(OFFLINE, &offer.identifier))),
    }
    .render()
}

/// The code, with what is seen by it, and the form that makes the next one.
pub(super) fn code(visit: &Visit, site: &Site, shown: &Shown, choice: &Choice) -> Html {
    let lang = visit.lang;
    let Shown { address, made_at, expires_at, offer } = shown;
    let code = address.parse::<yinxin_face::CodeAddress>().ok().and_then(|address| address.path());
    // the address is made of what codes hold
    let code = code.ok_or_else(|| askama::Error::custom("the address of a code is none"))?;
    let of_day = time::exact(*made_at);
    let (made, ends) = (clock_of(&of_day), clock_of(&time::exact(*expires_at)));
    let mut sent: Vec<_> = choice.fields.iter().map(|name| (format!("{FIELD}{name}"), "on".to_owned())).collect();
    sent.push(("words".to_owned(), choice.purpose.as_str().to_owned()));
    let path = path_of(SHOW, &offer.identifier);
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
        fields: offer.fields.iter().map(|field| box_view(field, String::new(), true, lang)).collect(),
        sent,
        edit: visit.to(&path),
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
    UsesPage {
        shell: Shell::new(lang, lang.t("谁用过我的证照", "Who used my licences"), site),
        v: visit,
        lang,
        tab: USES,
        days,
        earlier: earlier.then(|| visit.to(&format!("{USES}?use={}", at + 1))),
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

fn notice<'a>(notice: &'a Notice, lang: Lang) -> NoticeView<'a> {
    let bad = matches!(notice.act.as_str(), "suspend" | "revoke" | "cancel" | "withdraw");
    let (tone, mark) = if bad { ("caution", "m-warn") } else { ("info", "m-nonstandard") };
    NoticeView {
        tone,
        mark: Mark::small(mark),
        head: words::notice(&notice.act, lang),
        day: time::day(notice.recorded_at, lang),
        body: &notice.issuing_body,
        title: lang.of(&notice.type_title),
    }
}

fn box_view<'a>(field: &'a Offered, name: String, checked: bool, lang: Lang) -> BoxView<'a> {
    let (icon, class) = words::class(field.class, lang);
    BoxView { name, title: &field.title, value: &field.value, icon: Mark::icon(icon), class, checked }
}

fn use_view(visit: &Visit, used: &Use) -> UseView {
    let lang = visit.lang;
    let off = used.state.filter(|state| *state != State::InForce);
    UseView {
        body: place(&used.body, used.window.as_deref()),
        clock: clock_of(&time::exact(used.at)).get(..5).unwrap_or_default().to_owned(),
        title: lang.of(&used.type_title).to_owned(),
        purpose: used.purpose.clone(),
        seen: used.fields.join(lang.t("、", ", ")),
        pill: off.map(|state| pill(standing(state, lang))),
        objected: used.objection.as_ref().map(|one| (time::instant(one.at, lang), one.words.clone())),
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
