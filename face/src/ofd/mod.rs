//! A drawing as an OFD package (GB/T 33190-2016): one body, the template of the
//! face, the licence's own page and font, metadata in CustomDatas, `licence.json`
//! attached, and CustomTags that bind each field to the texts that show it. Every
//! entry is linked, so that a signature over all of them covers all that is shown.

mod content;
mod document;
mod tags;

use crate::{
    drawing::Drawing,
    font::{Fonts, subset, subset_named},
    page::{Item, Source},
};
use std::collections::{BTreeMap, BTreeSet};
use yinxin_trust::ofd::write::{DosTime, PackagePlan, Part, WriteFault};

/// ID of the first page, which stamps name.
pub(crate) const FIRST_PAGE: u64 = 1;
/// IDs of the templates: of the first page, of attached ones.
const TEMPLATES: [u64; 2] = [2, 3];
/// IDs of the fonts of the face, by their place in the set.
const FACE_FONTS: u64 = 10;
/// IDs of the fonts of the licence, by their place in the set.
const LICENCE_FONTS: u64 = 30;
const PHOTO: u64 = 50;
const FIRST_FREE: u64 = 100;
/// The entry point.
const OFD_XML: &str = "OFD.xml";
/// The name of the list of digests, by which fields are disclosed.
const DIGESTS: &str = "field-digests.txt";
/// Where a package of ours keeps the list of digests, by which fields are disclosed.
pub const DIGESTS_ENTRY: &str = "Doc_0/Attachs/field-digests.txt";
/// Where a package of ours keeps its photograph, by coding.
pub const PHOTO_ENTRIES: [&str; 2] = ["Doc_0/Res/photo.jpg", "Doc_0/Res/photo.png"];

/// What all licences of a face share, digested and compressed once.
#[derive(Clone, Debug, Default)]
pub(crate) struct FixedParts {
    /// Of the first page, of attached ones.
    templates: Vec<Part>,
    /// Place in the set of fonts, and the subset.
    fonts: Vec<(usize, Part)>,
    next_id: u64,
}

impl FixedParts {
    /// From what stands on the first page and on attached ones.
    pub(crate) fn new(pages: &[&[Item]; 2], fonts: &Fonts) -> Result<Self, WriteFault> {
        let mut ids = Ids(FIRST_FREE);
        let mut templates = Vec::new();
        for items in pages {
            let mut page = content::Page::new(None, &mut ids);
            for item in *items {
                page.item(item, FACE_FONTS, fonts, &mut ids);
            }
            templates.push(Part::deflated(page.finish().into_bytes())?);
        }
        let used = characters(pages.iter().copied().flatten());
        let mut parts = Vec::new();
        for (font, characters) in used {
            let family = family("Face", font);
            parts.push((font, Part::stored(subset(fonts.get(font), &characters, &family).octets)?));
        }
        Ok(Self { templates, fonts: parts, next_id: ids.0 })
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Part> {
        self.templates.iter().chain(self.fonts.iter().map(|(_, part)| part))
    }
}

/// Hands out IDs: positive, each once.
struct Ids(u64);

impl Ids {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0 - 1
    }
}

/// The text objects that show something, with the page they stand on.
type Shown = BTreeMap<Source, Vec<(u64, u64)>>;

/// The characters of the texts, by font.
pub(crate) fn characters<'a>(items: impl Iterator<Item = &'a Item>) -> BTreeMap<usize, BTreeSet<char>> {
    let mut used: BTreeMap<usize, BTreeSet<char>> = BTreeMap::new();
    for item in items {
        if let Item::Text(text) = item {
            used.entry(text.font).or_default().extend(text.glyphs.iter().map(|placed| placed.character));
        }
    }
    used
}

/// Name of a subset: in its name table, in PublicRes.xml and of its file alike,
/// because readers differ in which of them they go by.
fn family(kind: &str, font: usize) -> String {
    format!("Yinxin{kind}{}", font + 1)
}

