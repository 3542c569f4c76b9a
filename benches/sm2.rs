//! SM2 and SM3 measured against ring's P-256 and SHA-256, as ratios.
//!
//! One process, one thread, slices of every row in turn, each slice set
//! against the yardstick's slice of the same round; the median of the rounds
//! counts. Only ratios carry over to another machine.
//!
//! ```text
//! taskset -c 1 cargo bench --bench sm2                # the table
//! taskset -c 1 cargo bench --bench sm2 -- --check     # fails below 85 % of a figure
//! taskset -c 1 cargo bench --bench sm2 -- --timing    # Welch's t of signing times
//! ```
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures and prints")]

use ring::{digest, rand::SystemRandom, signature as p256};
use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};
use yinxin_trust::sm::{
    Signature,
    sm2::{self, Claim, KeyCache, PrivateKey, PublicKey},
    sm3,
};

/// What a figure may lose before `--check` fails.
const TOLERANCE: f64 = 0.85;
const SLICE: Duration = Duration::from_millis(20);

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let started = Instant::now();
    sm2::warm_up();
    let start_up = started.elapsed();
    if has("--timing") {
        timing();
        return ExitCode::SUCCESS;
    }
    let rounds = if has("--long") { 101 } else { 21 };
    println!("processor features: {}", features());
    println!("tables made at start in {:.1} ms (at most 20)", start_up.as_secs_f64() * 1e3);
    let results = measure(rounds);
    println!("| row | rate | ratio | at least |\n|---|---|---|---|");
    let mut met = start_up < Duration::from_millis(20);
    for row in &results {
        let floor = row.floor.map_or(String::from("-"), |floor| format!("{floor:.2}"));
        // a call takes microseconds at least: what is faster counts octets
        let rate = if row.rate > 1e7 {
            format!("{:.0} MB/s", row.rate / 1e6)
        } else {
            format!("{:.0}/s, {:.1} us", row.rate, 1e6 / row.rate)
        };
        println!("| {} | {rate} | {:.3} | {floor} |", row.name, row.ratio);
        met &= row.floor.is_none_or(|floor| row.ratio >= floor * TOLERANCE);
    }
    if has("--check") && !met {
        println!("below {:.0} % of a figure", TOLERANCE * 100.0);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// One line of the table.
struct Row {
    name: &'static str,
    rate: f64,
    ratio: f64,
    floor: Option<f64>,
}

/// Something measured: `work` does `units` units a call; the ratio is taken to row `yardstick`.
struct Contestant<'a> {
    name: &'static str,
    floor: Option<f64>,
    yardstick: usize,
    units: f64,
    work: Box<dyn FnMut() -> Option<Duration> + 'a>,
}

fn measure(rounds: usize) -> Vec<Row> {
    let data = Data::new();
    let mut contestants = contestants(&data);
    let mut rates = vec![Vec::with_capacity(rounds); contestants.len()];
    for round in 0..rounds + 1 {
        for (contestant, rates) in contestants.iter_mut().zip(&mut rates) {
            let rate = slice(contestant);
            if round > 0 {
                rates.push(rate); // the first round only warms up
            }
        }
    }
    contestants
        .iter()
        .zip(&rates)
        .map(|(contestant, own)| {
            let ratios = own.iter().zip(&rates[contestant.yardstick]).map(|(own, other)| own / other).collect();
            Row { name: contestant.name, rate: median(own.clone()), ratio: median(ratios), floor: contestant.floor }
        })
        .collect()
}

