//! The doors of licences: the API over a real register with real keys.

mod issuing;
mod jobs;
mod reading;
mod standing;
mod strangers;
mod succession;

use crate::support::{database::Database, desk::Desk, house::House};

/// A desk with nothing issued yet.
fn desk() -> Desk {
    desk_with("")
}

fn desk_with(settings: &str) -> Desk {
    // the file is held open by the service until the process ends
    let database = Box::leak(Box::new(Database::sqlite()));
    Desk::open(House::new(database), settings)
}
