use super::*;
use crate::flow::{
    kind::Kind,
    testing::{Register, at},
};

fn password(text: &str) -> Password {
    Password::chosen(text.to_owned()).unwrap()
}

fn entered(register: &Register, sign_in: &SignIn, login: &str, roles: &[Role]) -> String {
    let person = NewPerson {
        login: login.parse().unwrap(),
        name: "王五".into(),
        password: password("right password"),
        roles: roles.iter().copied().collect(),
    };
    create(&register.store, &Permit::of_operator(&register.body), sign_in.passwords(), person, at(0)).unwrap()
}

#[test]
fn a_session_runs_from_signing_in_to_its_end() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let store = &register.store;
    let id = entered(&register, &sign_in, "wang.wu", &[Role::Officer]);
    let session = sign_in.begin(store, "wang.wu", &password("right password"), at(10)).unwrap();
    assert_eq!(session.expires_at, at(10 + 8 * 3600));
    let caller = |seconds| sign_in.caller(store, &session.secret, at(seconds)).unwrap();
    let found = caller(20).unwrap();
    assert_eq!((found.body(), found.actor().id.as_str()), (register.body.as_str(), id.as_str()));
    assert!(found.permit::<may::Apply>().is_ok() && found.permit::<may::ManagePeople>().is_err());
    assert!(caller(10 + 8 * 3600 - 1).is_some(), "use does not matter");
    assert_eq!(caller(10 + 8 * 3600), None);
    sign_in.end(store, &session.secret, at(30)).unwrap();
    sign_in.end(store, &session.secret, at(31)).unwrap();
    assert_eq!(caller(32), None);
    assert_eq!(register.actions(), ["person.created", "session.begun", "session.ended"]);
}

#[test]
fn wrong_login_wrong_password_and_disabled_are_one_answer() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let store = &register.store;
    let id = entered(&register, &sign_in, "wang.wu", &[]);
    for (login, text) in [("wang.wu", "wrong password"), ("nobody", "right password"), ("No Login!", "right password")]
    {
        let error = sign_in.begin(store, login, &password(text), at(1)).unwrap_err();
        assert_eq!(error, SignInError::Wrong, "{login}");
    }
    disable(store, &Permit::of_operator(&register.body), &id, at(2)).unwrap();
    let error = sign_in.begin(store, "wang.wu", &password("right password"), at(3)).unwrap_err();
    assert_eq!(error, SignInError::Wrong);
}

#[test]
fn a_wrong_login_takes_the_work_of_a_wrong_password() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    entered(&register, &sign_in, "wang.wu", &[]);
    let took = |login: &str| {
        let begun = std::time::Instant::now();
        sign_in.begin(&register.store, login, &password("wrong password"), at(1)).unwrap_err();
        begun.elapsed()
    };
    // by turns: what else the machine does falls on both
    let turns: Vec<_> = (0..9).map(|_| (took("wang.wu"), took("nobody"))).collect();
    let there = turns.iter().map(|(there, _)| *there).min().unwrap();
    let absent = turns.iter().map(|(_, absent)| *absent).min().unwrap();
    assert!(absent * 2 > there && there * 2 > absent, "{there:?} with the login, {absent:?} without");
}

#[test]
fn the_eleventh_try_waits_even_with_the_right_password() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    entered(&register, &sign_in, "wang.wu", &[]);
    let with = |text: &str, seconds| sign_in.begin(&register.store, "wang.wu", &password(text), at(seconds));
    for n in 0..10 {
        assert_eq!(with("wrong password", n).unwrap_err(), SignInError::Wrong);
    }
    let refused = with("right password", 11).unwrap_err();
    assert_eq!((refused.kind(), refused.retry_after_seconds()), (Kind::Busy, Some(890)));
    assert!(with("right password", 901).is_ok());
}

#[test]
fn what_ends_sessions() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let (store, permit) = (&register.store, Permit::of_operator(&register.body));
    let id = entered(&register, &sign_in, "wang.wu", &[Role::Officer]);
    let begin = |text: &str| sign_in.begin(store, "wang.wu", &password(text), at(1)).map(|session| session.secret);
    let caller = |secret: &crate::flow::access::AccessSecret| sign_in.caller(store, secret, at(2)).unwrap();

    let first = begin("right password").unwrap();
    set_roles(store, &permit, &id, &[Role::Auditor].into(), at(2)).unwrap();
    assert_eq!(caller(&first).unwrap().roles().collect::<Vec<_>>(), [Role::Auditor], "roles change at once");
    change_password(store, &permit, sign_in.passwords(), &id, &password("another one"), at(2)).unwrap();
    assert_eq!(caller(&first), None);
    assert_eq!(begin("right password").unwrap_err(), SignInError::Wrong);
    let second = begin("another one").unwrap();
    disable(store, &permit, &id, at(3)).unwrap();
    assert_eq!(caller(&second), None);
}

#[test]
fn another_body_has_no_such_person() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let store = &register.store;
    let id = entered(&register, &sign_in, "wang.wu", &[]);
    let stranger = Permit::of_operator(register.other_body());
    assert_eq!(set_roles(store, &stranger, &id, &[Role::Auditor].into(), at(1)), Err(PeopleError::NotFound));
    assert_eq!(disable(store, &stranger, &id, at(1)), Err(PeopleError::NotFound));
    let changed = change_password(store, &stranger, sign_in.passwords(), &id, &password("another one"), at(1));
    assert_eq!(changed, Err(PeopleError::NotFound));
    let found = find_by_login(store, &stranger, &"wang.wu".parse().unwrap());
    assert_eq!(found, Err(PeopleError::NotFound));
    assert!(list(store, &stranger, "", 9).unwrap().is_empty());
    assert_eq!(register.actions(), ["person.created"]);
}

#[test]
fn a_body_keeps_its_last_administrator() {
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    let (store, permit) = (&register.store, Permit::of_operator(&register.body));
    let first = entered(&register, &sign_in, "first", &[Role::Administrator]);
    assert_eq!(disable(store, &permit, &first, at(1)), Err(PeopleError::LastAdministrator));
    let none = BTreeSet::new();
    assert_eq!(set_roles(store, &permit, &first, &none, at(1)), Err(PeopleError::LastAdministrator));
    assert_eq!(list(store, &permit, "", 9).unwrap()[0].roles, [Role::Administrator].into(), "nothing was written");
    let second = entered(&register, &sign_in, "second", &[Role::Administrator, Role::Auditor]);
    disable(store, &permit, &first, at(2)).unwrap();
    assert_eq!(set_roles(store, &permit, &second, &none, at(3)), Err(PeopleError::LastAdministrator));
}

#[test]
fn logins() {
    for right in ["ab", "wang.wu", "a_b-9", &"x".repeat(64)] {
        assert!(right.parse::<Login>().is_ok(), "{right}");
    }
    for wrong in ["", "a", "Wang", "王五", "a b", "a@b", &"x".repeat(65)] {
        assert_eq!(wrong.parse::<Login>(), Err(PeopleError::Login), "{wrong}");
    }
    let (register, sign_in) = (Register::new(), SignIn::new(8).unwrap());
    entered(&register, &sign_in, "wang.wu", &[]);
    let other = register.other_body();
    let again = NewPerson {
        login: "wang.wu".parse().unwrap(),
        name: "x".into(),
        password: password("right password"),
        roles: [].into(),
    };
    let taken = create(&register.store, &Permit::of_operator(other), sign_in.passwords(), again, at(0));
    assert_eq!(taken, Err(PeopleError::LoginTaken));
}
