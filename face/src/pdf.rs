//! A copy as PDF: paths, text in subset TrueType fonts with a Unicode map, so that
//! it can be searched and copied, and the seal as a picture.

use crate::{
    colour::Colour,
    copy::{CopyError, CopyMark},
    drawing::Drawing,
    font::{Subset, subset},
    ofd,
    page::{Image, Item, Rect, Segment, Shape, Text},
    photo::{Kind, Photo},
};
use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Content, Filter, Finish as _, Name, Pdf, Ref, Str, TextStr,
    types::{BlendMode, CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use resvg::tiny_skia::Pixmap;
use std::{collections::BTreeMap, io::Write as _};
use yinxin_trust::seal::make::SealPicture;

const POINTS_A_MM: f64 = 72.0 / 25.4;
/// The seal's picture, dots an inch.
const SEAL_DOTS: f64 = 400.0;
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const SEAL: Name<'static> = Name(b"Seal");
const PHOTO: Name<'static> = Name(b"Photo");
const MULTIPLY: Name<'static> = Name(b"Multiply");

/// What a file has beside the drawing.
pub(crate) struct Print<'a> {
    /// Drawn last on every page.
    pub(crate) copy: &'a [Item],
    /// In the place of the seal.
    pub(crate) seal: Option<&'a SealPicture>,
    pub(crate) title: &'a str,
    /// Name and octets, stored as they are: whoever looks for them needs no inflating.
    pub(crate) attachment: Option<(&'a str, &'a [u8])>,
}

pub(crate) fn write(drawing: &Drawing, mark: &CopyMark<'_>) -> Result<Vec<u8>, CopyError> {
    let (copy, title) = (drawing.copy_items(mark)?, format!("{}（{}）", drawing.face.title, mark.words));
    lay(drawing, &Print { copy: &copy, seal: mark.seal, title: &title, attachment: None })
}

pub(crate) fn lay(drawing: &Drawing, print: &Print<'_>) -> Result<Vec<u8>, CopyError> {
    let copy = print.copy;
    let mut file = File { pdf: Pdf::new(), next: 0, fonts: BTreeMap::new() };
    let (catalog, tree) = (file.id(), file.id());
    let all = || drawing.sheets.iter().flat_map(|sheet| drawing.items(sheet)).chain(copy);
    for (font, characters) in ofd::characters(all()) {
        file.font(drawing, font, &subset(drawing.face.fonts.get(font), &characters, "Yinxin Copy"));
    }
    let photo = all().find_map(|item| match item {
        Item::Image(image) => Some(&image.photo),
        _ => None,
    });
    let photo = photo.map(|photo| file.photo(photo));
    let seal = match print.seal {
        Some(picture) => Some(file.pixels(&drawing.seal_pixels(picture, SEAL_DOTS)?)),
        None => None,
    };
    let page_size = drawing.page;
    let mut pages = Vec::new();
    for (number, sheet) in drawing.sheets.iter().enumerate() {
        let mut page = Page { content: Content::new(), file: &file };
        // millimetres from the top left, from here on
        let height = page_size.h * POINTS_A_MM;
        let matrix = [POINTS_A_MM, 0.0, 0.0, -POINTS_A_MM, 0.0, height].map(|value| value as f32);
        page.content.transform(matrix);
        drawing.items(sheet).for_each(|item| page.item(item));
        if seal.is_some() && number == 0 {
            page.content.save_state().set_parameters(MULTIPLY);
            page.picture(SEAL, drawing.face.seal);
            page.content.restore_state();
        }
        copy.iter().for_each(|item| page.item(item));
        let content = page.content.finish();
        let (page, stream) = (file.id(), file.id());
        file.pdf.stream(stream, &deflated(&content)).filter(Filter::FlateDecode);
        let mut writer = file.pdf.page(page);
        let (w, h) = ((page_size.w * POINTS_A_MM) as f32, height as f32);
        writer.media_box(pdf_writer::Rect::new(0.0, 0.0, w, h)).parent(tree).contents(stream);
        let mut resources = writer.resources();
        let mut fonts = resources.fonts();
        for (font, used) in &file.fonts {
            fonts.pair(Name(name(*font).as_bytes()), used.id);
        }
        fonts.finish();
        let mut objects = resources.x_objects();
        objects.pairs(seal.map(|id| (SEAL, id)));
        objects.pairs(photo.map(|id| (PHOTO, id)));
        objects.finish();
        resources
            .ext_g_states()
            .insert(MULTIPLY)
            .start::<pdf_writer::writers::ExtGraphicsState<'_>>()
            .blend_mode(BlendMode::Multiply);
        resources.finish();
        writer.finish();
        pages.push(page);
    }
    let attached = print.attachment.map(|attachment| (attachment.0, file.attachment(attachment)));
    let mut root = file.pdf.catalog(catalog);
    root.pages(tree).lang(TextStr("zh-CN"));
    if let Some((name, spec)) = attached {
        root.names().embedded_files().names().insert(Str(name.as_bytes()), spec);
    }
    root.finish();
    let count = pages.len() as i32;
    file.pdf.pages(tree).kids(pages).count(count);
    let info = file.id();
    file.pdf.document_info(info).title(TextStr(print.title)).producer(TextStr("yinxin"));
    Ok(file.pdf.finish())
}

