//! Calls that wait at the same time are issued together: one write for all of
//! their intents, one for all of their results.
//!
//! There is no timer and no thread of its own. A caller that finds a place free
//! takes everything that waits, its own orders among it, and issues it; who finds
//! none waits. Alone, a call is at work at once; in a rush the batches grow as long
//! as a commit takes. Two are at work at a time, so that one draws while the other
//! waits for the disk.

use super::{Asked, BATCH, IssueError, Issued};
use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

/// How many batches are at work at a time.
const AT_WORK: usize = 2;

/// The answers of one call, in the order of its orders.
pub(super) type Answers = Vec<Result<Issued, IssueError>>;

/// What waits, and how many are at work.
#[derive(Default)]
pub(in crate::flow) struct Gathering {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Call>,
    at_work: usize,
}

struct Call {
    orders: Vec<Asked>,
    answers: Arc<Mutex<Option<Answers>>>,
}

impl Gathering {
    /// Issues the orders, at most [`BATCH`], with those that wait beside them.
    /// `batch` gives one answer each, in the order of the orders.
    pub(super) fn issue(&self, orders: Vec<Asked>, batch: impl Fn(Vec<Asked>) -> Answers) -> Answers {
        let own = Arc::new(Mutex::new(None));
        let mut state = self.lock();
        state.waiting.push_back(Call { orders, answers: Arc::clone(&own) });
        loop {
            if let Some(answers) = own.lock().unwrap_or_else(PoisonError::into_inner).take() {
                return answers;
            }
            if state.at_work == AT_WORK || state.waiting.is_empty() {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let calls = state.take();
            state.at_work += 1;
            drop(state);
            work(calls, &batch);
            state = self.lock();
            state.at_work -= 1;
            self.changed.notify_all();
        }
    }

    /// Nothing panics under the lock: a poisoned one is whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
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
                    let answers = gathering.issue(names.iter().map(|name| asked(name)).collect(), batch);
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
    fn a_batch_has_its_bound_and_a_panic_fails_only_its_own() {
        let mut state = State::default();
        for count in [BATCH, 1, BATCH - 1, 1] {
            let orders = (0..count).map(|_| asked("x")).collect();
            state.waiting.push_back(Call { orders, answers: Arc::default() });
        }
        let sizes: Vec<usize> = (0..4).map(|_| state.take().len()).collect();
        assert_eq!(sizes, [1, 2, 1, 0]);
        let gathering = Gathering::default();
        let answers = gathering.issue(vec![asked("x"), asked("y")], |_| panic!("on purpose"));
        assert!(answers.iter().all(|answer| matches!(answer, Err(IssueError::Panicked))) && answers.len() == 2);
        assert!(name(&gathering.issue(vec![asked("z")], echo))[0].contains('z'));
    }
}
