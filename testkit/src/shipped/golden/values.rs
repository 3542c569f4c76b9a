//! Seals, stamps, signed data and time stamps: generations, deviations, defects.

use super::{Due, REFUSED, Set, Stage, VALID, deviates, indeterminate, invalid, stamped_at, warned};
use crate::{
    cms::{SignedData, Variant},
    damage,
    der::BitForm,
    keys::{Key, ValueForm},
    moment,
    ofd::{Document, Plan},
    pki::{Certificate, Defect},
    seal::{ListShape, Seal, Stamp, Stamping, TimeForm, TimeInfo, Version},
    shipped::scene,
    tsp::Token,
};
use yinxin_trust::sm::sm3;

pub(super) fn add(stage: &Stage, set: &mut Set) {
    generations(stage, set);
    deviations_of_stamps(stage, set);
    deviations_of_seals(stage, set);
    refused_encodings(stage, set);
    certificates(stage, set);
    wrong(stage, set);
    signed_data(stage, set);
    time_stamps(stage, set);
    bare(stage, set);
}

fn generations(stage: &Stage, set: &mut Set) {
    for (name, version) in [("v1.ofd", Version::V1), ("v4.ofd", Version::V4), ("v5.ofd", Version::V5)] {
        set.put(name, "a sound stamp of this generation", VALID, stage.stamped(&stage.stamp(version)).to_bytes());
    }
    let seal = stage.seal(Version::V4).with_digests().make();
    let stamp = Stamp { seal, ..stage.stamp(Version::V4) };
    set.put("v4-digest-list.ofd", "certListType 2: SM3 digests", VALID, stage.stamped(&stamp).to_bytes());
    let stamp =
        Stamp { extensions: vec![("2.999.2".to_owned(), false, b"\x0C\x01x".to_vec())], ..stage.stamp(Version::V4) };
    set.put("v4-extension.ofd", "an extension in TBS_Sign", VALID, stage.stamped(&stamp).to_bytes());
}

fn deviations_of_stamps(stage: &Stage, set: &mut Set) {
    let mut put = |name, what, code: &'static [&'static str], stamp: Stamp| {
        set.put(name, what, deviates(code, "signature.format"), stage.stamped(&stamp).to_bytes());
    };
    let v4 = || stage.stamp(Version::V4);
    let v1 = || stage.stamp(Version::V1);
    put(
        "stamp-value-raw.ofd",
        "signature value as r || s",
        &["encoding.raw_signature"],
        Stamp { value_form: ValueForm::Raw, ..v4() },
    );
    put(
        "stamp-value-superfluous-zero.ofd",
        "INTEGERs of the value with a zero octet too many",
        &["encoding.integer_superfluous_zero"],
        Stamp { value_form: ValueForm::SuperfluousZero, ..v4() },
    );
    put(
        "stamp-value-missing-zero.ofd",
        "INTEGERs of the value without their leading zero octet",
        &["encoding.integer_missing_zero"],
        Stamp { value_form: ValueForm::MissingZero, ..v4() },
    );
    put(
        "stamp-value-dropped-bits.ofd",
        "last zero bits of the value declared unused",
        &["encoding.bit_string_unused_bits"],
        Stamp { bit_form: BitForm::DroppedBits, ..v4() },
    );
    put(
        "stamp-hash-dropped-bits.ofd",
        "last zero bits of dataHash declared unused",
        &["encoding.bit_string_unused_bits"],
        Stamp { hash_form: BitForm::DroppedBits, ..v4() },
    );
    put(
        "stamp-hash-dropped-octets.ofd",
        "last zero octet of dataHash left out",
        &["encoding.bit_string_short"],
        Stamp { hash_form: BitForm::DroppedOctets, ..v4() },
    );
    put(
        "stamp-time-two-digit-year.ofd",
        "timeInfo with a two-digit year",
        &["encoding.time_two_digit_year"],
        Stamp { time_form: TimeForm::TwoDigitYear, ..v4() },
    );
    put(
        "stamp-time-no-zone.ofd",
        "timeInfo without a zone",
        &["encoding.time_without_zone"],
        Stamp { time_form: TimeForm::NoZone, ..v4() },
    );
    put(
        "stamp-v1-time-text-no-zone.ofd",
        "V1 timeInfo as text without a zone",
        &["encoding.time_without_zone"],
        Stamp { time_info: TimeInfo::Text, ..v1() },
    );
    let text = Stamp { time_info: TimeInfo::CompactText, ..v1() };
    set.put("stamp-v1-time-text.ofd", "V1 timeInfo as compact text", VALID, stage.stamped(&text).to_bytes());
}

