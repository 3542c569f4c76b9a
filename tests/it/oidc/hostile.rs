//! What a provider, a stranger in between or another site may try.

use super::*;
use crate::support::provider::Mischief;

on_both!(
    tokens_that_do_not_hold,
    answers_of_somebody_else,
    providers_that_cannot_be_used,
    keys_that_change,
    once_and_in_the_browser_that_began,
);

const DECLINED: &str = "那边没有完成登录";
const SILENT: &str = "那边的登录服务暂时没有回应";
const NOT_BEGUN: &str = "登录没有在这里开始";

fn hall(database: &Database) -> Hall {
    let hall = Hall::staff(database);
    hall.provider.says(officer());
    hall
}

fn tokens_that_do_not_hold(database: &Database) {
    let hall = hall(database);
    assert_eq!(hall.sign_in("province").status, 200);
    for mischief in [
        Mischief::WrongNonce,
        Mischief::OtherAudience,
        Mischief::TwoAudiences,
        Mischief::OtherParty,
        Mischief::Ended,
        Mischief::NeverEnds,
        Mischief::OfTheFuture,
        Mischief::Old,
        Mischief::NotBefore,
        Mischief::AlgorithmNone,
        Mischief::KeyedWithThePublicKey,
        Mischief::UnknownKey,
        Mischief::OtherKeyOfTheName,
        Mischief::Critical,
        Mischief::CutShort,
        Mischief::NoSubject,
        Mischief::OtherIssuerInTheToken,
    ] {
        hall.provider.does(mischief);
        let answer = hall.sign_in("province");
        assert_eq!(answer.status, 403, "{mischief:?}");
        refused(&answer, 403, DECLINED);
    }
    hall.provider.does(Mischief::Nothing);
    assert_eq!(hall.sign_in("province").status, 200);
}

fn answers_of_somebody_else(database: &Database) {
    let hall = hall(database);
    for mischief in [Mischief::OtherIssuerInTheAddress, Mischief::NoIssuerInTheAddress, Mischief::Refuses] {
        hall.provider.does(mischief);
        refused(&hall.sign_in("province"), 403, DECLINED);
        assert_eq!(hall.provider.asked("/realm/token"), 0, "{mischief:?}: no code goes anywhere");
    }
    hall.provider.does(Mischief::Nothing);
    // begun at one provider, finished at the address of another
    let (address, away) = hall.go("province");
    let back = hall.consent(&address).replace("/province/", "/citizens/");
    refused(&hall.come(&back, &away), 403, NOT_BEGUN);
    // a code of somebody else's sign-in
    let (mine, theirs) = (hall.go("province"), hall.go("province"));
    let code = |back: &str| back.split(['?', '&']).find(|pair| pair.starts_with("code=")).unwrap().to_owned();
    let (own, other) = (hall.consent(&mine.0), hall.consent(&theirs.0));
    let mixed = own.replace(&code(&own), &code(&other));
    refused(&hall.come(&mixed, &mine.1), 403, DECLINED);
}

fn providers_that_cannot_be_used(database: &Database) {
    let hall = hall(database);
    let go = || send(hall.desk.to, "POST", "/login/oidc/province", &Shown::Nothing, FORM_BODY, "");
    for mischief in [Mischief::OtherIssuerOfItself, Mischief::PlainEndpoints, Mischief::Huge] {
        hall.provider.does(mischief);
        refused(&go(), 503, SILENT);
        // left alone for a while, and asked again
        let asked = hall.provider.asked("/realm/.well-known/openid-configuration");
        refused(&go(), 503, SILENT);
        assert_eq!(hall.provider.asked("/realm/.well-known/openid-configuration"), asked, "{mischief:?}");
        hall.desk.house.clock.advance_seconds(6);
    }
    for mischief in [Mischief::OwnFault, Mischief::RedirectsElsewhere, Mischief::Silent] {
        hall.provider.does(Mischief::Nothing);
        let (address, away) = hall.go("province");
        hall.provider.does(mischief);
        refused(&hall.come(&hall.consent(&address), &away), 503, SILENT);
    }
    assert_eq!(hall.provider.asked("/realm/elsewhere"), 0);
    hall.provider.does(Mischief::Nothing);
    assert_eq!(hall.sign_in("province").status, 200);
}

fn keys_that_change(database: &Database) {
    let hall = hall(database);
    assert_eq!(hall.sign_in("province").status, 200);
    hall.desk.house.clock.advance_seconds(31);
    hall.provider.rotates();
    assert_eq!(hall.sign_in("province").status, 200, "a key that is not known yet is asked for");
    assert_eq!(hall.provider.asked("/realm/keys"), 2);
    // and not for every stranger's token
    hall.provider.does(Mischief::UnknownKey);
    for _ in 0..5 {
        refused(&hall.sign_in("province"), 403, DECLINED);
    }
    assert_eq!(hall.provider.asked("/realm/keys"), 2);
    hall.desk.house.clock.advance_seconds(31);
    refused(&hall.sign_in("province"), 403, DECLINED);
    assert_eq!(hall.provider.asked("/realm/keys"), 3);
    hall.provider.does(Mischief::Nothing);
    hall.desk.house.clock.advance_seconds(3601);
    assert_eq!(hall.sign_in("province").status, 200);
    assert_eq!(hall.provider.asked("/realm/.well-known/openid-configuration"), 2, "kept for an hour");
}

fn once_and_in_the_browser_that_began(database: &Database) {
    let hall = hall(database);
    let (address, away) = hall.go("province");
    let back = hall.consent(&address);
    // another browser, one with another sign-in, and another state
    refused(&hall.come(&back, ""), 403, NOT_BEGUN);
    refused(&hall.come(&back, &hall.go("province").1), 403, NOT_BEGUN);
    let altered = back.replace("state=", "state=A");
    refused(&hall.come(&altered, &away), 403, NOT_BEGUN);
    for without in [
        "/login/oidc/province/callback?code=a",
        "/login/oidc/province/callback",
        "/login/oidc/province/callback?state=",
    ] {
        refused(&hall.come(without, &away), 403, NOT_BEGUN);
    }
    assert_eq!(hall.provider.asked("/realm/token"), 0);
    assert_eq!(hall.come(&back, &away).status, 200);
    refused(&hall.come(&back, &away), 403, NOT_BEGUN);
    assert_eq!(hall.provider.asked("/realm/token"), 1, "a code is shown once");
    // too late
    let (address, away) = hall.go("province");
    let back = hall.consent(&address);
    hall.desk.house.clock.advance_seconds(600);
    refused(&hall.come(&back, &away), 403, NOT_BEGUN);
    // of two of the same state one gets in
    let (address, away) = hall.go("province");
    let back = hall.consent(&address);
    let to = hall.desk.to;
    let both: Vec<_> = (0..2)
        .map(|_| {
            let (back, away) = (back.clone(), away.clone());
            std::thread::spawn(move || come(to, &back, &away).status)
        })
        .collect();
    let mut statuses: Vec<_> = both.into_iter().map(|one| one.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 403]);
}
