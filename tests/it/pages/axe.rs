//! axe-core in the pages of the tests: whoever sees little, hears the page or uses a keyboard.
//!
//! `tests/axe` pins it; `ci.sh` fetches it. A browser without it is a failure under `CI=true`, and is
//! said elsewhere.

use crate::support::repository;
use fantoccini::Client;
use serde_json::json;
use std::{env, fs, sync::OnceLock};

/// What of the page offends, each with its rule and where.
pub(super) async fn violations(client: &Client) -> Vec<String> {
    let Some(axe) = source() else { return Vec::new() };
    let script = format!(
        "const done = arguments[arguments.length - 1]; {axe}; \
         axe.run(document, {{ runOnly: arguments[0], resultTypes: ['violations'] }}) \
           .then(({{ violations }}) => done(violations.flatMap(({{ id, nodes }}) => \
             nodes.map((node) => `${{id}}: ${{node.target}}: ${{node.failureSummary}}`)))) \
           .catch((error) => done([String(error)]));"
    );
    let tags = json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]);
    let found = client.execute_async(&script, vec![tags]).await.unwrap();
    serde_json::from_value(found).unwrap()
}

/// What is to be pressed and is smaller than 44 px one way; links within a text are as large as their line.
pub(super) async fn small_targets(client: &Client) -> Vec<String> {
    let script = "const target = (one) => (['checkbox', 'radio'].includes(one.type) && one.closest('label')) || one; \
        const all = [...document.querySelectorAll('button, select, textarea, summary, input:not([type=hidden]), a[href]')]; \
        const seen = all.filter((one) => one.getClientRects().length && one.offsetWidth > 1 && getComputedStyle(one).opacity !== '0'); \
        const boxes = seen.filter((one) => one.tagName !== 'A' || getComputedStyle(one).display !== 'inline').map(target); \
        const small = boxes.filter((one) => { const box = one.getBoundingClientRect(); return box.width < 43.5 || box.height < 43.5; }); \
        return small.map((one) => `${one.outerHTML.slice(0, 120)} ${one.offsetWidth} ${one.offsetHeight}`);";
    serde_json::from_value(client.execute(script, vec![]).await.unwrap()).unwrap()
}

#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn source() -> Option<&'static str> {
    static SOURCE: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let found = fs::read_to_string(repository("tests/axe/node_modules/axe-core/axe.min.js")).ok();
        if found.is_none() {
            assert!(env::var("CI").as_deref() != Ok("true"), "axe-core is needed: npm ci --prefix tests/axe");
            println!("skipped: no axe-core here (npm ci --prefix tests/axe)");
        }
        found
    };
    SOURCE.get_or_init(read).as_deref()
}

mod tests {
    use super::{small_targets, violations};
    use crate::{pages::browser::in_browser, support::service::Service};

    #[test]
    fn what_is_planted_is_found() {
        let service = Service::start();
        in_browser(service.public, true, async |tab| {
            tab.open("/verify").await;
            assert_eq!(violations(&tab.client).await, Vec::<String>::new());
            let script = "document.querySelector('main').insertAdjacentHTML('beforeend', \
                '<img src=\"/assets/none\"><a href=\"/\" style=\"display:block\">.</a><p style=\"color:#ccc\" id=\"pale\">看不清的字</p><button></button>'); \
                document.querySelector('#pale').style.color = '#ccc';";
            tab.client.execute(script, vec![]).await.unwrap();
            assert!(small_targets(&tab.client).await.join("").contains("<button"));
            let found = violations(&tab.client).await.join("\n");
            for rule in ["image-alt", "color-contrast", "button-name"] {
                assert!(found.contains(rule), "{rule}: {found}");
            }
        });
    }
}