struct File {
    pdf: Pdf,
    next: i32,
    fonts: BTreeMap<usize, Used>,
}

/// A font in the file.
struct Used {
    id: Ref,
    glyphs: BTreeMap<char, u16>,
    /// In thousandths of the em.
    widths: BTreeMap<char, f64>,
}

impl File {
    fn id(&mut self) -> Ref {
        self.next += 1;
        Ref::new(self.next)
    }

    /// A file that goes with the document.
    fn attachment(&mut self, (name, octets): (&str, &[u8])) -> Ref {
        let (id, spec) = (self.id(), self.id());
        self.pdf.embedded_file(id, octets);
        self.pdf.file_spec(spec).path(Str(name.as_bytes())).unic_file(TextStr(name)).embedded_file_with_unicode(id);
        spec
    }

    fn font(&mut self, drawing: &Drawing, index: usize, subset: &Subset) {
        let font = drawing.face.fonts.get(index);
        let [id, descendant, descriptor, file, map] = core::array::from_fn(|_| self.id());
        let base = format!("YXCOPY+YinxinCopy{}", index + 1);
        let base = Name(base.as_bytes());
        let widths: BTreeMap<char, f64> = subset
            .glyphs
            .keys()
            .map(|character| (*character, font.glyph(*character).map_or(1.0, |glyph| font.advance(glyph)) * 1000.0))
            .collect();
        self.pdf
            .type0_font(id)
            .base_font(base)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(map);
        let mut cid = self.pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2).base_font(base).system_info(IDENTITY).font_descriptor(descriptor);
        cid.default_width(1000.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut by_glyph: Vec<(u16, f32)> =
            subset.glyphs.iter().map(|(character, glyph)| (*glyph, widths[character] as f32)).collect();
        by_glyph.sort_by_key(|(glyph, _)| *glyph);
        by_glyph.dedup_by_key(|(glyph, _)| *glyph);
        let mut listed = cid.widths();
        for (glyph, width) in by_glyph.iter().filter(|(_, width)| (width - 1000.0).abs() > 0.01) {
            listed.same(*glyph, *glyph, *width);
        }
        listed.finish();
        cid.finish();
        let (above, below) = ((font.ascent * 1000.0) as f32, (font.descent * -1000.0) as f32);
        self.pdf
            .font_descriptor(descriptor)
            .name(base)
            .flags(FontFlags::SYMBOLIC)
            .bbox(pdf_writer::Rect::new(-1000.0, below.min(-300.0), 3000.0, above.max(1200.0)))
            .italic_angle(0.0)
            .ascent(above)
            .descent(below)
            .cap_height(730.0)
            .stem_v(if font.weight > 500 { 140.0 } else { 80.0 })
            .font_file2(file);
        let length = subset.octets.len() as i32;
        self.pdf.stream(file, &deflated(&subset.octets)).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        let mut unicode = UnicodeCmap::new(Name(b"YinxinUnicode"), IDENTITY);
        let mut seen = std::collections::BTreeSet::new();
        for (character, glyph) in subset.glyphs.iter().filter(|(_, glyph)| seen.insert(**glyph)) {
            unicode.pair(*glyph, *character);
        }
        self.pdf.cmap(map, &unicode.finish());
        self.fonts.insert(index, Used { id, glyphs: subset.glyphs.clone(), widths });
    }

    /// JPEG as it is, PNG by its pixels.
    fn photo(&mut self, photo: &Photo) -> Ref {
        if photo.kind == Kind::Png {
            return self.pixels(&photo.pixels);
        }
        let id = self.id();
        let mut image = self.pdf.image_xobject(id, &photo.octets);
        image.filter(Filter::DctDecode);
        image.width(photo.width as i32).height(photo.height as i32).bits_per_component(8);
        match photo.channels {
            1 => image.color_space().device_gray(),
            _ => image.color_space().device_rgb(),
        }
        id
    }

