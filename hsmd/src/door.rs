//! The second door: TLS 1.3 over TCP, for a service on another machine. Both sides show a certificate; who a
//! client is, is said by the SHA-256 of its own, and the chain to an authority must hold as well.
//!
//! Sessions are never resumed: a chain that ended, or a client that was taken out of the configuration, is not let in
//! by an older handshake. Dates are judged by the daemon's own clock.

use crate::{clock::Clock, config::TlsConfig};
use core::{fmt, time::Duration};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::UnixTime,
    server::{NoServerSessionStorage, WebPkiClientVerifier},
    time_provider::TimeProvider,
    version::TLS13,
};
use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    time::Instant,
};
use yinxin_hsm::remote::tls::{self, Identity, TlsFault};

/// How long one who is turned away may take to read why, and how much of what they still send is read: a
/// connection that is closed over unread octets takes the answer with it.
const FAREWELL: (Duration, usize) = (Duration::from_secs(1), 16);

/// Why there is no second door.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DoorFault {
    /// The certificates or the key.
    #[error("tls: {0}")]
    Files(#[from] TlsFault),
    /// The address.
    #[error("tls.listen {address}: {cause}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        cause: io::Error,
    },
}

/// A listener with certificates; see the [module](self).
pub struct Door {
    listener: TcpListener,
    config: Arc<ServerConfig>,
}

/// A client that came in.
pub(crate) type Visitor = StreamOwned<ServerConnection, Patient>;

impl Door {
    /// Reads the files and listens.
    ///
    /// # Errors
    /// [`DoorFault`].
    pub fn open(config: &TlsConfig, clock: Box<dyn Clock>) -> Result<Self, DoorFault> {
        let Identity { chain, key } = Identity::read(&config.certificate, &config.key)?;
        let roots = Arc::new(tls::authorities(&config.client_authorities)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, tls::provider()).build();
        let verifier = verifier.map_err(|cause| tls::refused(&config.client_authorities, &cause))?;
        let fault = |cause: rustls::Error| tls::refused(&config.certificate, &cause);
        let builder = ServerConfig::builder_with_details(tls::provider(), Arc::new(Time(clock)));
        let builder = builder.with_protocol_versions(&[&TLS13]).map_err(fault)?;
        let mut server = builder.with_client_cert_verifier(verifier).with_single_cert(chain, key).map_err(fault)?;
        server.send_tls13_tickets = 0;
        server.session_storage = Arc::new(NoServerSessionStorage {});
        let address = config.listen;
        let listener = TcpListener::bind(address).map_err(|cause| DoorFault::Listen { address, cause })?;
        Ok(Self { listener, config: Arc::new(server) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub(crate) fn accept(&self) -> io::Result<TcpStream> {
        self.listener.accept().map(|(socket, _)| socket)
    }

    /// Ends the waiting of whoever accepts.
    pub(crate) fn close(&self) {
        let _ = rustix::net::shutdown(&self.listener, rustix::net::Shutdown::Both);
    }

    /// Shakes hands within `patience`, which goes on for the greeting; the client, and SHA-256 of its certificate.
    pub(crate) fn shake(&self, socket: TcpStream, patience: Duration) -> io::Result<(Visitor, [u8; 32])> {
        tls::settle(&socket)?;
        socket.set_write_timeout(Some(patience))?;
        let mut socket = Patient { socket, until: Some(Instant::now() + patience) };
        let mut connection = ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        while connection.is_handshaking() {
            match connection.complete_io(&mut socket) {
                Ok((0, _)) if connection.is_handshaking() => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => {}
                Err(error) => {
                    // the alert that says why is on its way
                    socket.part();
                    return Err(error);
                }
            }
        }
        // the verifier lets nobody in without
        let leaf = connection.peer_certificates().and_then(<[_]>::first).ok_or(io::ErrorKind::InvalidData)?;
        let sha256 = tls::fingerprint(leaf);
        Ok((StreamOwned::new(connection, socket), sha256))
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("listener", &self.listener).finish_non_exhaustive()
    }
}

/// A TCP connection, from which is read until an instant at most, however slowly octets come.
pub(crate) struct Patient {
    socket: TcpStream,
    until: Option<Instant>,
}

impl Patient {
    /// From now on the client may rest between requests.
    pub(crate) fn rest(&mut self) -> io::Result<()> {
        self.until = None;
        self.socket.set_read_timeout(None)
    }

    /// Hangs up, and lets the client read what was said last.
    pub(crate) fn part(&mut self) {
        let (time, reads) = FAREWELL;
        let _ = self.socket.shutdown(Shutdown::Write);
        self.until = Some(Instant::now() + time);
        let mut octets = [0; 4096];
        for _ in 0..reads {
            if !matches!(self.read(&mut octets), Ok(1..)) {
                return;
            }
        }
    }
}

impl Read for Patient {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        if let Some(until) = self.until {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.socket.set_read_timeout(Some(left))?;
        }
        self.socket.read(octets)
    }
}

impl Write for Patient {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.socket.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// The daemon's clock, as TLS asks for it.
struct Time(Box<dyn Clock>);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let since = u64::try_from(self.0.now()?.unix_milliseconds()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(since)))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// A timeout of the socket alone would begin anew with every octet.
    #[test]
    fn a_slow_talker_is_heard_until_the_end_of_patience_only() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut talker = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, _) = listener.accept().unwrap();
        let talking = thread::spawn(move || {
            while talker.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        });
        let begun = Instant::now();
        let mut patient = Patient { socket, until: Some(begun + Duration::from_millis(300)) };
        let mut octet = [0];
        let error = loop {
            match patient.read(&mut octet) {
                Ok(count) => assert_eq!(count, 1),
                Err(error) => break error,
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "is heard for ever");
        };
        assert!(matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock), "{error}");
        drop(patient);
        talking.join().unwrap();
    }
}
