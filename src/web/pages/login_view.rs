//! The page of signing in, from facts to HTML.

use super::{
    demo,
    mark::Mark,
    prefs::{Lang, Prefs},
    render::Shell,
    words,
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
        fault: view.fault.map(|fault| words::login_fault(fault, view.codes, lang)),
        codes: view.codes,
        ways: &view.ways,
        demo: &view.demo,
        demo_at: view.prefs.at(demo::PATH),
        factor: view.prefs.at(super::factor::PATH),
    }
    .render()
}
