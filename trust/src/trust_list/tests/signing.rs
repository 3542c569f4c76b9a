//! The signature comes first, and only the pinned key's counts.

use super::*;

fn verify(octets: &[u8], signature: &[u8], key: &Key) -> Result<SignedList, SignedListError> {
    SignedList::verify(octets, signature, &public(key), &TrustListLimits::default())
}

#[test]
fn made_and_verified() {
    let plan = plan(&draft());
    let digest = public(&operator()).message_digest(sm2::DEFAULT_ID, plan.to_be_signed()).unwrap();
    assert_eq!(plan.digest(&public(&operator())), digest);
    let made = signed(&draft());
    let read = verify(made.octets(), &made.signature(), &operator()).unwrap();
    assert_eq!(read, made);
    assert_eq!((read.octets(), read.key()), (plan.to_be_signed(), &public(&operator())));
    assert_eq!(read.sm3(), &crate::sm::sm3::digest(plan.to_be_signed()));
}

#[test]
fn another_key_or_no_signature_is_refused_by_name() {
    let made = signed(&draft());
    let (octets, signature) = (made.octets(), made.signature());
    let other = Key::from_seed("trust-list/other");
    assert_eq!(verify(octets, &signature, &other), Err(SignedListError::WrongSignature));
    assert!(matches!(verify(octets, b"", &operator()), Err(SignedListError::SignatureForm(_))));
    let raw = Signature::from_der(&signature).unwrap().to_raw();
    assert!(matches!(verify(octets, &raw, &operator()), Err(SignedListError::SignatureForm(_))));
    let without_z = operator().sign_without_z(octets).to_der();
    assert_eq!(verify(octets, &without_z, &operator()), Err(SignedListError::WrongSignature));
    let signature_of_other = sign(&other, octets);
    assert_eq!(plan(&draft()).embed(&public(&operator()), &signature_of_other), Err(PlanError::WrongSignature));
    let small = TrustListLimits { octets: 100, ..TrustListLimits::default() };
    let long = SignedList::verify(octets, &signature, &public(&operator()), &small);
    assert_eq!(long, Err(SignedListError::TooLong { limit: 100 }));
}

/// What an operator signs by mistake is refused too, after the signature.
#[test]
fn signed_but_no_list() {
    let made = signed(&draft());
    let spaced = [b" ", made.octets()].concat();
    for octets in [&b"{}"[..], b"", b"not JSON", &spaced] {
        let signature = operator().sign(octets, 0).to_der();
        assert!(matches!(verify(octets, &signature, &operator()), Err(SignedListError::List(_))));
    }
}
