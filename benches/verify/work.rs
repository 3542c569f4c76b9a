//! The workloads, each checked once before it is measured.

use super::rounds::Workload;
use ring::{rand::SystemRandom, signature as international};
use std::{fs, hint::black_box};
use yinxin_testkit::{keys, moment, shared, workspace};
use yinxin_trust::{
    anchor::Anchors,
    sm::{sm2, sm3},
    verify::{Evidence, Policy, Verdict, check},
};

/// Places of the digests in [`all`].
pub(crate) const SM3: usize = 2;
pub(crate) const SHA256: usize = 3;

/// All of them, the yardstick first.
pub(crate) fn all() -> Vec<Workload> {
    let mut all = vec![p256_verify(), sm2_verify(), sm3_mebibyte(), sha256_mebibyte()];
    match shared() {
        Some(folder) => all.push(report("real/invoice-jiangsu-2020.ofd", &folder.join("corpus"), Verdict::Intact)),
        None => eprintln!("real/invoice-jiangsu-2020.ofd: not measured"),
    }
    all.push(report("twenty-signatures.ofd", &workspace().join("tests/golden"), Verdict::Intact));
    all.extend(super::lists::all());
    all
}

fn workload(name: impl Into<String>, once: impl FnMut() + 'static) -> Workload {
    Workload { name: name.into(), once: Box::new(once) }
}

fn p256_verify() -> Workload {
    let random = SystemRandom::new();
    let algorithm = &international::ECDSA_P256_SHA256_FIXED_SIGNING;
    let document = international::EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = international::EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
    let message = [7; 32];
    let value = pair.sign(&random, &message).unwrap();
    let key = international::KeyPair::public_key(&pair).as_ref().to_vec();
    let key = international::UnparsedPublicKey::new(&international::ECDSA_P256_SHA256_FIXED, key);
    workload("ring P-256 verify, 32 octets", move || {
        key.verify(black_box(&message), black_box(value.as_ref())).unwrap();
    })
}

fn sm2_verify() -> Workload {
    let key = keys::Key::from_seed("bench");
    let message = [7; 32];
    let value = key.sign(&message, 0);
    let public = key.public().clone();
    workload("SM2 verify, 32 octets, Z included", move || {
        assert!(public.verify(sm2::DEFAULT_ID, black_box(&message), black_box(&value)));
    })
}

fn sm3_mebibyte() -> Workload {
    let message = vec![7; 1 << 20];
    workload("SM3, 1 MiB", move || {
        black_box(sm3::digest(black_box(&message)));
    })
}

fn sha256_mebibyte() -> Workload {
    let message = vec![7; 1 << 20];
    workload("ring SHA-256, 1 MiB", move || {
        black_box(ring::digest::digest(&ring::digest::SHA256, black_box(&message)));
    })
}

/// From the octets of a file to its report, without anchors.
fn report(name: &str, folder: &std::path::Path, expected: Verdict) -> Workload {
    let octets = fs::read(folder.join(name)).unwrap();
    let at = moment("2026-06-01T02:00:00Z");
    let verdict = move |octets: &Vec<u8>| {
        check(octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at).unwrap().verdict
    };
    assert_eq!(verdict(&octets), expected, "{name}");
    let kib = octets.len().div_ceil(1024);
    workload(format!("{name} to report, {kib} KiB"), move || {
        black_box(verdict(black_box(&octets)));
    })
}
