//! An issuing installation: founding one, and opening it.

use super::{
    anchors::{self, AnchorsFault},
    authority::{self, Authority, AuthorityFault, AuthorityFolder, IssuedBy, Lists, Revocable, RevokeFault},
    catalogue::{self, CatalogueFault},
    issue::IssueSettings,
    issuer::Issuer,
    kind::{HasKind, Kind},
    line::AddressFault,
    ocsp::{OcspResponder, OcspResponderFault},
    resolver::{PlatformFault, PlatformSettings, Platforms},
    revocation::{self, RevocationFault},
    time_stamps::{
        self, Obtained, TimeSource, TimeStampClient, TimeStamper, TimeStamperFault, TimeStamperSettings, WhenMissing,
    },
    verify::Verifier,
};
use crate::{
    clock::{Clock, ClockError},
    store::{Store, StoreError},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use yinxin_face::{FontFault, Fonts};
use yinxin_hsm::{
    KeyReference, KeyStore, Purpose,
    configured::{CustodyConfig, OpenFault},
};
use yinxin_trust::{
    anchor::RevocationLists,
    base::Moment,
    suite::Suite,
    verify::Policy,
    x509::{Certificate, RevocationReason},
};

/// Where the parts of an installation are.
#[derive(Clone, Debug)]
pub struct Places {
    /// Where the keys are.
    pub keys: CustodyConfig,
    /// The folder of our own authority, where there is one.
    pub authority: Option<PathBuf>,
    /// The suite in which that is founded; later it follows its certificates.
    pub suite: Suite,
    /// Where others reach our own authority: written into the certificates that it issues.
    pub public_address: Option<String>,
    /// The anchors that documents are verified with, where they are not our own authority's.
    pub anchors: Option<PathBuf>,
    /// Further revocation lists.
    pub revocation_lists: Vec<PathBuf>,
    /// By which rules is verified.
    pub policy: Policy,
    /// How licences are issued.
    pub issue: IssueSettings,
    /// Signs what is answered about licences to other localities.
    pub status_key: Option<KeyReference>,
    /// Our own time stamp authority.
    pub time_stamper: Option<TimeStamperSettings>,
    /// Where time stamps for what is issued come from, our own authority or an address, and what is done without.
    pub time_stamps: Option<(TimeStampsFrom, WhenMissing)>,
    /// Signs receipts of verifications.
    pub receipt_key: Option<KeyReference>,
    /// Further fonts: name and file.
    pub fonts: Vec<(String, PathBuf)>,
    /// Who knows codes of other services, and who may ask about ours.
    pub platforms: Vec<PlatformSettings>,
}

/// Where time stamps come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeStampsFrom {
    /// Our own authority.
    Own,
    /// One at this address.
    Address(String),
}

