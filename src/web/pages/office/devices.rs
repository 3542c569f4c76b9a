//! `/office/devices`: an administrator enters windows and ends them.

use super::{
    HOME, SEALS, Visit, answer, onward, part, path_of, refusal,
    views::{Html, Pill, pill},
};
use crate::{
    config::Site,
    flow::{
        access::{Permit, may},
        devices::{self, Device, DeviceError, DeviceKind, Entered},
    },
    web::{
        AppState, Problem,
        auth::Authenticated,
        input::Form,
        pages::{Family, device, mark::Mark, prefs::Lang, render::Shell, time},
    },
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use yinxin_trust::base::Moment;

/// The page.
pub(in crate::web) const DEVICES: &str = "/office/devices";
/// Ending one.
pub(in crate::web) const DEVICE_END: &str = "/office/devices/{id}/end";

type Data = web::Data<AppState>;

/// A window to be entered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct NewWindow {
    kind: DeviceKind,
    name: String,
    window: String,
}

/// Why one is ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Ending {
    reason: String,
}

struct Row {
    name: String,
    window: String,
    lines: Vec<String>,
    pill: Pill,
    /// Where it is ended, while it is in use.
    end: Option<String>,
}

struct CodeView {
    code: String,
    until: String,
    window: String,
    at: String,
}

#[derive(Template)]
#[template(path = "office-devices.html")]
struct DevicesPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    rows: Vec<Row>,
    code: Option<CodeView>,
    action: String,
    required: bool,
}

/// `GET /office/devices`
pub(in crate::web) async fn devices(
    permit: Permit<may::ManageDevices>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    list(&visit, &state, permit, None).await
}

/// `POST /office/devices`
pub(in crate::web) async fn enter_device(
    permit: Permit<may::ManageDevices>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<NewWindow>, Problem>,
) -> HttpResponse {
    let visit = Visit::of(&caller, &request);
    let given = match given {
        Ok(Form(given)) => given,
        Err(problem) => return refusal(&visit, &state, &problem),
    };
    let (window, of) = (given.window.trim().to_owned(), permit.clone());
    let entered = state.in_office(move |office, now| {
        devices::enter(&office.store, &of, (given.kind, &given.name, &given.window), now)
    });
    match entered.await {
        // the code stands in this answer and nowhere else
        Ok(entered) => list(&visit, &state, permit, Some((entered, window))).await,
        Err(problem) => refusal(&visit, &state, &problem),
    }
}

/// `POST /office/devices/{id}/end`
pub(in crate::web) async fn end_device(
    permit: Permit<may::ManageDevices>,
    Authenticated(caller): Authenticated,
    request: HttpRequest,
    state: Data,
    given: Result<Form<Ending>, Problem>,
) -> HttpResponse {
    let (visit, id) = (Visit::of(&caller, &request).at(DEVICES.to_owned()), part(&request, "id"));
    let to = match given {
        Ok(Form(Ending { reason })) => {
            let ended = state.in_office(move |office, now| devices::end(&office.store, &permit, (&id, &reason), now));
            ended.await.map(|()| DEVICES.to_owned())
        }
        Err(problem) => Err(problem),
    };
    onward(&visit, &state, to)
}

async fn list(
    visit: &Visit,
    state: &AppState,
    permit: Permit<may::ManageDevices>,
    entered: Option<(Entered, String)>,
) -> HttpResponse {
    let found = state.in_office(move |office, now| Ok::<_, DeviceError>((devices::list(&office.store, &permit)?, now)));
    let required = state.wants_devices();
    let html = found.await.map(|(all, now)| view(visit, state.site(), &all, entered, required, now));
    answer(visit, state, html)
}

fn view(
    visit: &Visit,
    site: &Site,
    all: &[Device],
    entered: Option<(Entered, String)>,
    required: bool,
    now: Moment,
) -> Html {
    let lang = visit.lang;
    let code = entered.map(|(entered, window)| CodeView {
        code: entered.code.to_string(),
        until: time::instant(entered.expires_at, lang),
        window,
        at: visit.to(device::PATH),
    });
    DevicesPage {
        shell: Shell::new(lang, lang.t("设备", "Devices"), site),
        v: visit,
        lang,
        rows: all.iter().map(|one| row(visit, one, now)).collect(),
        code,
        action: visit.to(DEVICES),
        required,
    }
    .render()
}

fn row(visit: &Visit, one: &Device, now: Moment) -> Row {
    let lang = visit.lang;
    let at = |milliseconds: i64| {
        Moment::from_unix_milliseconds(milliseconds).map(|at| time::instant(at, lang)).unwrap_or_default()
    };
    let mut lines = Vec::new();
    if let Some(enrolled) = one.enrolled_at {
        lines.push(format!("{}{}", lang.t("登记于 ", "Enrolled "), at(enrolled)));
    }
    if let Some(seen) = one.last_seen_at {
        lines.push(format!("{}{}", lang.t("最近使用 ", "Last seen "), at(seen)));
    }
    if let (Some(ended), Some(reason)) = (one.ended_at, &one.end_reason) {
        lines.push(format!("{}{}{}{reason}", lang.t("停用于 ", "Ended "), at(ended), lang.t("：", ": ")));
    }
    let waits = one.code_expires_at.is_some_and(|until| until > now.unix_milliseconds());
    let (family, mark, word) = match (one.ended_at, one.enrolled_at) {
        (Some(_), _) => (Family::Neutral, "m-skip", lang.t("已停用", "Ended")),
        (None, Some(_)) => (Family::Valid, "m-valid", lang.t("在用", "In use")),
        (None, None) if waits => (Family::Info, "m-wait", lang.t("等待输入登记码", "Waits for its code")),
        (None, None) => (Family::Caution, "m-codeexpired", lang.t("登记码已过期", "The code has ended")),
    };
    Row {
        name: format!("{} · {}", kind(one, lang), one.name),
        window: one.window_name.clone(),
        lines,
        pill: pill((word, family, mark)),
        end: one.ended_at.is_none().then(|| visit.to(&path_of(DEVICE_END, &one.id))),
    }
}

fn kind(one: &Device, lang: Lang) -> &'static str {
    if one.kind == DeviceKind::Kiosk.as_str() { lang.t("自助终端", "Kiosk") } else { lang.t("窗口", "Window") }
}
