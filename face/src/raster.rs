//! A page as PNG, drawn with tiny-skia.

use crate::{
    colour::Colour,
    copy::{self, CopyError, CopyMark},
    drawing::Drawing,
    font::Fonts,
    page::{Image, Item, Segment, Shape, Text},
};
use resvg::tiny_skia::{
    BlendMode, FillRule, FilterQuality, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Stroke, Transform,
};

pub(crate) fn write(drawing: &Drawing, page: usize, mark: &CopyMark<'_>) -> Result<Vec<u8>, CopyError> {
    let mut canvas = Canvas::of(drawing, page, mark.dots_per_inch)?;
    if let Some(picture) = mark.seal.filter(|_| page == 0) {
        let seal = drawing.seal_pixels(picture, f64::from(mark.dots_per_inch))?;
        canvas.picture(&seal, drawing.face.seal, BlendMode::Multiply);
    }
    drawing.copy_items(mark)?.iter().for_each(|item| canvas.item(item));
    canvas.encode()
}

/// A page without any mark, for what is no licence.
pub(crate) fn plain(drawing: &Drawing, page: usize, dots_per_inch: u16) -> Result<Vec<u8>, CopyError> {
    Canvas::of(drawing, page, dots_per_inch)?.encode()
}

struct Canvas<'a> {
    pixmap: Pixmap,
    /// Pixels a millimetre.
    scale: f64,
    fonts: &'a Fonts,
}

impl<'a> Canvas<'a> {
    /// A page with what stands on it.
    fn of(drawing: &'a Drawing, page: usize, dots_per_inch: u16) -> Result<Self, CopyError> {
        let sheet = drawing.sheets.get(page).ok_or(CopyError::Page { page })?;
        let (width, height) = copy::pixels_of(drawing.page, dots_per_inch)?;
        let mut canvas = Self {
            pixmap: Pixmap::new(width, height).ok_or(CopyError::Resolution)?,
            scale: f64::from(dots_per_inch) / 25.4,
            fonts: &drawing.face.fonts,
        };
        let [r, g, b] = copy::GROUND.0;
        canvas.pixmap.fill(resvg::tiny_skia::Color::from_rgba8(r, g, b, 255));
        drawing.items(sheet).for_each(|item| canvas.item(item));
        Ok(canvas)
    }

    fn encode(&self) -> Result<Vec<u8>, CopyError> {
        self.pixmap.encode_png().map_err(|_| CopyError::Encoding)
    }
}

impl Canvas<'_> {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Shape(shape) => self.shape(shape),
            Item::Text(text) => self.text(text),
            Item::Image(Image { photo, bounds }) => self.picture(&photo.pixels, *bounds, BlendMode::SourceOver),
        }
    }

    fn shape(&mut self, shape: &Shape) {
        let Some(path) = path(&shape.path) else { return };
        let unit = self.scale as f32;
        let (x, y) = ((shape.bounds.x * self.scale) as f32, (shape.bounds.y * self.scale) as f32);
        let place = Transform::from_row(unit, 0.0, 0.0, unit, x, y);
        if let Some(colour) = shape.fill {
            self.pixmap.fill_path(&path, &paint(colour), FillRule::Winding, place, None);
        }
        if let Some((colour, width)) = shape.stroke {
            let stroke = Stroke { width: width as f32, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &paint(colour), &stroke, place, None);
        }
    }

    fn text(&mut self, text: &Text) {
        let font = self.fonts.get(text.font);
        let unit = (text.size / font.units_per_em() * self.scale) as f32;
        for placed in &text.glyphs {
            let mut outline = Outline(PathBuilder::new());
            font.outline(placed.glyph, &mut outline);
            let Some(path) = outline.0.finish() else { continue };
            let (x, y) = (((text.x + placed.at) * self.scale) as f32, (text.y * self.scale) as f32);
            let place = Transform::from_row(unit, 0.0, 0.0, -unit, x, y);
            self.pixmap.fill_path(&path, &paint(text.colour), FillRule::Winding, place, None);
        }
    }

    fn picture(&mut self, picture: &Pixmap, bounds: crate::page::Rect, blend_mode: BlendMode) {
        let (sx, sy) = (
            (bounds.w * self.scale) as f32 / picture.width() as f32,
            (bounds.h * self.scale) as f32 / picture.height() as f32,
        );
        let (x, y) = ((bounds.x * self.scale) as f32, (bounds.y * self.scale) as f32);
        let paint = PixmapPaint { opacity: 1.0, blend_mode, quality: FilterQuality::Bicubic };
        self.pixmap.draw_pixmap(0, 0, picture.as_ref(), &paint, Transform::from_row(sx, 0.0, 0.0, sy, x, y), None);
    }
}

fn paint(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    let [r, g, b] = colour.0;
    paint.set_color_rgba8(r, g, b, 255);
    paint.anti_alias = true;
    paint
}

fn path(segments: &[Segment]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for segment in segments {
        match *segment {
            Segment::Move(x, y) => builder.move_to(x as f32, y as f32),
            Segment::Line(x, y) => builder.line_to(x as f32, y as f32),
            Segment::Cubic(p) => {
                let [a, b, c, d, e, f] = p.map(|value| value as f32);
                builder.cubic_to(a, b, c, d, e, f);
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

/// Glyphs to paths.
struct Outline(PathBuilder);

impl ttf_parser::OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}
