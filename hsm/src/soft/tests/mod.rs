mod kinds;

use super::*;
use crate::{Purpose, SignRequest, SignatureValue, ToSign, place::testing::Scratch};

use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::fs::{PermissionsExt as _, symlink},
    process::{Child, Command, Stdio},
    thread,
};
use yinxin_trust::{
    asn1::Deviations,
    sm::{sm2, sm3},
    suite::{Algorithm, PublicKey},
};

const SMALL: Ways = Ways { cost: Cost { memory_kib: 8, passes: 1, lanes: 1 }, write: WRITE };
const PHRASE: &str = "a passphrase of tests";

fn phrase(text: &str) -> Passphrase {
    Passphrase::new(text.into(), "a test").unwrap()
}

fn open(folder: &Path) -> Result<SoftStore, KeyError> {
    SoftStore::open_with(folder, &phrase(PHRASE), SMALL)
}

fn now() -> Moment {
    Moment::from_utc(2026, 11, 22, 1, 2, 3).unwrap()
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn file_of(folder: &Path, key: &KeyDescription) -> PathBuf {
    let KeyReference::Soft(id) = &key.reference else { panic!("not soft") };
    folder.join(format!("{id}.key"))
}

fn mode(path: &Path, bits: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
}

fn soft(refused: Result<SoftStore, KeyError>) -> SoftError {
    match refused {
        Err(KeyError::Soft(error)) => error,
        other => panic!("not refused by the store: {other:?}"),
    }
}

fn place(refused: Result<SoftStore, KeyError>) -> PlaceError {
    match refused {
        Err(KeyError::Soft(SoftError::Place(error)) | KeyError::Book(BookFault::Place(error))) => error,
        other => panic!("not refused for its place: {other:?}"),
    }
}

/// Signs `message` for `purpose` and lets trust verify the octets.
fn signs(store: &SoftStore, key: &KeyDescription, purpose: Purpose, message: &[u8]) {
    let request = SignRequest::new(purpose, ToSign::Message(message), now());
    let value = store.sign(&key.reference, &request).unwrap().to_octets();
    let mut deviations = Deviations::default();
    assert_eq!(key.public_key.as_ref().unwrap().verify(Algorithm::Sm2Sm3, message, &value, &mut deviations), Ok(()));
    assert!(deviations.first().is_none());
    assert!(key.public_key.as_ref().unwrap().verify(Algorithm::Sm2Sm3, b"another", &value, &mut deviations).is_err());
}

#[test]
fn keys_sign_and_outlive_the_store() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let made: Vec<_> =
        Purpose::ALL.into_iter().map(|purpose| store.generate(&KeyOrder::sm2(purpose), now()).unwrap()).collect();
    for (key, purpose) in made.iter().zip(Purpose::ALL) {
        assert_eq!((key.purpose, key.created, key.state), (purpose, Some(now()), KeyState::Active));
        signs(&store, key, purpose, b"before");
    }
    let listed = store.list().unwrap();
    assert_eq!(listed.len(), made.len());
    assert!(made.iter().all(|key| listed.contains(key)));
    drop(store);

    let store = open(scratch.path()).unwrap();
    assert_eq!(store.list().unwrap(), listed);
    for key in &listed {
        assert_eq!(store.describe(&key.reference).unwrap(), *key);
        assert_eq!(key.reference.to_string().parse(), Ok(key.reference.clone()));
        signs(&store, key, key.purpose, b"after");
    }
    // a key taken out signs without the folder
    let signer = store.signer(&listed[0].reference).unwrap();
    drop(store);
    let request = SignRequest::new(listed[0].purpose, ToSign::Message(b"m"), now());
    assert_eq!(signer.description(), &listed[0]);
    signer.sign(&request).unwrap();
}

#[test]
fn the_standard_cost_opens_too() {
    let scratch = Scratch::new();
    let folder = scratch.path().join("keys");
    let store = SoftStore::create(&folder, &phrase(PHRASE)).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    drop(store);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o7777, 0o700);
    assert_eq!(fs::metadata(file_of(&folder, &key)).unwrap().permissions().mode() & 0o7777, 0o600);
    let store = SoftStore::create(&folder, &phrase(PHRASE)).unwrap();
    signs(&store, &key, Purpose::Ca, b"m");
}

