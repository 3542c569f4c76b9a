//! Works through the jobs that were entered, batch by batch.

use crate::flow::{issuer::Issuer, jobs, kind::HasKind as _};
use std::{
    io,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How often it looks where nothing is to be done.
const EVERY: Duration = Duration::from_secs(1);

/// How long it waits where something does not answer.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);

/// The thread; ends with the value, after the batch at which it is.
pub struct Lines {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Lines {
    /// Starts it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(issuer: Arc<Issuer>) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("jobs".to_owned()).spawn(move || {
            let mut wait = Duration::ZERO;
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = once(&issuer);
            }
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// How long to wait before the next look.
fn once(issuer: &Issuer) -> Duration {
    match jobs::work(issuer) {
        Ok(done) if done.left > 0 => AFTER_A_FAULT,
        Ok(done) if done.settled > 0 => Duration::ZERO,
        Ok(_) => EVERY,
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "jobs could not be worked on");
            AFTER_A_FAULT
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
