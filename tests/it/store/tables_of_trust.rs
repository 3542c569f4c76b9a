//! Trust lists of other localities, who accepted them, what their registers answered.

use super::rows::*;
use crate::support::database::Database;
use yinxin::store::{
    StoreError, revocation,
    trust::{self, ForeignStanding, ListAcceptance, StoredList, TrustOperator},
};

on_both!(operators_and_their_lists, each_person_accepts_once, the_latest_answer_is_kept, latest_of_every_issuer);

fn operator(number: u32) -> TrustOperator {
    TrustOperator {
        id: id(9, number),
        name: format!("属地{number}"),
        key: vec![0x30, 0x59],
        list_address: Some("https://a.example/trust-list.json".to_owned()),
        status_address: None,
        revocation_address: None,
        added_by_kind: "system".to_owned(),
        added_by_id: "uid:0".to_owned(),
        added_at: 5,
        named_by: None,
    }
}

fn list(number: u32, operator: &TrustOperator, state: &str) -> StoredList {
    StoredList {
        id: id(10, number),
        operator_id: operator.id.clone(),
        sequence: number.into(),
        sm3: vec![number.to_be_bytes()[3]; 32],
        octets: b"{}".to_vec(),
        signature: vec![0x30],
        received_at: 7,
        state: state.to_owned(),
    }
}

fn operators_and_their_lists(database: &Database) {
    let store = database.store();
    let (one, two) = (operator(1), operator(2));
    store
        .write(|c| {
            trust::insert_operator(c, &operator(2))?;
            trust::insert_operator(c, &operator(1))?;
            assert!(trust::insert_list(c, &list(1, &operator(1), trust::ACCEPTED))?);
            assert!(trust::insert_list(c, &list(2, &operator(1), trust::PROPOSED))?);
            let same = StoredList { id: id(10, 9), ..list(2, &operator(1), trust::PROPOSED) };
            assert!(!trust::insert_list(c, &same)?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let named = TrustOperator { id: id(9, 3), ..operator(1) };
    let taken = store.write(move |c| trust::insert_operator(c, &named));
    assert_eq!(taken, Err(StoreError::Conflict { constraint: "trust_operators_name".to_owned() }));
    let orphan = store.write(|c| trust::insert_list(c, &list(7, &operator(7), trust::PROPOSED)));
    assert_eq!(orphan, Err(StoreError::Reference));
    let odd = store.write(|c| trust::insert_list(c, &list(8, &operator(1), "odd")));
    assert!(matches!(odd, Err(StoreError::Broken(_))), "{odd:?}");
    store
        .read(|c| {
            assert_eq!(trust::operators(c, 9)?, [one.clone(), two.clone()]);
            assert_eq!(trust::operators(c, 1)?, std::slice::from_ref(&one));
            assert_eq!(trust::operator_by_name(c, "属地2")?, Some(two));
            assert_eq!(trust::operator_by_name(c, "属地3")?, None);
            assert_eq!(trust::list_in(c, &one.id, trust::ACCEPTED)?, Some(list(1, &one, trust::ACCEPTED)));
            assert_eq!(trust::list_by_sm3(c, &one.id, &[2; 32])?.map(|list| list.sequence), Some(2));
            assert_eq!(trust::accepted_ids(c)?, [id(10, 1)]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let moved = store.write(|c| {
        Ok::<_, StoreError>([
            trust::set_list_state(c, &id(10, 1), trust::ACCEPTED, trust::REPLACED)?,
            trust::set_list_state(c, &id(10, 1), trust::ACCEPTED, trust::REPLACED)?,
            trust::set_list_state(c, &id(10, 2), trust::PROPOSED, trust::ACCEPTED)?,
        ])
    });
    assert_eq!(moved, Ok([true, false, true]));
    assert_eq!(store.read(trust::accepted_ids), Ok(vec![id(10, 2)]));
}

fn each_person_accepts_once(database: &Database) {
    let store = database.store();
    let by = |number: u32, at: i64| ListAcceptance { list_id: id(10, 1), person_id: id(2, number), accepted_at: at };
    let accepted = store.write(move |c| {
        two_bodies(c)?;
        trust::insert_operator(c, &operator(1))?;
        trust::insert_list(c, &list(1, &operator(1), trust::PROPOSED))?;
        Ok::<_, StoreError>([trust::insert_acceptance(c, &by(1, 5))?, trust::insert_acceptance(c, &by(1, 6))?])
    });
    assert_eq!(accepted, Ok([true, false]));
    assert_eq!(store.read(|c| trust::acceptances(c, &id(10, 1))), Ok(vec![by(1, 5)]));
    let stranger = store.write(move |c| trust::insert_acceptance(c, &by(9, 7)));
    assert_eq!(stranger, Err(StoreError::Reference));
}

fn the_latest_answer_is_kept(database: &Database) {
    let store = database.store();
    let answer = |as_of: i64, octets: &[u8]| ForeignStanding {
        operator_id: operator(1).id,
        identifier: "1.2.156".to_owned(),
        octets: octets.to_vec(),
        signature: vec![0x30],
        as_of,
    };
    store
        .write(move |c| {
            trust::insert_operator(c, &operator(1))?;
            trust::keep_standing(c, &answer(10, b"first"))?;
            trust::keep_standing(c, &answer(20, b"second"))?;
            trust::keep_standing(c, &answer(15, b"late"))
        })
        .unwrap();
    let find = || store.read(|c| trust::find_standing(c, &operator(1).id, "1.2.156")).unwrap();
    assert_eq!(find(), Some(answer(20, b"second")));
    assert_eq!(store.write(|c| trust::delete_standings_before(c, 20)), Ok(0));
    assert_eq!(store.write(|c| trust::delete_standings_before(c, 21)), Ok(1));
    assert_eq!(find(), None);
}

fn latest_of_every_issuer(database: &Database) {
    let store = database.store();
    let row = |issuer: u8, number: i64| revocation::RevocationList {
        issuer_digest: vec![issuer; 32],
        number,
        der: vec![issuer],
        this_update: number,
        next_update: number + 1,
        recorded_at: 3,
    };
    store
        .write(move |c| {
            for (issuer, number) in [(2, 1), (1, 9), (1, 10)] {
                revocation::insert(c, &row(issuer, number))?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(store.read(revocation::latest_of_all), Ok(vec![row(1, 10), row(2, 1)]));
}
