//! Reading time stamp requests, answers and tokens, and holding answers against requests.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yinxin_trust::tsp::{Imprint, Response, TimeStampRequest, Token, check_answer};

fuzz_target!(|octets: &[u8]| {
    match TimeStampRequest::from_der(octets) {
        // what is read strictly says the same when it is written
        Ok(request) => assert_eq!(TimeStampRequest::from_der(&request.to_der()), Ok(request)),
        Err(fault) => assert!(!fault.to_string().is_empty() && !fault.failure().as_str().is_empty()),
    }
    let _ = Response::parse(octets);
    let _ = Token::parse(octets).map(|token| token.check(b"to be time-stamped", [], |_, _| Ok(())));
    let asked = TimeStampRequest::new(Imprint::sm3(b"to be time-stamped"), None, &[1]);
    assert!(check_answer(&asked, octets).is_err(), "an answer to a question that nobody asked");
});
