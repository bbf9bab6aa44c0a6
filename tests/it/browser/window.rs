//! A browser with its driver: one of each a test.

use std::path::Path;
use std::time::Duration;

use axum::http::Method;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::driver::{Driver, Engine, Scripts};
use crate::support::Scratch;

/// How long a condition may take to come true; a busy machine needs it, a quick one never waits so long.
pub const DEADLINE: Duration = Duration::from_secs(30);
pub const LOOK_EVERY: Duration = Duration::from_millis(40);

/// How many pages may come one after the other while a click looks for its element.
const GONE_PAGES: usize = 3;

const TO_THE_MIDDLE: &str = "arguments[0].scrollIntoView({ block: 'center' })";

pub const TAB: char = '\u{e004}';
pub const ENTER: char = '\u{e007}';
pub const ESCAPE: char = '\u{e00c}';
pub const SPACE: char = ' ';
pub const RIGHT: char = '\u{e014}';
pub const DOWN: char = '\u{e015}';

/// A request as it is sent: one that the standard does not have, or that the client would write otherwise.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// A browser with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    pub client: Client,
    // In the order in which they must go: the browser before its profile.
    driver: Driver,
    _profile: Scratch,
}

impl Browser {
    pub async fn open(scripts: Scripts) -> Self {
        Self::with_profile(scripts, Scratch::new("chromium")).await
    }

    /// Closes it, and opens it again with what it has kept.
    pub async fn again(self) -> Self {
        let Self {
            client,
            driver,
            _profile: profile,
        } = self;
        client.close().await.expect("it is closed");
        drop(driver);
        Self::with_profile(Scripts::Allowed, profile).await
    }

    async fn with_profile(scripts: Scripts, profile: Scratch) -> Self {
        let driver = Driver::start(profile.path()).await;
        let capabilities = driver.engine.capabilities(scripts, profile.path());
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("this test needs a browser: run tests/run");
        Self {
            client,
            driver,
            _profile: profile,
        }
    }

