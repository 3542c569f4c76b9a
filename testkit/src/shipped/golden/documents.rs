//! Documents: coverage, shadows, references, several signatures.

use super::{Due, REFUSED, Set, Stage, UNSIGNED, VALID, invalid, warned};
use crate::{
    damage::{flip, replace},
    moment,
    ofd::{CheckMethod, Document, Package, Plan, ReferenceForm},
    seal::{Stamp, Version},
    shipped::licence_document,
};

const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
const PARTIAL: Due = Due { coverage: Some("partial"), ..VALID };

pub(super) fn add(stage: &Stage, set: &mut Set) {
    several(stage, set);
    coverage(stage, set);
    metadata(stage, set);
    shadows(stage, set);
    references(stage, set);
    unsigned(set);
}

fn several(stage: &Stage, set: &mut Set) {
    let mut package = Document::titled("二十个机关会签的文件").package();
    for number in 0..20 {
        let stamper = stage.pki.stamper_named(&format!("演示市第{number}号机关"));
        let at = moment(&format!("2026-06-01T03:{number:02}:00Z"));
        let seal = stage.seal_for(&stamper).make();
        package.stamp(&Plan::at(at), &Stamp::new(Version::V4, seal, &stamper, at));
    }
    set.put("twenty-signatures.ofd", "twenty stampers, later ones cover earlier ones", VALID, package.to_bytes());
    let mut package = stage.stamped_as(&Plan { lock: true, ..stage.plan() }, &stage.stamp(Version::V4));
    set.put("list-covered.ofd", "the only signature covers Signatures.xml", VALID, package.to_bytes());
    package.stamp(&stage.plan(), &stage.stamp(Version::V4));
    let due = invalid("signature.references");
    set.put("list-covered-then-second.ofd", "a second signature broke the first", due, package.to_bytes());
}

fn coverage(stage: &Stage, set: &mut Set) {
    let without =
        |names: &[&str]| Plan { uncovered: names.iter().map(|&name| name.to_owned()).collect(), ..stage.plan() };
    let v4 = stage.stamp(Version::V4);
    let plain = stage.stamped_as(&without(&["OFD.xml"]), &v4);
    set.put("ofd-xml-uncovered.ofd", "OFD.xml is not referenced", PARTIAL, plain.to_bytes());
    let mut licence = licence_document().package();
    licence.stamp(&stage.plan(), &v4);
    set.put("licence.ofd", "a licence, all covered", VALID, licence.to_bytes());
    let mut licence = licence_document().package();
    licence.stamp(&without(&["Doc_0/Tpls/Tpl_0/Content.xml"]), &v4);
    let due = Due { coverage: Some("partial"), ..invalid("package.coverage") };
    set.put("licence-template-uncovered.ofd", "a licence whose template is not covered", due, licence.to_bytes());
    let mut licence = licence_document().package();
    licence.stamp(&without(&["OFD.xml"]), &v4);
    set.put("licence-ofd-xml-uncovered.ofd", "a licence whose OFD.xml is not covered", due, licence.to_bytes());
    let mut extra = stage.sound();
    extra.set("Doc_0/Res/left-over.bin", b"nobody links to this".to_vec());
    set.put("extra-entry.ofd", "an entry that nothing links to: a warning", VALID, extra.to_bytes());
}

/// Names and values of a licence's metadata.
type Pairs = Vec<(String, String)>;

