//! Waiting awake for a moment.
//!
//! A thread that sleeps until its socket can be read is woken through the kernel, on a virtual machine by way of
//! another processor: tens of microseconds, twice a signature, which is more than a signature in software takes. So each
//! side looks a while before it sleeps, as long as nothing else is to do on its side: where several are at work, the
//! processors have better to do, and one thread's sleep is another's turn.

use core::{
    hint,
    sync::atomic::{AtomicUsize, Ordering},
};
use rustix::{
    io::Errno,
    net::{RecvFlags, recv},
};
use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    sync::Arc,
};

/// How often is looked before sleeping: some 300 microseconds, as long as a signature in software with its record takes on a
/// slow machine. For a device, which takes longer, the moment is lost, a tenth of its time at most.
const LOOKS: usize = 600;

/// A rest between two looks, in the processor's own unit.
const REST: usize = 16;

/// How many threads of one side are at work.
#[derive(Clone, Debug, Default)]
pub struct Busy(Arc<AtomicUsize>);

/// One that is at work, until it is dropped.
pub struct AtWork<'a>(&'a Busy);

impl Busy {
    /// Counts one more.
    pub fn enter(&self) -> AtWork<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        AtWork(self)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A socket that is read awake first.
pub struct Attentive {
    socket: UnixStream,
    busy: Busy,
    most: usize,
}

impl Attentive {
    /// Looks before it sleeps while at most `most` are at work on its side.
    pub const fn new(socket: UnixStream, busy: Busy, most: usize) -> Self {
        Self { socket, busy, most }
    }

    /// The socket itself.
    pub const fn socket(&self) -> &UnixStream {
        &self.socket
    }
}

impl Read for Attentive {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        for _ in 0..LOOKS {
            if self.busy.0.load(Ordering::Relaxed) > self.most {
                break;
            }
            match recv(&self.socket, &mut *octets, RecvFlags::DONTWAIT) {
                Ok((count, _)) => return Ok(count),
                Err(Errno::AGAIN) => (0..REST).for_each(|_| hint::spin_loop()),
                Err(errno) => return Err(errno.into()),
            }
        }
        self.socket.read(octets)
    }
}

impl Write for Attentive {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.socket.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}
