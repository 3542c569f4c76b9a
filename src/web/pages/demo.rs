//! The buttons of a demonstration: one for each role, which signs in at once. Only a process of `yinxin demo`, on the
//! loopback, has the address; elsewhere there is nothing at it ([`is_there`]).

use super::{
    login::{fault_of, to},
    prefs::{Lang, Place, Prefs},
};
use crate::{
    flow::{access::Role, demo::DemoAs, people::SignInError},
    web::{AppState, Problem, input::Form},
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;

/// What the buttons send to.
pub(in crate::web) const PATH: &str = "/login/demo";

/// What they send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Given {
    #[serde(rename = "as")]
    word: String,
}

/// A button.
#[derive(Clone, Copy, Debug)]
pub(super) struct Button {
    pub(super) word: &'static str,
    pub(super) title: &'static str,
    pub(super) does: &'static str,
}

/// Whether there is anything at a path of the table in this process.
pub(in crate::web) fn is_there(state: &AppState, path: &str) -> bool {
    path != PATH || state.office().is_ok_and(|office| office.demo.is_some())
}

/// The buttons of this process; none but in a demonstration.
pub(super) fn buttons(state: &AppState, lang: Lang) -> Vec<Button> {
    let Some(demo) = state.office().ok().and_then(|office| office.demo.clone()) else { return Vec::new() };
    let button = |who: DemoAs| {
        let (word, en) = (who.as_str(), english(who));
        Button { word, title: lang.t(who.zh(), en), does: does(who, lang) }
    };
    demo.offered().map(button).collect()
}

/// `POST /login/demo`
pub(in crate::web) async fn begin(
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<Given>, Problem>,
) -> HttpResponse {
    let prefs = Prefs { place: Place::Login, ..Prefs::from_query(request.query_string()) };
    if !state.cookies().comes_from_here(request.headers()) {
        return fault_of(&Problem::cross_site(), prefs, &state);
    }
    let word = match given {
        Ok(Form(Given { word })) => word,
        Err(problem) => return fault_of(&problem, prefs, &state),
    };
    let begun = state.at_sign_in(move |office, now| {
        let demo = office.demo.as_ref().ok_or(SignInError::Wrong)?;
        demo.begin(&office.store, &office.sign_in, &word, now)
    });
    match begun.await {
        Ok((who, session)) => {
            let cookie = state.cookies().begin(&session.secret);
            to(&prefs.at(home(who))).insert_header((header::SET_COOKIE, cookie)).finish()
        }
        Err(problem) => fault_of(&problem, prefs, &state),
    }
}

/// Where somebody's work is.
const fn home(who: DemoAs) -> &'static str {
    match who {
        DemoAs::Role(Role::Officer | Role::Approver) => super::office::HOME,
        DemoAs::Role(Role::SealKeeper | Role::Auditor) => super::office::SEALS,
        DemoAs::Role(Role::Clerk) => super::window::HOME,
        DemoAs::Role(Role::Administrator) => super::office::DEVICES,
        DemoAs::Holder => super::my::HOME,
        DemoAs::Agent => super::my::DELEGATIONS,
    }
}

const fn english(who: DemoAs) -> &'static str {
    match who {
        DemoAs::Role(Role::Officer) => "Officer",
        DemoAs::Role(Role::Approver) => "Approver",
        DemoAs::Role(Role::SealKeeper) => "Seal keeper",
        DemoAs::Role(Role::Clerk) => "Clerk at the window",
        DemoAs::Role(Role::Auditor) => "Auditor",
        DemoAs::Role(Role::Administrator) => "Administrator",
        DemoAs::Holder => "Holder of licences",
        DemoAs::Agent => "Agent of the holder",
    }
}

fn does(who: DemoAs, lang: Lang) -> &'static str {
    match who {
        DemoAs::Role(Role::Officer) => lang.t("填写制证申请", "Enters applications"),
        DemoAs::Role(Role::Approver) => lang.t("复核，签章制证", "Decides; what is approved is issued"),
        DemoAs::Role(Role::SealKeeper) => lang.t("申请、停用印章，授权用章", "Keeps seals and grants their use"),
        DemoAs::Role(Role::Clerk) => lang.t("核验来人出示的证照", "Verifies what people show"),
        DemoAs::Role(Role::Auditor) => lang.t("查看印章和用章记录", "Reads seals and what was stamped"),
        DemoAs::Role(Role::Administrator) => lang.t("管理人员、设备、信任列表", "People, devices, trust lists"),
        DemoAs::Holder => lang.t("查看并出示自己的证照", "Sees and shows their own licences"),
        DemoAs::Agent => lang.t("凭授权替持证人出示证照", "Shows the holder's licence by a delegation"),
    }
}
