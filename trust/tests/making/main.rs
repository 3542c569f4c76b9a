//! What the product makes: certificates, lists, seals, stamps and packages, each
//! verified by the product and by two judges that share no code with it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod appending;
mod certificates;
mod constraints;
mod cross_border;
mod judges;
mod packages;
mod persons;
mod seals;
mod seals_v5;

use yinxin_testkit::{keys::Key, moment, pki, workspace};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    asn1::Oid,
    seal::make::{RoundSeal, SealDraft, SealFormat, SealPlan, StampPlan, seal_value, with_seal_time_stamp},
    tsp::{Imprint, TimeStampRequest, TokenOrder, TokenPlan},
    verify::Evidence,
    x509::{
        Certificate, Crl, RevocationReason,
        make::{CertificatePlan, CrlPlan, Issuer, Profile, RevokedCertificate, SerialNumber, SubjectName},
    },
};

const BODY: &str = "演示市市场监督管理局";
const STAMPED: &str = "2026-06-01T02:00:00Z";
/// When the time stamp of a V5 seal says that it was there.
const SEAL_TIME: &str = "2026-02-01T00:00:03Z";

/// A certificate of the product with the key that belongs to it.
struct Party {
    key: Key,
    certificate: Certificate,
}

/// A made-up locality, made by the product from the shipped profiles.
struct Locality {
    root: Party,
    stamper_authority: Party,
    maker_authority: Party,
    stamper: Party,
    maker: Party,
    time_stamper: Party,
}

