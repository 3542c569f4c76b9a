//! Instants as people here read them: Beijing time, said so where it is not obvious.

use super::prefs::Lang;
use yinxin_trust::base::Moment;

/// Hours that Beijing time is ahead of UTC.
const BEIJING: i8 = 8;

/// How [`instant`] writes it, for scripts: year, month, month in words, day, hour and minute.
pub(super) const INSTANT: [&str; 2] =
    ["{y}\u{a0}年\u{a0}{m}\u{a0}月\u{a0}{d}\u{a0}日 {t}", "{d}\u{a0}{M}\u{a0}{y}, {t}"];
/// The months of [`instant`] in English, for scripts.
pub(super) const MONTHS_IN_ENGLISH: &str =
    "January February March April May June July August September October November December";

/// `2026 年 11 月 21 日 16:30` or `21 November 2026, 16:30`.
pub(super) fn instant(moment: Moment, lang: Lang) -> String {
    let text = moment.at_offset_hours(BEIJING);
    let clock = text.get(11..16).unwrap_or_default();
    match lang {
        Lang::Zh => format!("{} {clock}", day(moment, lang)),
        Lang::En => format!("{}, {clock}", day(moment, lang)),
    }
}

/// `16:30` on the day of `now`, and [`instant`] on any other.
pub(super) fn of_today(moment: Moment, now: Moment, lang: Lang) -> String {
    let whole = instant(moment, lang);
    if day(moment, lang) != day(now, lang) {
        return whole;
    }
    moment.at_offset_hours(BEIJING).get(11..16).map_or(whole, str::to_owned)
}

/// To the second, as figures: `2026-11-21 16:30:00`.
pub(super) fn exact(moment: Moment) -> String {
    moment.at_offset_hours(BEIJING)
}

/// `2026 年 11 月 21 日` or `21 November 2026`.
pub(super) fn day(moment: Moment, lang: Lang) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let text = moment.at_offset_hours(BEIJING);
    let part =
        |range: core::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<usize>().ok()).unwrap_or_default();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    match lang {
        // No-break spaces: a date is one word.
        Lang::Zh => format!("{year}\u{a0}年\u{a0}{month}\u{a0}月\u{a0}{day}\u{a0}日"),
        Lang::En => format!("{day}\u{a0}{}\u{a0}{year}", MONTHS.get(month.wrapping_sub(1)).unwrap_or(&"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evening_in_greenwich_is_the_next_day_in_beijing() {
        let plain = |moment, lang| instant(moment, lang).replace('\u{a0}', " ");
        let moment = Moment::parse("2026-11-30T20:05:09Z").expect("an instant");
        assert_eq!(plain(moment, Lang::Zh), "2026 年 12 月 1 日 04:05");
        assert_eq!(plain(moment, Lang::En), "1 December 2026, 04:05");
        assert_eq!(exact(moment), "2026-12-01 04:05:09");
        let later = |text| Moment::parse(text).expect("an instant");
        assert_eq!(of_today(moment, later("2026-12-01T15:59:59Z"), Lang::Zh), "04:05");
        assert_eq!(of_today(moment, later("2026-12-01T16:00:00Z"), Lang::Zh), instant(moment, Lang::Zh));
    }
}
