use super::*;
use crate::flow::{
    access::Role,
    people::{Known, NewPerson, PeopleError, SignIn, SignInError},
    testing::{Register, at},
};

const CODE: &str = "11100000MB0143028R";

fn password(text: &str) -> Password {
    Password::chosen(text.to_owned()).unwrap()
}

fn wanted(register: &Register, sign_in: &SignIn, login: &str, code: &str) -> Result<String, HolderError> {
    let holder = NewHolder {
        code: HolderCode::of("001", code).unwrap(),
        login: login.parse().unwrap(),
        name: "小满面馆".into(),
        password: password("right password"),
    };
    create(&register.store, &Permit::of_operator(""), sign_in.passwords(), holder, at(0))
}

fn person(register: &Register, sign_in: &SignIn, login: &str) -> Result<String, PeopleError> {
    let person = NewPerson {
        login: login.parse().unwrap(),
        name: "王五".into(),
        password: password("right password"),
        roles: [Role::Clerk].into(),
    };
    crate::flow::people::create(
        &register.store,
        &Permit::of_operator(&register.body),
        sign_in.passwords(),
        person,
        at(0),
    )
}

#[test]
fn a_holder_signs_in_and_is_nobody_of_a_body() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let id = wanted(&register, &sign_in, "noodles", CODE).unwrap();
    let session = sign_in.begin(&register.store, "noodles", &password("right password"), at(1)).unwrap();
    assert!(session.is_holders);
    let known = |seconds| sign_in.known(&register.store, &session.secret, at(seconds)).unwrap();
    let Some(Known::Holder(holder)) = known(2) else { panic!("no holder") };
    assert_eq!((holder.id(), holder.name(), holder.code()), (id.as_str(), "小满面馆", ("001", CODE)));
    assert!(!format!("{holder:?}").contains(CODE) && !format!("{holder:?}").contains("小满"));
    assert_eq!(sign_in.caller(&register.store, &session.secret, at(2)).unwrap(), None, "no caller of a body");
    assert!(known(1 + 8 * 3600 - 1).is_some());
    assert_eq!(known(1 + 8 * 3600), None);
    sign_in.end(&register.store, &session.secret, at(3)).unwrap();
    assert_eq!(known(4), None);
    let other = person(&register, &sign_in, "wang.wu").unwrap();
    let session = sign_in.begin(&register.store, "wang.wu", &password("right password"), at(1)).unwrap();
    assert!(!session.is_holders);
    let Some(Known::Person(caller)) = sign_in.known(&register.store, &session.secret, at(2)).unwrap() else {
        panic!("no person")
    };
    assert_eq!(caller.actor().id, other);
}

#[test]
fn one_login_for_people_and_holders_and_one_account_for_a_holder() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let store = &register.store;
    let id = wanted(&register, &sign_in, "noodles", CODE).unwrap();
    assert_eq!(wanted(&register, &sign_in, "noodles", "92330100MA0000015R"), Err(HolderError::LoginTaken));
    assert_eq!(wanted(&register, &sign_in, "noodles-2", CODE), Err(HolderError::AccountThere));
    assert_eq!(person(&register, &sign_in, "noodles"), Err(PeopleError::LoginTaken));
    person(&register, &sign_in, "wang.wu").unwrap();
    assert_eq!(wanted(&register, &sign_in, "wang.wu", "92330100MA0000015R"), Err(HolderError::LoginTaken));
    // a disabled one makes room
    disable(store, &Permit::of_operator(""), &id, at(2)).unwrap();
    disable(store, &Permit::of_operator(""), &id, at(3)).unwrap();
    wanted(&register, &sign_in, "noodles-2", CODE).unwrap();
    assert_eq!(list(store, &Permit::of_operator(""), "", 9).unwrap().len(), 2);
}

#[test]
fn what_ends_sessions_of_holders() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let (store, permit) = (&register.store, Permit::of_operator(""));
    let id = wanted(&register, &sign_in, "noodles", CODE).unwrap();
    let begin = |text: &str| sign_in.begin(store, "noodles", &password(text), at(1)).map(|session| session.secret);
    let first = begin("right password").unwrap();
    change_password(store, &permit, sign_in.passwords(), &id, &password("another one"), at(2)).unwrap();
    assert_eq!(sign_in.known(store, &first, at(2)).unwrap(), None);
    assert_eq!(begin("right password").unwrap_err(), SignInError::Wrong);
    let second = begin("another one").unwrap();
    disable(store, &permit, &id, at(3)).unwrap();
    assert_eq!(sign_in.known(store, &second, at(3)).unwrap(), None);
    assert_eq!(begin("another one").unwrap_err(), SignInError::Wrong);
    assert_eq!(disable(store, &permit, "none", at(3)), Err(HolderError::NotFound));
    let gone = change_password(store, &permit, sign_in.passwords(), "none", &password("another one"), at(3));
    assert_eq!(gone, Err(HolderError::NotFound));
}
