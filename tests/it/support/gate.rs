//! A way to a service that can be shut: the network that goes away.

use std::{
    io::{Read as _, Write as _, copy},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Passes octets on while it is open.
pub(crate) struct Gate {
    /// Where it is reached.
    pub(crate) at: SocketAddr,
    is_open: Arc<AtomicBool>,
    held: Arc<Mutex<Instant>>,
    lines: Arc<Mutex<Vec<TcpStream>>>,
}

impl Gate {
    /// An open one before a service.
    pub(crate) fn before(service: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (is_open, lines) = (Arc::new(AtomicBool::new(true)), Arc::new(Mutex::new(Vec::new())));
        let held = Arc::new(Mutex::new(Instant::now()));
        let gate = Self { at, is_open: Arc::clone(&is_open), held: Arc::clone(&held), lines: Arc::clone(&lines) };
        // ends with the process
        thread::spawn(move || {
            for from in listener.incoming().flatten() {
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(to) = TcpStream::connect(service) else { continue };
                lines.lock().unwrap().extend([from.try_clone().unwrap(), to.try_clone().unwrap()]);
                let (mut asked, mut service) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = copy(&mut asked, &mut service);
                    let _ = service.shutdown(Shutdown::Both);
                });
                let (mut answered, mut back, held) = (to, from, Arc::clone(&held));
                thread::spawn(move || {
                    let mut octets = [0; 16 << 10];
                    while let Ok(count @ 1..) = answered.read(&mut octets) {
                        let wait = held.lock().unwrap().saturating_duration_since(Instant::now());
                        thread::sleep(wait);
                        if back.write_all(&octets[..count]).is_err() {
                            break;
                        }
                    }
                    let _ = back.shutdown(Shutdown::Both);
                });
            }
        });
        gate
    }

    /// Ends every line, and lets no further one through.
    pub(crate) fn shut(&self) {
        self.is_open.store(false, Ordering::SeqCst);
        for line in self.lines.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    /// Holds what is answered from now on back for so long.
    pub(crate) fn hold(&self, long: Duration) {
        *self.held.lock().unwrap() = Instant::now() + long;
    }

    /// Lets lines through again.
    pub(crate) fn open(&self) {
        self.is_open.store(true, Ordering::SeqCst);
    }
}
