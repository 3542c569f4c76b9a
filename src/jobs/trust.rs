//! Trust lists while a service runs: what is published is read again, what people
//! accepted comes into use, new lists are looked for.

use crate::flow::{
    kind::HasKind as _,
    trust::{Publication, Upkeep},
};
use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How often it looks at the register and at the folders.
const EVERY: Duration = Duration::from_secs(10);

/// The thread; ends with the value.
pub struct TrustLists {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl TrustLists {
    /// Starts it. Lists are looked for at once and then every `refresh_minutes`; never
    /// where that is 0.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(publication: Option<Publication>, upkeep: Option<Upkeep>, refresh_minutes: u32) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let between = Duration::from_secs(u64::from(refresh_minutes) * 60);
        let thread = thread::Builder::new().name("trust".to_owned()).spawn(move || {
            let (mut refreshed, mut wait) = (None::<Instant>, Duration::ZERO);
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = EVERY;
                publication.iter().for_each(publish);
                let Some(upkeep) = &upkeep else { continue };
                if !between.is_zero() && refreshed.is_none_or(|at| at.elapsed() >= between) {
                    refreshed = Some(Instant::now());
                    upkeep.refresh();
                }
                if let Err(error) = upkeep.look() {
                    // those that are in use stay
                    tracing::error!(code = error.code(), %error, "trust lists could not be read");
                }
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn publish(publication: &Publication) {
    if let Err(error) = publication.read() {
        tracing::error!(code = error.code(), %error, "what is published could not be read again");
    }
}

impl Drop for TrustLists {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