/// Units per second over one slice. Work that times itself says how long it took.
fn slice(contestant: &mut Contestant<'_>) -> f64 {
    let started = Instant::now();
    let (mut units, mut own) = (0.0, Duration::ZERO);
    let mut timed_itself = false;
    while started.elapsed() < SLICE {
        if let Some(time) = (contestant.work)() {
            own += time;
            timed_itself = true;
        }
        units += contestant.units;
    }
    units / if timed_itself { own } else { started.elapsed() }.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Keys, digests and signatures made beforehand.
struct Data {
    keys: Vec<PrivateKey>,
    digests: Vec<sm3::Digest>,
    /// Signature i by key 0.
    by_one: Vec<Signature>,
    /// Signature i by key i mod 16.
    by_16: Vec<Signature>,
    /// Signature i by key i.
    by_256: Vec<Signature>,
    p256_key: p256::EcdsaKeyPair,
    p256_public: Vec<u8>,
    p256_signature: Vec<u8>,
    messages: Vec<Vec<u8>>,
}

impl Data {
    fn new() -> Self {
        let keys: Vec<PrivateKey> = (0..256).map(|i| key(b"bench key", i)).collect();
        let digests: Vec<_> = (0..256u32).map(|i| sm3::digest(&i.to_be_bytes())).collect();
        let sign = |key: usize, i: usize| keys[key].sign_digest(&digests[i], &fresh(i as u64)).unwrap();
        let rng = SystemRandom::new();
        let algorithm = &p256::ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = p256::EcdsaKeyPair::generate_pkcs8(algorithm, &rng).unwrap();
        let p256_key = p256::EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &rng).unwrap();
        Self {
            by_one: (0..256).map(|i| sign(0, i)).collect(),
            by_16: (0..256).map(|i| sign(i % 16, i)).collect(),
            by_256: (0..256).map(|i| sign(i, i)).collect(),
            p256_public: p256::KeyPair::public_key(&p256_key).as_ref().to_vec(),
            p256_signature: p256_key.sign(&rng, &[7; 32]).unwrap().as_ref().to_vec(),
            p256_key,
            messages: (0..64).map(|i| vec![i as u8; 16 << 10]).collect(),
            keys,
            digests,
        }
    }

    fn public(&self, key: usize) -> &PublicKey {
        self.keys[key].public_key()
    }

    fn claims<'a>(&'a self, signatures: &'a [Signature], keys: usize) -> Vec<Claim<'a>> {
        let claim = |(i, signature)| Claim { key: self.public(i % keys), digest: &self.digests[i], signature };
        signatures.iter().enumerate().map(claim).collect()
    }
}

fn key(label: &[u8], i: u64) -> PrivateKey {
    let mut octets = sm3::digest(&[label, &i.to_be_bytes()].concat());
    octets[0] &= 0x7F;
    PrivateKey::from_octets(&octets.into()).unwrap()
}

fn fresh(i: u64) -> zeroize::Zeroizing<[u8; 32]> {
    sm3::digest(&[&b"bench randomness"[..], &i.to_be_bytes()].concat()).into()
}

fn plain<'a>(
    name: &'static str,
    floor: Option<f64>,
    yardstick: usize,
    units: f64,
    mut work: Box<dyn FnMut() + 'a>,
) -> Contestant<'a> {
    let work = move || {
        work();
        None
    };
    Contestant { name, floor, yardstick, units, work: Box::new(work) }
}

/// Calls of short work between two looks at the clock.
const STEP: usize = 32;

