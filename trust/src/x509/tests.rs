//! Paths of both suites, and what breaks them.

use super::*;
use crate::base::Moment;
use yinxin_testkit::pki::{Defect, Draft, Period, Pki, name};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn read(certificate: &yinxin_testkit::pki::Certificate) -> Certificate {
    Certificate::from_der(&certificate.der).unwrap()
}

fn path_of(pki: &Pki, time: &str) -> Result<usize, PathFault> {
    let pool: Vec<Certificate> = pki.authorities().into_iter().skip(1).map(read).collect();
    let mut budget = 16;
    build_path(&read(&pki.stamper), &pool, &[read(&pki.root)], at(time), &mut budget).map(|path| path.len())
}

fn pki() -> Pki {
    Pki::new("paths", "某局", Period::years(2024, 2035))
}

#[test]
fn over_an_intermediate_to_the_root() {
    assert_eq!(path_of(&pki(), "2026-01-01T00:00:00Z"), Ok(3));
}

#[test]
fn each_defect_breaks_the_path_by_its_name() {
    let time = "2026-01-01T00:00:00Z";
    for defect in Defect::ALL {
        let found = path_of(&pki().with(defect), time);
        let why = match &found {
            Err(PathFault::NotAllowed { why, .. }) => why,
            Err(PathFault::WrongKey { .. }) => "wrong key",
            _ => "",
        };
        match defect {
            // not the path's business: period and usage of the leaf are checks of their own
            Defect::NoKeyUsage | Defect::EncryptionOnly | Defect::Expired | Defect::NotYetValid => {
                assert_eq!(found, Ok(3), "{defect:?}");
            }
            Defect::AuthorityWithoutCertSign => assert_eq!(why, "its key usage has no keyCertSign"),
            Defect::IssuerNotAuthority => assert_eq!(why, "it is not a CA"),
            Defect::PathLengthExceeded => assert_eq!(why, "its path length is exceeded"),
            Defect::UnknownCritical => assert!(why.contains("critical extension")),
            Defect::WrongIssuerKey => assert_eq!(why, "wrong key"),
        }
    }
    assert!(matches!(path_of(&pki(), "2036-06-01T00:00:00Z"), Err(PathFault::Period { .. })));
}

#[test]
fn a_bag_of_namesakes_costs_the_budget_and_no_more() {
    let pki = pki();
    let namesakes: Vec<Certificate> = (0..40)
        .map(|n| read(&Pki::new(&format!("namesake {n}"), "某局", Period::years(2024, 2035)).stamper_authority))
        .collect();
    let mut budget = 16;
    let found =
        build_path(&read(&pki.stamper), &namesakes, &[read(&pki.root)], at("2026-01-01T00:00:00Z"), &mut budget);
    assert_eq!((found, budget), (Err(PathFault::Budget), 0));
}

fn authority(common_name: &str) -> Draft {
    Draft::authority(name("某机构", common_name), common_name, Period::years(2024, 2035), None)
}

fn leaf_below(issuer: &yinxin_testkit::pki::Certificate) -> Certificate {
    read(&Draft::signer(name("某局", "某局"), "leaf", Period::years(2024, 2035)).issued_by(issuer))
}

/// Two authorities vouch for each other, and nobody for both.
#[test]
fn a_circle_ends() {
    let (one, other) = (authority("甲").self_signed(), authority("乙").self_signed());
    let pool = [authority("甲").issued_by(&other), authority("乙").issued_by(&one)].map(|one| read(&one));
    let mut budget = 16;
    let found = build_path(&leaf_below(&one), &pool, &[read(&pki().root)], at("2026-01-01T00:00:00Z"), &mut budget);
    assert!(matches!(&found, Err(PathFault::UnknownIssuer { .. })), "{found:?}");
    assert_eq!(budget, 14, "each certificate once");
}