#[test]
fn a_digest_is_signed_as_it_is() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::SealMaker), now()).unwrap();
    let Some(PublicKey::Sm2(public)) = &key.public_key else { panic!("not SM2") };
    let e = public.message_digest(b"another id", b"m").unwrap();
    let request = SignRequest::new(Purpose::SealMaker, ToSign::Digest(&e), now());
    let SignatureValue::Sm2(first) = store.sign(&key.reference, &request).unwrap() else { panic!("not SM2") };
    assert!(public.verify(b"another id", b"m", &first));
    assert!(!public.verify(sm2::DEFAULT_ID, b"m", &first));
    let SignatureValue::Sm2(second) = store.sign(&key.reference, &request).unwrap() else { panic!("not SM2") };
    assert_ne!(first, second, "fresh randomness for every signature");
}

#[test]
fn a_key_signs_for_its_purpose_only() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    for purpose in Purpose::ALL {
        let key = store.generate(&KeyOrder::sm2(purpose), now()).unwrap();
        for asked in Purpose::ALL.into_iter().filter(|asked| *asked != purpose) {
            let request = SignRequest::new(asked, ToSign::Message(b"m"), now());
            let error = store.sign(&key.reference, &request).unwrap_err();
            assert!(matches!(&error, KeyError::Purpose { key: k, .. } if *k == key.reference), "{error}");
            assert_eq!(
                error.to_string(),
                format!("key {} is for {purpose} and refuses to sign for {asked}", key.reference)
            );
        }
    }
    let none: KeyReference = "soft:0000000000000000".parse().unwrap();
    assert!(matches!(store.describe(&none), Err(KeyError::Unknown(_))));
    assert!(matches!(store.signer(&none), Err(KeyError::Unknown(_))));
}

#[test]
fn a_wrong_passphrase_is_named() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let error = soft(SoftStore::open_with(scratch.path(), &phrase("another passphrase"), SMALL));
    assert!(matches!(&error, SoftError::WrongPassphrase(path) if *path == file_of(scratch.path(), &key)), "{error}");
    assert!(!error.to_string().contains("another"));
    // nothing was changed, nothing stays locked
    open(scratch.path()).unwrap();
}

#[test]
fn a_damaged_file_is_named() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let path = file_of(scratch.path(), &key);
    let sound = fs::read(&path).unwrap();
    for place in 0..sound.len() {
        let mut octets = sound.clone();
        octets[place] ^= 0x10;
        fs::write(&path, &octets).unwrap();
        let error = soft(open(scratch.path()));
        assert!(matches!(&error, SoftError::File { path: named, .. } if *named == path), "octet {place}: {error}");
        fs::write(&path, &sound[..place]).unwrap();
        let error = soft(open(scratch.path()));
        assert!(matches!(&error, SoftError::File { fault: FileFault::Length { .. }, .. }), "{place} octets: {error}");
    }
    fs::write(&path, [sound.as_slice(), &[0; 5000]].concat()).unwrap();
    assert!(matches!(place(open(scratch.path())), PlaceError::TooLong { .. }));
    fs::write(&path, &sound).unwrap();
    open(scratch.path()).unwrap();
}

#[test]
fn a_file_under_another_name_is_refused() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let path = file_of(scratch.path(), &key);
    for name in ["0000000000000000.key", "copy.key", "0123456789ABCDEF.key", ".key"] {
        let other = scratch.path().join(name);
        fs::copy(&path, &other).unwrap();
        let error = soft(open(scratch.path()));
        assert!(matches!(&error, SoftError::Name { path } if *path == other), "{name}: {error}");
        fs::remove_file(other).unwrap();
    }
    fs::write(scratch.path().join("README"), "not ours").unwrap();
    open(scratch.path()).unwrap();
}

