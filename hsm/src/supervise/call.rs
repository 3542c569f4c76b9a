//! One call: what shall run, and the place where its answer is awaited.

use super::{Device, Fault, Shared};
use crate::KeyError;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// Where a call stands.
enum Stage<T> {
    Queued,
    Running(Instant),
    Answered(Result<T, KeyError>),
    /// Its caller has gone.
    GivenUp,
}

pub(super) struct Call<T, F> {
    work: F,
    stage: Mutex<Stage<T>>,
    changed: Condvar,
    tried_again: AtomicBool,
}

/// A call as a worker sees it.
pub(super) trait Pending<D: Device>: Send + Sync {
    /// Says that it runs now; false where nobody waits for it any more.
    fn begin(&self, now: Instant) -> bool;

    /// Runs it. `Ok` where the answer was given; `Err(None)` where it panicked.
    fn run(&self, device: &D, session: &mut D::Session) -> Result<(), Option<Fault>>;

    /// Says that it waits again, nothing having been done; false the second time, or
    /// where nobody waits for it any more.
    fn again(&self) -> bool;

    /// Gives an error as the answer.
    fn fail(&self, error: KeyError);
}

impl<T, F> Call<T, F> {
    pub(super) const fn new(work: F) -> Self {
        Self { work, stage: Mutex::new(Stage::Queued), changed: Condvar::new(), tried_again: AtomicBool::new(false) }
    }

    fn locked(&self) -> MutexGuard<'_, Stage<T>> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, answer: Result<T, KeyError>) {
        let mut stage = self.locked();
        if !matches!(*stage, Stage::GivenUp) {
            *stage = Stage::Answered(answer);
            self.changed.notify_all();
        }
    }

    /// Waits for the answer, in the queue and on the device as long as each may take.
    pub(super) fn wait<D: Device>(&self, shared: &Shared<D>) -> Result<T, KeyError> {
        let queued_until = Instant::now() + shared.timing.queue_wait;
        let mut stage = self.locked();
        loop {
            let until = match &*stage {
                Stage::Queued => queued_until,
                Stage::Running(since) => *since + shared.timing.deadline,
                Stage::Answered(_) | Stage::GivenUp => {
                    return match core::mem::replace(&mut *stage, Stage::GivenUp) {
                        Stage::Answered(answer) => answer,
                        _ => Err(shared.no_answer()),
                    };
                }
            };
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let was_queued = matches!(core::mem::replace(&mut *stage, Stage::GivenUp), Stage::Queued);
                drop(stage);
                let mut inner = shared.locked();
                if was_queued {
                    inner.state.counters.refused_busy += 1;
                    return Err(shared.busy());
                }
                inner.state.counters.unanswered += 1;
                return Err(shared.no_answer());
            }
            stage =
                self.changed.wait_timeout(stage, left).map_or_else(|poison| poison.into_inner().0, |(stage, _)| stage);
        }
    }
}

impl<D, T, F> Pending<D> for Call<T, F>
where
    D: Device,
    T: Send,
    F: Fn(&D, &mut D::Session) -> Result<T, Fault> + Send + Sync,
{
    fn begin(&self, now: Instant) -> bool {
        let mut stage = self.locked();
        if !matches!(*stage, Stage::Queued) {
            return false;
        }
        *stage = Stage::Running(now);
        // the caller waits for another end now
        self.changed.notify_all();
        true
    }

    fn run(&self, device: &D, session: &mut D::Session) -> Result<(), Option<Fault>> {
        match catch_unwind(AssertUnwindSafe(|| (self.work)(device, session))) {
            Ok(Ok(value)) => {
                self.answer(Ok(value));
                Ok(())
            }
            Ok(Err(fault)) => Err(Some(fault)),
            Err(_) => Err(None),
        }
    }

    fn again(&self) -> bool {
        let mut stage = self.locked();
        let waits = matches!(*stage, Stage::Running(_)) && !self.tried_again.swap(true, Ordering::Relaxed);
        if waits {
            *stage = Stage::Queued;
            self.changed.notify_all();
        }
        waits
    }

    fn fail(&self, error: KeyError) {
        self.answer(Err(error));
    }
}
