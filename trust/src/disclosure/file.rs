//! The file: one canonical JSON (RFC 8785).

use super::{DigestList, DisclosureFault, FRAME, Field, FieldForm, SALT_BYTES, Salt};
use crate::{
    licence::metadata::{Element, Naming},
    trust_list::canonical::{self, Budget, TypedFault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The word for the format.
const FORMAT: &str = "yinxin-disclosure/1";

/// Octets with which every such file begins.
pub(crate) const BEGINS: &[u8] = b"{\"digests\":\"yinxin-field-digests/";

/// Most fields that are disclosed at once: more than a type has.
const MOST_FIELDS: usize = 256;

/// Longest name of a field.
const LONGEST_NAME: usize = 64;

/// Octets of the longest file.
pub const FILE_BYTES: usize = 4 << 20;

const BUDGET: Budget = Budget { octets: FILE_BYTES, depth: 3, values: 8 + 6 * MOST_FIELDS, items: MOST_FIELDS };

/// Whether a file says of itself that it is a disclosure.
pub fn is_one(first: &[u8]) -> bool {
    first.starts_with(BEGINS)
}

/// A chosen field with what makes its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosed {
    /// The field.
    pub field: Field,
    /// Its salt.
    pub salt: Salt,
}

/// Chosen fields of one licence, and what they are held against. Nothing of it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The list of digests, as it stands in the package.
    pub digests: String,
    /// Signature.xml.
    pub signature: Vec<u8>,
    /// SignedValue.dat: SES_Signature in DER.
    pub value: Vec<u8>,
    /// The chosen fields, each name once.
    pub fields: Vec<Disclosed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    digests: String,
    fields: Vec<Entry>,
    format: String,
    signature: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    form: FieldForm,
    name: String,
    salt: String,
    title: String,
    value: String,
}

impl Disclosure {
    /// The octets of the file.
    ///
    /// # Errors
    /// [`DisclosureFault`] where what was chosen cannot be read back.
    pub fn to_file(&self) -> Result<Vec<u8>, DisclosureFault> {
        let fields = self.fields.iter().map(|Disclosed { field, salt }| Entry {
            form: field.form,
            name: field.name.clone(),
            salt: hex::encode(salt),
            title: field.title.clone(),
            value: field.value.clone(),
        });
        let file = File {
            digests: self.digests.clone(),
            fields: fields.collect(),
            format: FORMAT.to_owned(),
            signature: STANDARD.encode(&self.signature),
            value: STANDARD.encode(&self.value),
        };
        self.sound()?;
        Ok(canonical::to_octets(&file, &BUDGET)?)
    }

    /// Reads a file. Whether it proves anything is another question.
    ///
    /// # Errors
    /// [`DisclosureFault`].
    pub fn read(octets: &[u8]) -> Result<Self, DisclosureFault> {
        let file: File = canonical::from_octets(octets, &BUDGET).map_err(|fault| match fault {
            TypedFault::Members(_) => of_another_version(octets).unwrap_or(fault.into()),
            TypedFault::Form(_) => fault.into(),
        })?;
        if file.format != FORMAT {
            return Err(DisclosureFault::UnknownVersion(shown(&file.format)));
        }
        let fields = file.fields.into_iter().map(|entry| {
            let salt = salt(&entry.salt).ok_or_else(|| DisclosureFault::Salt(shown(&entry.name)))?;
            let Entry { form, name, title, value, .. } = entry;
            Ok(Disclosed { field: Field { name, title, form, value }, salt })
        });
        let of_base64 = |name, text: &str| STANDARD.decode(text.as_bytes()).map_err(|_| DisclosureFault::Base64(name));
        let read = Self {
            fields: fields.collect::<Result<_, DisclosureFault>>()?,
            signature: of_base64("signature", &file.signature)?,
            value: of_base64("value", &file.value)?,
            digests: file.digests,
        };
        read.sound()?;
        Ok(read)
    }

    /// How many fields the licence has, shown and not.
    ///
    /// # Errors
    /// [`DisclosureFault`], also where a field is not in the list: the first that is not.
    pub fn check_fields(&self) -> Result<usize, DisclosureFault> {
        let list = DigestList::read(&self.digests)?;
        let altered = self.fields.iter().find(|one| !list.contains(&one.field.digest(&one.salt)));
        match altered {
            Some(one) => Err(DisclosureFault::FieldAltered(shown(&one.field.name))),
            None => Ok(list.count()),
        }
    }

    /// The value of an element of GB/T 36903, where it is disclosed whole.
    pub fn element(&self, element: Element) -> Option<&str> {
        let name = element.name(Naming::Short);
        let found = self.fields.iter().find(|one| one.field.name == name && one.field.form == FieldForm::Whole);
        found.map(|one| one.field.value.trim()).filter(|value| !value.is_empty())
    }

    /// What can be said without the list: names once each, and the frame is there.
    fn sound(&self) -> Result<(), DisclosureFault> {
        if self.fields.is_empty() || self.fields.len() > MOST_FIELDS {
            return Err(DisclosureFault::FieldCount { limit: MOST_FIELDS });
        }
        let mut names = BTreeSet::new();
        for Disclosed { field, .. } in &self.fields {
            let is_word = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'_';
            if field.name.is_empty() || field.name.len() > LONGEST_NAME || !field.name.bytes().all(is_word) {
                return Err(DisclosureFault::Name(shown(&field.name)));
            }
            if !names.insert(field.name.as_str()) {
                return Err(DisclosureFault::FieldTwice(shown(&field.name)));
            }
        }
        let missing = FRAME.into_iter().map(|element| element.name(Naming::Short)).find(|name| !names.contains(name));
        missing.map_or(Ok(()), |name| Err(DisclosureFault::Frame(name)))
    }
}

/// Names come from outside: cut to what is said of them.
fn shown(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

fn salt(text: &str) -> Option<Salt> {
    let mut salt = [0; SALT_BYTES];
    hex::decode_to_slice(text, &mut salt).ok()?;
    // one form only
    (hex::encode(salt) == text).then_some(salt)
}

/// The fault of a file that is of another version of the format.
fn of_another_version(octets: &[u8]) -> Option<DisclosureFault> {
    #[derive(Deserialize)]
    struct Any {
        format: String,
    }
    let Any { format } = serde_json::from_slice(octets).ok()?;
    (format != FORMAT).then(|| DisclosureFault::UnknownVersion(shown(&format)))
}
