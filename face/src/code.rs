//! The printed code: an address in upper case, drawn as a QR code.

use crate::{
    colour::Colour,
    page::{Rect, Segment, Shape},
};
use core::{fmt, str::FromStr};
use fast_qr::{ECL, QRBuilder};
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// Longest address: what QR version 10 at level M holds with a `#`.
const LONGEST: usize = 304;
/// Light modules on each side (GB/T 18284 and ISO/IEC 18004 ask for four).
const MARGIN: usize = 4;
/// Which of the eight masks codes on screens have.
const SCREEN_MASK: u8 = 3;

/// An https address of the characters that QR codes hold in their alphanumeric
/// mode: capitals, digits and `$%*+-./:`; and behind a `#`, where there is one, capitals and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeAddress {
    text: String,
}

/// Why a text is no address for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CodeFault {
    #[error("the address of the code does not begin with HTTPS:// and a host")]
    Scheme,
    #[error(
        "character {position} of the code's address is not one of 0-9, A-Z and $%*+-./:, or a second # or behind it"
    )]
    Character { position: usize },
    #[error("the address of the code is longer than {LONGEST} characters")]
    TooLong,
}

impl FromStr for CodeAddress {
    type Err = CodeFault;

    fn from_str(text: &str) -> Result<Self, CodeFault> {
        let mark = text.chars().position(|character| character == '#');
        let is_allowed = |(at, character): (usize, char)| match character {
            '0'..='9' | 'A'..='Z' => true,
            '#' => Some(at) == mark,
            other => "$%*+-./:".contains(other) && mark.is_none_or(|mark| at < mark),
        };
        if let Some((position, _)) = (1..).zip(text.chars().enumerate()).find(|(_, placed)| !is_allowed(*placed)) {
            return Err(CodeFault::Character { position });
        }
        let host = text.strip_prefix("HTTPS://").and_then(|rest| rest.split('/').next());
        if !host.is_some_and(|host| host.starts_with(|first: char| first.is_ascii_alphanumeric())) {
            return Err(CodeFault::Scheme);
        }
        if text.len() > LONGEST {
            return Err(CodeFault::TooLong);
        }
        Ok(Self { text: text.to_owned() })
    }
}

impl CodeAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What of it is read and typed by people: up to the `#`.
    pub fn typed(&self) -> &str {
        self.text.split_once('#').map_or(&*self.text, |(address, _)| address)
    }

    /// The code as one path of an SVG image for a screen: dark modules to be filled, on
    /// a light ground of [`CodePath::side`] each way. `None` as for a page. Its mask is always the same one: a code on a screen
    /// is random and stands there for a minute, and comparing all eight costs more than everything else of it.
    pub fn path(&self) -> Option<CodePath> {
        Modules::in_segments(&self.text, Some(Mask::new(SCREEN_MASK))).map(|modules| CodePath::of(&modules))
    }

    /// White ground with the margin, and the dark modules: each run of a row is a
    /// stroke as broad as the row, which also readers show that do not fill paths.
    /// `None` where the text is longer than any code, which it is not.
    pub(crate) fn shapes(&self, area: Rect) -> Option<[Shape; 2]> {
        let modules = Modules::of(&self.text)?;
        let width = modules.width;
        let unit = area.w / (width + 2 * MARGIN) as f64;
        let at = |module: f64| unit * (module + MARGIN as f64);
        let mut path = Vec::with_capacity(width * width / 2);
        modules.for_each_run(|row, column, run| {
            let y = area.y + at(row as f64 + 0.5);
            let (begin, end) = (area.x + at(column as f64), area.x + at((column + run) as f64));
            path.extend([Segment::Move(begin, y), Segment::Line(end, y)]);
        });
        let dark = Shape::new(&path, None, Some((Colour::BLACK, unit)));
        Some([Shape::rect(area, Some(Colour::WHITE), None), dark])
    }
}

/// A code for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodePath {
    /// Modules each way, the margin of four on each side included.
    pub side: usize,
    /// Path data in modules.
    pub path: String,
}

impl CodePath {
    /// A code whose text has a fragment. `None` where it is longer than any code.
    pub fn in_segments(text: &str) -> Option<Self> {
        Modules::in_segments(text, None).map(|modules| Self::of(&modules))
    }

    fn of(modules: &Modules) -> Self {
        let mut path = String::with_capacity(4 * modules.dark.len());
        modules.for_each_run(|row, column, run| {
            for (before, number) in [("M", column + MARGIN), (" ", row + MARGIN), ("h", run), ("v1h-", run)] {
                path.push_str(before);
                push_number(&mut path, number);
            }
            path.push('z');
        });
        Self { side: modules.width + 2 * MARGIN, path }
    }
}

/// Adds a number below a thousand, as all are of a code; formatting them was some 3 % of all time where many codes are shown.
fn push_number(path: &mut String, number: usize) {
    for (unit, least) in [(100, 100), (10, 10), (1, 0)] {
        if number >= least {
            path.extend(char::from_digit((number / unit % 10) as u32, 10));
        }
    }
}

