//! Certificates for keys of others, by their requests (PKCS#10).

use super::{Authority, AuthorityFault, Kind, Named, key_of, sign_message, suite_of, validity};
use crate::random;
use yinxin_hsm::{KeyStore, Purpose};
use yinxin_trust::{
    base::Moment,
    suite::Suite,
    x509::{
        Certificate, CertificationRequest,
        make::{Addresses, CertificatePlan, Issuer, SerialNumber},
    },
};

/// Addresses of lists end so: the names of their files.
pub(super) const ROOT_LIST: &str = "root.crl";
pub(super) const STAMPER_LIST: &str = "stamper-ca.crl";
pub(super) const PERSON_LIST: &str = "person-ca.crl";
pub(super) const MAKER_LIST: &str = "seal-maker-ca.crl";

/// For what a certificate is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestProfile {
    /// To stamp documents.
    Stamper,
    /// To make seals.
    SealMaker,
    /// To stamp the time.
    TimeStamper,
    /// To show itself over TLS.
    Client,
}

impl RequestProfile {
    const fn kind(self) -> Kind {
        match self {
            Self::Stamper => Kind::Stamper,
            Self::SealMaker => Kind::SealMaker,
            Self::TimeStamper => Kind::TimeStamper,
            Self::Client => Kind::Client,
        }
    }
}

impl Authority {
    /// Issues a certificate over the key of a request, whose own signature proves that whoever made it has the key.
    /// The name is what `named` says: what the request wishes to be called is shown to the one who decides, and not
    /// taken over; nor are extensions.
    ///
    /// # Errors
    /// [`AuthorityFault::RequestSuite`], [`AuthorityFault`].
    pub fn certify_request(
        &self,
        keys: &dyn KeyStore,
        request: &CertificationRequest,
        wanted: RequestProfile,
        named: Named<'_>,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        let (issuer, list) = match wanted {
            RequestProfile::Stamper => (&self.stamper_authority, STAMPER_LIST),
            RequestProfile::SealMaker => (&self.maker_authority, MAKER_LIST),
            RequestProfile::TimeStamper | RequestProfile::Client => (&self.root, ROOT_LIST),
        };
        let (kind, suite) = (wanted.kind(), suite_of(issuer)?);
        if Suite::of(request.key()) != Some(suite) {
            return Err(AuthorityFault::RequestSuite(suite));
        }
        let profile = kind.profile()?;
        let subject = profile.subject().fill(&[("organisation", named.organisation), ("name", named.name)])?;
        let serial = SerialNumber::from_octets(&random::octets::<16>()?)?;
        let validity = validity(&profile, kind, Some(issuer), at)?;
        let by = Issuer::Certificate(issuer);
        let addresses = self.addresses(list);
        let plan = CertificatePlan::pointing(&profile, &subject, request.key(), &serial, validity, by, &addresses)?;
        let key = key_of(keys, issuer, Purpose::Ca)?;
        let signature = sign_message(keys, &key, Purpose::Ca, plan.to_be_signed(), at)?;
        Ok(plan.embed(signature)?)
    }

    /// Where is said what becomes of a certificate; nowhere without an address of our own.
    pub(super) fn addresses(&self, list: &str) -> Addresses {
        let below = |rest: &str| self.address.as_deref().map(|own| format!("{}/{rest}", own.trim_end_matches('/')));
        Addresses { ocsp: below("ocsp"), list: below(&format!("crl/{list}")) }
    }
}
