//! A supervisor for each device: it survives losing the device, and no caller hangs with it.
//!
//! Sessions belong to threads of the supervisor, one each, since a vendor's call can neither
//! be interrupted nor trusted to return. A caller puts its work into a bounded queue and waits for a
//! bounded time. Who does not get an answer in time gives up; the thread that hangs is given up
//! too, counted, and replaced as long as the count is below a bound.
//!
//! | health | what | a call |
//! |---|---|---|
//! | [`Health::Healthy`] | every session works | is queued |
//! | [`Health::Degraded`] | some sessions work; others failed, hang, or failed a short while ago | is queued |
//! | [`Health::Lost`] | no session works | fails at once: [`KeyError::Lost`] with when to ask again |
//! | [`Health::Recovering`] | one thread tries to open the device | is queued |
//!
//! After a loss one thread tries again, after waits that double up to [`Timing::longest_wait`];
//! each try opens the device anew, logs in and probes it. A refused PIN is never tried again
//! by itself, because devices lock after a few tries: [`Supervisor::try_pin_again`] is for whoever mended it.
//!
//! Work is done again on another session only where the fault says that nothing was done. Otherwise
//! the caller gets [`KeyError::NoAnswer`]: whether a signature was made is *unknown*, and
//! the flow's intent decides.

mod call;
mod pair;
mod paired_store;
mod state;
mod worker;

pub use pair::Pair;
pub use paired_store::PairedStore;
pub use state::{Counters, Health};

use crate::KeyError;
use call::{Call, Pending};
use core::{fmt, time::Duration};
use state::State;
use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

/// A device as the supervisor sees it. The methods run on threads of the supervisor, several
/// at once; any of them may hang, or take the time they need.
pub trait Device: Send + Sync + 'static {
    /// A session that is logged in. It is made, used and dropped on one thread.
    type Session: 'static;

    /// The device's name in configuration, for messages.
    fn name(&self) -> &str;

    /// Opens a session, and the device before it where that is needed. `afresh` says that
    /// the device was lost: whatever is held of it is stale.
    ///
    /// # Errors
    /// [`Fault`]; its scope is the device where no session could be opened at all.
    fn open(&self, afresh: bool) -> Result<Self::Session, Fault>;

    /// Logs the session in, once.
    ///
    /// # Errors
    /// [`Fault`], with [`Scope::Pin`] where the PIN was refused, or would have burned the last try.
    fn log_in(&self, session: &mut Self::Session) -> Result<(), Fault>;

    /// Asks for something harmless, such as a random octet.
    ///
    /// # Errors
    /// [`Fault`] where the session or the device is gone.
    fn probe(&self, session: &mut Self::Session) -> Result<(), Fault>;
}

/// How long a supervisor that ends waits for its threads.
const LEAVING: Duration = Duration::from_secs(1);

/// How far a fault reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The request alone; the session works on.
    Request,
    /// The session: another one is opened.
    Session,
    /// The device: all its sessions are closed, and it is opened anew.
    Device,
    /// The PIN: nothing is tried until somebody says so.
    Pin,
}

/// Why work on a device failed.
#[derive(Debug)]
pub struct Fault {
    /// How far it reaches.
    pub scope: Scope,
    /// Whether it is certain that nothing was done.
    pub nothing_done: bool,
    /// What the caller is told; where it is not certain that nothing was done, [`KeyError::NoAnswer`]
    /// takes its place.
    pub error: KeyError,
}

impl Fault {
    /// A refusal of the request: nothing was done, the session works on.
    pub const fn request(error: KeyError) -> Self {
        Self { scope: Scope::Request, nothing_done: true, error }
    }
}

/// How long and how many; durations are of real time.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Threads, each with a session: 1 to 64. Not more than the device has sessions.
    pub sessions: usize,
    /// Most calls that wait for a session.
    pub queue: usize,
    /// Longest wait in the queue.
    pub queue_wait: Duration,
    /// Longest that the device may take for one call, one opening or one probe.
    pub deadline: Duration,
    /// First wait after a loss.
    pub first_wait: Duration,
    /// Longest wait between two tries.
    pub longest_wait: Duration,
    /// A session that was idle for so long is probed.
    pub probe_after: Duration,
    /// For so long after a fault the device counts as degraded.
    pub grace: Duration,
    /// Most threads that may hang in the device at once; not less than the sessions count.
    pub most_hung: usize,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            sessions: 4,
            queue: 64,
            queue_wait: Duration::from_secs(2),
            deadline: Duration::from_secs(5),
            first_wait: Duration::from_millis(100),
            longest_wait: Duration::from_secs(2),
            probe_after: Duration::from_secs(1),
            grace: Duration::from_secs(10),
            most_hung: 8,
        }
    }
}

/// What threads of one device share.
struct Shared<D: Device> {
    device: D,
    timing: Timing,
    state: Mutex<Inner<D>>,
    /// Work came, or the state changed: for workers.
    work: Condvar,
    /// Something began to run, or all ends: for the warden.
    watch: Condvar,
}

