//! What the page says of an offline code: its checks, its facts, how old they are.

use super::views::until;
use crate::{
    config::Site,
    flow::{shown::of_standing, window::OfflineSeen},
    web::pages::{PageState, checklist::Row, prefs::Lang, render::Age, time, words},
};
use yinxin_trust::base::Moment;

/// Signature, device, register.
pub(super) fn rows(code: &OfflineSeen, lang: Lang) -> Vec<Row> {
    let signed = Row::passed(lang.t("码没有被改动", "The code is unaltered").to_owned(), lang);
    let device = if code.live {
        Row::passed(lang.t("由持证人的手机当场出示", "Shown live by the holder's telephone").to_owned(), lang)
    } else {
        Row::not_checked(lang.t("码没有绑定手机", "The code belongs to no telephone").to_owned(), lang)
    };
    let register = match of_standing(code.standing.state) {
        PageState::Valid => Row::passed(lang.t("登记库答复有效", "In force by its register").to_owned(), lang),
        PageState::NotInForce(state) => {
            let ended = PageState::NotInForce(state);
            Row::out_of_force(words::headline(ended, lang).to_owned(), ended, lang)
        }
        _ => Row::not_checked(lang.t("现在有没有效", "Whether it is in force now").to_owned(), lang),
    };
    vec![signed, device, register]
}

/// Who vouches for it.
pub(super) fn about(code: &OfflineSeen, lang: Lang) -> Vec<String> {
    let Some(locality) = &code.locality else { return Vec::new() };
    vec![match lang {
        Lang::Zh => format!("{locality}的登记机关签发"),
        Lang::En => format!("Signed by the register of {locality}"),
    }]
}

/// The holder as the code shows it.
pub(super) fn holder(code: &OfflineSeen) -> (String, Option<String>) {
    (code.statement.holder.name().as_str().to_owned(), None)
}

pub(super) fn facts(code: &OfflineSeen, lang: Lang) -> Vec<(String, String)> {
    let statement = &code.statement;
    [
        (lang.t("证照标识", "Identifier"), statement.licence.to_string()),
        (lang.t("有效期至", "Valid until"), until(statement.licence_until, lang)),
        (lang.t("码用到", "The code ends"), time::instant(statement.expires(), lang)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// The state date of the code, and the age of the register's answer.
pub(super) fn ages(code: &OfflineSeen, (site, at): (&Site, Moment), lang: Lang) -> Vec<Age> {
    let age = |what, when| Age::today(what, when, at, lang);
    let standing = lang.t("证照状态", "Standing");
    let answered = code.standing.as_of.map_or_else(
        || Age::missing(standing, lang.t("没有查到", "not told")),
        |as_of| age(standing, as_of).aged(site.is_old(as_of, at)),
    );
    vec![age(lang.t("码上的状态截至", "The code says as of"), code.statement.as_of), answered]
}
