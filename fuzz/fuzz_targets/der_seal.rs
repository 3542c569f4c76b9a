//! Reading a seal: ends in a seal or a named fault. What is read borrows from
//! what was given, and nothing may follow it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::seal::Seal;

fuzz_target!(|octets: &[u8]| {
    let seal = match Seal::parse(octets) {
        Ok(seal) => seal,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return;
        }
    };
    assert_eq!(seal.raw, octets, "a seal is the whole of what was given");
    assert!(octets.as_ptr_range().contains(&seal.info_raw.as_ptr()), "the signed octets are the received ones");
    let signed = seal.signed_octets();
    assert!(signed.windows(seal.info_raw.len()).any(|part| part == seal.info_raw));
    // the list is compared octet for octet, never parsed
    let _ = seal.lists(seal.maker);
    assert!(!seal.lists(b""));
    let mut longer = octets.to_vec();
    longer.push(0);
    assert!(Seal::parse(&longer).is_err(), "an octet may follow the seal");
});
