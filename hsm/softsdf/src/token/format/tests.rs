use super::*;

const PIN: &[u8] = b"12345678";

fn pair(octet: u8) -> PrivateKey {
    PrivateKey::from_octets(&Zeroizing::new([octet; 32])).unwrap()
}

fn header() -> Header {
    Header { kind: Kind::Pairs, index: 7, signing: Some(pair(3).public_key().clone()), encryption: None }
}

/// A file with the private key of octets 3, made once: the derivation is dear.
fn written() -> Vec<u8> {
    static FILE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let mut secrets = Zeroizing::new([0; 64]);
        secrets[..32].fill(3);
        seal(&header(), PIN, [5; SALT], &[6; 12], &secrets).unwrap()
    });
    FILE.clone()
}

fn summed(mut octets: Vec<u8>) -> Vec<u8> {
    let body = octets.len() - 32;
    let sum = sm3::digest(&octets[..body]);
    octets[body..].copy_from_slice(&sum);
    octets
}

fn fault(octets: &[u8], pin: &[u8]) -> Option<FileFault> {
    KeyFile::parse(octets).and_then(|file| file.open(pin)).err()
}

#[test]
fn a_key_comes_back_under_its_pin() {
    let octets = written();
    assert_eq!(octets.len(), LENGTH);
    let file = KeyFile::parse(&octets).unwrap();
    assert_eq!((file.header.kind, file.header.index, file.header.uses()), (Kind::Pairs, 7, SIGN));
    let Ok(Sealed::Pairs { signing: Some(key), encryption: None }) = file.open(PIN) else { panic!("no key") };
    assert_eq!(key.public_key(), pair(3).public_key());
    assert_eq!(fault(&octets, b"12345679"), Some(FileFault::Pin));
}

#[test]
fn a_file_cut_off_anywhere_is_named_so() {
    let octets = written();
    for length in 0..octets.len() {
        let found = fault(&octets[..length], PIN);
        assert!(matches!(found, Some(FileFault::Length { .. })), "{length}: {found:?}");
    }
    let longer = [octets, vec![0]].concat();
    assert!(matches!(fault(&longer, PIN), Some(FileFault::Length { found: 339, wanted: 338 })));
}

#[test]
fn damage_is_told_from_alteration() {
    let mut octets = written();
    octets[240] ^= 1;
    assert_eq!(fault(&octets, PIN), Some(FileFault::Damaged));
    assert_eq!(fault(&summed(octets), PIN), Some(FileFault::Altered), "the sealed key");
    let mut octets = written();
    octets[23] = 8;
    assert_eq!(fault(&summed(octets), PIN), Some(FileFault::Altered), "another index");
    let mut octets = written();
    octets[24..89].copy_from_slice(pair(9).public_key().to_sec1());
    assert_eq!(fault(&summed(octets), PIN), Some(FileFault::Altered), "another public key");
}

#[test]
fn what_a_version_does_not_have_is_refused() {
    for (place, value, wanted) in [
        (0, b'S', FileFault::Magic),
        (17, 2, FileFault::Version(2)),
        (18, 3, FileFault::Unknown("kind")),
        (18, 2, FileFault::Unknown("set of uses")),
        (19, 3, FileFault::Unknown("form of public key")),
        (19, 0, FileFault::Unknown("form of public key")),
        (88, 0, FileFault::Unknown("form of public key")),
        (154, 1, FileFault::Stretch(StretchError::Cost)),
    ] {
        let mut octets = written();
        octets[place] = value;
        assert_eq!(fault(&summed(octets), PIN), Some(wanted), "{value} at {place}");
    }
}

#[test]
fn no_secret_is_in_the_file() {
    let octets = written();
    assert!(!octets.windows(4).any(|window| window == [3; 4]));
    assert!(!octets.windows(PIN.len()).any(|window| window == PIN));
}

#[test]
fn token_files_are_read_back() {
    let token = TokenFile { serial: *b"0123456789ABCDEF", max_tries: 8 };
    let octets = token.to_octets();
    assert_eq!((octets.len(), TokenFile::parse(&octets)), (TOKEN_LENGTH, Ok(token)));
    for length in 0..octets.len() {
        let found = TokenFile::parse(&octets[..length]);
        assert!(matches!(found, Err(FileFault::Length { .. })), "{length}: {found:?}");
    }
    let mut damaged = octets.clone();
    damaged[34] = 99;
    assert_eq!(TokenFile::parse(&damaged), Err(FileFault::Damaged));
    assert_eq!(TokenFile::parse(&summed(damaged)).map(|token| token.max_tries), Ok(99));
    let mut other = octets;
    other[0] = b'x';
    assert_eq!(TokenFile::parse(&summed(other)), Err(FileFault::Magic));
}
