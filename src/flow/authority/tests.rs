use super::*;
use yinxin_hsm::{passphrase::Passphrase, soft::SoftStore};
use yinxin_trust::{
    anchor::{Anchors, Use},
    x509::RevocationReason,
};

fn keys(folder: &std::path::Path) -> SoftStore {
    let passphrase = Passphrase::new(b"a passphrase of the tests".to_vec(), "the test").unwrap();
    SoftStore::create(folder, &passphrase).unwrap()
}

#[test]
fn an_authority_is_founded_kept_and_read_again() {
    Suite::ALL.into_iter().for_each(founded_kept_and_read);
}

fn founded_kept_and_read(suite: Suite) {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(&folder.path().join("keys"));
    let at = Moment::from_utc(2026, 11, 22, 0, 0, 0).unwrap();
    let authority = Authority::found(&keys, suite, "演示信任服务机构", None, at).unwrap();
    for (certificate, issuer) in [
        (&authority.root, &authority.root),
        (&authority.stamper_authority, &authority.root),
        (&authority.maker_authority, &authority.root),
        (&authority.seal_maker, &authority.maker_authority),
    ] {
        assert_eq!(certificate.verify_signature(issuer), Ok(()));
    }
    let named = Named { organisation: "演示市市场监督管理局", name: "演示市市场监督管理局" };
    let stamper = authority.certify_stamper(&keys, named, at).unwrap();
    assert_eq!(stamper.verify_signature(&authority.stamper_authority), Ok(()));
    assert!(key_of(&keys, &stamper, Purpose::Stamper).is_ok());
    assert!(matches!(key_of(&keys, &stamper, Purpose::Ca), Err(AuthorityFault::KeyNotInCustody(_))));

    let place = AuthorityFolder::at(&folder.path().join("pki"));
    assert!(!place.is_founded());
    place.keep(&authority).unwrap();
    assert!(place.is_founded());
    let read = place.read().unwrap();
    assert_eq!(read.root.der(), authority.root.der());
    assert_eq!(read.seal_maker.der(), authority.seal_maker.der());
    let anchors = Anchors::from_pem(&std::fs::read(place.anchors()).unwrap()).unwrap();
    assert_eq!(anchors.len(), 2);
    for (wanted, certificate) in
        [(Use::Signer, &authority.stamper_authority), (Use::SealMaker, &authority.maker_authority)]
    {
        assert_eq!(anchors.certificates(wanted), std::slice::from_ref(certificate));
        assert_eq!(anchors.crosses_borders(certificate, wanted), suite == Suite::P256);
    }
    for certificate in [&authority.root, &authority.maker_authority, &authority.seal_maker, &stamper] {
        assert_eq!(certificate.key().and_then(Suite::of), Some(suite));
    }
}

#[test]
fn lists_name_revoked_stampers_and_are_signed() {
    Suite::ALL.into_iter().for_each(lists_of);
}

fn lists_of(suite: Suite) {
    let folder = tempfile::tempdir().unwrap();
    let keys = keys(&folder.path().join("keys"));
    let at = Moment::from_utc(2026, 11, 22, 0, 0, 0).unwrap();
    let authority = Authority::found(&keys, suite, "演示信任服务机构", None, at).unwrap();
    let named = Named { organisation: "演示市局", name: "演示市局" };
    let stamper = authority.certify_stamper(&keys, named, at).unwrap();
    let revoked = |by, certificate: &Certificate| {
        let serial = certificate.serial().to_vec();
        Revoked { by, serial, at, reason: RevocationReason::KeyCompromise }
    };
    let lists = Lists::publish(&authority, &keys, &[revoked(IssuedBy::StamperAuthority, &stamper)], at).unwrap();
    assert_eq!(lists.stamper_authority.verify_signature(&authority.stamper_authority), Ok(()));
    assert!(lists.stamper_authority.find(stamper.serial()).is_some());
    assert!(lists.maker_authority.find(authority.seal_maker.serial()).is_none());
    assert_eq!(lists.root.verify_signature(&authority.root), Ok(()));
    let place = AuthorityFolder::at(&folder.path().join("pki"));
    place.keep(&authority).unwrap();
    place.keep_lists(&lists).unwrap();
    assert!(place.lists().iter().all(|path| path.exists()));
}
