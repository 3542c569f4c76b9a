//! What the pages say of a licence that is not in force: since when, until when, and who has to do what.

use super::{prefs::Lang, state::PageState, state_words, time, words::Words};
use crate::flow::standing::PublicStanding;
use yinxin_trust::{
    base::Day,
    licence::Expiry,
    verify::{CheckId, Report, StandingState},
};

/// What the register says of a licence whose code was scanned: nothing about the sheet.
pub(super) fn of_register(state: PageState, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match (state, lang) {
        (PageState::NotInForce(standing), _) => {
            let (title, next) = ended(standing, lang);
            (title, lang.t("登记库里有这张证，但它现在不能用。", "The register has it, but it is not in force."), next)
        }
        (_, Lang::Zh) => (
            "这张证现在有效",
            "登记库里有这张证，登记的内容写在下面。",
            "请逐项比对：手里的证照要和下面写的一样。不一样就不要采信。",
        ),
        (_, Lang::En) => (
            "In force",
            "The register has this licence; what is registered stands below.",
            "Compare: the licence in your hand must say the same. If it does not, do not rely on it.",
        ),
    }
}

/// The same with the day from which, or to which, it counts.
pub(super) fn of_register_on(state: PageState, dates: Dates, lang: Lang) -> Words {
    let (title, why, next) = of_register(state, lang);
    let (title, next) = match state {
        PageState::NotInForce(standing) => dated(standing, dates, lang),
        _ => (title.to_owned(), next.to_owned()),
    };
    Words { title, why: why.to_owned(), next }
}

/// The days that headlines name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dates {
    /// Since when, or from when, it is what it is.
    pub(super) since: Option<Day>,
    /// The last day of validity.
    pub(super) until: Option<Expiry>,
}

impl Dates {
    /// Of a licence that this register keeps.
    pub(super) fn of(standing: &PublicStanding) -> Self {
        Self { since: Some(standing.since), until: Some(standing.until) }
    }

    /// By what a register said of a document, and what that says of itself.
    fn of_report(report: &Report) -> Self {
        let licence = report.licence.as_ref();
        let since = report.standing.since.or_else(|| licence?.valid_from);
        Self { since, until: report.standing.until.or_else(|| licence?.valid_until) }
    }
}

/// Headline and next step of a licence that is not in force, with the day that decides where there is one.
fn dated(standing: StandingState, dates: Dates, lang: Lang) -> (String, String) {
    let (title, next) = ended(standing, lang);
    match (standing, dates.since, dates.until, lang) {
        (StandingState::Expired, _, Some(Expiry::After(last)), Lang::Zh) => {
            (format!("{title}（{last} 止）"), next.to_owned())
        }
        (StandingState::Expired, _, Some(Expiry::After(last)), Lang::En) => {
            (format!("{title} (last day {last})"), next.to_owned())
        }
        (StandingState::NotYet, Some(first), _, Lang::Zh) => {
            (format!("{title}（{first} 起）"), format!("请告诉对方：{first} 起才能用，到时再来。"))
        }
        (StandingState::NotYet, Some(first), _, Lang::En) => (
            format!("{title} (from {first})"),
            format!("Tell them that it counts from {first} on, and to come back then."),
        ),
        _ => (title.to_owned(), next.to_owned()),
    }
}

/// The headline of a state by itself, for lists.
pub(super) fn headline(state: PageState, lang: Lang) -> &'static str {
    state_words::in_short(state, lang).0
}

/// Headline and next step for a licence that is not in force.
pub(super) fn ended(standing: StandingState, lang: Lang) -> (&'static str, &'static str) {
    use StandingState as S;
    match (standing, lang) {
        (S::Expired, Lang::Zh) => ("证照已到期", "请持证人去发证机关延续。"),
        (S::Expired, Lang::En) => ("The licence has expired", "The holder should renew it with the issuing body."),
        (S::NotYet, Lang::Zh) => ("证照还没生效", "请对方在生效日期以后再来。"),
        (S::NotYet, Lang::En) => ("The licence is not in force yet", "Ask them to come back once it is in force."),
        (S::Suspended, Lang::Zh) => ("证照已暂扣", "不要凭它办理，请向暂扣机关查询。"),
        (S::Suspended, Lang::En) => ("The licence is suspended", "Do not rely on it; ask the body that suspended it."),
        (S::Superseded, Lang::Zh) => ("已换新证，这张作废", "请对方出示新证。"),
        (S::Superseded, Lang::En) => ("Replaced by a newer licence", "Ask for the new one."),
        (S::Transferred, Lang::Zh) => ("证照已转给别人，这张作废", "请对方出示新证。"),
        (S::Transferred, Lang::En) => ("The licence was transferred; this one is void", "Ask for the new one."),
        (S::Withdrawn, Lang::Zh) => ("证照已撤销", "不要凭它办理。请告诉对方向发证机关咨询。"),
        (S::Withdrawn, Lang::En) => {
            ("The licence was withdrawn", "Do not rely on it. Refer the person to the issuing body.")
        }
        (S::Cancelled, Lang::Zh) => ("证照已注销", "不要凭它办理。请告诉对方向发证机关咨询。"),
        (S::Cancelled, Lang::En) => {
            ("The licence was cancelled", "Do not rely on it. Refer the person to the issuing body.")
        }
        (S::NotRegistered, Lang::Zh) => ("印章真实，但登记库没有这张证", "请打电话问发证机关，电话从公开渠道查。"),
        (S::NotRegistered, Lang::En) => (
            "The seal is genuine, but the register does not have this licence",
            "Call the issuing body, under a number from a public source.",
        ),
        (S::Revoked, Lang::Zh) => ("证照已吊销", "不要凭它办理。请告诉对方向发证机关咨询。"),
        (S::Revoked, Lang::En) => {
            ("The licence was revoked", "Do not rely on it. Refer the person to the issuing body.")
        }
        (S::InForce | S::Unknown, Lang::Zh) => ("证照现在不能用", "不要凭它办理。请向发证机关查询现在的状态。"),
        (S::InForce | S::Unknown, Lang::En) => {
            ("The licence is not in force", "Do not rely on it. Ask the issuing body how it stands now.")
        }
    }
}

