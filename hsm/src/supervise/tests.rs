//! A scripted device in memory: it fails, hangs, loses answers and comes back as told.

use super::{state::Next, *};
use crate::ErrorClass;
use std::{
    sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
    thread,
};

/// What a device is told to do.
#[derive(Default)]
struct Script {
    away: AtomicBool,
    hangs: AtomicBool,
    pin_wrong: AtomicBool,
    /// So many calls lose their session before anything is done.
    lose_sessions: AtomicU32,
    /// So many calls lose their answer.
    lose_answers: AtomicU32,
    panics: AtomicU32,
    milliseconds: AtomicU32,
    opened: AtomicU32,
    logins: AtomicU32,
    signed: AtomicU32,
    sessions: AtomicU32,
}

struct Scripted {
    name: &'static str,
    script: Arc<Script>,
}

/// Counts itself as long as it lives.
struct Session(Arc<Script>);

impl Drop for Session {
    fn drop(&mut self) {
        self.0.sessions.fetch_sub(1, SeqCst);
    }
}

fn takes(count: &AtomicU32) -> bool {
    count.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok()
}

fn fault(scope: Scope, nothing_done: bool) -> Fault {
    Fault { scope, nothing_done, error: KeyError::Unsupported { driver: "scripted", what: "go on" } }
}

impl Script {
    fn meet(&self) -> Result<(), Fault> {
        while self.hangs.load(SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(self.milliseconds.load(SeqCst).into()));
        if self.away.load(SeqCst) { Err(fault(Scope::Device, true)) } else { Ok(()) }
    }
}

impl Device for Scripted {
    type Session = Session;

    fn name(&self) -> &str {
        self.name
    }

    fn open(&self, _: bool) -> Result<Session, Fault> {
        self.script.meet()?;
        self.script.opened.fetch_add(1, SeqCst);
        self.script.sessions.fetch_add(1, SeqCst);
        Ok(Session(Arc::clone(&self.script)))
    }

    fn log_in(&self, _: &mut Session) -> Result<(), Fault> {
        self.script.logins.fetch_add(1, SeqCst);
        if self.script.pin_wrong.load(SeqCst) { Err(fault(Scope::Pin, true)) } else { Ok(()) }
    }

    fn probe(&self, _: &mut Session) -> Result<(), Fault> {
        self.script.meet()
    }
}

fn sign(device: &Scripted, _: &mut Session) -> Result<u32, Fault> {
    device.script.meet()?;
    if takes(&device.script.lose_sessions) {
        return Err(fault(Scope::Session, true));
    }
    assert!(!takes(&device.script.panics), "scripted");
    let signed = device.script.signed.fetch_add(1, SeqCst) + 1;
    if takes(&device.script.lose_answers) { Err(fault(Scope::Session, false)) } else { Ok(signed) }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

const FAST: Timing = Timing {
    sessions: 2,
    queue: 8,
    queue_wait: Duration::from_millis(100),
    deadline: Duration::from_millis(40),
    first_wait: Duration::from_millis(5),
    longest_wait: Duration::from_millis(20),
    probe_after: Duration::from_millis(20),
    grace: Duration::from_millis(30),
    most_hung: 4,
};

fn start(timing: Timing) -> (Supervisor<Scripted>, Arc<Script>) {
    let script = Arc::new(Script::default());
    (Supervisor::start(Scripted { name: "scripted", script: Arc::clone(&script) }, timing), script)
}

/// Waits until it is so; fails after ten seconds, far beyond any wait of these tests.
fn until(what: &str, so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !so() {
        assert!(Instant::now() < end, "never: {what}");
        thread::sleep(ms(1));
    }
}

#[test]
fn a_sound_device_answers() {
    let (device, script) = start(FAST);
    assert!(matches!(device.health(), Health::Recovering | Health::Degraded | Health::Healthy));
    assert_eq!(device.call(sign).unwrap(), 1);
    until("healthy", || device.health() == Health::Healthy);
    assert_eq!(script.sessions.load(SeqCst), 2);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| (0..50).for_each(|_| assert!(device.call(sign).is_ok())));
        }
    });
    assert_eq!((script.signed.load(SeqCst), device.counters().answered), (301, 301));
    assert_eq!(script.opened.load(SeqCst), 2, "sessions are kept");
    drop(device);
    until("sessions are closed", || script.sessions.load(SeqCst) == 0);
}

#[test]
fn a_refusal_costs_no_session() {
    let (device, script) = start(FAST);
    for _ in 0..10 {
        let refused = device.call(|_, _| Err::<(), _>(fault(Scope::Request, true))).unwrap_err();
        assert!(matches!(refused, KeyError::Unsupported { driver: "scripted", .. }), "{refused}");
    }
    until("healthy", || device.health() == Health::Healthy);
    assert_eq!(script.opened.load(SeqCst), 2);
}

