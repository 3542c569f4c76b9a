//! How large codes are, held against two encoders and a reader that share nothing with
//! what counts the bits.

use super::*;
use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};
use yinxin_testkit::workspace;
use yinxin_trust::{
    code::{offline::PlanError, qr},
    licence::identifier::LicenceIdentifier,
};

/// Light modules on each side (ISO/IEC 18004 9.1).
const MARGIN: usize = 4;
/// Smallest module that is printed, in millimetres.
const SMALLEST_MODULE: f64 = 0.4;

/// Version by fast_qr, which draws all of a text in one mode.
fn fast_qr_version(text: &str) -> Option<u8> {
    let code = fast_qr::QRBuilder::new(text).ecl(fast_qr::ECL::M).build().ok()?;
    u8::try_from((code.size - 17) / 4).ok()
}

/// Drawn in segments: alphanumeric, the `#` as an octet, alphanumeric.
fn drawn(text: &str) -> QrCode {
    let segments: Vec<QrSegment> = match text.split_once('#') {
        None => vec![QrSegment::make_alphanumeric(text)],
        Some((address, fragment)) => vec![
            QrSegment::make_alphanumeric(address),
            QrSegment::make_bytes(b"#"),
            QrSegment::make_alphanumeric(fragment),
        ],
    };
    let (least, most) = (Version::new(1), Version::new(40));
    QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, least, most, Some(Mask::new(0)), false).unwrap()
}

/// What a reader sees of a drawn code.
fn seen(code: &QrCode) -> String {
    let (scale, size) = (4, code.size() as usize);
    let side = (size + 2 * MARGIN) * scale;
    let dark = |pixel: usize| (pixel / scale) as i32 - MARGIN as i32;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if code.get_module(dark(x), dark(y)) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    grids[0].decode().unwrap().1
}

#[test]
fn capacities_of_version_13_and_16() {
    let version = |characters: usize| {
        let text = "A".repeat(characters);
        let version = qr::version(&text);
        assert_eq!(version.is_some(), fast_qr_version(&text).is_some_and(|version| version <= 16), "{characters}");
        version
    };
    assert_eq!((version(483), version(484)), (Some(13), Some(14)));
    assert_eq!((version(656), version(657)), (Some(16), None));
}

#[test]
fn the_table_is_that_of_another_encoder() {
    for length in 1..=660 {
        let (capitals, octets) = ("A".repeat(length), "a".repeat(length));
        let bounded = |version: Option<u8>| version.filter(|version| *version <= 16);
        assert_eq!(qr::version(&capitals), bounded(fast_qr_version(&capitals)), "{length} characters");
        assert_eq!(qr::version(&octets), bounded(fast_qr_version(&octets)), "{length} octets");
        // with a fragment, the two runs of any lengths
        let text = format!("{}#{}", &capitals[..length / 3], &capitals[length / 3..]);
        let version = u8::try_from((drawn(&text).size() - 17) / 4).ok();
        if length >= 3 {
            assert_eq!(qr::version(&text), bounded(version), "{length} characters and #");
        }
    }
}

/// The longest name that fits, and its code as it is shown.
fn largest(licence: &LicenceIdentifier, holder: HolderKind) -> (usize, String) {
    let named = |characters: usize| OfflineStatement {
        licence: licence.clone(),
        holder: ShownName::Whole("名".repeat(characters).parse().unwrap()),
        ..statement()
    };
    let fits = |characters: &usize| OfflinePlan::new(&named(*characters), &site(), holder, issuer().public()).is_ok();
    let longest = (1..200).take_while(fits).last().unwrap();
    let refused = OfflinePlan::new(&named(longest + 1), &site(), holder, issuer().public()).unwrap_err();
    assert!(matches!(refused, PlanError::TooLarge { largest, .. } if largest == holder.largest_version()));
    let shown = Device::new().shows(&made(&named(longest), holder), later(10));
    (longest, site().offline(&shown))
}

#[test]
fn the_largest_code_of_a_person_is_version_13_and_of_an_organisation_16() {
    let usual: LicenceIdentifier = IDENTIFIER.parse().unwrap();
    for (holder, version, names) in [(HolderKind::Person, 13, 8..16), (HolderKind::Organisation, 16, 40..60)] {
        let (longest, text) = largest(&usual, holder);
        assert!(names.contains(&longest), "{longest} characters");
        let code = drawn(&text);
        assert_eq!((code.size() as usize, qr::version(&text)), (qr::modules(version), Some(version)));
        assert_eq!(seen(&code), text);
        // the payload alone needs no segments, and is not larger
        let (_, payload) = text.split_once('#').unwrap();
        assert!(fast_qr_version(payload).unwrap() <= version);
    }
}

#[test]
fn a_masked_name_fits_beside_the_longest_identifier() {
    let usual: LicenceIdentifier = IDENTIFIER.parse().unwrap();
    let body = usual.issuer().parse().unwrap();
    let build = |serial| LicenceIdentifier::build(&usual.type_code(), &body, &"9".repeat(serial), usual.version());
    let fits = |serial: usize, holder| {
        let long = OfflineStatement { licence: build(serial).unwrap(), ..statement() };
        OfflinePlan::new(&long, &site(), holder, issuer().public()).is_ok()
    };
    assert!(fits(66, HolderKind::Organisation));
    // a person's has room for a serial of thirty characters, where nine are usual
    assert!(fits(30, HolderKind::Person) && !fits(66, HolderKind::Person));
}

#[test]
fn printed_codes_keep_their_modules_on_every_face() {
    let folder = workspace().join("schemas/faces");
    let text = prints::printed().text();
    let version = qr::version(&text).unwrap();
    assert_eq!((version, seen(&drawn(&text))), (9, text.clone()));
    let mut sides = Vec::new();
    for face in std::fs::read_dir(folder).unwrap() {
        let face: toml::Table = toml::from_str(&std::fs::read_to_string(face.unwrap().path()).unwrap()).unwrap();
        let place = face["code"]["box"].as_array().unwrap();
        let millimetres =
            |at: usize| place[at].as_float().or(place[at].as_integer().map(|whole| whole as f64)).unwrap();
        let side = millimetres(2).min(millimetres(3));
        sides.push(side);
    }
    assert!(sides.len() >= 3);
    let smallest = sides.into_iter().reduce(f64::min).unwrap();
    let module = |version| smallest / (qr::modules(version) + 2 * MARGIN) as f64;
    // the next version too, for hosts of up to 72 characters, and not the one that a code
    // drawn in the byte mode would need
    assert!(module(version) >= SMALLEST_MODULE && module(10) >= SMALLEST_MODULE, "{} mm", module(10));
    assert!(module(fast_qr_version(&text).unwrap()) < SMALLEST_MODULE);
    // how long a host may be
    let at_host = |length: usize| text.replace("YX.FUYANG.GOV.CN", &"A".repeat(length));
    assert_eq!((qr::version(&at_host(25)), qr::version(&at_host(26))), (Some(9), Some(10)));
    assert_eq!((qr::version(&at_host(72)), qr::version(&at_host(73))), (Some(10), Some(11)));
}