/// What a licence says of itself: at odds, and in another form than is known here.
fn metadata(stage: &Stage, set: &mut Set) {
    let mut put = |name, what, due, change: &dyn Fn(&mut Pairs)| {
        let mut document = licence_document();
        change(&mut document.custom_datas);
        let mut package = document.package();
        package.stamp(&stage.plan(), &stage.stamp(Version::V4));
        set.put(name, what, due, package.to_bytes());
    };
    let write = |pairs: &mut Pairs, name: &str, value: &str| {
        pairs.iter_mut().filter(|(known, _)| known == name).for_each(|(_, old)| value.clone_into(old));
    };
    let odds = invalid("licence.metadata");
    put("licence-period-inverted.ofd", "a licence that ends before it begins", odds, &|pairs| {
        write(pairs, "ZZYXQJZRQ", "20260531");
    });
    put("licence-identifier-check.ofd", "an identifier with a wrong check character", odds, &|pairs| {
        let (_, identifier) = &mut pairs[0];
        let wrong = if identifier.ends_with('0') { "1" } else { "0" };
        identifier.replace_range(identifier.len() - 1.., wrong);
    });
    put("licence-other-body.ofd", "an issuing body code that is not the identifier's", odds, &|pairs| {
        let holder = pairs.iter().find(|(name, _)| name == "CZZTDM").map(|(_, code)| code.clone()).unwrap_or_default();
        write(pairs, "ZZBFJGDM", &holder);
    });
    put("licence-masked-holder.ofd", "a masked holder code: a warning", warned(&["licence.metadata_form"]), &|pairs| {
        write(pairs, "CZZTDM", "9299********DEM2**");
    });
    put(
        "licence-few-details.ofd",
        "a name and a number only: a warning",
        warned(&["licence.metadata_form"]),
        &|pairs| {
            pairs.retain(|(name, _)| matches!(name.as_str(), "ZZMC" | "ZZBH"));
        },
    );
}

fn shadows(stage: &Stage, set: &mut Set) {
    let v4 = stage.stamp(Version::V4);
    let open = Plan { uncovered: vec!["OFD.xml".to_owned()], ..stage.plan() };
    let mut package = stage.stamped_as(&open, &v4);
    let other = Document { signatures: false, ..Document::titled("换上来的新版本") };
    for (name, data) in &other.package().files {
        match name.strip_prefix("Doc_0/") {
            Some("Document.xml") => package
                .set("Doc_0/Document_1.xml", replace(data, b"Pages/Page_0/Content.xml", b"Pages/Page_9/Content.xml")),
            Some("Pages/Page_0/Content.xml") => package.set("Doc_0/Pages/Page_9/Content.xml", data.clone()),
            _ => {}
        }
    }
    let version = "<ofd:DocVersion xmlns:ofd=\"http://www.ofdspec.org/2016\" ID=\"2\" Version=\"1\" \
                   CreationDate=\"2026-06-02\"><ofd:FileList><ofd:File ID=\"1\">/Doc_0/Document_1.xml</ofd:File>\
                   </ofd:FileList><ofd:DocRoot>/Doc_0/Document_1.xml</ofd:DocRoot></ofd:DocVersion>";
    package.set("Doc_0/Versions/Version_1.xml", version.as_bytes().to_vec());
    let link = "</ofd:DocRoot><ofd:Versions><ofd:Version ID=\"2\" Index=\"1\" Current=\"true\" \
                BaseLoc=\"/Doc_0/Versions/Version_1.xml\"/></ofd:Versions>";
    package.edit("OFD.xml", |file| replace(file, b"</ofd:DocRoot>", link.as_bytes()));
    let due = invalid("package.shadowed");
    set.put("version-shadow.ofd", "a newer unsigned version stands before the signed one", due, package.to_bytes());

    set.put("second-body.ofd", "an unsigned second body behind the signed one", due, second_body(stage, &open, false));
    set.put("second-body-first.ofd", "an unsigned body before the signed one", due, second_body(stage, &open, true));
}

fn second_body(stage: &Stage, open: &Plan, first: bool) -> Vec<u8> {
    let mut package = stage.stamped_as(open, &stage.stamp(Version::V4));
    let other = Document::titled("夹带的第二文档");
    for (name, data) in other.package().files {
        if let Some(rest) = name.strip_prefix("Doc_0/").filter(|rest| !rest.starts_with("Signs/")) {
            package.set(&format!("Doc_1/{rest}"), data);
        }
    }
    let body = other.body_element("Doc_1", false);
    package.edit("OFD.xml", |file| {
        if first {
            replace(file, b"<ofd:DocBody>", format!("{body}<ofd:DocBody>").as_bytes())
        } else {
            replace(file, b"</ofd:OFD>", format!("{body}</ofd:OFD>").as_bytes())
        }
    });
    package.to_bytes()
}

