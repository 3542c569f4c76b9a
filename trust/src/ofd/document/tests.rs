//! Structure, reachability, versions, lists and signature files.

use crate::base::Limits;
use crate::ofd::testing::{xml, zip};
use crate::ofd::*;

const OFD: &str = "<o:OFD NS Version=\"1.1\" DocType=\"OFD\"><o:DocBody><o:DocInfo><o:Title>许可证</o:Title>CUSTOM</o:DocInfo>\
    <o:DocRoot>Doc_0/Document.xml</o:DocRoot><o:Signatures>/Doc_0/Signs/Signatures.xml</o:Signatures>MORE</o:DocBody>BODIES</o:OFD>";
const DOCUMENT: &str = "<o:Document NS><o:CommonData><o:PublicRes>PublicRes.xml</o:PublicRes>\
    <o:TemplatePage ID=\"9\" BaseLoc=\"Tpls/T.xml\"/></o:CommonData><o:Pages><o:Page ID=\"1\" BaseLoc=\"Pages/P.xml\"/></o:Pages>\
    <o:Annotations>Annots/Annotations.xml</o:Annotations><o:CustomTags>Tags/CustomTags.xml</o:CustomTags>\
    <o:Attachments>/Doc_0/Attachs/Attachments.xml</o:Attachments><o:Extensions>Extensions.xml</o:Extensions></o:Document>";

struct Files(Vec<(String, Vec<u8>)>);

impl Files {
    /// A document with every kind of link.
    fn full() -> Self {
        let mut files = Self(Vec::new());
        files.put("OFD.xml", &OFD.replace("CUSTOM", "").replace("MORE", "").replace("BODIES", ""));
        files.put("Doc_0/Document.xml", DOCUMENT);
        files.put(
            "Doc_0/PublicRes.xml",
            "<o:Res NS BaseLoc=\"Res\"><o:ColorSpaces><o:ColorSpace Profile=\"c.icc\"/></o:ColorSpaces><o:Fonts><o:Font ID=\"3\">\
             <o:FontFile>f.ttf</o:FontFile></o:Font></o:Fonts><o:MultiMedias><o:MultiMedia><o:MediaFile>gone.png</o:MediaFile>\
             </o:MultiMedia></o:MultiMedias></o:Res>",
        );
        files.put("Doc_0/Res/c.icc", "icc");
        files.put("Doc_0/Res/f.ttf", "font");
        files.put("Doc_0/Tpls/T.xml", "<o:Page NS/>");
        files.put("Doc_0/Pages/P.xml", "<o:Page NS><o:PageRes>PageRes.xml</o:PageRes></o:Page>");
        files.put("Doc_0/Pages/PageRes.xml", "<o:Res NS/>");
        files.put(
            "Doc_0/Annots/Annotations.xml",
            "<o:Annotations NS><o:Page PageID=\"1\"><o:FileLoc>A.xml</o:FileLoc></o:Page></o:Annotations>",
        );
        files.put("Doc_0/Annots/A.xml", "<o:PageAnnot NS/>");
        files.put(
            "Doc_0/Tags/CustomTags.xml",
            "<o:CustomTags NS><o:CustomTag><o:SchemaLoc>s.xsd</o:SchemaLoc><o:FileLoc>CustomTag.xml</o:FileLoc></o:CustomTag></o:CustomTags>",
        );
        files.put("Doc_0/Tags/s.xsd", "<s/>");
        files.put("Doc_0/Tags/CustomTag.xml", "<:eInvoice not well-formed");
        files.put(
            "Doc_0/Attachs/Attachments.xml",
            "<o:Attachments NS><o:Attachment ID=\"5\"><o:FileLoc>a.xml</o:FileLoc></o:Attachment></o:Attachments>",
        );
        files.put("Doc_0/Attachs/a.xml", "<a/>");
        files.put(
            "Doc_0/Extensions.xml",
            "<o:Extensions NS><o:Extension><o:ExtendData>Ext/e.xml</o:ExtendData></o:Extension></o:Extensions>",
        );
        files.put("Doc_0/Ext/e.xml", "<e/>");
        files
    }

