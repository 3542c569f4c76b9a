//! What the flows do with second factors.

use super::*;
use crate::support::{database::Database, house::add_body, register::holder};
use std::{sync::Barrier, thread, time::Instant};
use yinxin::{
    flow::{
        access::Permit,
        holders,
        people::{self, Passwords},
    },
    store::{StoreError, second_factors},
};

on_both!(
    signing_in_wants_password_and_a_fresh_code,
    of_thirty_two_one_takes_a_code,
    recovery_codes_count_once,
    enrolment_wants_the_password_and_a_first_code,
    password_and_code_take_it_off,
    an_administrator_takes_it_off_and_sessions_end,
    who_must_have_one_can_do_nothing_else,
    what_is_stored_is_sealed_and_bound_to_its_account,
);

fn hall(database: &Database) -> Hall {
    Hall::new(House::new(database), Demand::default())
}

fn signing_in_wants_password_and_a_fresh_code(database: &Database) {
    let hall = hall(database);
    hall.person("wang.wu", &[Role::Officer]);
    hall.person("li.si", &[Role::Officer]);
    let app = hall.enrol("wang.wu");
    // the step of the first code is taken by now
    assert_eq!(hall.begin("wang.wu", PASSWORD, &hall.code(&app.secret)).unwrap_err(), SignInError::Wrong);
    hall.house.clock.advance_seconds(30);
    let code = hall.code(&app.secret);
    for (password, code) in [
        (PASSWORD, ""),
        (PASSWORD, "123"),
        (PASSWORD, &*wrong(&code)),
        ("wrong password", &code),
        ("wrong password", ""),
    ] {
        assert_eq!(hall.begin("wang.wu", password, code).unwrap_err(), SignInError::Wrong, "{password} {code}");
    }
    // no wrong password used the code up
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let session = hall.begin("wang.wu", PASSWORD, &spaced).unwrap();
    assert!(matches!(hall.known(&session.secret), Some(Known::Person(_))));
    assert_eq!(hall.begin("wang.wu", PASSWORD, &code).unwrap_err(), SignInError::Wrong, "a code counts once");
    // one step of drift either way, and none back
    let ahead = |seconds| Moment::from_unix_seconds(hall.now().unix_seconds() + seconds).unwrap();
    let (before, next, after) =
        (code_at(&app.secret, ahead(-30)), code_at(&app.secret, ahead(30)), code_at(&app.secret, ahead(60)));
    assert_eq!(hall.begin("wang.wu", PASSWORD, &after).unwrap_err(), SignInError::Wrong);
    assert!(hall.begin("wang.wu", PASSWORD, &next).is_ok());
    assert_eq!(hall.begin("wang.wu", PASSWORD, &before).unwrap_err(), SignInError::Wrong);
    assert_eq!(hall.begin("wang.wu", PASSWORD, &code).unwrap_err(), SignInError::Wrong, "nor an earlier one");
    // who has none signs in as before, whatever stands there
    assert!(hall.begin("li.si", PASSWORD, "").is_ok() && hall.begin("li.si", PASSWORD, "000000").is_ok());
}

fn of_thirty_two_one_takes_a_code(database: &Database) {
    let hall = hall(database);
    hall.person("wang.wu", &[]);
    let app = hall.enrol("wang.wu");
    let (store, step) = (&hall.house.issuer.store, step_at(hall.now()) + 1);
    let gate = Barrier::new(32);
    let took = thread::scope(|scope| {
        let take = || {
            gate.wait();
            let id = app.owner.id().to_owned();
            store.write(move |conn| second_factors::accept(conn, "person", &id, step)).unwrap()
        };
        let all: Vec<_> = (0..32).map(|_| scope.spawn(take)).collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|took| *took).count()
    });
    assert_eq!(took, 1);
}

