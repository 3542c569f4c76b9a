//! Face templates: read from TOML, checked against the catalogue entry, and the
//! parts that every licence of the face shares made once.

mod offence;
mod raw;
mod shapes;
mod texts;

pub use offence::{FaceError, FaceOffence};

use crate::{
    colour::Colour,
    font::Fonts,
    layout::{self, Style},
    ofd::FixedParts,
    page::{Item, Rect},
};
use raw::{RawCopy, RawFace, RawStyle};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use yinxin_trust::{
    licence::{Offences, catalogue::CatalogueEntry, metadata::Element},
    ofd::write::Part,
};

/// Longest template, octets.
const BYTES: usize = 256 << 10;
/// Most styles, shapes and texts.
const MOST: usize = 600;

/// A checked face (证照模板); cheap to clone.
#[derive(Clone, Debug)]
pub struct Face {
    pub(crate) inner: Arc<Checked>,
}

/// A face with nothing wrong, and what is made of it once.
pub(crate) struct Checked {
    /// Of the type, as the title of the document.
    pub(crate) title: String,
    pub(crate) page: Rect,
    pub(crate) fields: Vec<FieldOnFace>,
    /// Texts with placeholders.
    pub(crate) texts: Vec<TextBox>,
    pub(crate) photo: Option<PhotoBox>,
    pub(crate) seal: Rect,
    pub(crate) code: Rect,
    pub(crate) copy: CopyPlaces,
    pub(crate) attached: Option<Attached>,
    /// What every page of the face shows.
    pub(crate) fixed: Vec<Item>,
    pub(crate) fonts: Arc<Fonts>,
    pub(crate) parts: FixedParts,
}

impl core::fmt::Debug for Checked {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} of {} fields", self.title, self.fields.len())
    }
}

/// A field of the catalogue entry.
pub(crate) struct FieldOnFace {
    pub(crate) name: String,
    /// In Chinese, from the schema.
    pub(crate) title: String,
    pub(crate) fills: Option<Element>,
    pub(crate) is_date: bool,
    pub(crate) required: bool,
}

/// A text with placeholders.
#[derive(Clone, Debug)]
pub(crate) struct TextBox {
    pub(crate) place: String,
    pub(crate) area: Rect,
    pub(crate) style: Style,
    pub(crate) pieces: Vec<Piece>,
    /// Whether it may go on to an attached page.
    pub(crate) attach: bool,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Fixed(String),
    /// By its place in the catalogue entry.
    Field(usize),
    Element(Element),
    /// Number of the attached page, from 1.
    Page,
    /// How many attached pages there are.
    Pages,
}

/// Where the photograph goes.
pub(crate) struct PhotoBox {
    pub(crate) area: Rect,
    pub(crate) required: bool,
}

/// Where a copy says that it is one.
pub(crate) struct CopyPlaces {
    pub(crate) mark: (Rect, Style),
    pub(crate) foot: (Rect, Style),
}

/// How attached pages (附页) look.
pub(crate) struct Attached {
    pub(crate) area: Rect,
    pub(crate) heading: Style,
    pub(crate) body: Style,
    pub(crate) texts: Vec<TextBox>,
    pub(crate) fixed: Vec<Item>,
}

impl Face {
    /// What every licence of the face has in its package: templates and fonts.
    pub fn fixed_parts(&self) -> impl Iterator<Item = &Part> {
        self.inner.parts.all()
    }

    /// Reads a template. What is fixed is drawn, subset and compressed here.
    ///
    /// # Errors
    /// [`FaceError`]; the offences all at once.
    pub fn parse(toml: &str, entry: &CatalogueEntry, fonts: &Arc<Fonts>) -> Result<Self, FaceError> {
        if toml.len() > BYTES {
            return Err(FaceError::TooLong { limit: BYTES });
        }
        let raw: RawFace = toml::from_str(toml).map_err(|error| FaceError::Toml(error.to_string()))?;
        let mut offences = Vec::new();
        let checked = Reader::new(&raw, entry, fonts, &mut offences).read(&raw, entry);
        Offences::none_or_all(offences)?;
        Ok(Self { inner: Arc::new(checked) })
    }

    /// Whether the page has a place for a photograph, and then whether it must be filled.
    pub fn wants_photo(&self) -> Option<bool> {
        self.inner.photo.as_ref().map(|place| place.required)
    }

    /// Sides of the page, millimetres.
    pub fn page_mm(&self) -> (f64, f64) {
        (self.inner.page.w, self.inner.page.h)
    }
}