fn contestants(data: &Data) -> Vec<Contestant<'_>> {
    let ring_verify = || {
        let key = p256::UnparsedPublicKey::new(&p256::ECDSA_P256_SHA256_FIXED, &data.p256_public);
        key.verify(&[7; 32], black_box(&data.p256_signature)).unwrap();
    };
    let verifier = |cache: KeyCache| {
        let mut i = 0;
        move || {
            for _ in 0..STEP {
                i = (i + 1) % 256;
                assert!(cache.verify_digest(data.public(0), &data.digests[i], &data.by_one[i]));
            }
        }
    };
    let hot = KeyCache::new(sm2::DEFAULT_LIMIT_OCTETS);
    hot.pin_key(data.public(0));
    let many = move |lanes: usize| {
        let messages: Vec<&[u8]> = data.messages.iter().map(Vec::as_slice).collect();
        move || drop(black_box(sm3::digest_many_with(&messages, lanes)))
    };
    let rng = SystemRandom::new();
    let octets = (64 * (16 << 10)) as f64;
    let step = STEP as f64;
    let rustcrypto = rustcrypto(data);
    vec![
        plain("ring P-256 verify", None, 0, step, Box::new(move || (0..STEP).for_each(|_| ring_verify()))),
        plain("verify, key never seen", Some(0.95), 0, step, Box::new(verifier(KeyCache::new(0)))),
        plain("verify, small key table", Some(2.4), 0, step, Box::new(verifier(KeyCache::new(1 << 20)))),
        plain("verify, hot key", Some(4.5), 0, step, Box::new(verifier(hot))),
        plain("sign, constant time", Some(3.2), 0, step, {
            let mut i = 0;
            Box::new(move || {
                for _ in 0..STEP {
                    i += 1;
                    black_box(data.keys[0].sign_digest(&data.digests[i % 256], &[i as u8; 32].into()).unwrap());
                }
            })
        }),
        plain("batch of 256 by 16 keys", Some(4.5), 0, 256.0, Box::new(batch(data.claims(&data.by_16, 16)))),
        plain("batch of 256 by 256 keys", Some(2.0), 0, 256.0, Box::new(batch(data.claims(&data.by_256, 256)))),
        plain("ring SHA-256", None, 7, octets, {
            Box::new(|| {
                for message in &data.messages {
                    black_box(digest::digest(&digest::SHA256, message));
                }
            })
        }),
        plain("SM3 16 lanes", floor_if(16, 1.0), 7, octets, Box::new(many(16))),
        plain("SM3 8 lanes", floor_if(8, 0.6), 7, octets, Box::new(many(8))),
        plain("SM3 one by one", None, 7, octets, Box::new(many(1))),
        plain("ring P-256 sign", None, 0, step, {
            Box::new(move || {
                for _ in 0..STEP {
                    black_box(data.p256_key.sign(&rng, &[7; 32]).unwrap());
                }
            })
        }),
        plain("RustCrypto sm2 verify", None, 0, step, Box::new(rustcrypto)),
        plain("pinned key, alone", None, 13, step, Box::new(verifier(pinned(data)))),
        Contestant {
            name: "pinned key, in a flood of unknown keys (to the row above)",
            floor: Some(0.9),
            yardstick: 13,
            units: step,
            work: Box::new(flood(data)),
        },
    ]
}

fn batch<'a>(claims: Vec<Claim<'a>>) -> impl FnMut() + 'a {
    let none = KeyCache::new(0); // no key is remembered from one batch to the next
    move || sm2::verify_batch_with(&claims, &none).unwrap()
}

fn floor_if(lanes: usize, floor: f64) -> Option<f64> {
    (sm3::lanes() >= lanes).then_some(floor)
}

fn pinned(data: &Data) -> KeyCache {
    let cache = KeyCache::new(sm2::DEFAULT_LIMIT_OCTETS);
    cache.pin_key(data.public(0));
    cache
}

/// 32 verifications by the pinned key, timed, then 32 by keys that come twice
/// each and never again, so that each leaves a table.
fn flood(data: &Data) -> impl FnMut() -> Option<Duration> + '_ {
    let cache = pinned(data);
    let mut own = verifier_of(data);
    let mut next = 0;
    move || {
        let started = Instant::now();
        own(&cache);
        let time = started.elapsed();
        for _ in 0..STEP / 2 {
            next = 1 + next % 255;
            for _ in 0..2 {
                assert!(cache.verify_digest(data.public(next), &data.digests[next], &data.by_256[next]));
            }
        }
        Some(time)
    }
}

fn verifier_of(data: &Data) -> impl FnMut(&KeyCache) + '_ {
    let mut i = 0;
    move |cache| {
        for _ in 0..STEP {
            i = (i + 1) % 256;
            assert!(cache.verify_digest(data.public(0), &data.digests[i], &data.by_one[i]));
        }
    }
}

