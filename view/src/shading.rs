//! Axial and radial shadings (GB/T 33190 8.3.4) as gradients of SVG.

use crate::{
    finding::Code,
    geometry::{Matrix, number, numbers},
    painter::Painter,
    param::{Paint, opacity},
    resources::Resources,
    svg::{Rgb, hex},
    tree::Node,
};
use core::fmt::Write as _;

/// Segments of a shading, and colours of all its repetitions.
const SEGMENTS: usize = 256;
const STOPS: usize = 1024;
/// What reading the colour of a segment counts for, in steps: it may be looked up among a thousand.
const SEGMENT: usize = 16;
/// The least part of its axis that a shading repeats over.
const SHORTEST: f64 = 0.001;

/// A colour at a place of the axis, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stop {
    offset: f64,
    rgb: Rgb,
    opacity: f64,
}

/// An end of the axis: where it is, and how large the ellipse around it (radial ones).
#[derive(Clone, Copy)]
struct End {
    at: [f64; 2],
    radius: f64,
}

impl End {
    /// Between this one and another.
    fn towards(self, other: Self, part: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * part;
        let at = [between(self.at[0], other.at[0]), between(self.at[1], other.at[1])];
        Self { at, radius: between(self.radius, other.radius) }
    }
}

impl Painter<'_, '_, '_> {
    /// A shading, and whether all that it rests on is covered. Its colours are paid for as steps, those that it repeats too.
    pub(crate) fn shading(&mut self, node: &Node, opacity: f64, resources: &Resources) -> (Paint, bool) {
        let is_axial = &*node.name == "AxialShd";
        let value = |name: &str| node.get(name).and_then(number);
        let end = |place: &str, radius: &str| match numbers(node.get(place)?, 2)?.as_slice() {
            &[x, y] => Some(End { at: [x, y], radius: value(radius).unwrap_or(0.0).max(0.0) }),
            _ => None,
        };
        let Some((stops, is_covered)) = self.stops(node, resources) else { return (Paint::Nothing, true) };
        let ends = end("StartPoint", "StartRadius").zip(end("EndPoint", "EndRadius"));
        let Some((mut from, mut to)) = ends.filter(|_| !stops.is_empty()) else {
            self.canvas.findings.add(Code::BadValue, &node.name);
            return (Paint::Nothing, is_covered);
        };
        let extend = value("Extend").unwrap_or(0.0) as u8;
        let (mut before, mut after) = (extend & 1 != 0, extend & 2 != 0);
        let mut stops = stops;
        if !is_axial && from.radius > to.radius {
            // the outer ellipse is the end
            core::mem::swap(&mut from, &mut to);
            core::mem::swap(&mut before, &mut after);
            stops = turned(&stops);
        }
        let length = (to.at[0] - from.at[0]).hypot(to.at[1] - from.at[1]);
        let unit = value("MapUnit").filter(|unit| *unit > 0.0 && length > 0.0).map_or(1.0, |unit| unit / length);
        // an axis next to nothing is one repetition
        let unit = if unit.is_finite() { unit } else { 1.0 };
        let mut spread = "pad";
        match node.get("MapType") {
            Some(kind @ ("Repeat" | "Reflect")) if before && after => {
                spread = if kind == "Repeat" { "repeat" } else { "reflect" };
                to = from.towards(to, unit.max(SHORTEST));
            }
            Some(kind @ ("Repeat" | "Reflect")) => {
                if before || after {
                    self.canvas.findings.add(Code::Simplified, "Extend");
                }
                match repeated(&stops, unit, kind == "Reflect") {
                    Some(all) => stops = all,
                    None => self.canvas.findings.add(Code::Simplified, "MapUnit"),
                }
            }
            _ => {}
        }
        if spread == "pad" {
            // nothing is painted beyond an end that does not go on
            let clear = |stop: Option<&Stop>| stop.map(|stop| Stop { opacity: 0.0, ..*stop });
            let (first, last) = (clear(stops.first().filter(|_| !before)), clear(stops.last().filter(|_| !after)));
            stops.splice(0..0, first);
            stops.extend(last);
        }
        let shape = if is_axial { Matrix::ONE } else { ellipse(value("Eccentricity"), value("Angle")) };
        let inside = shape.inverse().unwrap_or(Matrix::ONE);
        let ([x1, y1], [x2, y2]) = (inside.apply(from.at), inside.apply(to.at));
        let element = if is_axial { "linearGradient" } else { "radialGradient" };
        if !self.canvas.budget.path_steps(stops.len(), &mut self.canvas.findings) {
            return (Paint::Nothing, is_covered);
        }
        let number = self.canvas.define(|defs, number| {
            let _ = write!(
                defs.0,
                "<{element} id=\"s{number}\" gradientUnits=\"userSpaceOnUse\" spreadMethod=\"{spread}\""
            );
            defs.transform_as("gradientTransform", shape);
            if is_axial {
                defs.attribute("x1", x1).attribute("y1", y1).attribute("x2", x2).attribute("y2", y2);
            } else {
                defs.attribute("fx", x1).attribute("fy", y1).attribute("fr", from.radius);
                defs.attribute("cx", x2).attribute("cy", y2).attribute("r", to.radius);
            }
            defs.text(">");
            for Stop { offset, rgb, opacity } in &stops {
                defs.text("<stop").attribute("offset", *offset).text(" stop-color=\"");
                hex(&mut defs.0, *rgb);
                defs.text("\"");
                if *opacity < 1.0 {
                    defs.attribute("stop-opacity", *opacity);
                }
                defs.text("/>");
            }
            let _ = write!(defs.0, "</{element}>");
        });
        (number.map_or(Paint::Nothing, |number| Paint::Defined(number, opacity)), is_covered)
    }

    /// The colours along the axis; places that are not given lie evenly. `None` when the page is full.
    fn stops(&mut self, node: &Node, resources: &Resources) -> Option<(Vec<Stop>, bool)> {
        let mut is_covered = true;
        let mut stops: Vec<Stop> = Vec::new();
        let segments: Vec<&Node> = node.named("Segment").chain(node.named("Segments")).take(SEGMENTS).collect();
        let steps = segments.len() * SEGMENT;
        (self.canvas.has_room(0) && self.canvas.budget.path_steps(steps, &mut self.canvas.findings)).then_some(())?;
        let last = segments.len().saturating_sub(1).max(1) as f64;
        for (index, segment) in segments.iter().enumerate() {
            let Some(colour) = segment.child("Color") else { continue };
            let (rgb, covered) = self.colour(colour, resources);
            is_covered &= covered;
            let offset = segment.get("Position").and_then(number).unwrap_or(index as f64 / last).clamp(0.0, 1.0);
            // one that goes back stands where the one before does
            let offset = stops.last().map_or(offset, |stop| offset.max(stop.offset));
            stops.push(Stop { offset, rgb, opacity: opacity(colour) });
        }
        Some((stops, is_covered))
    }
}