/// The words for a genuine document of a licence that is not in force.
pub(super) fn not_in_force(standing: StandingState, report: &Report, lang: Lang) -> Words {
    use StandingState as S;
    let (title, next) = dated(standing, Dates::of_report(report), lang);
    if standing == S::NotRegistered {
        return Words { title, why: not_registered(report, lang), next };
    }
    let why = match (report.standing.as_of.map(|m| time::instant(m, lang)), lang) {
        (Some(as_of), Lang::Zh) => format!("证照是真的，没有改动过。登记库的状态截至 {as_of}。"),
        (Some(as_of), Lang::En) => format!("It is genuine and unchanged. Status in the register as of {as_of}."),
        (None, Lang::Zh) => "证照是真的，没有改动过，但登记库说它现在不能用。".to_owned(),
        (None, Lang::En) => "It is genuine and unchanged, but the register says it is not in force.".to_owned(),
    };
    Words { title, why, next }
}

/// A register is connected and could not be asked.
pub(super) fn register_is_silent(report: &Report) -> bool {
    let of_register = report.checks.iter().find(|check| check.id == CheckId::LicenceRegistered);
    of_register.is_some_and(|check| ["register_unreachable", "answer_too_old"].contains(&check.code.as_str()))
}

/// The stamp holds; the register says nothing for it.
fn not_registered(report: &Report, lang: Lang) -> String {
    let as_of = report.standing.as_of.map(|m| time::instant(m, lang));
    match (as_of, lang) {
        (Some(as_of), Lang::Zh) => format!("盖章以后内容没有变，但登记库里查不到它，截至 {as_of}。"),
        (None, Lang::Zh) => "盖章以后内容没有变，但登记库里查不到它。".to_owned(),
        (Some(as_of), Lang::En) => {
            format!("Unchanged since it was stamped, but the register does not list it, as of {as_of}.")
        }
        (None, Lang::En) => "Unchanged since it was stamped, but the register does not list it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_that_decides_stands_in_the_headline() {
        let day = |text: &str| Day::parse(text).unwrap();
        let dates = Dates { since: Some(day("2027-01-01")), until: Some(Expiry::After(day("2026-10-31"))) };
        let of = |standing, dates, lang| of_register_on(PageState::NotInForce(standing), dates, lang);
        let expired = of(StandingState::Expired, dates, Lang::Zh);
        assert_eq!(expired.title, "证照已到期（2026-10-31 止）");
        let not_yet = of(StandingState::NotYet, dates, Lang::Zh);
        assert_eq!(not_yet.title, "证照还没生效（2027-01-01 起）");
        assert!(not_yet.next.contains("2027-01-01 起才能用"), "{}", not_yet.next);
        for standing in StandingState::ALL {
            for lang in [Lang::Zh, Lang::En] {
                let (title, next) = ended(standing, lang);
                let (with, without) = (of(standing, dates, lang), of(standing, Dates::default(), lang));
                assert!(with.title.starts_with(title), "{}", with.title);
                let names_a_day = matches!(standing, StandingState::Expired | StandingState::NotYet);
                assert_eq!(with.title != title, names_a_day, "{}", with.title);
                assert_eq!((without.title.as_str(), without.next.as_str()), (title, next), "no day is made up");
            }
        }
        // a licence without an end has no last day, whatever is said of it
        let never = Dates { until: Some(Expiry::Never), ..dates };
        assert_eq!(of(StandingState::Expired, never, Lang::Zh).title, "证照已到期");
    }
}
