//! The processes that are measured: `synaq serve`, and beside it a bare handler that gives back the JSON that it gets,
//! which is as fast as this machine answers at all. Both have a thread for each processor.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use axum::serve::ListenerExt;
use axum::{Json, Router, routing::put};
use serde_json::Value;

use super::usage::{self, Usage};

/// Set for the process that is the bare handler.
const ECHO: &str = "SYNAQ_BENCH_ECHO";

/// A server in a process of its own, killed when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
}

/// A directory that is removed when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    /// A new, empty one.
    pub fn new(name: &str) -> Self {
        let dir = format!("synaq-bench-{name}-{}", std::process::id());
        let dir = std::env::temp_dir().join(dir);
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory for the database");
        Self(dir)
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The address of an SQLite database in it.
    pub fn database(&self) -> String {
        format!("sqlite://{}", self.file("bench.db").display())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Server {
    /// `synaq serve` on a database, on a port (0: any).
    pub fn synaq(database: &str, port: u16) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_synaq"));
        command
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .args(["--database", database, "--content"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/content"))
            // Where tests have their PostgreSQL is no setting of the program.
            .env_remove("SYNAQ_TEST_POSTGRES")
            .env("SYNAQ_RATE_LIMITS", "off")
            .env("SYNAQ_LOG__FILTER", "error");
        Self::start(command)
    }

    /// The bare handler: this program again.
    pub fn echo() -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.env(ECHO, "1");
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let stdout = process.stdout.take().expect("its standard output");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok())
            .expect("where it listens");
        Self { address, process }
    }

    /// What it has used until now.
    pub fn usage(&self) -> Usage {
        usage::of(&self.process.id().to_string()).unwrap_or_default()
    }

    /// From now on [`Usage::peak`] is counted anew.
    pub fn forget_peak(&self) {
        usage::forget_peak(&self.process.id().to_string());
    }
}

impl Drop for Server {
    /// SIGKILL: as a power cut.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where this process is meant to be the bare handler, it is that until it is killed.
pub async fn echo_if_asked() {
    if std::env::var_os(ECHO).is_none() {
        return;
    }
    let path = "/api/v1/attempts/{id}/responses/{item}";
    let router = Router::new().route(path, put(async |Json(body): Json<Value>| Json(body)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port").tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let address = axum::serve::Listener::local_addr(&listener);
    println!("listening on http://{}", address.expect("an address"));
    axum::serve(listener, router).await.expect("it serves");
}