fn deviations_of_seals(stage: &Stage, set: &mut Set) {
    let mut put = |name, what, code: &'static [&'static str], seal: Seal| {
        let stamp = Stamp { seal: seal.make(), ..stage.stamp(seal.version) };
        set.put(name, what, deviates(code, "seal.format"), stage.stamped(&stamp).to_bytes());
    };
    let v4 = || stage.seal(Version::V4);
    put(
        "seal-value-raw.ofd",
        "the seal's value as r || s",
        &["encoding.raw_signature"],
        Seal { value_form: ValueForm::Raw, ..v4() },
    );
    put(
        "seal-value-dropped-bits.ofd",
        "last zero bits of the seal's value declared unused",
        &["encoding.bit_string_unused_bits"],
        Seal { bit_form: BitForm::DroppedBits, ..v4() },
    );
    put(
        "seal-time-two-digit-year.ofd",
        "times of the seal with two-digit years",
        &["encoding.time_two_digit_year"],
        Seal { time_form: TimeForm::TwoDigitYear, ..v4() },
    );
    put(
        "seal-time-no-zone.ofd",
        "times of the seal without a zone",
        &["encoding.time_without_zone"],
        Seal { time_form: TimeForm::NoZone, ..v4() },
    );
    put(
        "seal-list-type-3-certificates.ofd",
        "certListType 3, entries are certificates",
        &["seal.list_type"],
        Seal { list_type: 3, ..v4() },
    );
    put(
        "seal-list-type-3-digests.ofd",
        "certListType 3, entries are digests",
        &["seal.list_type"],
        Seal { list_type: 3, list_shape: ListShape::Digests, ..v4() },
    );
}

fn refused_encodings(stage: &Stage, set: &mut Set) {
    type Damage = (&'static str, &'static str, fn(&[u8]) -> Vec<u8>);
    let stamps: [Damage; 3] = [
        ("stamp-indefinite-length.ofd", "SES_Signature with an indefinite length", damage::indefinite),
        ("stamp-long-length.ofd", "SES_Signature with a length that is not the shortest", damage::long_length),
        ("stamp-trailing-octets.ofd", "octets behind SES_Signature", damage::trailing),
    ];
    for (name, what, change) in stamps {
        let mut package = stage.sound();
        package.edit("Doc_0/Signs/Sign_0/SignedValue.dat", change);
        set.put(name, what, invalid("signature.format"), package.to_bytes());
    }
    let seals: [Damage; 3] = [
        ("seal-indefinite-length.esl", "SESeal with an indefinite length", damage::indefinite),
        ("seal-long-length.esl", "SESeal with a length that is not the shortest", damage::long_length),
        ("seal-trailing-octets.esl", "octets behind SESeal", damage::trailing),
    ];
    for (name, what, change) in seals {
        set.put(name, what, invalid("seal.format"), change(&stage.seal(Version::V4).make()));
    }
}

/// A V4 stamp by another stamper, with a seal that lists it.
fn stamp_by(stage: &Stage, stamper: &Certificate) -> Stamp {
    Stamp::new(Version::V4, stage.seal_for(stamper).make(), stamper, stamped_at())
}