    /// Colours, and the opacity beside them.
    fn pixels(&mut self, pixmap: &Pixmap) -> Ref {
        let (id, mask) = (self.id(), self.id());
        let (mut colours, mut opacity) = (Vec::new(), Vec::new());
        for pixel in pixmap.pixels() {
            let plain = pixel.demultiply();
            colours.extend([plain.red(), plain.green(), plain.blue()]);
            opacity.push(plain.alpha());
        }
        let (width, height) = (pixmap.width() as i32, pixmap.height() as i32);
        let colours = deflated(&colours);
        let mut image = self.pdf.image_xobject(id, &colours);
        image.filter(Filter::FlateDecode);
        image.width(width).height(height).bits_per_component(8).s_mask(mask);
        image.color_space().device_rgb();
        image.finish();
        let opacity = deflated(&opacity);
        let mut image = self.pdf.image_xobject(mask, &opacity);
        image.filter(Filter::FlateDecode);
        image.width(width).height(height).bits_per_component(8);
        image.color_space().device_gray();
        id
    }
}

struct Page<'a> {
    content: Content,
    file: &'a File,
}

impl Page<'_> {
    fn item(&mut self, item: &Item) {
        match item {
            Item::Shape(shape) => self.shape(shape),
            Item::Text(text) => self.text(text),
            Item::Image(Image { bounds, .. }) => self.picture(PHOTO, *bounds),
        }
    }

    fn fill(&mut self, colour: Colour) {
        let [r, g, b] = colour.fractions();
        self.content.set_fill_rgb(r, g, b);
    }

    fn shape(&mut self, shape: &Shape) {
        self.content.save_state();
        self.content.transform([1.0, 0.0, 0.0, 1.0, shape.bounds.x as f32, shape.bounds.y as f32]);
        if let Some(colour) = shape.fill {
            self.fill(colour);
        }
        if let Some((colour, width)) = shape.stroke {
            let [r, g, b] = colour.fractions();
            self.content.set_stroke_rgb(r, g, b).set_line_width(width as f32);
        }
        for segment in &shape.path {
            match *segment {
                Segment::Move(x, y) => self.content.move_to(x as f32, y as f32),
                Segment::Line(x, y) => self.content.line_to(x as f32, y as f32),
                Segment::Cubic(points) => {
                    let [a, b, c, d, e, f] = points.map(|value| value as f32);
                    self.content.cubic_to(a, b, c, d, e, f)
                }
                Segment::Close => self.content.close_path(),
            };
        }
        match (shape.fill.is_some(), shape.stroke.is_some()) {
            (true, true) => self.content.fill_nonzero_and_stroke(),
            (true, false) => self.content.fill_nonzero(),
            (false, _) => self.content.stroke(),
        };
        self.content.restore_state();
    }

    fn text(&mut self, text: &Text) {
        let Some(font) = self.file.fonts.get(&text.font) else { return };
        self.fill(text.colour);
        self.content.begin_text();
        self.content.set_font(Name(name(text.font).as_bytes()), text.size as f32);
        // glyphs stand upright although y goes down
        self.content.set_text_matrix([1.0, 0.0, 0.0, -1.0, text.x as f32, text.y as f32]);
        let mut shown = self.content.show_positioned();
        let mut items = shown.items();
        for (index, placed) in text.glyphs.iter().enumerate() {
            let glyph = font.glyphs.get(&placed.character).copied().unwrap_or(0);
            items.show(Str(&glyph.to_be_bytes()));
            if let Some(next) = text.glyphs.get(index + 1) {
                let natural = font.widths.get(&placed.character).copied().unwrap_or(1000.0);
                let extra = (next.at - placed.at) / text.size * 1000.0 - natural;
                if extra.abs() > 0.05 {
                    items.adjust(-extra as f32);
                }
            }
        }
        items.finish();
        shown.finish();
        self.content.end_text();
    }

    fn picture(&mut self, name: Name<'_>, bounds: Rect) {
        let [x, y, w, h] = [bounds.x, bounds.y, bounds.w, bounds.h].map(|value| value as f32);
        self.content.save_state().transform([w, 0.0, 0.0, -h, x, y + h]).x_object(name).restore_state();
    }
}

fn name(font: usize) -> String {
    format!("F{}", font + 1)
}

fn deflated(octets: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // writing to memory does not fail
    let _ = encoder.write_all(octets);
    encoder.finish().unwrap_or_default()
}