    fn put(&mut self, name: &str, text: &str) {
        self.0.retain(|(other, _)| other != name);
        self.0.push((name.to_owned(), xml(text)));
    }

    fn octets(&self) -> Vec<u8> {
        zip(&self.0.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect::<Vec<_>>())
    }

    fn read(&self) -> (Result<Document, ReadError>, Vec<&'static str>) {
        let octets = self.octets();
        let package = Package::open(&octets, &Limits::default()).unwrap();
        let document = Document::read(&package);
        (document, package.faults().iter().map(PackageFault::code).collect())
    }
}

#[test]
fn every_link_is_followed() {
    let mut files = Files::full();
    files.put("Doc_0/extra.txt", "nobody links here");
    let (document, faults) = files.read();
    let document = document.unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(document.unlinked.iter().collect::<Vec<_>>(), ["Doc_0/extra.txt"]);
    assert_eq!(document.reachable.len(), files.0.len() - 1);
    let missing: Vec<_> = document.missing.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(missing, ["Doc_0/Res/gone.png", "Doc_0/Signs/Signatures.xml"]);
    let body = &document.bodies[0];
    assert_eq!((body.title.as_deref(), body.pages), (Some("许可证"), 1));
    assert_eq!(body.signatures.as_ref().map(|s| s.exists), Some(false));
    assert!(!document.is_licence() && document.current_version().is_none());
}

#[test]
fn a_careless_viewer_hides_nothing() {
    let mut files = Files::full();
    files.put("doc_0/RES/Gone.PNG", "shown where case does not count");
    let (document, _) = files.read();
    assert!(document.unwrap().shown.contains("doc_0/RES/Gone.PNG"));
    let mut files = Files::full();
    let stray = "<x:DocBody xmlns:x=\"urn:x\"><x:DocRoot>Doc_1/Document.xml</x:DocRoot></x:DocBody>";
    files.put("OFD.xml", &OFD.replace("CUSTOM", "").replace("MORE", "").replace("BODIES", stray));
    files.put("Doc_1/Document.xml", "<o:Document NS/>");
    let document = files.read().0.unwrap();
    assert_eq!(document.bodies.len(), 1);
    assert!(document.shown.contains("Doc_1/Document.xml"));
}

#[test]
fn structural_offences_have_names() {
    let with = |name: &str, text: &str| {
        let mut files = Files::full();
        files.put(name, text);
        files.read()
    };
    let plain = OFD.replace("CUSTOM", "").replace("BODIES", "");
    let (document, faults) = with("OFD.xml", &plain.replace("MORE", "<o:DocRoot>Doc_1/Document.xml</o:DocRoot>"));
    assert_eq!((document.is_ok(), faults), (true, vec!["duplicate_element"]));
    let (document, faults) = with("OFD.xml", "<o:OFD NS/>");
    assert_eq!((document.is_ok(), faults), (false, vec!["no_document_body"]));
    let (document, faults) = with("OFD.xml", "<o:OFD NS><o:DocBody/></o:OFD>");
    assert_eq!((document.is_ok(), faults), (true, vec!["document_root_missing"]));
    let (document, faults) = with("OFD.xml", "<!DOCTYPE x><o:OFD NS/>");
    assert_eq!((document.is_ok(), faults), (false, vec!["xml_doctype"]));
    let (document, faults) = with("Doc_0/Document.xml", "<!DOCTYPE x><o:Document NS/>");
    assert_eq!((document.is_ok(), faults), (true, vec!["xml_doctype"]));
    let (_, faults) = with("Doc_0/Tags/CustomTag.xml", "<!DOCTYPE x><:eInvoice>");
    assert_eq!(faults, ["xml_doctype"]);
    let (_, faults) = with("Doc_0/Attachs/a.xml", "<!-- --><!DOCTYPE x><a/>");
    assert_eq!(faults, ["xml_doctype"]);
    let (_, faults) = with("Doc_0/Pages/P.xml", "<o:Page NS>");
    assert_eq!(faults, ["xml_malformed"]);
    let (_, faults) = with("Doc_0/Pages/P.xml", "<o:Page NS><o:PageRes>../../../x</o:PageRes></o:Page>");
    assert_eq!(faults, ["location_leaves_package"]);
    let many = "<o:DocBody><o:DocRoot>Doc_0/Document.xml</o:DocRoot></o:DocBody>".repeat(65);
    let (_, faults) = with("OFD.xml", &format!("<o:OFD NS>{many}</o:OFD>"));
    assert_eq!(faults, ["too_many_bodies"]);
    let twice =
        "<o:Versions><o:Version Current='true' BaseLoc='a'/><o:Version Current='true' BaseLoc='b'/></o:Versions>";
    let (_, faults) = with("OFD.xml", &plain.replace("MORE", twice));
    assert_eq!(faults, ["several_current_versions"]);
    let octets = zip(&[("ofd.xml", b"x")]);
    let package = Package::open(&octets, &Limits::default()).unwrap();
    assert!(Document::read(&package).is_err());
    assert_eq!(package.faults()[0].code(), "entry_point_missing");
}

