//! Checks that no register answered, and what the window makes up for (ADR 53, 67): the panel of those that wait, and the
//! door through which a browser asks about them again.

use super::{
    Data, Desk, answer,
    apart::{KIT, SHELL, STATES, WORKER},
    at_purpose, refusal,
};
use crate::{
    config::Site,
    flow::{
        access::{Permit, may},
        shown::Shown,
        window::{self, Checked, Handle, LONGEST_WAIT_SECONDS, MOST_CHECKS, Recheck, Seen},
    },
    web::{
        Problem,
        auth::Authenticated,
        pages::{PageState, assets, mark::Mark, prefs::Lang, render::Shell, time, visit::Visit, words as state_words},
    },
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use yinxin_trust::base::Moment;

/// What checks without a network are sent to afterwards.
pub(in crate::web) const RECHECK: &str = "/window/recheck";

/// A verdict that no register answered: the script keeps it in the browser, to ask again.
pub(super) struct Keep {
    pub(super) handle: String,
    pub(super) state: &'static str,
    /// When, in milliseconds since 1970.
    pub(super) at: i64,
    pub(super) clerk: String,
}

impl Keep {
    /// Of what was scanned; what was brought as a file is in the file.
    pub(super) fn of(desk: &Desk, seen: &Seen, text: Option<&str>) -> Option<Self> {
        let handle = Handle::of(seen, text.unwrap_or_default())?.kept();
        let (state, at) = (seen.shown.code(), seen.at.unix_milliseconds());
        Some(Self { handle, state, at, clerk: desk.visit.clerk.clone() })
    }
}

/// The panel of the checks that wait; the script fills it.
pub(super) struct Queue {
    pub(super) instant: &'static str,
    pub(super) months: &'static str,
    pub(super) thens: Vec<Then>,
    pub(super) hours: i64,
}

/// What was shown then, in a word.
pub(super) struct Then {
    pub(super) state: &'static str,
    pub(super) tone: &'static str,
    pub(super) mark: Mark,
    pub(super) title: &'static str,
}

#[derive(Template)]
#[template(path = "window-rechecked.html")]
struct RecheckedPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    lines: Vec<RecheckedLine>,
    /// Those that were answered, and those of them that need attention.
    answered: usize,
    worse: usize,
}

/// What a check came to.
struct RecheckedLine {
    /// As it was sent.
    check: String,
    what: String,
    when: String,
    tone: &'static str,
    mark: Mark,
    title: &'static str,
    is_open: bool,
    is_worse: bool,
}

/// `POST /window/recheck`: `clerk=DIGEST`, and several times `check=HANDLE STATE SECONDS`, or `again=` of what the service was
/// told of before; a handle is an identifier, or `SITE/C/CODE`.
pub(in crate::web) async fn recheck(
    permit: Permit<may::ServeAtWindow>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    sent: web::Bytes,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let Some(desk) = Desk::of(&visit, &request) else {
        return refusal(&visit, &state, &Problem::bad_body("no purpose was chosen"));
    };
    // what one clerk checked is not written down under another
    if !url::form_urlencoded::parse(&sent).any(|(name, value)| name == "clerk" && value == visit.clerk) {
        return refusal(&visit, &state, &Problem::bad_body("these checks are of another clerk"));
    }
    let is_known = url::form_urlencoded::parse(&sent).any(|(name, _)| name == "again");
    let checks = checks(&sent);
    let purpose = desk.purpose.clone();
    let ask = if is_known { window::recheck_again } else { window::recheck };
    let checked = state.at_window(move |counter| ask(counter, &permit, checks, &purpose)).await;
    let html = checked.map(|checked| rechecked(&desk, state.site(), checked));
    answer(&desk.visit, &state, html)
}

/// The checks of a form; what is none is left out.
fn checks(sent: &[u8]) -> Vec<Recheck> {
    url::form_urlencoded::parse(sent)
        .filter(|(name, _)| name == "check" || name == "again")
        .filter_map(|(_, value)| {
            let mut parts = value.split(' ');
            let handle = parts.next()?.parse().ok()?;
            let shown = Shown::of_code(parts.next()?)?;
            let at = Moment::from_unix_seconds(parts.next()?.parse().ok()?).ok()?;
            Some(Recheck { handle, shown, at })
        })
        .take(MOST_CHECKS)
        .collect()
}

