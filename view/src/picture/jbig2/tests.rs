use super::*;
use yinxin_testkit::{
    jbig2::{HALVES, file, halves, page, region, segment},
    noise::Noise,
};

fn rows(octets: &[u8]) -> Option<Vec<u8>> {
    let bounded = bounded(octets).ok()?;
    let file = File::new(&bounded.file, &DecodeSettings { strict: true }).ok()?;
    let mut rows = Rows::default();
    file.page(0)?.decode(&mut rows).ok()?;
    Some(rows.octets)
}

#[test]
fn a_region_is_drawn() {
    let octets = halves();
    let read = bounded(&octets).unwrap_or_else(|refused| panic!("{refused:?}"));
    assert_eq!((read.width, read.height, read.pixels), (8, 2, TABLES + 16));
    assert_eq!(rows(&octets), Some(vec![0x0f, 0x0f]));
    let png = |is_clear| png::write_two(8, 2, &[0x0f, 0x0f], is_clear);
    assert_eq!(as_png(&octets, false), png(false));
    assert_eq!(as_png(&octets, true), png(true));
    assert_ne!(png(false), png(true));
    assert_eq!(png::write_two(8, 3, &[0x0f, 0x0f], false), None);
}

/// Headers first, then all data; a height that only the end of a stripe tells; no number of pages.
#[test]
fn other_orders_are_the_same_picture() {
    let data = region(8, 2, &[&[1], &HALVES[..]].concat());
    let parts =
        [(48, page(8, u32::MAX)), (38, data), (50, 1_u32.to_be_bytes().to_vec()), (49, Vec::new()), (51, Vec::new())];
    let mut octets = [SIGNATURE, &[2]].concat();
    for (number, (kind, data)) in (0..).zip(&parts) {
        let whole = segment(number, *kind, &[], data);
        octets.extend(&whole[..whole.len() - data.len()]);
    }
    parts.iter().for_each(|(_, data)| octets.extend(data));
    assert_eq!(rows(&octets), Some(vec![0x0f, 0x0f]));
}

#[test]
fn shapes_fill_a_grid() {
    // shapes of 4 x 4: the first white, the second black, side by side
    let shapes = [1, 4, 4, 0, 0, 0, 1, 0b0011_0110, 0xff];
    // a grid of two: the second shape, then the first
    let grid = [&[1][..], &2_u32.to_be_bytes(), &1_u32.to_be_bytes(), &[0; 8], &[4, 0, 0, 0], &[0x26, 0xaa]].concat();
    let made = |shapes: &[u8], other: u8| {
        file(&[
            segment(3, 48, &[], &page(8, 4)),
            segment(4, 16, &[], shapes),
            segment(7, 22, &[other], &region(8, 4, &grid)),
        ])
    };
    assert_eq!(rows(&made(&shapes, 4)), Some(vec![0xf0; 4]));
    assert_eq!(bounded(&made(&shapes, 5)).err(), Some(Refused::Damaged), "of nothing that is known");
    for (at, octet) in [(1, 128), (1, 0), (2, 200), (3, 1)] {
        let mut bad = shapes;
        bad[at] = octet;
        assert_eq!(bounded(&made(&bad, 4)).err(), Some(Refused::Damaged), "{at} {octet}");
    }
}

#[test]
fn what_is_not_bounded_is_refused_by_name() {
    let with = |more: Vec<u8>| bounded(&file(&[segment(0, 48, &[], &page(8, 2)), more])).err();
    for kind in [0, 4, 6, 7] {
        assert_eq!(with(segment(1, kind, &[], &[0; 40])), Some(Refused::Kind("JBIG2 (symbols)")));
    }
    assert_eq!(with(segment(1, 54, &[], &[])), Some(Refused::Kind("JBIG2 (extended)")));
    assert_eq!(with(segment(1, 48, &[], &page(8, 2))), Some(Refused::Kind("JBIG2 (several pages)")));
    let mut other = segment(1, 38, &[], &region(8, 2, &[1]));
    other[6] = 2;
    assert_eq!(with(other), Some(Refused::Kind("JBIG2 (several pages)")));
    let mut endless = segment(1, 38, &[], &region(8, 2, &[1]));
    endless[7..11].copy_from_slice(&[0xff; 4]);
    assert_eq!(with(endless), Some(Refused::Kind("JBIG2 (of unknown length)")));
    for damaged in [
        segment(1, 38, &[], &region(SIDE + 1, 2, &[1])),
        segment(1, 38, &[0], &region(8, 2, &[1])),
        segment(1, 22, &[], &region(8, 2, &[1; 40])),
        segment(0, 38, &[], &region(8, 2, &[1])),
        segment(1, 38, &[], &[]),
    ] {
        assert_eq!(with(damaged), Some(Refused::Damaged));
    }
    for page in [page(0, 2), page(8, 0), page(SIDE + 1, 2), page(8, u32::MAX), vec![0; 18]] {
        assert_eq!(bounded(&file(&[segment(0, 48, &[], &page)])).err(), Some(Refused::Damaged));
    }
}

