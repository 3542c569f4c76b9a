//! Who may reach which route: one table ([`super::routes`]), held by a
//! middleware that denies what has no rule, and by the types of the handlers.

mod cookie;
mod csrf;
mod guard;
mod proof;
mod rule;

pub(in crate::web) use cookie::SessionCookies;
pub(in crate::web) use guard::{allowed, guard, other_method};
pub use proof::{Authenticated, BeginsWith, SignedIn};
pub(in crate::web) use proof::{at_kiosk, held, proven, route, signed_in};
pub use rule::{Face, Rule, Verb, Who};
