//! The window without a network (ADR 53): the page that a browser keeps for it, what stands between it and the network,
//! and the kit.
//!
//! The page is nobody's: it names no clerk, no body and no purpose, and no licence. Its words are here, and every state
//! that its script can show stands in it as the one table has it, so that nothing is worded twice.

use super::{Data, HOME, answer, print, views, waiting::Queue, words};
use crate::{
    config::Site,
    flow::{
        access::{Permit, may},
        shown::Shown,
        window::{self, KIT_SECONDS, PaperFault},
    },
    web::{
        Problem,
        pages::{
            PageState, assets,
            checklist::Row,
            handlers::may_ask,
            mark::Mark,
            prefs::{Lang, Prefs},
            render::Shell,
            time,
            visit::Visit,
            words as state_words,
        },
    },
};
use actix_web::{HttpResponse, http::header};
use askama::Template;
use serde_json::json;
use yinxin_trust::{code::print::NumberOffence, licence::name::NameOffence, verify::StandingState};

/// The page that is kept.
pub(in crate::web) const SHELL: &str = "/window/offline";
/// What stands between the pages of the window and the network.
pub(in crate::web) const WORKER: &str = "/window/worker.js";
/// What an installed page is called.
pub(in crate::web) const MANIFEST: &str = "/window/manifest.webmanifest";
/// What a window without a network goes by.
pub(in crate::web) const KIT: &str = "/window/kit";
/// Whether the service is there.
const ALIVE: &str = "/healthz";
/// What the script of the worker may do: ask this service.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; script-src 'self'";

/// The states that a window without a network comes to.
pub(super) const STATES: [Shown; 19] = [
    Shown::PrintDiffers,
    Shown::CodePicture,
    Shown::CodeExpired,
    Shown::CodeAltered,
    Shown::CodeUnreadable,
    Shown::CodeOfOthers,
    Shown::CounterfeitSite,
    Shown::NotOurs,
    Shown::Untrusted,
    Shown::CannotConclude,
    Shown::TryLater,
    Shown::NotInForce(StandingState::NotYet),
    Shown::NotInForce(StandingState::Expired),
    Shown::NotInForce(StandingState::Suspended),
    Shown::NotInForce(StandingState::Revoked),
    Shown::NotInForce(StandingState::Withdrawn),
    Shown::NotInForce(StandingState::Cancelled),
    Shown::NotInForce(StandingState::Superseded),
    Shown::NotInForce(StandingState::Transferred),
];

#[derive(Template)]
#[template(path = "window-apart.html")]
struct ApartPage<'a> {
    shell: Shell<'a>,
    manifest: &'static str,
    verifier: String,
    scanner: String,
    kit: &'static str,
    alive: &'static str,
    pages: [ApartWording; 2],
}

/// Everything in one language.
struct ApartWording {
    lang: Lang,
    title: &'static str,
    queue: Queue,
    instant: &'static str,
    months: &'static str,
    notes: Vec<(&'static str, String)>,
    /// What of a paper cannot be read.
    faults: [(&'static str, &'static str); 3],
    states: Vec<StateWords>,
    /// Each with what it is a row of: a code that a telephone showed live, one that belongs to no telephone, a printed one;
    /// or of all of them.
    rows: Vec<(&'static str, Row)>,
}

/// A state in its words. `name` is its word, and behind a colon why it is so.
struct StateWords {
    name: String,
    tone: &'static str,
    mark: Mark,
    is_long: bool,
    title: String,
    why: String,
    next: String,
}

/// `GET /window/offline`: for everybody, since nothing of anybody is in it; the worker asks for it without a session.
pub(in crate::web) async fn shell(state: Data) -> HttpResponse {
    let visit = Visit::of_nobody();
    may_ask(answer(&visit, &state, Ok(page(state.site()))))
}

/// `GET /window/worker.js`
pub(in crate::web) async fn worker() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, WORKER_POLICY))
        .insert_header(("service-worker-allowed", HOME))
        .body(assets::WORKER)
}

/// `GET /window/manifest.webmanifest`
pub(in crate::web) async fn manifest() -> HttpResponse {
    let large = assets::large_icons()
        .map(|(side, address)| json!({ "src": address, "sizes": format!("{side}x{side}"), "type": "image/png" }));
    let drawn = json!({ "src": assets::icon(), "sizes": "any", "type": "image/svg+xml" });
    let manifest = json!({
        "name": "印信 窗口核验",
        "short_name": "窗口核验",
        "lang": "zh-CN",
        "start_url": HOME,
        "scope": HOME,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": large.into_iter().chain([drawn]).collect::<Vec<_>>(),
    });
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(manifest.to_string())
}

/// `GET /window/kit`
pub(in crate::web) async fn kit(permit: Permit<may::ServeAtWindow>, state: Data) -> Result<HttpResponse, Problem> {
    let kit = state.at_window(move |counter| window::kit(counter, &permit)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(kit))
}

