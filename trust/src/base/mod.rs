//! Words that every other module uses: instants, days, limits, secrets.

mod day;
mod limits;
mod moment;
mod secret;
mod source;
mod text;

pub use day::{Day, DayError};
pub use limits::Limits;
pub use moment::{Moment, MomentError};
pub use secret::Secret;
pub use source::{Source, SourceError};
pub use text::Sentence;
