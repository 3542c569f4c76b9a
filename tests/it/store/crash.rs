//! A process killed in the middle of writing loses nothing that it acknowledged.

use super::rows::*;
use crate::support::database::Database;
use std::{
    collections::BTreeSet,
    env,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    thread,
};
use yinxin::store::{Settings, Store, StoreError, audit, counter, migrate};

on_both!(killed_in_the_middle);

/// Set in the process that is killed: the address.
const VICTIM: &str = "YINXIN_TEST_VICTIM";

/// Acknowledged writes after which it is killed.
const ENOUGH: usize = 300;

fn killed_in_the_middle(database: &Database) {
    if let Ok(address) = env::var(VICTIM) {
        write_until_killed(Settings::new(address.parse().unwrap()));
    }
    migrate(&database.settings).unwrap();
    let (address, module) = if database.is_sqlite() {
        (format!("sqlite:{}", database.folder().path().join("register.db").display()), "sqlite")
    } else {
        (database.address(), "postgres")
    };
    let mut victim = Command::new(env::current_exe().unwrap())
        .args(["--exact", &format!("store::crash::{module}::killed_in_the_middle"), "--nocapture"])
        .env(VICTIM, address)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = BTreeSet::new();
    for line in BufReader::new(victim.stdout.take().unwrap()).lines() {
        // the last line may be cut
        let Ok(line) = line else { break };
        if let Some(number) = line.strip_prefix("acknowledged ").and_then(|rest| rest.strip_suffix('.')) {
            acknowledged.insert(number.parse::<i64>().unwrap());
        }
        if acknowledged.len() == ENOUGH {
            victim.kill().unwrap();
        }
    }
    victim.wait().unwrap();
    assert!(acknowledged.len() >= ENOUGH, "it ended by itself after {}", acknowledged.len());
    let store = Store::open(database.settings.clone()).unwrap();
    let kept: BTreeSet<i64> =
        store.read(|c| audit::list_all(c, 0, 1_000_000)).unwrap().into_iter().map(|row| row.at).collect();
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged and gone: {lost:?}");
    // counter and rows of one write are there together or not at all
    let next = store.read(|c| counter::peek(c, "victim")).unwrap();
    assert_eq!(kept, (1..next).collect());
}

fn write_until_killed(settings: Settings) -> ! {
    let store = Store::open(settings).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let number = store.write(|c| {
                        let number = counter::take(c, "victim", 1)?;
                        audit::append(c, &audit::Event { detail: vec![1; 9000], ..event(None, number, "x") })?;
                        Ok::<_, StoreError>(number)
                    });
                    let line = format!("acknowledged {}.\n", number.unwrap());
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
    unreachable!("the threads do not end")
}
