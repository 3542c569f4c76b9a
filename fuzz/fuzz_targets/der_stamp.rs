//! Reading a stamp: ends in a stamp or a named fault, with the seal inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::seal::{Seal, Stamp};

fuzz_target!(|octets: &[u8]| {
    let stamp = match Stamp::parse(octets) {
        Ok(stamp) => stamp,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return;
        }
    };
    assert!(octets.as_ptr_range().contains(&stamp.tbs_raw.as_ptr()), "the signed octets are the received ones");
    let again = Seal::parse(stamp.seal.raw).expect("the embedded seal stands on its own");
    assert_eq!(again.info_raw, stamp.seal.info_raw);
    assert_eq!(again.version, stamp.seal.version);
    let mut longer = octets.to_vec();
    longer.push(0);
    assert!(Stamp::parse(&longer).is_err(), "an octet may follow the stamp");
});
