//! Layers, blocks and graphic objects (GB/T 33190 7.7, 8.1), drawn in their order.

use crate::{
    canvas::Canvas,
    finding::Code,
    geometry::{Bounds, Matrix, Rect, numbers},
    param::{Param, opacity},
    resources::{Kind, Resources},
    seen::Seen,
    svg::Svg,
    tree::Node,
};
use core::fmt::Write as _;
use std::{collections::BTreeMap, rc::Rc};
use yinxin_trust::ofd::Package;

/// Clips of one object, and areas of one clip.
const CLIPS: usize = 32;

/// How wide the edge of a frame is hatched, millimetres.
const BAND: f64 = 1.2;

/// What one package draws on a page.
pub(crate) struct Painter<'c, 'f, 'p> {
    pub(crate) canvas: &'c mut Canvas<'f>,
    pub(crate) package: &'p Package<'p>,
    /// Which package of the page it is, for what is kept by entry.
    pub(crate) place: usize,
    /// What is protected; `None` where all is that is drawn.
    pub(crate) seen: Option<&'p Seen>,
    pub(crate) default_space: Option<&'p str>,
    /// Drawing parameters that were read.
    pub(crate) params: BTreeMap<String, Rc<Param>>,
    /// Composite units that are being drawn.
    pub(crate) units: Vec<String>,
    /// How often resources of a page of its own were taken.
    pub(crate) own_resources: usize,
}

/// Where and how objects are drawn.
#[derive(Clone)]
pub(crate) struct Env<'e> {
    pub(crate) resources: &'e Resources,
    pub(crate) param: Param,
    /// From here to the page.
    pub(crate) to_page: Matrix,
    pub(crate) is_uncovered: bool,
    pub(crate) depth: usize,
}

/// An object on its way.
pub(crate) struct Object<'e> {
    pub(crate) node: &'e Node,
    pub(crate) env: &'e Env<'e>,
    pub(crate) param: Param,
    pub(crate) boundary: Rect,
    pub(crate) ctm: Matrix,
    /// Whether `CTM` is there.
    pub(crate) has_ctm: bool,
}

/// What an object became.
#[derive(Default)]
pub(crate) struct Drawn {
    pub(crate) svg: Svg,
    /// Where it lies, in its own coordinates.
    pub(crate) bounds: Option<Rect>,
    /// How far it may reach beyond them, in its own coordinates.
    pub(crate) slack: f64,
    /// Whether it rests on something that no signature covers.
    pub(crate) is_uncovered: bool,
    /// Whether it is lines around something that may well be covered.
    pub(crate) is_outline: bool,
}

