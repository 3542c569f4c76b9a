//! The socket: who connects is said by the kernel, not by the client. And the second door, where a certificate says it.

use crate::{
    desk::{Desk, Peer},
    door::Door,
};
use core::time::Duration;
use rustix::{fs::Mode, net::sockopt::socket_peercred};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};
use yinxin_hsm::remote::{
    attentive::{Attentive, Busy},
    tls,
    wire::{self, Answer, Refusal, Welcome},
};

/// How long a client may take for its greeting, with TLS together with the handshake; and for taking an answer.
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
    accepting: Vec<JoinHandle<()>>,
}

struct Shared {
    desk: Desk,
    socket: PathBuf,
    door: Option<Door>,
    most: usize,
    /// Requests that are being answered.
    busy: Busy,
    ends: AtomicBool,
    connections: Mutex<Connections>,
}

#[derive(Default)]
struct Connections {
    next: u64,
    open: BTreeMap<u64, Open>,
    threads: Vec<JoinHandle<()>>,
}

struct Open {
    handle: Socket,
    /// At the second door, and nobody knows yet who it is.
    unknown: bool,
}

/// A connection, through whichever door.
enum Socket {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Server {
    /// Listens at `socket`, for at most `most` clients at once. A socket that a dead daemon left is replaced.
    /// User and group of the folder may connect (mode 0660).
    ///
    /// # Errors
    /// [`ServerFault`].
    pub fn start(desk: Desk, socket: &Path, most: usize) -> Result<Self, ServerFault> {
        Self::start_with(desk, socket, None, most)
    }

