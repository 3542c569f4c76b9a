//! Reading signed data (GB/T 35275, time stamp tokens) and trying its signers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{asn1::Deviations, cms::SignedData, x509::Certificate};

fuzz_target!(|octets: &[u8]| {
    let data = match SignedData::parse(octets) {
        Ok(data) => data,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return;
        }
    };
    let certificates: Vec<_> = data.certificates.iter().take(4).filter_map(|der| Certificate::from_der(der).ok()).collect();
    for signer in data.signers.iter().take(4) {
        let content = data.content.unwrap_or_default();
        let _ = signer.digest_of(content);
        for certificate in &certificates {
            if signer.is(certificate) {
                let _ = signer.verify(certificate, content, &mut Deviations::default());
            }
        }
    }
    let mut longer = octets.to_vec();
    longer.push(0);
    assert!(SignedData::parse(&longer).is_err(), "an octet may follow the signed data");
});
