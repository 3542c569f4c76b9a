use super::*;
use crate::{
    KeyAlgorithm, KeyOrder, KeyStore as _, Limits, Purpose, SignRequest, ToSign, place::testing::Scratch, soft::Ways,
    stretch::Cost,
};
use std::fs;

const SMALL: Ways = Ways { cost: Cost { memory_kib: 8, passes: 1, lanes: 1 }, write: crate::place::WRITE };
const OLD: &str = "the passphrase of the old machine";
const NEW: &str = "the passphrase of the new machine";

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.into(), "a test").unwrap()
}

fn now() -> Moment {
    Moment::from_utc(2026, 11, 29, 9, 0, 0).unwrap()
}

fn store(scratch: &Scratch, name: &str, passphrase: &str) -> SoftStore {
    let folder = scratch.path().join(name);
    crate::place::Folder::create(&folder).unwrap();
    SoftStore::open_with(&folder, &phrase(passphrase), SMALL).unwrap()
}

fn sign(store: &SoftStore, key: &KeyReference, purpose: Purpose) -> Result<(), KeyError> {
    store.sign(key, &SignRequest::new(purpose, ToSign::Message(b"m"), now())).map(|_| ())
}

/// Shares as their holders hand them in.
fn handed(backup: &Backup, places: &[usize]) -> Vec<Share> {
    places.iter().map(|place| Share::read(&backup.shares[*place].to_text(), place + 1).unwrap()).collect()
}

fn split(needed: u8, shares: u8) -> Split {
    Split::new(needed, shares).unwrap()
}

/// The backup's fault behind an error of custody.
fn fault(error: KeyError) -> BackupFault {
    match error {
        KeyError::Soft(SoftError::Backup(fault)) => fault,
        other => panic!("not of the backup: {other}"),
    }
}

#[test]
fn keys_come_back_on_another_machine_under_another_passphrase() {
    let scratch = Scratch::new();
    let old = store(&scratch, "old", OLD);
    let seal = old.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let other = old.generate(&KeyOrder::new(KeyAlgorithm::EcdsaP256Sha256, Purpose::Receipts), now()).unwrap();
    let asleep = old.generate(&KeyOrder::new(KeyAlgorithm::Ed25519, Purpose::Data), now()).unwrap();
    old.set_state(&asleep.reference, KeyState::Suspended).unwrap();
    let limits = Limits { most_uses: Some(9), ..Limits::default() };
    let counted = old.generate(&KeyOrder::sm2(Purpose::Stamper).limited(limits), now()).unwrap();
    let backup = old.backup(&phrase(OLD), split(2, 3), now()).unwrap();
    assert_eq!(backup.keys.len(), 3);
    assert_eq!(backup.left_out, [counted.reference]);
    assert!(backup.octets.len() < LONGEST_BACKUP);

    let facts = BackupFacts::read(&backup.octets).unwrap();
    assert_eq!((facts.needed, facts.shares, facts.made), (2, 3, now()));
    assert_eq!((facts.keys, facts.set), (backup.keys.clone(), backup.shares[0].set()));

    let new = store(&scratch, "new", NEW);
    let own = new.generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let restored = new.restore(&backup.octets, &handed(&backup, &[2, 0])).unwrap();
    assert_eq!(restored.len(), 3);
    drop(new);
    let new = SoftStore::open_with(&scratch.path().join("new"), &phrase(NEW), SMALL).unwrap();
    assert_eq!(new.list().unwrap().len(), 4);
    for key in [&seal, &other] {
        assert_eq!(new.describe(&key.reference).unwrap(), *key);
        sign(&new, &key.reference, key.purpose).unwrap();
    }
    sign(&new, &own.reference, Purpose::Ca).unwrap();
    let still = sign(&new, &asleep.reference, Purpose::Data).unwrap_err();
    assert!(matches!(still, KeyError::State { state: KeyState::Suspended, .. }), "{still}");
}

#[test]
fn neither_secrets_nor_the_split_secret_are_in_it() {
    let scratch = Scratch::new();
    let store = store(&scratch, "old", OLD);
    store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let backup = store.backup(&phrase(OLD), split(2, 2), now()).unwrap();
    let secret = split::combine(&backup.octets[20..28].try_into().unwrap(), &handed(&backup, &[0, 1])).unwrap();
    let holds = |needle: &[u8]| backup.octets.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(secret.as_slice()) && !holds(&sm3::hmac(secret.as_slice(), FILES)));
    let again = store.backup(&phrase(OLD), split(2, 2), now()).unwrap();
    assert_ne!(backup.octets, again.octets);
    assert_ne!(backup.shares[0].set(), again.shares[0].set());
    let crossed = fault(store.restore(&backup.octets, &handed(&again, &[0, 1])).unwrap_err());
    assert!(matches!(crossed, BackupFault::Split(SplitFault::OtherSet { .. })), "{crossed}");
}

