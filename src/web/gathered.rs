//! Lanes whose threads take everything that waits at once.
//!
//! A request of a kind that comes often and costs little is cheaper among others: one read, one write and one commit for
//! all that came while the last were answered. A request that comes alone is at work at once; where several came together, the
//! next wait a moment for each other ([`PACE`]).

use super::lanes::LaneError;
use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Most that is taken at once.
const MOST: usize = 64;

/// Batches of several begin at least so long after each other. Without it whatever the machine has free goes into smaller
/// batches, of which each has its statements and its commit (ADR 72). Who comes alone, after one who came alone, waits for nobody.
const PACE: Duration = Duration::from_millis(3);

/// A fixed number of threads with a fixed waiting room, which answer several at a time.
pub(super) struct GatheredLane<J, A> {
    shared: Arc<Shared<J, A>>,
    room: usize,
    threads: Vec<thread::JoinHandle<()>>,
}

struct Shared<J, A> {
    queue: Mutex<Queue<J, A>>,
    wake: Condvar,
}

type Answer<A> = oneshot::Sender<Result<A, LaneError>>;

struct Queue<J, A> {
    waiting: VecDeque<(J, Answer<A>)>,
    stopping: bool,
}

impl<J: Send + 'static, A: Send + 'static> GatheredLane<J, A> {
    /// Starts `threads` threads named `name-0` and so on, with room for `room` that wait. `work` gives one answer each,
    /// in their order.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(
        name: &str,
        threads: usize,
        room: usize,
        work: impl Fn(Vec<J>) -> Vec<A> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let queue = Mutex::new(Queue { waiting: VecDeque::with_capacity(room), stopping: false });
        let shared = Arc::new(Shared { queue, wake: Condvar::new() });
        let work = Arc::new(work);
        let mut lane = Self { shared: Arc::clone(&shared), room, threads: Vec::new() };
        for n in 0..threads {
            let (shared, work) = (Arc::clone(&shared), Arc::clone(&work));
            let run = move || {
                let mut begun = None;
                while let Some(taken) = shared.next_after(begun) {
                    begun = (taken.len() > 1).then(Instant::now);
                    answer(taken, work.as_ref());
                }
            };
            lane.threads.push(thread::Builder::new().name(format!("{name}-{n}")).spawn(run)?);
        }
        Ok(lane)
    }

    /// Waits for the answer. When the returned future is dropped before somebody took the job, it is not done.
    ///
    /// # Errors
    /// [`GatheredError`].
    pub(super) async fn ask(&self, job: J) -> Result<A, GatheredError> {
        let (answer, answered) = oneshot::channel();
        {
            let mut queue = self.shared.lock();
            if queue.stopping {
                return Err(LaneError::Stopped.into());
            }
            if queue.waiting.len() >= self.room {
                return Err(GatheredError::Full);
            }
            queue.waiting.push_back((job, answer));
        }
        self.shared.wake.notify_one();
        Ok(answered.await.unwrap_or(Err(LaneError::Stopped))?)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GatheredError {
    /// The waiting room is full.
    #[error("the waiting room is full")]
    Full,
    /// As of any lane.
    #[error(transparent)]
    Lane(#[from] LaneError),
}

/// Answers those who still wait.
fn answer<J, A>(taken: Vec<(J, Answer<A>)>, work: &impl Fn(Vec<J>) -> Vec<A>) {
    let (jobs, waiting): (Vec<J>, Vec<_>) = taken.into_iter().filter(|(_, answer)| !answer.is_closed()).unzip();
    if jobs.is_empty() {
        return;
    }
    // a panic is ours: it fails these and nothing else
    let answers = catch_unwind(AssertUnwindSafe(|| work(jobs)));
    let mut answers = answers.map(Vec::into_iter);
    for one in waiting {
        let next = answers.as_mut().ok().and_then(Iterator::next).ok_or(LaneError::Panicked);
        // who is gone does not mind
        let _ = one.send(next);
    }
}

impl<J, A> Shared<J, A> {
    /// What waits, once [`PACE`] is over since several were at work, or as many wait as are taken at once.
    fn next_after(&self, begun: Option<Instant>) -> Option<Vec<(J, Answer<A>)>> {
        let rest = begun.map_or(Duration::ZERO, |begun| PACE.saturating_sub(begun.elapsed()));
        if !rest.is_zero() && self.lock().waiting.len() < MOST {
            // a sleep, and no wait for the next one: who comes wakes nobody
            thread::sleep(rest);
        }
        self.next()
    }

    /// What waits, at least one; none once the lane stops.
    fn next(&self) -> Option<Vec<(J, Answer<A>)>> {
        let mut queue = self.lock();
        loop {
            if queue.stopping {
                return None;
            }
            if !queue.waiting.is_empty() {
                let count = queue.waiting.len().min(MOST);
                return Some(queue.waiting.drain(..count).collect());
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nothing runs under the lock, so a poisoned one is still whole.
    fn lock(&self) -> MutexGuard<'_, Queue<J, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J, A> Drop for GatheredLane<J, A> {
    /// What is at work ends, what waits is dropped.
    fn drop(&mut self) {
        {
            let mut queue = self.shared.lock();
            queue.stopping = true;
            queue.waiting.clear();
        }
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::mpsc, time::Duration};

    #[test]
    fn what_waits_is_answered_together_and_each_gets_its_own() {
        let (tell, sizes) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let lane = GatheredLane::start("test", 1, 3, move |jobs: Vec<u32>| {
            tell.send(jobs.len()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            jobs.into_iter().map(|job| job * 10).collect()
        });
        let lane = lane.unwrap();
        actix_web::rt::System::new().block_on(async {
            let moment = || tokio::time::sleep(Duration::from_millis(1));
            let asked = async {
                // once the first is at work
                while !lane.shared.lock().waiting.is_empty() {
                    moment().await;
                }
                futures_util::future::join_all((0..5).map(|n| lane.ask(n))).await
            };
            let opened = async {
                // one at work, three wait, the fifth finds no place
                while lane.shared.lock().waiting.len() < 3 {
                    moment().await;
                }
                open.send(()).unwrap();
                open.send(()).unwrap();
            };
            let begun = lane.ask(7);
            let (first, answers, ()) = futures_util::future::join3(begun, asked, opened).await;
            assert_eq!(first, Ok(70));
            let told: Vec<_> = answers.iter().map(|one| one.ok()).collect();
            assert_eq!(told.iter().flatten().count(), 3, "{answers:?}");
            assert!(answers.contains(&Err(GatheredError::Full)));
        });
        assert_eq!(sizes.try_iter().sum::<usize>(), 4);
    }

    #[test]
    fn a_panic_is_an_answer_and_the_thread_goes_on() {
        let lane = GatheredLane::start("test", 1, 8, |jobs: Vec<u32>| {
            assert!(!jobs.contains(&0), "on purpose");
            jobs
        });
        let lane = lane.unwrap();
        actix_web::rt::System::new().block_on(async {
            assert_eq!(lane.ask(0).await, Err(GatheredError::Lane(LaneError::Panicked)));
            assert_eq!(lane.ask(1).await, Ok(1));
        });
    }
}
