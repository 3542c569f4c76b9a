//! Signing: the standard's example, edge nonces and keys, the hedged nonce.

use super::{Dice, oracle, rounds};
use crate::sm::core::{
    limbs::{self, Limbs},
    scalar::{N, SecretScalar},
    sign::{Signer, generator_times},
    verify::{self, KeyForm},
};

fn octets(hex: &str) -> [u8; 32] {
    hex::decode(hex).expect("hex").try_into().expect("32 octets")
}

/// GB/T 32918.5-2017 A.2.
#[test]
fn the_example_of_the_standard() {
    let signer =
        Signer::new(&octets("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")).expect("a key");
    assert_eq!(
        hex::encode(signer.public().to_octets()),
        "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
         ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
    );
    let e = octets("f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640");
    let k = octets("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21");
    let (r, s) = signer.sign_with(&e, &SecretScalar::from_limbs(&limbs::from_be(&k))).expect("a signature");
    assert_eq!(hex::encode(r), "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3");
    assert_eq!(hex::encode(s), "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
}

fn edge_scalars() -> Vec<Limbs> {
    let mut out = Vec::new();
    for small in 1..40 {
        out.push([small, 0, 0, 0]);
        out.push(limbs::sub(&N, &[small, 0, 0, 0]).0);
    }
    for bit in 0..256 {
        let mut power = [0; 4];
        power[bit / 64] = 1 << (bit % 64);
        out.extend([power, limbs::sub(&power, &[1, 0, 0, 0]).0, limbs::add(&power, &[1, 0, 0, 0]).0]);
        out.push(limbs::sub(&N, &power).0);
    }
    // every window at its largest and smallest digit
    out.extend([
        [0x8421_0842_1084_2108; 4],
        [0x1084_2108_4210_8421; 4],
        [0x7BDE_F7BD_EF7B_DEF7; 4],
        [u64::MAX >> 1; 4],
    ]);
    out.retain(|k| !limbs::is_zero(k) && limbs::less(k, &N));
    out
}

#[test]
fn constant_time_multiples_are_the_oracles() {
    let mut dice = Dice(31);
    let mut scalars = edge_scalars();
    scalars.extend((0..rounds(300, 100_000)).map(|_| dice.number(&N)));
    for k in scalars {
        let ours = generator_times(&SecretScalar::from_limbs(&k)).to_public().to_octets();
        let theirs = oracle::sec1(&oracle::generator_times(&k)).expect("not infinity");
        assert_eq!(ours[..], theirs[1..], "{k:x?}");
    }
}

#[test]
fn signatures_hold() {
    let mut dice = Dice(32);
    for round in 0..rounds(500, 100_000) {
        let d = if round % 2 == 0 { dice.octets() } else { limbs::to_be(&dice.edge_below(&N)) };
        let Some(signer) = Signer::new(&d) else { continue };
        let e = limbs::to_be(&dice.edge());
        let (r, s) = signer.sign(&e, &dice.octets()).expect("a signature");
        assert!(verify::verify(&e, &r, &s, KeyForm::Point(signer.public())));
    }
}

#[test]
fn keys_out_of_range_are_refused() {
    let refused = |d: &Limbs| Signer::new(&limbs::to_be(d)).is_none();
    assert!(refused(&[0; 4]));
    assert!(refused(&limbs::sub(&N, &[1, 0, 0, 0]).0), "n - 1 has no (1 + d)^-1");
    assert!(refused(&N));
    assert!(refused(&[u64::MAX; 4]));
    assert!(!refused(&[1, 0, 0, 0]));
    assert!(!refused(&limbs::sub(&N, &[2, 0, 0, 0]).0));
}

#[test]
fn refused_nonces_give_no_signature() {
    let d = [7, 0, 0, 0];
    let signer = Signer::new(&limbs::to_be(&d)).expect("in range");
    assert!(signer.sign_with(&[1; 32], &SecretScalar::from_limbs(&[0; 4])).is_none(), "k = 0");
    // r = 0: e = -x
    let k = [12345, 6, 7, 8];
    let x = oracle::x_of(&oracle::generator_times(&k)).expect("not infinity");
    let minus = |a: &Limbs| crate::sm::core::scalar::public_sub(&[0; 4], a);
    assert!(signer.sign_with(&limbs::to_be(&minus(&x)), &SecretScalar::from_limbs(&k)).is_none(), "r = 0");
    // r + k = n: e = -x - k
    let e = crate::sm::core::scalar::public_sub(&minus(&x), &k);
    assert!(signer.sign_with(&limbs::to_be(&e), &SecretScalar::from_limbs(&k)).is_none(), "r + k = n");
    // s = 0: k = r d, so r = k / d and e = r - x
    let inverse: ::sm2::Scalar = Option::from(oracle::scalar(&d).invert()).expect("d is not zero");
    let r: [u8; 32] = (oracle::scalar(&k) * inverse).to_bytes().into();
    let e = crate::sm::core::scalar::public_sub(&limbs::from_be(&r), &x);
    assert!(signer.sign_with(&limbs::to_be(&e), &SecretScalar::from_limbs(&k)).is_none(), "s = 0");
}

/// The nonce depends on key, digest and randomness, and on nothing else.
#[test]
fn the_nonce_is_hedged() {
    let (first, second) = (Signer::new(&[1; 32]).expect("a key"), Signer::new(&[2; 32]).expect("a key"));
    let (e, other) = ([3; 32], [4; 32]);
    let nonce_point = |signer: &Signer, e: &[u8; 32], randomness: &[u8; 32]| {
        // x1 = r - e identifies the nonce
        let (r, _) = signer.sign(e, randomness).expect("a signature");
        crate::sm::core::scalar::public_sub(&limbs::from_be(&r), &limbs::from_be(e))
    };
    let reference = nonce_point(&first, &e, &[5; 32]);
    assert_eq!(nonce_point(&first, &e, &[5; 32]), reference);
    assert_ne!(nonce_point(&first, &other, &[5; 32]), reference, "a repeated randomness, another digest");
    assert_ne!(nonce_point(&first, &e, &[6; 32]), reference, "the same digest, other randomness");
    assert_ne!(nonce_point(&second, &e, &[5; 32]), reference, "the same digest and randomness, another key");
}