fn recovery_codes_count_once(database: &Database) {
    let hall = hall(database);
    hall.person("wang.wu", &[]);
    hall.person("li.si", &[]);
    let (app, other) = (hall.enrol("wang.wu"), hall.enrol("li.si"));
    let first = app.codes.texts().next().unwrap();
    assert_eq!(hall.begin("li.si", PASSWORD, first).unwrap_err(), SignInError::Wrong, "another account's");
    assert_eq!(hall.begin("wang.wu", "wrong password", first).unwrap_err(), SignInError::Wrong);
    assert!(hall.begin("wang.wu", PASSWORD, &first.to_lowercase()).is_ok());
    assert_eq!(hall.begin("wang.wu", PASSWORD, first).unwrap_err(), SignInError::Wrong);
    let store = &hall.house.issuer.store;
    let left = || second_factor::standing(store, &hall.sign_in, &app.owner).unwrap().codes_left;
    assert_eq!(left(), second_factor::RECOVERY_CODES - 1);
    let second = app.codes.texts().nth(1).unwrap();
    let password = given(PASSWORD);
    let renewed =
        second_factor::renew_codes(store, &hall.sign_in, &app.owner, (&password, second), hall.now()).unwrap();
    assert_eq!(left(), second_factor::RECOVERY_CODES);
    let third = app.codes.texts().nth(2).unwrap();
    assert_eq!(hall.begin("wang.wu", PASSWORD, third).unwrap_err(), SignInError::Wrong, "old ones count no more");
    assert!(hall.begin("wang.wu", PASSWORD, renewed.texts().next().unwrap()).is_ok());
    assert_eq!(second_factor::standing(store, &hall.sign_in, &other.owner).unwrap().codes_left, 10);
}

fn enrolment_wants_the_password_and_a_first_code(database: &Database) {
    let hall = hall(database);
    hall.person("wang.wu", &[Role::Officer]);
    let (store, sign_in) = (&hall.house.issuer.store, &hall.sign_in);
    let session = hall.begin("wang.wu", PASSWORD, "").unwrap().secret;
    let another = hall.begin("wang.wu", PASSWORD, "").unwrap().secret;
    let owner = hall.known(&session).unwrap().owner();
    let begin = |text: &str| second_factor::begin(store, sign_in, &owner, &given(text), hall.now());
    assert_eq!(begin("wrong password").unwrap_err(), FactorError::Wrong);
    let confirm = |code: &str| second_factor::confirm(store, sign_in, &owner, &session.digest(), code, hall.now());
    assert_eq!(confirm("000000").unwrap_err(), FactorError::NotThere, "nothing was begun");
    let first = begin(PASSWORD).unwrap().secret;
    let second = begin(PASSWORD).unwrap().secret;
    assert_eq!(confirm(&wrong(&hall.code(&second))).unwrap_err(), FactorError::Wrong);
    if hall.code(&first) != hall.code(&second) {
        assert_eq!(confirm(&hall.code(&first)).unwrap_err(), FactorError::Wrong, "begun anew, the first is gone");
    }
    assert!(hall.begin("wang.wu", PASSWORD, "").is_ok(), "what waits is not asked for");
    hall.house.clock.advance_seconds(901);
    assert_eq!(confirm(&hall.code(&second)).unwrap_err(), FactorError::NotThere, "it waited too long");
    let third = begin(PASSWORD).unwrap().secret;
    confirm(&hall.code(&third)).unwrap();
    assert_eq!(begin(PASSWORD).unwrap_err(), FactorError::There);
    assert!(hall.known(&session).is_some() && hall.known(&another).is_none(), "sessions without a code end");
    let standing = second_factor::standing(store, sign_in, &owner).unwrap();
    assert_eq!((standing.since, standing.codes_left), (Some(hall.now()), 10));
}

fn password_and_code_take_it_off(database: &Database) {
    let hall = hall(database);
    hall.person("wang.wu", &[]);
    let app = hall.enrol("wang.wu");
    let (store, sign_in) = (&hall.house.issuer.store, &hall.sign_in);
    hall.house.clock.advance_seconds(30);
    let code = hall.code(&app.secret);
    let remove = |password: &str, code: &str| {
        second_factor::remove(store, sign_in, &app.owner, (&given(password), code), hall.now())
    };
    for (password, code) in [("wrong password", &*code), (PASSWORD, &wrong(&code)), (PASSWORD, ""), ("x", "y")] {
        assert_eq!(remove(password, code).unwrap_err(), FactorError::Wrong, "{password} {code}");
    }
    for _ in 0..6 {
        assert_eq!(remove(PASSWORD, "").unwrap_err(), FactorError::Wrong);
    }
    let busy = remove(PASSWORD, &code).unwrap_err();
    assert!(matches!(busy, FactorError::TooManyTries { retry_after_seconds: 1..=901 }), "{busy:?}");
    hall.house.clock.advance_seconds(900);
    let code = hall.code(&app.secret);
    assert_eq!(remove(PASSWORD, &code), Ok(()));
    assert!(hall.begin("wang.wu", PASSWORD, "").is_ok());
    assert_eq!(remove(PASSWORD, &code).unwrap_err(), FactorError::NotThere);
}

