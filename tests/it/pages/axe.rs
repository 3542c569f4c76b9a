//! axe-core in the pages of the tests: whoever sees little, hears the page or uses a keyboard.
//!
//! `tests/axe` pins it; `ci.sh` fetches it. A browser without it is a failure under `CI=true`, and is
//! said elsewhere.

use crate::support::repository;
use fantoccini::Client;
use serde_json::Value;
use std::{env, fs, sync::OnceLock};

/// What axe finds, each with its rule and where: of every rule of WCAG 2.2 A and AA, or of those alone that large letters, other colours or
/// a small screen can break. A picture of a document's page is looked at once: no mode changes it, and it is thousands of elements.
const FOUND: &str = "const found = (only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] }) \
       .then(({ violations }) => violations.flatMap(({ id, nodes }) => \
         nodes.map((node) => `${id}: ${node.target}: ${node.failureSummary}`))); \
     const every = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']; \
     const rules = (...values) => ({ type: 'rule', values }); \
     const named = ['button-name', 'link-name', 'label', 'select-name']; \
     const layout = rules('target-size', 'scrollable-region-focusable', ...named); \
     const style = rules('color-contrast', 'link-in-text-block', ...layout.values); \
     const drawn = () => [...document.querySelectorAll('symbol')].filter((one) => one.querySelectorAll('*').length > 200);";

/// What is to be pressed and is smaller than 44 px one way; links within a text are as large as their line.
const SMALL: &str = "const small = () => { \
        const target = (one) => (['checkbox', 'radio'].includes(one.type) && one.closest('label')) || one; \
        const all = [...document.querySelectorAll('button, select, textarea, summary, input:not([type=hidden]), a[href]')]; \
        const seen = all.filter((one) => one.getClientRects().length && one.offsetWidth > 1 && getComputedStyle(one).opacity !== '0'); \
        const boxes = seen.filter((one) => one.tagName !== 'A' || getComputedStyle(one).display !== 'inline').map(target); \
        const small = boxes.filter((one) => { const box = one.getBoundingClientRect(); return box.width < 43.5 || box.height < 43.5; }); \
        return small.map((one) => `${one.outerHTML.slice(0, 120)} ${one.offsetWidth} ${one.offsetHeight}`); };";

/// What of the page offends, each with its rule and where.
pub(super) async fn violations(client: &Client) -> Vec<String> {
    run(client, "return found(every);", vec![]).await
}

/// What is to be pressed and is too small.
pub(super) async fn small_targets(client: &Client) -> Vec<String> {
    let found = client.execute(&format!("{SMALL} return small();"), vec![]).await.unwrap();
    serde_json::from_value(found).unwrap()
}

/// What a script that knows [`FOUND`] and [`SMALL`] says offends.
pub(super) async fn run(client: &Client, script: &str, arguments: Vec<Value>) -> Vec<String> {
    let Some(axe) = source() else { return Vec::new() };
    let whole = format!(
        "const given = [...arguments]; const done = given.pop(); if (!window.axe) return done(null); {FOUND} {SMALL} \
         const look = async () => {{ {script} }}; \
         look().then(done, (error) => done([String(error)]));"
    );
    let mut found = client.execute_async(&whole, arguments.clone()).await.unwrap();
    if found.is_null() {
        // once for each page that is loaded
        client.execute(axe, vec![]).await.unwrap();
        found = client.execute_async(&whole, arguments).await.unwrap();
    }
    serde_json::from_value(found).unwrap()
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
    use super::{run, small_targets, violations};
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
            let found = run(&tab.client, "return found(style);", vec![]).await.join("\n");
            assert!(found.contains("color-contrast") && found.contains("button-name"), "{found}");
            let found = run(&tab.client, "return [...small(), ...(await found(layout))];", vec![]).await.join("\n");
            assert!(found.contains("button-name") && found.contains("<button"), "{found}");
        });
    }
}
