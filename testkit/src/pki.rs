//! Certificates of the GB/T 20518-2018 shape, and ones that lack something.
//!
//! They are written with the kit's own DER, not with a builder: a builder
//! refuses to make most of the wrong ones.

use crate::{
    der::{
        self, BitForm, SM2_SM3, boolean, explicit, integer, octet_string, oid, sequence, sequence_of, tagged, unsigned,
        utf8_string,
    },
    keys::Key,
};
use base64::Engine as _;
use yinxin_trust::{asn1::Tag, base::Moment, sm::sm3};

/// From when to when a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// notBefore.
    pub from: Moment,
    /// notAfter.
    pub to: Moment,
}

impl Period {
    /// From the first second of `first` to the last of `last`, UTC.
    ///
    /// # Panics
    /// Outside the years 1 to 9999.
    pub fn years(first: i32, last: i32) -> Self {
        Self {
            from: Moment::from_utc(first, 1, 1, 0, 0, 0).expect("a year of the calendar"),
            to: Moment::from_utc(last, 12, 31, 23, 59, 59).expect("a year of the calendar"),
        }
    }
}

/// Bits of KeyUsage (RFC 5280, 4.2.1.3), the first one highest.
pub mod usage {
    /// digitalSignature and nonRepudiation: a signing certificate.
    pub const SIGN: u8 = 0xC0;
    /// keyEncipherment, dataEncipherment, keyAgreement: an encryption certificate.
    pub const ENCRYPT: u8 = 0x38;
    /// keyCertSign and cRLSign: an authority.
    pub const AUTHORITY: u8 = 0x06;
    /// cRLSign alone.
    pub const CRL_ONLY: u8 = 0x02;
}

/// A certificate with the key it is about.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The certificate.
    pub der: Vec<u8>,
    /// Its key pair.
    pub key: Key,
    /// Subject, as DER.
    pub subject: Vec<u8>,
    /// Issuer, as DER.
    pub issuer: Vec<u8>,
    /// Serial number, big-endian digits.
    pub serial: Vec<u8>,
}

impl Certificate {
    /// `IssuerAndSerialNumber`.
    pub fn issuer_and_serial(&self) -> Vec<u8> {
        sequence(&[&self.issuer, &unsigned(&self.serial)])
    }

    /// PEM, 64 characters a line.
    pub fn to_pem(&self) -> String {
        pem(&self.der)
    }
}

/// `CERTIFICATE` in PEM.
pub fn pem(certificate: &[u8]) -> String {
    pem_of("CERTIFICATE", certificate)
}

/// PEM under this label.
pub fn pem_of(label: &str, der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.extend(line.iter().map(|&octet| char::from(octet)));
        out.push('\n');
    }
    out + &format!("-----END {label}-----\n")
}

/// Name with country, organisation and common name; the texts are UTF8String.
pub fn name(organisation: &str, common_name: &str) -> Vec<u8> {
    let part = |kind: &str, value: Vec<u8>| tagged(Tag::SET, &sequence(&[&oid(kind), &value]));
    sequence(&[
        &part("2.5.4.6", der::printable_string("CN")),
        &part("2.5.4.10", utf8_string(organisation)),
        &part("2.5.4.3", utf8_string(common_name)),
    ])
}

/// Everything a certificate will say. Change fields to make a wrong one.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Subject, as DER.
    pub subject: Vec<u8>,
    /// The key it is about.
    pub key: Key,
    /// Serial number, big-endian digits.
    pub serial: Vec<u8>,
    /// Validity.
    pub period: Period,
    /// KeyUsage, critical; bits of [`usage`].
    pub key_usage: Option<u8>,
    /// BasicConstraints, critical: cA and pathLenConstraint.
    pub basic_constraints: Option<(bool, Option<u64>)>,
    /// ExtendedKeyUsage, critical; dotted identifiers.
    pub extended_key_usage: Vec<&'static str>,
    /// Whether to write subject and authority key identifiers.
    pub key_identifiers: bool,
    /// Further extensions, as DER.
    pub extensions: Vec<Vec<u8>>,
}

impl Draft {
    /// An end entity that signs. Its serial follows from seed and subject, 16 octets.
    pub fn signer(subject: Vec<u8>, seed: &str, period: Period) -> Self {
        let mut serial = sm3::digest(&[seed.as_bytes(), &subject].concat())[..16].to_vec();
        serial[0] = serial[0] & 0x3F | 0x40;
        Self {
            subject,
            key: Key::from_seed(seed),
            serial,
            period,
            key_usage: Some(usage::SIGN),
            basic_constraints: None,
            extended_key_usage: Vec::new(),
            key_identifiers: true,
            extensions: Vec::new(),
        }
    }

    /// An authority with this pathLenConstraint.
    pub fn authority(subject: Vec<u8>, seed: &str, period: Period, path_length: Option<u64>) -> Self {
        Self {
            key_usage: Some(usage::AUTHORITY),
            basic_constraints: Some((true, path_length)),
            ..Self::signer(subject, seed, period)
        }
    }

