//! A PostgreSQL server of a test's own, which it may kill: with fsync on, as where it matters.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Scratch;

/// A server; stopped and removed when dropped.
#[derive(Debug)]
pub struct PostgresServer {
    programs: PathBuf,
    scratch: Scratch,
    /// Its address, as `SYNAQ_TEST_POSTGRES` would name it.
    pub address: String,
    port: u16,
}

/// The newest PostgreSQL's programs, which Debian keeps off the PATH.
fn programs() -> PathBuf {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let (_, newest) = found.pop().unwrap_or_else(|| {
        panic!("this test starts a PostgreSQL of its own and found none: run tests/run")
    });
    newest
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    id.stdout.trim_ascii() == b"0"
}

/// PostgreSQL refuses to run as root: there it runs as the user postgres.
fn as_postgres(program: &Path, dir: &Path) -> Command {
    let mut command = match is_root() {
        true => {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        }
        false => Command::new(program),
    };
    // The server inherits these: a pipe would keep whoever reads it waiting.
    command
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

impl PostgresServer {
    /// Makes and starts one.
    pub fn start() -> Self {
        let programs = programs();
        let scratch = Scratch::new("postgres");
        if is_root() {
            let owned = Command::new("chown")
                .arg("postgres:")
                .arg(scratch.path())
                .status();
            assert!(owned.expect("chown runs").success());
        }
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
            free.local_addr().expect("its number").port()
        };
        let made = as_postgres(&programs.join("initdb"), scratch.path())
            .args(["-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .arg("--locale=C.UTF-8")
            .status();
        assert!(
            made.expect("initdb runs").success(),
            "initdb: run tests/run"
        );
        let server = Self {
            programs,
            scratch,
            address: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            port,
        };
        server.resume();
        server
    }

    /// Starts it (again).
    pub fn resume(&self) {
        let Self { port, .. } = self;
        let dir = self.scratch.path().display();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={dir} \
             -c fsync=on -c synchronous_commit=on"
        );
        let started = self
            .control()
            .args(["-l", "log", "-w", "-s", "-t", "60", "-o", &options, "start"])
            .status();
        assert!(started.expect("pg_ctl runs").success(), "{}", self.log());
    }

    /// Stops it without letting it write anything down, as a crash does.
    pub fn crash(&self) {
        let stopped = self.control().args(["-m", "immediate", "stop"]).status();
        assert!(stopped.expect("pg_ctl runs").success(), "{}", self.log());
    }

    /// Stops it as whoever restarts it does: sessions are ended, and what is under way is undone.
    pub fn stop(&self) {
        let stopped = self.control().args(["-m", "fast", "-w", "stop"]).status();
        assert!(stopped.expect("pg_ctl runs").success(), "{}", self.log());
    }

    fn control(&self) -> Command {
        let mut command = as_postgres(&self.programs.join("pg_ctl"), self.scratch.path());
        command.args(["-D", "data"]);
        command
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let _ = self.control().args(["-m", "immediate", "stop"]).status();
    }
}