/// From a circle to an ellipse: how far its foci lie apart, and how its long axis is turned.
fn ellipse(eccentricity: Option<f64>, angle: Option<f64>) -> Matrix {
    match eccentricity {
        Some(part) if (0.0..1.0).contains(&part) && part > 0.0 => {
            let short = (1.0 - part * part).sqrt().max(SHORTEST);
            Matrix::turned(angle.unwrap_or(0.0)).of(Matrix::scaled(1.0, short))
        }
        _ => Matrix::ONE,
    }
}

/// The same from the other end.
fn turned(stops: &[Stop]) -> Vec<Stop> {
    stops.iter().rev().map(|stop| Stop { offset: 1.0 - stop.offset, ..*stop }).collect()
}

/// The colours of an axis that repeats them over each `unit` of its length; `None` when
/// these are too many.
fn repeated(stops: &[Stop], unit: f64, is_reflected: bool) -> Option<Vec<Stop>> {
    let times = (1.0 / unit.clamp(SHORTEST, 1.0)).ceil();
    if unit < SHORTEST || times * stops.len() as f64 > STOPS as f64 {
        return None;
    }
    let back = turned(stops);
    let mut all: Vec<Stop> = Vec::new();
    for time in 0..times as usize {
        let these = if is_reflected && time % 2 == 1 { &back } else { stops };
        for stop in these {
            let stop = Stop { offset: (time as f64 + stop.offset) * unit, ..*stop };
            if stop.offset > 1.0 {
                // the axis ends within a repetition
                let before = all.last().copied().unwrap_or(stop);
                let part = ((1.0 - before.offset) / (stop.offset - before.offset)).clamp(0.0, 1.0);
                all.push(between(before, stop, part));
                return Some(all);
            }
            all.push(stop);
        }
    }
    Some(all)
}

/// The colour at the end of the axis, between two others.
fn between(before: Stop, after: Stop, part: f64) -> Stop {
    let mixed = |from: f64, to: f64| from + (to - from) * part;
    let channel = |index: usize| mixed(f64::from(before.rgb[index]), f64::from(after.rgb[index])).round() as u8;
    Stop { offset: 1.0, rgb: [0, 1, 2].map(channel), opacity: mixed(before.opacity, after.opacity) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(offset: f64, red: u8) -> Stop {
        Stop { offset, rgb: [red, 0, 0], opacity: 1.0 }
    }

    #[test]
    fn repetitions_end_with_the_axis() {
        let stops = [stop(0.0, 0), stop(1.0, 200)];
        let places = |unit: f64, reflected: bool| -> Vec<(f64, u8)> {
            repeated(&stops, unit, reflected).unwrap().iter().map(|stop| (stop.offset, stop.rgb[0])).collect()
        };
        assert_eq!(places(0.5, false), [(0.0, 0), (0.5, 200), (0.5, 0), (1.0, 200)]);
        assert_eq!(places(0.5, true), [(0.0, 0), (0.5, 200), (0.5, 200), (1.0, 0)]);
        // a repetition of four fifths, and a quarter of the next
        assert_eq!(places(0.8, false), [(0.0, 0), (0.8, 200), (0.8, 0), (1.0, 50)]);
        assert_eq!(repeated(&stops, 0.0001, false), None);
        assert_eq!(repeated(&[stop(0.5, 1); 200], 0.1, false), None);
    }

    #[test]
    fn an_ellipse_has_its_foci() {
        let around = ellipse(Some(0.6), None).apply([0.0, 10.0]);
        assert!((around[1] - 8.0).abs() < 1e-9 && around[0].abs() < 1e-9);
        assert_eq!(ellipse(Some(1.0), Some(45.0)), Matrix::ONE);
        assert_eq!(ellipse(None, Some(45.0)), Matrix::ONE);
    }
}