#[test]
fn bodies_versions_and_licences() {
    let mut files = Files::full();
    let custom =
        "<o:CustomDatas><o:CustomData Name=\"zzbs\">1.2.156</o:CustomData><o:CustomData Name=\"b\"/></o:CustomDatas>";
    let versions = "<o:Versions><o:Version ID=\"1\" BaseLoc=\"/Doc_0/V/1.xml\"/><o:Version ID=\"2\" BaseLoc=\"Doc_0/V/2.xml\"/></o:Versions>";
    let second = "<o:DocBody><o:DocRoot>Doc_1/Document.xml</o:DocRoot></o:DocBody>";
    files.put("OFD.xml", &OFD.replace("CUSTOM", custom).replace("MORE", versions).replace("BODIES", second));
    files.put("Doc_0/V/1.xml", "<o:DocVersion NS><o:FileList><o:File ID=\"1\">/Doc_0/Signs/Sign_0/Signature.xml</o:File></o:FileList><o:DocRoot>/Doc_0/Document.xml</o:DocRoot></o:DocVersion>");
    files.put("Doc_0/V/2.xml", "<o:DocVersion NS><o:DocRoot>/Doc_0/Document_1.xml</o:DocRoot></o:DocVersion>");
    files.put("Doc_0/Document_1.xml", "<o:Document NS/>");
    files.put("Doc_1/Document.xml", "<o:Document NS/>");
    files.put("Doc_0/Signs/Sign_0/Signature.xml", "<x/>");
    let document = files.read().0.unwrap();
    assert!(document.is_licence());
    assert_eq!(document.bodies.len(), 2);
    assert_eq!(document.bodies[0].custom_datas, [("zzbs".into(), "1.2.156".into()), ("b".into(), String::new())]);
    let current = document.current_version().unwrap();
    assert_eq!((current.file.as_str(), current.index, current.is_original), ("Doc_0/V/2.xml", 1, false));
    assert_eq!(current.reachable.iter().collect::<Vec<_>>(), ["Doc_0/Document_1.xml", "Doc_0/V/2.xml"]);
    assert_eq!(document.bodies[1].reachable.iter().collect::<Vec<_>>(), ["Doc_1/Document.xml"]);
    let signature = "Doc_0/Signs/Sign_0/Signature.xml";
    assert!(document.reachable.contains(signature) && !document.shown.contains(signature));
}

fn list(text: &str) -> SignatureList {
    let octets = zip(&[("D/Signatures.xml", &xml(text)), ("D/S/Signature.xml", b"")]);
    let package = Package::open(&octets, &Limits { signatures: 2, ..Limits::default() }).unwrap();
    SignatureList::read(&package, "D/Signatures.xml").unwrap()
}