fn certificates(stage: &Stage, set: &mut Set) {
    let cases: [(&'static str, &'static str, Due, Defect); 5] = [
        ("signer-no-key-usage.ofd", "a signer without KeyUsage: no offence", VALID, Defect::NoKeyUsage),
        (
            "signer-encryption-only.ofd",
            "an encryption certificate signed",
            invalid("signer.key_usage"),
            Defect::EncryptionOnly,
        ),
        ("signer-expired.ofd", "signed after the certificate ended", invalid("signer.period"), Defect::Expired),
        (
            "signer-not-yet-valid.ofd",
            "signed before the certificate begins",
            invalid("signer.period"),
            Defect::NotYetValid,
        ),
        (
            "signer-wrong-issuer-key.ofd",
            "a certificate that its named issuer did not sign",
            indeterminate("signer.path"),
            Defect::WrongIssuerKey,
        ),
    ];
    for (name, what, due, defect) in cases {
        let stamper = scene::pki().with(defect).stamper;
        set.put(name, what, due, stage.stamped(&stamp_by(stage, &stamper)).to_bytes());
    }
}

fn wrong(stage: &Stage, set: &mut Set) {
    let other = stage.pki.stamper_named("演示市另一机关");
    let somebody = || Key::from_seed("somebody else");
    let mut put = |name, what, reason, stamp: Stamp| {
        set.put(name, what, invalid(reason), stage.stamped(&stamp).to_bytes());
    };
    let v4 = || stage.stamp(Version::V4);
    put(
        "signer-not-listed.ofd",
        "the seal lists another stamper",
        "seal.signer_listed",
        Stamp { seal: stage.seal_for(&other).make(), ..v4() },
    );
    let seal = Seal { listed: vec![other.der.clone()], ..stage.seal(Version::V1) }.make();
    put(
        "signer-not-listed-v1.ofd",
        "the same with a V1 seal",
        "seal.signer_listed",
        Stamp { seal, ..stage.stamp(Version::V1) },
    );
    put(
        "stamp-other-key.ofd",
        "value by another key than the signer certificate's",
        "signature.value",
        Stamp { stamper_key: somebody(), ..v4() },
    );
    let seal = Seal { maker_key: somebody(), ..stage.seal(Version::V4) }.make();
    put(
        "seal-other-key.ofd",
        "the seal's value by another key than the maker certificate's",
        "seal.value",
        Stamp { seal, ..v4() },
    );
    let seal = Seal { valid_to: moment("2026-05-31T16:00:00Z"), ..stage.seal(Version::V4) }.make();
    put("seal-expired.ofd", "stamped ten hours after the seal ended", "seal.period", Stamp { seal, ..v4() });
    let mut package = stage.sound();
    let another = Seal { id: "99000000000002".to_owned(), ..stage.seal(Version::V4) }.make();
    package.set("Doc_0/Signs/Sign_0/Seal.esl", another);
    set.put("seal-file-swapped.ofd", "Seal.esl is another sound seal", invalid("seal.file"), package.to_bytes());
    let mut package = stage.sound();
    package.edit("Doc_0/Signs/Sign_0/Signature.xml", |file| [file, b"\n"].concat());
    let due = invalid("signature.data_hash");
    set.put("signature-xml-newline.ofd", "a line feed behind Signature.xml", due, package.to_bytes());
    let mut package = Document::titled("测试文件").package();
    package.sign(&stage.plan(), Some(v4().seal), |_, path| v4().make(&sm3::digest(b"other"), path));
    let due = invalid("signature.data_hash");
    set.put("stamp-hash-of-other.ofd", "dataHash of other octets, well signed", due, package.to_bytes());
}