/// Why an installation is not founded or opened.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum InstallationFault {
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("keys: {0}")]
    Keys(#[from] OpenFault),
    #[error("authority: {0}")]
    Authority(#[from] AuthorityFault),
    #[error("{0}: an authority was founded here already")]
    FoundedAlready(PathBuf),
    #[error("neither an authority of our own nor anchors: what is issued could not be verified")]
    NoAnchors,
    #[error(transparent)]
    Anchors(#[from] AnchorsFault),
    #[error(transparent)]
    Revocation(#[from] RevocationFault),
    #[error(transparent)]
    Catalogue(#[from] CatalogueFault),
    #[error("font {path}: {cause}", path = path.display())]
    Font { path: PathBuf, cause: FontFault },
    #[error("time stamps: {0}")]
    TimeStamper(#[from] TimeStamperFault),
    #[error("time stamps: {0}")]
    Address(#[from] AddressFault),
    #[error(transparent)]
    Revoke(#[from] RevokeFault),
    #[error("OCSP: {0}")]
    Ocsp(#[from] OcspResponderFault),
    #[error("time stamps of our own are wanted, and there is no authority of our own")]
    NoTimeStamper,
    #[error(transparent)]
    Platform(#[from] PlatformFault),
    #[error("register: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Clock(#[from] ClockError),
}

/// Keys of anchors, signers and seal makers that keep a large table: about ten megabytes.
const LASTING_KEYS: u64 = 64;

/// A list older than this is published anew, seconds.
const LIST_AGE_SECONDS: i64 = 86_400;

/// Makes keys, authority and catalogue where there are none; an authority that a ceremony founded is
/// taken. The register is there and up to date.
///
/// # Errors
/// [`InstallationFault`]; what was made by then stays.
pub fn found(
    places: &Places,
    store: &Store,
    organisation: &str,
    at: Moment,
) -> Result<(Arc<dyn KeyStore>, Authority), InstallationFault> {
    let keys = places.keys.create()?.keys();
    let place = places.own().ok_or(InstallationFault::NoAnchors)?;
    let authority = if place.is_founded() {
        // in a ceremony, before
        let authority = place.read().map_err(AuthorityFault::from)?;
        authority::key_of(keys.as_ref(), &authority.seal_maker, Purpose::SealMaker)?;
        Authority { address: places.public_address.clone(), ..authority }
    } else {
        found_authority(places, keys.as_ref(), organisation, at)?
    };
    catalogue::install_shipped(store, at)?;
    Ok((keys, authority))
}

/// Makes an authority with its first lists, where there is none.
///
/// # Errors
/// [`InstallationFault`]; keys that were made by then stay in custody, unused.
pub fn found_authority(
    places: &Places,
    keys: &dyn KeyStore,
    organisation: &str,
    at: Moment,
) -> Result<Authority, InstallationFault> {
    let folder = places.authority.as_deref().ok_or(InstallationFault::NoAnchors)?;
    let place = AuthorityFolder::at(folder);
    if place.is_founded() {
        return Err(InstallationFault::FoundedAlready(folder.to_path_buf()));
    }
    let mut authority = Authority::found(keys, places.suite, organisation, places.public_address.as_deref(), at)?;
    if places.suite == Suite::Sm2 {
        authority.person_authority = Some(authority.certify_person_authority(keys, organisation, at)?);
    }
    let lists = Lists::publish(&authority, keys, &[], at)?;
    place.keep(&authority).map_err(AuthorityFault::from)?;
    place.keep_lists(&lists).map_err(AuthorityFault::from)?;
    Ok(authority)
}

/// Makes the authority that certifies natural persons where there is none, and publishes the lists at once.
///
/// # Errors
/// [`InstallationFault::FoundedAlready`], [`InstallationFault`].
pub fn found_persons(
    place: &AuthorityFolder,
    authority: Authority,
    keys: &dyn KeyStore,
    organisation: &str,
    at: Moment,
) -> Result<Certificate, InstallationFault> {
    if authority.person_authority.is_some() {
        return Err(InstallationFault::FoundedAlready(place.anchors()));
    }
    let made = authority.certify_person_authority(keys, organisation, at)?;
    place.keep_person_authority(&made).map_err(AuthorityFault::from)?;
    let authority = Authority { person_authority: Some(made.clone()), ..authority };
    publish(place, &authority, keys, at)?;
    Ok(made)
}

/// Opens what issuing works with: keys, fonts, verifier.
///
/// # Errors
/// [`InstallationFault`].
pub fn open(places: &Places, store: Arc<Store>, clock: Arc<dyn Clock>) -> Result<Issuer, InstallationFault> {
    open_with(places, store, places.keys.open()?.keys(), clock)
}

/// As [`open`], with keys that are open already.
///
/// # Errors
/// [`InstallationFault`].
pub fn open_with(
    places: &Places,
    store: Arc<Store>,
    keys: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
) -> Result<Issuer, InstallationFault> {
    let anchors = anchors::load(Some(&places.bundle()?))?;
    let lists = fresh_lists(places, keys.as_ref(), clock.now()?)?;
    // whether a seal may stamp is decided in the write that lets it, and no register is asked about it
    let policy = Policy { lasting_keys: LASTING_KEYS, seal_status: false, ..places.policy.clone() };
    let verifier = Verifier::new(anchors, policy, Arc::clone(&clock)).with_revocation(lists);
    let parts = (Arc::clone(&store), Arc::clone(&keys), Arc::clone(&clock));
    let issuer = Issuer::new(store, keys, clock, verifier, places.issue.clone(), Arc::new(fonts(places)?));
    let issuer = issuer.with_platforms(Platforms::open(&places.platforms)?);
    let issuer = match &places.status_key {
        Some(key) => issuer.with_status_key(key.clone()),
        None => issuer,
    };
    let issuer = match &places.receipt_key {
        Some(key) => issuer.with_receipt_key(key.clone()),
        None => issuer,
    };
    with_time_stamps(places, issuer, parts)
}

/// With those who answer about certificates, with our own time stamp authority, and with time stamps for what is issued, as configured.
fn with_time_stamps(
    places: &Places,
    mut issuer: Issuer,
    (store, keys, clock): (Arc<Store>, Arc<dyn KeyStore>, Arc<dyn Clock>),
) -> Result<Issuer, InstallationFault> {
    let responder = match places.own() {
        Some(folder) => OcspResponder::open(&folder, Arc::clone(&keys), Arc::clone(&clock))?,
        None => None,
    };
    if let Some(responder) = responder {
        issuer = issuer.with_ocsp(Arc::new(responder));
    }
    if let Some(settings) = &places.time_stamper {
        issuer = issuer.with_time_stamper(Arc::new(TimeStamper::open(settings, store, keys, clock)?));
    }
    let Some((from, when_missing)) = &places.time_stamps else { return Ok(issuer) };
    let source = match from {
        TimeStampsFrom::Own => TimeSource::Own(issuer.time_stamper.clone().ok_or(InstallationFault::NoTimeStamper)?),
        TimeStampsFrom::Address(address) => TimeSource::Line(TimeStampClient::new(address)?),
    };
    Ok(issuer.with_time_stamps(Obtained::new(source, *when_missing)))
}

/// The shipped fonts, and those that are configured.
fn fonts(places: &Places) -> Result<Fonts, InstallationFault> {
    places.fonts.iter().try_fold(Fonts::shipped(), |fonts, (name, path)| {
        let octets = fs::read(path).map_err(|source| InstallationFault::Io { path: path.clone(), source })?;
        fonts.with(name, octets).map_err(|cause| InstallationFault::Font { path: path.clone(), cause })
    })
}

/// Our own lists and those that are configured, as they lie there.
///
/// # Errors
/// [`InstallationFault`].
pub fn present_lists(places: &Places) -> Result<RevocationLists, InstallationFault> {
    let mut lists = places.revocation_lists.clone();
    lists.extend(places.own().iter().flat_map(AuthorityFolder::lists));
    Ok(revocation::load(Some(&places.bundle()?), &lists)?)
}

/// Whether a list of our own authority is missing or was published more than a day ago.
///
/// # Errors
/// [`InstallationFault::Io`].
pub fn own_lists_are_old(places: &Places, now: Moment) -> Result<bool, InstallationFault> {
    places.own().map_or(Ok(false), |place| is_old(&place, now))
}

/// Our own lists, published anew where they grow old, and those that are configured.
///
/// # Errors
/// [`InstallationFault`].
pub fn fresh_lists(places: &Places, keys: &dyn KeyStore, now: Moment) -> Result<RevocationLists, InstallationFault> {
    let mut lists = places.revocation_lists.clone();
    if let Some(place) = places.own() {
        if is_old(&place, now)? {
            let authority = place.read().map_err(AuthorityFault::from)?;
            publish(&place, &authority, keys, now)?;
        }
        lists.extend(place.lists());
    }
    Ok(revocation::load(Some(&places.bundle()?), &lists)?)
}

/// Publishes the lists of our own authority, with what it revoked.
fn publish(
    place: &AuthorityFolder,
    authority: &Authority,
    keys: &dyn KeyStore,
    now: Moment,
) -> Result<(), InstallationFault> {
    let fresh = Lists::publish(authority, keys, &place.revoked()?, now)?;
    Ok(place.keep_lists(&fresh).map_err(AuthorityFault::from)?)
}

/// Revokes a certificate of our own authority, and publishes the lists at once; gives whose list says so.
///
/// # Errors
/// [`InstallationFault`].
pub fn revoke(
    place: &AuthorityFolder,
    keys: &dyn KeyStore,
    what: Revocable<'_>,
    reason: RevocationReason,
    now: Moment,
) -> Result<IssuedBy, InstallationFault> {
    let authority = place.read().map_err(AuthorityFault::from)?;
    let by = place.revoke(&authority, what, reason, now)?;
    publish(place, &authority, keys, now)?;
    Ok(by)
}

/// The services that answer others, each with the end of its certificate, or what is wrong with it.
pub(super) fn services(places: &Places, now: Moment) -> Vec<(String, Result<Moment, String>)> {
    let mut found = Vec::new();
    if let Some(settings) = &places.time_stamper {
        let until = time_stamps::certificate_ends(settings, now).map_err(|error| error.to_string());
        found.push(("time stamps".to_owned(), until));
    }
    match places.own().filter(AuthorityFolder::is_founded).map(|folder| folder.responders()) {
        None => {}
        Some(Err(error)) => found.push(("ocsp".to_owned(), Err(error.to_string()))),
        Some(Ok(desks)) => {
            found.extend(desks.into_iter().map(|(issuer, certificate, _)| {
                (format!("ocsp {}", issuer.display_name()), Ok(certificate.not_after()))
            }))
        }
    }
    found
}

impl Places {
    fn own(&self) -> Option<AuthorityFolder> {
        self.authority.as_deref().map(AuthorityFolder::at)
    }

    /// The anchors that are configured, else those of our own authority.
    pub(super) fn bundle(&self) -> Result<PathBuf, InstallationFault> {
        let own = || self.own().map(|place| place.anchors());
        self.anchors.clone().or_else(own).ok_or(InstallationFault::NoAnchors)
    }
}

/// Whether a list is missing or was published more than a day ago.
fn is_old(place: &AuthorityFolder, now: Moment) -> Result<bool, InstallationFault> {
    for path in place.lists() {
        match fs::read(&path) {
            Ok(octets) => {
                let made = yinxin_trust::x509::Crl::from_der(&octets).map(|list| list.this_update().unix_seconds());
                // a list of the future, or one that cannot be read, is no list of ours
                let fresh = made.is_ok_and(|made| (0..LIST_AGE_SECONDS).contains(&(now.unix_seconds() - made)));
                if !fresh {
                    return Ok(true);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(source) => return Err(InstallationFault::Io { path, source }),
        }
    }
    Ok(false)
}

/// A new passphrase in a file of this user alone; an existing one is left.
///
/// # Errors
/// [`InstallationFault::Io`].
pub fn keep_new_passphrase(path: &Path, text: &str) -> Result<(), InstallationFault> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let fault = |source| InstallationFault::Io { path: path.to_path_buf(), source };
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            io::Write::write_all(&mut file, text.as_bytes()).map_err(fault)?;
            file.sync_all().map_err(fault)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(fault(source)),
    }
}

impl HasKind for InstallationFault {
    fn kind(&self) -> Kind {
        match self {
            Self::FoundedAlready(_) => Kind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Catalogue(error) => error.kind(),
            Self::Revoke(RevokeFault::There(_)) => Kind::Conflict,
            Self::Revoke(RevokeFault::Serial(_) | RevokeFault::OtherList { .. } | RevokeFault::NotOurs(_)) => {
                Kind::Refused
            }
            Self::NoAnchors | Self::NoTimeStamper | Self::Address(_) | Self::Font { .. } | Self::Platform(_) => {
                Kind::Refused
            }
            _ => Kind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::FoundedAlready(_) => "founded_already",
            Self::Store(error) => error.code(),
            Self::Catalogue(error) => error.code(),
            Self::NoAnchors => "no_anchors",
            Self::TimeStamper(_) | Self::Address(_) | Self::NoTimeStamper => "time_stamps_refused",
            Self::Io { .. } => "unreadable",
            Self::Revoke(_) => "not_revoked",
            Self::Font { .. } => "font_refused",
            Self::Platform(_) => "platform_refused",
            Self::Keys(_) | Self::Authority(_) | Self::Ocsp(_) => "key_unavailable",
            Self::Anchors(_) | Self::Revocation(_) => "anchors_unreadable",
            Self::Clock(_) => "clock_unavailable",
        }
    }
}