impl Queue {
    pub(super) fn of(lang: Lang) -> Self {
        let then = |state: PageState| Then {
            state: state.code(),
            tone: state.family().tone(),
            mark: Mark::small(state.icon()),
            title: match state {
                PageState::ValidOffline => lang.t("签名真实（离线）", "Signature genuine (offline)"),
                other => state_words::headline(other, lang),
            },
        };
        Self {
            instant: time::INSTANT[usize::from(lang == Lang::En)],
            months: time::MONTHS_IN_ENGLISH,
            thens: STATES.into_iter().chain([PageState::ValidOffline]).map(then).collect(),
            hours: LONGEST_WAIT_SECONDS / 3600,
        }
    }
}

/// What came out, the worst first.
fn rechecked(desk: &Desk, site: &Site, checked: Vec<Checked>) -> Result<String, askama::Error> {
    let lang = desk.visit.lang;
    let mut lines: Vec<_> = checked
        .into_iter()
        .map(|one| RecheckedLine {
            check: format!(
                "{} {} {}",
                one.recheck.handle.kept(),
                one.recheck.shown.code(),
                one.recheck.at.unix_seconds()
            ),
            is_open: one.is_open(),
            is_worse: one.shown != Shown::Valid && !one.is_open(),
            what: one.licence.unwrap_or_else(|| one.recheck.handle.to_string()),
            when: time::instant(one.recheck.at, lang),
            tone: one.shown.family().tone(),
            mark: Mark::small(one.shown.icon()),
            title: state_words::headline(one.shown, lang),
        })
        .collect();
    lines.sort_by_key(|one| !one.is_worse);
    let answered = lines.iter().filter(|one| !one.is_open).count();
    let worse = lines.iter().filter(|one| one.is_worse).count();
    let title = lang.t("离线核过的已复核", "What was checked offline was checked again");
    let shell = Shell { script: assets::window_script(), ..Shell::new(lang, title, site) };
    RecheckedPage { shell, lang, lines, answered, worse }.render()
}

/// Where the page of the window finds what it prepares.
pub(super) struct Preparing {
    pub(super) kit: &'static str,
    pub(super) shell: &'static str,
    pub(super) worker: &'static str,
    pub(super) recheck: String,
    /// What tells whose checks are the clerk's own.
    pub(super) clerk: String,
}

impl Preparing {
    pub(super) fn of(desk: &Desk) -> Self {
        let recheck = desk.visit.to(&at_purpose(RECHECK, &desk.purpose));
        Self { kit: KIT, shell: SHELL, worker: WORKER, recheck, clerk: desk.visit.clerk.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_read_and_bounded() {
        let one =
            "check=1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U+VALID_OFFLINE+1780279200";
        let print = "check=yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345+PRINT_DIFFERS+1780279200";
        let read_print = checks(print.as_bytes());
        assert!(matches!(&read_print[..], [Recheck { handle: Handle::Print { .. }, .. }]));
        assert_eq!(read_print[0].handle.kept(), "yx.example.gov.cn/C/ABCDEFGHIJKLMNOPQRSTUV2345");
        assert_eq!(checks(one.replace("check=", "again=").as_bytes()).len(), 1);
        let read = checks(one.as_bytes());
        assert_eq!(read.len(), 1);
        assert!(read.iter().all(|one| one.shown == Shown::ValidOffline && one.at.unix_seconds() == 1_780_279_200));
        assert_eq!(checks([one; 30].join("&").as_bytes()).len(), MOST_CHECKS);
        for none in [
            "",
            "check=",
            "check=a+VALID+1",
            "check=%FF",
            "other=1",
            &one.replace("VALID_OFFLINE", "NICE"),
            &one.replace("1780279200", "-"),
            &one.replace(".U+", ".V+"),
            &print.replace("2345", "234"),
            &print.replace("yx.example.gov.cn", "a@yx.example.gov.cn"),
            &print.replace("/C/", "/S/"),
        ] {
            assert_eq!(checks(none.as_bytes()), [], "{none}");
        }
    }
}
