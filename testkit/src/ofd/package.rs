//! The files of a package, and signing them.

use super::{
    escape,
    xml::{element, root},
};
use crate::{
    cms::SignedData,
    compact,
    der::{BitForm, SM2_SM3, SM3},
    seal::Stamp,
    zip::{Archive, Entry, Method},
};
use base64::Engine as _;
use yinxin_trust::{base::Moment, sm::sm3};

/// Files by name, in the order in which they will be written.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Names without a leading `/`, and contents.
    pub files: Vec<(String, Vec<u8>)>,
    /// Files that are stored, not deflated.
    pub stored: Vec<String>,
    listed: Vec<String>,
}

/// How a FileRef is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceForm {
    /// `/Doc_0/Document.xml`.
    #[default]
    Absolute,
    /// `../../../Doc_0/Document.xml`, relative to the folder of Signature.xml.
    RelativeToFile,
    /// `Doc_0/Document.xml`.
    RelativeToRoot,
    /// `//Doc_0/Document.xml`.
    DoubleSlash,
}

/// How references are digested and what CheckMethod says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckMethod {
    /// SM3 by its identifier.
    Sm3,
    /// SHA-256 by its identifier.
    Sha256,
    /// SM3 under this attribute value; `None` writes no attribute (which means MD5).
    Sm3Named(Option<String>),
}

/// Where a stamp shows.
#[derive(Clone, Debug)]
pub struct Annotation {
    /// ID of the page, 10 for the first.
    pub page: u32,
    /// `x y w h`, millimetres.
    pub boundary: String,
}

/// One signature to make.
#[derive(Clone, Debug)]
pub struct Plan {
    /// SignatureDateTime says this instant.
    pub at: Moment,
    /// SignatureDateTime as text in place of it; empty writes none.
    pub date_time: Option<String>,
    /// Files that are left out of the references.
    pub uncovered: Vec<String>,
    /// Whether Signatures.xml is referenced, which forbids further signatures.
    pub lock: bool,
    /// Digest of the references.
    pub check_method: CheckMethod,
    /// Form of FileRef.
    pub reference_form: ReferenceForm,
    /// Whether Seal.esl is written.
    pub seal_file: bool,
    /// Where the stamp shows.
    pub annotations: Vec<Annotation>,
    /// Signature.xml is varied until its SM3 shows this form.
    pub hash_form: BitForm,
    /// `Type` in Signatures.xml; empty writes none.
    pub kind: &'static str,
    /// Further references: FileRef and CheckValue as they shall stand.
    pub extra_references: Vec<(String, String)>,
}

impl Plan {
    /// A sound stamp at this instant, over everything.
    pub fn at(at: Moment) -> Self {
        Self {
            at,
            date_time: None,
            uncovered: Vec::new(),
            lock: false,
            check_method: CheckMethod::Sm3,
            reference_form: ReferenceForm::Absolute,
            seal_file: true,
            annotations: vec![Annotation { page: 10, boundary: "140 220 42 42".to_owned() }],
            hash_form: BitForm::Whole,
            kind: "Seal",
            extra_references: Vec::new(),
        }
    }

    /// The same for `Type="Sign"`.
    pub fn sign(at: Moment) -> Self {
        Self { kind: "Sign", seal_file: false, annotations: Vec::new(), ..Self::at(at) }
    }
}

const LIST: &str = "Doc_0/Signs/Signatures.xml";

impl Package {
    /// Files with an empty list of signatures.
    pub fn new(files: Vec<(String, Vec<u8>)>) -> Self {
        let mut package = Self::unsigned(files);
        package.set(LIST, signature_list(&[]));
        package
    }

    /// Files as they are.
    pub fn unsigned(files: Vec<(String, Vec<u8>)>) -> Self {
        Self { files, stored: Vec::new(), listed: Vec::new() }
    }