    /// The same with a second door. `most` is for both doors together; of these, half at most are at the second
    /// door and not known yet, so that who comes in there in vain keeps nobody out at the socket.
    ///
    /// # Errors
    /// [`ServerFault`].
    pub fn start_with(desk: Desk, socket: &Path, door: Option<Door>, most: usize) -> Result<Self, ServerFault> {
        let fault = |action| move |cause| ServerFault::Io { action, path: socket.to_owned(), cause };
        clear(socket)?;
        let listener = UnixListener::bind(socket).map_err(fault("listen"))?;
        rustix::fs::chmod(socket, Mode::from_raw_mode(0o660)).map_err(|errno| fault("set the mode")(errno.into()))?;
        let shared = Arc::new(Shared {
            desk,
            socket: socket.to_owned(),
            door,
            most,
            busy: Busy::default(),
            ends: AtomicBool::new(false),
            connections: Mutex::default(),
        });
        let mut server = Self { shared, accepting: Vec::new() };
        let spawn = |name: &str, of_thread: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.to_owned()).spawn(of_thread).map_err(fault("start a thread for"))
        };
        let shared = Arc::clone(&server.shared);
        let next = move || listener.accept().map(|(socket, _)| Socket::Unix(socket));
        server.accepting.push(spawn("accept", Box::new(move || accept(&shared, next)))?);
        if server.shared.door.is_some() {
            let shared = Arc::clone(&server.shared);
            let accepting = move || {
                if let Some(door) = &shared.door {
                    accept(&shared, || door.accept().map(Socket::Tcp));
                }
            };
            server.accepting.push(spawn("accept TLS", Box::new(accepting))?);
        }
        Ok(server)
    }

    /// The desk behind it.
    pub fn desk(&self) -> &Desk {
        &self.shared.desk
    }

    /// Serves until the process ends.
    pub fn serve(mut self) {
        for accepting in self.accepting.drain(..) {
            let _ = accepting.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        // wakes the threads that accept
        let _ = UnixStream::connect(&self.shared.socket);
        if let Some(door) = &self.shared.door {
            door.close();
        }
        for accepting in self.accepting.drain(..) {
            let _ = accepting.join();
        }
        let threads = {
            let mut connections = self.shared.connections.lock().unwrap_or_else(PoisonError::into_inner);
            for connection in connections.open.values() {
                connection.handle.shut();
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

fn accept(shared: &Arc<Shared>, next: impl Fn() -> io::Result<Socket>) {
    loop {
        let accepted = next();
        if shared.ends.load(Ordering::SeqCst) {
            return;
        }
        // out of handles, mostly: others close theirs
        let Ok(connection) = accepted else {
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        let Some(number) = shared.enter(&connection) else {
            // with TLS nothing can be said before a handshake, for which there is no room: hanging up says it
            if let Socket::Unix(connection) = connection {
                turn_away(connection, Welcome::Full);
            }
            continue;
        };
        let of_thread = Arc::clone(shared);
        let started = thread::Builder::new().name(format!("client {number}")).spawn(move || {
            let _ = match connection {
                Socket::Unix(connection) => at_socket(&of_thread, connection),
                Socket::Tcp(connection) => at_door(&of_thread, number, connection),
            };
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

impl Socket {
    fn handle(&self) -> io::Result<Self> {
        match self {
            Self::Unix(socket) => socket.try_clone().map(Self::Unix),
            Self::Tcp(socket) => socket.try_clone().map(Self::Tcp),
        }
    }

    fn shut(&self) {
        let _ = match self {
            Self::Unix(socket) => socket.shutdown(Shutdown::Both),
            Self::Tcp(socket) => socket.shutdown(Shutdown::Both),
        };
    }
}

impl Shared {
    fn enter(&self, connection: &Socket) -> Option<u64> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if connections.open.len() >= self.most {
            return None;
        }
        let unknown = matches!(connection, Socket::Tcp(_));
        if unknown && connections.open.values().filter(|open| open.unknown).count() >= (self.most / 2).max(1) {
            return None;
        }
        let handle = connection.handle().ok()?;
        connections.next += 1;
        let number = connections.next;
        connections.open.insert(number, Open { handle, unknown });
        Some(number)
    }

    /// One at the second door is known now.
    fn know(&self, number: u64) {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = connections.open.get_mut(&number) {
            open.unknown = false;
        }
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

/// One client at the socket, from its greeting to its end.
fn at_socket(shared: &Shared, mut connection: UnixStream) -> io::Result<()> {
    let credentials = socket_peercred(&connection)?;
    let peer = Peer::Process { uid: credentials.uid.as_raw(), pid: credentials.pid.as_raw_pid() };
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    if !shared.desk.knows(peer) {
        turn_away(connection, Welcome::Stranger);
        return Ok(());
    }
    greet(&mut connection)?;
    // from now on it may rest between requests
    connection.set_read_timeout(None)?;
    converse(shared, peer, &mut Attentive::new(connection, shared.busy.clone(), 0))
}

/// One client at the second door, from its handshake to its end.
fn at_door(shared: &Shared, number: u64, connection: TcpStream) -> io::Result<()> {
    let Some(door) = &shared.door else { return Ok(()) };
    let from = connection.peer_addr()?;
    let (mut visitor, sha256) = door.shake(connection, PATIENCE).inspect_err(|error| {
        // one that only hangs up, or says nothing, is not worth a record
        if let Some(why) = tls::said(error) {
            shared.desk.keep_out(from, &why.to_string());
        }
    })?;
    let peer = Peer::Certified { sha256, from };
    if !shared.desk.knows(peer) {
        wire::write_frame(&mut visitor, &wire::welcome(Welcome::Stranger))?;
        visitor.conn.send_close_notify();
        visitor.flush()?;
        visitor.sock.part();
        return Ok(());
    }
    greet(&mut visitor)?;
    shared.know(number);
    visitor.sock.rest()?;
    converse(shared, peer, &mut visitor)
}

fn greet(connection: &mut (impl Read + Write)) -> io::Result<()> {
    let greeting = wire::read_frame(connection)?;
    if !greeting.is_some_and(|frame| wire::is_greeting(&frame)) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    wire::write_frame(connection, &wire::welcome(Welcome::Welcome))
}

fn converse(shared: &Shared, peer: Peer, connection: &mut (impl Read + Write)) -> io::Result<()> {
    while let Some(frame) = wire::read_frame(connection)? {
        let at_work = shared.busy.enter();
        let answer = shared.desk.answer(peer, &frame);
        let frame = answer.to_frame().or_else(|_| too_long().to_frame()).map_err(|_| io::ErrorKind::InvalidData)?;
        wire::write_frame(connection, &frame)?;
        drop(at_work);
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
