//! What is not drawn, by name, everything at once.

use super::sample::{FOOD, Sample, entry};
use std::sync::Arc;
use yinxin_face::{DrawOffence, Face, FaceError, FaceOffence, Fonts, Photo, PhotoFault};
use yinxin_trust::base::Moment;

fn named(field: &str) -> String {
    field.to_owned()
}

#[test]
fn every_value_that_cannot_be_shown_is_named_at_once() {
    let mut sample = Sample::food()
        .with("operator_name", "甲\u{e863}")
        .with("domicile", "乙丙\u{1f600}")
        .with("signatory", "丁\u{202e}")
        .with("credit_code", "1\t2")
        .with("main_business_form", &"餐饮".repeat(500))
        .with("valid_until", "2026年11月22日")
        .with("nonsense", "x");
    sample.values.remove("issuing_body");
    let offences = sample.offences();
    let due = [
        DrawOffence::Unknown { field: named("nonsense") },
        DrawOffence::PrivateUse { field: named("operator_name"), position: 2, code_point: 0xe863 },
        DrawOffence::Control { field: named("credit_code"), position: 2, code_point: 9 },
        DrawOffence::Invisible { field: named("signatory"), position: 2, code_point: 0x202e },
        DrawOffence::Date { field: named("valid_until") },
        DrawOffence::Missing { field: named("issuing_body") },
        DrawOffence::Uncovered { field: named("domicile"), position: 3, code_point: 0x1f600 },
        DrawOffence::TooLong { field: named("main_business_form") },
    ];
    for offence in &due {
        assert!(offences.contains(offence), "{offence:?} in {offences:?}");
    }
    assert_eq!(offences.len(), due.len(), "{offences:?}");
}

#[test]
fn other_refusals() {
    let of = |sample: Sample| sample.offences();
    let endless = Sample::food().with("business_items", &"甲\n".repeat(4000));
    assert_eq!(of(endless), [DrawOffence::TooManyPages { limit: 20 }]);
    let longer = Sample::food().with("business_items", &"甲".repeat(10_001));
    let limit = 10_000;
    assert_eq!(of(longer), [DrawOffence::TooManyCharacters { field: named("business_items"), limit }]);
    let sample = Sample::food();
    let early = yinxin_face::Content { at: Moment::parse("1970-01-01T00:00:00Z").unwrap(), ..sample.content() };
    let error = sample.face.draw(&early).map(|_| ()).unwrap_err();
    assert_eq!(error.0.all(), [DrawOffence::Time]);
    let photo = Sample { photo: Some(png(60, 80)), ..Sample::food() };
    assert_eq!(of(photo), [DrawOffence::PhotoNotShown]);
}

fn with_photo(required: bool) -> String {
    format!("{}\n[photo]\nbox = [240, 60, 30, 10]\nrequired = {required}\n", FOOD.0)
}

fn png(width: u32, height: u32) -> Photo {
    let pixmap = resvg::tiny_skia::Pixmap::new(width, height).unwrap();
    Photo::new(pixmap.encode_png().unwrap()).unwrap()
}

#[test]
fn photographs() {
    let face = |required| Face::parse(&with_photo(required), &entry(FOOD.1), &Arc::new(Fonts::shipped())).unwrap();
    assert_eq!(Sample { face: face(true), ..Sample::food() }.offences(), [DrawOffence::PhotoMissing]);
    assert_eq!(Sample { face: face(false), ..Sample::food() }.offences(), []);
    let sample = Sample { face: face(true), photo: Some(png(60, 80)), ..Sample::food() };
    let package = sample.draw().package().unwrap();
    assert!(super::text(&package, "Doc_0/DocumentRes.xml").contains("photo.png"));
    // as high as the box, three quarters as wide, in its middle
    let page = super::text(&package, "Doc_0/Pages/Page_0/Content.xml");
    assert!(page.contains("Boundary=\"251.25 60 7.5 10\" CTM=\"7.5 0 0 10 0 0\" ResourceID=\"50\""), "{page}");
    assert!(sample.draw().pdf(&sample.copy()).unwrap().len() > 50_000);
    let jpeg = include_bytes!("photo.jpg");
    let sample = Sample { photo: Some(Photo::new(jpeg.to_vec()).unwrap()), ..sample };
    let package = sample.draw().package().unwrap();
    assert_eq!(package.get("Doc_0/Res/photo.jpg").unwrap().octets(), jpeg);
    let pdf = sample.draw().pdf(&sample.copy()).unwrap();
    assert!(pdf.windows(jpeg.len()).any(|window| window == jpeg), "the JPEG goes into the PDF as it is");
    let picture = resvg::tiny_skia::Pixmap::decode_png(&sample.draw().png(&sample.copy()).unwrap()).unwrap();
    let middle = picture.pixel((255.0 / 25.4 * 150.0) as u32, (64.0 / 25.4 * 150.0) as u32).unwrap();
    assert!((190..=210).contains(&middle.red()) && (150..=170).contains(&middle.green()), "{middle:?}");
    for length in [jpeg.len() / 3, jpeg.len() / 2] {
        assert!(matches!(Photo::new(jpeg[..length].to_vec()), Err(PhotoFault::Damaged(_))), "{length}");
    }
    let of = |octets: &[u8]| Photo::new(octets.to_vec()).map(|_| ()).unwrap_err();
    assert_eq!(of(b"GIF89a"), PhotoFault::Kind);
    assert_eq!(of(&vec![0; (1 << 20) + 1]), PhotoFault::Bytes { limit: 1 << 20 });
    assert!(matches!(of(&[0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]), PhotoFault::Damaged(_)));
    let sound = resvg::tiny_skia::Pixmap::new(60, 80).unwrap().encode_png().unwrap();
    assert!(matches!(of(&sound[..60]), PhotoFault::Damaged(_)));
    let small = resvg::tiny_skia::Pixmap::new(20, 80).unwrap().encode_png().unwrap();
    assert_eq!(of(&small), PhotoFault::Pixels);
}

