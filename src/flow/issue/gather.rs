//! Calls that wait at the same time are issued together: one write for all of
//! their intents, one for all of their results.
//!
//! There is no thread of its own. A caller that finds a place free takes everything
//! that waits, its own orders among it, and issues it; who finds none waits. Alone, a
//! call is at work at once; in a rush the batches grow as long as a commit takes. Two
//! are at work at a time, so that one draws while the other waits for the disk; full
//! batches, which cannot grow any more, have a third place.
//!
//! Who finds a place while others are at work waits two milliseconds for company:
//! those who were just answered come back one after the other, and the first of them
//! would keep a place with a batch of one.

use super::{Asked, BATCH, IssueError, Issued};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How many batches are at work at a time; one more, where they are full.
pub(super) const AT_WORK: usize = 2;

/// The same with keys in a device: while one signs, the two others draw and wait for the disk.
pub(super) const AT_WORK_BESIDE_DEVICE: usize = 3;

/// How long who finds a place waits for company, while others are at work.
const COMPANY: Duration = Duration::from_millis(2);

/// The answers of one call, in the order of its orders.
pub(super) type Answers = Vec<Result<Issued, IssueError>>;

/// What waits, and how many are at work.
pub(in crate::flow) struct Gathering {
    state: Mutex<State>,
    changed: Condvar,
    /// Enough wait for a batch.
    came: Condvar,
    /// How long the first of several waits for the others.
    company: Duration,
}

impl Default for Gathering {
    fn default() -> Self {
        Self { state: Mutex::default(), changed: Condvar::default(), came: Condvar::default(), company: COMPANY }
    }
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Call>,
    at_work: usize,
    /// One who has a place waits for company.
    gathers: bool,
}

struct Call {
    orders: Vec<Asked>,
    answers: Arc<Mutex<Option<Answers>>>,
}

impl Gathering {
    /// Issues the orders, at most [`BATCH`], with those that wait beside them.
    /// `batch` gives one answer each, in the order of the orders; so many `places` are there.
    pub(super) fn issue(&self, places: usize, orders: Vec<Asked>, batch: impl Fn(Vec<Asked>) -> Answers) -> Answers {
        let own = Arc::new(Mutex::new(None));
        let mut state = self.lock();
        state.waiting.push_back(Call { orders, answers: Arc::clone(&own) });
        if state.gathers && state.is_full() {
            self.came.notify_one();
        }
        loop {
            if let Some(answers) = own.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return answers;
            }
            if !state.has_place(places) || state.gathers {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if state.at_work > 0 && !state.is_full() {
                state = self.gather(state);
            }
            let calls = state.take();
            state.at_work += 1;
            if !state.waiting.is_empty() {
                // more than a batch came: there may be a place for the rest
                self.changed.notify_all();
            }
            drop(state);
            work(calls, &batch);
            state = self.lock();
            state.at_work -= 1;
            self.changed.notify_all();
        }
    }

    /// Waits a moment for company, with the place held free.
    fn gather<'s>(&self, mut state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        let until = Instant::now() + self.company;
        state.gathers = true;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|_| !state.is_full()) {
            let waited = self.came.wait_timeout(state, left);
            state = waited.map_or_else(|poison| poison.into_inner().0, |(state, _)| state);
        }
        state.gathers = false;
        state
    }

    /// Nothing panics under the lock: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether what waits may go to work.
    fn has_place(&self, places: usize) -> bool {
        let places = if self.is_full() { places + 1 } else { places };
        !self.waiting.is_empty() && self.at_work < places
    }

    /// Whether a batch is there.
    fn is_full(&self) -> bool {
        self.waiting.iter().map(|call| call.orders.len()).sum::<usize>() >= BATCH
    }

    /// The calls that have waited longest, as many as make a batch.
    fn take(&mut self) -> Vec<Call> {
        let (mut calls, mut orders) = (Vec::new(), 0);
        while let Some(next) = self.waiting.front() {
            orders += next.orders.len();
            if orders > BATCH && !calls.is_empty() {
                break;
            }
            calls.extend(self.waiting.pop_front());
        }
        calls
    }
}

