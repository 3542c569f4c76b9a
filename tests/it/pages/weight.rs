//! What a page weighs when it is first loaded: the page itself and all that it asks for, as sent.

use crate::support::http::Connection;
use fantoccini::Client;
use std::net::SocketAddr;

/// Octets of a first load at most: some seconds on a slow mobile network.
pub(super) const MOST: u64 = 150_000;

/// Octets of page, style, scripts, fonts and pictures of ours as they are sent, also where they came from the
/// browser's own store this time. Pictures of a document's pages are what is looked at, not what looks.
pub(super) async fn weight(client: &Client, service: SocketAddr) -> u64 {
    let script = "const parts = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind)); \
        const ours = parts.filter((part) => part.initiatorType !== 'img' || part.name.includes('/assets/')); \
        const drawn = [...document.querySelectorAll('image[href^=\"data:\"]')].reduce((sum, one) => sum + one.getAttribute('href').length, 0); \
        return [ours.map((part) => [part.name, part.encodedBodySize]), drawn];";
    let found = client.execute(script, vec![]).await.unwrap();
    let (parts, drawn): (Vec<(String, u64)>, u64) = serde_json::from_value(found).unwrap();
    // what a worker of ours keeps is weighed by the browser as it is read, not as it came
    let octets = |(name, weighed): &(String, u64)| match name.find("/assets/") {
        // without a network as the browser weighs it, which is more
        Some(at) => as_sent(service, &name[at..]).unwrap_or(*weighed),
        None => *weighed,
    };
    parts.iter().map(octets).sum::<u64>() - drawn
}

/// Octets of an asset as browsers get it; none where the service does not answer.
fn as_sent(service: SocketAddr, path: &str) -> Option<u64> {
    let mut connection = Connection::open(service);
    connection.send(format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"));
    Some(connection.answer_if_any().ok()?.octets.len() as u64)
}

mod tests {
    use super::{as_sent, weight};
    use crate::{
        pages::browser::in_browser,
        support::{http::get, service::Service},
    };

    #[test]
    fn all_of_it_is_weighed() {
        let service = Service::start();
        in_browser(service.public, true, async |tab| {
            tab.open("/verify").await;
            let script =
                "return [...document.querySelectorAll('link[href], script[src]')].map((one) => one.href || one.src)";
            let parts: Vec<String> = serde_json::from_value(tab.client.execute(script, vec![]).await.unwrap()).unwrap();
            let paths: Vec<&str> =
                parts.iter().filter_map(|part| part.find("/assets/").map(|at| &part[at..])).collect();
            let style = paths.iter().find(|path| path.ends_with(".css")).unwrap();
            let plain = get(service.public, style).octets.len() as u64;
            assert!(as_sent(service.public, style).unwrap() * 2 < plain, "style goes out compressed");
            let parts: Vec<u64> = paths.iter().map(|path| as_sent(service.public, path).unwrap()).collect();
            let page = get(service.public, "/verify").octets.len() as u64;
            let (script, icon) = (parts.iter().max().unwrap(), parts.iter().min().unwrap());
            assert!(parts.len() >= 3 && script > icon, "{parts:?}");
            let all = page + parts.iter().sum::<u64>();
            // the icon is the browser's affair
            let weighed = weight(&tab.client, service.public).await;
            assert!((all - icon..=all).contains(&weighed), "{weighed} of {all}");
            let more = "const done = arguments[arguments.length - 1]; \
                const one = new Image(); \
                one.onload = one.onerror = () => setTimeout(done, 100); \
                one.src = document.querySelector('link[rel~=icon]').href + '?again';";
            tab.client.execute_async(more, vec![]).await.unwrap();
            assert!(weight(&tab.client, service.public).await > weighed, "what is asked for later weighs too");
        });
    }
}
