//! Devices that go away, come back, hang and run out of sessions.

use crate::alone::{
    HIGH, Place, alone, module_environment, module_store, now, sign_with_only_key, takes_e, test_module,
};
use std::time::{Duration, Instant};
use yinxin_hsm::{
    ErrorClass, KeyError, KeyOrder, KeyStore as _, Purpose,
    pkcs11::Pkcs11Store,
    supervise::{Health, Timing},
};

fn store_with_key(place: &Place) -> Pkcs11Store {
    let store = module_store(place, takes_e(HIGH)).unwrap();
    store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    store
}

#[test]
fn a_token_that_was_pulled_out_is_used_again_when_it_is_back() {
    alone(
        module_path!(),
        "a_token_that_was_pulled_out_is_used_again_when_it_is_back",
        |place| module_environment(place, HIGH),
        |place| {
            let store = store_with_key(place);
            for slot in ["", "new-slot\n"] {
                place.put("faults", "removed\n");
                for _ in 0..2 {
                    let lost = sign_with_only_key(&store, b"m").unwrap_err();
                    assert_eq!(lost.class(), ErrorClass::Lost, "{lost}");
                    assert!(lost.retry_after().is_some());
                    assert!(lost.to_string().contains("no token with label \"yinxin test\""), "{lost}");
                }
                // back, with sessions and login gone, in a slot of another number even
                place.put("faults", slot);
                sign_with_only_key(&store, b"m").unwrap();
            }
        },
    );
}

#[test]
fn a_stale_session_is_replaced_and_nobody_notices() {
    alone(
        module_path!(),
        "a_stale_session_is_replaced_and_nobody_notices",
        |place| module_environment(place, HIGH),
        |place| {
            let store = store_with_key(place);
            // the faults file says it for one call only: the module closes all sessions when the token is pulled
            place.put("faults", "removed\n");
            assert!(store.facts().is_err());
            place.put("faults", "");
            sign_with_only_key(&store, b"m").unwrap();
            store.reopen().unwrap();
            sign_with_only_key(&store, b"m").unwrap();
        },
    );
}

#[test]
fn codes_before_and_after_the_signature_mean_different_things() {
    alone(
        module_path!(),
        "codes_before_and_after_the_signature_mean_different_things",
        |place| module_environment(place, HIGH),
        |place| {
            let store = store_with_key(place);
            for (fault, class, told) in [
                ("fail C_SignInit 0x32", ErrorClass::Lost, "C_SignInit: the device was removed or its line broke"),
                ("fail C_Sign 0x32", ErrorClass::Unknown, "C_Sign: the device was removed"),
                ("fail C_Sign 0x30", ErrorClass::Unknown, "CKR_DEVICE_ERROR"),
                ("fail C_Sign 0xB3", ErrorClass::Unknown, "CKR_SESSION_HANDLE_INVALID"),
                ("fail C_SignInit 0x70", ErrorClass::Broken, "does not have this mechanism"),
                (
                    "fail C_Sign 0x80000007",
                    ErrorClass::Broken,
                    "a code of its vendor's own: look it up in the vendor's manual",
                ),
                ("fail C_SignInit 0x101", ErrorClass::Lost, "CKR_USER_NOT_LOGGED_IN"),
            ] {
                place.put("faults", fault);
                let error = sign_with_only_key(&store, b"m").unwrap_err();
                assert_eq!(error.class(), class, "{fault}: {error}");
                assert!(error.to_string().contains(told), "{fault}: {error}");
                place.put("faults", "");
                sign_with_only_key(&store, b"m").unwrap();
            }
        },
    );
}

