use super::*;
use std::fs;

const PIN_OF_KEY: &[u8] = b"12345678";
const WRONG: &[u8] = b"87654321";

/// A token, in a folder that goes with the value.
struct Folder(tempfile::TempDir);

impl Folder {
    fn path(&self) -> PathBuf {
        self.0.path().join("token")
    }
}

fn token() -> (Folder, Arc<Token>) {
    let folder = Folder(tempfile::tempdir().unwrap());
    create(&folder.path(), 3).unwrap();
    let token = Token::open(&folder.path()).unwrap();
    (folder, token)
}

fn code<T>(result: Result<T, Fault>) -> Code {
    result.err().map_or(Code::OK, |fault| fault.code)
}

#[test]
fn a_wrong_pin_is_counted_before_it_is_looked_at() {
    let (folder, token) = token();
    token.generate_pairs(1, SIGN, PIN_OF_KEY).unwrap();
    let tries = folder.path().join("pair-0001.tries");
    assert_eq!(code(token.unlock(Kind::Pairs, 1, WRONG)), Code::PRKRERR);
    assert_eq!(fs::read(&tries).unwrap(), b"1");
    assert_eq!(code(token.unlock(Kind::Pairs, 1, PIN_OF_KEY)), Code::OK);
    assert!(!tries.exists(), "a right PIN begins the count anew");
    // as a process leaves it that was ended while it looked at the third
    fs::write(&tries, b"3").unwrap();
    fs::set_permissions(&tries, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(code(token.unlock(Kind::Pairs, 1, PIN_OF_KEY)), PIN_LOCKED);
}

#[test]
fn threads_with_the_right_pin_lock_nothing() {
    let (_folder, token) = token();
    token.generate_pairs(1, SIGN, PIN_OF_KEY).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| code(token.unlock(Kind::Pairs, 1, PIN_OF_KEY)))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Code::OK);
        }
    });
}

#[test]
fn a_damaged_key_uses_up_no_try() {
    let (folder, token) = token();
    token.generate_pairs(1, SIGN, PIN_OF_KEY).unwrap();
    let path = folder.path().join("pair-0001.key");
    let mut octets = fs::read(&path).unwrap();
    // altered with a right sum
    octets[230] ^= 1;
    let sum = sm3::digest(&octets[..306]);
    octets[306..].copy_from_slice(&sum);
    fs::write(&path, &octets).unwrap();
    assert_eq!(code(token.unlock(Kind::Pairs, 1, PIN_OF_KEY)), Code::KEYERR);
    assert!(!folder.path().join("pair-0001.tries").exists());
    fs::write(&path, &octets[..100]).unwrap();
    assert_eq!(code(token.header(Kind::Pairs, 1)), Code::KEYERR);
}

#[test]
fn another_keys_file_is_not_taken() {
    let (folder, token) = token();
    token.generate_pairs(1, SIGN, PIN_OF_KEY).unwrap();
    fs::copy(folder.path().join("pair-0001.key"), folder.path().join("pair-0002.key")).unwrap();
    assert_eq!(code(token.header(Kind::Pairs, 2)), Code::KEYERR);
}

#[test]
fn a_truncated_token_does_not_open() {
    let (folder, token) = token();
    drop(token);
    let path = folder.path().join("token");
    let octets = fs::read(&path).unwrap();
    fs::write(&path, &octets[..20]).unwrap();
    let Err(fault) = Token::open(&folder.path()) else { panic!("opened") };
    assert_eq!(fault.code, Code::OPENDEVICE);
    let sentence = format!("{fault:?}");
    assert!(sentence.contains("token is cut off or too long: 20 octets where there should be 67"), "{sentence}");
}

#[test]
fn a_deleted_key_is_gone_for_those_who_had_it() {
    let (_folder, token) = token();
    token.generate_pairs(1, SIGN, PIN_OF_KEY).unwrap();
    let opened = token.unlock(Kind::Pairs, 1, PIN_OF_KEY).unwrap();
    token.delete(Kind::Pairs, 1).unwrap();
    assert!(opened.is_destroyed());
    assert_eq!(code(token.header(Kind::Pairs, 1)), Code::KEYNOTEXIST);
    token.generate_pairs(1, SIGN, b"another PIN").unwrap();
    assert_eq!(code(token.unlock(Kind::Pairs, 1, PIN_OF_KEY)), Code::PRKRERR);
}

#[test]
fn a_token_is_shared_within_a_process_until_it_is_another() {
    let (folder, token) = token();
    assert!(Arc::ptr_eq(&token, &Token::open(&folder.path()).unwrap()));
    for name in ["token", "lock"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    create(&folder.path(), 3).unwrap();
    assert!(!Arc::ptr_eq(&token, &Token::open(&folder.path()).unwrap()));
}
