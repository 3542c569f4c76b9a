//! The signed digest in printed codes: an edited print is found out.

use super::*;
use data_encoding::BASE32_NOPAD;
use yinxin_trust::{
    code::{
        KeyId,
        print::{
            self, Differs, GenuinePrint, NumberOffence, PrintFault, PrintPlan, PrintPlanError, PrintedCode,
            PrintedFacts, PrintedNumber,
        },
        scanned::Scanned,
    },
    licence::name::HolderName,
};

const NAME: &str = "阿卜杜拉·买买提";
const NUMBER: &str = "JY13412020012345";
const UNTIL: Expiry = Expiry::Never;

fn number(text: &str) -> PrintedNumber {
    text.parse().unwrap()
}

fn plan(at: Moment) -> Result<PrintPlan, PrintPlanError> {
    let holder: HolderName = NAME.parse().unwrap();
    let facts = PrintedFacts { holder: &holder, number: &number(NUMBER), until: Expiry::After(day("2029-01-14")) };
    PrintPlan::new(&short_code(), &facts, at, &site(), issuer().public())
}

pub(super) fn printed() -> PrintedCode {
    let plan = plan(later(0)).unwrap();
    let signature = issuer().sign(plan.to_be_signed(), 0);
    plan.embed(&signature).unwrap()
}

fn checked(code: &ShortCode, payload: &Payload, now: Moment) -> Result<GenuinePrint, PrintFault> {
    print::check(code, payload, &keys()[..], now, 300)
}

fn compared(print: &GenuinePrint, name: &str, number_read: &str, until: Expiry) -> Result<(), Differs> {
    let holder: HolderName = name.parse().unwrap();
    print.compare(&PrintedFacts { holder: &holder, number: &number(number_read), until })
}

#[test]
fn a_print_is_held_against_what_was_signed() {
    let Scanned::Printed { code, digest: Some(payload), .. } = Scanned::of(&printed().text()) else { panic!() };
    assert_eq!((&code, &payload), (&short_code(), printed().payload()));
    let print = checked(&code, &payload, later(86_400 * 365 * 20)).unwrap();
    assert_eq!((print.key, print.signed_at), (KeyId::of(issuer().public()), later(0)));
    let until = Expiry::After(day("2029-01-14"));
    assert_eq!(compared(&print, NAME, NUMBER, until), Ok(()));
    // read off the paper by people
    for (name, number) in [
        ("阿卜杜拉•买买提", "jy13412020012345"),
        ("阿卜杜拉・买买提", "JY1 3412 0200 12345"),
        (NAME, "ＪＹ１３４１２０２００１２３４５"),
    ] {
        assert_eq!(compared(&print, name, number, until), Ok(()), "{name} {number}");
    }
    // edited
    for (name, number, until) in [
        ("阿卜杜拉·买买", NUMBER, until),
        ("阿卜杜拉买买提", NUMBER, until),
        (NAME, "JY13412020012346", until),
        (NAME, "JY1341202001234", until),
        (NAME, NUMBER, Expiry::After(day("2030-01-14"))),
        (NAME, NUMBER, UNTIL),
    ] {
        assert_eq!(compared(&print, name, number, until), Err(Differs), "{name} {number} {until}");
    }
}

#[test]
fn the_digest_of_one_licence_does_not_stand_on_another() {
    let other = ShortCode::of_random(b"yinxin other 123");
    let print = checked(&other, printed().payload(), later(0)).unwrap();
    assert_eq!(compared(&print, NAME, NUMBER, Expiry::After(day("2029-01-14"))), Err(Differs));
}

#[test]
fn the_online_address_is_the_one_it_always_was() {
    let text = printed().text();
    let (address, payload) = text.split_once('#').unwrap();
    assert_eq!(address, site().printed(&short_code()));
    assert_eq!(payload, printed().payload().as_str());
    let Scanned::Printed { digest: None, code, .. } = Scanned::of(address) else { panic!() };
    assert_eq!(code, short_code());
}

#[test]
fn no_bit_of_it_can_change_and_nothing_can_be_cut() {
    let octets = printed().payload().octets().unwrap();
    let check = |octets: &[u8]| checked(&short_code(), &Payload::of_text(&BASE32_NOPAD.encode(octets)), later(0));
    assert!(check(&octets).is_ok());
    for at in 0..octets.len() {
        for bit in 0..8 {
            let mut altered = octets.clone();
            altered[at] ^= 1 << bit;
            assert!(check(&altered).is_err(), "octet {at}, bit {bit}");
        }
        assert!(check(&octets[..at]).is_err(), "{at}");
    }
    assert_eq!(check(&[&octets[..], &[0]].concat()).unwrap_err().code(), "trailing");
}

#[test]
fn keys_and_times() {
    let payload = printed().payload().clone();
    let with = |keys: &[CodeKey], now| print::check(&short_code(), &payload, keys, now, 300);
    let key = KeyId::of(issuer().public());
    assert_eq!(with(&[], later(0)), Err(PrintFault::UnknownKey(key)));
    let ended = [CodeKey::new(issuer().public().clone(), later(-9), Some(later(0)))];
    assert_eq!(with(&ended, later(0)), Err(PrintFault::KeyPeriod { key, signed_at: later(0) }));
    // a key that ended since still vouches for what it signed before
    let ended = [CodeKey::new(issuer().public().clone(), later(-9), Some(later(1)))];
    assert!(with(&ended, later(86_400 * 3_650)).is_ok());
    assert!(with(&keys(), later(-300)).is_ok());
    assert_eq!(with(&keys(), later(-301)), Err(PrintFault::NotYet { signed_at: later(0) }));
    let wrong = issuer().sign(b"something else", 0);
    assert_eq!(plan(later(0)).unwrap().embed(&wrong), Err(PrintPlanError::WrongSignature));
    let fraction = Moment::from_unix_milliseconds(later(0).unix_milliseconds() + 1).unwrap();
    assert_eq!(plan(fraction).unwrap_err(), PrintPlanError::Fraction);
}

#[test]
fn an_offline_code_is_no_printed_one_and_the_reverse() {
    let fault = checked(&short_code(), &code().payload(), later(0)).unwrap_err();
    assert_eq!(fault.code(), "other_kind_of_code");
    let fault = super::checked(printed().payload(), later(0)).unwrap_err();
    assert_eq!(fault.code(), "other_kind_of_code");
}

#[test]
fn numbers() {
    assert_eq!(number(" （2024）京字 第001号a ").as_str(), "(2024)京字第001号A");
    let offence = |text: &str| text.parse::<PrintedNumber>().unwrap_err();
    assert_eq!((offence(""), offence(" \u{3000}")), (NumberOffence::Empty, NumberOffence::Empty));
    assert_eq!(offence(&"1".repeat(129)), NumberOffence::TooLong);
    assert_eq!(offence("1\u{200b}2"), NumberOffence::Unreadable { position: 2, code_point: 0x200b });
}