fn signed_data(stage: &Stage, set: &mut Set) {
    let sound = |variant| SignedData::new(variant, &stage.pki.stamper, stamped_at());
    let mut put = |name, what, due, data: SignedData| {
        let mut package = Document::titled("测试文件").package();
        package.sign_data(&Plan::sign(stamped_at()), &data);
        set.put(name, what, due, package.to_bytes());
    };
    put("sign-digest.ofd", "signed data over the embedded digest", VALID, sound(Variant::Digest));
    put("sign-base64.ofd", "signed data over the embedded digest in base64", VALID, sound(Variant::DigestBase64));
    put("sign-attributes.ofd", "signed data over attributes", VALID, sound(Variant::Attributes));
    put(
        "sign-value-raw.ofd",
        "signed data whose value is r || s",
        deviates(&["encoding.raw_signature"], "signature.format"),
        SignedData { value_form: ValueForm::Raw, ..sound(Variant::Digest) },
    );
    put(
        "sign-message-digest-differs.ofd",
        "messageDigest of other octets, well signed",
        invalid("signature.data_hash"),
        SignedData { message_digest: Some(sm3::digest(b"other")), ..sound(Variant::Attributes) },
    );
    put(
        "sign-other-content.ofd",
        "right messageDigest, but other content is embedded",
        invalid("signature.data_hash"),
        SignedData { embedded: Some(b"other".to_vec()), ..sound(Variant::Attributes) },
    );
    put(
        "sign-no-signer-infos.ofd",
        "nobody signed",
        REFUSED,
        SignedData { signer_info: false, ..sound(Variant::Digest) },
    );
    put(
        "sign-wrong-serial.ofd",
        "the named signer's certificate is not carried",
        REFUSED,
        SignedData {
            certificates: vec![stage.pki.stamper_named("演示市另一机关").der], ..sound(Variant::Attributes)
        },
    );
}

fn time_stamps(stage: &Stage, set: &mut Set) {
    let at = moment("2026-06-01T02:00:05Z");
    let token = || Token::new(&stage.pki.time_authority, at);
    let foreign = scene::forger().time_authority;
    let mut put = |name, what, due, version, stamping: Stamping| {
        let stamp = Stamp { time_stamp: Some(stamping), ..stage.stamp(version) };
        set.put(name, what, due, stage.stamped(&stamp).to_bytes());
    };
    put("timestamp-good.ofd", "a time stamp over the value", VALID, Version::V4, Stamping::with(token()));
    put("timestamp-good-v5.ofd", "the same in V5", VALID, Version::V5, Stamping::with(token()));
    put(
        "timestamp-untrusted.ofd",
        "a time stamp of an authority under a foreign root",
        warned(&["timestamp.untrusted"]),
        Version::V4,
        Stamping::with(Token::new(&foreign, at)),
    );
    put(
        "timestamp-unreadable.ofd",
        "a time stamp that is none",
        warned(&["timestamp.unreadable"]),
        Version::V4,
        Stamping::of(|_| b"no token".to_vec()),
    );
    put(
        "timestamp-of-other.ofd",
        "a time stamp over another value",
        invalid("timestamp"),
        Version::V4,
        Stamping::with(Token { imprint: Some(sm3::digest(b"other")), ..token() }),
    );
    let seal = Seal { time_stamp: Some(Stamping::with(token())), ..stage.seal(Version::V5) };
    let seal = Seal { created: moment("2026-05-30T00:00:00Z"), ..seal }.make();
    let stamp = Stamp { seal, ..stage.stamp(Version::V5) };
    set.put("v5-seal-timestamp.ofd", "a V5 seal with a time stamp of its own", VALID, stage.stamped(&stamp).to_bytes());
}

fn bare(stage: &Stage, set: &mut Set) {
    let plain = Due { coverage: None, ..VALID };
    for (name, version) in [("seal-v1.esl", Version::V1), ("seal-v4.esl", Version::V4), ("seal-v5.esl", Version::V5)] {
        set.put(name, "a bare seal", plain, stage.seal(version).make());
    }
    let ended = Seal { valid_to: moment("2026-10-31T16:00:00Z"), ..stage.seal(Version::V4) };
    set.put("seal-ended.esl", "a bare seal that has ended", invalid("seal.period"), ended.make());
    let value = stage.stamp(Version::V4).make(&sm3::digest(b"some document"), "/Doc_0/Signs/Sign_0/Signature.xml");
    set.put("value-v4.dat", "a bare signature value", plain, value);
}