    /// An authority that issues time stamps.
    pub fn time_authority(subject: Vec<u8>, seed: &str, period: Period) -> Self {
        Self { extended_key_usage: vec!["1.3.6.1.5.5.7.3.8"], ..Self::signer(subject, seed, period) }
    }

    /// Self-signed.
    pub fn self_signed(self) -> Certificate {
        let (subject, key) = (self.subject.clone(), self.key.clone());
        self.write(&subject, key.public().to_sec1(), &key)
    }

    /// Issued by `issuer`.
    pub fn issued_by(self, issuer: &Certificate) -> Certificate {
        self.write(&issuer.subject, issuer.key.public().to_sec1(), &issuer.key)
    }

    /// As if issued by `issuer`, but signed with another key.
    pub fn forged_as(self, issuer: &Certificate, key: &Key) -> Certificate {
        self.write(&issuer.subject, issuer.key.public().to_sec1(), key)
    }

    fn write(self, issuer: &[u8], issuer_key: &[u8; 65], signing: &Key) -> Certificate {
        let tbs = sequence(&[
            &explicit(0, &integer(2)),
            &unsigned(&self.serial),
            &der::algorithm(SM2_SM3),
            issuer,
            &sequence(&[&time(self.period.from), &time(self.period.to)]),
            &self.subject,
            &public_key_info(&self.key),
            &explicit(3, &sequence_of(&self.all_extensions(issuer_key))),
        ]);
        let (_, value) = signing.value(&tbs, Default::default(), BitForm::Whole);
        let der = sequence(&[&tbs, &der::algorithm(SM2_SM3), &value]);
        Certificate { der, key: self.key, subject: self.subject, issuer: issuer.to_vec(), serial: self.serial }
    }

    fn all_extensions(&self, issuer_key: &[u8; 65]) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        if self.key_identifiers {
            let authority = sequence(&[&tagged(Tag::context_primitive(0), &key_identifier(issuer_key))]);
            out.push(extension("2.5.29.35", false, &authority));
            let subject = octet_string(&key_identifier(self.key.public().to_sec1()));
            out.push(extension("2.5.29.14", false, &subject));
        }
        if let Some(bits) = self.key_usage {
            let unused = if bits == 0 { 0 } else { bits.trailing_zeros() as u8 };
            out.push(extension("2.5.29.15", true, &tagged(Tag::BIT_STRING, &[unused, bits])));
        }
        if let Some((authority, path_length)) = self.basic_constraints {
            let ca = if authority { boolean(true) } else { Vec::new() };
            let length = path_length.map_or_else(Vec::new, integer);
            out.push(extension("2.5.29.19", true, &sequence(&[&ca, &length])));
        }
        if !self.extended_key_usage.is_empty() {
            let purposes: Vec<Vec<u8>> = self.extended_key_usage.iter().map(|purpose| oid(purpose)).collect();
            out.push(extension("2.5.29.37", true, &sequence_of(&purposes)));
        }
        out.extend_from_slice(&self.extensions);
        out
    }
}

/// One extension of a certificate.
pub fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let flag = if critical { boolean(true) } else { Vec::new() };
    sequence(&[&oid(kind), &flag, &octet_string(value)])
}

fn key_identifier(key: &[u8; 65]) -> Vec<u8> {
    sm3::digest(key)[..20].to_vec()
}

fn public_key_info(key: &Key) -> Vec<u8> {
    let kind = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.2.156.10197.1.301")]);
    sequence(&[&kind, &BitForm::Whole.write(key.public().to_sec1())])
}

/// UTCTime to 2049, then GeneralizedTime (RFC 5280, 4.1.2.5).
pub(crate) fn time(at: Moment) -> Vec<u8> {
    let year = at.to_string()[..4].parse::<u32>().expect("four digits");
    if (1950..2050).contains(&year) { der::utc_time(at) } else { der::generalized_time(at) }
}

/// What is wrong with the stamper's certificate or with its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// No KeyUsage: not an offence.
    NoKeyUsage,
    /// An encryption certificate.
    EncryptionOnly,
    /// Its issuer may not sign certificates.
    AuthorityWithoutCertSign,
    /// Its period ended in 2025.
    Expired,
    /// Its period begins in 2030.
    NotYetValid,
    /// Signed with a key that is not its issuer's.
    WrongIssuerKey,
    /// Its issuer says that it is no authority.
    IssuerNotAuthority,
    /// One authority more than pathLenConstraint allows.
    PathLengthExceeded,
    /// An unknown critical extension.
    UnknownCritical,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NoKeyUsage,
        Self::EncryptionOnly,
        Self::AuthorityWithoutCertSign,
        Self::Expired,
        Self::NotYetValid,
        Self::WrongIssuerKey,
        Self::IssuerNotAuthority,
        Self::PathLengthExceeded,
        Self::UnknownCritical,
    ];
}