fn page(site: &Site) -> Result<String, askama::Error> {
    let shell = Shell { script: assets::apart_script(), ..Shell::new(Lang::Zh, "窗口核验（离线）", site) };
    let pages = [Lang::Zh, Lang::En].map(wording);
    ApartPage {
        shell,
        manifest: MANIFEST,
        verifier: assets::verifier_script(),
        scanner: assets::scanner_script(),
        kit: KIT,
        alive: ALIVE,
        pages,
    }
    .render()
}

fn wording(lang: Lang) -> ApartWording {
    let passed = |zh, en| Row::passed(lang.t(zh, en).to_owned(), lang);
    let open = |zh, en| Row::not_checked(lang.t(zh, en).to_owned(), lang);
    ApartWording {
        lang,
        title: lang.t("请扫码（离线）", "Scan a code (offline)"),
        queue: Queue::of(lang),
        instant: time::INSTANT[usize::from(lang == Lang::En)],
        months: time::MONTHS_IN_ENGLISH,
        notes: notes(lang),
        faults: faults(lang),
        states: states(lang),
        rows: vec![
            ("", passed("码没有被改动", "The code is unaltered")),
            ("true", passed("由持证人的手机当场出示", "Shown live by the holder's telephone")),
            ("false", open("码没有绑定手机", "The code belongs to no telephone")),
            ("print", passed("纸面和签发时一致", "The paper is as it was issued")),
            ("", open("现在有没有效", "Whether it is in force now")),
        ],
    }
}

/// What of a paper cannot be read, each under the name of its field.
fn faults(lang: Lang) -> [(&'static str, &'static str); 3] {
    let of = |name, fault: PaperFault| (name, words::paper_fault(&fault, lang));
    [
        of("holder", PaperFault::Holder(NameOffence::Empty)),
        of("number", PaperFault::Number(NumberOffence::Empty)),
        of("until", PaperFault::Until),
    ]
}

/// What stands above: `{t}` is when the kit was made, `{u}` until when it counts.
fn notes(lang: Lang) -> Vec<(&'static str, String)> {
    let hours = KIT_SECONDS / 3600;
    let none = match lang {
        Lang::Zh => {
            format!(
                "连不上服务器，这台电脑上也没有离线名单。联网登录一次窗口，以后 {hours} 小时内断网也能核对离线码和打印的码。"
            )
        }
        Lang::En => format!(
            "The service cannot be reached, and no offline list is on this computer. Sign in once with a network; offline and printed codes can then be checked without one for {hours} hours."
        ),
    };
    let of = |zh: &str, en: &str| lang.t(zh, en).to_owned();
    vec![
        (
            "offline",
            match lang {
                Lang::Zh => "连不上服务器，现在离线核验：能核对离线码和证照上打印的码。名单和密钥是 {t} 更新的，可以用到 {u}。".to_owned(),
                Lang::En => "No service: offline and printed codes are checked here. Lists and keys are of {t} and count until {u}.".to_owned(),
            },
        ),
        ("no_kit", none),
        (
            "kit_old",
            of(
                "连不上服务器，离线名单已经太旧（{t} 更新），不能再用。请等网络恢复。",
                "The service cannot be reached, and the offline list is too old (of {t}). Wait for the network.",
            ),
        ),
        (
            "clock",
            of(
                "连不上服务器，这台电脑的时钟往回走过，离线核验不可靠。请校准时钟，等网络恢复。",
                "The service cannot be reached, and the clock of this computer went back, so nothing can be checked by it. Set the clock, and wait for the network.",
            ),
        ),
        (
            "back",
            of(
                "网络恢复了。按“下一位”回到联网核验，离线核过的会自动复核。",
                "The network is back. “Next person” leads to checking online; what was checked offline is checked again by itself.",
            ),
        ),
    ]
}

fn states(lang: Lang) -> Vec<StateWords> {
    let of = |state: PageState, why: Option<&str>, (title, because, next): (&str, &str, &str)| StateWords {
        name: why.map_or_else(|| state.code().to_owned(), |why| format!("{}:{why}", state.code())),
        tone: state.family().tone(),
        mark: Mark::large(state.icon()),
        is_long: views::is_long(title, lang),
        title: title.to_owned(),
        why: because.to_owned(),
        next: next.to_owned(),
    };
    let fixed = |state: PageState| match state {
        PageState::NotInForce(_) => state_words::of_register(state, lang),
        other => state_words::fixed(other, true, lang),
    };
    let mut all: Vec<StateWords> = STATES.iter().map(|state| of(*state, None, fixed(*state))).collect();
    let (title, because, next) = valid_offline(lang);
    let unbound = lang.t(
        "码没有绑定手机，可能是别人转来的。请对着证件核对本人。",
        "The code belongs to no telephone and may have been sent on. Check the person against a document.",
    );
    all.push(of(PageState::ValidOffline, None, (title, because, next)));
    all.push(of(PageState::ValidOffline, Some("no_device"), (title, because, unbound)));
    all.extend(print::apart(lang).map(|(state, why, words)| of(state, Some(why), words)));
    let (title, _, _) = state_words::unavailable(lang);
    all.extend(
        cannot_check(lang).map(|(why, because, next)| of(PageState::TryLater, Some(why), (title, because, next))),
    );
    all
}