/// The modules of a code, row by row, without the margin.
struct Modules {
    width: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// `None` where the text is longer than any code.
    fn of(text: &str) -> Option<Self> {
        if text.contains('#') {
            return Self::in_segments(text, None);
        }
        let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
        let modules = code.data.iter().take(code.size * code.size);
        Some(Self { width: code.size, dark: modules.map(|module| module.value()).collect() })
    }

    /// In segments, alphanumeric on both sides of the `#`, an octet that mode does not have. That is a
    /// third smaller than one segment of octets (`yinxin_trust::code::qr` says how large). Without a
    /// mask the one that reads best is taken.
    fn in_segments(text: &str, mask: Option<Mask>) -> Option<Self> {
        let segments = text.split_inclusive('#').flat_map(|part| {
            let (words, mark) = part.strip_suffix('#').map_or((part, None), |words| (words, Some(b"#")));
            let words = if QrSegment::is_alphanumeric(words) {
                QrSegment::make_alphanumeric(words)
            } else {
                QrSegment::make_bytes(words.as_bytes())
            };
            [Some(words), mark.map(|mark| QrSegment::make_bytes(mark))].into_iter().flatten()
        });
        let segments: Vec<_> = segments.collect();
        let code =
            QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, Version::MIN, Version::MAX, mask, false);
        let code = code.ok()?;
        // sides are 21 to 177
        let width = code.size();
        let places = (0..width).flat_map(|row| (0..width).map(move |column| (column, row)));
        let dark = places.map(|(column, row)| code.get_module(column, row)).collect();
        Some(Self { width: usize::try_from(width).ok()?, dark })
    }

    /// Each run of dark modules: row, first column, length.
    fn for_each_run(&self, mut each: impl FnMut(usize, usize, usize)) {
        for (row, modules) in self.dark.chunks(self.width).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|left, right| left == right) {
                if run.first() == Some(&true) {
                    each(row, column, run.len());
                }
                column += run.len();
            }
        }
    }
}

impl fmt::Display for CodeAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let of = |text: &str| text.parse::<CodeAddress>().map(|_| ());
        assert_eq!(of("HTTPS://YX.EXAMPLE.GOV.CN/C/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), Ok(()));
        assert_eq!(of("HTTPS://yx/C/A"), Err(CodeFault::Character { position: 9 }));
        assert_eq!(of("HTTP://YX/C/A"), Err(CodeFault::Scheme));
        assert_eq!(of("HTTPS:///C/A"), Err(CodeFault::Scheme));
        assert_eq!(of("HTTPS://A B"), Err(CodeFault::Character { position: 10 }));
        assert_eq!(of(&format!("HTTPS://A/{}", "B".repeat(300))), Err(CodeFault::TooLong));
        assert_eq!(of("HTTPS://A/C/B#QQBE2"), Ok(()));
        assert_eq!(of("HTTPS://A/C/B#QQ#E2"), Err(CodeFault::Character { position: 17 }));
        assert_eq!(of("HTTPS://A/C/B#QQ/E2"), Err(CodeFault::Character { position: 17 }));
    }

    #[test]
    fn a_path_for_a_screen_stays_within_its_margin() {
        let address: CodeAddress = "HTTPS://A/S/AB".parse().unwrap();
        let CodePath { side, path } = address.path().unwrap();
        assert_eq!(side, 21 + 8, "version 1");
        assert!(path.starts_with("M4 4h7v1h-7z"), "the corner of the first finder: {path}");
        let starts = path.split('M').skip(1).map(|one| one.split(['h', ' ']).map(|n| n.parse::<usize>().unwrap_or(4)));
        assert!(starts.flat_map(|numbers| numbers.take(2)).all(|n| (4..side - 4).contains(&n)));
    }

    #[test]
    fn an_address_with_a_signed_digest_is_drawn_in_segments() {
        let text = format!("HTTPS://YX.FUYANG.GOV.CN/C/{}#{}", "A".repeat(26), "QQBE234567".repeat(20));
        let CodePath { side, .. } = text.parse::<CodeAddress>().unwrap().path().unwrap();
        assert_eq!(side, yinxin_trust::code::qr::modules(9) + 2 * MARGIN, "in octets it would be version 12");
    }

    #[test]
    fn the_longest_address_has_a_code() {
        let address: CodeAddress = format!("HTTPS://A/{}", "B".repeat(290)).parse().unwrap();
        assert!(address.shapes(Rect::new(0.0, 0.0, 30.0, 30.0)).is_some());
    }

    #[test]
    fn an_offline_code_is_as_small_as_its_plan_says() {
        let text = format!("HTTPS://YX.FUYANG.GOV.CN/C#{}", "QYAU234567".repeat(44));
        // that it is read back is tried where codes are read
        let CodePath { side, .. } = CodePath::in_segments(&text).unwrap();
        let version = yinxin_trust::code::qr::version(&text).unwrap();
        assert_eq!(side, yinxin_trust::code::qr::modules(version) + 2 * MARGIN);
        let [one, other] =
            [CodePath::in_segments("HTTPS://A/C/B"), "HTTPS://A/C/B".parse::<CodeAddress>().unwrap().path()];
        assert_eq!(one.unwrap().side, other.unwrap().side);
        assert_eq!(CodePath::in_segments(&"A".repeat(4000)), None);
    }
}
