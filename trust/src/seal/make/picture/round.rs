//! A round seal as SVG: ring, star, name on the arc, purpose line, foot code.
//!
//! One unit is one millimetre. Texts stay text, one element each, so that they
//! can be read and searched; every character of an arc has its own place and
//! turn (the x, y and rotate lists of SVG 1.1 10.5).

use super::{PictureFault, SealPicture};
use core::{f64::consts::PI, fmt::Write as _};

/// What stands on a round seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundSeal {
    /// Name of the body, on the arc above: 2 to 32 characters.
    pub name: String,
    /// Purpose below the star, such as 电子证照专用章: up to 12 characters, may be empty.
    pub purpose: String,
    /// Code at the foot: up to 20 ASCII letters and digits, may be empty.
    pub foot_code: String,
    /// Outer diameter, millimetres: 30 to 60; 42 is usual (国发〔1999〕25号).
    pub diameter_mm: u32,
}

/// Why a round seal is not drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoundSealFault {
    /// Not 2 to 32 characters, or with a control character.
    #[error("the name on the seal is not 2 to 32 characters")]
    Name,
    /// More than 12 characters, or with a control character.
    #[error("the purpose on the seal is longer than 12 characters")]
    Purpose,
    /// More than 20 characters, or others than letters and digits.
    #[error("the foot code of the seal is not up to 20 ASCII letters and digits")]
    FootCode,
    /// Not 30 to 60 mm.
    #[error("the diameter of the seal is not 30 to 60 mm")]
    Diameter,
    /// The drawing is refused as a picture.
    #[error(transparent)]
    Picture(#[from] PictureFault),
}

const RED: &str = "#d01c1c";
/// The name takes at most this part of the circle, in radians.
const NAME_SWEEP: f64 = 240.0 * PI / 180.0;
const FOOT_SWEEP: f64 = 80.0 * PI / 180.0;

/// One character of a round seal and its place: the middle of its baseline, in
/// millimetres, and how far it is turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SealGlyph {
    /// Which.
    pub character: char,
    /// Middle of the baseline from the left.
    pub x: f64,
    /// Middle of the baseline from the top.
    pub y: f64,
    /// Clockwise around that point.
    pub degrees: f64,
    /// Height of the em, millimetres.
    pub size: f64,
    /// Times its own width, before it is turned.
    pub wide: f64,
    /// Times its own height, before it is turned.
    pub tall: f64,
    /// Of the name: a bold font.
    pub bold: bool,
}

impl RoundSeal {
    /// Of everything on it.
    pub const COLOUR: &str = RED;

    /// Draws the seal with texts as texts: the reader's fonts decide how they look.
    /// The same fields give the same octets.
    ///
    /// # Errors
    /// [`RoundSealFault`].
    pub fn draw(&self) -> Result<SealPicture, RoundSealFault> {
        self.check()?;
        let middle = f64::from(self.diameter_mm) / 2.0;
        self.picture_with(&(self.name_arc(middle) + &self.purpose_line(middle) + &self.foot(middle)))
    }

    /// The ring and the star with other elements for the texts, such as paths.
    ///
    /// # Errors
    /// [`RoundSealFault`].
    pub fn picture_with(&self, texts: &str) -> Result<SealPicture, RoundSealFault> {
        self.check()?;
        let octets = self.svg(texts).into_bytes();
        Ok(SealPicture::from_svg(&octets, self.diameter_mm, self.diameter_mm)?)
    }

    /// Every character with its place, for drawing it as an outline. Characters of
    /// the name are taller than wide, as on seals that are cut.
    ///
    /// # Errors
    /// [`RoundSealFault`].
    pub fn glyphs(&self) -> Result<Vec<SealGlyph>, RoundSealFault> {
        self.check()?;
        let middle = f64::from(self.diameter_mm) / 2.0;
        let mut glyphs = Vec::new();
        self.name_glyphs(middle, &mut glyphs);
        self.purpose_glyphs(middle, &mut glyphs);
        self.foot_glyphs(middle, &mut glyphs);
        Ok(glyphs)
    }

    fn check(&self) -> Result<(), RoundSealFault> {
        let clean = |text: &str| text.trim() == text && !text.chars().any(char::is_control);
        if !(2..=32).contains(&self.name.chars().count()) || !clean(&self.name) {
            return Err(RoundSealFault::Name);
        }
        if self.purpose.chars().count() > 12 || !clean(&self.purpose) {
            return Err(RoundSealFault::Purpose);
        }
        if self.foot_code.len() > 20 || !self.foot_code.bytes().all(|octet| octet.is_ascii_alphanumeric()) {
            return Err(RoundSealFault::FootCode);
        }
        if !(30..=60).contains(&self.diameter_mm) {
            return Err(RoundSealFault::Diameter);
        }
        Ok(())
    }