/// `{t}` is the state date.
fn valid_offline(lang: Lang) -> (&'static str, &'static str, &'static str) {
    match lang {
        Lang::Zh => (
            "签名真实，状态截至 {t}（离线）",
            "码是登记机关签发的，没有改动。现在没有网络，此后是否暂扣或吊销不知道。",
            "请核对本人。可以先办，联网后会自动复核。",
        ),
        Lang::En => (
            "Signature genuine, standing as of {t} (offline)",
            "The register signed the code, and it is unchanged. There is no network now, so what happened since is not known.",
            "Check the person. You may go on; it is checked again once there is a network.",
        ),
    }
}

/// Why nothing can be said.
fn cannot_check(lang: Lang) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let of = move |why, (zh, en), (next_zh, next_en)| (why, lang.t(zh, en), lang.t(next_zh, next_en));
    let wait = ("请等网络恢复后再扫，或按人工办法核实。", "Scan again once there is a network, or check by hand.");
    [
        of(
            "needs_network",
            ("这种码要问登记库，现在没有网络。不代表证照有问题。", "This code needs the register, and there is no network now. That says nothing against the licence."),
            ("请对方在手机上出示离线码，再扫一次。", "Ask for an offline code on the telephone, and scan again."),
        ),
        of(
            "file",
            ("核验文件要联网，现在没有网络。不代表文件有问题。", "Verifying files needs the network. That says nothing against the file."),
            ("请等网络恢复后再拖进来，或请对方出示离线码。", "Drop it here once there is a network, or ask for an offline code."),
        ),
        of(
            "no_kit",
            ("这台电脑上没有离线名单。不代表证照有问题。", "No offline list is on this computer. That says nothing against the licence."),
            wait,
        ),
        of(
            "kit_old",
            ("离线名单太旧，不能再用。不代表证照有问题。", "The offline list is too old. That says nothing against the licence."),
            wait,
        ),
        of(
            "kit_short",
            (
                "近来失效的证照太多，离线名单没有列全，这张码签发得早，不知道它是不是失效了。不代表证照有问题。",
                "More licences ended lately than the offline list has room for, and this code is older than it reaches. That says nothing against the licence.",
            ),
            (
                "请等网络恢复，这次核验会自动复核；或按人工办法核实。",
                "Wait for the network, with which it is checked again by itself, or check by hand.",
            ),
        ),
        of(
            "clock",
            ("这台电脑的时钟往回走过，不能据它判断。不代表证照有问题。", "The clock of this computer went back, so nothing can be judged by it. That says nothing against the licence."),
            ("请校准时钟，等网络恢复后再扫。", "Set the clock, and scan again once there is a network."),
        ),
    ]
    .into_iter()
}

/// The manifest of an installed page.
pub(super) const fn manifest_address() -> &'static str {
    MANIFEST
}

/// Whoever looks: of them nothing stands in the page.
impl Visit {
    pub(super) fn of_nobody() -> Self {
        let prefs = Prefs::from_query("");
        Self {
            prefs,
            lang: prefs.lang,
            here: SHELL.to_owned(),
            name: String::new(),
            clerk: String::new(),
            roles: Vec::new(),
            body_name: String::new(),
            window: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SITE: Site = Site { name: None, operator: None, phone: None, languages: Vec::new(), old_after_hours: 168 };

    #[test]
    fn every_state_is_there_once_and_in_both_languages() {
        let names = |lang| states(lang).into_iter().map(|state| state.name).collect::<Vec<_>>();
        let mut sorted = names(Lang::Zh);
        assert_eq!(sorted, names(Lang::En));
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), names(Lang::Zh).len());
        for lang in [Lang::Zh, Lang::En] {
            for state in states(lang) {
                assert!(!state.title.is_empty() && !state.why.is_empty() && !state.next.is_empty(), "{}", state.name);
                assert_eq!(state.name.starts_with("VALID"), state.tone == "info", "{}: never green", state.name);
            }
            // what the script says of printed codes (pages/src/verifier.ts)
            let named: Vec<String> = states(lang).into_iter().map(|state| state.name).collect();
            for name in [
                "CANNOT_CHECK:compare",
                "CODE_OF_OTHERS:compare",
                "VALID_OFFLINE:print",
                "VALID_OFFLINE:print_signed",
                "EXPIRED:print",
                "PRINT_DIFFERS",
            ] {
                assert!(named.iter().any(|one| one == name), "{name}");
            }
        }
        let html = page(&SITE).expect("a page");
        assert!(html.contains("data-state=\"CANNOT_CHECK:kit_old\""));
    }
}
