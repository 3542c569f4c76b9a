//! A file that may be a disclosure: a report or a named fault, and what is read is written back as the same octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::{
    anchor::Anchors,
    base::Moment,
    disclosure::{DigestList, Disclosure},
    verify::{Evidence, Policy, check, licence_identifier, stamped_seals},
};

fuzz_target!(|octets: &[u8]| {
    match Disclosure::read(octets) {
        Ok(disclosure) => {
            assert_eq!(disclosure.to_file().as_deref(), Ok(octets));
            if let Ok(count) = disclosure.check_fields() {
                assert!(count >= disclosure.fields.len());
                let list = DigestList::read(&disclosure.digests).expect("it was read before");
                assert_eq!(list.to_text(), disclosure.digests);
            }
        }
        Err(fault) => assert!(!fault.code().is_empty() && !fault.sentence().zh.is_empty()),
    }
    let policy = Policy::default();
    let _ = (licence_identifier(&octets, &policy.limits), stamped_seals(&octets, &policy.limits));
    let at = Moment::from_unix_seconds(1_780_279_200).expect("in the calendar");
    if let Ok(report) = check(&octets, &Anchors::not_asked(), &Evidence::default(), &policy, at) {
        // nothing is said but where a signature holds
        assert!(report.disclosure.is_none() || report.signatures.iter().any(|one| one.value_verified));
    }
});
