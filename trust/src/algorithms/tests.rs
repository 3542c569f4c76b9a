use super::*;

fn entry(text: &str) -> String {
    format!(r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-29","algorithms":[{text}]}}"#)
}

fn read(text: &str) -> Result<AlgorithmPolicy, AlgorithmPolicyError> {
    AlgorithmPolicy::from_json(entry(text).as_bytes())
}

fn faults(text: &str) -> Vec<EntryFault> {
    match read(text) {
        Err(AlgorithmPolicyError::Entries(offences)) => offences.all().to_vec(),
        other => panic!("{other:?}"),
    }
}

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn asked(at: &str, now: &str, is_proven: bool) -> Asked {
    Asked {
        algorithm: AlgorithmName::RsaPkcs1Sha256,
        purpose: Purpose::Stamp,
        bits: 2048,
        at: moment(at),
        proven: is_proven.then(|| moment(at)),
        now: moment(now),
    }
}

#[test]
fn words_are_those_of_the_file() {
    for name in AlgorithmName::ALL {
        let purpose = Purpose::ALL.into_iter().find(|purpose| name.fits(*purpose)).unwrap();
        let word = if purpose == Purpose::Digest { "digest" } else { "stamp" };
        let policy = read(&format!(r#"{{"algorithm":"{}","for":["{word}"]}}"#, name.as_str())).unwrap();
        assert_eq!((policy.entries()[0].algorithm, &policy.entries()[0].purposes[..]), (name, &[purpose][..]));
    }
}

#[test]
fn an_entry_has_its_days_of_beijing() {
    let text = r#"{"algorithm":"rsa-pkcs1-sha256","for":["stamp"],"from":"2020-01-01","until":"2025-12-31","minimum_bits":2048}"#;
    let policy = read(text).unwrap();
    let (from, until) = (Day::parse("2020-01-01").unwrap(), Day::parse("2025-12-31").unwrap());
    let within = "2025-06-01T00:00:00Z";
    // 00:00 and 24:00 in Beijing
    for (at, due) in [
        ("2019-12-31T15:59:59Z", Err(Objection::NotYet { from })),
        ("2019-12-31T16:00:00Z", Ok(())),
        ("2025-12-31T15:59:59Z", Ok(())),
        ("2025-12-31T16:00:00Z", Err(Objection::Ended { until })),
    ] {
        assert_eq!(policy.allows(&asked(at, at, true)), due, "{at}");
    }
    // once it is over, the claim alone does not count
    let now = "2026-01-01T00:00:00Z";
    assert_eq!(policy.allows(&asked(within, "2025-12-31T15:59:59Z", false)), Ok(()));
    assert_eq!(policy.allows(&asked(within, now, false)), Err(Objection::EndedSince { until }));
    assert_eq!(policy.allows(&asked(within, now, true)), Ok(()));
    let too_late = Asked { proven: Some(moment("2025-12-31T16:00:00Z")), ..asked(within, now, false) };
    assert_eq!(policy.allows(&too_late), Err(Objection::EndedSince { until }));
    let lenient = read(&text.replace("\"until\"", "\"claimed_time_counts\":true,\"until\"")).unwrap();
    assert_eq!(lenient.allows(&asked(within, now, false)), Ok(()));
    let short = Asked { bits: 2047, ..asked(within, within, true) };
    assert_eq!(policy.allows(&short), Err(Objection::TooShort { bits: 2047, minimum: 2048 }));
    for other in [
        Asked { purpose: Purpose::Seal, ..asked(within, within, true) },
        Asked { algorithm: AlgorithmName::Sm2Sm3, ..asked(within, within, true) },
    ] {
        assert_eq!(policy.allows(&other), Err(Objection::NotListed));
    }
}

#[test]
fn any_entry_that_allows_suffices_and_the_nearest_objection_is_told() {
    let policy = read(
        r#"{"algorithm":"rsa-pkcs1-sha256","for":["stamp"],"until":"2020-12-31"},
           {"algorithm":"rsa-pkcs1-sha256","for":["stamp"],"minimum_bits":3072,"until":"2030-12-31"}"#,
    )
    .unwrap();
    let at = "2025-06-01T00:00:00Z";
    let until = Day::parse("2020-12-31").unwrap();
    assert_eq!(policy.allows(&asked(at, at, false)), Err(Objection::Ended { until }));
    assert_eq!(policy.allows(&Asked { bits: 3072, ..asked(at, at, false) }), Ok(()));
}

#[test]
fn the_day_on_which_a_use_ends_is_the_latest_of_those_that_allow_it() {
    let policy = read(
        r#"{"algorithm":"sm2-sm3","for":["stamp"]},
           {"algorithm":"rsa-pkcs1-sha256","for":["stamp"],"until":"2030-12-31"},
           {"algorithm":"rsa-pkcs1-sha256","for":["stamp","seal"],"minimum_bits":3072,"until":"2035-12-31"},
           {"algorithm":"ed25519","for":["stamp"],"until":"2030-12-31","claimed_time_counts":true}"#,
    )
    .unwrap();
    let at = moment("2026-06-01T00:00:00Z");
    let ends = |algorithm, purpose, bits| policy.ends(algorithm, purpose, bits, at).map(|day| day.to_string());
    let rsa = AlgorithmName::RsaPkcs1Sha256;
    assert_eq!(ends(rsa, Purpose::Stamp, 2048).as_deref(), Some("2030-12-31"));
    assert_eq!(ends(rsa, Purpose::Stamp, 3072).as_deref(), Some("2035-12-31"));
    assert_eq!(ends(rsa, Purpose::Seal, 2048), None, "it is not allowed at all");
    assert_eq!(ends(AlgorithmName::Sm2Sm3, Purpose::Stamp, 256), None);
    assert_eq!(ends(AlgorithmName::Ed25519, Purpose::Stamp, 256), None);
}

#[test]
fn what_is_built_in_lets_everything_count_but_sha_1() {
    let policy = AlgorithmPolicy::default();
    assert!(policy.file().is_none());
    let at = moment("2026-06-01T00:00:00Z");
    for algorithm in AlgorithmName::ALL {
        for purpose in Purpose::ALL.into_iter().filter(|purpose| algorithm.fits(*purpose)) {
            let asked = Asked { algorithm, purpose, bits: 1024, at, proven: None, now: at };
            assert_eq!(policy.allows(&asked).is_ok(), algorithm != AlgorithmName::RsaPkcs1Sha1, "{algorithm:?}");
        }
    }
}

#[test]
fn what_means_nothing_is_refused_by_name() {
    use AlgorithmPolicyError as Error;
    let sm2 = r#"{"algorithm":"sm2-sm3","for":["stamp"]}"#;
    assert!(read(sm2).is_ok());
    assert!(matches!(read(""), Err(Error::Empty)));
    assert!(matches!(read(&vec![sm2; 257].join(",")), Err(Error::TooManyEntries)));
    assert!(matches!(AlgorithmPolicy::from_json(&[b' '; (64 << 10) + 1]), Err(Error::TooLong)));
    let other = entry(sm2).replace("algorithms/1", "algorithms/2");
    assert!(matches!(AlgorithmPolicy::from_json(other.as_bytes()), Err(Error::Format)));
    for text in [
        r#"{"algorithm":"sha1","for":["digest"]}"#,
        r#"{"algorithm":"md5","for":["digest"]}"#,
        r#"{"algorithm":"sm2-sm3","for":["everything"]}"#,
        r#"{"algorithm":"sm2-sm3","for":["stamp"],"untill":"2030-12-31"}"#,
        r#"{"algorithm":"sm2-sm3","for":["stamp"],"until":"2030年1月1日"}"#,
        r#"{"algorithm":"sm2-sm3","algorithm":"sm2-sm3","for":["stamp"]}"#,
        r#"{"algorithm":"sm2-sm3"}"#,
    ] {
        assert!(matches!(read(text), Err(Error::Form(_))), "{text}");
    }
    let (number, rsa) = (1, "rsa-pkcs1-sha256");
    assert_eq!(faults(r#"{"algorithm":"sm2-sm3","for":[]}"#), [EntryFault::NoPurpose { number }]);
    assert_eq!(
        faults(r#"{"algorithm":"sm2-sm3","for":["seal","stamp","seal"]}"#),
        [EntryFault::PurposeTwice { number }]
    );
    assert_eq!(faults(r#"{"algorithm":"sm3","for":["stamp"]}"#), [EntryFault::Purpose { number, algorithm: "sm3" }]);
    assert_eq!(
        faults(r#"{"algorithm":"rsa-pkcs1-sha1","for":["certificate"]}"#),
        [EntryFault::Purpose { number, algorithm: "rsa-pkcs1-sha1" }]
    );
    assert_eq!(
        faults(
            r#"{"algorithm":"sm2-sm3","for":["stamp"],"from":"2026-01-02","until":"2026-01-01","minimum_bits":256}"#
        ),
        [EntryFault::PeriodInverted { number }, EntryFault::OneSize { number, algorithm: "sm2-sm3" }]
    );
    assert_eq!(
        faults(&format!(r#"{sm2},{{"algorithm":"rsa-pkcs1-sha256","for":["stamp"],"minimum_bits":1024}}"#)),
        [EntryFault::Size { number: 2, algorithm: rsa, shortest: 2048, longest: 8192 }]
    );
}
