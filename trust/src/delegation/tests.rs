//! Delegations by hand, and the tables whole.

use super::*;
use crate::base::{Day, Moment};
use std::collections::{BTreeMap, BTreeSet};

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn step(kind: &str, id: &str) -> Step {
    Step { by: By { kind: kind.into(), id: id.into() }, at: Moment::from_unix_seconds(1_790_000_000).unwrap() }
}

fn scope(of: &[(&str, &[&str])], matter: &str) -> Result<Scope, ScopeOffence> {
    let names = |names: &[&str]| names.iter().map(|name| Box::from(*name)).collect::<BTreeSet<Box<str>>>();
    let fields: BTreeMap<Box<str>, BTreeSet<Box<str>>> =
        of.iter().map(|(licence, fields)| (Box::from(*licence), names(fields))).collect();
    Scope::these(fields, matter.parse().unwrap())
}

fn some() -> Scope {
    scope(&[("food", &["name", "place"]), ("tax", &["name"])], "年度备案").unwrap()
}

const TODAY: &str = "2026-11-30";

fn given(basis: Basis) -> Delegation {
    let scope = match basis {
        Basis::Minor | Basis::Ward => Scope::Everything,
        Basis::Administrator => Scope::Appointing,
        _ => some(),
    };
    Delegation::open(basis, scope, (day("2026-12-01"), day("2026-12-31")), step("holder", "p"), day(TODAY)).unwrap()
}

fn agreed(basis: Basis) -> Delegation {
    let mut one = given(basis);
    one.settle(step("person", "second"), true, day(TODAY)).unwrap();
    one
}

#[test]
fn from_being_given_to_the_last_day() {
    let mut one = given(Basis::Online);
    for on in [TODAY, "2026-12-01", "2026-12-31"] {
        assert_eq!(one.state(day(on)), State::Waiting, "nobody accepted");
    }
    assert_eq!(one.state(day("2027-01-01")), State::Ended(End::Expired), "an offer ends too");
    one.settle(step("holder", "a"), true, day(TODAY)).unwrap();
    let states = ["2026-11-30", "2026-12-01", "2026-12-31", "2027-01-01"].map(|on| one.state(day(on)));
    assert_eq!(states, [State::NotYet, State::InForce, State::InForce, State::Ended(End::Expired)]);
    let again = one.settle(step("holder", "a"), false, day("2026-12-02"));
    assert_eq!(again, Err(DelegationRefusal::NotWaiting(State::InForce)));
}

