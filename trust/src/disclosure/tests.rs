//! Vectors of docs/disclosure-format.md, which another program computed, and every way to be no disclosure.

use super::*;
use crate::trust_list::canonical::TypedFault;

fn secret() -> FieldSecret {
    FieldSecret::new(core::array::from_fn(|n| n as u8))
}

fn field(name: &str, title: &str, value: &str, form: FieldForm) -> Field {
    Field { name: name.to_owned(), title: title.to_owned(), value: value.to_owned(), form }
}

fn disclosed(name: &str, title: &str, value: &str, form: FieldForm) -> Disclosed {
    Disclosed { field: field(name, title, value, form), salt: secret().salt(name, form) }
}

/// A frame, a name and a masked name.
fn all() -> Vec<Disclosed> {
    vec![
        disclosed("ZZLXMC", "证照类型名称", "食品经营许可证", FieldForm::Whole),
        disclosed("ZZLXDM", "证照类型代码", "11100000MB0143028R003", FieldForm::Whole),
        disclosed("ZZBFJG", "颁发机构", "演示市市场监督管理局", FieldForm::Whole),
        disclosed("ZZBFJGDM", "证照颁发机构代码", "11330100MB0000000N", FieldForm::Whole),
        disclosed("CZZT", "经营者名称", "演示市小满面馆（个体工商户）", FieldForm::Whole),
        disclosed("legal_representative", "法定代表人（负责人）", "**国", FieldForm::Masked),
    ]
}

fn disclosure() -> Disclosure {
    let fields = all();
    let list = DigestList::new(fields.iter().map(|one| one.field.digest(&one.salt))).unwrap();
    Disclosure { digests: list.to_text(), signature: b"<xml/>".to_vec(), value: vec![0x30, 0], fields }
}

#[test]
fn salts_digests_and_nonces_are_those_of_the_format() {
    let fields = all();
    assert_eq!(hex::encode(fields[4].salt), "f662e4e50511e544762eea17180d3992");
    assert_eq!(
        hex::encode(fields[4].field.digest(&fields[4].salt)),
        "360d68693c9eebb9f58b3f95350ce7d832400e6cfd82978097008c7a2d6f5cb3"
    );
    assert_eq!(hex::encode(fields[5].salt), "592ab24c1209fa47f09fdcf6349ad59e");
    assert_eq!(
        hex::encode(fields[5].field.digest(&fields[5].salt)),
        "739a8695bbbfe5dc76caf3d4491d2c23861530c96ee6fe9971f140986da2cc38"
    );
    assert_eq!(secret().nonce("OFD.xml"), "3d6d6bb01daef3f18d85c5f78404c070");
    assert_eq!(format!("{:?}", secret()), "FieldSecret(Secret(..))");
}

#[test]
fn no_two_fields_have_one_digest() {
    let salt = [7; SALT_BYTES];
    let of = |name, title, value, form| field(name, title, value, form).digest(&salt);
    let first = of("ab", "c", "d", FieldForm::Whole);
    for other in [
        of("a", "bc", "d", FieldForm::Whole),
        of("ab", "cd", "", FieldForm::Whole),
        of("ab", "c", "d", FieldForm::Masked),
        of("ab", "c", "D", FieldForm::Whole),
        field("ab", "c", "d", FieldForm::Whole).digest(&[8; SALT_BYTES]),
    ] {
        assert_ne!(first, other);
    }
}

