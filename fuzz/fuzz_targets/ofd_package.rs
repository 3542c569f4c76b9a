//! Opening a package and reading every entry within the budget. Reading and
//! digesting the same entry must agree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{
    base::Limits,
    ofd::{DigestAlgorithm, Package},
    sm::sm3,
};

fuzz_target!(|octets: &[u8]| {
    let limits = Limits {
        package_entries: 256,
        entry_inflated_bytes: 4 << 20,
        total_inflated_bytes: 8 << 20,
        ratio_floor_bytes: 1 << 20,
        xml_bytes: 1 << 20,
        xml_nodes: 20_000,
        ..Limits::default()
    };
    let package = match Package::open(&octets, &limits) {
        Ok(package) => package,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return;
        }
    };
    let names: Vec<&str> = package.names().collect();
    assert!(names.len() <= limits.package_entries);
    let mut total = 0;
    for name in names {
        assert!(package.contains(name));
        assert!(!name.starts_with('/') && name.split('/').all(|part| part != ".."), "{name} climbs out of the package");
        let digest = package.digest(name, DigestAlgorithm::Sm3);
        if let Ok(content) = package.read(name) {
            assert!(content.len() as u64 <= limits.entry_inflated_bytes);
            total += content.len() as u64;
            assert_eq!(digest.ok(), Some(sm3::digest(&content)), "{name} is read in two ways");
        }
    }
    assert!(total <= limits.total_inflated_bytes, "{total} octets were inflated");
    for fault in package.faults() {
        assert!(!fault.sentence().en.is_empty());
    }
});