#[test]
fn a_slow_device_keeps_a_bounded_number_waiting() {
    alone(
        module_path!(),
        "a_slow_device_keeps_a_bounded_number_waiting",
        |place| module_environment(place, HIGH),
        |place| {
            let mut settings = place.settings(&test_module(), "yinxin test", "12345678").mapped(takes_e(HIGH));
            settings.sessions = 2;
            settings.wait = Duration::from_millis(50);
            let store = Pkcs11Store::open(settings, place.book("book")).unwrap();
            store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
            place.put("faults", "delay 400\n");
            let begin = Instant::now();
            let classes: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    .map(|_| scope.spawn(|| sign_with_only_key(&store, b"m").map_err(|error| error.class()).err()))
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert_eq!(classes.iter().filter(|class| class.is_none()).count(), 2, "{classes:?}");
            assert_eq!(classes.iter().filter(|class| **class == Some(ErrorClass::Busy)).count(), 2, "{classes:?}");
            assert!(begin.elapsed() < Duration::from_millis(1_500), "two at a time take one delay");
        },
    );
}

#[test]
fn a_token_with_few_sessions_is_shared() {
    let environment = |place: &Place| {
        let mut all = module_environment(place, HIGH);
        // one keeps the login, one writes for a moment, so two are left to sign
        all.push(("YINXIN_PKCS11_SESSIONS", "3".into()));
        all
    };
    alone(module_path!(), "a_token_with_few_sessions_is_shared", environment, |place| {
        let store = store_with_key(place);
        place.put("faults", "delay 5\n");
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        sign_with_only_key(&store, b"m").unwrap();
                    }
                });
            }
        });
        assert_eq!(store.sessions(), 2);
        let facts = store.facts().unwrap();
        assert_eq!((facts.session_limit, facts.sessions_open), (Some(3), Some(3)));
    });
}

#[test]
fn a_token_without_a_session_left_says_so() {
    let environment = |place: &Place| {
        let mut all = module_environment(place, HIGH);
        all.push(("YINXIN_PKCS11_SESSIONS", "1".into()));
        all
    };
    alone(module_path!(), "a_token_without_a_session_left_says_so", environment, |place| {
        let store = module_store(place, takes_e(HIGH)).unwrap();
        let error = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap_err();
        assert!(error.to_string().contains("the device has no session left"), "{error}");
    });
}

#[test]
fn under_a_supervisor_nobody_hangs_and_signing_resumes_by_itself() {
    alone(
        module_path!(),
        "under_a_supervisor_nobody_hangs_and_signing_resumes_by_itself",
        |place| module_environment(place, HIGH),
        |place| {
            let timing = Timing {
                sessions: 2,
                deadline: Duration::from_millis(300),
                longest_wait: Duration::from_millis(500),
                grace: Duration::from_millis(100),
                ..Timing::default()
            };
            let settings = place.settings(&test_module(), "yinxin test", "12345678").mapped(takes_e(HIGH));
            let store = Pkcs11Store::supervised(settings, place.book("book"), timing).unwrap();
            store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
            sign_with_only_key(&store, b"m").unwrap();
            for fault in ["delay 1500\n", "removed\n", "fail C_Sign 0x30\n", "fail C_OpenSession 0x5\nremoved\n"] {
                place.put("faults", fault);
                let begin = Instant::now();
                let error = sign_with_only_key(&store, b"m").unwrap_err();
                assert!(begin.elapsed() < Duration::from_millis(1_200), "{fault}: {error} after {:?}", begin.elapsed());
                let told = matches!(error.class(), ErrorClass::Unknown | ErrorClass::Lost);
                assert!(told, "{fault}: {error}");
                if fault.starts_with("delay") {
                    assert!(matches!(error, KeyError::NoAnswer { .. }), "{error}");
                }
                place.put("faults", "");
                let begin = Instant::now();
                while let Err(error) = sign_with_only_key(&store, b"m") {
                    assert!(begin.elapsed() < Duration::from_secs(5), "{fault}: still {error}");
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
            let begin = Instant::now();
            while store.health() != Some(Health::Healthy) {
                assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", store.health());
                std::thread::sleep(Duration::from_millis(20));
            }
        },
    );
}
