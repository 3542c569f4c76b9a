//! Words that every other module uses: instants, limits, secrets.

mod limits;
mod moment;
mod secret;
mod source;
mod text;

pub use limits::Limits;
pub use moment::{Moment, MomentError};
pub use secret::Secret;
pub use source::{Source, SourceError};
pub use text::Sentence;
