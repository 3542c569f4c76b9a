//! UTCTime and GeneralizedTime as the seal standards use them.

use super::{Asn1Error, Deviation, Deviations, Tag, Tlv};
use crate::base::Moment;

/// Reads a UTCTime or GeneralizedTime to the second.
///
/// Due form: `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` by tag. A time without `Z`
/// is read as UTC, a GeneralizedTime with a two-digit year as RFC 5280
/// 4.1.2.5.1 says (00–49 are 20xx); both are noted.
///
/// # Errors
/// [`Asn1Error::Time`] for other forms (fractions, offsets) and for days that
/// are not in the calendar.
pub fn read_time(value: Tlv<'_>, deviations: &mut Deviations) -> Result<Moment, Asn1Error> {
    let error = || Asn1Error::Time { at: value.offset };
    let text = core::str::from_utf8(value.content).map_err(|_| error())?;
    let digits = match text.strip_suffix('Z') {
        Some(digits) => digits,
        None => {
            deviations.note(Deviation::TimeWithoutZone);
            text
        }
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(error());
    }
    let two = |from: usize| digits.get(from..from + 2).and_then(|d| d.parse::<u8>().ok()).ok_or_else(error);
    let (year, rest) = match (value.tag, digits.len()) {
        (Tag::UTC_TIME | Tag::GENERALIZED_TIME, 12) => {
            if value.tag == Tag::GENERALIZED_TIME {
                deviations.note(Deviation::TimeTwoDigitYear);
            }
            let year = i32::from(two(0)?);
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        (Tag::GENERALIZED_TIME, 14) => (i32::from(two(0)?) * 100 + i32::from(two(2)?), 4),
        _ => return Err(error()),
    };
    Moment::from_utc(year, two(rest)?, two(rest + 2)?, two(rest + 4)?, two(rest + 6)?, two(rest + 8)?)
        .map_err(|_| error())
}

/// Reads a time written as text, as SignatureDateTime (GB/T 33190 18.2) and
/// timeInfo of V1 carry it: `20200305112131Z`, `20201010065840.923Z`,
/// `20201010151120`, `2020-06-20 17:18:49`, `2020-01-25T07:31:56.377Z`, or with
/// a two-digit year. Fractions are cut. A missing zone (read as UTC) and a
/// two-digit year are noted. `None` for anything else.
pub fn read_time_text(text: &str, deviations: &mut Deviations) -> Option<Moment> {
    let (digits, zoned) = match text.trim().strip_suffix('Z') {
        Some(rest) => (rest, true),
        None => (text.trim(), false),
    };
    let digits = match digits.split_once('.') {
        Some((whole, fraction)) if fraction.len() <= 9 && fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => digits,
    };
    let plain: String = if digits.len() == 19 {
        let separators = [(4, "-"), (7, "-"), (10, " T"), (13, ":"), (16, ":")];
        let right = |&(at, allowed): &(usize, &str)| digits.get(at..=at).is_some_and(|c| allowed.contains(c));
        if !separators.iter().all(right) {
            return None;
        }
        digits.chars().filter(char::is_ascii_digit).collect()
    } else {
        digits.to_owned()
    };
    let tag = if plain.len() == 12 || plain.len() == 14 { Tag::GENERALIZED_TIME } else { return None };
    let der = super::tagged(tag, format!("{plain}Z").as_bytes());
    let moment = super::Reader::new(&der).any().and_then(|value| read_time(value, deviations)).ok()?;
    if !zoned {
        deviations.note(Deviation::TimeWithoutZone);
    }
    Some(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asn1::{Reader, tagged};

    #[test]
    fn text_forms() {
        let read = |text: &str| {
            let mut deviations = Deviations::default();
            let moment = read_time_text(text, &mut deviations);
            (moment.map(|m| m.to_string()), deviations.first())
        };
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(read("20201010065840.923Z"), (at("2020-10-10T06:58:40Z"), None));
        assert_eq!(read("2020-06-20 17:18:49"), (at("2020-06-20T17:18:49Z"), Some(Deviation::TimeWithoutZone)));
        assert_eq!(read("2020-01-25T07:31:56.377Z"), (at("2020-01-25T07:31:56Z"), None));
        assert_eq!(read("180807153843Z"), (at("2018-08-07T15:38:43Z"), Some(Deviation::TimeTwoDigitYear)));
        for text in ["1537859051", "", "2020/06/20 17:18:49", "20201301000000Z", "2020-06-20 17:18:49+08:00"] {
            assert_eq!(read(text).0, None, "{text}");
        }
    }

    fn read(tag: Tag, text: &str) -> (Option<String>, Vec<Deviation>) {
        let mut deviations = Deviations::default();
        let der = tagged(tag, text.as_bytes());
        let moment = Reader::new(&der).any().and_then(|value| read_time(value, &mut deviations)).ok();
        (moment.map(|m| m.to_string()), deviations.iter().collect())
    }

    #[test]
    fn forms() {
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(read(Tag::GENERALIZED_TIME, "20200305032131Z"), (at("2020-03-05T03:21:31Z"), vec![]));
        assert_eq!(read(Tag::UTC_TIME, "491231235959Z"), (at("2049-12-31T23:59:59Z"), vec![]));
        assert_eq!(read(Tag::UTC_TIME, "500101000000Z"), (at("1950-01-01T00:00:00Z"), vec![]));
        assert_eq!(
            read(Tag::GENERALIZED_TIME, "20220318213217"),
            (at("2022-03-18T21:32:17Z"), vec![Deviation::TimeWithoutZone])
        );
        assert_eq!(
            read(Tag::GENERALIZED_TIME, "180807153843Z"),
            (at("2018-08-07T15:38:43Z"), vec![Deviation::TimeTwoDigitYear])
        );
    }

    #[test]
    fn refused() {
        for text in ["20230229000000Z", "2020030503213Z", "20200305032131.5Z", "20200305032131+0800", "", "Z", "２０"]
        {
            assert_eq!(read(Tag::GENERALIZED_TIME, text).0, None, "{text}");
        }
        assert_eq!(read(Tag::UTC_TIME, "20200305032131Z").0, None);
    }
}
