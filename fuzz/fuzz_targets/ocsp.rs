//! Reading requests and answers about the status of certificates, and holding answers against an authority.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{
    anchor::{Anchors, RevocationLists, Use},
    base::Moment,
    x509::ocsp::{OcspRequest, OcspResponse},
};

const AUTHORITIES: &[u8] = include_bytes!("../../tests/golden/anchors.pem");

fuzz_target!(|octets: &[u8]| {
    match OcspRequest::from_der(octets) {
        // what is read says the same when it is written
        Ok(request) => assert_eq!(OcspRequest::from_der(&request.to_der()), Ok(request)),
        Err(fault) => assert!(!fault.to_string().is_empty()),
    }
    let Ok(response) = OcspResponse::from_der(octets) else { return };
    let Ok(anchors) = Anchors::from_pem(AUTHORITIES) else { return };
    let authorities = anchors.certificates(Use::Signer);
    let Some(authority) = authorities.first() else { return };
    let _ = response.verify_signature(authority);
    let lists = RevocationLists::default().with_answers([response]);
    if let Ok(at) = Moment::from_unix_seconds(1_717_200_000) {
        let _ = lists.find(authority, authority, at, 0, &|_| Ok(()));
    }
});