/// Reads a template, noting offences.
struct Reader<'a> {
    fonts: &'a Arc<Fonts>,
    fields: Vec<FieldOnFace>,
    styles: BTreeMap<String, Style>,
    page: Rect,
    offences: &'a mut Vec<FaceOffence>,
    /// What takes room on the page, by its name.
    taken: Vec<(String, Rect)>,
    shown: BTreeSet<usize>,
}

impl<'a> Reader<'a> {
    fn new(raw: &RawFace, entry: &CatalogueEntry, fonts: &'a Arc<Fonts>, offences: &'a mut Vec<FaceOffence>) -> Self {
        let page = Rect::new(0.0, 0.0, raw.page.width, raw.page.height);
        if ![page.w, page.h].iter().all(|side| (50.0..=1000.0).contains(side)) {
            offences.push(FaceOffence::PageSize);
        }
        let styles = BTreeMap::new();
        let mut reader =
            Self { fonts, fields: fields(entry), styles, page, offences, taken: Vec::new(), shown: BTreeSet::new() };
        for (name, style) in raw.style.iter().take(MOST) {
            let style = reader.style(name, style);
            reader.styles.insert(name.clone(), style);
        }
        reader
    }

    fn read(mut self, raw: &RawFace, entry: &CatalogueEntry) -> Checked {
        if raw.face != entry.face {
            self.offences.push(FaceOffence::OtherFace { face: shortened(&raw.face), entry: entry.face.clone() });
        }
        let attached_count = raw.attached.as_ref().map_or(0, |attached| attached.shape.len() + attached.text.len());
        if raw.style.len() + raw.shape.len() + raw.text.len() + attached_count > MOST {
            self.offences.push(FaceOffence::TooMany { limit: MOST });
        }
        let background = self.colour("page", &raw.page.background);
        let mut fixed = vec![shapes::background(self.page, background)];
        fixed.extend(self.shapes(&raw.shape));
        let texts = self.texts(&raw.text, raw.attached.is_some(), false, &mut fixed);
        let photo = raw.photo.as_ref().map(|photo| {
            let area = self.take("photo", photo.area);
            PhotoBox { area, required: photo.required }
        });
        let code = self.take("code", raw.code.area);
        if (code.w - code.h).abs() > 0.001 || code.w < 15.0 {
            self.offences.push(FaceOffence::CodeSize);
        }
        let copy = self.copy(&raw.copy);
        let seal = self.seal(raw.seal.area);
        self.overlaps();
        let attached = raw.attached.as_ref().map(|attached| {
            self.taken.clear();
            // copies mark every page in the same places
            self.taken.extend([("copy.mark".to_owned(), copy.mark.0), ("copy.foot".to_owned(), copy.foot.0)]);
            let mut fixed = vec![shapes::background(self.page, background)];
            fixed.extend(self.shapes(&attached.shape));
            let texts = self.texts(&attached.text, false, true, &mut fixed);
            let area = self.take("attached", attached.area);
            let (heading, body) =
                (self.named_style("attached", &attached.heading), self.named_style("attached", &attached.body));
            if area.h < heading.size * heading.leading + 2.0 * body.size * body.leading {
                self.offences.push(FaceOffence::AttachedSize);
            }
            self.overlaps();
            Attached { area, heading, body, texts, fixed }
        });
        self.fields_shown(&raw.hidden);
        let pages = [Some(fixed.as_slice()), attached.as_ref().map(|attached| attached.fixed.as_slice())];
        let parts = match FixedParts::new(&pages.map(Option::unwrap_or_default), self.fonts) {
            Ok(parts) => parts,
            Err(_) => {
                self.offences.push(FaceOffence::TooMuch);
                FixedParts::default()
            }
        };
        Checked {
            title: entry.title.zh.clone(),
            page: self.page,
            fields: self.fields,
            texts,
            photo,
            seal,
            code,
            copy,
            attached,
            fixed,
            fonts: self.fonts.clone(),
            parts,
        }
    }

    fn style(&mut self, name: &str, raw: &RawStyle) -> Style {
        let font = self.fonts.index(&raw.font).unwrap_or_else(|| {
            self.offences.push(FaceOffence::Font { style: shortened(name), font: shortened(&raw.font) });
            0
        });
        let min_size = raw.min_size.unwrap_or(raw.size);
        let is_size = |size: f64| (1.0..=100.0).contains(&size);
        if !is_size(raw.size) || !is_size(min_size) || min_size > raw.size {
            self.offences.push(FaceOffence::Size { style: shortened(name) });
        }
        let leading = raw.leading.unwrap_or(1.35);
        if !(1.0..=4.0).contains(&leading) || !(0.0..=10.0).contains(&raw.spacing) {
            self.offences.push(FaceOffence::Leading { style: shortened(name) });
        }
        Style {
            font,
            size: raw.size.clamp(1.0, 100.0),
            min_size: min_size.clamp(1.0, 100.0),
            leading: leading.clamp(1.0, 4.0),
            colour: self.colour(name, &raw.colour),
            spacing: raw.spacing.clamp(0.0, 10.0),
            align: raw.align,
            valign: raw.valign,
        }
    }

