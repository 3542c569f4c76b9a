//! One page (GB/T 33190 7.7): templates, layers and annotations in their order.

use crate::{
    canvas::Canvas,
    finding::Code,
    geometry::{Matrix, Rect},
    painter::{Env, Painter},
    param::Param,
    resources::Resources,
    structure::{PageRef, Structure, physical_box, resolve},
    svg::Svg,
    tree::{self, Node},
};
use core::fmt::Write as _;
use std::{borrow::Cow, collections::BTreeMap};
use yinxin_trust::ofd::{Package, Shown, location};

/// Resource files of a page and its templates.
const OWN_RESOURCES: usize = 64;
/// A4, millimetres.
const A4: Rect = Rect { x: 0.0, y: 0.0, w: 210.0, h: 297.0 };

/// Everything around a page that is read before it.
pub(crate) struct Around<'a> {
    pub(crate) structure: &'a Structure,
    pub(crate) resources: &'a Resources,
}

/// A page that was read.
pub(crate) struct Read {
    node: Node,
    file: String,
    pub(crate) area: Rect,
}

impl Read {
    /// `None` for a page without a file that can be read; its size is known all the same.
    pub(crate) fn page(
        canvas: &mut Canvas<'_>,
        package: &Package<'_>,
        structure: &Structure,
        page: &PageRef,
        elements: &mut usize,
    ) -> (Option<Self>, Rect) {
        let file = match &page.file {
            Some(file) => file,
            None => {
                canvas.findings.add(Code::FileNotRead, &format!("Page {}", page.id));
                return (None, structure.area.unwrap_or(A4));
            }
        };
        let node = tree::read(package, file, &["Page"], elements, &mut canvas.findings);
        let own = node.as_ref().and_then(|node| physical_box(node.child("Area")?));
        let area = own.or(structure.area).unwrap_or_else(|| {
            canvas.findings.add(Code::PageSize, "");
            A4
        });
        (node.map(|node| Self { node, file: file.clone(), area }), area)
    }
}

impl Painter<'_, '_, '_> {
    /// Draws a page that was read, from its top left corner on.
    pub(crate) fn page(&mut self, around: &Around<'_>, page: &Read, id: &str, to_page: Matrix, elements: &mut usize) {
        let resources = self.resources(&page.node, &page.file, around.resources, elements);
        let env = Env {
            resources: &resources,
            param: Param::default(),
            to_page: to_page.of(Matrix::moved(-page.area.x, -page.area.y)),
            is_uncovered: false,
            depth: 0,
        };
        let mut open = vec![page.file.clone()];
        self.templates(around, &page.node, &env, Order::Behind, &mut open, elements);
        self.layers(&page.node, &env);
        self.templates(around, &page.node, &env, Order::Before, &mut open, elements);
        self.annotations(around, id, &env, elements);
    }

    /// The resources of a page: those around it, and those of its own files.
    fn resources<'r>(
        &mut self,
        page: &Node,
        file: &str,
        around: &'r Resources,
        elements: &mut usize,
    ) -> Cow<'r, Resources> {
        let mut resources = Cow::Borrowed(around);
        for link in page.named("PageRes") {
            // copies of what is around are not made without end
            self.own_resources += 1;
            if self.own_resources > OWN_RESOURCES {
                self.canvas.findings.add(Code::TooManyElements, "");
                break;
            }
            let entry = resolve(self.package, location::folder(file), link.trimmed(), &mut self.canvas.findings);
            if let Some(entry) = entry {
                resources.to_mut().add(self.package, &entry, elements, &mut self.canvas.findings);
            }
        }
        resources
    }

    /// The templates of a page that belong behind its layers, or before them.
    fn templates(
        &mut self,
        around: &Around<'_>,
        page: &Node,
        env: &Env<'_>,
        order: Order,
        open: &mut Vec<String>,
        elements: &mut usize,
    ) {
        for link in page.named("Template") {
            if !self.canvas.budget.object(0, &mut self.canvas.findings) {
                return;
            }
            let id = link.get("TemplateID").unwrap_or_default();
            let Some(template) = around.structure.templates.get(id) else {
                self.canvas.findings.add(Code::ResourceMissing, &format!("TemplatePage {id}"));
                continue;
            };
            let z_order = link.get("ZOrder").or(template.z_order.as_deref());
            if Order::of(z_order) != order {
                continue;
            }
            if open.contains(&template.file) {
                self.canvas.findings.add(Code::Circular, &template.file);
                continue;
            }
            if open.len() > self.canvas.budget.left().depth {
                self.canvas.findings.add(Code::TooDeep, "");
                continue;
            }
            let read = tree::read(self.package, &template.file, &["Page"], elements, &mut self.canvas.findings);
            let Some(node) = read else { continue };
            let resources = self.resources(&node, &template.file, env.resources, elements);
            let is_uncovered = env.is_uncovered || !self.covers(&template.file);
            let inside = Env { resources: &resources, is_uncovered, ..env.clone() };
            open.push(template.file.clone());
            self.templates(around, &node, &inside, Order::Behind, open, elements);
            self.layers(&node, &inside);
            self.templates(around, &node, &inside, Order::Before, open, elements);
            open.pop();
        }
    }

    /// The appearances of the annotations of a page (15.2).
    fn annotations(&mut self, around: &Around<'_>, page: &str, env: &Env<'_>, elements: &mut usize) {
        let Some(list) = &around.structure.annotations else { return };
        let Some(node) = tree::read(self.package, list, &["Annotations"], elements, &mut self.canvas.findings) else {
            return;
        };
        let is_list_uncovered = !self.covers(list);
        for link in node.named("Page").filter(|link| link.get("PageID") == Some(page)).take(64) {
            let location = link.child("FileLoc").map(Node::trimmed).unwrap_or_default();
            let folder = location::folder(list);
            let entry = resolve(self.package, folder, location, &mut self.canvas.findings);
            let Some(entry) = entry else { continue };
            let read = tree::read(self.package, &entry, &["PageAnnot"], elements, &mut self.canvas.findings);
            let Some(annotations) = read else { continue };
            let is_uncovered = is_list_uncovered || !self.covers(&entry);
            for annotation in annotations.named("Annot") {
                let look = annotation.child("Appearance");
                let weight = annotation.own_weight + look.map_or(0, |look| look.own_weight);
                if !self.canvas.budget.object(weight, &mut self.canvas.findings) || !self.canvas.has_room(0) {
                    return;
                }
                if let Some(rect) = look.and_then(|look| Rect::parse(look.get("Boundary")?))
                    && !self.canvas.field(annotation.get("ID"), None, env.to_page.around(rect))
                {
                    return;
                }
                if !annotation.flag("Visible", true) {
                    continue;
                }
                let Some(appearance) = look.filter(|look| !look.children.is_empty()) else { continue };
                let boundary =
                    appearance.get("Boundary").and_then(Rect::parse).unwrap_or(Rect { w: 0.0, h: 0.0, ..A4 });
                let moved = Matrix::moved(boundary.x, boundary.y);
                let to_page = env.to_page.of(moved);
                if is_uncovered && let Some(shown) = to_page.around(Rect { x: 0.0, y: 0.0, ..boundary }) {
                    self.canvas.hatch(shown);
                }
                let mut opening = Svg::default();
                opening.text("<g").transform(moved).text(">");
                if !self.canvas.put(&[&opening.0]) {
                    return;
                }
                self.block(appearance, &Env { to_page, is_uncovered, ..env.clone() });
                self.canvas.close(1);
            }
        }
    }
}

