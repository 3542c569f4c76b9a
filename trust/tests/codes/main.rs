//! Offline codes and printed codes, made by the product, shown by a made-up device,
//! and checked; altered ones; their size as QR codes; the vectors of the document.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod altered;
mod offline;
mod prints;
mod sizes;
mod statements;
mod vectors;

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use yinxin_testkit::{keys::Key, moment};
use yinxin_trust::{
    base::{Day, Moment},
    code::{
        CodeKey, Payload, ShortCode, Site,
        offline::{
            DeviceKey, Genuine, HolderKind, OfflineCode, OfflineFault, OfflinePlan, OfflinePolicy, OfflineStatement,
            ShownName, check,
        },
    },
    licence::Expiry,
};

/// The key pair of RFC 6979 A.2.5, which everybody knows.
const DEVICE: [&str; 3] = [
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
];
const IDENTIFIER: &str = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
const AS_OF: &str = "2026-06-01T02:00:00Z";

/// A browser with a key of its own.
struct Device {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Device {
    fn new() -> Self {
        let random = SystemRandom::new();
        let [private, x, y] = DEVICE.map(|octets| hex::decode(octets).unwrap());
        let whole = [&[4][..], &x, &y].concat();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &private, &whole, &random);
        Self { pair: pair.unwrap(), random }
    }

    fn stranger() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { pair, random }
    }

    fn point(&self) -> [u8; 33] {
        let whole = self.pair.public_key().as_ref();
        let mut point = [2 | whole[64] & 1; 33];
        point[1..].copy_from_slice(&whole[1..33]);
        point
    }

    fn key(&self) -> Option<DeviceKey> {
        DeviceKey::new(self.point(), 7 * 24 * 60)
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(&self.random, message).unwrap().as_ref().try_into().unwrap()
    }

    /// The code as the device shows it at an instant.
    fn shows(&self, code: &OfflineCode, at: Moment) -> Payload {
        code.with_proof(at, self.sign(&code.proof_message(at))).unwrap().payload()
    }
}

fn issuer() -> Key {
    Key::from_seed("codes/issuer")
}

/// The keys that are vouched for: of the issuer, from 2026 on.
fn keys() -> Vec<CodeKey> {
    vec![CodeKey::new(issuer().public().clone(), moment("2026-01-01T00:00:00Z"), None)]
}

fn site() -> Site {
    "yx.fuyang.gov.cn".parse().unwrap()
}

fn short_code() -> ShortCode {
    ShortCode::of_random(b"yinxin test code")
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// So many seconds after the state date.
fn later(seconds: i64) -> Moment {
    Moment::from_unix_seconds(moment(AS_OF).unix_seconds() + seconds).unwrap()
}

/// A day's code of a person.
fn statement() -> OfflineStatement {
    OfflineStatement {
        licence: IDENTIFIER.parse().unwrap(),
        holder: ShownName::Masked("张*丰".parse().unwrap()),
        as_of: moment(AS_OF),
        life_minutes: 24 * 60,
        licence_until: Expiry::After(day("2029-01-14")),
        device: Device::new().key(),
    }
}

fn made(statement: &OfflineStatement, holder: HolderKind) -> OfflineCode {
    let plan = OfflinePlan::new(statement, &site(), holder, issuer().public()).unwrap();
    let signature = issuer().sign(plan.to_be_signed(), 0);
    plan.embed(&signature).unwrap()
}

fn code() -> OfflineCode {
    made(&statement(), HolderKind::Person)
}

fn checked(payload: &Payload, now: Moment) -> Result<Genuine, OfflineFault> {
    check(payload, &keys()[..], now, &OfflinePolicy::default())
}