fn an_administrator_takes_it_off_and_sessions_end(database: &Database) {
    let hall = hall(database);
    let id = hall.person("wang.wu", &[Role::Officer]);
    hall.enrol("wang.wu");
    let store = &hall.house.issuer.store;
    let stranger = Permit::of_operator(add_body(store, "演示市第二局", "11990000MB0000027A"));
    let own = Permit::of_operator(&*hall.house.body);
    let remove = |permit| second_factor::remove_of_person(store, permit, &id, hall.now());
    assert_eq!(remove(&stranger).unwrap_err(), FactorError::NotFound);
    hall.house.clock.advance_seconds(30);
    assert_eq!(remove(&own), Ok(()));
    assert_eq!(remove(&own).unwrap_err(), FactorError::NotThere);
    assert!(hall.begin("wang.wu", PASSWORD, "").is_ok());
    // a holder's, by the operator
    let code = crate::presentations::FOOD_HOLDER;
    let one = holder(store, &hall.sign_in, "noodles", code, hall.now());
    hall.enrol("noodles");
    assert_eq!(second_factor::remove_of_holder(store, &Permit::of_operator(""), one.id(), hall.now()), Ok(()));
    hall.enrol("noodles");
    // another password leaves it, the end of the account does not
    let (permit, passwords) = (Permit::of_operator(""), Passwords::new().unwrap());
    let another = Password::chosen("another password".to_owned()).unwrap();
    holders::change_password(store, &permit, &passwords, one.id(), &another, hall.now()).unwrap();
    let there = |kind: &'static str, id: &str| {
        let id = id.to_owned();
        store.read(move |conn| Ok::<_, StoreError>(second_factors::find(conn, kind, &id)?.is_some())).unwrap()
    };
    assert_eq!(hall.begin("noodles", "another password", "").unwrap_err(), SignInError::Wrong);
    assert!(there("holder", one.id()));
    holders::disable(store, &permit, one.id(), hall.now()).unwrap();
    assert!(!there("holder", one.id()));
    hall.enrol("wang.wu");
    people::disable(store, &own, &id, hall.now()).unwrap();
    assert!(!there("person", &id));
}

fn who_must_have_one_can_do_nothing_else(database: &Database) {
    let demand = Demand { roles: [Role::Approver].into(), holders: true };
    let hall = Hall::new(House::new(database), demand);
    hall.person("officer", &[Role::Officer]);
    hall.person("chief", &[Role::Officer, Role::Approver]);
    let store = &hall.house.issuer.store;
    crate::support::register::add_holder(
        store,
        &hall.sign_in,
        "noodles",
        crate::presentations::FOOD_HOLDER,
        hall.now(),
    );
    let officer = hall.begin("officer", PASSWORD, "").unwrap().secret;
    assert!(matches!(hall.known(&officer), Some(Known::Person(_))));
    for login in ["chief", "noodles"] {
        let session = hall.begin(login, PASSWORD, "").unwrap().secret;
        assert!(matches!(hall.known(&session), Some(Known::Unfinished(_))), "{login}");
        assert_eq!(hall.sign_in.caller(store, &session, hall.now()).unwrap(), None);
        let app = hall.enrol(login);
        hall.house.clock.advance_seconds(30);
        let session = hall.begin(login, PASSWORD, &hall.code(&app.secret)).unwrap().secret;
        assert!(!matches!(hall.known(&session), None | Some(Known::Unfinished(_))), "{login}");
    }
    // without the key that seals nobody gets in with less
    let bare = SignIn::new(8).unwrap();
    let refused = bare.begin(store, "chief", &given(PASSWORD), hall.now()).unwrap_err();
    assert_eq!(refused, SignInError::Factor(FactorError::NotConfigured));
}

