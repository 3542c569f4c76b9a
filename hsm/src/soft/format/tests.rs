use super::*;
use crate::{passphrase::Passphrase, soft::material::Material};
use yinxin_trust::sm::sm2::PrivateKey;

const SMALL: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
const PHRASE: &[u8] = b"a passphrase of tests";

fn phrase(octets: &[u8]) -> Passphrase {
    Passphrase::new(octets.to_vec(), "a test").unwrap()
}

fn secret() -> Zeroizing<[u8; 32]> {
    Zeroizing::new(sm3::digest(b"a private key of tests"))
}

fn stretched(phrase: &Passphrase) -> Stretched {
    Stretched::new(phrase, [7; SALT], SMALL).unwrap()
}

fn written() -> Vec<u8> {
    let header = Header {
        algorithm: KeyAlgorithm::Sm2Sm3,
        purpose: Purpose::Stamper,
        id: KeyId([1, 2, 3, 4, 5, 6, 7, 8]),
        created: Moment::from_utc(2026, 11, 22, 1, 2, 3).unwrap(),
        public: Some(PublicKey::Sm2(PrivateKey::from_octets(&secret()).unwrap().public_key().clone())),
        limits: Limits {
            not_before: None,
            not_after: Some(Moment::from_unix_seconds(0x4321).unwrap()),
            most_uses: Some(7),
        },
        nonce: [9; 12],
    };
    seal(&header, &stretched(&phrase(PHRASE)), &secret()).unwrap()
}

/// Reads as the store does: form, derivation, opening.
fn read(octets: &[u8], phrase: &Passphrase) -> Result<(Header, Material), FileFault> {
    let file = KeyFile::parse(octets)?;
    let private = file.open(&Stretched::new(phrase, file.salt, file.cost).unwrap())?;
    Ok((file.header, private))
}

/// The same octets with a sum that is right again.
fn summed(mut octets: Vec<u8>) -> Vec<u8> {
    octets.truncate(LENGTH - 32);
    let sum = sm3::digest(&octets);
    octets.extend_from_slice(&sum);
    octets
}

#[test]
fn what_is_written_is_read() {
    let octets = written();
    assert_eq!(octets.len(), LENGTH);
    let (header, private) = read(&octets, &phrase(PHRASE)).unwrap();
    assert_eq!(header.purpose, Purpose::Stamper);
    assert_eq!(header.id.to_string(), "0102030405060708");
    assert_eq!(header.created.to_string(), "2026-11-22T01:02:03Z");
    let Material::Sm2(private) = private else { panic!("not SM2") };
    assert_eq!(header.public, Some(PublicKey::Sm2(private.public_key().clone())));
    assert_eq!(*private.public_key(), *PrivateKey::from_octets(&secret()).unwrap().public_key());
    assert_eq!(header.limits.most_uses, Some(7));
    // the places of the module's table
    assert_eq!(octets[16..22], [0, 2, 1, 3, 1, 1]);
    assert_eq!(octets[38], 4);
    assert_eq!(octets[103..115], [0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 1]);
    assert_eq!((octets[115], octets[163], octets[188]), (7, 6, 9));
    assert_eq!(
        octets[164..188],
        [[0; 8], 0x4321_u64.saturating_mul(1000).to_be_bytes(), [0, 0, 0, 0, 0, 0, 0, 7]].concat()
    );
}

#[test]
fn another_passphrase_has_its_own_name() {
    for other in [&b"a passphrase of test"[..], b"a passphrase of tests ", b"A passphrase of tests"] {
        assert_eq!(read(&written(), &phrase(other)).err(), Some(FileFault::Passphrase));
    }
}

#[test]
fn every_cut_is_refused() {
    let octets = written();
    for length in 0..octets.len() {
        let fault = FileFault::Length { found: length };
        assert_eq!(KeyFile::parse(&octets[..length]).err(), Some(fault), "{length} octets");
    }
    let longer = [octets, vec![0]].concat();
    assert_eq!(KeyFile::parse(&longer).err(), Some(FileFault::Length { found: LENGTH + 1 }));
}

