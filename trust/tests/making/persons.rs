//! What natural persons sign: who is one, and what that is good for.

use super::{Locality, Party, TRUST, profile, serial};
use yinxin_testkit::{keys::Key, moment, pki};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    cms::{SignedDataPlan, SignedDataPlanFault},
    ofd::write::{DosTime, PackagePlan, Part, Signing},
    verify::{CheckId, Evidence, Outcome, Policy, Report, SignatureKind, Verdict, check},
    x509::make::{CertificatePlan, CrlPlan, Issuer},
};

const LIST: &str = "Doc_0/Signs/Signatures.xml";
const NAME: &str = "李守国";

struct Persons {
    locality: Locality,
    authority: Party,
    person: Party,
}

impl Persons {
    fn new() -> Self {
        let locality = Locality::new();
        let authority =
            Party::new("person-ca", TRUST, "演示自然人证书机构", "2024-06-01T00:00:00Z", Some(&locality.root));
        let person = certified(&authority, NAME);
        Self { locality, authority, person }
    }

    fn anchors(&self, uses: &str) -> Anchors {
        let pem = |party: &Party| pki::pem(party.certificate.der());
        let (stampers, persons) = (pem(&self.locality.stamper_authority), pem(&self.authority));
        Anchors::from_pem(format!("use: signer\n{stampers}{uses}\n{persons}").as_bytes()).unwrap()
    }

    fn evidence(&self) -> Evidence {
        let list = |party: &Party| {
            let (from, to) = (moment("2026-01-01T00:00:00Z"), moment("2035-01-01T00:00:00Z"));
            let plan = CrlPlan::new(&party.certificate, 1, from, to, &[]).unwrap();
            let value = party.key.sign_digest(&plan.digest().unwrap(), 0);
            plan.embed(value).unwrap()
        };
        let revocation = RevocationLists::of([list(&self.locality.stamper_authority), list(&self.authority)]);
        Evidence { revocation, ..Evidence::default() }
    }

    fn report(&self, document: &[u8], anchors: &Anchors) -> Report {
        let at = moment("2026-06-02T00:00:00Z");
        check(&document, anchors, &self.evidence(), &Policy::default(), at).unwrap()
    }
}

fn certified(authority: &Party, name: &str) -> Party {
    let key = Key::from_seed("making/person");
    let profile = profile("person");
    let subject = profile.subject().fill(&[("name", name), ("account", "0f3a")]).unwrap();
    let validity = profile.validity_from(moment("2026-01-01T00:00:00Z")).unwrap();
    let (public, by) = (key.public().clone().into(), Issuer::Certificate(&authority.certificate));
    let plan = CertificatePlan::new(&profile, &subject, &public, &serial(name), validity, by).unwrap();
    let value = authority.key.sign_digest(&plan.digest().unwrap(), 0);
    let certificate = plan.embed(value).unwrap();
    Party { key, certificate }
}

/// A document of one page; with these pairs in its CustomDatas.
fn package(pairs: &[(&str, &str)]) -> PackagePlan {
    let ofd = |root: &str, attributes: &str, content: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ofd:{root} xmlns:ofd=\"http://www.ofdspec.org/2016\"{attributes}>{content}</ofd:{root}>"
        )
    };
    let datas: String =
        pairs.iter().map(|(name, value)| format!("<ofd:CustomData Name=\"{name}\">{value}</ofd:CustomData>")).collect();
    let entry = ofd(
        "OFD",
        " Version=\"1.0\" DocType=\"OFD\"",
        &format!(
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID><ofd:CustomDatas>{datas}</ofd:CustomDatas></ofd:DocInfo>\
             <ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
        ),
    );
    let document = ofd(
        "Document",
        "",
        "<ofd:CommonData><ofd:MaxUnitID>2</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>\
         <ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/></ofd:Pages>",
    );
    let page = ofd("Page", "", "<ofd:Content/>");
    let part = |text: String| Part::stored(text.into_bytes()).unwrap();
    let entries = vec![
        ("OFD.xml".to_owned(), part(entry)),
        ("Doc_0/Document.xml".to_owned(), part(document)),
        ("Doc_0/Pages/Page_0/Content.xml".to_owned(), part(page)),
    ];
    PackagePlan::new(entries, DosTime::of(moment("2026-06-01T00:00:00Z")).unwrap()).unwrap()
}

