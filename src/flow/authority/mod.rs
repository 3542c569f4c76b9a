//! A small certification authority for tests and small localities: a root, an
//! authority that issues stampers, one that issues seal makers, one seal maker.
//! In production certificates come from a licensed authority.
//!
//! It is founded in one suite, the national one or P-256 for what crosses a border
//! (ADR 21); what it issues later follows its certificates.
//!
//! Certificates lie as PEM in one folder, private keys in custody. Which key
//! belongs to which certificate is said by the public key alone.

mod issuing;
mod lists;
mod place;
mod revoked;

pub use issuing::RequestProfile;
pub use lists::{LIST_DAYS, Lists, Revoked};
pub(super) use place::replace;
pub use place::{AuthorityFolder, FolderFault, read_certificate};
pub use revoked::{Revocable, RevokeFault};

use crate::random::{self, NoRandomness};
use yinxin_hsm::{KeyError, KeyOrder, KeyReference, KeyStore, Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::{
    anchor::Use,
    base::Moment,
    suite::{PublicKey, Suite},
    x509::{
        Certificate, RequestFault,
        make::{
            Addresses, CertificatePlan, Issuer, NameFault, PlanFault, Profile, SerialNumber, SerialNumberFault,
            Validity,
        },
    },
};

/// The kinds of certificates, as their profiles in `certs/profiles` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The root.
    Root,
    /// Issues stampers.
    StamperAuthority,
    /// Issues seal makers.
    MakerAuthority,
    /// Makes seals.
    SealMaker,
    /// Stamps.
    Stamper,
    /// Stamps the time.
    TimeStamper,
    /// Answers about certificates.
    OcspResponder,
    /// Shows itself over TLS.
    Client,
    /// Certifies natural persons.
    PersonAuthority,
    /// A natural person who signs.
    Person,
    /// Signs checkpoints of a transparency log.
    Log,
}

/// Which of our authorities issued a certificate; each has a list of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuedBy {
    /// The root.
    Root,
    /// The one that issues stampers.
    StamperAuthority,
    /// The one that issues seal makers.
    MakerAuthority,
    /// The one that certifies natural persons, where there is one.
    PersonAuthority,
}

impl IssuedBy {
    /// Every one, in the order of the lists.
    pub const ALL: [Self; 4] = [Self::Root, Self::StamperAuthority, Self::MakerAuthority, Self::PersonAuthority];

    /// The stable word, from which the names of its files are made.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::StamperAuthority => "stamper-ca",
            Self::MakerAuthority => "seal-maker-ca",
            Self::PersonAuthority => "person-ca",
        }
    }

    /// The name of the file of its list, with which addresses end.
    pub fn list(self) -> String {
        format!("{}.crl", self.as_str())
    }
}