impl Painter<'_, '_, '_> {
    pub(crate) fn covers(&self, entry: &str) -> bool {
        self.seen.is_none_or(|seen| seen.covers(entry))
    }

    /// The layers of a page or a template, those of the background first.
    pub(crate) fn layers(&mut self, page: &Node, env: &Env<'_>) {
        let layers = || page.children.iter().filter(|child| &*child.name == "Content").flat_map(|c| c.named("Layer"));
        for wanted in ["Background", "Body", "Foreground"] {
            for layer in layers() {
                let named = layer.get("Type").filter(|name| matches!(*name, "Background" | "Foreground"));
                let kind = named.unwrap_or("Body");
                if kind == wanted {
                    if !self.opens(layer) {
                        return;
                    }
                    let param = self.param(layer, env, None);
                    self.block(layer, &Env { param, ..env.clone() });
                }
            }
        }
    }

    /// Pays for a layer or a block, and for the colours in it, which are read before its objects; false when the page is full.
    fn opens(&mut self, node: &Node) -> bool {
        let colours = ["FillColor", "StrokeColor"].into_iter().filter_map(|name| node.child(name));
        let weight = node.own_weight + colours.map(|colour| colour.weight).sum::<usize>();
        self.canvas.budget.object(weight, &mut self.canvas.findings) && self.canvas.has_room(0)
    }

    /// The objects of a layer, a block or an appearance.
    pub(crate) fn block(&mut self, block: &Node, env: &Env<'_>) {
        if env.depth > self.canvas.budget.left().depth {
            self.canvas.findings.add(Code::TooDeep, "");
            return;
        }
        for child in &block.children {
            match &*child.name {
                "TextObject" | "PathObject" | "ImageObject" | "CompositeObject" => {
                    if !self.object(child, env) {
                        return;
                    }
                }
                "PageBlock" | "Layer" => {
                    if !self.opens(child) {
                        return;
                    }
                    let param = self.param(child, env, None);
                    self.block(child, &Env { param, depth: env.depth + 1, ..env.clone() });
                }
                other => {
                    // units are walked each time they are drawn
                    if !self.canvas.budget.object(0, &mut self.canvas.findings) {
                        return;
                    }
                    self.canvas.findings.add(Code::NotDrawn, other);
                }
            }
        }
    }

    /// One object; false when the page is full.
    fn object(&mut self, node: &Node, env: &Env<'_>) -> bool {
        if !self.canvas.budget.object(node.weight, &mut self.canvas.findings) || !self.canvas.has_room(0) {
            return false;
        }
        let is_visible = node.flag("Visible", true);
        if !is_visible && self.canvas.reading.is_none() {
            return true;
        }
        let boundary = node.get("Boundary").and_then(|text| numbers(text, 4)).unwrap_or_default();
        let boundary = match boundary.as_slice() {
            // genuine files have sides below nothing around empty texts
            &[x, y, w, h] => Rect { x, y, w: w.max(0.0), h: h.max(0.0) },
            _ => {
                self.canvas.findings.add(Code::BadValue, "Boundary");
                Rect { x: 0.0, y: 0.0, w: 0.0, h: 0.0 }
            }
        };
        let ctm = match node.get("CTM") {
            None => Matrix::ONE,
            Some(text) => Matrix::parse(text).unwrap_or_else(|| {
                self.canvas.findings.add(Code::BadValue, "CTM");
                Matrix::ONE
            }),
        };
        if self.canvas.reading.is_some() {
            // a field may be there for nothing but its place
            let own = Matrix::moved(boundary.x, boundary.y);
            let place = env.to_page.of(own).around(Rect { x: 0.0, y: 0.0, ..boundary });
            if !self.canvas.field(node.get("ID"), node.get("Name"), place) {
                return false;
            }
            if !is_visible {
                return true;
            }
        }
        let placed = Matrix::moved(boundary.x, boundary.y).of(ctm);
        if !env.to_page.of(placed).draws() {
            self.canvas.findings.add(Code::BadValue, "CTM");
            return true;
        }
        let param = self.param(node, env, Some(env.to_page.of(placed)));
        let object = Object { node, env, param, boundary, ctm, has_ctm: node.get("CTM").is_some() };
        match &*node.name {
            "TextObject" => {
                let drawn = self.text(&object);
                self.frame(&object, drawn);
            }
            "PathObject" => {
                let drawn = self.path(&object);
                self.frame(&object, drawn);
            }
            "ImageObject" => {
                let drawn = self.image(&object);
                self.frame(&object, drawn);
            }
            _ => self.composite(&object),
        }
        true
    }

    /// Puts an object in its place: moved, clipped, transparent as it says.
    fn frame(&mut self, object: &Object<'_>, drawn: Drawn) {
        if drawn.svg.0.is_empty() {
            return;
        }
        let Some(frame) = self.frame_of(object, drawn.bounds, drawn.slack) else { return };
        if !self.canvas.put(&[&frame.opening.0, &drawn.svg.0, &"</g>".repeat(frame.groups)]) {
            return;
        }
        if drawn.is_uncovered || object.param.is_uncovered || object.env.is_uncovered {
            self.hatch(object, drawn.bounds.map(|bounds| bounds.grown(drawn.slack)), drawn.is_outline);
        }
    }

    fn hatch(&mut self, object: &Object<'_>, bounds: Option<Rect>, is_outline: bool) {
        let Object { boundary, env, ctm, .. } = object;
        let inside = bounds.and_then(|bounds| ctm.around(bounds));
        let own = Rect { x: 0.0, y: 0.0, ..*boundary };
        let placed = env.to_page.of(Matrix::moved(boundary.x, boundary.y));
        // what lies outside of the boundary is clipped away
        let has_area = boundary.w > 0.0 && boundary.h > 0.0;
        let shown = match inside {
            Some(inside) if has_area => own.common(inside).or(Some(own)),
            Some(inside) => Some(inside),
            None => Some(own),
        };
        let Some(rect) = shown.and_then(|shown| placed.around(shown)) else { return };
        let Rect { x, y, w, h } = rect;
        if is_outline && w > 4.0 * BAND && h > 4.0 * BAND {
            // a frame is not what stands in it
            for (y, h) in [(y, BAND), (y + h - BAND, BAND)] {
                self.canvas.hatch(Rect { x, y, w, h });
            }
            for (x, w) in [(x, BAND), (x + w - BAND, BAND)] {
                self.canvas.hatch(Rect { x, y: y + BAND, w, h: h - 2.0 * BAND });
            }
        } else {
            self.canvas.hatch(rect);
        }
    }

    /// The groups around an object. `bounds`: where it draws; what reaches beyond its
    /// boundary is clipped (8.1). `None` where there is no room for them.
    fn frame_of(&mut self, object: &Object<'_>, bounds: Option<Rect>, slack: f64) -> Option<Frame> {
        let Object { node, boundary, ctm, .. } = object;
        let mut clips = self.clips(object)?;
        let has_area = boundary.w > 0.0 && boundary.h > 0.0;
        let slack = 0.1 + slack * ctm.length();
        let own = Rect { x: 0.0, y: 0.0, ..*boundary }.grown(slack);
        let reaches_out = bounds.and_then(|bounds| ctm.around(bounds)).is_some_and(|around| {
            !own.contains([around.x, around.y]) || !own.contains([around.x + around.w, around.y + around.h])
        });
        if has_area && reaches_out {
            clips.push(self.canvas.clip(own)?);
        }
        let placed = Matrix::moved(boundary.x, boundary.y);
        let opacity = opacity(node);
        let mut opening = Svg::default();
        if clips.is_empty() && opacity >= 1.0 {
            opening.text("<g").transform(placed.of(*ctm)).text(">");
            return Some(Frame { opening, groups: 1 });
        }
        opening.text("<g").transform(placed);
        if opacity < 1.0 {
            opening.attribute("opacity", opacity);
        }
        opening.text(">");
        for number in &clips {
            let _ = write!(opening.0, "<g clip-path=\"url(#s{number})\">");
        }
        opening.text("<g").transform(*ctm).text(">");
        Some(Frame { opening, groups: 2 + clips.len() })
    }

    /// The clips of an object (8.4): each the union of its areas, all of them together
    /// the intersection. Relative to the boundary, before the object's own matrix
    /// unless `TransFlag` says otherwise. `None` where there is no room for them.
    fn clips(&mut self, object: &Object<'_>) -> Option<Vec<usize>> {
        let mut found = Vec::new();
        let Some(clips) = object.node.child("Clips") else { return Some(found) };
        let base = if clips.flag("TransFlag", false) { object.ctm } else { Matrix::ONE };
        for clip in clips.named("Clip").take(CLIPS) {
            let mut areas = Svg::default();
            let mut is_understood = true;
            for area in clip.named("Area").take(CLIPS) {
                let of_area = area.get("CTM").and_then(Matrix::parse).unwrap_or(Matrix::ONE);
                for shape in &area.children {
                    is_understood &= &*shape.name == "Path" && self.clip_area(shape, base.of(of_area), &mut areas);
                    if !self.canvas.has_room(areas.0.len()) {
                        return None;
                    }
                }
            }
            if is_understood {
                found.push(self.canvas.define(|defs, number| {
                    let _ = write!(defs.0, "<clipPath id=\"s{number}\">{}</clipPath>", areas.0);
                })?);
            } else {
                self.canvas.findings.add(Code::NotDrawn, "Clip");
            }
        }
        Some(found)
    }

    fn clip_area(&mut self, path: &Node, base: Matrix, out: &mut Svg) -> bool {
        let boundary = path.get("Boundary").and_then(Rect::parse).map_or((0.0, 0.0), |rect| (rect.x, rect.y));
        let ctm = path.get("CTM").and_then(Matrix::parse).unwrap_or(Matrix::ONE);
        let mut bounds = Bounds::new();
        let Some(data) = self.path_data(path, &mut bounds) else { return false };
        out.text("<path").transform(base.of(Matrix::moved(boundary.0, boundary.1)).of(ctm));
        if path.get("Rule") == Some("Even-Odd") {
            out.text(" clip-rule=\"evenodd\"");
        }
        out.text(" d=\"").text(&data).text("\"/>");
        true
    }

    /// A composite object (12): the content of its unit in the object's own coordinates.
    fn composite(&mut self, object: &Object<'_>) {
        let Object { node, env, .. } = object;
        let id = node.get("ResourceID").unwrap_or_default();
        let Some(unit) = env.resources.get(Kind::Unit, id) else {
            self.canvas.findings.add(Code::ResourceMissing, &format!("CompositeGraphicUnit {id}"));
            return;
        };
        if self.units.iter().any(|open| open == id) {
            self.canvas.findings.add(Code::Circular, &format!("CompositeGraphicUnit {id}"));
            return;
        }
        let Some(content) = unit.node().child("Content") else { return };
        let is_uncovered = !self.covers(unit.declared_in());
        if is_uncovered || object.param.is_uncovered {
            self.hatch(object, None, false);
        }
        // what a unit draws is not measured, so its boundary is kept by a clip always
        let everywhere = Rect { x: -1e6, y: -1e6, w: 2e6, h: 2e6 };
        let Some(frame) = self.frame_of(object, Some(everywhere), 0.0) else { return };
        if !self.canvas.put(&[&frame.opening.0]) {
            return;
        }
        self.units.push(id.to_owned());
        let placed = Matrix::moved(object.boundary.x, object.boundary.y).of(object.ctm);
        let inside = Env {
            param: object.param.clone(),
            to_page: env.to_page.of(placed),
            is_uncovered: env.is_uncovered,
            depth: env.depth + 1,
            resources: env.resources,
        };
        self.block(content, &inside);
        self.units.pop();
        self.canvas.close(frame.groups);
    }

    /// A picture (10): the unit square, by the matrix of the object.
    fn image(&mut self, object: &Object<'_>) -> Drawn {
        let Object { node, env, boundary, .. } = object;
        for extra in ["ImageMask", "Border"] {
            if node.get(extra).is_some() || node.child(extra).is_some() {
                self.canvas.findings.add(Code::NotDrawn, extra);
            }
        }
        // without a matrix the picture fills its boundary, as readers show it
        let square = if object.has_ctm { Matrix::ONE } else { Matrix::scaled(boundary.w, boundary.h) };
        let bounds = square.around(Rect { x: 0.0, y: 0.0, w: 1.0, h: 1.0 });
        let mut drawn = Drawn { bounds, ..Drawn::default() };
        let id = node.get("ResourceID").unwrap_or_default();
        let Some(media) = env.resources.get(Kind::Media, id) else {
            self.canvas.findings.add(Code::ResourceMissing, &format!("MultiMedia {id}"));
            return drawn;
        };
        drawn.is_uncovered = !self.covers(media.declared_in());
        let location = media.location("MediaFile").unwrap_or_default();
        let entry = media.entry(self.package, location);
        drawn.is_uncovered |= entry.as_deref().is_some_and(|entry| !self.covers(entry));
        let Some(name) = entry else {
            self.canvas.findings.add(Code::ResourceMissing, &format!("MediaFile {location}"));
            return drawn;
        };
        let octets = self.picture_octets(&name);
        match self.canvas.image((self.place, name.clone()), octets.as_deref(), &name, false) {
            Some(number) => {
                let _ = write!(drawn.svg.0, "<use href=\"#s{number}\"");
                drawn.svg.transform(square).text("/>");
            }
            None => self.canvas.crossed_box(&mut drawn.svg, square),
        }
        drawn
    }

    /// The octets of a picture that is not on the page yet.
    fn picture_octets(&self, entry: &str) -> Option<std::sync::Arc<[u8]>> {
        if self.canvas.knows_image(self.place, entry)
            || self.package.size(entry)? > self.canvas.budget.left().image_bytes
        {
            return None;
        }
        self.package.read(entry).ok()
    }
}

/// Groups around an object, the innermost in its own coordinates.
struct Frame {
    opening: Svg,
    groups: usize,
}
