//! The real program in a process of its own, and a connection to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// `synaq`, without what the tests' own environment would tell it.
pub fn synaq() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synaq"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SYNAQ_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs `synaq` to its end, with this on its standard input.
pub fn run_with_input(command: &mut Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("synaq runs");
    let mut stdin = child.stdin.take().expect("standard input");
    stdin.write_all(input.as_bytes()).expect("it is read");
    drop(stdin);
    child.wait_with_output().expect("synaq ends")
}

/// `synaq serve` on a content directory and a database, on a port that the system chooses.
pub fn serve_command(content: &Path, database: &str) -> Command {
    let mut command = synaq();
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
        .arg("--content")
        .arg(content)
        .env("SYNAQ_RATE_LIMITS", "off")
        .env("SYNAQ_EXAM__DEFAULT_RULE", "short");
    command
}

/// The same command, started by a shell that does this first.
pub fn prepared(script: &str, command: &Command) -> Command {
    let mut shell = Command::new("bash");
    shell
        .args(["-c", &format!("{script}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// A server that runs; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    log: Option<std::thread::JoinHandle<String>>,
}

impl Running {
    /// Starts it and waits until it says where it listens.
    ///
    /// # Panics
    /// With what it wrote, when it does not.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("synaq runs");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("a line on standard output");
        let address = line
            .trim_end()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let mut errors = String::new();
            let _ = child
                .stderr
                .take()
                .map(|mut stderr| stderr.read_to_string(&mut errors));
            panic!("synaq does not listen: {line:?} {errors}");
        };
        // What it logs from now on must not fill the pipe.
        let mut stderr = child.stderr.take().expect("standard error");
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            let _ = stderr.read_to_string(&mut log);
            log
        });
        Self {
            child,
            address,
            log: Some(log),
        }
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not been killed.
    pub fn is_alive(&self) -> bool {
        Path::new("/proc").join(self.pid().to_string()).exists()
    }

    /// SIGKILL: it gets no chance to do anything.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it is gone");
    }

    /// SIGTERM; returns the exit code.
    pub fn terminate(self) -> Option<i32> {
        self.terminate_with_log().0
    }

    /// SIGTERM; returns the exit code and everything that it logged.
    pub fn terminate_with_log(self) -> (Option<i32>, String) {
        self.tell_to_stop();
        self.end()
    }

    /// SIGTERM, and no wait for what comes of it.
    pub fn tell_to_stop(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits until it ends; returns the exit code and everything that it logged.
    pub fn end(mut self) -> (Option<i32>, String) {
        let code = self.child.wait().expect("it ends").code();
        let log = self.log.take().map(|log| log.join().expect("the log"));
        (code, log.unwrap_or_default())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to a server that is kept open.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    token: String,
    retry_after: Option<u32>,
}

impl Connection {
    /// Opens one, as nobody.
    pub async fn open(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            token: String::new(),
            retry_after: None,
        })
    }

    /// Opens one with this token.
    pub async fn with_token(address: SocketAddr, token: &str) -> std::io::Result<Self> {
        let mut connection = Self::open(address).await?;
        token.clone_into(&mut connection.token);
        Ok(connection)
    }

    /// Becomes a new guest.
    pub async fn become_guest(&mut self) {
        let (status, made) = self
            .call("POST", "/api/v1/guests", None)
            .await
            .expect("an answer");
        assert_eq!(status, 201, "{made}");
        made["token"]
            .as_str()
            .expect("a token")
            .clone_into(&mut self.token);
    }

    /// The token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// In how many seconds the last answer said to come again, if it did.
    pub fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// One call; the status and the JSON of the answer.
    pub async fn call(
        &mut self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> std::io::Result<(u16, Value)> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let token = &self.token;
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: synaq\r\n");
        if !token.is_empty() {
            request.push_str(&format!("authorization: Bearer {token}\r\n"));
        }
        if !body.is_empty() {
            request.push_str("content-type: application/json\r\n");
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        self.stream.write_all(request.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> std::io::Result<(u16, Value)> {
        let gone = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let mut got = Vec::new();
        let head_end = loop {
            if let Some(at) = got.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if self.stream.read_buf(&mut got).await? == 0 {
                return Err(gone());
            }
        };
        let head = String::from_utf8_lossy(&got[..head_end]).to_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .ok_or_else(gone)?;
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let length: usize =
            header("content-length: ").map_or(0, |length| length.trim().parse().expect("a length"));
        self.retry_after = header("retry-after: ").and_then(|after| after.trim().parse().ok());
        while got.len() < head_end + length {
            if self.stream.read_buf(&mut got).await? == 0 {
                return Err(gone());
            }
        }
        let body = &got[head_end..head_end + length];
        Ok((status, serde_json::from_slice(body).unwrap_or(Value::Null)))
    }
}
