//! Chromium, driven through its own driver.

use fantoccini::{Client, ClientBuilder, error::CmdError, wd::WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
};

/// Chromium's own extensions of the protocol.
#[derive(Debug)]
struct Extension(&'static str, Value);

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}

/// The driver's process, ended by its id when dropped.
struct Driver {
    child: Child,
    port: u16,
}

impl Driver {
    /// `None` where there is no Chromium.
    fn start() -> Option<Self> {
        // it asks for a port twice, for IPv4 and IPv6, and gives up where another
        // driver took one of them in between
        (0..5).find_map(|_| Self::try_start().transpose()).and_then(Result::ok)
    }

    /// `Ok(None)`: started, but found no port.
    fn try_start() -> std::io::Result<Option<Self>> {
        let child = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut driver = Self { child, port: 0 };
        let Some(output) = driver.child.stdout.take() else { return Ok(None) };
        let mut lines = BufReader::new(output).lines();
        let port = lines.by_ref().find_map(|line| {
            let line = line.ok()?;
            line.split_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        let Some(port) = port else { return Ok(None) };
        driver.port = port;
        // What it says later must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Ok(Some(driver))
    }

    /// A tab of a fresh profile.
    async fn tab(&self, to: SocketAddr, javascript: bool, more: &[String]) -> Tab {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let builder = builder.capabilities(capabilities(javascript, more));
        let client = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await.unwrap();
        Tab { client, to, scripts: javascript }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A tab of a fresh profile.
pub(super) struct Tab {
    pub(super) client: Client,
    to: SocketAddr,
    /// Whether pages may run scripts.
    scripts: bool,
}

/// Runs `look` in a browser, and closes it also when that fails. Where there is
/// no Chromium this is a failure under `CI=true`, and said elsewhere.
pub(super) fn in_browser(to: SocketAddr, javascript: bool, look: impl AsyncFnOnce(&Tab)) {
    in_browser_with(to, javascript, &[], look);
}

/// The same, with further arguments of Chromium.
pub(super) fn in_browser_with(to: SocketAddr, javascript: bool, more: &[String], look: impl AsyncFnOnce(&Tab)) {
    let Some(driver) = driver() else { return };
    let runtime = actix_web::rt::System::new();
    let tab = runtime.block_on(driver.tab(to, javascript, more));
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(look(&tab))));
    let _ = runtime.block_on(tab.client.close());
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// Two people, each with a browser of their own, at the same time.
pub(super) fn in_two_browsers(to: SocketAddr, look: impl AsyncFnOnce(&Tab, &Tab)) {
    let (Some(first), Some(second)) = (driver(), driver()) else { return };
    let runtime = actix_web::rt::System::new();
    let tabs = [&first, &second].map(|driver| runtime.block_on(driver.tab(to, true, &[])));
    let outcome = catch_unwind(AssertUnwindSafe(|| runtime.block_on(look(&tabs[0], &tabs[1]))));
    for tab in tabs {
        let _ = runtime.block_on(tab.client.close());
    }
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn driver() -> Option<Driver> {
    let driver = Driver::start();
    if driver.is_none() {
        assert!(env::var("CI").as_deref() != Ok("true"), "chromedriver is needed: install chromium-driver");
        println!("skipped: no chromedriver here (Debian: apt-get install chromium chromium-driver)");
    }
    driver
}

fn capabilities(javascript: bool, more: &[String]) -> serde_json::Map<String, Value> {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--window-size=1280,800",
        "--lang=zh-CN",
    ];
    let arguments: Vec<&str> = arguments.into_iter().chain(more.iter().map(String::as_str)).collect();
    let content =
        if javascript { json!({}) } else { json!({"profile.managed_default_content_settings.javascript": 2}) };
    let asked = json!({
        "browserName": "chrome",
        // a machine that is busy looks at a large page for long
        "timeouts": {"script": 120_000},
        "goog:chromeOptions": {"args": arguments, "prefs": content},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    });
    asked.as_object().cloned().unwrap()
}

impl Tab {
    /// Goes to a page of the service.
    pub(super) async fn open(&self, path: &str) {
        self.client.goto(&format!("http://{}{path}", self.to)).await.unwrap();
    }

    /// The text of what a selector finds first among what is seen.
    pub(super) async fn text(&self, selector: &str) -> String {
        for element in self.client.find_all(fantoccini::Locator::Css(selector)).await.unwrap() {
            if element.is_displayed().await.unwrap() {
                return element.text().await.unwrap();
            }
        }
        panic!("no {selector} is seen in\n{}", self.client.source().await.unwrap())
    }

    /// Whether anything that a selector finds is seen.
    pub(super) async fn sees(&self, selector: &str) -> bool {
        for element in self.client.find_all(fantoccini::Locator::Css(selector)).await.unwrap() {
            if element.is_displayed().await.unwrap() {
                return true;
            }
        }
        false
    }

    /// Presses what a selector finds first among what is seen.
    pub(super) async fn press(&self, selector: &str) {
        for element in self.client.find_all(fantoccini::Locator::Css(selector)).await.unwrap() {
            if element.is_displayed().await.unwrap() {
                return element.click().await.unwrap();
            }
        }
        panic!("no {selector} to press")
    }

    /// Chooses a file in the form's own field.
    pub(super) async fn choose(&self, file: &std::path::Path) {
        let field = self.client.find(fantoccini::Locator::Css("input[type=file]")).await.unwrap();
        field.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// A style value of what a selector finds first among what is seen.
    pub(super) async fn style(&self, selector: &str, property: &str) -> String {
        for element in self.client.find_all(fantoccini::Locator::Css(selector)).await.unwrap() {
            if element.is_displayed().await.unwrap() {
                return element.css_value(property).await.unwrap();
            }
        }
        panic!("no {selector} is seen")
    }

    /// Sets the width and a height that holds the whole page, and keeps a picture in `target/screens`.
    pub(super) async fn picture(&self, name: &str, width: u32) {
        self.whole(name, width).await;
        self.keep(name).await;
        self.resize(1280, 800).await.unwrap();
    }

    /// The picture alone, where all else is looked at elsewhere.
    pub(super) async fn picture_alone(&self, name: &str, width: u32) {
        self.whole(name, width).await;
        self.keep_picture(name).await;
        self.resize(1280, 800).await.unwrap();
    }

    /// A width, and the height that holds the whole page.
    async fn whole(&self, name: &str, width: u32) {
        self.resize(width, 844).await.unwrap();
        let height = self.client.execute("return document.documentElement.scrollHeight", vec![]).await.unwrap();
        let wide = self.client.execute("return document.documentElement.scrollWidth", vec![]).await.unwrap();
        assert!(wide.as_u64() <= Some(width.into()), "{name}: the page is wider ({wide}) than the window ({width})");
        let height = u32::try_from(height.as_u64().unwrap()).unwrap();
        self.resize(width, height).await.unwrap();
    }

    /// Asserts that the whole page is seen at once on a screen of 1280 by 800, and keeps
    /// a picture of it.
    pub(super) async fn screen(&self, name: &str) {
        let scrolls = self.scrolls(1280, 800).await;
        self.keep(name).await;
        assert_eq!(scrolls, Vec::<String>::new(), "{name}");
    }

    /// What has to be scrolled on a screen of that size.
    async fn scrolls(&self, width: u32, height: u32) -> Vec<String> {
        self.resize(width, height).await.unwrap();
        let script = "const all = [document.documentElement, ...document.querySelectorAll('.win__verdict, .win__facts:first-child')]; \
            return all.filter(one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1) \
              .map(one => `${one.className || one.tagName} ${one.scrollHeight} ${one.clientHeight} ${one.scrollWidth}`)";
        let found = self.client.execute(script, vec![]).await.unwrap();
        serde_json::from_value(found).unwrap()
    }

    /// Keeps a picture of what is seen, has axe look at it (WCAG 2.2 A and AA), measures what is pressed,
    /// and weighs the page.
    pub(super) async fn keep(&self, name: &str) {
        self.keep_picture(name).await;
        let weight = self.weighs().await;
        assert!(weight < super::weight::MOST, "{name}: a first load of {weight} octets");
        let found = if self.scripts { super::axe::violations(&self.client).await } else { Vec::new() };
        assert!(found.is_empty(), "{name}: {found:#?}");
        assert_eq!(super::axe::small_targets(&self.client).await, Vec::<String>::new(), "{name}");
    }

    /// Octets of a first load of the page.
    pub(super) async fn weighs(&self) -> u64 {
        super::weight::weight(&self.client, self.to).await
    }

    /// What a screen reader says of the live region of that name: the words of the accessibility tree, in its order.
    pub(super) async fn heard(&self, region: &str) -> String {
        let command = json!({"cmd": "Accessibility.getFullAXTree", "params": {}});
        let tree = self.client.issue_cmd(Extension("goog/cdp/execute", command)).await.unwrap();
        let nodes = tree["nodes"].as_array().unwrap();
        let found = nodes.iter().find(|node| node["role"]["value"] == "status" && node["name"]["value"] == region);
        let mut words = String::new();
        let mut rest = vec![found.unwrap_or_else(|| panic!("no live region {region}")).clone()];
        while let Some(node) = rest.pop() {
            if node["role"]["value"] == "StaticText" {
                words.push_str(node["name"]["value"].as_str().unwrap());
                continue;
            }
            let children: Vec<&Value> = node["childIds"].as_array().into_iter().flatten().collect();
            let of = |id: &Value| nodes.iter().find(|node| node["nodeId"] == *id).cloned();
            rest.extend(children.into_iter().rev().filter_map(of));
        }
        words
    }

    async fn keep_picture(&self, name: &str) {
        let folder = target().join("screens");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
    }

    /// Makes the page as large as somebody's screen.
    pub(super) async fn resize(&self, width: u32, height: u32) -> Result<Value, CmdError> {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await
    }

    /// Something that the protocol of the driver has no word for, and Chromium's own has.
    pub(super) async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, CmdError> {
        let command = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(Extension("goog/cdp/execute", command)).await
    }

    /// Asserts that nothing was complained about and nothing asked of anybody else.
    pub(super) async fn assert_quiet(&self) {
        let log = async |kind: &str| {
            let entries = self.client.issue_cmd(Extension("se/log", json!({"type": kind}))).await.unwrap();
            entries.as_array().cloned().unwrap_or_default()
        };
        for entry in log("browser").await {
            let text = entry["message"].as_str().unwrap_or_default();
            // whoever types at once has the field before the page gives it to them
            let typed_at_once = text.contains("Autofocus processing was blocked");
            // An answer that is not 200 is logged by Chromium; its page is what we test.
            assert!(
                typed_at_once || text.contains("the server responded with a status of"),
                "the console says: {text}"
            );
        }
        let own = format!("http://{}/", self.to);
        let mut requests = 0;
        for entry in log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap_or_default()).unwrap();
            if event["message"]["method"] == "Network.requestWillBeSent" {
                let address = event["message"]["params"]["request"]["url"].as_str().unwrap_or_default().to_owned();
                // the icon that Chromium itself puts into a field for a day; a page's own `data:` our policy forbids
                if address.starts_with("data:") {
                    continue;
                }
                assert!(address.starts_with(&own), "a request went to {address}");
                requests += 1;
            }
        }
        assert!(requests > 0, "the log of requests is empty");
    }
}

/// The build's target directory.
fn target() -> PathBuf {
    // CARGO_TARGET_TMPDIR is `<target>/tmp`.
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().to_owned()
}