#[test]
fn a_list_has_one_form() {
    let text = disclosure().digests;
    assert_eq!(DigestList::read(&text).unwrap().to_text(), text);
    assert!(carries_digests(text.as_bytes()) && !carries_digests(b"yinxin-field"));
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let swapped = joined(&[lines[0], lines[2], lines[1]]);
    let twice = joined(&[lines[0], lines[1], lines[1]]);
    for (wrong, fault) in [
        (swapped, DisclosureFault::ListOrder),
        (twice, DisclosureFault::ListOrder),
        (text.trim_end().to_owned(), DisclosureFault::ListForm),
        (format!("{text}\n"), DisclosureFault::ListForm),
        (text.replace('\n', "\r\n"), DisclosureFault::ListForm),
        (text.to_uppercase(), DisclosureFault::ListForm),
        (joined(&[lines[0], &lines[1].to_uppercase()]), DisclosureFault::ListForm),
        (joined(&lines[1..]), DisclosureFault::ListForm),
        (joined(&lines[..1]), DisclosureFault::ListForm),
        (text.replace("digests/1", "digests/2"), DisclosureFault::ListForm),
        (joined(&[lines[0]]) + &format!("{}\n", lines[1]).repeat(513), DisclosureFault::ListCount { limit: 512 }),
    ] {
        assert_eq!(DigestList::read(&wrong), Err(fault), "{wrong:.80}");
    }
}

#[test]
fn a_file_reads_back_and_its_fields_are_in_the_list() {
    let made = disclosure();
    let file = made.to_file().unwrap();
    assert!(is_one(&file));
    let read = Disclosure::read(&file).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.check_fields(), Ok(6));
    assert_eq!(read.element(crate::licence::metadata::Element::Holder), Some("演示市小满面馆（个体工商户）"));
    // fewer fields are proven as well, and others are not
    let fewer = Disclosure { fields: made.fields[..5].to_vec(), ..made.clone() };
    assert_eq!(fewer.check_fields(), Ok(6));
    let changes: [fn(&mut Disclosed); 5] = [
        |one| one.field.value.push('x'),
        |one| one.field.title.push('x'),
        |one| one.field.name.push('x'),
        |one| one.field.form = FieldForm::Masked,
        |one| one.salt[0] ^= 1,
    ];
    for change in changes {
        let mut altered = made.clone();
        change(&mut altered.fields[4]);
        assert!(matches!(altered.check_fields(), Err(DisclosureFault::FieldAltered(_))));
    }
    // a masked value is none of the whole: it is not taken for an element
    let mut starred = made;
    starred.fields[4].field.form = FieldForm::Masked;
    assert_eq!(starred.element(crate::licence::metadata::Element::Holder), None);
}

#[test]
fn what_is_no_disclosure_is_named() {
    let file = String::from_utf8(disclosure().to_file().unwrap()).unwrap();
    let salt = hex::encode(all()[4].salt);
    let cases: [(String, &str); 12] = [
        (file[..file.len() - 1].to_owned(), "malformed"),
        (format!("{file} "), "malformed"),
        (file.replace("\"form\":", "\"from\":"), "malformed"),
        (file.replace("{\"digests\"", "{ \"digests\""), "malformed"),
        (file.replace("yinxin-disclosure/1", "yinxin-disclosure/2"), "unknown_version"),
        (file.replace("\"signature\":\"PHhtbC8+\"", "\"signature\":\"PHhtbC8\""), "base64"),
        (file.replace(&salt, &salt[2..]), "salt"),
        (file.replace(&salt, &salt.to_uppercase()), "salt"),
        (file.replace("\"name\":\"CZZT\"", "\"name\":\"ZZLXMC\""), "field_twice"),
        (file.replace("\"name\":\"CZZT\"", "\"name\":\"CZ ZT\""), "field_name"),
        (file.replace("\"name\":\"ZZLXDM\"", "\"name\":\"ZZLXD\""), "frame_missing"),
        (file.replace("\"form\":\"whole\"", "\"form\":\"half\""), "malformed"),
    ];
    for (wrong, code) in cases {
        assert_ne!(wrong, file, "{code}");
        let fault = Disclosure::read(wrong.as_bytes()).unwrap_err();
        assert_eq!(fault.code(), code, "{fault}");
        let sentence = fault.sentence();
        assert!(!sentence.zh.is_empty() && sentence.en.ends_with('.'), "{sentence:?}");
    }
    let huge = [file.as_bytes(), &vec![b' '; FILE_BYTES]].concat();
    assert!(matches!(Disclosure::read(&huge), Err(DisclosureFault::Form(TypedFault::Form(_)))));
    assert_eq!(Disclosure { fields: Vec::new(), ..disclosure() }.to_file().unwrap_err().code(), "field_count");
}
