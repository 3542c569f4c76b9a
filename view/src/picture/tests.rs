use super::*;

fn png_file() -> Vec<u8> {
    png::write(2, 1, &[255, 0, 0, 255, 0, 0, 255, 128]).unwrap()
}

#[test]
fn a_png_keeps_its_picture_alone() {
    let plain = png_file();
    let mut with_text = plain[..33].to_vec();
    let text = b"tEXtSecret\0name";
    with_text.extend((text.len() as u32 - 4).to_be_bytes());
    with_text.extend(text);
    with_text.extend(crc32fast::hash(text).to_be_bytes());
    with_text.extend(&plain[33..]);
    with_text.extend(b"<script>");
    let picture = Picture::read(&with_text).unwrap();
    assert_eq!((picture.width, picture.height), (2, 1));
    assert_eq!(picture.data_address(false), Ok(data_address("image/png", &plain)));
    for cut in [10, 24, 40, plain.len() - 1] {
        let picture = Picture::read(&plain[..cut]);
        assert!(picture.and_then(|picture| picture.data_address(false)).is_err(), "{cut}");
    }
    let mut huge = plain.clone();
    huge[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
    assert_eq!(Picture::read(&huge), Err(Refused::Damaged));
}

#[test]
fn a_jpeg_loses_what_turns_it() {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0];
    let exif = [0xff, 0xe1, 0, 6, b'E', b'x', b'i', b'f'];
    let scan = [0xff, 0xda, 0, 4, 1, 2, 0x55, 0xff, 0xd9];
    let file = |parts: &[&[u8]]| [&[0xff, 0xd8], parts.concat().as_slice()].concat();
    let octets = file(&[&exif, &frame, &scan]);
    let picture = Picture::read(&octets).unwrap();
    assert_eq!((picture.width, picture.height), (30, 20));
    let expected = data_address("image/jpeg", &file(&[&frame, &scan]));
    assert_eq!(picture.data_address(false), Ok(expected));
    let mut lossless = frame;
    lossless[1] = 0xc3;
    assert_eq!(Picture::read(&file(&[&lossless, &scan])), Err(Refused::Kind("JPEG (lossless)")));
    assert_eq!(Picture::read(&file(&[&frame])), Err(Refused::Damaged));
}

#[test]
fn a_gif_does_not_move() {
    let screen = b"GIF89a\x02\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff";
    let picture = b"\x2c\x00\x00\x00\x00\x02\x00\x01\x00\x00\x02\x02\x44\x0a\x00";
    let still = [screen.as_slice(), picture, b";"].concat();
    assert_eq!(Picture::read(&still).map(|picture| (picture.width, picture.height)), Ok((2, 1)));
    let moving = [screen.as_slice(), picture, picture, b";"].concat();
    assert_eq!(Picture::read(&moving), Err(Refused::Kind("GIF (animated)")));
    assert_eq!(Picture::read(&still[..still.len() - 3]), Err(Refused::Damaged));
}

#[test]
fn a_bmp_becomes_a_png() {
    let mut file = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    file.extend(2_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    file.extend([1, 0, 24, 0]);
    file.extend([0; 24]);
    file.extend([0, 0, 255, 255, 255, 255, 0, 0]);
    let address = Picture::read(&file).unwrap().data_address(false).unwrap();
    assert_eq!(address, data_address("image/png", &png::write(2, 1, &[255, 0, 0, 255, 255, 255, 255, 255]).unwrap()));
    // as a seal it lets the paper through
    let address = Picture::read(&file).unwrap().data_address(true).unwrap();
    assert_eq!(address, data_address("image/png", &png::write(2, 1, &[255, 0, 0, 255, 255, 255, 255, 0]).unwrap()));
    file.truncate(56);
    assert_eq!(Picture::read(&file).unwrap().data_address(false), Err(Refused::Damaged));
    file[30] = 1;
    assert_eq!(Picture::read(&file), Err(Refused::Kind("BMP (compressed)")));
}

#[test]
fn others_are_named() {
    for (octets, name) in [(b"II*\0".as_slice(), "TIFF"), (b"<svg onload='alert(1)'/>", "unknown"), (b"", "unknown")] {
        assert_eq!(Picture::read(octets), Err(Refused::Kind(name)));
    }
}
