//! One tour: goes to pages, has each looked at in every mode, and keeps what offends until its end.

use super::routes::{Place, Tour, pages_of, place};
use crate::pages::{axe, browser::Tab, my::wait_for, weight};
use serde_json::json;
use std::collections::BTreeSet;
use yinxin::web::auth::Verb;

/// A screen of an office, and a small telephone.
const SIZES: [(u32, u32); 2] = [(1280, 800), (360, 740)];
/// What an address asks for in large letters and high contrast.
const BOTH: &str = "size=large&contrast=high";

/// A tour through the pages of one kind of people.
pub(super) struct Looked<'a> {
    tab: &'a Tab,
    seen: BTreeSet<(&'static str, &'static str)>,
    offences: Vec<String>,
}

impl<'a> Looked<'a> {
    pub(super) fn begin(tab: &'a Tab) -> Self {
        Self { tab, seen: BTreeSet::new(), offences: Vec::new() }
    }

    /// A page that is asked for: its picture, and what is seen in each mode.
    pub(super) async fn page(&mut self, path: &'static str, address: &str) {
        self.page_once(path, address, "main").await;
    }

    /// The same of a page that is whole once a selector finds something.
    pub(super) async fn page_once(&mut self, path: &'static str, address: &str, whole: &str) {
        let Place::Page(_, picture) = place(Verb::Get, path) else { panic!("{path} is no page of this test") };
        self.go(path, address, whole).await;
        // the others are of journeys
        if picture.starts_with("page-") {
            self.tab.picture_alone(picture, if is_of_telephones(path) { 390 } else { 1280 }).await;
        }
        self.modes(path, &[(false, false), (false, true)]).await;
        let join = if address.contains('?') { '&' } else { '?' };
        self.go(path, &format!("{address}{join}{BOTH}"), whole).await;
        self.modes(path, &[(true, true), (true, false)]).await;
        self.seen.insert(("GET", path));
    }

    async fn go(&mut self, path: &'static str, address: &str, whole: &str) {
        self.tab.open(address).await;
        wait_for(self.tab, whole).await;
        let at = self.tab.client.current_url().await.unwrap();
        assert!(matches(path, at.path()), "{at} is not {path}:\n{}", self.tab.text("main").await);
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        let answered = self.tab.client.execute(script, vec![]).await.unwrap();
        assert_eq!(answered, json!(200), "{at}: {}", self.tab.text("main").await);
        let weighed = weight::weight(&self.tab.client).await;
        assert!(weighed < weight::MOST, "{address}: a first load of {weighed} octets");
    }

    /// The page that is open answers to a form that was sent to a path.
    pub(super) async fn answer(&mut self, path: &'static str, says: &str) {
        let at = self.tab.client.current_url().await.unwrap();
        assert!(matches(path, at.path()), "{at} is not {path}");
        self.answered(path, says).await;
    }

    /// The answer to a form that goes on by itself, as it would be seen.
    pub(super) async fn put(&mut self, path: &'static str, html: &str, says: &str) {
        put(self.tab, html).await;
        self.answered(path, says).await;
    }

    /// The answer that a script put into the page that is open.
    pub(super) async fn shown(&mut self, path: &'static str, says: &str) {
        self.answered(path, says).await;
    }

    async fn answered(&mut self, path: &'static str, says: &str) {
        let words = self.tab.text("main").await;
        assert!(words.contains(says), "{path}: no {says} in {words}");
        self.beside(&format!("POST {path}: {says}")).await;
        self.seen.insert(("POST", path));
    }

    /// A page that has no route of its own, in every mode.
    pub(super) async fn beside(&mut self, what: &str) {
        self.modes(what, &[(false, false), (false, true), (true, true), (true, false)]).await;
    }

    /// Large letters and high contrast as the page's own switches make them, on both sizes.
    async fn modes(&mut self, what: &str, modes: &[(bool, bool)]) {
        for (width, height) in SIZES {
            self.tab.resize(width, height).await.unwrap();
            for (large, contrast) in modes {
                let set = "for (const [id, on, word] of [['switch-size', arguments[0], 'page--large'], ['switch-contrast', arguments[1], 'page--contrast']]) { \
                      const box = document.getElementById(id); \
                      if (box) box.checked = on; \
                      for (const page of document.querySelectorAll('.page')) page.classList.toggle(word, on && !box); \
                    } \
                    scrollTo(0, 0); \
                    const wide = document.documentElement.scrollWidth; \
                    return wide > innerWidth ? [`${wide} wide on ${innerWidth}`] : [];";
                let wide = self.tab.client.execute(set, vec![json!(large), json!(contrast)]).await.unwrap();
                let mut found: Vec<String> = serde_json::from_value(wide).unwrap();
                found.extend(axe::small_targets(&self.tab.client).await);
                let is_first = width == SIZES[0].0 && modes.first() == Some(&(*large, *contrast));
                found.extend(match is_first {
                    true => axe::violations(&self.tab.client).await,
                    false => axe::violations_of_style(&self.tab.client).await,
                });
                let mode = match (large, contrast) {
                    (false, false) => "normal",
                    (true, false) => "large letters",
                    (false, true) => "high contrast",
                    (true, true) => "large letters in high contrast",
                };
                self.offences.extend(found.into_iter().map(|one| format!("{what}, {mode}, {width}: {one}")));
            }
        }
        self.tab.resize(1280, 800).await.unwrap();
    }

    /// Asserts that nothing offended, and that every page of the tour was looked at.
    pub(super) fn end(&self, tour: Tour) {
        self.end_beside();
        let missing: Vec<_> = pages_of(tour).filter(|one| !self.seen.contains(one)).collect();
        assert!(missing.is_empty(), "nobody looked at {missing:?}");
    }

    /// Asserts that nothing offended.
    pub(super) fn end_beside(&self) {
        assert!(self.offences.is_empty(), "{}", self.offences.join("\n"));
    }
}

/// Shows a page of ours in the place of the one that is open, without its scripts.
pub(super) async fn put(tab: &Tab, html: &str) {
    let script = "const next = new DOMParser().parseFromString(arguments[0], 'text/html'); \
        document.title = next.title; \
        document.documentElement.lang = next.documentElement.lang; \
        document.body.replaceWith(document.adoptNode(next.body));";
    tab.client.execute(script, vec![json!(html)]).await.unwrap();
}

fn is_of_telephones(path: &str) -> bool {
    ["/my", "/S/", "/C"].iter().any(|begin| path.starts_with(begin))
}

/// Whether an address is one of a pattern of the table.
fn matches(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len() && wanted.iter().zip(&given).all(|(want, have)| want.starts_with('{') || want == have)
}
