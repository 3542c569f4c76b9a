//! Reading a certificate, and verifying it with its own key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::x509::{Certificate, build_path};

fuzz_target!(|octets: &[u8]| {
    let certificate = match Certificate::from_der(octets) {
        Ok(certificate) => certificate,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return;
        }
    };
    assert_eq!(certificate.der(), octets);
    assert!(!certificate.serial_hex().starts_with('0') || certificate.serial_hex() == "0");
    let _ = (certificate.display_name(), certificate.subject(), certificate.issuer(), format!("{certificate:?}"));
    let _ = certificate.verify_signature(&certificate);
    // without an anchor there is no path, whatever the certificate says of itself
    let pool = [certificate.clone()];
    assert!(build_path(&certificate, &pool, &[], certificate.not_before(), &mut 8).is_err());
    let mut longer = octets.to_vec();
    longer.push(0);
    assert!(Certificate::from_der(&longer).is_err(), "an octet may follow the certificate");
});
