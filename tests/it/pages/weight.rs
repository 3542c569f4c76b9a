//! What a page weighs when it is first loaded: the page itself and all that it asks for, as sent.

use fantoccini::Client;

/// Octets of a first load at most: some seconds on a slow mobile network.
pub(super) const MOST: u64 = 150_000;

/// Octets of page, style, scripts, fonts and pictures of ours as they are sent, also where they came from the
/// browser's own store this time. Pictures of a document's pages are what is looked at, not what looks.
pub(super) async fn weight(client: &Client) -> u64 {
    let script = "const parts = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind)); \
        const ours = parts.filter((part) => part.initiatorType !== 'img' || part.name.includes('/assets/')); \
        const drawn = [...document.querySelectorAll('image[href^=\"data:\"]')].reduce((sum, one) => sum + one.getAttribute('href').length, 0); \
        return ours.reduce((sum, part) => sum + part.encodedBodySize, 0) - drawn;";
    client.execute(script, vec![]).await.unwrap().as_u64().unwrap()
}

mod tests {
    use super::weight;
    use crate::{
        pages::browser::in_browser,
        support::{
            http::{Connection, get},
            service::Service,
        },
    };

    #[test]
    fn all_of_it_is_weighed() {
        let service = Service::start();
        in_browser(service.public, true, async |tab| {
            tab.open("/verify").await;
            let script =
                "return [...document.querySelectorAll('link[href], script[src]')].map((one) => one.href || one.src)";
            let parts: Vec<String> = serde_json::from_value(tab.client.execute(script, vec![]).await.unwrap()).unwrap();
            let paths = parts.iter().filter_map(|part| part.find("/assets/").map(|at| part[at..].to_owned()));
            let compressed = |path: String| {
                let head =
                    format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n");
                let mut connection = Connection::open(service.public);
                connection.send(head);
                connection.answer().octets.len()
            };
            let parts: Vec<usize> = paths.map(compressed).collect();
            let page = get(service.public, "/verify").octets.len();
            let (script, icon) = (parts.iter().max().unwrap(), parts.iter().min().unwrap());
            assert!(parts.len() >= 3 && script > icon, "{parts:?}");
            let all = (page + parts.iter().sum::<usize>()) as u64;
            // the icon is the browser's affair
            let weighed = weight(&tab.client).await;
            assert!((all - *icon as u64..=all).contains(&weighed), "{weighed} of {all}");
            let more = "const done = arguments[arguments.length - 1]; \
                const one = new Image(); \
                one.onload = one.onerror = () => setTimeout(done, 100); \
                one.src = document.querySelector('link[rel~=icon]').href + '?again';";
            tab.client.execute_async(more, vec![]).await.unwrap();
            assert!(weight(&tab.client).await > weighed, "what is asked for later weighs too");
        });
    }
}
