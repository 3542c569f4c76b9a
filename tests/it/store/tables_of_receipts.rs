//! Receipts of verifications, and what verdicts were made of.

use super::rows::*;
use crate::support::database::Database;
use yinxin::store::{
    StoreError,
    evidence::{self, DocumentEvidence, EvidencePiece},
    receipts::{self, Receipt},
};

on_both!(a_piece_is_kept_once, a_receipt_is_signed_once, what_nobody_signed_is_cleared);

fn piece(octet: u8) -> EvidencePiece {
    EvidencePiece { sm3: vec![octet; 32], kind: "rules".to_owned(), octets: vec![octet; 3] }
}

fn receipt(number: u32, made_at: i64) -> Receipt {
    Receipt {
        number: format!("{number:016x}"),
        body_id: body(1).id,
        made_at,
        actor_kind: "person".to_owned(),
        actor_id: "p".to_owned(),
        content: b"{}".to_vec(),
        manifest_sm3: vec![1; 32],
        standing: Some(b"{}".to_vec()),
        signed_standing: None,
        seals: None,
        signed: None,
    }
}

fn a_piece_is_kept_once(database: &Database) {
    let store = database.store();
    store
        .write(|c| {
            evidence::put(c, &[piece(1), piece(2)])?;
            // of another process, at the same time
            evidence::put(c, &[EvidencePiece { octets: vec![9], ..piece(1) }, piece(3)])?;
            assert!(evidence::has(c, &[1; 32])? && !evidence::has(c, &[4; 32])?);
            let there = evidence::those_kept(c, &[&[1; 32], &[4; 32], &[3; 32]])?;
            assert_eq!(there.into_iter().collect::<Vec<_>>(), [vec![1; 32], vec![3; 32]]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let found = store.read(|c| evidence::get(c, &[1; 32])).unwrap();
    assert_eq!(found, Some(piece(1)), "the first stays");
    let all = store.read(|c| evidence::get_all(c, &[&[2; 32], &[5; 32]])).unwrap();
    assert_eq!(all.into_values().collect::<Vec<_>>(), [piece(2)]);
    let orphan = DocumentEvidence { version_id: "none".to_owned(), at: 1, manifest_sm3: vec![1; 32] };
    assert_eq!(
        store.write(move |c| evidence::put_of_documents(c, std::slice::from_ref(&orphan))),
        Err(StoreError::Reference)
    );
    assert_eq!(store.read(|c| evidence::of_version(c, "none")).unwrap(), None);
}

fn a_receipt_is_signed_once(database: &Database) {
    let store = database.store();
    let unknown = store.write(|c| receipts::insert(c, &receipt(1, 5)));
    assert_eq!(unknown, Err(StoreError::Reference), "neither body nor evidence is there");
    store
        .write(|c| {
            yinxin::store::bodies::insert(c, &body(1))?;
            evidence::put(c, &[piece(1)])?;
            receipts::insert(c, &receipt(1, 5))
        })
        .unwrap();
    let again = store.write(|c| receipts::insert(c, &receipt(1, 6)));
    assert_eq!(again, Err(StoreError::Conflict { constraint: "receipts_number".to_owned() }));
    let (own, number) = (body(1).id, receipt(1, 5).number);
    assert_eq!(store.read(|c| receipts::find(c, &own, &number)).unwrap(), Some(receipt(1, 5)));
    assert_eq!(store.read(|c| receipts::find(c, "other", &number)).unwrap(), None);
    assert_eq!(store.read(|c| receipts::find_signed(c, &number)).unwrap(), None);
    for (octets, first) in [(b"one", true), (b"two", false)] {
        let number = number.clone();
        assert_eq!(store.write(move |c| receipts::sign(c, &number, octets)), Ok(first));
    }
    assert_eq!(store.write(|c| receipts::sign(c, "none", b"x")), Ok(false));
    let signed = store.read(|c| receipts::find_signed(c, &number)).unwrap().unwrap();
    assert_eq!(signed.signed.as_deref(), Some(&b"one"[..]));
}

fn what_nobody_signed_is_cleared(database: &Database) {
    let store = database.store();
    store
        .write(|c| {
            yinxin::store::bodies::insert(c, &body(1))?;
            evidence::put(c, &[piece(1)])?;
            for (number, made_at) in [(1, 5), (2, 5), (3, 9)] {
                receipts::insert(c, &receipt(number, made_at))?;
            }
            assert!(receipts::sign(c, &receipt(2, 5).number, b"signed")?);
            assert_eq!(receipts::delete_unsigned_before(c, 9)?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let left: Vec<bool> = [1, 2, 3]
        .map(|number| store.read(|c| receipts::find(c, &body(1).id, &receipt(number, 0).number)).unwrap().is_some())
        .to_vec();
    assert_eq!(left, [false, true, true]);
}
