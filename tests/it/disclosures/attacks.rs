//! What is altered, swapped or taken from elsewhere proves nothing, and each has its name.

use super::{NAME, Scene, issued};
use crate::support::{database::Database, house};
use std::sync::Arc;
use yinxin::flow::{
    shown::{Shown, state},
    verify::{Verifier, VerifyError},
};
use yinxin_trust::{
    anchor::Anchors,
    disclosure::{DigestList, Disclosed, Disclosure, Field, FieldForm, FieldSecret},
    ofd::write::{DosTime, PackagePlan, Part},
    verify::{CheckId, Policy, Report, Verdict},
};

/// Nothing of it is said, and the offence has its name.
#[track_caller]
fn refused(report: &Report, id: &str, code: &str, shown: Shown) {
    let all = report.checks.iter().chain(report.signatures.iter().flat_map(|one| &one.checks));
    let found = all.clone().find(|check| check.id.as_str() == id).unwrap();
    assert_eq!((report.verdict, found.code.as_str()), (Verdict::Invalid, code), "{found:?}");
    assert_eq!((report.disclosure.as_ref(), report.licence.as_ref(), state(report)), (None, None, shown));
}

#[test]
fn every_alteration_is_found() {
    let database = Database::sqlite();
    let scene = Scene::new(&database);
    let other = issued(&scene.counter, &scene.kind, 2);
    let names = ["ZZBS", "ZZBH", "CZZT", "business_premises"];
    let (own, theirs) = (scene.disclose(&names).unwrap(), scene.disclose_of(&other, &names).unwrap());
    let (own, theirs) = (Disclosure::read(&own).unwrap(), Disclosure::read(&theirs).unwrap());
    let verify = |disclosure: &Disclosure| scene.verify(&disclosure.to_file().unwrap());
    assert_eq!(state(&verify(&own)), Shown::Valid);
    let at = |name: &str| own.fields.iter().position(|one| one.field.name == name).unwrap();

    let altered: [fn(&mut Disclosed); 4] = [
        |one| one.field.value = "李小满".to_owned(),
        |one| one.field.title = "法定代表人".to_owned(),
        |one| one.field.form = FieldForm::Masked,
        |one| one.salt[15] ^= 1,
    ];
    for alter in altered {
        let mut file = own.clone();
        alter(&mut file.fields[at("CZZT")]);
        refused(&verify(&file), "disclosure.fields", "field_altered", Shown::Tampered);
    }
    // the number of another licence of the same person
    let mut swapped = own.clone();
    swapped.fields[at("ZZBH")] = theirs.fields[at("ZZBH")].clone();
    refused(&verify(&swapped), "disclosure.fields", "field_altered", Shown::Tampered);
    // with its digest put into the list, and with the whole list of the other
    let mut grown = swapped.clone();
    let digest = |one: &Disclosed| hex::encode(one.field.digest(&one.salt));
    let mut lines: Vec<&str> = own.digests.lines().skip(1).collect();
    let added = digest(&swapped.fields[at("ZZBH")]);
    lines.push(&added);
    lines.sort_unstable();
    grown.digests = format!("yinxin-field-digests/1\n{}\n", lines.join("\n"));
    refused(&verify(&grown), "signature.references", "list_not_referenced", Shown::Tampered);
    let listed = Disclosure { digests: theirs.digests.clone(), fields: theirs.fields.clone(), ..own.clone() };
    refused(&verify(&listed), "signature.references", "list_not_referenced", Shown::Tampered);
    // with its Signature.xml, or with its value
    let signed = Disclosure { signature: theirs.signature.clone(), ..listed };
    refused(&verify(&signed), "signature.data_hash", "differs", Shown::Tampered);
    let valued = Disclosure { value: theirs.value.clone(), ..own.clone() };
    refused(&verify(&valued), "signature.data_hash", "differs", Shown::Tampered);
    // a digest twice, out of order
    let mut twice = own.clone();
    twice.digests.push_str(own.digests.lines().last().unwrap());
    twice.digests.push('\n');
    refused(&verify(&twice), "disclosure.fields", "list_order", Shown::Tampered);
    // Signature.xml that references a list of the forger's
    let mut forged = grown;
    let text = String::from_utf8(own.signature.clone()).unwrap();
    let of = |list: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.encode(yinxin_trust::sm::sm3::digest(list.as_bytes()))
    };
    let replaced = text.replace(&of(&own.digests), &of(&forged.digests));
    assert_ne!(replaced, text);
    forged.signature = replaced.into_bytes();
    refused(&verify(&forged), "signature.data_hash", "differs", Shown::Tampered);
    // and one that is none
    let blank = b"<ofd:Signature xmlns:ofd=\"http://www.ofdspec.org/2016\"/>";
    let none = Disclosure { signature: blank.to_vec(), ..own.clone() };
    refused(&verify(&none), "signature.data_hash", "differs", Shown::FileBad);
    for no_signature in [&b"<Signature/>"[..], b"PK", b""] {
        let other = Disclosure { signature: no_signature.to_vec(), ..own.clone() };
        refused(&verify(&other), "signature.format", "malformed", Shown::FileBad);
    }
    // a value with something behind it, and none at all
    let trailing = Disclosure { value: [&own.value[..], b"\0"].concat(), ..own.clone() };
    refused(&verify(&trailing), "signature.format", "trailing", Shown::FileBad);
    let empty = Disclosure { value: Vec::new(), ..own };
    refused(&verify(&empty), "signature.format", "malformed", Shown::FileBad);
}

