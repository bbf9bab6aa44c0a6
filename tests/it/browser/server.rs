//! A server process with its own database file, on the short rule sets.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A new directory that goes away with the value.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("synaq-{name}-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&dir).expect("a scratch directory");
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// `synaq serve`; killed when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub address: String,
    scratch: Scratch,
}

impl Server {
    /// Starts one on a port that the system chooses.
    pub fn start() -> Self {
        let scratch = Scratch::new("server");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let content = scratch.path().join("content");
        fs::create_dir(&content).expect("a content directory");
        for (name, from) in [
            ("bank", "tests/fixtures/short/bank"),
            ("rules", "tests/fixtures/short/rules"),
            ("locales", "content/locales"),
        ] {
            symlink(root.join(from), content.join(name)).expect("a link to the fixture");
        }
        let (child, address) = spawn(scratch.path(), "127.0.0.1:0");
        Self {
            child,
            address,
            scratch,
        }
    }

    /// SIGKILL: it gets no chance to tidy up.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// Starts it again on the same port and database.
    pub fn resume(&mut self) {
        let listen = self.address.trim_start_matches("http://").to_owned();
        let (child, address) = spawn(self.scratch.path(), &listen);
        assert_eq!(address, self.address);
        self.child = child;
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default();
            let last: Vec<_> = log.lines().rev().take(20).collect();
            eprintln!("the server's last words:");
            for line in last.iter().rev() {
                eprintln!("  {line}");
            }
        }
    }
}

fn spawn(dir: &Path, listen: &str) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synaq"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SYNAQ_")) {
        command.env_remove(name);
    }
    let log = File::options()
        .create(true)
        .append(true)
        .open(dir.join("log"));
    let mut child = command
        .args(["serve", "--listen", listen, "--database"])
        .arg(format!("sqlite://{}", dir.join("exam.db").display()))
        .arg("--content")
        .arg(dir.join("content"))
        .env("SYNAQ_EXAM__DEFAULT_RULE", "short")
        .env("SYNAQ_EXAM__HEARTBEAT_MS", "200")
        .env("SYNAQ_RATE_LIMITS", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log.expect("a log file"))
        .spawn()
        .expect("synaq runs");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("standard output");
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("a line on standard output");
    let Some(address) = line.trim_end().strip_prefix("listening on ") else {
        let log = fs::read_to_string(dir.join("log")).unwrap_or_default();
        panic!("synaq does not listen: {line:?} {log}");
    };
    (child, address.to_owned())
}
