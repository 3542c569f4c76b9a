//! Trust lists between localities: made, published, taken, and what they change.

mod codes;
mod commands;
mod doors;
mod ferry;
mod introduced;
mod localities;
mod members;
mod pinning;
pub(crate) mod places;
mod presented;
mod standings;
