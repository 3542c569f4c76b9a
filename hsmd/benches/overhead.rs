//! What the daemon adds to a signature: at most 60 microseconds at the median with the default audit.
//! Signatures in process and through the daemon take turns, so that both see the same machine.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program that measures and says so")]

use std::{
    env, fs,
    os::unix::fs::DirBuilderExt as _,
    process,
    sync::Arc,
    time::{Duration, Instant},
};
use yinxin_hsm::{
    KeyOrder, KeyStore as _, Purpose, SignRequest, Signer, ToSign, Use, passphrase::Passphrase, remote::RemoteStore,
    soft::SoftStore,
};
use yinxin_hsmd::{
    clock::{Clock as _, SystemClock},
    desk::Desk,
    policy::{Client, Policy, Rule, Who},
    server::Server,
};

/// Most that the daemon may add.
const MOST: Duration = Duration::from_micros(60);

const ROUNDS: usize = 5000;

fn main() {
    let folder = env::temp_dir().join(format!("yinxin-hsmd-bench-{}", process::id()));
    fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
    let phrase = Passphrase::new(b"a passphrase of the bench".to_vec(), "the bench").unwrap();
    let keys = Arc::new(SoftStore::create(&folder.join("keys"), &phrase).unwrap());
    let now = SystemClock.now().unwrap();
    let key = keys.generate(&KeyOrder::sm2(Purpose::Stamper), now).unwrap().reference;
    let uid = rustix::process::geteuid().as_raw();
    let client = Client { name: "bench".into(), who: Who::User(uid), administers: false };
    let rule = Rule {
        client: "bench".into(),
        key: Some(key.clone()),
        purpose: Purpose::Stamper,
        uses: vec![Use::Sign],
        most_a_second: 1_000_000,
        hours: None,
        most_uses: None,
        sole_control: None,
    };
    let policy = Policy::new(vec![client], vec![rule]).unwrap();
    let store = Arc::<SoftStore>::clone(&keys);
    let desk = Desk::open(store, policy, None, &folder.join("audit"), false, Box::new(SystemClock)).unwrap();
    let server = Server::start(desk, &folder.join("socket"), 8).unwrap();
    let remote = RemoteStore::new(&folder.join("socket"), Duration::from_secs(10));
    let (near, far) = (keys.signer(&key).unwrap(), remote.signer(&key).unwrap());
    let time = |signer: &dyn Signer| {
        let begun = Instant::now();
        signer.sign(&SignRequest::new(Purpose::Stamper, ToSign::Message(&[7; 4000]), now)).unwrap();
        begun.elapsed()
    };
    let mut times = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        times.0.push(time(near.as_ref()));
        times.1.push(time(far.as_ref()));
    }
    times.0.sort();
    times.1.sort();
    let (near, far) = (times.0[ROUNDS / 2], times.1[ROUNDS / 2]);
    let added = far.saturating_sub(near);
    println!("in process {near:?}, through hsmd {far:?}, added {added:?} at the median (at most {MOST:?})");
    drop(server);
    fs::remove_dir_all(&folder).unwrap();
    if added > MOST {
        process::exit(1);
    }
}
