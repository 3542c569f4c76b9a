//! Our verification against RustCrypto's on any octets: key, e, r and s as
//! they come, and again with a key and a signature made sound before a few
//! octets are changed. Every path must give the same answer.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sm2::dsa::{self, signature::hazmat::PrehashVerifier as _};
use std::sync::LazyLock;
use yinxin_trust::sm::{
    Signature,
    sm2::{self as ours, Claim, KeyCache, PrivateKey, PublicKey},
};

static PINNED: LazyLock<KeyCache> = LazyLock::new(|| KeyCache::new(ours::DEFAULT_LIMIT_OCTETS));
static NONE: LazyLock<KeyCache> = LazyLock::new(|| KeyCache::new(0));

fuzz_target!(|data: &[u8]| {
    let Some((key, rest)) = data.split_first_chunk::<65>() else { return };
    let Some((e, rest)) = rest.split_first_chunk::<32>() else { return };
    let Some((r, rest)) = rest.split_first_chunk::<32>() else { return };
    let Some((s, rest)) = rest.split_first_chunk::<32>() else { return };
    compare(key, e, r, s);

    // a sound signature by a key from the input, then up to eight octets changed
    let mut d = *r;
    d[0] &= 0x7F;
    let Ok(private) = PrivateKey::from_octets(&d.into()) else { return };
    let Ok(signature) = private.sign_digest(e, &(*s).into()) else { return };
    let (mut e, mut r, mut s) = (*e, *signature.r(), *signature.s());
    for change in rest.chunks_exact(2).take(8) {
        let at = usize::from(change[0]) % 96;
        [&mut e, &mut r, &mut s][at / 32][at % 32] ^= change[1];
    }
    compare(private.public_key().to_sec1(), &e, &r, &s);
});

fn compare(key: &[u8; 65], e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) {
    let theirs = dsa::VerifyingKey::from_sec1_bytes("", key).ok().filter(|_| key[0] == 4);
    let key = PublicKey::from_sec1(key).ok();
    assert_eq!(key.is_some(), theirs.is_some(), "the key");
    let signature = Signature::from_numbers(*r, *s).ok();
    let their_signature = dsa::Signature::from_scalars(*r, *s).ok();
    assert_eq!(signature.is_some(), their_signature.is_some(), "the numbers");
    let (Some(key), Some(theirs), Some(signature), Some(their_signature)) = (key, theirs, signature, their_signature)
    else {
        return;
    };
    let expected = theirs.verify_prehash(e, &their_signature).is_ok();
    assert_eq!(key.verify_digest(e, &signature), expected, "with the process's cache");
    assert_eq!(NONE.verify_digest(&key, e, &signature), expected, "without a table");
    if PINNED.counters().pinned_keys < 64 {
        PINNED.pin_key(&key);
    }
    assert_eq!(PINNED.verify_digest(&key, e, &signature), expected, "with a pinned table");
    let claims = [Claim { key: &key, digest: e, signature: &signature }; 8];
    let failed = ours::verify_batch_with(&claims, &NONE).err().map(|fault| fault.failed.len());
    assert_eq!(failed, (!expected).then_some(8), "many at once");
}
