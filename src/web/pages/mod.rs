//! The pages: rendered on the server, complete without a script, nothing from outside.
//!
//! [`state()`] turns a report into the one thing its page says; everything else
//! here words and draws it. Chinese first, English by `?lang=en`; large letters
//! and high contrast by `?size=large` and `?contrast=high`.

mod agents;
mod assets;
pub(super) mod away;
mod calm;
mod checklist;
mod codes;
mod copies;
pub(super) mod demo;
pub(super) mod device;
pub(super) mod factor;
mod handlers;
pub(super) mod kiosk;
mod labels;
mod language;
mod lean;
pub(super) mod login;
mod login_view;
pub(super) mod looking;
mod mark;
pub(super) mod my;
pub(super) mod office;
pub(super) mod offline_look;
pub(super) mod pictures;
mod prefs;
pub(super) mod printed;
pub(super) mod receipt;
mod render;
#[cfg(test)]
mod samples;
pub(super) mod shown;
mod stamps;
mod standing_words;
mod state;
mod state_words;
mod text;
mod time;
mod visit;
pub(super) mod window;
mod words;

pub(super) use assets::serve as asset;
pub(super) use calm::refused;
pub use calm::{NoReport, render_no_report};
pub(super) use handlers::{other_method, root, start, too_often, verify};
pub use language::{Language, LanguageFault};
pub use login_view::{LoginFault, LoginView, render_login};
pub use prefs::{Lang, Place, Prefs};
pub use render::{ResultView, StartView, render_result, render_start};
pub use state::{Family, PageState, state};
pub use state_words::{BothWords, StateWords, state_words, states_document};
pub use window::window_specimen;
