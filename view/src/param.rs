//! How lines and areas are drawn (GB/T 33190 8.2, 8.3): drawing parameters with what
//! they inherit, colours, colour spaces.

use crate::{
    finding::Code,
    geometry::{Matrix, number, numbers, words},
    painter::{Env, Painter},
    resources::{Kind, Resources},
    svg::{Rgb, Svg, hex},
    tree::Node,
};
use core::fmt::Write as _;
use std::rc::Rc;

/// How many parameters one may inherit from.
const RELATIVES: usize = 16;
/// Numbers of a dash pattern.
const DASHES: usize = 64;
/// Colours of a palette.
const PALETTE: usize = 1024;
/// Octets of the components of a colour.
const COMPONENTS: usize = 256;

/// What an area or a line is filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Paint {
    Solid(Rgb, f64),
    /// A definition of the page: a shading or a pattern.
    Defined(usize, f64),
    Nothing,
}

pub(crate) const BLACK: Paint = Paint::Solid([0; 3], 1.0);

/// Everything that may be inherited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Param {
    width: Option<f64>,
    cap: Option<&'static str>,
    join: Option<&'static str>,
    miter: Option<f64>,
    dash: Option<Vec<f64>>,
    dash_offset: Option<f64>,
    pub(crate) fill: Option<Paint>,
    pub(crate) stroke: Option<Paint>,
    /// Whether any of it comes from a file that no signature covers.
    pub(crate) is_uncovered: bool,
}

impl Param {
    /// Line width, millimetres (8.2: 0.353).
    pub(crate) fn width(&self) -> f64 {
        self.width.unwrap_or(0.353)
    }

    /// Takes what `other` says.
    fn take(&mut self, other: &Self) {
        self.width = other.width.or(self.width);
        self.cap = other.cap.or(self.cap);
        self.join = other.join.or(self.join);
        self.miter = other.miter.or(self.miter);
        self.dash = other.dash.clone().or_else(|| self.dash.take());
        self.dash_offset = other.dash_offset.or(self.dash_offset);
        self.fill = other.fill.or(self.fill);
        self.stroke = other.stroke.or(self.stroke);
        self.is_uncovered |= other.is_uncovered;
    }

    /// The attributes of a line; widths and dashes divided by `unit`.
    pub(crate) fn write_stroke(&self, out: &mut Svg, paint: Paint, unit: f64) {
        write_paint(out, "stroke", paint);
        out.attribute("stroke-width", self.width() / unit);
        if let Some(cap) = self.cap {
            out.text(" stroke-linecap=\"").text(cap).text("\"");
        }
        if let Some(join) = self.join {
            out.text(" stroke-linejoin=\"").text(join).text("\"");
        }
        out.attribute("stroke-miterlimit", self.miter.unwrap_or(3.528).max(1.0));
        if let Some(dash) = self.dash.as_deref().filter(|dash| dash.iter().any(|length| *length > 0.0)) {
            out.text(" stroke-dasharray=\"");
            for (index, length) in dash.iter().enumerate() {
                out.text(if index > 0 { " " } else { "" }).number(length / unit);
            }
            out.text("\"").attribute("stroke-dashoffset", self.dash_offset.unwrap_or(0.0) / unit);
        }
    }
}

/// ` fill="…"`, ` stroke="…"`.
pub(crate) fn write_paint(out: &mut Svg, name: &str, paint: Paint) {
    out.text(" ").text(name).text("=\"");
    let opacity = match paint {
        Paint::Solid(rgb, opacity) => {
            hex(&mut out.0, rgb);
            opacity
        }
        Paint::Defined(number, opacity) => {
            let _ = write!(out.0, "url(#s{number})");
            opacity
        }
        Paint::Nothing => {
            out.text("none");
            1.0
        }
    };
    out.text("\"");
    if opacity < 1.0 {
        out.text(" ").text(name).text("-opacity=\"").number(opacity).text("\"");
    }
}

/// `Alpha`, 0 to 255.
pub(crate) fn opacity(node: &Node) -> f64 {
    node.get("Alpha").and_then(number).map_or(1.0, |alpha| (alpha / 255.0).clamp(0.0, 1.0))
}

