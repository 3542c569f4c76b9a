//! The socket: who connects is said by the kernel, not by the client.

use crate::desk::{Desk, Peer};
use core::time::Duration;
use rustix::{fs::Mode, net::sockopt::socket_peercred};
use std::{
    collections::BTreeMap,
    io,
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};
use yinxin_hsm::remote::wire::{self, Answer, Refusal, Welcome};

/// How long a client may take for its greeting, and for taking an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the socket is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerFault {
    /// Another process listens there.
    #[error("{0}: another process listens there")]
    Taken(PathBuf),
    /// Something else than a socket lies there.
    #[error("{0}: is not a socket")]
    NotASocket(PathBuf),
    /// The system refused.
    #[error("{path}: cannot {action}: {cause}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
}

/// A running daemon. It ends when the value is dropped.
pub struct Server {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    desk: Desk,
    socket: PathBuf,
    most: usize,
    ends: AtomicBool,
    connections: Mutex<Connections>,
}

#[derive(Default)]
struct Connections {
    next: u64,
    open: BTreeMap<u64, UnixStream>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Listens at `socket`, for at most `most` clients at once. A socket that a dead daemon left is replaced.
    /// User and group of the folder may connect (mode 0660).
    ///
    /// # Errors
    /// [`ServerFault`].
    pub fn start(desk: Desk, socket: &Path, most: usize) -> Result<Self, ServerFault> {
        let fault = |action| move |cause| ServerFault::Io { action, path: socket.to_owned(), cause };
        clear(socket)?;
        let listener = UnixListener::bind(socket).map_err(fault("listen"))?;
        rustix::fs::chmod(socket, Mode::from_raw_mode(0o660)).map_err(|errno| fault("set the mode")(errno.into()))?;
        let shared = Arc::new(Shared {
            desk,
            socket: socket.to_owned(),
            most,
            ends: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let of_thread = Arc::clone(&shared);
        let accepting = thread::Builder::new().name("accept".to_owned()).spawn(move || accept(&of_thread, &listener));
        let accepting = Some(accepting.map_err(fault("start a thread for"))?);
        Ok(Self { shared, accepting })
    }

    /// The desk behind it.
    pub fn desk(&self) -> &Desk {
        &self.shared.desk
    }

    /// Serves until the process ends.
    pub fn serve(mut self) {
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // wakes the thread that accepts
        let _ = UnixStream::connect(&self.shared.socket);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        let threads = {
            let mut connections = self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner);
            for connection in connections.open.values() {
                let _ = connection.shutdown(Shutdown::Both);
            }
            core::mem::take(&mut connections.threads)
        };
        // they hold the desk, and with it the audit, which the next daemon wants
        for thread in threads {
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(&self.shared.socket);
    }
}

/// Removes a socket that nobody listens on.
fn clear(socket: &Path) -> Result<(), ServerFault> {
    use std::os::unix::fs::FileTypeExt as _;
    let fault = |action| move |cause| ServerFault::Io { action, path: socket.to_owned(), cause };
    match std::fs::symlink_metadata(socket) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(fault("look at")(error)),
        Ok(found) if !found.file_type().is_socket() => Err(ServerFault::NotASocket(socket.to_owned())),
        Ok(_) => match UnixStream::connect(socket) {
            Ok(_) => Err(ServerFault::Taken(socket.to_owned())),
            Err(_) => std::fs::remove_file(socket).map_err(fault("remove")),
        },
    }
}

fn accept(shared: &Arc<Shared>, listener: &UnixListener) {
    loop {
        let accepted = listener.accept();
        if shared.ends.load(Ordering::SeqCst) {
            return;
        }
        // out of handles, mostly: others close theirs
        let Ok((connection, _)) = accepted else {
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let Some(number) = shared.enter(&connection) else {
            turn_away(connection, Welcome::Full);
            continue;
        };
        let of_thread = Arc::clone(shared);
        let started = thread::Builder::new().name(format!("client {number}")).spawn(move || {
            let _ = converse(&of_thread, connection);
            of_thread.leave(number);
        });
        match started {
            Ok(thread) => shared.keep(thread),
            Err(_) => shared.leave(number),
        }
    }
}

fn turn_away(mut connection: UnixStream, word: Welcome) {
    let _ = connection.set_write_timeout(Some(Duration::from_millis(100)));
    let _ = wire::write_frame(&mut connection, &wire::welcome(word));
}

impl Shared {
    fn enter(&self, connection: &UnixStream) -> Option<u64> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if connections.open.len() >= self.most {
            return None;
        }
        let handle = connection.try_clone().ok()?;
        connections.next += 1;
        let number = connections.next;
        connections.open.insert(number, handle);
        Some(number)
    }

    fn keep(&self, thread: JoinHandle<()>) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.threads.retain(|thread| !thread.is_finished());
        connections.threads.push(thread);
    }

    fn leave(&self, number: u64) {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).open.remove(&number);
    }
}

/// One client, from its greeting to its end.
fn converse(shared: &Shared, mut connection: UnixStream) -> io::Result<()> {
    let credentials = socket_peercred(&connection)?;
    let peer = Peer { uid: credentials.uid.as_raw(), pid: credentials.pid.as_raw_pid() };
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    if !shared.desk.knows(peer) {
        turn_away(connection, Welcome::Stranger);
        return Ok(());
    }
    let greeting = wire::read_frame(&mut connection)?;
    if !greeting.is_some_and(|frame| wire::is_greeting(&frame)) {
        return Ok(());
    }
    wire::write_frame(&mut connection, &wire::welcome(Welcome::Welcome))?;
    // from now on it may rest between requests
    connection.set_read_timeout(None)?;
    while let Some(frame) = wire::read_frame(&mut connection)? {
        let answer = shared.desk.answer(peer, &frame);
        let frame = answer.to_frame().or_else(|_| too_long().to_frame()).map_err(|_| io::ErrorKind::InvalidData)?;
        wire::write_frame(&mut connection, &frame)?;
        if shared.ends.load(Ordering::SeqCst) {
            return Ok(());
        }
    }
    Ok(())
}

/// More keys than a frame holds.
fn too_long() -> Answer {
    Answer::Refused(Refusal {
        class: yinxin_hsm::ErrorClass::Refused,
        no_such_key: false,
        retry_after: Duration::ZERO,
        text: "the answer is longer than a frame".into(),
    })
}
