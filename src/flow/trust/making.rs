//! Making the list of this installation: one more than the list in the folder, signed by
//! a key in custody, and only where whoever takes the one before would take it.

use super::{
    key_file::{KeyFileFault, key_pem, read_key},
    plan::{self, PlanFault},
};
use crate::{
    flow::{
        access::{Permit, may},
        audit,
        authority::replace,
        bundle,
        kind::{HasKind, Kind},
    },
    store::{Store, StoreError},
};
use serde_json::json;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use yinxin_hsm::{KeyError, KeyReference, KeyState, KeyStore, Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    base::Moment,
    sm::sm2,
    suite::PublicKey,
    trust_list::{
        AcceptancePolicy, Diff, News, PlanError, Refusal, ServiceKey, SignedList, SignedListError, TrustListLimits,
        accept,
    },
};

/// Name of the list in its folder.
pub const LIST_FILE: &str = "trust-list.json";
/// Name of the signature over it.
pub const SIGNATURE_FILE: &str = "trust-list.sig";
/// Name of the operator's public key, for whoever pins it.
pub const KEY_FILE: &str = "operator-key.pem";

/// Octets of a signature file.
const SIGNATURE_LIMIT_BYTES: u64 = 1 << 10;

/// A list that was made.
#[derive(Debug)]
pub struct Made {
    /// The list.
    pub list: SignedList,
    /// What it changes.
    pub diff: Diff,
}

