//! Which browser the tests use, and the program that drives it: Chromium, or with `SYNAQ_TEST_BROWSER=webkit` WebKitGTK,
//! whose engine is Safari's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::window::LOOK_EVERY;
use crate::support::voice::humming;

/// Whether pages may run scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    Allowed,
    Blocked,
}

/// A browser's engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    WebKit,
}

impl Engine {
    fn chosen() -> Self {
        match std::env::var("SYNAQ_TEST_BROWSER").as_deref() {
            Err(_) | Ok("chromium") => Engine::Chromium,
            Ok("webkit") => Engine::WebKit,
            Ok(other) => panic!("SYNAQ_TEST_BROWSER is chromium or webkit, not {other:?}"),
        }
    }

    /// What a driver is told of the browser that it starts.
    pub fn capabilities(self, scripts: Scripts, profile: &Path) -> Map<String, Value> {
        let capabilities = match self {
            Engine::Chromium => chromium(scripts, profile),
            Engine::WebKit => webkit(scripts),
        };
        match capabilities {
            Value::Object(capabilities) => capabilities,
            _ => unreachable!("both are objects"),
        }
    }
}

fn chromium(scripts: Scripts, profile: &Path) -> Value {
    let mut args: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--mute-audio",
        "--autoplay-policy=no-user-gesture-required",
        // A microphone that every page may use that the server lets ask for it.
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--lang=en",
        "--window-size=1280,900",
    ]
    .map(str::to_owned)
    .to_vec();
    args.push(format!("--user-data-dir={}", profile.display()));
    // Chromium's own microphone gives beeps too short for a voice.
    let microphone = profile.join("microphone.wav");
    std::fs::write(&microphone, humming(20, 0.3)).expect("somebody hums");
    let microphone = microphone.display();
    args.push(format!("--use-file-for-fake-audio-capture={microphone}"));
    let scripts = match scripts {
        Scripts::Allowed => 1,
        Scripts::Blocked => 2,
    };
    let prefs = json!({
        "intl.accept_languages": "en",
        "profile.default_content_setting_values.javascript": scripts,
    });
    json!({
        "goog:chromeOptions": { "args": args, "prefs": prefs },
        "goog:loggingPrefs": { "browser": "ALL" },
    })
}

fn webkit(scripts: Scripts) -> Value {
    let scripts = match scripts {
        Scripts::Allowed => "--enable-javascript=true",
        Scripts::Blocked => "--enable-javascript=false",
    };
    let args = ["--automation", scripts, "--autoplay-policy=allow"];
    json!({
        "browserName": "MiniBrowser",
        "webkitgtk:browserOptions": { "args": args },
    })
}

/// The program that drives a browser; both end when it is dropped.
#[derive(Debug)]
pub struct Driver {
    pub engine: Engine,
    pub port: u16,
    child: Child,
}

impl Driver {
    /// Starts one whose browser keeps its data there.
    pub async fn start(profile: &Path) -> Self {
        /// A port that was free a moment ago may be somebody else's now; the driver ends then, and is started again.
        const TRIES: usize = 10;
        let engine = Engine::chosen();
        let mut started = None;
        for _ in 0..TRIES {
            started = match engine {
                Engine::Chromium => chromedriver(),
                Engine::WebKit => webkit_driver(profile).await,
            };
            if started.is_some() {
                break;
            }
        }
        let (child, port) = started.expect("a driver that listens, within ten starts");
        Self {
            engine,
            port,
            child,
        }
    }
}

/// It picks a free port, and then takes it. `None` when it ended before it listened.
fn chromedriver() -> Option<(Child, u16)> {
    let mut child = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test needs chromedriver: run tests/run");
    let mut stdout = BufReader::new(child.stdout.take().expect("standard output"));
    let mut line = String::new();
    let port = loop {
        line.clear();
        if stdout.read_line(&mut line).expect("a line of chromedriver") == 0 {
            let _ = child.wait();
            return None;
        }
        if let Some((_, rest)) = line.split_once("successfully on port ") {
            break rest.trim().trim_end_matches('.').parse().expect("a port");
        }
    };
    // What it says from now on must not fill the pipe.
    std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    Some((child, port))
}

/// It says nothing: it listens when it can be connected to.
async fn webkit_driver(profile: &Path) -> Option<(Child, u16)> {
    const TRIES: usize = 500;
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    let port = free.expect("a free port").port();
    let mut child = Command::new("WebKitWebDriver")
        .args(["--host=127.0.0.1", &format!("--port={port}")])
        .env("HOME", profile)
        .env("LANGUAGE", "en")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("this test needs WebKitWebDriver: tests/run --webkit");
    for _ in 0..TRIES {
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return None;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((child, port));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Asked to, chromedriver ends its browsers; killed, it would leave them.
        if self.engine == Engine::Chromium
            && let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port))
        {
            let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
            let _ = stream.write_all(b"GET /shutdown HTTP/1.1\r\nhost: localhost\r\n\r\n");
            let _ = stream.read_to_end(&mut Vec::new());
        }
        if self.engine == Engine::WebKit {
            // It would leave its browser, which is of its group.
            let group = format!("-{}", self.child.id());
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
