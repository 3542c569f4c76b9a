//! Copies: the code in the picture can be scanned, the text of the PDF is text.

use super::sample::Sample;
use resvg::tiny_skia::Pixmap;
use std::{
    io::Write as _,
    process::{Command, Stdio},
};
use yinxin_face::{CopyError, CopyMark};
use yinxin_trust::seal::make::{RoundSeal, SealPicture};

fn decoded(png: &[u8]) -> Pixmap {
    Pixmap::decode_png(png).unwrap()
}

#[test]
fn the_code_on_the_picture_can_be_scanned() {
    for sample in [Sample::food(), Sample::business(), Sample::construction()] {
        let picture = decoded(&sample.draw().png(&sample.copy()).unwrap());
        let (width, height) = sample.face.page_mm();
        let side = |mm: f64| (mm / 25.4 * 150.0).round() as u32;
        assert_eq!((picture.width(), picture.height()), (side(width), side(height)));
        let luma = |x: usize, y: usize| {
            let pixel = picture.pixel(x as u32, y as u32).unwrap();
            ((u16::from(pixel.red()) + u16::from(pixel.green()) + u16::from(pixel.blue())) / 3) as u8
        };
        let (w, h) = (picture.width() as usize, picture.height() as usize);
        let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(w, h, luma);
        let read: Vec<String> = prepared.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect();
        assert_eq!(read, [sample.code.as_str()]);
    }
}

#[test]
fn the_seal_is_in_its_place_and_the_mark_is_there() {
    let sample = Sample::food();
    let drawing = sample.draw();
    let red = |png: &[u8], mm: [f64; 4]| {
        let picture = decoded(png);
        let at = |mm: f64| (mm / 25.4 * 150.0) as u32;
        let pixels = (at(mm[1])..at(mm[1] + mm[3])).flat_map(|y| (at(mm[0])..at(mm[0] + mm[2])).map(move |x| (x, y)));
        pixels.filter_map(|(x, y)| picture.pixel(x, y)).filter(|p| p.red() > 120 && p.green() < 70).count()
    };
    let (seal, mark) = ([214.0, 142.0, 42.0, 42.0], [248.0, 26.0, 24.0, 9.0]);
    let with = drawing.png(&sample.copy()).unwrap();
    let without = drawing.png(&CopyMark { seal: None, ..sample.copy() }).unwrap();
    assert!(red(&with, seal) > 5000 && red(&without, seal) == 0, "{}", red(&with, seal));
    assert!(red(&with, mark) > 300, "{}", red(&with, mark));
    // a seal with texts as texts is drawn with our font
    let round = RoundSeal {
        name: "演示市市场监督管理局".to_owned(),
        purpose: "电子证照专用章".to_owned(),
        foot_code: String::new(),
        diameter_mm: 42,
    };
    let texts = round.draw().unwrap();
    let bare = round.picture_with("").unwrap();
    let count = |seal_picture: &SealPicture| {
        red(&drawing.png(&CopyMark { seal: Some(seal_picture), ..sample.copy() }).unwrap(), seal)
    };
    assert!(count(&texts) > count(&bare) + 1000, "{} {}", count(&texts), count(&bare));
    let png = Pixmap::new(64, 64).unwrap().encode_png().unwrap();
    assert_eq!(count(&SealPicture::from_png(&png, 42, 42).unwrap()), 0);
}

#[test]
fn copies_refuse_by_name() {
    let sample = Sample::food();
    let drawing = sample.draw();
    let of = |copy: CopyMark<'_>| drawing.png(&copy).unwrap_err();
    assert_eq!(of(CopyMark { dots_per_inch: 1000, ..sample.copy() }), CopyError::Resolution);
    assert_eq!(of(CopyMark { words: "副本副本副本副本副本副本", ..sample.copy() }), CopyError::Words);
    assert_eq!(of(CopyMark { words: "\u{1f600}", ..sample.copy() }), CopyError::Uncovered { code_point: 0x1f600 });
    assert_eq!(drawing.page_png(1, &sample.copy()), Err(CopyError::Page { page: 1 }));
}

/// The text that another reader of PDF finds; none where it is not there. Its package is on the list of `ci.sh`.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(super) fn text_of(pdf: &[u8]) -> Option<String> {
    let command = Command::new("pdftotext")
        .args(["-enc", "UTF-8", "-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = match command {
        Ok(child) => child,
        Err(error) => {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "pdftotext: {error}");
            println!("skipped: pdftotext is not there");
            return None;
        }
    };
    child.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_text_of_a_pdf_is_text() {
    let sample =
        Sample::food().with("business_items", &"热食类食品制售，".repeat(80)).with("operator_name", "鲁𬭎（演示）");
    let drawing = sample.draw();
    let pdf = drawing.pdf(&sample.copy()).unwrap();
    assert!(drawing.pages() > 1);
    let Some(text) = text_of(&pdf) else { return };
    let plain: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    for part in [
        "食品经营许可证",
        "鲁𬭎（演示）",
        "JY23399990001174",
        "2031年11月19日",
        "（续见附页）",
        "副本",
        "经营项目（续）",
    ] {
        assert!(plain.contains(part), "{part} in {text}");
    }
    assert!(plain.contains(sample.code.as_str()));
    assert_eq!(plain.matches("热食类").count(), 80);
    assert_eq!(text.matches('\u{c}').count(), drawing.pages());
}
