//! Handles: what the caller holds is a number in the form of a pointer. It is looked
//! up, never followed, so a wrong one is an error and no crash.

use core::{
    ffi::c_void,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// A handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Handle(usize);

impl Handle {
    /// One that was never given out before. Numbers of two handles are never near each other.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        // odd and spread out: no address of anything, and no small number that a caller made up
        Self(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x1_0001_0010) | 1)
    }

    pub(crate) fn of_pointer(pointer: *const c_void) -> Self {
        Self(pointer.addr())
    }

    pub(crate) fn to_pointer(self) -> *mut c_void {
        ptr::without_provenance_mut(self.0)
    }
}

/// What handles stand for.
pub(crate) struct Table<T>(RwLock<HashMap<Handle, Arc<T>>>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T> Table<T> {
    pub(crate) fn add(&self, value: T) -> Handle {
        let handle = Handle::fresh();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(handle, Arc::new(value));
        handle
    }

    pub(crate) fn get(&self, handle: Handle) -> Option<Arc<T>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&handle).map(Arc::clone)
    }

    pub(crate) fn remove(&self, handle: Handle) -> Option<Arc<T>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&handle)
    }
}
