//! The threads of a device: workers, each with a session, and the warden that gives up those that hang.

use super::{Device, Fault, Health, Inner, Scope, Shared, call::Pending, state::Next};
use crate::KeyError;
use core::time::Duration;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, MutexGuard},
    thread,
    time::Instant,
};

/// What workers wait at most before they look around again.
const LONGEST_IDLE: Duration = Duration::from_secs(60);

/// Starts as many workers as there shall be sessions.
pub(super) fn start_all<D: Device>(shared: &Arc<Shared<D>>) {
    let workers = shared.locked().state.take_in();
    start(shared, workers);
}

/// Starts threads that the state has taken in.
fn start<D: Device>(shared: &Arc<Shared<D>>, workers: Vec<u64>) {
    for worker in workers {
        let of_thread = Arc::clone(shared);
        let name = format!("device {}", shared.device.name());
        // where the system has no thread left, the others go on, and the warden tries again
        let started = thread::Builder::new().name(name).spawn(move || Worker { shared: of_thread, worker }.run());
        if started.is_err() {
            shared.locked().state.not_started(worker);
        }
    }
}

/// Looks after deadlines until the supervisor is dropped.
pub(super) fn start_warden<D: Device>(shared: &Arc<Shared<D>>) {
    let of_thread = Arc::clone(shared);
    let name = format!("warden of {}", shared.device.name());
    let _ = thread::Builder::new().name(name).spawn(move || guard(&of_thread));
}

fn guard<D: Device>(shared: &Arc<Shared<D>>) {
    loop {
        let (workers, waiting) = {
            let mut inner = shared.locked();
            if inner.ends {
                return;
            }
            let (workers, lost) = inner.state.give_up_hung(Instant::now());
            (workers, if lost { shared.flush(&mut inner) } else { Vec::new() })
        };
        start(shared, workers);
        for (call, error) in waiting {
            call.fail(error);
        }
        let inner = shared.locked();
        if inner.ends {
            return;
        }
        let now = Instant::now();
        let until = inner.state.next_deadline().map_or(LONGEST_IDLE, |at| at.saturating_duration_since(now));
        // a little later than the deadline, so that what is late is late for certain
        drop(shared.watch.wait_timeout(inner, until + Duration::from_millis(1)));
    }
}

struct Worker<D: Device> {
    shared: Arc<Shared<D>>,
    worker: u64,
}

/// A session and the loss that it came after.
struct Held<S> {
    session: S,
    epoch: u64,
}

impl<D: Device> Worker<D> {
    fn run(self) {
        let mut held: Option<Held<D::Session>> = None;
        while let Some(open) = self.go_on(&mut held) {
            match (open, &mut held) {
                (Task::Open { afresh, epoch }, held) => *held = self.open(afresh, epoch),
                (Task::Probe, Some(it)) => {
                    let probed = guarded(|| self.shared.device.probe(&mut it.session));
                    if let Err(fault) = probed {
                        held = None;
                        self.failed(&fault);
                    } else {
                        self.idle();
                    }
                }
                (Task::Call(call), Some(it)) => {
                    if !self.call(call, &mut it.session) {
                        held = None;
                    }
                }
                (Task::Probe | Task::Call(_), None) => {}
            }
        }
        // a session that outlived its device is closed here, where it may hang without harm
    }

    /// Waits for something to do; none where the thread shall end.
    fn go_on(&self, held: &mut Option<Held<D::Session>>) -> Option<Task<D>> {
        let mut inner = self.shared.locked();
        loop {
            if !inner.state.knows(self.worker) {
                let workers = inner.state.came_back(self.worker);
                drop(inner);
                start(&self.shared, workers);
                return None;
            }
            if inner.ends {
                return None;
            }
            let now = Instant::now();
            if held.as_ref().is_some_and(|it| it.epoch != inner.state.epoch()) {
                inner.state.working(self.worker, now);
                self.shared.watch.notify_one();
                drop(inner);
                // closing may hang too
                *held = None;
                inner = self.shared.locked();
                inner.state.without_session(self.worker);
                continue;
            }
            if held.is_none() {
                match inner.state.next(self.worker, now) {
                    Next::Open { afresh, epoch } => {
                        self.shared.watch.notify_one();
                        return Some(Task::Open { afresh, epoch });
                    }
                    Next::Wait(longest) => inner = self.wait(inner, longest.unwrap_or(LONGEST_IDLE)),
                }
                continue;
            }
            while let Some(call) = inner.queue.pop_front() {
                if call.begin(now) {
                    inner.state.working(self.worker, now);
                    self.shared.watch.notify_one();
                    return Some(Task::Call(call));
                }
            }
            let before = Instant::now();
            inner = self.wait(inner, self.shared.timing.probe_after);
            let rested = before.elapsed() >= self.shared.timing.probe_after;
            if rested && inner.queue.is_empty() && inner.state.knows(self.worker) && !inner.ends {
                inner.state.working(self.worker, Instant::now());
                self.shared.watch.notify_one();
                return Some(Task::Probe);
            }
        }
    }

