//! One kept-alive HTTP/1.1 connection, as thin as it can be: on a machine of two cores whatever the client costs is
//! taken from the server.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The latency of one call.
pub type Timing = (&'static str, Duration);

/// A connection of one learner.
pub struct Wire {
    address: SocketAddr,
    stream: Option<TcpStream>,
    got: Vec<u8>,
    pub token: String,
    /// How long each call took, in their order.
    pub timings: Vec<Timing>,
    /// Bytes received.
    pub bytes: u64,
    /// Times the connection was opened.
    pub opened: u32,
}

/// An answer: its status, and its body in the connection's buffer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl Wire {
    /// Nobody yet, and not connected.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            got: Vec::new(),
            token: String::new(),
            timings: Vec::new(),
            bytes: 0,
            opened: 0,
        }
    }

    /// Loses the connection without a word, as a phone in a lift does.
    pub fn lose(&mut self) {
        self.stream = None;
        self.got.clear();
    }

    /// One call, timed under its name; a connection is opened where there is none.
    ///
    /// # Errors
    /// The connection's; it is then gone.
    pub async fn call(
        &mut self,
        name: &'static str,
        method: &str,
        path: &str,
        body: &str,
    ) -> io::Result<Answer> {
        let from = Instant::now();
        let answer = self.exchange(method, path, body).await;
        match &answer {
            Ok(_) => self.timings.push((name, from.elapsed())),
            Err(_) => self.lose(),
        }
        answer
    }

    async fn exchange(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
            self.opened += 1;
        }
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n");
        if !self.token.is_empty() {
            request.push_str("authorization: Bearer ");
            request.push_str(&self.token);
            request.push_str("\r\n");
        }
        if !body.is_empty() {
            request.push_str("content-type: application/json\r\n");
        }
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let stream = self.stream.as_mut().ok_or_else(gone)?;
        stream.write_all(request.as_bytes()).await?;

        let got = &mut self.got;
        got.clear();
        let head_end = loop {
            if let Some(at) = got.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(got).await? == 0 {
                return Err(gone());
            }
        };
        let head = String::from_utf8_lossy(&got[..head_end]).to_lowercase();
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|status| status.parse().ok())
            .ok_or_else(gone)?;
        let length: usize = lines
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or_default();
        while got.len() < head_end + length {
            if stream.read_buf(got).await? == 0 {
                return Err(gone());
            }
        }
        self.bytes += got.len() as u64;
        Ok(Answer {
            status,
            body: got[head_end..head_end + length].to_vec(),
        })
    }
}