    fn named_style(&mut self, place: &str, name: &str) -> Style {
        match self.styles.get(name) {
            Some(style) => style.clone(),
            None => {
                self.offences.push(FaceOffence::Style { place: shortened(place), style: shortened(name) });
                Style {
                    font: 0,
                    size: 4.0,
                    min_size: 4.0,
                    leading: 1.35,
                    colour: Colour::BLACK,
                    spacing: 0.0,
                    align: layout::Align::Left,
                    valign: layout::Valign::Top,
                }
            }
        }
    }

    fn colour(&mut self, place: &str, text: &str) -> Colour {
        Colour::parse(text).unwrap_or_else(|| {
            self.offences.push(FaceOffence::Colour { place: shortened(place), colour: shortened(text) });
            Colour::BLACK
        })
    }

    /// A box that must lie on the page.
    fn on_page(&mut self, place: &str, area: [f64; 4]) -> Rect {
        let area = Rect::of(area);
        let is_number = [area.x, area.y, area.w, area.h].iter().all(|value| value.is_finite());
        if !is_number || area.w <= 0.0 || area.h <= 0.0 || !self.page.contains(&area) {
            self.offences.push(FaceOffence::Outside { place: shortened(place) });
            return Rect::new(0.0, 0.0, 1.0, 1.0);
        }
        area
    }

    /// A box on the page that nothing else may share.
    fn take(&mut self, place: &str, area: [f64; 4]) -> Rect {
        let area = self.on_page(place, area);
        self.taken.push((shortened(place), area));
        area
    }

    fn overlaps(&mut self) {
        for (index, (first, area)) in self.taken.iter().enumerate() {
            for (second, _) in self.taken[index + 1..].iter().filter(|(_, other)| area.overlaps(other)) {
                self.offences.push(FaceOffence::Overlap { first: first.clone(), second: second.clone() });
            }
        }
    }

    /// The seal stands on the text, as seals do, but not on the code or the photo.
    fn seal(&mut self, area: [f64; 4]) -> Rect {
        let seal = self.on_page("seal", area);
        if ![seal.w, seal.h].iter().all(|side| (5.0..=100.0).contains(side)) {
            self.offences.push(FaceOffence::SealSize);
        }
        let clear = self.taken.iter().filter(|(name, _)| matches!(name.as_str(), "code" | "photo"));
        for (second, _) in clear.filter(|(_, other)| seal.overlaps(other)) {
            self.offences.push(FaceOffence::Overlap { first: "seal".to_owned(), second: second.clone() });
        }
        seal
    }

    fn copy(&mut self, raw: &RawCopy) -> CopyPlaces {
        let mark = (self.take("copy.mark", raw.mark), self.named_style("copy.mark", &raw.mark_style));
        let foot = (self.take("copy.foot", raw.foot), self.named_style("copy.foot", &raw.foot_style));
        CopyPlaces { mark, foot }
    }

    fn fields_shown(&mut self, hidden: &[String]) {
        for name in hidden.iter().filter(|name| !self.fields.iter().any(|field| field.name == **name)) {
            self.offences.push(FaceOffence::HiddenUnknown { field: shortened(name) });
        }
        for (index, field) in self.fields.iter().enumerate() {
            let field_name = || field.name.clone();
            match (self.shown.contains(&index), hidden.contains(&field.name)) {
                (false, false) => self.offences.push(FaceOffence::NotShown { field: field_name() }),
                (true, true) => self.offences.push(FaceOffence::HiddenAndShown { field: field_name() }),
                _ => {}
            }
        }
    }
}

fn fields(entry: &CatalogueEntry) -> Vec<FieldOnFace> {
    let required: Vec<&str> =
        entry.schema()["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    let property = |field: &str, member: &str| entry.schema()["properties"][field][member].as_str();
    entry
        .fields
        .iter()
        .map(|field| FieldOnFace {
            name: field.name.clone(),
            title: property(&field.name, "title").unwrap_or(&field.name).to_owned(),
            fills: field.fills,
            is_date: property(&field.name, "format") == Some("date"),
            required: required.contains(&field.name.as_str()),
        })
        .collect()
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}