    /// The content of a file.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn get(&self, name: &str) -> &[u8] {
        let found = self.files.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no file {name}")).1
    }

    /// Replaces a file, or adds it at the end.
    pub fn set(&mut self, name: &str, data: Vec<u8>) {
        match self.files.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = data,
            None => self.files.push((name.to_owned(), data)),
        }
    }

    /// Changes a file.
    pub fn edit(&mut self, name: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) {
        let data = change(self.get(name));
        self.set(name, data);
    }

    /// Takes a file out.
    pub fn remove(&mut self, name: &str) {
        self.files.retain(|(known, _)| known != name);
    }

    /// Adds a stamp. Its files are `Doc_0/Signs/Sign_N/…`.
    pub fn stamp(&mut self, plan: &Plan, stamp: &Stamp) {
        let plan = Plan { hash_form: stamp.hash_form, ..plan.clone() };
        let seal = plan.seal_file.then(|| stamp.seal.clone());
        self.sign(&plan, seal, |signature, path| stamp.make(&sm3::digest(signature), path));
    }

    /// Adds a signature of `Type="Sign"`.
    pub fn sign_data(&mut self, plan: &Plan, data: &SignedData) {
        self.sign(plan, None, |signature, _| data.make(signature));
    }

    /// Adds a signature whose value `make` computes from the octets and the
    /// absolute path of Signature.xml.
    ///
    /// # Panics
    /// When Signature.xml cannot be varied into the asked form within 2^20 tries.
    pub fn sign(&mut self, plan: &Plan, seal: Option<Vec<u8>>, make: impl FnOnce(&[u8], &str) -> Vec<u8>) {
        let number = self.listed.len();
        let folder = format!("Doc_0/Signs/Sign_{number}");
        if let Some(seal) = seal {
            self.set(&format!("{folder}/Seal.esl"), seal);
        }
        let kind = if plan.kind.is_empty() { String::new() } else { format!(" Type=\"{}\"", plan.kind) };
        let id = 10 * number + 1;
        self.listed.push(format!("<ofd:Signature ID=\"s{id:03}\"{kind} BaseLoc=\"/{folder}/Signature.xml\"/>"));
        self.set(LIST, signature_list(&self.listed));
        let signature = (0..1 << 20)
            .map(|variation| self.signature_file(plan, number, &folder, variation))
            .find(|file| plan.hash_form.shows_on(&sm3::digest(file)))
            .expect("some variation shows the form");
        let value = make(&signature, &format!("/{folder}/Signature.xml"));
        self.set(&format!("{folder}/Signature.xml"), signature);
        self.set(&format!("{folder}/SignedValue.dat"), value);
    }

    fn signature_file(&self, plan: &Plan, number: usize, folder: &str, variation: u32) -> Vec<u8> {
        let version = if variation == 0 { "1.0".to_owned() } else { format!("1.0.{variation}") };
        let provider = format!(
            "<ofd:Provider ProviderName=\"yinxin-testkit\" Company=\"never for production\" Version=\"{version}\"/>"
        );
        let date_time = plan.date_time.clone().unwrap_or_else(|| compact(plan.at));
        let date_time =
            if date_time.is_empty() { date_time } else { element("SignatureDateTime", &escape(&date_time)) };
        let one = |(place, annotation): (usize, &Annotation)| {
            format!(
                "<ofd:StampAnnot ID=\"s{}\" PageRef=\"{}\" Boundary=\"{}\"/>",
                format_args!("{:03}", 10 * number + 2 + place),
                annotation.page,
                annotation.boundary
            )
        };
        let annotations: String = plan.annotations.iter().enumerate().map(one).collect();
        let seal_name = format!("{folder}/Seal.esl");
        let has_seal = self.files.iter().any(|(name, _)| *name == seal_name);
        let seal =
            if has_seal { element("Seal", &element("BaseLoc", &format!("/{seal_name}"))) } else { String::new() };
        let info = provider
            + &element("SignatureMethod", SM2_SM3)
            + &date_time
            + &self.references(plan)
            + &annotations
            + &seal;
        let content = element("SignedInfo", &info) + &element("SignedValue", &format!("/{folder}/SignedValue.dat"));
        root("Signature", "", &content)
    }

    fn references(&self, plan: &Plan) -> String {
        let mut out = String::new();
        for (name, data) in &self.files {
            if (name == LIST && !plan.lock) || plan.uncovered.contains(name) {
                continue;
            }
            let place = match plan.reference_form {
                ReferenceForm::Absolute => format!("/{name}"),
                ReferenceForm::RelativeToFile => format!("../../../{name}"),
                ReferenceForm::RelativeToRoot => name.clone(),
                ReferenceForm::DoubleSlash => format!("//{name}"),
            };
            out += &reference(&place, &plan.check_method.value(data));
        }
        for (place, value) in &plan.extra_references {
            out += &reference(place, value);
        }
        let attribute = match &plan.check_method {
            CheckMethod::Sm3 => format!(" CheckMethod=\"{SM3}\""),
            CheckMethod::Sha256 => " CheckMethod=\"2.16.840.1.101.3.4.2.1\"".to_owned(),
            CheckMethod::Sm3Named(Some(name)) => format!(" CheckMethod=\"{}\"", escape(name)),
            CheckMethod::Sm3Named(None) => String::new(),
        };
        format!("<ofd:References{attribute}>{out}</ofd:References>")
    }

    /// As an archive, to be damaged.
    pub fn to_archive(&self) -> Archive {
        let entry = |(name, data): &(String, Vec<u8>)| {
            let method = if self.stored.contains(name) { Method::Stored } else { Method::Deflated };
            Entry::new(name, data.clone(), method)
        };
        Archive { entries: self.files.iter().map(entry).collect(), ..Archive::default() }
    }

    /// As a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_archive().to_bytes()
    }
}

impl CheckMethod {
    /// CheckValue of a file.
    pub fn value(&self, data: &[u8]) -> String {
        let digest = match self {
            Self::Sha256 => ring::digest::digest(&ring::digest::SHA256, data).as_ref().to_vec(),
            Self::Sm3 | Self::Sm3Named(_) => sm3::digest(data).to_vec(),
        };
        base64::engine::general_purpose::STANDARD.encode(digest)
    }
}

fn reference(place: &str, value: &str) -> String {
    format!("<ofd:Reference FileRef=\"{}\"><ofd:CheckValue>{value}</ofd:CheckValue></ofd:Reference>", escape(place))
}

fn signature_list(listed: &[String]) -> Vec<u8> {
    let largest = element("MaxSignId", &format!("s{:03}", 10 * listed.len()));
    root("Signatures", "", &(largest + &listed.concat()))
}
