//! Trust lists between localities: made, published, taken, and what they change.

mod codes;
mod commands;
mod localities;
mod places;
mod standings;
