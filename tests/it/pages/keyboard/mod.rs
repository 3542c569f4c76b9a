//! The keyboard alone: nothing but key events leads through each journey, what has the focus is seen and has its ring,
//! nothing keeps the focus, and what counts is near.

mod citizen;
mod clerk;
mod office;
mod public;

use super::{browser::Tab, window::gone};
use crate::support::register::PASSWORD;
use fantoccini::{
    Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    key::Key,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Most presses of Tab from the beginning of a page to what it is for.
const MOST: usize = 60;

/// What has the focus.
#[derive(Debug, Deserialize)]
struct Focus {
    /// Its id, or how it begins.
    at: String,
    /// Whether it, or its label, is in sight and lies under nothing.
    is_seen: bool,
    /// Whether a ring of two pixels or more is drawn around it or its label.
    has_ring: bool,
}

const FOCUS: &str = "const one = document.activeElement; \
    if (!one || one === document.body || one === document.documentElement) return { at: '', is_seen: true, has_ring: true }; \
    const labels = [...(one.labels || [])]; \
    const all = [one, one.nextElementSibling, ...labels, ...labels.map((label) => label.closest('li')), one.closest('label, .drop, .pickfile')].filter(Boolean); \
    const drawn = (el) => { const box = el.getBoundingClientRect(); const style = getComputedStyle(el); \
      return box.width > 4 && box.height > 4 && style.opacity !== '0' && style.visibility !== 'hidden'; }; \
    const shown = all.filter(drawn); \
    const ring = (el) => { const style = getComputedStyle(el); \
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && !/, 0\\)$/.test(style.outlineColor); }; \
    const free = (el) => { const box = el.getBoundingClientRect(); \
      return [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(([x, y]) => { \
        const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y); \
        return hit && (el.contains(hit) || hit.contains(el) || all.some((other) => other.contains(hit))); }); }; \
    return { at: one.id ? `#${one.id}` : one.outerHTML.slice(0, 140), is_seen: shown.some(free), has_ring: shown.some(ring) };";

/// Hands on a keyboard, and no mouse.
struct Hands<'a>(&'a Tab);

