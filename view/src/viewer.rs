//! From a package to pictures of its pages.

use crate::{
    budget::ViewLimits,
    canvas::Canvas,
    finding::{Code, Finding, Findings},
    geometry::{Matrix, Rect},
    legend,
    page::{Around, Read},
    painter::Painter,
    reading::Reading,
    resources::Resources,
    seen::Seen,
    stamp,
    structure::Structure,
    svg::Svg,
};
use std::collections::BTreeMap;
use yinxin_face::Fonts;
use yinxin_trust::ofd::{Package, ReadError, Shown};

/// Why there is no picture at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ViewError {
    /// `OFD.xml`, or what it names, cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// No document root that can be read.
    #[error("the document has no root that can be read")]
    NoDocument,
    /// No page of this number.
    #[error("there is no page {number}; the document has {pages}")]
    NoPage {
        /// From 1 on.
        number: usize,
        /// How many there are.
        pages: usize,
    },
}

/// A document whose pages can be drawn. Opening it reads its structure, resources and
/// signatures; a page is read when it is drawn.
pub struct Viewer<'p> {
    package: &'p Package<'p>,
    fonts: &'p Fonts,
    seen: &'p Seen,
    limits: ViewLimits,
    structure: Structure,
    resources: Resources,
    stamps: Vec<stamp::Shown>,
    /// Of what all pages share.
    findings: Vec<Finding>,
}

/// One page.
#[derive(Clone, Debug, PartialEq)]
pub struct PagePicture {
    /// From 1 on.
    pub number: usize,
    /// The picture, in millimetres: shapes and data addresses alone.
    pub svg: String,
    /// Width of the picture, millimetres.
    pub width_mm: f64,
    /// Height of the picture, millimetres, with the legend where there is one.
    pub height_mm: f64,
    /// Whether part of it is hatched as not protected.
    pub is_hatched: bool,
    /// Whether something found no room, so that the rest of the page is not there.
    pub is_cut: bool,
    /// What is not drawn as it stands.
    pub findings: Vec<Finding>,
}

impl<'p> Viewer<'p> {
    /// Reads what all pages share.
    ///
    /// # Errors
    /// [`ViewError`].
    pub fn open(
        package: &'p Package<'p>,
        fonts: &'p Fonts,
        seen: &'p Seen,
        limits: ViewLimits,
    ) -> Result<Self, ViewError> {
        let shown = Shown::read(package)?;
        let mut findings = Findings::default();
        let mut elements = limits.elements;
        let root = shown.doc_root.ok_or(ViewError::NoDocument)?;
        let structure = Structure::read(package, &root, &mut elements, &mut findings).ok_or(ViewError::NoDocument)?;
        let mut resources = Resources::default();
        for name in &structure.resources {
            resources.add(package, name, &mut elements, &mut findings);
        }
        let stamps = stamp::read(package, &shown.signature_lists, &mut findings);
        let findings = findings.into_list();
        Ok(Self { package, fonts, seen, limits, structure, resources, stamps, findings })
    }

    /// The structure that pages are found by.
    pub(crate) const fn structure(&self) -> &Structure {
        &self.structure
    }

    /// The area of a page of the structure, without reading what stands on it.
    pub(crate) fn page_area(&self, index: usize, elements: &mut usize) -> Option<Rect> {
        let page = self.structure.pages.get(index)?;
        let mut canvas = Canvas::new(self.limits.clone(), self.fonts);
        Some(Read::page(&mut canvas, self.package, &self.structure, page, elements).1)
    }

