//! Reading revocation lists, in DER and beside anchors in PEM.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{anchor::RevocationLists, base::Moment, x509::Crl};

fuzz_target!(|octets: &[u8]| {
    if let Err(fault) = RevocationLists::read(octets).and(RevocationLists::beside_anchors(octets)) {
        assert!(!fault.to_string().is_empty());
    }
    let Ok(list) = Crl::from_der(octets) else { return };
    assert_eq!(list.der(), octets);
    assert!(list.next_update().is_none_or(|next| next >= list.this_update()));
    let at = Moment::from_unix_seconds(1_600_000_000).expect("in the calendar");
    let _ = (list.freshness(at), list.issuer(), list.number_hex(), format!("{list:?}"));
    for serial in [&[][..], &[0], &[1], &[0x7F; 20]] {
        if let Some(revocation) = list.find(serial) {
            assert!(revocation.works_from() <= revocation.at);
        }
    }
    let mut longer = octets.to_vec();
    longer.push(0);
    assert!(Crl::from_der(&longer).is_err(), "an octet may follow the list");
});
