//! Lanes: a fixed number of named threads with a fixed waiting room.
//!
//! actix's own thread pool has an unbounded queue; under load it would hold
//! every upload there is. Here a request first takes a seat
//! ([`Lane::admit`]), only then is its body read, and only then does it run
//! ([`Lane::run`]). There are as many seats as threads and waiting places
//! together; without a free one the answer is "busy", at once.

use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// A fixed number of threads with a fixed waiting room.
pub struct Lane {
    shared: Arc<Shared>,
    seats: Arc<Semaphore>,
    capacity: usize,
    threads: Vec<thread::JoinHandle<()>>,
}

/// A seat in a lane; given back when dropped, at the latest when the job is done.
#[must_use = "dropping the seat gives it back"]
pub struct Seat(#[expect(dead_code, reason = "held for its drop")] OwnedSemaphorePermit);

/// Why a job has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// The job panicked; the lane goes on.
    #[error("the job panicked")]
    Panicked,
    /// The lane is being stopped.
    #[error("the lane is stopping")]
    Stopped,
}

/// What a lane is doing, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneState {
    /// Threads, all of which always live.
    pub threads: usize,
    /// Seats in all.
    pub capacity: usize,
    /// Seats taken: being uploaded, waiting or running.
    pub seated: usize,
    /// Jobs waiting for a thread.
    pub waiting: usize,
    /// Jobs running.
    pub busy: usize,
    /// Jobs dropped before they ran because nobody waited any more.
    pub abandoned: u64,
    /// Jobs that panicked.
    pub panicked: u64,
}

type Job = Box<dyn FnOnce(&Counts) + Send>;

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    counts: Counts,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    stopping: bool,
}

#[derive(Default)]
struct Counts {
    busy: AtomicUsize,
    abandoned: AtomicU64,
    panicked: AtomicU64,
}

impl Lane {
    /// Starts `threads` threads named `name-0` and so on, with room for
    /// `waiting` more jobs.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(name: &str, threads: usize, waiting: usize) -> io::Result<Self> {
        let capacity = threads + waiting;
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue { jobs: VecDeque::with_capacity(capacity), stopping: false }),
            wake: Condvar::new(),
            counts: Counts::default(),
        });
        let mut lane =
            Self { shared: Arc::clone(&shared), seats: Arc::new(Semaphore::new(capacity)), capacity, threads: vec![] };
        for n in 0..threads {
            let shared = Arc::clone(&shared);
            let thread = thread::Builder::new().name(format!("{name}-{n}")).spawn(move || shared.work())?;
            lane.threads.push(thread);
        }
        Ok(lane)
    }

    /// Takes a seat, or none when the lane is full.
    pub fn admit(&self) -> Option<Seat> {
        Arc::clone(&self.seats).try_acquire_owned().ok().map(Seat)
    }

    /// Runs `job` on one of the lane's threads. When the returned future is
    /// dropped before the job began, it never begins.
    ///
    /// # Errors
    /// [`LaneError`] when the job panicked or the lane stopped.
    pub async fn run<T: Send + 'static>(
        &self,
        seat: Seat,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, LaneError> {
        let (answer, answered) = oneshot::channel();
        let boxed: Job = Box::new(move |counts| {
            if answer.is_closed() {
                counts.abandoned.fetch_add(1, Ordering::Relaxed);
                return;
            }
            counts.busy.fetch_add(1, Ordering::Relaxed);
            let outcome = catch_unwind(AssertUnwindSafe(job)).map_err(|_| LaneError::Panicked);
            counts.busy.fetch_sub(1, Ordering::Relaxed);
            if outcome.is_err() {
                counts.panicked.fetch_add(1, Ordering::Relaxed);
            }
            // The seat is free before the answer is out: who saw an answer finds room.
            drop(seat);
            let _ = answer.send(outcome);
        });
        {
            let mut queue = self.shared.lock();
            if queue.stopping {
                return Err(LaneError::Stopped);
            }
            queue.jobs.push_back(boxed);
        }
        self.shared.wake.notify_one();
        answered.await.unwrap_or(Err(LaneError::Stopped))
    }

    /// What the lane is doing.
    pub fn state(&self) -> LaneState {
        LaneState {
            threads: self.threads.iter().filter(|t| !t.is_finished()).count(),
            capacity: self.capacity,
            seated: self.capacity.saturating_sub(self.seats.available_permits()),
            waiting: self.shared.lock().jobs.len(),
            busy: self.shared.counts.busy.load(Ordering::Relaxed),
            abandoned: self.shared.counts.abandoned.load(Ordering::Relaxed),
            panicked: self.shared.counts.panicked.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Lane {
    /// Running jobs end, waiting ones are dropped.
    fn drop(&mut self) {
        {
            let mut queue = self.shared.lock();
            queue.stopping = true;
            queue.jobs.clear();
        }
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            job(&self.counts);
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.stopping {
                return None;
            }
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// No job runs under the lock, so a poisoned one is still whole.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::Future, pin::pin, sync::mpsc, task::Context};

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        actix_web::rt::System::new().block_on(future)
    }

    #[test]
    fn a_panic_is_an_answer_and_the_thread_goes_on() {
        let lane = Lane::start("test", 1, 0).unwrap();
        block_on(async {
            let seat = lane.admit().unwrap();
            assert_eq!(lane.run(seat, || panic!("on purpose")).await, Err::<(), _>(LaneError::Panicked));
            let seat = lane.admit().unwrap();
            assert_eq!(lane.run(seat, || 7).await, Ok(7));
        });
        assert_eq!(lane.state(), LaneState { threads: 1, capacity: 1, panicked: 1, ..LaneState::default() });
    }

    #[test]
    fn seats_are_counted_and_given_back() {
        let lane = Lane::start("test", 1, 1).unwrap();
        let (first, second) = (lane.admit(), lane.admit());
        assert!(first.is_some() && second.is_some() && lane.admit().is_none());
        drop(first);
        assert!(lane.admit().is_some());
    }

    #[test]
    fn nobody_waits_for_a_job_that_nobody_wants() {
        let lane = Lane::start("test", 1, 2).unwrap();
        let (release, released) = mpsc::channel::<()>();
        let poll = |future: std::pin::Pin<&mut dyn Future<Output = Result<(), LaneError>>>| {
            assert!(future.poll(&mut Context::from_waker(std::task::Waker::noop())).is_pending());
        };
        let blocking = lane.run(lane.admit().unwrap(), move || released.recv().unwrap_or(()));
        let mut blocking = pin!(blocking);
        poll(blocking.as_mut());
        {
            let gone = lane.run(lane.admit().unwrap(), || panic!("must not run"));
            let mut gone = pin!(gone);
            poll(gone.as_mut());
        }
        release.send(()).unwrap();
        block_on(async {
            assert_eq!(blocking.await, Ok(()));
            // Jobs run in order: once this one is through, the abandoned one was met.
            assert_eq!(lane.run(lane.admit().unwrap(), || 1).await, Ok(1));
        });
        assert_eq!((lane.state().abandoned, lane.state().panicked), (1, 0));
    }

    #[test]
    fn stopping_drops_what_waits() {
        let lane = Lane::start("test", 1, 1).unwrap();
        let shared = Arc::clone(&lane.shared);
        drop(lane);
        assert!(shared.lock().stopping && shared.lock().jobs.is_empty());
    }
}
