//! Codes at the window that no scanner types: on a photograph that is dropped, before a camera.

use super::{
    browser::in_browser_with,
    my, office,
    window::{WINDOW, opened, verdict},
};
use crate::support::{Folder, gate::Gate};
use fantoccini::Locator;
use yinxin_face::CodePath;

/// Grey pixels of a code in the middle of a picture.
fn drawn(text: &str, width: usize, height: usize) -> Vec<u8> {
    let CodePath { side, path } = CodePath::in_segments(text).unwrap();
    let scale = height / side;
    let (left, top) = ((width - side * scale) / 2, (height - side * scale) / 2);
    let mut grey = vec![235_u8; width * height];
    for run in path.split('M').skip(1) {
        let numbers: Vec<usize> =
            run.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        for y in 0..scale {
            let begin = (top + numbers[1] * scale + y) * width + left + numbers[0] * scale;
            grey[begin..begin + numbers[2] * scale].fill(16);
        }
    }
    grey
}

fn png(grey: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut encoder = png::Encoder::new(&mut octets, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(grey).unwrap();
    octets
}

/// One picture as a film, as Chromium plays it for a camera.
fn film(grey: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut octets = format!("YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\nFRAME\n").into_bytes();
    octets.extend(grey);
    octets.resize(octets.len() + width * height / 2, 128);
    octets
}

#[test]
fn the_code_on_a_photograph_is_read_and_the_photograph_proves_nothing() {
    let (opened, folder) = (opened(), Folder::new());
    let photo = folder.file("photo.png", png(&drawn(&opened.address(), 640, 480), 640, 480));
    let empty = folder.file("empty.png", png(&[200; 320 * 240], 320, 240));
    in_browser_with(opened.desk.to, true, &[], async |tab| {
        office::sign_in(tab, "liu.jing").await;
        for (file, expected) in [(&photo, "证照真实有效"), (&empty, "这不是证照码")] {
            tab.open(WINDOW).await;
            let field = tab.client.find(Locator::Css("#files")).await.unwrap();
            field.send_keys(file.to_str().unwrap()).await.unwrap();
            assert_eq!(verdict(tab).await, expected);
        }
    });
}

/// Arguments of Chromium, which plays a code to its camera.
pub(super) fn before_a_camera(text: &str, folder: &Folder) -> Vec<String> {
    let film = folder.file("film.y4m", film(&drawn(text, 640, 480), 640, 480));
    let camera = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"].map(str::to_owned);
    camera.into_iter().chain([format!("--use-file-for-fake-video-capture={}", film.display())]).collect()
}

#[test]
fn a_camera_scans() {
    let (opened, folder) = (opened(), Folder::new());
    let arguments = before_a_camera(&opened.address(), &folder);
    in_browser_with(opened.desk.to, true, &arguments, async |tab| {
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        tab.press(".js-camera").await;
        assert_eq!(verdict(tab).await, "证照真实有效");
    });
}

#[test]
fn a_camera_scans_without_a_network() {
    let (opened, folder) = (opened(), Folder::new());
    let gate = Gate::before(opened.desk.to);
    in_browser_with(gate.at, true, &before_a_camera(&opened.address(), &folder), async |tab| {
        office::sign_in(tab, "liu.jing").await;
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        gate.shut();
        tab.open(WINDOW).await;
        my::wait_for(tab, "[data-ready=true]").await;
        tab.press(".js-camera").await;
        // read, and known as a code of ours that only the register can tell of
        assert!(verdict(tab).await.starts_with("暂时无法核验"));
        assert!(tab.text(".win__next").await.contains("离线码"));
    });
}
