//! What drawing one page may cost.

use crate::finding::{Code, Findings};

/// Budgets for drawing one page. What is over one of them is left out, which is a
/// named finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViewLimits {
    /// XML elements kept of the files that a page needs.
    pub elements: usize,
    /// Graphic objects drawn, those of templates and composite objects each time they are;
    /// one of more than a kilooctet counts for several.
    pub objects: usize,
    /// Steps of paths, and colours of shadings.
    pub path_steps: usize,
    /// Glyphs placed.
    pub glyphs: usize,
    /// Octets of embedded fonts, each once.
    pub font_bytes: u64,
    /// Octets of pictures put into the page, each picture once.
    pub image_bytes: u64,
    /// Pixels of pictures put into the page, each picture once.
    pub image_pixels: u64,
    /// Nesting of blocks, composite objects, templates and pictures that are pages.
    pub depth: usize,
    /// Octets of the SVG. What finds no room is left out whole, and so is the rest; what holds a page together and what is
    /// said of it, hatching and the words below, is short and comes on top.
    pub svg_bytes: usize,
}

impl Default for ViewLimits {
    fn default() -> Self {
        Self {
            elements: 400_000,
            objects: 100_000,
            path_steps: 1_000_000,
            glyphs: 200_000,
            font_bytes: 32 << 20,
            image_bytes: 12 << 20,
            image_pixels: 64_000_000,
            depth: 24,
            svg_bytes: 24 << 20,
        }
    }
}

/// What is left of the budgets of one page.
#[derive(Debug)]
pub(crate) struct Budget {
    left: ViewLimits,
}

impl Budget {
    pub(crate) const fn new(limits: ViewLimits) -> Self {
        Self { left: limits }
    }

    pub(crate) const fn left(&self) -> &ViewLimits {
        &self.left
    }

    /// One object more, which counts for several when much has to be read for it; false
    /// when there is nothing left.
    pub(crate) fn object(&mut self, weight: usize, findings: &mut Findings) -> bool {
        take(&mut self.left.objects, 1 + weight / 1024, Code::TooManyObjects, findings)
    }

    /// Names that are kept of what is drawn: short ones with it, longer ones as further objects.
    pub(crate) fn names(&mut self, octets: usize, findings: &mut Findings) -> bool {
        take(&mut self.left.objects, octets / 64, Code::TooManyObjects, findings)
    }

    /// Octets of an embedded font.
    pub(crate) const fn font(&mut self, bytes: u64) -> bool {
        match self.left.font_bytes.checked_sub(bytes) {
            Some(rest) => {
                self.left.font_bytes = rest;
                true
            }
            None => false,
        }
    }

    /// XML elements, of packages that are read for the page alone.
    pub(crate) const fn elements(&mut self, elements: usize) {
        self.left.elements = self.left.elements.saturating_sub(elements);
    }

    pub(crate) fn path_steps(&mut self, steps: usize, findings: &mut Findings) -> bool {
        take(&mut self.left.path_steps, steps, Code::TooManySteps, findings)
    }

    pub(crate) fn glyphs(&mut self, glyphs: usize, findings: &mut Findings) -> bool {
        take(&mut self.left.glyphs, glyphs, Code::TooManyGlyphs, findings)
    }

    pub(crate) fn image(&mut self, bytes: u64, pixels: u64, findings: &mut Findings) -> bool {
        if bytes > self.left.image_bytes || pixels > self.left.image_pixels {
            findings.add(Code::ImagesTooLarge, "");
            return false;
        }
        self.left.image_bytes -= bytes;
        self.left.image_pixels -= pixels;
        true
    }
}

fn take(left: &mut usize, count: usize, code: Code, findings: &mut Findings) -> bool {
    match left.checked_sub(count) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => {
            findings.add(code, "");
            false
        }
    }
}