/// Why no list was made, or none can be read from a folder.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum MakeFault {
    #[error("{path}: {source}", path = path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error(transparent)]
    List(#[from] PlanError),
    #[error("there is no active sm2 key of purpose trust-list in custody: yinxin key generate --purpose trust-list")]
    NoKey,
    #[error("there are several keys of purpose trust-list: say which with --key")]
    SeveralKeys,
    #[error("{0} is no sm2 key of purpose trust-list")]
    OtherKey(KeyReference),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    KeyFile(#[from] KeyFileFault),
    #[error("the list in the folder: {0}")]
    Present(SignedListError),
    #[error("whoever takes the list in the folder would not take this one: {0}")]
    WouldBeRefused(Refusal),
    #[error("the list was made, but the register's audit did not take it down: {0}")]
    Audit(StoreError),
}

/// Makes the next list of a plan and puts it, its signature and the public key into the
/// folder. `key` says which key where there are several.
///
/// # Errors
/// [`MakeFault`]; what was in the folder stays, but for a fault of the medium or the audit.
pub fn make(
    keys: &dyn KeyStore,
    register: Option<&Store>,
    permit: &Permit<may::ManageKeys>,
    (plan, folder): (&Path, &Path),
    key: Option<&KeyReference>,
    now: Moment,
) -> Result<Made, MakeFault> {
    let (reference, public) = key_of(keys, key)?;
    let present = read_folder(folder, &public)?;
    let sequence = present.as_ref().map_or(1, |present| present.list().sequence() + 1);
    let plan = plan::read(plan, keys, sequence, now)?;
    let digest = plan.digest(&public);
    let request = SignRequest::new(Purpose::TrustList, ToSign::Digest(&digest), now);
    let SignatureValue::Sm2(signature) = keys.sign(&reference, &request)? else {
        return Err(MakeFault::OtherKey(reference));
    };
    let list = plan.embed(&public, &signature)?;
    let taken = accept(present.as_ref(), &list, now, &AcceptancePolicy::default());
    let diff = match taken.map_err(MakeFault::WouldBeRefused)?.news {
        News::Nothing => Diff::default(),
        News::First(diff) | News::Later(diff) => diff,
    };
    keep(folder, &list)?;
    if let Some(register) = register {
        let (actor, subject) = (permit.actor().clone(), list.list().operator().name.clone());
        let detail = json!({ "sequence": sequence, "sm3": hex::encode(list.sm3()), "key": reference.to_string() });
        register
            .write(move |conn| audit::record(conn, None, &actor, "trust.list_made", &subject, &detail, now))
            .map_err(MakeFault::Audit)?;
    }
    Ok(Made { list, diff })
}

/// The key that was named, or else the only active one of the purpose.
pub(in crate::flow) fn key_of(
    keys: &dyn KeyStore,
    named: Option<&KeyReference>,
) -> Result<(KeyReference, sm2::PublicKey), MakeFault> {
    let fits = keys.list()?.into_iter().filter_map(|key| match key.public_key {
        Some(PublicKey::Sm2(public)) if key.purpose == Purpose::TrustList && key.state == KeyState::Active => {
            Some((key.reference, public))
        }
        _ => None,
    });
    let mut fits = fits.filter(|(reference, _)| named.is_none_or(|named| named == reference));
    match (fits.next(), fits.next(), named) {
        (Some(only), None, _) => Ok(only),
        (Some(_), Some(_), _) => Err(MakeFault::SeveralKeys),
        (None, _, Some(named)) => Err(MakeFault::OtherKey(named.clone())),
        (None, _, None) => Err(MakeFault::NoKey),
    }
}

/// The signature first: whoever reads in between finds a signature that does not hold,
/// and asks again, but never a list with the signature of another.
fn keep(folder: &Path, list: &SignedList) -> Result<(), MakeFault> {
    fs::create_dir_all(folder).map_err(|source| MakeFault::Io { path: folder.to_path_buf(), source })?;
    let key = key_pem(&ServiceKey::from_sm2(list.key()));
    let signature = list.signature();
    for (name, octets) in [(KEY_FILE, key.as_bytes()), (SIGNATURE_FILE, &signature), (LIST_FILE, list.octets())] {
        let path = folder.join(name);
        replace(&path, octets).map_err(|source| MakeFault::Io { path, source })?;
    }
    Ok(())
}

/// The list of a folder under a key; none where there is none.
pub(in crate::flow) fn read_folder(folder: &Path, key: &sm2::PublicKey) -> Result<Option<SignedList>, MakeFault> {
    let path = folder.join(LIST_FILE);
    if !path.try_exists().map_err(|source| MakeFault::Io { path: path.clone(), source })? {
        return Ok(None);
    }
    let (octets, signature) = read_pair(&path, &folder.join(SIGNATURE_FILE))?;
    let list = SignedList::verify(&octets, &signature, key, &TrustListLimits::default());
    list.map(Some).map_err(MakeFault::Present)
}

/// The key of a folder, as [`make`] put it there.
pub(super) fn folder_key(folder: &Path) -> Result<sm2::PublicKey, MakeFault> {
    let path = folder.join(KEY_FILE);
    match read_key(&path)?.key() {
        PublicKey::Sm2(key) => Ok(key.clone()),
        _ => Err(MakeFault::NoKey),
    }
}

/// The octets of a list and of its signature.
///
/// # Errors
/// [`MakeFault::Io`].
pub fn read_pair(list: &Path, signature: &Path) -> Result<(Vec<u8>, Vec<u8>), MakeFault> {
    let read = |path: &Path, limit: u64| {
        bundle::read(path, limit).map_err(|source| MakeFault::Io { path: path.to_path_buf(), source })
    };
    let limit = TrustListLimits::default().octets as u64;
    Ok((read(list, limit)?, read(signature, SIGNATURE_LIMIT_BYTES)?))
}

impl HasKind for MakeFault {
    fn kind(&self) -> Kind {
        match self {
            Self::Io { .. } | Self::Key(_) | Self::Audit(_) => Kind::Unavailable,
            Self::WouldBeRefused(_) | Self::SeveralKeys => Kind::Conflict,
            Self::Plan(_) | Self::List(_) | Self::NoKey | Self::OtherKey(_) | Self::KeyFile(_) | Self::Present(_) => {
                Kind::Refused
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } => "unreadable",
            Self::Key(_) => "key_unavailable",
            Self::Audit(error) => error.code(),
            Self::WouldBeRefused(refusal) => refusal.code(),
            Self::NoKey | Self::SeveralKeys | Self::OtherKey(_) | Self::KeyFile(_) => "key_refused",
            Self::Plan(_) | Self::List(_) | Self::Present(_) => "no_list",
        }
    }
}