fn codes(faults: &[SignatureFault]) -> Vec<&str> {
    faults.iter().map(SignatureFault::code).collect()
}

#[test]
fn a_signature_list() {
    let sound = list(
        "<o:Signatures NS><o:MaxSignId>1</o:MaxSignId><o:Signature ID=\"1\" BaseLoc=\"S/Signature.xml\"/>\
         <o:MaxSignId>2</o:MaxSignId><o:Signature ID=\"2\" Type=\"Sign\" Relative=\"1\" BaseLoc=\"/D/T/Signature.xml\"/></o:Signatures>",
    );
    assert!(sound.faults.is_empty());
    let kinds: Vec<_> = sound.items.iter().map(|i| (i.kind, i.kind_given, i.file.as_ref().unwrap().exists)).collect();
    assert_eq!(kinds, [(Some(SignatureKind::Seal), false, true), (Some(SignatureKind::Sign), true, false)]);
    assert_eq!(sound.items[1].relative.as_deref(), Some("1"));
    let bad = list(
        "<o:Signatures NS><o:Signature ID=\"1\" Type=\"Stamp\" BaseLoc=\"../../x\"/><o:Signature/><o:Signature/></o:Signatures>",
    );
    assert_eq!(
        codes(&bad.faults),
        [
            "unknown_signature_type",
            "location_leaves_package",
            "missing_attribute",
            "missing_attribute",
            "too_many_signatures"
        ]
    );
    let twice = "<o:Signature ID=\"1\" BaseLoc=\"S/Signature.xml\"/>".repeat(2);
    let twice = list(&format!("<o:Signatures NS>{twice}</o:Signatures>"));
    assert_eq!(codes(&twice.faults), ["duplicate_id", "duplicate_signature_file"]);
}

fn file(text: &str) -> SignatureFile {
    let octets = zip(&[("S/Signature.xml", &xml(text)), ("OFD.xml", b"x"), ("S/SignedValue.dat", b"v")]);
    let package = Package::open(&octets, &Limits { references: 2, ..Limits::default() }).unwrap();
    SignatureFile::read(&package, "S/Signature.xml").unwrap()
}

#[test]
fn a_signature_file() {
    let sound = file(
        "<o:Signature NS><o:SignedInfo><o:Provider ProviderName=\"p\"/><o:SignatureMethod>1.2</o:SignatureMethod>\
         <o:SignatureDateTime>20240601</o:SignatureDateTime><o:References CheckMethod=\"sm3\"><o:Reference FileRef=\"/OFD.xml\">\
         <o:CheckValue> AQ\nI= </o:CheckValue></o:Reference><o:Reference FileRef=\"gone\"><o:CheckValue>!</o:CheckValue></o:Reference>\
         </o:References><o:StampAnnot ID=\"1\" PageRef=\"10\" Boundary=\"1 2 3 4\"/><o:Seal><o:BaseLoc>Seal.esl</o:BaseLoc></o:Seal>\
         </o:SignedInfo><o:SignedValue>SignedValue.dat</o:SignedValue></o:Signature>",
    );
    assert!(sound.faults.is_empty(), "{:?}", sound.faults);
    assert_eq!(sound.method(), CheckMethod::Sm3);
    assert_eq!(sound.provider.as_deref(), Some("p"));
    assert_eq!(sound.references[0].check_value.as_deref(), Ok([1, 2].as_slice()));
    assert_eq!(sound.references[1].check_value, Err(ReferenceFault::Encoding));
    assert_eq!(sound.referenced().collect::<Vec<_>>(), ["OFD.xml"]);
    assert_eq!(sound.own_files().collect::<Vec<_>>(), ["S/Signature.xml", "S/SignedValue.dat", "S/Seal.esl"]);
    assert_eq!(sound.stamps[0].page_ref, "10");
    assert_eq!(&*sound.raw, xml(core::str::from_utf8(&sound.raw).unwrap()).as_slice());
}