/// Why no certificate was made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum AuthorityFault {
    #[error("profile {name}: {cause}")]
    Profile { name: &'static str, cause: String },
    #[error("profile {name}: its validity leads past the calendar")]
    Calendar { name: &'static str },
    #[error("the name in the certificate: {0}")]
    Name(#[from] NameFault),
    #[error(transparent)]
    Serial(#[from] SerialNumberFault),
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the key of {0} is not in custody")]
    KeyNotInCustody(String),
    #[error("no authority here certifies natural persons")]
    NoPersonAuthority,
    #[error("the custody made a key of another kind than {0} asks for")]
    OtherKey(Suite),
    #[error("{0} is of no suite in which certificates are made")]
    NoSuite(String),
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Folder(#[from] FolderFault),
    #[error("the request: {0}")]
    Request(#[from] RequestFault),
    #[error("the key of the request is not of the suite {0} of the authority")]
    RequestSuite(Suite),
    #[error("revocation list of {issuer}: {cause}")]
    List { issuer: String, cause: String },
}

impl Kind {
    const fn profile_text(self) -> (&'static str, &'static str) {
        match self {
            Self::Root => ("root", include_str!("../../../certs/profiles/root.toml")),
            Self::StamperAuthority => ("stamper-ca", include_str!("../../../certs/profiles/stamper-ca.toml")),
            Self::MakerAuthority => ("seal-maker-ca", include_str!("../../../certs/profiles/seal-maker-ca.toml")),
            Self::SealMaker => ("seal-maker", include_str!("../../../certs/profiles/seal-maker.toml")),
            Self::Stamper => ("stamper", include_str!("../../../certs/profiles/stamper.toml")),
            Self::OcspResponder => ("ocsp-responder", include_str!("../../../certs/profiles/ocsp-responder.toml")),
            Self::Client => ("client", include_str!("../../../certs/profiles/client.toml")),
            Self::PersonAuthority => ("person-ca", include_str!("../../../certs/profiles/person-ca.toml")),
            Self::Person => ("person", include_str!("../../../certs/profiles/person.toml")),
            Self::Log => ("log", include_str!("../../../certs/profiles/log.toml")),
            Self::TimeStamper => ("time-stamper", include_str!("../../../certs/profiles/time-stamper.toml")),
        }
    }

    fn profile(self) -> Result<Profile, AuthorityFault> {
        let (name, text) = self.profile_text();
        toml::from_str(text).map_err(|cause| AuthorityFault::Profile { name, cause: cause.to_string() })
    }

    /// What its key is for.
    const fn purpose(self) -> Purpose {
        match self {
            Self::Root | Self::StamperAuthority | Self::MakerAuthority | Self::PersonAuthority => Purpose::Ca,
            Self::SealMaker => Purpose::SealMaker,
            Self::Stamper => Purpose::Stamper,
            Self::TimeStamper => Purpose::TimeStamp,
            Self::OcspResponder => Purpose::Ocsp,
            Self::Person => Purpose::Person,
            // of its own machine: never made here
            Self::Client | Self::Log => Purpose::Data,
        }
    }

    /// Who issues it, below the root.
    const fn issued_by(self) -> IssuedBy {
        match self {
            Self::Stamper => IssuedBy::StamperAuthority,
            Self::SealMaker => IssuedBy::MakerAuthority,
            Self::Person => IssuedBy::PersonAuthority,
            // the root itself
            Self::Root
            | Self::StamperAuthority
            | Self::MakerAuthority
            | Self::PersonAuthority
            | Self::TimeStamper
            | Self::OcspResponder
            | Self::Client
            | Self::Log => IssuedBy::Root,
        }
    }
}

/// A whole authority as it was founded.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Vouches for the two authorities.
    pub root: Certificate,
    /// Issues stampers.
    pub stamper_authority: Certificate,
    /// Issues seal makers.
    pub maker_authority: Certificate,
    /// Makes seals.
    pub seal_maker: Certificate,
    /// Certifies natural persons, where that was wanted.
    pub person_authority: Option<Certificate>,
    /// Where others find what is said about its certificates, such as `http://licence.example.cn`: written into those
    /// that it issues.
    pub address: Option<String>,
}

/// Who is named in a certificate.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// organizationName, at most 64 characters.
    pub organisation: &'a str,
    /// commonName, at most 64 characters.
    pub name: &'a str,
}

impl Authority {
    /// Makes the four keys and certificates, all of one suite; `organisation` runs them. With an `address` all but the
    /// root say where they are asked about.
    ///
    /// # Errors
    /// [`AuthorityFault`]; keys that were made by then stay in custody, unused.
    pub fn found(
        keys: &dyn KeyStore,
        suite: Suite,
        organisation: &str,
        address: Option<&str>,
        at: Moment,
    ) -> Result<Self, AuthorityFault> {
        let certify = |kind: Kind, name, issuer| {
            let addresses = match issuer {
                // of a root nobody is asked
                By::Itself(_) => Addresses::default(),
                By::Issuer(_) => addresses(address, kind.issued_by()),
            };
            certify(keys, kind, Named { organisation, name }, issuer, at, &addresses)
        };
        let root = certify(Kind::Root, "测试根证书", By::Itself(suite))?;
        let stamper_authority = certify(Kind::StamperAuthority, "测试签章者证书机构", By::Issuer(&root))?;
        let maker_authority = certify(Kind::MakerAuthority, "测试制章者证书机构", By::Issuer(&root))?;
        let seal_maker = certify(Kind::SealMaker, "测试制章系统", By::Issuer(&maker_authority))?;
        let address = address.map(str::to_owned);
        Ok(Self { root, stamper_authority, maker_authority, seal_maker, person_authority: None, address })
    }

    /// The certificate of one of our authorities.
    ///
    /// # Errors
    /// [`AuthorityFault::NoPersonAuthority`].
    pub fn issuer(&self, by: IssuedBy) -> Result<&Certificate, AuthorityFault> {
        match by {
            IssuedBy::Root => Ok(&self.root),
            IssuedBy::StamperAuthority => Ok(&self.stamper_authority),
            IssuedBy::MakerAuthority => Ok(&self.maker_authority),
            IssuedBy::PersonAuthority => self.person_authority.as_ref().ok_or(AuthorityFault::NoPersonAuthority),
        }
    }

    /// Which of ours signed a certificate; `None` for one of another authority.
    pub fn issued(&self, certificate: &Certificate) -> Option<IssuedBy> {
        let is_by = |by: &IssuedBy| {
            self.issuer(*by).is_ok_and(|issuer| {
                issuer.subject_der() == certificate.issuer_der() && certificate.verify_signature(issuer).is_ok()
            })
        };
        IssuedBy::ALL.into_iter().find(is_by)
    }

    /// As `certify`, saying where the certificate is asked about.
    fn certify(
        &self,
        keys: &dyn KeyStore,
        kind: Kind,
        named: Named<'_>,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        let by = kind.issued_by();
        certify(keys, kind, named, By::Issuer(self.issuer(by)?), at, &self.addresses(by))
    }

    /// Issues a stamper's certificate over a fresh key.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn certify_stamper(
        &self,
        keys: &dyn KeyStore,
        named: Named<'_>,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        self.certify(keys, Kind::Stamper, named, at)
    }

    /// Issues the certificate of a time stamp authority, by the root, over a fresh key.
    ///
    /// # Errors
    /// [`AuthorityFault`].
    pub fn certify_time_stamper(
        &self,
        keys: &dyn KeyStore,
        named: Named<'_>,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        self.certify(keys, Kind::TimeStamper, named, at)
    }

    /// Makes the authority that certifies natural persons, by the root, over a fresh key. GB/T 35275 has signatures
    /// of the national suite alone.
    ///
    /// # Errors
    /// [`AuthorityFault::NoSuite`] where the root is of another; [`AuthorityFault`].
    pub fn certify_person_authority(
        &self,
        keys: &dyn KeyStore,
        organisation: &str,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        if suite_of(&self.root)? != Suite::Sm2 {
            return Err(AuthorityFault::NoSuite(self.root.display_name().to_owned()));
        }
        let named = Named { organisation, name: "测试自然人证书机构" };
        self.certify(keys, Kind::PersonAuthority, named, at)
    }

    /// Certifies a natural person over a key of theirs: their name and what their account is called, no number of any
    /// document of theirs.
    ///
    /// # Errors
    /// [`AuthorityFault::NoPersonAuthority`], [`AuthorityFault`].
    pub fn certify_person(
        &self,
        keys: &dyn KeyStore,
        (name, account): (&str, &str),
        key: &PublicKey,
        at: Moment,
    ) -> Result<Certificate, AuthorityFault> {
        let issuer = self.person_authority.as_ref().ok_or(AuthorityFault::NoPersonAuthority)?;
        let (kind, suite) = (Kind::Person, suite_of(issuer)?);
        let profile = kind.profile()?;
        let subject = profile.subject().fill(&[("name", name), ("account", account)])?;
        let serial = SerialNumber::from_octets(&random::octets::<16>()?)?;
        let validity = validity(&profile, kind, Some(issuer), at)?;
        let public = public_key(Some(key), suite)?;
        // nobody answers about persons: their list does
        let addresses = Addresses { ocsp: None, ..self.addresses(IssuedBy::PersonAuthority) };
        let by = Issuer::Certificate(issuer);
        let plan = CertificatePlan::pointing(&profile, &subject, public, &serial, validity, by, &addresses)?;
        let signing_key = key_of(keys, issuer, Purpose::Ca)?;
        let signature = sign_message(keys, &signing_key, Purpose::Ca, plan.to_be_signed(), at)?;
        Ok(plan.embed(signature)?)
    }

    /// Issues a certificate for answering about certificates, by each authority in the order of
    /// [`AuthorityFolder::keep_responders`], over fresh keys.
    ///
    /// # Errors
    /// [`AuthorityFault`]; keys that were made by then stay in custody, unused.
    pub fn certify_responders(
        &self,
        keys: &dyn KeyStore,
        named: Named<'_>,
        at: Moment,
    ) -> Result<[Certificate; 3], AuthorityFault> {
        // nobody asks about those who answer (id-pkix-ocsp-nocheck)
        let nowhere = Addresses::default();
        let by = |by| certify(keys, Kind::OcspResponder, named, By::Issuer(self.issuer(by)?), at, &nowhere);
        Ok([by(IssuedBy::Root)?, by(IssuedBy::StamperAuthority)?, by(IssuedBy::MakerAuthority)?])
    }

    /// Those that an anchor bundle names, with the suite where it is not the national one.
    pub fn anchors_pem(&self) -> String {
        let suite = |certificate: &Certificate| match suite_of(certificate) {
            Ok(Suite::P256) => "# suite: cross-border\n",
            Ok(Suite::Sm2) | Err(_) => "",
        };
        let persons = self.person_authority.as_ref().map_or_else(String::new, |certificate| {
            format!("\n# use: {}\n{}", Use::Person.as_str(), place::pem(certificate))
        });
        format!(
            "# Made by yinxin init for this installation; not a licensed authority.\n\
             # 由 yinxin init 为本安装生成，不是依法设立的电子认证服务机构。\n\
             \n# use: signer\n{}{}\n# use: seal-maker\n{}{}{persons}",
            suite(&self.stamper_authority),
            place::pem(&self.stamper_authority),
            suite(&self.maker_authority),
            place::pem(&self.maker_authority),
        )
    }
}

/// The reference of the key that a certificate is of.
///
/// # Errors
/// [`AuthorityFault::KeyNotInCustody`], or what the custody met.
pub fn key_of(
    keys: &dyn KeyStore,
    certificate: &Certificate,
    purpose: Purpose,
) -> Result<KeyReference, AuthorityFault> {
    keys.list()?
        .into_iter()
        .find(|key| key.purpose == purpose && key.public_key.is_some() && key.public_key.as_ref() == certificate.key())
        .map(|key| key.reference)
        .ok_or_else(|| AuthorityFault::KeyNotInCustody(certificate.display_name().to_owned()))
}

/// One signature over a message, by the key of a certificate. The message and not its digest:
/// some custodies take none for P-256, and one apart from the service reads what it signs.
pub(crate) fn sign_message(
    keys: &dyn KeyStore,
    key: &KeyReference,
    purpose: Purpose,
    message: &[u8],
    at: Moment,
) -> Result<SignatureValue, AuthorityFault> {
    Ok(keys.sign(key, &SignRequest::new(purpose, ToSign::Message(message), at))?)
}

/// The suite of a certificate's key.
fn suite_of(certificate: &Certificate) -> Result<Suite, AuthorityFault> {
    let suite = certificate.key().and_then(Suite::of);
    suite.ok_or_else(|| AuthorityFault::NoSuite(certificate.display_name().to_owned()))
}

/// Who issues a certificate, which says its suite too.
#[derive(Clone, Copy)]
enum By<'a> {
    /// Itself, in this suite.
    Itself(Suite),
    /// Another.
    Issuer(&'a Certificate),
}

/// Where is said what becomes of a certificate; nowhere without an address of our own.
fn addresses(own: Option<&str>, by: IssuedBy) -> Addresses {
    let below = |rest: &str| own.map(|own| format!("{}/{rest}", own.trim_end_matches('/')));
    Addresses { ocsp: below("ocsp"), list: below(&format!("crl/{}", by.list())) }
}

fn certify(
    keys: &dyn KeyStore,
    kind: Kind,
    named: Named<'_>,
    by: By<'_>,
    at: Moment,
    addresses: &Addresses,
) -> Result<Certificate, AuthorityFault> {
    let (suite, issuer) = match by {
        By::Itself(suite) => (suite, None),
        By::Issuer(issuer) => (suite_of(issuer)?, Some(issuer)),
    };
    let profile = kind.profile()?;
    let subject = profile.subject().fill(&[("organisation", named.organisation), ("name", named.name)])?;
    let serial = SerialNumber::from_octets(&random::octets::<16>()?)?;
    let validity = validity(&profile, kind, issuer, at)?;
    let key = keys.generate(&KeyOrder::new(suite.into(), kind.purpose()), at)?;
    let public = public_key(key.public_key.as_ref(), suite)?;
    let issued_by = issuer.map_or(Issuer::Itself, Issuer::Certificate);
    let plan = CertificatePlan::pointing(&profile, &subject, public, &serial, validity, issued_by, addresses)?;
    let signing_key = match issuer {
        None => key.reference,
        Some(issuer) => key_of(keys, issuer, Purpose::Ca)?,
    };
    let signature = sign_message(keys, &signing_key, Purpose::Ca, plan.to_be_signed(), at)?;
    Ok(plan.embed(signature)?)
}

/// The whole validity of the profile, but not past the issuer's own end.
fn validity(
    profile: &Profile,
    kind: Kind,
    issuer: Option<&Certificate>,
    at: Moment,
) -> Result<Validity, AuthorityFault> {
    let calendar = || AuthorityFault::Calendar { name: kind.profile_text().0 };
    let whole = profile.validity_from(at).ok_or_else(calendar)?;
    match issuer {
        Some(issuer) if issuer.not_after() < whole.not_after() => {
            Ok(Validity::new(whole.not_before(), issuer.not_after())?)
        }
        _ => Ok(whole),
    }
}

fn public_key(key: Option<&PublicKey>, suite: Suite) -> Result<&PublicKey, AuthorityFault> {
    key.filter(|key| Suite::of(key) == Some(suite)).ok_or(AuthorityFault::OtherKey(suite))
}

#[cfg(test)]
mod tests;
