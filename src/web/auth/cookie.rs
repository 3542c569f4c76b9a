//! The cookie of a session, and where a request came from.
//!
//! With https the cookie is `__Host-yinxin`: a browser takes it from this host
//! alone, for all of it, and sends it over https only. Plain http is for a
//! service on the loopback. A request that carries the cookie and changes
//! something must come from a page of this service: `SameSite=Strict` asks
//! that of the browser, and [`is_same_origin`] looks whether it is so.

use crate::{config::Config, flow::access::AccessSecret};
use actix_web::http::header::{self, HeaderMap, HeaderName};

const SECURE: &str = "__Host-yinxin";
const PLAIN: &str = "yinxin-session";

/// Of who went to a provider elsewhere and comes back from there, so that it cannot be `Strict`.
const AWAY_SECURE: &str = "__Host-yinxin-away";
const AWAY_PLAIN: &str = "yinxin-away";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// How this service writes and reads the cookie.
#[derive(Clone, Debug)]
pub(in crate::web) struct SessionCookies {
    secure: bool,
    origin: Option<String>,
}

impl SessionCookies {
    pub(in crate::web) fn new(config: &Config) -> Self {
        let origin = config.access.origin.clone();
        let secure = match &origin {
            Some(origin) => origin.starts_with("https://"),
            None => !config.serve.listen.ip().is_loopback(),
        };
        Self { secure, origin }
    }

    const fn name(&self) -> &'static str {
        if self.secure { SECURE } else { PLAIN }
    }

    /// `Set-Cookie` of a session that begins. It goes when the browser is closed.
    pub(in crate::web) fn begin(&self, secret: &AccessSecret) -> String {
        self.set(&secret.text(), "")
    }

    /// `Set-Cookie` of a session that ends.
    pub(in crate::web) fn end(&self) -> String {
        self.set("", "; Max-Age=0")
    }

    const fn away_name(&self) -> &'static str {
        if self.secure { AWAY_SECURE } else { AWAY_PLAIN }
    }

    /// `Set-Cookie` for who goes to a provider, for so many seconds. It signs nobody in.
    pub(in crate::web) fn go(&self, secret: &AccessSecret, seconds: u32) -> String {
        self.set_away(&secret.text(), seconds)
    }

    /// `Set-Cookie` for who came back.
    pub(in crate::web) fn came(&self) -> String {
        self.set_away("", 0)
    }

    fn set_away(&self, value: &str, seconds: u32) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}; Max-Age={seconds}", self.away_name())
    }

    /// The secret of who went to a provider; none where there are two, of which one is somebody else's.
    pub(in crate::web) fn read_away(&self, headers: &HeaderMap) -> Option<AccessSecret> {
        one(headers, self.away_name()).flatten()
    }

    fn set(&self, value: &str, more: &str) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}", self.name())
    }

    /// What the request carries: nothing, something that is no session's
    /// secret, or one. Two cookies of the name are no session: one of them is
    /// somebody else's.
    pub(in crate::web) fn read(&self, headers: &HeaderMap) -> Option<Option<AccessSecret>> {
        one(headers, self.name())
    }

    /// Whether a request came from a page of this service.
    pub(in crate::web) fn comes_from_here(&self, headers: &HeaderMap) -> bool {
        is_same_origin(headers, self.origin.as_deref())
    }
}

/// The secret in a cookie; see [`SessionCookies::read`].
fn one(headers: &HeaderMap, of: &str) -> Option<Option<AccessSecret>> {
    let pairs = headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut values = pairs.flat_map(|text| text.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == of).then_some(value)
    });
    let first = values.next()?;
    Some(if values.next().is_some() { None } else { AccessSecret::parse(first) })
}

/// Browsers say `Sec-Fetch-Site` where the way is https or the loopback, else
/// `Origin`; who says neither is refused.
fn is_same_origin(headers: &HeaderMap, known: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(FETCH_SITE) {
        return text(FETCH_SITE) == Some("same-origin");
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    match known {
        Some(known) => origin == known,
        None => {
            let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            authority.is_some() && authority == text(header::HOST)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn cookies(listen: &str, origin: &str) -> SessionCookies {
        SessionCookies::new(&Config::parse(&format!("[serve]\nlisten = \"{listen}\"\n[access]\n{origin}")).unwrap())
    }

    #[test]
    fn only_the_loopback_goes_without_https() {
        let secret = AccessSecret::new([1; 32]);
        let set = |listen: &str, origin: &str| cookies(listen, origin).begin(&secret);
        let plain = set("127.0.0.1:80", "");
        assert!(plain.starts_with("yinxin-session=") && !plain.contains("Secure"), "{plain}");
        for secure in [set("10.0.0.1:80", ""), set("127.0.0.1:80", "origin = \"https://a.example\"")] {
            assert!(secure.starts_with("__Host-yinxin=") && secure.ends_with("; Secure"), "{secure}");
        }
        for cookie in [plain, set("10.0.0.1:80", "")] {
            assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Strict") && !cookie.contains("Domain"));
        }
    }

    #[test]
    fn who_comes_back_from_a_provider_has_a_cookie_that_signs_nobody_in() {
        let secret = AccessSecret::new([1; 32]);
        let plain = cookies("127.0.0.1:80", "");
        let set = plain.go(&secret, 600);
        assert!(set.starts_with("yinxin-away=") && set.ends_with("; HttpOnly; SameSite=Lax; Max-Age=600"), "{set}");
        assert!(cookies("10.0.0.1:80", "").go(&secret, 600).contains("; Secure"));
        let sent = format!("yinxin-away={}", secret.text().as_str());
        let sent = headers(&[("cookie", &sent)]);
        assert_eq!(plain.read_away(&sent).unwrap().digest(), secret.digest());
        assert!(
            plain.read(&sent).is_none()
                && plain.came().contains("yinxin-away=; ")
                && plain.came().contains("Max-Age=0")
        );
    }

    #[test]
    fn one_cookie_of_the_name_is_read() {
        let (cookies, secret) = (cookies("127.0.0.1:80", ""), AccessSecret::new([1; 32]));
        let text = secret.text();
        let read = |value: &str| cookies.read(&headers(&[("cookie", value)]));
        let own = format!("yinxin-session={}", text.as_str());
        assert_eq!(read(&format!("a=b; {own}; c=d")).unwrap().unwrap().digest(), secret.digest());
        assert!(read("a=b").is_none() && read("__Host-yinxin=x").is_none());
        assert!(read("yinxin-session=x").unwrap().is_none());
        assert!(read(&format!("{own}; {own}")).unwrap().is_none());
    }

    #[test]
    fn requests_from_elsewhere() {
        let same = |pairs: &[_], known| is_same_origin(&headers(pairs), known);
        let host = ("host", "a.example:8080");
        assert!(same(&[("sec-fetch-site", "same-origin")], None));
        assert!(same(&[("origin", "http://a.example:8080"), host], None));
        assert!(same(&[("origin", "https://a.example"), host], Some("https://a.example")));
        for wrong in [
            &[host][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://a.example:8080"), host],
            &[("sec-fetch-site", "same-site"), host],
            &[("sec-fetch-site", "none"), host],
            &[("origin", "null"), host],
            &[("origin", "http://b.example"), host],
            &[("origin", "a.example:8080"), host],
        ] {
            assert!(!same(wrong, None), "{wrong:?}");
        }
        assert!(!same(&[("origin", "http://a.example:8080"), host], Some("https://a.example")));
    }
}