fn what_is_stored_is_sealed_and_bound_to_its_account(database: &Database) {
    let hall = hall(database);
    let (first, second) = (hall.person("wang.wu", &[]), hall.person("li.si", &[]));
    let (app, other) = (hall.enrol("wang.wu"), hall.enrol("li.si"));
    let store = &hall.house.issuer.store;
    let row = store.read(|conn| second_factors::find(conn, "person", &first)).unwrap().unwrap();
    let octets = data_encoding::BASE32_NOPAD.decode(app.secret.text().as_bytes()).unwrap();
    assert!(!row.sealed.windows(8).any(|eight| octets.windows(8).any(|of| of == eight)));
    assert!(!format!("{row:?}").contains(&format!("{:?}", row.sealed)));
    // somebody who can write the register puts the secret they know in another's place
    let moved = second_factors::SecondFactor { owner_id: second.clone(), ..row };
    store
        .write(move |conn| {
            second_factors::delete(conn, "person", &second)?;
            second_factors::begin(conn, &moved)
        })
        .unwrap();
    hall.house.clock.advance_seconds(30);
    let refused = hall.begin("li.si", PASSWORD, &hall.code(&app.secret)).unwrap_err();
    assert!(matches!(refused, SignInError::Factor(FactorError::Key(_))), "{refused:?}");
    drop(other);
}

/// Which of password and code was wrong is not told by time either, nor who has a second factor.
#[test]
fn a_wrong_code_takes_the_work_of_a_wrong_password() {
    let database = Database::sqlite();
    let hall = hall(&database);
    hall.person("with", &[]);
    hall.person("without", &[]);
    let app = hall.enrol("with");
    hall.house.clock.advance_seconds(30);
    let code = hall.code(&app.secret);
    let took = |login: &str, password: &str, code: &str| {
        let begun = Instant::now();
        assert_eq!(hall.begin(login, password, code).unwrap_err(), SignInError::Wrong);
        begun.elapsed()
    };
    let wrong_code = wrong(&code);
    let ways = [
        ("with", PASSWORD, &*wrong_code),
        ("with", "wrong password", &*code),
        ("with", "wrong password", ""),
        ("without", "wrong password", &*code),
        ("nobody", PASSWORD, &*code),
    ];
    let mut best = [std::time::Duration::MAX; 5];
    for _ in 0..3 {
        for (best, (login, password, code)) in best.iter_mut().zip(ways) {
            *best = took(login, password, code).min(*best);
        }
    }
    let (least, most) = (best.iter().min().unwrap(), best.iter().max().unwrap());
    assert!(*most < *least * 2, "{best:?}");
}

/// A recovery code that is none must not tell, by a write more or less, that the password was right.
#[test]
fn whatever_is_wrong_takes_the_same_writes() {
    let database = Database::sqlite();
    let hall = hall(&database);
    hall.person("wang.wu", &[Role::Officer]);
    hall.person("li.si", &[Role::Officer]);
    let app = hall.enrol("wang.wu");
    let right = app.codes.texts().next().unwrap().to_owned();
    let other: String = right.chars().rev().collect();
    let code = wrong(&hall.code(&app.secret));
    let store = &hall.house.issuer.store;
    for (login, password, given) in [
        ("nobody", PASSWORD, other.as_str()),
        ("No Login!", PASSWORD, ""),
        ("li.si", "wrong password", ""),
        ("li.si", "wrong password", &other),
        ("wang.wu", "wrong password", &other),
        ("wang.wu", "wrong password", &right),
        ("wang.wu", PASSWORD, &other),
        ("wang.wu", PASSWORD, &code),
        ("wang.wu", PASSWORD, ""),
    ] {
        let before = store.metrics();
        assert_eq!(hall.begin(login, password, given).unwrap_err(), SignInError::Wrong, "{login} {password} {given}");
        let after = store.metrics();
        let took = (after.commits - before.commits, after.writes - before.writes);
        assert_eq!(took, (1, 0), "{login} {password} {given}: one write, taken back");
    }
    assert!(hall.begin("wang.wu", PASSWORD, &right).is_ok(), "no wrong one used it up");
}