impl Hands<'_> {
    async fn perform(&self, actions: impl IntoIterator<Item = KeyAction>) {
        let keys = actions.into_iter().fold(KeyActions::new("keyboard".to_owned()), |keys, one| keys.then(one));
        self.0.client.perform_actions(keys).await.unwrap();
    }

    /// Presses keys, one after the other.
    async fn keys(&self, keys: impl IntoIterator<Item = char>) {
        let pressed = keys.into_iter().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.perform(pressed.collect::<Vec<_>>()).await;
    }

    /// Types a text where the focus is.
    async fn types(&self, text: &str) {
        self.keys(text.chars()).await;
    }

    async fn press(&self, key: Key) {
        self.keys([char::from(key)]).await;
    }

    async fn back(&self) {
        let (shift, tab) = (char::from(Key::Shift), char::from(Key::Tab));
        self.perform([
            KeyAction::Down { value: shift },
            KeyAction::Down { value: tab },
            KeyAction::Up { value: tab },
            KeyAction::Up { value: shift },
        ])
        .await;
    }

    /// What has the focus, which is seen and has its ring.
    async fn focus(&self) -> String {
        let found = self.0.client.execute(FOCUS, vec![]).await.unwrap();
        let focus: Focus = serde_json::from_value(found).unwrap();
        assert!(focus.is_seen && focus.has_ring, "{focus:?} at {}", self.0.client.current_url().await.unwrap());
        focus.at
    }

    async fn is_at(&self, selector: &str) -> bool {
        let script = "return document.activeElement !== null && document.activeElement.matches(arguments[0])";
        self.0.client.execute(script, vec![json!(selector)]).await.unwrap() == json!(true)
    }

    /// Goes to something by Tab.
    async fn to(&self, selector: &str) {
        for _ in 0..MOST {
            if self.is_at(selector).await {
                self.focus().await;
                return;
            }
            self.press(Key::Tab).await;
            self.focus().await;
        }
        panic!("{selector} is not within {MOST} presses of Tab:\n{}", self.0.text("main").await);
    }

    /// Goes to a field and types into it.
    async fn fill(&self, selector: &str, text: &str) {
        self.to(selector).await;
        self.types(text).await;
    }

    /// Goes to a box and ticks it.
    async fn tick(&self, selector: &str) {
        self.to(selector).await;
        self.types(" ").await;
        let script = "return document.activeElement.checked";
        assert_eq!(self.0.client.execute(script, vec![]).await.unwrap(), json!(true), "{selector}");
    }

    /// Goes to one of several of which one is chosen, and chooses it by the arrows.
    async fn choose(&self, name: &str, value: &str) {
        self.to(&format!("[type=radio][name='{name}']")).await;
        if !self.is_at(&format!("[value='{value}']:checked")).await {
            self.types(" ").await;
        }
        for _ in 0..12 {
            if self.is_at(&format!("[value='{value}']:checked")).await {
                self.focus().await;
                return;
            }
            self.press(Key::Down).await;
        }
        panic!("{name} has no {value}");
    }

    /// Goes to a link or button, presses Enter, and waits for the next page.
    async fn go(&self, selector: &str) {
        self.to(selector).await;
        self.leave(Key::Enter).await;
    }

    /// Presses a key that leads to another page, and waits for that.
    async fn leave(&self, key: Key) {
        let page = self.0.client.find(Locator::Css("html")).await.unwrap();
        self.press(key).await;
        gone(page).await;
    }

    /// Puts a file into the control that has the focus: the window in which a system has its files chosen is none of ours.
    async fn file(&self, selector: &str, file: &std::path::Path) {
        self.to(selector).await;
        self.0.client.active_element().await.unwrap().send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// Signs in as somebody, by name and password and perhaps a code.
    async fn sign_in(&self, login: &str, code: Option<&str>) {
        self.0.client.delete_all_cookies().await.unwrap();
        self.0.open("/login").await;
        self.fill("#login", login).await;
        self.fill("#password", PASSWORD).await;
        if let Some(code) = code {
            self.fill("#code", code).await;
        }
        self.leave(Key::Enter).await;
        assert!(!self.0.sees("#password").await, "{}", self.0.text("main").await);
    }

    /// Goes once around a page: everything that can be pressed is reached, nothing keeps the focus, Shift and Tab lead
    /// back, and the link past the head of the page is there and leads past it.
    async fn round(&self) {
        let at = self.0.client.current_url().await.unwrap();
        let script = "document.activeElement.blur(); scrollTo(0, 0); \
            const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((one) => \
              !one.disabled && one.type !== 'hidden' && one.tabIndex >= 0 && one.checkVisibility() && one.getClientRects().length && getComputedStyle(one).visibility !== 'hidden'); \
            const groups = new Set(); window.stops = new Set(); \
            for (const one of all) { \
              const group = one.type === 'radio' ? one.name : ''; \
              if (group && groups.has(group)) continue; \
              if (group) groups.add(group); \
              window.stops.add(one); \
            } return window.stops.size;";
        let stops = self.0.client.execute(script, vec![]).await.unwrap().as_u64().unwrap();
        assert!(stops > 3, "{at}: {stops}");
        let script = "const one = document.activeElement; \
            const mine = [...window.stops].find((stop) => stop === one || (one.type === 'radio' && stop.name === one.name)); \
            if (mine) window.stops.delete(mine); \
            return [window.stops.size, [...window.stops].map((stop) => stop.outerHTML.slice(0, 100))];";
        let mut left = Value::Null;
        for _ in 0..stops * 2 + 10 {
            self.press(Key::Tab).await;
            self.focus().await;
            left = self.0.client.execute(script, vec![]).await.unwrap();
            if left[0] == 0 {
                break;
            }
        }
        assert_eq!(left[0], 0, "{at}: Tab does not reach {left}");
        let here = self.focus().await;
        self.back().await;
        assert_ne!(self.focus().await, here, "{at}: Shift and Tab lead nowhere");

        let script = "document.activeElement.blur(); scrollTo(0, 0); const first = document.querySelector('.skip'); first.focus(); first.blur();";
        self.0.client.execute(script, vec![]).await.unwrap();
        self.back().await;
        self.to(".skip").await;
        self.press(Key::Enter).await;
        self.press(Key::Tab).await;
        self.focus().await;
        let script = "const one = document.activeElement; return one === document.body || one.closest('main, footer, .tabs') !== null";
        let is_past = self.0.client.execute(script, vec![]).await.unwrap();
        assert_eq!(is_past, json!(true), "{at}: the link past the head leads to {}", self.focus().await);
    }
}
