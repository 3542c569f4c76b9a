//! The lines under a verdict: which licence it is, since when it is what it is, and for what it is shown.

use super::{
    offline, print, resolved,
    views::{code_of, until},
};
use crate::{
    flow::window::{Brought, Seen, Told},
    web::pages::{PageState, copies, prefs::Lang},
};
use yinxin_trust::verify::StandingState as Standing;

/// Which licence it is, and since when it is what it is.
pub(super) fn about(seen: &Seen, lang: Lang) -> Vec<String> {
    let Some(own) = seen.own.as_ref().filter(|_| !seen.shown.refuses_file()) else {
        if let Some(code) = code_of(seen) {
            return offline::about(code, lang);
        }
        if let Some(print) = print::of(seen) {
            return print::about(print, lang);
        }
        if let Some(told) = resolved::elsewhere(seen) {
            return resolved::about(told, lang);
        }
        if let Brought::Service(platform) = &seen.brought {
            return vec![lang.of(platform).to_owned()];
        }
        if let Brought::OfOthers(operator) = &seen.brought {
            return vec![operator.clone()];
        }
        let report = seen.report.as_ref().filter(|_| seen.shown.vouched());
        let licence = report.and_then(|report| report.licence.as_ref());
        let copy = seen.copy().map(|copy| copies::line(copy, lang));
        let known = licence.into_iter().flat_map(|l| [l.type_name.clone(), l.issuing_body.clone()]).flatten();
        return known.chain(copy).collect();
    };
    let standing = &own.standing;
    let (body, until) = (&standing.issuing_body, until(standing.until, lang));
    let since = standing.since;
    let when = match (seen.shown, lang) {
        (PageState::Valid | PageState::StandingUnknown, Lang::Zh) => format!("{body}制发，有效期至 {until}"),
        (PageState::Valid | PageState::StandingUnknown, Lang::En) => format!("Issued by {body}, valid until {until}"),
        (PageState::NotInForce(Standing::Expired), Lang::Zh) => format!("有效期至 {until} · {body}"),
        (PageState::NotInForce(Standing::Expired), Lang::En) => format!("valid until {until} · {body}"),
        (PageState::NotInForce(Standing::NotYet), Lang::Zh) => format!("{since} 起生效 · {body}"),
        (PageState::NotInForce(Standing::NotYet), Lang::En) => format!("in force from {since} · {body}"),
        (PageState::NotInForce(_), Lang::Zh) => format!("自 {since} 起 · {body}"),
        (PageState::NotInForce(_), Lang::En) => format!("since {since} · {body}"),
        _ => body.clone(),
    };
    let taken_over = standing.taken_over_by.iter().map(|successor| match lang {
        Lang::Zh => format!("{} 起由{}承接", successor.since, successor.name),
        Lang::En => format!("taken over by {} on {}", successor.name, successor.since),
    });
    let shown_for = match (&seen.told, lang) {
        (Some(Told::Presented { purpose, agent: None, .. }), Lang::Zh) => Some(format!("持证人出示给：{purpose}")),
        (Some(Told::Presented { purpose, agent: None, .. }), Lang::En) => {
            Some(format!("Shown by the holder for: {purpose}"))
        }
        (Some(Told::Presented { purpose, .. }), Lang::Zh) => Some(format!("代办人出示，用来办：{purpose}")),
        (Some(Told::Presented { purpose, .. }), Lang::En) => Some(format!("Shown by an agent for: {purpose}")),
        _ => None,
    };
    let agreed = resolved::platform(seen).and_then(|told| {
        let (platform, agreed) = (lang.of(&told.platform), told.agreed.as_ref()?);
        Some(match lang {
            Lang::Zh => format!("持证人在{platform}上同意：{agreed}"),
            Lang::En => format!("The holder agreed on {platform}: {agreed}"),
        })
    });
    let copy = seen.copy().map(|copy| match lang {
        Lang::Zh => format!("加注件：{}", copies::line(copy, lang)),
        Lang::En => format!("An annotated copy {}", copies::line(copy, lang)),
    });
    [standing.type_name.clone(), when]
        .into_iter()
        .chain(copy)
        .chain(shown_for)
        .chain(agreed)
        .chain(taken_over)
        .collect()
}
