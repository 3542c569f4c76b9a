//! Long-lived sessions: opening one for each signature costs nearly as much as the
//! signature. A session is used by one thread at a time.

use cryptoki::session::Session;
use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Sessions of one login. A new login is a new epoch: sessions and handles of an earlier
/// one are worth nothing.
pub(super) struct Pool {
    state: Mutex<State>,
    freed: Condvar,
    /// Most sessions at once.
    most: usize,
}

struct State {
    epoch: u64,
    idle: Vec<Session>,
    /// Sessions of this epoch that are in use.
    out: usize,
    /// As `most`, or fewer where the token had no more.
    limit: usize,
}

/// What [`Pool::take`] gives.
pub(super) enum Taken<'a> {
    /// A session.
    Idle(Lease<'a>),
    /// Room for one more, to be opened and put in.
    Room(Room<'a>),
    /// None, and none came back in time.
    Busy,
}

/// A session on loan; goes back when dropped.
pub(super) struct Lease<'a> {
    pool: &'a Pool,
    epoch: u64,
    session: Option<Session>,
}

/// The right to open one more session.
pub(super) struct Room<'a> {
    pool: &'a Pool,
    epoch: u64,
    filled: bool,
}

impl Pool {
    pub(super) const fn new(most: usize) -> Self {
        let state = State { epoch: 0, idle: Vec::new(), out: 0, limit: most };
        Self { state: Mutex::new(state), freed: Condvar::new(), most }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // each change below is whole before anything can panic
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Most sessions at once, as the token turned out to allow.
    pub(super) fn limit(&self) -> usize {
        self.state().limit
    }

    /// A session, or room for one; waits at most `wait` for one to come back.
    pub(super) fn take(&self, wait: Duration) -> Taken<'_> {
        let begin = Instant::now();
        let mut state = self.state();
        loop {
            if let Some(session) = state.idle.pop() {
                state.out += 1;
                return Taken::Idle(Lease { pool: self, epoch: state.epoch, session: Some(session) });
            }
            if state.out < state.limit {
                state.out += 1;
                return Taken::Room(Room { pool: self, epoch: state.epoch, filled: false });
            }
            let Some(left) = wait.checked_sub(begin.elapsed()).filter(|left| !left.is_zero()) else {
                return Taken::Busy;
            };
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Begins an epoch without sessions; those in use are dropped when they come back.
    pub(super) fn renew(&self, epoch: u64) {
        let old = {
            let mut state = self.state();
            state.epoch = epoch;
            state.out = 0;
            state.limit = self.most;
            std::mem::take(&mut state.idle)
        };
        self.freed.notify_all();
        // closing calls the library, so not under the lock
        drop(old);
    }

    /// Gives a place back, with its session where that is still good.
    fn back(&self, epoch: u64, session: Option<Session>) {
        let stale = {
            let mut state = self.state();
            if state.epoch == epoch {
                state.out = state.out.saturating_sub(1);
                match session {
                    Some(session) => {
                        state.idle.push(session);
                        None
                    }
                    None => None,
                }
            } else {
                session
            }
        };
        self.freed.notify_one();
        drop(stale);
    }
}

impl<'a> Room<'a> {
    /// The login that the session must be of.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Puts the opened session in, on loan to the caller.
    pub(super) fn fill(mut self, session: Session) -> Lease<'a> {
        self.filled = true;
        Lease { pool: self.pool, epoch: self.epoch, session: Some(session) }
    }

    /// The token has no more sessions. Whether others are there to wait for: then
    /// the pool wants no more than those from now on.
    pub(super) fn refused(self) -> bool {
        let mut state = self.pool.state();
        // this room is not yet given back, so it counts among those in use
        let others = state.out.saturating_sub(1) + state.idle.len();
        if state.epoch == self.epoch && others > 0 {
            state.limit = others;
        }
        others > 0
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if !self.filled {
            self.pool.back(self.epoch, None);
        }
    }
}

impl Lease<'_> {
    /// The session; `None` after [`Lease::spoil`].
    pub(super) const fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The login that it is of.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Closes it instead of giving it back: its state is not known.
    pub(super) fn spoil(&mut self) {
        self.session = None;
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.pool.back(self.epoch, self.session.take());
    }
}