    pub async fn goto(&self, url: &str) {
        self.client
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// What an expression in the page is worth.
    pub async fn value(&self, expression: &str) -> Result<Value, CmdError> {
        self.client
            .execute(&format!("return ({expression});"), Vec::new())
            .await
    }

    /// Waits until an expression in the page is true (in JavaScript's sense) and answers what it is worth. While a page
    /// is being left there is nothing to ask: that too is "not yet".
    #[track_caller]
    pub fn until(&self, expression: &str) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let waited = tokio::time::timeout(DEADLINE, async {
                loop {
                    match self.value(expression).await {
                        Ok(value) if truthy(&value) => return value,
                        _ => tokio::time::sleep(LOOK_EVERY).await,
                    }
                }
            })
            .await;
            match waited {
                Ok(value) => value,
                Err(_) => panic!(
                    "{caller}: never true: {expression}\n{}",
                    self.describe().await
                ),
            }
        }
    }

    /// Where the browser is, for messages.
    pub async fn describe(&self) -> String {
        let url = self.client.current_url().await;
        let text = self.value("document.body.innerText").await;
        let focus = self
            .value("document.activeElement?.outerHTML?.slice(0, 200)")
            .await;
        format!(
            "at {url:?}\nfocus {focus:?}\n{text:?}\n{:?}",
            self.faults().await
        )
    }

    /// Presses and releases a key, wherever the focus is.
    pub async fn press(&self, key: char) {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client
            .perform_actions(keys)
            .await
            .unwrap_or_else(|error| panic!("key {key:?}: {error}"));
    }

    /// Presses Tab until the focus is on what the selector names: whatever a mouse reaches, a keyboard must.
    pub async fn tab_to(&self, selector: &str) {
        const MOST: usize = 120;
        let there = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..MOST {
            if self.value(&there).await.is_ok_and(|value| truthy(&value)) {
                return;
            }
            self.press(TAB).await;
        }
        panic!(
            "{MOST} times Tab do not reach {selector}\n{}",
            self.describe().await
        );
    }

    /// Clicks on what the selector names, once it is there.
    #[track_caller]
    pub fn click(&self, selector: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let mut clicked = self.try_click(selector).await;
            // It was on a page that has just been left: the next one has it too.
            for _ in 0..GONE_PAGES {
                if !clicked.as_ref().is_err_and(is_gone) {
                    break;
                }
                clicked = self.try_click(selector).await;
            }
            if let Err(error) = clicked {
                panic!("{caller}: {selector}: {error}\n{}", self.describe().await);
            }
        }
    }

    async fn try_click(&self, selector: &str) -> Result<(), CmdError> {
        let wait = self.client.wait().at_most(DEADLINE);
        let element = wait.for_element(Locator::Css(selector)).await?;
        // What is stuck to the window's edges may lie over it; people scroll then.
        let script = vec![json!(element)];
        self.client.execute(TO_THE_MIDDLE, script).await?;
        element.click().await
    }

    /// Whether it can be told what only Chromium can.
    pub fn is_chromium(&self) -> bool {
        self.driver.engine == Engine::Chromium
    }

    /// One command of the DevTools protocol, which Chromium alone has.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        let request = Vendor {
            path: "goog/cdp/execute",
            body,
        };
        self.client
            .issue_cmd(request)
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Cuts the network off, or restores it.
    pub async fn offline(&self, offline: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions = json!({
            "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
        });
        self.devtools("Network.emulateNetworkConditions", conditions)
            .await;
    }

    /// Sets a cookie of the server's.
    pub async fn set_cookie(&self, server: &str, name: &str, value: &str) {
        // Kept when the browser is closed, as the server's own are.
        const YEAR_2100: u64 = 4_102_444_800;
        if self.is_chromium() {
            let cookie = json!({ "url": server, "name": name, "value": value, "path": "/", "expires": YEAR_2100 });
            self.devtools("Network.setCookie", cookie).await;
            return;
        }
        // The standard lets a page of the server's set one, and any will do.
        let here = self.client.current_url().await;
        if !here.is_ok_and(|here| here.as_str().starts_with(server)) {
            self.goto(&format!("{server}healthz")).await;
        }
        let host = url::Url::parse(server).expect("an address");
        let cookie = json!({
            "name": name, "value": value, "path": "/", "domain": host.host_str(), "secure": false,
            "httpOnly": true, "sameSite": "Lax", "expiry": YEAR_2100,
        });
        let request = Vendor {
            path: "cookie",
            body: json!({ "cookie": cookie }),
        };
        let set = self.client.issue_cmd(request).await;
        set.unwrap_or_else(|error| panic!("cookie {name}: {error}"));
    }

    /// What the console holds since it was last asked that is an error: exceptions, blocked by the content security
    /// policy, not found.
    pub async fn faults(&self) -> Vec<String> {
        let request = Vendor {
            path: "se/log",
            body: json!({ "type": "browser" }),
        };
        let entries = self.client.issue_cmd(request).await.unwrap_or_default();
        entries
            .as_array()
            .into_iter()
            .flatten()
            .filter(|entry| {
                let message = entry["message"].as_str().unwrap_or_default();
                entry["level"] == "SEVERE" || message.contains("Content Security Policy")
            })
            .map(|entry| {
                format!(
                    "{}: {}",
                    entry["source"].as_str().unwrap_or_default(),
                    entry["message"].as_str().unwrap_or_default()
                )
            })
            .collect()
    }

    /// Makes the window this large, for the page.
    pub async fn resize(&self, width: u64, height: u64) {
        if !self.is_chromium() {
            let (width, height) = (width as u32, height as u32);
            let sized = self.client.set_window_size(width, height).await;
            sized.expect("a window has a size");
            return;
        }
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// A picture of the whole page at this width.
    pub async fn screenshot(&self, width: u64, file: &Path) {
        let height = self.value("document.documentElement.scrollHeight").await;
        let height = height.ok().and_then(|height| height.as_u64());
        self.resize(width, height.expect("a height")).await;
        let picture = self.client.screenshot().await.expect("a picture");
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        std::fs::write(file, picture).expect("the picture is written");
    }
}

/// Whether an element is no more, as each driver says it.
fn is_gone(error: &CmdError) -> bool {
    let said = error.to_string();
    ["stale element", "Node with identifier"]
        .iter()
        .any(|words| said.contains(words))
}

/// True as JavaScript sees it.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}
