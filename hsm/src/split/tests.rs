use super::*;

fn dealt(needed: u8, shares: u8) -> Dealt {
    deal(Split::new(needed, shares).unwrap()).unwrap()
}

/// The shares with these places, read from their text.
fn pick(shares: &[Share], places: &[usize]) -> Vec<Share> {
    places.iter().map(|place| shares[*place].to_text().parse().unwrap()).collect()
}

#[test]
fn any_that_are_needed_give_the_secret_and_fewer_do_not() {
    let (secret, set, shares) = dealt(3, 5);
    assert_eq!(shares.len(), 5);
    for a in 0..5 {
        for b in 0..5 {
            for c in 0..5 {
                if a != b && b != c && a != c {
                    assert_eq!(*combine(&set, &pick(&shares, &[a, b, c])).unwrap(), *secret);
                }
            }
        }
    }
    assert_eq!(*combine(&set, &pick(&shares, &[0, 1, 2, 3, 4])).unwrap(), *secret);
    for few in [&[][..], &[4], &[0, 1]] {
        let fault = combine(&set, &pick(&shares, few)).unwrap_err();
        let needed = if few.is_empty() { 2 } else { 3 };
        assert_eq!(fault, SplitFault::TooFew { have: few.len(), needed });
    }
}

#[test]
fn the_largest_set_works() {
    let (secret, set, shares) = dealt(MOST_NEEDED, MOST_SHARES);
    let last: Vec<usize> = (usize::from(MOST_SHARES - MOST_NEEDED)..usize::from(MOST_SHARES)).collect();
    assert_eq!(*combine(&set, &pick(&shares, &last)).unwrap(), *secret);
}

#[test]
fn numbers_have_bounds() {
    for (needed, shares) in [(0, 3), (1, 3), (4, 3), (17, 20), (2, 33), (16, 255)] {
        assert_eq!(Split::new(needed, shares), Err(SplitFault::Numbers { needed, shares }));
    }
    assert!(Split::new(2, 2).is_ok() && Split::new(16, 32).is_ok());
}

#[test]
fn shares_of_two_sets_do_not_mix() {
    let ((_, set, one), (_, _, two)) = (dealt(2, 3), dealt(2, 3));
    let mixed = [pick(&one, &[0]), pick(&two, &[1])].concat_shares();
    let fault = combine(&set, &mixed).unwrap_err();
    assert!(matches!(fault, SplitFault::OtherSet { place: 2, .. }), "{fault}");
    let twice = combine(&set, &pick(&one, &[1, 1])).unwrap_err();
    assert_eq!(twice, SplitFault::Twice { index: 2 });
}

/// Shares cannot be cloned, so lists of them are joined by moving.
trait Joined {
    fn concat_shares(self) -> Vec<Share>;
}

impl Joined for [Vec<Share>; 2] {
    fn concat_shares(self) -> Vec<Share> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn a_slip_of_the_hand_is_found() {
    let (.., shares) = dealt(2, 2);
    let text = shares[0].to_text();
    assert_eq!(text.len(), PREFIX.len() + LENGTH * 2 + LENGTH.div_ceil(2));
    for place in PREFIX.len()..text.len() {
        let mut slip: Vec<u8> = text.as_bytes().to_vec();
        if slip[place] == b'-' {
            continue;
        }
        slip[place] = if slip[place] == b'0' { b'1' } else { b'0' };
        let fault = Share::read(std::str::from_utf8(&slip).unwrap(), 3).unwrap_err();
        assert_eq!(fault, SplitFault::Checksum { place: 3 }, "at {place}");
    }
    for text in ["", "yinxin-share", "yinxin-share-00", "share", &text[..text.len() - 1], &text[1..], "yinxin-share-zz"]
    {
        assert_eq!(text.parse::<Share>().unwrap_err(), SplitFault::Form { place: 1 }, "{text}");
    }
}

#[test]
fn the_writing_does_not_matter() {
    let (.., shares) = dealt(2, 2);
    let text = shares[1].to_text();
    let spaced = format!("  {}\n", text.to_uppercase().replace('-', " - ").replace("YINXIN - SHARE", "YINXIN-SHARE"));
    assert_eq!(*spaced.parse::<Share>().unwrap().to_text(), *text);
}

#[test]
fn values_out_of_range_are_named() {
    let share = |needed, index| Share { set: [1; SET], needed, index, value: Secret::new([7; SECRET]) };
    for (needed, index) in [(0, 1), (1, 1), (17, 1), (2, 0), (2, 33)] {
        let fault = share(needed, index).to_text().parse::<Share>().unwrap_err();
        assert_eq!(fault, SplitFault::Range { place: 1, index, needed });
    }
    let mut octets = *share(2, 1).octets();
    octets[0] = 2;
    let sum = sm3::digest(&octets[..LENGTH - CHECKSUM]);
    octets[LENGTH - CHECKSUM..].copy_from_slice(&sum[..CHECKSUM]);
    let fault = format!("{PREFIX}-{}", hex::encode(octets)).parse::<Share>().unwrap_err();
    assert_eq!(fault, SplitFault::Version { place: 1, version: 2 });
}

#[test]
fn a_share_tells_nothing_by_itself() {
    let (secret, _, shares) = dealt(2, 3);
    let debug = format!("{shares:?}");
    assert!(!debug.contains(&hex::encode(shares[0].value.expose())));
    for share in &shares {
        assert_ne!(share.value.expose(), &*secret);
    }
    // the coefficients are spread over all octets: with sharks, no share's octet equalled the secret's
    let mut equal = 0;
    for _ in 0..64 {
        let (secret, _, shares) = dealt(2, 2);
        equal += secret.iter().zip(shares[0].value.expose()).filter(|(a, b)| a == b).count();
    }
    assert!((1..40).contains(&equal), "{equal} of 2048 octets are equal where 8 are expected");
}
