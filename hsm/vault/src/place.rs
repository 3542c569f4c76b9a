//! Folders and files that only their owner may touch: opened by handle, without
//! following symbolic links, checked before they are read, written whole or not at all.

use rustix::{
    fs::{self, AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, Stat},
    io::Errno,
};
use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

/// Why a folder or file was refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceError {
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
    /// Nothing there.
    #[error("{0}: no such file or folder")]
    Missing(PathBuf),
    /// A symbolic link where the thing itself is wanted.
    #[error("{0}: is a symbolic link, which is not followed to secrets")]
    Link(PathBuf),
    /// Something else than a folder.
    #[error("{0}: is not a folder")]
    NotFolder(PathBuf),
    /// Something else than a regular file.
    #[error("{0}: is not a regular file")]
    NotFile(PathBuf),
    /// Group or others may do something with it.
    #[error("{path}: mode {mode:04o} lets group or others in; take their rights away (chmod go-rwx)")]
    Mode {
        /// What.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It belongs to another user.
    #[error("{path}: belongs to user {owner}, but this process runs as user {user}")]
    Owner {
        /// What.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Whom the process runs as.
        user: u32,
    },
    /// Larger than such a file can be.
    #[error("{path}: is longer than {limit} octets")]
    TooLong {
        /// What.
        path: PathBuf,
        /// How long it may be.
        limit: usize,
    },
    /// Another process has the folder.
    #[error("{0}: is in use by another process")]
    Locked(PathBuf),
}

/// Who may own a file and which permission bits it must not have.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Whether it may belong to root although the process is another user's.
    pub root_too: bool,
    /// Bits that must be off.
    pub forbidden: u32,
}

/// Ours alone.
pub const PRIVATE: Rule = Rule { root_too: false, forbidden: 0o077 };

impl Rule {
    fn check(self, path: &Path, stat: &Stat) -> Result<(), PlaceError> {
        let user = rustix::process::geteuid().as_raw();
        if stat.st_uid != user && !(self.root_too && stat.st_uid == 0) {
            return Err(PlaceError::Owner { path: path.to_owned(), owner: stat.st_uid, user });
        }
        if stat.st_mode & self.forbidden != 0 {
            return Err(PlaceError::Mode { path: path.to_owned(), mode: stat.st_mode & 0o7777 });
        }
        Ok(())
    }
}

/// How octets come into a new file: a seam for tests of full disks and crashes.
pub type WriteStep = fn(&mut File, &[u8]) -> io::Result<()>;

/// Writes them all.
pub const WRITE: WriteStep = |file, octets| file.write_all(octets);

/// Name of the lock file.
const LOCK: &str = "lock";

/// Ending of files that are being written; their names begin with a dot.
const UNFINISHED: &str = ".new";

/// A folder that is ours alone: with [`Folder::open`] no other process has it open,
/// with [`Folder::open_shared`] processes take turns ([`Folder::turn`]) to write.
pub struct Folder {
    handle: OwnedFd,
    path: PathBuf,
    write: WriteStep,
    /// The lock file; whoever has it locked writes.
    lock: OwnedFd,
    /// The same between the threads that share this value: `flock` does not tell them apart.
    threads: Mutex<()>,
}

/// The right to write into a shared folder, given back on drop.
pub struct Turn<'a> {
    folder: &'a Folder,
    _threads: MutexGuard<'a, ()>,
}

impl Folder {
    /// Makes the folder with mode 0700. One that is there already is left as it is.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn create(path: &Path) -> Result<(), PlaceError> {
        let path = plain(path);
        match fs::mkdir(path, Mode::RWXU) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Ok(()),
            Err(errno) => return Err(failed("make the folder", path, errno)),
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::open(parent, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .and_then(fs::fsync)
            .map_err(|errno| failed("write to disk", parent, errno))
    }

    /// Opens, checks and locks the folder, then removes what an unfinished write left.
    ///
    /// # Errors
    /// [`PlaceError`], above all [`PlaceError::Locked`].
    pub fn open(path: &Path, write: WriteStep) -> Result<Self, PlaceError> {
        let folder = Self::open_shared(path, write)?;
        match fs::flock(&folder.lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Err(PlaceError::Locked(folder.path)),
            Err(errno) => return Err(failed("lock", &folder.path.join(LOCK), errno)),
        }
        folder.remove_unfinished()?;
        Ok(folder)
    }

