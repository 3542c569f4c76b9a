//! How a visitor wants the pages: language, letter size, contrast.
//!
//! Kept in the address, never in a cookie: `?lang=en&size=large&contrast=high`.

use yinxin_trust::base::Sentence;

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, the first language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The wording of this language.
    pub fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The wordings of this language, where there are two at a time.
    pub(super) fn pair<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The wording of this language in a sentence of both.
    pub fn of(self, sentence: &Sentence) -> &str {
        self.t(&sentence.zh, &sentence.en)
    }

    /// The value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language of the switch.
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }
}

/// The page that the switches of language, size and contrast lead back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Verification.
    #[default]
    Verify,
    /// Signing in.
    Login,
    /// The second factor of who signed in.
    Factor,
    /// A kiosk.
    Kiosk,
    /// Where a device leaves its key.
    Device,
    /// Where a session shows that it is at a device.
    DeviceHere,
    /// What the code on a licence leads to. Its address is the one that is asked
    /// for, so the switches name only what they switch.
    Printed,
    /// What the code leads to by which a holder shows a licence; as [`Place::Printed`].
    Shown,
    /// An address that no page answers; as [`Place::Printed`].
    Nowhere,
}

/// What the address asks for. Unknown parameters and values are left aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefs {
    /// `lang=en`
    pub lang: Lang,
    /// `size=large`: letters at one and a half times.
    pub large: bool,
    /// `contrast=high`
    pub contrast: bool,
    /// `theme=kiosk`: the dark ground of a kiosk, and the way back to its first page.
    pub kiosk: bool,
    /// Where the switches lead; not part of the query.
    pub place: Place,
}

impl Prefs {
    /// Reads the query part of an address, without its question mark.
    pub fn from_query(query: &str) -> Self {
        query.split('&').fold(Self::default(), |prefs, pair| match pair {
            "lang=en" => Self { lang: Lang::En, ..prefs },
            "size=large" => Self { large: true, ..prefs },
            "contrast=high" => Self { contrast: true, ..prefs },
            "theme=kiosk" => Self { kiosk: true, ..prefs },
            _ => prefs,
        })
    }

    /// Where the name of the service leads: verification, or the first page of a kiosk.
    pub fn home(self) -> String {
        if self.kiosk { self.at(super::kiosk::HOME) } else { self.verify() }
    }

    /// The page of verification under these preferences: also the form's target.
    pub fn verify(self) -> String {
        self.at("/verify")
    }

    /// The page on which this is shown.
    pub fn here(self) -> String {
        match self.place {
            Place::Verify => self.verify(),
            Place::Login => self.at(super::login::PATH),
            Place::Factor => self.at(super::factor::PATH),
            Place::Kiosk => self.at(super::kiosk::HOME),
            Place::Device => self.at(super::device::PATH),
            Place::DeviceHere => self.at(super::device::HERE),
            Place::Printed | Place::Shown | Place::Nowhere => match self.at("") {
                same if same.is_empty() => "?".to_owned(),
                other => other,
            },
        }
    }

    /// Whether that page takes files.
    pub fn takes_files(self) -> bool {
        self.place == Place::Verify
    }

    /// What that page is for, in few words.
    pub fn where_name(self) -> &'static str {
        match self.place {
            Place::Verify => self.lang.t("公开核验", "Public verification"),
            Place::Login => self.lang.t("登录", "Sign-in"),
            Place::Factor => self.lang.t("两步验证", "Two-step sign-in"),
            Place::Kiosk => self.lang.t("自助查验", "Look it up yourself"),
            Place::Device | Place::DeviceHere => self.lang.t("窗口设备", "Window device"),
            Place::Printed => self.lang.t("证照状态", "How a licence stands"),
            Place::Shown => self.lang.t("对方出示的证照", "A licence that is shown"),
            Place::Nowhere => self.lang.t("提示", "Notice"),
        }
    }

    /// Where the button of signing out leads.
    pub fn logout(self) -> String {
        self.at("/logout")
    }

    /// A path under these preferences; it may have a query of its own.
    pub(super) fn at(self, path: &str) -> String {
        let parts = [
            (self.lang == Lang::En).then_some("lang=en"),
            self.large.then_some("size=large"),
            self.contrast.then_some("contrast=high"),
            self.kiosk.then_some("theme=kiosk"),
        ];
        let query = parts.into_iter().flatten().collect::<Vec<_>>().join("&");
        let join = if path.contains('?') { '&' } else { '?' };
        if query.is_empty() { path.to_owned() } else { format!("{path}{join}{query}") }
    }

    /// The same in the other language.
    pub fn other_language(self) -> String {
        Self { lang: self.lang.other(), ..self }.here()
    }

    /// The same with the letter size switched.
    pub fn other_size(self) -> String {
        Self { large: !self.large, ..self }.here()
    }

    /// The same with the contrast switched.
    pub fn other_contrast(self) -> String {
        Self { contrast: !self.contrast, ..self }.here()
    }

    /// The classes of a page under these preferences.
    pub fn classes(self) -> String {
        let mut classes = "page".to_owned();
        if self.large {
            classes.push_str(" page--large");
        }
        if self.contrast {
            classes.push_str(" page--contrast");
        }
        if self.kiosk {
            classes.push_str(" page--kiosk");
        }
        classes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_keeps_every_choice() {
        for query in ["", "lang=en", "size=large", "lang=en&size=large&contrast=high"] {
            let prefs = Prefs::from_query(query);
            assert_eq!(prefs.verify().trim_start_matches("/verify").trim_start_matches('?'), query);
        }
        assert_eq!(Prefs::from_query("lang=fr&x=<script>&size=huge"), Prefs::default());
        assert_eq!(Prefs::from_query("size=large").other_language(), "/verify?lang=en&size=large");
        assert_eq!(Prefs::from_query("size=large").other_size(), "/verify");
        let login = Prefs { place: Place::Login, ..Prefs::from_query("size=large") };
        assert_eq!((login.other_size(), login.verify()), ("/login".to_owned(), "/verify?size=large".to_owned()));
        let printed = Prefs { place: Place::Printed, ..Prefs::from_query("lang=en") };
        assert_eq!(
            (printed.other_language(), printed.other_size()),
            ("?".to_owned(), "?lang=en&size=large".to_owned())
        );
    }
}