/// Behind the layers of the page, or before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Behind,
    Before,
}

impl Order {
    /// `Body` is drawn behind the page, which is what writes on it.
    fn of(z_order: Option<&str>) -> Self {
        if z_order == Some("Foreground") { Self::Before } else { Self::Behind }
    }
}

/// The first page of a package over `rect`; `None` when there is none. Stamps inside
/// are not looked at.
pub(crate) fn as_picture(canvas: &mut Canvas<'_>, package: &Package<'_>, place: usize, rect: Rect) -> Option<()> {
    let given = canvas.budget.left().elements.min(20_000);
    let mut elements = given;
    let drawn = first_page(canvas, package, place, rect, &mut elements);
    canvas.budget.elements(given.saturating_sub(elements));
    drawn
}

fn first_page(
    canvas: &mut Canvas<'_>,
    package: &Package<'_>,
    place: usize,
    rect: Rect,
    elements: &mut usize,
) -> Option<()> {
    let root = Shown::read(package).ok()?.doc_root?;
    let structure = Structure::read(package, &root, elements, &mut canvas.findings)?;
    let mut resources = Resources::default();
    for name in &structure.resources {
        resources.add(package, name, elements, &mut canvas.findings);
    }
    let page = structure.pages.first()?;
    let (read, area) = Read::page(canvas, package, &structure, page, elements);
    let read = read?;
    // without room for it, as is said then, nothing stands in its place
    let Some(clip) = canvas.clip(Rect { x: 0.0, y: 0.0, ..area }) else { return Some(()) };
    let placed = Matrix([rect.w / area.w, 0.0, 0.0, rect.h / area.h, rect.x, rect.y]);
    let mut opening = Svg::default();
    opening.text("<g").transform(placed);
    let _ = write!(opening.0, " clip-path=\"url(#s{clip})\"><g");
    opening.transform(Matrix::moved(-area.x, -area.y)).text(">");
    if !canvas.put(&[&opening.0]) {
        return Some(());
    }
    let around = Around { structure: &structure, resources: &resources };
    let mut painter = Painter {
        canvas,
        package,
        place,
        seen: None,
        default_space: structure.default_space.as_deref(),
        params: BTreeMap::new(),
        units: Vec::new(),
        own_resources: 0,
    };
    painter.page(&around, &read, &page.id, placed, elements);
    painter.canvas.close(2);
    Some(())
}