#[test]
fn what_was_not_done_is_done_on_another_session() {
    let (device, script) = start(FAST);
    until("healthy", || device.health() == Health::Healthy);
    script.lose_sessions.store(1, SeqCst);
    assert_eq!(device.call(sign).unwrap(), 1);
    assert_eq!(device.health(), Health::Degraded);
    until("healthy again", || device.health() == Health::Healthy);
    assert_eq!(script.opened.load(SeqCst), 3);
}

#[test]
fn a_lost_answer_is_unknown_and_not_asked_again() {
    let (device, script) = start(Timing { sessions: 1, ..FAST });
    device.call(sign).unwrap();
    script.lose_answers.store(1, SeqCst);
    let unknown = device.call(sign).unwrap_err();
    assert_eq!(unknown.class(), ErrorClass::Unknown, "{unknown}");
    assert_eq!(script.signed.load(SeqCst), 2, "not signed a second time");
    // the only session was lost, and is opened again while this waits
    assert_eq!(device.call(sign).unwrap(), 3);
}

#[test]
fn a_panic_in_a_driver_costs_a_session_only() {
    let (device, script) = start(FAST);
    until("healthy", || device.health() == Health::Healthy);
    script.panics.store(1, SeqCst);
    assert_eq!(device.call(sign).unwrap_err().class(), ErrorClass::Unknown);
    assert_eq!(device.call(sign).unwrap(), 1);
}

#[test]
fn a_lost_device_fails_at_once_and_comes_back_by_itself() {
    let (device, script) = start(FAST);
    device.call(sign).unwrap();
    script.away.store(true, SeqCst);
    until("lost", || matches!(device.call(sign), Err(KeyError::Lost { .. })));
    until("refused without waiting", || {
        let before = Instant::now();
        let lost = device.call(sign).unwrap_err();
        let wait = lost.retry_after().unwrap_or_default();
        device.counters().refused_lost > 0
            && before.elapsed() < ms(20)
            && wait >= ms(10)
            && wait <= Duration::from_secs(5)
    });
    let tries = script.opened.load(SeqCst);
    script.away.store(false, SeqCst);
    until("back", || device.call(sign).is_ok());
    until("healthy", || device.health() == Health::Healthy);
    assert!(script.opened.load(SeqCst) > tries);
    assert_eq!((device.counters().losses, device.counters().recoveries), (1, 1));
}

#[test]
fn a_device_that_is_away_at_the_start_is_awaited() {
    let script = Arc::new(Script::default());
    script.away.store(true, SeqCst);
    let device = Supervisor::start(Scripted { name: "late", script: Arc::clone(&script) }, FAST);
    until("lost", || device.health() == Health::Lost);
    let lost = device.call(sign).unwrap_err();
    assert!(matches!(&lost, KeyError::Lost { device, .. } if &**device == "late"), "{lost}");
    script.away.store(false, SeqCst);
    until("there", || device.call(sign).is_ok());
}

#[test]
fn a_hung_call_lets_its_caller_go_and_hung_threads_are_bounded() {
    let (device, script) = start(FAST);
    until("healthy", || device.health() == Health::Healthy);
    script.hangs.store(true, SeqCst);
    let before = Instant::now();
    let unknown = device.call(sign).unwrap_err();
    assert_eq!(unknown.class(), ErrorClass::Unknown, "{unknown}");
    assert!(before.elapsed() < FAST.deadline + FAST.queue_wait + ms(500));
    // every thread that is opened in its place hangs too, up to the bound
    until("as many hang as may", || device.hung() == FAST.most_hung);
    until("lost", || device.health() == Health::Lost);
    let before = Instant::now();
    assert!(matches!(device.call(sign), Err(KeyError::Lost { .. })));
    assert!(before.elapsed() < FAST.deadline);
    thread::sleep(ms(60));
    assert_eq!(device.hung(), FAST.most_hung);
    script.hangs.store(false, SeqCst);
    until("back", || device.call(sign).is_ok());
    until("healthy", || device.health() == Health::Healthy && device.hung() == 0);
    until("sessions of hung threads are closed", || script.sessions.load(SeqCst) == 2);
}

#[test]
fn threads_that_come_back_together_are_replaced_once() {
    let begin = Instant::now();
    let mut state = State::new(FAST, begin);
    let mut hung = Vec::new();
    let mut well = state.take_in();
    while !well.is_empty() {
        well.iter().for_each(|worker| state.working(*worker, begin));
        hung.append(&mut well);
        assert!(hung.len() <= FAST.most_hung, "as many hang as may");
        well = state.give_up_hung(begin + ms(1000)).0;
    }
    assert_eq!((hung.len(), state.hung()), (FAST.most_hung, FAST.most_hung));
    // no thread is started between these looks, as where they all come back in one moment
    let taken: Vec<_> = hung.into_iter().flat_map(|worker| state.came_back(worker)).collect();
    assert_eq!((taken.len(), state.hung()), (FAST.sessions, 0), "a device has no more sessions than it was told");
    assert!(state.take_in().is_empty());
    state.not_started(taken[0]);
    assert_eq!(state.take_in().len(), 1, "the next to look tries again");
}