    /// What stands on a page of the structure, and its area; nothing is kept of its picture. `limits` is what is left
    /// for it, and for the next ones after it.
    pub(crate) fn read_page(&self, index: usize, limits: &mut ViewLimits) -> Option<(Reading, Rect, Vec<Finding>)> {
        let page = self.structure.pages.get(index)?;
        let mut canvas = Canvas::new(limits.clone(), self.fonts);
        canvas.reading = Some(Reading::default());
        let mut elements = limits.elements;
        let (read, area) = Read::page(&mut canvas, self.package, &self.structure, page, &mut elements);
        let around = Around { structure: &self.structure, resources: &self.resources };
        let mut painter = Painter {
            canvas: &mut canvas,
            package: self.package,
            place: 0,
            seen: None,
            default_space: self.structure.default_space.as_deref(),
            params: BTreeMap::new(),
            units: Vec::new(),
            own_resources: 0,
        };
        if let Some(read) = &read {
            painter.page(&around, read, &page.id, Matrix::ONE, &mut elements);
        }
        *limits = ViewLimits { elements, ..canvas.budget.left().clone() };
        Some((canvas.reading.take().unwrap_or_default(), area, canvas.findings.into_list()))
    }

    /// How many pages there are.
    pub fn pages(&self) -> usize {
        self.structure.pages.len()
    }

    /// Draws a page, the first being 1.
    ///
    /// # Errors
    /// [`ViewError::NoPage`]; what cannot be drawn of a page is a finding.
    pub fn page(&self, number: usize) -> Result<PagePicture, ViewError> {
        let page = number.checked_sub(1).and_then(|index| self.structure.pages.get(index));
        let page = page.ok_or(ViewError::NoPage { number, pages: self.pages() })?;
        let mut canvas = Canvas::new(self.limits.clone(), self.fonts);
        for finding in &self.findings {
            canvas.findings.add(finding.code, &finding.subject);
        }
        // what pages stand in says which page this is, and which templates and notes it has
        let files = [Some(self.structure.root.as_str()), page.file.as_deref()];
        for file in files.into_iter().flatten().filter(|file| !self.seen.covers(file)) {
            canvas.findings.add(Code::Uncovered, file);
            canvas.is_whole_hatched = true;
        }
        let mut elements = self.limits.elements;
        let (read, area) = Read::page(&mut canvas, self.package, &self.structure, page, &mut elements);
        let around = Around { structure: &self.structure, resources: &self.resources };
        let mut painter = Painter {
            canvas: &mut canvas,
            package: self.package,
            place: 0,
            seen: Some(self.seen),
            default_space: self.structure.default_space.as_deref(),
            params: BTreeMap::new(),
            units: Vec::new(),
            own_resources: 0,
        };
        let mut opening = Svg::default();
        opening.text("<g").transform(Matrix::moved(-area.x, -area.y)).text(">");
        painter.canvas.begin(&opening.0);
        if let Some(read) = &read {
            painter.page(&around, read, &page.id, Matrix::ONE, &mut elements);
        }
        painter.stamps(&self.stamps, &page.id);
        painter.canvas.close(1);
        Ok(finish(canvas, number, area))
    }
}

fn finish(mut canvas: Canvas<'_>, number: usize, area: Rect) -> PagePicture {
    let Rect { w, h, .. } = area;
    let is_hatched = canvas.is_whole_hatched || !canvas.hatched.is_empty();
    let legend = if is_hatched { legend::draw(&mut canvas, w, h) } else { legend::Legend::default() };
    let height = h + legend.height;
    let mut svg = Svg::default();
    let [defs, body] = canvas.drawn();
    svg.text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"").number(w).text("mm\" height=\"").number(height);
    svg.text("mm\" viewBox=\"0 0 ").number(w).text(" ").number(height).text("\">");
    svg.text("<defs><clipPath id=\"page\"><path d=\"").rect_path(Rect { x: 0.0, y: 0.0, w, h });
    svg.text("\"/></clipPath>").text(defs).text("</defs><path fill=\"#fff\" d=\"");
    svg.rect_path(Rect { x: 0.0, y: 0.0, w, h: height }).text("\"/><g clip-path=\"url(#page)\">");
    svg.text(body).text(&legend.hatching).text("</g>").text(&legend.words).text("</svg>");
    PagePicture {
        number,
        svg: svg.0,
        width_mm: w,
        height_mm: height,
        is_hatched,
        is_cut: canvas.is_full,
        findings: canvas.findings.into_list(),
    }
}
