use crate::testing::Sample;

/// Pictures of all three faces and a seal, to be looked at.
#[test]
fn screens() {
    let folder = yinxin_testkit::workspace().join("target/screens");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, sample) in
        [("food", Sample::food()), ("business", Sample::business()), ("construction", Sample::construction())]
    {
        let drawing = sample.face.draw(&sample.content()).unwrap();
        let png = drawing.png(&sample.copy()).unwrap();
        assert!(png.len() > 20_000);
        std::fs::write(folder.join(format!("face-{name}.png")), png).unwrap();
        std::fs::write(folder.join(format!("face-{name}.pdf")), drawing.pdf(&sample.copy()).unwrap()).unwrap();
        std::fs::write(folder.join(format!("face-{name}.ofd")), drawing.package().unwrap().to_bytes().unwrap())
            .unwrap();
        let seal = drawing.seal_pixels(&sample.seal, 600.0).unwrap();
        std::fs::write(folder.join(format!("seal-{name}.svg")), sample.seal.octets()).unwrap();
        std::fs::write(folder.join(format!("seal-{name}.png")), seal.encode_png().unwrap()).unwrap();
    }
}