/// A root, two authorities below it, and those who sign.
#[derive(Clone, Debug)]
pub struct Pki {
    /// Self-signed.
    pub root: Certificate,
    /// Issues to stampers.
    pub stamper_authority: Certificate,
    /// Issues to seal makers.
    pub maker_authority: Certificate,
    /// Further authorities between `stamper_authority` and the stamper.
    pub between: Vec<Certificate>,
    /// Who stamps.
    pub stamper: Certificate,
    /// Who makes the seals.
    pub maker: Certificate,
    /// Who stamps the time; issued by the root.
    pub time_authority: Certificate,
    /// The body that stamps.
    pub body: String,
    period: Period,
    seed: String,
}

impl Pki {
    /// A sound one. `seed` decides all keys, `body` names the stamper.
    pub fn new(seed: &str, body: &str, period: Period) -> Self {
        const ORGANISATION: &str = "演示信任服务机构（测试专用）";
        let seeded = |part: &str| format!("{seed}/{part}");
        let root_name = name(ORGANISATION, "演示根证书 NEVER FOR PRODUCTION");
        let root = Draft::authority(root_name, &seeded("root"), period, None).self_signed();
        let authority = |common_name: &str, part: &str| {
            Draft::authority(name(ORGANISATION, common_name), &seeded(part), period, Some(0)).issued_by(&root)
        };
        let stamper_authority = authority("演示签章者证书机构", "stamper-ca");
        let maker_authority = authority("演示制章者证书机构", "maker-ca");
        let stamper = Draft::signer(name(body, body), &seeded("stamper"), period).issued_by(&stamper_authority);
        let maker_name = name("演示制章单位", "演示电子印章制章系统");
        let maker = Draft::signer(maker_name, &seeded("maker"), period).issued_by(&maker_authority);
        let time_name = name(ORGANISATION, "演示时间戳服务");
        let time_authority = Draft::time_authority(time_name, &seeded("tsa"), period).issued_by(&root);
        Self {
            root,
            stamper_authority,
            maker_authority,
            between: Vec::new(),
            stamper,
            maker,
            time_authority,
            body: body.to_owned(),
            period,
            seed: seed.to_owned(),
        }
    }

    /// Another stamper of the same authority.
    pub fn stamper_named(&self, body: &str) -> Certificate {
        let seed = format!("{}/stamper/{body}", self.seed);
        Draft::signer(name(body, body), &seed, self.period).issued_by(&self.stamper_authority)
    }

    /// The same, but with this wrong about the stamper.
    #[must_use]
    pub fn with(mut self, defect: Defect) -> Self {
        let seed = format!("{}/stamper", self.seed);
        let mut draft = Draft::signer(name(&self.body, &self.body), &seed, self.period);
        draft.serial[15] ^= 0x55;
        match defect {
            Defect::NoKeyUsage => draft.key_usage = None,
            Defect::EncryptionOnly => draft.key_usage = Some(usage::ENCRYPT),
            Defect::Expired => draft.period = Period::years(2024, 2025),
            Defect::NotYetValid => draft.period = Period::years(2030, 2035),
            Defect::UnknownCritical => draft.extensions.push(extension("1.2.3.4.5", true, &integer(1))),
            Defect::AuthorityWithoutCertSign => {
                self.stamper_authority = self.authority_again(|issuer| issuer.key_usage = Some(usage::CRL_ONLY));
            }
            Defect::IssuerNotAuthority => {
                self.stamper_authority = self.authority_again(|issuer| issuer.basic_constraints = None);
            }
            Defect::PathLengthExceeded => {
                let below = name("演示信任服务机构（测试专用）", "演示下级证书机构");
                let seed = format!("{}/below", self.seed);
                self.between =
                    vec![Draft::authority(below, &seed, self.period, Some(0)).issued_by(&self.stamper_authority)];
            }
            Defect::WrongIssuerKey => {}
        }
        let issuer = self.between.last().unwrap_or(&self.stamper_authority);
        self.stamper = match defect {
            Defect::WrongIssuerKey => draft.forged_as(issuer, &Key::from_seed("somebody else")),
            _ => draft.issued_by(issuer),
        };
        self
    }

    fn authority_again(&self, change: impl FnOnce(&mut Draft)) -> Certificate {
        let seed = format!("{}/stamper-ca", self.seed);
        let mut draft = Draft::authority(self.stamper_authority.subject.clone(), &seed, self.period, Some(0));
        change(&mut draft);
        draft.issued_by(&self.root)
    }

    /// Root and authorities, root first.
    pub fn authorities(&self) -> Vec<&Certificate> {
        let mut all = vec![&self.root, &self.stamper_authority, &self.maker_authority];
        all.extend(&self.between);
        all
    }

    /// Empty revocation lists of all authorities, fresh from the first second of
    /// these certificates to 2049, in PEM.
    pub fn lists_pem(&self) -> String {
        let until = crate::moment("2049-12-31T23:59:59Z");
        let list = |issuer: &&Certificate| crate::crl::List::of(issuer, self.period.from, until).to_pem();
        self.authorities().iter().map(list).collect()
    }

    /// Root and authorities in PEM.
    pub fn anchors_pem(&self) -> String {
        self.authorities().iter().map(|certificate| certificate.to_pem()).collect()
    }
}
