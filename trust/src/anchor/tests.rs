use super::*;
use yinxin_testkit::pki::{Period, Pki};

fn pki() -> Pki {
    Pki::new("anchors", "某局", Period::years(2024, 2035))
}

/// The kit is built against this crate's product, so only octets cross over.
fn read(text: &str) -> Result<Anchors, AnchorsError> {
    Anchors::from_pem(text.as_bytes())
}

#[test]
fn uses_are_read_and_kept_apart() {
    let (root, stampers) = (pki().root.to_pem(), pki().stamper_authority.to_pem());
    let anchors = read(&format!("about\n{root}\n# use: signer, time-stamp\nmore\n{stampers}")).unwrap();
    assert_eq!(anchors.len(), 2);
    let subjects = |wanted| anchors.certificates(wanted).len();
    assert_eq!((subjects(Use::Signer), subjects(Use::SealMaker), subjects(Use::TimeStamp)), (2, 1, 2));
    let same = read(&format!("{root}{stampers}")).unwrap();
    assert_ne!(anchors.digest(), same.digest());
}

#[test]
fn one_bad_block_refuses_the_file() {
    let root = pki().root.to_pem();
    assert_eq!(read("nothing here").unwrap_err(), AnchorsError::Empty);
    assert_eq!(
        read(&format!("use: signer, everything\n{root}")).unwrap_err(),
        AnchorsError::Use { number: 1, word: "everything".into() }
    );
    let damaged = root.replacen("MII", "M*I", 1);
    assert_eq!(read(&format!("{root}{damaged}")).unwrap_err(), AnchorsError::Pem { number: 2 });
    let cut = root.split("-----END").next().unwrap().to_owned();
    assert_eq!(read(&cut).unwrap_err(), AnchorsError::Pem { number: 1 });
    let key = root.replace("CERTIFICATE", "PRIVATE KEY");
    assert_eq!(read(&key).unwrap_err(), AnchorsError::Label { number: 1, label: "PRIVATE KEY".into() });
    let no_certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert!(matches!(read(no_certificate).unwrap_err(), AnchorsError::Certificate { number: 1, .. }));
}