fn signed(package: &PackagePlan, by: &Party, above: &Party) -> Vec<u8> {
    let signing = Signing { at: moment("2026-06-01T02:00:00Z"), provider: "yinxin".to_owned() };
    let plan = package.sign_first(&signing, LIST).unwrap();
    let data = SignedDataPlan::new(plan.digest(), &by.certificate, std::slice::from_ref(&above.certificate)).unwrap();
    let value = by.key.sign(data.to_be_signed(), 0);
    plan.embed(&data.embed(value).unwrap()).unwrap()
}

fn outcome(report: &Report, id: CheckId) -> (Outcome, &str) {
    let checks = report.checks.iter().chain(report.signatures.iter().flat_map(|signature| &signature.checks));
    checks.filter(|check| check.id == id).map(|check| (check.outcome, check.code.as_str())).next().unwrap()
}

#[test]
fn a_person_signs_below_an_anchor_that_says_so() {
    let persons = Persons::new();
    let document = signed(&package(&[]), &persons.person, &persons.authority);
    let report = persons.report(&document, &persons.anchors("use: person"));
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let [signature] = &report.signatures[..] else { panic!("{report:#?}") };
    let signer = signature.signer.as_ref().unwrap();
    assert_eq!((signature.kind, signer.name.as_str(), signer.natural_person), (SignatureKind::Sign, NAME, true));
    assert!(report.coverage.as_ref().unwrap().uncovered.is_empty());
    // under another use, or none that is said, whoever signed is nobody that is known, or no person
    for (uses, verdict) in [
        ("use: seal-maker", Verdict::Indeterminate),
        ("use: time-stamp", Verdict::Indeterminate),
        ("use: signer", Verdict::Valid),
    ] {
        let report = persons.report(&document, &persons.anchors(uses));
        assert_eq!(report.verdict, verdict, "{uses}");
        assert!(!report.signatures[0].signer.as_ref().unwrap().natural_person, "{uses}");
    }
    let unsaid = Anchors::from_pem(pki::pem(persons.authority.certificate.der()).as_bytes()).unwrap();
    assert!(!persons.report(&document, &unsaid).signatures[0].signer.as_ref().unwrap().natural_person);
    // in JSON the member is there for persons alone
    let json = |report: &Report| serde_json::to_string(report).unwrap();
    assert!(json(&report).contains("\"natural_person\":true"));
    assert!(!json(&persons.report(&document, &unsaid)).contains("natural_person"));
}

#[test]
fn a_person_makes_no_licence() {
    let persons = Persons::new();
    let pairs = [
        ("ZZBS", "1.2.156.3005.2.x"),
        ("ZZMC", "食品经营许可证"),
        ("ZZHM", "JY1"),
        ("CYR", "某某"),
        ("ZZBFJG", "某局"),
    ];
    let document = signed(&package(&pairs), &persons.person, &persons.authority);
    let report = persons.report(&document, &persons.anchors("use: person"));
    assert!(report.document.licence);
    assert_eq!(
        (report.verdict, outcome(&report, CheckId::PackageCoverage)),
        (Verdict::Invalid, (Outcome::Failed, "person_only"))
    );
    // the same by a body is covered
    let body = signed(&package(&pairs), &persons.locality.stamper, &persons.locality.stamper_authority);
    let report = persons.report(&body, &persons.anchors("use: person"));
    assert_eq!(outcome(&report, CheckId::PackageCoverage).0, Outcome::Passed, "{report:#?}");
}

#[test]
fn signed_data_is_held_to_its_signer_and_its_package() {
    let persons = Persons::new();
    let signing = Signing { at: moment("2026-06-01T02:00:00Z"), provider: "yinxin".to_owned() };
    let plan = package(&[]).sign_first(&signing, LIST).unwrap();
    let again = package(&[]).sign_first(&signing, LIST).unwrap();
    assert_eq!(plan.digest(), again.digest(), "the same content gives the same");
    let data = SignedDataPlan::new(plan.digest(), &persons.person.certificate, &[]).unwrap();
    let other = persons.authority.key.sign(data.to_be_signed(), 0);
    assert_eq!(data.embed(other).unwrap_err(), SignedDataPlanFault::WrongSignature);
    let value = data.embed(persons.person.key.sign(data.to_be_signed(), 0)).unwrap();
    let elsewhere = package(&[("a", "b")]).sign_first(&signing, LIST).unwrap();
    assert!(elsewhere.embed(&value).is_err() && plan.embed(&value[1..]).is_err());
    assert!(plan.embed(&value).is_ok());
    let authority = SignedDataPlan::new(plan.digest(), &persons.authority.certificate, &[]);
    assert_eq!(authority.unwrap_err(), SignedDataPlanFault::Usage);
}
