//! One tour: goes to pages, has each looked at in every mode, and keeps what offends until its end.

use super::{
    routes::{Place, Tour, pages_of, place},
    submit,
};
use crate::pages::{axe, browser::Tab, my::wait_for, weight};
use serde_json::json;
use std::collections::BTreeSet;
use yinxin::web::auth::Verb;

/// A screen of an office, and a small telephone.
const SIZES: [(u32, u32); 2] = [(1280, 800), (360, 740)];
/// What an address asks for in large letters and high contrast.
const BOTH: &str = "size=large&contrast=high";

/// Switches the page that is open to each of some modes, and looks: by every rule where it is new, else by those that a mode can
/// break. Colours are the same on the small screen, which shows nothing that the wide one does not. What a script may show later
/// is looked at beside the rest.
const MODES: &str = "const [modes, isWide, isNew] = given; \
    const away = () => [...document.querySelectorAll('main:not([hidden]) [hidden]')].filter((one) => one.textContent.trim()); \
    for (const one of document.querySelectorAll('details')) one.open = true; \
    const all = []; \
    for (const [index, [large, contrast]] of modes.entries()) { \
      for (const [id, on, word] of [['switch-size', large, 'page--large'], ['switch-contrast', contrast, 'page--contrast']]) { \
        const box = document.getElementById(id); \
        if (box) box.checked = on; \
        for (const page of document.querySelectorAll('.page')) page.classList.toggle(word, on && !box); \
      } \
      scrollTo(0, document.documentElement.scrollHeight); \
      const wide = document.documentElement.scrollWidth; \
      const isFirst = isWide && index === 0; \
      const isOther = isNew || document.querySelector('.page--my') !== null; \
      const some = [ \
        ...(wide > innerWidth ? [`${wide} wide`] : []), \
        ...small(), \
        ...(await found(isFirst && isOther ? every : isWide ? style : layout)), \
      ]; \
      const folded = isWide && !large ? away() : []; \
      if (folded.length) { \
        for (const one of folded) one.removeAttribute('hidden'); \
        some.push(...small(), ...(await found(style))); \
        for (const one of folded) one.setAttribute('hidden', ''); \
      } \
      if (isFirst) for (const one of drawn()) one.replaceChildren(); \
      all.push(...some.map((one) => `${large ? 'large' : 'common'} letters, ${contrast ? 'high' : 'common'} contrast: ${one}`)); \
    } \
    return all;";

/// Large letters and high contrast, as the page that is open may be switched to. In large letters the server leaves things out
/// of a holder's pages: those are opened anew.
const ALL: [(bool, bool); 4] = [(false, false), (false, true), (true, true), (true, false)];
const COMMON: [(bool, bool); 2] = [(false, false), (false, true)];
const LARGE: [(bool, bool); 2] = [(true, true), (true, false)];

/// A tour through the pages of one kind of people.
pub(super) struct Looked<'a> {
    tab: &'a Tab,
    /// What was looked at, in common and in large letters.
    seen: BTreeSet<(&'static str, &'static str, bool)>,
    offences: Vec<String>,
}

impl<'a> Looked<'a> {
    pub(super) fn begin(tab: &'a Tab) -> Self {
        Self { tab, seen: BTreeSet::new(), offences: Vec::new() }
    }

    /// A page that is asked for.
    pub(super) async fn page(&mut self, path: &'static str, address: &str) {
        self.page_once(path, address, "main").await;
    }

    /// The same of a page that is whole once a selector finds something.
    pub(super) async fn page_once(&mut self, path: &'static str, address: &str, whole: &str) {
        let place = place(Verb::Get, path);
        assert!(matches!(place, Place::Page(..) | Place::Pictured(..)), "{path} is no page of this test");
        self.go(address, whole).await;
        self.is_at(path).await;
        let script = "return performance.getEntriesByType('navigation')[0].responseStatus";
        let answered = self.tab.client.execute(script, vec![]).await.unwrap();
        assert_eq!(answered, json!(200), "{address}: {}", self.tab.text("main").await);
        if let Place::Pictured(_, picture) = place {
            self.tab.picture_alone(picture, if is_of_telephones(path) { 390 } else { 1280 }).await;
        }
        self.modes(path, &COMMON, true).await;
        self.go(&in_both(address), whole).await;
        self.is_in_both(address).await;
        self.modes(path, &LARGE, false).await;
        self.seen.extend([("GET", path, false), ("GET", path, true)]);
    }

