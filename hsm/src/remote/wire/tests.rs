use super::*;
use crate::{Limits, mandate};
use yinxin_trust::base::Moment;

fn key_of(text: &str) -> KeyReference {
    text.parse().unwrap()
}

fn requests() -> Vec<Request> {
    let limits = Limits { not_before: Moment::from_unix_seconds(5).ok(), not_after: None, most_uses: Some(9) };
    let key = || key_of("sdf:index=3");
    let order = || WrapOrder {
        key: key(),
        purpose: Purpose::Data,
        context: b"context".to_vec(),
        octets: Zeroizing::new(b"octets".to_vec()),
    };
    let claim = Claim {
        mandate: [5; 32],
        path: mandate::batch(&[[1; 32], [2; 32]]).unwrap().1.remove(1),
        licence_type: Some("a".into()),
    };
    let sign = |input, claim| Request::Sign(SignOrder { key: key(), purpose: Purpose::Stamper, input, claim });
    vec![
        Request::List,
        Request::Describe(key()),
        sign(Input::Message(b"message".to_vec()), Some(claim)),
        sign(Input::Digest([6; 32]), None),
        Request::Generate(KeyOrder::sm2(Purpose::Ca).limited(limits).at_place(key())),
        Request::Generate(KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data)),
        Request::SetState(key(), KeyState::Suspended),
        Request::Destroy(key()),
        Request::Wrap(order()),
        Request::Unwrap(order()),
        Request::Mandate { octets: b"mandate".to_vec(), proof: b"proof".to_vec() },
        Request::Head,
    ]
}

#[test]
fn requests_are_read_as_they_were_written() {
    for request in requests() {
        let frame = request.to_frame().unwrap();
        let read = Request::parse(&frame).unwrap();
        assert_eq!(format!("{read:?}"), format!("{request:?}"));
        for length in 0..frame.len() {
            assert!(Request::parse(&frame[..length]).is_err(), "{request:?}: {length} octets");
        }
        assert!(Request::parse(&[frame.as_slice(), &[0]].concat()).is_err(), "{request:?}");
    }
    assert!(Request::parse(&[11]).is_err());
}

#[test]
fn answers_are_read_as_they_were_written() {
    let key = KeyDescription {
        used: Some(3),
        ..KeyDescription::ordered(key_of("sdf:kek=1"), &KeyOrder::sm2(Purpose::Ca), None, None)
    };
    let head = AuditHead { sequence: 7, digest: [8; 32] };
    let refusal = Refusal {
        class: ErrorClass::Busy,
        no_such_key: false,
        retry_after: Duration::from_millis(250),
        text: "busy".into(),
    };
    let one = [&[0; 31][..], &[1]].concat().try_into().unwrap();
    let values = [
        SignatureValue::Sm2(Signature::from_numbers(one, one).unwrap()),
        SignatureValue::Ecdsa([1, 2, 3].into()),
        SignatureValue::Rsa(vec![4; 384].into()),
        SignatureValue::Ed25519([5; 64]),
    ];
    for request in requests() {
        let answers = match &request {
            Request::List => vec![Answer::Keys(vec![key.clone(), key.clone()]), Answer::Keys(Vec::new())],
            Request::Describe(_) | Request::Generate(_) => vec![Answer::Key(Box::new(key.clone()))],
            Request::Sign(_) => values.iter().map(|value| Answer::Signed(value.clone(), head)).collect(),
            Request::SetState(..) | Request::Destroy(_) => vec![Answer::Done],
            Request::Wrap(_) | Request::Unwrap(_) => vec![Answer::Octets(Zeroizing::new(b"octets".to_vec()))],
            Request::Mandate { .. } => vec![Answer::Mandate([9; 32])],
            Request::Head => vec![Answer::Head(head)],
        };
        for answer in answers.into_iter().chain([Answer::Refused(refusal.clone())]) {
            let frame = answer.to_frame().unwrap();
            let read = Answer::parse(&frame, &request).unwrap();
            assert_eq!(format!("{read:?}"), format!("{answer:?}"));
            for length in 0..frame.len() {
                assert!(Answer::parse(&frame[..length], &request).is_err(), "{answer:?}: {length} octets");
            }
        }
    }
}

#[test]
fn frames_are_bounded() {
    let mut octets = Vec::new();
    write_frame(&mut octets, b"one").unwrap();
    write_frame(&mut octets, b"two").unwrap();
    let mut rest = octets.as_slice();
    assert_eq!(read_frame(&mut rest).unwrap().unwrap().as_slice(), b"one");
    assert_eq!(read_frame(&mut rest).unwrap().unwrap().as_slice(), b"two");
    assert!(read_frame(&mut rest).unwrap().is_none());
    for length in 1..7 {
        assert!(read_frame(&mut &octets[..length]).is_err(), "{length} octets");
    }
    for length in [0, MOST_FRAME as u32 + 1, u32::MAX] {
        let fault = read_frame(&mut length.to_be_bytes().as_slice()).unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::InvalidData);
    }
    assert!(write_frame(&mut Vec::new(), &[]).is_err());
    assert!(write_frame(&mut Vec::new(), &vec![0; MOST_FRAME + 1]).is_err());
}

#[test]
fn greetings_name_the_version() {
    assert!(is_greeting(&greeting()));
    for word in [Welcome::Welcome, Welcome::Stranger, Welcome::Full] {
        assert_eq!(read_welcome(&welcome(word)), Ok(word));
    }
    let mut other = welcome(Welcome::Welcome);
    other[13] = 2;
    assert_eq!(read_welcome(&other), Err(NotAFrame));
    assert!(!is_greeting(b"GET / HTTP/1.1\r\n"));
}
