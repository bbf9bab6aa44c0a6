//! The servers that are measured: `synaq serve` in a process of its own, and beside it a bare handler that gives back
//! the JSON that it gets, which is as fast as this machine answers at all.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::{Json, Router, routing::put};
use serde_json::Value;

/// Set for the process that is the bare handler.
const ECHO: &str = "SYNAQ_BENCH_ECHO";

/// A server in a process of its own, killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    process: Option<Child>,
    _scratch: Option<Scratch>,
}

struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What a process has used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Processor time.
    pub cpu: Duration,
    /// Memory now, in bytes.
    pub memory: u64,
}

impl Server {
    /// `synaq serve`; without a database on a new SQLite file. Returns where its database is with it.
    pub fn synaq(database: Option<&str>) -> (Self, String) {
        let (address, scratch) = match database {
            Some(address) => (address.to_owned(), None),
            None => {
                let dir = std::env::temp_dir().join(format!("synaq-bench-{}", std::process::id()));
                let _ = std::fs::remove_dir_all(&dir);
                std::fs::create_dir_all(&dir).expect("a directory for the database");
                let address = format!("sqlite://{}", dir.join("bench.db").display());
                (address, Some(Scratch(dir)))
            }
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_synaq"));
        command
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--database",
                &address,
                "--content",
            ])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/content"))
            .env("SYNAQ_RATE_LIMITS", "off")
            .env("SYNAQ_LOG__FILTER", "warn");
        (Self::start(command, scratch), address)
    }

    /// The bare handler: this program again.
    pub fn echo() -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.env(ECHO, "1");
        Self::start(command, None)
    }

    /// A server that runs elsewhere.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            process: None,
            _scratch: None,
        }
    }

    fn start(mut command: Command, scratch: Option<Scratch>) -> Self {
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
        Self {
            address,
            process: Some(process),
            _scratch: scratch,
        }
    }

    /// What it has used until now; nothing where that cannot be read.
    pub fn usage(&self) -> Usage {
        self.process
            .as_ref()
            .and_then(|process| usage(process.id()))
            .unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// From `/proc`, in Linux's clock ticks of 10 ms.
fn usage(id: u32) -> Option<Usage> {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold spaces; what follows its bracket does not. User and system time are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kilobytes: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?
        .split_whitespace()
        .next()?
        .parse()
        .ok()?;
    Some(Usage {
        cpu: TICK * ticks,
        memory: kilobytes * 1024,
    })
}

/// Where this process is meant to be the bare handler, it is that until it is killed.
pub async fn echo_if_asked() {
    if std::env::var_os(ECHO).is_none() {
        return;
    }
    let path = "/api/v1/attempts/{id}/responses/{item}";
    let router = Router::new().route(path, put(async |Json(body): Json<Value>| Json(body)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    println!(
        "listening on http://{}",
        listener.local_addr().expect("an address")
    );
    axum::serve(listener, router).await.expect("it serves");
}