    /// Opens and checks the folder, which other processes may have open too.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn open_shared(path: &Path, write: WriteStep) -> Result<Self, PlaceError> {
        let path = plain(path);
        let handle = open_folder(path, PRIVATE)?;
        let lock_path = path.join(LOCK);
        let flags = OFlags::CREATE | OFlags::RDWR | NEVER_ELSEWHERE;
        let lock = fs::openat(&handle, LOCK, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| refused("open", &lock_path, errno))?;
        check_file(&lock, &lock_path, PRIVATE)?;
        Ok(Self { handle, path: path.to_owned(), write, lock, threads: Mutex::new(()) })
    }

    /// Waits until this thread alone may write into a shared folder, and removes what
    /// an unfinished write left.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn turn(&self) -> Result<Turn<'_>, PlaceError> {
        // a panic of another thread leaves files that are whole all the same
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        fs::flock(&self.lock, FlockOperation::LockExclusive)
            .map_err(|errno| failed("lock", &self.path.join(LOCK), errno))?;
        let turn = Turn { folder: self, _threads: threads };
        self.remove_unfinished()?;
        Ok(turn)
    }

    /// The path of a file in it, for messages.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path of the folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of what lies in the folder, in order; names that are no UTF-8 are none of ours.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn names(&self) -> Result<Vec<String>, PlaceError> {
        let error = |errno| failed("list the folder", &self.path, errno);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle).map_err(error)? {
            if let Ok(name) = entry.map_err(error)?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// The octets of a file, at most `limit`.
    ///
    /// # Errors
    /// [`PlaceError`].
    pub fn read(&self, name: &str, limit: usize) -> Result<Zeroizing<Vec<u8>>, PlaceError> {
        let path = self.path_of(name);
        let file = fs::openat(&self.handle, name, OFlags::RDONLY | NEVER_ELSEWHERE, Mode::empty())
            .map_err(|errno| refused("open", &path, errno))?;
        read_checked(file, &path, PRIVATE, limit)
    }

    /// Writes a new file with mode 0600: beside its place, to disk, then renamed, and the
    /// folder to disk. It is there whole or not at all, and durable once this returns.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn write_new(&self, name: &str, octets: &[u8]) -> Result<(), PlaceError> {
        let path = self.path_of(name);
        // we hold the lock, so nobody comes between this and the rename
        match fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) => {}
            Ok(_) => return Err(failed("write", &path, Errno::EXIST)),
            Err(errno) => return Err(failed("write", &path, errno)),
        }
        self.put(name, octets)?;
        fs::fsync(&self.handle).map_err(|errno| {
            // a file that may be gone after a loss of power is not announced, so it shall not stay either
            let _ = fs::unlinkat(&self.handle, name, AtFlags::empty());
            failed("write to disk", &self.path, errno)
        })
    }

    /// As [`Folder::write_new`], in the place of a file of that name if there is one: what
    /// is read is the whole old file or the whole new one. After an error either may be there.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn replace(&self, name: &str, octets: &[u8]) -> Result<(), PlaceError> {
        // what a failed try could not remove
        let _ = fs::unlinkat(&self.handle, format!(".{name}{UNFINISHED}"), AtFlags::empty());
        self.put(name, octets)?;
        self.sync()
    }

    /// Removes a file, durably. One that is not there is removed already.
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn remove(&self, name: &str) -> Result<(), PlaceError> {
        match fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => self.sync(),
            Err(errno) => Err(failed("remove", &self.path_of(name), errno)),
        }
    }

    fn sync(&self) -> Result<(), PlaceError> {
        fs::fsync(&self.handle).map_err(|errno| failed("write to disk", &self.path, errno))
    }

    /// Writes beside the place, to disk, and renames.
    fn put(&self, name: &str, octets: &[u8]) -> Result<(), PlaceError> {
        let unfinished = format!(".{name}{UNFINISHED}");
        self.write_unfinished(&unfinished, octets)
            .and_then(|()| Ok(fs::renameat(&self.handle, &unfinished, &self.handle, name)?))
            .map_err(|cause| {
                // what cannot be removed now is removed when the folder is next written to
                let _ = fs::unlinkat(&self.handle, &unfinished, AtFlags::empty());
                PlaceError::Io { action: "write", path: self.path_of(name), cause }
            })
    }

    fn write_unfinished(&self, name: &str, octets: &[u8]) -> io::Result<()> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | NEVER_ELSEWHERE;
        let mut file = File::from(fs::openat(&self.handle, name, flags, Mode::RUSR | Mode::WUSR)?);
        (self.write)(&mut file, octets)?;
        file.sync_all()
    }

    fn remove_unfinished(&self) -> Result<(), PlaceError> {
        for name in self.names()? {
            if name.starts_with('.') && name.ends_with(UNFINISHED) {
                fs::unlinkat(&self.handle, &name, AtFlags::empty())
                    .map_err(|errno| failed("remove", &self.path_of(&name), errno))?;
            }
        }
        Ok(())
    }
}