impl Painter<'_, '_, '_> {
    /// The parameters of an object: its own, over those that it names, over those around it.
    /// `here`: from its own coordinates to the page; none for what stands around objects.
    pub(crate) fn param(&mut self, node: &Node, env: &Env<'_>, here: Option<Matrix>) -> Param {
        let mut param = env.param.clone();
        if let Some(id) = node.get("DrawParam") {
            param.take(&self.named_param(id, env.resources, 0));
        }
        self.own(&mut param, node, env.resources, here);
        param
    }

    /// The parameters of an id, with what they inherit: read once.
    fn named_param(&mut self, id: &str, resources: &Resources, depth: usize) -> Rc<Param> {
        if let Some(known) = self.params.get(id) {
            return known.clone();
        }
        let mut param = Param::default();
        if depth > RELATIVES {
            self.canvas.findings.add(Code::TooDeep, "");
            return Rc::new(param);
        }
        match resources.get(Kind::DrawParam, id) {
            Some(resource) => {
                // one that comes back to itself inherits nothing there
                self.params.insert(id.to_owned(), Rc::default());
                if let Some(relative) = resource.node().get("Relative") {
                    param.take(&self.named_param(relative, resources, depth + 1));
                }
                param.is_uncovered |= !self.covers(resource.declared_in());
                self.own(&mut param, resource.node(), resources, None);
            }
            None => self.canvas.findings.add(Code::ResourceMissing, &format!("DrawParam {id}")),
        }
        let param = Rc::new(param);
        self.params.insert(id.to_owned(), param.clone());
        param
    }

    fn own(&mut self, param: &mut Param, node: &Node, resources: &Resources, here: Option<Matrix>) {
        let mut value = |name: &str| {
            let text = node.get(name)?;
            let value = number(text);
            if value.is_none() {
                self.canvas.findings.add(Code::BadValue, name);
            }
            value
        };
        param.width = value("LineWidth").map(f64::abs).or(param.width);
        param.miter = value("MiterLimit").or(param.miter);
        param.dash_offset = value("DashOffset").or(param.dash_offset);
        if let Some(text) = node.get("DashPattern") {
            match numbers(text, DASHES) {
                Some(dash) if dash.iter().all(|length| *length >= 0.0) => param.dash = Some(dash),
                _ => self.canvas.findings.add(Code::BadValue, "DashPattern"),
            }
        }
        param.cap = match node.get("Cap") {
            Some("Round") => Some("round"),
            Some("Square") => Some("square"),
            Some(_) => Some("butt"),
            None => param.cap,
        };
        param.join = match node.get("Join") {
            Some("Round") => Some("round"),
            Some("Bevel") => Some("bevel"),
            Some(_) => Some("miter"),
            None => param.join,
        };
        for (name, place) in [("FillColor", &mut param.fill), ("StrokeColor", &mut param.stroke)] {
            if let Some(colour) = node.child(name) {
                let (paint, is_covered) = self.paint(colour, resources, here);
                *place = Some(paint);
                param.is_uncovered |= !is_covered;
            }
        }
    }

    /// A colour, and whether all that it rests on is covered.
    fn paint(&mut self, node: &Node, resources: &Resources, here: Option<Matrix>) -> (Paint, bool) {
        for child in &node.children {
            match &*child.name {
                "AxialShd" | "RadialShd" => return self.shading(child, opacity(node), resources),
                "Pattern" => return self.pattern(child, opacity(node), resources, here),
                "GouraudShd" | "LaGouraudShd" => {
                    self.canvas.findings.add(Code::NotDrawn, &child.name);
                    return (Paint::Nothing, true);
                }
                _ => {}
            }
        }
        let (rgb, is_covered) = self.colour(node, resources);
        (Paint::Solid(rgb, opacity(node)), is_covered)
    }

    /// A basic colour (8.3.1): its components in its space, 0 where there are none.
    pub(crate) fn colour(&mut self, node: &Node, resources: &Resources) -> (Rgb, bool) {
        let named = node.get("ColorSpace").or(self.default_space);
        let space = named.and_then(|id| resources.get(Kind::ColorSpace, id));
        let is_covered = space.as_ref().is_none_or(|space| self.covers(space.declared_in()));
        let space = space.as_ref().map(|space| space.node());
        let bits = space.and_then(|space| number(space.get("BitsPerComponent")?)).unwrap_or(8.0);
        let most = f64::from(2_u16).powf(bits.clamp(1.0, 16.0)) - 1.0;
        let mut text = node.get("Value");
        if let (None, Some(palette), Some(index)) =
            (text, space.and_then(|space| space.child("Palette")), node.get("Index").and_then(number))
        {
            text = palette.named("CV").take(PALETTE).nth(index.max(0.0) as usize).map(|value| &*value.text);
        }
        let component = |word: &str| match word.strip_prefix('#') {
            Some(hex) => u8::from_str_radix(hex, 16).ok().map(f64::from),
            None => number(word),
        };
        let text = text.unwrap_or_default();
        let values: Option<Vec<f64>> =
            if text.len() > COMPONENTS { None } else { words(text).take(5).map(component).collect() };
        let Some(values) = values else {
            self.canvas.findings.add(Code::BadValue, "Value");
            return ([0; 3], is_covered);
        };
        let part = |index: usize| values.get(index).map_or(0.0, |value| (value / most).clamp(0.0, 1.0));
        let octet = |value: f64| (value * 255.0).round() as u8;
        let kind = space.and_then(|space| space.get("Type"));
        let is = |name: &str| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(name));
        let rgb = match values.len() {
            0 => [0; 3],
            count if is("GRAY") || count == 1 => [octet(part(0)); 3],
            count if is("CMYK") || count == 4 => [0, 1, 2].map(|index| octet((1.0 - part(index)) * (1.0 - part(3)))),
            _ => [octet(part(0)), octet(part(1)), octet(part(2))],
        };
        (rgb, is_covered)
    }
}
