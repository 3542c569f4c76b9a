//! Two devices with the same key: one stands in for the other.

use super::{Device, Fault, Health, Supervisor, Timing};
use crate::{ErrorClass, KeyError};
use std::sync::Arc;

/// A pair of devices. The first works; the second takes over while the first is worse off than
/// it, and gives back when the first is as well again. A device counts as worse off for
/// [`Timing::grace`] after a fault, so that the pair does not swing to and fro.
#[derive(Debug)]
pub struct Pair<D: Device> {
    first: Supervisor<D>,
    second: Supervisor<D>,
}

impl<D: Device> Pair<D> {
    /// Starts both.
    pub fn start(first: D, second: D, timing: Timing) -> Self {
        Self { first: Supervisor::start(first, timing), second: Supervisor::start(second, timing) }
    }

    /// As [`Supervisor::call`], on the device that is better off; on the other too where the first
    /// one asked certainly did nothing. `work` gets the device, which knows its own place of the key.
    ///
    /// # Errors
    /// As [`Supervisor::call`]; where both failed, what the better one said.
    pub fn call<T, F>(&self, work: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: Fn(&D, &mut D::Session) -> Result<T, Fault> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        let run = |device: &Supervisor<D>| {
            let work = Arc::clone(&work);
            device.call(move |device, session| work(device, session))
        };
        let (better, other) = self.ranked();
        let error = match run(better) {
            Err(error) if matches!(error.class(), ErrorClass::Lost | ErrorClass::Busy) => error,
            answer => return answer,
        };
        if other.health() == Health::Lost {
            return Err(error);
        }
        run(other).map_err(|second| match second.class() {
            ErrorClass::Lost | ErrorClass::Busy => error,
            _ => second,
        })
    }

    /// The two devices, the better one first.
    fn ranked(&self) -> (&Supervisor<D>, &Supervisor<D>) {
        let rank = |device: &Supervisor<D>| match device.health() {
            Health::Healthy => 0,
            Health::Degraded => 1,
            Health::Recovering => 2,
            Health::Lost => 3,
        };
        if rank(&self.second) < rank(&self.first) { (&self.second, &self.first) } else { (&self.first, &self.second) }
    }

    /// The first device.
    pub const fn first(&self) -> &Supervisor<D> {
        &self.first
    }

    /// The second device.
    pub const fn second(&self) -> &Supervisor<D> {
        &self.second
    }
}