#[test]
fn a_session_belongs_to_the_time_when_its_opening_began() {
    let now = Instant::now();
    let mut state = State::new(FAST, now);
    let [first, second] = state.take_in()[..] else { panic!() };
    assert_eq!(state.next(first, now), Next::Open { afresh: false, epoch: 0 });
    state.opened(first);
    assert_eq!(state.next(second, now), Next::Open { afresh: false, epoch: 0 });
    // the device is lost while the second opens
    assert!(state.failed(first, Scope::Device, now));
    assert_eq!(state.epoch(), 1);
    state.opened(second);
    state.without_session(second);
    let later = now + ms(100);
    for worker in [first, second] {
        assert_eq!(state.next(worker, later), Next::Open { afresh: worker == first, epoch: 1 });
        state.opened(worker);
    }
    assert_eq!(state.health(later), Health::Healthy);
}

#[test]
fn a_full_queue_says_busy() {
    let timing = Timing { sessions: 1, queue: 2, queue_wait: ms(30), deadline: ms(1000), ..FAST };
    let (device, script) = start(timing);
    device.call(sign).unwrap();
    script.milliseconds.store(50, SeqCst);
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..6).map(|_| scope.spawn(|| device.call(sign))).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let busy = answers.iter().filter(|answer| matches!(answer, Err(KeyError::Busy { .. }))).count();
    assert!(answers.iter().any(Result::is_ok) && busy >= 3, "{answers:?}");
    assert!(answers.iter().all(|answer| answer.as_ref().map_or_else(|e| e.class() == ErrorClass::Busy, |_| true)));
    assert_eq!(device.counters().refused_busy, busy as u64);
    // what was refused is never done
    until("at rest", || device.health() == Health::Healthy || device.health() == Health::Degraded);
    thread::sleep(ms(80));
    assert_eq!(script.signed.load(SeqCst) as usize, 1 + answers.iter().filter(|answer| answer.is_ok()).count());
}

#[test]
fn a_refused_pin_is_tried_once() {
    let script = Arc::new(Script::default());
    script.pin_wrong.store(true, SeqCst);
    let device = Supervisor::start(Scripted { name: "locked", script: Arc::clone(&script) }, FAST);
    until("refused", || device.pin_refused());
    thread::sleep(ms(80));
    assert_eq!(script.logins.load(SeqCst), 1, "tries burned");
    assert!(matches!(device.call(sign), Err(KeyError::Lost { .. })));
    script.pin_wrong.store(false, SeqCst);
    device.try_pin_again();
    until("logged in", || device.call(sign).is_ok());
    assert!(!device.pin_refused());
}

#[test]
fn a_pair_fails_over_and_back() {
    let (one, two) = (Arc::new(Script::default()), Arc::new(Script::default()));
    let first = Scripted { name: "first", script: Arc::clone(&one) };
    let pair = Pair::start(first, Scripted { name: "second", script: Arc::clone(&two) }, FAST);
    until("both", || pair.first().health() == Health::Healthy && pair.second().health() == Health::Healthy);
    for _ in 0..5 {
        pair.call(sign).unwrap();
    }
    assert_eq!((one.signed.load(SeqCst), two.signed.load(SeqCst)), (5, 0));
    one.away.store(true, SeqCst);
    for _ in 0..20 {
        pair.call(sign).unwrap();
    }
    assert_eq!((one.signed.load(SeqCst), two.signed.load(SeqCst)), (5, 20));
    one.away.store(false, SeqCst);
    until("the first is back", || pair.first().health() == Health::Healthy);
    pair.call(sign).unwrap();
    assert_eq!((one.signed.load(SeqCst), two.signed.load(SeqCst)), (6, 20));
    // both away
    one.away.store(true, SeqCst);
    two.away.store(true, SeqCst);
    until("both lost", || matches!(pair.call(sign), Err(KeyError::Lost { .. })));
    // a lost answer is not asked of the other
    one.away.store(false, SeqCst);
    two.away.store(false, SeqCst);
    until("both back", || pair.first().health() == Health::Healthy && pair.second().health() == Health::Healthy);
    one.lose_answers.store(1, SeqCst);
    let before = two.signed.load(SeqCst);
    assert_eq!(pair.call(sign).unwrap_err().class(), ErrorClass::Unknown);
    assert_eq!(two.signed.load(SeqCst), before);
}
