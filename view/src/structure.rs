//! From the document root to its pages (GB/T 33190 7.5): their order, templates,
//! resources and annotations. No page is read.

use crate::{
    finding::{Code, Findings},
    geometry::Rect,
    tree::{self, Node},
};
use std::collections::BTreeMap;
use yinxin_trust::ofd::{Package, location};

/// A document root.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    /// The entry it was read from.
    pub(crate) root: String,
    /// `CommonData/PageArea/PhysicalBox`.
    pub(crate) area: Option<Rect>,
    /// Resource files, `PublicRes` first.
    pub(crate) resources: Vec<String>,
    pub(crate) templates: BTreeMap<String, Template>,
    /// In the order in which they are shown.
    pub(crate) pages: Vec<PageRef>,
    /// `Annotations.xml`.
    pub(crate) annotations: Option<String>,
    /// `CommonData/DefaultCS`.
    pub(crate) default_space: Option<String>,
}

/// `CommonData/TemplatePage`.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) file: String,
    pub(crate) z_order: Option<String>,
}

/// `Pages/Page`.
#[derive(Clone, Debug)]
pub(crate) struct PageRef {
    pub(crate) id: String,
    /// The entry; `None` where it names none.
    pub(crate) file: Option<String>,
}

impl Structure {
    pub(crate) fn read(
        package: &Package<'_>,
        root: &str,
        elements: &mut usize,
        findings: &mut Findings,
    ) -> Option<Self> {
        let node = tree::read(package, root, &["Document"], elements, findings)?;
        let folder = location::folder(root);
        let common = node.child("CommonData");
        let under = |name: &'static str| common.into_iter().flat_map(move |common| common.named(name));
        let linked = |text: &str, findings: &mut Findings| resolve(package, folder, text, findings);
        let mut structure = Self {
            root: root.to_owned(),
            area: common.and_then(|common| physical_box(common.child("PageArea")?)),
            default_space: under("DefaultCS").next().map(|space| space.trimmed().to_owned()),
            ..Self::default()
        };
        for name in ["PublicRes", "DocumentRes"] {
            for link in under(name) {
                structure.resources.extend(linked(link.trimmed(), findings));
            }
        }
        for template in under("TemplatePage") {
            let file = linked(template.get("BaseLoc").unwrap_or_default(), findings);
            if let (Some(id), Some(file)) = (template.get("ID"), file) {
                let z_order = template.get("ZOrder").map(str::to_owned);
                structure.templates.insert(id.to_owned(), Template { file, z_order });
            }
        }
        for page in node.children.iter().filter(|child| &*child.name == "Pages").flat_map(|pages| pages.named("Page")) {
            let location = location::resolve(package, folder, page.get("BaseLoc").unwrap_or_default());
            let file = location.ok().filter(|found| found.exists).map(|found| found.name);
            structure.pages.push(PageRef { id: page.get("ID").unwrap_or_default().to_owned(), file });
        }
        if let Some(link) = node.child("Annotations") {
            structure.annotations = linked(link.trimmed(), findings);
        }
        Some(structure)
    }
}

/// The entry that a location names; what names none is a finding.
pub(crate) fn resolve(package: &Package<'_>, folder: &str, text: &str, findings: &mut Findings) -> Option<String> {
    match location::resolve(package, folder, text) {
        Ok(found) if found.exists => Some(found.name),
        _ => {
            findings.add(Code::FileNotRead, text);
            None
        }
    }
}

/// `PhysicalBox` of a `PageArea` or `Area`, with sides that a page can have.
pub(crate) fn physical_box(area: &Node) -> Option<Rect> {
    /// Millimetres.
    const SIDES: core::ops::RangeInclusive<f64> = 1.0..=5000.0;
    let rect = Rect::parse(area.child("PhysicalBox")?.trimmed())?;
    (SIDES.contains(&rect.w) && SIDES.contains(&rect.h)).then_some(rect)
}
