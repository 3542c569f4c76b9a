//! The way to a device, or to a pair of devices with the same keys.

use super::{
    device::{Device, fault},
    error::SdfError,
    session::Session,
};
use crate::{
    KeyError, SdfPlace,
    supervise::{Fault, Health, Pair, Supervisor},
};

/// One device, or two of which one stands in for the other.
#[derive(Debug)]
pub(super) enum Line {
    One(Supervisor<Device>),
    Two(Box<Pair<Device>>),
}

impl Line {
    /// The device whose name the keys bear.
    pub(super) fn device(&self) -> &Device {
        match self {
            Self::One(supervisor) => supervisor.device(),
            Self::Two(pair) => pair.first().device(),
        }
    }

    /// Runs work in a session.
    pub(super) fn run<T, F>(&self, work: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: Fn(&Device, &mut Session) -> Result<T, SdfError> + Send + Sync + 'static,
    {
        let work =
            move |device: &Device, session: &mut Session| -> Result<T, Fault> { work(device, session).map_err(fault) };
        match self {
            Self::One(supervisor) => supervisor.call(work),
            Self::Two(pair) => pair.call(work),
        }
    }

    /// Runs work with a key, whose PIN is shown first where the session has not shown it.
    pub(super) fn run_with<T, F>(&self, place: SdfPlace, work: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: Fn(&mut Session) -> Result<T, SdfError> + Send + Sync + 'static,
    {
        self.run(move |device, session| device.unlock(session, place).and_then(|()| work(session)))
    }

    /// How the device is; of a pair, the better one.
    pub(super) fn health(&self) -> Health {
        match self {
            Self::One(supervisor) => supervisor.health(),
            Self::Two(pair) => {
                let (first, second) = (pair.first().health(), pair.second().health());
                if first == Health::Lost { second } else { first }
            }
        }
    }
}