#[test]
fn signature_files_with_two_meanings() {
    let empty = file("<o:Signature NS/>");
    assert_eq!(codes(&empty.faults), ["missing_element"; 3]);
    assert!(!empty.has_references);
    let value = "<o:SignedValue>SignedValue.dat</o:SignedValue>";
    let references = "<o:References/>";
    let doubled = [
        format!("<o:SignedInfo>{references}</o:SignedInfo><o:SignedInfo/>{value}"),
        format!("<o:SignedInfo>{references}</o:SignedInfo>{value}{value}"),
        format!("<o:SignedInfo>{references}{references}</o:SignedInfo>{value}"),
    ];
    for text in doubled {
        assert_eq!(codes(&file(&format!("<o:Signature NS>{text}</o:Signature>")).faults), ["duplicate_element"]);
    }
    let reference = "<o:Reference FileRef=\"/OFD.xml\"><o:CheckValue>AQI=</o:CheckValue><o:CheckValue>AQM=</o:CheckValue></o:Reference>";
    let many = format!("<o:SignedInfo><o:References>{}</o:References></o:SignedInfo>{value}", reference.repeat(3));
    let many = file(&format!("<o:Signature NS>{many}</o:Signature>"));
    assert_eq!(codes(&many.faults), ["too_many_references"]);
    assert_eq!(many.references.len(), 2);
    assert_eq!(many.references[0].check_value, Err(ReferenceFault::Several));
    let foreign =
        format!("<o:SignedInfo><x:References xmlns:x=\"urn:x\">{reference}</x:References></o:SignedInfo>{value}");
    let foreign = file(&format!("<o:Signature NS>{foreign}</o:Signature>"));
    assert_eq!((codes(&foreign.faults), foreign.references.len()), (vec!["missing_element"], 0));
    let out = "<o:SignedInfo><o:References/><o:Seal><o:BaseLoc>../../x</o:BaseLoc></o:Seal></o:SignedInfo>";
    let out = file(&format!("<o:Signature NS>{out}{value}</o:Signature>"));
    assert_eq!(codes(&out.faults), ["location_leaves_package"]);
}

#[test]
fn coverage_counts_what_is_shown() {
    let mut files = Files::full();
    let item = |page: &str| format!("<o:Signatures NS><o:Signature ID=\"1\" BaseLoc=\"{page}\"/></o:Signatures>");
    files.put("Doc_0/Signs/Signatures.xml", &item("S/Signature.xml"));
    let references: String = files
        .0
        .iter()
        .filter(|(name, _)| !name.contains("Pages/") && !name.contains("Signs/"))
        .map(|(name, _)| format!("<o:Reference FileRef=\"/{name}\"><o:CheckValue>AQ==</o:CheckValue></o:Reference>"))
        .collect();
    files.put(
        "Doc_0/Signs/S/Signature.xml",
        &format!(
            "<o:Signature NS><o:SignedInfo><o:References>{references}</o:References></o:SignedInfo>\
             <o:SignedValue>/Doc_0/Pages/P.xml</o:SignedValue></o:Signature>"
        ),
    );
    let octets = files.octets();
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let document = Document::read(&package).unwrap();
    let mut protection = Protection::new();
    protection.list(&SignatureList::read(&package, "Doc_0/Signs/Signatures.xml").unwrap());
    let file = SignatureFile::read(&package, "Doc_0/Signs/S/Signature.xml").unwrap();
    protection.signature(&file);
    assert_eq!(coverage(&document, &protection).uncovered.len(), document.shown.len());
    protection.valid(&file);
    let result = coverage(&document, &protection);
    // the page claims to be a signature value; it is shown all the same
    assert_eq!(result.uncovered, ["Doc_0/Pages/P.xml", "Doc_0/Pages/PageRes.xml"]);
    assert!(result.unlinked.is_empty() && !result.is_complete());
}
