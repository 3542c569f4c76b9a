//! Random lives of licences from fixed seeds: whatever is recorded, in whatever
//! order, the rules that the registry promises hold.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use yinxin_trust::{
    base::Day,
    licence::{
        Expiry,
        identifier::{LicenceIdentifier, Version},
        state::{Act, ActKind, Decision, End, Life, Standing, State},
    },
};

const LIVES: u64 = 600;
const ATTEMPTS: u64 = 40;
const DAYS: u64 = 120;
const BODY: &str = "11430000006122244L";

/// xorshift64*: small, good enough to mix acts and days.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}

/// Days from the first of 2026.
fn day(number: u64) -> Day {
    let mut day = Day::new(2026, 1, 1).unwrap();
    for _ in 0..number {
        day = day.next().unwrap();
    }
    day
}

fn identifier(serial: &str) -> LicenceIdentifier {
    let type_code = "11100000000013338W011".parse().unwrap();
    LicenceIdentifier::build(&type_code, &BODY.parse().unwrap(), serial, Version::FIRST).unwrap()
}

fn kind(random: &mut Random) -> ActKind {
    let until = if random.below(3) == 0 { Expiry::Never } else { Expiry::After(day(random.below(DAYS))) };
    match random.below(16) {
        0 => ActKind::Issue { until },
        1..4 => ActKind::Change { until },
        4 => ActKind::Renew { successor: identifier("2") },
        5..8 => ActKind::Suspend,
        8..11 => ActKind::Resume,
        11 => ActKind::Revoke,
        12 => ActKind::Cancel,
        13 => ActKind::Withdraw,
        14 => ActKind::TransferOut,
        _ => ActKind::CancelTransferOut,
    }
}

/// Recorded on `today`; decided a little before, working a little before or after.
fn act(kind: ActKind, today: u64, begins: Day, random: &mut Random) -> Act {
    let decided = today.saturating_sub(random.below(3));
    let effective = match (&kind, random.below(8)) {
        (ActKind::Withdraw, 0..7) => begins,
        (_, 0) => day(today.saturating_sub(random.below(6))),
        (_, 1 | 2) => day(today + random.below(10)),
        _ => day(decided),
    };
    Act {
        kind,
        decision: Decision {
            body: BODY.parse().unwrap(),
            document_number: "1".into(),
            legal_basis: "1".into(),
            decided_on: day(decided),
        },
        effective_from: effective,
        recorded_at: day(today).at_beijing_time(12, 0, 0).unwrap(),
    }
}

fn timeline(life: &Life) -> Vec<Standing> {
    (0..DAYS + 20).map(|number| life.on(day(number))).collect()
}

fn for_good(state: State) -> bool {
    matches!(state, State::Ended(End::Revoked | End::Cancelled | End::Withdrawn | End::Superseded))
}

/// Each life with what was tried on it, accepted or not.
fn lives(mut each: impl FnMut(u64, &Life, &[Life])) {
    for seed in 1..=LIVES {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let begins = day(random.below(10));
        let until = if random.below(2) == 0 { Expiry::Never } else { Expiry::After(day(40 + random.below(80))) };
        let issue = Act { effective_from: begins, ..act(ActKind::Issue { until }, 0, begins, &mut random) };
        let mut life = Life::begin(identifier("1"), issue).unwrap();
        let mut stages = vec![life.clone()];
        let mut today = 0;
        for _ in 0..ATTEMPTS {
            today += random.below(5);
            let before = life.clone();
            let kind = kind(&mut random);
            match life.record(act(kind, today, begins, &mut random)) {
                Ok(()) => stages.push(life.clone()),
                Err(_) => assert_eq!(life, before, "seed {seed}: a refused act leaves its trace"),
            }
        }
        each(seed, &life, &stages);
    }
}

