//! `/login/factor`: the second factor of whoever signed in, people and holders alike. One
//! address: what was typed is answered by the page that follows, and secret and recovery codes
//! stand in an answer to a form and nowhere else.

use super::{
    handlers::{HTML, or_plain, page, refusal},
    login::{from_here, to},
    mark::Mark,
    office::encoded,
    prefs::{Lang, Place, Prefs},
    render::Shell,
    time,
};
use crate::{
    flow::{
        people::Password,
        second_factor::{self, Begun, FactorError, FactorStanding, RecoveryCodes},
    },
    web::{AppState, Problem, auth::SignedIn, input::Form, problem::Code},
};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use yinxin_face::CodePath;
use yinxin_trust::base::Moment;
use zeroize::Zeroizing;

/// The page.
pub(in crate::web) const PATH: &str = "/login/factor";

/// What apps call the service where it has no name.
const ISSUER: &str = "印信";

/// What the forms send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Given {
    #[serde(rename = "do")]
    what: What,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Begin,
    Confirm,
    Codes,
    Remove,
}

/// What came of a form.
enum Done {
    Begun(Begun),
    Codes(RecoveryCodes),
    Removed,
}

/// What the page shows.
enum Part {
    Unavailable,
    Off,
    /// The code to be scanned, or none where only the first code is asked for again.
    App(Option<App>),
    Codes(Vec<Zeroizing<String>>),
    On {
        since: String,
        left: usize,
    },
}

struct App {
    code: CodePath,
    key: String,
    login: String,
}

#[derive(Template)]
#[template(path = "factor.html")]
struct FactorPage<'a> {
    shell: Shell<'a>,
    lang: Lang,
    prefs: Prefs,
    live: bool,
    name: &'a str,
    is_wanted: bool,
    may_go_back: bool,
    part: Part,
    fault: Option<(&'static str, &'static str)>,
    home: String,
}

/// `GET /login/factor`
pub(in crate::web) async fn show(who: SignedIn, request: HttpRequest, state: web::Data<AppState>) -> HttpResponse {
    present(&who, prefs(&request), &state, None).await
}

/// `POST /login/factor`
pub(in crate::web) async fn change(
    who: SignedIn,
    request: HttpRequest,
    state: web::Data<AppState>,
    given: Result<Form<Given>, Problem>,
) -> HttpResponse {
    let prefs = prefs(&request);
    let given = match given {
        Ok(Form(given)) => given,
        Err(problem) => return refusal(&problem, prefs, &state),
    };
    let what = given.what;
    match done(&who, &state, given).await {
        Ok(Done::Begun(begun)) => match app(&state, &begun) {
            Ok(app) => answer(&who, prefs, &state, Part::App(Some(app)), None),
            Err(problem) => refusal(&problem, prefs, &state),
        },
        Ok(Done::Codes(codes)) => {
            let who = SignedIn { is_unfinished: false, ..who };
            let codes = codes.texts().map(|text| Zeroizing::new(text.to_owned())).collect();
            answer(&who, prefs, &state, Part::Codes(codes), None)
        }
        Ok(Done::Removed) => to(&prefs.here()).finish(),
        Err(problem) => {
            let fault = match problem.code() {
                Code::SecondFactorWrong => fault(what, prefs.lang),
                Code::TooManyTries => prefs
                    .lang
                    .pair(("试得太多了", "请过十五分钟再试。"), ("Too many tries", "Try again in fifteen minutes.")),
                Code::NoSecondFactor if what == What::Confirm => prefs.lang.pair(
                    ("设置超过了十五分钟", "请重新开始。"),
                    ("It took longer than fifteen minutes", "Please begin again."),
                ),
                _ => return refusal(&problem, prefs, &state),
            };
            if what == What::Confirm && problem.code() == Code::SecondFactorWrong {
                return answer(&who, prefs, &state, Part::App(None), Some(fault));
            }
            present(&who, prefs, &state, Some(fault)).await
        }
    }
}