#[test]
fn what_it_permits_and_what_is_beyond() {
    let one = agreed(Basis::Online);
    let on = day("2026-12-05");
    type Line = (&'static str, &'static [&'static str], &'static str, Result<(), Beyond>);
    let table: [Line; 9] = [
        ("food", &["name"], "年度备案", Ok(())),
        ("food", &["place", "name"], " 年度 备案", Ok(())),
        ("tax", &["name"], "年度备案", Ok(())),
        ("tax", &["place"], "年度备案", Err(Beyond::OtherField("place".into()))),
        ("food", &["name", "owner"], "年度备案", Err(Beyond::OtherField("owner".into()))),
        ("house", &["name"], "年度备案", Err(Beyond::OtherLicence)),
        ("food", &["name"], "年度备案注销", Err(Beyond::OtherMatter)),
        ("food", &["name"], "年度", Err(Beyond::OtherMatter)),
        ("food", &["name"], "", Err(Beyond::OtherMatter)),
    ];
    for (licence, fields, purpose, expected) in table {
        assert_eq!(one.permits(licence, fields.iter().copied(), purpose, on), expected, "{licence} {purpose}");
    }
    for (on, state) in [(TODAY, State::NotYet), ("2027-01-01", State::Ended(End::Expired))] {
        assert_eq!(one.permits("food", ["name"], "年度备案", day(on)), Err(Beyond::NotInForce(state)));
    }
    let waiting = given(Basis::Online).permits("food", ["name"], "年度备案", on);
    assert_eq!(waiting, Err(Beyond::NotInForce(State::Waiting)));
    assert_eq!(agreed(Basis::Minor).permits("any", ["thing"], "随便什么", on), Ok(()), "a guardian");
    let administrator = agreed(Basis::Administrator).permits("food", ["name"], "年度备案", on);
    assert_eq!(administrator, Err(Beyond::OtherLicence), "who appoints shows nothing");
}

#[test]
fn who_may_end_what() {
    use DelegationRefusal::NotTheirs;
    let revoked = Ok(State::Ended(End::Revoked));
    let laid_down = Ok(State::Ended(End::LaidDown));
    // principal, agent, office
    let table = [
        (Basis::Online, [revoked.clone(), laid_down.clone(), Err(NotTheirs)]),
        (Basis::IdentityCard, [revoked.clone(), laid_down.clone(), revoked.clone()]),
        (Basis::Letter, [revoked.clone(), laid_down.clone(), revoked.clone()]),
        (Basis::Minor, [Err(NotTheirs), Err(NotTheirs), revoked.clone()]),
        (Basis::Ward, [Err(NotTheirs), Err(NotTheirs), revoked.clone()]),
        (Basis::Organisation, [revoked.clone(), laid_down.clone(), Err(NotTheirs)]),
        (Basis::Administrator, [revoked, laid_down, Err(NotTheirs)]),
    ];
    assert_eq!(table.clone().map(|(basis, _)| basis), Basis::ALL);
    let on = day("2026-12-05");
    for (basis, expected) in table {
        for (party, expected) in [Party::Principal, Party::Agent, Party::Office].into_iter().zip(expected) {
            for mut one in [given(basis), agreed(basis)] {
                let ended = one.end(step("x", "x"), party, on).map(|()| one.state(on));
                assert_eq!(ended, expected, "{basis:?} {party:?}");
                if expected.is_ok() {
                    assert!(one.permits("food", ["name"], "年度备案", on).is_err());
                    let again = one.end(step("x", "x"), party, on);
                    assert!(matches!(again, Err(DelegationRefusal::Ended(_))), "{again:?}");
                    assert!(one.settle(step("y", "y"), true, on).is_err(), "what has ended is accepted by nobody");
                }
            }
        }
    }
    let late = agreed(Basis::Online).end(step("x", "x"), Party::Principal, day("2027-01-01"));
    assert_eq!(late, Err(DelegationRefusal::Ended(End::Expired)));
}

#[test]
fn a_second_person_decides_on_paper_and_relations() {
    for basis in Basis::ALL {
        let by_same = given(basis).settle(step("holder", "p"), true, day(TODAY));
        let second = basis.settler() == Settler::SecondPerson;
        assert_eq!(by_same, if second { Err(DelegationRefusal::OwnEntry) } else { Ok(()) }, "{basis:?}");
        let mut refused = given(basis);
        refused.settle(step("person", "second"), false, day(TODAY)).unwrap();
        let end = if second { End::Refused } else { End::Declined };
        assert_eq!(refused.state(day("2026-12-05")), State::Ended(end));
        assert_eq!(second, basis.is_weaker() || basis.is_guardianship());
    }
}

#[test]
fn what_is_never_given() {
    let open = |basis, scope, first: &str, last: &str| {
        Delegation::open(basis, scope, (day(first), day(last)), step("holder", "p"), day(TODAY)).err()
    };
    assert_eq!(open(Basis::Online, some(), TODAY, TODAY), None, "for a day");
    for basis in Basis::ALL {
        let fits =
            [Scope::Everything, Scope::Appointing, some()].map(|scope| open(basis, scope, TODAY, TODAY).is_none());
        let expected = match basis {
            Basis::Minor | Basis::Ward => [true, false, false],
            Basis::Administrator => [false, true, false],
            _ => [false, false, true],
        };
        assert_eq!(fits, expected, "{basis:?}");
    }
    assert!(matches!(
        open(Basis::Online, some(), "2026-12-02", "2026-12-01"),
        Some(DelegationRefusal::EndsBeforeItBegins { .. })
    ));
    assert!(matches!(open(Basis::Online, some(), "2026-11-29", TODAY), Some(DelegationRefusal::WorksBack { .. })));
    for (basis, longest, too_long) in [
        (Basis::Online, "2029-11-29", "2029-11-30"),
        (Basis::Letter, "2027-11-29", "2027-11-30"),
        (Basis::Organisation, "2029-11-29", "2029-11-30"),
    ] {
        assert_eq!(open(basis, some(), TODAY, longest), None, "{basis:?}");
        let most_years = basis.most_years();
        assert_eq!(open(basis, some(), TODAY, too_long), Some(DelegationRefusal::TooLong { most_years }), "{basis:?}");
    }
    assert_eq!(open(Basis::Ward, Scope::Everything, TODAY, "2031-11-29"), None);
    assert!(open(Basis::Ward, Scope::Everything, TODAY, "2031-11-30").is_some());

    assert_eq!(scope(&[], "x"), Err(ScopeOffence::NoLicence));
    assert_eq!(scope(&[("food", &[])], "x"), Err(ScopeOffence::NoField));
    let many: Vec<String> = (0..=MOST_LICENCES).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &[&str])> = many.iter().map(|id| (id.as_str(), &["name"][..])).collect();
    assert_eq!(scope(&many, "x"), Err(ScopeOffence::TooMuch));
    assert!(scope(&many[1..], "x").is_ok());
}

