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

#[test]
fn an_anchor_is_for_the_national_suite_unless_it_says_otherwise() {
    let (root, stampers) = (pki().root.to_pem(), pki().stamper_authority.to_pem());
    let crossing = |text: &str| {
        let anchors = read(text).unwrap();
        let all = anchors.certificates(Use::Signer);
        let of = |place: usize| anchors.crosses_borders(&all[place], Use::Signer);
        (of(0), of(1), anchors.digest())
    };
    let plain = crossing(&format!("{root}{stampers}"));
    assert_eq!((plain.0, plain.1), (false, false));
    assert_eq!(crossing(&format!("# suite: national\n{root}{stampers}")), plain);
    // for the block that follows, and for no other
    let second = crossing(&format!("{root}# suite: cross-border\n{stampers}"));
    assert_eq!((second.0, second.1), (false, true));
    let first = crossing(&format!("suite: national, cross-border\n# use: signer\n{root}{stampers}"));
    assert_eq!((first.0, first.1), (true, false));
    assert_ne!(second.2, plain.2);
    // within its uses only
    let anchors = read(&format!("# use: signer\n# suite: cross-border\n{root}")).unwrap();
    let certificate = &anchors.certificates(Use::Signer)[0];
    assert!(anchors.crosses_borders(certificate, Use::Signer));
    assert!(!anchors.crosses_borders(certificate, Use::SealMaker));
    assert_eq!(
        read(&format!("# suite: crossborder\n{root}")).unwrap_err(),
        AnchorsError::Suite { number: 1, word: "crossborder".into() }
    );
}
