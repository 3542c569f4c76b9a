//! A token under a [supervisor](crate::supervise): no caller waits longer than the deadline, and a
//! token that was lost is opened anew by itself.

use super::{device::Device, error::Pkcs11Error};
use crate::{
    DriverFault as _, ErrorClass, KeyError,
    supervise::{self, Fault, Scope},
};
use std::sync::Arc;

/// The token as its supervisor sees it. Sessions stay in the device's own pool, which has one for
/// each of the supervisor's threads.
pub(super) struct Watched(pub(super) Arc<Device>);

impl supervise::Device for Watched {
    type Session = ();

    fn name(&self) -> &str {
        self.0.name()
    }

    fn open(&self, afresh: bool) -> Result<(), Fault> {
        if afresh { self.0.renew().map_err(fault) } else { self.probe(&mut ()) }
    }

    fn log_in(&self, _session: &mut ()) -> Result<(), Fault> {
        // opening did: a login is of the token, not of a session
        Ok(())
    }

    fn probe(&self, _session: &mut ()) -> Result<(), Fault> {
        self.0.alive().map_err(fault)
    }
}

/// What the supervisor makes of an error.
pub(super) fn fault(error: Pkcs11Error) -> Fault {
    let class = error.class();
    let scope = match &error {
        Pkcs11Error::Pin { .. } => Scope::Pin,
        _ if matches!(class, ErrorClass::Lost | ErrorClass::Unknown) => Scope::Device,
        _ => Scope::Request,
    };
    Fault { scope, nothing_done: class != ErrorClass::Unknown, error: KeyError::driver(error) }
}