#[test]
fn a_very_long_chain_is_named() {
    let mut all = vec![authority("第0级").self_signed()];
    for n in 1..30 {
        all.push(authority(&format!("第{n}级")).issued_by(&all[n - 1]));
    }
    let anchors = [read(&all[0])];
    let path = |below: usize| {
        let pool: Vec<Certificate> = all[1..=below].iter().map(read).collect();
        let mut budget = 64;
        let found = build_path(&leaf_below(&all[below]), &pool, &anchors, at("2026-01-01T00:00:00Z"), &mut budget);
        (found.map(|path| path.len()), budget)
    };
    assert_eq!(path(6).0, Ok(8));
    let (found, budget) = path(29);
    assert_eq!((found, budget), (Err(PathFault::TooLong), 64 - 7));
}

/// An authority whose root is renewed has a certificate of each: either way up is found, and a thicket of them costs the budget.
#[test]
fn cross_signed_authorities_are_climbed_within_the_budget() {
    let roots = ["旧根", "新根"].map(|name| authority(name).self_signed());
    let both = [authority("签章").issued_by(&roots[0]), authority("签章").issued_by(&roots[1])].map(|one| read(&one));
    for (n, root) in roots.iter().enumerate() {
        let mut budget = 8;
        let issuer = authority("签章").self_signed();
        let path = build_path(&leaf_below(&issuer), &both, &[read(root)], at("2026-01-01T00:00:00Z"), &mut budget);
        assert_eq!(path.unwrap()[1], both[n]);
    }
    // six levels, each signed by four names of the level above it
    let mut pool = Vec::new();
    let level = |n: usize, one: usize| authority(&format!("第{n}级{one}"));
    for n in 1..=6 {
        for (one, above) in (0..4).flat_map(|one| (0..4).map(move |above| (one, above))) {
            pool.push(read(&level(n, one).issued_by(&level(n - 1, above).self_signed())));
        }
    }
    let mut budget = 64;
    let leaf = leaf_below(&level(6, 0).self_signed());
    let found = build_path(&leaf, &pool, &[read(&pki().root)], at("2026-01-01T00:00:00Z"), &mut budget);
    assert_eq!((found, budget), (Err(PathFault::Budget), 0));
}

#[test]
fn hostile_certificates_are_refused_by_name() {
    let der = pki().stamper.der;
    assert_eq!(
        Certificate::from_der(&der[..der.len() - 1]).unwrap_err().to_string(),
        "certificate: value at octet 0 runs past its container"
    );
    assert!(Certificate::from_der(&[der.clone(), vec![0]].concat()).is_err());
    assert!(Certificate::from_der(&[]).is_err());
    let issuer = read(&pki().stamper_authority);
    for (index, mask) in (0..der.len()).flat_map(|index| [(index, 0x20), (index, 0x01)]) {
        let mut changed = der.clone();
        changed[index] ^= mask;
        if let Ok(certificate) = Certificate::from_der(&changed) {
            assert!(certificate.verify_signature(&issuer).is_err(), "octet {index} ^ {mask}");
        }
    }
}

/// P-256 and Ed25519 certificates as rcgen makes them.
#[test]
fn the_international_suite() {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let root_key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let mut root = rcgen::CertificateParams::new(vec![]).unwrap();
        root.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        root.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        root.distinguished_name.push(rcgen::DnType::CommonName, "root");
        let issuer = rcgen::Issuer::from_params(&root, &root_key);
        let leaf_key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let mut leaf = rcgen::CertificateParams::new(vec![]).unwrap();
        leaf.distinguished_name.push(rcgen::DnType::CommonName, "leaf");
        leaf.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
        let leaf = Certificate::from_der(leaf.signed_by(&leaf_key, &issuer).unwrap().der()).unwrap();
        let root = Certificate::from_der(root.self_signed(&root_key).unwrap().der()).unwrap();
        let path = build_path(&leaf, &[], std::slice::from_ref(&root), at("2026-01-01T00:00:00Z"), &mut 4);
        assert_eq!(path.map(|path| path.len()), Ok(2));
        assert!(leaf.key_usage().is_some_and(KeyUsage::may_sign));
        assert!(root.verify_signature(&leaf).is_err());
    }
}