#[test]
fn a_cut_file_is_none() {
    let database = Database::sqlite();
    let scene = Scene::new(&database);
    let file = scene.disclose(&["CZZT"]).unwrap();
    for end in [40, file.len() / 2, file.len() - 1] {
        refused(&scene.verify(&file[..end]), "disclosure.readable", "malformed", Shown::FileBad);
    }
    refused(&scene.verify(&[&file[..], b"\n"].concat()), "disclosure.readable", "malformed", Shown::FileBad);
    let verifier = &scene.counter.house.issuer.verifier;
    for none in [&file[..30], b"{\"digests\":\"other\"}"] {
        assert_eq!(verifier.verify(&none, None), Err(VerifyError::NotADocument));
    }
}

/// Sound, but of an authority that nobody here trusts.
#[test]
fn another_house_proves_nothing_here() {
    let (ours, theirs) = (Database::sqlite(), Database::sqlite());
    let (scene, stranger) = (Scene::new(&ours), Scene::new(&theirs));
    let file = stranger.disclose(&["CZZT"]).unwrap();
    assert_eq!(stranger.verify(&file).verdict, Verdict::Valid);
    let report = scene.verify(&file);
    assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignerPath)));
    assert_eq!(state(&report), Shown::Untrusted);
    // who trusts nobody learns that it is intact
    let nobody =
        Verifier::new(Anchors::not_asked(), Policy::default(), Arc::clone(&scene.counter.house.clock) as Arc<_>);
    let intact = nobody.verify(&file, None).unwrap();
    assert_eq!((intact.verdict, intact.disclosure.is_some()), (Verdict::Intact, true));
    let proven = &intact.disclosure.unwrap().fields;
    assert!(proven.iter().any(|one| one.value == NAME));
}

/// A document with a hidden list of digests gets no stamp but by issuing.
#[test]
fn a_list_of_digests_is_not_stamped_elsewhere() {
    let secret = FieldSecret::new([7; 32]);
    let field = Field {
        name: "CZZT".to_owned(),
        title: "持证主体".to_owned(),
        form: FieldForm::Whole,
        value: "假的".to_owned(),
    };
    let list = DigestList::new([field.digest(&secret.salt("CZZT", FieldForm::Whole))]).unwrap().to_text();
    let time = DosTime::of(house::begin()).unwrap();
    let package = |extra: Option<&str>| {
        let ofd = "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\" Version=\"1.0\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>";
        let root =
            "<ofd:Document xmlns:ofd=\"http://www.ofdspec.org/2016\"><ofd:CommonData/><ofd:Pages/></ofd:Document>";
        let mut entries = vec![
            ("OFD.xml".to_owned(), Part::stored(ofd.into()).unwrap()),
            ("Doc_0/Document.xml".to_owned(), Part::stored(root.into()).unwrap()),
        ];
        entries.extend(extra.map(|text| ("Doc_0/notes.bin".to_owned(), Part::deflated(text.into()).unwrap())));
        PackagePlan::new(entries, time).unwrap().to_bytes().unwrap()
    };
    let open = |octets: &[u8]| {
        let opened = yinxin_trust::ofd::append::Foreign::open(&octets, &yinxin_trust::base::Limits::default());
        opened.map(|_| ()).map_err(|fault| fault.code())
    };
    assert_eq!(open(&package(None)), Ok(()));
    assert_eq!(open(&package(Some("notes"))), Ok(()));
    assert_eq!(open(&package(Some(&list))), Err("field_digests"));
}