#[test]
fn a_face_names_every_mismatch_with_its_entry_at_once() {
    let fonts = Arc::new(Fonts::shipped());
    let of = |toml: &str| match Face::parse(toml, &entry(FOOD.1), &fonts) {
        Err(FaceError::Offences(offences)) => offences.all().to_vec(),
        other => panic!("{other:?}"),
    };
    let wrong = FOOD
        .0
        .replace("{signatory}", "{signature}")
        .replace("{complaint_telephone}", "12345")
        .replace("face = \"food-operation-licence\"", "face = \"other\"\nhidden = [\"domicile\", \"none\"]")
        .replace("colour = \"#7a2d1b\"", "colour = \"red\"");
    let field = named;
    let due = [
        FaceOffence::Colour { place: named("kind"), colour: named("red") },
        FaceOffence::OtherFace { face: named("other"), entry: named("food-operation-licence") },
        FaceOffence::Placeholder { place: named("{signature}"), name: named("signature") },
        FaceOffence::HiddenUnknown { field: field("none") },
        FaceOffence::HiddenAndShown { field: field("domicile") },
        FaceOffence::NotShown { field: field("complaint_telephone") },
        FaceOffence::NotShown { field: field("signatory") },
    ];
    let found = of(&wrong);
    for offence in &due {
        assert!(found.contains(offence), "{offence:?} in {found:?}");
    }
    assert_eq!(found.len(), due.len(), "{found:?}");

    let with = |from: &str, to: &str| {
        assert!(FOOD.0.contains(from), "{from}");
        of(&FOOD.0.replacen(from, to, 1))
    };
    let overlap = with("box = [88, 82.6, 112, 7]", "box = [88, 79, 112, 7]");
    assert_eq!(overlap, [FaceOffence::Overlap { first: named("{operator_name}"), second: named("{credit_code}") }]);
    let on_attached = with("[attached]\nbox = [33, 62, 231, 118]", "[attached]\nbox = [33, 30, 231, 150]");
    assert!(
        on_attached.contains(&FaceOffence::Overlap { first: named("copy.mark"), second: named("attached") }),
        "{on_attached:?}"
    );
    let caption = with("text = \"主体业态\"", "text = \"主体业态主体业态主体业态主体业态主体业态\"");
    assert!(matches!(caption.as_slice(), [FaceOffence::CaptionTooLong { .. }]), "{caption:?}");
    let uncovered = with("text = \"主体业态\"", "text = \"\u{1f600}\"");
    assert_eq!(uncovered, [FaceOffence::Uncovered { place: named("\u{1f600}"), code_point: 0x1f600 }]);
    assert_eq!(with("text = \"主体业态\"", "text = \"主体{\""), [FaceOffence::Braces { place: named("主体{") }]);
    let outside = with("box = [88, 121, 112, 7]", "box = [188, 121, 112, 7]");
    assert_eq!(outside, [FaceOffence::Outside { place: named("{main_business_form}") }]);
    assert_eq!(
        with("rect = [9, 9, 279, 192]", "line = [9, 9, 279, 192]\nrect = [9, 9, 1, 1]"),
        [FaceOffence::Shape { number: 1 }]
    );
    assert_eq!(with("box = [33.5, 158.5, 27, 27]", "box = [33.5, 158.5, 27, 26]"), [FaceOffence::CodeSize]);
    assert_eq!(
        with("font = \"song-bold\"\nsize = 19", "font = \"hei\"\nsize = 19"),
        [FaceOffence::Font { style: named("title"), font: named("hei") }]
    );
    assert!(matches!(Face::parse("nothing", &entry(FOOD.1), &fonts), Err(FaceError::Toml(_))));
    assert!(matches!(Face::parse(&" ".repeat(300_000), &entry(FOOD.1), &fonts), Err(FaceError::TooLong { .. })));
}