#[test]
fn every_flipped_bit_is_refused() {
    let sound = written();
    for place in 0..sound.len() {
        for bit in 0..8 {
            let mut octets = sound.clone();
            octets[place] ^= 1 << bit;
            let wanted = match place {
                0..16 => FileFault::Magic,
                16..18 => FileFault::Version(u16::from_be_bytes([octets[16], octets[17]])),
                _ => FileFault::Damaged,
            };
            assert_eq!(KeyFile::parse(&octets).err(), Some(wanted), "octet {place}, bit {bit}");
        }
    }
}

/// Who alters a file can mend its sum too.
#[test]
fn every_flipped_bit_under_a_mended_sum_is_refused() {
    let (sound, phrase) = (written(), phrase(PHRASE));
    for place in 18..LENGTH - 32 {
        for bit in 0..8 {
            let mut octets = sound.clone();
            octets[place] ^= 1 << bit;
            let fault = read(&summed(octets), &phrase).err();
            let fits = match (place, &fault) {
                (18..38 | 163..248, Some(FileFault::Altered)) => true,
                (18..38 | 163..188, Some(FileFault::Unknown(_))) => true,
                // a flipped coordinate leaves the curve
                (38..103, Some(FileFault::Unknown("form of public key"))) => true,
                (103..115, Some(FileFault::Cost | FileFault::Passphrase)) => true,
                (115..163, Some(FileFault::Passphrase)) => true,
                _ => false,
            };
            assert!(fits, "octet {place}, bit {bit}: {fault:?}");
        }
    }
}

#[test]
fn another_public_key_in_the_header_is_refused() {
    let other = PrivateKey::from_octets(&Zeroizing::new([3; 32])).unwrap();
    let mut octets = written();
    octets[38..103].copy_from_slice(other.public_key().to_sec1());
    assert_eq!(read(&summed(octets), &phrase(PHRASE)).err(), Some(FileFault::Altered));
}

/// Known from the passphrase, so authenticated, yet not the key of the header.
#[test]
fn a_sealed_key_that_is_not_the_headers_is_refused() {
    let stretched = stretched(&phrase(PHRASE));
    let header = KeyFile::parse(&written()).unwrap().header;
    for wrong in [[5; 32], [0; 32], [0xFF; 32]] {
        let octets = seal(&header, &stretched, &Zeroizing::new(wrong)).unwrap();
        assert_eq!(read(&octets, &phrase(PHRASE)).err(), Some(FileFault::Altered));
    }
}

#[test]
fn a_hostile_header_gets_no_memory() {
    for (place, value) in [
        (103, u32::MAX),
        (103, 4 << 20),
        (103, (256 << 10) + 1),
        (103, 7),
        (103, 0),
        (107, 0),
        (107, 11),
        (107, u32::MAX),
        (111, 0),
        (111, 2), // 16 KiB are wanted for two lanes
        (111, u32::MAX),
    ] {
        let mut octets = written();
        octets[place..place + 4].copy_from_slice(&value.to_be_bytes());
        assert_eq!(KeyFile::parse(&summed(octets)).err(), Some(FileFault::Cost), "{value} at {place}");
    }
    let cost = Cost { memory_kib: 4 << 20, ..SMALL };
    assert!(Stretched::new(&phrase(PHRASE), [0; SALT], cost).is_err());
}

#[test]
fn no_secret_is_in_the_file() {
    let (octets, stretched) = (written(), stretched(&phrase(PHRASE)));
    let secret = secret();
    let absent = |what: &[u8]| !octets.windows(what.len()).any(|window| window == what);
    for start in 0..=secret.len() - 4 {
        assert!(absent(&secret[start..start + 4]), "four octets of the private key");
    }
    let mut backwards = secret.to_vec();
    backwards.reverse();
    assert!(absent(&backwards[..8]));
    assert!(absent(hex::encode(secret.as_slice()).as_bytes()));
    assert!(absent(PHRASE));
    // a test for the test: it finds what is there
    assert!(!absent(&stretched.check()));
}

/// K as `argon2-cffi`, which wraps the reference implementation in C, derives it.
#[test]
fn argon2id_is_that_of_the_reference_implementation() {
    let mut key = [0; 32];
    hex::decode_to_slice("47c68e360b05ece3ae8f11d1fb2561a29a05c086e10d1b338cf0c8e2c7318872", &mut key).unwrap();
    assert_eq!(stretched(&phrase(PHRASE)).check(), sm3::hmac(&key, b"yinxin soft key 1: check"));
}