#[test]
fn too_few_or_wrong_shares_open_nothing() {
    let scratch = Scratch::new();
    let old = store(&scratch, "old", OLD);
    let key = old.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let backup = old.backup(&phrase(OLD), split(3, 4), now()).unwrap();
    let new = store(&scratch, "new", NEW);
    let few = fault(new.restore(&backup.octets, &handed(&backup, &[1, 3])).unwrap_err());
    assert!(matches!(few, BackupFault::Split(SplitFault::TooFew { have: 2, needed: 3 })), "{few}");

    // a holder who changes the value and mends the checksum
    let text = backup.shares[0].to_text().replace('-', "").replace("yinxinshare", "");
    let mut octets = hex::decode(text).unwrap();
    octets[20] ^= 1;
    let end = octets.len() - 4;
    let sum = sm3::digest(&octets[..end]);
    octets[end..].copy_from_slice(&sum[..4]);
    let mut shares = handed(&backup, &[1, 2]);
    shares.push(Share::read(&format!("yinxin-share-{}", hex::encode(octets)), 3).unwrap());
    let wrong = fault(new.restore(&backup.octets, &shares).unwrap_err());
    assert!(matches!(wrong, BackupFault::Split(SplitFault::Wrong)), "{wrong}");
    assert!(new.list().unwrap().is_empty() && new.describe(&key.reference).is_err(), "nothing was put in");
}

#[test]
fn every_cut_and_every_changed_octet_is_refused() {
    let scratch = Scratch::new();
    let old = store(&scratch, "old", OLD);
    old.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let backup = old.backup(&phrase(OLD), split(2, 2), now()).unwrap();
    let new = store(&scratch, "new", NEW);
    let refused = |octets: &[u8]| fault(new.restore(octets, &handed(&backup, &[0, 1])).unwrap_err());
    for length in 0..backup.octets.len() {
        let fault = refused(&backup.octets[..length]);
        assert!(matches!(fault, BackupFault::NotABackup | BackupFault::Altered), "{length}: {fault}");
    }
    for place in 0..backup.octets.len() {
        let mut octets = backup.octets.clone();
        octets[place] ^= 1;
        let fault = refused(&octets);
        let right = match place {
            0..18 => matches!(fault, BackupFault::NotABackup),
            18..20 => matches!(fault, BackupFault::Version(_)),
            20..28 => matches!(fault, BackupFault::Split(SplitFault::OtherSet { .. })),
            38..70 => matches!(fault, BackupFault::Split(SplitFault::Wrong)),
            _ => matches!(fault, BackupFault::Altered),
        };
        assert!(right, "{place}: {fault}");
    }
    new.restore(&backup.octets, &handed(&backup, &[0, 1])).unwrap();
}

#[test]
fn what_is_there_or_was_destroyed_does_not_come_back() {
    let scratch = Scratch::new();
    let store = store(&scratch, "old", OLD);
    let key = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let gone = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let backup = store.backup(&phrase(OLD), split(2, 2), now()).unwrap();
    let known = |state| {
        let error = store.restore(&backup.octets, &handed(&backup, &[0, 1])).unwrap_err();
        matches!(&error, KeyError::Book(BookFault::Known { state: found, .. }) if *found == state)
    };
    assert!(known(KeyState::Active));
    store.destroy(&gone.reference).unwrap();
    store.destroy(&key.reference).unwrap();
    assert!(known(KeyState::Destroyed));
    assert!(store.list().unwrap().is_empty());
}

#[test]
fn a_restoring_that_was_cut_off_goes_on() {
    let scratch = Scratch::new();
    let old = store(&scratch, "old", OLD);
    let keys: Vec<_> =
        (0..3).map(|_| old.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap().reference).collect();
    let backup = old.backup(&phrase(OLD), split(2, 2), now()).unwrap();
    let folder = scratch.path().join("new");
    let shares = || handed(&backup, &[0, 1]);
    store(&scratch, "new", NEW).restore(&backup.octets, &shares()).unwrap();
    // as after a crash between the book and the files
    for key in &keys[1..] {
        let KeyReference::Soft(id) = key else { panic!("not soft") };
        fs::remove_file(folder.join(name_of(*id))).unwrap();
    }
    let new = SoftStore::open_with(&folder, &phrase(NEW), SMALL).unwrap();
    assert_eq!(new.list().unwrap().len(), 1);
    let rest = new.restore(&backup.octets, &shares()).unwrap();
    assert_eq!(rest.iter().map(|key| key.reference.clone()).collect::<Vec<_>>(), sorted(&keys[1..]));
    let there = new.restore(&backup.octets, &shares()).unwrap_err();
    assert!(matches!(there, KeyError::Book(BookFault::Known { state: KeyState::Active, .. })), "{there}");
    for key in &keys {
        sign(&new, key, Purpose::Stamper).unwrap();
    }
}

fn sorted(keys: &[KeyReference]) -> Vec<KeyReference> {
    let mut keys = keys.to_vec();
    keys.sort();
    keys
}

#[test]
fn the_passphrase_is_asked_and_an_empty_store_is_told() {
    let scratch = Scratch::new();
    let empty = store(&scratch, "empty", OLD);
    let none = fault(empty.backup(&phrase(OLD), split(2, 2), now()).unwrap_err());
    assert!(matches!(none, BackupFault::Empty), "{none}");
    empty.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    let wrong = empty.backup(&phrase(NEW), split(2, 2), now()).unwrap_err();
    assert!(matches!(wrong, KeyError::Soft(SoftError::WrongPassphrase(_))), "{wrong}");
}
