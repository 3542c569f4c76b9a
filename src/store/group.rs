//! Writes to SQLite: one thread, many writes under one commit.
//!
//! A commit waits for the disk, and SQLite has one writer at a time. So callers
//! queue their closures and one thread takes what is there, up to a number:
//! 1 begin · 2 each closure in a savepoint of its own · 3 commit · 4 answer.
//! It never waits for more to come. A closure that fails takes only its own
//! savepoint back; a commit that fails fails every write under it.

use super::{
    Conn, Settings, StoreError,
    conn::{Slot, Use},
    counters::Counters,
    error::Failure,
};
use diesel::connection::SimpleConnection;
use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

/// The writer's side that callers hold.
pub(super) struct Writer {
    shared: Arc<Shared>,
    room: usize,
    thread: Mutex<Option<thread::JoinHandle<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Box<dyn Job>>,
    /// Nothing more is taken in.
    closed: bool,
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A closure of any type with the way back to its caller.
trait Job: Send {
    /// Runs the closure; the store's own error is the cause of a failure where known.
    fn run(&mut self, conn: &mut Conn) -> Ran;
    /// Replaces the closure's result.
    fn spoil(&mut self, error: StoreError);
    /// Tells the caller. After this it may act on the answer.
    fn answer(self: Box<Self>);
}

enum Ran {
    Done,
    Failed(Option<StoreError>),
}

struct Task<F, T, E> {
    closure: F,
    result: Option<Result<T, E>>,
    answer: SyncSender<Result<T, E>>,
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnMut(&mut Conn) -> Result<T, E> + Send,
    T: Send,
    E: Failure,
{
    fn run(&mut self, conn: &mut Conn) -> Ran {
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(conn)));
        let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let ran = match &result {
            Ok(_) => Ran::Done,
            Err(error) => Ran::Failed(error.store_error().cloned()),
        };
        self.result = Some(result);
        ran
    }

    fn spoil(&mut self, error: StoreError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(mut self: Box<Self>) {
        if let Some(result) = self.result.take() {
            // a caller that is gone does not mind
            let _ = self.answer.send(result);
        }
    }
}

impl Writer {
    /// Starts the thread with a connection that is open already.
    pub(super) fn start(slot: Slot, settings: Settings, counters: Arc<Counters>) -> io::Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::default(), wake: Condvar::new() });
        let room = settings.waiting_writes;
        let end = End(Arc::clone(&shared));
        let mut thread = Thread { slot: Some(slot), settings, counters };
        let handle = thread::Builder::new().name("store-writer".to_owned()).spawn(move || {
            while let Some(batch) = end.next(thread.settings.writes_per_commit) {
                thread.commit(batch);
            }
        })?;
        Ok(Self { shared, room, thread: Mutex::new(Some(handle)) })
    }

    /// Queues a closure and waits for its commit.
    pub(super) fn write<T, E, F>(&self, closure: F) -> Result<T, E>
    where
        F: FnMut(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: Failure,
    {
        let (answer, answered) = sync_channel(1);
        {
            let mut queue = self.shared.queue();
            if queue.closed {
                return Err(StoreError::Closed.into());
            }
            if queue.jobs.len() >= self.room {
                return Err(StoreError::Busy.into());
            }
            queue.jobs.push_back(Box::new(Task { closure, result: None, answer }));
        }
        self.shared.wake.notify_one();
        // dropping a job closes its channel: a writer that ends is an answer
        answered.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Writes that wait.
    pub(super) fn waiting(&self) -> usize {
        self.shared.queue().jobs.len()
    }

    /// Takes nothing more in, finishes what is queued and ends the thread.
    pub(super) fn close(&self) {
        self.shared.queue().closed = true;
        self.shared.wake.notify_all();
        let handle = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            let _ = handle.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The thread's side of the queue. However the thread ends, dropping this
/// answers everybody who waits.
struct End(Arc<Shared>);

impl End {
    /// Waits for the first job, then takes what is there.
    fn next(&self, most: usize) -> Option<Vec<Box<dyn Job>>> {
        let mut queue = self.0.queue();
        while queue.jobs.is_empty() {
            if queue.closed {
                return None;
            }
            queue = self.0.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        let count = queue.jobs.len().min(most);
        Some(queue.jobs.drain(..count).collect())
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut queue = self.0.queue();
        queue.closed = true;
        queue.jobs.clear();
    }
}

struct Thread {
    /// None after a failure that left the connection in doubt; opened again for the next commit.
    slot: Option<Slot>,
    settings: Settings,
    counters: Arc<Counters>,
}

impl Thread {
    fn commit(&mut self, mut batch: Vec<Box<dyn Job>>) {
        match self.try_commit(&mut batch) {
            Ok(written) => self.counters.committed(written),
            Err(error) => {
                self.counters.failed_commit();
                // what a closure saw of the others was never there, so not even its refusal stands
                for job in &mut batch {
                    job.spoil(error.clone());
                }
            }
        }
        for job in batch {
            job.answer();
        }
    }

    /// How many writes are under the commit.
    fn try_commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<usize, StoreError> {
        let mut slot = match self.slot.take() {
            Some(slot) => slot,
            None => Slot::open(&self.settings, Use::Write)?,
        };
        if let Err(error) = slot.conn.batch_execute("BEGIN IMMEDIATE") {
            let error = StoreError::from(error);
            if error == StoreError::Locked {
                self.slot = Some(slot);
            }
            return Err(error);
        }
        // from here an early return drops the connection, and SQLite takes everything back
        let mut written = 0;
        for job in batch {
            written += usize::from(in_savepoint(&mut slot, job.as_mut())?);
        }
        if let Some(pause) = self.settings.slow_commit {
            thread::sleep(pause);
        }
        slot.conn.batch_execute("COMMIT")?;
        self.slot = Some(slot);
        Ok(written)
    }
}

/// Whether the closure wrote; an error is one of the whole transaction.
fn in_savepoint(slot: &mut Slot, job: &mut dyn Job) -> Result<bool, StoreError> {
    slot.conn.batch_execute("SAVEPOINT job")?;
    slot.take_failed();
    let cause = match job.run(&mut slot.conn) {
        Ran::Done if !slot.take_failed() => {
            slot.conn.batch_execute("RELEASE job")?;
            return Ok(true);
        }
        Ran::Done => {
            job.spoil(StoreError::Swallowed);
            None
        }
        Ran::Failed(cause) => cause,
    };
    // after a full disk SQLite may have taken the whole transaction back, and the savepoint with it
    match slot.conn.batch_execute("ROLLBACK TO job; RELEASE job") {
        Ok(()) => Ok(false),
        Err(error) => Err(cause.unwrap_or_else(|| error.into())),
    }
}
