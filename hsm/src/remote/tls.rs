//! TLS between a service and a daemon on another machine: version 1.3 alone, and both show a certificate.
//!
//! Files are read when the service or the daemon starts; sessions are never resumed, so every connection
//! proves both keys and both chains anew. Dates of certificates are judged by the machine's clock.

use crate::place::{self, PRIVATE, PlaceError};
use core::time::Duration;
use rustix::net::sockopt;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    client::Resumption,
    crypto::{CryptoProvider, ring::default_provider},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    version::TLS13,
};
use std::{
    fs::File,
    io::{self, Read as _},
    net::{TcpStream, ToSocketAddrs as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// Most octets of a file of certificates or of a key.
const MOST: usize = 1 << 20;

/// How long a connection is quiet before the system asks whether the other end is still there, and how
/// long between questions.
const QUIET: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(15)];

/// Questions without an answer that end a connection.
const QUESTIONS: u32 = 4;

/// Why a file is of no use for TLS.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFault {
    /// The private key is not ours alone, or cannot be read.
    #[error(transparent)]
    Key(#[from] PlaceError),
    /// A file of certificates cannot be read.
    #[error("{path}: cannot be read: {cause}")]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Not what was looked for.
    #[error("{path}: holds no {wanted} in PEM")]
    Pem {
        /// Which.
        path: PathBuf,
        /// What was looked for.
        wanted: &'static str,
    },
    /// A certificate that is none, or a key that is not the certificate's.
    #[error("{path}: {cause}")]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: Box<str>,
    },
    /// Neither a DNS name nor an IP address.
    #[error("{0}: is neither a DNS name nor an IP address")]
    Name(Box<str>),
}

/// A certificate with its chain and its private key. Hidden from `Debug`.
pub struct Identity {
    /// The certificate first, then those between it and an authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key of the first.
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Reads both files, PEM. That of the key must be this user's alone.
    ///
    /// # Errors
    /// [`TlsFault`].
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsFault> {
        let octets = place::read_file(key, PRIVATE, MOST)?;
        let pem = |_| TlsFault::Pem { path: key.to_owned(), wanted: "private key" };
        Ok(Self { chain: certificates(certificate)?, key: PrivateKeyDer::from_pem_slice(&octets).map_err(pem)? })
    }
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let fault = |cause| TlsFault::Io { path: path.to_owned(), cause };
    let mut octets = Vec::new();
    let file = File::open(path).map_err(fault)?;
    file.take(MOST as u64 + 1).read_to_end(&mut octets).map_err(fault)?;
    let pem = || TlsFault::Pem { path: path.to_owned(), wanted: "certificate" };
    if octets.len() > MOST {
        return Err(pem());
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&octets).collect();
    read.ok().filter(|all| !all.is_empty()).ok_or_else(pem)
}

/// Reads the authorities that the other side's chain must lead to, PEM.
///
/// # Errors
/// [`TlsFault`], also where one of them is no certificate.
pub fn authorities(path: &Path) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(path)? {
        roots.add(certificate).map_err(|cause| refused(path, &cause))?;
    }
    Ok(roots)
}

/// A fault about a file, in the words of TLS.
pub fn refused(path: &Path, cause: &dyn core::fmt::Display) -> TlsFault {
    TlsFault::Refused { path: path.to_owned(), cause: cause.to_string().into() }
}

/// The cryptography of both sides: ring.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(default_provider())
}

/// SHA-256 of a certificate's DER: by it the daemon knows its clients.
pub fn fingerprint(certificate: &CertificateDer<'_>) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, certificate).as_ref());
    out
}

/// Sends small frames at once, and notices within two minutes that the other machine is gone.
///
/// # Errors
/// What the system says.
pub fn settle(socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let [quiet, between] = QUIET;
    sockopt::set_socket_keepalive(socket, true)?;
    sockopt::set_tcp_keepidle(socket, quiet)?;
    sockopt::set_tcp_keepintvl(socket, between)?;
    Ok(sockopt::set_tcp_keepcnt(socket, QUESTIONS)?)
}

/// What TLS said, where an error is its and not the system's.
pub fn said(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// A daemon on another machine, and what is shown to it. Cheap to clone.
#[derive(Clone)]
pub struct TlsDaemon {
    address: Box<str>,
    name: ServerName<'static>,
    config: Arc<ClientConfig>,
    fingerprint: [u8; 32],
}

/// A connection of a client.
pub(super) type Stream = StreamOwned<ClientConnection, TcpStream>;

impl TlsDaemon {
    /// A daemon at `address` (host:port), whose certificate is for `server_name` and leads to one of `authorities`
    /// (PEM); `certificate` (PEM, with its chain) and `key` (PEM, a file of this user alone) are the client's.
    ///
    /// # Errors
    /// [`TlsFault`], naming the file.
    pub fn new(
        address: &str,
        server_name: &str,
        authorities: &Path,
        certificate: &Path,
        key: &Path,
    ) -> Result<Self, TlsFault> {
        let name = ServerName::try_from(server_name.to_owned()).map_err(|_| TlsFault::Name(server_name.into()))?;
        let roots = self::authorities(authorities)?;
        let Identity { chain, key } = Identity::read(certificate, key)?;
        let fault = |cause: rustls::Error| refused(certificate, &cause);
        let fingerprint = chain.first().map(fingerprint).unwrap_or_default();
        let builder = ClientConfig::builder_with_provider(provider()).with_protocol_versions(&[&TLS13]);
        let builder = builder.map_err(fault)?.with_root_certificates(roots);
        let mut config = builder.with_client_auth_cert(chain, key).map_err(fault)?;
        config.resumption = Resumption::disabled();
        Ok(Self { address: address.into(), name, config: Arc::new(config), fingerprint })
    }

    /// host:port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// SHA-256 of the certificate that is shown to the daemon.
    pub const fn fingerprint(&self) -> &[u8; 32] {
        &self.fingerprint
    }

    /// Connects and shakes hands; that the daemon takes the client's certificate is known only when it answers.
    pub(super) fn connect(&self, deadline: Duration) -> io::Result<Stream> {
        let begun = Instant::now();
        let mut connected = Err(io::ErrorKind::NotFound.into());
        for address in self.address.to_socket_addrs()? {
            let left = deadline.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            connected = TcpStream::connect_timeout(&address, left);
            if connected.is_ok() {
                break;
            }
        }
        let mut socket = connected?;
        settle(&socket)?;
        socket.set_read_timeout(Some(deadline))?;
        socket.set_write_timeout(Some(deadline))?;
        let connection = ClientConnection::new(Arc::clone(&self.config), self.name.clone());
        let mut connection = connection.map_err(io::Error::other)?;
        while connection.is_handshaking() {
            let (read, _) = connection.complete_io(&mut socket)?;
            if read == 0 && connection.is_handshaking() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(StreamOwned::new(connection, socket))
    }
}
