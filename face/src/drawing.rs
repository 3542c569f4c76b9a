//! A licence laid out: from here to a package, to copies.

use crate::{
    copy::{CopyError, CopyMark},
    ofd,
    page::{Item, Rect},
    pdf, raster,
    template::Checked,
};
use std::sync::Arc;
use yinxin_trust::{
    base::Moment,
    disclosure::FieldSecret,
    ofd::write::{Boundary, PackagePlan, Placement, WriteFault},
};

/// A licence that can be shown as a whole.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub(crate) face: Arc<Checked>,
    /// Of the face; of an annotated copy with its band below.
    pub(crate) page: Rect,
    /// Whether it is an annotated copy (加注件).
    pub(crate) is_annotated: bool,
    /// The page, then the attached ones.
    pub(crate) sheets: Vec<Sheet>,
    /// The metadata, for CustomDatas.
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) identifier: String,
    pub(crate) issuing_body: String,
    /// What is attached to the package: name and octets.
    pub(crate) attachment: (String, Vec<u8>),
    /// What lets fields be disclosed: the secret, and the list of digests.
    pub(crate) disclosure: Option<(FieldSecret, String)>,
    pub(crate) at: Moment,
}

/// One page without what the face fixes.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    pub(crate) is_attached: bool,
    pub(crate) items: Vec<Item>,
}

impl Drawing {
    /// Pages, the attached ones included.
    pub fn pages(&self) -> usize {
        self.sheets.len()
    }

    /// The OFD package before it is stamped. The same content gives the same octets.
    ///
    /// # Errors
    /// [`WriteFault`], when the attachment or the pages are larger than an entry may be.
    pub fn package(&self) -> Result<PackagePlan, WriteFault> {
        ofd::package(self)
    }

    /// Where the stamp is shown: the one place of the face, on the first page.
    pub fn placements(&self) -> Vec<Placement> {
        let seal = self.face.seal;
        let boundary = Boundary { x: seal.x, y: seal.y, width: seal.w, height: seal.h };
        vec![Placement { page: ofd::FIRST_PAGE.to_string(), boundary, clip: None }]
    }

    /// A copy of all pages as PDF, with its text as text.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn pdf(&self, copy: &CopyMark<'_>) -> Result<Vec<u8>, CopyError> {
        pdf::write(self, copy)
    }

    /// A copy of the first page as PNG.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn png(&self, copy: &CopyMark<'_>) -> Result<Vec<u8>, CopyError> {
        self.page_png(0, copy)
    }

    /// A copy of one page as PNG; pages count from 0.
    ///
    /// # Errors
    /// [`CopyError`].
    pub fn page_png(&self, page: usize, copy: &CopyMark<'_>) -> Result<Vec<u8>, CopyError> {
        raster::write(self, page, copy)
    }

    /// What the face fixes on a page.
    pub(crate) fn fixed(&self, sheet: &Sheet) -> &[Item] {
        match &self.face.attached {
            Some(attached) if sheet.is_attached => &attached.fixed,
            _ => &self.face.fixed,
        }
    }

    /// Everything on a page, in the order of drawing.
    pub(crate) fn items<'a>(&'a self, sheet: &'a Sheet) -> impl Iterator<Item = &'a Item> {
        self.fixed(sheet).iter().chain(&sheet.items)
    }
}