    /// A page that is asked for, as somebody else or at another time sees it.
    pub(super) async fn also(&mut self, address: &str, what: &str) {
        for (address, modes, is_new) in [(address.to_owned(), COMMON, true), (in_both(address), LARGE, false)] {
            self.go(&address, "main").await;
            self.modes(&format!("{address}, {what}"), &modes, is_new).await;
        }
    }

    async fn go(&self, address: &str, whole: &str) {
        self.tab.open(address).await;
        wait_for(self.tab, whole).await;
        let weighed = self.tab.weighs().await;
        assert!(weighed < weight::MOST, "{address}: a first load of {weighed} octets");
    }

    /// Asserts that an address made its page one in large letters and high contrast.
    async fn is_in_both(&self, address: &str) {
        let script = "const is = (id, word) => (document.getElementById(id) || {}).checked || document.querySelector(`.page.${word}`) !== null; \
            return is('switch-size', 'page--large') && is('switch-contrast', 'page--contrast')";
        let is_both = self.tab.client.execute(script, vec![]).await.unwrap();
        assert_eq!(is_both, json!(true), "{address} does not heed what its address asks for");
    }

    async fn is_at(&self, path: &str) {
        let at = self.tab.client.current_url().await.unwrap();
        assert!(matches(path, at.path()), "{at} is not {path}:\n{}", self.tab.text("main").await);
    }

    /// The page that is open answers to a form that was sent to a path.
    pub(super) async fn answer(&mut self, path: &'static str, says: &str) {
        self.is_at(path).await;
        self.shown(path, says).await;
    }

    /// The same of a form that changes nothing, in common and in large letters.
    pub(super) async fn answers(
        &mut self,
        path: &'static str,
        (address, form): (&str, &str),
        fields: &[(&str, &str)],
        says: &str,
    ) {
        for address in [address.to_owned(), in_both(address)] {
            self.tab.open(&address).await;
            submit(self.tab, form, fields, "").await;
            self.answer(path, says).await;
        }
    }

    /// What a script put into the page that is open, as the answer to what it sent to a path.
    pub(super) async fn shown(&mut self, path: &'static str, says: &str) {
        let words = self.tab.text("main").await;
        assert!(words.contains(says), "{path}: no {says} in {words}");
        let modes = self.open(&format!("POST {path}: {says}")).await;
        self.seen.extend(modes.into_iter().map(|(large, _)| ("POST", path, large)));
    }

    /// The page that is open, in every mode to which it may be switched as it stands; those modes.
    pub(super) async fn open(&mut self, what: &str) -> Vec<(bool, bool)> {
        let script = "const page = document.querySelector('.page'); \
            return [page.classList.contains('page--my'), page.classList.contains('page--large')]";
        let modes = match serde_json::from_value(self.tab.client.execute(script, vec![]).await.unwrap()).unwrap() {
            (false, _) => ALL.to_vec(),
            (true, false) => COMMON.to_vec(),
            (true, true) => LARGE.to_vec(),
        };
        self.modes(what, &modes, true).await;
        modes
    }

    /// Large letters and high contrast as the page's own switches make them, on both sizes, with all that folds open.
    async fn modes(&mut self, what: &str, modes: &[(bool, bool)], is_new: bool) {
        for (width, height) in SIZES {
            self.tab.resize(width, height).await.unwrap();
            let arguments = vec![json!(modes), json!(width == SIZES[0].0), json!(is_new)];
            let found = axe::run(&self.tab.client, MODES, arguments).await;
            self.offences.extend(found.into_iter().map(|one| format!("{what}, {width} wide, {one}")));
        }
        self.tab.resize(1280, 800).await.unwrap();
    }

    /// Asserts that nothing offended, and that every page of the tour was looked at.
    pub(super) fn end(&self, tour: Tour) {
        self.end_beside();
        let wanted = pages_of(tour).flat_map(|(verb, path)| [(verb, path, false), (verb, path, true)]);
        let missing: Vec<_> = wanted.filter(|one| !self.seen.contains(one)).collect();
        assert!(missing.is_empty(), "nobody looked at these, in large letters or not: {missing:?}");
    }

    /// Asserts that nothing offended.
    pub(super) fn end_beside(&self) {
        assert!(self.offences.is_empty(), "{}", self.offences.join("\n"));
    }
}

/// An address, with what asks for large letters in high contrast.
fn in_both(address: &str) -> String {
    format!("{address}{}{BOTH}", if address.contains('?') { '&' } else { '?' })
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
    ["/my", "/S/", "/C", "/I/"].iter().any(|begin| path.starts_with(begin))
}

/// Whether an address is one of a pattern of the table.
fn matches(pattern: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len() && wanted.iter().zip(&given).all(|(want, have)| want.starts_with('{') || want == have)
}
