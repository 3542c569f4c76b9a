//! Every page there is, in every mode: normal, large letters, high contrast and both together, on a screen of
//! 1280 by 800 and on a telephone of 360 by 740.
//!
//! [`routes`] says of each route of the table which tour looks at it, or why there is nothing to look at; a route that
//! it does not know fails a test. Each tour goes to its pages as whoever may, and has axe-core look at each in each
//! mode ([`looked`]).

mod citizen;
mod keepers;
mod looked;
mod office;
mod public;
mod routes;
mod states;
mod window;

use super::{browser::Tab, window::gone};
use crate::support::{
    desk::Desk,
    http::Answer,
    register::{FORM_BODY, Shown, send},
};
use fantoccini::Locator;
use serde_json::json;

/// Fills a form as it stands and sends it, without what a browser would ask for first; waits for the next page. `more`
/// is added to its address, or is another one.
async fn submit(tab: &Tab, form: &str, fields: &[(&str, &str)], more: &str) {
    let script = "const [form, fields, more] = [document.querySelector(arguments[0]), arguments[1], arguments[2]]; \
        for (const [name, value] of fields) { \
          const all = [...form.elements].filter((one) => one.name === name); \
          const chosen = all.find((one) => ['radio', 'checkbox'].includes(one.type) && one.value === value); \
          const field = all.find((one) => !['radio', 'checkbox', 'submit', 'button'].includes(one.type)); \
          if (chosen) chosen.checked = true; \
          else if (field) field.value = value; \
          else { const one = document.createElement('input'); one.type = 'hidden'; one.name = name; one.value = value; form.append(one); } \
        } \
        const button = [...form.elements].find((one) => one.type === 'submit' && fields.some(([name, value]) => one.name === name && one.value === value)); \
        const to = more.startsWith('/') ? more : (button && button.getAttribute('formaction')) || form.getAttribute('action'); \
        form.setAttribute('action', more && to !== more ? `${to}${to.includes('?') ? '&' : '?'}${more}` : to); \
        HTMLFormElement.prototype.submit.call(form);";
    let page = tab.client.find(Locator::Css("html")).await.unwrap();
    tab.client.execute(script, vec![json!(form), json!(fields), json!(more)]).await.unwrap();
    gone(page).await;
}

/// Has a session of somebody, whoever had one before.
async fn enter(tab: &Tab, desk: &Desk, login: &str) {
    leave(tab).await;
    let Shown::Cookie(secret) = desk.session(login) else { panic!("no session") };
    // the driver itself wants a domain, which an address has not
    let cookie =
        json!({ "url": format!("http://{}/", desk.to), "name": "yinxin-session", "value": secret, "httpOnly": true });
    tab.devtools("Network.setCookie", cookie).await.unwrap();
}

/// Has no session any more.
async fn leave(tab: &Tab) {
    tab.devtools("Network.clearBrowserCookies", json!({})).await.unwrap();
}

/// Of a form that some page would send.
fn sent(desk: &Desk, path: &str, by: &Shown, fields: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let answer = send(desk.to, "POST", path, by, FORM_BODY, &body);
    assert!(answer.status < 400, "{path}: {answer:?}");
    answer
}
