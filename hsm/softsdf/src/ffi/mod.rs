//! The exported functions. `include/softsdf.h` says what each takes and answers.
//!
//! What a caller must keep to is the same for all: a pointer is null or leads to as
//! much memory, readable or writable, as the header says, for as long as the call
//! lasts. Null pointers and unknown handles are answered with a code; a panic is
//! answered with `SDR_UNKNOWERR` and crosses no boundary.

mod asymmetric;
mod device;
mod digest;
mod keys;
mod pointers;
mod symmetric;
mod vendor;

pub use asymmetric::*;
pub use device::*;
pub use digest::*;
pub use keys::*;
pub use symmetric::*;
pub use vendor::*;

use crate::{
    control::Control,
    fault::{Fault, remember},
    registry::Handle,
    session::{self, Session},
};
use core::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use yinxin_sdf_abi::codes::Code;

/// Runs one call.
fn call(work: impl FnOnce() -> Result<(), Fault>) -> c_int {
    // all that outlives a call is behind locks whose contents are whole at any time
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => Code::OK,
        Ok(Err(fault)) => remember(fault),
        Err(_) => Code::UNKNOWERR,
    }
    .raw()
}

/// Runs one call in a session.
fn in_session(session: *mut c_void, work: impl FnOnce(&Session, &Control) -> Result<(), Fault>) -> c_int {
    call(|| {
        let (session, control) = session::session(Handle::of_pointer(session))?;
        work(&session, &control)
    })
}
