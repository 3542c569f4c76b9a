//! The content of a page: its layer of text, path and image objects (GB/T 33190-2016
//! clauses 8 to 11).

use super::{Ids, PHOTO, escape_into, root};
use crate::{
    colour::Colour,
    font::Fonts,
    number::{push, push_integer},
    page::{Image, Item, Rect, Segment, Shape, Text},
};

/// A page file being written.
pub(super) struct Page {
    out: String,
}

impl Page {
    /// Begins the one layer, over a template.
    pub(super) fn new(template: Option<u64>, ids: &mut Ids) -> Self {
        let mut out = String::with_capacity(16 << 10);
        if let Some(template) = template {
            out.push_str("<ofd:Template TemplateID=\"");
            push_integer(&mut out, template);
            out.push_str("\" ZOrder=\"Background\"/>");
        }
        out.push_str("<ofd:Content><ofd:Layer Type=\"Body\" ID=\"");
        push_integer(&mut out, ids.next());
        out.push_str("\">");
        Self { out }
    }

    /// Adds an item; gives its ID. Fonts count from `first_font`.
    pub(super) fn item(&mut self, item: &Item, first_font: u64, fonts: &Fonts, ids: &mut Ids) -> u64 {
        let id = ids.next();
        match item {
            Item::Shape(shape) => self.shape(shape, id),
            Item::Text(text) => self.text(text, id, first_font + text.font as u64, fonts),
            Item::Image(image) => self.image(image, id),
        }
        id
    }

    pub(super) fn finish(self) -> String {
        root("Page", "", &(self.out + "</ofd:Layer></ofd:Content>"))
    }

    fn begin(&mut self, name: &str, id: u64, bounds: Rect) {
        let out = &mut self.out;
        out.push_str("<ofd:");
        out.push_str(name);
        out.push_str(" ID=\"");
        push_integer(out, id);
        out.push_str("\" Boundary=\"");
        numbers(out, &[bounds.x, bounds.y, bounds.w, bounds.h]);
        out.push('"');
    }

    fn colour(&mut self, name: &str, colour: Colour) {
        let out = &mut self.out;
        out.push_str("<ofd:");
        out.push_str(name);
        out.push_str(" Value=\"");
        for (index, channel) in colour.0.into_iter().enumerate() {
            if index > 0 {
                out.push(' ');
            }
            push_integer(out, channel.into());
        }
        out.push_str("\"/>");
    }

    fn text(&mut self, text: &Text, id: u64, font_id: u64, fonts: &Fonts) {
        let font = fonts.get(text.font);
        let above = font.ascent * text.size;
        let height = (font.ascent + font.descent) * text.size;
        self.begin("TextObject", id, Rect::new(text.x, text.y - above, text.width, height));
        let out = &mut self.out;
        out.push_str(" Font=\"");
        push_integer(out, font_id);
        out.push_str("\" Size=\"");
        push(out, text.size);
        out.push_str("\">");
        self.colour("FillColor", text.colour);
        let out = &mut self.out;
        out.push_str("<ofd:TextCode X=\"0\" Y=\"");
        push(out, above);
        out.push('"');
        if text.glyphs.len() > 1 {
            out.push_str(" DeltaX=\"");
            deltas(out, text);
            out.push('"');
        }
        out.push('>');
        text.glyphs.iter().for_each(|placed| escape_into(out, placed.character));
        out.push_str("</ofd:TextCode></ofd:TextObject>");
    }

    fn shape(&mut self, shape: &Shape, id: u64) {
        self.begin("PathObject", id, shape.bounds);
        let (stroke, fill) = (shape.stroke.is_some(), shape.fill.is_some());
        self.out.push_str(match (stroke, fill) {
            (true, true) => " Fill=\"true\"",
            (true, false) => "",
            (false, _) => " Stroke=\"false\" Fill=\"true\"",
        });
        if let Some((_, width)) = shape.stroke {
            self.out.push_str(" LineWidth=\"");
            push(&mut self.out, width);
            self.out.push('"');
        }
        self.out.push('>');
        if let Some((colour, _)) = shape.stroke {
            self.colour("StrokeColor", colour);
        }
        if let Some(colour) = shape.fill {
            self.colour("FillColor", colour);
        }
        self.out.push_str("<ofd:AbbreviatedData>");
        for (index, segment) in shape.path.iter().enumerate() {
            let out = &mut self.out;
            if index > 0 {
                out.push(' ');
            }
            match segment {
                Segment::Move(x, y) => {
                    out.push_str("M ");
                    numbers(out, &[*x, *y]);
                }
                Segment::Line(x, y) => {
                    out.push_str("L ");
                    numbers(out, &[*x, *y]);
                }
                Segment::Cubic(points) => {
                    out.push_str("B ");
                    numbers(out, points);
                }
                Segment::Close => out.push('C'),
            }
        }
        self.out.push_str("</ofd:AbbreviatedData></ofd:PathObject>");
    }

    fn image(&mut self, image: &Image, id: u64) {
        self.begin("ImageObject", id, image.bounds);
        let out = &mut self.out;
        out.push_str(" CTM=\"");
        numbers(out, &[image.bounds.w, 0.0, 0.0, image.bounds.h, 0.0, 0.0]);
        out.push_str("\" ResourceID=\"");
        push_integer(out, PHOTO);
        out.push_str("\"/>");
    }
}

fn numbers(out: &mut String, values: &[f64]) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push(out, *value);
    }
}

/// From each glyph to the next, equal ones together (`g count value`). Differences of
/// rounded places: errors do not add up.
fn deltas(out: &mut String, text: &Text) {
    let rounded = |at: f64| (at * 1000.0).round();
    let steps = text.glyphs.windows(2).map(|pair| rounded(pair[1].at) - rounded(pair[0].at));
    let mut runs: Vec<(f64, u64)> = Vec::new();
    for step in steps {
        match runs.last_mut() {
            Some((same, count)) if (*same - step).abs() < 0.5 => *count += 1,
            _ => runs.push((step, 1)),
        }
    }
    for (index, (step, count)) in runs.into_iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if count > 2 {
            out.push_str("g ");
            push_integer(out, count);
            out.push(' ');
            push(out, step / 1000.0);
        } else {
            for time in 0..count {
                if time > 0 {
                    out.push(' ');
                }
                push(out, step / 1000.0);
            }
        }
    }
}
