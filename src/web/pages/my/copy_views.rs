//! From annotated copies to HTML.

use super::{
    COPIES, COPY_DOCUMENT, DELEGATION, DELEGATIONS, HOME, LETTERS, SHOW, USES, Visit,
    input::Sent,
    path_of,
    views::{By, Html},
};
use crate::{
    config::Site,
    flow::{
        copies::{CopyCard, CopyOffer, CopySeen},
        kind::FieldOffence,
        presentations::place,
        shown::Shown,
    },
    web::pages::{
        agents::AgentView,
        mark::Mark,
        office::{
            views::{Pill, pill},
            words::standing,
        },
        prefs::Lang,
        render::Shell,
        time,
        window::grouped,
        words::headline,
    },
};
use askama::Template as _;
use yinxin_trust::{base::Moment, licence::state::State};

/// Uses of a copy that stand open.
const USES_OPEN: usize = 5;

/// A line of the form.
struct Line<'a> {
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    most: usize,
    value: &'a str,
    fault: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "my-copy-new.html")]
struct FormPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    /// By which delegation an agent has it made.
    deleg: Option<AgentView>,
    pill: Pill,
    is_off: bool,
    back_to: String,
    key: &'a str,
    lines: Vec<Line<'a>>,
    until: String,
    until_fault: Option<String>,
    latest: String,
    has_fault: bool,
}

/// Somebody who was shown a copy.
struct SeenView<'a> {
    mark: Mark,
    body: String,
    when: String,
    purpose: &'a str,
    word: &'static str,
}

struct CopyView<'a> {
    title: &'a str,
    is_new: bool,
    is_off: bool,
    by_body: bool,
    agent: Option<&'a str>,
    pill_tone: &'static str,
    pill_mark: Mark,
    pill_word: &'static str,
    purpose: &'a str,
    recipient: &'a str,
    until: String,
    made: String,
    number: String,
    ofd: String,
    pdf: String,
    uses: Vec<SeenView<'a>>,
}

#[derive(askama::Template)]
#[template(path = "my-copies.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    tab: &'static str,
    copies: Vec<CopyView<'a>>,
    count: usize,
    /// Where the next copy is, of several, in large letters.
    next: Option<String>,
    as_of: String,
}

/// The form, with what was sent where it cannot be taken.
pub(super) fn form(
    visit: &Visit,
    site: &Site,
    (offer, by): (&CopyOffer, Option<&By<'_>>),
    key: &str,
    sent: Option<&Sent>,
    faults: &[FieldOffence],
) -> Html {
    let lang = visit.lang;
    let of = |name: &str| sent.and_then(|sent| sent.get(name)).map(String::as_str).unwrap_or_default();
    let fault_of = |name: &str| {
        let offence = faults.iter().find(|offence| offence.field == name)?;
        Some(lang.of(&offence.sentence).to_owned())
    };
    let line = |name, title, hint, most| Line { name, title, hint, most, value: of(name), fault: fault_of(name) };
    let until = of("until");
    let purpose = line(
        "purpose",
        lang.t("用来办什么", "What for"),
        lang.t("写对方要办的那件事，例如：参加某项目投标", "The one matter, such as: tender for a project"),
        200,
    );
    let recipient = line(
        "recipient",
        lang.t("给谁用", "For whom"),
        lang.t("对方单位的全称，或统一社会信用代码", "The full name or the credit code of who will use it"),
        100,
    );
    FormPage {
        shell: Shell::new(lang, lang.t("做一份加注件", "Make an annotated copy"), site),
        v: visit,
        lang,
        title: lang.of(&offer.type_title),
        pill: pill(standing(offer.standing.state, lang)),
        is_off: offer.standing.state != State::InForce,
        deleg: by.map(|by| AgentView::of_card(by.card, lang)),
        back_to: by.map_or_else(|| path_of(SHOW, &offer.identifier), |by| path_of(DELEGATION, &by.card.id)),
        key,
        // an agent has copies made for the matter of the delegation, and for nothing else
        lines: if by.is_some() { vec![recipient] } else { vec![purpose, recipient] },
        until: until.to_owned(),
        until_fault: fault_of("until"),
        latest: offer.latest.to_string(),
        has_fault: !faults.is_empty(),
    }
    .render()
}

/// The copies, in large letters the one `at`; `made` was made just now.
pub(super) fn home(
    visit: &Visit,
    site: &Site,
    (found, as_of): &(Vec<CopyCard>, Moment),
    made: Option<&str>,
    at: usize,
) -> Html {
    let lang = visit.lang;
    let count = found.len();
    let at = if count == 0 { 0 } else { at % count };
    let (skipped, most) = if visit.prefs.large { (at, 1) } else { (0, count) };
    HomePage {
        shell: Shell::new(lang, lang.t("我的加注件", "My annotated copies"), site),
        v: visit,
        lang,
        tab: COPIES,
        copies: found.iter().skip(skipped).take(most).map(|one| copy(visit, one, made)).collect(),
        count,
        next: (visit.prefs.large && count > 1).then(|| visit.to(&format!("{COPIES}?copy={}", (at + 1) % count))),
        as_of: time::instant(*as_of, lang),
    }
    .render()
}

fn copy<'a>(visit: &Visit, card: &'a CopyCard, made: Option<&str>) -> CopyView<'a> {
    let lang = visit.lang;
    let (tone, mark, word) = match card.is_usable {
        true => ("valid", "m-valid", lang.t("可用", "usable")),
        false => ("neutral", "m-expired", lang.t("已到期", "ended")),
    };
    let file = |form: &str| visit.to(&format!("{}?as={form}", path_of(COPY_DOCUMENT, &card.id)));
    CopyView {
        title: lang.of(&card.type_title),
        is_new: made == Some(card.id.as_str()),
        is_off: !card.is_usable,
        by_body: !card.is_own && card.agent.is_none(),
        agent: card.agent.as_deref(),
        pill_tone: tone,
        pill_mark: Mark::small(mark),
        pill_word: word,
        purpose: &card.purpose,
        recipient: &card.recipient,
        until: time::instant(card.expires_at, lang),
        made: time::instant(card.made_at, lang),
        number: grouped(&card.number),
        ofd: file("ofd"),
        pdf: file("pdf"),
        uses: card.uses.iter().take(if visit.prefs.large { 1 } else { USES_OPEN }).map(|one| seen(one, lang)).collect(),
    }
}

fn seen(used: &CopySeen, lang: Lang) -> SeenView<'_> {
    let fits = used.shown == Some(Shown::Valid);
    SeenView {
        mark: Mark::icon(if fits { "i-check" } else { "i-report" }),
        body: place(&used.body, used.window.as_deref()),
        when: time::instant(used.at, lang),
        purpose: &used.purpose,
        word: match used.shown {
            Some(Shown::Valid) => lang.t("用途相符", "for its purpose"),
            Some(shown) => headline(shown, lang),
            None => lang.t("看过", "seen"),
        },
    }
}
