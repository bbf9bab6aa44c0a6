//! A server process with its own database file, on the short rule sets.

use std::net::SocketAddr;
use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use crate::support::process::{Running, run_with_input, synaq};
use crate::support::{Scratch, short_content};

/// `synaq serve`; killed when dropped.
#[derive(Debug)]
pub struct Server {
    running: Running,
    scratch: Scratch,
}

impl Server {
    /// Starts one on a port that the system chooses.
    pub fn start() -> Self {
        let scratch = Scratch::new("browser-server");
        let running = serve(scratch.path(), "127.0.0.1:0");
        Self { running, scratch }
    }

    /// SIGKILL: it gets no chance to tidy up.
    pub fn kill(&mut self) {
        self.running.kill();
    }

    /// Starts it again on the same port and database.
    pub fn resume(&mut self) {
        let listen = self.running.address.to_string();
        self.running = serve(self.scratch.path(), &listen);
    }

    /// Makes an operator's account with this address and password.
    pub fn make_operator(&self, email: &str, password: &str) {
        let database = self.database();
        let made = run_with_input(
            synaq().args(["admin", "create", "--email", email, "--database", &database]),
            password,
        );
        assert!(made.status.success(), "{made:?}");
    }

    /// Its database, as `--database` takes it.
    pub fn database(&self) -> String {
        let database = self.scratch.path().join("exam.db");
        format!("sqlite://{}", database.display())
    }

    /// A connection to its database, for what only a test does there.
    pub async fn connection(&self) -> SqliteConnection {
        let connected = SqliteConnection::connect(&self.database()).await;
        connected.expect("the database is opened")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }
}

fn serve(dir: &Path, listen: &str) -> Running {
    Running::start(
        synaq()
            .args(["serve", "--listen", listen, "--database"])
            .arg(format!("sqlite://{}", dir.join("exam.db").display()))
            .arg("--content")
            .arg(short_content())
            .env("SYNAQ_EXAM__DEFAULT_RULE", "short")
            .env("SYNAQ_EXAM__HEARTBEAT_MS", "200")
            .env("SYNAQ_RATE_LIMITS", "off"),
    )
}