    fn svg(&self, texts: &str) -> String {
        let size = self.diameter_mm;
        let middle = f64::from(size) / 2.0;
        let ring = middle * 0.057;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}mm\" height=\"{size}mm\" \
             viewBox=\"0 0 {size} {size}\">"
        );
        let _ = write!(
            out,
            "<title>{}{}</title><circle cx=\"{middle:.3}\" cy=\"{middle:.3}\" r=\"{:.3}\" fill=\"none\" \
             stroke=\"{RED}\" stroke-width=\"{ring:.3}\"/>",
            escape(&self.name),
            escape(&self.purpose),
            middle - ring / 2.0,
        );
        let _ = write!(out, "<polygon fill=\"{RED}\" points=\"{}\"/>", star(middle, middle * 0.31));
        out + texts + "</svg>\n"
    }

    fn name_glyphs(&self, middle: f64, glyphs: &mut Vec<SealGlyph>) {
        const TALL: f64 = 1.2;
        let widths: Vec<f64> = self.name.chars().map(width_in_ems).collect();
        let ems: f64 = widths.iter().sum();
        // baselines on one circle, widths measured halfway up
        let (radius, halfway) = (middle * 0.635, middle * 0.76);
        let step = (NAME_SWEEP / ems).min(25.0 * PI / 180.0);
        let room = step * halfway * 0.9;
        let size = (middle * 0.235).min(room / 0.55);
        let wide = (room / size).min(0.92);
        let mut at = -step * ems / 2.0;
        for (character, width) in self.name.chars().zip(widths) {
            let angle = at + step * width / 2.0;
            at += step * width;
            let (sine, cosine) = angle.sin_cos();
            glyphs.push(SealGlyph {
                character,
                x: middle + radius * sine,
                y: middle - radius * cosine,
                degrees: angle.to_degrees(),
                size,
                wide,
                tall: TALL,
                bold: true,
            });
        }
    }

    fn purpose_glyphs(&self, middle: f64, glyphs: &mut Vec<SealGlyph>) {
        let ems: f64 = self.purpose.chars().map(width_in_ems).sum();
        let size = (middle * 0.165).min(middle * 1.14 / ems.max(1.0));
        let mut at = middle - ems * size / 2.0;
        for character in self.purpose.chars() {
            let width = width_in_ems(character) * size;
            glyphs.push(SealGlyph {
                character,
                x: at + width / 2.0,
                y: middle * 1.6,
                degrees: 0.0,
                size,
                wide: 1.0,
                tall: 1.1,
                bold: true,
            });
            at += width;
        }
    }

    fn foot_glyphs(&self, middle: f64, glyphs: &mut Vec<SealGlyph>) {
        let count = self.foot_code.len() as f64;
        let radius = middle * 0.885;
        let size = (middle * 0.1).min(FOOT_SWEEP * radius / (count.max(1.0) * 0.72));
        let step = size * 0.72 / radius;
        for (index, character) in self.foot_code.chars().enumerate() {
            let angle = (index as f64 - (count - 1.0) / 2.0) * step;
            let (sine, cosine) = angle.sin_cos();
            glyphs.push(SealGlyph {
                character,
                x: middle + radius * sine,
                y: middle + radius * cosine,
                degrees: -angle.to_degrees(),
                size,
                wide: 1.0,
                tall: 1.0,
                bold: true,
            });
        }
    }

    /// The name from left to right over the star, feet towards the middle.
    fn name_arc(&self, middle: f64) -> String {
        let widths: Vec<f64> = self.name.chars().map(width_in_ems).collect();
        let ems: f64 = widths.iter().sum();
        let radius = middle * 0.69;
        // a little air between characters; long names take smaller ones
        let size = (middle * 0.245).min(NAME_SWEEP * radius / (ems * 1.08));
        let wide = (NAME_SWEEP * radius / (ems * size)).min(1.9);
        let step = |width: f64| width * size * wide / radius;
        let mut at = -step(ems) / 2.0;
        let mut places = Places::default();
        for width in widths {
            let angle = at + step(width) / 2.0;
            at += step(width);
            // the character's middle is on the ray: back by half its width along the tangent
            let (sine, cosine) = angle.sin_cos();
            let half = width * size / 2.0;
            places.push(
                middle + radius * sine - half * cosine,
                middle - radius * cosine - half * sine,
                angle.to_degrees(),
            );
        }
        places.text(&self.name, size, "bold")
    }

    fn purpose_line(&self, middle: f64) -> String {
        if self.purpose.is_empty() {
            return String::new();
        }
        let ems: f64 = self.purpose.chars().map(width_in_ems).sum();
        let size = (middle * 0.2).min(middle * 1.24 / ems);
        format!(
            "<text x=\"{middle:.3}\" y=\"{:.3}\" font-family=\"{FONTS}\" font-size=\"{size:.3}\" fill=\"{RED}\" \
             text-anchor=\"middle\">{}</text>",
            middle * 1.56,
            escape(&self.purpose)
        )
    }

    /// The code at the foot, from left to right, heads towards the middle.
    fn foot(&self, middle: f64) -> String {
        if self.foot_code.is_empty() {
            return String::new();
        }
        let count = self.foot_code.len() as f64;
        let radius = middle * 0.885;
        let size = (middle * 0.1).min(FOOT_SWEEP * radius / (count * 0.65));
        let step = size * 0.65 / radius;
        let mut places = Places::default();
        for index in 0..self.foot_code.len() {
            let angle = (index as f64 - (count - 1.0) / 2.0) * step;
            let (sine, cosine) = angle.sin_cos();
            let half = size * 0.25;
            places.push(
                middle + radius * sine - half * cosine,
                middle + radius * cosine + half * sine,
                -angle.to_degrees(),
            );
        }
        places.text(&self.foot_code, size, "normal")
    }
}

