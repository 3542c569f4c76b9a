//! What is known of a device, and what follows from it. Pure: the instant is an argument.

use super::{Scope, Timing};
use core::time::Duration;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// How a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Every session works.
    Healthy,
    /// Some sessions work, and something went wrong a short while ago or still is.
    Degraded,
    /// No session works, and none is being opened.
    Lost,
    /// No session works yet; one is being opened.
    Recovering,
}

impl Health {
    /// The stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Lost => "lost",
            Self::Recovering => "recovering",
        }
    }
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Calls that were answered.
    pub answered: u64,
    /// Calls that got no answer in time.
    pub unanswered: u64,
    /// Calls refused because the device was lost.
    pub refused_lost: u64,
    /// Calls refused because too much waited.
    pub refused_busy: u64,
    /// Threads that were given up because they hung.
    pub given_up: u64,
    /// Times that the device was lost.
    pub losses: u64,
    /// Times that it came back.
    pub recoveries: u64,
}

/// What one thread does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// Waits, without a session.
    Nothing,
    /// Opens, since.
    Opening(Instant),
    /// Waits with a session.
    Idle,
    /// Works on a session, since.
    Working(Instant),
}

/// Whether the device may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Sessions are opened as wanted.
    Open,
    /// Nothing until the instant, then one thread tries.
    Waiting(Instant),
    /// One thread tries.
    Trying,
    /// Nothing until somebody says so.
    PinRefused,
}

/// What a thread without a session shall do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Open one; `afresh` where the device was lost. It belongs to `epoch`, whatever is lost while it is opened.
    Open { afresh: bool, epoch: u64 },
    /// Wait; at most so long where something is known.
    Wait(Option<Duration>),
}

/// One thread.
#[derive(Clone, Copy, Debug)]
struct Worker {
    doing: Doing,
    /// The epoch of its session, or of the one that it opens.
    session: Option<u64>,
}

#[derive(Debug)]
pub(super) struct State {
    timing: Timing,
    phase: Phase,
    /// Grows at each loss: a session of an older one is stale.
    epoch: u64,
    /// Whether the device was lost since it was last open.
    lost: bool,
    workers: BTreeMap<u64, Worker>,
    hung: BTreeSet<u64>,
    next_worker: u64,
    wait: Duration,
    /// When a session alone may be opened again.
    reopen_at: Option<Instant>,
    last_fault: Option<Instant>,
    pub(super) counters: Counters,
}

impl State {
    pub(super) fn new(timing: Timing, now: Instant) -> Self {
        Self {
            timing,
            phase: Phase::Waiting(now),
            epoch: 0,
            lost: false,
            workers: BTreeMap::new(),
            hung: BTreeSet::new(),
            next_worker: 0,
            wait: timing.first_wait,
            reopen_at: None,
            last_fault: None,
            counters: Counters::default(),
        }
    }

    /// Takes in as many threads as are missing; the caller starts them. They count from here on, so that two
    /// who look at the same time do not both fill the same gap.
    pub(super) fn take_in(&mut self) -> Vec<u64> {
        let first = self.next_worker + 1;
        self.next_worker += self.wanted() as u64;
        let taken: Vec<u64> = (first..=self.next_worker).collect();
        let fresh = Worker { doing: Doing::Nothing, session: None };
        self.workers.extend(taken.iter().map(|worker| (*worker, fresh)));
        taken
    }

    /// A thread that was taken in could not be started.
    pub(super) fn not_started(&mut self, worker: u64) {
        self.workers.remove(&worker);
    }

    /// Whether the thread still belongs to the device; a hung one does not.
    pub(super) fn knows(&self, worker: u64) -> bool {
        self.workers.contains_key(&worker)
    }

    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn hung(&self) -> usize {
        self.hung.len()
    }

    pub(super) fn pin_refused(&self) -> bool {
        self.phase == Phase::PinRefused
    }

    /// Whether a session that is not stale is there to work on.
    fn has_session(&self) -> bool {
        self.workers.values().any(|worker| self.is_sound(*worker))
    }

    fn is_sound(&self, worker: Worker) -> bool {
        worker.session == Some(self.epoch) && matches!(worker.doing, Doing::Idle | Doing::Working(_))
    }

