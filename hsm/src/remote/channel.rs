//! A connection to the daemon, through either of its doors.

use super::{
    AWAY, DRIVER, RemoteFault,
    attentive::{Attentive, Busy},
    tls::{self, TlsDaemon},
};
use crate::KeyError;
use core::{fmt, time::Duration};
use rustix::net::{RecvFlags, recv};
use rustls::AlertDescription;
use std::{
    collections::BTreeSet,
    io::{self, Read, Write},
    os::{fd::AsFd, unix::net::UnixStream},
    path::PathBuf,
};
use yinxin_trust::sm::sm3;

/// Where the daemon is.
#[derive(Clone)]
pub(super) enum Place {
    /// On this machine, at this socket.
    Socket(PathBuf),
    /// Behind TLS.
    Tls(TlsDaemon),
}

/// One connection.
pub(super) struct Channel {
    stream: Stream,
    /// Standing mandates that were presented through it: its daemon is the one that knows them.
    pub(super) presented: BTreeSet<sm3::Digest>,
}

enum Stream {
    Unix(Attentive),
    Tls(Box<tls::Stream>),
}

impl Place {
    /// `busy` counts those who wait for an answer of this daemon.
    pub(super) fn connect(&self, deadline: Duration, busy: &Busy) -> io::Result<Channel> {
        let stream = match self {
            Self::Socket(path) => {
                let socket = UnixStream::connect(path)?;
                socket.set_read_timeout(Some(deadline))?;
                socket.set_write_timeout(Some(deadline))?;
                // alone with its request, the thread has nothing better to do
                Stream::Unix(Attentive::new(socket, busy.clone(), 1))
            }
            Self::Tls(daemon) => Stream::Tls(Box::new(daemon.connect(deadline)?)),
        };
        Ok(Channel { stream, presented: BTreeSet::new() })
    }

    /// What an error before the welcome means: what TLS has to say does not mend itself; anything else is a
    /// daemon that is away.
    pub(super) fn fault(&self, error: &io::Error) -> KeyError {
        let cause = |cause: &dyn fmt::Display| cause.to_string().into();
        let place = || self.to_string().into();
        KeyError::driver(match tls::said(error) {
            None => return KeyError::Lost { device: DRIVER.into(), retry_after: AWAY },
            Some(rustls::Error::InvalidCertificate(why)) => {
                RemoteFault::WrongCertificate { place: place(), cause: cause(why) }
            }
            Some(rustls::Error::AlertReceived(alert)) if is_about_certificate(*alert) => {
                RemoteFault::CertificateRefused { place: place(), cause: format!("{alert:?}").into() }
            }
            Some(other) => RemoteFault::Tls { place: place(), cause: cause(other) },
        })
    }

    /// The daemon does not know this client.
    pub(super) fn stranger(&self) -> RemoteFault {
        match self {
            Self::Socket(_) => RemoteFault::Stranger(self.to_string().into()),
            Self::Tls(daemon) => {
                let sha256 = hex::encode(daemon.fingerprint()).into();
                RemoteFault::StrangeCertificate { place: daemon.address().into(), sha256 }
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Tls(daemon) => f.write_str(daemon.address()),
        }
    }
}

const fn is_about_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}

impl Channel {
    /// Nothing was sent and nobody hung up: an idle connection has nothing to read.
    pub(super) fn stands(&self) -> bool {
        match &self.stream {
            Stream::Unix(socket) => is_quiet(socket.socket()),
            // what was read with the last answer, as an end of the session, no longer lies in the socket
            Stream::Tls(stream) => stream.conn.wants_read() && !stream.conn.wants_write() && is_quiet(&stream.sock),
        }
    }
}

fn is_quiet(socket: impl AsFd) -> bool {
    let mut octet = [0_u8; 1];
    let looked = recv(socket, &mut octet, RecvFlags::PEEK | RecvFlags::DONTWAIT);
    matches!(looked, Err(errno) if errno == rustix::io::Errno::AGAIN)
}

impl Read for Channel {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Unix(socket) => socket.read(octets),
            Stream::Tls(stream) => stream.read(octets),
        }
    }
}

impl Write for Channel {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Unix(socket) => socket.write(octets),
            Stream::Tls(stream) => stream.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.stream {
            Stream::Unix(socket) => socket.flush(),
            Stream::Tls(stream) => stream.flush(),
        }
    }
}
