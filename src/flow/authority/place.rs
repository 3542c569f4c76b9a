//! Where the certificates and lists lie: one folder, nothing secret in it.

use super::{Authority, IssuedBy, Lists};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use yinxin_trust::{
    anchor::{Anchors, AnchorsError, Use},
    asn1::pem,
    x509::Certificate,
};

/// Certificates are small; a larger file is a mistake.
const LIMIT_BYTES: u64 = 64 << 10;

/// Why the folder is not used.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// The system failed.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No PEM certificate.
    #[error("{path}: {source}", path = path.display())]
    Pem {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: AnchorsError,
    },
    /// Without a certificate.
    #[error("{path}: no certificate in it", path = path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

/// The folder of an authority.
#[derive(Clone, Debug)]
pub struct AuthorityFolder(PathBuf);

const ANCHORS: &str = "anchors.pem";
const SEAL_MAKER: &str = "seal-maker.pem";
/// In the order of the lists.
const RESPONDERS: [&str; 3] = ["ocsp-root.pem", "ocsp-stamper-ca.pem", "ocsp-seal-maker-ca.pem"];
const TIME_STAMPER: &str = "time-stamper.chain";
const PERSON_AUTHORITY: &str = "person-ca.pem";

impl AuthorityFolder {
    /// A folder that may or may not be there.
    pub fn at(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    /// Whether an authority was founded here.
    pub fn is_founded(&self) -> bool {
        self.0.join(ANCHORS).exists()
    }

    /// The anchor bundle.
    pub fn anchors(&self) -> PathBuf {
        self.0.join(ANCHORS)
    }

    /// The revocation lists that were published last.
    pub fn lists(&self) -> Vec<PathBuf> {
        let has_persons = self.0.join(PERSON_AUTHORITY).exists();
        let there = IssuedBy::ALL.into_iter().filter(|by| *by != IssuedBy::PersonAuthority || has_persons);
        there.map(|by| self.0.join(by.list())).collect()
    }

    /// Writes everything; the bundle last, which says that the rest is whole.
    ///
    /// # Errors
    /// [`FolderFault::Io`].
    pub fn keep(&self, authority: &Authority) -> Result<(), FolderFault> {
        fs::create_dir_all(&self.0).map_err(|source| FolderFault::Io { path: self.0.clone(), source })?;
        for (name, certificate) in named(authority) {
            self.replace(name, pem(certificate).as_bytes())?;
        }
        if let Some(certificate) = &authority.person_authority {
            self.replace(PERSON_AUTHORITY, pem(certificate).as_bytes())?;
        }
        self.replace(ANCHORS, authority.anchors_pem().as_bytes())
    }

    /// Reads what [`AuthorityFolder::keep`] wrote.
    ///
    /// # Errors
    /// [`FolderFault`] with the file at fault.
    pub fn read(&self) -> Result<Authority, FolderFault> {
        Ok(Authority {
            root: self.certificate("root.pem")?,
            stamper_authority: self.certificate("stamper-ca.pem")?,
            maker_authority: self.certificate("seal-maker-ca.pem")?,
            seal_maker: self.certificate(SEAL_MAKER)?,
            person_authority: self.person_authority()?,
            address: None,
        })
    }

    /// Replaces the lists, each at once.
    ///
    /// # Errors
    /// [`FolderFault::Io`].
    pub fn keep_lists(&self, lists: &Lists) -> Result<(), FolderFault> {
        lists.named().try_for_each(|(name, list)| self.replace(&name, list.der()))
    }

    /// The chain of our time stamp authority, where one was made.
    pub fn time_stamper(&self) -> PathBuf {
        self.0.join(TIME_STAMPER)
    }

    /// Writes the chain of a time stamp authority, and adds the root that issued it to the anchors for this use.
    ///
    /// # Errors
    /// [`FolderFault::Io`].
    pub fn keep_time_stamper(&self, authority: &Authority, certificate: &Certificate) -> Result<(), FolderFault> {
        self.replace(TIME_STAMPER, (pem(certificate) + &pem(&authority.root)).as_bytes())?;
        self.add_anchor(Use::TimeStamp, &authority.root)
    }

    /// Writes the authority that certifies natural persons, and adds it to the anchors for this use alone.
    ///
    /// # Errors
    /// [`FolderFault::Io`].
    pub fn keep_person_authority(&self, certificate: &Certificate) -> Result<(), FolderFault> {
        self.replace(PERSON_AUTHORITY, pem(certificate).as_bytes())?;
        self.add_anchor(Use::Person, certificate)
    }

    /// The authority that certifies natural persons, where one was made.
    fn person_authority(&self) -> Result<Option<Certificate>, FolderFault> {
        if self.0.join(PERSON_AUTHORITY).exists() { self.certificate(PERSON_AUTHORITY).map(Some) } else { Ok(None) }
    }

    /// Adds a certificate to the anchors for a use, unless it is there.
    fn add_anchor(&self, wanted: Use, certificate: &Certificate) -> Result<(), FolderFault> {
        let path = self.anchors();
        let mut bundle = fs::read_to_string(&path).map_err(|source| FolderFault::Io { path, source })?;
        let block = format!("\n# use: {}\n{}", wanted.as_str(), pem(certificate));
        if !bundle.contains(&block) {
            bundle.push_str(&block);
            self.replace(ANCHORS, bundle.as_bytes())?;
        }
        Ok(())
    }

    /// Writes the certificates of those who answer for root, authority of stampers and authority of seal makers.
    ///
    /// # Errors
    /// [`FolderFault::Io`].
    pub fn keep_responders(&self, certificates: &[Certificate; 3]) -> Result<(), FolderFault> {
        let mut named = RESPONDERS.iter().zip(certificates);
        named.try_for_each(|(name, certificate)| self.replace(name, pem(certificate).as_bytes()))
    }

    /// Each authority for which somebody answers, whose certificate that is, and where the authority's list is.
    ///
    /// # Errors
    /// [`FolderFault`] with the file at fault.
    pub fn responders(&self) -> Result<Vec<(Certificate, Certificate, PathBuf)>, FolderFault> {
        let authority = self.read()?;
        let issuers = [authority.root, authority.stamper_authority, authority.maker_authority];
        let all = issuers.into_iter().zip(RESPONDERS).zip(self.lists());
        let made = all.filter(|((_, name), _)| self.0.join(name).exists());
        made.map(|((issuer, name), list)| Ok((issuer, self.certificate(name)?, list))).collect()
    }

    /// Every certificate of an end entity that lies here.
    pub(super) fn ends(&self) -> Result<Vec<Certificate>, FolderFault> {
        let names = [SEAL_MAKER, TIME_STAMPER].into_iter().chain(RESPONDERS);
        names.filter(|name| self.0.join(name).exists()).map(|name| self.certificate(name)).collect()
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn put(&self, name: &str, octets: &[u8]) -> Result<(), FolderFault> {
        self.replace(name, octets)
    }

    /// The list of a file name among those of [`AuthorityFolder::lists`], DER; `None` where there is none.
    pub fn list(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.lists().into_iter().find(|path| path.file_name().is_some_and(|file| file == name))?;
        fs::read(path).ok()
    }

    fn certificate(&self, name: &str) -> Result<Certificate, FolderFault> {
        read_certificate(&self.0.join(name))
    }

    /// Writes a file beside the old one and puts it in its place.
    fn replace(&self, name: &str, octets: &[u8]) -> Result<(), FolderFault> {
        let path = self.0.join(name);
        replace(&path, octets).map_err(|source| FolderFault::Io { path, source })
    }
}

/// The first certificate of a PEM file.
///
/// # Errors
/// [`FolderFault`].
pub fn read_certificate(path: &Path) -> Result<Certificate, FolderFault> {
    let path = path.to_path_buf();
    let text = read_small(&path).map_err(|source| FolderFault::Io { path: path.clone(), source })?;
    let bundle = Anchors::from_pem(&text).map_err(|source| FolderFault::Pem { path: path.clone(), source })?;
    bundle.certificates(Use::Signer).into_iter().next().ok_or(FolderFault::Empty { path })
}

/// Puts a file in place whole or not at all, durable when this returns.
pub(in crate::flow) fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

fn named(authority: &Authority) -> [(&'static str, &Certificate); 4] {
    [
        ("root.pem", &authority.root),
        ("stamper-ca.pem", &authority.stamper_authority),
        ("seal-maker-ca.pem", &authority.maker_authority),
        (SEAL_MAKER, &authority.seal_maker),
    ]
}

fn read_small(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > LIMIT_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 64 KiB"));
    }
    fs::read(path)
}

pub(super) fn pem(certificate: &Certificate) -> String {
    pem::write(pem::CERTIFICATE, certificate.der())
}
