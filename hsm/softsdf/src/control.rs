//! Faults that a test switches on while a program runs: the file `control` in the
//! token's folder, read at each call. Without it the device works as it should.
//!
//! | line | what |
//! |---|---|
//! | `delay_ms 20` | each signature takes that much longer |
//! | `rate 300` | at most so many signatures a second, over all sessions of the process |
//! | `fail_every 3 0x0100000D` | each third signature fails with the code |
//! | `disconnect 0x01000003` | every call fails with the code |
//! | `hang` | every call waits for as long as the line is there |
//! | `sessions 4` | most sessions of a device |
//! | `reset 1` | sessions and devices opened under another number (0 without the line) are gone |
//! | `ecc_bits 256` | `ECCref_MAX_BITS` of the device, read when it is opened; 512 without the line |
//!
//! `#` begins a comment. A line that is none of these fails every call: a switch that
//! is misspelt shall not look like a device that holds.

use crate::fault::{Fault, fault};
use core::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};
use yinxin_sdf_abi::codes::Code;
use yinxin_vault::place::{self, PlaceError, Rule};

/// Most sessions of a device.
const SESSIONS: usize = 256;

/// How often a hanging call looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How late a signature under a rate may come without lowering the rate.
const CATCH_UP: Duration = Duration::from_millis(20);

/// The folder lets nobody else in; the file is often made with the usual mode.
const READABLE: Rule = Rule { root_too: true, forbidden: 0o022 };

/// What is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Control {
    delay: Duration,
    rate: Option<u32>,
    fail_every: Option<(u64, Code)>,
    disconnect: Option<Code>,
    hang: bool,
    pub(crate) sessions: usize,
    pub(crate) reset: u64,
    pub(crate) wide: bool,
}

const NORMAL: Control = Control {
    delay: Duration::ZERO,
    rate: None,
    fail_every: None,
    disconnect: None,
    hang: false,
    sessions: SESSIONS,
    reset: 0,
    wide: true,
};

/// What every call passes first: waits while the device hangs, fails while it is
/// disconnected.
pub(crate) fn gate(folder: &Path) -> Result<Control, Fault> {
    loop {
        let control = read(folder)?;
        if !control.hang {
            return control.disconnect.map_or(Ok(control), |code| Err(fault(code, "the device is disconnected")));
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn read(folder: &Path) -> Result<Control, Fault> {
    let path = folder.join("control");
    let bad = |what: String| Fault::new(Code::UNKNOWERR, format!("{}: {what}", path.display()));
    let octets = match place::read_file(&path, READABLE, 4096) {
        Ok(octets) => octets,
        Err(PlaceError::Missing(_)) => return Ok(NORMAL),
        Err(error) => return Err(Fault::new(Code::UNKNOWERR, error.to_string())),
    };
    let text = str::from_utf8(&octets).map_err(|_| bad("is no text".to_owned()))?;
    let mut control = NORMAL;
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        if !words.is_empty() {
            control.take(&words).ok_or_else(|| bad(format!("line {} says nothing known", number + 1)))?;
        }
    }
    Ok(control)
}

impl Control {
    fn take(&mut self, words: &[&str]) -> Option<()> {
        match *words {
            ["delay_ms", value] => self.delay = Duration::from_millis(value.parse().ok()?),
            ["rate", value] => self.rate = Some(value.parse().ok().filter(|rate| *rate > 0)?),
            ["fail_every", value, number] => {
                self.fail_every = Some((value.parse().ok().filter(|every| *every > 0)?, code(number)?));
            }
            ["disconnect", number] => self.disconnect = Some(code(number)?),
            ["hang"] => self.hang = true,
            ["sessions", value] => self.sessions = value.parse().ok()?,
            ["reset", value] => self.reset = value.parse().ok()?,
            ["ecc_bits", "256"] => self.wide = false,
            ["ecc_bits", "512"] => self.wide = true,
            _ => return None,
        }
        Some(())
    }
}

/// A code in hexadecimal, `0x` before it; not that of success.
fn code(text: &str) -> Option<Code> {
    let number = i32::from_str_radix(text.strip_prefix("0x")?, 16).ok()?;
    Some(Code::new(number)).filter(|code| *code != Code::OK)
}

/// Counts the signatures of a token in this process.
#[derive(Default)]
pub(crate) struct Meter {
    signatures: AtomicU64,
    /// When the next signature may come, under a rate.
    next: Mutex<Option<Instant>>,
}

impl Meter {
    /// Lets one signature pass.
    pub(crate) fn signature(&self, control: &Control) -> Result<(), Fault> {
        let number = self.signatures.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        thread::sleep(control.delay + self.wait(control.rate));
        match control.fail_every {
            Some((every, code)) if number.is_multiple_of(every) => Err(fault(code, "a failure that was switched on")),
            _ => Ok(()),
        }
    }

    fn wait(&self, rate: Option<u32>) -> Duration {
        let Some(rate) = rate else { return Duration::ZERO };
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let earliest = now.checked_sub(CATCH_UP).unwrap_or(now);
        let turn = next.map_or(now, |next| next.max(earliest));
        *next = Some(turn + Duration::from_secs(1) / rate);
        turn.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Control> {
        let mut control = NORMAL;
        control.take(&text.split_whitespace().collect::<Vec<_>>()).map(|()| control)
    }

    #[test]
    fn lines_say_one_thing_each() {
        assert_eq!(of("delay_ms 20"), Some(Control { delay: Duration::from_millis(20), ..NORMAL }));
        assert_eq!(of("rate 300"), Some(Control { rate: Some(300), ..NORMAL }));
        assert_eq!(of("fail_every 3 0x0100000D"), Some(Control { fail_every: Some((3, Code::SIGNERR)), ..NORMAL }));
        assert_eq!(of("disconnect 0x01000003"), Some(Control { disconnect: Some(Code::COMMFAIL), ..NORMAL }));
        assert_eq!(of("hang"), Some(Control { hang: true, ..NORMAL }));
        assert_eq!(of("ecc_bits 256"), Some(Control { wide: false, ..NORMAL }));
        for wrong in [
            "delay 20",
            "rate 0",
            "rate",
            "fail_every 0 0x01000003",
            "fail_every 3",
            "disconnect",
            "disconnect 0",
            "disconnect 0x0",
            "disconnect 16777219",
            "hang now",
            "ecc_bits 384",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_rate_is_kept_over_many_signatures() {
        let meter = Meter::default();
        let control = Control { rate: Some(200), ..NORMAL };
        let begin = Instant::now();
        for _ in 0..41 {
            assert!(meter.signature(&control).is_ok());
        }
        // forty periods of 5 ms, less what may be made up for
        assert!(begin.elapsed() >= Duration::from_millis(180), "{:?}", begin.elapsed());
    }

    #[test]
    fn every_third_signature_fails() {
        let meter = Meter::default();
        let control = Control { fail_every: Some((3, Code::SIGNERR)), ..NORMAL };
        let failed: Vec<bool> = (0..7).map(|_| meter.signature(&control).is_err()).collect();
        assert_eq!(failed, [false, false, true, false, false, true, false]);
    }
}