/// Issues the orders of several calls and answers each of them.
fn work(calls: Vec<Call>, batch: &impl Fn(Vec<Asked>) -> Answers) {
    let (mut orders, mut places) = (Vec::new(), Vec::with_capacity(calls.len()));
    for call in calls {
        places.push((call.orders.len(), call.answers));
        orders.extend(call.orders);
    }
    // a panic is ours: it fails this batch and nothing else
    let mut answers = catch_unwind(AssertUnwindSafe(|| batch(orders))).unwrap_or_default().into_iter();
    for (count, place) in places {
        let own = (0..count).map(|_| answers.next().unwrap_or(Err(IssueError::Panicked))).collect();
        *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::access::{Permit, may};
    use std::{sync::mpsc, thread};
    use yinxin_trust::base::Day;

    /// An order that is told by its type.
    fn asked(name: &str) -> Asked {
        let day = Day::new(2026, 1, 1).unwrap();
        let order = serde_json::from_value(serde_json::json!({ "type_code": name, "data": {},
            "decision": { "document_number": "1", "legal_basis": "1", "decided_on": day } }));
        Asked { permit: Permit::<may::Issue>::of_operator("body"), order: order.unwrap() }
    }

    /// Answers each order with its own name.
    fn echo(orders: Vec<Asked>) -> Answers {
        orders.into_iter().map(|asked| Err(IssueError::Record(asked.order.type_code))).collect()
    }

    fn name(answers: &Answers) -> Vec<String> {
        answers.iter().map(|answer| answer.as_ref().unwrap_err().to_string()).collect()
    }

    #[test]
    fn who_waits_is_taken_along_and_everybody_gets_their_own_answer() {
        let gathering = Gathering::default();
        let (sizes, seen) = mpsc::channel();
        let (open, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let batch = |orders: Vec<Asked>| {
            sizes.send(orders.len()).unwrap();
            gate.lock().unwrap().recv().unwrap();
            echo(orders)
        };
        thread::scope(|scope| {
            let (gathering, batch) = (&gathering, &batch);
            let call = |n: usize| {
                scope.spawn(move || {
                    let names = [format!("{n}-a"), format!("{n}-b")];
                    let answers = gathering.issue(AT_WORK, names.iter().map(|name| asked(name)).collect(), batch);
                    for (name, answer) in names.iter().zip(self::name(&answers)) {
                        assert!(answer.contains(name.as_str()), "{name}: {answer}");
                    }
                })
            };
            call(0);
            assert_eq!(seen.recv(), Ok(2));
            call(1);
            assert_eq!(seen.recv(), Ok(2));
            // both places are taken: the next three wait and go together
            let rest: Vec<_> = (2..5).map(call).collect();
            while gathering.lock().waiting.len() < 3 {
                thread::yield_now();
            }
            open.send(()).unwrap();
            assert_eq!(seen.recv(), Ok(6));
            open.send(()).unwrap();
            open.send(()).unwrap();
            rest.into_iter().for_each(|call| call.join().unwrap());
        });
        assert_eq!(gathering.lock().at_work, 0);
    }

    #[test]
    fn full_batches_have_a_third_place_and_others_wait_for_company() {
        let state = |at_work, orders: usize| State {
            waiting: (0..orders).map(|_| Call { orders: vec![asked("x")], answers: Arc::default() }).collect(),
            at_work,
            gathers: false,
        };
        let has_place = |at_work, orders| state(at_work, orders).has_place(AT_WORK);
        assert!(has_place(0, 1) && has_place(1, BATCH - 1) && has_place(AT_WORK, BATCH));
        assert!(!has_place(0, 0) && !has_place(AT_WORK, BATCH - 1) && !has_place(AT_WORK + 1, BATCH));
        // one is at work: the next gathers, and those who come meanwhile go with it
        // long: only that the batch is full ends it
        let gathering = Gathering { company: Duration::from_secs(600), ..Gathering::default() };
        gathering.lock().at_work = 1;
        let (sizes, seen) = mpsc::channel();
        let batch = |orders: Vec<Asked>| {
            sizes.send(orders.len()).unwrap();
            echo(orders)
        };
        thread::scope(|scope| {
            let (gathering, batch) = (&gathering, &batch);
            scope.spawn(move || gathering.issue(AT_WORK, vec![asked("a")], batch));
            while !gathering.lock().gathers {
                thread::yield_now();
            }
            // the rest of a whole batch ends the waiting
            gathering.issue(AT_WORK, (1..BATCH).map(|_| asked("b")).collect(), batch);
        });
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [BATCH]);
    }

    #[test]
    fn a_batch_has_its_bound_and_a_panic_fails_only_its_own() {
        let mut state = State::default();
        for count in [BATCH, 1, BATCH - 1, 1] {
            let orders = (0..count).map(|_| asked("x")).collect();
            state.waiting.push_back(Call { orders, answers: Arc::default() });
        }
        let sizes: Vec<usize> = (0..4).map(|_| state.take().len()).collect();
        assert_eq!(sizes, [1, 2, 1, 0]);
        let gathering = Gathering::default();
        let answers = gathering.issue(AT_WORK, vec![asked("x"), asked("y")], |_| panic!("on purpose"));
        assert!(answers.iter().all(|answer| matches!(answer, Err(IssueError::Panicked))) && answers.len() == 2);
        assert!(name(&gathering.issue(AT_WORK, vec![asked("z")], echo))[0].contains('z'));
    }
}