/// Regions that lie over each other count each, so that many cost more than any page has.
#[test]
fn each_region_counts() {
    let many: Vec<_> = (1..100).map(|number| segment(number, 38, &[], &region(20_000, 20_000, &[1]))).collect();
    let octets = file(&[vec![segment(0, 48, &[], &page(8, 2))], many].concat());
    assert_eq!(bounded(&octets).map(|read| read.pixels).ok(), Some(99 * (TABLES + 400_000_000)));
    let small: Vec<_> = (1..100).map(|number| segment(number, 38, &[], &region(1, 1, &[1]))).collect();
    let octets = file(&[vec![segment(0, 48, &[], &page(8, 2))], small].concat());
    assert_eq!(bounded(&octets).map(|read| read.pixels).ok(), Some(99 * (TABLES + 1)));
}

/// Regions of every kind, with coded data that is noise: the decoder comes to an end, with or without a picture.
#[test]
fn noise_brings_no_panic() {
    let mut noise = Noise(11);
    let mut drawn = 0;
    for round in 0..3000 {
        let coded: Vec<u8> = (0..noise.next(60)).map(|_| u8::try_from(noise.next(256)).unwrap()).collect();
        let side = |noise: &mut Noise| u32::try_from(1 + noise.next(70)).unwrap();
        let (w, h) = (side(&mut noise), side(&mut noise));
        let flags = u8::try_from(noise.next(32)).unwrap();
        let shape = u8::try_from(1 + noise.next(127)).unwrap();
        let shapes = [&[flags & 7, shape, 1 + shape / 2, 0, 0, 0, flags][..], &coded].concat();
        let grid = [&[flags][..], &w.to_be_bytes(), &h.to_be_bytes(), &coded].concat();
        let generic = region(w, h, &[&[flags & 15][..], &[3, 0xff, 0xfd, 0xff, 2, 0xfe, 0xfe, 0xfe], &coded].concat());
        let refined = region(w, h, &[&[flags & 3][..], &[0xff, 0xff, 0xff, 0xff], &coded].concat());
        let octets = file(&[
            segment(0, 48, &[], &page(w, h)),
            match round % 3 {
                0 => segment(1, 38, &[], &generic),
                1 => [segment(1, 36, &[], &generic), segment(2, 42, &[1], &refined)].concat(),
                _ => [segment(1, 16, &[], &shapes), segment(2, 22, &[1], &region(w, h, &grid))].concat(),
            },
        ]);
        drawn += usize::from(as_png(&octets, round % 2 == 0).is_some());
    }
    assert!(drawn > 300, "{drawn}");
}

/// Sound pictures of every kind, octets of them changed, put in and taken out, headers too.
#[test]
fn changed_pictures_bring_no_panic() {
    let shapes = [1, 4, 4, 0, 0, 0, 1, 0b0011_0110, 0xff];
    let grid = [&[1][..], &2_u32.to_be_bytes(), &1_u32.to_be_bytes(), &[0; 8], &[4, 0, 0, 0], &[0x26, 0xaa]].concat();
    let generic = region(8, 2, &[&[1], &HALVES[..]].concat());
    let arithmetic = region(8, 2, &[0, 3, 0xff, 0xfd, 0xff, 2, 0xfe, 0xfe, 0xfe, 0x12, 0x34, 0x56, 0x78]);
    let refined = region(8, 2, &[0, 0xff, 0xff, 0xff, 0xff, 0x9a, 0xbc, 0xde]);
    let sound = [
        halves(),
        file(&[
            segment(0, 48, &[], &page(8, 4)),
            segment(1, 16, &[], &shapes),
            segment(2, 22, &[1], &region(8, 4, &grid)),
        ]),
        file(&[segment(0, 48, &[], &page(8, 2)), segment(1, 36, &[], &generic), segment(2, 42, &[1], &refined)]),
        file(&[segment(0, 48, &[], &page(8, 2)), segment(1, 38, &[], &arithmetic)]),
    ];
    let mut noise = Noise(31);
    let mut drawn = 0;
    for round in 0..6000 {
        let mut octets = sound[round % sound.len()].clone();
        for _ in 0..=noise.next(3) {
            // behind the signature
            let at = SIGNATURE.len() + noise.next(octets.len() - SIGNATURE.len());
            let octet = [0, 1, 2, 31, 127, 128, 254, 255][noise.next(8)];
            match noise.next(5) {
                0 => octets.insert(at, octet),
                1 if octets.len() > SIGNATURE.len() + 1 => _ = octets.remove(at),
                2 => octets[at] = octet,
                3 => octets.truncate(at + 1),
                _ => octets[at] ^= 1 << noise.next(8),
            }
        }
        // as a page does: what costs more than a page has is not decoded
        if bounded(&octets).is_ok_and(|read| read.pixels < 1 << 22) {
            drawn += usize::from(as_png(&octets, round % 2 == 0).is_some());
        }
    }
    assert!(drawn > 500, "{drawn}");
}