fn rustcrypto(data: &Data) -> impl FnMut() + '_ {
    use ::sm2::dsa::{self, signature::hazmat::PrehashVerifier as _};
    let key = dsa::VerifyingKey::from_sec1_bytes("", data.public(0).to_sec1()).unwrap();
    let signatures: Vec<_> =
        data.by_one.iter().map(|s| dsa::Signature::from_scalars(*s.r(), *s.s()).unwrap()).collect();
    let mut i = 0;
    move || {
        for _ in 0..STEP {
            i = (i + 1) % 256;
            key.verify_prehash(&data.digests[i], &signatures[i]).unwrap();
        }
    }
}

/// In the manner of dudect: two classes of input in random order, the slowest
/// tenth cut off, Welch's t of the rest. Above 4.5 the classes differ; one
/// look at 10 is a leak.
fn timing() {
    let first = key(b"timing", 0);
    let mut small = [0; 32];
    small[31] = 2;
    let small = PrivateKey::from_octets(&small.into()).unwrap();
    let e = sm3::digest(b"timing");
    let n = 200_000;
    let nonces = welch(n, |class, i| {
        let randomness = if class { fresh(i) } else { fresh(0) };
        let started = Instant::now();
        black_box(first.sign_digest(black_box(&e), black_box(&randomness)).unwrap());
        started.elapsed()
    });
    println!("one nonce against many: t = {nonces:.2}");
    let keys = welch(n, |class, i| {
        let randomness = fresh(i);
        let key = if class { &first } else { &small };
        let started = Instant::now();
        black_box(black_box(key).sign_digest(black_box(&e), black_box(&randomness)).unwrap());
        started.elapsed()
    });
    println!("d = 2 against a random d: t = {keys:.2}");
    let digests = welch(n, |class, i| {
        let randomness = fresh(i);
        let digest = if class { sm3::digest(&i.to_be_bytes()) } else { sm3::digest(&0u64.to_be_bytes()) };
        let started = Instant::now();
        black_box(first.sign_digest(black_box(&digest), black_box(&randomness)).unwrap());
        started.elapsed()
    });
    println!("one digest against many: t = {digests:.2}");
}

fn welch(n: u64, mut run: impl FnMut(bool, u64) -> Duration) -> f64 {
    let mut times = [Vec::new(), Vec::new()];
    for i in 0..n {
        let class = sm3::digest(&i.to_le_bytes())[0] & 1 == 1;
        times[usize::from(class)].push(run(class, i).as_nanos() as f64);
    }
    // one cut for both classes, or the cut itself would hide a difference
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let cut = all[all.len() * 9 / 10];
    let [a, b] = times.map(|times| moments(times.into_iter().filter(|time| *time <= cut)));
    (a.0 - b.0) / (a.1 + b.1).sqrt()
}

/// Mean, and variance of the mean.
fn moments(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut n, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for value in values {
        n += 1.0;
        let before = value - mean;
        mean += before / n;
        squares += before * (value - mean);
    }
    (mean, squares / (n - 1.0) / n)
}

fn features() -> String {
    #[cfg(target_arch = "x86_64")]
    {
        let all = [
            ("adx", is_x86_feature_detected!("adx")),
            ("bmi2", is_x86_feature_detected!("bmi2")),
            ("avx2", is_x86_feature_detected!("avx2")),
            ("avx512f", is_x86_feature_detected!("avx512f")),
            ("avx512bw", is_x86_feature_detected!("avx512bw")),
            ("avx512ifma", is_x86_feature_detected!("avx512ifma")),
            ("sha", is_x86_feature_detected!("sha")),
        ];
        all.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect::<Vec<_>>().join(" ")
    }
    #[cfg(not(target_arch = "x86_64"))]
    String::from("none asked for on this architecture")
}
