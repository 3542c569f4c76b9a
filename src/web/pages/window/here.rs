//! What a window goes by, and how old that is (本窗口).

use crate::{
    config::Site,
    flow::window::Here,
    web::pages::{mark::Mark, prefs::Lang, time},
};

/// A row of what the window goes by: what, as of when, and a word for that. One that the browser alone can tell of has a part that
/// its script shows, and where that fills in the time.
pub(super) struct HereRow {
    pub(super) tone: &'static str,
    pub(super) mark: Mark,
    pub(super) what: &'static str,
    pub(super) when: String,
    pub(super) word: &'static str,
    /// `network` or `kit_age`, and for what outcome of it.
    pub(super) part: Option<(&'static str, &'static str)>,
}

impl HereRow {
    /// What the script alone can tell is hidden until it does; a page that came has a network.
    pub(super) fn begins_hidden(&self) -> bool {
        self.part.is_some_and(|(_, of)| of != "true")
    }
}

/// What the window goes by, and how old it is.
pub(super) fn rows(here: &Here, site: &Site, lang: Lang) -> Vec<HereRow> {
    const FRESH: (&str, &str) = ("valid", "m-valid");
    const OLD: (&str, &str) = ("caution", "m-warn");
    const NONE: (&str, &str) = ("neutral", "m-skip");
    let row = |(tone, mark): (&'static str, &'static str), what, when: String, word| HereRow {
        tone,
        mark: Mark::small(mark),
        what,
        when,
        word,
        part: None,
    };
    let (newest, old) = (lang.t("最新", "current"), lang.t("偏旧", "old"));
    let list = lang.t("互认名单", "Trust lists");
    let lists = match here.oldest {
        _ if here.anchors == 0 => row(NONE, list, String::new(), lang.t("没有配置", "not configured")),
        None => {
            let count = match lang {
                Lang::Zh => format!("{} 个机构，随配置更新", here.anchors),
                Lang::En => format!("{} authorities, of the configuration", here.anchors),
            };
            row(FRESH, list, count, lang.t("在用", "in use"))
        }
        Some(made) => {
            let when = match lang {
                Lang::Zh => format!("{} 份，最早的 {} 制", here.lists, time::instant(made, lang)),
                Lang::En => format!("{}, the oldest of {}", here.lists, time::instant(made, lang)),
            };
            let is_old = here.is_overdue || site.is_old(made, here.at);
            row(if is_old { OLD } else { FRESH }, list, when, if is_old { old } else { newest })
        }
    };
    let keys = lang.t("验码的密钥", "Keys of codes");
    let keys = match (here.keys, lang) {
        (0, _) => row(NONE, keys, String::new(), lang.t("没有", "none")),
        (n, Lang::Zh) => row(FRESH, keys, format!("{n} 个，随名单更新"), lang.t("在用", "in use")),
        (n, Lang::En) => row(FRESH, keys, format!("{n}, as the lists have them"), lang.t("in use", "in use")),
    };
    let network = lang.t("网络", "Network");
    let of = |part: (&'static str, &'static str), row: HereRow| HereRow { part: Some(part), ..row };
    let apart = lang.t("断网时自动转离线核验", "without one, offline codes are checked");
    let kit = lang.t("离线名单和状态", "Offline lists and standings");
    let as_of = lang.t("截至 {t}", "as of {t}").to_owned();
    vec![
        of(("network", "true"), row(FRESH, network, apart.to_owned(), lang.t("已连通", "connected"))),
        of(("network", "false"), row(OLD, network, apart.to_owned(), lang.t("断开了", "gone"))),
        row(
            FRESH,
            lang.t("证照状态", "Standings"),
            lang.t("本登记库随问随答", "asked of this register each time").to_owned(),
            newest,
        ),
        lists,
        keys,
        of(("kit_age", "fresh"), row(FRESH, kit, as_of.clone(), newest)),
        of(("kit_age", "old"), row(OLD, kit, as_of, old)),
    ]
}