/// The package of a drawing.
pub(crate) fn package(drawing: &Drawing) -> Result<PackagePlan, WriteFault> {
    let face = &drawing.face;
    let time = DosTime::of(drawing.at).map_err(|error| WriteFault::Unreadable(error.to_string()))?;
    let mut ids = Ids(face.parts.next_id);
    let mut shown = Shown::new();
    let mut pages = Vec::new();
    for (index, sheet) in drawing.sheets.iter().enumerate() {
        let id = if index == 0 { FIRST_PAGE } else { ids.next() };
        let mut page = content::Page::new(Some(TEMPLATES[usize::from(sheet.is_attached)]), &mut ids);
        for item in &sheet.items {
            let object = page.item(item, LICENCE_FONTS, &face.fonts, &mut ids);
            if let Item::Text(text) = item
                && let Some(source) = text.source
            {
                shown.entry(source).or_default().push((id, object));
            }
        }
        pages.push((id, page.finish()));
    }
    let attachment_id = ids.next();
    if drawing.disclosure.is_some() {
        ids.next();
    }
    let largest = ids.0 - 1;
    let used = characters(drawing.sheets.iter().flat_map(|sheet| &sheet.items));
    let photo = drawing.sheets.iter().flat_map(|sheet| &sheet.items).find_map(|item| match item {
        Item::Image(image) => Some(&image.photo),
        _ => None,
    });
    let has_attached = drawing.sheets.len() > 1;

    let secret = drawing.disclosure.as_ref().map(|(secret, _)| secret);
    let entry = |name: String, text: String| {
        let text = match secret {
            Some(secret) => unguessable(&text, &secret.nonce(&name)),
            None => text,
        };
        Ok::<_, WriteFault>((name, Part::stored(text.into_bytes())?))
    };
    let doc = |name: &str, text: String| entry(format!("Doc_0/{name}"), text);
    let fonts_of_face = face.parts.fonts.iter().map(|(font, _)| *font);
    let mut entries = vec![
        (OFD_XML.to_owned(), Part::stored(document::ofd(drawing).into_bytes())?),
        doc("Document.xml", document::document(drawing, &pages, largest, photo.is_some()))?,
        doc("PublicRes.xml", document::public_res(fonts_of_face, used.keys().copied()))?,
    ];
    if let Some(photo) = photo {
        entries.push(doc("DocumentRes.xml", document::document_res(photo))?);
        entries.push((format!("Doc_0/Res/{}", document::photo_name(photo)), Part::stored(photo.octets.to_vec())?));
    }
    for (number, part) in face.parts.templates.iter().take(1 + usize::from(has_attached)).enumerate() {
        entries.push((format!("Doc_0/Tpls/Tpl_{number}/Content.xml"), part.clone()));
    }
    for (number, (_, page)) in pages.into_iter().enumerate() {
        entries.push(doc(&format!("Pages/Page_{number}/Content.xml"), page)?);
    }
    for (font, part) in &face.parts.fonts {
        entries.push((format!("Doc_0/Res/{}", document::font_name("Face", *font)), part.clone()));
    }
    for (font, characters) in &used {
        // made of the characters of values: its identifier is what nobody can guess
        let family = family("Licence", *font);
        let unique = secret.map_or_else(|| family.clone(), |secret| secret.nonce(&family));
        let octets = subset_named(face.fonts.get(*font), characters, &family, &unique).octets;
        entries.push((format!("Doc_0/Res/{}", document::font_name("Licence", *font)), Part::stored(octets)?));
    }
    entries.extend([
        ("Doc_0/Tags/CustomTags.xml".to_owned(), Part::stored(tags::list().into_bytes())?),
        doc("Tags/CustomTag.xml", tags::tag(face, &shown))?,
        doc("Attachs/Attachments.xml", document::attachments(drawing, attachment_id))?,
        (format!("Doc_0/Attachs/{}", drawing.attachment.0), Part::stored(drawing.attachment.1.clone())?),
    ]);
    if let Some((_, digests)) = &drawing.disclosure {
        entries.push((DIGESTS_ENTRY.to_owned(), Part::stored(digests.clone().into_bytes())?));
    }
    PackagePlan::new(entries, time)
}

/// A file with a comment behind its first line, which holds what nobody can guess: a digest of the file, which a
/// disclosure shows, then tells nothing of what stands in it.
fn unguessable(text: &str, nonce: &str) -> String {
    let (head, rest) = text.split_once('\n').unwrap_or(("", text));
    format!("{head}\n<!-- {nonce} -->\n{rest}")
}

/// A file whose root is an OFD element.
fn root(name: &str, attributes: &str, content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 160);
    for piece in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ofd:",
        name,
        " xmlns:ofd=\"http://www.ofdspec.org/2016\"",
        attributes,
        ">",
        content,
        "</ofd:",
        name,
        ">\n",
    ] {
        out.push_str(piece);
    }
    out
}

/// Appends text as XML content or attribute value.
fn escape_into(out: &mut String, character: char) {
    match character {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        other => out.push(other),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|character| escape_into(&mut out, character));
    out
}
