//! Certificates for keys of others, by their requests (PKCS#10).

use super::{Authority, AuthorityFault, IssuedBy, Kind, Named, addresses, key_of, sign_message, suite_of, validity};
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
    /// To sign checkpoints of a transparency log.
    Log,
}

impl RequestProfile {
    const fn kind(self) -> Kind {
        match self {
            Self::Stamper => Kind::Stamper,
            Self::SealMaker => Kind::SealMaker,
            Self::TimeStamper => Kind::TimeStamper,
            Self::Client => Kind::Client,
            Self::Log => Kind::Log,
        }
    }

    /// Who issues it, and has it on its list.
    pub const fn issued_by(self) -> IssuedBy {
        self.kind().issued_by()
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
        let issuer = self.issuer(wanted.issued_by())?;
        let (kind, suite) = (wanted.kind(), suite_of(issuer)?);
        if Suite::of(request.key()) != Some(suite) {
            return Err(AuthorityFault::RequestSuite(suite));
        }
        let profile = kind.profile()?;
        let subject = profile.subject().fill(&[("organisation", named.organisation), ("name", named.name)])?;
        let serial = SerialNumber::from_octets(&random::octets::<16>()?)?;
        let validity = validity(&profile, kind, Some(issuer), at)?;
        let by = Issuer::Certificate(issuer);
        let addresses = self.addresses(wanted.issued_by());
        let plan = CertificatePlan::pointing(&profile, &subject, request.key(), &serial, validity, by, &addresses)?;
        let key = key_of(keys, issuer, Purpose::Ca)?;
        let signature = sign_message(keys, &key, Purpose::Ca, plan.to_be_signed(), at)?;
        Ok(plan.embed(signature)?)
    }

    /// Those above what is issued for this, up to the root.
    pub fn above(&self, wanted: RequestProfile) -> Vec<&Certificate> {
        let between = Some(wanted.issued_by()).filter(|by| *by != IssuedBy::Root);
        between.and_then(|by| self.issuer(by).ok()).into_iter().chain([&self.root]).collect()
    }

    pub(super) fn addresses(&self, by: IssuedBy) -> Addresses {
        addresses(self.address.as_deref(), by)
    }
}
