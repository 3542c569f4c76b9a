//! A stamp more in any package: refused by name, or every entry is what it was and no earlier signature is judged
//! otherwise.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use yinxin_trust::{
    anchor::Anchors,
    base::{Limits, Moment},
    ofd::{
        Package,
        append::Foreign,
        write::{Boundary, Part, Placement, Stamping},
    },
    seal::{Stamp, make::StampPlan},
    verify::{Evidence, Policy, appended::forbidding, appended::unharmed, check},
    x509::Certificate,
};

/// A seal, its stamper's certificate, and an instant at which both are good.
static SEAL: LazyLock<(Vec<u8>, Certificate, Moment)> = LazyLock::new(|| {
    let licence: &[u8] = include_bytes!("../../examples/licence-valid.ofd");
    let package = Package::open(&licence, &Limits::default()).expect("an example");
    let name = package.names().find(|name| name.ends_with("SignedValue.dat")).expect("an example").to_owned();
    let value = package.read(&name).expect("an example");
    let stamp = Stamp::parse(&value).expect("an example");
    let certificate = Certificate::from_der(stamp.certificate).expect("an example");
    let at = Moment::parse("2026-06-01T02:00:00Z").expect("an instant");
    (stamp.seal.raw.to_vec(), certificate, at)
});

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        package_entries: 256,
        entry_inflated_bytes: 4 << 20,
        total_inflated_bytes: 8 << 20,
        ratio_floor_bytes: 1 << 20,
        xml_bytes: 1 << 20,
        xml_nodes: 20_000,
        signatures: 16,
        references: 2_000,
        ..Limits::default()
    };
    let foreign = match Foreign::open(&octets, &limits) {
        Ok(foreign) => foreign,
        Err(fault) => return assert!(!fault.code().is_empty() && !fault.sentence().zh.is_empty()),
    };
    let (seal, certificate, at) = &*SEAL;
    let policy = Policy { limits: limits.clone(), ..Policy::default() };
    let judged = |octets: &[u8]| check(&octets, &Anchors::not_asked(), &Evidence::default(), &policy, *at);
    let Ok(before) = judged(octets) else { return };
    if forbidding(&before, true).is_some() {
        return;
    }
    let boundary = Boundary { x: 20.0, y: 20.0, width: 42.0, height: 42.0 };
    for page in ["1", "2", "10"] {
        let stamping = Stamping {
            at: *at,
            provider: "fuzz".to_owned(),
            seal: Part::deflated(seal.clone()).expect("a small seal"),
            placements: vec![Placement { page: page.to_owned(), boundary, clip: None }],
        };
        let Ok(plan) = foreign.stamp(&stamping) else { continue };
        let Ok(stamp) = StampPlan::new(seal, *at, plan.digest(), &plan.property()) else { continue };
        let value = stamp.rehearse(certificate).expect("a seal that lists its stamper");
        let Ok(stamped) = plan.embed(&foreign, &value) else { continue };
        let after = Package::open(&stamped, &Limits::default()).expect("what was written reads back");
        assert!(after.faults().is_empty());
        for name in foreign.package().names() {
            assert!(after.contains(name), "{name} is lost");
        }
        let after = judged(&stamped).expect("a document");
        // what the flow would refuse is no finding; what it would not must be unharmed
        if after.signatures.len() == before.signatures.len() + 1 {
            let _judged = unharmed(&before, &after, plan.id(), false, true);
        }
        return;
    }
});