    fn wait<'a>(&self, inner: MutexGuard<'a, Inner<D>>, longest: Duration) -> MutexGuard<'a, Inner<D>> {
        let waited = self.shared.work.wait_timeout(inner, longest);
        waited.map_or_else(|poison| poison.into_inner().0, |(inner, _)| inner)
    }

    fn open(&self, afresh: bool, epoch: u64) -> Option<Held<D::Session>> {
        let device = &self.shared.device;
        let opened = guarded(|| {
            let mut session = device.open(afresh)?;
            device.log_in(&mut session)?;
            device.probe(&mut session)?;
            Ok(session)
        });
        match opened {
            Ok(session) => {
                let mut inner = self.shared.locked();
                if inner.state.knows(self.worker) && inner.state.epoch() == epoch {
                    inner.state.opened(self.worker);
                }
                drop(inner);
                // the others may open theirs now
                self.shared.work.notify_all();
                Some(Held { session, epoch })
            }
            Err(fault) => {
                self.failed(&fault);
                None
            }
        }
    }

    /// Whether the session can be used on.
    fn call(&self, call: Arc<dyn Pending<D>>, session: &mut D::Session) -> bool {
        match call.run(&self.shared.device, session) {
            Ok(()) => {
                self.shared.locked().state.counters.answered += 1;
                self.idle();
                true
            }
            Err(Some(fault)) if fault.scope == Scope::Request => {
                self.idle();
                call.fail(self.told(fault));
                true
            }
            Err(Some(fault)) => {
                self.failed(&fault);
                if !(fault.nothing_done && fault.scope == Scope::Session && self.again(&call)) {
                    call.fail(self.told(fault));
                }
                false
            }
            // a panic within vendor code, or ours: nobody knows what was done
            Err(None) => {
                self.lost_session(Scope::Session);
                call.fail(self.shared.no_answer());
                false
            }
        }
    }

    /// Puts a call of which nothing was done in front of the queue, once.
    fn again(&self, call: &Arc<dyn Pending<D>>) -> bool {
        let mut inner = self.shared.locked();
        let possible = !inner.ends && inner.state.health(Instant::now()) != Health::Lost && call.again();
        if possible {
            inner.queue.push_front(Arc::clone(call));
        }
        drop(inner);
        self.shared.work.notify_one();
        possible
    }

    /// What a caller is told of a fault that reached further than its request.
    fn told(&self, fault: Fault) -> KeyError {
        if !fault.nothing_done {
            return self.shared.no_answer();
        }
        match fault.scope {
            Scope::Request => fault.error,
            Scope::Session | Scope::Device | Scope::Pin => self.shared.lost(&self.shared.locked()),
        }
    }

    fn idle(&self) {
        let mut inner = self.shared.locked();
        if inner.state.knows(self.worker) {
            inner.state.idle(self.worker);
        }
    }

    fn failed(&self, fault: &Fault) {
        self.lost_session(fault.scope);
    }

    fn lost_session(&self, scope: Scope) {
        let waiting = {
            let mut inner = self.shared.locked();
            // who was given up has been accounted for
            if !inner.state.knows(self.worker) {
                return;
            }
            if inner.state.failed(self.worker, scope, Instant::now()) {
                self.shared.flush(&mut inner)
            } else {
                Vec::new()
            }
        };
        for (call, error) in waiting {
            call.fail(error);
        }
        self.shared.work.notify_all();
    }
}

enum Task<D: Device> {
    Open { afresh: bool, epoch: u64 },
    Probe,
    Call(Arc<dyn Pending<D>>),
}

/// Runs a driver's code; a panic within it costs the session.
fn guarded<T>(run: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let error = KeyError::NoAnswer { device: "".into() };
        Err(Fault { scope: Scope::Session, nothing_done: false, error })
    })
}
