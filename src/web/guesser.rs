//! Whose wrong guesses are counted together, of a request: its network, and the device at which its session is, a
//! kiosk's or a window's, whoever uses that.

use super::{AppState, Problem};
use crate::flow::{devices, tries::Guesser};
use actix_web::HttpRequest;
use std::net::IpAddr;

/// Who asks, for pages that anybody may ask. A session is looked at for its device alone.
///
/// # Errors
/// What the register says.
pub(super) async fn guesser(request: &HttpRequest, state: &AppState) -> Result<Guesser, Problem> {
    let from = Guesser::from(request.peer_addr().and_then(|peer| network(peer.ip())));
    let Some(Some(secret)) = state.cookies().read(request.headers()) else { return Ok(from) };
    let device = state.in_office(move |office, now| devices::of_session(&office.store, &secret, now)).await?;
    Ok(from.at(device.as_deref()))
}

/// Whose misses are counted together: an address, of IPv6 the network of its customer.
/// None for this machine, where a proxy stands for everybody.
pub(super) fn network(peer: IpAddr) -> Option<String> {
    match peer.to_canonical() {
        own if own.is_loopback() => None,
        IpAddr::V4(address) => Some(address.to_string()),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{d:x}::/64"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_guessers() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("::ffff:203.0.113.9").as_deref(), Some("203.0.113.9"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!((of("127.0.0.1"), of("::1")), (None, None));
    }
}
