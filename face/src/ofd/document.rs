//! The files around the pages: OFD.xml, Document.xml, resources, attachments.

use super::{DIGESTS, FACE_FONTS, LICENCE_FONTS, PHOTO, TEMPLATES, escape, family, root};
use crate::{
    drawing::Drawing,
    number::join,
    photo::{Kind, Photo},
};
use core::fmt::Write as _;
use yinxin_trust::{base::Day, sm::sm3};

/// OFD.xml with the metadata in CustomDatas.
pub(super) fn ofd(drawing: &Drawing) -> String {
    // nobody can guess it, where fields are disclosed; else a document of the same licence and time is the same document
    let copy = if drawing.is_annotated { "\ncopy" } else { "" };
    let id = match &drawing.disclosure {
        Some((secret, _)) => secret.nonce(super::OFD_XML),
        None => hex::encode(&sm3::digest(format!("{}\n{}{copy}", drawing.identifier, drawing.at).as_bytes())[..16]),
    };
    let mut out = String::with_capacity(2048);
    out.push_str("<ofd:DocBody><ofd:DocInfo>");
    let _ = write!(
        out,
        "<ofd:DocID>{}</ofd:DocID><ofd:Title>{}</ofd:Title><ofd:Author>{}</ofd:Author>",
        id,
        escape(&drawing.face.title),
        escape(&drawing.issuing_body),
    );
    if let Ok(day) = Day::in_beijing_at(drawing.at) {
        let _ = write!(out, "<ofd:CreationDate>{day}</ofd:CreationDate>");
    }
    let _ = write!(
        out,
        "<ofd:Creator>yinxin</ofd:Creator><ofd:CreatorVersion>{}</ofd:CreatorVersion><ofd:CustomDatas>",
        env!("CARGO_PKG_VERSION")
    );
    for (name, value) in &drawing.pairs {
        let _ = write!(out, "<ofd:CustomData Name=\"{}\">{}</ofd:CustomData>", escape(name), escape(value));
    }
    out.push_str("</ofd:CustomDatas></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>");
    root("OFD", " Version=\"1.0\" DocType=\"OFD\"", &out)
}

/// Document.xml.
pub(super) fn document(drawing: &Drawing, pages: &[(u64, String)], largest: u64, has_photo: bool) -> String {
    let page = drawing.page;
    let mut out = String::with_capacity(1024);
    let _ = write!(
        out,
        "<ofd:CommonData><ofd:MaxUnitID>{largest}</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>{}</ofd:PhysicalBox>\
         </ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>",
        join([0.0, 0.0, page.w, page.h]),
    );
    if has_photo {
        out.push_str("<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>");
    }
    for (number, id) in TEMPLATES.iter().take(1 + usize::from(pages.len() > 1)).enumerate() {
        let _ = write!(out, "<ofd:TemplatePage ID=\"{id}\" BaseLoc=\"Tpls/Tpl_{number}/Content.xml\"/>");
    }
    out.push_str("</ofd:CommonData><ofd:Pages>");
    for (number, (id, _)) in pages.iter().enumerate() {
        let _ = write!(out, "<ofd:Page ID=\"{id}\" BaseLoc=\"Pages/Page_{number}/Content.xml\"/>");
    }
    out.push_str(
        "</ofd:Pages><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>\
         <ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
    );
    root("Document", "", &out)
}

pub(super) fn font_name(kind: &str, font: usize) -> String {
    format!("{}.ttf", family(kind, font))
}

/// PublicRes.xml: the fonts of the face and of the licence.
pub(super) fn public_res(face: impl Iterator<Item = usize>, licence: impl Iterator<Item = usize>) -> String {
    let mut out = String::with_capacity(1024);
    out.push_str("<ofd:Fonts>");
    let faces = face.map(|font| (FACE_FONTS, "Face", font));
    let licences = licence.map(|font| (LICENCE_FONTS, "Licence", font));
    for (first, kind, font) in faces.chain(licences) {
        let (id, name, file) = (first + font as u64, family(kind, font), font_name(kind, font));
        let _ = write!(
            out,
            "<ofd:Font ID=\"{id}\" FontName=\"{name}\" FamilyName=\"{name}\"><ofd:FontFile>{file}</ofd:FontFile></ofd:Font>"
        );
    }
    out.push_str("</ofd:Fonts>");
    root("Res", " BaseLoc=\"Res\"", &out)
}

pub(super) const fn photo_name(photo: &Photo) -> &'static str {
    match photo.kind {
        Kind::Jpeg => "photo.jpg",
        Kind::Png => "photo.png",
    }
}

/// DocumentRes.xml: the photograph.
pub(super) fn document_res(photo: &Photo) -> String {
    let format = match photo.kind {
        Kind::Jpeg => "JPEG",
        Kind::Png => "PNG",
    };
    let media = format!(
        "<ofd:MultiMedias><ofd:MultiMedia ID=\"{PHOTO}\" Type=\"Image\" Format=\"{format}\">\
         <ofd:MediaFile>{}</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>",
        photo_name(photo)
    );
    root("Res", " BaseLoc=\"Res\"", &media)
}

/// Attachments.xml: a JSON file and a list of digests, which readers need not show. IDs count from `first`.
pub(super) fn attachments(drawing: &Drawing, first: u64) -> String {
    // xs:dateTime without a zone, as files of other makers have it: Beijing time
    let local: String = drawing.at.at_offset_hours(8).chars().take(19).collect();
    let (name, octets) = &drawing.attachment;
    let one = |id: u64, name: &str, format: &str, bytes: usize| {
        let name = escape(name);
        format!(
            "<ofd:Attachment ID=\"{id}\" Name=\"{name}\" Format=\"{format}\" CreationDate=\"{}\" Size=\"{}\" \
             Visible=\"false\" Usage=\"none\"><ofd:FileLoc>{name}</ofd:FileLoc></ofd:Attachment>",
            local.replace(' ', "T"),
            join([bytes as f64 / 1024.0]),
        )
    };
    let mut all = one(first, name, "json", octets.len());
    if let Some((_, digests)) = &drawing.disclosure {
        all.push_str(&one(first + 1, DIGESTS, "txt", digests.len()));
    }
    root("Attachments", "", &all)
}