async fn done(who: &SignedIn, state: &AppState, given: Given) -> Result<Done, Problem> {
    let Given { what, password, code } = given;
    let password = Password::given(password).map_err(|_| Problem::bad_body("the password is too long"))?;
    let code = Zeroizing::new(code);
    let who = who.clone();
    // each but the first code takes a hash
    state
        .at_sign_in(move |office, now| {
            let (store, sign_in) = (&office.store, &office.sign_in);
            let both = (&password, code.as_str());
            Ok::<_, FactorError>(match what {
                What::Begin => Done::Begun(second_factor::begin(store, sign_in, &who.owner, &password, now)?),
                What::Confirm => {
                    let confirmed = second_factor::confirm(store, sign_in, &who.owner, &who.session, &code, now)?;
                    Done::Codes(confirmed)
                }
                What::Codes => Done::Codes(second_factor::renew_codes(store, sign_in, &who.owner, both, now)?),
                What::Remove => {
                    second_factor::remove(store, sign_in, &who.owner, both, now)?;
                    Done::Removed
                }
            })
        })
        .await
}

/// The page as the account stands.
async fn present(
    who: &SignedIn,
    prefs: Prefs,
    state: &AppState,
    fault: Option<(&'static str, &'static str)>,
) -> HttpResponse {
    let owner = who.owner.clone();
    let found = state.in_office(move |office, _| second_factor::standing(&office.store, &office.sign_in, &owner)).await;
    match found {
        Ok(standing) => answer(who, prefs, state, Part::of(&standing, prefs.lang), fault),
        Err(problem) => refusal(&problem, prefs, state),
    }
}

impl Part {
    fn of(standing: &FactorStanding, lang: Lang) -> Self {
        match standing.since {
            Some(since) => Self::On { since: since_words(since, lang), left: standing.codes_left },
            None if standing.is_available => Self::Off,
            None => Self::Unavailable,
        }
    }
}

fn since_words(since: Moment, lang: Lang) -> String {
    let day = time::day(since, lang);
    match lang {
        Lang::Zh => format!("{day} 起"),
        Lang::En => format!("since {day}"),
    }
}

fn answer(
    who: &SignedIn,
    prefs: Prefs,
    state: &AppState,
    part: Part,
    fault: Option<(&'static str, &'static str)>,
) -> HttpResponse {
    let lang = prefs.lang;
    // people see there what they may do, holders are sent on to their licences
    let home = prefs.at(super::login::PATH);
    let html = FactorPage {
        shell: Shell::new(lang, lang.t("两步验证", "Two-step sign-in"), state.site()),
        lang,
        prefs,
        live: false,
        name: who.owner.name(),
        is_wanted: who.is_unfinished,
        // who leaves recovery codes does not see them again
        may_go_back: !matches!(part, Part::Codes(_)),
        part,
        fault,
        home,
    }
    .render();
    from_here(page(HttpResponse::Ok().content_type(HTML).body(or_plain(html))))
}

/// What an app is shown: the address that all of them read, and the key in fours.
fn app(state: &AppState, begun: &Begun) -> Result<App, Problem> {
    let issuer = encoded(state.site().name.as_deref().unwrap_or(ISSUER));
    let (login, key) = (encoded(&begun.login), begun.secret.text());
    let address = Zeroizing::new(format!(
        "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits={}&period={}",
        key.as_str(),
        second_factor::DIGITS,
        second_factor::STEP_SECONDS,
    ));
    let code = CodePath::in_segments(&address);
    let code = code.ok_or_else(|| Problem::broken(&"the address of a second factor fits no code"))?;
    let fours: Vec<&str> = (0..key.len()).step_by(4).filter_map(|at| key.get(at..(at + 4).min(key.len()))).collect();
    Ok(App { code, key: fours.join(" "), login: begun.login.clone() })
}

fn fault(what: What, lang: Lang) -> (&'static str, &'static str) {
    match what {
        What::Begin => lang.pair(("密码不对", "请重新输入。"), ("The password is wrong", "Please enter it again.")),
        What::Confirm => lang.pair(
            ("验证码不对", "请等应用换一个数，再填一次。手机的时间要准。"),
            ("The code is wrong", "Wait for the next one and enter that. The telephone's clock must be right."),
        ),
        What::Codes | What::Remove => lang.pair(
            ("密码或验证码不对", "请重新输入两项。用过的验证码要等应用换一个数。"),
            (
                "Password or code is wrong",
                "Please enter both again. A code that was used counts no more: wait for the next.",
            ),
        ),
    }
}

fn prefs(request: &HttpRequest) -> Prefs {
    Prefs { place: Place::Factor, ..Prefs::from_query(request.query_string()) }
}