struct Inner<D: Device> {
    state: State,
    queue: VecDeque<Arc<dyn Pending<D>>>,
    ends: bool,
}

impl<D: Device> Shared<D> {
    fn locked(&self) -> MutexGuard<'_, Inner<D>> {
        // vendor code runs outside the lock; what runs inside does not panic half way
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lost(&self, inner: &Inner<D>) -> KeyError {
        KeyError::Lost { device: self.device.name().into(), retry_after: inner.state.retry_after(Instant::now()) }
    }

    fn busy(&self) -> KeyError {
        // by then the queue has moved on by as much as it lets wait
        KeyError::Busy {
            device: self.device.name().into(),
            retry_after: self.timing.queue_wait.min(Duration::from_secs(1)),
        }
    }

    fn no_answer(&self) -> KeyError {
        KeyError::NoAnswer { device: self.device.name().into() }
    }

    /// Takes what waits, so that it can be told that the device is lost.
    fn flush(&self, inner: &mut Inner<D>) -> Vec<(Arc<dyn Pending<D>>, KeyError)> {
        let waiting = core::mem::take(&mut inner.queue);
        waiting.into_iter().map(|call| (call, self.lost(inner))).collect()
    }
}

/// The supervisor of one device; see the [module](self). Its threads end when it is dropped,
/// those that hang when the device lets them go.
pub struct Supervisor<D: Device> {
    shared: Arc<Shared<D>>,
}

impl<D: Device> Supervisor<D> {
    /// Starts the threads, which open the device; calls wait in the queue meanwhile.
    pub fn start(device: D, timing: Timing) -> Self {
        let timing = Timing { sessions: timing.sessions.clamp(1, 64), queue: timing.queue.max(1), ..timing };
        let state = State::new(timing, Instant::now());
        let inner = Inner { state, queue: VecDeque::new(), ends: false };
        let shared =
            Arc::new(Shared { device, timing, state: Mutex::new(inner), work: Condvar::new(), watch: Condvar::new() });
        worker::start_all(&shared);
        worker::start_warden(&shared);
        Self { shared }
    }

    /// Runs `work` on a session. Waits at most [`Timing::queue_wait`] and [`Timing::deadline`]
    /// together. `work` may run twice where the first run says that nothing was done, and may
    /// still be running after this has returned [`KeyError::NoAnswer`].
    ///
    /// # Errors
    /// [`KeyError::Lost`], [`KeyError::Busy`], [`KeyError::NoAnswer`], or what `work` met.
    pub fn call<T, F>(&self, work: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: Fn(&D, &mut D::Session) -> Result<T, Fault> + Send + Sync + 'static,
    {
        let shared = &self.shared;
        let call = Arc::new(Call::new(work));
        {
            let mut inner = shared.locked();
            if inner.state.health(Instant::now()) == Health::Lost || inner.ends {
                inner.state.counters.refused_lost += 1;
                return Err(shared.lost(&inner));
            }
            if inner.queue.len() >= shared.timing.queue {
                inner.state.counters.refused_busy += 1;
                return Err(shared.busy());
            }
            let pending: Arc<dyn Pending<D>> = Arc::<Call<T, F>>::clone(&call);
            inner.queue.push_back(pending);
        }
        shared.work.notify_one();
        call.wait(shared)
    }

    /// How the device is.
    pub fn health(&self) -> Health {
        self.shared.locked().state.health(Instant::now())
    }

    /// What was counted since the start.
    pub fn counters(&self) -> Counters {
        self.shared.locked().state.counters
    }

    /// Threads that hang in the device now.
    pub fn hung(&self) -> usize {
        self.shared.locked().state.hung()
    }

    /// Whether the device refused the PIN, and is left alone until [`Supervisor::try_pin_again`].
    pub fn pin_refused(&self) -> bool {
        self.shared.locked().state.pin_refused()
    }

    /// Lets the supervisor log in again after the PIN was mended.
    pub fn try_pin_again(&self) {
        self.shared.locked().state.try_pin_again(Instant::now());
        self.shared.work.notify_all();
    }

    /// The device, for what needs no session.
    pub fn device(&self) -> &D {
        &self.shared.device
    }
}

impl<D: Device> Drop for Supervisor<D> {
    fn drop(&mut self) {
        let waiting = {
            let mut inner = self.shared.locked();
            inner.ends = true;
            self.shared.flush(&mut inner)
        };
        for (call, error) in waiting {
            call.fail(error);
        }
        self.shared.work.notify_all();
        self.shared.watch.notify_all();
        // threads give up their sessions first: a library whose process ends under them may crash. One that hangs
        // is left to itself
        let until = Instant::now() + LEAVING;
        while Arc::strong_count(&self.shared) > 1 && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl<D: Device> fmt::Debug for Supervisor<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Supervisor({}, {:?})", self.shared.device.name(), self.health())
    }
}

#[cfg(test)]
mod tests;
