use super::*;
use crate::{passphrase::Source, place::testing::Scratch, sdf::SdfCode};
use std::{cell::Cell, fs, os::unix::fs::PermissionsExt as _};
use yinxin_sdf_abi::codes::Code;

const KEY: SdfPlace = SdfPlace::Index(3);
const SMALL: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

fn guard(scratch: &Scratch) -> PinGuard {
    PinGuard::open_with(&scratch.path().join("state"), 4, SMALL).unwrap()
}

fn pin(text: &str) -> Passphrase {
    let scratch = Scratch::new();
    let path = scratch.path().join("pin");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    Source::File(path).read_pin().unwrap()
}

fn answer(code: Code) -> Result<(), SdfError> {
    if code == Code::OK {
        return Ok(());
    }
    Err(SdfError::Call { device: "d".into(), call: "c", code: SdfCode::new(code), detail: None })
}

/// Shows a PIN to a device that answers so; `None` where it was not shown.
fn show(guard: &PinGuard, text: &str, code: Code) -> (Option<Code>, Option<PinFault>) {
    let shown = Cell::new(None);
    let result = guard.show(KEY, &pin(text), |_| {
        shown.set(Some(code));
        answer(code)
    });
    (shown.get(), result.err())
}

#[test]
fn a_refused_pin_is_not_shown_again_by_a_later_process() {
    let scratch = Scratch::new();
    assert!(matches!(show(&guard(&scratch), "12345678", Code::PRKRERR), (Some(_), Some(PinFault::Wrong(_)))));
    for _ in 0..10 {
        // each is a service that starts again
        let (shown, fault) = show(&guard(&scratch), "12345678", Code::OK);
        assert!(shown.is_none() && matches!(fault, Some(PinFault::RefusedBefore { .. })), "{fault:?}");
    }
    let guard = guard(&scratch);
    assert!(matches!(show(&guard, "87654321", Code::OK), (Some(_), None)));
    assert!(fs::read_dir(scratch.path().join("state")).unwrap().all(|file| file.unwrap().file_name() == "lock"));
}

#[test]
fn the_last_try_is_never_shown() {
    let scratch = Scratch::new();
    let guard = guard(&scratch);
    for text in ["11111111", "22222222", "33333333"] {
        assert!(matches!(show(&guard, text, Code::new(0x0100_0100)), (Some(_), Some(PinFault::Wrong(_)))));
    }
    let (shown, fault) = show(&guard, "44444444", Code::OK);
    let Some(PinFault::LastTry { wrong: 3, tries: 4, record }) = fault else { panic!("{fault:?}") };
    assert_eq!(shown, None);
    fs::remove_file(record).unwrap();
    assert!(matches!(show(&guard, "44444444", Code::OK), (Some(_), None)));
}

#[test]
fn a_process_that_ended_while_it_waited_may_have_used_a_try() {
    let scratch = Scratch::new();
    for _ in 0..3 {
        // the answer never came
        let state = scratch.path().join("state");
        let guard = guard(&scratch);
        guard.may_be_shown(KEY, &pin("12345678")).unwrap();
        assert!(fs::read_to_string(state.join("index-3.wrong")).unwrap().starts_with("trying\n"));
    }
    let (shown, fault) = show(&guard(&scratch), "12345678", Code::OK);
    assert!(shown.is_none() && matches!(fault, Some(PinFault::LastTry { wrong: 3, .. })), "{fault:?}");
}

#[test]
fn a_device_that_is_away_uses_up_no_try() {
    let scratch = Scratch::new();
    let guard = guard(&scratch);
    for code in [Code::COMMFAIL, Code::HARDFAIL, Code::KEYNOTEXIST].repeat(4) {
        assert!(matches!(show(&guard, "12345678", code), (Some(_), None)));
    }
    assert!(matches!(show(&guard, "12345678", Code::OK), (Some(_), None)));
    assert!(matches!(show(&guard, "12345678", Code::COMMFAIL), (Some(_), None)), "also once it was taken");
}

#[test]
fn a_pin_that_was_taken_and_then_changed_in_the_device_is_shown_once() {
    let scratch = Scratch::new();
    let guard = guard(&scratch);
    assert!(matches!(show(&guard, "12345678", Code::OK), (Some(_), None)));
    assert!(matches!(show(&guard, "12345678", Code::PRKRERR), (Some(_), Some(PinFault::Wrong(_)))));
    assert!(matches!(show(&guard, "12345678", Code::OK), (None, Some(PinFault::RefusedBefore { .. }))));
}

#[test]
fn records_hold_no_pin_and_others_are_refused() {
    let scratch = Scratch::new();
    let guard = guard(&scratch);
    show(&guard, "12345678", Code::PRKRERR);
    let path = scratch.path().join("state/index-3.wrong");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("salt ") && text.contains("\nrefused ") && !text.contains("12345678"), "{text}");
    fs::write(&path, "something else\n").unwrap();
    assert!(matches!(show(&guard, "12345678", Code::OK), (None, Some(PinFault::NotARecord(_)))));
    assert!(matches!(show(&guard, "1234567", Code::OK), (None, Some(PinFault::Short(7)))));
}