#[test]
fn matters_are_the_same_by_their_characters() {
    let is = |matter: &str, purpose: &str| matter.parse::<Matter>().unwrap().is(purpose);
    for same in ["年度备案（食品）A1", "年度备案(食品)Ａ１", " 年度备案 （食品） a1 "] {
        assert!(is("年度备案（食品）A1", same), "{same}");
    }
    for other in ["年度备案", "年度備案（食品）A1", "年度备案（食品）A1。", ""] {
        assert!(!is("年度备案（食品）A1", other), "{other}");
    }
    let long = "事".repeat(201);
    for none in ["", " \u{3000}", "a\nb", "a\u{202e}b", &long] {
        assert_eq!(none.parse::<Matter>().unwrap_err(), MatterOffence, "{none:?}");
    }
    assert_eq!(" 年检 ".parse::<Matter>().unwrap().as_str(), "年检");
    assert!("事".repeat(200).parse::<Matter>().is_ok());
}

#[test]
fn of_age_on_the_eighteenth_birthday() {
    for (born, last) in [
        ("2010-06-01", "2028-05-31"),
        ("2010-01-01", "2027-12-31"),
        ("2008-02-29", "2026-02-28"),
        ("2012-02-29", "2030-02-28"),
    ] {
        assert_eq!(last_day_of_minority(day(born)), Some(day(last)), "{born}");
    }
    assert_eq!(last_day_of_minority(Day::LAST), None);
}

#[test]
fn words_there_and_back() {
    for basis in Basis::ALL {
        assert_eq!(Basis::of_word(basis.as_str()), Some(basis));
    }
    for end in End::ALL {
        assert_eq!(End::of_word(end.as_str()), Some(end));
    }
    assert_eq!((Basis::of_word("x"), End::of_word("x")), (None, None));
}

#[test]
fn a_copy_is_named_or_there_is_none() {
    let on = day("2026-12-05");
    let without = agreed(Basis::Online);
    assert_eq!(without.permits_copy("food", ["name", "place"], on), Err(Beyond::NoCopies));
    let step = || step("holder", "p");
    let open = |basis, scope: Scope| {
        let days = (day("2026-12-01"), day("2026-12-31"));
        Delegation::open(basis, scope, days, step(), day(TODAY)).unwrap()
    };
    let mut named = open(Basis::Online, some().with_copies());
    let waits = named.permits_copy("food", ["name"], on);
    assert_eq!(waits, Err(Beyond::NotInForce(State::Waiting)));
    named.settle(step(), true, day(TODAY)).unwrap();
    assert_eq!(named.permits_copy("food", ["name", "place"], on).map(Matter::as_str), Ok("年度备案"));
    // a copy shows the whole licence
    assert_eq!(named.permits_copy("tax", ["name", "place"], on), Err(Beyond::OtherField("place".into())));
    assert_eq!(named.permits_copy("house", ["name"], on), Err(Beyond::OtherLicence));
    assert_eq!(
        named.permits_copy("food", ["name"], day("2027-01-01")),
        Err(Beyond::NotInForce(State::Ended(End::Expired)))
    );
    named.end(step(), Party::Principal, on).unwrap();
    assert_eq!(named.permits_copy("food", ["name"], on), Err(Beyond::NotInForce(State::Ended(End::Revoked))));
    // what covers everything, or appoints, names none
    for basis in [Basis::Minor, Basis::Ward, Basis::Administrator] {
        assert_eq!(agreed(basis).permits_copy("food", ["name"], on), Err(Beyond::NoCopies), "{basis:?}");
    }
    assert!(!Scope::Everything.with_copies().names_copies() && !Scope::Appointing.with_copies().names_copies());
}
