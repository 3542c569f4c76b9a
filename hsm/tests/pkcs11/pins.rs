//! A wrong PIN never burns the last try.

use crate::alone::{HIGH, Place, alone, module_environment, takes_e, test_module};
use yinxin_hsm::{
    ErrorClass, KeyError,
    passphrase::Source,
    pkcs11::{Library, PinState, Pkcs11Store, Settings, TokenPick},
};

fn open(place: &Place, pin: &str) -> Result<Pkcs11Store, KeyError> {
    let settings = place.settings(&test_module(), "yinxin test", pin).mapped(takes_e(HIGH));
    Pkcs11Store::open(settings, place.book("book"))
}

fn refused(place: &Place, pin: &str) -> String {
    let error = open(place, pin).unwrap_err();
    assert_eq!(error.class(), ErrorClass::Broken, "{error}");
    let text = error.to_string();
    assert!(!text.contains(pin), "the PIN is in the message: {text}");
    text
}

/// What the token says of its PIN now.
fn state(library: &Library) -> PinState {
    library.tokens().unwrap()[0].pin
}

/// A second user of the library: the module counts on for as long as it is initialised.
fn keep() -> Library {
    Library::open(&test_module()).unwrap()
}

#[test]
fn the_tokens_flags_stop_one_before_the_last_try() {
    alone(
        module_path!(),
        "the_tokens_flags_stop_one_before_the_last_try",
        |place| module_environment(place, HIGH),
        |place| {
            let keeper = keep();
            assert!(refused(place, "87654321").contains("the PIN is wrong"));
            assert_eq!(state(&keeper), PinState::CountLow);
            assert!(refused(place, "87654321").contains("was refused before and is not tried again"));
            assert_eq!(state(&keeper), PinState::CountLow, "it was not sent");
            assert!(refused(place, "87654322").contains("the PIN is wrong"));
            assert_eq!(state(&keeper), PinState::FinalTry);
            assert!(refused(place, "87654323").contains("one more wrong PIN would lock the token"));
            assert!(
                refused(place, "12345678").contains("one more wrong PIN would lock the token"),
                "not even the right one"
            );
            assert_eq!(state(&keeper), PinState::FinalTry, "the last try is left to a person");
        },
    );
}

#[test]
fn a_token_that_says_nothing_is_not_locked_either() {
    alone(
        module_path!(),
        "a_token_that_says_nothing_is_not_locked_either",
        |place| module_environment(place, HIGH),
        |place| {
            place.put("faults", "silent-pin\n");
            let keeper = keep();
            assert!(refused(place, "87654321").contains("the PIN is wrong"));
            assert!(refused(place, "87654322").contains("the PIN is wrong"));
            assert!(refused(place, "87654323").contains("several PINs in a row were wrong"));
            place.put("faults", "");
            assert_eq!(state(&keeper), PinState::FinalTry, "two of three were sent");
        },
    );
}

#[test]
fn a_right_pin_after_a_wrong_one_opens_it() {
    alone(
        module_path!(),
        "a_right_pin_after_a_wrong_one_opens_it",
        |place| module_environment(place, HIGH),
        |place| {
            let keeper = keep();
            assert!(refused(place, "87654321").contains("the PIN is wrong"));
            open(place, "12345678").unwrap();
            assert_eq!(state(&keeper), PinState::Sound);
        },
    );
}

#[test]
fn a_pin_that_is_missing_or_of_a_wrong_length_is_told() {
    alone(
        module_path!(),
        "a_pin_that_is_missing_or_of_a_wrong_length_is_told",
        |place| module_environment(place, HIGH),
        |place| {
            assert!(refused(place, "12345").contains("the PIN has 5 octets, the token takes 6 to 16"));
            let pin = Source::File(place.path("nowhere"));
            let settings = Settings::new(test_module(), TokenPick::by_label("yinxin test"), pin);
            let error = Pkcs11Store::open(settings, place.book("book")).unwrap_err().to_string();
            assert!(error.contains("nowhere: no such file"), "{error}");
            place.put("pin", "12345678");
            std::fs::set_permissions(place.path("pin"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
            let settings =
                Settings::new(test_module(), TokenPick::by_label("yinxin test"), Source::File(place.path("pin")));
            let error = Pkcs11Store::open(settings, place.book("book")).unwrap_err().to_string();
            assert!(error.contains("lets group or others in"), "{error}");
        },
    );
}

#[test]
fn a_locked_token_is_named() {
    alone(
        module_path!(),
        "a_locked_token_is_named",
        |place| module_environment(place, HIGH),
        |place| {
            place.put("faults", "fail C_Login 0xA4\n");
            assert!(refused(place, "12345678").contains("the PIN is locked; the token's security officer"));
            place.put("faults", "fail C_Login 0xA3\n");
            assert!(refused(place, "12345678").contains("the PIN has to be changed first"));
        },
    );
}
