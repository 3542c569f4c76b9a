//! The daemon's audit: a file that only grows, each record chained to all before it by SM3.
//!
//! A signature leaves the daemon only after its record was written. Written records are brought to the
//! disk together, within [`GROUP`]; a caller may wait for that. Where the file cannot be written or
//! synced, nothing is signed any more.
//!
//! # Audit, version 1
//!
//! `yinxin audit` and four line feeds (16), version (2: 1); then records, each: length of its body (2), body,
//! SM3(digest of the record before ‖ number from 1, 8 octets ‖ body). The first record follows on the SM3 of the 18 octets.
//! A body: event (1), moment (8), uid (4), pid (4), key (short), input, value, mandate, document (32 each),
//! text (short); and where the uid is 2^32 − 1, which no user has, the client's name in the configuration (short) and SHA-256
//! of its certificate (32). Numbers are big-endian.
//!
//! The chain shows that records were changed, taken out or put in. That they were cut off at the end shows
//! against a head that a client kept: each signature comes with one.

mod chain;
mod record;

pub use chain::{ChainFault, End, read};
pub use record::{BY_CERTIFICATE, Certified, Event, Record};

use chain::HEADER;
use core::time::Duration;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Instant,
};
use yinxin_hsm::remote::wire::AuditHead;
use yinxin_trust::base::Moment;

/// Longest time between writing a record and having it on the disk.
pub const GROUP: Duration = Duration::from_millis(100);

/// Why the audit cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditFault {
    /// The file could not be opened or locked.
    #[error("{path}: cannot {action}: {cause}")]
    Open {
        /// Which file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        cause: io::Error,
    },
    /// What stands in the file does not stand.
    #[error("{path}: {fault}")]
    Chain {
        /// Which file.
        path: PathBuf,
        /// Why.
        fault: ChainFault,
    },
    /// A record could not be written or brought to the disk; nothing is signed until a restart.
    #[error("the audit cannot be written: {0}")]
    Write(Box<str>),
}

/// The audit as the daemon writes it; what was written is on the disk when the value is dropped. Safe to use from several threads.
pub struct Audit {
    shared: Arc<Shared>,
    syncing: Option<JoinHandle<()>>,
}

struct Shared {
    inner: Mutex<Inner>,
    /// Something was written, or somebody waits for the disk, or all ends.
    written: Condvar,
    /// Something reached the disk, or failed.
    synced: Condvar,
}

struct Inner {
    file: File,
    head: AuditHead,
    on_disk: u64,
    /// When the oldest record that is not on the disk was written.
    oldest: Option<Instant>,
    waiting: usize,
    broken: Option<Box<str>>,
    ends: bool,
}

impl Audit {
    /// Opens the audit, or begins one; verifies all that stands in it, and hands each record to
    /// `each`. What a crash left at the end is cut off, and the first new record says so.
    ///
    /// # Errors
    /// [`AuditFault`].
    pub fn open(path: &Path, at: Moment, each: impl FnMut(u64, &Record)) -> Result<Self, AuditFault> {
        let fault = |action| move |cause| AuditFault::Open { path: path.to_owned(), action, cause };
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(path)
            .map_err(fault("open"))?;
        rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
            .map_err(|errno| fault("lock")(errno.into()))?;
        let end = read(&mut BufReader::new(&file), None, each)
            .map_err(|fault| AuditFault::Chain { path: path.to_owned(), fault })?;
        file.set_len(end.length).map_err(fault("cut"))?;
        file.seek(SeekFrom::Start(end.length)).map_err(fault("read"))?;
        if end.length == 0 {
            file.write_all(HEADER).map_err(fault("write"))?;
        }
        file.sync_all().map_err(fault("sync"))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(fault("sync"))?;
        let audit = Self::over(file, end.head).map_err(fault("start a thread for"))?;
        if !end.torn.is_empty() {
            let digest = hex::encode(yinxin_trust::sm::sm3::digest(&end.torn));
            let text = format!("{} octets were cut off, SM3 {digest}", end.torn.len());
            audit.append(&own(Event::TornTail, at, &text))?;
        }
        audit.append_durable(&own(Event::Started, at, ""))?;
        Ok(audit)
    }