#[test]
fn files_of_another_store_keep_their_salt() {
    let (one, two) = (Scratch::new(), Scratch::new());
    let first = open(one.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let second = open(two.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    fs::copy(file_of(two.path(), &second), file_of(one.path(), &second)).unwrap();
    let store = open(one.path()).unwrap();
    signs(&store, &first, Purpose::Ca, b"m");
    signs(&store, &second, Purpose::Stamper, b"m");
}

#[test]
fn group_and_others_are_kept_out() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    for path in [
        scratch.path().to_owned(),
        file_of(scratch.path(), &key),
        scratch.path().join("lock"),
        scratch.path().join("keybook"),
    ] {
        let owner = if path == scratch.path() { 0o700 } else { 0o600 };
        for bits in [0o040, 0o020, 0o010, 0o004, 0o002, 0o001, 0o066] {
            mode(&path, owner | bits);
            let error = place(open(scratch.path()));
            let PlaceError::Mode { path: named, mode: found } = &error else { panic!("{error}") };
            assert_eq!((named, *found), (&path, owner | bits));
            assert!(error.to_string().contains(&format!("{:04o}", owner | bits)), "{error}");
        }
        mode(&path, owner);
    }
    open(scratch.path()).unwrap();
}

#[test]
fn what_belongs_to_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        return; // only root can give files away
    }
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    for path in [file_of(scratch.path(), &key), scratch.path().to_owned()] {
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
        assert!(matches!(place(open(scratch.path())), PlaceError::Owner { owner: 12345, user: 0, .. }));
    }
}

#[test]
fn links_are_not_followed() {
    let (scratch, aside) = (Scratch::new(), Scratch::new());
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let link = aside.path().join("keys");
    symlink(scratch.path(), &link).unwrap();
    for path in [link.clone(), PathBuf::from(format!("{}/", link.display()))] {
        assert!(matches!(place(open(&path)), PlaceError::Link(_)), "{}", path.display());
    }
    let (path, moved) = (file_of(scratch.path(), &key), aside.path().join("moved"));
    fs::rename(&path, &moved).unwrap();
    symlink(&moved, &path).unwrap();
    assert!(matches!(place(open(scratch.path())), PlaceError::Link(named) if named == path));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    mode(&path, 0o700);
    assert!(matches!(place(open(scratch.path())), PlaceError::NotFile(_)));
    assert!(matches!(place(open(&moved)), PlaceError::NotFolder(_)));
    assert!(matches!(place(open(&aside.path().join("none"))), PlaceError::Missing(_)));
    let deep = SoftStore::create(&aside.path().join("none/keys"), &phrase(PHRASE));
    assert!(matches!(place(deep), PlaceError::Io { .. }));
}

#[test]
fn a_full_disk_leaves_nothing() {
    let scratch = Scratch::new();
    let full: WriteStep = |file, octets| {
        if !octets.starts_with(b"yinxin soft key") {
            return file.write_all(octets);
        }
        file.write_all(&octets[..octets.len() / 2])?;
        Err(io::ErrorKind::StorageFull.into())
    };
    let store = SoftStore::open_with(scratch.path(), &phrase(PHRASE), Ways { write: full, ..SMALL }).unwrap();
    let error = store.generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap_err();
    let KeyError::Soft(SoftError::Place(PlaceError::Io { action: "write", path, cause })) = &error else {
        panic!("{error}")
    };
    assert_eq!(cause.kind(), io::ErrorKind::StorageFull);
    assert!(path.starts_with(scratch.path()));
    assert!(store.list().unwrap().is_empty());
    assert_eq!(names(scratch.path()), ["keybook".to_owned(), "lock".to_owned()].into());
}

#[test]
fn what_a_crash_left_is_removed() {
    let scratch = Scratch::new();
    let key = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let whole = fs::read(file_of(scratch.path(), &key)).unwrap();
    for length in [0, 100, whole.len()] {
        fs::write(scratch.path().join(".1111111111111111.key.new"), &whole[..length]).unwrap();
        assert_eq!(open(scratch.path()).unwrap().list().unwrap(), std::slice::from_ref(&key));
        assert_eq!(names(scratch.path()).len(), 3);
    }
}

#[test]
fn threads_make_and_sign_at_once() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let shared = store.generate(&KeyOrder::sm2(Purpose::Stamper), now()).unwrap();
    thread::scope(|scope| {
        for worker in 0..8u8 {
            let (store, shared) = (&store, &shared);
            scope.spawn(move || {
                for round in 0..20u8 {
                    signs(store, shared, Purpose::Stamper, &[worker, round]);
                }
                let own = store.generate(&KeyOrder::sm2(Purpose::Data), now()).unwrap();
                signs(store, &own, Purpose::Data, &[worker]);
            });
        }
    });
    assert_eq!(store.list().unwrap().len(), 9);
    drop(store);
    assert_eq!(open(scratch.path()).unwrap().list().unwrap().len(), 9);
}

