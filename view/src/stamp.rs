//! Stamps: the picture of each seal at the places that its signature names (GB/T 33190
//! 18.2.3), taken from the stamp value, which is what was verified.

use crate::{
    finding::{Code, Findings},
    geometry::{Matrix, Rect},
    page,
    painter::Painter,
    picture::data_address,
    svg::Svg,
};
use core::fmt::Write as _;
use yinxin_trust::{
    base::Limits,
    ofd::{Package, SignatureFile, SignatureKind, SignatureList},
    seal::{Stamp, make::SealPicture},
};

/// Octets of the picture of a seal.
const PICTURE: usize = 2 << 20;
/// What reading a seal that is an OFD counts for beside its octets, as objects are weighed: it unpacks to far more.
const UNPACKED: usize = 1 << 20;

/// A signature that is shown, with what is needed to draw its seal.
#[derive(Debug)]
pub(crate) struct Shown {
    id: String,
    /// Its place among all signatures of the document.
    place: usize,
    /// Page ids, boundaries and clips.
    at: Vec<(String, Rect, Option<Rect>)>,
    /// The entry of the value; none for a signature without a seal.
    value: Option<String>,
}

/// The stamps of a document, in the order of its lists.
pub(crate) fn read(package: &Package<'_>, lists: &[String], findings: &mut Findings) -> Vec<Shown> {
    let mut found = Vec::new();
    let mut place = 0;
    for list in lists {
        let Ok(list) = SignatureList::read(package, list) else { continue };
        for item in list.items {
            let here = place;
            place += 1;
            let Some(file) = item.file.ok().and_then(|file| SignatureFile::read(package, &file.name).ok()) else {
                continue;
            };
            if file.stamps.is_empty() {
                continue;
            }
            let mut at = Vec::new();
            for annot in &file.stamps {
                let clip = annot.clip.as_deref().map(Rect::parse);
                match (Rect::parse(&annot.boundary), clip) {
                    (Some(rect), None) => at.push((annot.page_ref.clone(), rect, None)),
                    (Some(rect), Some(Some(clip))) => at.push((annot.page_ref.clone(), rect, Some(clip))),
                    _ => findings.add(Code::BadValue, "StampAnnot"),
                }
            }
            let value = file.signed_value.as_ref().and_then(|value| value.as_ref().ok());
            let value = value.filter(|_| item.kind == Some(SignatureKind::Seal));
            let value = value.map(|value| value.name.clone());
            found.push(Shown { id: item.id, place: here, at, value });
        }
    }
    found
}

impl Painter<'_, '_, '_> {
    /// The seals on the page of this id.
    pub(crate) fn stamps(&mut self, stamps: &[Shown], page: &str) {
        for stamp in stamps {
            for (page_ref, rect, clip) in &stamp.at {
                if page_ref != page || rect.w <= 0.0 || rect.h <= 0.0 {
                    continue;
                }
                if !self.canvas.budget.object(0, &mut self.canvas.findings) || !self.canvas.has_room(0) {
                    return;
                }
                self.stamp(stamp, *rect, *clip);
            }
        }
    }

    fn stamp(&mut self, stamp: &Shown, rect: Rect, clip: Option<Rect>) {
        let place = Matrix([rect.w, 0.0, 0.0, rect.h, rect.x, rect.y]);
        let mut out = Svg::default();
        if self.seen.is_some_and(|seen| !seen.holds(stamp.place, &stamp.id)) {
            self.canvas.findings.add(Code::StampNotShown, &stamp.id);
            self.canvas.crossed_box(&mut out, place);
            self.canvas.put(&[&out.0]);
            return;
        }
        let octets = stamp.value.as_deref().and_then(|entry| self.package.read(entry).ok());
        let picture = octets.as_deref().and_then(|value| {
            let stamp = Stamp::parse(value).ok()?;
            (stamp.seal.picture.data.len() <= PICTURE).then_some(stamp)
        });
        let Some(value) = picture else {
            self.canvas.findings.add(Code::StampNotRead, &stamp.id);
            self.canvas.crossed_box(&mut out, place);
            self.canvas.put(&[&out.0]);
            return;
        };
        if let Some(clip) = clip {
            let number = self.canvas.clip(Rect { x: rect.x + clip.x, y: rect.y + clip.y, ..clip });
            let opening = number.map(|number| format!("<g clip-path=\"url(#s{number})\">"));
            if !opening.is_some_and(|opening| self.canvas.put(&[&opening])) {
                return;
            }
        }
        let data = value.seal.picture.data;
        if data.starts_with(b"PK\x03\x04") {
            self.page_as_picture(data, rect);
        } else {
            // pictures of seals have a name of their own among those of the page
            let key = (usize::MAX - stamp.place, String::new());
            let ours = SealPicture::of_seal(&value.seal).ok().filter(|picture| picture.kind() == "SVG");
            let number = match ours {
                // of the small subset that refers to nothing
                Some(picture) => self.canvas.own_image(key, || data_address("image/svg+xml", picture.octets())),
                None => self.canvas.image(key, Some(data), &format!("{} {}", stamp.id, value.seal.picture.kind), true),
            };
            match number {
                Some(number) => {
                    let _ = write!(out.0, "<use href=\"#s{number}\"");
                    out.transform(place).text("/>");
                }
                None => self.canvas.crossed_box(&mut out, place),
            }
            self.canvas.put(&[&out.0]);
        }
        self.canvas.close(usize::from(clip.is_some()));
    }

    /// A seal that is an OFD itself: its first page, stretched over the boundary, under
    /// what is left of the same budgets.
    fn page_as_picture(&mut self, octets: &[u8], rect: Rect) {
        if !self.canvas.budget.object(octets.len() + UNPACKED, &mut self.canvas.findings) {
            return;
        }
        let limits = Limits {
            package_entries: 200,
            entry_inflated_bytes: 4 << 20,
            total_inflated_bytes: 8 << 20,
            xml_bytes: 4 << 20,
            xml_nodes: 100_000,
            ..self.package.limits().clone()
        };
        let place = self.canvas.number();
        let drawn = Package::open(&octets, &limits)
            .ok()
            .and_then(|package| page::as_picture(self.canvas, &package, place, rect));
        if drawn.is_none() {
            self.canvas.findings.add(Code::ImageDamaged, "OFD");
            let mut out = Svg::default();
            self.canvas.crossed_box(&mut out, Matrix([rect.w, 0.0, 0.0, rect.h, rect.x, rect.y]));
            self.canvas.put(&[&out.0]);
        }
    }
}