const FONTS: &str = "SimSun, Songti SC, Noto Serif CJK SC, serif";

/// Where each character stands and how far it is turned.
#[derive(Default)]
struct Places {
    x: String,
    y: String,
    turn: String,
}

impl Places {
    fn push(&mut self, x: f64, y: f64, degrees: f64) {
        let gap = if self.x.is_empty() { "" } else { " " };
        let _ = write!(self.x, "{gap}{x:.3}");
        let _ = write!(self.y, "{gap}{y:.3}");
        let _ = write!(self.turn, "{gap}{degrees:.2}");
    }

    fn text(&self, text: &str, size: f64, weight: &str) -> String {
        format!(
            "<text x=\"{}\" y=\"{}\" rotate=\"{}\" font-family=\"{FONTS}\" font-size=\"{size:.3}\" \
             font-weight=\"{weight}\" fill=\"{RED}\">{}</text>",
            self.x,
            self.y,
            self.turn,
            escape(text)
        )
    }
}

/// The five-pointed star of this radius, its first point up.
fn star(middle: f64, radius: f64) -> String {
    // inner radius over outer: sin 18° / sin 54°
    const INNER: f64 = 0.381_966;
    let points: Vec<String> = (0..10)
        .map(|corner| {
            let radius = if corner % 2 == 0 { radius } else { radius * INNER };
            let (sine, cosine) = (f64::from(corner) * PI / 5.0).sin_cos();
            format!("{:.3},{:.3}", middle + radius * sine, middle - radius * cosine)
        })
        .collect();
    points.join(" ")
}

/// CJK characters are an em wide, ASCII about half.
fn width_in_ems(character: char) -> f64 {
    if character.is_ascii() { 0.5 } else { 1.0 }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> RoundSeal {
        RoundSeal {
            name: "演示市市场监督管理局".to_owned(),
            purpose: "电子证照专用章".to_owned(),
            foot_code: "3301000000001".to_owned(),
            diameter_mm: 42,
        }
    }

    #[test]
    fn texts_are_texts_and_the_picture_is_allowed() {
        let picture = seal().draw().unwrap();
        let text = core::str::from_utf8(picture.octets()).unwrap();
        for part in [">演示市市场监督管理局</text>", ">电子证照专用章</text>", ">3301000000001</text>", "<polygon"]
        {
            assert!(text.contains(part), "{part}");
        }
        assert_eq!((picture.kind(), picture.width_mm(), picture.height_mm()), ("SVG", 42, 42));
        assert_eq!(seal().draw(), Ok(picture));
        let odd =
            RoundSeal { name: "甲&乙<\"丙>".to_owned(), purpose: String::new(), foot_code: String::new(), ..seal() };
        assert!(odd.draw().is_ok());
        for characters in [2, 5, 15, 32] {
            let name: String = "印".repeat(characters);
            assert!(RoundSeal { name, ..seal() }.draw().is_ok());
        }
    }

    #[test]
    fn each_offence_is_named() {
        let of = |seal: RoundSeal| seal.draw().err();
        assert_eq!(of(RoundSeal { name: "印".to_owned(), ..seal() }), Some(RoundSealFault::Name));
        assert_eq!(of(RoundSeal { name: "印".repeat(33), ..seal() }), Some(RoundSealFault::Name));
        assert_eq!(of(RoundSeal { purpose: "印".repeat(13), ..seal() }), Some(RoundSealFault::Purpose));
        assert_eq!(of(RoundSeal { foot_code: "1 2".to_owned(), ..seal() }), Some(RoundSealFault::FootCode));
        assert_eq!(of(RoundSeal { diameter_mm: 61, ..seal() }), Some(RoundSealFault::Diameter));
    }
}
