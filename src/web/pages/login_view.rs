//! The page of signing in, from facts to HTML.

use super::{
    demo,
    mark::Mark,
    prefs::{Lang, Prefs},
    render::Shell,
};
use crate::config::Site;
use askama::Template;

/// Why nobody was signed in, as far as the visitor can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFault {
    /// Login or password.
    Wrong,
    /// Tried too often.
    TooManyTries,
    /// The form came from elsewhere.
    CrossSite,
    /// A field is missing or too long.
    Incomplete,
    /// What came back from a provider was not begun here, or has ended.
    NotBegun,
    /// The provider did not sign in.
    Outside,
    /// Known there, and nothing here.
    NotAdmitted,
    /// The provider proved too little.
    FactorWanted,
    /// The provider does not answer.
    OutsideUnavailable,
}

/// What the page of signing in shows.
#[derive(Clone, Debug)]
pub struct LoginView<'a> {
    /// How the visitor wants the page.
    pub prefs: Prefs,
    /// Who runs this site.
    pub site: &'a Site,
    /// Who is signed in.
    pub name: Option<&'a str>,
    /// Their roles, in Chinese and English.
    pub roles: Vec<(&'static str, &'static str)>,
    /// Why they are not.
    pub fault: Option<LoginFault>,
    /// Whether accounts may have second factors here, of which a code is asked for.
    pub codes: bool,
    /// Where else people sign in: where the button leads, and what it says.
    pub ways: Vec<(String, &'a str)>,
    /// The buttons of a demonstration.
    pub(in crate::web::pages) demo: Vec<demo::Button>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    name: Option<&'a str>,
    roles: &'a [(&'static str, &'static str)],
    fault: Option<(&'static str, &'static str)>,
    codes: bool,
    ways: &'a [(String, &'a str)],
    demo: &'a [demo::Button],
    demo_at: String,
    factor: String,
}

/// The page on which people sign in, or see that they are.
///
/// # Errors
/// When the template cannot be written, which means that memory ran out.
pub fn render_login(view: &LoginView<'_>) -> Result<String, askama::Error> {
    let lang = view.prefs.lang;
    LoginPage {
        shell: Shell::new(lang, lang.t("登录", "Sign in"), view.site),
        lang,
        prefs: view.prefs,
        live: false,
        name: view.name,
        roles: &view.roles,
        fault: view.fault.map(|fault| login_fault(fault, view.codes, lang)),
        codes: view.codes,
        ways: &view.ways,
        demo: &view.demo,
        demo_at: view.prefs.at(demo::PATH),
        factor: view.prefs.at(super::factor::PATH),
    }
    .render()
}

/// What went wrong in signing in, and what to do.
const fn login_fault(fault: LoginFault, codes: bool, lang: Lang) -> (&'static str, &'static str) {
    match (fault, lang) {
        (LoginFault::Wrong, Lang::Zh) if codes => {
            ("账号、密码或验证码不对", "请全部重新输入。用过的验证码要等应用换一个数。忘记密码请找本单位的管理员。")
        }
        (LoginFault::Wrong, Lang::En) if codes => (
            "Login, password or code is wrong",
            "Please enter all of them again. A code that was used counts no more: wait for the next. The administrator of your body can set a new password.",
        ),
        (LoginFault::Wrong, Lang::Zh) => ("账号或密码不对", "请重新输入。忘记密码请找本单位的管理员。"),
        (LoginFault::Wrong, Lang::En) => {
            ("Login or password is wrong", "Please enter both again. The administrator of your body can set a new one.")
        }
        (LoginFault::TooManyTries, Lang::Zh) => ("试得太多了", "请过十五分钟再登录。"),
        (LoginFault::TooManyTries, Lang::En) => ("Too many tries", "Please sign in again in fifteen minutes."),
        (LoginFault::CrossSite, Lang::Zh) => ("登录请求不是从本页发出的", "请在本页重新输入并登录。"),
        (LoginFault::CrossSite, Lang::En) => ("The request did not come from this page", "Please sign in here."),
        (LoginFault::Incomplete, Lang::Zh) => ("账号和密码没有填完整", "请填好两项再登录。"),
        (LoginFault::Incomplete, Lang::En) => ("Login or password is missing", "Please fill in both."),
        (LoginFault::NotBegun, Lang::Zh) => ("登录没有在这里开始，或者超过了十分钟", "请在本页重新开始。"),
        (LoginFault::NotBegun, Lang::En) => {
            ("The sign-in was not begun here, or took longer than ten minutes", "Please begin again on this page.")
        }
        (LoginFault::Outside, Lang::Zh) => ("那边没有完成登录", "请重新开始；还不行，请联系那边的服务人员。"),
        (LoginFault::Outside, Lang::En) => {
            ("The other service did not sign you in", "Please begin again; if it stays so, ask those who run it.")
        }
        (LoginFault::NotAdmitted, Lang::Zh) => {
            ("您在那边登录了，但这里还没有给您开通", "工作人员请找本单位的管理员，持证人请到办证窗口。")
        }
        (LoginFault::NotAdmitted, Lang::En) => (
            "You are signed in there, but have no access here",
            "Staff ask the administrator of their body, holders at the counter.",
        ),
        (LoginFault::FactorWanted, Lang::Zh) => {
            ("这里还要两步验证，刚才的登录不够", "请在那边用两步验证登录，或者在下面用账号、密码和验证码登录。")
        }
        (LoginFault::FactorWanted, Lang::En) => (
            "A second factor is wanted here; that sign-in was not enough",
            "Please sign in there in two steps, or below by login, password and code.",
        ),
        (LoginFault::OutsideUnavailable, Lang::Zh) => ("那边的登录服务暂时没有回应", "请过一分钟再试。"),
        (LoginFault::OutsideUnavailable, Lang::En) => {
            ("The other service does not answer now", "Please try again in a minute.")
        }
    }
}
