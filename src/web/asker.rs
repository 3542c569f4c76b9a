//! Who asks, as networks go, and how often (ADR 66).
//!
//! 1. The peer of the connection, unless that is a proxy that is trusted.
//! 2. Of what such a proxy says, the last hop that no trusted proxy is: what stands before it the hop said of itself.
//! 3. Where something stands there that is no address, the last hop that was one.
//!
//! Of IPv6 the network of a customer counts. Requests of this machine are nobody's where no proxy is configured.

use super::{
    AppState, Problem,
    auth::{Face, Rule},
    problem::Code,
};
use crate::{
    config::{ForwardedHeader, Serve},
    flow::{
        askers::{Asked, Askers},
        introduction::{ASKER_HEADER, introduced},
        trust::ListInUse,
    },
};
use actix_web::{HttpRequest, HttpResponse, http::header::HeaderMap, web::Data};
use std::net::{IpAddr, SocketAddr};

/// Hops that are looked at: no request passes so many proxies of one operator.
const MOST_HOPS: usize = 16;

/// Whose questions are counted together; none where they are nobody's.
pub(super) fn network_of(request: &HttpRequest) -> Option<String> {
    let serve = request.app_data::<Data<AppState>>()?.serve();
    of(request.peer_addr()?.ip(), request.headers(), serve)
}

fn of(peer: IpAddr, headers: &HeaderMap, serve: &Serve) -> Option<String> {
    let peer = peer.to_canonical();
    if serve.trusted_proxies.is_empty() && peer.is_loopback() {
        return None;
    }
    Some(network(origin(peer, headers, serve)))
}

/// Where a request comes from, as far as somebody says so who is believed.
fn origin(peer: IpAddr, headers: &HeaderMap, serve: &Serve) -> IpAddr {
    let is_trusted = |address: IpAddr| serve.trusted_proxies.iter().any(|network| network.contains(address));
    let mut last = peer;
    if is_trusted(peer) {
        let lines: Vec<&[u8]> =
            headers.get_all(serve.forwarded_header.as_str()).map(|value| value.as_bytes()).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(|octet| *octet == b','));
        for hop in hops.take(MOST_HOPS) {
            let Some(address) = std::str::from_utf8(hop).ok().and_then(|hop| address(hop, serve.forwarded_header))
            else {
                break;
            };
            last = address;
            if !is_trusted(address) {
                break;
            }
        }
    }
    last
}

/// The address of one hop, with or without a port.
fn address(hop: &str, header: ForwardedHeader) -> Option<IpAddr> {
    let node = match header {
        ForwardedHeader::XForwardedFor => hop,
        ForwardedHeader::Forwarded => hop.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then_some(value)
        })?,
    };
    let node = node.trim();
    let node = node.strip_prefix('"').and_then(|node| node.strip_suffix('"')).unwrap_or(node);
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse().ok().or_else(|| node.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address| address.to_canonical())
}

/// An address, of IPv6 the network of its customer.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Left with an answer to a question to which there is no licence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Missed;

/// Whether nobody has what was asked for.
pub(super) fn is_miss(answer: &HttpResponse) -> bool {
    let extensions = answer.extensions();
    let code = extensions.get::<Code>();
    extensions.get::<Missed>().is_some() || matches!(code, Some(Code::NotRegistered | Code::PresentationNotValid))
}

/// What the service keeps about those who ask, and what they are told of it.
pub(super) struct Asking {
    pub(super) askers: Askers,
    /// Whether a register elsewhere is configured.
    pub(super) has_register_elsewhere: bool,
}

/// Who is asked how a licence stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// The register of this installation.
    pub own: bool,
    /// Registers of other localities.
    pub localities: usize,
    /// One that is configured.
    pub elsewhere: bool,
}

impl Registers {
    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A question that was counted.
pub(super) struct Counted {
    what: Asked,
    who: String,
}

impl AppState {
    /// Counts a question that everybody may ask; none where it is counted for nobody.
    ///
    /// # Errors
    /// `too_many_tries`.
    pub(super) async fn count(&self, rule: &Rule, request: &HttpRequest) -> Result<Option<Counted>, Problem> {
        let (Some(what), Some(who)) = (rule.counted, network_of(request)) else { return Ok(None) };
        if rule.face == Face::Api && self.shows_a_token(request.headers()).await {
            return Ok(None);
        }
        if what == Asked::Code
            && let Some(register) = self.register_that_asks(request.headers())
        {
            self.admit(Asked::Register, &register)?;
            return Ok(None);
        }
        self.admit(what, &who)?;
        Ok(Some(Counted { what, who }))
    }

    /// The register of another locality that a request comes from, where it says so and its key does.
    fn register_that_asks(&self, headers: &HeaderMap) -> Option<String> {
        let header = headers.get(ASKER_HEADER)?.to_str().ok()?;
        let (issuer, now) = (self.issuer().ok()?, self.verifier().now().ok()?);
        introduced(&issuer, &self.verifier().lists_in_use(), header, now)
    }

    /// Counts a question, or a guess, of somebody.
    ///
    /// # Errors
    /// `too_many_tries`.
    pub(super) fn admit(&self, what: Asked, who: &str) -> Result<(), Problem> {
        let now = self.verifier().now().map_err(|error| Problem::broken(&error))?;
        Ok(self.asking().askers.admit(what, who, now)?)
    }

    /// Counts that there was no answer to a question.
    pub(super) fn missed(&self, Counted { what, who }: &Counted) {
        if let Ok(now) = self.verifier().now() {
            self.asking().askers.missed(*what, who, now);
        }
    }

