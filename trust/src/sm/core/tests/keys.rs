//! The key cache.

use super::Dice;
use crate::sm::core::{
    cache::{DEFAULT_LIMIT_OCTETS, HOT_AFTER, KeyCache},
    sign::Signer,
    tables::Shape,
};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

struct Key {
    signer: Signer,
    octets: [u8; 64],
    e: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
}

fn key(dice: &mut Dice) -> Key {
    loop {
        let Some(signer) = Signer::new(&dice.octets()) else { continue };
        let e = dice.octets();
        let (r, s) = signer.sign(&e, &dice.octets()).expect("a signature");
        return Key { octets: signer.public().to_octets(), signer, e, r, s };
    }
}

fn verify(cache: &KeyCache, key: &Key) -> bool {
    cache.verify(&key.octets, key.signer.public(), &key.e, &key.r, &key.s)
}

#[test]
fn tables_come_with_use() {
    let cache = KeyCache::new(DEFAULT_LIMIT_OCTETS);
    let key = key(&mut Dice(41));
    assert!(verify(&cache, &key));
    assert_eq!((cache.counters().small_tables, cache.counters().misses), (0, 1), "first sight: nothing kept");
    assert!(verify(&cache, &key));
    assert_eq!((cache.counters().small_tables, cache.counters().built), (1, 1), "second sight: a small table");
    for _ in 0..HOT_AFTER {
        assert!(verify(&cache, &key));
    }
    let counters = cache.counters();
    assert_eq!((counters.small_tables, counters.large_tables, counters.built), (0, 1, 2), "hot: a large table");
    assert!(counters.octets as usize >= Shape::LARGE.octets());
    let mut forged = key;
    forged.e[0] ^= 1;
    assert!(!verify(&cache, &forged));
}

#[test]
fn the_limit_holds_and_the_oldest_goes() {
    let cache = KeyCache::new(1 << 20);
    let mut dice = Dice(42);
    let first = key(&mut dice);
    for _ in 0..2 {
        assert!(verify(&cache, &first));
    }
    for _ in 0..300 {
        let other = key(&mut dice);
        for _ in 0..2 {
            assert!(verify(&cache, &other));
        }
        assert!(cache.counters().octets <= 1 << 20);
    }
    let counters = cache.counters();
    assert!(counters.evicted > 0);
    assert_eq!(counters.large_tables, 0);
    let before = counters.small_hits;
    assert!(verify(&cache, &first));
    assert_eq!(cache.counters().small_hits, before, "the first key's table is gone");
}

#[test]
fn a_key_in_use_survives_a_flood() {
    let cache = KeyCache::new(1 << 20);
    let mut dice = Dice(43);
    let hot = key(&mut dice);
    for _ in 0..2 {
        assert!(verify(&cache, &hot));
    }
    for _ in 0..200 {
        let other = key(&mut dice);
        for _ in 0..2 {
            assert!(verify(&cache, &other));
        }
        let before = cache.counters().small_hits;
        assert!(verify(&cache, &hot));
        assert_eq!(cache.counters().small_hits, before + 1);
    }
}

#[test]
fn keys_seen_once_push_nothing_out() {
    let cache = KeyCache::new(DEFAULT_LIMIT_OCTETS);
    let mut dice = Dice(44);
    for _ in 0..500 {
        assert!(verify(&cache, &key(&mut dice)));
    }
    let counters = cache.counters();
    assert_eq!((counters.built, counters.octets, counters.evicted), (0, 0, 0));
}

#[test]
fn pinned_keys_stay() {
    let cache = KeyCache::new(0);
    let key = key(&mut Dice(45));
    cache.pin(&key.octets, key.signer.public());
    cache.pin(&key.octets, key.signer.public());
    assert!(verify(&cache, &key));
    let counters = cache.counters();
    assert_eq!((counters.pinned_keys, counters.pinned_hits, counters.built), (1, 1, 1));
    cache.unpin(&key.octets);
    assert!(verify(&cache, &key));
    assert_eq!((cache.counters().pinned_keys, cache.counters().misses), (0, 1));
}

#[test]
fn a_limit_of_zero_means_no_tables() {
    let cache = KeyCache::new(0);
    let key = key(&mut Dice(46));
    for _ in 0..5 {
        assert!(verify(&cache, &key));
    }
    assert_eq!((cache.counters().built, cache.counters().misses), (0, 5));
}

#[test]
fn threads_share_the_cache() {
    let cache = KeyCache::new(2 << 20);
    let mut dice = Dice(47);
    let keys: Vec<Key> = (0..40).map(|_| key(&mut dice)).collect();
    let wrong = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (cache, keys, wrong) = (&cache, &keys, &wrong);
            scope.spawn(move || {
                for round in 0..400 {
                    let key = &keys[(round * (thread + 1)) % keys.len()];
                    let good = verify(cache, key);
                    let mut e = key.e;
                    e[5] ^= 1;
                    let bad = cache.verify(&key.octets, key.signer.public(), &e, &key.r, &key.s);
                    if !good || bad {
                        wrong.store(true, Relaxed);
                    }
                }
            });
        }
    });
    assert!(!wrong.load(Relaxed));
    assert!(cache.counters().octets <= 2 << 20);
}
