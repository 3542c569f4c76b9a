//! What is a chain, and what breaks one.

use super::*;
use yinxin_testkit::pki::{self, Defect, Period, Pki};

const NOW: &str = "2026-06-01T00:00:00Z";

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn pki() -> Pki {
    Pki::new("chains", "某局", Period::years(2024, 2035))
}

fn pem(certificates: &[&pki::Certificate]) -> String {
    certificates.iter().map(|one| one.to_pem()).collect()
}

fn chain(certificates: &[&pki::Certificate], time: &str) -> Result<Chain, ChainFault> {
    Chain::from_pem(pem(certificates).as_bytes(), at(time))
}

#[test]
fn up_to_the_root_or_as_far_as_it_goes() {
    let pki = pki();
    let whole = chain(&[&pki.stamper, &pki.stamper_authority, &pki.root], NOW).unwrap();
    assert_eq!((whole.certificate().der(), whole.suite()), (pki.stamper.der.as_slice(), Suite::Sm2));
    assert!(chain(&[&pki.stamper, &pki.stamper_authority], NOW).is_ok());
    let shuffled = chain(&[&pki.stamper, &pki.root, &pki.stamper_authority], NOW);
    assert_eq!(shuffled.map(drop), Err(ChainFault::Surplus(pki_subject(&pki.root))));
}

fn pki_subject(certificate: &pki::Certificate) -> String {
    Certificate::from_der(&certificate.der).unwrap().subject().to_owned()
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    let pki = pki();
    let fault = |certificates: &[&pki::Certificate]| chain(certificates, NOW).map(drop).unwrap_err();
    let authority = pki_subject(&pki.stamper_authority);
    assert_eq!(fault(&[]), ChainFault::Empty);
    assert_eq!(fault(&[&pki.stamper]), ChainFault::Alone { issuer: authority.clone() });
    assert_eq!(fault(&[&pki.stamper, &pki.root]), ChainFault::Missing { issuer: authority.clone() });
    assert_eq!(fault(&[&pki.stamper_authority, &pki.root]), ChainFault::AuthorityFirst(authority));
    let beside = fault(&[&pki.stamper, &pki.maker, &pki.stamper_authority, &pki.root]);
    assert_eq!(beside, ChainFault::Surplus(pki_subject(&pki.maker)));
    assert_eq!(fault(&[&pki.root; 9]), ChainFault::TooMany);
    let namesake = Pki::new("a forger's kitchen", "某局", Period::years(2024, 2035));
    assert!(matches!(
        fault(&[&pki.stamper, &namesake.stamper_authority]),
        ChainFault::Path(PathFault::WrongKey { .. })
    ));
}

#[test]
fn periods_are_judged_by_the_given_time() {
    let pki = pki();
    let certificates = [&pki.stamper, &pki.stamper_authority, &pki.root];
    assert!(matches!(chain(&certificates, "2023-12-31T00:00:00Z"), Err(ChainFault::NotYet { .. })));
    assert!(matches!(chain(&certificates, "2036-01-02T00:00:00Z"), Err(ChainFault::Expired { .. })));
}

#[test]
fn a_defect_of_an_authority_breaks_it() {
    for defect in Defect::ALL {
        let pki = pki().with(defect);
        let found = chain(&[&pki.stamper, &pki.stamper_authority, &pki.root], NOW);
        // a certificate without the extension is not restricted
        assert_eq!(found.is_ok(), defect == Defect::NoKeyUsage, "{defect:?}: {found:?}");
    }
}

#[test]
fn files_that_are_none_are_named() {
    let read = |text: &str| Chain::from_pem(text.as_bytes(), at(NOW)).map(drop).unwrap_err();
    let text = pem(&[&pki().stamper]);
    assert_eq!(read("no block"), ChainFault::Empty);
    assert_eq!(read(&text.replacen("MII", "M*I", 1)), ChainFault::Pem { number: 1 });
    let label = ChainFault::Label { number: 1, label: "PRIVATE KEY".to_owned() };
    assert_eq!(read(&text.replace("CERTIFICATE", "PRIVATE KEY")), label);
    let hollow = pem::write(pem::CERTIFICATE, &[0x30, 0]);
    assert!(matches!(read(&hollow), ChainFault::Certificate { number: 1, .. }));
}
