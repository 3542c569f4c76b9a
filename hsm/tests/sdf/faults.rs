//! A device that is away, slow, full or restarted: what the driver concludes, and that it comes back.

use crate::support::{Token, generate, now, order, public, sign};
use std::{
    fs, thread,
    time::{Duration, Instant},
};
use yinxin_hsm::{ErrorClass, KeyDescription, KeyStore as _, sdf::SdfStore, supervise::Health};
use yinxin_trust::sm::sm2::DEFAULT_ID;

/// How long it takes until the key signs again; at most five seconds.
fn back(store: &SdfStore, key: &KeyDescription) -> Duration {
    let begin = Instant::now();
    loop {
        match sign(store, &key.reference, b"x") {
            Ok(signature) => {
                assert!(public(key).verify(DEFAULT_ID, b"x", &signature));
                return begin.elapsed();
            }
            Err(error) => assert!(begin.elapsed() < Duration::from_secs(5), "not back: {error}"),
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_device_that_comes_back_signs_again_without_a_restart() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    for code in ["0x01000003", "0x01000004"] {
        token.control(&format!("disconnect {code}\n"));
        // the first requests went out; what became of them is not known
        let mut classes: Vec<_> = (0..8).map(|_| sign(&store, &key.reference, b"x").unwrap_err().class()).collect();
        classes.dedup();
        assert!(classes.ends_with(&[ErrorClass::Lost]), "{classes:?}");
        assert!(classes.iter().all(|class| matches!(class, ErrorClass::Unknown | ErrorClass::Lost)), "{classes:?}");
        assert_eq!(store.health(), Some(Health::Lost));
        token.control("");
        back(&store, &key);
    }
}

#[test]
fn handles_of_a_device_that_was_restarted_are_renewed() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    token.control("reset 1\n");
    back(&store, &key);
}

#[test]
fn threads_share_the_sessions() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    thread::scope(|scope| {
        let threads: Vec<_> = (0..6_u8)
            .map(|number| {
                let (store, key) = (&store, &key);
                scope.spawn(move || {
                    for round in 0..20_u8 {
                        let message = [number, round];
                        let signature = sign(store, &key.reference, &message).unwrap();
                        assert!(public(key).verify(DEFAULT_ID, &message, &signature));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_device_with_fewer_sessions_signs_with_those() {
    let token = Token::new();
    token.control("sessions 2\n");
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    back(&store, &key);
}

#[test]
fn a_full_device_is_busy() {
    let token = Token::new();
    let mut config = token.config();
    config.timing.sessions = 1;
    config.timing.queue = 1;
    let store = token.store_with(config);
    let key = generate(&store, "sdf:index=1");
    token.control("delay_ms 700\n");
    thread::scope(|scope| {
        let slow: Vec<_> = (0..2)
            .map(|_| {
                let slow = scope.spawn(|| sign(&store, &key.reference, b"slow"));
                thread::sleep(Duration::from_millis(200));
                slow
            })
            .collect();
        let busy = sign(&store, &key.reference, b"x").unwrap_err();
        assert_eq!(busy.class(), ErrorClass::Busy, "{busy}");
        assert!(slow.into_iter().all(|slow| slow.join().unwrap().is_ok()));
    });
    token.control("");
    assert!(sign(&store, &key.reference, b"x").is_ok());
}

#[test]
fn a_signature_that_fails_is_an_error_with_its_mend() {
    let token = Token::new();
    let store = token.store();
    let key = generate(&store, "sdf:index=1");
    token.control("fail_every 2 0x0100000D\n");
    let answers: Vec<_> = (0..6).map(|_| sign(&store, &key.reference, b"x")).collect();
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 3);
    let error = answers.into_iter().find_map(Result::err).unwrap();
    assert_eq!(error.class(), ErrorClass::Broken);
    assert!(error.to_string().contains("signing failed (SDR_SIGNERR); try again"), "{error}");
}

#[test]
fn callers_do_not_hang_with_the_device() {
    let token = Token::new();
    let mut config = token.config();
    // long enough to make a key on a busy machine
    config.timing.deadline = Duration::from_secs(3);
    config.timing.queue_wait = Duration::from_secs(3);
    let store = token.store_with(config);
    let key = generate(&store, "sdf:index=1");
    token.control("hang\n");
    let begin = Instant::now();
    let error = sign(&store, &key.reference, b"x").unwrap_err();
    assert_eq!(error.class(), ErrorClass::Unknown, "{error}");
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    token.control("");
    back(&store, &key);
}

#[test]
fn a_second_device_with_the_same_key_stands_in() {
    let (first, second) = (Token::new(), Token::new());
    let key = generate(&first.store(), "sdf:index=1");
    fs::copy(first.path("token/pair-0001.key"), second.path("token/pair-0001.key")).unwrap();
    fs::remove_dir_all(first.path("book")).unwrap();
    let store = first.pair(&second);
    assert_eq!(store.adopt(&order("sdf:index=1"), now()).unwrap().public_key, key.public_key);
    first.control("disconnect 0x01000003\n");
    back(&store, &key);
    assert_ne!(store.health(), Some(Health::Lost));
    for _ in 0..10 {
        sign(&store, &key.reference, b"x").unwrap();
    }
    first.control("");
    second.control("disconnect 0x01000003\n");
    back(&store, &key);
}
