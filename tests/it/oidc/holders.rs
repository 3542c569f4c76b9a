//! Holders of licences: the account of their code, at the level that is wanted.

use super::*;
use crate::support::register::Shown;
use yinxin::flow::{access::Permit, holders};

on_both!(
    a_citizen_has_the_account_of_their_number,
    an_account_that_was_entered_is_opened_by_its_code,
    proofs_of_the_level_that_is_wanted,
    an_account_with_a_second_factor_opens_with_no_less,
);

const NUMBER: &str = "11010519491231002X";

fn citizen() -> Value {
    json!({ "sub": "c-1", "name": "李国", "id_number": NUMBER, "acr": "loa-3" })
}

fn accounts(hall: &Hall) -> Vec<holders::Account> {
    holders::list(&hall.desk.house.issuer.store, &Permit::of_operator(""), "", 9).unwrap()
}

fn a_citizen_has_the_account_of_their_number(database: &Database) {
    let hall = Hall::holders(database, "");
    hall.provider.says(citizen());
    let answer = hall.sign_in("citizens");
    assert!(answer.body.contains("content=\"0;url=/my\""), "{answer:?}");
    let Some(Known::Holder(holder)) = hall.known(&answer) else { panic!("{answer:?}") };
    assert_eq!(holder.name(), "李国");
    let session = Shown::Cookie(cookie(&answer, "yinxin-session").unwrap());
    assert_eq!(hall.desk.get("/my", &session).status, 200);
    let again = hall.sign_in("citizens");
    assert_eq!(hall.known(&again), Some(Known::Holder(holder.clone())));
    let all = accounts(&hall);
    assert_eq!((all.len(), all[0].code_kind.as_str(), all[0].code.as_str()), (1, "111", NUMBER));
    // switched off here, and nobody is made anew
    let now = hall.desk.house.clock.now().unwrap();
    holders::disable(&hall.desk.house.issuer.store, &Permit::of_operator(""), holder.id(), now).unwrap();
    refused(&hall.sign_in("citizens"), 403, "这里还没有给您开通");
    assert_eq!(accounts(&hall).len(), 1);
    // a number that is none, and none at all
    for number in [json!("110105194912310021"), json!(7), Value::Null, json!("")] {
        let mut claims = citizen();
        claims["id_number"] = number;
        hall.provider.says(claims);
        refused(&hall.sign_in("citizens"), 403, "这里还没有给您开通");
    }
}

fn an_account_that_was_entered_is_opened_by_its_code(database: &Database) {
    let hall = Hall::holders(database, "");
    hall.desk.account("li.guo", ("111", NUMBER, "李国"));
    hall.provider.says(citizen());
    let Some(Known::Holder(holder)) = hall.known(&hall.sign_in("citizens")) else { panic!("nobody") };
    assert_eq!(holder, hall.desk.known_holder("li.guo"));
    // whoever comes with another number is another, whatever the subject
    let mut claims = citizen();
    claims["id_number"] = json!("11010519900307101X");
    hall.provider.says(claims);
    let Some(Known::Holder(other)) = hall.known(&hall.sign_in("citizens")) else { panic!("nobody") };
    assert_ne!(other.id(), holder.id());
}

fn proofs_of_the_level_that_is_wanted(database: &Database) {
    let hall = Hall::holders(database, "acr = [\"loa-3\", \"loa-4\"]\nmax_age_seconds = 600");
    let now = hall.desk.house.clock.now().unwrap().unix_seconds();
    let (address, _) = hall.go("citizens");
    assert!(address.contains("max_age=600") && address.contains("acr_values=loa-3+loa-4"), "{address}");
    let with = |acr: Value, at: Value| {
        let mut claims = citizen();
        claims["acr"] = acr;
        claims["auth_time"] = at;
        hall.provider.says(claims);
        hall.sign_in("citizens")
    };
    assert!(hall.known(&with(json!("loa-4"), json!(now - 500))).is_some());
    for (acr, at) in [
        (json!("loa-2"), json!(now)),
        (Value::Null, json!(now)),
        (json!(["loa-3"]), json!(now)),
        (json!("loa-3"), json!(now - 700)),
        (json!("loa-3"), json!(now + 100)),
        (json!("loa-3"), Value::Null),
    ] {
        refused(&with(acr.clone(), at.clone()), 403, "那边没有完成登录");
    }
}

fn an_account_with_a_second_factor_opens_with_no_less(database: &Database) {
    let more = "holder_kind = \"111\"\nsecond_factor_amr = [\"otp\"]";
    let hall = Hall::with(database, "yinxin-citizens", STAFF, more, Some(Demand::default()));
    hall.desk.account("li.guo", ("111", NUMBER, "李国"));
    hall.provider.says(citizen());
    assert!(hall.known(&hall.sign_in("citizens")).is_some());
    hall.desk.enrol("li.guo");
    refused(&hall.sign_in("citizens"), 403, "还要两步验证");
    let mut claims = citizen();
    claims["amr"] = json!(["otp"]);
    hall.provider.says(claims);
    assert!(hall.known(&hall.sign_in("citizens")).is_some());
}