fn references(stage: &Stage, set: &mut Set) {
    let v4 = stage.stamp(Version::V4);
    for (name, form) in [
        ("references-relative-to-file.ofd", ReferenceForm::RelativeToFile),
        ("references-relative-to-root.ofd", ReferenceForm::RelativeToRoot),
        ("references-double-slash.ofd", ReferenceForm::DoubleSlash),
    ] {
        let plan = Plan { reference_form: form, ..stage.plan() };
        set.put(name, "this form of FileRef", VALID, stage.stamped_as(&plan, &v4).to_bytes());
    }
    let mut method = |name, what, due, check_method| {
        let plan = Plan { check_method, ..stage.plan() };
        set.put(name, what, due, stage.stamped_as(&plan, &v4).to_bytes());
    };
    let named = |name: &str| CheckMethod::Sm3Named(Some(name.to_owned()));
    let refused = invalid("signature.digest_algorithm");
    method("method-name.ofd", "CheckMethod by name", VALID, named("sm3"));
    method("method-sha256.ofd", "SHA-256: a warning", VALID, CheckMethod::Sha256);
    method("method-absent.ofd", "no CheckMethod, which means MD5", refused, CheckMethod::Sm3Named(None));
    method("method-sha1.ofd", "CheckMethod says SHA1", refused, named("SHA1"));
    method("method-keyed.ofd", "CheckMethod says SM3 with a key", refused, named("1.2.156.10197.1.401.2"));

    let everything = Document::titled("").package().files.into_iter().map(|(name, _)| name);
    let seal = "Doc_0/Signs/Sign_0/Seal.esl".to_owned();
    let plan = Plan { uncovered: everything.chain([seal]).collect(), ..stage.plan() };
    let due = invalid("signature.references");
    set.put("references-empty.ofd", "References is empty", due, stage.stamped_as(&plan, &v4).to_bytes());
    let gone = vec![("/Doc_0/Attachs/gone.xml".to_owned(), CheckMethod::Sm3.value(b"gone"))];
    let plan = Plan { extra_references: gone, ..stage.plan() };
    set.put("reference-missing.ofd", "a referenced file is missing", due, stage.stamped_as(&plan, &v4).to_bytes());
    let mut package = stage.sound();
    package.edit(PAGE, |page| flip(page, page.len() / 2));
    set.put("page-altered.ofd", "one bit of the page changed", due, package.to_bytes());
    let plan = Plan { seal_file: false, ..stage.plan() };
    set.put("no-seal-file.ofd", "no Seal.esl, which is optional", VALID, stage.stamped_as(&plan, &v4).to_bytes());
    let plan = Plan { kind: "", ..stage.plan() };
    set.put("no-type.ofd", "no Type, which means Seal", VALID, stage.stamped_as(&plan, &v4).to_bytes());
    for (name, what, missing) in [
        ("missing-value.ofd", "SignedValue.dat is missing", "Doc_0/Signs/Sign_0/SignedValue.dat"),
        ("missing-signature.ofd", "Signature.xml is missing", "Doc_0/Signs/Sign_0/Signature.xml"),
        ("missing-list.ofd", "Signatures.xml is linked and missing", "Doc_0/Signs/Signatures.xml"),
    ] {
        let mut package = stage.sound();
        package.remove(missing);
        set.put(name, what, REFUSED, package.to_bytes());
    }
}

fn unsigned(set: &mut Set) {
    let empty: Package = Document::titled("空的签名列表").package();
    set.put("unsigned-empty-list.ofd", "an empty list of signatures", UNSIGNED, empty.to_bytes());
    let none = Document { signatures: false, ..Document::titled("没有签名") }.package();
    set.put("unsigned.ofd", "no list of signatures", UNSIGNED, none.to_bytes());
}
