//! Issuing with keys in a device that takes its time: how much of what the device can do becomes licences.
//!
//! ```text
//! cargo bench --bench custody                SQLite, and PostgreSQL where YINXIN_TEST_POSTGRES is set
//! cargo bench --bench custody -- --check     fails below 85 % of the device
//! cargo bench --bench custody -- quick       a few licences of each: that it runs
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people at a terminal"
)]

#[path = "issue/house.rs"]
mod house;
#[path = "store/place.rs"]
mod place;

use house::House;
use place::Place;
use std::{
    env, fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Instant,
};
use yinxin::flow::issue::{BATCH, issue};

/// Signatures a second that the device does, over all its sessions.
const DEVICE: u32 = 300;
/// Least of it that becomes licences.
const LEAST: f64 = 0.85;
/// Callers of single licences.
const CALLERS: usize = 64;

fn main() {
    let is = |word: &str| env::args().any(|argument| argument == word);
    let (singles, batches) = if is("quick") { (128, 1) } else { (3_000, 5) };
    println!(
        "| back end | single, {CALLERS} callers | of the device | batches of {BATCH}, 2 callers | of the device |"
    );
    println!("|---|---|---|---|---|");
    for place in &Place::all() {
        place.clear();
        let house = House::with(&place.settings, device);
        issue(&house.issuer, &house.permit(), &[house.order()]).remove(0).unwrap();
        let single = calls(&house, CALLERS, singles, 1);
        let batched = calls(&house, 2, 2 * batches, BATCH);
        let part = |rate: f64| rate / f64::from(DEVICE);
        println!(
            "| {} | {single:.0}/s | {:.0} % | {batched:.0}/s | {:.0} % |",
            place.name,
            part(single) * 100.0,
            part(batched) * 100.0
        );
        assert!(!is("--check") || (part(single) >= LEAST && part(batched) >= LEAST), "less than 85 % of the device");
    }
}

/// A software password device, slowed down, and the section that names it.
fn device(folder: &Path) -> String {
    let token = folder.join("token");
    softsdf::make_token(&token, 8).unwrap();
    fs::write(token.join("control"), format!("rate {DEVICE}\n")).unwrap();
    fs::write(folder.join("pin"), "12345678").unwrap();
    fs::set_permissions(folder.join("pin"), fs::Permissions::from_mode(0o600)).unwrap();
    let library = env::current_exe().unwrap().parent().unwrap().join("libsoftsdf.so");
    format!(
        "[sdf]\nlibrary = \"{}\"\nlibrary_folder = \"token\"\npin_file = \"pin\"\nsessions = 8\n",
        library.display()
    )
}

/// Licences a second: `count` calls of `each` licences, by several callers.
fn calls(house: &House, callers: usize, count: u32, each: usize) -> f64 {
    let next = AtomicU32::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    let orders: Vec<_> = (0..each).map(|_| house.order()).collect();
                    assert!(issue(&house.issuer, &house.permit(), &orders).iter().all(Result::is_ok));
                }
            });
        }
    });
    f64::from(count) * each as f64 / begun.elapsed().as_secs_f64()
}