    fn over(file: File, head: AuditHead) -> io::Result<Self> {
        let inner = Inner { file, head, on_disk: head.sequence, oldest: None, waiting: 0, broken: None, ends: false };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), written: Condvar::new(), synced: Condvar::new() });
        let of_thread = Arc::clone(&shared);
        let syncing = thread::Builder::new().name("audit".to_owned()).spawn(move || of_thread.sync())?;
        Ok(Self { shared, syncing: Some(syncing) })
    }

    /// Writes a record; it reaches the disk within [`GROUP`].
    ///
    /// # Errors
    /// [`AuditFault::Write`], from then on always.
    pub fn append(&self, record: &Record) -> Result<AuditHead, AuditFault> {
        let mut inner = self.shared.locked();
        // the first of a group begins its time; the others are taken along
        let begins = inner.oldest.is_none();
        let head = inner.write(record)?;
        if begins {
            self.shared.written.notify_one();
        }
        Ok(head)
    }

    /// Writes a record, and returns when it is on the disk. Those who wait at the same time share one sync.
    ///
    /// # Errors
    /// [`AuditFault::Write`], from then on always.
    pub fn append_durable(&self, record: &Record) -> Result<AuditHead, AuditFault> {
        let mut inner = self.shared.locked();
        let head = inner.write(record)?;
        inner.waiting += 1;
        self.shared.written.notify_one();
        while inner.on_disk < head.sequence && inner.broken.is_none() {
            inner = self.shared.synced.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.waiting -= 1;
        match &inner.broken {
            Some(cause) if inner.on_disk < head.sequence => Err(AuditFault::Write(cause.clone())),
            _ => Ok(head),
        }
    }

    /// Whether records can still be written: asked before a key is used.
    ///
    /// # Errors
    /// [`AuditFault::Write`].
    pub fn check(&self) -> Result<(), AuditFault> {
        self.shared.locked().broken.clone().map_or(Ok(()), |cause| Err(AuditFault::Write(cause)))
    }

    /// The last record.
    pub fn head(&self) -> AuditHead {
        self.shared.locked().head
    }
}

fn own(event: Event, at: Moment, text: &str) -> Record {
    Record::new(event, at, rustix::process::geteuid().as_raw(), rustix::process::getpid().as_raw_pid(), text)
}

impl Inner {
    fn write(&mut self, record: &Record) -> Result<AuditHead, AuditFault> {
        if let Some(cause) = &self.broken {
            return Err(AuditFault::Write(cause.clone()));
        }
        let malformed = |_| AuditFault::Write("a record is too long".into());
        let body = record.put().map_err(malformed)?;
        let length = u16::try_from(body.len()).map_err(|_| AuditFault::Write("a record is too long".into()))?;
        let sequence = self.head.sequence + 1;
        let digest = record::chained(&self.head.digest, sequence, &body);
        let frame = [length.to_be_bytes().as_slice(), &body, &digest].concat();
        if let Err(cause) = self.file.write_all(&frame) {
            // half a record may stand there now: nothing may follow it
            let cause: Box<str> = cause.to_string().into();
            self.broken = Some(cause.clone());
            return Err(AuditFault::Write(cause));
        }
        self.head = AuditHead { sequence, digest };
        self.oldest.get_or_insert_with(Instant::now);
        Ok(self.head)
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings what was written to the disk: at once where somebody waits, else in groups.
    fn sync(&self) {
        let mut inner = self.locked();
        loop {
            let Some(oldest) = inner.oldest else {
                if inner.ends {
                    return;
                }
                inner = self.written.wait(inner).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            // half of what is promised: the other half is for the disk
            let left = (GROUP / 2).saturating_sub(oldest.elapsed());
            if inner.waiting == 0 && !inner.ends && !left.is_zero() {
                let waited = self.written.wait_timeout(inner, left);
                inner = waited.map_or_else(|poison| poison.into_inner().0, |(inner, _)| inner);
                continue;
            }
            let reached = inner.head.sequence;
            let synced = inner.file.try_clone().map(|file| {
                inner.oldest = None;
                drop(inner);
                file.sync_data()
            });
            inner = self.locked();
            match synced {
                Ok(Ok(())) => inner.on_disk = inner.on_disk.max(reached),
                Ok(Err(cause)) | Err(cause) => {
                    inner.broken.get_or_insert_with(|| cause.to_string().into());
                }
            }
            self.synced.notify_all();
            if inner.broken.is_some() {
                return;
            }
        }
    }
}

impl Drop for Audit {
    fn drop(&mut self) {
        self.shared.locked().ends = true;
        self.shared.written.notify_all();
        if let Some(syncing) = self.syncing.take() {
            let _ = syncing.join();
        }
    }
}

#[cfg(test)]
mod tests;