fn profile(name: &str) -> Profile {
    let file = workspace().join(format!("certs/profiles/{name}.toml"));
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

fn subject(profile: &Profile, organisation: &str, name: &str) -> SubjectName {
    profile.subject().fill(&[("organisation", organisation), ("name", name)]).unwrap()
}

fn serial(seed: &str) -> SerialNumber {
    SerialNumber::from_octets(&yinxin_trust::sm::sm3::digest(seed.as_bytes())[..16]).unwrap()
}

impl Party {
    fn new(profile_name: &str, organisation: &str, name: &str, from: &str, issuer: Option<&Self>) -> Self {
        let key = Key::from_seed(&format!("making/{name}"));
        Self::with_key(key, profile_name, organisation, name, from, issuer)
    }

    fn with_key(
        key: Key,
        profile_name: &str,
        organisation: &str,
        name: &str,
        from: &str,
        issuer: Option<&Self>,
    ) -> Self {
        let profile = profile(profile_name);
        let issued_by = issuer.map_or(Issuer::Itself, |issuer| Issuer::Certificate(&issuer.certificate));
        let subject = subject(&profile, organisation, name);
        let validity = profile.validity_from(moment(from)).unwrap();
        let public = key.public().clone().into();
        let plan = CertificatePlan::new(&profile, &subject, &public, &serial(name), validity, issued_by).unwrap();
        let signer = issuer.map_or(&key, |issuer| &issuer.key);
        let signature = signer.sign_digest(&plan.digest().unwrap(), 0);
        let certificate = plan.embed(signature).unwrap();
        Self { key, certificate }
    }

    fn crl(&self, number: u64, revoked: &[RevokedCertificate]) -> Crl {
        let (from, to) = (moment("2026-06-01T00:00:00Z"), moment("2026-06-08T00:00:00Z"));
        let plan = CrlPlan::new(&self.certificate, number, from, to, revoked).unwrap();
        let signature = self.key.sign_digest(&plan.digest().unwrap(), 0);
        plan.embed(signature).unwrap()
    }
}

const TRUST: &str = "演示信任服务机构（测试专用）";

impl Locality {
    fn new() -> Self {
        let root = Party::new("root", TRUST, "演示根证书", "2024-01-01T00:00:00Z", None);
        let year = "2024-06-01T00:00:00Z";
        let stamper_authority = Party::new("stamper-ca", TRUST, "演示签章者证书机构", year, Some(&root));
        let maker_authority = Party::new("seal-maker-ca", TRUST, "演示制章者证书机构", year, Some(&root));
        let stamper = Party::new("stamper", BODY, BODY, "2026-01-01T00:00:00Z", Some(&stamper_authority));
        let maker =
            Party::new("seal-maker", "演示制章单位", "演示制章系统", "2025-01-01T00:00:00Z", Some(&maker_authority));
        let time_stamper = Party::new("time-stamper", TRUST, "演示时间戳服务", "2025-01-01T00:00:00Z", Some(&root));
        Self { root, stamper_authority, maker_authority, stamper, maker, time_stamper }
    }

    fn anchors(&self) -> Anchors {
        let pem = |party: &Party| pki::pem(party.certificate.der());
        let text = format!(
            "use: signer\n{}use: seal-maker\n{}use: time-stamp\n{}",
            pem(&self.stamper_authority),
            pem(&self.maker_authority),
            pem(&self.root)
        );
        Anchors::from_pem(text.as_bytes()).unwrap()
    }

    /// The same, with another key under the name of the stampers' authority.
    fn anchors_of_a_namesake(&self) -> Anchors {
        let (key, name) = (Key::from_seed("making/namesake"), "演示签章者证书机构");
        let namesake =
            Party::with_key(key, "stamper-ca", TRUST, name, "2024-06-01T00:00:00Z", Some(&self.root)).certificate;
        assert_eq!(namesake.subject_der(), self.stamper.certificate.issuer_der());
        Anchors::from_pem(
            [pki::pem(namesake.der()), pki::pem(self.maker_authority.certificate.der())].concat().as_bytes(),
        )
        .unwrap()
    }

    /// Lists of root and both authorities, fresh until 2035.
    fn evidence(&self) -> Evidence {
        let list = |party: &Party| {
            let (from, to) = (moment("2026-01-01T00:00:00Z"), moment("2035-01-01T00:00:00Z"));
            let plan = CrlPlan::new(&party.certificate, 1, from, to, &[]).unwrap();
            let signature = party.key.sign_digest(&plan.digest().unwrap(), 0);
            plan.embed(signature).unwrap()
        };
        let revocation =
            RevocationLists::of([list(&self.root), list(&self.stamper_authority), list(&self.maker_authority)]);
        Evidence { revocation, ..Evidence::default() }
    }

    fn seal_draft(&self) -> SealDraft {
        let round = RoundSeal {
            name: BODY.to_owned(),
            purpose: "电子证照专用章".to_owned(),
            foot_code: "99000000000001".to_owned(),
            diameter_mm: 42,
        };
        SealDraft {
            format: SealFormat::V4,
            vendor: "YINXIN".to_owned(),
            id: "99000000000001".to_owned(),
            kind: 1,
            name: format!("{BODY}电子证照专用章"),
            signers: vec![self.stamper.certificate.clone()],
            created: moment("2026-02-01T00:00:00Z"),
            valid_from: moment("2026-02-01T00:00:00Z"),
            valid_to: moment("2028-12-30T15:59:59Z"),
            picture: round.draw().unwrap(),
        }
    }

    fn seal(&self) -> Vec<u8> {
        let plan = SealPlan::new(&self.seal_draft()).unwrap();
        let signature = self.maker.key.sign_digest(&plan.digest(&self.maker.certificate).unwrap(), 0);
        plan.embed(&self.maker.certificate, signature).unwrap()
    }

    /// A token of the locality's authority over a value.
    fn token(&self, value: &[u8], at: &str) -> Vec<u8> {
        let request = TimeStampRequest::new(Imprint::sm3(value), None, &[0x8F; 8]);
        let policy = Oid::from_content(&[0x88, 0x37, 1]).unwrap();
        let order = TokenOrder { policy, serial: 300, at: moment(at), accuracy_seconds: 1 };
        let (certificate, above) = (&self.time_stamper.certificate, core::slice::from_ref(&self.root.certificate));
        let plan = TokenPlan::new(&request, &order, certificate, above).unwrap();
        let signature = self.time_stamper.key.sign_digest(&plan.digest().unwrap(), 0);
        plan.embed(signature).unwrap()
    }

    /// The same seal in V5, without its time stamp.
    fn bare_seal_v5(&self) -> Vec<u8> {
        let plan = SealPlan::new(&SealDraft { format: SealFormat::V5, ..self.seal_draft() }).unwrap();
        let signature = self.maker.key.sign_digest(&plan.digest(&self.maker.certificate).unwrap(), 0);
        plan.embed(&self.maker.certificate, signature).unwrap()
    }

    /// The whole seal of V5.
    fn seal_v5(&self) -> Vec<u8> {
        let bare = self.bare_seal_v5();
        with_seal_time_stamp(&bare, &self.token(&seal_value(&bare).unwrap(), SEAL_TIME)).unwrap()
    }

    fn stamp(&self, plan: StampPlan) -> Vec<u8> {
        let signature = self.stamper.key.sign_digest(&plan.digest(&self.stamper.certificate).unwrap(), 0);
        plan.embed(&self.stamper.certificate, signature).unwrap()
    }

    fn revoked() -> Vec<RevokedCertificate> {
        let one = |serial: &[u8], reason| RevokedCertificate {
            serial: serial.to_vec(),
            at: moment("2026-05-01T00:00:00Z"),
            reason,
        };
        vec![
            one(&[0x99], Some(RevocationReason::KeyCompromise)),
            one(&[0, 0xAB, 0xCD], Some(RevocationReason::Superseded)),
        ]
    }
}
