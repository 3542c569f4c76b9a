//! Publishing signed revocation lists.

use super::{Authority, AuthorityFault, IssuedBy, key_of, sign_message};
use yinxin_hsm::{KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    x509::{
        Certificate, Crl, RevocationReason,
        make::{CrlPlan, RevokedCertificate},
    },
};

/// How long a list is good, days. It is made anew every day.
pub const LIST_DAYS: i64 = 7;

const DAY_SECONDS: i64 = 86_400;

/// The lists of one day, one of each authority below the root and one of the root.
#[derive(Clone, Debug)]
pub struct Lists {
    /// Of the root.
    pub root: Crl,
    /// Of the authority that issues stampers.
    pub stamper_authority: Crl,
    /// Of the authority that issues seal makers.
    pub maker_authority: Crl,
    /// Of the authority that certifies natural persons, where there is one.
    pub person_authority: Option<Crl>,
}

/// A certificate that is no longer good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// On whose list it stands: who issued it.
    pub by: IssuedBy,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Moment,
    /// Why.
    pub reason: RevocationReason,
}

impl Lists {
    /// Makes and signs the lists of `at`. Their numbers are the seconds of `at`,
    /// so that later lists have larger ones.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn publish(
        authority: &Authority,
        keys: &dyn KeyStore,
        revoked: &[Revoked],
        at: Moment,
    ) -> Result<Self, AuthorityFault> {
        let list = |by: IssuedBy| {
            let entry =
                |one: &Revoked| RevokedCertificate { serial: one.serial.clone(), at: one.at, reason: Some(one.reason) };
            let entries: Vec<_> = revoked.iter().filter(|one| one.by == by).map(entry).collect();
            list(authority.issuer(by)?, keys, &entries, at)
        };
        let persons = authority.person_authority.as_ref().map(|_| list(IssuedBy::PersonAuthority));
        Ok(Self {
            root: list(IssuedBy::Root)?,
            stamper_authority: list(IssuedBy::StamperAuthority)?,
            maker_authority: list(IssuedBy::MakerAuthority)?,
            person_authority: persons.transpose()?,
        })
    }

    /// Each list with the name of its file.
    pub fn named(&self) -> impl Iterator<Item = (String, &Crl)> {
        IssuedBy::ALL.into_iter().filter_map(|by| {
            let list = match by {
                IssuedBy::Root => &self.root,
                IssuedBy::StamperAuthority => &self.stamper_authority,
                IssuedBy::MakerAuthority => &self.maker_authority,
                IssuedBy::PersonAuthority => self.person_authority.as_ref()?,
            };
            Some((by.list(), list))
        })
    }
}

fn list(
    issuer: &Certificate,
    keys: &dyn KeyStore,
    revoked: &[RevokedCertificate],
    at: Moment,
) -> Result<Crl, AuthorityFault> {
    let fault = |cause: String| AuthorityFault::List { issuer: issuer.display_name().to_owned(), cause };
    let number = u64::try_from(at.unix_seconds()).map_err(|_| fault("the time is before 1970".to_owned()))?;
    let next = Moment::from_unix_seconds(at.unix_seconds() + LIST_DAYS * DAY_SECONDS)
        .map_err(|cause| fault(cause.to_string()))?;
    let plan = CrlPlan::new(issuer, number, at, next, revoked).map_err(|cause| fault(cause.to_string()))?;
    let key = key_of(keys, issuer, Purpose::Ca)?;
    let signature = sign_message(keys, &key, Purpose::Ca, plan.to_be_signed(), at)?;
    plan.embed(signature).map_err(|cause| fault(cause.to_string()))
}