impl Turn<'_> {
    /// [`Folder::write_new`].
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn write_new(&self, name: &str, octets: &[u8]) -> Result<(), PlaceError> {
        self.folder.write_new(name, octets)
    }

    /// [`Folder::replace`].
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn replace(&self, name: &str, octets: &[u8]) -> Result<(), PlaceError> {
        self.folder.replace(name, octets)
    }

    /// [`Folder::remove`].
    ///
    /// # Errors
    /// [`PlaceError::Io`].
    pub fn remove(&self, name: &str) -> Result<(), PlaceError> {
        self.folder.remove(name)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // cannot fail on an open file; the lock goes with the process at the latest
        let _ = fs::flock(&self.folder.lock, FlockOperation::Unlock);
    }
}

/// Opens a folder that keeps to `rule`.
///
/// # Errors
/// [`PlaceError`].
pub fn open_folder(path: &Path, rule: Rule) -> Result<OwnedFd, PlaceError> {
    let path = plain(path);
    let handle = fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | NEVER_ELSEWHERE, Mode::empty())
        .map_err(|errno| refused("open", path, errno))?;
    let stat = fs::fstat(&handle).map_err(|errno| failed("look at", path, errno))?;
    rule.check(path, &stat)?;
    Ok(handle)
}

/// The octets, at most `limit`, of a file that keeps to `rule`.
///
/// # Errors
/// [`PlaceError`].
pub fn read_file(path: &Path, rule: Rule, limit: usize) -> Result<Zeroizing<Vec<u8>>, PlaceError> {
    let path = plain(path);
    let file = fs::open(path, OFlags::RDONLY | NEVER_ELSEWHERE, Mode::empty())
        .map_err(|errno| refused("open", path, errno))?;
    read_checked(file, path, rule, limit)
}

/// No link is followed, no pipe waited for, no handle inherited.
const NEVER_ELSEWHERE: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Without a trailing slash, behind which a symbolic link would be followed.
fn plain(path: &Path) -> &Path {
    path.components().as_path()
}

fn check_file(file: impl AsFd, path: &Path, rule: Rule) -> Result<(), PlaceError> {
    let stat = fs::fstat(file).map_err(|errno| failed("look at", path, errno))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(PlaceError::NotFile(path.to_owned()));
    }
    rule.check(path, &stat)
}

fn read_checked(file: OwnedFd, path: &Path, rule: Rule, limit: usize) -> Result<Zeroizing<Vec<u8>>, PlaceError> {
    check_file(&file, path, rule)?;
    let mut file = File::from(file);
    // of its full size from the start: growing would leave copies behind
    let mut buffer = Zeroizing::new(vec![0; limit.saturating_add(1)]);
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(PlaceError::Io { action: "read", path: path.to_owned(), cause }),
        }
    }
    if filled > limit {
        return Err(PlaceError::TooLong { path: path.to_owned(), limit });
    }
    buffer.truncate(filled);
    Ok(buffer)
}

/// The name of the offence behind a failed open.
fn refused(action: &'static str, path: &Path, errno: Errno) -> PlaceError {
    let link = || fs::lstat(path).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
    match errno {
        Errno::NOENT => PlaceError::Missing(path.to_owned()),
        Errno::LOOP | Errno::NOTDIR if link() => PlaceError::Link(path.to_owned()),
        Errno::NOTDIR => PlaceError::NotFolder(path.to_owned()),
        Errno::NXIO | Errno::ISDIR => PlaceError::NotFile(path.to_owned()),
        errno => failed(action, path, errno),
    }
}

fn failed(action: &'static str, path: &Path, errno: Errno) -> PlaceError {
    PlaceError::Io { action, path: path.to_owned(), cause: errno.into() }
}