    /// Who is asked how a licence stands.
    pub(super) fn registers(&self) -> Registers {
        Registers {
            own: self.issuer().is_ok(),
            localities: self.verifier().lists_in_use().iter().filter(|used| ListInUse::has_register(used)).count(),
            elsewhere: self.asking().has_register_elsewhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::{auth::Who, routes::TABLE};
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn serve(proxies: &[&str], header: ForwardedHeader) -> Serve {
        let trusted_proxies = proxies.iter().map(|text| text.parse().unwrap()).collect();
        Serve { trusted_proxies, forwarded_header: header, ..Serve::default() }
    }

    fn asked(serve: &Serve, peer: &str, lines: &[(&str, &[u8])]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value).unwrap());
        }
        of(peer.parse().unwrap(), &headers, serve)
    }

    #[test]
    fn what_everybody_looks_up_is_counted_and_nothing_else() {
        let counted: Vec<_> = TABLE.iter().filter(|rule| rule.counted.is_some()).collect();
        assert!(counted.iter().all(|rule| rule.who == Who::Public));
        let paths: Vec<_> = counted.iter().map(|rule| (rule.verb.as_str(), rule.path)).collect();
        for wanted in [
            ("POST", "/verify"),
            ("POST", "/verify/number"),
            ("POST", "/C"),
            ("GET", "/C/{code}"),
            ("GET", "/I/{identifier}"),
            ("GET", "/S/{code}"),
            ("POST", "/api/v1/verifications"),
            ("POST", "/api/v1/standings"),
            ("GET", "/api/v1/standing/{code}"),
            ("GET", "/api/v1/standings/{identifier}"),
        ] {
            assert!(paths.contains(&wanted), "{wanted:?}");
        }
    }
    const X: &str = "x-forwarded-for";

    #[test]
    fn without_a_proxy_the_peer_counts_and_nothing_that_it_says() {
        let serve = serve(&[], ForwardedHeader::XForwardedFor);
        let of = |peer: &str| asked(&serve, peer, &[(X, b"198.51.100.1"), ("forwarded", b"for=198.51.100.1")]);
        assert_eq!(of("203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("::ffff:203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!((of("127.0.0.1"), of("::1")), (None, None));
    }

    #[test]
    fn the_last_hop_that_no_proxy_of_ours_is() {
        let serve = serve(&["127.0.0.1", "10.0.0.0/8"], ForwardedHeader::XForwardedFor);
        let cases: &[(&str, &[&[u8]], &str)] = &[
            ("127.0.0.1", &[b"203.0.113.9"], "203.0.113.9"),
            // what the client says of itself stands before what the proxy says of it
            ("127.0.0.1", &[b"198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &[b"127.0.0.1, 203.0.113.9 , 10.0.0.2"], "203.0.113.9"),
            ("127.0.0.1", &[b"198.51.100.1", b"203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &[b"203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", &[b"[2001:db8:1:2::7]:4711"], "2001:db8:1:2::/64"),
            ("10.1.2.3", &[b"2001:db8:1:2::7"], "2001:db8:1:2::/64"),
            // nothing, or nothing that can be read: the proxy itself
            ("127.0.0.1", &[], "127.0.0.1"),
            ("127.0.0.1", &[b""], "127.0.0.1"),
            ("127.0.0.1", &[b"203.0.113.9, unknown"], "127.0.0.1"),
            ("127.0.0.1", &[b"203.0.113.9, \xff\xfe, 10.0.0.2"], "10.0.0.2"),
            ("127.0.0.1", &[b"\xff\xfe, 203.0.113.9"], "203.0.113.9"),
            ("127.0.0.1", &[b"10.0.0.4, 10.0.0.3"], "10.0.0.4"),
            // a stranger's word
            ("192.0.2.1", &[b"203.0.113.9"], "192.0.2.1"),
        ];
        for (peer, lines, found) in cases {
            let lines: Vec<(&str, &[u8])> = lines.iter().map(|line| (X, *line)).collect();
            assert_eq!(asked(&serve, peer, &lines).as_deref(), Some(*found), "{peer} {lines:?}");
        }
        let forwarded = asked(&serve, "127.0.0.1", &[("forwarded", b"for=203.0.113.9")]);
        assert_eq!(forwarded.as_deref(), Some("127.0.0.1"), "the other header is not read");
        let endless = vec![b"10.0.0.9".as_slice(); 5000].join(&b", "[..]);
        assert_eq!(asked(&serve, "127.0.0.1", &[(X, &endless)]).as_deref(), Some("10.0.0.9"));
    }

    #[test]
    fn the_header_of_rfc_7239() {
        let serve = serve(&["::1"], ForwardedHeader::Forwarded);
        for (line, found) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("proto=https; For=\"203.0.113.9:80\";by=10.0.0.1", "203.0.113.9"),
            ("for=198.51.100.1;x=\"a, for=203.0.113.8", "203.0.113.8"),
            ("for=\"[2001:db8:1:2::7]:4711\"", "2001:db8:1:2::/64"),
            ("for=198.51.100.1, for=\"[2001:db8:1:2::7]\"", "2001:db8:1:2::/64"),
            ("for=_hidden", "0:0:0:0::/64"),
            ("by=203.0.113.9", "0:0:0:0::/64"),
            ("for=203.0.113.9, for=unknown", "0:0:0:0::/64"),
        ] {
            assert_eq!(asked(&serve, "::1", &[("forwarded", line.as_bytes())]).as_deref(), Some(found), "{line}");
        }
        assert_eq!(asked(&serve, "::1", &[(X, b"203.0.113.9")]).as_deref(), Some("0:0:0:0::/64"));
    }
}