    fn set(&mut self, worker: u64, doing: Doing) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.doing = doing;
        }
    }

    pub(super) fn health(&self, now: Instant) -> Health {
        match self.phase {
            // every thread that there may be hangs
            _ if self.workers.is_empty() => Health::Lost,
            Phase::Waiting(until) if !self.lost || now >= until => Health::Recovering,
            Phase::Trying => Health::Recovering,
            Phase::Waiting(_) | Phase::PinRefused => Health::Lost,
            Phase::Open if !self.has_session() => Health::Recovering,
            Phase::Open => {
                let whole = self.workers.len() >= self.timing.sessions
                    && self.workers.values().all(|worker| self.is_sound(*worker));
                let calm = self.last_fault.is_none_or(|at| now.saturating_duration_since(at) >= self.timing.grace);
                if whole && calm && self.hung.is_empty() { Health::Healthy } else { Health::Degraded }
            }
        }
    }

    /// When it is worth while to ask again after a loss: within 10 milliseconds and 5 seconds.
    pub(super) fn retry_after(&self, now: Instant) -> Duration {
        let known = match self.phase {
            Phase::Waiting(until) => until.saturating_duration_since(now),
            Phase::PinRefused => Duration::from_secs(5),
            Phase::Open | Phase::Trying => self.timing.first_wait,
        };
        known.clamp(Duration::from_millis(10), Duration::from_secs(5))
    }

    /// What a thread without a session shall do now.
    pub(super) fn next(&mut self, worker: u64, now: Instant) -> Next {
        let until = |at: Instant| Next::Wait(Some(at.saturating_duration_since(now)));
        match self.phase {
            Phase::Open => match self.reopen_at {
                Some(at) if now < at => return until(at),
                _ => {}
            },
            Phase::Waiting(at) if now < at => return until(at),
            Phase::Waiting(_) => self.phase = Phase::Trying,
            Phase::Trying | Phase::PinRefused => return Next::Wait(None),
        }
        let opening = Worker { doing: Doing::Opening(now), session: Some(self.epoch) };
        self.workers.insert(worker, opening);
        Next::Open { afresh: self.lost, epoch: self.epoch }
    }

    /// A thread has a session that was probed. One that was lost meanwhile changes nothing.
    pub(super) fn opened(&mut self, worker: u64) {
        self.idle(worker);
        if self.workers.get(&worker).is_none_or(|worker| worker.session != Some(self.epoch)) {
            return;
        }
        if self.phase == Phase::Trying {
            self.phase = Phase::Open;
            self.wait = self.timing.first_wait;
            if core::mem::take(&mut self.lost) {
                self.counters.recoveries += 1;
            }
        }
        self.reopen_at = None;
    }

    pub(super) fn working(&mut self, worker: u64, now: Instant) {
        self.set(worker, Doing::Working(now));
    }

    pub(super) fn idle(&mut self, worker: u64) {
        self.set(worker, Doing::Idle);
    }

    pub(super) fn without_session(&mut self, worker: u64) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            *worker = Worker { doing: Doing::Nothing, session: None };
        }
    }

    /// A fault that reached further than the request; the thread has no session any more.
    /// True where the device is lost by it, and what waits must hear of that.
    pub(super) fn failed(&mut self, worker: u64, scope: Scope, now: Instant) -> bool {
        self.last_fault = Some(now);
        // what a session from before a loss says is no news
        let stale = self.workers.get(&worker).is_none_or(|worker| worker.session != Some(self.epoch));
        self.without_session(worker);
        match scope {
            _ if stale => false,
            Scope::Request => false,
            Scope::Pin => {
                self.lose(now);
                self.phase = Phase::PinRefused;
                true
            }
            Scope::Device => self.lose(now),
            Scope::Session if self.has_session() => {
                self.reopen_at = Some(now + self.timing.first_wait);
                false
            }
            // the last session: one try at once, before the device counts as lost
            Scope::Session if self.phase == Phase::Open => {
                self.phase = Phase::Waiting(now);
                false
            }
            Scope::Session => self.lose(now),
        }
    }

    fn lose(&mut self, now: Instant) -> bool {
        if self.phase == Phase::PinRefused {
            return true;
        }
        if !core::mem::replace(&mut self.lost, true) {
            self.counters.losses += 1;
            self.epoch += 1;
        }
        self.phase = Phase::Waiting(now + self.wait);
        self.wait = (self.wait * 2).min(self.timing.longest_wait);
        true
    }

    /// Gives up threads that took longer than the deadline. Who is [taken in](Self::take_in) in their
    /// place, and whether the device is lost by it.
    pub(super) fn give_up_hung(&mut self, now: Instant) -> (Vec<u64>, bool) {
        let late = |since: &Instant| now.saturating_duration_since(*since) > self.timing.deadline;
        let hung: Vec<u64> = self
            .workers
            .iter()
            .filter(|(_, worker)| matches!(&worker.doing, Doing::Opening(since) | Doing::Working(since) if late(since)))
            .map(|(worker, _)| *worker)
            .collect();
        if hung.is_empty() {
            return (self.take_in(), false);
        }
        self.last_fault = Some(now);
        for worker in hung {
            self.workers.remove(&worker);
            self.hung.insert(worker);
            self.counters.given_up += 1;
        }
        let lost = if self.phase == Phase::Trying || (self.phase == Phase::Open && !self.has_session()) {
            self.lose(now)
        } else {
            false
        };
        (self.take_in(), lost)
    }

    /// A thread that hung came back, and ends. Who is [taken in](Self::take_in) in its place.
    pub(super) fn came_back(&mut self, worker: u64) -> Vec<u64> {
        self.hung.remove(&worker);
        self.take_in()
    }

    /// Threads that are missing: up to the number of sessions, unless too many hang.
    fn wanted(&self) -> usize {
        // each of those that are well may hang next
        let most = self.timing.most_hung.max(self.timing.sessions);
        let allowed = most.saturating_sub(self.hung.len() + self.workers.len());
        self.timing.sessions.saturating_sub(self.workers.len()).min(allowed)
    }

    /// When the warden shall look next: at the earliest deadline, if anything runs.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let running = self.workers.values().filter_map(|worker| match worker.doing {
            Doing::Opening(since) | Doing::Working(since) => Some(since + self.timing.deadline),
            Doing::Nothing | Doing::Idle => None,
        });
        running.min()
    }

    pub(super) fn try_pin_again(&mut self, now: Instant) {
        if self.phase == Phase::PinRefused {
            self.phase = Phase::Waiting(now);
        }
    }
}