#[test]
fn lives_are_rich_enough_to_mean_something() {
    let (mut acts, mut states) = (0, std::collections::BTreeSet::new());
    lives(|_, life, _| {
        acts += life.acts().len();
        states.extend(timeline(life).iter().map(|standing| standing.state.to_string()));
    });
    assert!(acts > 2 * usize::try_from(LIVES).unwrap(), "{acts}");
    assert_eq!(states.len(), 9, "{states:?}");
}

#[test]
fn what_has_ended_for_good_never_comes_back() {
    lives(|seed, life, _| {
        for pair in timeline(life).windows(2) {
            let [before, after] = pair else { continue };
            assert!(!for_good(before.state) || for_good(after.state), "seed {seed}: {before:?} {after:?}");
        }
    });
}

#[test]
fn in_force_within_the_validity_only() {
    lives(|seed, life, _| {
        for (number, standing) in (0..).zip(timeline(life)) {
            let on = day(number);
            if matches!(standing.state, State::InForce | State::Suspended) {
                assert!(on >= life.begins() && !standing.until.is_past_on(on), "seed {seed}, {on}: {standing:?}");
            }
            let begun = standing.since <= on || on < life.begins();
            assert!(begun, "seed {seed}, {on}: {standing:?}");
        }
    });
}

#[test]
fn the_day_on_which_it_leaves_force_is_told_before() {
    let mut left = 0;
    lives(|seed, life, _| {
        let states: Vec<State> = timeline(life).iter().map(|standing| standing.state).collect();
        for (at, _) in states.iter().enumerate().filter(|(_, state)| **state == State::InForce) {
            let leaves = states[at..].iter().position(|state| *state != State::InForce);
            let leaves = leaves.map(|after| day((at + after) as u64));
            assert_eq!(life.leaves_force_after(day(at as u64)), leaves, "seed {seed}, day {at}");
            left += usize::from(leaves.is_some());
        }
    });
    assert!(left > 1_000, "{left}");
}

#[test]
fn versions_only_grow_and_one_is_in_force() {
    lives(|seed, life, _| {
        let timeline = timeline(life);
        assert!(timeline.windows(2).all(|pair| pair[0].version <= pair[1].version), "seed {seed}");
        for (number, standing) in (0..).zip(&timeline) {
            let own = life.version_on(standing.version, day(number)).map(|own| own.state);
            assert_eq!(own, Some(standing.state), "seed {seed}, day {number}");
            let in_force = (1..=timeline.last().unwrap().version.number())
                .filter_map(|version| life.version_on(format!("{version:03}").parse().unwrap(), day(number)))
                .filter(|of_version| of_version.state == State::InForce)
                .count();
            assert_eq!(in_force, usize::from(standing.state == State::InForce), "seed {seed}, day {number}");
        }
    });
}

#[test]
fn what_was_known_never_changes() {
    lives(|seed, life, stages| {
        for stage in stages {
            let last = stage.acts().last().unwrap().recorded_at;
            // acts of the same instant become known together
            if life.acts().iter().filter(|act| act.recorded_at <= last).count() != stage.acts().len() {
                continue;
            }
            for number in (0..DAYS + 20).step_by(3) {
                let then = stage.on(day(number));
                assert_eq!(life.on_as_known(day(number), last), Some(then), "seed {seed}, day {number}");
            }
        }
    });
}

#[test]
fn the_past_changes_by_withdrawal_only() {
    lives(|seed, _, stages| {
        for pair in stages.windows(2) {
            let [before, after] = pair else { continue };
            let act = after.acts().last().unwrap();
            if act.kind == ActKind::Withdraw {
                continue;
            }
            for number in 0..DAYS + 20 {
                let on = day(number);
                if on < act.effective_from {
                    assert_eq!(before.on(on), after.on(on), "seed {seed}, {on}: {}", act.kind);
                }
            }
        }
    });
}

#[test]
fn stored_acts_make_the_same_life() {
    lives(|seed, life, _| {
        let again = Life::replay(life.identifier().clone(), life.acts().iter().cloned());
        assert_eq!(again.as_ref(), Ok(life), "seed {seed}");
    });
}
