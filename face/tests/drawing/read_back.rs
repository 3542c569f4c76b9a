//! The code on a whole page, as a scanner or a telephone sees it: ornaments and all.

use super::sample::Sample;
use resvg::tiny_skia::Pixmap;
use yinxin_face::{CopyMark, codes_in};

/// As a signed print has it: some sixty modules wide.
const ADDRESS: &str = "HTTPS://YX.EXAMPLE.GOV.CN/C/AEBAGBAFAYDQQCIKBMGA2DQPCA#";

/// A grey picture.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<f64>,
}

impl Picture {
    fn of(sample: &Sample, dots_per_inch: u16) -> Self {
        let png = sample.draw().png(&CopyMark { dots_per_inch, ..sample.copy() }).unwrap();
        let map = Pixmap::decode_png(&png).unwrap();
        let grey = map.pixels().iter().map(|pixel| f64::from(pixel.green())).collect();
        Self { width: map.width() as usize, height: map.height() as usize, pixels: grey }
    }

    fn at(&self, x: f64, y: f64, ground: f64) -> f64 {
        let (left, top) = (x.floor(), y.floor());
        let pixel = |dx: f64, dy: f64| {
            let (x, y) = (left + dx, top + dy);
            let is_within = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
            if is_within { self.pixels[y as usize * self.width + x as usize] } else { ground }
        };
        let (fx, fy) = (x - left, y - top);
        let row = |dy| pixel(0.0, dy) * (1.0 - fx) + pixel(1.0, dy) * fx;
        row(0.0) * (1.0 - fy) + row(1.0) * fy
    }

    /// Turned on a dark table, lit from one side.
    fn photographed(&self, degrees: f64, margin: usize) -> Self {
        let (width, height) = (self.width + 2 * margin, self.height + 2 * margin);
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (cx, cy) = (width as f64 / 2.0, height as f64 / 2.0);
        let pixel = |n: usize| {
            let (x, y) = ((n % width) as f64 - cx, (n / width) as f64 - cy);
            let (x, y) = (x * cos + y * sin, y * cos - x * sin);
            let light = 0.75 + 0.25 * (n % width) as f64 / width as f64;
            self.at(x + self.width as f64 / 2.0, y + self.height as f64 / 2.0, 70.0) * light
        };
        Self { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    fn png(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        let mut encoder = png::Encoder::new(&mut octets, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Grayscale);
        let grey: Vec<u8> = self.pixels.iter().map(|pixel| pixel.clamp(0.0, 255.0) as u8).collect();
        encoder.write_header().unwrap().write_image_data(&grey).unwrap();
        octets
    }
}

fn signed(mut sample: Sample) -> (Sample, String) {
    let address = format!("{ADDRESS}{}", "QQBE7A3X2MPLKJHG".repeat(12));
    sample.code = address.parse().unwrap();
    (sample, address)
}

#[test]
fn the_code_of_a_whole_page_is_read() {
    let (sample, address) = signed(Sample::food());
    for dots_per_inch in [150, 200, 300] {
        let page = Picture::of(&sample, dots_per_inch);
        assert_eq!(codes_in(&page.png()).unwrap(), [address.as_str()], "at {dots_per_inch}");
    }
    let page = Picture::of(&sample, 200);
    for (degrees, margin) in [(2.0, 120), (-5.0, 200)] {
        assert_eq!(codes_in(&page.photographed(degrees, margin).png()).unwrap(), [address.as_str()], "by {degrees}");
    }
}
