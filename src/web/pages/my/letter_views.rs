//! From letters to HTML.

use super::{
    DELEGATIONS, HOME, LETTER, LETTER_DOCUMENT, LETTER_KEY, LETTER_NEW, LETTER_PAGE, LETTERS, USES, Visit, input::Sent,
    path_of, views::Html,
};
use crate::{
    config::Site,
    flow::letters::{Activation, Draft, FieldKind, Signed, Template},
    web::{
        Problem,
        pages::{factor::PATH as FACTOR, mark::Mark, prefs::Lang, render::Shell, time},
    },
};
use askama::Template as _;

/// Signed letters that are listed in large letters.
const LARGE_LISTED: usize = 1;

struct Kind<'a> {
    href: String,
    title: &'a str,
    about: &'a str,
}

struct Row<'a> {
    href: String,
    title: &'a str,
    to: &'a str,
    when: String,
}

#[derive(askama::Template)]
#[template(path = "my-letters.html")]
struct HomePage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    tab: &'static str,
    standing: &'a Activation,
    until: String,
    kinds: Vec<Kind<'a>>,
    signed: Vec<Row<'a>>,
    count: usize,
    fault: Option<&'a str>,
}

struct Input<'a> {
    name: &'a str,
    title: &'a str,
    value: &'a str,
    /// Characters of a line; none for a day.
    most: Option<usize>,
    is_wrong: bool,
}

#[derive(askama::Template)]
#[template(path = "my-letter-new.html")]
struct FormPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    about: &'a str,
    inputs: Vec<Input<'a>>,
    fault: Option<&'a str>,
}

#[derive(askama::Template)]
#[template(path = "my-letter.html")]
struct LetterPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: &'a str,
    picture: String,
    /// Of a draft: what would be signed, in fours, and as it is sent back.
    digest: Option<(String, &'a str)>,
    until: String,
    /// Of a signed one.
    document: Option<String>,
    when: String,
    fault: Option<&'a str>,
}

/// What was signed, and what may be.
pub(super) fn home(
    visit: &Visit,
    site: &Site,
    standing: &Activation,
    signed: &[Signed],
    fault: Option<&Problem>,
) -> Html {
    let lang = visit.lang;
    let most = if visit.prefs.large { LARGE_LISTED } else { signed.len() };
    let kind = |template: &'static Template| Kind {
        href: visit.to(&path_of(LETTER_NEW, &template.name)),
        title: lang.of(&template.title),
        about: lang.of(&template.about),
    };
    HomePage {
        shell: Shell::new(lang, lang.t("签文书", "Letters"), site),
        v: visit,
        lang,
        tab: LETTERS,
        standing,
        until: if let Activation::Active { until } = standing { time::day(*until, lang) } else { String::new() },
        kinds: Template::all().iter().map(kind).collect(),
        signed: signed
            .iter()
            .take(most)
            .map(|one| Row {
                href: visit.to(&path_of(LETTER, &one.id)),
                title: lang.of(&one.title),
                to: &one.to,
                when: time::instant(one.at, lang),
            })
            .collect(),
        count: signed.len(),
        fault: fault.map(|problem| lang.of(problem.sentence())),
    }
    .render()
}

/// The form of a kind, with what was sent where that cannot be taken.
pub(super) fn form(
    visit: &Visit,
    site: &Site,
    template: &'static Template,
    sent: &Sent,
    fault: Option<&Problem>,
) -> Html {
    let lang = visit.lang;
    let wrong: Vec<&str> = fault.map(Problem::fields).unwrap_or_default();
    let input = |field: &'static crate::flow::letters::Field| Input {
        name: &field.name,
        title: lang.of(&field.title),
        value: sent.get(&field.name).map(String::as_str).unwrap_or_default(),
        most: match field.kind {
            FieldKind::Line(most) => Some(most),
            FieldKind::Day => None,
        },
        is_wrong: wrong.contains(&field.name.as_str()),
    };
    FormPage {
        shell: Shell::new(lang, lang.of(&template.title), site),
        v: visit,
        lang,
        title: lang.of(&template.title),
        about: lang.of(&template.about),
        inputs: template.fields.iter().map(input).collect(),
        fault: fault.map(|problem| lang.of(problem.sentence())),
    }
    .render()
}

/// The page that would be signed.
pub(super) fn draft(visit: &Visit, site: &Site, draft: &Draft, fault: Option<&Problem>) -> Html {
    let lang = visit.lang;
    LetterPage {
        shell: Shell::new(lang, lang.of(&draft.template.title), site),
        v: visit,
        lang,
        title: lang.of(&draft.template.title),
        picture: path_of(LETTER_PAGE, &draft.id),
        digest: Some((in_fours(&draft.digest), &draft.digest)),
        until: time::exact(draft.until).get(11..16).unwrap_or_default().to_owned(),
        document: None,
        when: String::new(),
        fault: fault.map(|problem| lang.of(problem.sentence())),
    }
    .render()
}

/// A letter that is signed.
pub(super) fn signed(visit: &Visit, site: &Site, signed: &Signed) -> Html {
    let lang = visit.lang;
    LetterPage {
        shell: Shell::new(lang, lang.of(&signed.title), site),
        v: visit,
        lang,
        title: lang.of(&signed.title),
        picture: path_of(LETTER_PAGE, &signed.id),
        digest: None,
        until: String::new(),
        document: Some(path_of(LETTER_DOCUMENT, &signed.id)),
        when: time::instant(signed.at, lang),
        fault: None,
    }
    .render()
}

fn in_fours(digest: &str) -> String {
    let fours: Vec<&str> = (0..digest.len()).step_by(4).filter_map(|at| digest.get(at..at + 4)).collect();
    fours.join(" ")
}