#[test]
fn nothing_secret_is_printed() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let KeyReference::Soft(id) = &key.reference else { panic!("not soft") };
    let opened = store.find(&key.reference).unwrap();
    assert_eq!(format!("{opened:?}"), format!("SoftKey(soft:{id}, ca)"));
    assert_eq!(format!("{store:?}"), format!("SoftStore {{ folder: {:?}, keys: 1, .. }}", scratch.path()));
    let file = fs::read(file_of(scratch.path(), &key)).unwrap();
    assert!(!file.windows(PHRASE.len()).any(|window| window == PHRASE.as_bytes()));
}

/// Another process that plays `part` on `folder`, once it has said that it is there.
fn other_process(part: &str, folder: &Path) -> (Child, String) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "soft::tests::other_process_plays_its_part", "--ignored", "--nocapture"])
        .env("YINXIN_HSM_TEST", part)
        .env("YINXIN_HSM_TEST_FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.map_while(Result::ok).find(|line| line.starts_with("part: ")).unwrap_or_default();
    (child, said)
}

#[test]
#[ignore = "started by other tests as a process of its own"]
fn other_process_plays_its_part() {
    let (Some(part), Some(folder)) = (env::var_os("YINXIN_HSM_TEST"), env::var_os("YINXIN_HSM_TEST_FOLDER")) else {
        return;
    };
    let folder = Path::new(&folder);
    let wait = || io::stdin().read_to_end(&mut Vec::new());
    if part == "holds" {
        let store = open(folder).unwrap();
        println!("\npart: holds");
        wait().unwrap();
        drop(store);
    } else if part == "asks" {
        println!("\npart: {}", open(folder).map_or_else(|error| error.to_string(), |_| "opened".to_owned()));
    } else if part == "is killed" {
        let stops: WriteStep = |file, octets| {
            file.write_all(octets)?;
            file.sync_all()?;
            println!("\npart: written");
            io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        };
        let store = SoftStore::open_with(folder, &phrase(PHRASE), Ways { write: stops, ..SMALL }).unwrap();
        store.generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    }
}

#[test]
fn one_process_has_the_folder() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let (mut child, said) = other_process("asks", scratch.path());
    child.wait().unwrap();
    assert!(said.ends_with("is in use by another process"), "{said}");
    // nor twice in one process
    assert!(matches!(place(open(scratch.path())), PlaceError::Locked(path) if path == scratch.path()));
    drop(store);

    let (mut child, said) = other_process("holds", scratch.path());
    assert_eq!(said, "part: holds");
    assert!(matches!(place(open(scratch.path())), PlaceError::Locked(_)));
    // a process that dies holds nothing
    child.kill().unwrap();
    child.wait().unwrap();
    open(scratch.path()).unwrap();
}

#[test]
fn a_kill_before_the_rename_leaves_no_key() {
    let scratch = Scratch::new();
    let before = open(scratch.path()).unwrap().generate(&KeyOrder::sm2(Purpose::Ca), now()).unwrap();
    let (mut child, said) = other_process("is killed", scratch.path());
    assert_eq!(said, "part: written");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(names(scratch.path()).iter().filter(|name| name.ends_with(".new")).count(), 1);
    let store = open(scratch.path()).unwrap();
    assert_eq!(store.list().unwrap(), [before]);
    assert!(!names(scratch.path()).iter().any(|name| name.ends_with(".new")));
}

#[test]
fn every_file_has_its_own_nonce_and_key() {
    let scratch = Scratch::new();
    let store = open(scratch.path()).unwrap();
    let mut seen = BTreeSet::new();
    for _ in 0..20 {
        let key = store.generate(&KeyOrder::sm2(Purpose::Data), now()).unwrap();
        let octets = fs::read(file_of(scratch.path(), &key)).unwrap();
        assert!(seen.insert(octets[188..200].to_vec()), "nonce used twice");
        assert!(seen.insert(sm3::digest(&octets[38..103]).to_vec()), "key made twice");
    }
}
